#include "app/proof/streams/crash_play.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/proof/streams/crash_sinks.h"
#include "app/proof/sweep/draw.h"
#include "app/proof/sweep/heal.h"
#include "engine/plan/json.h"
#include "engine/stream/stream_sources.h"
#include "engine/verb.h"

namespace app::proof {
namespace {

namespace spark = engine::spark;
using engine::World;
using sim::Nanos;

constexpr Nanos kLook = sim::millis(500);         // how often the person looks
constexpr Nanos kMostTime = sim::seconds(400);    // until all must have come to rest
constexpr Nanos kEndlessTime = sim::seconds(75);  // of sources without an end

struct Game {
    const CrashCase& c;
    World world;
    sim::Prng person;
    Nanos clock{};
    Texts typed{};
    u64 events = 0;
    i64 lives = 1;
    std::vector<sim::Input> inputs{};
};

void run_to(Game& g, Nanos moment) {
    const Nanos until = g.world.frame->origin + moment;
    while (g.world.machine.next_at() <= until && engine::step(g.world, engine::nobody())) {
    }
    g.clock = moment;
}

/// False if it is refused.
bool act(Game& g, const std::string& line) {
    if (!engine::refusal_of(g.world, line).empty()) return false;
    sim::Input input;
    input.line = line;
    input.at_index = g.world.kernel().event_index;
    input.at = std::min(std::max(g.world.frame->origin + g.clock, g.world.kernel().now), g.world.machine.next_at());
    engine::apply(g.world, input, engine::nobody());
    g.inputs.push_back(std::move(input));
    return true;
}

const spark::QueryRun* run_of(const Game& g) {
    if (g.world.host_state(g.world.find_node("driver")) != sim::HostState::up) return nullptr;
    const auto& queries = driver_of(g.world).memory.queries;
    return queries.empty() ? nullptr : &queries.front();
}

/// Somebody looks now and then, starts the driver again if it died, and its query if it failed.
void look_after(Game& g, bool at_once) {
    if (!at_once && !percent(g.person, 30)) return;
    if (g.world.host_state(g.world.find_node("driver")) == sim::HostState::down) {
        if (act(g, "restart driver")) ++g.lives;
    } else if (const auto* run = run_of(g); run != nullptr && run->phase == spark::QueryPhase::failed) {
        act(g, "start q");
    }
}

void pass_time(Game& g, Nanos until, bool at_once) {
    while (g.clock < until) {
        run_to(g, std::min(until, g.clock + kLook));
        look_after(g, at_once);
    }
}

void play_deeds(Game& g) {
    for (const Deed& deed : g.c.deeds) {
        pass_time(g, deed.at, false);
        const bool done = act(g, deed.line);
        if (done && deed.line == "restart driver") ++g.lives;
        if (done && deed.line.starts_with("type q ")) g.typed.push_back(deed.line.substr(7));
    }
    pass_time(g, kLastTrouble, false);
}

void heal(Game& g) {
    for (const std::string& line : healing_lines(g.world)) act(g, line);
}

i64 records_read(const Game& g, const spark::QueryCursor& cursor) {
    if (g.c.spec.producers.empty())
        return cursor.committed.front().empty() ? 0 : std::stoll(cursor.committed.front()) + 1;
    i64 n = 0;
    for (const std::string& offsets : cursor.committed)
        for (const auto& [topic, partitions] : spark::parse_kafka_offsets(offsets))
            for (const auto& [partition, end] : partitions) n += end;
    return n;
}

i64 records_sent(const Game& g) {
    i64 n = g.c.spec.producers.empty() ? static_cast<i64>(g.typed.size()) : 0;
    for (const engine::ProducerSpec& p : g.c.spec.producers) n += static_cast<i64>(p.records.size());
    return n;
}

/// All is read and committed, and no batch without data is due. What is missing, or "".
std::string unrest(const Game& g) {
    const spark::QueryRun* run = run_of(g);
    if (run == nullptr) return "the driver is down";
    if (run->phase != spark::QueryPhase::waiting && run->phase != spark::QueryPhase::latest_offset)
        return fmt::format("the query is {}: {}", name_of(run->phase), run->message);
    const spark::QueryCursor& cursor = run->cursor;
    if (cursor.planned || records_read(g, cursor) != records_sent(g))
        return fmt::format("{} of {} records are read", records_read(g, cursor), records_sent(g));
    const spark::CompiledQuery& q = *run->compiled.query;
    const bool due = cursor.ran && wants_no_data_batch(q.plan, cursor.evicted_ms, cursor.tracker.global_ms);
    return due ? "a batch without data is due" : "";
}

std::string come_to_rest(Game& g) {
    std::string why = unrest(g);
    while (!why.empty() && g.clock < kMostTime) {
        pass_time(g, g.clock + sim::seconds(1), true);
        why = unrest(g);
    }
    return why;
}

// ---- judging ------------------------------------------------------------------------------------

std::string difference(const Texts& expected, const Texts& got, const char* who) {
    Texts missing, extra;
    std::ranges::set_difference(expected, got, std::back_inserter(missing));
    std::ranges::set_difference(got, expected, std::back_inserter(extra));
    if (missing.empty() && extra.empty()) return "";
    return fmt::format("{} {} rows instead of {}; missing: {}; too many: {}", who, got.size(), expected.size(),
                       missing.empty() ? "none" : missing[0], extra.empty() ? "none" : extra[0]);
}

/// The rows of each batch once; "" or that an attempt gave other rows than the one before.
std::string told_once(const ToldRows& told, Texts& out) {
    for (const auto& [batch, attempts] : told.batches) {
        for (const auto& [attempt, rows] : attempts)
            if (rows != attempts.begin()->second)
                return fmt::format("batch {} gave other rows in attempt {}", batch, attempt);
        out.insert(out.end(), attempts.begin()->second.begin(), attempts.begin()->second.end());
    }
    std::ranges::sort(out);
    return "";
}

/// What the ledger says stays: the last batch, the newest row of each key, or all.
Texts told_result(const Game& g, const ToldRows& told, const Texts& once) {
    const spark::StreamLedger& ledger = driver_of(g.world).progress.ledger;
    const engine::SinkKeeps keeps = ledger.sink_rows.empty() ? engine::SinkKeeps::all : ledger.sink_rows[0].keeps;
    if (keeps == engine::SinkKeeps::last_batch)
        return told.batches.empty() ? Texts{} : told.batches.rbegin()->second.rbegin()->second;
    if (keeps == engine::SinkKeeps::all) return once;
    std::map<std::string, std::string> newest;
    for (u64 i = 0; i < ledger.sink_rows.size(); ++i)
        if (ledger.sink_rows[i].key.find(kClosingMark) == std::string::npos)
            newest[ledger.sink_rows[i].key] = ledger.sink_rows[i].row;
    Texts out;
    for (const auto& [key, row] : newest) out.push_back(row);
    std::ranges::sort(out);
    return out;
}

using Expected = std::vector<ExpectedRow>;

Texts sorted(const Expected& rows, std::string ExpectedRow::*text) {
    Texts out;
    for (const ExpectedRow& row : rows) out.push_back(row.*text);
    std::ranges::sort(out);
    return out;
}

/// Rows beyond the expected ones must be of batches that were begun again.
std::string unnamed_duplicate(const ToldRows& told, const Expected& expected, const Texts& extra) {
    std::set<std::string> named;
    for (const i64 batch : told.again)
        if (const auto found = told.batches.find(batch); found != told.batches.end())
            named.insert(found->second.begin()->second.begin(), found->second.begin()->second.end());
    std::set<std::string> explained;
    for (const ExpectedRow& row : expected)
        if (named.contains(row.told)) explained.insert(row.held);
    for (const std::string& row : extra)
        if (!explained.contains(row)) return "the sink has a row again, and its batch ran once: " + row;
    return "";
}

std::string judge_held(const Game& g, const ToldRows& told, const Expected& expected, Crashed& out) {
    const auto held = held_rows(g.c, g.world);
    if (!held) return "";
    const Texts wanted = sorted(expected, &ExpectedRow::held);
    if (g.c.shape->promise == Promise::exactly_once) return difference(wanted, *held, "the sink has");
    Texts missing, extra;
    std::ranges::set_difference(wanted, *held, std::back_inserter(missing));
    std::ranges::set_difference(*held, wanted, std::back_inserter(extra));
    if (!missing.empty()) return "the sink lacks " + missing[0];
    out.duplicates = static_cast<i64>(extra.size());
    return unnamed_duplicate(told, expected, extra);
}

std::string judge(Game& g, Crashed& out) {
    const ToldRows told = told_rows(g.world);
    out.batches = told.committed;
    out.again = static_cast<i64>(told.again.size());
    const auto expected = expected_rows(g.c, g.typed);
    if (!expected) return expected.error();
    out.expected = static_cast<i64>(expected->size());
    Texts once;
    if (std::string wrong = told_once(told, once); !wrong.empty()) return wrong;
    for (const auto& [batch, attempts] : told.batches)
        out.duplicates += static_cast<i64>((attempts.size() - 1) * attempts.begin()->second.size());
    if (std::string wrong = judge_held(g, told, *expected, out); !wrong.empty()) return wrong;
    const Texts wanted = sorted(*expected, &ExpectedRow::told), result = told_result(g, told, once);
    // A batch that the manifest names is not read again, and its rows not told, if its driver died just then.
    const bool skips = spark::is_file_format(g.c.shape->sink) && !told.again.empty();
    if (skips && std::ranges::includes(wanted, result)) return "";
    return difference(wanted, result, "the ledger has");
}

/// Numbers without a gap, each once, in the order of their times.
std::string judge_counted(const Game& g, Crashed& out) {
    const ToldRows told = told_rows(g.world);
    out.batches = told.committed;
    out.again = static_cast<i64>(told.again.size());
    std::map<i64, std::string> rows;
    for (const std::string& line : held_rows(g.c, g.world).value_or(Texts{})) {
        const auto row = spark::parse_json(line);
        if (!row || row->items.size() != 2) return "no row: " + line;
        if (!rows.emplace(std::stoll(row->items[0].text), row->items[1].text).second) return "twice: " + line;
    }
    out.expected = static_cast<i64>(rows.size());
    if (rows.size() < 20) return fmt::format("there are only {} rows", rows.size());
    if (rows.begin()->first != 0 || rows.rbegin()->first != out.expected - 1) return "a number is missing";
    for (auto it = std::next(rows.begin()); it != rows.end(); ++it)
        if (it->second < std::prev(it)->second) return fmt::format("number {} is of {}", it->first, it->second);
    return "";
}

std::string play(Game& g, Crashed& out) {
    play_deeds(g);
    heal(g);
    const std::string format = g.c.shape->format;
    if (format.starts_with("rate")) {
        pass_time(g, kEndlessTime, true);
        act(g, "stop q");
        pass_time(g, g.clock + sim::seconds(10), true);
        return judge_counted(g, out);
    }
    pass_time(g, kLastClosing + sim::seconds(1), true);
    if (std::string why = come_to_rest(g); !why.empty()) return "it does not come to rest: " + why;
    return judge(g, out);
}

}  // namespace

Crashed play_crash(const CrashCase& c, engine::PlantedBug bug) {
    Crashed out;
    out.shape = c.shape->name;
    engine::WorldSpec spec = c.spec;
    spec.bug = bug;
    auto world = engine::build_world(spec);
    if (!world) {
        out.wrong = world.error();
        return out;
    }
    Game g{c, std::move(*world), sim::Prng::forked(c.seed, "person")};
    out.wrong = play(g, out);
    out.events = g.world.kernel().event_index;
    out.trace = g.world.kernel().trace;
    out.lives = g.lives;
    out.inputs = std::move(g.inputs);
    out.ended = g.clock;
    return out;
}

Crashed play_crashes(u64 seed, engine::PlantedBug bug) { return play_crash(draw_crash_case(seed), bug); }

Plan plan_of(const CrashCase& c, engine::PlantedBug bug) {
    Plan plan;
    plan.seed = c.seed;
    plan.spec = c.spec;
    plan.spec.bug = bug;
    plan.safety = kLastTrouble;
    plan.deeds = c.deeds;
    return plan;
}

CrashCase case_of(const Plan& plan) {
    CrashCase c = draw_crash_case(plan.seed);
    const std::vector<Deed> drawn = std::exchange(c.deeds, {});
    c.spec = plan.spec;
    for (const Deed& deed : plan.deeds) {
        const auto same = [&](const Deed& d) { return d.at == deed.at && d.line == deed.line; };
        if (std::ranges::any_of(drawn, same)) c.deeds.push_back(deed);
    }
    return c;
}

Played played_of(const Crashed& crashed) {
    Played played;
    played.inputs = crashed.inputs;
    played.trace = crashed.trace;
    played.events = crashed.events;
    played.ended = crashed.ended;
    const bool restless = crashed.wrong.starts_with("it does not come to rest");
    if (!crashed.wrong.empty()) played.findings.push_back({restless ? "rest" : "sink", crashed.wrong, crashed.events});
    return played;
}

std::optional<Shrunk> shrink_crash(const Plan& plan) {
    const auto player = [](const Plan& smaller) { return played_of(play_crash(case_of(smaller), smaller.spec.bug)); };
    Plan whole = plan;
    whole.deeds = case_of(plan).deeds;
    const Played played = player(whole);
    if (!played.failed()) return std::nullopt;
    return shrink_records(whole, played, player, [](const engine::RecordSpec& record) {
        return record.key.text.starts_with(kClosingMark);
    });
}

}  // namespace app::proof
