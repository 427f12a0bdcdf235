// JSON and CSV functions.
#include <fmt/format.h>

#include "engine/plan/coerce.h"
#include "engine/plan/csv.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

/// The options of a call: a map of literals as its last argument.
Options options_of(const Expr& e, std::size_t from) {
    Options out;
    for (std::size_t i = from; i < e.args.size(); ++i) {
        const ExprRef& map = e.args[i];
        if (is_call(map, "map"))
            for (std::size_t k = 0; k + 1 < map->args.size(); k += 2)
                out.emplace_back(sim::lower_ascii(pretty(map->args[k])), pretty(map->args[k + 1]));
    }
    return out;
}

std::string option(const Options& o, const std::string& name, const std::string& otherwise) {
    for (const auto& [key, value] : o)
        if (key == sim::lower_ascii(name)) return value;
    return otherwise;
}

JsonOptions json_options(const Options& o) {
    JsonOptions out;
    out.timestamp_format = option(o, "timestampFormat", "");
    out.date_format = option(o, "dateFormat", "");
    out.corrupt_column = option(o, "columnNameOfCorruptRecord", "_corrupt_record");
    out.mode = option(o, "mode", "PERMISSIVE");
    out.primitives_as_string = option(o, "primitivesAsString", "false") == "true";
    out.prefers_decimal = option(o, "prefersDecimal", "false") == "true";
    out.ignore_null_fields = option(o, "ignoreNullFields", "true") == "true";
    out.pretty = option(o, "pretty", "false") == "true";
    out.syntax.single_quotes = option(o, "allowSingleQuotes", "true") == "true";
    out.syntax.unquoted_names = option(o, "allowUnquotedFieldNames", "false") == "true";
    out.syntax.leading_zeros = option(o, "allowNumericLeadingZeros", "false") == "true";
    out.syntax.comments = option(o, "allowComments", "false") == "true";
    out.syntax.non_numbers = option(o, "allowNonNumericNumbers", "true") == "true";
    return out;
}

CsvOptions csv_options(const Options& o) {
    CsvOptions out;
    out.separator = option(o, "sep", option(o, "delimiter", ","));
    if (out.separator == "\\t") out.separator = "\t";
    out.null_value = option(o, "nullValue", "");
    out.timestamp_format = option(o, "timestampFormat", "");
    out.date_format = option(o, "dateFormat", "");
    out.mode = option(o, "mode", "PERMISSIVE");
    out.corrupt_column = option(o, "columnNameOfCorruptRecord", "_corrupt_record");
    if (const std::string q = option(o, "quote", ""); !q.empty()) out.quote = q[0];
    if (const std::string e = option(o, "escape", ""); !e.empty()) out.escape = e[0];
    out.trim_left = option(o, "ignoreLeadingWhiteSpace", "false") == "true";
    out.trim_right = option(o, "ignoreTrailingWhiteSpace", "false") == "true";
    return out;
}

bool bad_options(Typing& t, std::size_t at) {
    if (t.e.args.size() <= at || t.e.args[at]->type.id == TypeId::map) return false;
    t.error_class = "INVALID_OPTIONS.NON_MAP_FUNCTION";
    t.text = "Invalid options: Must use the `map()` function for options.";
    return true;
}

bool type_schema_call(Typing& t, bool csv) {
    MR_ASSERT(t.e.args.size() > 1);
    const ExprRef& schema = t.e.args[1];
    if (bad_options(t, 2)) return false;
    std::string text;
    if (is_literal(schema) && schema->type.id == TypeId::string) text = schema->value.s;
    else if (is_call(schema, "schema_of_json") || is_call(schema, "schema_of_csv")) {
        EvalContext cx;
        Values args = {schema->args[0]->value};
        text = schema->fn->row(Call{*schema, args, cx}).s;
    } else {
        t.error_class = "INVALID_SCHEMA.NON_STRING_LITERAL";
        t.text = fmt::format(
            "The input schema \"{}\" is not a valid schema string. The input expression must be string literal and not "
            "null.",
            pretty(schema));
        return false;
    }
    const auto type = parse_schema(text);
    if (!type) {
        // Spark tells what it found wrong when it took the text for a type.
        const auto single = parse_data_type(text);
        const QueryError& error = single ? type.error() : single.error();
        t.error_class = error.error_class;
        const std::size_t from = error.message.find_first_not_of('\n'), to = error.message.find("(line ");
        std::string why = error.message.substr(from, to == std::string::npos ? to : to - from);
        if (const std::size_t close = why.find("] "); close != std::string::npos) why = why.substr(close + 2);
        t.text = why;
        return false;
    }
    if (csv && type->id != TypeId::structure)
        return t.refuse("INVALID_CSV_SCHEMA",
                        fmt::format("Input schema \"{}\" must be a struct type.", sql_name(*type)));
    if (!csv && !is_nested(*type))
        return t.refuse("INVALID_JSON_SCHEMA",
                        fmt::format("Input schema \"{}\" must be a struct, an array or a map.", sql_name(*type)));
    t.e.type = as_nullable(*type);
    if (t.e.args[0]->type.id == TypeId::void_) t.e.args[0] = implicit(t.e.args[0], type_of(TypeId::string), t.ansi);
    if (t.e.args[0]->type.id != TypeId::string)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"STRING\" type, however \"{}\" has the type \"{}\".",
                                    pretty(t.e.args[0]), sql_name(t.e.args[0]->type)));
    t.e.nullable = csv ? t.e.args[0]->nullable : true;
    return true;
}

bool type_from_json(Typing& t) { return type_schema_call(t, false); }
bool type_from_csv(Typing& t) { return type_schema_call(t, true); }

/// A row as messages show it: `[1,null]`.
std::string row_text(const Value& v, const DataType& type, const std::string& zone) {
    if (type.id != TypeId::structure || v.null) return display(v, type, zone);
    std::string out;
    for (std::size_t i = 0; i < type.fields->size(); ++i)
        out += (i ? "," : "") + cast_text(items_of(v)[i], (*type.fields)[i].type, zone, false);
    return "[" + out + "]";
}

Value malformed(const Call& c, const std::string& record) {
    return c.fail("SparkException", "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                  fmt::format("Malformed records are detected in record parsing: {}.\nParse Mode: FAILFAST. To process "
                              "malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'. ",
                              record),
                  false);
}

Value from_json(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const JsonOptions o = json_options(options_of(c.e, 2));
    if (c.args[0].s.find_first_not_of(" \t\r\n") == std::string::npos) return null_value();
    if (o.mode != "PERMISSIVE" && o.mode != "FAILFAST") {
        QueryError error = illegal_argument(fmt::format(
            "from_json() doesn't support the {} mode. Acceptable modes are PERMISSIVE and FAILFAST.", o.mode));
        c.cx.failure.set(std::move(error));
        return null_value();
    }
    bool bad = false;
    Value out = json_record(c.args[0].s, c.e.type, o, c.cx, bad);
    if (bad && o.mode == "FAILFAST") return malformed(c, row_text(out, c.e.type, c.cx.clock.zone));
    return out;
}

Value from_csv(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const CsvOptions o = csv_options(options_of(c.e, 2));
    bool bad = false;
    Value out = csv_record(c.args[0].s, c.e.type, o, c.cx, bad);
    if (bad && o.mode == "FAILFAST") return malformed(c, row_text(out, c.e.type, c.cx.clock.zone));
    return out;
}

bool type_to_json(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& a = t.e.args[0]->type;
    const bool csv = std::string_view(t.e.fn->name) == "to_csv";
    const bool nothing = !csv && a.id == TypeId::void_;
    if (!nothing && (!is_nested(a) || (csv && a.id != TypeId::structure))) {
        if (csv)
            return t.refuse("UNEXPECTED_INPUT_TYPE",
                            fmt::format("Parameter 1 requires the \"STRUCT\" type, however \"{}\" has the type \"{}\".",
                                        pretty(t.e.args[0]), sql_name(a)));
        return t.refuse("INVALID_JSON_SCHEMA",
                        fmt::format("Input schema \"{}\" must be a struct, an array or a map.", sql_name(a)));
    }
    t.e.type = type_of(TypeId::string);
    t.e.nullable = true;
    return true;
}

/// As Jackson's pretty printer lays JSON out.
std::string pretty_json(const Json& j, std::size_t depth) {
    if (j.items.empty()) return j.kind == JsonKind::object ? "{ }" : j.kind == JsonKind::array ? "[ ]" : json_text(j);
    std::string out = j.kind == JsonKind::object ? "{" : "[ ";
    for (std::size_t i = 0; i < j.items.size(); ++i) {
        if (j.kind == JsonKind::object)
            out += (i ? "," : "") + ("\n" + std::string(2 * (depth + 1), ' ')) + json_quoted(j.names[i]) + " : ";
        else out += i ? ", " : "";
        out += pretty_json(j.items[i], depth + (j.kind == JsonKind::object ? 1 : 0));
    }
    return out + (j.kind == JsonKind::object ? "\n" + std::string(2 * depth, ' ') + "}" : " ]");
}

Value to_json(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const JsonOptions o = json_options(options_of(c.e, 1));
    std::string text = value_to_json(c.args[0], c.type(0), o, c.cx);
    if (o.pretty)
        if (const auto tree = parse_json(text)) text = pretty_json(*tree, 0);
    return string_value(std::move(text));
}
Value to_csv(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(value_to_csv(c.args[0], c.type(0), csv_options(options_of(c.e, 1)), c.cx));
}

// get_json_object

struct Step {
    std::string name;
    i64 index = -1;
    bool any = false;
    bool array = false;
};

std::optional<std::vector<Step>> parse_path(std::string_view p) {
    std::vector<Step> out;
    if (p.empty() || p[0] != '$') return std::nullopt;
    for (std::size_t i = 1; i < p.size();) {
        Step step;
        if (p[i] == '.') {
            std::size_t end = i + 1;
            while (end < p.size() && p[end] != '.' && p[end] != '[') ++end;
            step.name = std::string(p.substr(i + 1, end - i - 1));
            if (step.name.empty()) return std::nullopt;
            step.any = step.name == "*";
            i = end;
        } else if (p[i] == '[') {
            const std::size_t end = p.find(']', i);
            if (end == std::string_view::npos) return std::nullopt;
            std::string body(p.substr(i + 1, end - i - 1));
            if (body.size() > 1 && body.front() == '\'' && body.back() == '\'') {
                step.name = body.substr(1, body.size() - 2);
                step.any = step.name == "*";
            } else {
                step.array = true;
                step.any = body == "*";
                if (!step.any) {
                    if (body.empty() || body.find_first_not_of("0123456789") != std::string::npos || body.size() > 9)
                        return std::nullopt;
                    step.index = std::stoll(body);
                }
            }
            i = end + 1;
        } else {
            return std::nullopt;
        }
        out.push_back(std::move(step));
    }
    return out;
}

void walk(const Json& j, const std::vector<Step>& path, std::size_t at, std::vector<const Json*>& out) {
    if (at == path.size()) {
        if (j.kind != JsonKind::null) out.push_back(&j);
        return;
    }
    const Step& step = path[at];
    if (step.array) {
        if (j.kind != JsonKind::array) return;
        for (std::size_t i = 0; i < j.items.size(); ++i)
            if (step.any || static_cast<i64>(i) == step.index) walk(j.items[i], path, at + 1, out);
        return;
    }
    if (j.kind != JsonKind::object) return;
    for (std::size_t i = 0; i < j.items.size(); ++i) {
        if (step.any) walk(j.items[i], path, at + 1, out);
        else if (j.names[i] == step.name) {
            walk(j.items[i], path, at + 1, out);
            return;
        }
    }
}

Value get_json_object(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const auto path = parse_path(c.args[1].s);
    const auto j = parse_json(c.args[0].s);
    if (!path || !j) return null_value();
    std::vector<const Json*> hits;
    walk(*j, *path, 0, hits);
    if (hits.empty()) return null_value();
    bool wild = false;
    for (const Step& step : *path) wild = wild || (step.any && step.array);
    if (hits.size() == 1) {
        if (!path->empty() && path->back().any && path->back().array)
            return string_value("[" + json_text(*hits[0]) + "]");
        return string_value(hits[0]->kind == JsonKind::string && !wild ? hits[0]->text : json_text(*hits[0]));
    }
    std::string out = "[";
    for (std::size_t i = 0; i < hits.size(); ++i) out += (i ? "," : "") + json_text(*hits[i]);
    return string_value(out + "]");
}

Value json_array_length(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const auto j = parse_json(c.args[0].s);
    return j && j->kind == JsonKind::array ? int_value(static_cast<i64>(j->items.size())) : null_value();
}

Value json_object_keys(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const auto j = parse_json(c.args[0].s);
    if (!j || j->kind != JsonKind::object) return null_value();
    Values out;
    for (const std::string& name : j->names) out.push_back(string_value(name));
    return list_value(std::move(out));
}

bool type_object_keys(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!coerce_arguments(t)) return false;
    t.e.type = array_type(type_of(TypeId::string), true);
    t.e.nullable = true;
    return true;
}

Value schema_of_json(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const auto j = parse_json(c.args[0].s);
    if (!j) return string_value("STRING");
    return string_value(sql_name(finish_inferred(infer_json(*j, json_options(options_of(c.e, 1))))));
}

Value schema_of_csv(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const CsvOptions o = csv_options(options_of(c.e, 1));
    std::vector<Field> fields;
    for (const Value& field : split_csv(c.args[0].s, o)) {
        const DataType type = infer_csv_field(field, o, c.cx);
        fields.push_back(
            {"_c" + std::to_string(fields.size()), type.id == TypeId::void_ ? type_of(TypeId::string) : type, true});
    }
    return string_value(sql_name(struct_type(std::move(fields))));
}

bool type_schema_of(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!is_literal(t.e.args[0]) || t.e.args[0]->value.null) {
        const bool null = is_literal(t.e.args[0]);
        return t.refuse(
            null ? "UNEXPECTED_NULL" : "NON_FOLDABLE_INPUT",
            null ? fmt::format("The {} must not be null.",
                               std::string_view(t.e.fn->name) == "schema_of_json" ? "json" : "csv")
                 : fmt::format("the input {} should be a foldable \"STRING\" expression; however, got \"{}\".",
                               std::string_view(t.e.fn->name) == "schema_of_json" ? "json" : "csv",
                               pretty(t.e.args[0])));
    }
    if (!coerce_to(t.e.args[0], "S", t.ansi)) return coerce_arguments(t);
    t.e.type = type_of(TypeId::string);
    t.e.nullable = false;
    return true;
}

const FunctionInfo kJsonFunctions[] = {
    {"get_json_object", "S!,S!", "S", SN, get_json_object, "The part of JSON text at a path like $.a[0]."},
    {"from_json", "S,x,x?", "", SN, from_json, "JSON text as a value of a schema.", type_from_json},
    {"to_json", "x,x?", "", SN, to_json, "A struct, map or array as JSON text.", type_to_json},
    {"schema_of_json", "S,x?", "S", ST, schema_of_json, "The schema of JSON text.", type_schema_of},
    {"json_array_length", "S!", "I", SN, json_array_length, "Elements of the outermost JSON array."},
    {"json_object_keys", "S!", "", SN, json_object_keys, "Field names of the outermost JSON object.", type_object_keys},
    {"from_csv", "S,x,x?", "", SN, from_csv, "A CSV line as a struct.", type_from_csv},
    {"to_csv", "x,x?", "", SN, to_csv, "A struct as a CSV line.", type_to_json},
    {"schema_of_csv", "S,x?", "S", ST, schema_of_csv, "The schema of a CSV line.", type_schema_of},
};

}  // namespace

std::span<const FunctionInfo> json_functions() { return kJsonFunctions; }

}  // namespace engine::spark
