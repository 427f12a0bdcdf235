// What can be selected of a streaming query, and what heads the screen of a stop.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "app/view_model/query_parts.h"
#include "app/view_model/shot.h"
#include "tests/app/view_model/sample_query.h"

using namespace app;
using tests::noon;
using tests::sample_query;

namespace {

ScreenVm screen_at(const std::string& lesson, const std::string& step, const std::string& view = "",
                   const std::string& select = "") {
    ShotRequest request;
    request.lesson = lesson;
    request.step = step;
    request.view = view;
    request.select = select;
    const auto shot = prepare_shot(request);
    INFO(lesson << " " << step << " " << select << (shot ? "" : ": " + shot.error()));
    REQUIRE(shot);
    return shot->screen;
}

/// The text without the marks of Markdown.
std::string plain_words(std::string text) {
    std::erase(text, '*');
    return text;
}

void check_tells(const PartTold& told, const std::string& title, const std::string& words) {
    INFO(told.title << " | " << plain_words(told.text));
    CHECK(told.title.find(title) != std::string::npos);
    CHECK(plain_words(told.text).find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("query parts: each name is read back as the part that it names, and other names are none") {
    const QueryData data = sample_query();
    const TaskInfo task{6, 1, 2, 0, "executor 1", "finished", 2, 0, 9, 1, -1, -1, -1, -1, -1};
    for (const std::string& object : {object_of(data, data.batches.back()), object_of(data, task),
                                      object_of(data, data.state.front()), window_object(data, noon(0), noon(10))}) {
        INFO(object);
        const auto part = query_part(object);
        REQUIRE(part);
        CHECK(part->query == "counts");
        CHECK(query_of_object(object) == "counts");
    }
    CHECK(query_part(object_of(data, task))->numbers == std::array<i64, 5>{6, 1, 2, 1, 0});
    CHECK(query_part("state row 0/-1/a/b of c of counts")->key == "a/b of c");
    for (const char* other : {"", "query counts", "batch of counts", "batch six of counts", "batch 6",
                              "task 1/2 of counts", "batch 6 of ", "words-0 offset 3"})
        CHECK_FALSE(query_part(other));
    CHECK(query_of_object("query counts") == "counts");
    CHECK(query_of_object("broker 1").empty());
}

TEST_CASE("query parts: a batch says what it read, dropped, evicted and put out, and whether it is committed") {
    QueryData data = sample_query();
    const auto told = [&](i64 batch) { return tell_part(data, {PartKind::batch, "counts", {batch}, ""}); };
    check_tells(told(6), "Batch 6 of counts is committed", "It read 2 rows. It dropped 2 updates as late");
    check_tells(told(5), "Batch 5", "because the watermark had moved. The watermark 12:11 evicted 3 groups.");
    check_tells(told(4), "Batch 4", "put out 0 rows; the state holds 12 groups. Most of its time: addBatch 1.6 s.");
    check_tells(told(7), "has not run yet", "");
    data.batches.back().committed = false;
    check_tells(told(6), "is under way", "");
}

TEST_CASE("query parts: a window says what it holds, and what the watermark still lacks or when it closed it") {
    const QueryData data = sample_query();
    const auto told = [&](int start, int end) {
        return tell_part(data, {PartKind::window, "counts", {noon(start), noon(end)}, ""});
    };
    check_tells(told(5, 15), "Window [12:05, 12:15) is open",
                "It holds dog 2, owl 2. It stays until the watermark, now 12:11, reaches 12:15: 4 min more.");
    check_tells(told(0, 10), "is emitted and evicted",
                "Batch 5 closed it: its watermark 12:11 had reached the end 12:10.");
    check_tells(told(40, 50), "holds nothing", "");
}

TEST_CASE("query parts: a row of the state says its value, what it was and when it goes") {
    const QueryData data = sample_query();
    const auto owl = std::ranges::find_if(data.state, [](const StateInfo& row) {
        return row.version == 7 && row.key == "owl" && row.window_start == noon(10);
    });
    REQUIRE(owl != data.state.end());
    const auto part = query_part(object_of(data, *owl));
    REQUIRE(part);
    check_tells(tell_part(data, *part), "Owl in [12:10, 12:20): 2",
                "version 7; it was 1. It stays until the watermark");
    check_tells(tell_part(data, {PartKind::state_row, "counts", {0, noon(10)}, "yak"}), "is not in the state", "");
}

TEST_CASE("query parts: what is clicked in a view heads the inspector with its numbers") {
    const ScreenVm events = screen_at("407", "donkey", "event-time");
    REQUIRE_FALSE(events.event_time.late.empty());
    const std::string late = events.event_time.late.front().object;
    const InspectorVm dropped = screen_at("407", "donkey", "event-time", late).inspector;
    CHECK(dropped.title == "Donkey of 12:04 is dropped as late");
    CHECK(plain_words(dropped.text).find("not after 12:11, the watermark with which batch 6 decides") !=
          std::string::npos);
    CHECK_FALSE(dropped.causes.empty());
    CHECK(dropped.state_heading == "STATE OF query counts");
    const ScreenVm query = screen_at("407", "donkey", "query");
    REQUIRE_FALSE(query.query.tasks.empty());
    const InspectorVm task = screen_at("407", "donkey", "query", query.query.tasks.front().object).inspector;
    CHECK(task.title.starts_with("Task 0 of stage 0, batch 6, "));
    CHECK(task.text.find("row") != std::string::npos);
    const std::string batch = query.query.batches.front().object;
    const ScreenVm chosen = screen_at("407", "donkey", "query", batch);
    CHECK(chosen.inspector.title == "Batch 6 of counts is committed");
    CHECK(chosen.query.batches.front().selected);
}

TEST_CASE("a stop is headed by what decided it: the dropped row, the cut log, what a started reader was given") {
    const InspectorVm donkey = screen_at("407", "donkey").inspector;
    CHECK(donkey.title == "Batch 6 drops donkey as late");
    CHECK(donkey.text.find("12:10 <= 12:11") != std::string::npos);
    CHECK(screen_at("205", "return").inspector.title == "Broker 1 cuts its log to 4");
    CHECK(screen_at("201", "expiry").inspector.title == "Session of broker 1 expires");
    CHECK(screen_at("101", "late").inspector.title == "Consumer late reads from 3");
    CHECK(screen_at("204", "who").inspector.title == "Controller elects broker 2");
}

TEST_CASE("beside a view of a query stands the state of that query, beside the others that of the partition") {
    CHECK(screen_at("402", "second", "unbounded-table").inspector.state_heading.starts_with("STATE OF query "));
    CHECK(screen_at("407", "donkey", "partitions").inspector.state_heading == "STATE OF words-0");
}

TEST_CASE("groups: the group is shown whose consumer the step points to") {
    CHECK(screen_at("103", "two", "groups").groups.head.title == "G2");
    CHECK(screen_at("104", "earliest", "groups").groups.head.title !=
          screen_at("104", "latest", "groups").groups.head.title);
}
