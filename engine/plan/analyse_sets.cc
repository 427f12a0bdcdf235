// Set operations, and sides of one plan that are the same relation.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

PlanRef finished(const PlanRef& p) { return p->resolved ? p : edit(p, [](Plan& x) { x.resolved = true; }); }

bool share_columns(const Exprs& a, const Exprs& b) {
    return std::any_of(a.begin(), a.end(), [&](const ExprRef& c) { return contains_id(b, c->id); });
}

}  // namespace

PlanRef with_sides_apart(const PlanRef& p, Ids& ids) {
    MR_ASSERT(p->children.size() == 2);
    if (!share_columns(output_of(*p->children[0]), output_of(*p->children[1]))) return p;
    return with_children(p, {p->children[0], renewed(p->children[1], ids)});
}

std::optional<SetRefusal> set_operation_refused(const Plan& p, bool ansi) {
    MR_ASSERT(p.children.size() > 1);
    const char* op = p.kind == PlanKind::union_ ? "UNION" : p.kind == PlanKind::except ? "EXCEPT" : "INTERSECT";
    const std::string all = p.all && p.kind != PlanKind::union_ ? " ALL" : "";
    std::vector<Exprs> outs;
    for (const PlanRef& c : p.children) outs.push_back(output_of(*c));
    for (std::size_t c = 1; c < outs.size(); ++c) {
        if (outs[c].size() == outs[0].size()) continue;
        return SetRefusal{"NUM_COLUMNS_MISMATCH",
                          fmt::format("{}{} can only be performed on inputs with the same number of columns, but the "
                                      "first input has {} columns and the {} input has {} columns.",
                                      op, all, outs[0].size(), c == 1 ? "second" : "third", outs[c].size())};
    }
    for (std::size_t i = 0; i < outs[0].size(); ++i) {
        Exprs column;
        for (const Exprs& o : outs) column.push_back(o[i]);
        if (wider_type_of(column, 0, ansi)) continue;
        static constexpr const char* kOrdinal[] = {"first", "second", "third", "fourth", "fifth"};
        return SetRefusal{
            "INCOMPATIBLE_COLUMN_TYPE",
            fmt::format(
                "{} can only be performed on tables with compatible column types. The {} column of the second table is "
                "\"{}\" type which is not compatible with \"{}\" at the same column of the first table..",
                op + std::string(p.kind != PlanKind::union_ && p.all ? " ALL" : ""),
                kOrdinal[std::min<std::size_t>(i, 4)], sql_name(outs[1][i]->type), sql_name(outs[0][i]->type))};
    }
    return std::nullopt;
}

PlanRef Analyser::set_operation(const PlanRef& given) {
    MR_ASSERT(given != nullptr);
    const PlanRef p = given->kind == PlanKind::union_ ? given : with_sides_apart(given, session.ids);
    std::vector<Exprs> outs;
    for (const PlanRef& c : p->children) outs.push_back(output_of(*c));
    if (p->by_name) return finished(p);
    if (set_operation_refused(*p, session.ansi)) return p;
    std::vector<PlanRef> children = p->children;
    std::vector<DataType> types;
    for (std::size_t i = 0; i < outs[0].size(); ++i) {
        Exprs column;
        for (const Exprs& o : outs) column.push_back(o[i]);
        const auto type = wider_type_of(column, 0, session.ansi);
        MR_ASSERT(type.has_value());
        types.push_back(*type);
    }
    for (std::size_t c = 0; c < children.size(); ++c) {
        bool cast = false;
        Exprs items;
        for (std::size_t i = 0; i < types.size(); ++i) {
            const bool needed = !same_type(outs[c][i]->type, types[i]);
            cast = cast || needed;
            items.push_back(
                needed ? alias_of(edit(implicit(outs[c][i], types[i], session.ansi), [&](Expr& x) { x.at = p->at; }),
                                  outs[c][i]->name, session.ids.take())
                       : outs[c][i]);
        }
        if (cast) children[c] = finished(plan_of(PlanKind::project, {children[c]}, std::move(items)));
    }
    return edit(p, [&](Plan& x) {
        x.children = children;
        x.resolved = true;
    });
}

namespace {

bool has_column(const Exprs& columns, const std::vector<std::string>& parts) {
    MR_ASSERT(parts.size() >= 2);
    return std::any_of(columns.begin(), columns.end(), [&](const ExprRef& c) {
        return !c->parts.empty() && same_name(c->parts.back(), parts[0]) && same_name(c->name, parts[1]);
    });
}

/// The projection over a join by USING below filters, if that is what the node stands on.
PlanRef using_join_below(PlanRef p) {
    MR_ASSERT(p != nullptr);
    while (p->kind == PlanKind::filter) p = p->children[0];
    return p->kind == PlanKind::project && p->name == kUsingJoin ? p : nullptr;
}

PlanRef widened(const PlanRef& p, const Exprs& hidden) {
    MR_ASSERT(!p->children.empty());
    if (p->kind == PlanKind::filter) return with_children(p, {widened(p->children[0], hidden)});
    return edit(p, [&](Plan& x) {
        for (const ExprRef& h : hidden) x.exprs.push_back(edit(h, [](Expr& e) { e.metadata = true; }));
    });
}

}  // namespace

PlanRef with_hidden_keys(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    const PlanRef below = using_join_below(p->children[0]);
    if (!below || !below->resolved) return p;
    const Exprs shown = output_of(*below), all = output_of(*below->children[0]);
    Exprs hidden;
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (e->kind != ExprKind::name || e->parts.size() < 2 || has_column(shown, e->parts)) return;
            for (const ExprRef& c : all)
                if (!contains_id(shown, c->id) && !contains_id(hidden, c->id) && has_column({c}, e->parts))
                    hidden.push_back(c);
        });
    });
    return hidden.empty() ? p : with_children(p, {widened(p->children[0], hidden)});
}

}  // namespace engine::spark
