// Who reads what: the four assignors, with values of Kafka's own.
#include "engine/client/assignor.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

namespace {

using namespace engine::client;

NamedPartition partition(const std::string& text) {
    const auto dash = text.rfind('-');
    return {text.substr(0, dash), std::stoi(text.substr(dash + 1))};
}

NamedPartitions partitions(const std::vector<std::string>& texts) {
    NamedPartitions all;
    for (const std::string& text : texts) all.push_back(partition(text));
    std::ranges::sort(all);
    return all;
}

AssignmentMember member(const std::string& id, const std::vector<std::string>& topics,
                        const std::vector<std::string>& owned = {}, engine::i32 generation = -1) {
    return {id, "", "", topics, partitions(owned), generation};
}

AssignmentMember static_member(const std::string& id, const std::string& instance,
                               const std::vector<std::string>& topics) {
    return {id, instance, "", topics, {}, -1};
}

TopicSizes sizes(std::initializer_list<std::pair<std::string, engine::i32>> topics) {
    TopicSizes all;
    for (const auto& [topic, count] : topics) all[topic] = count;
    return all;
}

/// Each member's partitions as sets: their order within a member says nothing.
std::vector<NamedPartitions> assign(const char* assignor, const TopicSizes& topics,
                                    const std::vector<AssignmentMember>& members) {
    std::vector<NamedPartitions> assigned = find_assignor(assignor)->assign({topics, {}}, members);
    for (NamedPartitions& part : assigned) std::ranges::sort(part);
    return assigned;
}

std::size_t partition_count(const std::vector<NamedPartitions>& assigned) {
    std::size_t count = 0;
    for (const NamedPartitions& part : assigned) count += part.size();
    return count;
}

const std::vector<std::string> kBoth = {"topic1", "topic2"};

}  // namespace

TEST_CASE("range: the first members get one more of every topic", "[engine][assignor]") {
    const auto assigned =
        assign("range", sizes({{"a", 4}, {"b", 4}, {"c", 4}}),
               {member("m1", {"a", "b", "c"}), member("m2", {"a", "b", "c"}), member("m3", {"a", "b", "c"})});
    CHECK(assigned[0] == partitions({"a-0", "a-1", "b-0", "b-1", "c-0", "c-1"}));
    CHECK(assigned[1] == partitions({"a-2", "b-2", "c-2"}));
    CHECK(assigned[2] == partitions({"a-3", "b-3", "c-3"}));
}

TEST_CASE("range: members beyond the number of partitions get nothing", "[engine][assignor]") {
    const auto assigned = assign(
        "range", sizes({{"t", 3}}),
        {member("m5", {"t"}), member("m1", {"t"}), member("m2", {"t"}), member("m3", {"t"}), member("m4", {"t"})});
    CHECK(assigned[1] == partitions({"t-0"}));
    CHECK(assigned[3] == partitions({"t-2"}));
    CHECK(assigned[4].empty());
    CHECK(assigned[0].empty());
}

TEST_CASE("range: topics without subscribers stay unread, topics that do not exist are no reason to fail",
          "[engine][assignor]") {
    const auto assigned =
        assign("range", sizes({{"other", 3}, {"topic1", 3}}), {member("consumer1", {"topic1", "ghost"})});
    CHECK(assigned[0] == partitions({"topic1-0", "topic1-1", "topic1-2"}));
}

TEST_CASE("range and roundrobin: static members come first, in the order of their instances", "[engine][assignor]") {
    const std::vector<AssignmentMember> members = {static_member("consumer-b", "instance1", kBoth),
                                                   static_member("consumer-a", "instance2", kBoth)};
    const TopicSizes topics = sizes({{"topic1", 3}, {"topic2", 3}});
    CHECK(assign("range", topics, members)[0] == partitions({"topic1-0", "topic1-1", "topic2-0", "topic2-1"}));
    CHECK(assign("roundrobin", topics, members)[0] == partitions({"topic1-0", "topic1-2", "topic2-1"}));

    const std::vector<AssignmentMember> mixed = {member("a-dynamic", {"topic1"}),
                                                 static_member("z", "instance9", {"topic1"})};
    CHECK(assign("range", sizes({{"topic1", 3}}), mixed)[1] == partitions({"topic1-0", "topic1-1"}));
}

TEST_CASE("roundrobin: who does not subscribe is passed over", "[engine][assignor]") {
    const auto assigned =
        assign("roundrobin", sizes({{"topic1", 2}, {"topic2", 2}}), {member("c1", {"topic1"}), member("c2", kBoth)});
    CHECK(assigned[0] == partitions({"topic1-0"}));
    CHECK(assigned[1] == partitions({"topic1-1", "topic2-0", "topic2-1"}));
}

TEST_CASE("sticky: members keep what their share allows when others come and go", "[engine][assignor]") {
    const TopicSizes topics = sizes({{"topic1", 3}, {"topic2", 4}});
    const auto grown = assign("sticky", topics,
                              {member("consumer1", kBoth, {"topic1-0", "topic1-2", "topic2-1", "topic2-3"}, 1),
                               member("consumer2", kBoth, {"topic1-1", "topic2-0", "topic2-2"}, 1),
                               member("consumer3", kBoth, {}, 1), member("consumer4", kBoth, {}, 1)});
    CHECK(grown[0] == partitions({"topic1-0", "topic2-1"}));
    CHECK(grown[1] == partitions({"topic2-0", "topic1-1"}));
    CHECK(grown[2] == partitions({"topic1-2", "topic2-3"}));
    CHECK(grown[3] == partitions({"topic2-2"}));

    const auto shrunk =
        assign("sticky", topics,
               {member("consumer3", kBoth, {"topic1-2", "topic2-3"}, 1), member("consumer4", kBoth, {"topic2-2"}, 1)});
    CHECK(shrunk[0] == partitions({"topic1-2", "topic2-3", "topic1-0", "topic2-1"}));
    CHECK(shrunk[1] == partitions({"topic2-2", "topic1-1", "topic2-0"}));
}

TEST_CASE("sticky: of two claims the one of the later generation counts", "[engine][assignor]") {
    const auto assigned = assign("sticky", sizes({{"topic", 6}}),
                                 {member("consumer1", {"topic"}, {"topic-0", "topic-1", "topic-4"}, 1),
                                  member("consumer2", {"topic"}, {"topic-0", "topic-2", "topic-3"}, 2),
                                  member("consumer3", {"topic"}, {"topic-5", "topic-1"}, 2)});
    CHECK(assigned[0] == partitions({"topic-4", "topic-3"}));
    CHECK(assigned[1] == partitions({"topic-0", "topic-2"}));
    CHECK(assigned[2] == partitions({"topic-1", "topic-5"}));
}

TEST_CASE("sticky: members with different subscriptions are balanced as far as these allow", "[engine][assignor]") {
    const auto assigned =
        assign("sticky", sizes({{"topic1", 3}, {"topic2", 2}}),
               {member("consumer1", {"topic1"}), member("consumer2", kBoth), member("consumer3", {"topic1"})});
    CHECK(assigned[0] == partitions({"topic1-0", "topic1-2"}));
    CHECK(assigned[1] == partitions({"topic2-0", "topic2-1"}));
    CHECK(assigned[2] == partitions({"topic1-1"}));

    const auto moved = assign("sticky", sizes({{"topic1", 4}, {"topic2", 1}}),
                              {member("consumer1", {"topic1"}, {"topic1-0", "topic1-1", "topic1-2", "topic1-3"}, 1),
                               member("consumer2", kBoth, {}, 1)});
    CHECK(partition_count(moved) == 5);
    CHECK(moved[0].size() == 3);
    CHECK(std::ranges::includes(partitions({"topic1-0", "topic1-1", "topic1-2", "topic1-3"}), moved[0]));
}

TEST_CASE("cooperative-sticky: what changes its owner belongs to nobody for one generation", "[engine][assignor]") {
    const TopicSizes topics = sizes({{"topic", 3}});
    const auto first = assign(
        "cooperative-sticky", topics,
        {member("consumer1", {"topic"}, {"topic-0", "topic-1", "topic-2"}, 1), member("consumer2", {"topic"}, {}, 1)});
    CHECK(first[0] == partitions({"topic-0", "topic-1"}));
    CHECK(first[1].empty());

    const auto second =
        assign("cooperative-sticky", topics,
               {member("consumer1", {"topic"}, {"topic-0", "topic-1"}, 2), member("consumer2", {"topic"}, {}, 2)});
    CHECK(second[0] == partitions({"topic-0", "topic-1"}));
    CHECK(second[1] == partitions({"topic-2"}));
}

TEST_CASE("cooperative-sticky: new partitions go out at once", "[engine][assignor]") {
    const auto assigned = assign("cooperative-sticky", sizes({{"topic", 6}}),
                                 {member("consumer1", {"topic"}, {"topic-0", "topic-2"}, 1),
                                  member("consumer2", {"topic"}, {"topic-1", "topic-3"}, 1)});
    CHECK(assigned[0] == partitions({"topic-0", "topic-2", "topic-4"}));
    CHECK(assigned[1] == partitions({"topic-1", "topic-3", "topic-5"}));
}

TEST_CASE("assignors are known by name and by class; others are not there", "[engine][assignor]") {
    CHECK(find_assignor("org.apache.kafka.clients.consumer.RangeAssignor") == find_assignor("range"));
    CHECK(find_assignor("CooperativeStickyAssignor")->cooperative);
    CHECK(find_assignor("com.example.MyAssignor") == nullptr);
}

TEST_CASE("members tell their subscription as the Java client does", "[engine][assignor]") {
    const auto bytes_of = [](const char* assignor) {
        return engine::wire::to_versioned_bytes(make_subscription(*find_assignor(assignor), {"wj"}, {}, -1, {}), 3);
    };
    const engine::wire::Blob range = {0,   3,   0, 0, 0, 1, 0,   2,   'w', 'j', 255, 255,
                                      255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255};
    const engine::wire::Blob cooperative = {0,   3,   0,   0,   0, 1, 0, 2, 'w', 'j', 0,   0,   0,   4,
                                            255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255};
    CHECK(bytes_of("range") == range);
    CHECK(bytes_of("cooperative-sticky") == cooperative);
}

TEST_CASE("an eager sticky member remembers its assignment in its user data", "[engine][assignor]") {
    const Assignor& sticky = *find_assignor("sticky");
    const RememberedAssignment remembered{partitions({"a-0", "a-2", "b-1"}), 7};
    AssignmentMember told;
    REQUIRE(read_subscription(
        sticky, engine::wire::to_versioned_bytes(make_subscription(sticky, {"a", "b"}, {}, 7, remembered), 3), told));
    CHECK(told.owned == remembered.partitions);
    CHECK(told.generation == 7);
    CHECK(told.topics == std::vector<std::string>{"a", "b"});

    AssignmentMember garbled;
    CHECK_FALSE(read_subscription(sticky, engine::wire::Blob{0, 3, 0, 0}, garbled));
}

TEST_CASE("an assignment survives its way to the member; no bytes are no partitions", "[engine][assignor]") {
    const NamedPartitions given = partitions({"a-0", "a-1", "b-4"});
    NamedPartitions read;
    REQUIRE(read_assignment(make_assignment(given), read));
    CHECK(read == given);
    REQUIRE(read_assignment({}, read));
    CHECK(read.empty());
}
