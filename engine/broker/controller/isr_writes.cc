// A leader asks for another ISR: checked, written with the version that the leader knew, answered.
#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/alter_partition.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using IsrItem = PendingAlterPartition::Item;

constexpr u8 kWrite = 0;
constexpr u8 kReadBack = 1;
static_assert(kWrite < kReadBack);

PendingAlterPartition& pending(Ctx ctx) { return ctx.memory().controller.alter_requests.at(current(ctx).arg); }

NameId topic_of(Ctx ctx, const wire::Uuid& topic_id) {
    for (const auto& [name, known] : ctx.memory().controller.topics)
        if (known.id == topic_id) return name;
    return kNoName;
}

/// The ISR is already as asked for: an earlier answer was lost, and the leader knows an older partition epoch.
bool is_as_asked(const ControlledPartition& partition, const IsrItem& item) {
    return item.isr == partition.isr && item.leader_epoch == partition.leader_epoch &&
           item.partition_epoch <= partition.partition_epoch;
}

/// Why a proposal is not even written; none if it is worth a try (KIP-497, KIP-903).
ErrorCode check(Ctx ctx, BrokerId sender, const IsrItem& item) {
    if (item.id.topic == kNoName) return ErrorCode::unknown_topic_id;
    const ControlledPartition* partition = ctx.memory().controller.find(item.id);
    if (partition == nullptr || !partition->has_state) return ErrorCode::unknown_topic_or_partition;
    if (item.leader_epoch > partition->leader_epoch) return ErrorCode::not_controller;
    if (item.leader_epoch < partition->leader_epoch) return ErrorCode::fenced_leader_epoch;
    if (partition->leader != sender) return ErrorCode::invalid_request;
    if (is_as_asked(*partition, item)) return ErrorCode::none;
    if (item.partition_epoch < partition->partition_epoch) return ErrorCode::invalid_update_version;
    if (item.isr.empty() || !contains(item.isr, partition->leader)) return ErrorCode::invalid_request;
    for (const BrokerId member : item.isr) {
        if (!contains(partition->replicas, member)) return ErrorCode::invalid_request;
        if (!contains(staying_brokers(ctx), member) && !contains(partition->isr, member))
            return ErrorCode::ineligible_replica;
    }
    return ErrorCode::none;
}

zookeeper::ZkRequest write_of(Ctx ctx, const IsrItem& item) {
    const ControlledPartition& partition = *ctx.memory().controller.find(item.id);
    MR_ASSERT(partition.has_state && partition.leader_epoch == item.leader_epoch);
    const znodes::PartitionStateData state{ctx.memory().controller.epoch, partition.leader, partition.leader_epoch,
                                           item.isr};
    return fenced(
        ctx, zookeeper::set_data_request(znodes::state_path(ctx.text(item.id.topic), item.id.partition),
                                         zookeeper::ZkData::of(znodes::to_json(state)), item.partition_epoch.value));
}

wire::AlterPartitionResponse to_response(Ctx ctx, const PendingAlterPartition& request) {
    wire::AlterPartitionResponse response;
    for (const IsrItem& item : request.items) {
        auto& topic = response.topics.emplace_back();
        if (item.id.topic != kNoName) topic.topic_name = ctx.text(item.id.topic);
        topic.topic_id = item.topic_id;
        auto& answer = topic.partitions.emplace_back();
        answer.partition_index = item.id.partition;
        answer.error_code = static_cast<i16>(item.error);
        const ControlledPartition* partition = ctx.memory().controller.find(item.id);
        if (failed(item.error) || partition == nullptr) continue;
        answer.leader_id = partition->leader.value;
        answer.leader_epoch = partition->leader_epoch.value;
        for (const BrokerId broker : partition->isr) answer.isr.push_back(broker.value);
        answer.partition_epoch = partition->partition_epoch.value;
    }
    MR_ASSERT(response.topics.size() == request.items.size());
    return response;
}

void finish(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::write_isr);
    const u64 id = current(ctx).arg;
    const PendingAlterPartition request = std::move(pending(ctx));
    std::vector<TopicPartition> changed;
    for (const IsrItem& item : request.items)
        if (item.done && !failed(item.error)) changed.push_back(item.id);
    respond(ctx, request.reply_to, to_response(ctx, request));
    ctx.memory().controller.alter_requests.erase(id);
    finish_step(ctx);
    if (!changed.empty()) tell_metadata(ctx, changed, live_brokers(ctx));
    plan_completed_moves(ctx, changed);
}

void adopt(Ctx ctx, const IsrItem& item) {
    ControlledPartition& partition = *ctx.memory().controller.find(item.id);
    const std::string before = text_of(partition.isr);
    partition.isr = item.isr;
    MR_ASSERT(partition.partition_epoch <= item.partition_epoch);
    partition.partition_epoch = item.partition_epoch + 1;
    MR_VALIDATE(partition.holds_together());
    partition.set_by = ctx.env.fact(
        partition_fact(FactKind::isr, item.id, {ctx.env.intern(text_of(item.isr)).value, ctx.env.intern(before).value},
                       current(ctx).cause));
    ctx.env.touch(touch::kPartitions);
}

/// A write was refused because another came before: somebody else's, or this very one, whose answer was lost with its
/// connection. What the znode says now tells which; in the latter case the leader gets what it asked for. (Kafka 3.9
/// answers INVALID_UPDATE_VERSION here, and the leader waits with its proposal until the next election.)
void read_back(Ctx ctx, const std::vector<TopicPartition>& refused) {
    MR_ASSERT(!refused.empty());
    std::vector<zookeeper::ZkRequest> questions;
    for (const TopicPartition id : refused)
        questions.push_back(zookeeper::get_data_request(znodes::state_path(ctx.text(id.topic), id.partition)));
    current(ctx).partitions = refused;
    ask(ctx, kReadBack, std::move(questions));
}

void on_read_back(Ctx ctx, const ZkBatch& batch) {
    const std::vector<TopicPartition> ids = current(ctx).partitions;
    MR_ASSERT(batch.results.size() == ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ctx.memory().controller.find(ids[i]) != nullptr) refresh_state(ctx, ids[i], batch.results[i]);
    for (IsrItem& item : pending(ctx).items) {
        const ControlledPartition* partition = ctx.memory().controller.find(item.id);
        if (item.done && partition != nullptr && is_as_asked(*partition, item)) item.error = ErrorCode::none;
    }
    finish(ctx);
}

void on_isr_written(Ctx ctx, const ZkBatch& batch) {
    std::size_t next = 0;
    std::vector<TopicPartition> refused;
    for (IsrItem& item : pending(ctx).items) {
        if (!item.done) continue;
        MR_ASSERT(next < batch.results.size() && !failed(item.error));
        const FencedOutcome outcome = outcome_of(batch.results[next++]);
        if (outcome == FencedOutcome::deposed) return resign(ctx);
        if (outcome == FencedOutcome::done) {
            adopt(ctx, item);
            continue;
        }
        item.error = ErrorCode::invalid_update_version;
        refused.push_back(item.id);
    }
    MR_ASSERT(next == batch.results.size());
    if (refused.empty()) finish(ctx);
    else read_back(ctx, refused);
}

}  // namespace

void begin_write_isr(Ctx ctx) {
    MR_ASSERT(current(ctx).kind == StepKind::write_isr && ctx.memory().controller.active);
    PendingAlterPartition& request = pending(ctx);
    std::vector<zookeeper::ZkRequest> writes;
    for (IsrItem& item : request.items) {
        if (item.id.topic == kNoName) item.id.topic = topic_of(ctx, item.topic_id);
        item.error = check(ctx, request.broker, item);
        if (failed(item.error)) continue;
        const ControlledPartition& partition = *ctx.memory().controller.find(item.id);
        if (is_as_asked(partition, item)) continue;
        item.done = true;
        writes.push_back(write_of(ctx, item));
    }
    ask(ctx, kWrite, std::move(writes));
}

void on_write_isr_answers(Ctx ctx, const ZkBatch& batch) {
    if (current(ctx).phase == kReadBack) on_read_back(ctx, batch);
    else on_isr_written(ctx, batch);
}

}  // namespace engine::broker::controller
