// Expressions as plans print them: columns with their ids, casts and frames as the nodes that they are.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/api_calls.h"
#include "engine/plan/digests.h"
#include "engine/plan/functions.h"
#include "engine/plan/print.h"
#include "engine/plan/print_parts.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// `StructField(a,IntegerType,true)`: a type as a part of a plan.
std::string type_part(const DataType& type) {
    switch (type.id) {
        case TypeId::array: return fmt::format("ArrayType({},{})", type_part(element_of(type)), element_nullable(type));
        case TypeId::map:
            return fmt::format("MapType({},{},{})", type_part(key_of(type)), type_part(value_of(type)),
                               value_nullable(type));
        case TypeId::structure: {
            std::string out;
            for (const Field& field : *type.fields)
                out += (out.empty() ? "" : ",") +
                       fmt::format("StructField({},{},{})", field.name, type_part(field.type), field.nullable);
            return "StructType(" + out + ")";
        }
        default: return class_name(type);
    }
}

/// JSON and CSV calls: the schema, the options, the text, the zone.
std::vector<std::string> format_parts(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const bool reads = e->name.starts_with("from_");
    std::vector<std::string> out;
    DataType schema = e->type;
    if (reads && !e->resolved && e->args.size() > 1 && is_literal(e->args[1]))
        schema = parse_schema(e->args[1]->value.s).value_or(DataType{});
    if (reads && schema.id == TypeId::structure)
        for (const Field& field : *schema.fields)
            out.push_back(fmt::format("StructField({},{},{})", field.name, type_part(field.type), field.nullable));
    else if (reads) out.push_back(type_part(schema));
    for (std::size_t i = reads ? 2 : 1; i < e->args.size(); ++i)
        for (std::size_t k = 0; k + 1 < e->args[i]->args.size(); k += 2)
            out.push_back(fmt::format("({},{})", tree_form(e->args[i]->args[k]), tree_form(e->args[i]->args[k + 1])));
    if (!e->args.empty()) out.push_back(tree_form(e->args[0]));
    out.emplace_back("Some(UTC)");
    if (e->name == "from_csv") out.emplace_back("None");
    return out;
}

std::string call_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const Exprs& a = e->args;
    const std::string& n = e->name;
    if (e->k == 2 && a.size() == 2)
        return fmt::format("date_add({}, {}extractansiintervaldays({}))", tree_form(a[0]), n == "-" ? "-" : "",
                           tree_form(a[1]));
    if (infix(n) && a.size() == 2) {
        if (e->k == 1) return tree_form(a[0]) + " " + n + " " + tree_form(a[1]);
        return fmt::format("({} {} {})", tree_form(a[0]), n, tree_form(a[1]));
    }
    if (n == "and") return fmt::format("({} AND {})", tree_form(a[0]), tree_form(a[1]));
    if (n == "or") return fmt::format("({} OR {})", tree_form(a[0]), tree_form(a[1]));
    if (n == "not") return "NOT " + tree_form(a[0]);
    if (n == "identity") return tree_form(a[0]);
    if (n == "item" && a.size() == 2) return tree_form(a[0]) + "[" + tree_form(a[1]) + "]";
    if (n == "precisetimestampconversion")
        return fmt::format("{}({}, {}, {})", n, tree_form(a[0]), e->k == 1 ? class_name(a[0]->type) : "LongType",
                           e->k == 1 ? "LongType" : class_name(e->type));
    if (n == "makedecimal")
        return fmt::format("MakeDecimal({},{},{})", tree_form(a[0]), tree_form(a[1]), tree_form(a[2]));
    if (n == "negative") return "-" + tree_form(a[0]);
    if (n == "positive") return "positive(" + tree_form(a[0]) + ")";
    if (n == "~") return "~" + tree_form(a[0]);
    if (n == "in") return fmt::format("{} IN ({})", tree_form(a[0]), [&] {
        std::string out;
        for (std::size_t i = 1; i < a.size(); ++i) out += (i > 1 ? "," : "") + tree_form(a[i]);
        return out;
    }());
    if (n == "like") return fmt::format("{} LIKE {}", tree_form(a[0]), tree_form(a[1]));
    if (n == "rlike") return fmt::format("RLIKE({}, {})", tree_form(a[0]), tree_form(a[1]));
    if (n == "if") return fmt::format("if ({}) {} else {}", tree_form(a[0]), tree_form(a[1]), tree_form(a[2]));
    if (n == "startswith" || n == "endswith" || n == "contains")
        return fmt::format("{}({}, {})",
                           n == "contains"   ? "Contains"
                           : n == "endswith" ? "EndsWith"
                                             : "StartsWith",
                           tree_form(a[0]), tree_form(a[1]));
    std::vector<std::string> parts;
    for (const ExprRef& arg : a) parts.push_back(tree_form(arg));
    // lag() looks ahead by a negative number.
    if (n == "lag" && a.size() > 1 && is_literal(a[1]) && is_integral(a[1]->type))
        parts[1] = std::to_string(-a[1]->value.i);
    if ((n == "first" || n == "last" || n == "any_value") && a.size() == 1)
        parts.emplace_back(e->ignore_nulls ? "true" : "false");
    if (n == "from_json" || n == "from_csv" || n == "to_json" || n == "to_csv")
        return n + "(" + joined(format_parts(e)) + ")";
    std::string text = (n == "named_struct" && e->distinct ? "struct" : function_name(e)) + "(" + joined(parts);
    if (const char* hidden = hidden_arguments(e)) text += std::string(a.empty() ? "" : ", ") + hidden;
    return text + ")";
}

std::string window_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const ExprRef& spec = e->args[1];
    const auto n = static_cast<std::size_t>(spec->n);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < spec->args.size(); ++i) parts.push_back(tree_form(spec->args[i]));
    parts.push_back(frame_text(spec->frame, tree_form, true));
    // Ranks compare what the window is ordered by.
    const ExprRef& function = e->args[0];
    const bool ranks =
        is_call(function, "rank") || is_call(function, "dense_rank") || is_call(function, "percent_rank");
    const bool by_rows = ranks || is_call(function, "ntile") || is_call(function, "row_number") ||
                         is_call(function, "cume_dist");  // their frames are their own
    std::string call = tree_form(function);
    const bool known = std::all_of(spec->args.begin(), spec->args.end(), [](const ExprRef& x) { return x->resolved; });
    const bool waits = (function->resolved && !known) || (!function->resolved && is_call(function, "ntile"));
    if (spec->frame.kind == FrameKind::unspecified && waits) {
        // The frame is known before the columns are.
        const bool ordered = spec->args.size() > n;
        parts.back() = fmt::format("specifiedwindowframe({}, unboundedpreceding$(), {})",
                                   by_rows || !ordered ? "RowFrame" : "RangeFrame",
                                   by_rows || ordered ? "currentrow$()" : "unboundedfollowing$()");
    }
    if (ranks && function->args.empty() && known) {
        std::string orders;
        for (std::size_t i = n; i < spec->args.size(); ++i)
            orders += (i > n ? ", " : "") + tree_form(spec->args[i]->args[0]);
        call.insert(call.size() - 1, orders);
    }
    return fmt::format("{} windowspecdefinition({})", call, joined(parts));
}

std::string subquery_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    std::string conditions;
    for (std::size_t i = e->kind == ExprKind::in_subquery ? static_cast<std::size_t>(e->k) : 0; i < e->args.size(); ++i)
        conditions += (conditions.empty() ? "" : ", ") + tree_form(e->args[i]);
    switch (e->kind) {
        case ExprKind::scalar_subquery: return fmt::format("scalar-subquery#{} [{}]", e->id, conditions);
        case ExprKind::exists: return fmt::format("exists#{} [{}]", e->id, conditions);
        case ExprKind::in_subquery: {
            std::string left;
            const i64 asked = e->k > 0 ? e->k : static_cast<i64>(e->args.size());
            for (i64 i = 0; i < asked; ++i) {
                const ExprRef& one = e->args[static_cast<std::size_t>(i)];
                const std::string& name = one->kind == ExprKind::name ? one->parts.back() : one->name;
                const std::string field = one->kind == ExprKind::name || one->kind == ExprKind::attribute
                                              ? name
                                              : fmt::format("col{}", i + 1);
                left += (i ? ", " : "") + (asked > 1 ? field + ", " : "") + tree_form(one);
            }
            if (asked > 1) left = "named_struct(" + left + ")";
            const std::string mark = e->resolved ? "" : "";
            return fmt::format("{} IN (list#{} [{}])", mark + left, e->id, e->k > 0 ? conditions : "");
        }
        default: return fmt::format("list#{} []", e->id);
    }
}

/// A cast of something that has a name keeps that name.
bool casts_name(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind != ExprKind::cast) return false;
    const ExprKind inner = e->args[0]->kind;
    return inner == ExprKind::attribute || inner == ExprKind::name || inner == ExprKind::alias;
}

bool is_generator(const ExprRef& e) {
    const FunctionInfo* fn = e->kind == ExprKind::call       ? e->fn
                             : e->kind == ExprKind::function ? find_function(e->name)
                                                             : nullptr;
    return fn != nullptr && fn->kind == FunctionKind::generator;
}

std::string name_tree(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "'" : ".") + (part.find('.') != std::string::npos ? quoted(part) : part);
    return out;
}

/// A call of the API whose columns are not known yet.
std::string api_call_tree(const ExprRef& given) {
    MR_ASSERT(made_by_api(*given));
    const ExprRef e = as_api_makes_it(given);
    constexpr std::string_view kOuter = "_outer";
    if (e->fn != nullptr && e->fn->kind == FunctionKind::generator && e->name.ends_with(kOuter))
        return "generatorouter(" +
               tree_form(edit(given, [&](Expr& x) { x.name.resize(x.name.size() - kOuter.size()); })) + ")";
    if (e->name == "struct") return "struct(" + named_fields(e) + ")";
    const char* held = held_by_api_call(e);
    if (held == nullptr) return call_tree(e);
    std::string args;
    for (std::size_t i = 0; i < e->args.size(); ++i)
        args += i > 0 ? "Some(" + tree_form(e->args[i]) + "), " : tree_form(e->args[i]) + ", ";
    return e->name + "(" + args + held + ")";
}

/// A call of which nothing is known yet.
std::string function_tree(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::function);
    const bool star = !e->args.empty() && e->args[0]->kind == ExprKind::star;
    if (made_by_api(*e) && !e->distinct && !star && find_function(e->name) != nullptr) return api_call_tree(e);
    if (const ExprRef known = made_by_api(*e) || e->name == "struct" ? nullptr : as_known_call(e))
        return e->distinct ? e->name + "(distinct " + each(known->args, 0, tree_form) + ")" : call_tree(known);
    // All columns of a count are rows.
    const bool all = !e->args.empty() && e->args[0]->kind == ExprKind::star && e->args[0]->parts.empty();
    if (all && sim::lower_ascii(e->name) == "count" && !e->distinct && e->args.size() == (e->filtered ? 2 : 1))
        return "'" + e->name + "(1" + (e->filtered ? ", " + tree_form(e->args[1]) : "") + ")";
    // A struct has its names, the first of a group its flag, before anything is known.
    if (e->name == "struct") return "struct(" + named_fields(e) + ")";
    if ((e->name == "first" || e->name == "last" || e->name == "any_value") && e->args.size() == 1)
        return e->name + "(" + tree_form(e->args[0]) + ", " + (e->ignore_nulls ? "true)" : "false)");
    return (made_by_api(*e) ? "" : "'") + e->name + "(" + (e->distinct ? "distinct " : "") +
           each(e->args, 0, tree_form) + ")";
}

std::string unresolved_alias_tree(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::unresolved_alias);
    // A generator of the API gets its names once its type is known.
    if (e->name == "column" && is_generator(e->args[0]) && e->args[0]->at.line == 0)
        return tree_form(e->args[0]) + " AS ()";
    const bool by_column = e->name == "column" && !casts_name(e->args[0]);
    return fmt::format("unresolvedalias({}, {})", tree_form(e->args[0]),
                       by_column ? "Some(org.apache.spark.sql.Column$$Lambda@<hash>)" : "None");
}

/// A list that is at hand, without blanks between its elements.
std::string array_tree(const Expr& e) {
    MR_ASSERT(e.type.id == TypeId::array);
    std::string out;
    for (const Value& v : items_of(e.value))
        out += (out.empty() ? "" : ",") + tree_form(literal(v, element_of(e.type)));
    return "[" + out + "]";
}

}  // namespace

std::string tree_forms(const Exprs& exprs) {
    std::vector<std::string> parts;
    for (const ExprRef& e : exprs) parts.push_back(tree_form(e));
    return "[" + joined(parts) + "]";
}

std::string tree_form(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::literal: {
            if (e->value.null) return "null";
            if (e->type.id == TypeId::binary) return "0x" + hex_upper(e->value.s);
            if (e->type.id == TypeId::array) return array_tree(*e);
            return display(e->value, e->type, "UTC");
        }
        case ExprKind::attribute: {
            std::string out = fmt::format("{}#{}", e->name, e->id);
            if (e->watermark_ms >= 0) out += fmt::format("-T{}ms", e->watermark_ms);
            return out + (e->type.id == TypeId::bigint ? "L" : "");
        }
        case ExprKind::name: return name_tree(e->parts);
        case ExprKind::lambda_name: return "lambda '" + fmt::format("{}", fmt::join(e->parts, "."));
        case ExprKind::star: return pretty(e);
        case ExprKind::function: return function_tree(e);
        case ExprKind::call: return call_tree(e);
        case ExprKind::cast:
            return fmt::format("{}cast({} as {})", e->is_try ? "try_" : "", tree_form(e->args[0]),
                               catalog_name(e->type));
        case ExprKind::alias:
            return fmt::format("{} AS {}#{}{}{}", tree_form(e->args[0]), e->name, e->id,
                               e->watermark_ms >= 0 ? fmt::format("-T{}ms", e->watermark_ms) : "",
                               e->resolved && e->type.id == TypeId::bigint ? "L" : "");
        case ExprKind::multi_alias:
            return fmt::format("{} AS ({})", tree_form(e->args[0]), fmt::join(e->parts, ", "));
        case ExprKind::unresolved_alias: return unresolved_alias_tree(e);
        case ExprKind::extract: return fmt::format("{}[{}]", tree_form(e->args[0]), tree_form(e->args[1]));
        case ExprKind::field: return tree_form(e->args[0]) + "." + e->name;
        case ExprKind::case_when: return case_text(e, tree_form);
        case ExprKind::lambda:
            return "lambdafunction(" + each(e->args, 0, tree_form) + (e->args.size() > 1 ? ", false)" : ")");
        case ExprKind::lambda_variable:
            return fmt::format("lambda {}#{}{}", e->name, e->id, e->type.id == TypeId::bigint ? "L" : "");
        case ExprKind::aggregate: return aggregate_text(e, tree_form, true);
        case ExprKind::window:
            if (e->args[1]->kind == ExprKind::window_spec) return window_tree(e);
            return fmt::format("unresolvedwindowexpression({}, WindowSpecReference({}))", tree_form(e->args[0]),
                               e->args[1]->name);
        case ExprKind::window_spec: return spec_pretty(e);
        case ExprKind::window_reference: return e->name;
        case ExprKind::sort_order:
            return fmt::format("{} {} NULLS {}", tree_form(e->args[0]), e->ascending ? "ASC" : "DESC",
                               e->nulls_first ? "FIRST" : "LAST");
        case ExprKind::scalar_subquery: case ExprKind::exists: case ExprKind::in_subquery:
        case ExprKind::list_query: return subquery_tree(e);
        case ExprKind::outer: return "outer(" + tree_form(e->args[0]) + ")";
        case ExprKind::parameter: return pretty(e);
        case ExprKind::time_window:
            return fmt::format("window({}, {}, {}, {})", tree_form(e->args[0]), e->n, e->m, e->k);
        case ExprKind::session_window:
            return fmt::format("sessionwindow({}, {})", tree_form(e->args[0]), tree_form(e->args[1]));
        case ExprKind::grouping_set: return grouping_tree(e);
        case ExprKind::default_value: return "DEFAULT";
    }
    return "";
}

}  // namespace engine::spark
