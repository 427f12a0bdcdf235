#include "engine/pyspark/functions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/functions.h"
#include "engine/pyspark/gateway.h"
#include "engine/sql/interval.h"
#include "engine/sql/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

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
    bool told = false;  ///< passed on even if it was left out
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
        const bool told = optional && colon + 3 < signature.size() && signature[colon + 3] == '*';
        out.push_back({rest ? name.substr(1) : name, signature[colon + 1], rest, told});
        at = signature.find(',', colon);
        at = at == std::string::npos ? signature.size() : at + 2;
    }
    return out;
}

bool is_number(const PyValue& v) { return v.kind == Kind::integer || v.kind == Kind::real; }

ExprRef as_parameter(const PyValue& v, char kind) {
    const bool column = kind == 'c' || (kind == 'n' && v.kind != Kind::integer) || (kind == 'm' && !is_number(v));
    return column ? column_of(v) : as_literal(v);
}

/// Every argument that should be a column is told under the same name.
bool not_a_column(Interpreter& in, const PyValue& v) {
    MR_ASSERT(in.scope != nullptr);
    if (v.kind == Kind::column || v.kind == Kind::text) return false;
    raise_type(in, "NOT_COLUMN_OR_STR", "col", "a Column or str", v);
    return true;
}

/// Whether Java's method takes the value for a parameter of the kind.
bool java_takes(const PyValue& v, char kind) {
    switch (kind) {
        case 'i': return v.kind == Kind::integer;
        case 'd': return v.kind == Kind::real;
        case 'b': return v.kind == Kind::boolean;
        case 's': return v.kind == Kind::text || v.kind == Kind::none;
        default: return true;
    }
}

/// What Python passes for a parameter that was left out.
PyValue default_of(char kind) {
    return kind == 'i' ? of_int(0) : kind == 'b' ? of_bool(false) : kind == 's' ? of_text("") : none();
}

/// Raises what the gateway says if a plain value is not of the type that Java's method takes.
bool refused_by_java(Interpreter& in, const PyFunction& f, const std::vector<Parameter>& parameters,
                     const Bound& bound) {
    MR_ASSERT(bound.given.size() == parameters.size());
    bool fits = true;
    std::vector<PyValue> told;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Parameter& p = parameters[i];
        const bool column = p.kind == 'c' || p.kind == 'v' || p.kind == 'n' || p.kind == 'm';
        if (p.rest) told.push_back(new_object("Columns"));
        else if (!bound.given[i] && !p.told) continue;
        else if (column) told.push_back(of_column(null_literal()));
        else told.push_back(bound.given[i] ? bound[i] : default_of(p.kind));
        fits = fits && (!bound.given[i] || java_takes(bound[i], p.kind));
    }
    if (!fits) raise_no_method(in, kFunctionsClass, f.name, told);
    return !fits;
}

PyValue table_call(Interpreter& in, const PyFunction& f, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::string names;
    const std::vector<Parameter> parameters = parameters_of(f.signature, names);
    const Bound bound = bind_args(in, f.name, names, args);
    if (!in.ok()) return none();
    Exprs out;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const char kind = parameters[i].kind;
        if (parameters[i].rest) {
            std::vector<PyValue> rest = bound.rest;
            if (rest.size() == 1 && (rest[0].kind == Kind::list || rest[0].kind == Kind::tuple))
                rest = rest[0].object->items;
            for (const PyValue& v : rest) {
                if (not_a_column(in, v)) return none();
                out.push_back(column_of(v));
            }
        } else if (bound.given[i]) {
            const bool column =
                kind == 'c' || (kind == 'n' && bound[i].kind != Kind::integer) || (kind == 'm' && !is_number(bound[i]));
            if (column && not_a_column(in, bound[i])) return none();
            out.push_back(as_parameter(bound[i], kind));
        }
    }
    if (refused_by_java(in, f, parameters, bound)) return none();
    const std::string name = *f.sql ? f.sql : f.name;
    if ((name == "greatest" || name == "least") && out.size() < 2) {
        in.raise("PySparkValueError",
                 fmt::format("[WRONG_NUM_COLUMNS] Function `{}` should take at least 2 columns.", name));
        return none();
    }
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

/// A call that knows its function before it knows its columns.
PyValue known_call(const std::string& name, Exprs args) {
    MR_ASSERT(!name.empty());
    return of_column(edit(engine::spark::function(name, std::move(args)), [](Expr& e) { e.implicit = true; }));
}

/// from_json, from_csv: the schema as text or as a type.
PyValue parsed_text(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, name, "col, schema, options=", args);
    if (!in.ok()) return none();
    if (not_a_column(in, b[0])) return none();
    if (b[1].kind != Kind::text && b[1].kind != Kind::column && !is_object(b[1], "DataType")) {
        if (name == "from_csv") raise_type(in, "NOT_COLUMN_OR_STR", "schema", "a Column or str", b[1]);
        else raise_no_method(in, kFunctionsClass, name, {of_column(null_literal()), b[1], of_items(Kind::dict, {})});
        return none();
    }
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
    return known_call(name, out);
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
    // Python names variables by their place, each with a number of its own.
    static constexpr const char* kNames[] = {"x", "y", "z"};
    PyValue& numbers = in.globals->fields["\nlambda variables"];
    for (std::size_t i = 0; i < f.object->code->names.size() && i < 3; ++i) {
        Expr v;
        v.kind = ExprKind::lambda_name;
        v.parts = {fmt::format("{}_{}", kNames[i], numbers.i++)};
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
    return known_call(name, out);
}

PyValue special_call(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const PyValue first =
        args.positional.empty() ? (args.named.empty() ? none() : args.named[0].second) : args.positional[0];
    if ((name == "col" || name == "column" || name == "expr" || name == "lit") && args.positional.empty() &&
        args.named.empty()) {
        in.raise("TypeError", fmt::format("{}() missing 1 required positional argument: '{}'", name,
                                          name == "expr" ? "str" : "col"));
        return none();
    }
    if (name == "broadcast" && !is_object(first, "DataFrame")) {
        in.raise("AttributeError", fmt::format("'{}' object has no attribute '_jdf'", type_name(first)));
        return none();
    }
    if ((name == "col" || name == "column" || name == "expr") && first.kind != Kind::text) {
        raise_no_method(in, kFunctionsClass, name == "column" ? "col" : name, {first});
        return none();
    }
    if (name == "col" || name == "column") return of_column(column_of(first));
    if (name == "lit" && first.kind == Kind::list &&
        std::ranges::any_of(first.object->items, [](const PyValue& v) { return v.kind == Kind::column; })) {
        in.raise("PySparkValueError", "[COLUMN_IN_LIST] `lit` does not allow a Column in a list.");
        return none();
    }
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
        return known_call(name, out);
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
        return known_call(name, out);
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
