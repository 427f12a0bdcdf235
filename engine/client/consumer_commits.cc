// Sections: sending; answers; by interval; on request.
#include <fmt/format.h>

#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/offset_commit.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;

constexpr i16 kOffsetCommitVersion = 8;
static_assert(wire::OffsetCommitRequest::kLowest <= kOffsetCommitVersion &&
              kOffsetCommitVersion <= wire::OffsetCommitRequest::kHighest);

constexpr std::string_view kNotInGroup =
    "Offset commit cannot be completed since the consumer is not part of an active group for auto partition "
    "assignment; "
    "it is likely that the consumer was kicked out of the group.";
constexpr std::string_view kInRebalance =
    "Offset commit cannot be completed since the consumer is undergoing a rebalance for auto partition assignment. "
    "You can try completing the rebalance by calling poll() and then retry the operation.";
constexpr std::string_view kGroupRebalances =
    "Offset commit cannot be completed since the consumer group is executing a rebalance at the moment. "
    "You can try completing the rebalance by calling poll() and then retry commit again";
constexpr std::string_view kStaleGeneration =
    "Offset commit cannot be completed since the consumer member's generation is already stale, meaning it has already "
    "participated another rebalance and got a new generation. You can try completing the rebalance by calling poll() "
    "and then retry commit again";
constexpr std::string_view kKickedOut =
    "Commit cannot be completed since the group has already rebalanced and assigned the partitions to another member. "
    "This means that the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms, "
    "which typically implies that the poll loop is spending too much time message processing. You can address this "
    "either "
    "by increasing max.poll.interval.ms or by reducing the maximum size of batches returned in poll() with "
    "max.poll.records.";

std::string commit_failed(std::string_view message) {
    MR_ASSERT(!message.empty());
    return fmt::format("{}CommitFailedException: {}", kConsumerErrors, message);
}
std::string in_rebalance(std::string_view message) { return exception_of(ErrorCode::rebalance_in_progress, message); }

// ---- sending ------------------------------------------------------------------------------------

/// A member commits in its generation; without an active one there is nothing it may say.
std::string why_not_now(const Consumer& consumer) {
    if (!subscribed(consumer)) return "";
    switch (consumer.membership.state) {
        case MemberState::stable: return "";
        case MemberState::unjoined: return commit_failed(kNotInGroup);
        case MemberState::preparing_rebalance:
        case MemberState::completing_rebalance: break;
    }
    return in_rebalance(kInRebalance);
}

wire::OffsetCommitRequest make_commit(const Consumer& consumer, const Env& env, const std::vector<AskedPart>& offsets) {
    MR_ASSERT(!offsets.empty());
    wire::OffsetCommitRequest request;
    request.group_id = consumer.config.group;
    if (subscribed(consumer)) {
        request.generation_id_or_member_epoch = consumer.membership.generation;
        request.member_id = consumer.membership.member_id;
        if (is_static(consumer)) request.group_instance_id = consumer.config.group_instance;
    }
    for (const AskedPart& part : offsets) {
        const std::string& topic = env.text(part.id.topic);
        if (request.topics.empty() || request.topics.back().name != topic) request.topics.emplace_back().name = topic;
        auto& asked = request.topics.back().partitions.emplace_back();
        asked.partition_index = part.id.partition;
        asked.committed_offset = part.offset.value;
        asked.committed_leader_epoch = part.epoch.value;
        asked.committed_metadata = "";
    }
    return request;
}

// ---- answers ------------------------------------------------------------------------------------

struct CommitFailure {
    ErrorCode error = ErrorCode::none;
    bool retriable = false;
    std::string exception;
};

/// What an error code of a commit means for the member.
CommitFailure judge(Consumer& consumer, Env& env, ErrorCode error, const ConsumerRequest& request) {
    MR_ASSERT(failed(error));
    const Membership& member = consumer.membership;
    const bool present = request.generation == member.generation;
    switch (error) {
        case ErrorCode::coordinator_not_available: case ErrorCode::not_coordinator:
        case ErrorCode::request_timed_out: doubt_coordinator(consumer, env); return {error, true, exception_of(error)};
        case ErrorCode::coordinator_load_in_progress:
        case ErrorCode::unknown_topic_or_partition: return {error, true, exception_of(error)};
        case ErrorCode::rebalance_in_progress:
            request_rejoin(consumer, "offset commit failed since group is already rebalancing");
            return {error, false, in_rebalance(kGroupRebalances)};
        case ErrorCode::unknown_member_id:
        case ErrorCode::illegal_generation:
            if (!present && member.state == MemberState::preparing_rebalance)
                return {error, false, in_rebalance(kStaleGeneration)};
            reset_membership(consumer, env, fmt::format("encountered {} from OFFSET_COMMIT response", name_of(error)),
                             error != ErrorCode::illegal_generation);
            return {error, false, commit_failed(kKickedOut)};
        case ErrorCode::fenced_instance_id:
            env.fact(node_fact(FactKind::fenced, {static_cast<i64>(error)}));
            return {error, false, present ? exception_of(error) : commit_failed(kKickedOut)};
        default: return {error, is_retriable(error), exception_of(error)};
    }
}

void note_committed(Consumer& consumer, const AskedPart& part) {
    MR_ASSERT(part.id.partition >= 0 && part.offset >= Offset{0});
    AssignedPartition* partition = consumer.assignment.find(part.id);
    if (partition != nullptr) partition->committed = part.offset;
}

const AskedPart* find_part(const ConsumerRequest& request, TopicPartition id) {
    const auto at = std::ranges::find(request.parts, id, &AskedPart::id);
    return at == request.parts.end() ? nullptr : &*at;
}

/// Notes what was stored; the first error, if there is one.
ErrorCode take_results(Consumer& consumer, Env& env, const wire::OffsetCommitResponse& response,
                       const ConsumerRequest& request) {
    ErrorCode first = ErrorCode::none;
    for (const auto& topic : response.topics)
        for (const auto& answer : topic.partitions) {
            const auto error = static_cast<ErrorCode>(answer.error_code);
            const AskedPart* part = find_part(request, {env.intern(topic.name), answer.partition_index});
            if (!failed(error) && part != nullptr) note_committed(consumer, *part);
            if (failed(error) && !failed(first)) first = error;
        }
    return first;
}

void finish_sync(Consumer& consumer, Env& env, std::string exception) {
    SyncCommit& commit = consumer.sync_commit;
    commit.active = commit.sent = false;
    commit.exception = std::move(exception);
    if (!commit.exception.empty()) env.fact(node_fact(FactKind::commit_failed, {env.intern(commit.exception).value}));
    env.touch(touch::kOffsets | touch::kFacts);
}

}  // namespace

std::vector<AskedPart> consumed_offsets(const Consumer& consumer) {
    std::vector<AskedPart> offsets;
    for (const auto& [id, partition] : consumer.assignment)
        if (partition.state == PositionState::fetching) offsets.push_back({id, partition.position, partition.epoch});
    return offsets;
}

bool commit_in_flight(const Consumer& consumer, CommitPurpose purpose) {
    return std::ranges::any_of(consumer.requests, [&](const auto& entry) {
        return entry.second.api == ApiKey::offset_commit && entry.second.purpose == purpose;
    });
}

std::string send_commit(Consumer& consumer, Env& env, std::vector<AskedPart> offsets, CommitPurpose purpose) {
    if (offsets.empty()) return "";
    if (std::string why = why_not_now(consumer); !why.empty()) return why;
    const wire::OffsetCommitRequest request = make_commit(consumer, env, offsets);
    const i32 generation = consumer.membership.generation;
    ask(consumer, env, {ApiKey::offset_commit, coordinator_link(consumer), generation, purpose, std::move(offsets)},
        request, kOffsetCommitVersion);
    return "";
}

void on_commit_answer(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    wire::OffsetCommitResponse response;
    const bool good = decode_answer(event, response);
    const ErrorCode error = good ? take_results(consumer, env, response, request) : ErrorCode::unknown_server_error;
    env.touch(touch::kOffsets);
    if (failed(error)) {
        const CommitFailure failure = judge(consumer, env, error, request);
        return on_commit_failed(consumer, env, request, failure.retriable, failure.exception);
    }
    if (request.purpose == CommitPurpose::sync || request.purpose == CommitPurpose::close)
        finish_sync(consumer, env, "");
}

void on_commit_failed(Consumer& consumer, Env& env, const ConsumerRequest& request, bool retriable,
                      const std::string& exception) {
    const Nanos first_delay = consumer.config.connection.retry_backoff;
    switch (request.purpose) {
        case CommitPurpose::interval:
            if (retriable) consumer.auto_commit_due = std::min(consumer.auto_commit_due, env.now() + first_delay);
            else env.fact(node_fact(FactKind::commit_failed, {env.intern(exception).value}));
            return;
        case CommitPurpose::rebalance:
            if (!retriable) {
                env.fact(node_fact(FactKind::commit_failed, {env.intern(exception).value}));
                return;
            }
            consumer.membership.preparation = JoinPreparation::due;
            consumer.membership.retry_not_before = env.now() + first_delay;
            return;
        case CommitPurpose::sync:
        case CommitPurpose::close: break;
    }
    if (!retriable) return finish_sync(consumer, env, exception);
    consumer.sync_commit.sent = false;
    consumer.sync_commit.not_before = env.now() + retry_delay(consumer, env, consumer.sync_commit.failures++);
}

// ---- by interval --------------------------------------------------------------------------------

/// In poll(): what earlier calls returned counts as done.
void commit_by_interval(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.in_poll);
    if (!consumer.config.auto_commit || env.now() < consumer.auto_commit_due) return;
    const bool rebalances =
        subscribed(consumer) && (consumer.membership.state != MemberState::stable || consumer.membership.rejoin_needed);
    if (rebalances || !coordinator_ready(consumer, env)) return;
    consumer.auto_commit_due = env.now() + consumer.config.auto_commit_interval;
    const std::string exception = send_commit(consumer, env, consumed_offsets(consumer), CommitPurpose::interval);
    if (!exception.empty()) env.fact(node_fact(FactKind::commit_failed, {env.intern(exception).value}));
}

// ---- on request ---------------------------------------------------------------------------------

void commit_sync(Consumer& consumer, Env& env, std::vector<AskedPart> offsets) {
    MR_ASSERT(!consumer.sync_commit.active);
    SyncCommit& commit = consumer.sync_commit;
    commit = {};
    commit.offsets = offsets.empty() ? consumed_offsets(consumer) : std::move(offsets);
    commit.active = true;
    commit.until = env.now() + consumer.config.default_api_timeout;
    if (consumer.config.group.empty())
        return finish_sync(consumer, env,
                           exception_of(ErrorCode::invalid_group_id,
                                        "To use the group management or offset commit APIs, you must provide a valid "
                                        "group.id in the consumer configuration."));
    if (commit.offsets.empty()) return finish_sync(consumer, env, "");
    work(consumer, env);
}

void commit_on_request(Consumer& consumer, Env& env) {
    SyncCommit& commit = consumer.sync_commit;
    if (!commit.active || commit.sent) return;
    if (env.now() >= commit.until)
        return finish_sync(consumer, env,
                           exception_of(ErrorCode::request_timed_out,
                                        fmt::format("Timeout of {}ms expired before successfully committing offsets",
                                                    consumer.config.default_api_timeout.to_millis())));
    if (env.now() < commit.not_before || !coordinator_ready(consumer, env)) return;
    MR_ASSERT(!commit.offsets.empty());
    const CommitPurpose purpose = consumer.closing == CloseStep::open ? CommitPurpose::sync : CommitPurpose::close;
    std::string exception = send_commit(consumer, env, commit.offsets, purpose);
    commit.sent = exception.empty();
    if (!commit.sent) finish_sync(consumer, env, std::move(exception));
}

}  // namespace engine::client
