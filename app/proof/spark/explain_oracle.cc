#include "app/proof/spark/explain_oracle.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "app/lab/host/files.h"
#include "app/proof/masks/pattern.h"
#include "app/proof/spark/replay.h"
#include "engine/model/json.h"
#include "engine/operators/statement.h"
#include "engine/plan/physical.h"
#include "engine/stream/batch_host.h"

namespace app::proof {
namespace {

using namespace engine::spark;

/// The tables that the recorded queries read.
constexpr const char* kViews[] = {
    "CREATE OR REPLACE TEMP VIEW ev AS SELECT ts, word, n FROM VALUES (TIMESTAMP'2024-01-01 00:00:01', 'a', 1), "
    "(TIMESTAMP'2024-01-01 00:00:07', 'a', 2), (TIMESTAMP'2024-01-01 00:00:12', 'b', 1) AS t(ts, word, n)",
    "CREATE OR REPLACE TEMP VIEW dim AS SELECT word, label FROM VALUES ('a', 'x'), ('b', 'y') AS t(word, label)",
};
constexpr const char* kProgram = R"(
from pyspark.sql.functions import *
D = "/<dir>"
d = spark.read.schema("carat DOUBLE, cut STRING, color STRING, clarity STRING, price INT").csv("/<dir>/diamonds.csv")
d.createOrReplaceTempView("diamonds")
w = spark.createDataFrame([("a b",)], "value STRING")
r = )";

struct Section {
    std::string mode;
    bool adaptive = true;
    std::string text;
};

std::vector<Section> sections_of(const std::string& text) {
    std::vector<Section> out;
    std::size_t at = text.find("\n## explain(\"");
    while (at != std::string::npos) {
        const std::size_t next = text.find("\n## explain(\"", at + 1);
        const std::size_t line = text.find('\n', at + 1);
        Section s;
        const std::size_t mode = at + 13;
        s.mode = text.substr(mode, text.find('"', mode) - mode);
        s.adaptive = text.substr(at, line - at).find("enabled=false") == std::string::npos;
        s.text = text.substr(line + 1, next == std::string::npos ? std::string::npos : next - line);
        out.push_back(std::move(s));
        at = next;
    }
    return out;
}

std::string trimmed(std::string s) {
    while (!s.empty() && s.back() == '\n') s.pop_back();
    return s;
}

std::string renumber(const std::string& text, const std::string& mark) {
    std::map<std::string, std::string> seen;
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text.compare(i, mark.size(), mark) != 0) {
            out += text[i++];
            continue;
        }
        std::size_t end = i + mark.size();
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        const std::string digits = text.substr(i + mark.size(), end - i - mark.size());
        out += mark;
        if (!digits.empty()) {
            const auto [it, added] = seen.try_emplace(digits, std::to_string(seen.size() + 1));
            out += it->second;
        }
        i = end;
    }
    return out;
}

}  // namespace

std::string renumbered(const std::string& text) { return renumber(renumber(text, "#"), "plan_id="); }

OracleCount check_explain(const std::string& path, const std::string& text) {
    OracleCount count;
    const std::string query = text.substr(2, text.find('\n') - 2);
    for (const Section& section : sections_of(text)) {
        Session session;
        session.adaptive = section.adaptive;
        for (const char* view : kViews) (void)execute(session, view);
        engine::dfs::MemoryStore store;
        store.files["/<dir>/diamonds.csv"] = {
            "0.23,Ideal,E,SI2,326\n0.21,Premium,E,SI1,326\n0.31,Good,J,SI2,335\n0.24,Very "
            "Good,J,VVS2,336\n0.2,F,E,V,33\n",
            0};
        store.files["/<dir>/j.json"] = {"{\"user\":\"a\",\"url\":\"u\",\"date\":\"2024-01-01\"}\n", 0};
        BatchHost host(session, store);
        py::Interpreter in{session, host};
        py::define_builtins(in);
        const auto raised = py::run_program(in, kProgram + query + "\n");
        std::string got;
        if (raised) got = raised->error.exception + ": " + raised->error.message;
        else if (const py::PyValue r = in.globals->fields["r"]; r.object && r.object->plan)
            got = explain_text(session, r.object->parsed, r.object->plan, section.mode);
        const std::string wanted = renumbered(trimmed(section.text));
        const bool same = renumbered(trimmed(got)) == wanted;
        ++(same ? count.passed : count.failed);
        if (!same)
            count.report += fmt::format("{} {}{}\n--- wanted\n{}\n--- got\n{}\n", path, section.mode,
                                        section.adaptive ? "" : " without AQE", wanted, renumbered(trimmed(got)));
    }
    return count;
}

namespace {

/// Numbers by first appearance; folders, ids of runs and addresses as marks. `timed`: how many batches there were
/// depends on the moment the stream began or on how its partitions were read.
std::string comparable_plan(const std::string& text, bool timed) {
    static const Pattern kPath("(file:|=)/([A-Za-z0-9_.<>-]+/)*([A-Za-z0-9_.-]+)"),
        kUuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    static const Pattern kNumber("(epoch: |ver = )[0-9]+"), kMoment("(Timeout, )[0-9]+"),
        kOffsets("\\{\"offset\":[0-9]+,\"timestamp\":[0-9]+\\}");
    std::string out =
        replaced(replaced(renumbered(trimmed(text)), kPath, "$1/<dir>/$3"), kUuid, "<uuid>");
    out = replaced(out, kMoment, "$1<n>");
    const std::string own = "/<dir>/checkpoint";
    for (std::size_t at = out.find(own); at != std::string::npos; at = out.find(own))
        out.replace(at, own.size(), "/<dir>/cp");
    return timed ? replaced(replaced(out, kNumber, "$1<n>"), kOffsets, "<offsets>") : out;
}

/// The simple plan, then the extended one if the recording has it.
std::vector<std::string> plans_of(const std::string& text) {
    const std::size_t second = text.find("== Parsed Logical Plan ==");
    std::vector<std::string> out = {text.substr(0, second)};
    if (second != std::string::npos) out.push_back(text.substr(second));
    return out;
}

}  // namespace

OracleCount of_another_version(const std::string& path, const std::string&) {
    return not_run(path.substr(path.rfind('/') + 1), "of Spark 4.1.3; the Spark here is 3.5.7");
}

OracleCount check_stream_explain(const std::string& path, const std::string& text) {
    const std::string root = path.substr(0, path.rfind("/explain/")), file = path.substr(path.rfind("/stream_") + 8),
                      name = file.substr(0, file.size() - 4);
    const auto program = lab::read_file(root + "/programs/" + name + "/program.py"),
               steps = lab::read_file(root + "/programs/" + name + "/run.json");
    OracleCount count;
    const auto fail = [&](const std::string& why) {
        ++count.failed;
        count.report += fmt::format("FAILED {}: {}\n", name, why);
        return count;
    };
    ProgramRun run;
    if (program && steps) {
        take_schedule(root + "/programs/" + name, run);
        (void)play_all(run, engine::must_read_json<OrderedJson>(*steps), *program, true);
    } else if (!run_scala_of(root + "/programs/" + name, run))
        return not_run("explain/" + name, "its program is not there");
    if (const std::string why = left_out(run); !why.empty()) return not_run("explain/" + name, why);
    if (run.raised) return fail(run.raised->error.message);
    if (run.host->started.empty()) return fail("the program started no query");
    const std::vector<std::string> wanted = plans_of(text);
    const bool timed =
        program && (program->find("kafka") != std::string::npos || program->find("\"rate") != std::string::npos);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string got = comparable_plan(run.host->explained(*run.host->started.back(), i > 0), timed),
                          want = comparable_plan(wanted[i], timed);
        if (got != want)
            return fail(fmt::format("{}\n--- wanted\n{}\n--- got\n{}", i > 0 ? "extended" : "simple", want, got));
    }
    ++count.passed;
    return count;
}

}  // namespace app::proof
