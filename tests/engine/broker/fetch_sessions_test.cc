// Fetch sessions as a broker keeps them: what is answered to good and to bad requests, and who makes room for whom.
#include "engine/broker/fetch_sessions.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/wire/messages/fetch.h"
#include "tests/engine/broker/bare_asker.h"
#include "tests/support/small_world.h"

using namespace tests;

namespace {

using wire::FetchRequest;
using wire::FetchResponse;

struct Wanted {
    std::string topic;
    i64 offset = 0;
};

/// A reader with bare requests at broker 1, which leads `left` and `right`, one partition each.
struct FetchTalk : BareAsker {
    FetchTalk() {
        for (const char* topic : {"left", "right"})
            REQUIRE(run(fmt::format("kafka-topics.sh {{B}} --create --topic {} --replica-assignment 1:2", topic))
                        .exit_code == 0);
        connect();
    }
    void produce(const std::string& topic) {
        REQUIRE(run("echo one | kafka-console-producer.sh {B} --topic " + topic).exit_code == 0);
    }

    FetchResponse ask(FetchRequest request, i16 version = 12) {
        request.min_bytes = 1;
        return BareAsker::ask<FetchResponse>(request, version);
    }

    static FetchRequest fetch(i32 session, i32 epoch, const std::vector<Wanted>& wanted = {},
                              const std::vector<std::string>& forgotten = {}) {
        FetchRequest request;
        request.session_id = session;
        request.session_epoch = epoch;
        for (const Wanted& one : wanted) {
            auto& topic = request.topics.emplace_back();
            topic.topic = one.topic;
            auto& part = topic.partitions.emplace_back();
            part.fetch_offset = one.offset;
            part.partition_max_bytes = 1 << 20;
        }
        for (const std::string& name : forgotten) {
            request.forgotten_topics_data.emplace_back().topic = name;
            request.forgotten_topics_data.back().partitions.push_back(0);
        }
        return request;
    }
    i32 begin() {
        const FetchResponse first = ask(fetch(0, 0, {{"left"}, {"right"}}));
        REQUIRE((first.error_code == 0 && first.responses.size() == 2 && first.session_id > 0));
        return first.session_id;
    }

};

ErrorCode error_of(const FetchResponse& response) { return static_cast<ErrorCode>(response.error_code); }

/// Sessions of one shard, with what decides about them.
broker::FetchSessions cache(const std::vector<broker::KeptSession>& sessions) {
    broker::FetchSessions made;
    for (const broker::KeptSession& one : sessions) made.by_id[one.id] = sim::Cow(one);
    return made;
}
broker::KeptSession kept(i32 id, bool privileged, u32 parts, i64 created_s, i64 used_s) {
    broker::KeptSession one;
    one.id = id;
    one.privileged = privileged;
    one.parts.resize(parts);
    one.created_at = sim::seconds(created_s);
    one.last_used = sim::seconds(used_s);
    return one;
}

}  // namespace

TEST_CASE("fetch sessions: nothing new is an answer without partitions") {
    FetchTalk talk;
    const i32 id = talk.begin();
    for (const i32 epoch : {1, 2, 3}) {
        const FetchResponse next = talk.ask(talk.fetch(id, epoch));
        CHECK((next.error_code == 0 && next.session_id == id && next.responses.empty()));
    }
}

TEST_CASE("fetch sessions: an answer names the partition that has something new, until it was told") {
    FetchTalk talk;
    const i32 id = talk.begin();
    talk.produce("right");
    const FetchResponse next = talk.ask(talk.fetch(id, 1));
    REQUIRE(next.responses.size() == 1);
    CHECK(
        (next.responses.begin()->topic == "right" && next.responses.begin()->partitions.begin()->high_watermark == 1));
    CHECK(talk.ask(talk.fetch(id, 2, {{"right", 1}})).responses.empty());
}

TEST_CASE("fetch sessions: a partition with an error is named each time, and once more when the error is over") {
    FetchTalk talk;
    const i32 id = talk.begin();
    for (const i32 epoch : {1, 2}) CHECK(talk.ask(talk.fetch(id, epoch, {{"left", 9}})).responses.size() == 1);
    CHECK(talk.ask(talk.fetch(id, 3, {{"left", 0}})).responses.size() == 1);
    CHECK(talk.ask(talk.fetch(id, 4)).responses.empty());
}

TEST_CASE("fetch sessions: a request out of turn is refused, and the session waits for the right one") {
    FetchTalk talk;
    const i32 id = talk.begin();
    CHECK(error_of(talk.ask(talk.fetch(id, 7))) == ErrorCode::invalid_fetch_session_epoch);
    CHECK(error_of(talk.ask(talk.fetch(id, -5))) == ErrorCode::invalid_fetch_session_epoch);
    CHECK(error_of(talk.ask(talk.fetch(id, 1))) == ErrorCode::none);
    CHECK(error_of(talk.ask(talk.fetch(id, 1))) == ErrorCode::invalid_fetch_session_epoch);
}

TEST_CASE("fetch sessions: numbers that nobody has are not found") {
    FetchTalk talk;
    const i32 id = talk.begin();
    for (const i32 other : {id ^ 1, 0, -1, INT32_MIN, INT32_MAX})
        CHECK(error_of(talk.ask(talk.fetch(other, 1))) == ErrorCode::fetch_session_id_not_found);
    CHECK(error_of(talk.ask(talk.fetch(id, 1))) == ErrorCode::none);
}

TEST_CASE("fetch sessions: what is forgotten is not told any more, also if it is forgotten twice") {
    FetchTalk talk;
    const i32 id = talk.begin();
    CHECK(error_of(talk.ask(talk.fetch(id, 1, {}, {"left", "left", "nothing"}))) == ErrorCode::none);
    talk.produce("left");
    CHECK(talk.ask(talk.fetch(id, 2)).responses.empty());
    CHECK(talk.ask(talk.fetch(id, 3, {{"left"}})).responses.size() == 1);
}

TEST_CASE("fetch sessions: a session ends with its last partition, and by its owner's word") {
    FetchTalk talk;
    i32 id = talk.begin();
    CHECK(talk.ask(talk.fetch(id, 1, {}, {"left", "right"})).session_id == 0);
    CHECK(error_of(talk.ask(talk.fetch(id, 2))) == ErrorCode::fetch_session_id_not_found);
    id = talk.begin();
    CHECK(talk.ask(talk.fetch(id, -1)).session_id == 0);
    CHECK(error_of(talk.ask(talk.fetch(id, 1))) == ErrorCode::fetch_session_id_not_found);
}

TEST_CASE("fetch sessions: a session that was begun with names goes on with names") {
    FetchTalk talk;
    const i32 id = talk.begin();
    CHECK(error_of(talk.ask(talk.fetch(id, 1), 17)) == ErrorCode::fetch_session_topic_id_error);
    CHECK(error_of(talk.ask(talk.fetch(id, 1), 12)) == ErrorCode::none);
}

TEST_CASE("fetch sessions: an id that no topic has is an error of its partition alone") {
    FetchTalk talk;
    FetchRequest request = talk.fetch(0, 0, {{"left"}});
    request.topics.begin()->topic_id.bytes[3] = 9;
    const FetchResponse first = talk.ask(request, 17);
    REQUIRE((first.error_code == 0 && first.session_id > 0 && first.responses.size() == 1));
    const auto& answer = *first.responses.begin()->partitions.begin();
    CHECK(answer.error_code == static_cast<i16>(ErrorCode::unknown_topic_id));
}

TEST_CASE("fetch sessions: partitions that no topic can have are errors of their own") {
    FetchTalk talk;
    FetchRequest request = talk.fetch(0, 0, {{"left"}, {"nothing"}});
    request.topics.begin()->partitions.begin()->partition = INT32_MIN;
    const FetchResponse first = talk.ask(request);
    REQUIRE((first.error_code == 0 && first.responses.size() == 2));
    for (const auto& topic : first.responses)
        CHECK(topic.partitions.begin()->error_code == static_cast<i16>(ErrorCode::unknown_topic_or_partition));
}

TEST_CASE(
    "fetch sessions: what rested for 120 s makes room, else a consumer's for a follower's, else the smaller one that "
    "is old enough") {
    const Nanos now = sim::seconds(300);
    CHECK(broker::whom_to_evict(cache({kept(5, true, 9, 0, 100), kept(6, false, 1, 290, 290)}), 0, 1, false, 1, now) ==
          5);
    CHECK(broker::whom_to_evict(cache({kept(5, true, 9, 290, 290), kept(6, false, 4, 290, 290)}), 0, 1, true, 1, now) ==
          6);
    CHECK(broker::whom_to_evict(cache({kept(5, false, 1, 290, 290)}), 0, 1, false, 9, now) == 0);
    CHECK(broker::whom_to_evict(cache({kept(5, false, 3, 100, 290), kept(6, false, 2, 100, 290)}), 0, 1, false, 3,
                                now) == 6);
    CHECK(broker::whom_to_evict(cache({kept(5, false, 3, 100, 290)}), 0, 1, false, 2, now) == 0);
    CHECK(broker::whom_to_evict(cache({kept(5, true, 3, 100, 290)}), 0, 1, false, 9, now) == 0);
}

TEST_CASE(
    "fetch sessions: followers and consumers fetch in sessions, and begin anew when their broker has forgotten them") {
    Stage stage;
    const auto sessions = [&]() -> const broker::FetchSessions& {
        return stage.world.nodes[stage.world.broker_node(BrokerId{1}).value]
            .as<broker::BrokerNode>()
            .state.memory.fetch_sessions;
    };
    const auto followers = [&] {
        return std::ranges::count_if(sessions().by_id, [](const auto& entry) { return entry.second->privileged; });
    };
    stage.run_to(sim::seconds(5));
    CHECK((followers() == 2 && sessions().by_id.size() == 3));
    const i32 first = sessions().by_id.begin()->first;
    REQUIRE(stage.act("kill broker 1").empty());
    stage.pass(sim::seconds(1));
    REQUIRE(stage.act("restart broker 1").empty());
    stage.pass(sim::seconds(60));
    CHECK_FALSE(sessions().by_id.contains(first));
    REQUIRE(stage.act("elect preferred orders-0").empty());
    stage.pass(sim::seconds(20));
    CHECK(followers() >= 1);
}
