#include "engine/plan/print.h"

#include <fmt/format.h>

#include "engine/plan/functions.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::string joined(const std::vector<std::string>& parts, std::size_t most) {
    std::string out;
    const bool cut = parts.size() > most;
    const std::size_t shown = cut ? most - 1 : parts.size();
    for (std::size_t i = 0; i < shown; ++i) out += (i ? ", " : "") + parts[i];
    if (cut) out += fmt::format(", ... {} more fields", parts.size() - shown);
    return out;
}

std::string attribute_text(const std::string& name, u64 id, const DataType& type) {
    return fmt::format("{}#{}{}", name, id, type.id == TypeId::bigint ? "L" : "");
}

namespace {

std::string hex(const std::string& bytes) {
    std::string out;
    for (const char c : bytes) out += fmt::format("{:02X}", static_cast<u8>(c));
    return out;
}

std::string display_items(const Value& v, const DataType& type, const std::string& zone, bool plain) {
    const Values& items = items_of(v);
    std::string out;
    if (type.id == TypeId::array) {
        for (std::size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + display(items[i], element_of(type), zone, plain);
        return "[" + out + "]";
    }
    if (type.id == TypeId::map) {
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            out += (i ? ", " : "") + display(items[i], key_of(type), zone, plain) + " -> " + display(items[i + 1], value_of(type), zone, plain);
        return "{" + out + "}";
    }
    for (std::size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + display(items[i], (*type.fields)[i].type, zone, plain);
    return "{" + out + "}";
}

}  // namespace

std::string display(const Value& v, const DataType& type, const std::string& zone, bool plain) {
    if (v.null) return "NULL";
    switch (type.id) {
        case TypeId::void_: return "NULL";
        case TypeId::boolean: return v.i != 0 ? "true" : "false";
        case TypeId::float_: return float_text(v.d);
        case TypeId::double_: return double_text(v.d);
        case TypeId::decimal: return decimal_text(v.dec, type.b, plain);
        case TypeId::string: case TypeId::binary: return v.s;
        case TypeId::date: return date_text(v.i);
        case TypeId::timestamp: return timestamp_text(to_local(zone, v.i));
        case TypeId::timestamp_ntz: return timestamp_text(v.i);
        case TypeId::year_month: return year_month_text(v.i, type);
        case TypeId::day_time: return day_time_text(v.i, type);
        case TypeId::calendar: return calendar_text({items_of(v)[0].i, items_of(v)[1].i, items_of(v)[2].i});
        case TypeId::array: case TypeId::map: case TypeId::structure: return display_items(v, type, zone, plain);
        default: return std::to_string(v.i);
    }
}

std::string literal_sql(const Value& v, const DataType& type) {
    if (v.null) return "NULL";
    switch (type.id) {
        case TypeId::date: return "DATE '" + date_text(v.i) + "'";
        case TypeId::timestamp: return "TIMESTAMP '" + timestamp_text(v.i) + "'";
        case TypeId::timestamp_ntz: return "TIMESTAMP_NTZ '" + timestamp_text(v.i) + "'";
        case TypeId::binary: return "X'" + hex(v.s) + "'";
        case TypeId::array: case TypeId::map: case TypeId::structure: {
            std::string out;
            const Values& items = items_of(v);
            const auto& fields = child_fields(type);
            for (std::size_t i = 0; i < items.size(); ++i) {
                const Field& field = fields[type.id == TypeId::structure ? i : i % fields.size()];
                if (type.id == TypeId::structure) out += (i ? ", " : "") + field.name + ", " + literal_sql(items[i], field.type);
                else out += (i ? ", " : "") + literal_sql(items[i], field.type);
            }
            return (type.id == TypeId::array ? "ARRAY(" : type.id == TypeId::map ? "MAP(" : "NAMED_STRUCT(") + out + ")";
        }
        default: return display(v, type, "UTC");
    }
}

namespace {

using Print = std::string (*)(const ExprRef&);

std::string each(const Exprs& args, std::size_t from, Print print) {
    MR_ASSERT(from <= args.size());
    std::vector<std::string> parts;
    for (std::size_t i = from; i < args.size(); ++i) parts.push_back(print(args[i]));
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? ", " : "") + parts[i];
    return out;
}

bool infix(const std::string& name) {
    static constexpr std::string_view kNames[] = {"+", "-", "*", "/", "%", "div", "&", "|", "^", "=", "<=>", "<", "<=", ">", ">="};
    for (const std::string_view n : kNames)
        if (n == name) return true;
    return false;
}

std::string frame_bound(BoundKind kind, const ExprRef& value, Print print) {
    MR_ASSERT(value != nullptr || (kind != BoundKind::preceding && kind != BoundKind::following));
    switch (kind) {
        case BoundKind::unbounded_preceding: return "UNBOUNDED PRECEDING";
        case BoundKind::unbounded_following: return "UNBOUNDED FOLLOWING";
        case BoundKind::current_row: return "CURRENT ROW";
        case BoundKind::preceding: return print(value) + " PRECEDING";
        case BoundKind::following: return print(value) + " FOLLOWING";
    }
    return "";
}

/// Plans print the bounds of a frame as `unboundedpreceding$()`, `-1`, `currentrow$()`.
std::string frame_tree(BoundKind kind, const ExprRef& value) {
    MR_ASSERT(value != nullptr);
    switch (kind) {
        case BoundKind::unbounded_preceding: return "unboundedpreceding$()";
        case BoundKind::unbounded_following: return "unboundedfollowing$()";
        case BoundKind::current_row: return "currentrow$()";
        case BoundKind::preceding: {
            if (is_literal(value) && !value->value.null && value->type.id == TypeId::integer) return std::to_string(-value->value.i);
            return "-" + tree_form(value);
        }
        case BoundKind::following: return tree_form(value);
    }
    return "";
}

std::string frame_text(const Frame& frame, Print print, bool tree) {
    if (frame.kind == FrameKind::unspecified) return tree ? "unspecifiedframe$()" : "";
    const std::string kind = frame.kind == FrameKind::rows ? "ROWS" : "RANGE";
    if (tree) {
        return fmt::format("specifiedwindowframe({}, {}, {})", frame.kind == FrameKind::rows ? "RowFrame" : "RangeFrame", frame_tree(frame.lower, frame.lower_value),
                           frame_tree(frame.upper, frame.upper_value));
    }
    return fmt::format("{} BETWEEN {} AND {}", kind, frame_bound(frame.lower, frame.lower_value, print), frame_bound(frame.upper, frame.upper_value, print));
}

std::string spec_pretty(const ExprRef& spec) {
    MR_ASSERT(spec != nullptr);
    std::vector<std::string> parts;
    const auto n = static_cast<std::size_t>(spec->n);
    if (n > 0) parts.push_back("PARTITION BY " + each(Exprs(spec->args.begin(), spec->args.begin() + spec->n), 0, pretty));
    if (spec->args.size() > n) parts.push_back("ORDER BY " + each(spec->args, n, pretty));
    if (const std::string frame = frame_text(spec->frame, pretty, false); !frame.empty()) parts.push_back(frame);
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : " ") + part;
    return "(" + out + ")";
}

std::string case_text(const ExprRef& e, Print print) {
    MR_ASSERT(e != nullptr);
    std::string out = "CASE";
    std::size_t i = 0;
    for (; i + 1 < e->args.size(); i += 2) out += " WHEN " + print(e->args[i]) + " THEN " + print(e->args[i + 1]);
    if (i < e->args.size()) out += " ELSE " + print(e->args[i]);
    return out + " END";
}

std::string cast_pretty(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->implicit || is_nested(e->type)) return pretty(e->args[0]);
    return fmt::format("{}CAST({} AS {})", e->is_try ? "TRY_" : "", pretty(e->args[0]), sql_name(e->type));
}

std::string aggregate_text(const ExprRef& e, Print print, bool tree) {
    MR_ASSERT(e != nullptr);
    const ExprRef& call = e->args[0];
    std::string out;
    if (e->distinct) {
        const std::string name = call->fn && call->fn->shown ? call->fn->shown : call->name;
        out = name + (tree ? "(distinct " : "(DISTINCT ") + each(call->args, 0, print) + ")";
    } else {
        out = print(call);
    }
    if (e->filtered) out += " FILTER (WHERE " + print(e->args[1]) + ")";
    return out;
}

std::string function_name(const ExprRef& e) { return e->fn ? shown_name(*e->fn, e->name) : e->name; }

std::string struct_alias(const ExprRef& e, Print print) {
    MR_ASSERT(e != nullptr);
    // A struct made by `struct(..)` shows its values only.
    std::string out;
    for (std::size_t i = 1; i < e->args.size(); i += 2) out += (i > 1 ? ", " : "") + print(e->args[i]);
    return "struct(" + out + ")";
}

/// The comparator that array_sort has when none is given, as headings show it.
constexpr const char* kDefaultComparator =
    ", lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, "
    "(IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable()))";

std::string call_pretty(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const Exprs& a = e->args;
    const std::string& n = e->name;
    if (infix(n) && a.size() == 2) {
        if (e->k == 1) return pretty(a[0]) + " " + n + " " + pretty(a[1]);
        return fmt::format("({} {} {})", pretty(a[0]), n, pretty(a[1]));
    }
    if (n == "and") return fmt::format("({} AND {})", pretty(a[0]), pretty(a[1]));
    if (n == "or") return fmt::format("({} OR {})", pretty(a[0]), pretty(a[1]));
    if (n == "not") return fmt::format("(NOT {})", pretty(a[0]));
    if (n == "isnull" || n == "isunknown") return fmt::format("({} IS NULL)", pretty(a[0]));
    if (n == "isnotnull" || n == "isnotunknown") return fmt::format("({} IS NOT NULL)", pretty(a[0]));
    if (n == "negative" && e->k == 0) return e->value.null ? fmt::format("(- {})", pretty(a[0])) : fmt::format("negative({})", pretty(a[0]));
    if (n == "positive") return fmt::format("(+ {})", pretty(a[0]));
    if (n == "~") return "~" + pretty(a[0]);
    if (n == "in") return fmt::format("({} IN ({}))", pretty(a[0]), each(a, 1, pretty));
    if (n == "like") return fmt::format("{} LIKE {}", pretty(a[0]), pretty(a[1]));
    if (n == "if") return fmt::format("(IF({}))", each(a, 0, pretty));
    if (n == "rlike") return fmt::format("RLIKE({})", each(a, 0, pretty));
    if (n == "likeall" || n == "likeany" || n == "notlikeall" || n == "notlikeany") return n + "(" + pretty(a[0]) + ")";
    if (n == "ltrim" || n == "rtrim" || n == "trim") {
        if (a.size() == 1) return n + "(" + pretty(a[0]) + ")";
        return fmt::format("TRIM({} {} FROM {})", n == "ltrim" ? "LEADING" : n == "rtrim" ? "TRAILING" : "BOTH", pretty(a[1]), pretty(a[0]));
    }
    if (n == "identity") return pretty(a[0]);
    if (n == "from_json" && e->resolved && e->type.id == TypeId::map) return "entries";
    if ((n == "floor" || n == "ceil" || n == "ceiling") && a.size() == 2) return (n == "floor" ? "floor(" : "ceil(") + each(a, 0, pretty) + ")";
    if (n == "array_sort" && a.size() == 1) return "array_sort(" + pretty(a[0]) + kDefaultComparator;
    if (n == "item" && a.size() == 2) return pretty(a[0]) + "[" + pretty(a[1]) + "]";
    if (n == "extract") return fmt::format("extract({} FROM {})", pretty(a[0]), pretty(a[1]));
    if (n == "named_struct" && e->distinct) return struct_alias(e, pretty);
    if ((n == "from_json" || n == "from_csv") && !a.empty()) return n + "(" + pretty(a[0]) + ")";
    if (n == "to_json" || n == "to_csv" || n == "schema_of_json" || n == "schema_of_csv") return n + "(" + pretty(a[0]) + ")";
    if (n == "row") return "(" + each(a, 0, pretty) + ")";
    return function_name(e) + "(" + each(a, 0, pretty) + ")";
}

std::string interval_of(i64 us) { return std::to_string(us); }

std::string subquery_pretty(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::scalar_subquery: return "scalarsubquery(" + each(e->args, 0, pretty) + ")";
        case ExprKind::exists: return "exists(" + each(e->args, 0, pretty) + ")";
        case ExprKind::in_subquery: {
            const std::string left = e->args.size() == 1 ? pretty(e->args[0]) : "named_struct(" + each(e->args, 0, pretty) + ")";
            return fmt::format("({} IN (listquery()))", left);
        }
        default: return "listquery()";
    }
}

}  // namespace

std::string pretty(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::literal: return e->type.id == TypeId::string && !e->value.null ? e->value.s : literal_sql(e->value, e->type);
        case ExprKind::attribute: return e->name;
        case ExprKind::name: case ExprKind::lambda_name: {
            std::string out;
            for (const std::string& part : e->parts) out += (out.empty() ? "" : ".") + quoted_if_needed(part);
            return out;
        }
        case ExprKind::star: {
            std::string out;
            for (const std::string& part : e->parts) out += part + ".";
            return out + "*";
        }
        case ExprKind::function: return e->name + "(" + (e->distinct ? "DISTINCT " : "") + each(e->args, 0, pretty) + ")";
        case ExprKind::call: return call_pretty(e);
        case ExprKind::cast: return cast_pretty(e);
        case ExprKind::alias: return pretty(e->args[0]);
        case ExprKind::multi_alias: case ExprKind::unresolved_alias: return pretty(e->args[0]);
        case ExprKind::extract:
            if (e->distinct && (!e->args[0]->resolved || e->args[0]->type.id == TypeId::structure)) return pretty(e->args[0]) + "." + e->args[1]->value.s;
            return pretty(e->args[0]) + "[" + pretty(e->args[1]) + "]";
        case ExprKind::field: return pretty(e->args[0]) + "." + e->name;
        case ExprKind::case_when: return case_text(e, pretty);
        case ExprKind::lambda: return "lambdafunction(" + each(e->args, 0, pretty) + ")";
        case ExprKind::lambda_variable: return "namedlambdavariable()";
        case ExprKind::aggregate: return aggregate_text(e, pretty, false);
        case ExprKind::window: return pretty(e->args[0]) + (e->args[0]->ignore_nulls && e->args[0]->kind == ExprKind::call ? "" : "") + " OVER " + (e->args[1]->kind == ExprKind::window_spec ? spec_pretty(e->args[1]) : e->args[1]->name);
        case ExprKind::window_spec: return spec_pretty(e);
        case ExprKind::window_reference: return e->name;
        case ExprKind::sort_order: return fmt::format("{} {} NULLS {}", pretty(e->args[0]), e->ascending ? "ASC" : "DESC", e->nulls_first ? "FIRST" : "LAST");
        case ExprKind::scalar_subquery: case ExprKind::exists: case ExprKind::in_subquery: case ExprKind::list_query: return subquery_pretty(e);
        case ExprKind::outer: return "outer(" + pretty(e->args[0]) + ")";
        case ExprKind::parameter: return e->k >= 0 ? "posparameter(" + std::to_string(e->k) + ")" : "namedparameter(" + e->name + ")";
        case ExprKind::time_window: return fmt::format("window({}, {}, {}, {})", pretty(e->args[0]), interval_of(e->n), interval_of(e->m), interval_of(e->k));
        case ExprKind::session_window: return fmt::format("session_window({}, {})", pretty(e->args[0]), pretty(e->args[1]));
        case ExprKind::grouping_set: return e->name + "(" + each(e->args, 0, pretty) + ")";
        case ExprKind::default_value: return "DEFAULT";
    }
    return "";
}

namespace {

std::string call_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const Exprs& a = e->args;
    const std::string& n = e->name;
    if (infix(n) && a.size() == 2) {
        if (e->k == 1) return tree_form(a[0]) + " " + n + " " + tree_form(a[1]);
        return fmt::format("({} {} {})", tree_form(a[0]), n, tree_form(a[1]));
    }
    if (n == "and") return fmt::format("({} AND {})", tree_form(a[0]), tree_form(a[1]));
    if (n == "or") return fmt::format("({} OR {})", tree_form(a[0]), tree_form(a[1]));
    if (n == "not") return "NOT " + tree_form(a[0]);
    if (n == "identity") return tree_form(a[0]);
    if (n == "item" && a.size() == 2) return tree_form(a[0]) + "[" + tree_form(a[1]) + "]";
    if (n == "precisetimestampconversion") return fmt::format("{}({}, {}, {})", n, tree_form(a[0]), e->k == 1 ? class_name(a[0]->type) : "LongType", e->k == 1 ? "LongType" : class_name(e->type));
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
    if (n == "named_struct" && e->distinct && !e->resolved) return struct_alias(e, tree_form);
    std::vector<std::string> parts;
    for (const ExprRef& arg : a) parts.push_back(tree_form(arg));
    if ((n == "first" || n == "last") && a.size() == 1) parts.emplace_back(e->ignore_nulls ? "true" : "false");
    return function_name(e) + "(" + joined(parts) + ")";
}

std::string window_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const ExprRef& spec = e->args[1];
    const auto n = static_cast<std::size_t>(spec->n);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < spec->args.size(); ++i) parts.push_back(tree_form(spec->args[i]));
    parts.push_back(frame_text(spec->frame, tree_form, true));
    (void)n;
    return fmt::format("{} windowspecdefinition({})", tree_form(e->args[0]), joined(parts));
}

std::string subquery_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    std::string conditions;
    for (std::size_t i = e->kind == ExprKind::in_subquery ? static_cast<std::size_t>(e->k) : 0; i < e->args.size(); ++i) conditions += (conditions.empty() ? "" : ", ") + tree_form(e->args[i]);
    switch (e->kind) {
        case ExprKind::scalar_subquery: return fmt::format("scalar-subquery#{} [{}]", e->id, conditions);
        case ExprKind::exists: return fmt::format("exists#{} [{}]", e->id, conditions);
        case ExprKind::in_subquery: {
            std::string left;
            for (i64 i = 0; i < (e->k > 0 ? e->k : static_cast<i64>(e->args.size())); ++i) left += (i ? ", " : "") + tree_form(e->args[static_cast<std::size_t>(i)]);
            const std::string mark = e->resolved ? "" : "";
            return fmt::format("{} IN (list#{} [{}])", mark + left, e->id, e->k > 0 ? conditions : "");
        }
        default: return fmt::format("list#{} []", e->id);
    }
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
            if (e->type.id == TypeId::binary) return "0x" + hex(e->value.s);
            return display(e->value, e->type, "UTC");
        }
        case ExprKind::attribute: {
            std::string out = fmt::format("{}#{}", e->name, e->id);
            if (e->watermark_ms >= 0) out += fmt::format("-T{}ms", e->watermark_ms);
            return out + (e->type.id == TypeId::bigint ? "L" : "");
        }
        case ExprKind::name: {
            std::string out = "'";
            for (std::size_t i = 0; i < e->parts.size(); ++i) out += (i ? "." : "") + (e->parts[i].find('.') != std::string::npos ? quoted(e->parts[i]) : e->parts[i]);
            return out;
        }
        case ExprKind::lambda_name: {
            std::string out = "lambda '";
            for (std::size_t i = 0; i < e->parts.size(); ++i) out += (i ? "." : "") + e->parts[i];
            return out;
        }
        case ExprKind::star: return pretty(e);
        case ExprKind::function: return (e->implicit ? "" : "'") + e->name + "(" + (e->distinct ? "distinct " : "") + each(e->args, 0, tree_form) + ")";
        case ExprKind::call: return call_tree(e);
        case ExprKind::cast: return fmt::format("{}cast({} as {})", e->is_try ? "try_" : "", tree_form(e->args[0]), catalog_name(e->type));
        case ExprKind::alias:
            return fmt::format("{} AS {}#{}{}{}", tree_form(e->args[0]), e->name, e->id, e->watermark_ms >= 0 ? fmt::format("-T{}ms", e->watermark_ms) : "",
                               e->resolved && e->type.id == TypeId::bigint ? "L" : "");
        case ExprKind::multi_alias: {
            std::string names;
            for (const std::string& name : e->parts) names += (names.empty() ? "" : ", ") + name;
            return fmt::format("{} AS [{}]", tree_form(e->args[0]), names);
        }
        case ExprKind::unresolved_alias: return fmt::format("unresolvedalias({}, {})", tree_form(e->args[0]), e->name == "column" ? "Some(org.apache.spark.sql.Column$$Lambda@<hash>)" : "None");
        case ExprKind::extract: return fmt::format("{}[{}]", tree_form(e->args[0]), tree_form(e->args[1]));
        case ExprKind::field: return tree_form(e->args[0]) + "." + e->name;
        case ExprKind::case_when: return case_text(e, tree_form);
        case ExprKind::lambda: return "lambdafunction(" + each(e->args, 0, tree_form) + (e->args.size() > 1 ? ", false)" : ")");
        case ExprKind::lambda_variable: return fmt::format("lambda {}#{}{}", e->name, e->id, e->type.id == TypeId::bigint ? "L" : "");
        case ExprKind::aggregate: return aggregate_text(e, tree_form, true);
        case ExprKind::window: return e->args[1]->kind == ExprKind::window_spec ? window_tree(e) : tree_form(e->args[0]) + " OVER " + e->args[1]->name;
        case ExprKind::window_spec: return spec_pretty(e);
        case ExprKind::window_reference: return e->name;
        case ExprKind::sort_order: return fmt::format("{} {} NULLS {}", tree_form(e->args[0]), e->ascending ? "ASC" : "DESC", e->nulls_first ? "FIRST" : "LAST");
        case ExprKind::scalar_subquery: case ExprKind::exists: case ExprKind::in_subquery: case ExprKind::list_query: return subquery_tree(e);
        case ExprKind::outer: return "outer(" + tree_form(e->args[0]) + ")";
        case ExprKind::parameter: return pretty(e);
        case ExprKind::time_window: return fmt::format("window({}, {}, {}, {})", tree_form(e->args[0]), e->n, e->m, e->k);
        case ExprKind::session_window: return fmt::format("session_window({}, {})", tree_form(e->args[0]), tree_form(e->args[1]));
        case ExprKind::grouping_set: return e->name + "(" + each(e->args, 0, tree_form) + ")";
        case ExprKind::default_value: return "DEFAULT";
    }
    return "";
}

}  // namespace engine::spark
