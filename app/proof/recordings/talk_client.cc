#include "app/proof/recordings/talk_client.h"

#include <algorithm>

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

TalkWorld::TalkWorld(std::unique_ptr<engine::NodeCode> server, engine::NodeKind kind, sim::u16 port) : port_(port) {
    world.machine = sim::Machine(1);
    world.frame = sim::Cow<engine::WorldFrame>(engine::WorldFrame{});
    server_ = engine::add_node(world, {"server", kind, engine::kNoBroker, true}, std::move(server), kAtOnce, {});
    self_ = engine::add_node(world, {"client", engine::NodeKind::console, engine::kNoBroker, true}, std::make_unique<TalkNode>(), kAtOnce, {});
    world.machine.start(server_);
    world.machine.start(self_);
    while (step(sim::millis(100))) {}
}

bool TalkWorld::step(sim::Nanos limit) {
    if (world.machine.next_at() <= limit && engine::step(world, engine::nobody())) return true;
    world.machine.kernel.now = std::max(world.machine.kernel.now, limit);
    return false;
}

TalkLine& TalkWorld::line(sim::i32 number) {
    const auto at = std::ranges::find(lines(), number, &TalkLine::number);
    if (at != lines().end()) return *at;
    engine::act_on(world, self_, engine::nobody(), [&](engine::NodeCode& code, sim::Env& env) {
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

void TalkWorld::send(sim::i32 number, std::span<const sim::u8> bytes) {
    const sim::ConnectionId connection = line(number).connection;
    engine::act_on(world, self_, engine::nobody(), [&](engine::NodeCode&, sim::Env& env) { env.send(connection, sim::make_frame(bytes), 0); });
}

void TalkWorld::close(sim::i32 number) {
    TalkLine& closing = line(number);
    closing.closed = true;
    const sim::ConnectionId connection = closing.connection;
    engine::act_on(world, self_, engine::nobody(), [&](engine::NodeCode&, sim::Env& env) { env.close(connection); });
}

}  // namespace app::proof
