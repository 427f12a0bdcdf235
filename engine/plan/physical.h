// Physical plans: what an optimised logical plan is carried out as, node by node, as Spark names and prints it.
// Exchanges stand where rows must meet; aggregates are in two parts; small sides of joins are broadcast.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/plan/session.h"
#include "engine/sql/tree.h"

namespace engine::spark {

struct PhysicalNode;
using PhysicalRef = std::shared_ptr<const PhysicalNode>;

/// A scalar subquery of a node: the name by which its expressions tell it, and its plan as it runs.
struct PhysicalSubquery {
    std::string name;
    PhysicalRef plan;
};

struct PhysicalNode {
    std::string name;                  ///< as in formatted trees: `HashAggregate`, `Scan csv `
    std::string text;                  ///< as in simple trees, the name included
    std::string long_text;             ///< as extended plans print it, if different
    std::vector<std::string> details;  ///< lines of a formatted plan
    Exprs output;
    std::vector<PhysicalRef> children;
    std::vector<PhysicalSubquery> subqueries;
    bool codegen = false;              ///< can be part of a generated stage
    bool root = true;                  ///< can be the top of one
    bool reorders = false;             ///< a projection of columns only
    bool apart = false;                ///< its children are stages of their own
    bool exchange = false;
    i64 stream = -1;                   ///< of a scan of a stream: which
    // How rows are spread, for the nodes above: by these keys, in one partition, or unknown.
    Exprs hashed_by;
    bool single = false;
    std::shared_ptr<const Table> table;  ///< of a list of rows at hand: what two such lists are compared by
    int stage = 0;                     ///< number of the generated stage; 0 = none
    int id = 0;                        ///< number in a formatted plan
};

struct Planner;
/// Plans nodes that only running streams have; null = an ordinary node.
using PlanHook = std::function<PhysicalRef(const Planner&, const PlanRef&)>;

struct Planner {
    Session& session;
    const PlanHook& hook;
    const Plan* answer = nullptr;  ///< the top, if its rows are the answer
};

/// `answers`: the plan's rows are the answer, so that a limit at its top may collect them in one place.
PhysicalRef physical_plan(Session& session, const PlanRef& optimised, const PlanHook& hook = {}, bool answers = true);
/// What a part of the plan is carried out as.
PhysicalRef planned(const Planner& planner, const PlanRef& p);
/// Numbers the generated stages, in Spark's order.
PhysicalRef with_stages(const PhysicalRef& plan);
bool has_exchange(const PhysicalRef& plan);
bool has_subqueries(const PhysicalRef& plan);
/// The plan as it runs: under the adaptive root if rows are exchanged or subqueries asked, with generated stages if
/// not.
PhysicalRef as_it_runs(Session& session, const PhysicalRef& plan, bool subquery = false);
/// An exchange that was made before is not made again (Spark's ReuseExchangeAndSubquery).
PhysicalRef with_reused_exchanges(const PhysicalRef& plan);
/// The node with its scalar subqueries told by name; their plans are added to `found`.
PlanRef with_named_subqueries(const Planner& planner, const PlanRef& p, std::vector<PhysicalSubquery>& found);
/// The subqueries go with the nodes that name them.
PhysicalRef with_subqueries(const PhysicalRef& plan, const std::vector<PhysicalSubquery>& found);

PhysicalRef physical_node(PhysicalNode node);
/// The exchange that brings rows with equal keys together; the child itself if they are.
PhysicalRef clustered(Session& session, const PhysicalRef& child, const Exprs& keys, i64 partitions);
/// The same for groups: rows that meet by some of the keys meet by all.
PhysicalRef met_by(Session& session, const PhysicalRef& child, const Exprs& keys);
PhysicalRef exchange_of(Session& session, const PhysicalRef& child, const std::string& partitioning);
/// The parts of an aggregate: distinct calls, what their buffers are called, the list over the results.
struct AggregateParts {
    Exprs keys;          ///< as attributes
    Exprs key_items;     ///< aliases of computed keys
    Exprs calls;
    Exprs results;       ///< one attribute a call: `count(1)#5L`
    Exprs buffers;       ///< as the partial step gives them
    Exprs input_buffers; ///< as it keeps them
    Exprs items;         ///< the list, over keys and results
};
AggregateParts aggregate_parts(Session& session, const PlanRef& aggregate);
/// Whether an aggregate of these functions sorts its rows by group: a buffer that cannot be changed in place, such as
/// the greatest text, does not go into a hash table.
bool sorts_groups(const Exprs& calls);
/// Equal keys of a join's condition, side by side, and what else it demands.
struct EquiJoin {
    Exprs left, right;
    ExprRef rest;
};
EquiJoin equi_parts(const ExprRef& condition, const Exprs& left, const Exprs& right);
/// An aggregate that keeps state: rows are folded with what was kept, kept anew, and finished. `restore` and `save`
/// come from the steps below as text and node.
using StateStep = std::function<PhysicalRef(const AggregateParts& parts, const PhysicalRef& child)>;
PhysicalRef physical_stream_aggregate(Session& session, const PlanRef& aggregate, const PhysicalRef& child,
                                      const StateStep& restore, const StateStep& save);
PhysicalRef physical_session_aggregate(Session& session, const PlanRef& aggregate, const PhysicalRef& child,
                                       const StateStep& merge);
/// A node that passes its child's rows on where they are.
PhysicalNode node_over(const PhysicalRef& child, const char* name);
std::string functions_text(const Exprs& calls, const char* prefix);
/// `[a#1, b#2L]`
std::string attributes_text(const Exprs& attributes);

/// EXPLAIN: simple, extended, codegen, cost or formatted.
/// `stream`: nodes of a streaming plan, given the optimised one; null = a plan of a batch.
using StreamHooks = std::function<PlanHook(const PlanRef& optimised)>;
std::string explain_text(Session& session, const PlanRef& parsed, const PlanRef& analysed, const std::string& mode,
                         const StreamHooks& stream = {});
std::string physical_tree(const PhysicalRef& plan, bool extended, const std::string& indent = "");
std::string formatted_plan(const PhysicalRef& plan, bool adaptive);

}  // namespace engine::spark
