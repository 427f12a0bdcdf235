#include "app/proof/spark/program_oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/proof/spark/program_run.h"
#include "engine/operators/statement.h"

namespace app::proof {
namespace {

using namespace engine::spark;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// A program's text; none for those in another language.
std::optional<std::string> program_text(const std::string& folder) {
    const auto text = lab::read_file(folder + "/program.py");
    return text ? std::optional(*text) : std::nullopt;
}

std::string message_of(const OrderedJson& error) {
    return error.is_object() ? error.value("message", std::string()) : std::string();
}

/// Long messages were cut by the recorder.
bool same_message(const std::string& wanted, const std::string& got) {
    std::string w = masked_numbers(wanted), g = masked_numbers(got);
    while (!w.empty() && w.back() == '\n') w.pop_back();
    while (!g.empty() && g.back() == '\n') g.pop_back();
    const std::size_t cut = w.find("…[cut]");
    return cut == std::string::npos ? w == g : g.substr(0, cut) == w.substr(0, cut);
}

std::string differs(const char* what, const std::string& wanted, const std::string& got) {
    return fmt::format("  {}\n--- wanted\n{}\n--- got\n{}\n", what, wanted, got);
}

/// One step: the difference, if any.
std::string play(ProgramRun& run, const OrderedJson& step, bool first) {
    if (first) run.start();
    else if (step.value("restart", false)) run.restart();
    else run.feed(step);
    if (run.raised) {
        const std::string message = run.raised->error.message;
        return step.contains("error") && same_message(message_of(step.at("error")), message)
                   ? ""
                   : fmt::format("  raised {}: {} (line {})\n", run.raised->error.exception, message.substr(0, 2000),
                                 run.raised->line);
    }
    std::string result;
    // What Python prints after a step reached the recorder's pipe with the next step; a restart threw it away.
    std::string printed = (step.value("restart", false) ? std::string() : std::exchange(run.printed_late, std::string())) + run.printed();
    if (step.contains("py")) {
        run.in->raised.reset();
        const auto raised = py::run_program(*run.in, "_ = " + step.at("py").get<std::string>());
        result = raised ? raised->error.message : json_of(run.in->globals->fields["_"]);
    }
    run.printed_late = run.printed();
    std::string out;
    if (step.contains("sql")) {
        const auto r = execute(run.session, step.at("sql").get<std::string>());
        result = r ? show(run.session, *r, {20, 0}) : r.error().message;
        if (comparable(step.at("result").get<std::string>()) != comparable(result))
            out += differs("sql", step.at("result").get<std::string>(), result);
    } else if (step.contains("py") && step.contains("result") && !step.at("result").is_object()) {
        if (OrderedJson::parse(result, nullptr, false) != step.at("result"))
            out += differs("py", step.at("result").dump(), result);
    }
    const std::string wanted = step.value("console", std::string());
    if (comparable(wanted) != comparable(printed)) out += differs("console", comparable(wanted), comparable(printed));
    if (step.contains("error")) {
        const auto failed = run.failure();
        if (!failed || !same_message(message_of(step.at("error")), failed->message))
            out += differs("error", message_of(step.at("error")), failed ? failed->message : "none");
    }
    return out;
}

/// Plays all steps; what differed first.
std::string play_all(ProgramRun& run, const OrderedJson& recorded, const std::string& program) {
    run.text = program;
    run.prepare(recorded.value("setup", OrderedJson::object()));
    int n = 0;
    for (const OrderedJson& step : recorded.at("steps")) {
        OrderedJson whole = step;
        if (recorded.contains("error") && !step.contains("error")) whole["error"] = recorded.at("error");
        const std::string why = play(run, whole, n == 0);
        if (!why.empty()) return fmt::format("step {}\n{}", n, why);
        ++n;
    }
    return "";
}

OracleCount counted(const std::string& name, const std::string& why) {
    OracleCount count;
    ++(why.empty() ? count.passed : count.failed);
    if (!why.empty()) count.report = fmt::format("FAILED {}: {}", name, why);
    return count;
}

/// Whether a value of a recording stands for anything.
bool mask(const OrderedJson& v) {
    return v.is_string() && v.get<std::string>().starts_with("<") && v.get<std::string>().ends_with(">");
}

bool same_json(const OrderedJson& wanted, const OrderedJson& got, std::string& where) {
    if (mask(wanted)) return true;
    if (wanted.is_object()) {
        if (!got.is_object()) return false;
        for (const auto& [key, value] : wanted.items()) {
            const bool size = key == "memoryUsedBytes" || key == "stateOnCurrentVersionSizeBytes" ||
                              key.starts_with("loadedMapCache");
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

/// Runs the program that a recording beside it names.
std::string run_beside(const std::string& path, const OrderedJson& recorded, ProgramRun& run) {
    const std::string folder = folder_of(folder_of(path)) + "/programs/" + recorded.at("program").get<std::string>();
    const auto program = program_text(folder);
    const auto steps = lab::read_file(folder + "/run.json");
    if (!program) return "not built yet: programs in Scala";
    if (!steps) return "there is no program of that name";
    (void)play_all(run, OrderedJson::parse(*steps), *program);
    return run.host->started.empty() ? "the program started no query" : "";
}

}  // namespace

OracleCount check_program(const std::string& path, const std::string& text) {
    const OrderedJson recorded = OrderedJson::parse(text);
    const std::string folder = folder_of(path), name = folder.substr(folder.rfind('/') + 1);
    const auto program = program_text(folder);
    if (!program) return counted(name, "not built yet: programs in Scala\n");
    ProgramRun run;
    return counted(name, play_all(run, recorded, *program));
}

OracleCount check_progress(const std::string& path, const std::string& text) {
    const OrderedJson recorded = OrderedJson::parse(text);
    const std::string name = "progress/" + recorded.at("program").get<std::string>();
    ProgramRun run;
    if (const std::string why = run_beside(path, recorded, run); !why.empty()) return counted(name, why + "\n");
    const RunningQuery& q = *run.host->started.back();
    OrderedJson got = OrderedJson::array();
    for (const BatchRecord& r : q.driver->history) got.push_back(OrderedJson::parse(json_of(progress_of(q.who, r))));
    const OrderedJson& wanted = recorded.at("progress");
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::string where;
        if (i >= got.size()) return counted(name, fmt::format("{} entries, {} wanted\n", got.size(), wanted.size()));
        if (!same_json(wanted.at(i), got.at(i), where))
            return counted(name, fmt::format("entry {} at {}\n--- wanted\n{}\n--- got\n{}\n", i, where,
                                             wanted.at(i).dump(), got.at(i).dump()));
    }
    return counted(
        name, got.size() == wanted.size() ? "" : fmt::format("{} entries, {} wanted\n", got.size(), wanted.size()));
}

OracleCount check_checkpoint(const std::string& path, const std::string& text) {
    const OrderedJson recorded = OrderedJson::parse(text);
    if (!recorded.is_object() || !recorded.contains("program") || !recorded.contains("checkpoint"))
        return counted(path, "not built yet: recordings of this kind\n");
    const std::string name = "checkpoint/" + recorded.at("program").get<std::string>();
    ProgramRun run;
    if (const std::string why = run_beside(path, recorded, run); !why.empty()) return counted(name, why + "\n");
    std::string out;
    const std::string root = run.host->started.back()->driver->folder;
    for (const OrderedJson& f : recorded.at("checkpoint")) {
        const std::string file = f.at("path").get<std::string>();
        if (file.ends_with(".crc")) continue;
        const auto bytes = run.store.read(root + "/" + file);
        if (!bytes) out += fmt::format("  {} is missing\n", file);
        else if (f.contains("text")) {
            static const std::string kTime = "\"batchTimestampMs\":";
            const auto plain = [](std::string t) {
                if (const std::size_t at = t.find(kTime); at != std::string::npos)
                    t.replace(at, t.find(',', at) - at, "");
                return masked_numbers(t);
            };
            if (plain(f.at("text").get<std::string>()) != plain(*bytes))
                out += differs(file.c_str(), plain(f.at("text").get<std::string>()), plain(*bytes));
        }
    }
    return counted(name, out);
}

namespace {

constexpr const char* kErrorSetup =
    R"({"memory": {"words": "timestamp TIMESTAMP, word STRING", "other": "t TIMESTAMP, word STRING"}, "kafka": {"e1": 1, "e2": 1}, "conf": {}})";
constexpr const char* kErrorProgram =
    "from pyspark.sql.functions import *\nstatic = spark.createDataFrame([('a', 1)], 'word STRING, n INT')\n";

/// What came of a program: "" or the refusal.
std::optional<QueryError> outcome(ProgramRun& run, const OrderedJson& c) {
    run.prepare(OrderedJson::parse(kErrorSetup));
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
        OrderedJson rows = OrderedJson::parse(
            R"({"add": {"words": [["2024-01-01 00:00:01", "a"]], "other": [["2024-01-01 00:00:01", "a"]]}})");
        run.feed(rows, true);
    }
    run.host->run_queries();
    return run.failure();
}

}  // namespace

OracleCount check_errors(const std::string&, const std::string& text) {
    OracleCount count;
    const OrderedJson recorded = OrderedJson::parse(text);
    for (const OrderedJson& c : recorded.at("cases")) {
        const std::string id = c.at("id").get<std::string>(), group = c.at("group").get<std::string>(),
                          result = c.at("result").get<std::string>();
        if (result != "refused" && result != "accepted") continue;
        std::string why;
        if (group == "scala") {
            why = "not built yet: programs in Scala";
        } else {
            ProgramRun run;
            const auto got = outcome(run, c);
            if (result == "accepted") why = got ? "refused: " + got->message.substr(0, 300) : "";
            else if (!got) why = "accepted, but Spark refuses: " + message_of(c.at("error")).substr(0, 200);
            else if (!same_message(message_of(c.at("error")), got->message))
                why = differs("message", masked_numbers(message_of(c.at("error"))), masked_numbers(got->message));
            else if (c.at("error").value("exception", std::string()) != got->exception)
                why =
                    fmt::format("exception {} <> {}", c.at("error").value("exception", std::string()), got->exception);
        }
        ++(why.empty() ? count.passed : count.failed);
        if (!why.empty())
            count.report += fmt::format("FAILED {} [{}] {}\n{}\n", id, group, c.at("program").get<std::string>(), why);
    }
    return count;
}

}  // namespace app::proof
