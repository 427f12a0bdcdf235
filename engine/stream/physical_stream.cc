// Nodes of physical plans that keep state between batches: which exchanges they ask for, how they name their store and
// watermarks. In Spark: the strategies for stateful operators, and IncrementalExecution, which numbers them.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/plan/typed.h"
#include "engine/stream/batch_plan.h"
#include "engine/stream/join_watermark.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct StreamPlanner {
    const StreamPlan& plan;
    StoreNames names;

    [[nodiscard]] std::string store(std::size_t op) const {
        return fmt::format("state info [ checkpoint = {}, runId = {}, opId = {}, ver = {}, numPartitions = {}]",
                           names.folder, names.run_id, op, names.version, names.partitions);
    }
    [[nodiscard]] i64 late_ms(std::size_t op) const {
        return op < names.watermarks.size() ? names.watermarks[op].first : names.unset;
    }
    [[nodiscard]] i64 evict_ms(std::size_t op) const {
        return op < names.watermarks.size() ? names.watermarks[op].second : names.unset;
    }
    [[nodiscard]] std::string watermarks(std::size_t op) const {
        return fmt::format("{}, {}", late_ms(op), evict_ms(op));
    }
};

/// A node that passes its child's rows on, as far as their columns go.
PhysicalRef stateful(const PhysicalRef& child, std::string text, Exprs output) {
    MR_ASSERT(child != nullptr);
    PhysicalNode n;
    n.name = text.substr(0, text.find(' '));
    n.text = std::move(text);
    n.details = {fmt::format("Input [{}]: {}", child->output.size(), attributes_text(child->output)),
                 "Arguments: " + n.text.substr(std::min(n.text.size(), n.name.size() + 1))};
    n.output = std::move(output);
    n.children = {child};
    n.hashed_by = child->hashed_by;
    n.single = child->single;
    return physical_node(std::move(n));
}

std::string keys_of(const Exprs& keys) { return keys.empty() ? "" : attributes_text(keys) + ", "; }

PhysicalRef aggregate(const StreamPlanner& s, const Planner& planner, const PlanRef& p, std::size_t op) {
    constexpr int kFormat = 2;  // of the state, since Spark 2.4
    const StateStep restore = [&](const AggregateParts& parts, const PhysicalRef& child) {
        return stateful(child, fmt::format("StateStoreRestore {}{}, {}", keys_of(parts.keys), s.store(op), kFormat),
                        child->output);
    };
    const StateStep save = [&](const AggregateParts& parts, const PhysicalRef& child) {
        return stateful(child,
                        fmt::format("StateStoreSave {}{}, {}, {}, {}", keys_of(parts.keys), s.store(op),
                                    mode_name(s.plan.mode), s.watermarks(op), kFormat),
                        child->output);
    };
    return physical_stream_aggregate(planner.session, p, planned(planner, p->children[0]), restore, save);
}

std::string order_text(const Exprs& keys) {
    std::string out;
    for (const ExprRef& k : keys) out += (out.empty() ? "" : ", ") + tree_form(k) + " ASC NULLS FIRST";
    return "[" + out + "]";
}

PhysicalRef session_aggregate(const StreamPlanner& s, const Planner& planner, const PlanRef& p, std::size_t op) {
    constexpr int kFormat = 1;
    const StateStep merge = [&](const AggregateParts& parts, const PhysicalRef& partial) {
        const auto it = std::ranges::find_if(parts.keys, [](const ExprRef& k) { return k->name == "session_window"; });
        MR_ASSERT(it != parts.keys.end());
        Exprs keys = parts.keys, sorted;
        std::erase_if(keys, [&](const ExprRef& k) { return k->id == (*it)->id; });
        sorted = keys;
        sorted.push_back(*it);
        const PhysicalRef met = clustered(planner.session, partial, keys, planner.session.shuffle_partitions);
        PhysicalNode sort = *stateful(met, fmt::format("Sort {}, false, 0", order_text(sorted)), met->output);
        sort.codegen = true;
        const std::string window = typed_attribute(*it), where = s.store(op);
        const std::string head = fmt::format("{}{}, {}", keys_of(keys), window, where);
        const PhysicalRef restored = stateful(
            physical_node(std::move(sort)),
            fmt::format("SessionWindowStateStoreRestore {}, {}, {}", head, s.watermarks(op), kFormat), met->output);
        std::string buffer;
        for (const ExprRef& k : keys) buffer += (buffer.empty() ? "" : ", ") + tree_form(k);
        // Groupings that were computed below have been put into a list of another class.
        const bool pulled =
            std::ranges::any_of(keys, [](const ExprRef& k) { return k->name == "_groupingexpression"; });
        const std::string merging =
            fmt::format("MergingSessions {}({}), true, {}, {}, {}, {}, {}, {}, {}", pulled ? "Vector" : "ArrayBuffer",
                        buffer, planner.session.shuffle_partitions, attributes_text(parts.keys), window,
                        functions_text(parts.calls, "merge_"), attributes_text(parts.results), parts.keys.size(),
                        attributes_text(partial->output));
        const PhysicalRef merged = stateful(restored, merging, partial->output);
        return stateful(merged,
                        fmt::format("SessionWindowStateStoreSave {}, {}, {}, {}", head, mode_name(s.plan.mode),
                                    s.watermarks(op), kFormat),
                        partial->output);
    };
    return physical_session_aggregate(planner.session, p, planned(planner, p->children[0]), merge);
}

PhysicalRef deduplicate(const StreamPlanner& s, const Planner& planner, const PlanRef& p, std::size_t op) {
    const PhysicalRef child =
        clustered(planner.session, planned(planner, p->children[0]), p->groups, planner.session.shuffle_partitions);
    const char* name = p->name.empty() ? "StreamingDeduplicate" : "StreamingDeduplicateWithinWatermark";
    return stateful(child, fmt::format("{} {}{}, {}", name, keys_of(p->groups), s.store(op), s.watermarks(op)),
                    output_of(*p));
}

bool keeps_state(const StreamPlan& plan, const PlanRef& p) {
    if (stateful_kind(*p, plan.mode)) return true;
    return std::ranges::any_of(p->children, [&](const PlanRef& c) { return keeps_state(plan, c); });
}

PhysicalRef limit(const StreamPlanner& s, const Planner& planner, const PlanRef& p, std::size_t op) {
    const PlanRef& local = p->children[0];
    const PlanRef& below = local->kind == PlanKind::local_limit ? local->children[0] : local;
    const PhysicalRef child = planned(planner, below);
    const std::string count = tree_form(p->condition);
    // Rows of other operators with state are counted so that all of them are read.
    const bool plain = !keeps_state(s.plan, below);
    PhysicalNode first =
        *stateful(child, fmt::format("{} {}", plain ? "LocalLimit" : "StreamingLocalLimit", count), child->output);
    first.codegen = plain;
    const PhysicalRef met = clustered(planner.session, physical_node(std::move(first)), {}, 1);
    return stateful(met, fmt::format("StreamingGlobalLimit {}, {}, {}", count, s.store(op), mode_name(s.plan.mode)),
                    output_of(*p));
}

/// One side of a groups operator: its rows meet by key and lie in the order of keys. The state that a query begins with
/// has none of the key's columns, which the names say.
PhysicalRef side_of_groups(const Planner& planner, const PlanRef& below, const Exprs& keys, bool initial) {
    MR_ASSERT(!keys.empty());
    PhysicalNode met = *clustered(planner.session, planned(planner, below), keys, planner.session.shuffle_partitions);
    if (initial) met.text = met.long_text = "!" + met.text;
    const PhysicalRef child = physical_node(std::move(met));
    PhysicalNode sort =
        *stateful(child, fmt::format("{}Sort {}, false, 0", initial ? "!" : "", order_text(keys)), child->output);
    sort.codegen = true;
    return physical_node(std::move(sort));
}

PhysicalRef typed_groups(const StreamPlanner& s, const Planner& planner, const PlanRef& p, std::size_t op) {
    MR_ASSERT(p->children.size() == 2 && p->typed);
    constexpr int kFormat = 2;
    const TypedStep& t = *p->typed;
    const std::string key = deserializer_text(t.key, t.keys, true), keys = tree_forms(t.keys),
                      columns = tree_forms(t.columns);
    PhysicalNode n;
    n.name = "FlatMapGroupsWithState";
    n.text = fmt::format("{} {}@<hash>, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, false", n.name,
                         t.function, key, deserializer_text(t.in, t.columns, true), key, keys, keys, columns, columns,
                         object_text(t.out, t.object), s.store(op), encoder_text(t.state), kFormat, t.mode, t.timeout,
                         s.names.batch_ms, s.watermarks(op));
    n.output = p->output;
    n.children = {side_of_groups(planner, p->children[0], t.keys, false),
                  side_of_groups(planner, p->children[1], t.keys, true)};
    return physical_node(std::move(n));
}

std::string or_null(const Exprs& parts) { return parts.empty() ? "null" : tree_form(conjunction(parts)); }

/// What a joined pair must fulfil besides equal keys, by the sides it reads.
std::string condition_text(const ExprRef& condition, const Exprs& left, const Exprs& right) {
    Exprs all, of_left, of_right, both;
    if (condition) conjuncts_of(condition, all);
    for (const ExprRef& c : all) {
        const auto reads = [&](const Exprs& side) {
            return std::ranges::all_of(all_references(c), [&](u64 id) { return contains_id(side, id); });
        };
        if (!deterministic(c)) both.push_back(c);
        else if (reads(left)) of_left.push_back(c);
        else if (reads(right)) of_right.push_back(c);
        else both.push_back(c);
    }
    return fmt::format("condition = [ leftOnly = {}, rightOnly = {}, both = {}, full = {} ]", or_null(of_left),
                       or_null(of_right), or_null(both), condition ? tree_form(condition) : "null");
}

/// `(time <= 1704067459999000)`: rows of a side's state that can go.
std::string passed(const std::string& time, const DataType& type, i64 watermark_ms) {
    return fmt::format("({}{} <= {})", time, type.id == TypeId::structure ? ".end" : "", watermark_ms * 1000);
}

std::string cleanup_of(const ExprRef& condition, const Exprs& keys, int key_place, const Exprs& own, const Exprs& other,
                       i64 watermark_ms) {
    if (key_place >= 0) {
        const ExprRef& k = keys[static_cast<std::size_t>(key_place)];
        return " key predicate: " +
               passed(fmt::format("input[{}, {}, {}]", key_place, catalog_name(k->type), k->nullable), k->type,
                      watermark_ms);
    }
    const int place = event_time_place(own);
    if (place < 0) return " = null";
    const auto bound = state_watermark(condition, own, other, watermark_ms);
    const ExprRef& time = own[static_cast<std::size_t>(place)];
    return bound ? " value predicate: " + passed(tree_form(time), time->type, *bound) : " = null";
}

PhysicalRef join(const StreamPlanner& s, const Planner& planner, const PlanRef& p, std::size_t op) {
    MR_ASSERT(p->children.size() == 2);
    constexpr int kFormat = 2;
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    const EquiJoin e = equi_parts(p->condition, left, right);
    const i64 partitions = planner.session.shuffle_partitions;
    PhysicalNode n;
    n.name = "StreamingSymmetricHashJoin";
    n.children = {clustered(planner.session, planned(planner, p->children[0]), e.left, partitions),
                  clustered(planner.session, planned(planner, p->children[1]), e.right, partitions)};
    n.output = output_of(*p);
    int key_place = event_time_place(e.left);
    if (key_place < 0) key_place = event_time_place(e.right);
    const std::string cleanup = fmt::format("state cleanup [ left{}, right{} ]",
                                            cleanup_of(p->condition, e.left, key_place, left, right, s.evict_ms(op)),
                                            cleanup_of(p->condition, e.right, key_place, right, left, s.evict_ms(op)));
    n.text = fmt::format("StreamingSymmetricHashJoin {}, {}, {}, {}, {}, {}, {}, {}", attributes_text(e.left),
                         attributes_text(e.right), join_name(p->join), condition_text(e.rest, left, right), s.store(op),
                         s.watermarks(op), cleanup, kFormat);
    n.hashed_by = e.left;
    return physical_node(std::move(n));
}

}  // namespace

StoreNames store_names(const StreamDriver& driver, const BatchRecord& batch, const std::string& run_id) {
    MR_ASSERT(batch.batch >= 0);
    StoreNames names{fmt::format("file:{}/state", driver.folder),
                     run_id,
                     batch.batch,
                     driver.session.shuffle_partitions,
                     {},
                     0,
                     batch.timestamp_ms};
    for (const auto& op : batch.operators) names.watermarks.emplace_back(op.late_ms, op.evict_ms);
    return names;
}

PlanHook stream_nodes(const StreamPlan& plan, StoreNames names) {
    return [s = StreamPlanner{plan, std::move(names)}](const Planner& planner, const PlanRef& p) -> PhysicalRef {
        const auto kind = stateful_kind(*p, s.plan.mode);
        if (!kind) return nullptr;
        const std::size_t op = s.plan.operator_of(p.get());
        switch (*kind) {
            case StatefulKind::aggregate: return aggregate(s, planner, p, op);
            case StatefulKind::session: return session_aggregate(s, planner, p, op);
            case StatefulKind::dedup:
            case StatefulKind::dedup_within: return deduplicate(s, planner, p, op);
            case StatefulKind::join: return join(s, planner, p, op);
            case StatefulKind::limit: return limit(s, planner, p, op);
            case StatefulKind::groups: return p->typed ? typed_groups(s, planner, p, op) : nullptr;
        }
        return nullptr;
    };
}

namespace {

PhysicalRef stream_itself(const PlanRef& relation) {
    MR_ASSERT(relation->kind == PlanKind::stream_relation && !relation->parts.empty());
    PhysicalNode n;
    n.name = "StreamingRelation";
    const std::string body = fmt::format("{}, {}", relation->parts[0], attributes_text(relation->output));
    n.text = n.name + " " + body;
    n.details = {fmt::format("Output [{}]: {}", relation->output.size(), attributes_text(relation->output)),
                 "Arguments: " + body};
    n.output = relation->output;
    return physical_node(std::move(n));
}

}  // namespace

StreamHooks frame_nodes(const Session& session) {
    const StoreNames names{"<unknown>", "00000000-0000-4000-8000-000000000000", 0, session.shuffle_partitions,
                           {},          std::numeric_limits<i64>::min(),        0};
    return [names](const PlanRef& optimised) -> PlanHook {
        const auto plan = std::make_shared<const StreamPlan>(unoptimised_stream(optimised, OutputMode::append));
        return [plan, nodes = stream_nodes(*plan, names)](const Planner& planner, const PlanRef& p) -> PhysicalRef {
            return p->kind == PlanKind::stream_relation ? stream_itself(p) : nodes(planner, p);
        };
    };
}

}  // namespace engine::spark
