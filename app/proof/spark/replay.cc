#include "app/proof/spark/replay.h"

#include <fmt/format.h>

#include "app/lab/host/files.h"
#include "engine/model/json.h"
#include "engine/operators/statement.h"

namespace app::proof {

using namespace engine::spark;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::optional<std::string> program_text(const std::string& folder) {
    const auto text = lab::read_file(folder + "/program.py");
    return text ? std::optional(*text) : std::nullopt;
}

const char* const kScalaDefinitions = R"(
case class Event(sessionId: String, timestamp: Timestamp)
case class Info(n: Int, start: Long, end: Long)
case class Update(id: String, durationMs: Long, n: Int, expired: Boolean)
val three = Seq(Seq("cat dog", "dog dog"), Seq("owl cat"), Seq("dog owl"))
val ms = MemoryStream[String]
val mt = MemoryStream[(String, Timestamp)]
val st0 = (k: String, it: Iterator[String], st: GroupState[Int]) => (k, 1)
def ts(text: String): Timestamp = Timestamp.valueOf(text)
def begin(name: String): Unit = ()
def end(name: String, query: StreamingQuery): Unit = query.stop()
)";

bool run_scala_of(const std::string& folder, ProgramRun& run) {
    const auto text = lab::read_file(folder + "/program.scala");
    if (text) run.run_scala(kScalaDefinitions, *text);
    return text.has_value();
}

std::string message_of(const OrderedJson& error) {
    return error.is_object() ? error.value("message", std::string()) : std::string();
}

bool same_message(const std::string& wanted, const std::string& got) {
    std::string w = masked_numbers(wanted), g = masked_numbers(got);
    while (!w.empty() && w.back() == '\n') w.pop_back();
    while (!g.empty() && g.back() == '\n') g.pop_back();
    // The last line of a tree holds a node: one that holds none was cut there.
    const std::size_t last = w.rfind('\n');
    if (last != std::string::npos && w.find_first_not_of(" :|+-", last + 1) == std::string::npos)
        return g.starts_with(w.substr(0, last));
    const std::size_t cut = w.find("…[cut]");
    return cut == std::string::npos ? w == g : g.substr(0, cut) == w.substr(0, cut);
}

std::string differs(const char* what, const std::string& wanted, const std::string& got) {
    return fmt::format("  {}\n--- wanted\n{}\n--- got\n{}\n", what, wanted, got);
}

namespace {

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
    std::string printed =
        (step.value("restart", false) ? std::string() : std::exchange(run.printed_late, std::string())) + run.printed();
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
        const OrderedJson got = engine::read_json<OrderedJson>(result);
        if (got.is_discarded() || got != step.at("result"))
            out += differs("py", engine::json_text(step.at("result")), result);
    }
    const std::string wanted = step.value("console", std::string());
    if (comparable(wanted) != comparable(printed)) out += differs("console", comparable(wanted), comparable(printed));
    if (step.contains("error")) {
        const auto failed = run.failure();
        if (!failed || !same_message(message_of(step.at("error")), failed->message))
            out += differs("error", message_of(step.at("error")), failed ? failed->message : "none");
    } else if (const auto failed = run.failure()) {
        out += fmt::format("  failed: {}\n", failed->message);
    }
    return out;
}

}  // namespace

std::string play_all(ProgramRun& run, const OrderedJson& recorded, const std::string& program, bool to_the_end) {
    run.text = program;
    run.prepare(recorded.value("setup", OrderedJson::object()));
    int n = 0;
    std::string first;
    for (const OrderedJson& step : recorded.at("steps")) {
        run.at_step = n;
        OrderedJson whole = step;
        if (recorded.contains("error") && !step.contains("error")) whole["error"] = recorded.at("error");
        const std::string why = play(run, whole, n == 0);
        if (!why.empty() && first.empty()) first = fmt::format("step {}\n{}", n, why);
        if (!first.empty() && !to_the_end) return first;
        ++n;
    }
    return first;
}

OracleCount counted(const std::string& name, const std::string& why) {
    OracleCount count;
    ++(why.empty() ? count.passed : count.failed);
    if (!why.empty()) count.report = fmt::format("FAILED {}: {}", name, why);
    return count;
}

OracleCount not_run(const std::string& name, const std::string& reason) {
    return {.passed = 0, .failed = 0, .report = fmt::format("left out {}: not run: {}", name, reason)};
}

OracleCount finished(const std::string& name, const std::string& why, const ProgramRun& run) {
    const std::string reason = left_out(run);
    return reason.empty() ? counted(name, why) : not_run(name, reason);
}

void take_schedule(const std::string& program_folder, ProgramRun& run) {
    const std::string name = program_folder.substr(program_folder.rfind('/') + 1);
    const auto progress = lab::read_file(folder_of(folder_of(program_folder)) + "/progress/" + name + ".json");
    if (progress) run.schedule = schedule_of(engine::must_read_json<OrderedJson>(*progress).at("progress"));
}

std::optional<std::string> run_beside(const std::string& path, const OrderedJson& recorded, ProgramRun& run) {
    const std::string folder = folder_of(folder_of(path)) + "/programs/" + recorded.at("program").get<std::string>();
    const auto program = program_text(folder);
    const auto steps = lab::read_file(folder + "/run.json");
    if (!program)
        return run_scala_of(folder, run) ? std::nullopt
                                         : std::optional<std::string>("there is no program of that name");
    if (!steps) return "its steps were not recorded";
    take_schedule(folder, run);
    (void)play_all(run, engine::must_read_json<OrderedJson>(*steps), *program, true);
    return std::nullopt;
}

}  // namespace app::proof
