#include "app/proof/spark/restart_oracle.h"

#include <fmt/format.h>


#include "app/proof/masks/pattern.h"
#include "app/proof/spark/replay.h"
#include "engine/model/json.h"

namespace app::proof {
namespace {

using namespace engine::spark;

constexpr const char* kStreams =
    R"({"memory": {"words": "timestamp TIMESTAMP, word STRING", "other": "timestamp TIMESTAMP, word STRING"}})";

std::string program_of(const OrderedJson& c, const char* query, const char* mode) {
    return fmt::format(
        "from pyspark.sql.functions import *\nq = "
        "({}).writeStream.outputMode('{}').format('console').option('truncate', "
        "'false').option('checkpointLocation', CP).start()\n",
        c.at(query).get<std::string>(), c.at(mode).get<std::string>());
}

/// Which of several tasks fails first is a race.
std::string without_tasks(const std::string& text) {
    static const Pattern kTask("(Task|task) [0-9]+(\\.[0-9]+)? in stage"), kPart("part=[0-9]+"),
        kDir("file:/<dir>/[0-9]+\\]");
    return replaced(
        replaced(replaced(masked_numbers(text), kTask, "task <n> in stage"), kPart, "part=<n>"),
        kDir, "file:/<dir>/<n>]");
}

/// Batches that did something, as the recorder shortened them.
OrderedJson shortened(const OrderedJson& progress) {
    OrderedJson out = OrderedJson::array();
    for (const OrderedJson& p : progress) {
        OrderedJson state = OrderedJson::array();
        for (const OrderedJson& s : p.at("stateOperators"))
            state.push_back({s.at("operatorName"), s.at("numRowsTotal"), s.at("numShufflePartitions")});
        out.push_back({{"batchId", p.at("batchId")},
                       {"rows", p.at("numInputRows")},
                       {"eventTime", p.contains("eventTime") ? p.at("eventTime") : OrderedJson()},
                       {"state", state}});
    }
    return out;
}

OrderedJson busy(const OrderedJson& progress) {
    OrderedJson out = OrderedJson::array();
    for (const OrderedJson& p : progress)
        if (p.at("rows") != 0 || !p.at("state").empty()) out.push_back(p);
    return out;
}

std::string change_differs(const OrderedJson& c) {
    ProgramRun run;
    run.prepare(engine::must_read_json<OrderedJson>(kStreams));
    run.text = program_of(c, "before", "modeBefore");
    run.start();
    const OrderedJson& before = c.at("input").at("before");
    run.feed({{"add", {{"words", before}, {"other", before}}}});
    std::string out;
    if (const std::string got = run.printed(); comparable(got) != comparable(c.at("consoleBefore").get<std::string>()))
        return differs("before", c.at("consoleBefore").get<std::string>(), got);
    if (c.at("conf").is_object())
        for (const auto& [key, value] : c.at("conf").items()) {
            run.session.settings[key] = value.get<std::string>();
            if (key == "spark.sql.shuffle.partitions")
                run.session.shuffle_partitions = std::stoll(value.get<std::string>());
        }
    run.text = program_of(c, "after", "modeAfter");
    run.restart();
    run.told = OrderedJson::array();
    if (!run.raised && !run.failure()) run.feed({{"add", {{"words", c.at("input").at("after")}}}});
    const auto failed = run.failure();
    if (c.at("result") == "refused") {
        const std::string wanted = without_tasks(message_of(c.at("error")));
        const std::string got = failed ? without_tasks(failed->message) : "accepted";
        return same_message(wanted, got) ? "" : differs("refusal", wanted, got);
    }
    if (run.raised) return "raised " + run.raised->error.message;
    if (failed) return "refused: " + failed->message;
    if (const std::string got = run.printed(); comparable(got) != comparable(c.at("consoleAfter").get<std::string>()))
        out += differs("after", c.at("consoleAfter").get<std::string>(), got);
    const OrderedJson wanted = busy(c.at("after_progress")), got = busy(shortened(run.progress()));
    if (wanted != got) out += differs("progress", engine::json_text(wanted), engine::json_text(got));
    return out;
}

void add(OracleCount& to, const OracleCount& one) {
    to.passed += one.passed;
    to.failed += one.failed;
    if (!one.report.empty()) to.report += one.report + "\n";
}

constexpr const char* kCrashing = R"(
log = []
def f(df, batch_id):
    log.append((batch_id, sorted([tuple(r) for r in df.collect()])))
q = spark.readStream.schema("t TIMESTAMP, word STRING").option("maxFilesPerTrigger", 1).json("/data/in").groupBy("word").count().writeStream.outputMode("update").foreachBatch(f).option("checkpointLocation", CP).start()
)";

/// Lines of a sink's log that one life wrote, as `batch: rows`.
std::string recorded_log(const OrderedJson& log, int life) {
    std::string out;
    for (const OrderedJson& entry : log) {
        if (entry.at("life") != life || !entry.contains("rows")) continue;
        out += fmt::format("{}:", entry.at("batchId").get<int>());
        for (const OrderedJson& row : entry.at("rows"))
            out += fmt::format(" {}={}", row.at(0).get<std::string>(), row.at(1).get<std::string>());
        out += "\n";
    }
    return out;
}

std::string our_log(const OrderedJson& log) {
    std::string out;
    for (const OrderedJson& entry : log) {
        out += fmt::format("{}:", entry.at(0).get<int>());
        for (const OrderedJson& row : entry.at(1))
            out += fmt::format(" {}={}", row.at(0).get<std::string>(), row.at(1).get<int>());
        out += "\n";
    }
    return out;
}

/// One life of the program; what differs after it.
std::string live(ProgramRun& run, const OrderedJson& recorded, const OrderedJson& life) {
    const int number = life.at("life").get<int>();
    run.host->started.clear();
    run.in->raised.reset();
    if (const auto raised = py::run_program(*run.in, kCrashing)) return "raised " + raised->error.message;
    StreamDriver& driver = *run.host->started.back()->driver;
    if (life.at("kill in batch").is_number()) {
        const i64 last = life.at("kill in batch").get<i64>();
        driver.at_phase = [&driver, last](const char* phase) {
            return std::string(phase) != "sink committed" || driver.next_batch != last;
        };
    }
    run.host->run_queries();
    std::string out = folder_differs(life.at("files"), run.store, driver.folder);
    const std::string wanted = recorded_log(recorded.at("sink log"), number),
                      got = our_log(engine::must_read_json<OrderedJson>(json_of(run.in->globals->fields["log"])));
    if (wanted != got) out += differs("sink", wanted, got);
    if (number >= 2)
        out += entries_differ(recorded.at("progress of lives 2 and 3").at(static_cast<std::size_t>(number - 2)),
                              run.progress());
    return out;
}

}  // namespace

OracleCount check_restart_changes(const OrderedJson& recorded) {
    OracleCount all;
    for (const OrderedJson& c : recorded.at("cases"))
        add(all, counted("restart: " + c.at("change").get<std::string>(), change_differs(c)));
    return all;
}

OracleCount check_crash(const OrderedJson& recorded) {
    const OrderedJson& c = recorded.at("case");
    OracleCount all;
    ProgramRun run;
    run.prepare(OrderedJson::object());
    const OrderedJson& files = c.at("input files (one per batch)");
    const auto put = [&](std::size_t n) {
        std::string text;
        for (const OrderedJson& line : files.at(n)) {
            const std::string words = line.get<std::string>();
            text += words.substr(words.find('{')) + "\n";
        }
        run.store.now_ms = run.host->now_ms + static_cast<i64>(n) * 10'000;
        run.store.write(fmt::format("/data/in/{}.json", n), text);
    };
    const std::size_t lives = c.at("lives").size();
    for (std::size_t n = 0; n + 1 < files.size(); ++n) put(n);
    for (std::size_t i = 0; i < lives; ++i) {
        if (i + 1 == lives) put(files.size() - 1);
        add(all, counted(fmt::format("crash: life {}", i + 1), live(run, c, c.at("lives").at(i))));
    }
    return all;
}

}  // namespace app::proof
