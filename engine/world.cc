#include "engine/world.h"

#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/verb.h"

namespace engine {
namespace {

void note_moment(const World& world) { sim::current_moment().seed = world.machine.kernel.seed; }

/// The node's own wish to end (a fatal error, a clean stop) is carried out when its code has returned.
void stop_halted(World& world, NodeId node, Observer& observer) {
    if (!world.machine.kernel.host(node).alive()) return;
    world.machine.kill(node, observer);
    observer.on_touch(touch::kNodes | touch::kFacts);
}

void run_node(World& world, Observer& observer, sim::Turn& turn) {
    MR_ASSERT(turn.node.value < world.nodes.size() && turn.notice.kind != sim::NoticeKind::none);
    sim::Env env(world.machine.parts(observer), turn.node, turn.notice.lane);
    world.nodes[turn.node.value].edit().on_notice(env, turn.notice);
    if (env.halted()) stop_halted(world, turn.node, observer);
    world.machine.finish(turn, env.charged());
}

void sample_state(World& world) {
    if (world.machine.kernel.event_index % kDigestEvery == 0) world.machine.kernel.fold(state_digest(world));
}

}  // namespace

NodeCode& Node::edit() {
    if (!box_.unique()) box_ = sim::Ref<Box>(new Box(box_->code->clone()));
    MR_ASSERT(box_.unique());
    return *const_cast<Box*>(box_.get())->code;
}

NodeId World::find_node(std::string_view name) const {
    for (std::size_t i = 0; i < frame->cards.size(); ++i)
        if (frame->cards[i].name == name) return {static_cast<u16>(i)};
    return sim::kNoNode;
}

NodeId World::broker_node(BrokerId broker) const {
    for (std::size_t i = 0; i < frame->cards.size(); ++i)
        if (frame->cards[i].kind == NodeKind::broker && frame->cards[i].broker == broker) return {static_cast<u16>(i)};
    return sim::kNoNode;
}

NodeId add_node(World& world, NodeCard card, std::unique_ptr<NodeCode> code, const sim::LinkProfile& links,
                const sim::DiskProfile& disk) {
    MR_ASSERT(world.find_node(card.name) == sim::kNoNode && !card.name.empty());
    MR_ASSERT(code != nullptr && code->kind() == card.kind &&
              (card.kind == NodeKind::broker) == (card.broker != kNoBroker));
    const NodeId node = world.machine.add_node(links, disk);
    world.nodes.emplace_back(std::move(code));
    world.frame.edit().cards.push_back(std::move(card));
    MR_ASSERT(world.nodes.size() == world.frame->cards.size() &&
              world.nodes.size() == world.machine.kernel.hosts.size());
    return node;
}

bool step(World& world, Observer& observer) {
    sim::Turn turn;
    note_moment(world);
    if (!world.machine.next(observer, turn)) return false;
    if (turn.node == sim::kNoNode) world.machine.finish(turn, {});
    else run_node(world, observer, turn);
    MR_ASSERT(world.machine.kernel.now <= world.machine.next_at());
    sample_state(world);
    return true;
}

void apply(World& world, const sim::Input& input, Observer& observer) {
    MR_ASSERT(input.at_index == world.machine.kernel.event_index);
    note_moment(world);
    world.machine.begin_input(input.at, sim::digest_of_input(input), observer);
    if (const std::string why = perform(world, input.line, observer, input.payload); !why.empty())
        refuse_input(world, input.line, why, observer);
    observer.on_touch(touch::kInputs);
    world.machine.end_input();
    MR_ASSERT(world.machine.kernel.event_index == input.at_index + 1 && world.machine.kernel.now == input.at);
    sample_state(world);
}

void end_act(World& world, NodeId node, const sim::Env& env, Observer& observer) {
    MR_ASSERT(env.node() == node);
    world.machine.kernel.occupy(node, 0, env.charged());
    if (env.halted()) stop_halted(world, node, observer);
}

u64 state_digest(const World& world) {
    sim::Hasher hasher;
    world.machine.digest(hasher);
    for (const Node& node : world.nodes) node.code().digest(hasher);
    return hasher.value();
}

u64 hash(const World& world) { return sim::mix64(world.machine.kernel.trace ^ sim::mix64(state_digest(world))); }

u64 weight(const World& world) {
    const sim::Kernel& kernel = world.machine.kernel;
    return 32ull * kernel.events.size() + 48ull * world.machine.network.connections().size() +
           (u64{64} << 10) * world.nodes.size();
}

Observer& nobody() {
    static Observer observer;
    return observer;
}

}  // namespace engine
