#include "engine/broker/shutdown.h"

#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/broker/upkeep.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/controlled_shutdown.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr Nanos kShutdownTimeout = sim::seconds(30);
constexpr Nanos kSessionCloseTimeout = sim::seconds(6);
static_assert(kSessionCloseTimeout < kShutdownTimeout);

/// Closed segments, checkpoints and the marker that lets the next start do without reading the logs.
void write_clean_state(Ctx ctx) {
    MR_ASSERT(ctx.memory().shutdown.step == ShutdownStep::closing && !ctx.memory().halted);
    std::vector<TopicPartition> ids;
    for (const auto& [id, partition] : ctx.memory().partitions) ids.push_back(id);
    for (const TopicPartition id : ids) {
        LogScope scope(ctx);
        log::close_cleanly(ctx.edit(id).log, scope);
    }
    write_checkpoints(ctx);
    mark_clean_shutdown(ctx);
}

void end_process(Ctx ctx) { halt(ctx, "it was asked to stop"); }

/// Everything that could still be asked of us ends here.
void close_everything(Ctx ctx) {
    Shutdown& shutdown = ctx.memory().shutdown;
    MR_ASSERT(shutdown.step != ShutdownStep::closing);
    shutdown.step = ShutdownStep::closing;
    ctx.env.cancel(shutdown.retry);
    wire::close(shutdown.channel, ctx.env);
    std::vector<sim::ConnectionId> open;
    for (const auto& [connection, socket] : ctx.memory().sockets.open) open.push_back(connection);
    for (const sim::ConnectionId connection : open) drop_connection(ctx, connection);
    write_clean_state(ctx);
    const bool connected = ctx.memory().zk.handshaken;
    MR_ASSERT(ctx.memory().sockets.open.empty());
    zookeeper::close(ctx.memory().zk, ctx.env);
    if (!connected) return end_process(ctx);
    shutdown.retry = ctx.env.timer(kSessionCloseTimeout, kShutdownRetry, 0, kZooKeeperLane);
}

void try_again_later(Ctx ctx) {
    Shutdown& shutdown = ctx.memory().shutdown;
    MR_ASSERT(shutdown.step == ShutdownStep::asking);
    wire::close(shutdown.channel, ctx.env);
    if (shutdown.attempts >= ctx.config().controlled_shutdown_retries) return close_everything(ctx);
    if (shutdown.retry) return;
    shutdown.retry = ctx.env.timer(ctx.config().controlled_shutdown_backoff, kShutdownRetry, 0, kZooKeeperLane);
}

void ask_controller(Ctx ctx) {
    MR_ASSERT(ctx.memory().shutdown.step == ShutdownStep::asking);
    Shutdown& shutdown = ctx.memory().shutdown;
    ++shutdown.attempts;
    const MetadataCache& metadata = ctx.memory().metadata;
    const Endpoint* endpoint = metadata.brokers.find(ctx.memory().known_controller);
    const NodeId node =
        endpoint == nullptr ? sim::kNoNode : ctx.env.resolve(endpoint->host, static_cast<u16>(endpoint->port));
    if (node == sim::kNoNode) return try_again_later(ctx);
    shutdown.channel.peer = node;
    shutdown.channel.port = static_cast<u16>(endpoint->port);
    shutdown.channel.lane = kZooKeeperLane;
    shutdown.channel.client_id = std::to_string(ctx.self().value);
    wire::connect(shutdown.channel, ctx.env);
}

void send_request(Ctx ctx) {
    MR_ASSERT(ctx.memory().shutdown.channel.open() && ctx.memory().broker_epoch != kNoBrokerEpoch);
    wire::ControlledShutdownRequest request;
    request.broker_id = ctx.self().value;
    request.broker_epoch = ctx.memory().broker_epoch.value;
    wire::send(ctx.memory().shutdown.channel, ctx.env, request, wire::ControlledShutdownRequest::kHighest, 0,
               kShutdownTimeout);
}

void on_shutdown_answer(Ctx ctx, sim::Notice& notice) {
    MR_ASSERT(ctx.memory().shutdown.channel.open());
    wire::Reader in(*notice.frame);
    wire::InFlightRequest request;
    wire::ControlledShutdownResponse response;
    const bool good =
        wire::take_answer(ctx.memory().shutdown.channel, in, request) && wire::decode(in, response, request.version);
    const bool moved = good && response.error_code == 0 && response.remaining_partitions.empty();
    return moved ? close_everything(ctx) : try_again_later(ctx);
}

}  // namespace

void begin_shutdown(Ctx ctx) {
    Shutdown& shutdown = ctx.memory().shutdown;
    if (shutdown.step != ShutdownStep::none || ctx.memory().halted) return;
    ctx.env.fact(node_fact(FactKind::shutdown_began));
    ctx.env.touch(touch::kNodes | touch::kFacts);
    if (ctx.memory().startup.step != StartupStep::running) return end_process(ctx);
    MR_ASSERT(shutdown.attempts == 0 && !shutdown.retry);
    shutdown.step = ShutdownStep::asking;
    if (ctx.config().controlled_shutdown) ask_controller(ctx);
    else close_everything(ctx);
}

void on_shutdown_retry(Ctx ctx) {
    MR_ASSERT(ctx.memory().shutdown.step != ShutdownStep::none);
    ctx.memory().shutdown.retry = {};
    if (ctx.memory().shutdown.step == ShutdownStep::asking) ask_controller(ctx);
    else end_process(ctx);
}

bool on_shutdown_notice(Ctx ctx, sim::Notice& notice) {
    Shutdown& shutdown = ctx.memory().shutdown;
    if (shutdown.step != ShutdownStep::asking || !wire::concerns(shutdown.channel, notice)) return false;
    if (notice.kind == sim::NoticeKind::frame) {
        on_shutdown_answer(ctx, notice);
    } else if (notice.kind == sim::NoticeKind::connected) {
        wire::note_connected(shutdown.channel);
        send_request(ctx);
    } else {
        wire::note_closed(shutdown.channel);
        try_again_later(ctx);
    }
    return true;
}

void on_notice_while_closing(Ctx ctx, const sim::Notice& notice) {
    MR_ASSERT(ctx.memory().shutdown.step == ShutdownStep::closing);
    const bool session_ended =
        notice.kind == sim::NoticeKind::closed && notice.connection == ctx.memory().zk.connection;
    const bool late = notice.kind == sim::NoticeKind::timer && notice.timer_kind == kShutdownRetry;
    if (session_ended || late) end_process(ctx);
}

}  // namespace engine::broker
