// Which way a join is carried out: a small side is broadcast, two large ones are sorted and merged.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/plan/scan_text.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool within(const ExprRef& e, const Exprs& columns) {
    MR_ASSERT(e != nullptr);
    const auto ids = all_references(e);
    return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](u64 id) { return contains_id(columns, id); });
}

}  // namespace

EquiJoin equi_parts(const ExprRef& condition, const Exprs& left, const Exprs& right) {
    EquiJoin out;
    if (!condition) return out;
    Exprs parts, rest;
    conjuncts_of(condition, parts);
    for (const ExprRef& c : parts) {
        if (is_call(c, "=") && within(c->args[0], left) && within(c->args[1], right))
            out.left.push_back(c->args[0]), out.right.push_back(c->args[1]);
        else if (is_call(c, "=") && within(c->args[1], left) && within(c->args[0], right))
            out.left.push_back(c->args[1]), out.right.push_back(c->args[0]);
        else if (is_call(c, "<=>") && ((within(c->args[0], left) && within(c->args[1], right)) ||
                                       (within(c->args[1], left) && within(c->args[0], right)))) {
            // Nulls meet: as values that stand for them, and as nulls.
            const std::size_t own = within(c->args[0], left) ? 0 : 1;
            const auto keys = [](const ExprRef& e, Exprs& to) {
                const DataType& t = e->type;
                Value zero = t.id == TypeId::string || t.id == TypeId::binary    ? string_value("")
                             : t.id == TypeId::double_ || t.id == TypeId::float_ ? real_value(0)
                             : t.id == TypeId::decimal                           ? decimal_value(0)
                                                                                 : int_value(0);
                to.push_back(call_of("coalesce", {e, literal(zero, t)}));
                to.push_back(call_of("isnull", {e}));
            };
            keys(c->args[own], out.left);
            keys(c->args[1 - own], out.right);
        } else rest.push_back(c);
    }
    if (!rest.empty()) out.rest = conjunction(rest);
    return out;
}

namespace {

std::string strategy_of(const Plan& p, const char* side) {
    for (const auto& [name, strategy] : p.options)
        if (name == side) return strategy;
    return "";
}

i64 size_of_type(const DataType& t) {
    switch (t.id) {
        case TypeId::boolean: case TypeId::tinyint: return 1;
        case TypeId::smallint: return 2;
        case TypeId::integer: case TypeId::float_: case TypeId::date: return 4;
        case TypeId::string: return 20;
        case TypeId::binary: return 100;
        case TypeId::structure: {
            i64 n = 0;
            for (const Field& f : *t.fields) n += size_of_type(f.type);
            return n;
        }
        default: return 8;
    }
}

i64 row_size(const Exprs& columns) {
    i64 n = 8;
    for (const ExprRef& c : columns) n += size_of_type(c->type);
    return n;
}

/// Bytes a plan is thought to give, as Spark's SizeInBytesOnlyStatsPlanVisitor does.
i64 estimated(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::local_relation || p->kind == PlanKind::file_relation) {
        if (p->kind == PlanKind::file_relation) return relation_bytes(*p);
        i64 rows = 0;
        for (const Batch& b : rows_at_hand(*p)) rows += b.rows;
        return p->name == "rdd" ? INT64_MAX / 4 : row_size(p->output) * rows;
    }
    if (p->kind == PlanKind::range) return std::max<i64>(0, p->end - p->start) * 8;
    if (p->kind == PlanKind::stream_relation) return INT64_MAX / 4;
    if (p->children.empty()) return 1;
    if (p->kind == PlanKind::join) {
        if (p->join == JoinType::left_semi || p->join == JoinType::left_anti) return estimated(p->children[0]);
        const i64 a = estimated(p->children[0]), b = estimated(p->children[1]);
        return a > 0 && b > INT64_MAX / 8 / a ? INT64_MAX / 8 : a * b;
    }
    i64 below = 0;
    for (const PlanRef& c : p->children) below += estimated(c);
    if (p->children.size() != 1) return below;
    const i128 scaled = static_cast<i128>(below) * row_size(output_of(*p)) / row_size(output_of(*p->children[0]));
    return std::max<i64>(1, static_cast<i64>(std::min<i128>(scaled, INT64_MAX / 8)));
}

bool builds_right(JoinType t) {
    return t == JoinType::inner || t == JoinType::cross || t == JoinType::left_outer || t == JoinType::left_semi ||
           t == JoinType::left_anti || t == JoinType::existence;
}
bool builds_left(JoinType t) { return t == JoinType::inner || t == JoinType::cross || t == JoinType::right_outer; }

/// Right, left, or neither: which side is sent to everybody.
enum class Side : u8 { none, left, right };

Side broadcast_side(Session& session, const Plan& p) {
    const std::string l = strategy_of(p, "leftHint"), r = strategy_of(p, "rightHint");
    if (r == "broadcast" && builds_right(p.join)) return Side::right;
    if (l == "broadcast" && builds_left(p.join)) return Side::left;
    // A hint that cannot be followed is as none.
    if (l == "merge" || r == "merge") return Side::none;
    const i64 a = estimated(p.children[0]), b = estimated(p.children[1]);
    const bool left = builds_left(p.join) && a <= session.broadcast_threshold,
               right = builds_right(p.join) && b <= session.broadcast_threshold;
    if (left && right) return b <= a ? Side::right : Side::left;
    return left ? Side::left : right ? Side::right : Side::none;
}

/// `alone`: a single whole number is widened for the hash table, several keys are not.
std::string key_input(const ExprRef& key, const Exprs& output, bool alone) {
    MR_ASSERT(key != nullptr);
    const ExprRef bound = rewrite_up(key, [&](const ExprRef& e) -> ExprRef {
        if (e->kind != ExprKind::attribute) return e;
        for (std::size_t i = 0; i < output.size(); ++i)
            if (output[i]->id == e->id) {
                Expr name;
                name.kind = ExprKind::window_reference;
                name.name = fmt::format("input[{}, {}, {}]", i, catalog_name(e->type), output[i]->nullable);
                name.type = e->type;
                name.resolved = true;
                return make(std::move(name));
            }
        return e;
    });
    const std::string text = tree_form(bound);
    return alone && (key->type.id == TypeId::integer || key->type.id == TypeId::smallint ||
                     key->type.id == TypeId::tinyint)
               ? fmt::format("cast({} as bigint)", text)
               : text;
}

PhysicalRef broadcast(Session& session, const PhysicalRef& child, const Exprs& keys, bool null_aware) {
    MR_ASSERT(child != nullptr);
    std::string list;
    for (const ExprRef& k : keys) list += (list.empty() ? "" : ", ") + key_input(k, child->output, keys.size() == 1);
    const std::string mode = keys.empty() ? "IdentityBroadcastMode"
                                          : fmt::format("HashedRelationBroadcastMode(List({}),{})", list, null_aware);
    PhysicalNode n;
    n.name = "BroadcastExchange";
    const std::string body = fmt::format("{}, [plan_id={}]", mode, session.ids.take());
    n.text = "BroadcastExchange " + body;
    n.details = {fmt::format("Input [{}]: {}", child->output.size(), attributes_text(child->output)),
                 "Arguments: " + body};
    n.output = child->output;
    n.children = {child};
    n.exchange = true;
    return physical_node(std::move(n));
}

std::vector<std::string> join_details(const EquiJoin& e, const Plan& join) {
    std::vector<std::string> out;
    if (!e.left.empty()) {
        out.push_back(fmt::format("Left keys [{}]: {}", e.left.size(), attributes_text(e.left)));
        out.push_back(fmt::format("Right keys [{}]: {}", e.right.size(), attributes_text(e.right)));
    }
    out.push_back("Join type: " + join_type_text(join));
    out.push_back("Join condition: " + (e.rest ? tree_form(e.rest) : "None"));
    return out;
}

PhysicalRef sorted_on(const PhysicalRef& child, const Exprs& keys) {
    std::string orders;
    for (const ExprRef& k : keys) orders += (orders.empty() ? "" : ", ") + tree_form(k) + " ASC NULLS FIRST";
    PhysicalNode n;
    n.name = "Sort";
    n.text = fmt::format("Sort [{}], false, 0", orders);
    n.details = {fmt::format("Input [{}]: {}", child->output.size(), attributes_text(child->output)),
                 fmt::format("Arguments: [{}], false, 0", orders)};
    n.output = child->output;
    n.children = {child};
    n.codegen = true;
    n.hashed_by = child->hashed_by;
    return physical_node(std::move(n));
}

PhysicalRef sort_merge(Session& session, const PlanRef& p, const EquiJoin& e, const PhysicalRef& left,
                       const PhysicalRef& right) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n;
    n.name = fmt::format("SortMergeJoin {}", join_type_text(*p));
    n.text = fmt::format("SortMergeJoin {}, {}, {}{}", attributes_text(e.left), attributes_text(e.right),
                         join_type_text(*p), e.rest ? ", " + tree_form(e.rest) : "");
    n.details = join_details(e, *p);
    n.output = output_of(*p);
    n.children = {sorted_on(clustered(session, left, e.left, session.shuffle_partitions), e.left),
                  sorted_on(clustered(session, right, e.right, session.shuffle_partitions), e.right)};
    n.codegen = true;
    n.apart = true;
    n.hashed_by = e.left;
    return physical_node(std::move(n));
}

/// The side that a hint wants as a hash table beside the other's rows, both shuffled.
Side hashed_side(const Plan& p) {
    const bool full = p.join == JoinType::full_outer;
    if (strategy_of(p, "rightHint") == "shuffle_hash" && (full || builds_right(p.join))) return Side::right;
    if (strategy_of(p, "leftHint") == "shuffle_hash" && (full || builds_left(p.join))) return Side::left;
    return Side::none;
}

PhysicalRef shuffled_hash(Session& session, const PlanRef& p, const EquiJoin& e, const PhysicalRef& left,
                          const PhysicalRef& right, Side side) {
    MR_ASSERT(side != Side::none);
    PhysicalNode n;
    const char* build = side == Side::left ? "BuildLeft" : "BuildRight";
    n.name = fmt::format("ShuffledHashJoin {} {}", join_type_text(*p), build);
    n.text = fmt::format("ShuffledHashJoin {}, {}, {}, {}{}", attributes_text(e.left), attributes_text(e.right),
                         join_type_text(*p), build, e.rest ? ", " + tree_form(e.rest) : "");
    n.details = join_details(e, *p);
    n.output = output_of(*p);
    n.children = {clustered(session, left, e.left, session.shuffle_partitions),
                  clustered(session, right, e.right, session.shuffle_partitions)};
    n.codegen = true;
    n.hashed_by = e.left;
    return physical_node(std::move(n));
}

PhysicalRef nested_loop(Session& session, const PlanRef& p, const EquiJoin& e, const PhysicalRef& left,
                        const PhysicalRef& right) {
    MR_ASSERT(p != nullptr);
    const bool build_left = p->join == JoinType::right_outer ||
                            (builds_left(p->join) && estimated(p->children[0]) < estimated(p->children[1]));
    PhysicalNode n;
    const char* side = build_left ? "BuildLeft" : "BuildRight";
    n.name = fmt::format("BroadcastNestedLoopJoin {} {}", join_type_text(*p), side);
    n.text = fmt::format("BroadcastNestedLoopJoin {}, {}{}", side, join_type_text(*p),
                         e.rest ? ", " + tree_form(e.rest) : "");
    n.details = join_details(e, *p);
    n.output = output_of(*p);
    n.children = {build_left ? broadcast(session, left, {}, false) : left,
                  build_left ? right : broadcast(session, right, {}, false)};
    n.codegen = p->join != JoinType::full_outer;
    return physical_node(std::move(n));
}

}  // namespace

PhysicalRef physical_join(Session& session, const PlanRef& p, const PhysicalRef& left, const PhysicalRef& right) {
    MR_ASSERT(p->kind == PlanKind::join && p->children.size() == 2);
    const ExprRef in = null_aware_equality(*p);
    const EquiJoin e = equi_parts(in ? in : p->condition, left->output, right->output);
    if (e.left.empty()) return nested_loop(session, p, e, left, right);
    const Side side = in ? Side::right : broadcast_side(session, *p);
    const Side hashed = hashed_side(*p);
    const bool asked = strategy_of(*p, "leftHint") == "broadcast" || strategy_of(*p, "rightHint") == "broadcast";
    if (!in && !asked && hashed != Side::none) return shuffled_hash(session, p, e, left, right, hashed);
    if (side == Side::none) return sort_merge(session, p, e, left, right);
    PhysicalNode n;
    const char* build = side == Side::left ? "BuildLeft" : "BuildRight";
    n.name = fmt::format("BroadcastHashJoin {} {}", join_type_text(*p), build);
    n.text = fmt::format("BroadcastHashJoin {}, {}, {}, {}{}, {}", attributes_text(e.left), attributes_text(e.right),
                         join_type_text(*p), build, e.rest ? ", " + tree_form(e.rest) : "", in != nullptr);
    n.details = join_details(e, *p);
    n.output = output_of(*p);
    n.children = {side == Side::left ? broadcast(session, left, e.left, false) : left,
                  side == Side::right ? broadcast(session, right, e.right, in != nullptr) : right};
    n.codegen = true;
    n.hashed_by = side == Side::left ? right->hashed_by : left->hashed_by;
    return physical_node(std::move(n));
}

}  // namespace engine::spark
