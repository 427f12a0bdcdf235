// Waiting produces and fetches: kept until what they wait for has happened, or their time is over.
#include "engine/broker/purgatory.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/fetch_answers.h"
#include "engine/broker/group_coordinator.h"
#include "engine/broker/partition_answers.h"
#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/model/facts.h"
#include "engine/wire/messages/produce.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

void stop_watching(std::vector<u64>& watchers, u64 op) { std::erase(watchers, op); }

/// Operations on a list that may shrink while one of them completes.
template <class Check>
void check_each(std::vector<u64> ops, Check&& check) {
    for (const u64 op : ops) check(op);
}

// ---- produce ------------------------------------------------------------------------------------

bool any_waiting(const PendingProduce& produce) {
    return std::ranges::any_of(produce.partitions, &PendingProducePartition::waiting);
}

/// Who leads instead, and where (KIP-951): told since version 10.
void name_leader(Ctx ctx, const ReplyTo& to, TopicPartition id,
                 wire::ProduceResponse::Response::PartitionResponse& answer, wire::ProduceResponse& response) {
    const CachedPartition* cached = ctx.memory().metadata.find(id);
    if (cached == nullptr) return;
    answer.current_leader = {cached->leader.value, cached->leader_epoch.value};
    name_endpoint(ctx, to, cached->leader, response);
}

wire::ProduceResponse to_response(Ctx ctx, const PendingProduce& produce) {
    wire::ProduceResponse response;
    for (const PendingProducePartition& part : produce.partitions) {
        const std::string& topic = ctx.text(part.id.topic);
        if (response.responses.empty() || response.responses.back().name != topic)
            response.responses.emplace_back().name = topic;
        auto& answer = response.responses.back().partition_responses.emplace_back();
        answer.index = part.id.partition;
        answer.error_code = static_cast<i16>(part.error);
        answer.base_offset = failed(part.error) ? -1 : part.base_offset.value;
        answer.log_append_time_ms = part.log_append_time_ms;
        answer.log_start_offset = part.log_start.value;
        if (!part.error_message.empty()) answer.error_message = part.error_message;
        for (const log::BadRecord& bad : part.bad_records)
            answer.record_errors.push_back(
                {bad.index, fmt::format("{} in topic partition {}-{}", bad.why, topic, part.id.partition)});
        if (part.error == ErrorCode::not_leader_or_follower)
            name_leader(ctx, produce.reply_to, part.id, answer, response);
    }
    return response;
}

void answer(Ctx ctx, const PendingProduce& produce) {
    MR_ASSERT(!produce.internal || produce.partitions.size() == 1);
    if (produce.internal) return on_group_append_done(ctx, produce.tag, produce.partitions.front().error);
    respond(ctx, produce.reply_to, to_response(ctx, produce));
}

/// Whether what a partition's part waits for has happened; sets its answer if so.
void settle(Ctx ctx, PendingProducePartition& part) {
    MR_ASSERT(part.waiting && !failed(part.error));
    const Partition* partition = ctx.find(part.id);
    if (partition == nullptr || !partition->leads()) {
        part.error = ErrorCode::not_leader_or_follower;
        part.waiting = false;
    } else if (partition->high_watermark >= part.required) {
        part.error = partition->under_min_isr() ? ErrorCode::not_enough_replicas_after_append : ErrorCode::none;
        part.waiting = false;
    }
}

void finish_produce(Ctx ctx, u64 op) {
    PendingProduce produce = std::move(ctx.memory().purgatory.produces.at(op));
    ctx.memory().purgatory.produces.erase(op);
    ctx.env.cancel(produce.timer);
    MR_ASSERT(!any_waiting(produce));
    for (const PendingProducePartition& part : produce.partitions)
        if (ctx.find(part.id) != nullptr) stop_watching(ctx.edit(part.id).waiting_produces, op);
    answer(ctx, produce);
}

void keep_waiting(Ctx ctx, PendingProduce produce) {
    const u64 op = ctx.memory().purgatory.next_id++;
    MR_ASSERT(ctx.memory().purgatory.produces.size() < kMostPendingProduces);
    MR_ASSERT(any_waiting(produce) && !produce.timer);
    produce.since = ctx.env.now();
    produce.timer =
        ctx.env.timer(std::max(produce.deadline - ctx.env.now(), Nanos{}), kProduceExpires, op, kRequestLane);
    for (const PendingProducePartition& part : produce.partitions) {
        if (!part.waiting) continue;
        MR_ASSERT(ctx.find(part.id) != nullptr && ctx.find(part.id)->high_watermark < part.required);
        ctx.edit(part.id).waiting_produces.push_back(op);
        ctx.env.fact(partition_fact(FactKind::produce_waits, part.id, {part.required.value}));
    }
    ctx.memory().purgatory.produces[op] = std::move(produce);
}

// ---- fetch --------------------------------------------------------------------------------------

/// What a follower's fetch tells the leader: how far it is, hence whether it may join and what is committed.
void note_replica_progress(Ctx ctx, const FetchOp& op, const std::vector<PartRead>& reads) {
    MR_ASSERT(reads.size() == op.parts.size() && op.replica != kNoBroker);
    for (std::size_t i = 0; i < op.parts.size(); ++i) {
        const FetchPart& part = op.parts[i];
        if (reads[i].ends_wait()) continue;
        note_follower_fetch(ctx.edit(part.id), ctx.isr_rules(), op.replica, part.offset, part.log_start,
                            reads[i].leader_end, op.replica_epoch);
        maybe_propose_expansion(ctx, part.id, op.replica);
        advance_high_watermark(ctx, part.id);
    }
}

bool enough(Ctx ctx, const FetchOp& op) {
    i64 bytes = 0;
    for (const FetchPart& part : op.parts) {
        if (failed(check_leadership(ctx, part.id, part.current_epoch))) return true;
        bytes += readable_bytes(ctx, op, part, static_cast<u32>(std::max(op.min_bytes, 0)));
    }
    return bytes >= op.min_bytes;
}

void finish_fetch(Ctx ctx, u64 id) {
    FetchOp op = std::move(ctx.memory().purgatory.fetches.at(id));
    ctx.memory().purgatory.fetches.erase(id);
    ctx.env.cancel(op.timer);
    for (const FetchPart& part : op.parts)
        if (ctx.find(part.id) != nullptr) stop_watching(ctx.edit(part.id).waiting_fetches, id);
    auto reads = read_parts(ctx, op);
    answer_fetch(ctx, op, reads);
}

}  // namespace

void answer_or_wait(Ctx ctx, PendingProduce produce) {
    if (!ctx.broker.has_bug(PlantedBug::ack_before_append))
        for (PendingProducePartition& part : produce.partitions)
            if (part.waiting) settle(ctx, part);
    if (any_waiting(produce) && !ctx.broker.has_bug(PlantedBug::ack_before_append))
        keep_waiting(ctx, std::move(produce));
    else answer(ctx, produce);
}

void recheck_produces(Ctx ctx, TopicPartition id) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const Partition* partition = ctx.find(id);
    if (partition == nullptr || partition->waiting_produces.empty()) return;
    check_each(partition->waiting_produces, [&](u64 op) {
        PendingProduce* produce = ctx.memory().purgatory.produces.find(op);
        if (produce == nullptr) return;
        for (PendingProducePartition& part : produce->partitions)
            if (part.waiting && part.id == id) settle(ctx, part);
        if (!any_waiting(*produce)) finish_produce(ctx, op);
    });
}

void on_produce_expired(Ctx ctx, u64 op) {
    PendingProduce* produce = ctx.memory().purgatory.produces.find(op);
    if (produce == nullptr) return;
    MR_ASSERT(produce->since <= ctx.env.now() && produce->deadline <= ctx.env.now());
    for (PendingProducePartition& part : produce->partitions) {
        if (!part.waiting) continue;
        part.error = ErrorCode::request_timed_out;
        part.waiting = false;
        ctx.env.fact(partition_fact(FactKind::produce_expired, part.id,
                                    {part.required.value, (ctx.env.now() - produce->since).count,
                                     static_cast<i64>(part.error)}));
    }
    finish_produce(ctx, op);
}

void answer_or_wait(Ctx ctx, FetchOp op) {
    auto reads = read_parts(ctx, op);
    if (op.replica != kNoBroker) note_replica_progress(ctx, op, reads);
    i64 bytes = 0;
    bool ends =
        op.deadline <= ctx.env.now() || op.parts.empty() || ctx.env.buggify("broker: a fetch is answered at once");
    for (const PartRead& read : reads) {
        bytes += read.bytes;
        ends = ends || read.ends_wait();
    }
    if (ends || bytes >= op.min_bytes) return answer_fetch(ctx, op, reads);
    const u64 id = ctx.memory().purgatory.next_id++;
    MR_ASSERT(ctx.memory().purgatory.fetches.size() < kMostPendingFetches);
    MR_ASSERT(!op.timer && op.deadline > ctx.env.now());
    op.since = ctx.env.now();
    op.timer = ctx.env.timer(op.deadline - ctx.env.now(), kFetchExpires, id, kRequestLane);
    for (const FetchPart& part : op.parts) ctx.edit(part.id).waiting_fetches.push_back(id);
    ctx.memory().purgatory.fetches[id] = std::move(op);
}

void recheck_fetches(Ctx ctx, TopicPartition id) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const Partition* partition = ctx.find(id);
    if (partition == nullptr || partition->waiting_fetches.empty()) return;
    check_each(partition->waiting_fetches, [&](u64 op) {
        const FetchOp* fetch = ctx.memory().purgatory.fetches.find(op);
        if (fetch != nullptr && enough(ctx, *fetch)) finish_fetch(ctx, op);
    });
}

void on_fetch_expired(Ctx ctx, u64 op) {
    if (ctx.memory().purgatory.fetches.contains(op)) finish_fetch(ctx, op);
}

void forget_waits_of(Ctx ctx, sim::ConnectionId connection) {
    std::vector<u64> gone;
    for (const auto& [id, op] : ctx.memory().purgatory.fetches)
        if (op.reply_to.connection == connection) gone.push_back(id);
    for (const u64 id : gone) {
        FetchOp op = std::move(ctx.memory().purgatory.fetches.at(id));
        ctx.memory().purgatory.fetches.erase(id);
        ctx.env.cancel(op.timer);
        for (const FetchPart& part : op.parts)
            if (ctx.find(part.id) != nullptr) stop_watching(ctx.edit(part.id).waiting_fetches, id);
    }
}

}  // namespace engine::broker
