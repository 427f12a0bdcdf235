// Typed steps as they are carried out. An operator that gives objects is never the top of a generated stage; where
// objects would become rows only to become objects again, both steps are left out.
#include <fmt/format.h>

#include "engine/plan/physical.h"
#include "engine/plan/print.h"
#include "engine/plan/typed.h"
#include "sim/base/assert.h"

namespace engine::spark {

PhysicalRef physical_typed(const Planner& planner, const PlanRef& p);

namespace {

bool serializes(const PlanRef& p, const ObjectType& type) {
    MR_ASSERT(p != nullptr);
    return p->kind == PlanKind::typed && p->typed->kind == TypedKind::serialize && p->typed->in.name == type.name;
}

PhysicalRef over(const PhysicalRef& child, const std::string& name, const std::string& body, Exprs output, bool codegen,
                 bool root) {
    MR_ASSERT(child != nullptr && !name.empty());
    PhysicalNode n;
    n.name = name;
    n.text = name + " " + body;
    n.details = {fmt::format("Input [{}]: {}", child->output.size(), attributes_text(child->output)),
                 "Arguments: " + body};
    n.output = std::move(output);
    n.children = {child};
    n.codegen = codegen;
    n.root = root;
    return physical_node(std::move(n));
}

std::string hashed(const TypedStep& t) { return t.function + "@<hash>"; }

PhysicalRef append_key(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const TypedStep& t = *p->typed;
    const PlanRef& below = p->children[0];
    const std::string key = serializer_text(t.out, t.keys);
    if (serializes(below, t.in))
        return over(planned(planner, below->children[0]), "AppendColumnsWithObject",
                    fmt::format("{}, {}, {}", hashed(t), serializer_text(below->typed->in, below->output), key),
                    p->output, false, true);
    return over(planned(planner, below), "AppendColumns",
                fmt::format("{}, {}, {}", hashed(t), deserializer_text(t.in, t.columns, true), key), p->output, false,
                true);
}

PhysicalRef map_groups(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const TypedStep& t = *p->typed;
    const PhysicalRef met =
        clustered(planner.session, planned(planner, p->children[0]), t.keys, planner.session.shuffle_partitions);
    std::string orders;
    for (const ExprRef& k : t.keys) orders += (orders.empty() ? "" : ", ") + tree_form(k) + " ASC NULLS FIRST";
    const PhysicalRef sorted = over(met, "Sort", fmt::format("[{}], false, 0", orders), met->output, true, true);
    return over(sorted, "MapGroups",
                fmt::format("{}, {}, {}, {}, {}, {}", hashed(t), deserializer_text(t.key, t.keys, true),
                            deserializer_text(t.in, t.columns, true), tree_forms(t.keys), tree_forms(t.columns),
                            object_text(t.out, t.object)),
                p->output, false, true);
}

bool filters(const PlanRef& p, const ObjectType& type) {
    MR_ASSERT(p != nullptr);
    return p->kind == PlanKind::typed && p->typed->kind == TypedKind::filter && p->typed->in.name == type.name;
}

PhysicalRef test(const PhysicalRef& child, const TypedStep& t, Exprs output, bool root) {
    MR_ASSERT(t.object != nullptr || !t.keys.empty() || t.kind == TypedKind::serialize || t.kind == TypedKind::filter);
    return over(child, "Filter", hashed(t) + ".apply", std::move(output), true, root);
}

/// Rows become objects; a test of objects below moves above that.
PhysicalRef deserialize(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const TypedStep& t = *p->typed;
    const PlanRef& below = p->children[0];
    if (serializes(below, t.out)) return planned(planner, below->children[0]);
    if (filters(below, t.out))
        return test(deserialize(planner, with_children(p, {below->children[0]})), *below->typed, p->output, false);
    return over(planned(planner, below), "DeserializeToObject",
                fmt::format("{}, {}", deserializer_text(t.out, t.columns, true), object_text(t.out, t.object)),
                p->output, true, false);
}

/// A test of rows that objects were made into tests the objects.
PhysicalRef filter(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const TypedStep& t = *p->typed;
    const PlanRef& below = p->children[0];
    if (!serializes(below, t.in)) return test(planned(planner, below), t, p->output, true);
    const PhysicalRef objects = planned(planner, below->children[0]);
    return over(test(objects, t, objects->output, false), "SerializeFromObject",
                serializer_text(below->typed->in, below->output), p->output, true, true);
}

}  // namespace

PhysicalRef physical_typed(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::typed && p->typed != nullptr);
    const TypedStep& t = *p->typed;
    const PlanRef& below = p->children[0];
    switch (t.kind) {
        case TypedKind::append_key: return append_key(planner, p);
        case TypedKind::map_groups: return map_groups(planner, p);
        case TypedKind::deserialize: return deserialize(planner, p);
        case TypedKind::map:
            return over(planned(planner, below), "MapElements",
                        fmt::format("{}, {}", hashed(t), object_text(t.out, t.object)), p->output, true, false);
        case TypedKind::flat_map:
            return over(planned(planner, below), "MapPartitions",
                        fmt::format("{}, {}", hashed(t), object_text(t.out, t.object)), p->output, false, false);
        case TypedKind::filter: return filter(planner, p);
        case TypedKind::serialize:
            return over(planned(planner, below), "SerializeFromObject", serializer_text(t.in, p->output), p->output,
                        true, true);
        case TypedKind::groups_with_state: case TypedKind::cogroup: break;
    }
    return over(planned(planner, below), "TypedStep", t.function, p->output, false, true);
}

}  // namespace engine::spark
