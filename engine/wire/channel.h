// The asking end of one connection to a broker: numbers requests, keeps what is in flight, matches answers.
//
// A broker answers the requests of a connection in order, so the oldest one in flight is the one answered; a
// different correlation id means that the stream is broken, and the channel closes it.
#pragma once

#include <string>

#include "engine/wire/header.h"
#include "sim/base/ring.h"
#include "sim/kernel/env.h"

namespace engine::wire {

enum class ChannelState : u8 { closed, connecting, open };

struct InFlightRequest {
    ApiKey api = ApiKey::api_versions;
    i16 version = 0;
    i32 correlation_id = 0;
    u64 tag = 0;         // the owner's
    Nanos sent_at;
    Nanos deadline;
};

struct Channel {
    NodeId peer = sim::kNoNode;
    u16 port = 0;
    u8 lane = 0;
    std::string client_id;
    ChannelState state = ChannelState::closed;
    sim::ConnectionId connection;
    i32 next_correlation_id = 0;
    sim::Ring<InFlightRequest> in_flight;  // oldest first

    [[nodiscard]] bool open() const { return state == ChannelState::open; }
    [[nodiscard]] bool idle() const { return in_flight.empty(); }
};

void connect(Channel& channel, sim::Env& env);
/// Closes the connection; what was in flight is forgotten.
void close(Channel& channel, sim::Env& env);
/// True if the notice is of this channel's connection.
inline bool concerns(const Channel& channel, const sim::Notice& notice) {
    return notice.connection && notice.connection == channel.connection;
}
/// The connection is there, or gone: to be called with its notices.
void note_connected(Channel& channel);
void note_closed(Channel& channel);
/// Takes an answer: which request it is for, with the reader behind the header. False if the stream is broken.
bool take_answer(Channel& channel, Reader& in, InFlightRequest& request);

/// Notes a request that is sent without the template below. Requires an open channel.
void note_sent(Channel& channel, sim::Env& env, ApiKey api, i16 version, i32 correlation_id, u64 tag, Nanos timeout);

/// Sends a request. Requires an open channel. `expects_answer` false: acks=0.
template <class Request>
void send(Channel& channel, sim::Env& env, const Request& request, i16 version, u64 tag, Nanos timeout,
          bool expects_answer = true) {
    MR_ASSERT(channel.open() && version >= Request::kLowest && version <= Request::kHighest);
    MR_ASSERT(timeout.count >= 0);
    const i32 correlation_id = channel.next_correlation_id++;
    env.send(channel.connection, request_frame(request, version, correlation_id, channel.client_id),
             request_label(Request::kApi));
    if (expects_answer) note_sent(channel, env, Request::kApi, version, correlation_id, tag, timeout);
}

/// What an encoded request is.
struct EncodedKind {
    ApiKey api = ApiKey::api_versions;
    i16 version = 0;
};
/// The same with a body that has been encoded already.
void send_encoded(Channel& channel, sim::Env& env, EncodedKind kind, std::span<const u8> body, u64 tag, Nanos timeout);

}  // namespace engine::wire
