#include "engine/broker/zk_tasks.h"

#include "engine/broker/controller_orders.h"
#include "engine/broker/controller_work.h"
#include "engine/broker/topic_rules.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr u32 kIndexBits = 16;

void hand_out(Ctx ctx, const ZkBatch& batch) {
    MR_ASSERT(batch.missing == 0 && batch.results.size() == batch.zxids.size());
    switch (batch.task) {
        case ZkTask::startup: return on_startup_answers(ctx, batch);
        case ZkTask::controller: return on_controller_answers(ctx, batch);
        case ZkTask::election_watch: return on_controller_read(ctx, batch);
        case ZkTask::producer_ids: return on_producer_id_answers(ctx, batch);
        case ZkTask::topic_config: return on_topic_config_answers(ctx, batch);
        case ZkTask::config_changes: return on_config_change_answers(ctx, batch);
        case ZkTask::create_topic: return on_creation_answers(ctx, batch);
        case ZkTask::alter_config: return on_config_answers(ctx, batch);
        case ZkTask::describe_configs: return on_configs_read(ctx, batch);
        case ZkTask::topic_changes: return on_topic_change_answers(ctx, batch);
    }
}

void on_reply(Ctx ctx, zookeeper::ZkEvent& event) {
    const u64 id = event.tag >> kIndexBits;
    const auto index = static_cast<std::size_t>(event.tag & ((1u << kIndexBits) - 1));
    ZkBatch* batch = ctx.memory().zk_batches.waiting.find(id);
    if (batch == nullptr) return;  // asked in an earlier session
    MR_ASSERT(index < batch->results.size() && batch->missing > 0);
    MR_ASSERT(batch->results.size() == batch->zxids.size() && batch->missing <= batch->results.size());
    batch->results[index] = std::move(event.result);
    batch->zxids[index] = event.zxid;
    if (--batch->missing > 0) return;
    const ZkBatch done = std::move(*batch);
    ctx.memory().zk_batches.waiting.erase(id);
    hand_out(ctx, done);
}

void on_watch(Ctx ctx, const zookeeper::WatchEvent& event) {
    if (event.path == znodes::kConfigChanges) return read_config_changes(ctx);
    if (event.path == znodes::kController) return read_controller(ctx);
    on_controller_watch(ctx, event);
}

/// The old session is gone and everything tied to it: a controller is none any more, and what waited for
/// answers will not get them. A new session is opened at once.
void on_expired(Ctx ctx) {
    ctx.memory().zk_batches.waiting.clear();
    resign(ctx);
    MR_ASSERT(!ctx.memory().controller.active && ctx.memory().zk_batches.waiting.empty());
    ctx.memory().producer_ids.claiming = false;
    zookeeper::open(ctx.memory().zk, ctx.env);
}

}  // namespace

void ask_zookeeper(Ctx ctx, ZkTask task, u64 arg, std::vector<zookeeper::ZkRequest> requests) {
    MR_ASSERT(requests.size() < (1u << kIndexBits));
    ZkBatch batch;
    batch.task = task;
    batch.arg = arg;
    if (requests.empty()) return hand_out(ctx, batch);
    const u64 id = ctx.memory().zk_batches.next_id++;
    MR_ASSERT(id < (u64{1} << (64 - kIndexBits)));
    batch.missing = static_cast<u32>(requests.size());
    batch.results.resize(requests.size());
    batch.zxids.resize(requests.size());
    ctx.memory().zk_batches.waiting[id] = std::move(batch);
    for (std::size_t i = 0; i < requests.size(); ++i)
        zookeeper::submit(ctx.memory().zk, ctx.env, std::move(requests[i]), id << kIndexBits | i);
}

void on_zookeeper_notice(Ctx ctx, sim::Notice& notice) {
    for (zookeeper::ZkEvent& event : zookeeper::on_notice(ctx.memory().zk, ctx.env, notice)) {
        switch (event.kind) {
            case zookeeper::ZkEventKind::session_opened: on_session_opened(ctx); break;
            case zookeeper::ZkEventKind::reply: on_reply(ctx, event); break;
            case zookeeper::ZkEventKind::watch: on_watch(ctx, event.watch); break;
            case zookeeper::ZkEventKind::expired: on_expired(ctx); break;
            case zookeeper::ZkEventKind::reconnected:
            case zookeeper::ZkEventKind::disconnected: break;
        }
    }
}

}  // namespace engine::broker
