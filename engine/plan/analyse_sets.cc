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

PlanRef Analyser::set_operation(const PlanRef& given) {
    MR_ASSERT(given != nullptr);
    const PlanRef p = given->kind == PlanKind::union_ ? given : with_sides_apart(given, session.ids);
    std::vector<Exprs> outs;
    for (const PlanRef& c : p->children) outs.push_back(output_of(*c));
    const char* op = p->kind == PlanKind::union_ ? "UNION" : p->kind == PlanKind::except ? "EXCEPT" : "INTERSECT";
    if (p->by_name) return finished(p);
    for (std::size_t c = 1; c < outs.size(); ++c) {
        if (outs[c].size() == outs[0].size()) continue;
        const std::string all = p->all && p->kind != PlanKind::union_ ? " ALL" : "";
        fail("NUM_COLUMNS_MISMATCH", fmt::format("{}{} can only be performed on inputs with the same number of columns, but the first input has {} columns and the {} input has {} columns.", op, all, outs[0].size(), c == 1 ? "second" : "third", outs[c].size()), p->at, p);
        return p;
    }
    std::vector<PlanRef> children = p->children;
    std::vector<DataType> types;
    for (std::size_t i = 0; i < outs[0].size(); ++i) {
        Exprs column;
        for (const Exprs& o : outs) column.push_back(o[i]);
        const auto type = wider_type_of(column, 0, session.ansi);
        if (!type) {
            static constexpr const char* kOrdinal[] = {"first", "second", "third", "fourth", "fifth"};
            fail("INCOMPATIBLE_COLUMN_TYPE", fmt::format("{} can only be performed on tables with compatible column types. The {} column of the second table is \"{}\" type which is not compatible with \"{}\" at the same column of the first table..", op, kOrdinal[std::min<std::size_t>(i, 4)], sql_name(outs[1][i]->type), sql_name(outs[0][i]->type)), p->at, p);
            return p;
        }
        types.push_back(*type);
    }
    for (std::size_t c = 0; c < children.size(); ++c) {
        bool cast = false;
        Exprs items;
        for (std::size_t i = 0; i < types.size(); ++i) {
            const bool needed = !same_type(outs[c][i]->type, types[i]);
            cast = cast || needed;
            items.push_back(needed ? alias_of(edit(implicit(outs[c][i], types[i], session.ansi), [&](Expr& x) { x.at = p->at; }), outs[c][i]->name, session.ids.take()) : outs[c][i]);
        }
        if (cast) children[c] = finished(plan_of(PlanKind::project, {children[c]}, std::move(items)));
    }
    return edit(p, [&](Plan& x) {
        x.children = children;
        x.resolved = true;
    });
}

}  // namespace engine::spark
