#include "app/lab/run/run.h"

#include <algorithm>
#include <utility>

namespace app::lab {

using sim::Nanos;
using sim::u32;
using sim::u64;

bool WorldTraits::step(engine::World& world, History* history) {
    if (history == nullptr) return engine::step(world, engine::nobody());
    engine::HistoryWriter writer(*history);
    return engine::step(world, writer);
}

void WorldTraits::apply(engine::World& world, const sim::Input& input, History* history) {
    if (history == nullptr) return engine::apply(world, input, engine::nobody());
    engine::HistoryWriter writer(*history);
    engine::note_input(*history, index(world), input);
    engine::apply(world, input, writer);
}

Run::Run(const engine::World& origin, sim::KeyframeBudget budget)
    : timeline_(origin, budget), clock_(origin.kernel().now) {
    timeline_.history().first_index = cursor();
}

bool Run::advance() {
    if (!timeline_.advance()) return false;
    clock_ = std::max(clock_, world().kernel().now);
    return true;
}

bool Run::advance_within(Nanos moment) {
    // A journaled input comes before the agenda's next event, at its own moment.
    if (!timeline_.at_head()) {
        const engine::History& past = history();
        if (past.events[cursor() - past.first_index].at > moment) return false;
        return advance();
    }
    return world().machine.next_at() <= moment && advance();
}

void Run::run_to(Nanos moment) {
    while (advance_within(moment)) {}
    let_pass(moment);
}

void Run::let_pass(Nanos moment) { clock_ = std::max(clock_, moment); }

void Run::act(sim::InputAuthor author, std::string line) {
    sim::Input input;
    input.author = author;
    input.line = std::move(line);
    input.at = std::min(std::max(clock_, world().kernel().now), world().machine.next_at());
    timeline_.act(std::move(input));
    clock_ = world().kernel().now;
    if (listener_) listener_();
}

void Run::seek(u64 index) {
    timeline_.seek(index);
    clock_ = world().kernel().now;
}

void Run::switch_to(u32 branch, u64 index) {
    timeline_.switch_to(branch, index);
    clock_ = world().kernel().now;
}

u64 Run::index_at(Nanos moment) const {
    const auto& events = history().events;
    return history().first_index + events.partition_point([&](const sim::EventRow& row) { return row.at <= moment; });
}

u64 Run::take_touched() { return std::exchange(timeline_.history().touched, 0); }

void Run::note_answer(std::string prompt, std::string choice, bool correct) {
    timeline_.history().answers.push_back({cursor(), clock_, std::move(prompt), std::move(choice), correct});
    timeline_.history().touched |= ~u64{0};
    if (listener_) listener_();
}

}  // namespace app::lab
