// Expressions and logical plans as the parser makes them and the analyser resolves them: immutable values
// that share subtrees. A rule never changes a node, it makes a new one (`edit`).
// Invariant: `depth` <= kMaxDepth, so that recursion over a tree cannot exhaust the stack.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/sql/error.h"
#include "engine/sql/types.h"
#include "engine/sql/value.h"

namespace engine::spark {

struct Expr;
struct Plan;
struct FunctionInfo;
struct TypedStep;
struct Table;
using ExprRef = std::shared_ptr<const Expr>;
using PlanRef = std::shared_ptr<const Plan>;
using Exprs = std::vector<ExprRef>;

inline constexpr u16 kMaxDepth = 1000;

enum class ExprKind : u8 {
    literal,           ///< value
    attribute,         ///< name, id: a column of the input
    name,              ///< parts: a name not yet found
    star,              ///< parts: `t.*`
    function,          ///< name, args: a function not yet looked up
    call,              ///< name, args, fn: a function or operator
    cast,              ///< args[0], target
    alias,             ///< args[0], name, id
    multi_alias,       ///< args[0], parts: a generator's several names
    unresolved_alias,  ///< args[0]: a select item without a name
    extract,           ///< args[0][args[1]]: field, element or key not yet known
    field,             ///< args[0].name, n: field of a struct
    case_when,         ///< args: condition, value pairs, then perhaps the else value
    lambda,            ///< args[0] body, args[1..] variables
    lambda_name,       ///< parts: a variable as typed
    lambda_variable,   ///< name, id
    aggregate,         ///< args[0] call, args[1] filter if `filtered`; distinct
    window,            ///< args[0] function, args[1] window_spec
    window_spec,       ///< args: partition (first n), order; frame
    window_reference,  ///< OVER w; n = 1: a WINDOW clause is there, and does not know it
    sort_order,        ///< args[0], ascending, nulls_first
    scalar_subquery, exists, in_subquery, list_query,  ///< plan; args: left values of IN
    outer,             ///< args[0]: a column of the query around a subquery
    parameter,         ///< name
    time_window,       ///< args[0] time; n = window us, m = slide us, k = start us
    session_window,    ///< args[0] time, args[1] gap
    grouping_set,      ///< name (rollup, cube, grouping sets), args: sets as `row` calls
    default_value,
};

enum class FrameKind : u8 { unspecified, rows, range };
enum class BoundKind : u8 { unbounded_preceding, preceding, current_row, following, unbounded_following };

struct Frame {
    FrameKind kind = FrameKind::unspecified;
    BoundKind lower = BoundKind::unbounded_preceding;
    BoundKind upper = BoundKind::current_row;
    ExprRef lower_value;
    ExprRef upper_value;
};

struct Expr {
    ExprKind kind = ExprKind::literal;
    std::string name;
    std::vector<std::string> parts;  ///< name parts; qualifier of an attribute; names of a multi_alias
    Exprs args;
    DataType type;       ///< valid if resolved
    bool nullable = true;
    bool resolved = false;
    Value value;
    u64 id = 0;
    const FunctionInfo* fn = nullptr;
    Origin at;
    i64 n = 0, m = 0, k = 0;
    bool distinct = false;
    bool filtered = false;
    bool ignore_nulls = false;
    bool ascending = true;
    bool nulls_first = true;
    bool ansi = false;        ///< cast or arithmetic that fails instead of giving null
    bool is_try = false;
    bool implicit = false;    ///< a cast that coercion put in
    bool metadata = false;    ///< hidden column (the mark of a window)
    i64 watermark_ms = -1;    ///< delay of an event-time column
    u16 depth = 1;
    Frame frame;
    PlanRef plan;

    // Compiled once: many files copy nodes.
    Expr();
    Expr(const Expr&);
    Expr(Expr&&) noexcept;
    Expr& operator=(const Expr&);
    Expr& operator=(Expr&&) noexcept;
    ~Expr();
};

enum class PlanKind : u8 {
    one_row,
    relation_name,
    local_relation,
    range,
    file_relation,
    stream_relation,
    table_function,
    values,
    subquery_alias,
    view,
    project,
    filter,
    having,
    aggregate,
    sort,
    global_limit,
    local_limit,
    tail,
    offset,
    join,
    union_,
    except,
    intersect,
    distinct,
    deduplicate,
    generate,
    expand,
    window,
    window_group_limit,  ///< the first rows by rank of each group: groups, rows[0] order, exprs[0] rank, n
    with,
    cte_reference,
    hint,
    resolved_hint,
    repartition,
    sample,
    pivot,
    unpivot,
    lateral_join,
    watermark,
    collect_metrics,
    typed,
    command,
};

enum class JoinType : u8 { inner, left_outer, right_outer, full_outer, left_semi, left_anti, cross, existence };

struct Plan {
    PlanKind kind = PlanKind::one_row;
    std::vector<PlanRef> children;
    Exprs exprs;                     ///< project list, condition, sort orders, aggregates, generator, values ...
    Exprs groups;                    ///< grouping keys, partition keys, dedup keys
    Exprs output;                    ///< leaves and nodes that make columns: their attributes
    std::vector<Exprs> rows;         ///< VALUES, projections of an expand, grouping sets
    std::string name;
    std::vector<std::string> parts;
    std::vector<std::vector<std::string>> names;  ///< column aliases, USING columns in [0], CTE column names
    std::vector<std::pair<std::string, std::string>> options;
    std::shared_ptr<const Table> table;
    std::shared_ptr<const TypedStep> typed;       ///< of `typed` nodes and groups with state: a function over objects
    JoinType join = JoinType::inner;
    ExprRef condition;
    bool natural = false;
    bool all = false;      ///< UNION ALL, EXCEPT ALL; sort: global
    bool by_name = false;
    bool missing = false;  ///< union by name with missing columns
    bool outer = false;    ///< generate, lateral view
    bool resolved = false;
    i64 start = 0, end = 0, step = 1, n = 0;
    double fraction = 0;
    Origin at;
    u16 depth = 1;

    Plan();
    Plan(const Plan&);
    Plan(Plan&&) noexcept;
    Plan& operator=(const Plan&);
    Plan& operator=(Plan&&) noexcept;
    ~Plan();
};

ExprRef make(Expr&& node);   ///< finishes a node: depth
PlanRef make(Plan&& node);
PlanRef make_resolved(Plan node);   ///< finishes a node in which nothing is left to be resolved
/// The node with nothing left to be resolved, or with something.
PlanRef with_resolved(const PlanRef& node, bool yes = true);
PlanRef project_over(const PlanRef& child, Exprs items);

// The two halves of `edit`: nodes are large, so the copy is changed where it will stay.
std::shared_ptr<Expr> copy_of(const Expr& node);
std::shared_ptr<Plan> copy_of(const Plan& node);
ExprRef finished(std::shared_ptr<Expr> node);
PlanRef finished(std::shared_ptr<Plan> node);

/// A copy of the node with a change made to it.
template <class Change>
ExprRef edit(const ExprRef& node, Change change) {
    std::shared_ptr<Expr> copy = copy_of(*node);
    change(*copy);
    return finished(std::move(copy));
}
template <class Change>
PlanRef edit(const PlanRef& node, Change change) {
    std::shared_ptr<Plan> copy = copy_of(*node);
    change(*copy);
    return finished(std::move(copy));
}

ExprRef literal(Value value, DataType type, Origin at = {});
ExprRef null_literal(const DataType& type = {});
ExprRef int_literal(i64 v, TypeId id = TypeId::integer, Origin at = {});
ExprRef string_literal(std::string text, Origin at = {});
ExprRef bool_literal(bool v, Origin at = {});
ExprRef name_of(std::vector<std::string> parts, Origin at = {});
ExprRef operation(std::string name, Exprs args, Origin at = {});  ///< `call`, not yet bound
ExprRef function(std::string name, Exprs args, Origin at = {});
ExprRef cast_to(ExprRef arg, DataType type, bool ansi, Origin at = {});
ExprRef alias_of(ExprRef arg, std::string name, u64 id, Origin at = {});
ExprRef unresolved_alias(ExprRef arg);
ExprRef attribute(std::string name, DataType type, bool nullable, u64 id, std::vector<std::string> qualifier = {});
ExprRef sort_order(ExprRef arg, bool ascending, bool nulls_first);

PlanRef plan_of(PlanKind kind, std::vector<PlanRef> children, Exprs exprs = {});

bool is_call(const ExprRef& e, std::string_view name);
bool is_literal(const ExprRef& e);

/// Children first; `change` returns the node itself where it changes nothing.
using Rewrite = std::function<ExprRef(const ExprRef&)>;
ExprRef rewrite_up(const ExprRef& e, const Rewrite& change);
/// Node first, then the children of what it became.
ExprRef rewrite_down(const ExprRef& e, const Rewrite& change);
bool any_of(const ExprRef& e, const std::function<bool(const Expr&)>& test);
void visit(const ExprRef& e, const std::function<void(const ExprRef&)>& see);

/// All expressions of a node, each replaced by what `change` gives.
PlanRef map_exprs(const PlanRef& p, const Rewrite& change);
void visit_exprs(const Plan& p, const std::function<void(const ExprRef&)>& see);
PlanRef with_children(const PlanRef& p, std::vector<PlanRef> children);
using PlanRewrite = std::function<PlanRef(const PlanRef&)>;
PlanRef rewrite_plan_up(const PlanRef& p, const PlanRewrite& change);
PlanRef rewrite_plan_down(const PlanRef& p, const PlanRewrite& change);

/// Numbers for columns, one source a session.
struct Ids {
    u64 next = 1;
    u64 take() { return next++; }
};

}  // namespace engine::spark
