// The answering end: one request of a connection at a time, answers in order.
#include "engine/broker/sockets.h"

#include "engine/broker/handlers.h"
#include "engine/wire/messages/api_versions.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

// What a request costs a broker's request thread, besides its disk work.
constexpr Nanos kRequestCost = sim::micros(25);
constexpr Nanos kLongRequest = sim::millis(1);  // now and then in sweeps
constexpr i64 kNanosPerKilobyte = 100;
static_assert(kRequestCost > Nanos{} && kRequestCost < kLongRequest);

Nanos cost_of(const sim::Frame& frame) {
    return kRequestCost + sim::nanos(frame.wire_size() * kNanosPerKilobyte / 1024);
}

/// An ApiVersions of a version we do not speak is answered in version 0, so that the client can fall back.
void answer_unsupported_api_versions(Ctx ctx, ReplyTo to) {
    const ApiRange* range = find_range(wire::ApiKey::api_versions);
    MR_ASSERT(range != nullptr);
    wire::ApiVersionsResponse response;
    response.error_code = static_cast<i16>(ErrorCode::unsupported_version);
    response.api_keys.push_back({static_cast<i16>(to.api), range->lowest, highest_answered(ctx, *range)});
    to.version = 0;
    respond(ctx, to, response);
}

void work_on(Ctx ctx, sim::ConnectionId connection, const sim::FrameRef& frame) {
    Socket& socket = ctx.memory().sockets.open.at(connection);
    MR_ASSERT(!socket.busy);
    socket.busy = true;
    ctx.env.charge(cost_of(*frame));
    if (ctx.env.buggify("broker: a request takes long")) ctx.env.charge(kLongRequest);
    wire::Reader in(*frame);
    wire::RequestHeader header;
    if (!wire::read_request_header(in, header)) return drop_connection(ctx, connection);
    RequestCall call;
    call.reply_to = {connection, header.api, header.version, header.correlation_id};
    call.client_id = header.client_id;
    call.peer = socket.peer;
    const ApiRange* range = find_range(header.api);
    const bool spoken =
        range != nullptr && range->lowest <= header.version && header.version <= highest_answered(ctx, *range);
    if (!spoken && header.api == wire::ApiKey::api_versions) return answer_unsupported_api_versions(ctx, call.reply_to);
    if (!spoken || !handle_request(ctx, call, in)) drop_connection(ctx, connection);
}

/// Whether somebody wants this answer to be lost.
bool is_lost(Ctx ctx, wire::ApiKey api) {
    auto& rules = ctx.broker.settings.lost_answers;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].api != api) continue;
        MR_ASSERT(rules[i].count > 0);
        if (rules[i].skip > 0) {
            --rules[i].skip;
            return false;
        }
        if (--rules[i].count == 0) rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
    }
    return false;
}

/// Works on the next queued request, unless one is being worked on.
void work_on_queue(Ctx ctx, sim::ConnectionId connection) {
    Socket* socket = ctx.memory().sockets.open.find(connection);
    if (socket == nullptr || socket->busy || socket->queued.empty() || !ctx.memory().sockets.accepting) return;
    const sim::FrameRef frame = socket->queued.pop_front();
    work_on(ctx, connection, frame);
}

}  // namespace

void on_accepted(Ctx ctx, sim::ConnectionId connection) {
    MR_ASSERT(connection && !ctx.memory().sockets.open.contains(connection));
    Socket socket;
    socket.peer = ctx.env.peer(connection);
    ctx.memory().sockets.open[connection] = std::move(socket);
}

void on_request_frame(Ctx ctx, sim::ConnectionId connection, const sim::FrameRef& frame) {
    Socket* socket = ctx.memory().sockets.open.find(connection);
    if (socket == nullptr) return;  // dropped while this was on its way
    socket->queued.push_back(frame);
    work_on_queue(ctx, connection);
}

void on_socket_closed(Ctx ctx, sim::ConnectionId connection) {
    if (ctx.memory().sockets.open.erase(connection)) forget_waits_of(ctx, connection);
}

void start_accepting(Ctx ctx) {
    MR_ASSERT(!ctx.memory().sockets.accepting);
    ctx.memory().sockets.accepting = true;
    std::vector<sim::ConnectionId> connections;
    for (const auto& [connection, socket] : ctx.memory().sockets.open) connections.push_back(connection);
    for (const sim::ConnectionId connection : connections) work_on_queue(ctx, connection);
}

void send_reply(Ctx ctx, const ReplyTo& to, sim::FrameRef frame) {
    Socket* socket = ctx.memory().sockets.open.find(to.connection);
    if (socket == nullptr) return;
    MR_ASSERT(socket->busy);
    if (is_lost(ctx, to.api)) return drop_connection(ctx, to.connection);
    ctx.env.send(to.connection, std::move(frame), wire::response_label(to.api));
    socket->busy = false;
    ctx.memory().sockets.unmuted.push_back(to.connection);
}

void work_on_unmuted(Ctx ctx) {
    auto& unmuted = ctx.memory().sockets.unmuted;
    while (!unmuted.empty() && !ctx.memory().halted) {
        const sim::ConnectionId connection = unmuted.front();
        unmuted.erase(unmuted.begin());
        work_on_queue(ctx, connection);
    }
}

void finish_without_reply(Ctx ctx, const ReplyTo& to) {
    Socket* socket = ctx.memory().sockets.open.find(to.connection);
    if (socket == nullptr) return;
    MR_ASSERT(socket->busy);
    socket->busy = false;
    ctx.memory().sockets.unmuted.push_back(to.connection);
}

void drop_connection(Ctx ctx, sim::ConnectionId connection) {
    ctx.env.close(connection);
    on_socket_closed(ctx, connection);
    MR_ASSERT(!ctx.memory().sockets.open.contains(connection));
}

}  // namespace engine::broker
