#include "app/proof/recordings/talk_client.h"

#include <algorithm>

#include "engine/model/node_of.h"

namespace app::proof {
namespace {

constexpr sim::LinkProfile kAtOnce{sim::nanos(1), {}, 0, 0};

TalkLine* find(std::vector<TalkLine>& lines, sim::ConnectionId connection) {
    const auto at = std::ranges::find(lines, connection, &TalkLine::connection);
    return at == lines.end() ? nullptr : &*at;
}

}  // namespace

void TalkNode::on_notice(sim::Env&, sim::Notice& notice) {
    TalkLine* line = find(state.lines, notice.connection);
    if (line == nullptr) return;
    if (notice.kind == sim::NoticeKind::connected) line->up = true;
    if (notice.kind == sim::NoticeKind::frame) line->inbox.push_back(notice.frame);
    if (notice.kind == sim::NoticeKind::closed) line->closed = true;
}

TalkDesk::TalkDesk(engine::World& world, engine::NodeId server, sim::u16 port)
    : world_(world), server_(server), port_(port) {
    self_ = engine::add_node(world, {"talking client", engine::NodeKind::console, engine::kNoBroker, true},
                             std::make_unique<TalkNode>(), kAtOnce, {});
    for (const auto& [a, b] : {std::pair{self_, server}, std::pair{server, self_}})
        world.machine.network.link(a, b).base = world.machine.network.link(a, b).effective = kAtOnce;
    world.machine.start(self_);
}

LoneServer::LoneServer(std::unique_ptr<engine::NodeCode> code, engine::NodeKind kind) {
    world.machine = sim::Machine(1);
    world.frame = sim::Cow<engine::WorldFrame>(engine::WorldFrame{});
    server = engine::add_node(world, {"server", kind, engine::kNoBroker, true}, std::move(code), kAtOnce, {});
    world.machine.start(server);
}

TalkWorld::TalkWorld(std::unique_ptr<engine::NodeCode> code, engine::NodeKind kind, sim::u16 port)
    : LoneServer(std::move(code), kind), TalkDesk(world, server, port) {
    while (step(sim::millis(100))) {}
}

bool TalkDesk::step(sim::Nanos limit) {
    if (world_.machine.next_at() <= limit && engine::step(world_, engine::nobody())) return true;
    world_.machine.kernel.now = std::max(world_.machine.kernel.now, limit);
    return false;
}

TalkLine& TalkDesk::line(sim::i32 number) {
    const auto at = std::ranges::find(lines(), number, &TalkLine::number);
    if (at != lines().end()) return *at;
    engine::act_on(world_, self_, engine::nobody(), [&](engine::NodeCode& code, sim::Env& env) {
        TalkLine line;
        line.number = number;
        line.connection = env.connect(server_, port_);
        static_cast<TalkNode&>(code).state.lines.push_back(line);
    });
    const sim::Nanos limit = now() + sim::seconds(1);
    const std::size_t index = lines().size() - 1;
    while (!lines()[index].up && !lines()[index].closed && step(limit)) {}
    return lines()[index];
}

void TalkDesk::send(sim::i32 number, std::span<const sim::u8> bytes) {
    const sim::ConnectionId connection = line(number).connection;
    engine::act_on(world_, self_, engine::nobody(),
                   [&](engine::NodeCode&, sim::Env& env) { env.send(connection, sim::make_frame(bytes), 0); });
}

void TalkDesk::close(sim::i32 number) {
    TalkLine& closing = line(number);
    closing.closed = true;
    const sim::ConnectionId connection = closing.connection;
    engine::act_on(world_, self_, engine::nobody(), [&](engine::NodeCode&, sim::Env& env) { env.close(connection); });
}

}  // namespace app::proof

template class engine::NodeOf<app::proof::TalkNode>;
