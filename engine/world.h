// A world: the machine room and the nodes in it, as one value. Copying it is a snapshot, a branch, a what-if.
//
// A world changes in two ways only: `step` carries out the next event of its agenda, `apply` an intervention
// from outside. Both tell an observer what happened and learn nothing from it. Equal worlds with equal inputs
// have equal futures; `hash` tells worlds apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/node.h"
#include "engine/model/observer.h"
#include "engine/model/planted_bugs.h"
#include "engine/model/version_profile.h"
#include "sim/base/ref.h"
#include "sim/machine.h"
#include "sim/record/input.h"

namespace engine {

constexpr u64 kDigestEvery = 1u << 16;  // events between two state digests that enter the trace
static_assert((kDigestEvery & (kDigestEvery - 1)) == 0);

/// A node by value. Copies share it until one of them runs.
class Node {
public:
    explicit Node(std::unique_ptr<NodeCode> code) : box_(new Box(std::move(code))) {}

    [[nodiscard]] const NodeCode& code() const { return *box_->code; }
    [[nodiscard]] NodeCode& edit();
    /// The node as the kind it is known to be.
    template <class T>
    [[nodiscard]] const T& as() const { return static_cast<const T&>(code()); }
    template <class T>
    [[nodiscard]] T& edit_as() { return static_cast<T&>(edit()); }

private:
    struct Box : sim::Shared {
        explicit Box(std::unique_ptr<NodeCode> c) : code(std::move(c)) {}
        std::unique_ptr<NodeCode> code;
    };
    sim::Ref<Box> box_;
};

/// What a node is called, and by which number its kind knows it.
struct NodeCard {
    std::string name;
    NodeKind kind = NodeKind::console;
    BrokerId broker = kNoBroker;  // brokers only
    bool manual = false;          // not started with the world
};

/// What does not change while a world runs, but for nodes that are added.
struct WorldFrame {
    std::vector<NodeCard> cards;
    Nanos origin;                 // the moment that learners call 0: the cluster has come up before it
    KafkaVersion version = KafkaVersion::v3_9;
    PlantedBug bug = PlantedBug::none;
    sim::LinkProfile client_link;  // of clients that join later
};

struct World {
    sim::Machine machine;
    std::vector<Node> nodes;
    sim::Cow<WorldFrame> frame;

    [[nodiscard]] const NodeCard& card(NodeId node) const {
        MR_ASSERT(node.value < frame->cards.size());
        return frame->cards[node.value];
    }
    [[nodiscard]] const sim::Kernel& kernel() const { return machine.kernel; }
    /// The node of a name, or kNoNode.
    [[nodiscard]] NodeId find_node(std::string_view name) const;
    [[nodiscard]] NodeId broker_node(BrokerId broker) const;
    [[nodiscard]] sim::HostState host_state(NodeId node) const { return machine.kernel.host(node).state; }
    /// Moment on the learner's clock.
    [[nodiscard]] Nanos lesson_time() const { return machine.kernel.now - frame->origin; }
    /// Epoch milliseconds of a moment, by the true clock.
    [[nodiscard]] i64 epoch_ms(Nanos moment) const { return machine.kernel.wall_start_ms + moment.to_millis(); }
};

/// Adds a node that does not run yet.
NodeId add_node(World& world, NodeCard card, std::unique_ptr<NodeCode> code, const sim::LinkProfile& links,
                const sim::DiskProfile& disk);

/// Carries out the next event. False if nothing is left to happen.
bool step(World& world, Observer& observer);
/// Carries out an intervention: one event, at input.at. An input that does not apply changes nothing else, and
/// a fact says why.
void apply(World& world, const sim::Input& input, Observer& observer);
/// Lets code act on a node from outside within the running input: what it sends goes its normal way.
template <class Act>
void act_on(World& world, NodeId node, Observer& observer, Act&& act);

/// Digest of every member of every node and of the machine room.
u64 state_digest(const World& world);
/// Trace of all that happened, with the state it led to.
u64 hash(const World& world);
/// Bytes that a copy of this world would hold alone, as far as they are worth counting.
u64 weight(const World& world);

/// An observer that looks away.
Observer& nobody();

// ---- implementation -----------------------------------------------------------------------------

/// After a node's code has run from outside: carries out its wish to end.
void end_act(World& world, NodeId node, const sim::Env& env, Observer& observer);

template <class Act>
void act_on(World& world, NodeId node, Observer& observer, Act&& act) {
    MR_ASSERT(world.machine.kernel.host(node).runs());
    sim::Env env(world.machine.parts(observer), node, 0);
    act(world.nodes[node.value].edit(), env);
    end_act(world, node, env, observer);
}

}  // namespace engine
