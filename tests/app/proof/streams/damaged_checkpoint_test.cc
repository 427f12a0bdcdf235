// Checkpoints whose state files were exchanged, cut or taken from another version: a query that starts on one goes on
// or fails with an error. It never meets an assertion, which would end the process.
#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>

#include "app/proof/spark/program_run.h"
#include "engine/model/json.h"

using namespace app::proof;
using sim::u64;

namespace {

constexpr const char* kSetup = R"({"memory": {"a": "k INT, t TIMESTAMP", "b": "k2 INT, t2 TIMESTAMP"}})";

std::string join_of(const char* kind) {
    return fmt::format(
        "from pyspark.sql.functions import *\nx = a.withWatermark('t', '5 seconds')\ny = b.withWatermark('t2', '5 "
        "seconds')\n"
        "q = x.join(y, expr('k = k2 AND t2 >= t AND t2 <= t + interval 10 seconds'), "
        "'{}').writeStream.format('console').start()\n",
        kind);
}

std::string over_a(const char* body) {
    return fmt::format(
        "from pyspark.sql.functions import *\nx = a.withWatermark('t', '5 seconds')\nq = "
        "x.{}.writeStream.format('console').start()\n",
        body);
}

/// Rows of a step: a few keys, a time that goes on.
OrderedJson rows_of(int step) {
    OrderedJson rows = OrderedJson::array();
    for (int i = 0; i < 6; ++i) rows.push_back({(i + step) % 4, fmt::format("2024-01-01 00:{:02}:{:02}", step, i * 5)});
    return {{"add", {{step % 2 == 0 ? "a" : "b", rows}}}};
}

struct Draw {
    u64 state;
    u64 below(u64 n) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % n;
    }
};

/// Puts the bytes of one state file in the place of another, or cuts it.
void damage(ProgramRun& run, Draw& draw) {
    std::vector<std::string> paths;
    for (const auto& [path, file] : run.store.files)
        if (path.find("/state/") != std::string::npos && path.ends_with(".delta")) paths.push_back(path);
    REQUIRE(!paths.empty());
    const std::string to = paths[draw.below(paths.size())], from = paths[draw.below(paths.size())];
    std::string bytes = run.store.read(from).value_or("");
    if (draw.below(8) == 0) bytes.resize(draw.below(bytes.size() + 1));
    run.store.write(to, bytes);
}

/// Its commit is gone: the batch runs again, beside the state that it has written.
void forget_last_batch(ProgramRun& run) {
    int last = 0;
    while (run.store.exists(fmt::format("/checkpoint/commits/{}", last + 1))) ++last;
    run.store.remove(fmt::format("/checkpoint/commits/{}", last));
}

/// Whether the query failed, in the end.
bool survives(const std::string& program, u64 seed) {
    ProgramRun run;
    run.text = program;
    run.prepare(engine::must_read_json<OrderedJson>(kSetup));
    run.start();
    REQUIRE_FALSE(run.raised);
    int step = 0;
    for (; step < 4; ++step) run.feed(rows_of(step));
    Draw draw{seed};
    for (u64 n = 1 + draw.below(3); n > 0; --n) damage(run, draw);
    if (draw.below(3) == 0) forget_last_batch(run);
    run.restart();
    for (; step < 9 && !run.failure(); ++step) run.feed(rows_of(step));
    if (!run.failure()) return false;
    CHECK_FALSE(run.failure()->message.empty());
    return true;
}

}  // namespace

TEST_CASE("a damaged checkpoint ends in an error or in other rows, never in an assertion") {
    std::vector<std::string> programs = {
        over_a("groupBy(window('t', '10 seconds'), 'k').count()"), over_a("dropDuplicates(['k', 't'])"),
        over_a("dropDuplicatesWithinWatermark(['k'])"),
        over_a("groupBy(session_window('t', '7 seconds'), 'k').count()"), over_a("limit(12)")};
    for (const char* kind : {"inner", "leftOuter", "rightOuter", "fullOuter", "leftSemi"})
        programs.push_back(join_of(kind));
    int failed = 0, went_on = 0;
    for (const std::string& program : programs)
        for (u64 seed = 1; seed <= 40; ++seed) {
            INFO(program << " seed " << seed);
            ++(survives(program, seed) ? failed : went_on);
        }
    CHECK(failed > 0);
    CHECK(went_on > 0);
}
