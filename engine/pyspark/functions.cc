#include "engine/pyspark/functions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/functions.h"
#include "engine/pyspark/interpreter.h"
#include "engine/sql/interval.h"
#include "engine/sql/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

constexpr PyFunction kFunctions[] = {
    {"abs", "col:c", ""},
    {"acos", "col:c", ""},
    {"add_months", "start:c, months:v", ""},
    {"approx_count_distinct", "col:c, rsd:l=", ""},
    {"approxCountDistinct", "col:c, rsd:l=", "approx_count_distinct"},
    {"array", "*cols:c", ""},
    {"array_append", "col:c, value:v", ""},
    {"array_compact", "col:c", ""},
    {"array_contains", "col:c, value:v", ""},
    {"array_distinct", "col:c", ""},
    {"array_except", "col1:c, col2:c", ""},
    {"array_insert", "arr:c, pos:v, value:v", ""},
    {"array_intersect", "col1:c, col2:c", ""},
    {"array_join", "col:c, delimiter:l, null_replacement:l=", ""},
    {"array_max", "col:c", ""},
    {"array_min", "col:c", ""},
    {"array_position", "col:c, value:v", ""},
    {"array_remove", "col:c, element:v", ""},
    {"array_repeat", "col:c, count:v", ""},
    {"array_size", "col:c", ""},
    {"array_sort", "col:c, comparator:v=", ""},
    {"array_union", "col1:c, col2:c", ""},
    {"arrays_overlap", "a1:c, a2:c", ""},
    {"arrays_zip", "*cols:c", ""},
    {"ascii", "col:c", ""},
    {"asin", "col:c", ""},
    {"assert_true", "col:c, errMsg:v=", ""},
    {"atan", "col:c", ""},
    {"atan2", "col1:v, col2:v", ""},
    {"avg", "col:c", ""},
    {"base64", "col:c", ""},
    {"bin", "col:c", ""},
    {"bit_and", "col:c", ""},
    {"bit_or", "col:c", ""},
    {"bit_xor", "col:c", ""},
    {"bitwise_not", "col:c", "~"},
    {"bool_and", "col:c", ""},
    {"bool_or", "col:c", ""},
    {"bround", "col:c, scale:l=", ""},
    {"cbrt", "col:c", ""},
    {"ceil", "col:c", ""},
    {"ceiling", "col:c", ""},
    {"coalesce", "*cols:c", ""},
    {"collect_list", "col:c", ""},
    {"collect_set", "col:c", ""},
    {"concat", "*cols:c", ""},
    {"concat_ws", "sep:l, *cols:c", ""},
    {"conv", "col:c, fromBase:l, toBase:l", ""},
    {"corr", "col1:c, col2:c", ""},
    {"cos", "col:c", ""},
    {"cosh", "col:c", ""},
    {"count", "col:c", ""},
    {"count_if", "col:c", ""},
    {"covar_pop", "col1:c, col2:c", ""},
    {"covar_samp", "col1:c, col2:c", ""},
    {"crc32", "col:c", ""},
    {"create_map", "*cols:c", "map"},
    {"cume_dist", "", ""},
    {"current_date", "", ""},
    {"current_timestamp", "", ""},
    {"date_add", "start:c, days:v", ""},
    {"date_format", "date:c, format:l", ""},
    {"date_sub", "start:c, days:v", ""},
    {"date_trunc", "format:l, timestamp:c", ""},
    {"datediff", "end:c, start:c", ""},
    {"day", "col:c", ""},
    {"dayofmonth", "col:c", ""},
    {"dayofweek", "col:c", ""},
    {"dayofyear", "col:c", ""},
    {"decode", "col:c, charset:l", ""},
    {"degrees", "col:c", ""},
    {"dense_rank", "", ""},
    {"element_at", "col:c, extraction:v", ""},
    {"encode", "col:c, charset:l", ""},
    {"exp", "col:c", ""},
    {"explode", "col:c", ""},
    {"explode_outer", "col:c", ""},
    {"expm1", "col:c", ""},
    {"factorial", "col:c", ""},
    {"first", "col:c, ignorenulls:l=", ""},
    {"flatten", "col:c", ""},
    {"floor", "col:c", ""},
    {"format_number", "col:c, d:l", ""},
    {"format_string", "format:l, *cols:c", ""},
    {"from_unixtime", "timestamp:c, format:l=", ""},
    {"from_utc_timestamp", "timestamp:c, tz:v", ""},
    {"get", "col:c, index:v", ""},
    {"get_json_object", "col:c, path:l", ""},
    {"greatest", "*cols:c", ""},
    {"hash", "*cols:c", ""},
    {"hex", "col:c", ""},
    {"hour", "col:c", ""},
    {"hypot", "col1:v, col2:v", ""},
    {"ifnull", "col1:c, col2:c", ""},
    {"initcap", "col:c", ""},
    {"inline", "col:c", ""},
    {"input_file_name", "", ""},
    {"instr", "str:c, substr:l", ""},
    {"isnan", "col:c", ""},
    {"isnotnull", "col:c", ""},
    {"isnull", "col:c", ""},
    {"kurtosis", "col:c", ""},
    {"lag", "col:c, offset:l=, default:l=", ""},
    {"last", "col:c, ignorenulls:l=", ""},
    {"last_day", "date:c", ""},
    {"lcase", "str:c", ""},
    {"lead", "col:c, offset:l=, default:l=", ""},
    {"least", "*cols:c", ""},
    {"left", "str:c, len:c", ""},
    {"length", "col:c", ""},
    {"levenshtein", "left:c, right:c", ""},
    {"localtimestamp", "", ""},
    {"locate", "substr:l, str:c, pos:l=", ""},
    {"log10", "col:c", ""},
    {"log1p", "col:c", ""},
    {"log2", "col:c", ""},
    {"lower", "col:c", ""},
    {"lpad", "col:c, len:l, pad:l", ""},
    {"ltrim", "col:c", ""},
    {"make_date", "year:c, month:c, day:c", ""},
    {"map_concat", "*cols:c", ""},
    {"map_entries", "col:c", ""},
    {"map_from_arrays", "col1:c, col2:c", ""},
    {"map_from_entries", "col:c", ""},
    {"map_keys", "col:c", ""},
    {"map_values", "col:c", ""},
    {"map_contains_key", "col:c, value:v", ""},
    {"max", "col:c", ""},
    {"max_by", "col:c, ord:c", ""},
    {"md5", "col:c", ""},
    {"mean", "col:c", ""},
    {"median", "col:c", ""},
    {"min", "col:c", ""},
    {"min_by", "col:c, ord:c", ""},
    {"minute", "col:c", ""},
    {"mode", "col:c", ""},
    {"monotonically_increasing_id", "", ""},
    {"month", "col:c", ""},
    {"months_between", "date1:c, date2:c, roundOff:l=", ""},
    {"nanvl", "col1:c, col2:c", ""},
    {"next_day", "date:c, dayOfWeek:l", ""},
    {"now", "", ""},
    {"nth_value", "col:c, offset:l, ignoreNulls:l=", ""},
    {"ntile", "n:l", ""},
    {"nullif", "col1:c, col2:c", ""},
    {"nvl", "col1:c, col2:c", ""},
    {"octet_length", "col:c", ""},
    {"overlay", "src:c, replace:c, pos:v, len:v=", ""},
    {"percent_rank", "", ""},
    {"percentile_approx", "col:c, percentage:l, accuracy:l=", ""},
    {"pmod", "dividend:v, divisor:v", ""},
    {"posexplode", "col:c", ""},
    {"posexplode_outer", "col:c", ""},
    {"pow", "col1:v, col2:v", ""},
    {"power", "col1:v, col2:v", ""},
    {"product", "col:c", ""},
    {"quarter", "col:c", ""},
    {"radians", "col:c", ""},
    {"raise_error", "errMsg:l", ""},
    {"rand", "seed:l=", ""},
    {"randn", "seed:l=", ""},
    {"rank", "", ""},
    {"regexp_extract", "str:c, pattern:l, idx:l", ""},
    {"regexp_replace", "string:c, pattern:v, replacement:v", ""},
    {"repeat", "col:c, n:l", ""},
    {"reverse", "col:c", ""},
    {"right", "str:c, len:c", ""},
    {"rint", "col:c", ""},
    {"round", "col:c, scale:l=", ""},
    {"row_number", "", ""},
    {"rpad", "col:c, len:l, pad:l", ""},
    {"rtrim", "col:c", ""},
    {"schema_of_json", "json:v", ""},
    {"second", "col:c", ""},
    {"sequence", "start:c, stop:c, step:c=", ""},
    {"sha1", "col:c", ""},
    {"sha2", "col:c, numBits:l", ""},
    {"shiftleft", "col:c, numBits:l", ""},
    {"shiftright", "col:c, numBits:l", ""},
    {"shuffle", "col:c", ""},
    {"signum", "col:c", ""},
    {"sin", "col:c", ""},
    {"sinh", "col:c", ""},
    {"size", "col:c", ""},
    {"skewness", "col:c", ""},
    {"slice", "x:c, start:v, length:v", ""},
    {"sort_array", "col:c, asc:l=", ""},
    {"soundex", "col:c", ""},
    {"spark_partition_id", "", ""},
    {"split", "str:c, pattern:l, limit:l=", ""},
    {"sqrt", "col:c", ""},
    {"stddev", "col:c", ""},
    {"stddev_pop", "col:c", ""},
    {"stddev_samp", "col:c", ""},
    {"struct", "*cols:c", ""},
    {"substring", "str:c, pos:l, len:l", ""},
    {"substring_index", "str:c, delim:l, count:l", ""},
    {"sum", "col:c", ""},
    {"tan", "col:c", ""},
    {"tanh", "col:c", ""},
    {"timestamp_millis", "col:c", ""},
    {"timestamp_seconds", "col:c", ""},
    {"to_date", "col:c, format:l=", ""},
    {"to_timestamp", "col:c, format:l=", ""},
    {"to_utc_timestamp", "timestamp:c, tz:v", ""},
    {"translate", "srcCol:c, matching:l, replace:l", ""},
    {"trim", "col:c", ""},
    {"trunc", "date:c, format:l", ""},
    {"ucase", "str:c", ""},
    {"unbase64", "col:c", ""},
    {"unhex", "col:c", ""},
    {"unix_millis", "col:c", ""},
    {"unix_timestamp", "timestamp:c=, format:l=", ""},
    {"upper", "col:c", ""},
    {"var_pop", "col:c", ""},
    {"var_samp", "col:c", ""},
    {"variance", "col:c", "var_samp"},
    {"weekofyear", "col:c", ""},
    {"window_time", "windowColumn:c", ""},
    {"xxhash64", "*cols:c", ""},
    {"year", "col:c", ""},
};

constexpr const char* kSpecial[] = {"col",
                                    "column",
                                    "lit",
                                    "expr",
                                    "when",
                                    "broadcast",
                                    "window",
                                    "session_window",
                                    "from_json",
                                    "from_csv",
                                    "to_json",
                                    "to_csv",
                                    "count_distinct",
                                    "countDistinct",
                                    "sum_distinct",
                                    "sumDistinct",
                                    "asc",
                                    "desc",
                                    "asc_nulls_first",
                                    "asc_nulls_last",
                                    "desc_nulls_first",
                                    "desc_nulls_last",
                                    "transform",
                                    "filter",
                                    "exists",
                                    "forall",
                                    "aggregate",
                                    "zip_with",
                                    "log",
                                    "json_tuple",
                                    "udf",
                                    "pandas_udf",
                                    "grouping",
                                    "grouping_id"};

}  // namespace

const PyFunction* find_sql_function(const std::string& name) {
    const auto it =
        std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const PyFunction& f) { return name == f.name; });
    return it == std::end(kFunctions) ? nullptr : it;
}

bool is_sql_function(const std::string& name) {
    return find_sql_function(name) != nullptr ||
           std::find(std::begin(kSpecial), std::end(kSpecial), name) != std::end(kSpecial);
}

std::vector<std::string> sql_function_names() {
    std::vector<std::string> out(std::begin(kSpecial), std::end(kSpecial));
    for (const PyFunction& f : kFunctions) out.emplace_back(f.name);
    MR_ASSERT(out.size() > 200);
    return out;
}

ExprRef column_of(const PyValue& v) {
    if (v.kind != Kind::text) return as_literal(v);
    if (v.s == "*") {
        Expr star;
        star.kind = ExprKind::star;
        return make(std::move(star));
    }
    const auto parts = parse_name(v.s.ends_with(".*") ? v.s.substr(0, v.s.size() - 2) : v.s);
    if (!v.s.ends_with(".*")) return name_of(parts ? *parts : std::vector<std::string>{v.s});
    Expr star;
    star.kind = ExprKind::star;
    star.parts = parts ? *parts : std::vector<std::string>{};
    return make(std::move(star));
}

namespace {

/// A parameter of the table: its name, what it takes, whether it may be left out.
struct Parameter {
    std::string name;
    char kind = 'c';
    bool rest = false;
};

std::vector<Parameter> parameters_of(const std::string& signature, std::string& names) {
    std::vector<Parameter> out;
    std::size_t at = 0;
    while (at < signature.size()) {
        const std::size_t colon = signature.find(':', at);
        MR_ASSERT(colon != std::string::npos && colon + 1 < signature.size());
        std::string name = signature.substr(at, colon - at);
        const bool optional = colon + 2 < signature.size() && signature[colon + 2] == '=';
        names += (names.empty() ? "" : ", ") + name + (optional ? "=" : "");
        const bool rest = name[0] == '*';
        out.push_back({rest ? name.substr(1) : name, signature[colon + 1], rest});
        at = signature.find(',', colon);
        at = at == std::string::npos ? signature.size() : at + 2;
    }
    return out;
}

ExprRef as_parameter(const PyValue& v, char kind) { return kind == 'c' ? column_of(v) : as_literal(v); }

bool not_a_column(Interpreter& in, const PyValue& v, const std::string& name) {
    MR_ASSERT(in.scope != nullptr);
    if (v.kind == Kind::column || v.kind == Kind::text) return false;
    in.raise("PySparkTypeError",
             fmt::format("[NOT_COLUMN_OR_STR] Argument `{}` should be a Column or str, got {}.", name, type_name(v)));
    return true;
}

PyValue table_call(Interpreter& in, const PyFunction& f, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::string names;
    const std::vector<Parameter> parameters = parameters_of(f.signature, names);
    const Bound bound = bind_args(in, f.name, names, args);
    if (!in.ok()) return none();
    Exprs out;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (parameters[i].rest) {
            std::vector<PyValue> rest = bound.rest;
            if (rest.size() == 1 && (rest[0].kind == Kind::list || rest[0].kind == Kind::tuple))
                rest = rest[0].object->items;
            for (const PyValue& v : rest) {
                if (not_a_column(in, v, parameters[i].name)) return none();
                out.push_back(column_of(v));
            }
        } else if (bound.given[i]) {
            if (parameters[i].kind == 'c' && not_a_column(in, bound[i], parameters[i].name)) return none();
            out.push_back(as_parameter(bound[i], parameters[i].kind));
        }
    }
    const std::string name = *f.sql ? f.sql : f.name;
    // A call through the API knows its function before it knows its columns.
    return of_column(name == "~" ? operation("~", out)
                                 : edit(engine::spark::function(name, out), [](Expr& e) { e.implicit = true; }));
}

PyValue when_of(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "when", "condition, value", args);
    if (!in.ok()) return none();
    if (b[0].kind != Kind::column) {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_COLUMN] Argument `condition` should be a Column, got {}.", type_name(b[0])));
        return none();
    }
    Expr e;
    e.kind = ExprKind::case_when;
    e.args = {b[0].column, as_literal(b[1])};
    return of_column(make(std::move(e)));
}

PyValue ordered(const std::string& name, const PyValue& v) {
    const bool ascending = name.starts_with("asc");
    const bool nulls_first = name.ends_with("nulls_first") || (!name.ends_with("nulls_last") && ascending);
    return of_column(sort_order(column_of(v), ascending, nulls_first));
}

ExprRef options_map(const PyValue& v) {
    Exprs items;
    if (v.kind == Kind::dict)
        for (const PyValue& item : v.object->items)
            items.push_back(string_literal(item.kind == Kind::boolean ? (item.i ? "true" : "false") : text_of(item)));
    return engine::spark::function("map", items);
}

/// from_json, from_csv: the schema as text or as a type.
PyValue parsed_text(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, name, "col, schema, options=", args);
    if (!in.ok()) return none();
    Exprs out = {column_of(b[0])};
    if (is_object(b[1], "DataType"))
        out.push_back(string_literal(b[1].object->data_type.id == TypeId::structure
                                         ? sql_name(b[1].object->data_type)
                                         : catalog_name(b[1].object->data_type)));
    else out.push_back(as_literal(b[1]));
    if (b[1].kind == Kind::text && name == "from_json" && !parse_schema(b[1].s)) {
        // Read as JSON first, and that refusal is the one that is told.
        const std::size_t from = b[1].s.find_first_not_of(' '),
                          end = b[1].s.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$", from);
        const bool word = from != std::string::npos && end != from && (b[1].s[from] < '0' || b[1].s[from] > '9');
        if (word) {
            const std::size_t stop = std::min(end, b[1].s.size());
            in.raise(analysis_error(
                "INVALID_SCHEMA.PARSE_ERROR",
                fmt::format("The input schema \"{0}\" is not a valid schema string. Cannot parse the "
                            "schema:\nUnrecognized token '{1}': was expecting (JSON String, Number, Array, Object or "
                            "token 'null', 'true' or 'false')\n at [Source: (String)\"{0}\"; line: 1, column: {2}]",
                            b[1].s, b[1].s.substr(from, stop - from), stop + 1),
                {}));
            return none();
        }
    }
    if (b[2].kind == Kind::dict) out.push_back(options_map(b[2]));
    return of_column(engine::spark::function(name, out));
}

PyValue distinct_of(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Exprs out;
    for (const PyValue& v : args.positional) out.push_back(column_of(v));
    if (out.empty()) in.raise("TypeError", fmt::format("{}() missing 1 required positional argument: 'col'", name));
    const ExprRef call = engine::spark::function(name.starts_with("count") ? "count" : "sum", out);
    return of_column(edit(call, [](Expr& e) { e.distinct = true; }));
}

/// A Python lambda over columns becomes the lambda of the SQL function.
ExprRef lambda_of(Interpreter& in, const PyValue& f) {
    MR_ASSERT(in.scope != nullptr);
    if (!is_object(f, "function")) {
        in.raise("PySparkTypeError", "[NOT_CALLABLE] Argument `func` should be a callable, got " + type_name(f) + ".");
        return null_literal();
    }
    Expr l;
    l.kind = ExprKind::lambda;
    Args args;
    Exprs variables;
    for (const std::string& name : f.object->code->names) {
        Expr v;
        v.kind = ExprKind::lambda_name;
        v.parts = {name};
        variables.push_back(make(std::move(v)));
        args.positional.push_back(of_column(variables.back()));
    }
    const PyValue body = in.call(f, args);
    l.args = {as_literal(body)};
    l.args.insert(l.args.end(), variables.begin(), variables.end());
    return make(std::move(l));
}

PyValue higher_order(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Exprs out;
    const bool two = name == "zip_with";
    for (std::size_t i = 0; i < args.positional.size() && in.ok(); ++i) {
        const PyValue& v = args.positional[i];
        if (is_object(v, "function")) out.push_back(lambda_of(in, v));
        else out.push_back(i == 0 || (two && i == 1) ? column_of(v) : as_literal(v));
    }
    return of_column(engine::spark::function(name, out));
}

PyValue special_call(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const PyValue first =
        args.positional.empty() ? (args.named.empty() ? none() : args.named[0].second) : args.positional[0];
    if (name == "col" || name == "column") return of_column(column_of(first));
    if (name == "lit") return of_column(as_literal(first));
    if (name == "expr") {
        auto e = parse_expression(text_of(first), in.session.ids,
                                  {in.session.clock.zone, in.session.clock.now, in.session.ansi});
        if (!e) in.raise(std::move(e.error()));
        return e ? of_column((*e)->kind == ExprKind::unresolved_alias ? (*e)->args[0] : *e) : none();
    }
    if (name == "when") return when_of(in, args);
    if (name == "broadcast") return in.frame_method(first, "hint", {{of_text("broadcast")}, {}});
    if (name == "window") return window_of(in, args);
    if (name == "session_window") return session_window_of(in, args);
    if (name == "from_json" || name == "from_csv") return parsed_text(in, name, args);
    if (name == "to_json" || name == "to_csv") {
        Exprs out = {column_of(first)};
        if (args.positional.size() > 1) out.push_back(options_map(args.positional[1]));
        return of_column(engine::spark::function(name, out));
    }
    if (name.starts_with("count") || name.starts_with("sum")) return distinct_of(in, name, args);
    if (name.starts_with("asc") || name.starts_with("desc")) return ordered(name, first);
    if (name == "log") {
        if (args.positional.size() == 1) return of_column(engine::spark::function("ln", {column_of(first)}));
        return of_column(engine::spark::function("log", {as_literal(first), column_of(args.positional[1])}));
    }
    if (name == "json_tuple" || name == "grouping" || name == "grouping_id") {
        Exprs out;
        for (std::size_t i = 0; i < args.positional.size(); ++i)
            out.push_back(name == "json_tuple" && i > 0 ? as_literal(args.positional[i])
                                                        : column_of(args.positional[i]));
        return of_column(engine::spark::function(name, out));
    }
    if (name == "udf" || name == "pandas_udf") {
        in.raise("NotImplementedError", "unsupported Python: functions of columns written in Python (" + name + ")");
        return none();
    }
    return higher_order(in, name, args);
}

}  // namespace

PyValue Interpreter::function(const std::string& name, const Args& args) {
    MR_ASSERT(!name.empty());
    const PyFunction* f = find_sql_function(name);
    if (name == "split" && args.positional.size() == 2 && args.named.empty()) {
        // Python says how often to split even if it is not told.
        Args all = args;
        all.positional.push_back(of_int(-1));
        return f ? table_call(*this, *f, all) : none();
    }
    return f ? table_call(*this, *f, args) : special_call(*this, name, args);
}

}  // namespace engine::spark::py
