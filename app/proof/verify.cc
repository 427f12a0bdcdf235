#include "app/proof/verify.h"

#include <fmt/format.h>

#include <functional>

#include "app/lab/command/console.h"
#include "app/lab/command/run_command.h"
#include "app/lab/host/files.h"
#include "app/lab/host/process.h"
#include "app/lab/play/player.h"
#include "app/lab/run/session.h"

namespace app::proof {
namespace {

using lab::Session;
using sim::u64;

using Opened = std::unique_ptr<Session>;

/// What a run came to: the hash at its end, and the trace at every event.
struct Golden {
    u64 hash = 0;
    u64 end = 0;
    std::vector<u64> traces;     // by event from the origin on
    std::vector<sim::Input> inputs;
};

struct Verify {
    std::string name;
    std::optional<u64> seed;
    Golden golden;
    int passed = 0;
    int failed = 0;

    void report(const std::string& what, const std::string& wrong) {
        ++(wrong.empty() ? passed : failed);
        lab::print_line(
            fmt::format("{} {}{}", wrong.empty() ? "same    " : "DIFFERS ", what, wrong.empty() ? "" : ": " + wrong));
    }
};

Opened open(const Verify& verify) { return std::move(*lab::open_lesson(verify.name, verify.seed)); }

Opened played(const Verify& verify) {
    Opened session = open(verify);
    lab::Player player(session->lesson, *session->run);
    lab::play_all(player);
    return session;
}

std::string compare_hash(const Golden& golden, const engine::World& world) {
    const u64 hash = engine::hash(world);
    return hash == golden.hash ? "" : fmt::format("hash {:016x} instead of {:016x}", hash, golden.hash);
}

/// Runs the journal on a fresh world, `slice` events at a time, and calls `between` after each slice.
engine::World run_journal(const Verify& verify, u64 slice, const std::function<void(engine::World&)>& between) {
    const Opened session = open(verify);
    engine::World world = session->run->world();
    std::size_t next = 0;
    for (u64 done = 0; world.kernel().event_index < verify.golden.end; ++done) {
        const bool input =
            next < verify.golden.inputs.size() && verify.golden.inputs[next].at_index == world.kernel().event_index;
        if (input) engine::apply(world, verify.golden.inputs[next++], engine::nobody());
        else if (!engine::step(world, engine::nobody())) break;
        if (done % slice == slice - 1) between(world);
    }
    return world;
}

void check_slices(Verify& verify) {
    const engine::World whole = run_journal(verify, ~u64{0}, [](engine::World&) {});
    verify.report("without a history", compare_hash(verify.golden, whole));
    const engine::World sliced = run_journal(verify, 97, [](engine::World& world) { world = engine::World(world); });
    verify.report("in slices, each on a copy of the world", compare_hash(verify.golden, sliced));
}

void check_second_run(Verify& verify) {
    const Opened again = played(verify);
    verify.report("a second run in this process", compare_hash(verify.golden, again->run->world()));
}

void check_keyframe(Verify& verify, Session& session) {
    session.run->timeline().rebuild_at_cursor();
    std::string wrong = compare_hash(verify.golden, session.run->world());
    if (session.run->timeline().divergence().found)
        wrong += fmt::format(" diverged at {}", session.run->timeline().divergence().index);
    verify.report("after a keyframe was restored", wrong);
}

std::string trace_at(const Verify& verify, Session& session, u64 index) {
    session.run->seek(index);
    const u64 expected = verify.golden.traces[index - session.run->timeline().first()];
    const u64 trace = session.run->world().kernel().trace;
    return trace == expected ? ""
                             : fmt::format("trace at event {} is {:016x} instead of {:016x}", index, trace, expected);
}

void check_there_and_back(Verify& verify, Session& session) {
    const u64 first = session.run->timeline().first(), end = verify.golden.end, span = end - first;
    std::string wrong;
    for (const u64 index : {end - 1, first + span / 2, first + span / 3, first, first + span / 7, end - span / 5, end})
        if (wrong.empty()) wrong = trace_at(verify, session, index);
    if (wrong.empty()) wrong = compare_hash(verify.golden, session.run->world());
    verify.report("there and back", wrong);
    const std::size_t rows = session.run->history().events.size();
    verify.report("the history after it", rows == span ? "" : fmt::format("{} events told instead of {}", rows, span));
}

/// The fresh process starts in another folder.
std::string absolute_root() {
    const std::string root = lab::root_folder();
    return root.starts_with('/') ? root : lab::absolute_path(root);
}

void check_fresh_process(Verify& verify) {
    lab::ProcessSettings settings;
    settings.arguments = {"run", verify.name, "--headless", "--hash", "--quiet"};
    if (verify.seed) settings.arguments.insert(settings.arguments.end(), {"--seed", std::to_string(*verify.seed)});
    settings.environment = {
        {"TZ", "Pacific/Apia"}, {"LC_ALL", "C"}, {"MALLOC_PERTURB_", "165"}, {"MILLRACE_ROOT", absolute_root()}};
    settings.folder = "/";
    const auto output = lab::run_self(settings);
    const std::string expected = fmt::format("hash: {:016x}\n", verify.golden.hash);
    std::string wrong = output ? "" : output.error();
    if (output && !output->ends_with(expected)) wrong = "it printed " + *output;
    verify.report("a fresh process with a poisoned heap, another zone, locale and folder", wrong);
}

void check_other_seed(Verify& verify, u64 seed) {
    Verify other = verify;
    other.seed = seed + 1;
    const Opened session = played(other);
    verify.report("another seed gives another run",
                  engine::hash(session->run->world()) != verify.golden.hash ? "" : "the hashes are equal");
}

/// The trace after each event, by running the journal once more.
void take_traces(Verify& verify) {
    run_journal(verify, 1, [&](engine::World& world) { verify.golden.traces.push_back(world.kernel().trace); });
}

}  // namespace

int verify_lesson(const std::string& name, std::optional<u64> seed) {
    if (const auto opened = lab::open_lesson(name, seed); !opened) return lab::complain(opened.error());
    Verify verify{name, seed, {}, 0, 0};
    const Opened session = played(verify);
    verify.golden.hash = engine::hash(session->run->world());
    verify.golden.end = session->run->cursor();
    verify.golden.inputs = session->run->timeline().branch().inputs;
    verify.golden.traces.push_back(open(verify)->run->world().kernel().trace);
    take_traces(verify);
    lab::print_line(fmt::format("{}: {} events, {} inputs, {}", name,
                                verify.golden.end - session->run->timeline().first(), verify.golden.inputs.size(),
                                lab::hash_line(session->run->world())));
    check_second_run(verify);
    check_slices(verify);
    check_keyframe(verify, *session);
    check_there_and_back(verify, *session);
    check_fresh_process(verify);
    check_other_seed(verify, session->seed);
    lab::print_line(fmt::format("{} passed, {} failed", verify.passed, verify.failed));
    return verify.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
