#include "engine/stream/state_text.h"

#include <fmt/format.h>

#include "engine/operators/statement.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<DataType> key_types_of(const StreamPlan& plan, std::size_t op) {
    MR_ASSERT(op < plan.operators.size());
    std::vector<DataType> out;
    for (const ExprRef& g : plan.operators[op].plan->groups) out.push_back(g->type);
    return out;
}

namespace {

bool is_window(const DataType& t) {
    return t.id == TypeId::structure && t.fields->size() == 2 && (*t.fields)[0].name == "start" &&
           (*t.fields)[1].name == "end";
}

}  // namespace

KeyText key_text(const Values& key, const std::vector<DataType>& types, const std::string& zone) {
    KeyText out;
    for (std::size_t i = 0; i < key.size() && i < types.size(); ++i) {
        if (is_window(types[i]) && !key[i].null) {
            const DataType time = type_of(TypeId::timestamp);
            out.window_start = cell_text(items_of(key[i])[0], time, zone);
            out.window_end = cell_text(items_of(key[i])[1], time, zone);
            continue;
        }
        out.key += (out.key.empty() ? "" : ", ") + cell_text(key[i], types[i], zone);
    }
    return out;
}

std::string value_text(const Values& values) {
    std::string out;
    for (const Value& v : values) {
        if (!out.empty()) out += ", ";
        if (v.null) out += "NULL";
        else if (!v.s.empty()) out += v.s;
        else if (v.items) out += "[" + value_text(*v.items) + "]";
        else if (v.d != 0) out += fmt::format("{}", v.d);
        else out += fmt::format("{}", v.i);
    }
    return out;
}

std::string operator_name(const StreamPlan& plan, std::size_t op) {
    MR_ASSERT(op < plan.operators.size());
    switch (plan.operators[op].kind) {
        case StatefulKind::aggregate: return "stateStoreSave";
        case StatefulKind::session: return "sessionWindowStateStoreSave";
        case StatefulKind::dedup: return "dedupe";
        case StatefulKind::dedup_within: return "dedupeWithinWatermark";
        case StatefulKind::join: return "symmetricHashJoin";
        case StatefulKind::groups: return "flatMapGroupsWithState";
        case StatefulKind::limit: return "globalLimit";
    }
    return "";
}

}  // namespace engine::spark
