// Spark's vectors of streaming queries: steps are done, what comes out is compared.
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/vectors/stream_script.h"
#include "engine/model/json.h"

namespace app::proof::vectors {
namespace {

namespace spark = engine::spark;

Json rows_json(const std::vector<spark::Values>& rows, const spark::Exprs& columns) {
    Json out = Json::array();
    for (const spark::Values& row : rows) {
        Json r = Json::array();
        for (std::size_t i = 0; i < row.size(); ++i) r.push_back(cell_of(row[i], columns[i]->type));
        out.push_back(std::move(r));
    }
    return out;
}

/// In any order; a struct value stands as a list.
Json sorted(Json rows) {
    std::vector<std::string> texts;
    for (const Json& r : rows) texts.push_back(engine::json_text(r));
    std::sort(texts.begin(), texts.end());
    Json out = Json::array();
    for (const std::string& t : texts) out.push_back(t);
    return out;
}

/// What expectations count from.
struct Marks {
    std::size_t rows = 0;     ///< rows of the sink seen by the last check of rows
    i64 batch = -1;           ///< newest batch of the sink then
    std::size_t history = 0;  ///< batches seen by the last `state`
};

const spark::BatchRecord* last_executed(const StreamScript& s, bool with_data) {
    for (auto it = s.driver->history.rbegin(); it != s.driver->history.rend(); ++it)
        if (it->executed && (!with_data || it->input_rows > 0)) return &*it;
    return nullptr;
}

template <class Pick>
Json per_operator(const spark::BatchRecord* r, Pick pick) {
    Json out = Json::array();
    if (r)
        for (const spark::OperatorMetrics& m : r->operators) out.push_back(pick(m));
    return out;
}

Json state_json(const StreamScript& s, const Json& wanted, Marks& marks) {
    Json got = Json::object();
    const auto sums = [&](auto pick) {
        Json out = Json::array();
        for (std::size_t i = marks.history; i < s.driver->history.size(); ++i) {
            const auto& ops = s.driver->history[i].operators;
            for (std::size_t k = 0; k < ops.size(); ++k) {
                if (out.size() <= k) out.push_back(i64{0});
                out[k] = out[k].get<i64>() + pick(ops[k]);
            }
        }
        return out;
    };
    if (wanted.contains("total"))
        got["total"] = per_operator(last_executed(s, false), [](const auto& m) { return m.total; });
    if (wanted.contains("updated")) got["updated"] = sums([](const auto& m) { return m.updated; });
    if (wanted.contains("dropped")) got["dropped"] = sums([](const auto& m) { return m.dropped; });
    if (wanted.contains("removed")) got["removed"] = sums([](const auto& m) { return m.removed; });
    marks.history = s.driver->history.size();
    return got;
}

/// What came since the last check of rows; in Complete mode the result if there is a newer one.
std::vector<spark::Values> fresh_rows(const StreamScript& s, const Marks& marks) {
    if (s.sink->complete) return s.sink->latest > marks.batch ? s.sink->rows : std::vector<spark::Values>{};
    const std::size_t from = std::min(marks.rows, s.sink->rows.size());
    return {s.sink->rows.begin() + static_cast<std::ptrdiff_t>(from), s.sink->rows.end()};
}

void compare(const Json& e, StreamScript& s, Marks& marks, const std::string& where, Verdict& verdict) {
    const auto say = [&](const char* what, const Json& expected, const Json& got) {
        verdict.same({where + " " + what, expected}, {where + " " + what, got});
    };
    for (const auto& [key, expected] : e.items()) {
        if (key == "new") say("new", sorted(expected), sorted(rows_json(fresh_rows(s, marks), s.sink->columns)));
        else if (key == "all") say("all", sorted(expected), sorted(rows_json(s.sink->rows, s.sink->columns)));
        else if (key == "last") say("last", sorted(expected), sorted(rows_json(s.sink->last, s.sink->columns)));
        else if (key == "last_ordered") say("last", expected, rows_json(s.sink->last, s.sink->columns));
        else if (key == "state") say("state", expected, state_json(s, expected, marks));
        else if (key == "droppedInLastDataBatch")
            say("dropped", expected, per_operator(last_executed(s, true), [](const auto& m) { return m.dropped; }));
        else if (key == "totalNow")
            say("total", expected, per_operator(last_executed(s, false), [](const auto& m) { return m.total; }));
        else if (key == "nextWatermarkMs") say("next watermark", expected, s.driver->tracker.global_ms);
        else if (key == "lastBatchId") say("last batch", expected, s.driver->last_batch);
        else if (key == "opWatermarksMs")
            say("watermarks", expected, per_operator(last_executed(s, false), [](const auto& m) {
                    return Json::array({m.late_ms, m.evict_ms});
                }));
        else if (key == "eventTime") {
            const spark::BatchRecord* r = last_executed(s, true);
            Json got = Json::array();
            if (r)
                got = {r->event_time.min / 1000, r->event_time.max / 1000, r->event_time.average() / 1000,
                       r->watermark_ms / 1000};
            say("event time", expected, got);
        }
    }
    if (e.contains("new") || e.contains("all") || e.contains("last") || e.contains("last_ordered")) {
        marks.rows = s.sink->rows.size();
        marks.batch = s.sink->latest;
    }
}

/// One step; the refusal if it failed.
std::string play(const Json& step, StreamScript& s) {
    const std::string what = step.at("do").get<std::string>();
    const auto told = [](const auto& r) { return r ? std::string() : r.error().message; };
    if (what == "clear_sink") return s.sink->rows.clear(), "";
    if (what == "add") {
        s.add(step.at("rows"));
        return step.value("hold", false) ? "" : told(s.driver->drain(s.now_ms));
    }
    if (what == "tick") s.now_ms += step.at("advance_ms").get<i64>();
    if (what == "trigger" || what == "tick") return told(s.driver->trigger(s.now_ms));
    if (what == "restart" || what == "run_once" || what == "run_available_now") {
        s.conf.once = what == "run_once";
        if (!s.start()) return s.problem;
        const std::string out =
            what == "run_once" ? told(s.driver->trigger(s.now_ms)) : told(s.driver->drain(s.now_ms));
        return out;
    }
    return "an unknown step: " + what;
}

void structured(const Json& v, Verdict& verdict) {
    StreamScript script;
    if (!script.build(v)) return verdict.same("a query", script.problem);
    if (!script.start()) return verdict.same("a query that starts", script.problem);
    Marks marks;
    int n = 0;
    for (const Json& step : v.at("steps")) {
        const std::string where = fmt::format("step {}", n++);
        if (const std::string why = play(step, script); !why.empty()) return verdict.same(where, why);
        if (step.at("do") == "clear_sink") marks.rows = 0;
        if (step.contains("expect")) compare(step.at("expect"), script, marks, where, verdict);
    }
}

/// A task fails in the middle of a batch; the batch is run again from the checkpoint.
void recovery(const Json& v, Verdict& verdict) {
    const Json vector = {{"outputMode", "update"},
                         {"plan",
                          {{"op", "agg"},
                           {"in", {{"op", "source"}, {"name", "in"}, {"cols", {"value"}}}},
                           {"keys", Json::array({Json::array({"value", "value"})})},
                           {"aggs", Json::array({Json::array({"count", "*", "c"})})}}},
                         {"steps", Json::array({{{"do", "add"},
                                                 {"rows",
                                                  {{"in", Json::array({Json::array({1}), Json::array({2}),
                                                                       Json::array({3}), Json::array({4})})}}}}})}};
    StreamScript script;
    if (!script.build(vector) || !script.start()) return verdict.same("a query", script.problem);
    script.add(vector.at("steps").at(0).at("rows"));
    script.driver->at_phase = [](const char* phase) { return std::string(phase) != "state written"; };
    verdict.same(false, script.driver->trigger(0).has_value());
    verdict.same(
        true, script.checkpoint.exists("/checkpoint/offsets/0") && !script.checkpoint.exists("/checkpoint/commits/0"));
    if (!script.start()) return verdict.same("a restart", script.problem);
    verdict.same(true, script.driver->drain(0).has_value());
    verdict.same(sorted(v.at("steps").at(1).at("expectRows")),
                 sorted(rows_json(script.sink->rows, script.sink->columns)));
}

constexpr Category kStreamCategories[] = {{"structured", structured}, {"recovery", recovery}};

}  // namespace

std::span<const Category> stream_categories() { return kStreamCategories; }

}  // namespace app::proof::vectors
