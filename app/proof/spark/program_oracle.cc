#include "app/proof/spark/program_oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/proof/spark/program_run.h"
#include "app/proof/spark/replay.h"
#include "app/proof/spark/restart_oracle.h"
#include "engine/model/json.h"

namespace app::proof {
namespace {

using namespace engine::spark;

/// Whether a value of a recording stands for anything.
bool mask(const OrderedJson& v) {
    return v.is_string() && v.get<std::string>().starts_with("<") && v.get<std::string>().ends_with(">");
}

bool same_json(const OrderedJson& wanted, const OrderedJson& got, std::string& where) {
    if (mask(wanted)) return true;
    if (wanted.is_object()) {
        if (!got.is_object()) return false;
        for (const auto& [key, value] : wanted.items()) {
            const bool size = key == "memoryUsedBytes" || key == "stateOnCurrentVersionSizeBytes";
            if (key == "step") continue;
            if (!got.contains(key) || (!size && !same_json(value, got.at(key), where))) {
                where = key + (where.empty() ? "" : "." + where);
                return false;
            }
        }
        for (const auto& [key, value] : got.items())
            if (!wanted.contains(key)) return where = "+" + key, false;
        return true;
    }
    if (wanted.is_array()) {
        if (!got.is_array() || got.size() != wanted.size()) return false;
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (!same_json(wanted.at(i), got.at(i), where)) return false;
        return true;
    }
    if (wanted.is_string() && got.is_string())
        return masked_numbers(wanted.get<std::string>()) == masked_numbers(got.get<std::string>());
    return wanted == got;
}

}  // namespace

/// Entries of an idle trigger depend on when it came: one that the recording has not is passed over.
std::string entries_differ(const OrderedJson& wanted, const OrderedJson& got) {
    const auto idle = [](const OrderedJson& p) { return !p.at("durationMs").contains("addBatch"); };
    std::size_t i = 0;
    for (const OrderedJson& entry : got) {
        if (i < wanted.size() && idle(entry) && !idle(wanted.at(i))) continue;
        if (i >= wanted.size() && idle(entry)) continue;
        std::string where;
        if (i >= wanted.size())
            return fmt::format("more entries than the {} wanted: {}\n", wanted.size(), engine::json_text(entry));
        if (!same_json(wanted.at(i), entry, where))
            return fmt::format("entry {} at {}\n--- wanted\n{}\n--- got\n{}\n", i, where,
                               engine::json_text(wanted.at(i)), engine::json_text(entry));
        ++i;
    }
    return i == wanted.size() ? "" : fmt::format("{} entries, {} wanted\n", i, wanted.size());
}

OracleCount check_program(const std::string& path, const std::string& text) {
    const OrderedJson recorded = engine::must_read_json<OrderedJson>(text);
    const std::string folder = folder_of(path), name = folder.substr(folder.rfind('/') + 1);
    const auto program = program_text(folder);
    if (!program) return not_run(name, "its steps are for a program in another language");
    ProgramRun run;
    take_schedule(folder, run);
    const std::string why = play_all(run, recorded, *program);
    return finished(name, why, run);
}

OracleCount check_scala_program(const std::string& path, const std::string&) {
    const std::string folder = folder_of(path), name = folder.substr(folder.rfind('/') + 1);
    const auto console = lab::read_file(folder + "/console.txt");
    if (!console) return counted(name, "its console was not recorded\n");
    ProgramRun run;
    (void)run_scala_of(folder, run);
    const std::string wanted = comparable(*console), got = comparable(run.printed());
    std::string why = wanted == got ? "" : differs("console", wanted, got);
    if (run.raised)
        why = fmt::format("raised {}: {} (line {})\n", run.raised->error.exception, run.raised->error.message,
                          run.raised->line);
    return finished(name, why, run);
}

OracleCount check_progress(const std::string& path, const std::string& text) {
    const OrderedJson recorded = engine::must_read_json<OrderedJson>(text);
    const std::string name = "progress/" + recorded.at("program").get<std::string>();
    ProgramRun run;
    if (const auto why = run_beside(path, recorded, run)) return counted(name, *why + "\n");
    return finished(name, entries_differ(recorded.at("progress"), run.progress()), run);
}

namespace {

constexpr const char* kErrorSetup =
    R"({"memory": {"words": "timestamp TIMESTAMP, word STRING", "other": "t TIMESTAMP, word STRING"}, "kafka": {"e1": 1, "e2": 1}, "conf": {}})";
constexpr const char* kErrorProgram =
    "from pyspark.sql import Window\nfrom pyspark.sql.functions import *\nstatic = spark.createDataFrame([('a', 1)], 'word STRING, n INT')\n";

/// What came of a program: "" or the refusal.
std::optional<QueryError> outcome(ProgramRun& run, const OrderedJson& c) {
    run.prepare(engine::must_read_json<OrderedJson>(kErrorSetup));
    for (const char* f : {"/<dir>/tmp/a.json", "/<dir>/rec/a.csv"}) run.store.write(f, "");
    const std::string group = c.at("group").get<std::string>();
    if (c.contains("conf"))
        for (const auto& [key, value] : c.at("conf").items()) {
            run.session.settings[key] = value.get<std::string>();
            if (key == "spark.sql.ansi.enabled") run.session.ansi = value == "true";
        }
    (void)py::run_program(*run.in, kErrorProgram);
    run.text = c.at("program").get<std::string>();
    const auto raised = py::run_program(*run.in, run.text);
    if (raised) return raised->error;
    if (group.starts_with("mode")) return std::nullopt;
    if (group.starts_with("run") || group == "sink") {
        OrderedJson rows = engine::must_read_json<OrderedJson>(
            R"({"add": {"words": [["2024-01-01 00:00:01", "a"]], "other": [["2024-01-01 00:00:01", "a"]]}})");
        run.feed(rows, true);
    }
    run.host->run_queries();
    return run.failure();
}

/// A refusal in Scala: the source lies beside the programs, and each case is a call of err() with its name.
std::optional<QueryError> outcome_in_scala(ProgramRun& run, const std::string& source, const OrderedJson& c) {
    const std::string only = fmt::format("def err(name: String)(body: => Any): Unit = if (name == \"{}\") body\n",
                                         c.at("program").get<std::string>());
    // The recorder ran one case after the other: the stream of words has had a row.
    run.run_scala(kScalaDefinitions + only + "ms.addData(\"x\")\n", source);
    if (run.raised) return run.raised->error;
    run.host->run_queries();
    return run.failure();
}

/// Why a case is not compared; "" if it is. `got`: what ours came to.
std::string why_left_out(const OrderedJson& c, const std::optional<QueryError>& got) {
    const std::string group = c.at("group").get<std::string>();
    if (c.contains("error") && message_of(c.at("error")).find("api.python.PythonException") != std::string::npos)
        return "the body of a function in Python";
    const bool late = got && got->message.find("UnknownTopicOrPartitionException") != std::string::npos;
    if (group == "kafka source" && c.at("result") == "accepted" && late)
        return "the recorder stopped before the admin client's time-out, which is when the missing topic is told";
    return "";
}

}  // namespace

OracleCount check_errors(const std::string& path, const std::string& text) {
    OracleCount count;
    const auto scala = lab::read_file(folder_of(path) + "/programs/scala_refusals_source.txt");
    const OrderedJson recorded = engine::must_read_json<OrderedJson>(text);
    for (const OrderedJson& c : recorded.at("cases")) {
        const std::string id = c.at("id").get<std::string>(), group = c.at("group").get<std::string>(),
                          result = c.at("result").get<std::string>();
        if (result != "refused" && result != "accepted") continue;
        std::string why;
        const bool in_scala = group == "scala";
        std::string left = in_scala && !scala ? "its source is not there" : "";
        if (left.empty()) {
            ProgramRun run;
            const auto got = in_scala ? outcome_in_scala(run, *scala, c) : outcome(run, c);
            left = in_scala ? left_out(run) : why_left_out(c, got);
            if (result == "accepted") why = got ? "refused: " + got->message.substr(0, 300) : "";
            else if (!got) why = "accepted, but Spark refuses: " + message_of(c.at("error")).substr(0, 200);
            else if (!same_message(message_of(c.at("error")), got->message))
                why = differs("message", masked_numbers(message_of(c.at("error"))), masked_numbers(got->message));
            else if (!in_scala && c.at("error").value("exception", std::string()) != got->exception)
                why =
                    fmt::format("exception {} <> {}", c.at("error").value("exception", std::string()), got->exception);
        }
        if (!left.empty()) {
            count.report += fmt::format("left out {}: not run: {}\n", id, left);
            continue;
        }
        ++(why.empty() ? count.passed : count.failed);
        if (!why.empty())
            count.report += fmt::format("FAILED {} [{}] {}\n{}\n", id, group, c.at("program").get<std::string>(), why);
    }
    return count;
}

}  // namespace app::proof
