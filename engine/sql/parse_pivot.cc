// PIVOT and UNPIVOT.
#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

PlanRef Parser::pivot(PlanRef input) {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    next();
    Plan p;
    p.kind = PlanKind::pivot;
    p.children = {std::move(input)};
    p.exprs = select_items();
    expect_word("FOR");
    if (accept_symbol("(")) {
        do p.groups.push_back(name_of(name()));
        while (accept_symbol(","));
        expect_symbol(")");
    } else {
        p.groups.push_back(name_of(name()));
    }
    expect_word("IN");
    expect_symbol("(");
    do p.rows.push_back({select_item()});
    while (accept_symbol(","));
    expect_symbol(")");
    expect_symbol(")");
    p.at = from(first);
    // Its columns are told to stand where the clause does.
    for (ExprRef& g : p.groups) g = edit(g, [&](Expr& e) { e.at = p.at; });
    return table_alias(make(std::move(p)));
}

namespace {

/// Columns of one group of UNPIVOT: names in parentheses, or one name where there is one value column.
Exprs unpivoted_columns(Parser& p, bool several) {
    Exprs out;
    if (several) p.expect_symbol("(");
    do {
        const u32 first = p.at;
        std::vector<std::string> parts = p.name();
        out.push_back(name_of(std::move(parts), p.from(first)));
    } while (several && p.accept_symbol(","));
    if (several) p.expect_symbol(")");
    return out;
}

/// Rows without any value are left out by a filter, which a statement may ask not to have.
PlanRef without_empty(PlanRef plan) {
    MR_ASSERT(plan->kind == PlanKind::unpivot);
    Exprs values;
    for (const std::string& name : plan->names[0]) values.push_back(name_of({name}));
    const ExprRef condition = operation("isnotnull", {operation("coalesce", std::move(values))});
    return edit(plan_of(PlanKind::filter, {std::move(plan)}), [&](Plan& f) { f.condition = condition; });
}

}  // namespace

/// Groups of columns are the rows of the node; names[0] are the value columns, names[1] the names given to groups, ""
/// for none.
PlanRef Parser::unpivot(PlanRef input) {
    MR_ASSERT(at_unpivot());
    const u32 first = at;
    next();
    const bool with_nulls = accept_word("INCLUDE");
    if (with_nulls || accept_word("EXCLUDE")) expect_word("NULLS");
    expect_symbol("(");
    Plan p;
    p.kind = PlanKind::unpivot;
    p.children = {std::move(input)};
    p.names.resize(2);
    const bool several = is_symbol("(");
    if (several) p.names[0] = identifier_list();
    else p.names[0] = {identifier()};
    expect_word("FOR");
    p.name = identifier();
    expect_word("IN");
    expect_symbol("(");
    do {
        p.rows.push_back(unpivoted_columns(*this, several));
        const bool named = accept_word("AS") || at_identifier();
        p.names[1].push_back(named ? identifier() : "");
    } while (accept_symbol(",") && !failure.failed);
    expect_symbol(")");
    expect_symbol(")");
    p.at = from(first);
    PlanRef plan = make(std::move(p));
    return table_alias(with_nulls ? plan : without_empty(std::move(plan)));
}

}  // namespace engine::spark
