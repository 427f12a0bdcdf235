// The asking end of a fetch session: what a request must name, and what an answer means for the next one.
#include "engine/wire/fetch_session.h"

#include <catch2/catch_test_macros.hpp>

using namespace engine;
using namespace engine::wire;

namespace {

FetchPart part(i32 partition, i64 offset, u8 topic_id = 1) {
    FetchPart one;
    one.id = {NameId{1}, partition};
    one.topic_id.bytes[15] = topic_id;
    one.offset = Offset{offset};
    return one;
}

/// A session that has begun with two partitions.
FetchSession begun() {
    FetchSession session;
    (void)next_ask(session, {part(0, 0), part(1, 0)});
    REQUIRE(take_head(session, {ErrorCode::none, 77, 2, 2}));
    return session;
}

std::vector<i32> numbers(const std::vector<FetchPart>& parts) {
    std::vector<i32> found;
    for (const FetchPart& one : parts) found.push_back(one.id.partition);
    return found;
}

}  // namespace

TEST_CASE("fetch session: the first request asks for a session and names everything") {
    FetchSession session;
    const FetchAsk ask = next_ask(session, {part(0, 0), part(1, 5)});
    CHECK((ask.session_id == kNoFetchSession && ask.session_epoch == kNewSessionEpoch && ask.by_topic_id));
    CHECK(numbers(ask.wanted) == std::vector<i32>{0, 1});
    REQUIRE(take_head(session, {ErrorCode::none, 77, 2, 2}));
    CHECK((session.id == 77 && session.epoch == 1));
}

TEST_CASE("fetch session: later requests name what changed, what is new and what is not wanted any more") {
    FetchSession session = begun();
    CHECK(next_ask(session, {part(0, 0), part(1, 0)}).wanted.empty());
    CHECK(numbers(next_ask(session, {part(0, 0), part(1, 9)}).wanted) == std::vector<i32>{1});
    const FetchAsk ask = next_ask(session, {part(2, 0), part(1, 10)});
    CHECK(numbers(ask.wanted) == std::vector<i32>{2, 1});
    CHECK(numbers(ask.forgotten) == std::vector<i32>{0});
    CHECK(numbers(session.parts) == std::vector<i32>{1, 2});
}

TEST_CASE("fetch session: a topic made anew is forgotten by its old id and asked for by its new one") {
    FetchSession session = begun();
    const FetchAsk ask = next_ask(session, {part(0, 0, 2), part(1, 0)});
    REQUIRE((ask.forgotten.size() == 1 && ask.wanted.size() == 1));
    CHECK(ask.forgotten.front() == part(0, 0, 1));
    CHECK(ask.wanted.front() == part(0, 0, 2));
}

TEST_CASE("fetch session: epochs count answers and begin again at 1 after the largest number") {
    FetchSession session = begun();
    session.epoch = INT32_MAX;
    (void)next_ask(session, {part(0, 0), part(1, 0)});
    REQUIRE(take_head(session, {ErrorCode::none, 77, 0, 0}));
    CHECK(session.epoch == 1);
}

TEST_CASE("fetch session: an error begins a new one, and ends the old one if the broker may still have it") {
    FetchSession session = begun();
    CHECK_FALSE(take_head(session, {ErrorCode::invalid_fetch_session_epoch, 0, 0, 0}));
    CHECK((session.id == 77 && session.epoch == kNewSessionEpoch));
    session = begun();
    CHECK_FALSE(take_head(session, {ErrorCode::fetch_session_id_not_found, 0, 0, 0}));
    CHECK((session.id == kNoFetchSession && session.epoch == kNewSessionEpoch));
}

TEST_CASE("fetch session: an answer with partitions that were not asked for is of no use") {
    FetchSession session = begun();
    CHECK_FALSE(take_head(session, {ErrorCode::none, 77, 2, 1}));
    FetchSession fresh;
    (void)next_ask(fresh, {part(0, 0), part(1, 0)});
    CHECK_FALSE(take_head(fresh, {ErrorCode::none, 77, 1, 1}));  // a full answer leaves none out
}

TEST_CASE("fetch session: a broker without room answers, and each request is a full one") {
    FetchSession session;
    (void)next_ask(session, {part(0, 0)});
    REQUIRE(take_head(session, {ErrorCode::none, kNoFetchSession, 1, 1}));
    CHECK(is_full_fetch(session.epoch));
    CHECK(next_ask(session, {part(0, 3)}).wanted.size() == 1);
}

TEST_CASE("fetch session: a partition that is named twice counts once, with what was said last") {
    std::vector<FetchPart> parts = {part(1, 4), part(0, 2), part(1, 6)};
    merge_repeats(parts);
    CHECK(parts == std::vector<FetchPart>{part(1, 6), part(0, 2)});
}
