#include "engine/plan/analyser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/plan/api_calls.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr int kMaxPlanDepth = 150;
static_assert(kMaxPlanDepth > 0);

bool children_resolved(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    for (const PlanRef& c : p->children)
        if (!c->resolved) return false;
    return true;
}

/// Whether observe() was called below under the same name.
bool measured(const PlanRef& p, const std::string& name) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::collect_metrics && p->name == name) return true;
    return std::ranges::any_of(p->children, [&](const PlanRef& c) { return measured(c, name); });
}

}  // namespace

bool is_question(const Plan& p) {
    return p.kind == PlanKind::command && (p.name.starts_with("show ") || p.name.starts_with("describe "));
}

PlanRef Analyser::plan(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (!ok()) return p;
    if (++depth > kMaxPlanDepth) {
        fail("FAILED_TO_PARSE_TOO_COMPLEX",
             "The statement, including potential SQL functions and referenced views, was too complex to parse. To "
             "mitigate this error divide the statement into multiple, less complex chunks.",
             {});
        --depth;
        return p;
    }
    PlanRef out = p;
    if (p->kind == PlanKind::with) {
        out = with(p);
    } else if (is_question(*p)) {
        out = catalog_answer(p);
    } else if (!p->resolved) {
        const PlanRef with_parts = children_analysed(p);
        out = ok() ? node(with_parts) : p;
    }
    --depth;
    return out;
}

/// The right side of a lateral join may name columns of the left one.
PlanRef Analyser::children_analysed(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    std::vector<PlanRef> children;
    for (const PlanRef& c : p->children) {
        const bool lateral = p->kind == PlanKind::lateral_join && children.size() == 1;
        if (lateral) outer.push_back(output_of(*children[0]));
        children.push_back(plan(c));
        if (lateral) outer.pop_back();
        if (!ok()) return p;
    }
    return with_children(p, std::move(children));
}

PlanRef Analyser::view(const View& v, const std::string& name) {
    PlanRef inner;
    if (v.parsed) {
        auto saved_ctes = std::exchange(ctes, {});
        auto saved_definitions = std::exchange(definitions, {});
        const auto saved_outer = std::exchange(outer, {});
        inner = plan(v.parsed);
        ctes = std::move(saved_ctes);
        definitions = std::move(saved_definitions);
        outer = saved_outer;
        if (!ok() || !inner->resolved) return inner;
        // A view of SQL casts its columns to the types it was made with.
        Exprs items;
        const Exprs columns = output_of(*inner);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            ExprRef cast = edit(cast_to(columns[i], columns[i]->type, session.ansi), [&](Expr& x) {
                x.nullable = columns[i]->nullable;
                x.resolved = true;
                x.implicit = true;
            });
            items.push_back(alias_of(cast, i < v.columns.size() ? v.columns[i] : columns[i]->name, session.ids.take()));
        }
        inner = project_over(inner, std::move(items));
    } else {
        inner = v.analysed;
        // A relation that is read twice has other columns the second time.
        const Exprs columns = output_of(*inner);
        const bool again =
            std::any_of(columns.begin(), columns.end(), [&](const ExprRef& c) { return contains_id(viewed, c->id); });
        if (again) inner = renewed(inner, session.ids);
        viewed.insert(viewed.end(), columns.begin(), columns.end());
    }
    Plan view_node;
    view_node.kind = PlanKind::view;
    view_node.name = v.name;
    view_node.children = {inner};
    view_node.output = output_of(*inner);
    view_node.resolved = true;
    Plan alias_node;
    alias_node.kind = PlanKind::subquery_alias;
    alias_node.name = sim::lower_ascii(name);
    alias_node.children = {make(std::move(view_node))};
    alias_node.resolved = true;
    return make(std::move(alias_node));
}

PlanRef Analyser::relation(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (PlanRef known = common_table(p)) return known;
    const std::string format = p->parts.size() == 2 ? sim::lower_ascii(p->parts[0]) : "";
    if (session.files && (format == "csv" || format == "json" || format == "text")) {
        auto read = session.files(format, {{"path", p->parts[1]}});
        if (read) return *read;
        failure.set(std::move(read.error()));
        return p;
    }
    if (p->parts.size() > 2) {
        std::string space;
        for (std::size_t i = 0; i + 1 < p->parts.size(); ++i) space += (i > 0 ? "." : "") + quoted(p->parts[i]);
        fail("REQUIRES_SINGLE_PART_NAMESPACE",
             fmt::format("spark_catalog requires a single-part namespace, but got {}.", space), {});
        return p;
    }
    const auto it = p->parts.size() == 1 ? session.views.find(sim::lower_ascii(p->parts[0])) : session.views.end();
    return it == session.views.end() ? p : view(it->second, p->parts[0]);
}

PlanRef Analyser::alias(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    if (p->names.empty()) return with_resolved(p);
    const Exprs columns = output_of(*p->children[0]);
    const auto& names = p->names[0];
    if (names.size() != columns.size() && p->children[0]->kind == PlanKind::local_relation) {
        fail("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
             fmt::format("Invalid inline table. Inline table expected {} columns but found {} columns in row 0.",
                         names.size(), columns.size()),
             p->children[0]->at);
        return p;
    }
    if (names.size() != columns.size()) {
        fail("_LEGACY_ERROR_TEMP_1028",
             fmt::format("Number of column aliases does not match number of columns. Number of column aliases: {}; "
                         "number of columns: {}.",
                         names.size(), columns.size()),
             p->at);
        return p;
    }
    // Over VALUES the names replace those of the rows; elsewhere a projection renames.
    PlanRef child = p->children[0];
    if (child->kind == PlanKind::local_relation || child->kind == PlanKind::range) {
        child = edit(child, [&](Plan& x) {
            for (std::size_t i = 0; i < x.output.size(); ++i)
                x.output[i] = edit(x.output[i], [&](Expr& e) { e.name = names[i]; });
        });
    } else {
        Exprs items;
        for (std::size_t i = 0; i < columns.size(); ++i)
            items.push_back(alias_of(columns[i], names[i], session.ids.take()));
        child = project_over(child, std::move(items));
    }
    return edit(p, [&](Plan& x) {
        x.children = {child};
        x.names.clear();
        x.resolved = true;
    });
}

PlanRef Analyser::project(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    const Scope scope{output_of(*p->children[0]), {}, true, p->children[0]};
    Exprs items = select_list(p->exprs, scope);
    if (!ok()) return p;
    PlanRef out = edit(p, [&](Plan& x) { x.exprs = items; });
    bool aggregates = has_api_aggregate(items);
    for (const ExprRef& e : items) aggregates = aggregates || has_aggregate(e);
    if (!aggregates) {
        check_lateral(items);
        if (!ok()) return p;
        out = with_lateral_below(out);
        items = out->exprs;
    }
    if (aggregates) {
        out = edit(out, [](Plan& x) { x.kind = PlanKind::aggregate; });
        if (!resolved_all(items)) return out;
        return aggregate(with_resolved(out, false));
    }
    if (!resolved_all(items)) return out;
    for (const ExprRef& e : items) {
        // Several names are for what makes several columns.
        const bool too_many = e->kind == ExprKind::multi_alias && !has_generator(e);
        if (e->kind == ExprKind::unresolved_alias || too_many) return out;
    }
    out = window_times(time_windows(out));
    if (!ok()) return out;
    bool generators = false, windows = false;
    for (const ExprRef& e : out->exprs) generators = generators || has_generator(e), windows = windows || has_window(e);
    if (generators) return extract_generators(out);
    if (windows) return extract_windows(out);
    return with_resolved(out);
}

PlanRef Analyser::filter(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    const ExprRef condition = resolve(p->condition->kind == ExprKind::alias ? p->condition->args[0] : p->condition,
                                      {output_of(*p->children[0]), {}, false});
    if (!ok()) return p;
    if (has_generator(condition)) {
        PlanRef shown = edit(p, [&](Plan& x) { x.condition = condition; });
        fail("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
             fmt::format("The generator is not supported: outside the SELECT clause, found: '{}.", node_text(shown)),
             {});
        return p;
    }
    return edit(p, [&](Plan& x) {
        x.condition = condition;
        x.resolved = condition->resolved;
    });
}

PlanRef Analyser::limit(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    ExprRef n = resolve(p->condition, {output_of(*p->children[0]), {}, false});
    return edit(p, [&](Plan& x) {
        x.condition = n;
        x.resolved = n->resolved;
    });
}

PlanRef Analyser::generate(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    const ExprRef& call = p->exprs[0];
    const bool unknown = call->kind == ExprKind::function && call->parts.size() <= 1 &&
                         find_function(sim::lower_ascii(call->name)) == nullptr;
    if (unknown) {
        fail("ROUTINE_NOT_FOUND",
             fmt::format("The function `default`.{} cannot be found. Verify the spelling and correctness of the schema "
                         "and catalog.\nIf you did not qualify the name with a schema and catalog, verify the "
                         "current_schema() output, or qualify the name with the correct schema and catalog.\nTo "
                         "tolerate the error on drop use DROP FUNCTION IF EXISTS.",
                         quoted(call->name)),
             call->at);
        return p;
    }
    ExprRef g = resolve(call, {output_of(*p->children[0]), {}, false});
    if (!ok()) return p;
    PlanRef out = edit(p, [&](Plan& x) { x.exprs = {g}; });
    if (!g->resolved) return out;
    if (!has_generator(g)) {
        fail("UNSUPPORTED_GENERATOR.NOT_GENERATOR",
             fmt::format("The generator is not supported: {} is expected to be a generator. However, its class is {}, "
                         "which is not a generator.",
                         quoted(pretty(g)), "org.apache.spark.sql.catalyst.expressions.Expression"),
             p->at);
        return p;
    }
    const auto& fields = *g->type.fields;
    const auto& names = p->names.empty() ? std::vector<std::string>{} : p->names[0];
    if (!names.empty() && names.size() != fields.size()) {
        fail("UDTF_ALIAS_NUMBER_MISMATCH",
             fmt::format("The number of aliases supplied in the AS clause does not match the number of columns output "
                         "by the UDTF. Expected {} aliases, but got {}. Please ensure that the number of aliases "
                         "provided matches the number of columns output by the UDTF.",
                         fields.size(),
                         [&] {
                             std::string s;
                             for (const auto& n : names) s += (s.empty() ? "" : ",") + n;
                             return s;
                         }()),
             p->at);
        return p;
    }
    Exprs columns;
    for (std::size_t i = 0; i < fields.size(); ++i)
        columns.push_back(attribute(
            names.empty() ? fields[i].name : names[i], fields[i].type, fields[i].nullable || p->outer,
            session.ids.take(),
            p->name.empty() ? std::vector<std::string>{} : std::vector<std::string>{sim::lower_ascii(p->name)}));
    return edit(out, [&](Plan& x) {
        x.output = columns;
        x.name = sim::lower_ascii(x.name);
        x.resolved = true;
    });
}

PlanRef Analyser::using_join(const PlanRef& p, std::vector<std::string> names) {
    MR_ASSERT(p->children.size() > 1);
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    Exprs keys, rest;
    ExprRef condition;
    std::vector<u64> used;
    for (const std::string& name : names) {
        ExprRef sides[2];
        for (int side = 0; side < 2; ++side) {
            const Exprs& columns = side == 0 ? left : right;
            for (const ExprRef& c : columns)
                if (same_name(c->name, name)) sides[side] = c;
            if (sides[side]) continue;
            std::string list;
            Exprs sorted = columns;
            std::stable_sort(sorted.begin(), sorted.end(),
                             [](const ExprRef& x, const ExprRef& y) { return x->name < y->name; });
            for (const ExprRef& c : sorted) list += (list.empty() ? "" : ", ") + quoted(c->name);
            fail(
                "UNRESOLVED_USING_COLUMN_FOR_JOIN",
                fmt::format("USING column {} cannot be resolved on the {} side of the join. The {}-side columns: [{}].",
                            quoted(name), side == 0 ? "left" : "right", side == 0 ? "left" : "right", list),
                {});
            return p;
        }
        ExprRef equal = typed(bound_call("=", {sides[0], sides[1]}));
        condition = condition ? typed(bound_call("and", {condition, equal})) : equal;
        used.push_back(sides[0]->id);
        used.push_back(sides[1]->id);
        if (p->join == JoinType::full_outer) {
            const ExprRef both =
                typed(bound_call("coalesce", {with_nullable(sides[0], true), with_nullable(sides[1], true)}));
            keys.push_back(alias_of(both, sides[0]->name, session.ids.take()));
        } else {
            keys.push_back(p->join == JoinType::right_outer && session.bug != SqlBug::right_join_takes_left ? sides[1]
                                                                                                            : sides[0]);
        }
    }
    const PlanRef joined_plan = edit(p, [&](Plan& x) {
        x.condition = condition;
        x.names.clear();
        x.natural = false;
        x.resolved = true;
    });
    for (const ExprRef& c : output_of(*joined_plan))
        if (std::find(used.begin(), used.end(), c->id) == used.end()) rest.push_back(c);
    keys.insert(keys.end(), rest.begin(), rest.end());
    return edit(project_over(joined_plan, std::move(keys)), [](Plan& x) { x.name = kUsingJoin; });
}

PlanRef Analyser::join(const PlanRef& given) {
    MR_ASSERT(given->children.size() > 1);
    PlanRef p = given->kind == PlanKind::join ? with_sides_apart(given, session.ids) : given;
    if (p->kind == PlanKind::lateral_join) {
        Exprs around;
        outer_columns(p->children[1], output_of(*p->children[0]), around);
        p = edit(p, [&](Plan& x) { x.groups = around; });
    }
    if (p->natural) {
        std::vector<std::string> names;
        const Exprs right = output_of(*p->children[1]);
        for (const ExprRef& l : output_of(*p->children[0]))
            for (const ExprRef& r : right)
                if (same_name(l->name, r->name)) names.push_back(l->name);
        return using_join(p, names);
    }
    if (!p->names.empty()) return using_join(p, p->names[0]);
    if (!p->condition) return with_resolved(p);
    Scope scope{output_of(*p->children[0]), {}, false};
    for (const ExprRef& c : output_of(*p->children[1])) scope.columns.push_back(c);
    const ExprRef condition = resolve(p->condition, scope);
    return edit(p, [&](Plan& x) {
        x.condition = condition;
        x.resolved = condition->resolved && condition->type.id == TypeId::boolean;
    });
}

namespace {

/// A hint that names a join strategy marks its tables; others are passed over.
std::string strategy_of(const std::string& name) {
    const std::string n = sim::lower_ascii(name);
    if (n == "broadcast" || n == "broadcastjoin" || n == "mapjoin") return "broadcast";
    if (n == "merge" || n == "shuffle_merge" || n == "mergejoin") return "merge";
    if (n == "shuffle_hash") return "shuffle_hash";
    return n == "shuffle_replicate_nl" ? n : "";
}

}  // namespace

namespace {

bool reads_stream(const PlanRef& p) {
    return p->kind == PlanKind::stream_relation || std::any_of(p->children.begin(), p->children.end(), reads_stream);
}

/// Whether a watermark's column is there and a moment; what is not is left for the check to refuse.
bool event_time_ok(const PlanRef& p) {
    MR_ASSERT(p->exprs.size() == 1);
    for (const ExprRef& c : output_of(*p->children[0])) {
        const bool named = p->exprs[0]->kind == ExprKind::name ? same_name(c->name, p->exprs[0]->parts.back())
                                                               : p->exprs[0]->id == c->id;
        if (named) return c->type.id == TypeId::timestamp || c->type.id == TypeId::timestamp_ntz;
    }
    return false;
}

}  // namespace

namespace {

/// A list with functions of groups is an aggregate, also before anything is known of the plan below.
PlanRef with_known_aggregates(const PlanRef& p) {
    if (p->kind != PlanKind::project || !has_api_aggregate(p->exprs)) return p;
    return edit(p, [](Plan& x) { x.kind = PlanKind::aggregate; });
}

}  // namespace

PlanRef with_ordinals_marked(const PlanRef& p) {
    const auto marked = [](const ExprRef& e) -> ExprRef {
        if (!is_literal(e) || e->type.id != TypeId::integer || e->value.null) return e;
        Expr name;
        name.kind = ExprKind::window_reference;
        name.name = fmt::format("unresolvedordinal({})", e->value.i);
        return make(std::move(name));
    };
    if (p->kind == PlanKind::sort)
        return edit(p, [&](Plan& x) {
            for (ExprRef& o : x.exprs) o = edit(o, [&](Expr& y) { y.args[0] = marked(y.args[0]); });
        });
    if (p->kind != PlanKind::aggregate) return p;
    return edit(p, [&](Plan& x) {
        for (ExprRef& g : x.groups) g = marked(g);
    });
}

namespace {

/// Rows shared out by columns that the list below leaves out: they pass through and are dropped above. None = not so.
PlanRef over_left_out(Analyser& a, const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    const PlanRef& list = p->children[0];
    if (p->kind != PlanKind::repartition || list->kind != PlanKind::project) return nullptr;
    const Exprs columns = output_of(*list), below = output_of(*list->children[0]);
    Exprs exprs, items = list->exprs;
    for (const ExprRef& given : p->exprs) {
        const ExprRef named = rewrite_up(given, [&](const ExprRef& x) -> ExprRef {
            if (x->kind != ExprKind::name || !a.ok()) return x;
            const ExprRef own = a.resolve_name(x, {columns, {}, false});
            return own->resolved || !a.ok() ? own : a.resolve_name(x, {below, {}, false});
        });
        exprs.push_back(a.resolve(named, {columns, {}, false}));
        if (!a.ok() || !exprs.back()->resolved) return nullptr;
        for (const u64 id : references(exprs.back()))
            for (const ExprRef& b : below)
                if (b->id == id && !contains_id(to_attributes(items), id)) items.push_back(b);
    }
    const PlanRef wide = edit(list, [&](Plan& x) { x.exprs = items; });
    return project_over(with_resolved(edit(with_children(p, {wide}), [&](Plan& x) { x.exprs = exprs; })), columns);
}

}  // namespace

PlanRef Analyser::node(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::relation_name) return relation(p);
    if (p->kind == PlanKind::values) return inline_table(p);
    if (p->kind == PlanKind::table_function) return table_function(p);
    if (!children_resolved(p)) return with_ordinals_marked(with_known_aggregates(p));
    switch (p->kind) {
        case PlanKind::project: return project(with_hidden_keys(p));
        case PlanKind::aggregate: return aggregate(with_hidden_keys(p));
        case PlanKind::filter: return filter(with_hidden_keys(p));
        case PlanKind::having: return having(p);
        case PlanKind::sort: return sort(p);
        case PlanKind::global_limit: case PlanKind::local_limit: case PlanKind::offset: return limit(p);
        case PlanKind::join: case PlanKind::lateral_join: return join(p);
        case PlanKind::union_: case PlanKind::except: case PlanKind::intersect: return set_operation(p);
        case PlanKind::generate: return generate(p);
        case PlanKind::pivot: return pivot(p);
        case PlanKind::unpivot: return unpivot(p);
        case PlanKind::subquery_alias: return alias(p);
        case PlanKind::hint: {
            const std::string strategy = strategy_of(p->name);
            if (strategy.empty()) return p->children[0];
            return rewrite_plan_up(p->children[0], [&](const PlanRef& c) {
                if (c->kind != PlanKind::subquery_alias) return c;
                for (const ExprRef& e : p->exprs)
                    if (e->kind == ExprKind::name && same_name(e->parts.back(), c->name)) {
                        Plan hinted;
                        hinted.kind = PlanKind::resolved_hint;
                        hinted.name = strategy;
                        hinted.children = {c};
                        hinted.resolved = true;
                        return make(std::move(hinted));
                    }
                return c;
            });
        }
        case PlanKind::collect_metrics: {
            Exprs exprs = without_lateral(select_list(p->exprs, {output_of(*p->children[0]), {}, false}));
            const PlanRef out = edit(p, [&](Plan& x) {
                x.exprs = exprs;
                x.resolved = resolved_all(exprs);
            });
            if (ok() && out->resolved) check_metrics(out);
            if (ok() && measured(out->children[0], out->name))
                fail("DUPLICATED_METRICS_NAME",
                     fmt::format("The metric name is not unique: {}. The same name cannot be used for metrics with "
                                 "different results. However multiple instances of metrics with with same result and "
                                 "name are allowed (e.g. self-joins).",
                                 out->name),
                     {}, out);
            return out;
        }
        case PlanKind::watermark:
            if (!reads_stream(p) && event_time_ok(p)) return p->children[0];
            [[fallthrough]];
        case PlanKind::repartition: case PlanKind::deduplicate: {
            Exprs exprs, groups;
            const Scope scope{output_of(*p->children[0]), {}, false};
            for (const ExprRef& e : p->exprs) exprs.push_back(resolve(e, scope));
            for (const ExprRef& e : p->groups) groups.push_back(resolve(e, scope));
            if (const PlanRef wide = resolved_all(exprs) ? nullptr : over_left_out(*this, p)) return wide;
            return edit(p, [&](Plan& x) {
                x.exprs = exprs;
                x.groups = groups;
                x.resolved = resolved_all(exprs) && resolved_all(groups);
            });
        }
        default: return with_resolved(p);
    }
}

std::expected<PlanRef, QueryError> analyse(Session& session, const PlanRef& parsed) {
    MR_ASSERT(parsed != nullptr);
    Analyser a{.session = session, .failure = {}, .ctes = {}, .definitions = {}, .outer = {}};
    const PlanRef out = a.plan(parsed);
    if (a.ok()) a.check(out, out);
    if (!a.ok()) return std::unexpected(a.failure.error);
    // No row of Spark's can hold a struct without fields.
    for (const ExprRef& c : output_of(*out))
        if (c->type.id == TypeId::structure && c->type.fields->empty())
            return std::unexpected(QueryError{
                "Py4JJavaError", "java.lang.AssertionError", "", "",
                "assertion failed: each serializer expression should contain at least one `BoundReference`"});
    // A stream is planned without definitions.
    return reads_stream(out) ? with_tables_inlined(out) : out;
}

}  // namespace engine::spark
