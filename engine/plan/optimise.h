// Rules that make an analysed plan cheaper without changing what it gives: names and views go, predicates sink, columns
// that nobody reads are not read, constants are computed, inferred predicates join in. The order of rules is Spark's,
// so that plans print as Spark prints them. Streaming parts keep their watermarks and are never replaced by empty
// tables.
#pragma once

#include <expected>
#include <map>
#include <set>

#include "engine/plan/session.h"
#include "engine/sql/tree.h"

namespace engine::spark {

/// A refusal comes from constants that cannot be computed.
std::expected<PlanRef, QueryError> optimise(Session& session, const PlanRef& analysed);

/// State of one optimisation.
struct Optimiser {
    Session& session;
    EvalContext cx;
    bool streaming = false;
    /// Of a stream: what filters say that stand right over a source in the query as it was written. In a batch in which
    /// that source has nothing they are computed away before anything follows from them.
    std::vector<std::string> over_sources;

    // What a rule looked through and left as it was: rules come by many times, most expressions change once or never.
    // They are asked for, never gone through: the order of addresses shows nowhere.
    std::map<ExprRef, bool> simple = {};  ///< whether as something that is surely computed
    std::set<ExprRef> without_stand_ins = {};

    [[nodiscard]] bool ok() const { return cx.ok(); }
};

// Rules; each gives the plan itself where it changes nothing.
PlanRef finish_analysis(Optimiser& o, const PlanRef& plan);    ///< aliases, views, hints, batch watermarks
PlanRef drop_aliases(Optimiser& o, const PlanRef& plan);       ///< `a AS a`
/// Aliases that became superfluous when columns were pruned: of a stream all, of a batch those below an expand.
PlanRef drop_late_aliases(Optimiser& o, const PlanRef& plan);
PlanRef pull_out_groups(Optimiser& o, const PlanRef& plan);    ///< computed keys as columns below their aggregate
PlanRef prepare_subqueries(Optimiser& o, const PlanRef& plan); ///< decorrelated; scalar and lateral ones as joins
PlanRef predicates_as_joins(Optimiser& o, const PlanRef& plan); ///< IN and EXISTS
PlanRef replace_operators(Optimiser& o, const PlanRef& plan);  ///< distinct, duplicates, set operations
PlanRef except_all_counted(Optimiser& o, const PlanRef& except);
PlanRef intersect_all_counted(Optimiser& o, const PlanRef& intersect);
PlanRef optimise_one_row(Optimiser& o, const PlanRef& plan);
PlanRef aggregates_of_unscaled(Optimiser& o, const PlanRef& plan);
PlanRef eliminate_sorts(Optimiser& o, const PlanRef& plan);
PlanRef eliminate_distinct(Optimiser& o, const PlanRef& plan);
PlanRef rewrite_distinct_aggregates(Optimiser& o, const PlanRef& plan);
/// Filters and limits over ranks: fewer rows go through the windows below.
PlanRef infer_window_limits(Optimiser& o, const PlanRef& plan);
PlanRef push_limits_through_windows(Optimiser& o, const PlanRef& plan);
PlanRef push_predicates(Optimiser& o, const PlanRef& plan);
PlanRef push_lists(Optimiser& o, const PlanRef& plan);         ///< projections through unions
PlanRef push_lists_below_limits(Optimiser& o, const PlanRef& plan);
PlanRef collapse_projects(Optimiser& o, const PlanRef& plan);
PlanRef push_limits(Optimiser& o, const PlanRef& plan);
PlanRef prune_columns(Optimiser& o, const PlanRef& plan);
PlanRef simplify_expressions(Optimiser& o, const PlanRef& plan);
PlanRef infer_filters(Optimiser& o, const PlanRef& plan);
PlanRef compute_local(Optimiser& o, const PlanRef& plan);      ///< projections and filters of tables that are at hand

/// The plan of a subquery, which goes through all rules by itself.
PlanRef optimised_part(Optimiser& o, const PlanRef& plan);
/// One expression with its constants computed and its logic simplified.
ExprRef simplified(Optimiser& o, const ExprRef& e);
/// Columns an expression reads, those of the query around a subquery included.
std::vector<u64> all_references(const ExprRef& e);
void conjuncts_of(const ExprRef& e, Exprs& out);
ExprRef conjunction(const Exprs& parts);
/// The child with all of these asked of its rows; the child itself where nothing is.
PlanRef filter_over(const PlanRef& child, const Exprs& parts);
ExprRef call_of(const char* name, Exprs args);
/// The call of an aggregate function over the rows for which the filter, if any, holds.
ExprRef aggregate_of(ExprRef call, const ExprRef& filter = nullptr);
/// The expression with columns replaced by what the list computes them from.
ExprRef substituted(const ExprRef& e, const Exprs& items);
bool has_subquery(const ExprRef& e);
/// How many rows a plan gives at most, if it is plain.
i64 most_rows(const PlanRef& p);
/// A stream, or the files it gave to a batch, or the empty table that stands for nothing (`all` marks both).
bool is_stream_leaf(const Plan& plan);
bool reads_stream(const Plan& plan);

}  // namespace engine::spark
