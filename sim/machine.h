// The whole simulated machine room as one value: clock and agenda, network, disks and faults. Everything a
// world consists of besides its nodes' own state.
#pragma once

#include "sim/disk/disk.h"
#include "sim/fault/faults.h"
#include "sim/kernel/kernel.h"
#include "sim/net/network.h"

namespace sim {

/// What happened in one step: whose code is to run, and with what. Kind `none`: nobody's.
struct Turn {
    NodeId node = kNoNode;
    Notice notice;
};

struct Machine {
    Kernel kernel;
    Network network;
    Disks disks;
    Faults faults;

    explicit Machine(u64 seed = 0);

    NodeId add_node(const LinkProfile& links, const DiskProfile& disk);

    /// Carries out the next event that still means something. False if the agenda is empty. After the
    /// node's code ran (if any is to run), `finish` must follow.
    bool next(Recorder& recorder, Turn& turn);
    void finish(const Turn& turn, Nanos cost);
    /// The moment of the next event; kForever if there is none.
    [[nodiscard]] Nanos next_at() const;

    /// An intervention is an event of its own: begin, act, end. Requires now <= at <= next_at().
    void begin_input(Nanos at, u64 digest, Recorder& recorder);
    void end_input();

    [[nodiscard]] Env::Parts parts(Recorder& recorder) { return {kernel, network, disks, faults, recorder}; }

    // Interventions. Each requires that it applies; the engine's verbs check and say why not.
    void start(NodeId node);
    void kill(NodeId node, Recorder& recorder);
    void power_cut(NodeId node, Recorder& recorder);
    void pause(NodeId node);
    void resume(NodeId node);
    /// Adds a rule and schedules its end; effects follow at once if it is active.
    void add_fault(FaultRule rule);
    bool remove_fault(FaultKind kind, NodeId a, NodeId b);

    void digest(Hasher& hasher) const;

private:
    [[nodiscard]] bool is_current(const Event& event) const;
    void end_event();
    void carry_out(const Event& event, Recorder& recorder, Turn& turn);
    void fire_timer(const Event& event, Turn& turn);
    void finish_disk(const Event& event, Turn& turn);
    void stop_process(NodeId node, HostState state, Recorder& recorder);
    void refresh_effects();
    void apply_effect(const FaultRule& rule);
};

}  // namespace sim
