// Worlds for tests: a cluster of three with a topic, a producer and a consumer, and words to drive it.
#pragma once

#include <string>

#include "engine/history.h"
#include "engine/verb.h"
#include "engine/world_spec.h"

namespace tests {

/// Three brokers with broker 3 as controller; orders-0 on 1, 2, 3 with min.insync.replicas=2; `shop` sends two
/// orders a second with acks=all; `warehouse` reads them in a group.
engine::WorldSpec shop_spec(sim::u64 seed = 7);

/// A world that is driven by lines and time.
class Stage {
public:
    explicit Stage(const engine::WorldSpec& spec = shop_spec());

    engine::World world;
    engine::History history;

    /// Runs to a moment on the learner's clock.
    void run_to(sim::Nanos moment);
    void pass(sim::Nanos span);
    /// Carries a line out; why not, or "".
    std::string act(const std::string& line);
    [[nodiscard]] sim::Nanos now() const { return clock_; }
    [[nodiscard]] sim::HostState state(const std::string& node) const {
        return world.host_state(world.find_node(node));
    }
    /// Who leads orders-0 as the last `leader` fact says; 0 if none was told.
    [[nodiscard]] int leader() const;
    [[nodiscard]] sim::u64 acked() const;
    [[nodiscard]] sim::u64 delivered() const { return history.deliveries.size(); }
    /// A message on its way between two nodes; 0 if there is none.
    [[nodiscard]] sim::u64 message_between(const std::string& from, const std::string& to) const;

private:
    sim::Nanos clock_;
};

}  // namespace tests
