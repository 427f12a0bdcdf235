#include "engine/plan/print_parts.h"

#include <fmt/format.h>

#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::string list_of(const Exprs& keys) {
    std::string out;
    for (const ExprRef& k : keys) out += (out.empty() ? "" : ", ") + tree_form(k);
    return out;
}

}  // namespace

std::string named_fields(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    std::string out;
    for (std::size_t i = 0; i < e->args.size(); ++i) {
        const ExprRef& a = e->args[i];
        const std::string name = a->kind == ExprKind::name ? a->parts.back()
                                 : a->kind == ExprKind::alias || a->kind == ExprKind::attribute
                                     ? a->name
                                     : fmt::format("col{}", i + 1);
        out += (i > 0 ? ", " : "") + name + ", " + tree_form(a);
    }
    return out;
}

std::string grouping_tree(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::grouping_set);
    Exprs keys;
    std::string places;
    for (const ExprRef& set : e->args) {
        const bool row = set->kind == ExprKind::call && set->name == "row";
        std::string list;
        for (const ExprRef& key : row ? set->args : Exprs{set}) {
            const std::string text = tree_form(key);
            std::size_t at = 0;
            while (at < keys.size() && tree_form(keys[at]) != text) ++at;
            if (at == keys.size()) keys.push_back(key);
            list += (list.empty() ? "" : ", ") + std::to_string(at);
        }
        places += "Vector(" + list + "), ";
    }
    return (e->name == "grouping sets" ? "groupingsets" : e->name) + "(" + places + list_of(keys) + ")";
}

const char* hidden_arguments(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    struct Hidden {
        std::string_view name;
        const char* text;
    };
    static constexpr Hidden kHidden[] = {
        {"date_format", "Some(UTC)"},
        {"date_trunc", "Some(UTC)"},
        {"hour", "Some(UTC)"},
        {"minute", "Some(UTC)"},
        {"second", "Some(UTC)"},
        {"from_unixtime", "Some(UTC)"},
        {"months_between", "Some(UTC)"},
        {"unix_timestamp", "Some(UTC), false"},
        {"to_unix_timestamp", "Some(UTC), false"},
        {"hash", "42"},
        {"xxhash64", "42"},
        {"size", "true"},
        {"current_date", "Some(UTC)"},
        {"element_at", "None, false"},
        {"array_sort", "false"},
        // Aggregates that keep objects say where their buffers begin.
        {"collect_list", "0, 0"},
        {"array_agg", "0, 0"},
        {"collect_set", "0, 0"},
        {"percentile_approx", "0, 0"},
        {"approx_percentile", "0, 0"},
        {"mode", "0, 0"},
        {"histogram_numeric", "0, 0"},
        {"pivotfirst", "0, 0"},
        {"bitmap_construct_agg", "0, 0"},
        {"count_min_sketch", "0, 0"},
        {"hll_sketch_agg", "0, 0"},
    };
    if (e->name == "approx_count_distinct") return e->args.size() == 1 ? "0.05, 0, 0" : "0, 0";
    if (e->name == "to_date" && e->args.size() == 1) return "None, Some(UTC), false";
    if (e->name == "percentile") return e->args.size() == 2 ? "1, 0, 0, false" : "0, 0, false";
    if (e->name == "sequence") return e->args.size() == 2 ? "None, Some(UTC)" : "Some(UTC)";
    for (const Hidden& row : kHidden)
        if (row.name == e->name) return row.text;
    return nullptr;
}

}  // namespace engine::spark
