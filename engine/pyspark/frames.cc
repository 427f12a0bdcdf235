// DataFrames: each method makes a node over the analysed plan and analyses it at once, as PySpark does.
#include "engine/pyspark/frames.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/pyspark/gateway.h"
#include "engine/sql/interval.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

PyValue frame_of_analysed(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr && plan->resolved);
    PyValue f = new_object("DataFrame");
    f.object->parsed = plan;
    f.object->plan = plan;
    return f;
}

namespace {

/// A node whose expressions were made of found columns prints as resolved before it was analysed.
PlanRef shown_resolved(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const bool unread =
        p->kind == PlanKind::relation_name || p->kind == PlanKind::values || p->kind == PlanKind::table_function;
    if (p->resolved || unread || (p->kind == PlanKind::join && !p->names.empty())) return p;
    std::vector<PlanRef> children;
    bool all = true;
    for (const PlanRef& c : p->children) {
        children.push_back(shown_resolved(c));
        all = all && children.back()->resolved;
    }
    visit_exprs(*p, [&](const ExprRef& e) { all = all && e->resolved; });
    return edit(p, [&](Plan& x) {
        x.children = children;
        x.resolved = all;
    });
}

}  // namespace

PyValue frame_of(Interpreter& in, const PlanRef& parsed) {
    MR_ASSERT(parsed != nullptr);
    auto plan = analyse(in.session, parsed);
    if (!plan) {
        in.raise(std::move(plan.error()));
        return none();
    }
    PyValue f = frame_of_analysed(*plan);
    f.object->parsed = shown_resolved(parsed);
    return f;
}

bool streaming(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    if (plan->kind == PlanKind::stream_relation) return true;
    return std::any_of(plan->children.begin(), plan->children.end(), streaming);
}

Plan node_over(const PyValue& frame, PlanKind kind) {
    MR_ASSERT(frame.object && frame.object->plan);
    Plan p;
    p.kind = kind;
    p.children = {frame.object->plan};
    return p;
}

/// A select item: names and aliases stay, everything else gets its name from Spark.
ExprRef select_item(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::name: case ExprKind::star: case ExprKind::alias: case ExprKind::multi_alias:
        case ExprKind::attribute: case ExprKind::unresolved_alias: return e;
        default: return edit(unresolved_alias(e), [](Expr& x) { x.name = "column"; });
    }
}

namespace {

std::optional<JoinType> join_type(const std::string& how) {
    std::string n = sim::lower_ascii(how);
    std::erase(n, '_');
    if (n == "inner") return JoinType::inner;
    if (n == "cross") return JoinType::cross;
    if (n == "outer" || n == "full" || n == "fullouter") return JoinType::full_outer;
    if (n == "left" || n == "leftouter") return JoinType::left_outer;
    if (n == "right" || n == "rightouter") return JoinType::right_outer;
    if (n == "semi" || n == "leftsemi") return JoinType::left_semi;
    if (n == "anti" || n == "leftanti") return JoinType::left_anti;
    return std::nullopt;
}

ExprRef all_of(const Exprs& parts) {
    MR_ASSERT(!parts.empty());
    ExprRef out = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) out = operation("and", {out, parts[i]});
    return out;
}

}  // namespace

PyValue joined(Interpreter& in, const PyValue& left, const Args& args, bool cross) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame.join", "other, on=, how=", args);
    if (!in.ok()) return none();
    if (!is_object(b[0], "DataFrame")) {
        in.raise("AttributeError", fmt::format("'{}' object has no attribute '_jdf'", type_name(b[0])));
        return none();
    }
    const PyValue& first_key = b[1].kind == Kind::list && !b[1].object->items.empty() ? b[1].object->items[0] : b[1];
    if (b[1].kind != Kind::none && first_key.kind != Kind::text && first_key.kind != Kind::column) {
        in.raise("AssertionError", "on should be Column or list of Column");
        return none();
    }
    if (b[2].kind != Kind::none && b[2].kind != Kind::text) {
        in.raise("AssertionError", "how should be a string");
        return none();
    }
    const auto type = cross ? JoinType::cross : b[2].kind == Kind::text ? join_type(b[2].s) : JoinType::inner;
    if (!type) {
        in.raise(illegal_argument(
            fmt::format("Unsupported join type '{}'. Supported join types include: 'inner', 'outer', 'full', "
                        "'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', "
                        "'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'.",
                        b[2].s)));
        return none();
    }
    PlanRef right = b[0].object->plan;
    const Exprs own = output_of(*left.object->plan);
    bool same = false;
    for (const ExprRef& a : output_of(*right)) same = same || contains_id(own, a->id);
    if (same) right = renewed(right, in.session.ids);
    Plan p = node_over(left, PlanKind::join);
    p.children.push_back(right);
    p.join = *type;
    const bool list = b[1].kind == Kind::list || b[1].kind == Kind::tuple;
    std::vector<PyValue> on = list                      ? b[1].object->items
                              : b[1].kind == Kind::none ? std::vector<PyValue>{}
                                                        : std::vector<PyValue>{b[1]};
    Exprs conditions;
    std::vector<std::string> names;
    for (const PyValue& v : on) {
        if (v.kind != Kind::text && v.kind != Kind::column) {
            in.raise("AssertionError", "on should be Column or list of Column");
            return none();
        }
        if (v.kind == Kind::text) names.push_back(v.s);
        else conditions.push_back(as_literal(v));
    }
    if (!names.empty()) p.names = {names};
    if (!conditions.empty()) p.condition = all_of(conditions);
    return frame_of(in, make(std::move(p)));
}

PyValue with_column(Interpreter& in, const PyValue& self, const std::vector<std::pair<std::string, ExprRef>>& columns) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::project);
    std::vector<bool> used(columns.size(), false);
    for (const ExprRef& a : output_of(*self.object->plan)) {
        ExprRef item = a;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (same_name(a->name, columns[i].first)) {
                item = alias_of(columns[i].second, columns[i].first, in.session.ids.take());
                used[i] = true;
            }
        p.exprs.push_back(item);
    }
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (!used[i]) p.exprs.push_back(alias_of(columns[i].second, columns[i].first, in.session.ids.take()));
    return frame_of(in, make(std::move(p)));
}

PyValue renamed(Interpreter& in, const PyValue& self, const std::vector<std::pair<std::string, std::string>>& names) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::project);
    bool any = false;
    for (const ExprRef& a : output_of(*self.object->plan)) {
        ExprRef item = a;
        for (const auto& [from, to] : names)
            if (same_name(a->name, from)) item = alias_of(a, to, in.session.ids.take()), any = true;
        p.exprs.push_back(item);
    }
    return any ? frame_of(in, make(std::move(p))) : self;
}

PyValue dropped(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::project);
    const Exprs columns = output_of(*self.object->plan);
    for (const PyValue& v : args.positional)
        if (v.kind != Kind::text && v.kind != Kind::column) {
            in.raise(
                "PySparkTypeError",
                fmt::format("[NOT_COLUMN_OR_STR] Argument `col` should be a Column or str, got {}.", type_name(v)));
            return none();
        }
    for (const ExprRef& a : columns) {
        bool out = false;
        for (const PyValue& v : args.positional) {
            if (v.kind == Kind::text) out = out || same_name(a->name, v.s);
            else if (v.kind == Kind::column && v.column->kind == ExprKind::attribute)
                out = out || v.column->id == a->id;
            else if (v.kind == Kind::column && v.column->kind == ExprKind::name)
                out = out || same_name(a->name, v.column->parts.back());
        }
        if (!out) p.exprs.push_back(a);
    }
    return p.exprs.size() == columns.size() ? self : frame_of(in, make(std::move(p)));
}

PyValue without_duplicates(Interpreter& in, const PyValue& self, const Args& args, bool within_watermark) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(
        in, within_watermark ? "DataFrame.dropDuplicatesWithinWatermark" : "DataFrame.dropDuplicates", "subset=", args);
    if (!in.ok()) return none();
    const Exprs columns = output_of(*self.object->plan);
    Plan p = node_over(self, PlanKind::deduplicate);
    if (within_watermark) p.name = "within watermark";
    if (b[0].kind == Kind::none) p.groups = columns;
    else if (b[0].kind != Kind::list && b[0].kind != Kind::tuple) {
        in.raise(
            "PySparkTypeError",
            fmt::format("[NOT_LIST_OR_TUPLE] Argument `subset` should be a list or tuple, got {}.", type_name(b[0])));
        return none();
    }
    for (const PyValue& v : b[0].kind == Kind::none ? std::vector<PyValue>{} : b[0].object->items) {
        const std::size_t before = p.groups.size();
        for (const ExprRef& c : columns)
            if (same_name(c->name, text_of(v))) p.groups.push_back(c);
        if (p.groups.size() > before) continue;
        std::string names;
        for (const ExprRef& c : columns) names += (names.empty() ? "" : ", ") + c->name;
        in.raise(analysis_error("_LEGACY_ERROR_TEMP_1201",
                                fmt::format("Cannot resolve column name \"{}\" among ({}).", text_of(v), names), {}));
        return none();
    }
    return frame_of(in, make(std::move(p)));
}

namespace {

std::string watermark_text(const Calendar& c) { return calendar_text(c); }

}  // namespace

i64 delay_ms(i64 months, i64 days, i64 micros) {
    constexpr i64 kDaysOfMonth = 31, kMsPerDay = 86'400'000;
    return (months * kDaysOfMonth + days) * kMsPerDay + (micros >= 0 ? micros / 1000 : -((-micros) / 1000));
}

PyValue with_watermark(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame.withWatermark", "eventTime, delayThreshold", args);
    if (!in.ok()) return none();
    static constexpr const char* kNames[] = {"eventTime", "delayThreshold"};
    for (std::size_t i = 0; i < 2; ++i)
        if (b[i].kind == Kind::column) {
            // Python asks the column for its truth before it asks for its type.
            in.raise("PySparkValueError",
                     "[CANNOT_CONVERT_COLUMN_INTO_BOOL] Cannot convert column into bool: please use '&' for 'and', '|' "
                     "for 'or', '~' for 'not' when building DataFrame boolean expressions.");
            return none();
        } else if (b[i].kind != Kind::text || b[i].s.empty()) {
            in.raise("PySparkTypeError",
                     fmt::format("[NOT_STR] Argument `{}` should be a str, got {}.", kNames[i], type_name(b[i])));
            return none();
        }
    const auto delay = parse_interval(b[1].s);
    if (!delay) {
        in.raise(bad_interval(b[1].s));
        return none();
    }
    Plan p = node_over(self, PlanKind::watermark);
    p.n = delay_ms(delay->months, delay->days, delay->micros);
    if (p.n < 0) {
        in.raise(
            illegal_argument(fmt::format("requirement failed: delay threshold ({}) should not be negative.", b[1].s)));
        return none();
    }
    p.exprs = {column_of(b[0])};
    p.name = watermark_text(*delay);
    return frame_of(in, make(std::move(p)));
}

PyValue observed(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    if (args.positional.size() < 2) {
        in.raise("PySparkValueError", "[CANNOT_BE_EMPTY] At least one exprs must be specified.");
        return none();
    }
    if (args.positional[0].kind != Kind::text && std::all_of(args.positional.begin() + 1, args.positional.end(),
                                                             [](const PyValue& v) { return v.kind == Kind::column; })) {
        // PySpark 3.5 has no parameter for what it tells.
        in.raise("AssertionError",
                 fmt::format("Undefined error message parameter for error class: NOT_LIST_OF_COLUMN. Parameters: "
                             "{{'arg_name': 'observation', 'arg_type': '{}'}}",
                             type_name(args.positional[0])));
        return none();
    }
    const bool columns = std::all_of(args.positional.begin() + 1, args.positional.end(),
                                     [](const PyValue& v) { return v.kind == Kind::column; });
    if (!columns) {
        in.raise("PySparkTypeError", "[NOT_LIST_OF_COLUMN] Argument `exprs` should be a list[Column].");
        return none();
    }
    Plan p = node_over(self, PlanKind::collect_metrics);
    p.name = text_of(args.positional[0]);
    for (std::size_t i = 1; i < args.positional.size(); ++i)
        p.exprs.push_back(select_item(column_of(args.positional[i])));
    p.n = static_cast<i64>(in.session.ids.take());  // of the frame
    return frame_of(in, make(std::move(p)));
}

/// The columns that only the other side of a union has, as nulls.
void add_missing(PlanRef& left, const Exprs& right, Ids& ids) {
    Exprs items = output_of(*left);
    const std::size_t own = items.size();
    for (const ExprRef& c : right) {
        const bool known = std::any_of(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(own),
                                       [&](const ExprRef& a) { return same_name(a->name, c->name); });
        if (!known) items.push_back(alias_of(null_literal(c->type), c->name, ids.take()));
    }
    if (items.size() == own) return;
    Plan p;
    p.kind = PlanKind::project;
    p.children = {left};
    p.exprs = std::move(items);
    p.resolved = true;
    left = make(std::move(p));
}

PyValue set_operation(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    if (args.positional.empty() || !is_object(args.positional[0], "DataFrame")) {
        if (args.positional.empty())
            in.raise("TypeError", fmt::format("DataFrame.{}() missing 1 required positional argument: 'other'", name));
        else
            in.raise("AttributeError",
                     fmt::format("'{}' object has no attribute '_jdf'", type_name(args.positional[0])));
        return none();
    }
    const bool unions = name.starts_with("union");
    Plan p = node_over(self, unions                          ? PlanKind::union_
                             : name.starts_with("intersect") ? PlanKind::intersect
                                                             : PlanKind::except);
    PlanRef right = args.positional[0].object->plan;
    if (!unions && !output_of(*right).empty() && contains_id(output_of(*self.object->plan), output_of(*right)[0]->id))
        right = renewed(right, in.session.ids);
    p.children.push_back(right);
    p.all = unions || name.ends_with("All");
    if (name == "unionByName") {
        Exprs items;
        const Exprs columns = output_of(*right);
        const PyValue* given = nullptr;
        for (const auto& [option, v] : args.named)
            if (option == "allowMissingColumns") given = &v;
        if (given == nullptr && args.positional.size() > 1) given = &args.positional[1];
        const bool missing = given != nullptr && truthy(*given);
        if (missing) add_missing(p.children[0], columns, in.session.ids);
        for (const ExprRef& a : output_of(*p.children[0])) {
            const auto it = std::find_if(columns.begin(), columns.end(),
                                         [&](const ExprRef& c) { return same_name(c->name, a->name); });
            if (it == columns.end() && missing) {
                items.push_back(alias_of(null_literal(a->type), a->name, in.session.ids.take()));
                continue;
            }
            if (it == columns.end()) {
                std::string names;
                for (const ExprRef& c : columns) names += (names.empty() ? "" : ", ") + c->name;
                in.raise(analysis_error("_LEGACY_ERROR_TEMP_1201",
                                        fmt::format("Cannot resolve column name \"{}\" among ({}).", a->name, names),
                                        {}));
                return none();
            }
            items.push_back(*it);
        }
        Plan project;
        project.kind = PlanKind::project;
        project.children = {right};
        project.exprs = items;
        project.resolved = true;
        p.children[1] = make(std::move(project));
    }
    return frame_of(in, make(std::move(p)));
}

PyValue limited(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame." + name, "num", args);
    if (!in.ok()) return none();
    if (b[0].kind != Kind::integer) {
        raise_no_method(in, kSomeObject, name, {b[0]});
        return none();
    }
    const ExprRef n = int_literal(b[0].i);
    if (name == "offset") {
        Plan p = node_over(self, PlanKind::offset);
        p.condition = n;
        return frame_of(in, make(std::move(p)));
    }
    Plan local = node_over(self, PlanKind::local_limit);
    local.condition = n;
    Plan global;
    global.kind = PlanKind::global_limit;
    global.condition = n;
    global.children = {make(std::move(local))};
    return frame_of(in, make(std::move(global)));
}

PyValue sorted_frame(Interpreter& in, const PyValue& self, const Args& args, bool global) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::sort);
    p.all = global;
    PyValue ascending;
    for (const auto& [name, v] : args.named)
        if (name == "ascending") ascending = v;
    if (ascending.kind != Kind::none && ascending.kind != Kind::boolean && ascending.kind != Kind::integer &&
        ascending.kind != Kind::list) {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_BOOL_OR_LIST] Argument `ascending` should be a bool or list, got {}.",
                             type_name(ascending)));
        return none();
    }
    const Exprs columns = columns_of(in, args.positional);
    if (columns.empty() && in.ok())
        in.raise("PySparkValueError", "[CANNOT_BE_EMPTY] At least one column must be specified.");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i]->kind == ExprKind::sort_order) {
            p.exprs.push_back(columns[i]);
            continue;
        }
        bool up = true;
        if (ascending.kind == Kind::list && i < ascending.object->items.size()) up = truthy(ascending.object->items[i]);
        else if (ascending.kind != Kind::none) up = truthy(ascending);
        p.exprs.push_back(sort_order(columns[i], up, up));
    }
    return in.ok() ? frame_of(in, make(std::move(p))) : none();
}

PyValue repartitioned(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::repartition);
    std::vector<PyValue> rest = args.positional;
    if (rest.empty()) {
        in.raise("TypeError",
                 fmt::format("DataFrame.{}() missing 1 required positional argument: 'numPartitions'", name));
        return none();
    }
    const bool number = rest[0].kind == Kind::integer || rest[0].kind == Kind::boolean;
    if (name == "coalesce" && rest[0].kind != Kind::integer)
        return raise_no_method(in, kSomeObject, name, {rest[0]}), none();
    if (!number && rest[0].kind != Kind::text && rest[0].kind != Kind::column)
        return raise_type(in, "NOT_COLUMN_OR_STR", "numPartitions", "a Column or str", rest[0]);
    if (number) {
        p.n = rest[0].i;
        rest.erase(rest.begin());
        if (p.n <= 0) {
            in.raise(
                illegal_argument(fmt::format("requirement failed: Number of partitions ({}) must be positive.", p.n)));
            return none();
        }
    }
    p.all = name != "coalesce";
    p.exprs = columns_of(in, rest);
    return in.ok() ? frame_of(in, make(std::move(p))) : none();
}

}  // namespace engine::spark::py
