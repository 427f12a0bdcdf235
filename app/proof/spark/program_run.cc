#include "app/proof/spark/program_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/proof/masks/pattern.h"
#include "engine/model/json.h"
#include "engine/operators/statement.h"
#include "engine/plan/analyser.h"
#include "engine/sql/parser.h"

namespace app::proof {
namespace {

using namespace engine::spark;
using sim::i64;

constexpr i64 kStartMs = 1'795'262'400'000;

Value cell_of(const OrderedJson& j, const DataType& t) {
    if (j.is_null()) return null_value();
    if (j.is_boolean()) return bool_value(j.get<bool>());
    if (t.id == TypeId::timestamp || t.id == TypeId::timestamp_ntz) {
        const auto v = parse_timestamp(j.get<std::string>(), {"UTC", 0}, true);
        return v ? int_value(*v) : null_value();
    }
    if (t.id == TypeId::date) return int_value(parse_date(j.get<std::string>()).value_or(0));
    if (j.is_string()) return string_value(j.get<std::string>());
    if (t.id == TypeId::double_ || t.id == TypeId::float_) return real_value(j.get<double>());
    return int_value(j.get<i64>());
}

/// A member that is an object; an empty one if there is none.
const OrderedJson& object_of(const OrderedJson& j, const char* key) {
    static const OrderedJson kNone = OrderedJson::object();
    return j.contains(key) ? j.at(key) : kNone;
}

TopicRecord record_of(const OrderedJson& j) {
    TopicRecord r;
    const auto text = [&](const char* key) {
        return j.contains(key) && j.at(key).is_string() ? std::optional(j.at(key).get<std::string>()) : std::nullopt;
    };
    r.key = text("key");
    r.value = text("value");
    r.timestamp_ms = j.value("timestamp", i64{0});
    if (j.contains("headers"))
        for (const OrderedJson& h : j.at("headers"))
            r.headers.emplace_back(h.at(0).get<std::string>(), h.at(1).is_string() ? h.at(1).get<std::string>() : "");
    return r;
}

void send(Topics& to, const OrderedJson& topics) {
    for (const auto& [topic, records] : topics.items())
        for (const OrderedJson& j : records) {
            auto& partitions = to[topic];
            const auto p = j.value("partition", std::size_t{0});
            if (partitions.size() <= p) partitions.resize(p + 1);
            partitions[p].push_back(record_of(j));
        }
}

/// A broker deletes records that are too old. The recording tells of it where a task did not find what it was to read.
void lose_records(ProgramRun& run, const OrderedJson& feed) {
    static const Pattern kLost(R"(Cannot fetch offset (\d+) \(GroupId: [^,]*, TopicPartition: (.*)-(\d+)\))");
    if (!feed.contains("error") || !feed.at("error").is_object()) return;
    const std::string message = feed.at("error").value("message", std::string());
    Groups found;
    if (finds(message, found, kLost))
        run.host->topic_starts[found[2]][std::stoll(found[3])] = std::stoll(found[1]) + 1;
}

}  // namespace

void ProgramRun::prepare(const OrderedJson& setup) {
    session.clock = {"UTC", kStartMs * 1000};
    session.shuffle_partitions = 2;
    host = std::make_unique<StreamHost>(session, store);
    host->now_ms = kStartMs;
    host->checkpoint = "/checkpoint";
    in = std::unique_ptr<py::Interpreter>(new py::Interpreter{session, *host});
    host->program = in.get();
    py::define_builtins(*in);
    for (const auto& [name, ddl] : object_of(setup, "memory").items()) {
        const auto schema = parse_schema(ddl.get<std::string>());
        const PlanRef plan = host->memory_stream(name, *schema);
        streams[name] = plan->n;
        in->globals->fields[name] = py::frame_of_analysed(plan);
        session.views[name] = {name, nullptr, plan, {}};
    }
    for (const OrderedJson& port : setup.value("socket", OrderedJson::array()))
        host->sockets[std::to_string(port.get<i64>())] = std::make_shared<std::vector<std::string>>();
    for (const auto& [topic, partitions] : object_of(setup, "kafka").items())
        host->topics[topic].resize(partitions.get<std::size_t>());
    if (setup.contains("pre")) send(host->topics, setup.at("pre"));
    for (const auto& [key, value] : object_of(setup, "conf").items())
        change_setting(session, key, value.get<std::string>());
    store.folders = {"/data", "/data/in"};
    in->globals->fields["CP"] = py::of_text("/checkpoint");
    in->globals->fields["d"] = py::of_text("/data");
    host->waiting = [this](i64 ms) { return sleep(ms); };
}

void ProgramRun::run_scala(const std::string& definitions, const std::string& program) {
    prepare(OrderedJson::object());
    scala = scala::make_evaluator(*in);
    scala->owner = "S";
    raised = scala::run_program(scala, definitions);
    if (!raised) raised = scala::run_program(scala, program);
}

void ProgramRun::start() {
    in->raised.reset();
    raised = py::run_program(*in, text);
    if (!raised) settle();
}

void ProgramRun::feed(const OrderedJson& fed, bool at_once) {
    // Else what comes is found by the next batch before more comes.
    const bool together = at_once || schedule.batches_of(at_step) == 1;
    host->now_ms += 3000;
    session.clock.now = host->now_ms * 1000;
    for (const auto& [name, rows] : object_of(fed, "add").items()) {
        const auto source = host->memory_source(streams.at(name));
        const DataType& schema = host->relations[static_cast<std::size_t>(streams.at(name))].schema;
        Batch batch{.rows = static_cast<i64>(rows.size()), .columns = {}};
        for (std::size_t c = 0; c < schema.fields->size(); ++c) {
            Builder b((*schema.fields)[c].type);
            for (const OrderedJson& row : rows)
                b.add(c < row.size() ? cell_of(row.at(c), (*schema.fields)[c].type) : null_value());
            batch.columns.push_back(b.finish());
        }
        source->added.push_back(std::move(batch));
        if (!at_once) host->trigger_queries();
    }
    for (const auto& [port, lines] : object_of(fed, "socket").items()) {
        std::string rest = lines.get<std::string>();
        for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            host->sockets[port]->push_back(rest.substr(0, end));
            rest.erase(0, end + 1);
        }
    }
    if (fed.contains("kafka")) send(coming, fed.at("kafka"));
    const OrderedJson& files = object_of(fed, "files");
    // Files are written one after the other, and each may be found before the next is there.
    for (const auto& [name, content] : files.items()) {
        store.now_ms = host->now_ms++;
        store.write("/data/in/" + name, content.get<std::string>());
        if (!together) host->trigger_queries();
    }
    lose_records(*this, fed);
    settle();
}

void ProgramRun::restart() {
    told = progress();
    for (const auto& q : host->started) q->active = false;
    host->started.clear();
    in->raised.reset();
    raised = py::run_program(*in, text);
    if (!raised) settle();
}

const OrderedJson* Schedule::of_step(int step) const {
    return next < batches.size() && batches.at(next).value("step", -1) == step ? &batches.at(next) : nullptr;
}

int Schedule::batches_of(int step) const {
    int n = 0;
    for (const OrderedJson& b : batches) n += b.value("step", -1) == step && b.value("numInputRows", 0) > 0 ? 1 : 0;
    return n;
}

Schedule schedule_of(const OrderedJson& progress) {
    Schedule out;
    for (const OrderedJson& p : progress)
        if (p.at("durationMs").contains("addBatch")) out.batches.push_back(p);
    return out;
}

void ProgramRun::release(const OrderedJson& batch) {
    for (const OrderedJson& source : batch.at("sources")) {
        const OrderedJson& end = source.at("endOffset");
        if (source.at("description").get<std::string>().starts_with("RateStreamV2") && end.is_number()) {
            host->now_ms = std::max(host->now_ms, kStartMs + end.get<i64>() * 1000);
            session.clock.now = host->now_ms * 1000;
        }
        if (!source.at("description").get<std::string>().starts_with("Kafka")) continue;
        for (const auto& [topic, partitions] : end.items())
            for (const auto& [number, offset] : partitions.items()) {
                const auto p = static_cast<std::size_t>(std::stoul(number));
                auto& there = host->topics[topic];
                there.resize(std::max(there.size(), p + 1));
                if (p >= coming[topic].size()) continue;
                auto& waiting = coming[topic][p];
                while (!waiting.empty() && static_cast<i64>(there[p].size()) < offset.get<i64>()) {
                    there[p].push_back(waiting.front());
                    waiting.erase(waiting.begin());
                }
            }
    }
}

void ProgramRun::settle() {
    for (const OrderedJson* batch = schedule.of_step(at_step); batch; batch = schedule.of_step(at_step)) {
        release(*batch);
        ++schedule.next;
        host->trigger_queries();
    }
    for (auto& [topic, partitions] : coming)
        for (std::size_t p = 0; p < partitions.size(); ++p) {
            auto& there = host->topics[topic];
            there.resize(std::max(there.size(), p + 1));
            there[p].insert(there[p].end(), partitions[p].begin(), partitions[p].end());
        }
    coming.clear();
    const bool endless = std::any_of(host->started.begin(), host->started.end(), [](const auto& q) {
        return std::any_of(q->driver->sources.begin(), q->driver->sources.end(),
                           [](const auto& s) { return s->endless(); });
    });
    if (!endless) host->run_queries();
}

bool ProgramRun::sleep(i64) {
    const OrderedJson* batch = schedule.of_step(at_step);
    if (!batch || batch->at("sources").empty()) return false;
    if (!batch->at("sources").at(0).at("description").get<std::string>().starts_with("RateStreamV2")) return false;
    settle();
    return true;
}

OrderedJson ProgramRun::progress() const {
    OrderedJson out = told;
    if (host->started.empty()) return out;
    const RunningQuery& q = *host->started.back();
    for (const BatchRecord& r : q.driver->history)
        out.push_back(engine::must_read_json<OrderedJson>(json_of(progress_of(q.who, r))));
    return out;
}

std::string left_out(const ProgramRun& run) {
    const auto named = [](const QueryError& e) -> std::string {
        if (e.exception == "NotImplementedError" &&
            (e.message.starts_with("unsupported Python") || e.message.starts_with("unsupported Scala")))
            return e.message;
        for (const char* format : {"parquet", "orc"})
            if (e.message.find(std::string(format) + " is not supported here") != std::string::npos) return e.message;
        return "";
    };
    if (run.raised)
        if (std::string why = named(run.raised->error); !why.empty()) return why;
    if (!run.host) return "";
    for (const auto& q : run.host->started)
        if (q->failed)
            if (std::string why = named(*q->cause); !why.empty()) return why;
    return "";
}

std::string ProgramRun::printed() { return std::exchange(host->printed, std::string()); }

std::optional<QueryError> ProgramRun::failure() const {
    for (const auto& q : host->started)
        if (q->failed) return q->failed;
    return std::nullopt;
}

std::string masked_numbers(const std::string& text) {
    static const Pattern kSeed("(Sample [0-9.]+, [0-9.]+, (true|false), )-?[0-9]+"),
        kMetrics("(CollectMetrics [^\\[]*\\[.*\\], )[0-9]+"), kIds("#([0-9]+|<n>)L?"), kStage("stage (<n>|[0-9.]+)"),
        kUuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), kPlan("plan_id=[0-9]+"),
        kHash("@[0-9a-f]+\\b"), kMoment("'timestamp': '[^']*'"), kFile(R"(file:/+(?:[^\s"'/\],]+/)*([^\s"'/\],]+))"),
        kFolder(R"(\[/(?:[^\s"'/\],]+/)*([^\s"'/\],]+)\])"), kLambda(R"(\$\$Lambda\$[0-9]+/0x[0-9a-f]+@)"),
        kCte("(CTERelation(?:Def|Ref) )[0-9]+");
    std::string out =
        replaced(replaced(replaced(text, kSeed, "$1n"), kMetrics, "$1n"), kIds, "#n");
    out = replaced(out, kFile, "file:/<dir>/$1");
    out = replaced(out, kFolder, "[/<dir>/$1]");
    out = replaced(out, kUuid, "<uuid>");
    out = replaced(out, kHash, "@<hash>");
    out = replaced(out, kMoment, "'timestamp': '<time>'");
    out = replaced(replaced(out, kLambda, "$$$$Lambda@"), kCte, "$1n");
    return replaced(replaced(out, kPlan, "plan_id=n"), kStage, "stage <n>");
}

std::string comparable(const std::string& console) {
    std::vector<std::string> lines;
    const std::string text = masked_numbers(console);
    std::size_t at = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    lines.push_back(text.substr(at));
    // The body of a table lies between its second and third rule.
    for (std::size_t i = 0; i + 2 < lines.size(); ++i) {
        if (!lines[i].starts_with("+-") || !lines[i + 2].starts_with("+-")) continue;
        std::size_t end = i + 3;
        while (end < lines.size() && lines[end].starts_with("|")) ++end;
        std::sort(lines.begin() + static_cast<std::ptrdiff_t>(i + 3), lines.begin() + static_cast<std::ptrdiff_t>(end));
        i = end;
    }
    std::string out;
    for (const std::string& l : lines) out += l + "\n";
    return out;
}

}  // namespace app::proof
