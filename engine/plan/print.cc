#include "engine/plan/print.h"

#include <fmt/format.h>

#include "engine/plan/digests.h"
#include "engine/plan/functions.h"
#include "engine/plan/print_parts.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/parser.h"
#include "engine/sql/zone.h"
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

std::string display(const Value& v, const DataType& type, const std::string& zone, bool plain) {
    return shown(v, type, {zone, plain});
}

std::string cast_text(const Value& v, const DataType& type, const std::string& zone, bool plain) {
    return shown(v, type, {zone, plain, "null"});
}

std::string literal_sql(const Value& v, const DataType& type) {
    if (v.null) return "NULL";
    switch (type.id) {
        case TypeId::date: return "DATE '" + date_text(v.i) + "'";
        case TypeId::timestamp: return "TIMESTAMP '" + timestamp_text(v.i) + "'";
        case TypeId::timestamp_ntz: return "TIMESTAMP_NTZ '" + timestamp_text(v.i) + "'";
        case TypeId::binary: return "X'" + hex_upper(v.s) + "'";
        case TypeId::array: case TypeId::map: case TypeId::structure: {
            std::string out;
            const Values& items = items_of(v);
            const auto& fields = child_fields(type);
            for (std::size_t i = 0; i < items.size(); ++i) {
                const Field& field = fields[type.id == TypeId::structure ? i : i % fields.size()];
                if (type.id == TypeId::structure)
                    out += (i ? ", " : "") + field.name + ", " + literal_sql(items[i], field.type);
                else out += (i ? ", " : "") + literal_sql(items[i], field.type);
            }
            return (type.id == TypeId::array ? "ARRAY("
                    : type.id == TypeId::map ? "MAP("
                                             : "NAMED_STRUCT(") +
                   out + ")";
        }
        default: return display(v, type, "UTC");
    }
}

std::string each(const Exprs& args, std::size_t from, Print print) {
    MR_ASSERT(from <= args.size());
    std::vector<std::string> parts;
    for (std::size_t i = from; i < args.size(); ++i) parts.push_back(print(args[i]));
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? ", " : "") + parts[i];
    return out;
}

bool infix(const std::string& name) {
    static constexpr std::string_view kNames[] = {"+", "-", "*",   "/", "%",  "div", "&", "|",
                                                  "^", "=", "<=>", "<", "<=", ">",   ">="};
    for (const std::string_view n : kNames)
        if (n == name) return true;
    return false;
}

namespace {

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
            if (is_literal(value) && !value->value.null && value->type.id == TypeId::integer)
                return std::to_string(-value->value.i);
            return "-" + tree_form(value);
        }
        case BoundKind::following: return tree_form(value);
    }
    return "";
}

}  // namespace

std::string frame_text(const Frame& frame, Print print, bool tree) {
    if (frame.kind == FrameKind::unspecified) return tree ? "unspecifiedframe$()" : "";
    const std::string kind = frame.kind == FrameKind::rows ? "ROWS" : "RANGE";
    if (tree) {
        return fmt::format("specifiedwindowframe({}, {}, {})",
                           frame.kind == FrameKind::rows ? "RowFrame" : "RangeFrame",
                           frame_tree(frame.lower, frame.lower_value), frame_tree(frame.upper, frame.upper_value));
    }
    return fmt::format("{} BETWEEN {} AND {}", kind, frame_bound(frame.lower, frame.lower_value, print),
                       frame_bound(frame.upper, frame.upper_value, print));
}

std::string spec_pretty(const ExprRef& spec) {
    MR_ASSERT(spec != nullptr);
    if (spec->frame.lower == BoundKind::preceding && spec->frame.upper == BoundKind::preceding &&
        spec->frame.lower_value == spec->frame.upper_value && is_literal(spec->frame.lower_value)) {
        // lag() looks ahead by a negative number.
        return spec_pretty(edit(spec, [](Expr& x) {
            x.frame.lower = x.frame.upper = BoundKind::following;
            x.frame.lower_value = int_literal(-x.frame.lower_value->value.i);
            x.frame.upper_value = x.frame.lower_value;
        }));
    }
    std::vector<std::string> parts;
    const auto n = static_cast<std::size_t>(spec->n);
    if (n > 0)
        parts.push_back("PARTITION BY " + each(Exprs(spec->args.begin(), spec->args.begin() + spec->n), 0, pretty));
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

std::string aggregate_text(const ExprRef& e, Print print, bool tree) {
    MR_ASSERT(e != nullptr);
    const ExprRef& call = e->args[0];
    std::string out;
    if (e->distinct) {
        const std::string name = call->fn && call->fn->shown ? call->fn->shown : call->name;
        out = name + (tree ? "(distinct " : "(DISTINCT ") + each(call->args, 0, print);
        if (const char* hidden = tree ? hidden_arguments(call) : nullptr) out += std::string(", ") + hidden;
        out += ")";
    } else {
        out = print(call);
    }
    if (e->filtered) out += " FILTER (WHERE " + print(e->args[1]) + ")";
    return out;
}

std::string function_name(const ExprRef& e) { return e->fn ? shown_name(*e->fn, e->name) : e->name; }

namespace {

std::string cast_pretty(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->implicit || is_nested(e->type)) return pretty(e->args[0]);
    return fmt::format("{}CAST({} AS {})", e->is_try ? "TRY_" : "", pretty(e->args[0]), sql_name(e->type));
}

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
    ", lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, "
    "(IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, "
    "(IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, "
    "0)))))))))), namedlambdavariable(), namedlambdavariable()))";

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
    if (n == "negative" && e->k == 0)
        return e->value.null ? fmt::format("(- {})", pretty(a[0])) : fmt::format("negative({})", pretty(a[0]));
    if (n == "positive") return fmt::format("(+ {})", pretty(a[0]));
    if (n == "~") return "~" + pretty(a[0]);
    if (n == "in") return fmt::format("({} IN ({}))", pretty(a[0]), each(a, 1, pretty));
    if (n == "like") return fmt::format("{} LIKE {}", pretty(a[0]), pretty(a[1]));
    const FunctionKind kind = e->fn ? e->fn->kind : FunctionKind::scalar;
    if (kind == FunctionKind::window && (n == "rank" || n == "dense_rank" || n == "percent_rank"))
        return std::string(n == "rank" ? "RANK" : n == "dense_rank" ? "DENSE_RANK" : "PERCENT_RANK") + "()";
    // How exact an answer is wanted is not part of its name.
    if (n == "approx_count_distinct" && !a.empty()) return n + "(" + pretty(a[0]) + ")";
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
    if (e->k == 2)
        return fmt::format("date_add({}, {}extractansiintervaldays({}){})", pretty(a[0]), n == "-" ? "(- " : "",
                           pretty(a[1]), n == "-" ? ")" : "");
    if (n == "if") return fmt::format("(IF({}))", each(a, 0, pretty));
    if (n == "rlike" || n == "regexp" || n == "regexp_like")
        return fmt::format("{}({})",
                           n == "rlike"    ? "RLIKE"
                           : n == "regexp" ? "REGEXP"
                                           : "REGEXP_LIKE",
                           each(a, 0, pretty));
    if (n == "power") return "POWER(" + each(a, 0, pretty) + ")";
    if (n == "likeall" || n == "likeany" || n == "notlikeall" || n == "notlikeany") return n + "(" + pretty(a[0]) + ")";
    if (n == "ltrim" || n == "rtrim" || n == "trim") {
        if (a.size() == 1) return n + "(" + pretty(a[0]) + ")";
        return fmt::format("TRIM({} {} FROM {})",
                           n == "ltrim"   ? "LEADING"
                           : n == "rtrim" ? "TRAILING"
                                          : "BOTH",
                           pretty(a[1]), pretty(a[0]));
    }
    if (n == "identity") return pretty(a[0]);
    if (n == "from_json" && e->resolved && e->type.id == TypeId::map) return "entries";
    if ((n == "floor" || n == "ceil" || n == "ceiling") && a.size() == 2)
        return n + "(" + each(a, 0, pretty) + ")";
    if (n == "array_sort" && a.size() == 1) return "array_sort(" + pretty(a[0]) + kDefaultComparator;
    if (n == "item" && a.size() == 2) return pretty(a[0]) + "[" + pretty(a[1]) + "]";
    if (n == "extract") return fmt::format("extract({} FROM {})", pretty(a[0]), pretty(a[1]));
    if (n == "named_struct" && e->distinct) return struct_alias(e, pretty);
    if ((n == "from_json" || n == "from_csv") && !a.empty()) return n + "(" + pretty(a[0]) + ")";
    if (n == "to_json" || n == "to_csv" || n == "schema_of_json" || n == "schema_of_csv")
        return n + "(" + pretty(a[0]) + ")";
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
            const std::string left =
                e->args.size() == 1 ? pretty(e->args[0]) : "named_struct(" + each(e->args, 0, pretty) + ")";
            return fmt::format("({} IN (listquery()))", left);
        }
        default: return "listquery()";
    }
}

}  // namespace

std::string pretty(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::literal:
            return e->type.id == TypeId::string && !e->value.null ? e->value.s : literal_sql(e->value, e->type);
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
        case ExprKind::function:
            return e->name + "(" + (e->distinct ? "DISTINCT " : "") + each(e->args, 0, pretty) + ")";
        case ExprKind::call: return call_pretty(e);
        case ExprKind::cast: return cast_pretty(e);
        case ExprKind::alias:
            return e->metadata ? "lateralAliasReference(" + e->name + ")" : pretty(e->args[0]);
        case ExprKind::multi_alias: case ExprKind::unresolved_alias: return pretty(e->args[0]);
        case ExprKind::extract:
            if (e->distinct && (!e->args[0]->resolved || e->args[0]->type.id == TypeId::structure))
                return pretty(e->args[0]) + "." + e->args[1]->value.s;
            return pretty(e->args[0]) + "[" + pretty(e->args[1]) + "]";
        case ExprKind::field: return pretty(e->args[0]) + "." + e->name;
        case ExprKind::case_when: return case_text(e, pretty);
        case ExprKind::lambda: return "lambdafunction(" + each(e->args, 0, pretty) + ")";
        case ExprKind::lambda_variable: return "namedlambdavariable()";
        case ExprKind::aggregate: return aggregate_text(e, pretty, false);
        case ExprKind::window:
            return pretty(e->args[0]) + (e->args[0]->ignore_nulls && e->args[0]->kind == ExprKind::call ? "" : "") +
                   " OVER " + (e->args[1]->kind == ExprKind::window_spec ? spec_pretty(e->args[1]) : e->args[1]->name);
        case ExprKind::window_spec: return spec_pretty(e);
        case ExprKind::window_reference: return e->name;
        case ExprKind::sort_order:
            return fmt::format("{} {} NULLS {}", pretty(e->args[0]), e->ascending ? "ASC" : "DESC",
                               e->nulls_first ? "FIRST" : "LAST");
        case ExprKind::scalar_subquery: case ExprKind::exists: case ExprKind::in_subquery:
        case ExprKind::list_query: return subquery_pretty(e);
        case ExprKind::outer: {
            std::string out;
            for (const std::string& part : e->args[0]->parts) out += quoted_if_needed(part) + ".";
            return "outer(" + out + pretty(e->args[0]) + ")";
        }
        case ExprKind::parameter:
            return e->k >= 0 ? "posparameter(" + std::to_string(e->k) + ")" : "namedparameter(" + e->name + ")";
        case ExprKind::time_window:
            return e->resolved ? "window"
                               : fmt::format("window({}, {}, {}, {})",
                                             is_literal(e->args[0]) ? tree_form(e->args[0]) : pretty(e->args[0]),
                                             interval_of(e->n), interval_of(e->m), interval_of(e->k));
        case ExprKind::session_window:
            return fmt::format("session_window({}, {})", pretty(e->args[0]), pretty(e->args[1]));
        case ExprKind::grouping_set: return e->name + "(" + each(e->args, 0, pretty) + ")";
        case ExprKind::default_value: return "DEFAULT";
    }
    return "";
}

}  // namespace engine::spark
