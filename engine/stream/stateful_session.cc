// Session windows over a stream: the sessions kept of a key and its new rows are merged where they touch.
#include <algorithm>

#include "engine/operators/aggregation.h"
#include "engine/plan/outputs.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A session under way: its span and the buffers of its aggregates.
struct Span {
    i64 start = 0;
    i64 end = 0;
    Values buffers;
    bool fresh = false;  ///< has rows of this batch
};

struct Sessions {
    StreamRunner& r;
    Runner& runner;
    const Plan& plan;
    Rows& in;
    Exprs calls;  ///< the aggregate functions
    std::size_t op = 0;
    std::size_t place = 0;            ///< of the session column among the keys
    std::vector<DataType> key_types;  ///< without the session
    std::vector<DataType> value_types;
    std::vector<std::size_t> widths;
    bool marked = false;
    i64 partitions = 1;
    OperatorMetrics metrics;
};

Aggregation prepared(Sessions& s) {
    Aggregation a{s.runner, s.plan, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    prepare(a, s.in);
    MR_ASSERT(a.accumulators.size() == a.parts.calls.size());
    return a;
}

/// Buffers of two sessions as those of one.
Values merged(Sessions& s, const Values& a, const Values& b) {
    Values out;
    std::size_t at = 0;
    for (std::size_t c = 0; c < s.widths.size(); ++c) {
        Accumulator acc = make_accumulator(s.calls[c]);
        grow(acc, 1);
        merge_buffer(acc, 0, std::span(a).subspan(at, s.widths[c]));
        merge_buffer(acc, 0, std::span(b).subspan(at, s.widths[c]));
        for (Value& v : buffer_of(acc, 0)) out.push_back(std::move(v));
        at += s.widths[c];
    }
    return out;
}

struct SessionRows {
    Values key;
    std::vector<Span> sessions;
};

/// Each row as a session of its own, by key.
std::map<std::string, SessionRows> of_rows(Sessions& s, const Rows& in) {
    std::map<std::string, SessionRows> out;
    for (const Batch& b : in.batches) {
        Aggregation a = prepared(s);
        const std::vector<Column> keys = s.runner.evaluate(a.bound_keys, b);
        if (!s.runner.ok()) return out;
        a.groups.resize(static_cast<std::size_t>(b.rows));
        for (u32 i = 0; i < a.groups.size(); ++i) a.groups[i] = i;
        for (Accumulator& acc : a.accumulators) grow(acc, static_cast<u32>(b.rows));
        for (u32 i = 0; i < static_cast<u32>(b.rows); ++i)
            a.table.put(std::string_view(reinterpret_cast<const char*>(&i), sizeof i));
        for (std::size_t c = 0; c < a.accumulators.size() && s.runner.ok(); ++c) fold(a, c, b);
        for (i64 i = 0; i < b.rows; ++i) {
            const Value span = get(keys[s.place], i);
            if (span.null) continue;
            const i64 start = items_of(span)[0].i, end = items_of(span)[1].i;
            if (end <= start) continue;
            if (s.marked && passed(s.r.plan, span, s.plan.groups[s.place]->type, s.r.late[s.op])) {
                ++s.metrics.dropped;
                s.r.out.judgements.push_back({s.op, true, {span}, floor_div(end, 1000), s.r.late[s.op]});
                continue;
            }
            Values key;
            for (std::size_t k = 0; k < keys.size(); ++k)
                if (k != s.place) key.push_back(get(keys[k], i));
            Span one{start, end, {}, true};
            for (const Accumulator& acc : a.accumulators)
                for (Value& v : buffer_of(acc, static_cast<u32>(i))) one.buffers.push_back(std::move(v));
            SessionRows& at = out[state_key(partition_of(key, s.key_types, s.partitions), key, s.key_types)];
            at.key = std::move(key);
            at.sessions.push_back(std::move(one));
        }
    }
    return out;
}

Values whole_key(const Sessions& s, const Values& key, i64 start, i64 end) {
    MR_ASSERT(start <= end);
    Values out = key;
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(s.place), list_value({int_value(start), int_value(end)}));
    return out;
}

/// A session's row as the store keeps it: the grouping columns with the whole session among them, then the buffers.
void changed(Sessions& s, const Values& key, i64 start, i64 end, const Values* buffers) {
    MR_ASSERT(key.size() == s.key_types.size() && start <= end);
    Values k = key;
    k.push_back(int_value(start));
    std::vector<DataType> types = s.key_types, value_types;
    types.push_back(type_of(TypeId::timestamp));
    for (const ExprRef& g : s.plan.groups) value_types.push_back(g->type);
    value_types.insert(value_types.end(), s.value_types.begin(), s.value_types.end());
    Values value;
    if (buffers) {
        value = whole_key(s, key, start, end);
        value.insert(value.end(), buffers->begin(), buffers->end());
    }
    add_delta(s.r.out, {s.op, partition_of(key, s.key_types, s.partitions), "", std::move(k), std::move(types),
                          buffers == nullptr, std::move(value), std::move(value_types)});
}

/// Merges a key's kept sessions with its new ones and rewrites them all.
void merge_key(Sessions& s, StateRows& kept, const std::string& bytes, SessionRows& rows) {
    MR_ASSERT(!bytes.empty());
    std::vector<Span> all;
    for (auto it = kept.lower_bound(bytes);
         it != kept.end() && it.place().starts_with(bytes) && it.place().size() == bytes.size() + 8; ++it) {
        const auto [place, row] = *it;
        const Values& span = items_of(row.key[s.place]);
        all.push_back({span[0].i, span[1].i, row.value, false});
    }
    for (const Span& one : all) kept.erase(session_place(bytes, one.start));
    const std::vector<Span> before = all;
    all.insert(all.end(), rows.sessions.begin(), rows.sessions.end());
    std::stable_sort(all.begin(), all.end(), [](const Span& a, const Span& b) { return a.start < b.start; });
    std::vector<Span> out;
    for (Span& one : all) {
        const bool touch = !s.r.plan.has_bug(PlantedBug::touching_sessions_part);
        if (!out.empty() && one.start < out.back().end + (touch ? 1 : 0)) {
            out.back().end = std::max(out.back().end, one.end);
            out.back().buffers = merged(s, out.back().buffers, one.buffers);
        } else {
            out.push_back(std::move(one));
        }
    }
    for (const Span& old : before)
        if (std::none_of(out.begin(), out.end(), [&](const Span& n) { return n.start == old.start; })) {
            changed(s, rows.key, old.start, old.end, nullptr);
            ++s.metrics.removed;
        }
    for (const Span& one : out) {
        changed(s, rows.key, one.start, one.end, &one.buffers);
        kept.put(session_place(bytes, one.start), {whole_key(s, rows.key, one.start, one.end), one.buffers});
        ++s.metrics.updated;
    }
}

Rows given(Sessions& s, const std::vector<StateRow>& sessions) {
    if (sessions.empty()) return {output_of(s.plan), {}};
    Aggregation a = prepared(s);
    const u32 n = static_cast<u32>(sessions.size());
    for (Accumulator& acc : a.accumulators) grow(acc, n);
    set_groups(a, n, [&](u32 g) -> const Values& { return sessions[g].key; });
    for (u32 g = 0; g < n; ++g) {
        std::size_t at = 0;
        for (std::size_t c = 0; c < a.accumulators.size(); ++c) {
            merge_buffer(a.accumulators[c], g, std::span(sessions[g].value).subspan(at, s.widths[c]));
            at += s.widths[c];
        }
    }
    return finish(a);
}

std::vector<StateRow> evicted(Sessions& s, StateRows& kept) {
    MR_ASSERT(s.op < s.r.evict.size());
    std::vector<StateRow> out;
    std::vector<std::string> places;
    for (auto it = kept.begin(); it != kept.end() && s.marked; ++it) {
        auto [place, row] = *it;
        const i64 end = items_of(row.key[s.place])[1].i;
        if (!passed(s.r.plan, row.key[s.place], s.plan.groups[s.place]->type, s.r.evict[s.op])) continue;
        Values key = row.key;
        const i64 start = items_of(key[s.place])[0].i;
        s.r.out.judgements.push_back({s.op, false, key, floor_div(end, 1000), s.r.evict[s.op], row.value});
        key.erase(key.begin() + static_cast<std::ptrdiff_t>(s.place));
        changed(s, key, start, end, nullptr);
        out.push_back(std::move(row));
        places.push_back(std::move(place));
        ++s.metrics.removed;
    }
    for (const std::string& place : places) kept.erase(place);
    return out;
}

}  // namespace

std::string session_place(const std::string& key, i64 start) {
    MR_ASSERT(key.size() >= 4);
    std::string out = key;
    for (int i = 7; i >= 0; --i) out += static_cast<char>((static_cast<u64>(start) ^ (1ULL << 63)) >> (8 * i));
    return out;
}

Rows StreamRunner::session_window(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    Rows in = run(p->children[0]);
    if (!ok()) return {output_of(*p), {}};
    Runner runner{session, {}};
    runner.cx.ansi = session.ansi;
    runner.cx.clock = session.clock;
    Sessions s{*this, runner, *p, in, {},    plan.operator_of(p.get()),
               0,     {},     {}, {}, false, partitions(p->groups.size() > 1),
               {}};
    s.calls = prepared(s).parts.calls;
    for (std::size_t k = 0; k < p->groups.size(); ++k) {
        if (p->groups[k]->name == "session_window") {
            s.place = k;
            s.marked = p->groups[k]->watermark_ms >= 0;
        } else {
            s.key_types.push_back(p->groups[k]->type);
        }
    }
    for (const ExprRef& call : s.calls) {
        const auto types = buffer_types(call->args[0]);
        s.widths.push_back(types.size());
        s.value_types.insert(s.value_types.end(), types.begin(), types.end());
    }
    StateRows& kept = writable(state.operators[s.op].rows);
    for (auto& [bytes, rows] : of_rows(s, in)) merge_key(s, kept, bytes, rows);
    Rows rows{output_of(*p), {}};
    if (plan.mode == OutputMode::complete) {
        std::vector<StateRow> all;
        for (const auto& [bytes, row] : kept) all.push_back(row);
        rows = given(s, all);
    } else {
        rows = given(s, evicted(s, kept));
    }
    if (!runner.ok()) failure.set(runner.cx.failure.error);
    s.metrics.name = "sessionWindowStateStoreSaveExec";
    s.metrics.total = static_cast<i64>(kept.size());
    // In Complete mode the operator does not say in how many stores it keeps its sessions.
    s.metrics.stores = plan.mode == OutputMode::complete ? 0 : s.partitions;
    s.metrics.partitions = s.partitions;
    out.operators[s.op] = s.metrics;
    return rows;
}

}  // namespace engine::spark
