#include "engine/broker/broker_node.h"

#include <algorithm>
#include <array>

#include "engine/broker/controller_work.h"
#include "engine/broker/group_coordinator.h"
#include "engine/broker/invariants.h"
#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/broker/topic_rules.h"
#include "engine/model/node_of.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr std::array<std::string_view, kTimerKinds> kTimerNames = {"none",
                                                                   "ZooKeeper heartbeat",
                                                                   "ZooKeeper reconnect",
                                                                   "registration retry",
                                                                   "ISR check",
                                                                   "AlterPartition retry",
                                                                   "high watermark checkpoint",
                                                                   "produce timeout",
                                                                   "fetch timeout",
                                                                   "fetch backoff",
                                                                   "fetcher timeout",
                                                                   "controller retry",
                                                                   "leader imbalance check",
                                                                   "group rebalance",
                                                                   "member session",
                                                                   "topic creation timeout",
                                                                   "election timeout",
                                                                   "topic change timeout",
                                                                   "retention check",
                                                                   "cleaner",
                                                                   "file deletion",
                                                                   "controlled shutdown retry",
                                                                   "expiry of committed offsets"};
static_assert(std::ranges::none_of(kTimerNames, &std::string_view::empty));

void every(Ctx ctx, u16 kind, Nanos interval) { ctx.env.timer(interval, kind, 0, kBackgroundLane); }

void on_timer(Ctx ctx, sim::Notice& notice) {
    const u64 tag = notice.tag;
    const BrokerId broker{static_cast<i32>(tag)};
    switch (static_cast<TimerKind>(notice.timer_kind)) {
        case kZkHeartbeat:
        case kZkReconnect: return on_zookeeper_notice(ctx, notice);
        case kStartupRetry: return retry_registration(ctx);
        case kIsrCheck: every(ctx, kIsrCheck, ctx.config().replica_lag_time_max / 2); return check_isrs(ctx);
        case kAlterPartitionRetry: ctx.memory().alter_partition.retry = {}; return send_unsent_proposals(ctx);
        case kHighWatermarkCheckpoint:
            every(ctx, kHighWatermarkCheckpoint, ctx.config().high_watermark_checkpoint_interval);
            return write_checkpoints(ctx);
        case kProduceExpires: return on_produce_expired(ctx, tag);
        case kFetchExpires: return on_fetch_expired(ctx, tag);
        case kFetcherBackoff:
        case kFetcherTimeout: return on_fetcher_timer(ctx, notice.timer_kind, broker);
        case kControllerChannelRetry: return on_controller_channel_retry(ctx, broker);
        case kLeaderImbalanceCheck: return on_leader_imbalance_check(ctx);
        case kGroupRebalance: return on_rebalance_timer(ctx, NameId{static_cast<u32>(tag)});
        case kMemberSession: return on_member_session_expired(ctx, tag);
        case kCreateTopicsWait: return on_creation_expired(ctx, tag);
        case kElectionWait: return on_election_expired(ctx, tag);
        case kTopicChangeWait: return on_topic_change_expired(ctx, tag);
        case kRetentionCheck: return on_retention_check(ctx);
        case kCleanerTurn: return on_cleaner_turn(ctx);
        case kFileDeletion: return on_file_deletion(ctx);
        case kShutdownRetry: return on_shutdown_retry(ctx);
        case kOffsetsExpiry: return on_offsets_expiry(ctx);
        case kNoTimer:
        case kTimerKinds: MR_ASSERT(false);
    }
}

void on_connection_notice(Ctx ctx, sim::Notice& notice) {
    MR_ASSERT(notice.connection && notice.kind != sim::NoticeKind::accepted);
    if (zookeeper::concerns(ctx.memory().zk, notice)) return on_zookeeper_notice(ctx, notice);
    if (on_shutdown_notice(ctx, notice)) return;
    if (on_fetcher_notice(ctx, notice) || on_alter_partition_notice(ctx, notice) ||
        on_controller_channel_notice(ctx, notice))
        return;
    if (notice.kind == sim::NoticeKind::frame) on_request_frame(ctx, notice.connection, notice.frame);
    else if (notice.kind == sim::NoticeKind::closed) on_socket_closed(ctx, notice.connection);
}

void dispatch(Ctx ctx, sim::Notice& notice) {
    MR_ASSERT(!ctx.memory().halted || notice.kind == sim::NoticeKind::boot);
    switch (notice.kind) {
        case sim::NoticeKind::boot: return begin_startup(ctx);
        case sim::NoticeKind::timer: return on_timer(ctx, notice);
        case sim::NoticeKind::accepted: return on_accepted(ctx, notice.connection);
        case sim::NoticeKind::connected: case sim::NoticeKind::frame: case sim::NoticeKind::closed:
            return on_connection_notice(ctx, notice);
        case sim::NoticeKind::disk:   // closed segments reach the platter in the background
        case sim::NoticeKind::none: return;
    }
}

}  // namespace

std::string_view timer_kind_name(u16 kind) { return kind < kTimerNames.size() ? kTimerNames[kind] : kTimerNames[0]; }

std::string_view BrokerNode::timer_name(u16 timer_kind) const { return timer_kind_name(timer_kind); }

void BrokerNode::on_notice(sim::Env& env, sim::Notice& notice) {
    const Ctx ctx{state, env};
    if (state.memory.halted && notice.kind != sim::NoticeKind::boot) return;
    const bool closing = state.memory.shutdown.step == ShutdownStep::closing;
    if (closing && notice.kind != sim::NoticeKind::boot) return on_notice_while_closing(ctx, notice);
    dispatch(ctx, notice);
    work_on_unmuted(ctx);
    if (state.memory.halted || state.memory.shutdown.step == ShutdownStep::closing)
        return;  // it stopped in the middle of something
    MR_ASSERT(state.memory.sockets.unmuted.empty());
    MR_VALIDATE(replicas_hold_together(state.memory));
    MR_VALIDATE(groups_hold_together(state.memory));
    MR_VALIDATE(produces_are_watched(state.memory));
    MR_VALIDATE(fetches_are_watched(state.memory));
    MR_VALIDATE(fetchers_follow_roles(state.memory));
    MR_VALIDATE(questions_miss_answers(state.memory));
    MR_VALIDATE(controller_is_quiet(state.memory));
}

}  // namespace engine::broker

template class engine::NodeOf<engine::broker::BrokerNode>;
