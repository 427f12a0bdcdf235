// Verbs on streams: when a record of a producer's list arrives and what its event time is, triggers, what is typed into
// a query's source, and where the driver dies.
#include <algorithm>
#include <array>

#include "engine/client/producer_node.h"
#include "engine/stream/driver_node.h"
#include "engine/stream/program_query.h"
#include "engine/verb_call.h"
#include "engine/verb_moment.h"
#include "sim/base/assert.h"

namespace engine {

bool parse_moment(const World& world, std::string_view text, Nanos& since_origin) {
    MR_ASSERT(world.frame->origin.count >= 0);
    if (const Nanos span = parse_duration(text); span.count >= 0) return since_origin = span, true;
    std::array<i64, 3> parts{};
    std::size_t n = 0, from = 0;
    for (; n < 3 && from <= text.size(); ++n) {
        const std::size_t colon = std::min(text.find(':', from), text.size());
        const std::string part(text.substr(from, colon - from));
        if (part.empty() || part.size() > 2 || part.find_first_not_of("0123456789") != std::string::npos) return false;
        parts[n] = std::atoi(part.c_str());
        from = colon + 1;
    }
    if (n < 2 || from <= text.size()) return false;
    constexpr i64 kDay = 86'400'000;
    const i64 start = world.epoch_ms(world.frame->origin) % kDay;
    const i64 ms = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 - start;
    since_origin = sim::millis(ms < 0 ? ms + kDay : ms);
    return true;
}

namespace {

/// Which records a word means.
struct RecordName {
    std::string_view text;
    i64 event_time_ms = -1;  // -1: of any
    [[nodiscard]] bool fits(const client::AppRecord& record, i64 due_ms) const {
        if (record.value.text != text && record.key.text != text) return false;
        return event_time_ms < 0 || event_time_ms == (record.timestamp_ms < 0 ? due_ms : record.timestamp_ms);
    }
};

RecordName record_name(const World& world, std::string_view word) {
    const std::size_t at = word.rfind('@');
    Nanos since;
    if (at == 0 || at == std::string_view::npos || !parse_moment(world, word.substr(at + 1), since)) return {word};
    return {word.substr(0, at), event_time_of(world, since)};
}

}  // namespace

i64 event_time_of(const World& world, Nanos since_origin) {
    constexpr Nanos kDay = sim::seconds(86'400);
    MR_ASSERT(since_origin.count >= 0);
    return world.epoch_ms(world.frame->origin + since_origin - (since_origin > kDay / 2 ? kDay : Nanos{}));
}

ListedRecord find_listed(const World& world, std::string_view word) {
    MR_ASSERT(world.frame->origin.count >= 0);
    const RecordName name = record_name(world, word);
    ListedRecord found;
    for (u16 i = 0; i < world.nodes.size(); ++i) {
        if (world.card({i}).kind != NodeKind::producer) continue;
        const client::ProducerApp& app = world.nodes[i].as<client::ProducerNode>().state;
        for (u32 r = 0; r < app.settings.records.size(); ++r) {
            const client::AppRecord& record = app.settings.records[r];
            const Nanos due = app.progress.first_start + record.at;
            if (!name.fits(record, world.epoch_ms(due))) continue;
            const bool sent = r < app.progress.listed;
            if (found.node == sim::kNoNode || !sent) found = {NodeId{i}, r, sent, due};
            if (!sent) return found;
        }
    }
    return found;
}

}  // namespace engine

namespace engine::verbs {
namespace {

using client::ProducerNode;

/// The record that the first word names. It must not have been sent.
Refusal find_record(const Call& call, ListedRecord& found) {
    MR_ASSERT(found.node == sim::kNoNode);
    found = find_listed(call.world, call.word(0));
    if (found.node == sim::kNoNode) return fmt::format("no producer's list has a record '{}'", call.word(0));
    return found.sent ? fmt::format("'{}' was sent already: go back to before it was", call.word(0)) : "";
}

Refusal find_query(const Call& call, std::size_t word, NodeId& driver, u32& query) {
    driver = call.world.find_node("driver");
    if (driver == sim::kNoNode) return "there is no Spark driver";
    if (word >= call.count()) return fmt::format("'{}' needs the name of a query", call.verb.name);
    const auto& state = call.world.nodes[driver.value].as<spark::DriverNode>().state;
    for (query = 0; query < state.settings.spec.queries.size(); ++query)
        if (state.settings.spec.queries[query].name == call.word(word)) return "";
    return fmt::format("there is no query '{}'", call.word(word));
}

template <class Act>
Refusal act_on_driver(Call& call, NodeId driver, Act&& act) {
    MR_ASSERT(call.world.card(driver).name == "driver");
    if (call.world.host_state(driver) != sim::HostState::up) return "the driver is not running";
    bool done = false;
    act_on(call.world, driver, call.observer,
           [&](NodeCode& code, sim::Env& env) { done = act(static_cast<spark::DriverNode&>(code).state, env); });
    call.observer.on_touch(touch::kAll);
    return done ? "" : "the query takes that not now";
}

}  // namespace

Refusal arrive(Call& call) {
    Nanos moment;
    if (call.count() != 3 || call.word(1) != "at" || !parse_moment(call.world, call.word(2), moment))
        return "arrive needs a record and a time, such as: arrive donkey at 12:29:00";
    ListedRecord found;
    if (Refusal why = find_record(call, found); !why.empty()) return why;
    MR_ASSERT(found.node != sim::kNoNode && !found.sent);
    const Nanos now = call.world.machine.kernel.now, at = call.world.frame->origin + moment;
    if (at < now) return "that moment is over: go back to before it";
    act_on(call.world, found.node, call.observer, [&](NodeCode& code, sim::Env& env) {
        client::reschedule(static_cast<ProducerNode&>(code).state, env, found.place, at);
    });
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal retime(Call& call) {
    Nanos moment;
    if (call.count() != 3 || call.word(1) != "to" || !parse_moment(call.world, call.word(2), moment))
        return "retime needs a record and an event time, such as: retime donkey to 12:11:00";
    ListedRecord found;
    if (Refusal why = find_record(call, found); !why.empty()) return why;
    MR_ASSERT(found.node != sim::kNoNode && !found.sent);
    const i64 ms = event_time_of(call.world, moment);
    call.world.nodes[found.node.value].edit_as<ProducerNode>().state.settings.records[found.place].timestamp_ms = ms;
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal trigger(Call& call) {
    NodeId driver;
    u32 query = 0;
    if (Refusal why = find_query(call, 0, driver, query); !why.empty()) return why;
    return act_on_driver(call, driver,
                         [&](spark::Driver& state, sim::Env& env) { return trigger_query(state, env, query); });
}

Refusal type_into(Call& call) {
    NodeId driver;
    u32 query = 0;
    if (Refusal why = find_query(call, 0, driver, query); !why.empty()) return why;
    if (call.count() < 2) return "type needs a query and a line";
    std::string line;
    for (std::size_t i = 1; i < call.count(); ++i) line += (line.empty() ? "" : " ") + call.word(i);
    return act_on_driver(call, driver,
                         [&](spark::Driver& state, sim::Env& env) { return type_line(state, env, query, 0, line); });
}

namespace {

/// Sets an option, or takes it away if the value is empty.
void set(spark::NamedTexts& options, const std::string& name, const std::string& value) {
    std::erase_if(options, [&](const auto& option) { return option.first == name; });
    if (!value.empty()) options.emplace_back(name, value);
}

/// One `key=value` of a query that is submitted. False if there is no such key.
bool set_word(spark::QuerySpec& spec, const std::string& key, const std::string& value) {
    if (spec.sources.empty()) spec.sources.emplace_back();
    spark::SourceSpec& source = spec.sources.front();
    const auto below = [&](std::string_view block) { return key.starts_with(block) ? key.substr(block.size()) : ""; };
    const std::array<std::pair<std::string_view, std::string*>, 9> words = {{
        {"sql", &spec.sql},
        {"program", &spec.program},
        {"output_mode", &spec.output_mode},
        {"trigger", &spec.trigger},
        {"checkpoint", &spec.checkpoint},
        {"sink.format", &spec.sink},
        {"source.format", &source.format},
        {"watermark.column", &source.watermark_column},
        {"watermark.delay", &source.watermark_delay},
    }};
    for (const auto& [name, text] : words)
        if (name == key) return *text = value, true;
    if (const std::string name = below("source."); !name.empty()) return set(source.options, name, value), true;
    if (const std::string name = below("sink."); !name.empty()) return set(spec.sink_options, name, value), true;
    if (const std::string name = below("conf."); !name.empty()) return set(spec.conf, name, value), true;
    return false;
}

}  // namespace

Refusal submit(Call& call) {
    NodeId driver;
    u32 query = 0;
    if (call.count() < 3 || call.word(1) != "like")
        return "submit needs a name and a query, such as: submit mine like counts output_mode=update";
    if (Refusal why = find_query(call, 2, driver, query); !why.empty()) return why;
    spark::QuerySpec spec = call.world.nodes[driver.value].as<spark::DriverNode>().state.settings.spec.queries[query];
    spec.name = call.word(0);
    spec.checkpoint.clear();
    spec.manual = false;
    for (std::size_t i = 3; i < call.count(); ++i) {
        const std::string word = call.word(i);
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos || !set_word(spec, word.substr(0, equals), word.substr(equals + 1)))
            return fmt::format("'{}' is no word of a query: sql, output_mode, trigger, checkpoint, source.X, "
                               "watermark.X, sink.X, conf.X, program",
                               word);
        if (word.starts_with("sql=")) spec.program.clear();
        const auto& cluster = call.world.nodes[driver.value].as<spark::DriverNode>().state.settings.spec;
        if (word.starts_with("program=")) take_program_words(cluster, spec);
    }
    return act_on_driver(call, driver,
                         [&](spark::Driver& state, sim::Env& env) { return submit_query(state, env, spec); });
}

/// True if the line names a query; then it was started or stopped, or `why` says why not.
bool query_verb(Call& call, bool begin, Refusal& why) {
    MR_ASSERT(why.empty());
    NodeId driver;
    u32 query = 0;
    const std::size_t word = call.count() > 1 && call.word(0) == "query" ? 1 : 0;
    if (call.count() == 0 || !find_query(call, word, driver, query).empty()) return false;
    why = act_on_driver(call, driver, [&](spark::Driver& state, sim::Env& env) {
        return begin ? start_query(state, env, query) : stop_query(state, env, query);
    });
    return true;
}

/// `kill driver at after walCommit`: the driver dies when it gets there.
bool kill_at_phase(Call& call, Refusal& why) {
    MR_ASSERT(why.empty());
    constexpr std::array<std::string_view, 6> kPhases = {"latestOffset", "getBatch", "queryPlanning",
                                                         "walCommit",    "addBatch", "commitOffsets"};
    if (call.count() < 4 || call.word(0) != "driver" || call.word(1) != "at") return false;
    const bool during = call.word(2) == "during" && call.word(3) == "addBatch";
    const bool known = std::ranges::find(kPhases, call.word(3)) != kPhases.end() &&
                       (call.word(2) == "before" || call.word(2) == "after");
    const NodeId driver = call.world.find_node("driver");
    if (driver == sim::kNoNode) why = "there is no Spark driver";
    else if (!during && !known)
        why =
            "kill driver at needs before or after, and one of latestOffset, getBatch, queryPlanning, walCommit, "
            "addBatch, commitOffsets";
    if (!why.empty()) return true;
    auto& progress = call.world.nodes[driver.value].edit_as<spark::DriverNode>().state.progress;
    progress.crash = {during ? "during" : call.word(3), during || call.word(2) == "after"};
    return true;
}

}  // namespace engine::verbs
