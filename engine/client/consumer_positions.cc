// Sections: setting a position; committed offsets; the ends of a log; validation.
#include <fmt/format.h>

#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/list_offsets.h"
#include "engine/wire/messages/offset_fetch.h"
#include "engine/wire/messages/offset_for_leader_epoch.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;

constexpr i16 kOffsetFetchVersion = 8;
static_assert(wire::OffsetFetchRequest::kLowest <= kOffsetFetchVersion &&
              kOffsetFetchVersion <= wire::OffsetFetchRequest::kHighest);
constexpr i16 kListOffsetsVersion = 7;
static_assert(wire::ListOffsetsRequest::kLowest <= kListOffsetsVersion &&
              kListOffsetsVersion <= wire::ListOffsetsRequest::kHighest);
constexpr i16 kEpochEndVersion = 4;
static_assert(wire::OffsetForLeaderEpochRequest::kLowest <= kEpochEndVersion &&
              kEpochEndVersion <= wire::OffsetForLeaderEpochRequest::kHighest);
constexpr i32 kConsumerReplica = -1;
constexpr i64 kLatest = -1;
constexpr i64 kEarliest = -2;
static_assert(kLatest != kEarliest && kLatest < 0 && kEarliest < 0);  // no offsets

std::string_view name_of(OffsetReset reset) {
    return reset == OffsetReset::earliest ? "earliest" : reset == OffsetReset::latest ? "latest" : "none";
}

// ---- setting a position -------------------------------------------------------------------------

/// Whom the metadata names as leader now; the position is checked against it.
void take_leader(const Consumer& consumer, TopicPartition id, AssignedPartition& partition) {
    MR_ASSERT(id.partition >= 0);
    const PartitionInfo* info = consumer.cluster.metadata.find(id);
    partition.leader = info == nullptr ? kNoBroker : info->leader;
    partition.leader_epoch = info == nullptr ? kNoEpoch : info->leader_epoch;
}

/// With an epoch the leader's log is asked whether it has what was read before; without one it cannot be told.
void validate_if_possible(AssignedPartition& partition) {
    const bool can = partition.epoch != kNoEpoch && partition.leader_epoch != kNoEpoch;
    partition.state = can ? PositionState::validating : PositionState::fetching;
    partition.asked = false;
}

void move_to(Consumer& consumer, Env& env, TopicPartition id, AssignedPartition& partition, Offset offset,
             std::string_view why) {
    MR_ASSERT(offset >= Offset{0});
    partition.position = offset;
    partition.not_before = {};
    drop_buffered(consumer, id);
    env.fact(partition_fact(FactKind::position_moved, id, {offset.value, env.intern(why).value}));
    env.touch(touch::kOffsets | touch::kFacts);
}

std::string no_offset_text(const Env& env, std::vector<TopicPartition> partitions) {
    sort_by_name(env, partitions);
    std::string list;
    for (const TopicPartition id : partitions) list += (list.empty() ? "" : ", ") + text_of(env, id);
    return fmt::format("{}NoOffsetForPartitionException: Undefined offset with no reset policy for partitions: [{}]",
                       kConsumerErrors, list);
}

/// Partitions without a committed offset: the policy decides.
void begin_by_policy(Consumer& consumer, Env& env, const std::vector<TopicPartition>& partitions) {
    if (partitions.empty()) return;
    if (consumer.config.reset == OffsetReset::none) return raise(consumer, no_offset_text(env, partitions));
    for (const TopicPartition id : partitions) reset_position(consumer, env, id, "");
}

template <class Wanted>
std::vector<TopicPartition> partitions_that(const Consumer& consumer, Wanted&& wanted) {
    std::vector<TopicPartition> found;
    for (const auto& [id, partition] : consumer.assignment)
        if (wanted(partition)) found.push_back(id);
    return found;
}

bool may_ask(const AssignedPartition& partition, PositionState state, Nanos now) {
    return partition.state == state && !partition.asked && partition.not_before <= now;
}

// ---- committed offsets --------------------------------------------------------------------------

void ask_committed(Consumer& consumer, Env& env, const std::vector<TopicPartition>& partitions) {
    MR_ASSERT(!partitions.empty() && !consumer.config.group.empty());
    using Topic = wire::OffsetFetchRequest::Topic;
    wire::OffsetFetchRequest request;
    request.group_id = consumer.config.group;
    request.require_stable = true;
    request.topics.emplace();
    auto& group = request.groups.emplace_back();
    group.group_id = consumer.config.group;
    group.topics.emplace();
    std::vector<AskedPart> parts;
    for (const TopicPartition id : partitions) {
        const std::string& topic = env.text(id.topic);
        if (request.topics->empty() || request.topics->back().name != topic) {
            request.topics->push_back(Topic{topic, {}});
            group.topics->emplace_back().name = topic;
        }
        request.topics->back().partition_indexes.push_back(id.partition);
        group.topics->back().partition_indexes.push_back(id.partition);
        consumer.assignment.at(id).asked = true;
        parts.push_back({id, kNoOffset, kNoEpoch});
    }
    ask(consumer, env,
        {ApiKey::offset_fetch, coordinator_link(consumer), -1, CommitPurpose::interval, std::move(parts)}, request,
        kOffsetFetchVersion);
}

void find_committed(Consumer& consumer, Env& env) {
    const auto wanted = partitions_that(
        consumer, [&](const AssignedPartition& p) { return may_ask(p, PositionState::initializing, env.now()); });
    if (wanted.empty()) return;
    if (consumer.config.group.empty()) return begin_by_policy(consumer, env, wanted);
    if (asks(consumer, ApiKey::offset_fetch) || !coordinator_ready(consumer, env)) return;
    ask_committed(consumer, env, wanted);
}

/// Takes what the group has of each partition; those without a commit go into `without`.
void take_committed(Consumer& consumer, Env& env, const auto& topics, std::vector<TopicPartition>& without,
                    ErrorCode& worst) {
    for (const auto& topic : topics)
        for (const auto& answer : topic.partitions) {
            const TopicPartition id{env.intern(topic.name), answer.partition_index};
            const AssignedPartition* partition = consumer.assignment.find(id);
            if (partition == nullptr || partition->state != PositionState::initializing)
                continue;  // taken away, or sought meanwhile
            if (answer.error_code != 0) worst = static_cast<ErrorCode>(answer.error_code);
            if (answer.error_code != 0) continue;
            if (answer.committed_offset < 0) {
                without.push_back(id);
                continue;
            }
            set_position(consumer, env, id, Offset{answer.committed_offset}, LeaderEpoch{answer.committed_leader_epoch},
                         "its committed offset");
            consumer.assignment.at(id).committed = Offset{answer.committed_offset};
        }
}

// ---- the ends of a log --------------------------------------------------------------------------

bool leader_reachable(Consumer& consumer, Env& env, TopicPartition id, BrokerId leader) {
    MR_ASSERT(id.partition >= 0);
    const PartitionInfo* info = consumer.cluster.metadata.find(id);
    if (leader != kNoBroker && info != nullptr && consumer.cluster.metadata.brokers.contains(leader))
        return ready(consumer.cluster, env, leader);
    request_update(consumer.cluster, env);
    return false;
}

/// Partitions in a state that wait for a question to their leader, by leader. Those whose leader is not known or
/// connected are left out; that is being worked on.
sim::FlatMap<BrokerId, std::vector<TopicPartition>> askable(Consumer& consumer, Env& env, PositionState state) {
    MR_ASSERT(state == PositionState::resetting || state == PositionState::validating);
    sim::FlatMap<BrokerId, std::vector<TopicPartition>> by_leader;
    for (const TopicPartition id :
         partitions_that(consumer, [&](const AssignedPartition& p) { return may_ask(p, state, env.now()); })) {
        const PartitionInfo* info = consumer.cluster.metadata.find(id);
        const BrokerId leader = info == nullptr ? kNoBroker : info->leader;
        if (leader_reachable(consumer, env, id, leader)) by_leader[leader].push_back(id);
    }
    return by_leader;
}

i64 timestamp_of(OffsetReset end) { return end == OffsetReset::earliest ? kEarliest : kLatest; }

AskedPart begin_asking(Consumer& consumer, TopicPartition id) {
    MR_ASSERT(consumer.assignment.contains(id));
    AssignedPartition& partition = consumer.assignment.at(id);
    partition.asked = true;
    return {id, partition.position, partition.epoch};
}

void ask_ends(Consumer& consumer, Env& env, BrokerId leader, const std::vector<TopicPartition>& partitions) {
    MR_ASSERT(leader != kNoBroker && !partitions.empty());
    wire::ListOffsetsRequest request;
    std::vector<AskedPart> parts;
    request.replica_id = kConsumerReplica;
    request.isolation_level = consumer.config.read_committed ? 1 : 0;
    for (const TopicPartition id : partitions) {
        const std::string& topic = env.text(id.topic);
        if (request.topics.empty() || request.topics.back().name != topic) request.topics.emplace_back().name = topic;
        const i64 wanted = timestamp_of(consumer.assignment.at(id).reset);
        request.topics.back().partitions.push_back(
            {id.partition, consumer.cluster.metadata.find(id)->leader_epoch.value, wanted});
        parts.push_back(begin_asking(consumer, id));
        parts.back().offset = Offset{wanted};
    }
    ask(consumer, env, {ApiKey::list_offsets, leader, -1, CommitPurpose::interval, std::move(parts)}, request,
        kListOffsetsVersion);
}

void find_ends(Consumer& consumer, Env& env) {
    for (const auto& [leader, partitions] : askable(consumer, env, PositionState::resetting))
        ask_ends(consumer, env, leader, partitions);
}

void retry_partition(Consumer& consumer, Env& env, AssignedPartition& partition) {
    partition.asked = false;
    partition.not_before = env.now() + consumer.config.connection.retry_backoff;
    consumer.cluster.update_wanted = true;
}

// ---- validation ---------------------------------------------------------------------------------

void ask_epoch_ends(Consumer& consumer, Env& env, BrokerId leader, const std::vector<TopicPartition>& partitions) {
    MR_ASSERT(leader != kNoBroker && !partitions.empty());
    wire::OffsetForLeaderEpochRequest request;
    std::vector<AskedPart> parts;
    request.replica_id = kConsumerReplica;
    for (const TopicPartition id : partitions) {
        const std::string& topic = env.text(id.topic);
        if (request.topics.empty() || request.topics.back().topic != topic) request.topics.emplace_back().topic = topic;
        const AskedPart part = begin_asking(consumer, id);
        request.topics.back().partitions.push_back(
            {id.partition, consumer.assignment.at(id).leader_epoch.value, part.epoch.value});
        parts.push_back(part);
    }
    ask(consumer, env, {ApiKey::offset_for_leader_epoch, leader, -1, CommitPurpose::interval, std::move(parts)},
        request, kEpochEndVersion);
}

void validate_positions(Consumer& consumer, Env& env) {
    for (const auto& [leader, partitions] : askable(consumer, env, PositionState::validating))
        ask_epoch_ends(consumer, env, leader, partitions);
}

std::string truncation_text(const Env& env, TopicPartition id, Offset end, LeaderEpoch epoch) {
    MR_ASSERT(id.partition >= 0 && end >= kNoOffset);
    const std::string divergent = end == kNoOffset
                                      ? ""
                                      : fmt::format("{}=OffsetAndMetadata{{offset={}, leaderEpoch={}, metadata=''}}",
                                                    text_of(env, id), end.value, epoch.value);
    return fmt::format("{}LogTruncationException: Truncated partitions detected with divergent offsets {{{}}}",
                       kConsumerErrors, divergent);
}

/// The leader's log ends our epoch at `end`: what was read beyond it is not there any more (KIP-320).
void finish_validation(Consumer& consumer, Env& env, TopicPartition id, Offset end, LeaderEpoch epoch) {
    MR_ASSERT(id.partition >= 0);
    AssignedPartition& partition = consumer.assignment.at(id);
    partition.asked = false;
    const bool undefined = end == kNoOffset || epoch == kNoEpoch;
    if (!undefined && end >= partition.position) {
        partition.state = PositionState::fetching;
        return;
    }
    const std::string otherwise = truncation_text(env, id, undefined ? kNoOffset : end, epoch);
    if (undefined || consumer.config.reset == OffsetReset::none) return reset_position(consumer, env, id, otherwise);
    partition.epoch = epoch;
    partition.state = PositionState::fetching;
    move_to(consumer, env, id, partition, end, "the log was cut, what was read beyond is gone");
}

const AskedPart* part_of(const ConsumerRequest& request, TopicPartition id) {
    const auto at = std::ranges::find(request.parts, id, &AskedPart::id);
    return at == request.parts.end() ? nullptr : &*at;
}

/// The partition that an answer is about, if it still waits for it.
AssignedPartition* awaiting(Consumer& consumer, const ConsumerRequest& request, TopicPartition id,
                            PositionState state) {
    AssignedPartition* partition = consumer.assignment.find(id);
    const bool waits =
        partition != nullptr && partition->asked && partition->state == state && part_of(request, id) != nullptr;
    return waits ? partition : nullptr;
}

}  // namespace

std::string position_text(const Consumer& consumer, const Env& env, const AssignedPartition& partition) {
    const auto optional = [](bool there, const auto& text) {
        return there ? fmt::format("Optional[{}]", text) : std::string("Optional.empty");
    };
    const Address* address = consumer.cluster.metadata.brokers.find(partition.leader);
    const std::string node = address == nullptr ? ""
                                                : fmt::format("{}:{} (id: {} rack: null)", address->host, address->port,
                                                              partition.leader.value);
    MR_ASSERT(env.now() >= Nanos{});
    const std::string epoch =
        partition.leader_epoch == kNoEpoch ? "absent" : fmt::format("{}", partition.leader_epoch.value);
    return fmt::format(
        "FetchPosition{{offset={}, offsetEpoch={}, currentLeader=LeaderAndEpoch{{leader={}, epoch={}}}}}",
        partition.position.value, optional(partition.epoch != kNoEpoch, partition.epoch.value),
        optional(address != nullptr, node), epoch);
}

void set_position(Consumer& consumer, Env& env, TopicPartition id, Offset offset, LeaderEpoch epoch,
                  std::string_view why) {
    AssignedPartition& partition = consumer.assignment.at(id);
    partition.epoch = epoch;
    partition.by_request = false;
    take_leader(consumer, id, partition);
    if (epoch > partition.leader_epoch) consumer.cluster.update_wanted = true;  // somebody knew of a newer leader
    validate_if_possible(partition);
    move_to(consumer, env, id, partition, offset, why);
}

void reset_position(Consumer& consumer, Env& env, TopicPartition id, const std::string& otherwise) {
    MR_ASSERT(id.partition >= 0);
    if (consumer.config.reset == OffsetReset::none) return raise(consumer, otherwise);
    AssignedPartition& partition = consumer.assignment.at(id);
    partition.state = PositionState::resetting;
    partition.reset = consumer.config.reset;
    partition.by_request = false;
    partition.asked = false;
    partition.not_before = {};
    drop_buffered(consumer, id);
    env.touch(touch::kOffsets);
}

void find_positions(Consumer& consumer, Env& env) {
    validate_positions(consumer, env);
    find_committed(consumer, env);
    find_ends(consumer, env);
}

void check_leaders(Consumer& consumer, Env& env) {
    for (auto& [id, partition] : consumer.assignment) {
        if (partition.state != PositionState::fetching && partition.state != PositionState::validating) continue;
        const PartitionInfo* info = consumer.cluster.metadata.find(id);
        const bool known = info != nullptr && info->leader != kNoBroker;
        if (!known || (info->leader == partition.leader && info->leader_epoch == partition.leader_epoch)) continue;
        take_leader(consumer, id, partition);
        validate_if_possible(partition);
        partition.not_before = {};
        env.touch(touch::kOffsets);
    }
}

void on_committed_answer(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    wire::OffsetFetchResponse response;
    std::vector<TopicPartition> without;
    ErrorCode error = ErrorCode::none, worst = ErrorCode::none;
    const bool good = decode_answer(event, response);
    const bool grouped = good && event.request.version >= 8;
    if (!good || (grouped && response.groups.empty())) return retry_positions(consumer, env, request);
    error = static_cast<ErrorCode>(grouped ? response.groups.front().error_code : response.error_code);
    if (!failed(error) && grouped) take_committed(consumer, env, response.groups.front().topics, without, worst);
    else if (!failed(error)) take_committed(consumer, env, response.topics, without, worst);
    if (failed(worst)) error = worst;
    begin_by_policy(consumer, env, without);
    if (!failed(error)) return;
    const bool passes = note_coordinator_error(consumer, env, error) || is_retriable(error);
    if (passes) return retry_positions(consumer, env, request);
    raise(consumer, fmt::format("org.apache.kafka.common.KafkaException: Unexpected error in fetch offset response: {}",
                                error_info(error).message));
}

void on_list_offsets_answer(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    wire::ListOffsetsResponse response;
    if (!decode_answer(event, response)) return retry_positions(consumer, env, request);
    for (const auto& topic : response.topics)
        for (const auto& answer : topic.partitions) {
            const TopicPartition id{env.intern(topic.name), answer.partition_index};
            AssignedPartition* partition = awaiting(consumer, request, id, PositionState::resetting);
            if (partition == nullptr) continue;
            const bool same = part_of(request, id)->offset.value == timestamp_of(partition->reset);
            const bool found = answer.error_code == 0 && answer.offset >= 0 && same;
            if (!found) {
                retry_partition(consumer, env, *partition);
                continue;
            }
            const std::string why =
                partition->by_request
                    ? fmt::format("seek to {}", partition->reset == OffsetReset::earliest ? "the beginning" : "the end")
                    : fmt::format("auto.offset.reset={}", name_of(partition->reset));
            set_position(consumer, env, id, Offset{answer.offset}, kNoEpoch, why);
        }
}

void on_epoch_end_answer(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    wire::OffsetForLeaderEpochResponse response;
    if (!decode_answer(event, response)) return retry_positions(consumer, env, request);
    for (const auto& topic : response.topics)
        for (const auto& answer : topic.partitions) {
            const TopicPartition id{env.intern(topic.topic), answer.partition};
            AssignedPartition* partition = awaiting(consumer, request, id, PositionState::validating);
            if (partition == nullptr) continue;
            const AskedPart& asked = *part_of(request, id);
            const bool same = asked.offset == partition->position && asked.epoch == partition->epoch;
            if (answer.error_code != 0 || !same) retry_partition(consumer, env, *partition);
            else finish_validation(consumer, env, id, Offset{answer.end_offset}, LeaderEpoch{answer.leader_epoch});
        }
}

void retry_positions(Consumer& consumer, Env& env, const ConsumerRequest& request) {
    for (const AskedPart& part : request.parts) {
        AssignedPartition* partition = consumer.assignment.find(part.id);
        if (partition != nullptr && partition->asked) retry_partition(consumer, env, *partition);
    }
}

}  // namespace engine::client
