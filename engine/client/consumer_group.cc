// Sections: listener calls; before joining; joining; the leader's assignment; syncing; what was assigned.
#include <fmt/format.h>

#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/join_group.h"
#include "engine/wire/messages/sync_group.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;

constexpr i16 kJoinGroupVersion = 9;
static_assert(wire::JoinGroupRequest::kLowest <= kJoinGroupVersion &&
              kJoinGroupVersion <= wire::JoinGroupRequest::kHighest);
constexpr i16 kSyncGroupVersion = 5;
static_assert(wire::SyncGroupRequest::kLowest <= kSyncGroupVersion &&
              kSyncGroupVersion <= wire::SyncGroupRequest::kHighest);
constexpr i16 kSubscriptionVersion = 3;
constexpr Nanos kJoinLapse = sim::seconds(5);   // beyond the rebalance timeout, as in the Java client
constexpr std::string_view kProtocolType = "consumer";

// ---- listener calls -----------------------------------------------------------------------------

void tell_listener(Env& env, FactKind kind, const std::vector<TopicPartition>& partitions) {
    env.fact(node_fact(kind, {env.intern(partitions_text(env, partitions)).value}));
    env.touch(touch::kGroups | touch::kOffsets | touch::kFacts);
}

NamedPartitions named(const Env& env, const std::vector<TopicPartition>& partitions) {
    NamedPartitions names;
    for (const TopicPartition id : partitions) names.push_back({env.text(id.topic), id.partition});
    std::ranges::sort(names);
    return names;
}

bool holds(const std::vector<TopicPartition>& partitions, TopicPartition id) {
    MR_ASSERT(id.partition >= 0);
    return std::ranges::find(partitions, id) != partitions.end();
}

// ---- before joining -----------------------------------------------------------------------------

/// While its commit is on its way a partition's position must not go on, or the next owner would read again
/// what was handed out meanwhile.
void mark_revoking(Consumer& consumer) {
    if (consumer.config.cooperative) return;
    for (auto& [id, partition] : consumer.assignment) partition.revoking = true;
}

void begin_preparation(Consumer& consumer, Env& env) {
    Membership& member = consumer.membership;
    MR_ASSERT(member.preparation == JoinPreparation::due);
    member.preparation = JoinPreparation::committing;
    if (member.prepare_until.count == 0)
        member.prepare_until = env.now() + sim::millis(consumer.config.max_poll_interval_ms);
    if (!consumer.config.auto_commit || env.now() >= member.prepare_until) return;
    mark_revoking(consumer);
    const std::string failed_with = send_commit(consumer, env, consumed_offsets(consumer), CommitPurpose::rebalance);
    if (!failed_with.empty()) env.fact(node_fact(FactKind::commit_failed, {env.intern(failed_with).value}));
}

/// An eager member gives back everything; a cooperative one what it no longer subscribes to. A member that was
/// put out has lost all. The eager member's listener is called even if there is nothing.
void give_back(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.membership.preparation != JoinPreparation::done);
    const bool lost = consumer.membership.generation < 0 || consumer.membership.member_id.empty();
    std::vector<TopicPartition> partitions = assigned_partitions(consumer);
    if (!lost && consumer.config.cooperative)
        std::erase_if(partitions, [&](TopicPartition id) {
            return std::ranges::find(consumer.subscription, id.topic) != consumer.subscription.end();
        });
    if (!lost && !consumer.config.cooperative && partitions.empty())
        tell_listener(env, FactKind::partitions_revoked, {});
    drop_partitions(consumer, env, std::move(partitions), lost);
}

/// Done once before each rebalance. False while the commit is on its way.
bool prepare_join(Consumer& consumer, Env& env) {
    Membership& member = consumer.membership;
    if (member.preparation == JoinPreparation::due) begin_preparation(consumer, env);
    const bool waits = commit_in_flight(consumer, CommitPurpose::rebalance) && env.now() < member.prepare_until;
    if (member.preparation == JoinPreparation::committing && waits) return false;
    if (member.preparation != JoinPreparation::done) give_back(consumer, env);
    member.preparation = JoinPreparation::done;
    member.prepare_until = {};
    member.leads = false;
    return true;
}

// ---- joining ------------------------------------------------------------------------------------

std::vector<std::string> topic_names(const Consumer& consumer, const Env& env) {
    std::vector<std::string> names;
    for (const NameId topic : consumer.subscription) names.push_back(env.text(topic));
    std::ranges::sort(names);
    return names;
}

void send_join(Consumer& consumer, Env& env) {
    Membership& member = consumer.membership;
    MR_ASSERT(member.preparation == JoinPreparation::done && !member.leads);
    wire::JoinGroupRequest request;
    request.group_id = consumer.config.group;
    request.session_timeout_ms = consumer.config.session_timeout_ms;
    request.rebalance_timeout_ms = consumer.config.max_poll_interval_ms;
    request.member_id = member.member_id;
    if (is_static(consumer)) request.group_instance_id = consumer.config.group_instance;
    request.protocol_type = kProtocolType;
    request.reason = member.rejoin_reason;
    const NamedPartitions owned = named(env, assigned_partitions(consumer));
    for (const std::string& name : consumer.config.assignors) {
        const auto subscription = make_subscription(*find_assignor(name), topic_names(consumer, env), owned,
                                                    member.generation, member.remembered);
        request.protocols.push_back({name, wire::to_versioned_bytes(subscription, kSubscriptionVersion)});
    }
    member.state = MemberState::preparing_rebalance;
    const Nanos timeout = std::max(consumer.config.connection.request_timeout,
                                   sim::millis(consumer.config.max_poll_interval_ms) + kJoinLapse);
    ask(consumer, env, {ApiKey::join_group, coordinator_link(consumer), member.generation, CommitPurpose::interval, {}},
        request, kJoinGroupVersion, timeout);
    env.touch(touch::kGroups);
}

std::string_view exception_name(ErrorCode error) { return error_info(error).exception; }

/// Again at once, in the same poll().
void join_again(Consumer& consumer, ErrorCode error) {
    request_rejoin(consumer, fmt::format("rebalance failed due to {}", exception_name(error)));
}

void fail_join(Consumer& consumer, Env& env, ErrorCode error) {
    MR_ASSERT(failed(error));
    if (error == ErrorCode::unknown_member_id || error == ErrorCode::illegal_generation) {
        reset_membership(consumer, env, "", error != ErrorCode::illegal_generation);
        return join_again(consumer, error);
    }
    if (error == ErrorCode::rebalance_in_progress) return join_again(consumer, error);
    if (error == ErrorCode::group_max_size_reached)
        return raise(
            consumer,
            exception_of(error, fmt::format("Consumer group {} already has the configured maximum number of members.",
                                            consumer.config.group)));
    const bool passes = note_coordinator_error(consumer, env, error) ||
                        error == ErrorCode::coordinator_load_in_progress || is_retriable(error);
    if (passes) return retry_join(consumer, env, exception_name(error));
    if (error == ErrorCode::fenced_instance_id) env.fact(node_fact(FactKind::fenced, {static_cast<i64>(error)}));
    raise(consumer, exception_of(error));
}

// ---- the leader's assignment --------------------------------------------------------------------

void send_sync(Consumer& consumer, Env& env, const Assignments& assignments) {
    Membership& member = consumer.membership;
    wire::SyncGroupRequest request;
    request.group_id = consumer.config.group;
    request.generation_id = member.generation;
    request.member_id = member.member_id;
    if (is_static(consumer)) request.group_instance_id = consumer.config.group_instance;
    request.protocol_type = kProtocolType;
    request.protocol_name = member.protocol;
    MR_ASSERT(assignments.size() == member.members.size());
    for (std::size_t i = 0; i < assignments.size(); ++i)
        request.assignments.push_back({member.members[i].id, make_assignment(assignments[i])});
    member.members.clear();
    const Nanos timeout = std::max(consumer.config.connection.request_timeout,
                                   sim::millis(consumer.config.max_poll_interval_ms) + kJoinLapse);
    ask(consumer, env, {ApiKey::sync_group, coordinator_link(consumer), member.generation, CommitPurpose::interval, {}},
        request, kSyncGroupVersion, timeout);
}

/// Sizes of the topics that the members of the group want, as far as they exist.
sim::FlatMap<NameId, i32> present_sizes(const Consumer& consumer, const std::vector<NameId>& topics) {
    sim::FlatMap<NameId, i32> sizes;
    for (const NameId topic : topics) {
        const TopicInfo* info = consumer.cluster.metadata.topics.find(topic);
        if (info != nullptr && !info->partitions.empty()) sizes[topic] = static_cast<i32>(info->partitions.size());
    }
    return sizes;
}

std::vector<NameId> topics_of(const std::vector<AssignmentMember>& members, Env& env) {
    std::vector<NameId> topics;
    for (const AssignmentMember& member : members)
        for (const std::string& topic : member.topics)
            if (const NameId id = env.intern(topic); std::ranges::find(topics, id) == topics.end())
                topics.push_back(id);
    return topics;
}

/// A planted mistake: when somebody had something before, one partition falls off the table.
void lose_partition(const Membership& member, Assignments& assignments) {
    const bool sticky = member.protocol.ends_with("sticky");
    const bool again = std::ranges::any_of(member.members, [](const AssignmentMember& m) { return !m.owned.empty(); });
    if (sticky && again && !assignments.back().empty()) assignments.back().pop_back();
}

/// The leader divides the partitions as soon as it knows the topics of all members.
void try_assigning(Consumer& consumer, Env& env) {
    Membership& member = consumer.membership;
    MR_ASSERT(member.leads && member.assigning);
    const std::vector<NameId> topics = topics_of(member.members, env);
    for (const NameId topic : topics) add_topic(consumer.cluster, env, topic);
    if (!std::ranges::all_of(topics, [&](NameId topic) { return consumer.cluster.metadata.topics.contains(topic); }))
        return;
    member.assigned_sizes = present_sizes(consumer, topics);
    AssignmentTopics divided;
    for (const auto& [topic, count] : member.assigned_sizes) divided.sizes[env.text(topic)] = count;
    member.assigning = false;
    Assignments assignments = find_assignor(member.protocol)->assign(divided, member.members);
    if (consumer.config.bug == PlantedBug::sticky_loses_partition) lose_partition(member, assignments);
    send_sync(consumer, env, assignments);
}

bool read_members(Consumer& consumer, const wire::JoinGroupResponse& response) {
    const Assignor* assignor = find_assignor(consumer.membership.protocol);
    consumer.membership.members.clear();
    for (const auto& told : response.members) {
        AssignmentMember member;
        member.id = told.member_id;
        member.instance = told.group_instance_id.value_or("");
        if (assignor == nullptr || !read_subscription(*assignor, told.metadata, member)) return false;
        consumer.membership.members.push_back(std::move(member));
    }
    return true;
}

void begin_leading(Consumer& consumer, Env& env, const wire::JoinGroupResponse& response) {
    Membership& member = consumer.membership;
    MR_ASSERT(member.state == MemberState::completing_rebalance);
    member.leads = true;
    if (!read_members(consumer, response))
        return raise(consumer,
                     "org.apache.kafka.common.protocol.types.SchemaException: Buffer underflow while parsing consumer "
                     "protocol's header");
    if (response.skip_assignment) {  // a static leader that came back: the group keeps what it has (KIP-814)
        member.assigned_sizes = present_sizes(consumer, topics_of(member.members, env));
        member.members.clear();
        return send_sync(consumer, env, {});
    }
    member.assigning = true;
    try_assigning(consumer, env);
}

// ---- syncing ------------------------------------------------------------------------------------

void fail_sync(Consumer& consumer, Env& env, ErrorCode error) {
    MR_ASSERT(failed(error));
    const bool missed = error == ErrorCode::rebalance_in_progress;
    const bool expelled = error == ErrorCode::unknown_member_id || error == ErrorCode::illegal_generation;
    if (missed || expelled) {
        reset_membership(consumer, env, "", error == ErrorCode::unknown_member_id);
        return join_again(consumer, error);
    }
    if (note_coordinator_error(consumer, env, error)) return retry_join(consumer, env, exception_name(error));
    if (error == ErrorCode::fenced_instance_id) {
        env.fact(node_fact(FactKind::fenced, {static_cast<i64>(error)}));
        return raise(consumer, exception_of(error));
    }
    raise(consumer, fmt::format("org.apache.kafka.common.KafkaException: Unexpected error from SyncGroup: {}",
                                error_info(error).message));
}

// ---- what was assigned --------------------------------------------------------------------------

/// The partitions of an assignment, each once. The member that made it may be any program: what is no partition is
/// left out.
std::vector<TopicPartition> ids_of(Env& env, const NamedPartitions& partitions) {
    std::vector<TopicPartition> ids;
    for (const NamedPartition& partition : partitions) {
        if (partition.partition < 0 || partition.topic.empty()) continue;
        const TopicPartition id{env.intern(partition.topic), partition.partition};
        if (!holds(ids, id)) ids.push_back(id);
    }
    return ids;
}

/// A cooperative member lets go of what is no longer its own, and joins again so that others get it.
void revoke_unassigned(Consumer& consumer, Env& env, const std::vector<TopicPartition>& assigned) {
    std::vector<TopicPartition> gone = assigned_partitions(consumer);
    std::erase_if(gone, [&](TopicPartition id) { return holds(assigned, id); });
    if (gone.empty()) return;
    drop_partitions(consumer, env, std::move(gone), false);
    request_rejoin(consumer, "need to revoke partitions and re-join");
}

void take_assignment(Consumer& consumer, Env& env, const NamedPartitions& names) {
    const std::vector<TopicPartition> assigned = ids_of(env, names);
    Membership& member = consumer.membership;
    member.remembered = {names, member.generation};
    member.preparation = JoinPreparation::due;
    if (!member.leads) member.assigned_sizes.clear();
    revoke_unassigned(consumer, env, assigned);
    consumer.auto_commit_due = env.now() + consumer.config.auto_commit_interval;
    std::vector<TopicPartition> added;
    for (const TopicPartition id : assigned) {
        if (!consumer.assignment.contains(id)) added.push_back(id);
        consumer.assignment[id].revoking = false;
        add_topic(consumer.cluster, env, id.topic);
    }
    MR_ASSERT(consumer.assignment.size() == assigned.size());
    tell_listener(env, FactKind::partitions_assigned, added);
}

}  // namespace

void drop_partitions(Consumer& consumer, Env& env, std::vector<TopicPartition> partitions, bool lost) {
    if (partitions.empty()) return;
    sort_by_name(env, partitions);
    tell_listener(env, lost ? FactKind::partitions_lost : FactKind::partitions_revoked, partitions);
    for (const TopicPartition id : partitions) {
        drop_buffered(consumer, id);
        consumer.assignment.erase(id);
    }
}

void retry_join(Consumer& consumer, Env& env, std::string_view exception) {
    Membership& member = consumer.membership;
    request_rejoin(consumer, fmt::format("rebalance failed due to {}", exception));
    member.assigning = false;
    member.retry_not_before = env.now() + retry_delay(consumer, env, member.failures++);
}

void check_assigned_sizes(Consumer& consumer, Env& env) {
    Membership& member = consumer.membership;
    if (!member.leads || member.state != MemberState::stable || member.rejoin_needed) return;
    const bool same = present_sizes(consumer, consumer.cluster.topics) == member.assigned_sizes;
    if (same) return;
    request_rejoin(consumer, "cached metadata has changed at the beginning of the rebalance");
    env.touch(touch::kGroups);
}

void keep_joined(Consumer& consumer, Env& env) {
    if (!subscribed(consumer) || !coordinator_ready(consumer, env)) return;
    Membership& member = consumer.membership;
    if (member.assigning) return try_assigning(consumer, env);
    const bool under_way = asks(consumer, ApiKey::join_group) || asks(consumer, ApiKey::sync_group);
    if (!member.rejoin_needed || under_way || env.now() < member.retry_not_before) return;
    if (prepare_join(consumer, env) && coordinator_ready(consumer, env)) send_join(consumer, env);
}

void on_join_answer(Consumer& consumer, Env& env, const ClientEvent& event) {
    wire::JoinGroupResponse response;
    Membership& member = consumer.membership;
    if (member.state != MemberState::preparing_rebalance) return;  // left meanwhile
    if (!decode_answer(event, response)) return fail_join(consumer, env, ErrorCode::unknown_server_error);
    const auto error = static_cast<ErrorCode>(response.error_code);
    if (error == ErrorCode::member_id_required) {
        member.member_id = response.member_id;
        return request_rejoin(consumer, fmt::format("need to re-join with the given member-id: {}", member.member_id));
    }
    if (failed(error)) return fail_join(consumer, env, error);
    member.state = MemberState::completing_rebalance;
    member.member_id = response.member_id;
    member.generation = response.generation_id;
    member.protocol = response.protocol_name.value_or("");
    member.leads = false;
    member.members.clear();
    reset_timeouts(consumer, env);
    env.touch(touch::kGroups);
    if (response.leader == response.member_id) begin_leading(consumer, env, response);
    else send_sync(consumer, env, {});
}

void on_sync_answer(Consumer& consumer, Env& env, const ClientEvent& event) {
    wire::SyncGroupResponse response;
    NamedPartitions assigned;
    Membership& member = consumer.membership;
    if (member.state != MemberState::completing_rebalance) return;
    const bool good = decode_answer(event, response);
    const auto error = good ? static_cast<ErrorCode>(response.error_code) : ErrorCode::unknown_server_error;
    if (failed(error)) return fail_sync(consumer, env, error);
    if (!read_assignment(response.assignment, assigned))
        return fail_sync(consumer, env, ErrorCode::unknown_server_error);
    member.state = MemberState::stable;
    member.rejoin_needed = false;
    member.rejoin_reason.clear();
    member.failures = 0;
    take_assignment(consumer, env, assigned);
}

}  // namespace engine::client
