// Sections: a query and its facts · late rows · output · failures · triggers · the watermark · state · again.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/streams.h"
#include "app/view_model/query_data.h"
#include "app/view_model/questions.h"
#include "app/view_model/words.h"
#include "engine/model/stream_facts.h"
#include "engine/stream/pacing.h"
#include "engine/stream/state_text.h"

namespace app {
namespace {

namespace spark = engine::spark;
using engine::BatchRow;
using engine::FactRow;
using engine::StateEndRow;
using engine::StreamFact;
using spark::QueryPhase;

// ---- a query and its facts ----------------------------------------------------------------------------

struct Seen {
    const spark::Driver* driver = nullptr;
    const spark::QuerySpec* spec = nullptr;
    const spark::QueryRun* run = nullptr;  // nullptr: its driver is not there
    [[nodiscard]] explicit operator bool() const { return spec != nullptr; }
    [[nodiscard]] const spark::StreamPlan* plan() const {
        return run != nullptr && run->compiled.query != nullptr ? &run->compiled.query->plan : nullptr;
    }
};

bool reads(const spark::QuerySpec& spec, const std::string& topic) {
    for (const spark::SourceSpec& source : spec.sources)
        for (const auto& [key, value] : source.options)
            if (key == "subscribe" && value == topic) return true;
    return false;
}

/// The query that an object is about: it itself, the one that reads a record's topic, else the first.
Seen query_of(const Scene& scene, const Object& object) {
    Seen seen;
    for (const lab::KnownQuery& known : lab::queries_of(scene.reader())) {
        const bool meant = object.kind == ObjectKind::query ? known.spec->name == object.text.substr(kQueryWord.size())
                           : object.kind == ObjectKind::offset
                               ? reads(*known.spec, scene.reader().text(object.id.topic))
                               : true;
        if (!meant) continue;
        seen = {lab::driver_of(scene.reader()), known.spec, known.run};
        break;
    }
    return seen;
}

NodeId driver_node(const Scene& scene) { return scene.world().find_node("driver"); }
bool driver_is_down(const Scene& scene, const Seen& seen) {
    return seen.run == nullptr || !is_alive(scene, driver_node(scene));
}

const FactRow* latest_of(const Scene& scene, const Seen& seen, StreamFact kind, const FactRow* before = nullptr) {
    return latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == engine::kind_of(kind) && (before == nullptr || row.id < before->id) &&
               scene.reader().text(row.fact.subject) == seen.spec->name;
    });
}

/// The fact that moved the watermark to a text.
const FactRow* mover_of(const Scene& scene, const Seen& seen, const std::string& watermark) {
    return latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == engine::kind_of(StreamFact::watermark_moved) &&
               scene.reader().text(row.fact.subject) == seen.spec->name &&
               scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[1])}) == watermark;
    });
}

/// What was told last of a batch that fits; nullptr if there is none.
template <class Wanted>
const BatchRow* newest_batch(const Seen& seen, Wanted&& wanted) {
    const auto& rows = seen.driver->progress.ledger.batches;
    for (u64 i = rows.size(); i > 0; --i)
        if (rows[i - 1].query == seen.spec->name && wanted(rows[i - 1])) return &rows[i - 1];
    return nullptr;
}
const BatchRow* newest_committed(const Seen& seen) {
    return lab::newest_committed(seen.driver, seen.spec->name);
}

std::string clock_of(i64 ms) { return ms <= 0 ? "none" : event_clock(ms); }
std::string group_text(const StateEndRow& row) {
    return row.window_end.empty()
               ? fmt::format("`{}`", row.key)
               : fmt::format("`{}` in {}", row.key,
                             window_text(event_time_ms(row.window_start), event_time_ms(row.window_end)));
}
std::string compared_text(const StateEndRow& row) {
    const std::string left = row.window_end.empty() ? row.event_time : row.window_end;
    return left.empty() ? fmt::format("the watermark was **{}**", event_clock(row.watermark))
                        : fmt::format("**{} \u2264 {}**", event_clock(left), event_clock(row.watermark));
}

/// The newest row about state that came to an end, and the fact that told it.
const StateEndRow* newest_end(const Seen& seen, bool late, i64 offset = -1) {
    const auto& rows = seen.driver->progress.ledger.state_ends;
    for (u64 i = rows.size(); i > 0; --i) {
        const StateEndRow& row = rows[i - 1];
        if (row.query == seen.spec->name && row.late == late && (offset < 0 || row.offset == offset)) return &row;
    }
    return nullptr;
}
const FactRow* fact_of(const Scene& scene, const StateEndRow& end) {
    const StreamFact kind = end.late ? StreamFact::late_dropped : StreamFact::state_evicted;
    return latest_fact(scene, [&](const FactRow& row) {
        return row.index() == end.event_index && engine::kind_of(row.fact) == engine::kind_of(kind) &&
               scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[1])}).starts_with(end.key);
    });
}

// ---- late rows ----------------------------------------------------------------------------------------

std::string late_rule(const Seen& seen) {
    const bool previous = seen.plan() == nullptr || seen.run->compiled.query->allow_multiple;
    return previous ? "A row is dropped when its window ends at or before the watermark that the **previous** batch "
                      "worked with. The delay alone drops nothing: while its window is open a late row is counted."
                    : "A row is dropped when its window ends at or before the watermark of its own batch.";
}

Answer kept_row(const Scene& scene, const Seen& seen, const Object& object) {
    const BatchRow* last = newest_committed(seen);
    if (last == nullptr) return not_so("No batch has run yet: nothing can have been dropped.");
    const std::string late = clock_of(last->late_ms);
    if (object.kind == ObjectKind::offset)
        return not_so(
            fmt::format("No batch of `{}` has dropped {}: what was read of it still had an open window. Batch {} "
                        "held late rows against {}.",
                        seen.spec->name, scene.name(object.id), last->batch_id, late));
    return not_so(fmt::format("Nothing was dropped so far. Batch {} held late rows against the watermark {}.",
                              last->batch_id, late));
}

}  // namespace

Answer why_dropped(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen) return not_so("No query reads this.");
    const StateEndRow* end = newest_end(seen, true, object.kind == ObjectKind::offset ? object.offset : -1);
    if (end == nullptr) return kept_row(scene, seen, object);
    Answer answer;
    answer.so = true;
    answer.verdict = fmt::format("Batch {} dropped {}: {}, the watermark it held late rows against.", end->batch_id,
                                 group_text(*end), compared_text(*end));
    if (!end->event_time.empty())
        answer.verdict += fmt::format(" The row itself is of {}.", event_clock(end->event_time));
    answer.rule = late_rule(seen);
    add_fact(answer.evidence, mover_of(scene, seen, end->watermark));
    add_fact(answer.evidence, fact_of(scene, *end));
    return answer;
}

// ---- output -------------------------------------------------------------------------------------------

namespace {

/// Groups in state, and the end of the window that ends first; -1 = no windows.
struct Held {
    u64 groups = 0;
    i64 earliest_end = -1;
    std::string example;
};

Held held_by(const Seen& seen) {
    Held held;
    const spark::StreamPlan* plan = seen.plan();
    if (plan == nullptr) return held;
    const spark::StreamState& state = *seen.run->cursor.state.state;
    for (std::size_t op = 0; op < plan->operators.size() && op < state.operators.size(); ++op) {
        const auto types = spark::key_types_of(*plan, op);
        for (const auto& [place, row] : *state.operators[op].rows) {
            ++held.groups;
            const spark::KeyText text = spark::key_text(row.key, types, "UTC");
            const i64 end = text.window_end.empty() ? -1 : event_time_ms(text.window_end);
            if (end < 0 || (held.earliest_end >= 0 && end >= held.earliest_end)) continue;
            held.earliest_end = end;
            held.example = fmt::format("`{}` in {}", text.key, window_text(event_time_ms(text.window_start), end));
        }
        for (const auto* side : {&*state.operators[op].left, &*state.operators[op].right})
            held.groups += static_cast<u64>(side->size());
    }
    return held;
}

std::string why_append_waits(const Seen& seen) {
    const Held held = held_by(seen);
    const i64 watermark = seen.run->cursor.tracker.global_ms;
    if (held.groups == 0) return "Nothing is in the state: no row has been counted yet.";
    if (held.earliest_end < 0) return fmt::format("{} groups wait in the state.", held.groups);
    return watermark >= held.earliest_end
               ? fmt::format("The window of {} has closed (watermark {}): the **next** batch emits it.", held.example,
                             clock_of(watermark))
               : fmt::format("No window has closed: the first to end is that of {}, the watermark is **{}**.",
                             held.example, clock_of(watermark));
}

}  // namespace

Answer why_nothing_emitted(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen) return not_so("There is no query.");
    const BatchRow* last = newest_committed(seen);
    if (last != nullptr && last->output_rows > 0)
        return not_so(fmt::format("Batch {} emitted {} rows.", last->batch_id, last->output_rows));
    Answer answer = last == nullptr ? why_no_batch(scene, object) : Answer{};
    answer.so = true;
    answer.rule =
        "Complete emits all groups after each batch, update those that changed, append a group once, when the "
        "watermark has passed its end.";
    if (last == nullptr) return answer.verdict = "No batch has been committed. " + answer.verdict, answer;
    const bool waits = seen.plan() != nullptr && !seen.plan()->operators.empty() && seen.spec->output_mode == "append";
    answer.verdict =
        fmt::format("Batch {} read {} rows and emitted none. ", last->batch_id, std::max<i64>(0, last->input_rows));
    if (waits) answer.verdict += why_append_waits(seen);
    else if (last->input_rows <= 0) answer.verdict += "There was nothing new to say.";
    else answer.verdict += "No row passed the query's conditions.";
    add_fact(answer.evidence, latest_of(scene, seen, StreamFact::watermark_moved));
    add_fact(answer.evidence, latest_of(scene, seen, StreamFact::batch_committed));
    return answer;
}

// ---- failures -----------------------------------------------------------------------------------------

Answer why_query_failed(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen) return not_so("There is no query.");
    if (seen.run == nullptr || seen.run->phase != QueryPhase::failed)
        return not_so(fmt::format("It has not failed: {}.", seen.run == nullptr
                                                                ? std::string_view("its driver is not there")
                                                                : spark::name_of(seen.run->phase)));
    Answer answer;
    answer.so = true;
    const std::string message = seen.run->message.substr(0, seen.run->message.find('\n'));
    const auto text = message.find("exception: ");
    answer.verdict =
        fmt::format("{} `{}`", seen.plan() == nullptr ? "Spark refused it before its first batch:" : "It ended with",
                    shortened(text == std::string::npos ? message : message.substr(text + 11), 220));
    answer.rule =
        "A query ends at its first exception. Its checkpoint stays: when the cause is mended, a new start goes "
        "on at the batch that failed.";
    add_chain(scene, answer.evidence, latest_of(scene, seen, StreamFact::query_failed), 4);
    return answer;
}

// ---- triggers -----------------------------------------------------------------------------------------

namespace {

/// Whom a phase waits for.
NodeId waits_for(const Scene& scene, const Seen& seen) {
    switch (seen.run->phase) {
        case QueryPhase::recovering: case QueryPhase::wal_commit: case QueryPhase::commit_offsets:
            return seen.driver->settings.dfs;
        case QueryPhase::latest_offset:
            for (const spark::PartitionEnds& ends : seen.run->work.partitions)
                if (ends.latest < 0 && ends.leader != engine::kNoBroker) return scene.world().broker_node(ends.leader);
            return sim::kNoNode;
        default: return sim::kNoNode;
    }
}

std::string trigger_text(const Seen& seen) {
    const std::string& trigger = seen.spec->trigger;
    if (trigger == "manual") return "Its trigger is manual: a batch begins when somebody says `trigger`.";
    const BatchRow* last = newest_committed(seen);
    if (trigger.starts_with("processingTime"))
        return fmt::format("It waits for its trigger, `{}`{}.", trigger,
                           last == nullptr ? "" : fmt::format("; batch {} was the last", last->batch_id));
    return "There is no new data, and no window that a batch without data would close.";
}

std::string standing_text(const Scene& scene, const Seen& seen, Answer& answer) {
    switch (seen.run->phase) {
        case QueryPhase::idle: return "Nobody has started it.";
        case QueryPhase::stopped: return "It was stopped, or its trigger had no more to do.";
        case QueryPhase::failed: answer = why_query_failed(scene, {}); return answer.verdict;
        case QueryPhase::waiting: return trigger_text(seen);
        case QueryPhase::add_batch:
            return seen.driver->memory.executors.empty() ? "Its tasks wait: no executor is registered with the driver."
                                                         : "";
        default: return "";
    }
}

}  // namespace

Answer why_no_batch(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen) return not_so("There is no query.");
    Answer answer;
    answer.so = true;
    answer.rule = "A batch begins at a trigger, if there is new data or a watermark that has something to close.";
    if (driver_is_down(scene, seen)) {
        const FactRow* end = end_of(scene, driver_node(scene));
        answer.verdict = "The driver does not run." + because(scene, end);
        add_fact(answer.evidence, end);
        return answer;
    }
    if (const NodeId peer = waits_for(scene, seen); peer != sim::kNoNode)
        if (const FactRow* silence = silence_between(scene, driver_node(scene), peer)) {
            answer.verdict = fmt::format("It is at {} and waits for {}.{}", spark::name_of(seen.run->phase),
                                         scene.name(peer), because(scene, silence));
            add_fact(answer.evidence, silence);
            return answer;
        }
    answer.verdict = standing_text(scene, seen, answer);
    if (answer.verdict.empty())
        return not_so(
            fmt::format("Batch {} is under way: {}.", seen.run->cursor.next_batch, spark::name_of(seen.run->phase)));
    if (seen.run->phase == QueryPhase::add_batch)
        add_fact(answer.evidence, latest_of(scene, seen, StreamFact::batch_began));
    else if (seen.run->phase == QueryPhase::waiting)
        add_fact(answer.evidence, latest_of(scene, seen, StreamFact::batch_committed));
    return answer;
}

// ---- the watermark ------------------------------------------------------------------------------------

Answer why_watermark(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen || seen.plan() == nullptr) return not_so("There is no query that runs.");
    const auto& watermarks = seen.plan()->watermarks;
    const spark::WatermarkTracker& tracker = seen.run->cursor.tracker;
    if (watermarks.empty()) return not_so("The query has no watermark: `withWatermark` was not called.");
    if (tracker.global_ms <= 0) return not_so("It has not moved yet: no row with an event time has been read.");
    Answer answer;
    answer.so = true;
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < watermarks.size() && i < tracker.nodes.size(); ++i) {
        const i64 delay = watermarks[i]->n;
        terms.push_back(tracker.nodes[i] <= 0 ? "nothing seen"
                                              : fmt::format("{} \u2212 {}", event_clock(tracker.nodes[i] + delay),
                                                            span_text(sim::millis(delay))));
    }
    answer.verdict = terms.size() == 1
                         ? fmt::format("The latest event time read, less the delay: {} = **{}**.", terms.front(),
                                       event_clock(tracker.global_ms))
                         : fmt::format("The {} over its streams ({}): **{}**.", seen.run->compiled.query->policy,
                                       listed(terms), event_clock(tracker.global_ms));
    answer.rule =
        "After each batch: the largest event time seen less the delay; it never goes back. The next batch is the "
        "first to use it. It is no clock: without rows it stands still.";
    const FactRow* moved = latest_of(scene, seen, StreamFact::watermark_moved);
    if (moved != nullptr) add_fact(answer.evidence, latest_of(scene, seen, StreamFact::batch_committed, moved));
    add_fact(answer.evidence, moved);
    return answer;
}

// ---- state --------------------------------------------------------------------------------------------

Answer why_evicted(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen) return not_so("There is no query.");
    const StateEndRow* end = newest_end(seen, false);
    if (end == nullptr)
        return not_so(seen.spec->output_mode == "complete"
                          ? "Nothing has left its state, nor will it: complete prints all groups after every batch."
                          : "Nothing has left its state: no group was finished.");
    Answer answer;
    answer.so = true;
    answer.verdict =
        fmt::format("In batch {} {} was finished: {}.", end->batch_id, group_text(*end), compared_text(*end));
    answer.rule =
        "State goes when no row that may still be counted can change it: its window ends at or before the "
        "watermark of **this** batch. That is no loss; in append it is the moment at which the group is emitted.";
    add_fact(answer.evidence, mover_of(scene, seen, end->watermark));
    add_fact(answer.evidence, fact_of(scene, *end));
    return answer;
}

Answer why_kept(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    const Held held = seen ? held_by(seen) : Held{};
    if (held.groups == 0) return not_so("It keeps no state.");
    Answer answer;
    answer.so = true;
    answer.verdict = fmt::format("It keeps {} groups. ", held.groups);
    if (seen.spec->output_mode == "complete")
        answer.verdict += "Complete must print all of them after every batch, so it may forget none.";
    else if (seen.plan()->watermarks.empty())
        answer.verdict += "Without a watermark no group is ever finished: any row may still come.";
    else if (held.earliest_end < 0)
        answer.verdict += "Their key has no window: no watermark says when one is finished.";
    else
        answer.verdict += fmt::format("The first to end is {}; the watermark is **{}**.", held.example,
                                      clock_of(seen.run->cursor.tracker.global_ms));
    answer.rule = "State is what the past still means for rows to come. Only a watermark says that none will.";
    add_fact(answer.evidence, latest_of(scene, seen, StreamFact::watermark_moved));
    return answer;
}

// ---- again --------------------------------------------------------------------------------------------

Answer why_batch_again(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    if (!seen) return not_so("There is no query.");
    const BatchRow* again = newest_batch(seen, [&](const BatchRow& row) {
        return newest_batch(seen, [&](const BatchRow& other) {
                   return other.batch_id == row.batch_id && other.run_id != row.run_id;
               }) != nullptr;
    });
    if (again == nullptr) return not_so("Every batch has run once.");
    Answer answer;
    answer.so = true;
    answer.verdict = fmt::format(
        "Batch {}: `offsets/{}` was written and `commits/{}` was not, when the run ended. The new run "
        "reads the same offsets again.",
        again->batch_id, again->batch_id, again->batch_id);
    answer.rule =
        "`offsets/N` is written before the work, `commits/N` after it. What lies between is done again: a sink "
        "that knows batch ids shows it once, others twice.";
    const FactRow* started = latest_of(scene, seen, StreamFact::query_started);
    const FactRow* end = started == nullptr ? nullptr : latest_fact(scene, [&](const FactRow& row) {
        const auto kind = engine::kind_of(row.fact);
        const bool died = kind == engine::FactKind::node_killed || kind == engine::FactKind::node_halted ||
                          kind == engine::FactKind::power_cut;
        return row.id < started->id && ((died && row.fact.node == driver_node(scene)) ||
                                        (kind == engine::kind_of(StreamFact::query_stopped) &&
                                         scene.reader().text(row.fact.subject) == seen.spec->name));
    });
    answer.verdict += because(scene, end);
    add_fact(answer.evidence, end);
    add_fact(answer.evidence, started);
    return answer;
}

Answer why_task_again(const Scene& scene, const Object& object) {
    const Seen seen = query_of(scene, object);
    const FactRow* retried = seen ? latest_of(scene, seen, StreamFact::task_retried) : nullptr;
    if (retried == nullptr) return not_so("Every task has run once.");
    Answer answer;
    answer.so = true;
    const FactRow* lost = latest_fact(scene, [&](const FactRow& row) {
        return row.id < retried->id && engine::kind_of(row.fact) == engine::kind_of(StreamFact::executor_lost);
    });
    answer.verdict =
        fmt::format("Task {} of stage {} was with an executor that is gone.", retried->fact.n[0], retried->fact.n[1]);
    answer.rule = "A task reads fixed offsets and one version of state, so whoever runs it again gets the same rows.";
    if (lost != nullptr) {
        const NodeId executor{static_cast<sim::u16>(lost->fact.n[0])};
        answer.verdict = fmt::format("Task {} of stage {} was with {}, which is gone.", retried->fact.n[0],
                                     retried->fact.n[1], scene.name(executor));
        add_fact(answer.evidence, end_of(scene, executor, lost));
    }
    add_fact(answer.evidence, lost);
    add_fact(answer.evidence, retried);
    return answer;
}

}  // namespace app
