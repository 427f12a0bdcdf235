#include "app/proof/streams/increments.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/proof/streams/case_rows.h"
#include "app/proof/streams/watermark_model.h"
#include "engine/operators/statement.h"
#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/stream/driver.h"
#include "engine/stream/sinks.h"
#include "engine/stream/stream_check.h"

namespace app::proof {
namespace {

namespace spark = engine::spark;

/// Keeps the rows of each batch by its number, and sees whether one that comes again is the same.
struct CaseSink final : spark::StreamSink {
    const CaseQuery& query;
    std::map<i64, std::vector<ResultRow>> batches;
    std::string wrong;

    explicit CaseSink(const CaseQuery& q) : query(q) {}
    std::expected<bool, spark::QueryError> add(i64 batch, const spark::Rows& rows) override {
        std::vector<ResultRow> got = result_rows(rows, query);
        std::ranges::sort(got);
        const auto [it, fresh] = batches.try_emplace(batch, got);
        if (!fresh && it->second != got) wrong = fmt::format("batch {} gave other rows when it ran again", batch);
        return true;
    }
    [[nodiscard]] std::string description() const override { return "rows of a case"; }
};

struct IncrementGame {
    const StreamCase& c;
    spark::Session session{};
    engine::dfs::MemoryStore store{};
    std::vector<std::shared_ptr<spark::MemorySource>> sources{};
    std::vector<std::vector<std::vector<EventRow>>> added{};  ///< by stream: additions
    spark::PlanRef plan{};
    std::shared_ptr<CaseSink> sink{};
    std::unique_ptr<spark::StreamDriver> driver{};
    std::vector<i64> restarts{};  ///< batches that were the next when a run began
    i64 closing_rows = 0;
    i64 now_ms = 1000;
    std::string wrong{};

    void fail(std::string why) {
        if (wrong.empty()) wrong = std::move(why);
    }
    [[nodiscard]] bool ok() const { return wrong.empty(); }
};

spark::PlanRef marked(IncrementGame& g, spark::PlanRef relation, i64 delay_ms) {
    if (delay_ms < 0) return relation;
    spark::Plan mark;
    mark.kind = spark::PlanKind::watermark;
    mark.children = {std::move(relation)};
    mark.exprs = {spark::name_of({"t"})};
    mark.n = delay_ms;
    mark.name = fmt::format("{} seconds", delay_ms / 1000);
    const auto plan = spark::analyse(g.session, spark::make(std::move(mark)));
    if (!plan) g.fail(plan.error().message);
    return plan.value_or(nullptr);
}

spark::PlanRef without_duplicates(IncrementGame& g, const spark::PlanRef& below) {
    spark::Plan p;
    p.kind = spark::PlanKind::deduplicate;
    p.children = {below};
    for (const spark::ExprRef& c : spark::output_of(*below))
        if (std::ranges::find(g.c.query.distinct, c->name) != g.c.query.distinct.end()) p.groups.push_back(c);
    const auto plan = spark::analyse(g.session, spark::make(std::move(p)));
    if (!plan) g.fail(plan.error().message);
    return plan.value_or(nullptr);
}

spark::PlanRef running_counts(IncrementGame& g, const spark::PlanRef& below) {
    spark::Plan p;
    p.kind = spark::PlanKind::command;
    p.name = "groups with state";
    p.parts = {"running_count", "none"};
    p.children = {below};
    for (const spark::ExprRef& c : spark::output_of(*below))
        if (c->name == "k") p.groups = {c};
    p.output = {spark::attribute("k", p.groups[0]->type, true, g.session.ids.take()),
                spark::attribute("n", spark::type_of(spark::TypeId::bigint), true, g.session.ids.take())};
    p.resolved = true;
    return spark::make(std::move(p));
}

void build(IncrementGame& g, engine::PlantedBug bug) {
    g.session.clock = {"UTC", 0};
    g.session.adaptive = false;
    g.session.shuffle_partitions = g.c.partitions;
    if (bug != engine::PlantedBug::none) g.session.settings[spark::kBugSetting] = std::string(engine::name_of(bug));
    add_tables(g.session);
    const std::vector<std::string> names = view_names(g.c);
    for (std::size_t s = 0; s < names.size(); ++s) {
        g.sources.push_back(std::make_shared<spark::MemorySource>());
        const auto relation = spark::stream_relation("memory", case_schema(false), static_cast<i64>(s), g.session.ids);
        const auto plan = marked(g, relation, g.c.delays_ms[s]);
        if (!g.ok()) return;
        add_view(g.session, names[s], plan);
    }
    g.added.resize(names.size());
    const auto plan = spark::plan_of_text(g.session, g.c.query.sql);
    if (!plan) return g.fail(plan.error().message);
    g.plan = g.c.query.distinct.empty() ? *plan : without_duplicates(g, *plan);
    if (!g.ok()) return;
    if (g.c.query.counts_groups) g.plan = running_counts(g, g.plan);
    if (const auto refused = spark::stream_refusal(g.plan, g.c.query.mode))
        return g.fail("refused: " + refused->message);
    g.sink = std::make_shared<CaseSink>(g.c.query);
}

/// A new run of the query: all that it knows comes from the checkpoint.
void begin_run(IncrementGame& g) {
    auto plan = spark::prepare_stream(g.session, g.plan, g.c.query.mode);
    if (!plan) return g.fail(plan.error().message);
    std::vector<std::shared_ptr<spark::StreamSource>> sources;
    for (const spark::Plan* r : plan->relations) sources.push_back(g.sources[static_cast<std::size_t>(r->n)]);
    spark::StreamConf conf;
    conf.no_data_batches = g.c.no_data_batches;
    conf.policy = g.c.policy;
    g.driver = std::unique_ptr<spark::StreamDriver>(new spark::StreamDriver{.session = g.session,
                                                                            .plan = std::move(*plan),
                                                                            .conf = conf,
                                                                            .sources = std::move(sources),
                                                                            .sink = g.sink,
                                                                            .checkpoint = g.store,
                                                                            .folder = "/checkpoint",
                                                                            .id = "case"});
    if (const auto found = g.driver->recover(); !found) return g.fail(found.error().message);
    g.restarts.push_back(g.driver->next_batch);
}

void add_rows(IncrementGame& g, const std::vector<std::vector<std::vector<EventRow>>>& added) {
    for (std::size_t s = 0; s < added.size(); ++s)
        for (const auto& rows : added[s]) {
            std::vector<JudgedRow> judged;
            for (const EventRow& row : rows) {
                judged.push_back({row, 0});
                if (closes(row)) ++g.closing_rows;
            }
            g.sources[s]->added.push_back(case_batch(judged, false));
            g.added[s].push_back(rows);
        }
}

/// Runs until the phase at which the driver dies, then a new one.
void die_at(IncrementGame& g, const CaseRound& round) {
    bool died = false;
    g.driver->at_phase = [&](const char* at) {
        if (at != round.crash_phase) return true;
        died = true;
        return false;
    };
    const auto ran = g.driver->drain(g.now_ms);
    if (!ran && !died) return g.fail(ran.error().message);
    add_rows(g, round.meanwhile);
    begin_run(g);
}

void run_round(IncrementGame& g, const CaseRound& round) {
    add_rows(g, round.added);
    if (round.end == RoundEnd::restart) begin_run(g);
    if (round.end == RoundEnd::crash) die_at(g, round);
    if (!g.ok()) return;
    g.now_ms += 1000;
    if (round.end == RoundEnd::one_batch) {
        const auto ran = g.driver->trigger(g.now_ms);
        if (!ran) g.fail(ran.error().message);
        return;
    }
    const auto ran = g.driver->drain(g.now_ms);
    if (!ran) g.fail(ran.error().message);
}

/// A batch as its log entry tells it: its rows by stream, in the streams' order.
struct Logged {
    i64 watermark_ms = 0;
    std::vector<std::vector<EventRow>> rows;
};

i64 additions(const std::string& offset) { return offset.empty() ? 0 : std::stoll(offset) + 1; }

std::vector<Logged> logged_batches(IncrementGame& g) {
    std::vector<Logged> out;
    std::vector<i64> read(g.added.size(), 0);
    for (i64 n = 0;; ++n) {
        const auto text = g.store.read(fmt::format("/checkpoint/offsets/{}", n));
        if (!text) break;
        const auto entry = spark::parse_offset_log(*text);
        if (!entry) return g.fail(entry.error()), out;
        Logged& batch = out.emplace_back(Logged{entry->watermark_ms, {}});
        batch.rows.resize(g.added.size());
        for (std::size_t i = 0; i < entry->offsets.size(); ++i) {
            const auto s = static_cast<std::size_t>(g.driver->plan.relations[i]->n);
            for (const i64 end = additions(entry->offsets[i]); read[s] < end; ++read[s]) {
                const auto& rows = g.added[s][static_cast<std::size_t>(read[s])];
                batch.rows[s].insert(batch.rows[s].end(), rows.begin(), rows.end());
            }
        }
    }
    for (std::size_t s = 0; s < read.size(); ++s)
        if (read[s] != static_cast<i64>(g.added[s].size())) g.fail("rows were never read");
    return out;
}

/// All rows with what their batches held them against; those that only close are left out if the result is without
/// them.
struct Judged {
    std::vector<std::vector<JudgedRow>> all;
    std::vector<std::vector<std::vector<JudgedRow>>> by_batch;
    i64 watermark_ms = 0;  ///< after the last batch
    i64 evicted_ms = 0;    ///< what it evicted with
    i64 late_batches = 0;
};

Judged judge(IncrementGame& g) {
    const std::vector<Logged> batches = logged_batches(g);
    WatermarkModel model(g.c);
    Judged out;
    out.all.resize(g.added.size());
    for (std::size_t n = 0; n < batches.size() && g.ok(); ++n) {
        if (std::ranges::find(g.restarts, static_cast<i64>(n)) != g.restarts.end()) model.restart();
        if (batches[n].watermark_ms != model.global_ms)
            g.fail(fmt::format("batch {}: the watermark is {} and should be {}", n, batches[n].watermark_ms,
                               model.global_ms));
        auto& own = out.by_batch.emplace_back(g.added.size());
        for (std::size_t s = 0; s < g.added.size(); ++s)
            for (const EventRow& row : batches[n].rows[s])
                if (!closes(row)) own[s].push_back({row, model.late_ms});
        for (std::size_t s = 0; s < own.size(); ++s) out.all[s].insert(out.all[s].end(), own[s].begin(), own[s].end());
        out.late_batches += model.late_ms > 0 ? 1 : 0;
        model.batch(batches[n].rows);
    }
    out.watermark_ms = model.global_ms;
    out.evicted_ms = model.late_ms;
    return out;
}

/// What the sink's batches add up to.
std::vector<ResultRow> combined(const IncrementGame& g) {
    std::vector<ResultRow> out;
    std::map<std::string, ResultRow> newest;
    for (const auto& [n, rows] : g.sink->batches) {
        if (g.c.query.combine == Combine::newest_batch) out.clear();
        for (const ResultRow& row : rows) {
            if (row.closing) continue;
            if (g.c.query.combine == Combine::newest_of_key) newest[row.key] = row;
            else out.push_back(row);
        }
    }
    for (auto& [key, row] : newest) out.push_back(std::move(row));
    std::ranges::sort(out);
    return out;
}

std::string first_difference(const std::vector<ResultRow>& expected, const std::vector<ResultRow>& got) {
    std::vector<ResultRow> missing, extra;
    std::ranges::set_difference(expected, got, std::back_inserter(missing));
    std::ranges::set_difference(got, expected, std::back_inserter(extra));
    return fmt::format("{} rows instead of {}; the batch has {}, the stream {}", got.size(), expected.size(),
                       missing.empty() ? "nothing more" : missing[0].all,
                       extra.empty() ? "nothing more" : extra[0].all);
}

void compare_result(IncrementGame& g, const Judged& judged, const char* when) {
    auto expected = batch_result(g.c, judged.all);
    if (!expected) return g.fail("the batch query: " + expected.error());
    std::ranges::sort(*expected);
    const std::vector<ResultRow> got = combined(g);
    if (*expected != got) g.fail(fmt::format("{}: {}", when, first_difference(*expected, got)));
}

/// An update gives the keys of the batch's own rows and no others.
void compare_updates(IncrementGame& g, const Judged& judged) {
    if (g.c.query.combine != Combine::newest_of_key || g.c.query.keys == 0) return;
    for (std::size_t n = 0; n < judged.by_batch.size() && g.ok(); ++n) {
        const auto touched = batch_result(g.c, judged.by_batch[n]);
        if (!touched) return g.fail(touched.error());
        std::vector<std::string> expected, got;
        for (const ResultRow& row : *touched) expected.push_back(row.key);
        const auto given = g.sink->batches.find(static_cast<i64>(n));
        if (given == g.sink->batches.end()) continue;  // the driver died after it was committed
        for (const ResultRow& row : given->second) got.push_back(row.key);
        std::ranges::sort(expected);
        std::ranges::sort(got);
        if (expected != got) g.fail(fmt::format("batch {} updates {} keys and not {}", n, got.size(), expected.size()));
    }
}

/// Nothing is left to evict when the query has come to rest.
void check_rest(IncrementGame& g, const Judged& judged) {
    const bool evicts = std::ranges::any_of(g.driver->plan.operators, [&](const spark::StatefulNode& n) {
        if (n.kind == spark::StatefulKind::join) return spark::join_forgets(*n.plan);
        return n.kind != spark::StatefulKind::groups && g.c.query.mode != spark::OutputMode::complete;
    });
    if (evicts && g.c.no_data_batches && g.driver->ran && judged.evicted_ms != judged.watermark_ms)
        g.fail(fmt::format("the query rests though the watermark moved from {} to {}", judged.evicted_ms,
                           judged.watermark_ms));
}

void check_state(IncrementGame& g) {
    if (!g.c.query.forgets) return;
    constexpr i64 kMostWindowsOfARow = 5;
    for (const spark::OperatorMetrics& m : g.driver->history.back().operators)
        if (m.total > g.closing_rows * kMostWindowsOfARow)
            g.fail(fmt::format("{} keeps {} rows of state when all is closed", m.name, m.total));
}

void play(IncrementGame& g, Increments& out) {
    begin_run(g);
    for (const CaseRound& round : g.c.rounds) {
        if (!g.ok()) return;
        run_round(g, round);
        if (!g.ok() || round.end == RoundEnd::one_batch) continue;
        const Judged judged = judge(g);
        if (!g.ok()) return;
        check_rest(g, judged);
        if (!g.c.query.closing) compare_result(g, judged, "after a round");
    }
    if (!g.ok()) return;
    const Judged judged = judge(g);
    if (g.ok()) compare_result(g, judged, "at the end");
    compare_updates(g, judged);
    check_state(g);
    g.fail(g.sink->wrong);
    out.batches = g.driver->next_batch;
    out.late_batches = judged.late_batches;
    for (const auto& rows : judged.all) out.rows += static_cast<i64>(rows.size());
}

}  // namespace

Increments play_case(const StreamCase& c, engine::PlantedBug bug) {
    Increments out;
    out.shape = c.query.shape;
    out.sql = c.query.sql;
    IncrementGame g{c};
    build(g, bug);
    if (g.ok()) play(g, out);
    out.wrong = g.wrong;
    return out;
}

Increments play_increments(u64 seed, engine::PlantedBug bug) { return play_case(draw_case(seed), bug); }

}  // namespace app::proof
