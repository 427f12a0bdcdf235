// Sections: words; requests; time; work; what the application calls; notices.
#include <fmt/format.h>

#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;

// ---- time ---------------------------------------------------------------------------------------

/// The first of the moments that are still to come. What is due already waits for something else, and that will
/// be an event.
struct NextDue {
    Nanos now;
    Nanos due = sim::kForever;
    void at(Nanos moment) {
        if (moment > now) due = std::min(due, moment);
    }
};

void group_dues(const Consumer& consumer, NextDue& next) {
    const Membership& member = consumer.membership;
    next.at(consumer.coordinator.not_before);
    next.at(member.retry_not_before);
    if (member.preparation == JoinPreparation::committing) next.at(member.prepare_until);
    if (!heartbeats(consumer)) return;
    next.at(member.session_ends);
    if (!consumer.in_poll) next.at(member.poll_due);
    if (!asks(consumer, ApiKey::heartbeat)) next.at(member.heartbeat_due);
}

void call_dues(const Consumer& consumer, NextDue& next) {
    if (consumer.in_poll && consumer.config.auto_commit) next.at(consumer.auto_commit_due);
    if (consumer.sync_commit.active) {
        next.at(consumer.sync_commit.not_before);
        next.at(consumer.sync_commit.until);
    }
    if (consumer.closing != CloseStep::open) next.at(consumer.close_until);
}

Nanos next_due(const Consumer& consumer, Nanos now) {
    NextDue next{now};
    group_dues(consumer, next);
    call_dues(consumer, next);
    if (consumer.in_poll)
        for (const auto& [id, partition] : consumer.assignment) next.at(partition.not_before);
    return next.due;
}

void arm_timer(Consumer& consumer, Env& env) {
    const Nanos due = next_due(consumer, env.now());
    if (due == sim::kForever || (consumer.timer && consumer.timer_due <= due)) return;
    MR_ASSERT(due > env.now());
    env.cancel(consumer.timer);
    consumer.timer_due = due;
    consumer.timer = env.timer(due - env.now(), consumer.timer_kind, 0);
}

// ---- work ---------------------------------------------------------------------------------------

void begin(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.timer_kind != 0 && consumer.timer_kind != consumer.cluster.timer_kind);
    consumer.cluster.config = consumer.config.connection;
    consumer.cluster.allow_topic_creation = consumer.config.allow_auto_create_topics;
    consumer.group = consumer.config.group.empty() ? kNoName : env.intern(consumer.config.group);
    consumer.auto_commit_due = env.now() + consumer.config.auto_commit_interval;
    consumer.membership.poll_due = env.now() + sim::millis(consumer.config.max_poll_interval_ms);
    start(consumer.cluster, env);
}

/// What happens in poll() only.
void work_in_poll(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.in_poll && consumer.failure.empty());
    keep_joined(consumer, env);
    commit_by_interval(consumer, env);
    find_positions(consumer, env);
    if (!has_records(consumer))
        send_fetches(consumer,
                     env);  // else when they are handed out: then for their partitions too
}

void dispatch(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    switch (request.api) {
        case ApiKey::find_coordinator: return on_coordinator_found(consumer, env, event);
        case ApiKey::join_group: return on_join_answer(consumer, env, event);
        case ApiKey::sync_group: return on_sync_answer(consumer, env, event);
        case ApiKey::heartbeat: return on_heartbeat_answer(consumer, env, event, request);
        case ApiKey::offset_commit: return on_commit_answer(consumer, env, event, request);
        case ApiKey::offset_fetch: return on_committed_answer(consumer, env, event, request);
        case ApiKey::list_offsets: return on_list_offsets_answer(consumer, env, event, request);
        case ApiKey::offset_for_leader_epoch: return on_epoch_end_answer(consumer, env, event, request);
        case ApiKey::fetch: return on_fetch_answer(consumer, env, event, request);
        default: MR_ASSERT(request.api == ApiKey::leave_group);  // its answer changes nothing
    }
}

void on_event(Consumer& consumer, Env& env, const ClientEvent& event) {
    if (event.kind == ClientEventKind::metadata_updated) {
        check_leaders(consumer, env);
        return check_assigned_sizes(consumer, env);
    }
    if (event.kind == ClientEventKind::link_ready || !consumer.requests.contains(event.request.tag)) return;
    const ConsumerRequest request = consumer.requests.at(event.request.tag);
    consumer.requests.erase(event.request.tag);
    if (event.kind == ClientEventKind::answer) return dispatch(consumer, env, event, request);
    if (coordinator_known(consumer) && request.broker == coordinator_link(consumer)) doubt_coordinator(consumer, env);
    on_request_lost(consumer, env, request);
}

}  // namespace

// ---- words --------------------------------------------------------------------------------------

std::string_view name_of(MemberState state) {
    switch (state) {
        case MemberState::unjoined: return "unjoined";
        case MemberState::preparing_rebalance: return "preparing rebalance";
        case MemberState::completing_rebalance: return "completing rebalance";
        case MemberState::stable: return "stable";
    }
    return "";
}

std::string exception_of(ErrorCode error, std::string_view message) {
    const ErrorInfo& info = error_info(error);
    return fmt::format("{}{}: {}", kErrors, info.exception, message.empty() ? info.message : message);
}

void raise(Consumer& consumer, std::string exception) {
    if (consumer.failure.empty()) consumer.failure = std::move(exception);
}

std::string text_of(const Env& env, TopicPartition id) {
    return fmt::format("{}-{}", env.text(id.topic), id.partition);
}

void sort_by_name(const Env& env, std::vector<TopicPartition>& partitions) {
    std::ranges::sort(partitions, [&](TopicPartition a, TopicPartition b) {
        return a.topic != b.topic ? env.text(a.topic) < env.text(b.topic) : a.partition < b.partition;
    });
}

std::string partitions_text(const Env& env, const std::vector<TopicPartition>& partitions) {
    std::vector<TopicPartition> sorted = partitions;
    sort_by_name(env, sorted);
    std::string text;
    for (const TopicPartition id : sorted) text += (text.empty() ? "" : ", ") + text_of(env, id);
    return text.empty() ? "nothing" : text;
}

std::vector<TopicPartition> assigned_partitions(const Consumer& consumer) {
    std::vector<TopicPartition> partitions;
    for (const auto& [id, partition] : consumer.assignment) partitions.push_back(id);
    return partitions;
}

Nanos retry_delay(Consumer& consumer, Env& env, u32 failures) {
    return backoff(env.rng(), consumer.config.connection.retry_backoff, consumer.config.connection.retry_backoff_max,
                   failures);
}

// ---- requests -----------------------------------------------------------------------------------

u64 note_request(Consumer& consumer, ConsumerRequest request) {
    const u64 tag = consumer.next_request++;
    consumer.requests[tag] = std::move(request);
    return tag;
}

void forget_requests(Consumer& consumer, ApiKey api) {
    consumer.requests.erase_if([&](const auto& entry) { return entry.second.api == api; });
}

bool asks(const Consumer& consumer, ApiKey api) {
    return std::ranges::any_of(consumer.requests, [&](const auto& entry) { return entry.second.api == api; });
}

void on_request_lost(Consumer& consumer, Env& env, const ConsumerRequest& request) {
    switch (request.api) {
        case ApiKey::find_coordinator:
            consumer.coordinator.not_before = env.now() + retry_delay(consumer, env, consumer.coordinator.failures++);
            return;
        case ApiKey::join_group:
        case ApiKey::sync_group: return retry_join(consumer, env, "DisconnectException");
        case ApiKey::heartbeat:
            consumer.membership.heartbeat_due = env.now() + consumer.config.connection.retry_backoff;
            return;
        case ApiKey::offset_commit:
            return on_commit_failed(consumer, env, request, true, "org.apache.kafka.common.errors.DisconnectException");
        case ApiKey::offset_fetch: case ApiKey::list_offsets: case ApiKey::offset_for_leader_epoch:
            return retry_positions(consumer, env, request);
        case ApiKey::fetch: return on_fetch_lost(consumer, request.broker);
        case ApiKey::leave_group: return;
        default: MR_ASSERT(false);  // the consumer asks nothing else
    }
}

// ---- what the application calls -----------------------------------------------------------------

void work(Consumer& consumer, Env& env) {
    if (consumer.closing == CloseStep::closed) return;
    keep_alive(consumer, env);
    if (consumer.in_poll && consumer.failure.empty()) work_in_poll(consumer, env);  // else poll() is about to throw
    commit_on_request(consumer, env);
    if (consumer.closing != CloseStep::open) go_on_closing(consumer, env);
    if (consumer.closing == CloseStep::closed) return;
    settle(consumer.cluster, env);
    arm_timer(consumer, env);
}

void subscribe(Consumer& consumer, Env& env, const std::vector<std::string>& topics) {
    MR_ASSERT(!topics.empty() && !consumer.config.group.empty());
    begin(consumer, env);
    for (const std::string& topic : topics) {
        const NameId id = env.intern(topic);
        if (std::ranges::find(consumer.subscription, id) == consumer.subscription.end())
            consumer.subscription.push_back(id);
        add_topic(consumer.cluster, env, id);
    }
    work(consumer, env);
}

void assign(Consumer& consumer, Env& env, const std::vector<TopicPartition>& partitions) {
    MR_ASSERT(consumer.subscription.empty());
    begin(consumer, env);
    for (const TopicPartition id : partitions) {
        consumer.assignment[id] = {};
        add_topic(consumer.cluster, env, id.topic);
    }
    work(consumer, env);
}

void enter_poll(Consumer& consumer, Env& env) {
    MR_ASSERT(!consumer.in_poll && consumer.closing == CloseStep::open);
    consumer.in_poll = true;
    work(consumer, env);
}

void leave_poll(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.in_poll);
    consumer.in_poll = false;
    consumer.membership.poll_due = env.now() + sim::millis(consumer.config.max_poll_interval_ms);
    arm_timer(consumer, env);
}

std::vector<PolledRecord> take_records(Consumer& consumer, Env& env, std::vector<PolledDetail>* details) {
    MR_ASSERT(consumer.in_poll);
    std::vector<PolledRecord> records = drain_fetched(consumer, env, details);
    if (records.empty()) return records;
    send_fetches(consumer, env);  // the next ones travel while the application works
    settle(consumer.cluster, env);
    leave_poll(consumer, env);
    return records;
}

bool seek(Consumer& consumer, Env& env, TopicPartition id, Offset offset) {
    if (!consumer.assignment.contains(id) || offset < Offset{0}) return false;
    set_position(consumer, env, id, offset, kNoEpoch, "seek");
    work(consumer, env);
    return true;
}

bool seek_to_end_of(Consumer& consumer, Env& env, TopicPartition id, OffsetReset end) {
    AssignedPartition* partition = consumer.assignment.find(id);
    if (partition == nullptr || end == OffsetReset::none) return false;
    drop_buffered(consumer, id);
    partition->state = PositionState::resetting;
    partition->reset = end;
    partition->by_request = true;
    partition->asked = false;
    work(consumer, env);
    return true;
}

bool set_paused(Consumer& consumer, TopicPartition id, bool paused) {
    AssignedPartition* partition = consumer.assignment.find(id);
    if (partition != nullptr) partition->paused = paused;
    return partition != nullptr;
}

// ---- notices ------------------------------------------------------------------------------------

bool concerns(const Consumer& consumer, const sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == consumer.timer_kind) return true;
    return concerns(consumer.cluster, notice);
}

void on_notice(Consumer& consumer, Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == consumer.timer_kind) {
        consumer.timer = {};
        return work(consumer, env);
    }
    ClientEvents events;
    on_notice(consumer.cluster, env, notice, events);
    for (const ClientEvent& event : events) on_event(consumer, env, event);
    work(consumer, env);
}

}  // namespace engine::client
