// Gives names their columns, functions their entries and expressions their types; refuses what Spark refuses,
// in its words. One pass from the leaves up, then one check that finds the first node left unresolved.
#pragma once

#include <optional>

#include <expected>
#include <map>

#include "engine/plan/coerce.h"
#include "engine/plan/session.h"
#include "engine/sql/tree.h"

namespace engine::spark {

std::expected<PlanRef, QueryError> analyse(Session& session, const PlanRef& parsed);
/// Executes CREATE VIEW, DROP VIEW, SET. True if the plan was such a command.
/// Sets a setting, and what follows from it.
void change_setting(Session& session, const std::string& key, const std::string& value);
std::expected<bool, QueryError> run_command(Session& session, const PlanRef& parsed);

/// What names can mean at one place.
struct Scope {
    Exprs columns;
    Exprs lateral;         ///< aliases to the left in the same list
    bool stars = false;    ///< a star may stand here
    PlanRef below = {};    ///< the plan that the columns come from
};

struct Cte {
    std::string name;
    PlanRef plan;
    std::vector<std::string> columns;
    PlanRef analysed = {};    ///< under its alias
    i64 number = 0;           ///< of the session's definitions
    i64 weight = 1;           ///< names of CTEs that are read if this one is read once
    bool used = false;        ///< whether the query reads it
};

/// The plan with every name of a CTE replaced by what it stands for.
PlanRef with_tables_inlined(const PlanRef& plan);

/// Why the sides of UNION, EXCEPT or INTERSECT do not go together.
struct SetRefusal {
    std::string error_class;
    std::string text;
};
std::optional<SetRefusal> set_operation_refused(const Plan& p, bool ansi);
/// A node whose input is a join by USING: the keys of the other side are there for who names them with their table.
PlanRef with_hidden_keys(const PlanRef& p);
/// The name of the projection that USING puts over its join.
inline constexpr const char* kUsingJoin = "using";
/// Why the bounds of a window's frame do not go with its order.
std::optional<SetRefusal> frame_refused(const Expr& window_spec);
/// Whether a frame of a window ends before it begins.
bool upside_down(const Frame& frame);

/// State of one analysis.
struct Analyser {
    Session& session;
    Failure failure;
    i64 expansions = 0;  ///< of names of CTEs and views, so that definitions that double end
    std::vector<Cte> ctes;
    std::vector<PlanRef> definitions;  ///< of all CTEs of the statement, in their order
    std::vector<Exprs> outer;  ///< columns of the queries around
    Exprs viewed = {};         ///< columns of the views that were read
    int depth = 0;

    bool ok() const { return !failure.failed; }
    void fail(const std::string& error_class, const std::string& text, const Origin& at, const PlanRef& plan = nullptr);

    // plans (analyser.cc, analyse_*.cc)
    PlanRef plan(const PlanRef& p);
    PlanRef node(const PlanRef& p);
    PlanRef with(const PlanRef& p);
    PlanRef common_table(const PlanRef& name);
    PlanRef catalog_answer(const PlanRef& question);
    PlanRef relation(const PlanRef& p);
    PlanRef view(const View& v, const std::string& name);
    PlanRef inline_table(const PlanRef& p);
    PlanRef table_function(const PlanRef& p);
    PlanRef project(const PlanRef& p);
    PlanRef aggregate(const PlanRef& p);
    ExprRef group_key(const ExprRef& g, const Exprs& items, const Scope& scope);
    PlanRef grouped_windows(const PlanRef& p);
    PlanRef generators_above(const PlanRef& p, const Exprs& columns);
    ExprRef grouping_bit(const ExprRef& arg, const Exprs& keys, const ExprRef& gid);
    ExprRef grouping_number(const ExprRef& call, const Exprs& keys, const ExprRef& gid);
    ExprRef grouping_above(const ExprRef& call, const PlanRef& aggregate);
    PlanRef grouping_sets(const PlanRef& p, const PlanRef& child, const Exprs& groups);
    PlanRef filter(const PlanRef& p);
    PlanRef having(const PlanRef& p);
    PlanRef sort(const PlanRef& p);
    PlanRef limit(const PlanRef& p);
    PlanRef join(const PlanRef& p);
    PlanRef using_join(const PlanRef& p, std::vector<std::string> names);
    PlanRef set_operation(const PlanRef& p);
    PlanRef generate(const PlanRef& p);
    PlanRef pivot(const PlanRef& p);
    PlanRef unpivot(const PlanRef& p);
    PlanRef children_analysed(const PlanRef& p);
    PlanRef alias(const PlanRef& p);
    PlanRef with_over_aggregate(const PlanRef& aggregate, Exprs& exprs);
    PlanRef extract_windows(const PlanRef& p);
    PlanRef session_windows(const PlanRef& child, const ExprRef& w, u64 id, ExprRef& column);
    PlanRef sliding_windows(const PlanRef& child, const ExprRef& w, u64 id, ExprRef& column);
    PlanRef extract_generators(const PlanRef& p);
    PlanRef time_windows(const PlanRef& p);
    PlanRef window_times(const PlanRef& p);

    // expressions (resolve.cc, resolve_function.cc, resolve_window.cc)
    ExprRef resolve(const ExprRef& e, const Scope& scope);
    ExprRef resolve_args(const ExprRef& e, const Scope& scope);
    ExprRef resolve_name(const ExprRef& e, const Scope& scope);
    ExprRef unknown_function(const ExprRef& e);
    /// Refuses a call for the number of its arguments.
    void wrong_count(const ExprRef& e, const std::string& wanted, std::size_t got, bool place = true);
    ExprRef resolve_function(const ExprRef& e, const Scope& scope);
    ExprRef resolve_lambda_call(const ExprRef& e, const FunctionInfo& fn, const Scope& scope);
    ExprRef resolve_extract(const ExprRef& e);
    ExprRef resolve_window(const ExprRef& e, const Scope& scope);
    ExprRef resolve_subquery(const ExprRef& e, const Scope& scope);
    ExprRef time_window(const ExprRef& e);
    ExprRef session_gap(const ExprRef& e);
    ExprRef window_call(const ExprRef& e);
    ExprRef bind_lambda(const ExprRef& lambda, const Exprs& variables);
    Exprs call_arguments(const ExprRef& e, const std::string& name, const Scope& scope);
    ExprRef aggregate_call(const ExprRef& e, const FunctionInfo& fn, const ExprRef& call, const ExprRef& condition);
    ExprRef typed(const ExprRef& e);
    Exprs expand_stars(const Exprs& items, const Scope& scope);
    Exprs star_columns(const ExprRef& star, const Scope& scope);
    Exprs select_list(const Exprs& items, Scope scope);
    ExprRef named(const ExprRef& e);
    /// Aliases of the same list may not stand in functions of groups and in windows.
    void check_lateral(const Exprs& items);

    // check (check.cc)
    void check(const PlanRef& root, const PlanRef& p);
    void check_inputs(const PlanRef& root, const PlanRef& p);
    void check_metrics(const PlanRef& metrics);
    void check_expr(const PlanRef& root, const PlanRef& p, const ExprRef& e);
};

/// Ordinals of groups and orders that do not know their columns yet, as messages show them.
PlanRef with_ordinals_marked(const PlanRef& p);
/// SHOW or DESCRIBE: a command that is answered with rows.
bool is_question(const Plan& p);
bool resolved_all(const Exprs& exprs);
bool has_aggregate(const ExprRef& e);
bool has_window(const ExprRef& e);
bool has_generator(const ExprRef& e);
bool same_expr(const ExprRef& a, const ExprRef& b);
/// An alias as an item to the right of it in the same list names it.
ExprRef lateral_reference(const ExprRef& alias);
/// The items with what such aliases stand for in their place.
Exprs without_lateral(const Exprs& items);
/// The list over projections that make the aliases that it names itself.
PlanRef with_lateral_below(const PlanRef& list);
/// Columns of the query around that a subquery reads, each once.
void outer_columns(const PlanRef& subquery, const Exprs& columns, Exprs& out);
/// Two sides that are the same view: the right one gets columns of its own.
PlanRef with_sides_apart(const PlanRef& plan, Ids& ids);
bool same_name(const std::string& a, const std::string& b);
/// A sum or difference of a time and an interval, cast to the type of the time as Spark always casts it.
ExprRef time_sum(const ExprRef& sum, bool ansi);
/// What Spark says of a table that is not there.
std::string table_not_found_text(const std::vector<std::string>& parts);
std::string suggestions(const std::vector<std::string>& wanted, const Exprs& columns);

}  // namespace engine::spark
