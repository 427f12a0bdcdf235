#include "app/proof/sweep/play.h"

#include <fmt/format.h>

#include "app/proof/sweep/heal.h"
#include "engine/check/oracles.h"

namespace app::proof {
namespace {

using engine::World;

constexpr Nanos kSampleEvery = sim::seconds(1);
constexpr Nanos kRestEvery = sim::millis(500);

struct InvariantBroken {
    sim::BrokenInvariant what;
};
[[noreturn]] void throw_broken(const sim::BrokenInvariant& broken) { throw InvariantBroken{broken}; }

/// Broken invariants are thrown while one of these lives: the world is given up anyway.
struct ThrowingAsserts {
    ThrowingAsserts() : before(sim::set_assert_handler(throw_broken)) {}
    ThrowingAsserts(const ThrowingAsserts&) = delete;
    ThrowingAsserts& operator=(const ThrowingAsserts&) = delete;
    ~ThrowingAsserts() { sim::set_assert_handler(before); }
    sim::AssertHandler before;
};

struct Game {
    World world;
    engine::History history;
    engine::check::Oracles oracles;
    std::vector<sim::Input> inputs;
    Nanos clock;
    Nanos next_sample;

    [[nodiscard]] bool over() const { return !oracles.findings.empty(); }
};

void look(Game& game) {
    engine::check::observe(game.oracles, game.world, game.history);
    if (game.world.kernel().now < game.next_sample) return;
    game.next_sample = game.world.kernel().now + kSampleEvery;
    engine::check::sample(game.oracles, game.world, game.history);
}

void run_to(Game& game, Nanos moment) {
    engine::HistoryWriter writer(game.history);
    while (!game.over() && game.world.machine.next_at() <= moment) {
        engine::step(game.world, writer);
        look(game);
    }
    game.clock = moment;
}

void act(Game& game, std::string line) {
    if (game.over()) return;
    sim::Input input;
    input.at_index = game.world.kernel().event_index;
    input.at = std::min(std::max(game.clock, game.world.kernel().now), game.world.machine.next_at());
    input.line = std::move(line);
    engine::HistoryWriter writer(game.history);
    engine::note_input(game.history, input.at_index, input);
    engine::apply(game.world, input, writer);
    game.inputs.push_back(std::move(input));
    look(game);
}

/// Numbers of the messages that are on their way and that no earlier deed has touched.
std::vector<u64> messages_under_way(const World& world) {
    std::vector<u64> messages;
    world.machine.network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        for (const auto& segments : connection.segments)
            for (u32 i = 0; i < segments.size(); ++i)
                if (segments[i].kind == sim::SegmentKind::data && segments[i].state == sim::SegmentState::flying)
                    messages.push_back(segments[i].message);
    });
    std::ranges::sort(messages);
    return messages;
}

/// "delay 300ms" becomes "delay message 4711 300ms". "" if nothing is on its way.
std::string line_on_message(const World& world, const Deed& deed) {
    const std::vector<u64> messages = messages_under_way(world);
    if (messages.empty()) return "";
    const auto blank = deed.line.find(' ');
    const std::string rest = blank == std::string::npos ? "" : deed.line.substr(blank);
    return fmt::format("{} message {}{}", deed.line.substr(0, blank), messages[deed.draw % messages.size()], rest);
}

void play_deeds(Game& game, const Plan& plan) {
    const Nanos origin = game.clock;
    for (const Deed& deed : plan.deeds) {
        run_to(game, origin + deed.at);
        if (game.over()) return;
        std::string line = deed.on_message ? line_on_message(game.world, deed) : deed.line;
        if (!line.empty()) act(game, std::move(line));
    }
    run_to(game, origin + plan.safety);
}

/// The world is healed, goes on for a while, and is asked for no more work.
void heal(Game& game, const Plan& plan) {
    if (game.over()) return;
    for (std::string& line : healing_lines(game.world)) act(game, std::move(line));
    run_to(game, game.clock + kHealedTraffic);
    for (const engine::ProducerSpec& producer : plan.spec.producers) act(game, "stop " + producer.name);
}

/// Runs until all has come to rest, as long as there is progress: a slow reader may take its time. What has not come
/// to rest, or "".
std::string come_to_rest(Game& game) {
    const Nanos end = game.clock + kMostTimeOfAll;
    Nanos limit = game.clock + kMostTimeToRest;
    std::string trouble = engine::check::check_rest(game.oracles, game.world, game.history);
    while (!game.over() && !trouble.empty() && game.clock < limit) {
        run_to(game, game.clock + kRestEvery);
        for (std::string& line : restarting_lines(game.world)) act(game, std::move(line));
        std::string now = engine::check::check_rest(game.oracles, game.world, game.history);
        if (now != trouble) limit = std::min(end, game.clock + kMostTimeToRest);
        trouble = std::move(now);
    }
    return trouble;
}

void play_all(Game& game, const Plan& plan, Played& played) {
    play_deeds(game, plan);
    heal(game, plan);
    if (game.over()) return;
    played.waited_for = come_to_rest(game);
    if (game.over()) return;
    if (played.waited_for.empty()) engine::check::conclude(game.oracles, game.world, game.history);
    else
        game.oracles.findings.add(
            "converged", game.world.kernel().event_index,
            fmt::format("{} s after the last progress: {}", kMostTimeToRest.to_millis() / 1000, played.waited_for));
}

void note_broken(const InvariantBroken& broken, engine::check::Findings& findings) {
    const sim::BrokenInvariant& what = broken.what;
    findings.add("invariant", what.moment.event_index,
                 fmt::format("{} at {}:{}", what.expression, what.file, what.line));
}

void count(const engine::History& history, Played& played) {
    played.sends = history.sends.size();
    played.deliveries = history.deliveries.size();
    for (u64 i = 0; i < history.outcomes.size(); ++i)
        played.acknowledged += engine::failed(history.outcomes[i].error) ? 0 : 1;
    for (u64 i = 0; i < history.facts.size(); ++i)
        played.elections += engine::kind_of(history.facts[i].fact) == engine::FactKind::leader ? 1 : 0;
}

Played result(Game& game, Played played) {
    played.findings = std::move(game.oracles.findings.all);
    played.inputs = std::move(game.inputs);
    played.trace = game.world.kernel().trace;
    played.events = game.world.kernel().event_index;
    played.ended = game.world.lesson_time();
    count(game.history, played);
    return played;
}

Played play_world(const Plan& plan, World world) {
    Game game;
    Played played;
    game.world = std::move(world);
    game.history.first_index = game.world.kernel().event_index;
    game.clock = game.world.kernel().now;
    game.oracles = engine::check::watch(plan.spec, game.world, game.history);
    try {
        play_all(game, plan, played);
    } catch (const InvariantBroken& broken) {
        note_broken(broken, game.oracles.findings);
    }
    return result(game, std::move(played));
}

}  // namespace

Played play(const Plan& plan) {
    const ThrowingAsserts guard;
    engine::check::Findings early;
    try {
        auto world = engine::build_world(plan.spec);
        if (world) return play_world(plan, std::move(*world));
        early.add("startup", 0, world.error());
    } catch (const InvariantBroken& broken) {
        note_broken(broken, early);
    }
    Played played;
    played.findings = std::move(early.all);
    return played;
}

}  // namespace app::proof
