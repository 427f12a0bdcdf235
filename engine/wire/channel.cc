#include "engine/wire/channel.h"

namespace engine::wire {

void connect(Channel& channel, sim::Env& env) {
    MR_ASSERT(channel.state == ChannelState::closed && channel.peer != sim::kNoNode);
    channel.connection = env.connect(channel.peer, channel.port, channel.lane);
    channel.state = ChannelState::connecting;
    MR_ASSERT(channel.connection && channel.idle());
}

void close(Channel& channel, sim::Env& env) {
    if (channel.state != ChannelState::closed) env.close(channel.connection);
    note_closed(channel);
    MR_ASSERT(!channel.connection && channel.idle());
}

void note_connected(Channel& channel) {
    MR_ASSERT(channel.state == ChannelState::connecting && channel.idle());
    channel.state = ChannelState::open;
}

void note_closed(Channel& channel) {
    channel.state = ChannelState::closed;
    channel.connection = {};
    channel.in_flight.clear();
}

bool take_answer(Channel& channel, Reader& in, InFlightRequest& request) {
    if (channel.in_flight.empty()) return false;
    request = channel.in_flight.pop_front();
    i32 correlation_id = 0;
    return read_response_header(in, request.api, request.version, correlation_id) &&
           correlation_id == request.correlation_id;
}

void note_sent(Channel& channel, sim::Env& env, ApiKey api, i16 version, i32 correlation_id, u64 tag, Nanos timeout) {
    MR_ASSERT(channel.open() && timeout.count >= 0);
    MR_ASSERT(channel.idle() || channel.in_flight.back().correlation_id < correlation_id);
    channel.in_flight.push_back({api, version, correlation_id, tag, env.now(), env.now() + timeout});
}

void send_encoded(Channel& channel, sim::Env& env, EncodedKind kind, std::span<const u8> body, u64 tag, Nanos timeout) {
    MR_ASSERT(channel.open() && timeout.count >= 0);
    const i32 correlation_id = channel.next_correlation_id++;
    Writer out;
    begin_request(out, {kind.api, kind.version, correlation_id, channel.client_id});
    out.put_bytes(body);
    end_frame(out);
    env.send(channel.connection, out.frame(), request_label(kind.api));
    note_sent(channel, env, kind.api, kind.version, correlation_id, tag, timeout);
}

}  // namespace engine::wire
