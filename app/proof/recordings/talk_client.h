// A machine with as many connections to one server as a recorded conversation has, each with what came in on it.
#pragma once

#include "engine/world.h"

namespace app::proof {

struct TalkLine {
    sim::i32 number = 0;           // in the recording
    sim::ConnectionId connection;
    bool up = false;
    bool closed = false;
    sim::u64 taken = 0;            // of what came in
    std::vector<sim::FrameRef> inbox;
};

struct TalkState {
    std::vector<TalkLine> lines;
};

class TalkNode final : public engine::NodeOf<TalkNode> {
public:
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] engine::NodeKind kind() const override { return engine::NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(sim::u16) const override { return "none"; }

    TalkState state;
};

/// Such a machine in a world, wired to one of its servers without delay.
class TalkDesk {
public:
    TalkDesk(engine::World& world, engine::NodeId server, sim::u16 port);

    /// The line of a number; opened at its first use.
    TalkLine& line(sim::i32 number);
    void send(sim::i32 number, std::span<const sim::u8> bytes);
    void close(sim::i32 number);
    /// Carries out the next event unless it lies behind `limit`. False at the limit.
    bool step(sim::Nanos limit);
    [[nodiscard]] sim::Nanos now() const { return world_.kernel().now; }
    [[nodiscard]] std::vector<TalkLine>& lines() { return world_.nodes[self_.value].edit_as<TalkNode>().state.lines; }

private:
    engine::World& world_;
    engine::NodeId server_, self_;
    sim::u16 port_;
};

/// A world that has nothing but one server.
struct LoneServer {
    LoneServer(std::unique_ptr<engine::NodeCode> code, engine::NodeKind kind);

    engine::World world;
    engine::NodeId server;
};

/// One server, and a machine that talks to it.
class TalkWorld : public LoneServer, public TalkDesk {
public:
    TalkWorld(std::unique_ptr<engine::NodeCode> code, engine::NodeKind kind, sim::u16 port);
};

}  // namespace app::proof
