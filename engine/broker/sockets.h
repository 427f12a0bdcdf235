// The answering end: connections of clients and other brokers. One request of a connection is worked on at a
// time; what comes meanwhile waits, so answers leave in the order of the requests (Kafka mutes the channel).
#pragma once

#include "engine/wire/header.h"
#include "sim/base/flat_map.h"
#include "sim/base/ring.h"
#include "sim/kernel/env.h"

namespace engine::broker {

struct Socket {
    NodeId peer = sim::kNoNode;
    bool busy = false;                  // a request is being worked on, or waits in a purgatory
    sim::Ring<sim::FrameRef> queued;
};

struct Sockets {
    sim::FlatMap<sim::ConnectionId, Socket> open;
    bool accepting = false;             // requests are taken; before, they wait
    std::vector<sim::ConnectionId> unmuted;  // answered in this call: their next requests come at its end
};

/// Where an answer goes: everything needed to write it, long after the request is gone.
struct ReplyTo {
    sim::ConnectionId connection;
    wire::ApiKey api = wire::ApiKey::api_versions;
    i16 version = 0;
    i32 correlation_id = 0;
};

struct Ctx;

/// Takes a connection, a frame on it, its end.
void on_accepted(Ctx ctx, sim::ConnectionId connection);
void on_request_frame(Ctx ctx, sim::ConnectionId connection, const sim::FrameRef& frame);
void on_socket_closed(Ctx ctx, sim::ConnectionId connection);
/// From now on requests are worked on, those that waited first.
void start_accepting(Ctx ctx);

/// Sends an answer. The connection's next request is taken when the present call is over, so that no handler
/// is entered while another one is in the middle of its work.
void send_reply(Ctx ctx, const ReplyTo& to, sim::FrameRef frame);
/// Takes the next requests of connections that were answered in this call.
void work_on_unmuted(Ctx ctx);
/// A request that has no answer (acks=0) is done.
void finish_without_reply(Ctx ctx, const ReplyTo& to);
/// Closes a connection that sent nonsense, or whose request failed and cannot be told.
void drop_connection(Ctx ctx, sim::ConnectionId connection);

}  // namespace engine::broker
