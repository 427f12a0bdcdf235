#include "engine/plan/print.h"

#include <fmt/format.h>

#include "engine/plan/functions.h"
#include "engine/plan/print_parts.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
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

/// How values stand in a text: the zone, decimals without exponent, the word for a null inside a collection.
struct Shown {
    const std::string& zone;
    bool plain = false;
    const char* null = "NULL";
};

std::string shown(const Value& v, const DataType& type, const Shown& how);

std::string shown_items(const Value& v, const DataType& type, const Shown& how) {
    const Values& items = items_of(v);
    std::string out;
    const auto item = [&how](const Value& x, const DataType& t) {
        // show() prints bytes inside collections in hexadecimal.
        if (t.id != TypeId::binary || x.null || how.null[0] != 'N') return shown(x, t, how);
        std::string bytes;
        for (const char c : x.s) bytes += fmt::format("{}{:02X}", bytes.empty() ? "" : " ", static_cast<u8>(c));
        return "[" + bytes + "]";
    };
    if (type.id == TypeId::array) {
        for (std::size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + item(items[i], element_of(type));
        return "[" + out + "]";
    }
    if (type.id == TypeId::map) {
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            out += (i ? ", " : "") + item(items[i], key_of(type)) + " -> " + item(items[i + 1], value_of(type));
        return "{" + out + "}";
    }
    for (std::size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + item(items[i], (*type.fields)[i].type);
    return "{" + out + "}";
}

std::string shown(const Value& v, const DataType& type, const Shown& how) {
    if (v.null) return how.null;
    switch (type.id) {
        case TypeId::void_: return how.null;
        case TypeId::boolean: return v.i != 0 ? "true" : "false";
        case TypeId::float_: return float_text(v.d);
        case TypeId::double_: return double_text(v.d);
        case TypeId::decimal: return decimal_text(v.dec, type.b, how.plain);
        case TypeId::string: case TypeId::binary: return v.s;
        case TypeId::date: return date_text(v.i);
        case TypeId::timestamp: return timestamp_text(to_local(how.zone, v.i));
        case TypeId::timestamp_ntz: return timestamp_text(v.i);
        case TypeId::year_month: return year_month_text(v.i, type);
        case TypeId::day_time: return day_time_text(v.i, type);
        case TypeId::calendar: return calendar_text({items_of(v)[0].i, items_of(v)[1].i, items_of(v)[2].i});
        case TypeId::array: case TypeId::map: case TypeId::structure: return shown_items(v, type, how);
        default: return std::to_string(v.i);
    }
}

}  // namespace

std::string display(const Value& v, const DataType& type, const std::string& zone, bool plain) { return shown(v, type, {zone, plain}); }

std::string cast_text(const Value& v, const DataType& type, const std::string& zone, bool plain) { return shown(v, type, {zone, plain, "null"}); }

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
    MR_ASSERT(value != nullptr || (kind != BoundKind::preceding && kind != BoundKind::following));
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
    if (spec->frame.lower == BoundKind::preceding && spec->frame.upper == BoundKind::preceding && spec->frame.lower_value == spec->frame.upper_value && is_literal(spec->frame.lower_value)) {
        // lag() looks ahead by a negative number.
        return spec_pretty(edit(spec, [](Expr& x) {
            x.frame.lower = x.frame.upper = BoundKind::following;
            x.frame.lower_value = int_literal(-x.frame.lower_value->value.i);
            x.frame.upper_value = x.frame.lower_value;
        }));
    }
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
    // A struct made by `struct(..)` shows its values only, and names that were given.
    std::string out;
    for (std::size_t i = 1; i < e->args.size(); i += 2) {
        out += (i > 1 ? ", " : "") + print(e->args[i]);
        if (e->args[i - 1]->implicit) out += " AS " + quoted_if_needed(e->args[i - 1]->value.s);
    }
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
    if (infix(n) && a.size() == 2 && e->k != 2) {
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
    const FunctionKind kind = e->fn ? e->fn->kind : FunctionKind::scalar;
    if (kind == FunctionKind::window && (n == "rank" || n == "dense_rank" || n == "percent_rank")) return std::string(n == "rank" ? "RANK" : n == "dense_rank" ? "DENSE_RANK" : "PERCENT_RANK") + "()";
    if (kind == FunctionKind::aggregate && !a.empty() &&
        (n == "first" || n == "last" || n == "any_value" || n == "first_value" || n == "last_value")) {
        // IGNORE NULLS after the call forgets the name that was typed.
        const std::string own =
            e->ignore_nulls && n.ends_with("_value") && n != "any_value" ? n.substr(0, n.find('_')) : n;
        return own + "(" + pretty(a[0]) + ")";
    }
    if (n == "percentile_cont" || n == "percentile_disc")
        return fmt::format("{}({}) WITHIN GROUP (ORDER BY {}{})", n, pretty(a[1]), pretty(a[0]),
                           e->ascending ? "" : " DESC");
    if (n == "datepart") return fmt::format("datepart({} FROM {})", pretty(a[0]), pretty(a[1]));
    if (n.starts_with("try_")) return n + "(" + each(a, 0, pretty) + ")";
    if (e->k == 2) return fmt::format("date_add({}, {}extractansiintervaldays({}){})", pretty(a[0]), n == "-" ? "(- " : "", pretty(a[1]), n == "-" ? ")" : "");
    if (n == "if") return fmt::format("(IF({}))", each(a, 0, pretty));
    if (n == "rlike" || n == "regexp" || n == "regexp_like") return fmt::format("{}({})", n == "rlike" ? "RLIKE" : n == "regexp" ? "REGEXP" : "REGEXP_LIKE", each(a, 0, pretty));
    if (n == "power") return "POWER(" + each(a, 0, pretty) + ")";
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
        case ExprKind::outer: {
            std::string out;
            for (const std::string& part : e->args[0]->parts) out += quoted_if_needed(part) + ".";
            return "outer(" + out + pretty(e->args[0]) + ")";
        }
        case ExprKind::parameter: return e->k >= 0 ? "posparameter(" + std::to_string(e->k) + ")" : "namedparameter(" + e->name + ")";
        case ExprKind::time_window: return e->resolved ? "window" : fmt::format("window({}, {}, {}, {})", is_literal(e->args[0]) ? tree_form(e->args[0]) : pretty(e->args[0]), interval_of(e->n), interval_of(e->m), interval_of(e->k));
        case ExprKind::session_window: return fmt::format("session_window({}, {})", pretty(e->args[0]), pretty(e->args[1]));
        case ExprKind::grouping_set: return e->name + "(" + each(e->args, 0, pretty) + ")";
        case ExprKind::default_value: return "DEFAULT";
    }
    return "";
}

namespace {

/// `StructField(a,IntegerType,true)`: a type as a part of a plan.
std::string type_part(const DataType& type) {
    switch (type.id) {
        case TypeId::array: return fmt::format("ArrayType({},{})", type_part(element_of(type)), element_nullable(type));
        case TypeId::map: return fmt::format("MapType({},{},{})", type_part(key_of(type)), type_part(value_of(type)), value_nullable(type));
        case TypeId::structure: {
            std::string out;
            for (const Field& field : *type.fields) out += (out.empty() ? "" : ",") + fmt::format("StructField({},{},{})", field.name, type_part(field.type), field.nullable);
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
    if (reads && !e->resolved && e->args.size() > 1 && is_literal(e->args[1])) schema = parse_schema(e->args[1]->value.s).value_or(DataType{});
    if (reads && schema.id == TypeId::structure)
        for (const Field& field : *schema.fields) out.push_back(fmt::format("StructField({},{},{})", field.name, type_part(field.type), field.nullable));
    else if (reads) out.push_back(type_part(schema));
    for (std::size_t i = reads ? 2 : 1; i < e->args.size(); ++i)
        for (std::size_t k = 0; k + 1 < e->args[i]->args.size(); k += 2) out.push_back(fmt::format("({},{})", tree_form(e->args[i]->args[k]), tree_form(e->args[i]->args[k + 1])));
    if (!e->args.empty()) out.push_back(tree_form(e->args[0]));
    out.emplace_back("Some(UTC)");
    if (e->name == "from_csv") out.emplace_back("None");
    return out;
}

std::string call_tree(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const Exprs& a = e->args;
    const std::string& n = e->name;
    if (e->k == 2 && a.size() == 2) return fmt::format("date_add({}, {}extractansiintervaldays({}))", tree_form(a[0]), n == "-" ? "-" : "", tree_form(a[1]));
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
    if (n == "startswith" || n == "endswith" || n == "contains")
        return fmt::format("{}({}, {})", n == "contains" ? "Contains" : n == "endswith" ? "EndsWith" : "StartsWith", tree_form(a[0]), tree_form(a[1]));
    std::vector<std::string> parts;
    for (const ExprRef& arg : a) parts.push_back(tree_form(arg));
    // lag() looks ahead by a negative number.
    if (n == "lag" && a.size() > 1 && is_literal(a[1]) && is_integral(a[1]->type))
        parts[1] = std::to_string(-a[1]->value.i);
    if ((n == "first" || n == "last" || n == "any_value") && a.size() == 1) parts.emplace_back(e->ignore_nulls ? "true" : "false");
    if (n == "from_json" || n == "from_csv" || n == "to_json" || n == "to_csv") return n + "(" + joined(format_parts(e)) + ")";
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
    const bool ranks = is_call(function, "rank") || is_call(function, "dense_rank") || is_call(function, "percent_rank");
    std::string call = tree_form(function);
    const bool known = std::all_of(spec->args.begin(), spec->args.end(), [](const ExprRef& x) { return x->resolved; });
    if (spec->frame.kind == FrameKind::unspecified && function->resolved && !known) {
        // The frame is known before the columns are.
        const bool ordered = spec->args.size() > n;
        parts.back() = fmt::format("specifiedwindowframe({}, unboundedpreceding$(), {})", ranks || !ordered ? "RowFrame" : "RangeFrame",
                                   ranks || ordered ? "currentrow$()" : "unboundedfollowing$()");
    }
    if (ranks && function->args.empty() && known) {
        std::string orders;
        for (std::size_t i = n; i < spec->args.size(); ++i) orders += (i > n ? ", " : "") + tree_form(spec->args[i]->args[0]);
        call.insert(call.size() - 1, orders);
    }
    return fmt::format("{} windowspecdefinition({})", call, joined(parts));
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
            const i64 asked = e->k > 0 ? e->k : static_cast<i64>(e->args.size());
            for (i64 i = 0; i < asked; ++i) {
                const ExprRef& one = e->args[static_cast<std::size_t>(i)];
                const std::string& name = one->kind == ExprKind::name ? one->parts.back() : one->name;
                const std::string field = one->kind == ExprKind::name || one->kind == ExprKind::attribute ? name : fmt::format("col{}", i + 1);
                left += (i ? ", " : "") + (asked > 1 ? field + ", " : "") + tree_form(one);
            }
            if (asked > 1) left = "named_struct(" + left + ")";
            const std::string mark = e->resolved ? "" : "";
            return fmt::format("{} IN (list#{} [{}])", mark + left, e->id, e->k > 0 ? conditions : "");
        }
        default: return fmt::format("list#{} []", e->id);
    }
}

}  // namespace

namespace {

/// A cast of something that has a name keeps that name.
bool casts_name(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind != ExprKind::cast) return false;
    const ExprKind inner = e->args[0]->kind;
    return inner == ExprKind::attribute || inner == ExprKind::name || inner == ExprKind::alias;
}

bool is_generator(const ExprRef& e) {
    const FunctionInfo* fn = e->kind == ExprKind::call ? e->fn : e->kind == ExprKind::function ? find_function(e->name) : nullptr;
    return fn != nullptr && fn->kind == FunctionKind::generator;
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
        case ExprKind::function:
            // All columns of a count are rows.
            if (sim::lower_ascii(e->name) == "count" && !e->args.empty() && e->args[0]->kind == ExprKind::star && e->args[0]->parts.empty() && !e->distinct && e->args.size() == (e->filtered ? 2 : 1))
                return "'" + e->name + "(1" + (e->filtered ? ", " + tree_form(e->args[1]) : "") + ")";
            // A struct has its names, the first of a group its flag, before anything is known.
            if (e->name == "struct") return "struct(" + named_fields(e) + ")";
            if (e->name == "first" || e->name == "last" || e->name == "any_value")
                if (e->args.size() == 1) return e->name + "(" + tree_form(e->args[0]) + ", " + (e->ignore_nulls ? "true)" : "false)");
            return (e->implicit ? "" : "'") + e->name + "(" + (e->distinct ? "distinct " : "") + each(e->args, 0, tree_form) + ")";
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
        case ExprKind::unresolved_alias:
            // A generator gets its names once its type is known.
            if (e->name == "column" && is_generator(e->args[0])) return tree_form(e->args[0]) + " AS ()";
            return fmt::format("unresolvedalias({}, {})", tree_form(e->args[0]), e->name == "column" && !casts_name(e->args[0]) ? "Some(org.apache.spark.sql.Column$$Lambda@<hash>)" : "None");
        case ExprKind::extract: return fmt::format("{}[{}]", tree_form(e->args[0]), tree_form(e->args[1]));
        case ExprKind::field: return tree_form(e->args[0]) + "." + e->name;
        case ExprKind::case_when: return case_text(e, tree_form);
        case ExprKind::lambda: return "lambdafunction(" + each(e->args, 0, tree_form) + (e->args.size() > 1 ? ", false)" : ")");
        case ExprKind::lambda_variable: return fmt::format("lambda {}#{}{}", e->name, e->id, e->type.id == TypeId::bigint ? "L" : "");
        case ExprKind::aggregate: return aggregate_text(e, tree_form, true);
        case ExprKind::window:
            if (e->args[1]->kind == ExprKind::window_spec) return window_tree(e);
            return fmt::format("unresolvedwindowexpression({}, WindowSpecReference({}))", tree_form(e->args[0]),
                               e->args[1]->name);
        case ExprKind::window_spec: return spec_pretty(e);
        case ExprKind::window_reference: return e->name;
        case ExprKind::sort_order: return fmt::format("{} {} NULLS {}", tree_form(e->args[0]), e->ascending ? "ASC" : "DESC", e->nulls_first ? "FIRST" : "LAST");
        case ExprKind::scalar_subquery: case ExprKind::exists: case ExprKind::in_subquery: case ExprKind::list_query: return subquery_tree(e);
        case ExprKind::outer: return "outer(" + tree_form(e->args[0]) + ")";
        case ExprKind::parameter: return pretty(e);
        case ExprKind::time_window: return fmt::format("window({}, {}, {}, {})", tree_form(e->args[0]), e->n, e->m, e->k);
        case ExprKind::session_window: return fmt::format("sessionwindow({}, {})", tree_form(e->args[0]), tree_form(e->args[1]));
        case ExprKind::grouping_set: return grouping_tree(e);
        case ExprKind::default_value: return "DEFAULT";
    }
    return "";
}

}  // namespace engine::spark
