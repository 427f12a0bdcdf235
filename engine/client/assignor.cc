#include "engine/client/assignor.h"

#include <algorithm>
#include <array>

#include "sim/base/assert.h"

namespace engine::client {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.clients.consumer.";
constexpr i16 kProtocolVersion = 3;

constexpr std::array kAssignors = {
    Assignor{"range", "RangeAssignor", false, assign_range},
    Assignor{"roundrobin", "RoundRobinAssignor", false, assign_roundrobin},
    Assignor{"sticky", "StickyAssignor", false, assign_sticky},
    Assignor{"cooperative-sticky", "CooperativeStickyAssignor", true, assign_cooperative_sticky},
};
static_assert(std::ranges::all_of(kAssignors, [](const Assignor& a) {
    return a.class_name.ends_with("Assignor");
}));
static_assert(std::ranges::all_of(kAssignors, [](const Assignor& a) {
    return std::ranges::count(kAssignors, a.name, &Assignor::name) == 1;
}));

// ---- user data ----------------------------------------------------------------------------------

/// Partitions by topic, in the order of first mention.
wire::List<wire::TopicPartitions> grouped(const NamedPartitions& partitions) {
    wire::List<wire::TopicPartitions> topics;
    for (const NamedPartition& partition : partitions) {
        auto at = std::find_if(topics.begin(), topics.end(), [&](const auto& t) { return t.topic == partition.topic; });
        if (at == topics.end()) {
            topics.emplace_back().topic = partition.topic;
            at = topics.end() - 1;
        }
        at->partitions.push_back(partition.partition);
    }
    return topics;
}

NamedPartitions flattened(const wire::List<wire::TopicPartitions>& topics) {
    NamedPartitions partitions;
    for (const auto& topic : topics)
        for (const i32 partition : topic.partitions) partitions.push_back({topic.topic, partition});
    return partitions;
}

/// previous_assignment [{topic, partitions []}], generation: StickyAssignor's user data, version 1.
wire::Blob sticky_user_data(const RememberedAssignment& remembered) {
    wire::Writer out;
    const auto topics = grouped(remembered.partitions);
    out.put_i32(static_cast<i32>(topics.size()));
    for (const auto& topic : topics) {
        out.put_i16(static_cast<i16>(topic.topic.size()));
        out.put_text(topic.topic);
        out.put_i32(static_cast<i32>(topic.partitions.size()));
        for (const i32 partition : topic.partitions) out.put_i32(partition);
    }
    out.put_i32(remembered.generation);
    return out.head_copy();
}

/// Without user data, or with what cannot be read, the member owns nothing.
void read_sticky_user_data(std::span<const u8> bytes, AssignmentMember& member) {
    wire::Reader in(bytes);
    NamedPartitions owned;
    const i32 topics = in.get_i32();
    for (i32 t = 0; t < topics && in.ok(); ++t) {
        const i16 length = in.get_i16();
        const std::string topic = length < 0 ? "" : in.get_text(static_cast<u32>(length));
        const i32 count = in.get_i32();
        for (i32 p = 0; p < count && in.ok(); ++p) owned.push_back({topic, in.get_i32()});
    }
    if (!in.ok()) return;
    member.owned = std::move(owned);
    member.generation = in.remaining() >= 4 ? in.get_i32() : -1;
}

}  // namespace

bool subscribes(const AssignmentMember& member, const std::string& topic) {
    return std::ranges::find(member.topics, topic) != member.topics.end();
}

std::vector<u32> subscribers(AssignmentMembers members, const std::vector<u32>& order, const std::string& topic) {
    std::vector<u32> places;
    for (const u32 place : order)
        if (subscribes(members[place], topic)) places.push_back(place);
    return places;
}

std::vector<u32> member_order(AssignmentMembers members) {
    std::vector<u32> order(members.size());
    for (u32 i = 0; i < order.size(); ++i) order[i] = i;
    const auto before = [&](u32 a, u32 b) {
        const bool a_static = !members[a].instance.empty(), b_static = !members[b].instance.empty();
        if (a_static != b_static) return a_static;
        const auto& a_key = a_static ? members[a].instance : members[a].id;
        const auto& b_key = b_static ? members[b].instance : members[b].id;
        return a_key != b_key ? a_key < b_key : a < b;
    };
    std::ranges::sort(order, before);
    return order;
}

NamedPartitions all_partitions(const TopicSizes& topics) {
    NamedPartitions partitions;
    for (const auto& [topic, count] : topics)
        for (i32 i = 0; i < count; ++i) partitions.push_back({topic, i});
    MR_VALIDATE(std::ranges::is_sorted(partitions));
    return partitions;
}

const Assignor* find_assignor(std::string_view name) {
    if (name.starts_with(kPackage)) name.remove_prefix(kPackage.size());
    const auto at =
        std::ranges::find_if(kAssignors, [&](const Assignor& a) { return a.name == name || a.class_name == name; });
    MR_ASSERT(at == kAssignors.end() || at->assign != nullptr);
    return at == kAssignors.end() ? nullptr : &*at;
}

std::string known_assignors() {
    std::string names;
    for (const Assignor& assignor : kAssignors) names += (names.empty() ? "" : ", ") + std::string(assignor.class_name);
    return names;
}

wire::ConsumerSubscription make_subscription(const Assignor& assignor, const std::vector<std::string>& topics,
                                             const NamedPartitions& owned, i32 generation,
                                             const RememberedAssignment& remembered) {
    wire::ConsumerSubscription subscription;
    for (const std::string& topic : topics) subscription.topics.push_back(topic);
    subscription.owned_partitions = grouped(owned);
    subscription.generation_id = generation;
    if (assignor.cooperative) {
        wire::Writer out;
        out.put_i32(remembered.generation);
        subscription.user_data = out.head_copy();
    } else if (assignor.assign == assign_sticky && remembered.generation >= 0) {
        subscription.user_data = sticky_user_data(remembered);
    }
    return subscription;
}

bool read_subscription(const Assignor& assignor, std::span<const u8> metadata, AssignmentMember& member) {
    wire::ConsumerSubscription subscription;
    if (!wire::from_versioned_bytes(metadata, subscription)) return false;
    member.topics.assign(subscription.topics.begin(), subscription.topics.end());
    member.owned = flattened(subscription.owned_partitions);
    member.generation = subscription.generation_id;
    member.rack = subscription.rack_id.value_or("");
    if (assignor.assign != assign_sticky) return true;
    member.owned.clear();
    member.generation = -1;
    if (subscription.user_data) read_sticky_user_data(*subscription.user_data, member);
    return true;
}

wire::Blob make_assignment(const NamedPartitions& partitions) {
    wire::ConsumerAssignment assignment;
    assignment.assigned_partitions = grouped(partitions);
    return wire::to_versioned_bytes(assignment, kProtocolVersion);
}

bool read_assignment(std::span<const u8> bytes, NamedPartitions& partitions) {
    wire::ConsumerAssignment assignment;
    partitions.clear();
    if (bytes.empty()) return true;  // a leader that forgot somebody
    if (!wire::from_versioned_bytes(bytes, assignment)) return false;
    partitions = flattened(assignment.assigned_partitions);
    std::ranges::sort(partitions);
    return true;
}

/// All partitions by topic and number, to one member after the other; who does not subscribe is passed over.
Assignments assign_roundrobin(const AssignmentTopics& topics, AssignmentMembers members) {
    Assignments assignments(members.size());
    const std::vector<u32> order = member_order(members);
    MR_ASSERT(order.size() == assignments.size());
    std::size_t next = 0;
    for (const NamedPartition& partition : all_partitions(topics.sizes)) {
        if (subscribers(members, order, partition.topic).empty()) continue;
        while (!subscribes(members[order[next]], partition.topic)) next = (next + 1) % order.size();
        assignments[order[next]].push_back(partition);
        next = (next + 1) % order.size();
    }
    return assignments;
}

}  // namespace engine::client
