#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>

#include "app/lab/look_back.h"
#include "app/view_model/shot.h"
#include "engine/wire/crc32c.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;

namespace {

const WireFieldVm* field(const WireVm& vm, std::string_view name) {
    const auto found = std::ranges::find(vm.fields, name, &WireFieldVm::name);
    return found == vm.fields.end() ? nullptr : &*found;
}

/// The first message on its way of a kind, or 0.
u64 flying(const app::Snapshot& at, u16 label) {
    u64 found = 0;
    at.world->machine.network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        for (u32 side = 0; side < 2; ++side)
            for (u32 i = 0; i < connection.segments[side].size(); ++i)
                if (connection.segments[side][i].frame && connection.segments[side][i].label == label)
                    found = connection.segments[side][i].message;
    });
    return found;
}

}  // namespace

TEST_CASE("wire: every byte of a record batch belongs to exactly one field, and its checksum is right") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 2 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = "orders-0/1 offset 1";
    const app::Snapshot at = told.snapshot();
    const WireVm vm = make_wire(Scene(at));
    REQUIRE_FALSE(vm.bytes.empty());
    REQUIRE(vm.more.empty());
    for (u32 byte = 0; byte < vm.bytes.size(); ++byte)
        CHECK(std::ranges::count_if(
                  vm.fields, [&](const WireFieldVm& each) { return each.begin <= byte && byte < each.end; }) == 1);
    REQUIRE(field(vm, "base offset") != nullptr);
    CHECK(field(vm, "base offset")->value == "1");
    const u32 crc = engine::wire::crc32c(std::span(vm.bytes).subspan(21));
    CHECK(field(vm, "crc")->value == fmt::format("0x{:08x}", crc));
}

TEST_CASE("wire: a committed batch is shown in the log of each broker that has it") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 2 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = "orders-0/1 offset 0";
    const app::Snapshot at = told.snapshot();
    const WireVm vm = make_wire(Scene(at));
    CHECK(std::ranges::count(vm.places, PlaceKind::committed, &WirePlaceVm::kind) == 3);
}

TEST_CASE("wire: a chosen field is lit, and only that one") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 1 FROM replicas WHERE topic = 'orders'"));
    told.desk.wire_field = "crc";
    const app::Snapshot at = told.snapshot();
    const WireVm vm = make_wire(Scene(at));
    CHECK(std::ranges::count(vm.fields, true, &WireFieldVm::lit) == 1);
    REQUIRE(field(vm, "crc") != nullptr);
    CHECK(field(vm, "crc")->lit);
    CHECK(vm.why_title.starts_with("Crc"));
}

TEST_CASE("wire: a produce request on its way is the decoder's dissection down to the batch inside it") {
    Told told;
    REQUIRE(told.step_until([&](const Scene& scene) { return flying(scene.at(), 0) != 0; }));
    app::Snapshot at = told.snapshot();
    told.desk.selected = fmt::format("message {}", flying(at, 0));
    at = told.snapshot();
    const WireVm vm = make_wire(Scene(at));
    REQUIRE(field(vm, "api key") != nullptr);
    CHECK(field(vm, "api key")->value == "0");
    REQUIRE(field(vm, "acks") != nullptr);
    CHECK(field(vm, "acks")->value == "-1");
    REQUIRE(field(vm, "base sequence") != nullptr);
    CHECK(field(vm, "base sequence")->begin > field(vm, "acks")->begin);
}

TEST_CASE("wire: the answer to a produce is read in the version in which it was asked") {
    Told told;
    REQUIRE(told.step_until([&](const Scene& scene) { return flying(scene.at(), 1) != 0; }));
    app::Snapshot at = told.snapshot();
    told.desk.selected = fmt::format("message {}", flying(at, 1));
    at = told.snapshot();
    const WireVm vm = make_wire(Scene(at));
    CHECK(field(vm, "correlation id") != nullptr);
    REQUIRE(field(vm, "base offset") != nullptr);
    CHECK(field(vm, "base offset")->value == "0");
    CHECK(vm.crumbs.back().starts_with("version "));
}

TEST_CASE("wire: a message that has arrived has no bytes any more, and the view says when it had") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 1 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = fmt::format("message {}", told.run().history().first_message);
    const app::Snapshot at = told.snapshot();
    const WireVm vm = make_wire(Scene(at));
    CHECK_FALSE(vm.head.empty_title.empty());
    CHECK(vm.head.empty_text.find("sent at") != std::string::npos);
}

TEST_CASE("log files: blocks lie behind each other without gaps and end where the file ends") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 5 FROM replicas WHERE topic = 'orders'"));
    const app::Snapshot at = told.snapshot();
    const Scene scene(at);
    const LogFilesVm vm = make_log_files(scene);
    REQUIRE(vm.blocks.size() >= 5);
    for (std::size_t i = 1; i < vm.blocks.size(); ++i) CHECK(vm.blocks[i].from == vm.blocks[i - 1].to);
    const lab::Replica leading = scene.cluster().leading_replica(scene.focus());
    CHECK(static_cast<u64>(vm.blocks.back().to) == leading.partition->log.active().bytes);
    CHECK(std::ranges::count(vm.blocks, true, &LogBlockVm::lit) == 1);
}

TEST_CASE("log files: the lookup ends at the byte where the record's batch begins") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 5 FROM replicas WHERE topic = 'orders'"));
    told.desk.selected = "orders-0/2 offset 3";
    const app::Snapshot at = told.snapshot();
    const LogFilesVm vm = make_log_files(Scene(at));
    const auto lit = std::ranges::find(vm.blocks, true, &LogBlockVm::lit);
    REQUIRE(lit != vm.blocks.end());
    REQUIRE(vm.lookup.size() == 3);
    CHECK(vm.lookup[2].answer == fmt::format("byte {}", lit->from));
    CHECK(vm.head.chips.front() == "broker 2");
}

TEST_CASE("log files: what was never synced is said to be in the page cache only") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 2 FROM replicas WHERE topic = 'orders'"));
    const app::Snapshot at = told.snapshot();
    const LogFilesVm vm = make_log_files(Scene(at));
    CHECK(vm.cache_note.find("page cache") != std::string::npos);
    CHECK(vm.blocks.front().cached_only);
}

TEST_CASE("metrics: what waits is what was sent and not answered, also while the leader is dead") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    told.act("kill broker 1");
    told.orders().pass(sim::seconds(3));
    const app::Snapshot at = told.snapshot();
    const MetricsVm vm = make_metrics(Scene(at));
    const auto waiting = std::ranges::find(vm.metrics, "Waiting for an answer", &MetricVm::title);
    REQUIRE(waiting != vm.metrics.end());
    CHECK(waiting->now == told.orders().ask("SELECT count(*) FROM ledger WHERE outcome = 'pending'"));
    CHECK(std::ranges::any_of(vm.marks, [](const MetricMarkVm& mark) { return mark.kind == MetricMarkKind::broken; }));
    for (const MetricVm& metric : vm.metrics)
        for (const MetricLineVm& line : metric.lines) {
            CHECK(line.values.size() == vm.metrics.front().lines.front().values.size());
            CHECK(std::ranges::min(line.values) >= 0);
            CHECK(std::ranges::max(line.values) <= metric.top);
        }
}

TEST_CASE("metrics: the copies in sync fall by one when a follower's session is over") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    told.remember();
    told.act("kill broker 2");
    REQUIRE(told.pass_until("SELECT isr = '1,3' FROM partitions WHERE topic = 'orders'"));
    const app::Snapshot at = told.snapshot();
    const MetricsVm vm = make_metrics(Scene(at));
    const auto copies = std::ranges::find(vm.metrics, "copies", &MetricVm::unit);
    REQUIRE(copies != vm.metrics.end());
    CHECK(copies->now == "2");
    CHECK(copies->was == "3");
}

TEST_CASE("sql: two columns of which the second is a number become bars, and a wrong query says what is wrong") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 2 FROM replicas WHERE topic = 'orders'"));
    told.desk.sql = "SELECT name, node FROM nodes";
    app::Snapshot at = told.snapshot();
    SheetVm vm = make_sql(Scene(at));
    REQUIRE_FALSE(vm.sections.empty());
    CHECK(std::ranges::any_of(vm.sections.front().rows, [](const SheetRowVm& row) { return row.bar == 1.0; }));
    told.desk.sql = "SELECT nothing FROM nodes";
    at = told.snapshot();
    vm = make_sql(Scene(at));
    CHECK(vm.field_error.find("nothing") != std::string::npos);
}

TEST_CASE("console: a command shows its output once it has ended, and names its own exit code if it failed") {
    Told told;
    app::Snapshot at = told.snapshot();
    CHECK_FALSE(make_console(Scene(at)).sections.front().empty.empty());
    told.act("run kafka-topics.sh --bootstrap-server broker-1:9092 --describe --topic orders");
    told.act("run kafka-topics.sh --bootstrap-server broker-1:9092 --describe --topic nobody");
    REQUIRE(told.pass_until("SELECT count(*) = 2 FROM commands WHERE seq > 0 AND line LIKE '%--describe%'"));
    at = told.snapshot();
    const SheetVm vm = make_console(Scene(at));
    const auto& lines = vm.sections.front().lines;
    CHECK(std::ranges::any_of(
        lines, [](const SheetLineVm& line) { return line.text.find("Leader: 1") != std::string::npos; }));
    CHECK(std::ranges::any_of(
        lines, [](const SheetLineVm& line) { return line.broken && line.text.starts_with("exit code "); }));
}

TEST_CASE("console: netcat types into a query's socket, spark-submit starts a query, all else is a tool") {
    CHECK(console_line("nc counts cat dog") == "type counts cat dog");
    CHECK(console_line("spark-submit mine like counts") == "submit mine like counts");
    CHECK(console_line("kafka-topics.sh --list") == "run kafka-topics.sh --list");
    ShotRequest request;
    request.lesson = "401";
    request.step = "second";
    request.view = "console";
    const auto shot = prepare_shot(request);
    REQUIRE(shot);
    const SheetVm& vm = shot->screen.sheet;
    CHECK(std::ranges::any_of(vm.chips, [](const SheetChipVm& chip) { return chip.typed.starts_with("nc counts "); }));
    const auto netcat = std::ranges::find(vm.sections, "nc", &SheetSectionVm::title);
    REQUIRE(netcat != vm.sections.end());
    CHECK(netcat->lines.back().text == "owl cat");
}

TEST_CASE("twin: with one branch there is nothing to compare, and the view says what would give it a second") {
    Told told;
    const app::Snapshot at = told.snapshot();
    CHECK_FALSE(make_twin(Scene(at)).head.empty_title.empty());
}

TEST_CASE("twin: the first difference of two branches is the input by which they part") {
    Told told;
    REQUIRE(told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'"));
    const u64 here = told.run().cursor();
    told.orders().pass(sim::seconds(12));
    const sim::Nanos moment = told.run().clock();
    told.run().seek(here);
    told.act("kill broker 1");
    told.run().run_to(moment);
    const TwinPlace place = twin_place(told.run(), twin_branch(told.run()), told.run().clock());
    CHECK(place.branch == 0);
    told.run().switch_to(1, told.run().cursor());
    app::Snapshot at = told.snapshot();
    const auto& main = told.run().timeline().branches()[0];
    const auto world = lab::world_of(told.run().timeline(), 0, place.cursor);
    at.twin = world.get();
    at.twin_history = &main.history;
    at.twin_name = "main";
    const TwinVm vm = make_twin(Scene(at));
    REQUIRE_FALSE(vm.rows.empty());
    CHECK(vm.rows.front().first_difference);
    CHECK(vm.rows.front().left.text == "You: kill broker 1");
    const auto leader = std::ranges::find(vm.state, "orders-0 leader", &TwinStateVm::label);
    REQUIRE(leader != vm.state.end());
    CHECK(leader->differs);
    CHECK(leader->right == "broker 1");
}
