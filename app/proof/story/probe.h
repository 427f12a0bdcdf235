// A question to a broker that changes nothing: it is asked in a copy of the world, over a link without delay,
// with real request bytes. What the broker answers in the copy is what it would have answered.
#pragma once

#include <optional>

#include "engine/wire/header.h"
#include "engine/wire/message.h"
#include "engine/world.h"

namespace app::proof {

struct ProbeState {
    engine::NodeId target = sim::kNoNode;
    sim::u16 port = 0;
    sim::FrameRef request;
    sim::ConnectionId connection;
    sim::FrameRef answer;
    bool done = false;      // answered, or the connection is gone
};

/// Sends one frame to a port and keeps the first answer.
class ProbeNode final : public engine::NodeOf<ProbeNode> {
public:
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] engine::NodeKind kind() const override { return engine::NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(sim::u16) const override { return "none"; }

    ProbeState state;
};

/// The answer to a frame; empty if there is none within `limit` of simulated time.
sim::FrameRef ask(const engine::World& world, engine::NodeId node, sim::u16 port, sim::FrameRef request,
                  sim::Nanos limit = sim::seconds(5));

sim::u16 port_of_broker(const engine::World& world, engine::NodeId broker);

/// Asks with a request of the protocol. Nothing if the broker does not answer or answers nonsense.
template <class Response, class Request>
std::optional<Response> ask_broker(const engine::World& world, engine::NodeId broker, const Request& request,
                                   sim::i16 version) {
    const sim::FrameRef frame =
        ask(world, broker, port_of_broker(world, broker), engine::wire::request_frame(request, version, 1, "probe"));
    if (!frame) return {};
    engine::wire::Reader in(*frame);
    sim::i32 correlation_id = 0;
    Response response;
    if (!engine::wire::read_response_header(in, Request::kApi, version, correlation_id) ||
        !decode(in, response, version))
        return {};
    return response;
}

}  // namespace app::proof
