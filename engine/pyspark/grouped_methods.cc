// GroupedData: aggregates, pivots and functions over groups.
#include <fmt/format.h>

#include <algorithm>

#include "engine/model/java_hash.h"
#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/gateway.h"
#include "engine/sql/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

/// `count(1) AS count`, `avg(price) AS avg(price)`: resolved at once, as the shortcuts of GroupedData are.
ExprRef shortcut(Interpreter& in, const std::string& fn, const ExprRef& arg, const std::string& name) {
    Expr scratch;
    Typing t{.e = scratch, .ansi = in.session.ansi, .zone = in.session.clock.zone, .error_class = {}, .text = {}};
    const FunctionInfo* info = find_function(fn);
    MR_ASSERT(info != nullptr);
    const ExprRef call = typed(edit(operation(fn, {arg}), [&](Expr& e) { e.fn = info; }), t);
    Expr a;
    a.kind = ExprKind::aggregate;
    a.args = {call};
    const ExprRef aggregate = typed(make(std::move(a)), t);
    return alias_of(aggregate, name, in.session.ids.take());
}

Exprs shortcuts(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const std::string fn = name == "mean" ? "avg" : name;
    Exprs out;
    for (const ExprRef& c : output_of(*self.object->plan)) {
        bool wanted = args.positional.empty() ? is_numeric(c->type) : false;
        for (const PyValue& v : args.positional) wanted = wanted || same_name(text_of(v), c->name);
        if (!wanted) continue;
        if (!is_numeric(c->type)) {
            in.raise(analysis_error(
                "_LEGACY_ERROR_TEMP_1223",
                fmt::format(
                    "\"{}\" is not a numeric column. Aggregation function can only be applied on a numeric column.",
                    c->name),
                {}));
            return out;
        }
        out.push_back(shortcut(in, fn, c, fn + "(" + c->name + ")"));
    }
    for (const PyValue& v : args.positional)
        if (in.ok() && !has_field(output_of(*self.object->plan), text_of(v)))
            in.raise(unknown_field(text_of(v), output_of(*self.object->plan)));
    return out;
}

/// Keys of Scala's immutable HashMap ascend by this: five bits of the improved hash decide at a time, the lowest first.
u64 place_in_scala_map(u32 hash) {
    u32 h = scala_improved(hash);
    u64 out = 0;
    for (int digit = 0; digit < 7; ++digit, h >>= 5) out = out << 5 | (h & 31);
    return out;
}

/// The places of a dict's keys in the order in which Spark reads them. py4j hands a java.util.HashMap on; Scala makes a
/// Map of it, which keeps up to four as they come.
std::vector<std::size_t> java_order(const PyValue& dict) {
    constexpr std::size_t kKeptInOrder = 4;
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i + 1 < dict.object->items.size(); i += 2) out.push_back(i);
    std::ranges::stable_sort(out, {}, [&](std::size_t i) {
        const u32 hash = java_hash(text_of(dict.object->items[i]));
        return out.size() > kKeptInOrder ? place_in_scala_map(hash) : java_bucket(hash, out.size());
    });
    MR_ASSERT(out.size() == dict.object->items.size() / 2);
    return out;
}

/// What Java says of a function's name that is none.
QueryError no_name_of_function(const char* given) {
    return {"Py4JJavaError", "java.lang.ClassCastException", "", "",
            fmt::format("class java.lang.{0} cannot be cast to class java.lang.String (java.lang.{0} and "
                        "java.lang.String are in module java.base of loader 'bootstrap')",
                        given)};
}

Exprs of_dict(const PyValue& dict) {
    Exprs out;
    for (const std::size_t i : java_order(dict)) {
        const PyValue key = dict.object->items[i];
        const ExprRef arg = text_of(key) == "*" ? int_literal(1) : column_of(key);
        out.push_back(unresolved_alias(engine::spark::function(text_of(dict.object->items[i + 1]), {arg})));
    }
    return out;
}

/// count("*") counts rows and waits for nothing.
bool counts_rows(const Expr& e) {
    return e.kind == ExprKind::function && e.name == "count" && !e.distinct && e.args.size() == 1 &&
           e.args[0]->kind == ExprKind::star && e.args[0]->parts.empty();
}

/// Items of an aggregate are named at once; names of columns stay as they are.
ExprRef aggregate_item(Interpreter& in, const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const bool named = e->kind == ExprKind::alias;
    if (counts_rows(named ? *e->args[0] : *e))
        return shortcut(in, "count", int_literal(1), named ? e->name : "count(1)");
    switch (e->kind) {
        case ExprKind::name: case ExprKind::star: case ExprKind::alias: case ExprKind::multi_alias:
        case ExprKind::attribute: case ExprKind::unresolved_alias: return e;
        case ExprKind::function: {
            // The heading follows from the call when it needs no types to be known.
            const bool simple = std::all_of(e->args.begin(), e->args.end(), [](const ExprRef& a) {
                return a->kind == ExprKind::name || a->kind == ExprKind::literal || a->kind == ExprKind::attribute;
            });
            return simple && !e->distinct && find_function(e->name) ? alias_of(e, pretty(e), in.session.ids.take())
                                                                    : unresolved_alias(e);
        }
        default: return unresolved_alias(e);
    }
}

PyValue aggregated(Interpreter& in, const PyValue& self, const Exprs& aggregates) {
    MR_ASSERT(in.scope != nullptr);
    if (!in.ok()) return none();
    Plan p;
    p.kind = PlanKind::aggregate;
    p.children = {self.object->plan};
    if (self.object->name == "rollup" || self.object->name == "cube") {
        Expr set;
        set.kind = ExprKind::grouping_set;
        set.name = self.object->name;
        set.args = self.object->keys;
        p.groups = {make(std::move(set))};
    } else {
        p.groups = self.object->keys;
    }
    for (const ExprRef& k : self.object->keys) p.exprs.push_back(aggregate_item(in, k));
    p.exprs.insert(p.exprs.end(), aggregates.begin(), aggregates.end());
    if (self.object->more.empty()) return frame_of(in, make(std::move(p)));
    Plan pivot;
    pivot.kind = PlanKind::pivot;
    pivot.children = {self.object->plan};
    pivot.groups = {self.object->more[0]};
    pivot.groups.insert(pivot.groups.end(), self.object->keys.begin(), self.object->keys.end());
    pivot.all = true;  // the groups are given
    // A pivot names its columns itself.
    for (const ExprRef& e : aggregates)
        pivot.exprs.push_back(e->kind == ExprKind::alias && e->name == pretty(e->args[0]) ? e->args[0] : e);
    for (std::size_t v = 1; v < self.object->more.size(); ++v) pivot.rows.push_back({self.object->more[v]});
    return frame_of(in, make(std::move(pivot)));
}

/// applyInPandas: the rows of each group go through a function of the program; the keys stand before its input.
PyValue applied(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "GroupedData.applyInPandas", "func, schema", args);
    const auto schema = in.ok() ? schema_of(in, b[1]) : std::nullopt;
    if (!schema) return none();
    Plan keyed;
    keyed.kind = PlanKind::project;
    keyed.children = {self.object->plan};
    keyed.exprs = self.object->keys;
    const Exprs columns = output_of(*self.object->plan);
    keyed.exprs.insert(keyed.exprs.end(), columns.begin(), columns.end());
    const PyValue below = frame_of(in, make(std::move(keyed)));
    if (!in.ok()) return none();
    const Exprs all = output_of(*below.object->plan);
    const Exprs keys(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(self.object->keys.size()));
    std::string list;
    for (const ExprRef& c : columns) list += (list.empty() ? "" : ", ") + tree_form(c);
    Plan p;
    p.kind = PlanKind::command;
    p.parts = {"function"};
    p.children = {below.object->plan};
    for (const Field& f : *schema->fields) p.output.push_back(attribute(f.name, f.type, true, in.session.ids.take()));
    const std::string function = b[0].object && !b[0].object->name.empty() ? b[0].object->name : "<lambda>";
    p.name = fmt::format("FlatMapGroupsInPandas {}, {}({})#{}, {}", tree_forms(keys), function, list,
                         in.session.ids.take(), tree_forms(p.output));
    p.resolved = true;
    return frame_of_analysed(make(std::move(p)));
}

PyValue pivoted(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "GroupedData.pivot", "pivot_col, values=", args);
    if (!in.ok()) return none();
    const bool list = b[1].kind == Kind::none || b[1].kind == Kind::list || b[1].kind == Kind::tuple;
    if (b[0].kind != Kind::text || !list) {
        raise_no_method(in, kSomeObject, "pivot", b[1].kind == Kind::none ? std::vector{b[0]} : b.values);
        return none();
    }
    if (!self.object->more.empty()) {
        in.raise(QueryError{"UnsupportedOperationException", "org.apache.spark.SparkUnsupportedOperationException",
                            "REPEATED_CLAUSE", "42614",
                            "[REPEATED_CLAUSE] The PIVOT clause may be used at most once per SUBQUERY operation."});
        return none();
    }
    PyValue g = new_object("GroupedData");
    *g.object = *self.object;
    if (b[1].kind == Kind::none) {
        if (streaming(self.object->plan)) {
            in.raise(analysis_error("", "pivot is not supported on a streaming DataFrames/Datasets", {}));
            return none();
        }
        const PyValue values = in.frame_method(
            in.frame_method(in.frame_method(frame_of_analysed(self.object->plan), "select", {{b[0]}, {}}), "distinct",
                            {}),
            "collect", {});
        g.object->more = {column_of(b[0])};
        for (const PyValue& row : in.ok() ? in.iterate(values) : std::vector<PyValue>{})
            g.object->more.push_back(as_literal(row.object->items[0]));
        return g;
    }
    g.object->more = {column_of(b[0])};
    for (const PyValue& v : in.iterate(b[1])) g.object->more.push_back(as_literal(v));
    return g;
}

}  // namespace

PyValue Interpreter::grouped_method(const PyValue& self, const std::string& name, const Args& args) {
    if (!ok()) return none();
    MR_ASSERT(self.object != nullptr && self.object->plan != nullptr);
    if (name == "count") return aggregated(*this, self, {shortcut(*this, "count", int_literal(1), "count")});
    if (name == "avg" || name == "mean" || name == "sum" || name == "min" || name == "max")
        return aggregated(*this, self, shortcuts(*this, self, name, args));
    if (name == "pivot") return pivoted(*this, self, args);
    if (name == "agg") {
        if (args.positional.empty()) {
            raise("AssertionError", "exprs should not be empty");
            return none();
        }
        if (args.positional.size() == 1 && args.positional[0].kind == Kind::dict) {
            const Exprs columns = output_of(*self.object->plan);
            const auto& items = args.positional[0].object->items;
            for (std::size_t i = 1; i < items.size(); i += 2)
                if (items[i].kind == Kind::integer) return raise(no_name_of_function("Integer")), none();
            for (const std::size_t i : java_order(args.positional[0]))
                if (text_of(items[i]) != "*" && !has_field(columns, text_of(items[i])))
                    return raise(unknown_field(text_of(items[i]), columns)), none();
            return aggregated(*this, self, of_dict(args.positional[0]));
        }
        Exprs items;
        for (const PyValue& v : args.positional) {
            if (v.kind != Kind::column) {
                raise("AssertionError", "all exprs should be Column");
                return none();
            }
            items.push_back(aggregate_item(*this, v.column));
        }
        return aggregated(*this, self, items);
    }
    if (name == "applyInPandas") return applied(*this, self, args);
    raise("NotImplementedError", fmt::format("unsupported Python: GroupedData.{}", name));
    return none();
}

}  // namespace engine::spark::py
