// Generators: rows made of one row: explode and its relatives, stack, inline, json_tuple.
#include "engine/operators/run.h"
#include "engine/plan/json.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// What a generator makes of a batch: for each new row the row it came from, and the new columns.
struct Made {
    std::vector<i32> rows;
    std::vector<Column> columns;
};

/// Arrays and maps end to end: the elements are gathered, never boxed.
Made explode(const Column& list, bool positions, bool outer, bool structs, EvalContext& cx) {
    Made out;
    i64 total = 0;
    for (i64 i = 0; i < list.size; ++i)
        total += list.null(i) ? 0 : list.offsets[list.at(i) + 1] - list.offsets[list.at(i)];
    if (!cx.spend(total, total * 40)) return out;
    std::vector<i32> places;
    Column numbers = sized_column(type_of(TypeId::integer), 0);
    bool padded = false;
    for (i64 i = 0; i < list.size; ++i) {
        const std::size_t at = list.at(i);
        const u32 from = list.null(i) ? 0 : list.offsets[at], to = list.null(i) ? 0 : list.offsets[at + 1];
        for (u32 k = from; k < to; ++k) {
            out.rows.push_back(static_cast<i32>(i));
            places.push_back(static_cast<i32>(k));
            numbers.ints.push_back(k - from);
        }
        if (from == to && outer) {
            padded = true;
            out.rows.push_back(static_cast<i32>(i));
            places.push_back(-1);
            numbers.ints.push_back(0);
        }
    }
    numbers.size = static_cast<i64>(numbers.ints.size());
    if (padded) {
        numbers.nulls.resize(numbers.ints.size());
        for (std::size_t i = 0; i < places.size(); ++i) numbers.nulls[i] = places[i] < 0 ? 1 : 0;
    }
    if (positions) out.columns.push_back(std::move(numbers));
    for (const Column& child : list.children) {
        const Column got = gather(child, places);
        if (!structs) {
            out.columns.push_back(got);
            continue;
        }
        for (const Column& field : got.children) {
            Column c = flat(field);
            if (!got.nulls.empty()) {
                if (c.nulls.empty()) c.nulls.assign(static_cast<std::size_t>(c.size), 0);
                for (std::size_t i = 0; i < c.nulls.size(); ++i) c.nulls[i] |= got.nulls[i];
            }
            out.columns.push_back(std::move(c));
        }
    }
    return out;
}

Made stack(const Expr& e, const std::vector<Column>& args, i64 rows, EvalContext& cx) {
    MR_ASSERT(!args.empty());
    Made out;
    const auto& fields = *e.type.fields;
    const std::size_t width = fields.size(), n = rows == 0 ? 0 : static_cast<std::size_t>(get(args[0], 0).i);
    if (!cx.spend(rows * static_cast<i64>(n), rows * static_cast<i64>(n * width) * 64)) return out;
    std::vector<Builder> builders;
    for (const Field& f : fields) builders.emplace_back(f.type);
    for (i64 i = 0; i < rows; ++i)
        for (std::size_t r = 0; r < n; ++r) {
            out.rows.push_back(static_cast<i32>(i));
            for (std::size_t c = 0; c < width; ++c) {
                const std::size_t at = 1 + r * width + c;
                builders[c].add(at < args.size() ? get(args[at], i) : null_value());
            }
        }
    for (Builder& b : builders) out.columns.push_back(b.finish());
    return out;
}

Made json_tuple(const Expr& e, const std::vector<Column>& args, i64 rows) {
    MR_ASSERT(args.size() > 0);
    Made out;
    std::vector<Builder> builders;
    for (const Field& f : *e.type.fields) builders.emplace_back(f.type);
    for (i64 i = 0; i < rows; ++i) {
        out.rows.push_back(static_cast<i32>(i));
        const auto j = args[0].null(i) ? std::nullopt : parse_json(args[0].strings[args[0].at(i)]);
        for (std::size_t f = 0; f < builders.size(); ++f) {
            Value v;
            if (j && j->kind == JsonKind::object && !args[f + 1].null(i)) {
                const std::string_view wanted = args[f + 1].strings[args[f + 1].at(i)];
                for (std::size_t k = 0; k < j->names.size(); ++k)
                    if (j->names[k] == wanted && j->items[k].kind != JsonKind::null)
                        v = string_value(j->items[k].kind == JsonKind::string ? j->items[k].text
                                                                              : json_text(j->items[k]));
            }
            builders[f].add(v);
        }
    }
    for (Builder& b : builders) out.columns.push_back(b.finish());
    return out;
}

/// The other columns as often as the first one says.
Made replicate(const std::vector<Column>& args, i64 rows, EvalContext& cx) {
    MR_ASSERT(args.size() > 1);
    Made out;
    for (i64 i = 0; i < rows; ++i) {
        const i64 times = args[0].null(i) ? 0 : get(args[0], i).i;
        if (!cx.spend(times, times * 16)) return out;
        for (i64 k = 0; k < times; ++k) out.rows.push_back(static_cast<i32>(i));
    }
    for (std::size_t c = 1; c < args.size(); ++c) out.columns.push_back(gather(args[c], out.rows));
    return out;
}

}  // namespace

void Runner::generate(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->children.size() > 0);
    const ExprRef generator = p->exprs[0];
    MR_ASSERT(generator->fn != nullptr);
    const std::string_view name = generator->fn->name;
    const bool outer = p->outer || name.ends_with("_outer");
    Exprs bound;
    std::vector<std::size_t> kept;
    const Exprs required = required_of(*p);
    const auto ready = [&](Rows& in) {
        for (std::size_t c = 0; c < in.columns.size(); ++c)
            if (contains_id(required, in.columns[c]->id)) kept.push_back(c);
        for (const ExprRef& a : generator->args) bound.push_back(bound_to(answered(a, in), in.columns));
    };
    each(p->children[0], generator->args, ready, [&](const Batch& batch) {
        const std::vector<Column> args = evaluate(bound, batch);
        if (!ok()) return false;
        Made made = name == "replicaterows" ? replicate(args, batch.rows, cx)
                    : name == "stack" ? stack(*generator, args, batch.rows, cx)
                    : name == "json_tuple"
                        ? json_tuple(*generator, args, batch.rows)
                        : explode(args[0], name.starts_with("pos"), outer, name.starts_with("inline"), cx);
        if (!ok()) return false;
        Batch next{.rows = static_cast<i64>(made.rows.size()), .columns = {}};
        if (next.rows == 0) return true;
        for (const std::size_t c : kept) next.columns.push_back(gather(batch.columns[c], made.rows));
        for (Column& c : made.columns) next.columns.push_back(std::move(c));
        return cx.spend(next.rows) && sink(std::move(next));
    });
}

}  // namespace engine::spark
