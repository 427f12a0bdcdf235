#include "engine/wire/messages/elect_leaders.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/controller_work.h"
#include "engine/broker/handlers.h"
#include "engine/broker/timers.h"
#include "engine/broker/topic_rules.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr i8 kUnclean = 1;

/// What the controller says of a partition that got no new leader (KafkaController.processReplicaLeaderElection).
std::string message_of(Ctx ctx, const ElectionOp& op, const ElectionResult& result) {
    MR_ASSERT(failed(result.error));
    if (result.error == ErrorCode::unknown_topic_or_partition) return "The partition does not exist.";
    const bool without = result.error == ErrorCode::preferred_leader_not_available ||
                         result.error == ErrorCode::eligible_leaders_not_available;
    if (!without) return std::string(error_info(result.error).message);
    return fmt::format("Failed to elect leader for partition {}-{} under strategy {}", ctx.text(result.id.topic),
                       result.id.partition,
                       op.unclean ? "OfflinePartitionLeaderElectionStrategy(true)"
                                  : "PreferredReplicaPartitionLeaderElectionStrategy");
}

wire::ElectLeadersResponse to_response(Ctx ctx, const ElectionOp& op) {
    wire::ElectLeadersResponse response;
    for (const ElectionResult& result : op.results) {
        if (op.all_partitions && result.error == ErrorCode::election_not_needed) continue;
        const std::string& topic = ctx.text(result.id.topic);
        if (response.replica_election_results.empty() || response.replica_election_results.back().topic != topic)
            response.replica_election_results.emplace_back().topic = topic;
        auto& answer = response.replica_election_results.back().partition_result.emplace_back();
        answer.partition_id = result.id.partition;
        answer.error_code = static_cast<i16>(result.error);
        if (failed(result.error)) answer.error_message = message_of(ctx, op, result);
    }
    return response;
}

void finish(Ctx ctx, u64 id) {
    ElectionOp op = std::move(ctx.memory().admin.elections.at(id));
    MR_ASSERT(op.decided);
    ctx.memory().admin.elections.erase(id);
    ctx.env.cancel(op.timer);
    respond(ctx, op.reply_to, to_response(ctx, op));
}

bool shown(Ctx ctx, const ElectionResult& result) {
    if (failed(result.error)) return true;
    const CachedPartition* cached = ctx.memory().metadata.find(result.id);
    return cached != nullptr && cached->leader == result.leader;
}

}  // namespace

bool handle_elect_leaders(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::ElectLeadersRequest::kApi);
    wire::ElectLeadersRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (!ctx.memory().controller.active) {
        wire::ElectLeadersResponse response;
        response.error_code = static_cast<i16>(ErrorCode::not_controller);
        respond(ctx, call.reply_to, response);
        return true;
    }
    ElectionOp op;
    op.reply_to = call.reply_to;
    op.unclean = request.election_type == kUnclean;
    op.all_partitions = !request.topic_partitions.has_value();
    op.deadline = ctx.env.now() + sim::millis(std::max(request.timeout_ms, 0));
    if (request.topic_partitions)
        for (const auto& topic : *request.topic_partitions)
            for (const i32 partition : topic.partitions)
                op.results.push_back({{ctx.env.intern(topic.topic), partition}, ErrorCode::none, kNoBroker});
    else
        for (const auto& [name, topic] : ctx.memory().controller.topics)
            for (const auto& [index, partition] : topic.partitions)
                op.results.push_back({{name, index}, ErrorCode::none, kNoBroker});
    const u64 id = ctx.memory().admin.next_id++;
    ctx.memory().admin.elections[id] = std::move(op);
    enqueue(ctx, {ControllerEventKind::elect_leaders, id, kNoName, ctx.env.here()});
    return true;
}

void on_election_decided(Ctx ctx, u64 id) {
    ElectionOp* op = ctx.memory().admin.elections.find(id);
    if (op == nullptr) return;
    MR_ASSERT(!op->decided && !op->timer);
    op->decided = true;
    op->timer = ctx.env.timer(std::max(op->deadline - ctx.env.now(), Nanos{}), kElectionWait, id, kRequestLane);
    recheck_elections(ctx);
}

void recheck_elections(Ctx ctx) {
    std::vector<u64> done;
    for (const auto& [id, op] : ctx.memory().admin.elections)
        if (op.decided && std::ranges::all_of(op.results, [&](const ElectionResult& r) { return shown(ctx, r); }))
            done.push_back(id);
    for (const u64 id : done) finish(ctx, id);
}

void on_election_expired(Ctx ctx, u64 id) {
    ElectionOp* op = ctx.memory().admin.elections.find(id);
    if (op == nullptr) return;
    for (ElectionResult& result : op->results)
        if (!shown(ctx, result)) result.error = ErrorCode::request_timed_out;
    finish(ctx, id);
}

}  // namespace engine::broker
