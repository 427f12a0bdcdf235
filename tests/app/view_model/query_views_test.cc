#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "app/view_model/event_time.h"
#include "app/view_model/query.h"
#include "app/view_model/query_tables.h"
#include "app/view_model/shot.h"
#include "tests/app/view_model/sample_query.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::noon;
using tests::sample_query;

TEST_CASE("query views: without a query each says why it is empty and what fills it") {
    tests::Told told;
    for (const char* view : {"Query", "Event time", "State", "Unbounded table", "Checkpoint", "Code"}) {
        told.desk.view = view;
        const ScreenVm screen = told.screen();
        INFO(view);
        const PageHeadVm& head = screen.query.head.title == view        ? screen.query.head
                                 : screen.event_time.head.title == view ? screen.event_time.head
                                 : screen.state.head.title == view      ? screen.state.head
                                 : screen.unbounded.head.title == view  ? screen.unbounded.head
                                 : screen.checkpoint.head.title == view ? screen.checkpoint.head
                                                                        : screen.code.head;
        CHECK(head.title == view);
        CHECK_FALSE(head.empty_title.empty());
        CHECK_FALSE(head.empty_text.empty());
    }
}

TEST_CASE("event time: texts of Spark become moments and short clocks") {
    CHECK(event_time_ms("2026-01-05 12:05:00") == noon(5));
    CHECK(event_time_ms("2026-01-05 12:05:07.250") == noon(5, 7) + 250);
    CHECK(event_time_ms("1970-01-01 00:00:00") == 0);
    CHECK(event_time_ms("soon") == -1);
    CHECK(event_clock(noon(5)) == "12:05");
    CHECK(event_clock(noon(5, 7)) == "12:05:07");
    CHECK(window_text(noon(0), noon(10)) == "[12:00, 12:10)");
}

TEST_CASE("event time: a row is late only in its batch; older than the newest row is out of order") {
    const EventTimeVm vm = make_event_time(sample_query());
    const auto mark = [&](std::string_view label) { return std::ranges::find(vm.marks, label, &EventMarkVm::label); };
    REQUIRE(mark("donkey 12:04") != vm.marks.end());
    CHECK(mark("donkey 12:04")->kind == EventMarkKind::dropped);
    CHECK(mark("cat 12:09")->kind == EventMarkKind::out_of_order);
    CHECK(mark("owl 12:17")->kind == EventMarkKind::out_of_order);
    CHECK(mark("owl 12:21")->kind == EventMarkKind::in_order);
    for (const EventMarkVm& each : vm.marks) CHECK((each.event_time >= vm.low && each.event_time <= vm.high));
    CHECK(mark("cat 12:09")->x > 2);
    CHECK(mark("cat 12:09")->x < 3);
}

TEST_CASE("event time: a mark is dragged to a round moment between two triggers, or to a whole minute of event time") {
    QueryData data = sample_query();
    data.origin = noon(0);
    for (InputInfo& row : data.input)
        if (row.value == "donkey") row.record = "donkey@12:04";
    const EventTimeVm vm = make_event_time(data);
    const auto mark = std::ranges::find(vm.marks, "donkey 12:04", &EventMarkVm::label);
    REQUIRE(mark != vm.marks.end());
    CHECK(arrive_at(vm, *mark, 3.61).line == "arrive donkey@12:04 at 12:23");
    CHECK(arrive_at(vm, *mark, 4.999).line == "arrive donkey@12:04 at 12:29:30");
    CHECK(arrive_at(vm, *mark, 99).line == "arrive donkey@12:04 at 12:39:30");
    CHECK(arrive_at(vm, *mark, -0.5).line.empty());
    CHECK(happen_at(vm, *mark, noon(11, 20)).line == "retime donkey@12:04 to 12:11");
    CHECK(happen_at(vm, *mark, noon(4, 20)).line.empty());
    CHECK(arrive_at(vm, vm.marks.front(), 3.5).line.empty());
}

TEST_CASE(
    "event time: the other branch stands below with the row that moved, the first batch that differs and what it came "
    "to") {
    QueryData there = sample_query();
    const auto donkey = std::ranges::find(there.input, "donkey", &InputInfo::value);
    donkey->batch = 5;
    std::ranges::stable_sort(there.input, {}, &InputInfo::batch);
    there.late_rows.pop_back();
    for (InputInfo& row : there.input) row.offset = -1;
    for (LateInfo& row : there.late_rows) row.batch = 5;
    there.batches[5].input = 1;
    there.windows.push_back({noon(0), noon(10), "donkey", "1", "emitted"});
    const QueryData here = sample_query();
    EventTimeVm vm = make_event_time(here);
    add_event_twin(vm, here, there, "arrive donkey at 12:29:00", "");
    REQUIRE(vm.other.size() == 1);
    CHECK(vm.twin.title == "What if donkey 12:04 had come in batch 5?");
    CHECK(vm.twin.first == "first difference: batch 5");
    CHECK(vm.twin.first_column == 5);
    REQUIRE(vm.twin.came_to.size() == 2);
    CHECK((vm.twin.came_to[0].here == "2" && vm.twin.came_to[0].there == "1"));
    CHECK((vm.twin.came_to[1].name == "[12:00, 12:10) donkey" && vm.twin.came_to[1].here == "none" &&
           vm.twin.came_to[1].there == "1"));
    CHECK(std::ranges::count(vm.marks, true, &EventMarkVm::moved) == 1);
    CHECK(vm.other.front().low <= noon(0));
    CHECK(vm.other.front().high >= noon(10));
    CHECK(vm.other.front().high < vm.high);
}

TEST_CASE(
    "event time: a window is evicted by the batch whose watermark has reached its end, and the others say what they "
    "need") {
    const EventTimeVm vm = make_event_time(sample_query());
    const auto row = [&](std::string_view window) {
        return std::ranges::find(vm.rows, window, &EventWindowRowVm::window);
    };
    REQUIRE(row("[12:00, 12:10)") != vm.rows.end());
    CHECK(row("[12:00, 12:10)")->evicted);
    CHECK(row("[12:00, 12:10)")->state == "emitted, evicted in batch 5");
    CHECK(row("[12:00, 12:10)")->value == "cat 1, dog 2, owl 1");
    CHECK(row("[12:05, 12:15)")->state == "needs 4 min");
    REQUIRE(vm.late.size() == 2);
    CHECK(vm.late.front().note == "[12:00, 12:10) ends at 12:10 \u2264 12:11");
    REQUIRE_FALSE(vm.next_batch.empty());
    CHECK(vm.next_batch[0].value == "12:11");
    CHECK(vm.next_batch.back().value == "no batch runs");
}

TEST_CASE("event time: overlapping windows never share a lane") {
    const EventTimeVm vm = make_event_time(sample_query());
    for (const EventWindowVm& a : vm.windows)
        for (const EventWindowVm& b : vm.windows)
            if (&a != &b && a.lane == b.lane) CHECK((a.end <= b.start || b.end <= a.start));
}

TEST_CASE("query: rows of state add up from batch to batch, and the plan begins at the source") {
    const QueryVm vm = make_query(sample_query());
    CHECK(vm.state_sum == "9 + 0 \u2212 0 = 9 keys");
    CHECK(vm.dropped == 2);
    CHECK(vm.late_rule == "window end \u2264 12:11");
    REQUIRE_FALSE(vm.operators.empty());
    CHECK(vm.operators.front().name == "MicroBatchScan");
    CHECK(std::ranges::count(vm.operators, true, &QueryOperatorVm::exchange) == 1);
    CHECK(vm.operators.back().stage == 1);
    CHECK(vm.reached == kBatchPhases - 1);
    REQUIRE(vm.ranges.size() == 1);
    CHECK(vm.ranges[0].rows == 2);
    CHECK(vm.batches.front().total_ms == 40 + 8 + 120 + 60 + 1600 + 55);
    CHECK(vm.task_lanes.size() == 2);
}

TEST_CASE("state: added, updated and evicted keys are told apart by the version before") {
    const StateVm vm = make_state(sample_query());
    const auto count = [&](StateChange change) { return std::ranges::count(vm.keys, change, &StateKeyVm::change); };
    CHECK(count(StateChange::added) == 1);
    CHECK(count(StateChange::updated) == 1);
    CHECK(count(StateChange::evicted) == 1);
    const auto updated = std::ranges::find(vm.keys, StateChange::updated, &StateKeyVm::change);
    CHECK(updated->was == "1");
    CHECK(updated->value == "2");
    for (std::size_t i = 1; i < vm.versions.size(); ++i)
        CHECK(vm.versions[i].total == vm.versions[i - 1].total + vm.versions[i].added - vm.versions[i].evicted);
}

TEST_CASE("query: tasks that run side by side on an executor lie on cores of their own") {
    QueryData data = sample_query();
    const i64 batch = data.batches.back().id, at = data.batches.back().trigger_at;
    data.tasks = {{batch, 0, 0, 0, "executor 1", "finished", 1, at + 10, at + 50},
                  {batch, 0, 1, 0, "executor 1", "finished", 1, at + 10, at + 40},
                  {batch, 0, 2, 0, "executor 1", "running", -1, at + 60, -1}};
    const QueryVm vm = make_query(data);
    CHECK(vm.task_lanes == std::vector<std::string>{"executor 1", "executor 1, core 2"});
    CHECK(vm.tasks[2].lane == "executor 1");
}

TEST_CASE("query: the plan counts the rows that were read, that crossed the exchange and that came out") {
    QueryData data = sample_query();
    const BatchInfo& batch = data.batches.back();
    const char* plan[] = {"WriteToDataSourceV2", "HashAggregate", "StateStoreSave", "Exchange",
                          "HashAggregate",       "MicroBatchScan"};
    data.plans.clear();
    for (i64 i = 0; i < 6; ++i)
        data.plans.push_back({batch.id, "physical", i, i, plan[i], "(keys=[w#18-T600000ms], functions=[count(1)#7L])"});
    data.tasks = {{batch.id, 0, 0, 0, "executor 1", "finished", 2}, {batch.id, 0, 1, 0, "executor 2", "finished", 3}};
    data.tasks[0].written_rows = 2;
    data.tasks[1].written_rows = 1;
    const QueryVm vm = make_query(data);
    REQUIRE(vm.operators.size() == 6);
    CHECK(vm.operators[0].rows == batch.input);
    CHECK(vm.operators[1].rows == 3);
    CHECK(vm.operators[3].late == batch.dropped);
    CHECK(vm.operators[3].rows == -1);   // nobody has told what leaves the store
    CHECK(vm.operators[4].rows == batch.output);
    CHECK(vm.operators[4].detail == "count(1)");
    data.tasks[1].state = "failed";
    CHECK(make_query(data).operators[1].rows == 2);
}

TEST_CASE("query: groups are counted on their way to the store and out of it, late ones as far as the store") {
    QueryData data = sample_query();
    const i64 batch = data.batches.back().id;
    const char* plan[] = {"WriteToDataSourceV2", "HashAggregate", "StateStoreSave", "HashAggregate",
                          "StateStoreRestore",   "HashAggregate", "Exchange",       "HashAggregate"};
    data.plans.clear();
    for (i64 i = 0; i < 8; ++i) data.plans.push_back({batch, "physical", i, i, plan[i], ""});
    data.plans[1].rows = 0;
    QueryVm vm = make_query(data);
    const auto rows = [&] {
        std::string text;
        for (const QueryOperatorVm& op : vm.operators) text += fmt::format("{} ", op.rows);
        return text;
    };
    // Two groups are late and two are met by what the store has of them: four come, six leave the store.
    CHECK(rows() == "-1 -1 4 6 4 0 0 -1 ");
    data.batches.back().committed = false;
    vm = make_query(data);
    CHECK(rows() == "-1 -1 -1 -1 -1 -1 0 -1 ");
}

TEST_CASE("query: rows a second are those since the last trigger, and those of the batch over its time") {
    QueryData data = sample_query();
    QueryVm vm = make_query(data);
    CHECK(vm.batches[0].arriving == "0.007");   // 2 in 5 minutes
    CHECK(vm.batches[0].worked_off == "1.1");   // 2 in 1.883 s
    CHECK(vm.pace.ends_with("the query keeps up."));
    CHECK(vm.batches[1].arriving.empty());      // no data
    data.batches.back().trigger_at = data.batches[5].trigger_at + 500;
    vm = make_query(data);
    CHECK(vm.batches[0].arriving == "4.0");
    CHECK(vm.pace.ends_with("the query falls behind."));
}

TEST_CASE("query: the driver's lane is filled by the parts of the batch, one after the other") {
    const QueryVm vm = make_query(sample_query());
    REQUIRE(vm.driver.size() == kBatchPhases);
    for (std::size_t i = 1; i < vm.driver.size(); ++i) CHECK(vm.driver[i].from_ms == vm.driver[i - 1].to_ms);
    CHECK(vm.driver.back().to_ms == vm.batches.front().total_ms);
    CHECK(vm.task_span_ms >= vm.driver.back().to_ms);
}

TEST_CASE("query: a range that was read again is told once") {
    QueryData data = sample_query();
    const RangeInfo range = data.ranges.back();
    const std::size_t once = make_query(data).ranges.size();
    data.ranges.push_back(range);
    CHECK(make_query(data).ranges.size() == once);
}

TEST_CASE("unbounded table: a batch that runs has no result yet, and what came out last stays") {
    QueryData data = sample_query();
    const i64 last = data.batches.back().id;
    data.batches.back().committed = false;
    std::erase_if(data.sink_rows, [&](const SinkInfo& row) { return row.batch == last; });
    const UnboundedVm vm = make_unbounded(data);
    CHECK(vm.columns.back().result.empty());
    CHECK(vm.columns.back().more_result == "not yet: the batch is running");
    CHECK(vm.modes_title.ends_with("emitted"));
}

TEST_CASE("unbounded table: a batch shows all rows so far and lights only its own") {
    const UnboundedVm vm = make_unbounded(sample_query());
    REQUIRE(vm.columns.size() == 3);
    const UnboundedColumnVm& last = vm.columns.back();
    CHECK(last.latest);
    CHECK(std::ranges::count(last.input, true, &InputLineVm::fresh) == 2);
    CHECK(last.more_input == "2 earlier rows");
    const auto append = std::ranges::find(vm.modes, "Append", &OutputModeVm::name);
    REQUIRE(append != vm.modes.end());
    CHECK(append->chosen);
    CHECK(append->refused.empty());
    CHECK(vm.modes[0].rows.empty());   // what Update would have told is not in a run in Append
    CHECK(vm.modes[0].sentence.find("Not told") != std::string::npos);
    CHECK(vm.columns[1].result.size() == 3);
    CHECK(vm.columns[1].result[0].note == "new");
    CHECK_FALSE(last.result[0].changed);
}

TEST_CASE("unbounded table: counting without a watermark refuses Append, and no grouping refuses Complete") {
    QueryData data = sample_query();
    data.delay.clear();
    CHECK_FALSE(make_unbounded(data).modes[2].refused.empty());
    data.text = "SELECT value FROM source WHERE value <> ''";
    const UnboundedVm vm = make_unbounded(data);
    CHECK(vm.modes[2].refused.empty());
    CHECK_FALSE(vm.modes[1].refused.empty());
}

TEST_CASE("checkpoint: a batch that is planned and not committed would run again") {
    QueryData data = sample_query();
    data.batches.push_back(tests::batch_of(7, 40, 11, 11, 11, 1, 0, 9, 0, 0, 0));
    data.batches.back().committed = false;
    CheckpointVm vm = make_checkpoint(data, "");
    CHECK_FALSE(vm.rows.front().open);
    CHECK(vm.rows.front().verdict.find("planned anew") != std::string::npos);
    data.files.push_back({"offsets/7", "offsets", "v1", 7});
    vm = make_checkpoint(data, "");
    CHECK(vm.rows.front().open);
    CHECK(vm.rows.front().verdict.find("runs again") != std::string::npos);
    CHECK(vm.body_title == "offsets/7");
    CHECK(make_checkpoint(data, "file offsets/2").body_title == "offsets/2");
    CHECK_FALSE(vm.rows.back().open);
}

TEST_CASE("code: the lines that a batch is at are lit, others are not") {
    QueryData data = sample_query();
    data.batches.back().committed = false;
    const CodeVm vm = make_code(data);
    REQUIRE(vm.lines.size() == 3);
    CHECK(vm.lines[2].lit);
    CHECK_FALSE(vm.lines[1].lit);
    CHECK(vm.language == "SQL");
}

TEST_CASE("code: the line that Spark refuses is marked, and what a lesson's file indents is not") {
    QueryData data = sample_query();
    data.text = "SELECT word, count(*)\n        FROM source\n          GROUP BY word";
    data.query.state = "refused";
    data.query.error_class = "AnalysisException";
    data.query.message = "Append output mode not supported; line 3 pos 9;";
    const CodeVm vm = make_code(data);
    REQUIRE(vm.lines.size() == 3);
    CHECK(vm.lines[1].text == "FROM source");
    CHECK(vm.lines[2].text == "  GROUP BY word");
    CHECK(vm.lines[2].broken);
    CHECK_FALSE(vm.lines[0].broken);
    for (const CodeLineVm& line : vm.lines) CHECK_FALSE(line.lit);
}

TEST_CASE("timeline: a driver's lane has a bar for each batch, an executor's one for each task, beside the brokers'") {
    ShotRequest request;
    request.lesson = "407";
    request.step = "crossing";
    const auto shot = prepare_shot(request);
    REQUIRE(shot);
    const auto& lanes = shot->screen.timeline.lanes;
    const auto lane = [&](std::string_view name) { return std::ranges::find(lanes, name, &LaneVm::name); };
    REQUIRE(lane("driver") != lanes.end());
    REQUIRE(lane("driver")->bars.size() == 5);
    CHECK(lane("driver")->bars.back().label == "batch 4");
    CHECK(lane("driver")->bars.back().kind == BarKind::running);
    REQUIRE(lane("executor 1") != lanes.end());
    for (const BarVm& bar : lane("executor 1")->bars) {
        CHECK(bar.from_ns < bar.to_ns);
        CHECK(std::ranges::any_of(lane("driver")->bars, [&](const BarVm& batch) {
            return batch.from_ns <= bar.from_ns && bar.to_ns <= batch.to_ns;
        }));
    }
}

TEST_CASE("stage: Spark's machines stand on the right with what each is doing") {
    ShotRequest request;
    request.lesson = "407";
    request.step = "crossing";
    const auto shot = prepare_shot(request);
    REQUIRE(shot);
    const auto& clients = shot->screen.stage.clients;
    const auto driver = std::ranges::find(clients, "driver", &ClientCardVm::name);
    REQUIRE(driver != clients.end());
    CHECK(driver->side == ClientSide::consumer);
    REQUIRE(driver->rows.size() == 3);
    CHECK((driver->rows[0].label == "counts" && driver->rows[0].value == "waiting"));
    CHECK((driver->rows[2].label == "watermark" && driver->rows[2].value == "12:11"));
}
