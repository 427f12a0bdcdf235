#include "engine/plan/json.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/cast.h"
#include "engine/plan/print.h"
#include "engine/plan/time_pattern.h"
#include "engine/plan/utf8.h"
#include "engine/sql/decimal.h"
#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Reader {
    std::string_view s;
    std::size_t at = 0;
    bool ok = true;
    JsonSyntax syntax = {};

    char peek() const { return at < s.size() ? s[at] : '\0'; }
    bool quoted() const { return peek() == '"' || (peek() == '\'' && syntax.single_quotes); }
    void blank() {
        while (at < s.size() && (s[at] == ' ' || s[at] == '\t' || s[at] == '\n' || s[at] == '\r')) ++at;
        if (syntax.comments && s.substr(at).starts_with("/*")) {
            const std::size_t end = s.find("*/", at + 2);
            at = end == std::string_view::npos ? s.size() : end + 2;
            blank();
        }
    }
};

u32 read_hex(Reader& r) {
    MR_ASSERT(r.at <= r.s.size());
    u32 v = 0;
    for (int i = 0; i < 4; ++i, ++r.at) {
        const char c = r.peek();
        const int h = sim::hex_digit(c);
        if (h < 0) {
            r.ok = false;
            return 0;
        }
        v = v * 16 + static_cast<u32>(h);
    }
    return v;
}

void read_escape(Reader& r, std::string& out) {
    MR_ASSERT(r.at <= r.s.size());
    const char c = r.peek();
    ++r.at;
    switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case '"': case '\\': case '/': case '\'': out += c; break;
        case 'u': {
            u32 p = read_hex(r);
            if (p >= 0xD800 && p < 0xDC00 && r.s.substr(r.at).starts_with("\\u")) {
                r.at += 2;
                p = 0x10000 + ((p - 0xD800) << 10) + (read_hex(r) - 0xDC00);
            }
            append_point(out, p);
            break;
        }
        default: r.ok = false;
    }
}

std::string read_string(Reader& r) {
    MR_ASSERT(r.at <= r.s.size());
    const char quote = r.peek();
    std::string out;
    for (++r.at; r.ok && r.at < r.s.size() && r.peek() != quote;) {
        if (r.peek() == '\\') ++r.at, read_escape(r, out);
        else if (static_cast<u8>(r.peek()) < 0x20) r.ok = false;
        else out += r.s[r.at++];
    }
    if (r.peek() != quote) r.ok = false;
    ++r.at;
    return out;
}

std::string read_number(Reader& r) {
    MR_ASSERT(r.at <= r.s.size());
    const std::size_t start = r.at;
    if (r.peek() == '-') ++r.at;
    const bool zeros = r.peek() == '0' && r.at + 1 < r.s.size() && sim::is_digit(r.s[r.at + 1]);
    if (zeros && !r.syntax.leading_zeros) r.ok = false;
    const std::size_t first = r.at;
    while (sim::is_digit(r.peek())) ++r.at;
    if (r.at == first) r.ok = false;
    if (r.peek() == '.') {
        const std::size_t point = ++r.at;
        while (sim::is_digit(r.peek())) ++r.at;
        if (r.at == point) r.ok = false;
    }
    if (r.peek() == 'e' || r.peek() == 'E') {
        ++r.at;
        if (r.peek() == '+' || r.peek() == '-') ++r.at;
        const std::size_t power = r.at;
        while (sim::is_digit(r.peek())) ++r.at;
        if (r.at == power) r.ok = false;
    }
    return std::string(r.s.substr(start, r.at - start));
}

/// A field name without quotes, as JavaScript allows it.
std::string read_bare_name(Reader& r) {
    const std::size_t start = r.at;
    const auto part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || sim::is_digit(c) || c == '_' || c == '$' ||
               c == '-' || static_cast<u8>(c) >= 0x80;
    };
    while (part(r.peek())) ++r.at;
    if (r.at == start || sim::is_digit(r.s[start])) r.ok = false;
    return std::string(r.s.substr(start, r.at - start));
}

Json read_value(Reader& r, int depth);

void read_members(Reader& r, Json& out, int depth) {
    MR_ASSERT(depth >= 0);
    const bool object = r.peek() == '{';
    const char close = object ? '}' : ']';
    ++r.at;
    r.blank();
    if (r.peek() == close) {
        ++r.at;
        return;
    }
    while (r.ok) {
        r.blank();
        if (object) {
            if (!r.quoted() && !r.syntax.unquoted_names) {
                r.ok = false;
                return;
            }
            out.names.push_back(r.quoted() ? read_string(r) : read_bare_name(r));
            r.blank();
            if (r.peek() != ':') r.ok = false;
            ++r.at;
        }
        out.items.push_back(read_value(r, depth + 1));
        r.blank();
        const char c = r.peek();
        ++r.at;
        if (c == close) return;
        if (c != ',') r.ok = false;
    }
}

Json read_value(Reader& r, int depth) {
    MR_ASSERT(depth >= 0);
    Json out;
    r.blank();
    if (depth > kMaxJsonDepth) r.ok = false;
    if (!r.ok) return out;
    const char c = r.peek();
    const auto word = [&](std::string_view w) {
        if (!r.s.substr(r.at).starts_with(w)) return false;
        r.at += w.size();
        return true;
    };
    if (r.syntax.non_numbers && (c == 'N' || c == 'I' || c == '+' || c == '-'))
        for (const char* w : {"NaN", "Infinity", "+Infinity", "-Infinity", "INF", "+INF", "-INF"})
            if (word(w)) {
                out.kind = JsonKind::number;
                out.text = w;
                return out;
            }
    if (c == '{' || c == '[') {
        out.kind = c == '{' ? JsonKind::object : JsonKind::array;
        read_members(r, out, depth);
    } else if (r.quoted()) {
        out.kind = JsonKind::string;
        out.text = read_string(r);
    } else if (sim::is_digit(c) || c == '-') {
        out.kind = JsonKind::number;
        out.text = read_number(r);
    } else if (word("true")) {
        out.kind = JsonKind::boolean;
        out.text = "true";
    } else if (word("false")) {
        out.kind = JsonKind::boolean;
        out.text = "false";
    } else if (!word("null")) {
        r.ok = false;
    }
    return out;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text, std::size_t* used, const JsonSyntax& syntax) {
    Reader r{.s = text, .at = 0, .ok = true, .syntax = syntax};
    Json out = read_value(r, 0);
    if (used) *used = r.at;
    return r.ok ? std::optional(std::move(out)) : std::nullopt;
}

std::string json_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                if (static_cast<u8>(c) < 0x20) out += fmt::format("\\u{:04X}", static_cast<u8>(c));
                else out += c;
        }
    }
    return out + "\"";
}

std::string json_text(const Json& j) {
    switch (j.kind) {
        case JsonKind::null: return "null";
        case JsonKind::boolean: return j.text;
        case JsonKind::number: {
            if (j.text.find_first_not_of("-0123456789") == std::string::npos) return j.text;
            const std::string d = double_text(parse_real(j.text).value_or(0));
            return d == "NaN" || d.ends_with("Infinity") ? json_quoted(d) : d;
        }
        case JsonKind::string: return json_quoted(j.text);
        case JsonKind::array: case JsonKind::object: {
            std::string out(1, j.kind == JsonKind::array ? '[' : '{');
            for (std::size_t i = 0; i < j.items.size(); ++i) {
                if (i) out += ",";
                if (j.kind == JsonKind::object) out += json_quoted(j.names[i]) + ":";
                out += json_text(j.items[i]);
            }
            return out + (j.kind == JsonKind::array ? "]" : "}");
        }
    }
    return "";
}

std::optional<i64> read_moment(std::string_view text, const std::string& format, const DataType& type,
                               EvalContext& cx) {
    if (format.empty()) {
        if (type.id == TypeId::date) return parse_date(text);
        return parse_timestamp(text, cx.clock, type.id == TypeId::timestamp);
    }
    ParseFailure failure;
    const auto out = parse_time(parse_pattern(format, true), text, failure);
    if (!out) return std::nullopt;
    if (type.id == TypeId::date) return floor_div(out->local_micros, kMicrosPerDay);
    return type.id == TypeId::timestamp ? to_utc(out->zone.empty() ? cx.clock.zone : out->zone, out->local_micros)
                                        : out->local_micros;
}

std::optional<i64> field_moment(std::string_view text, const std::string& format, const DataType& type,
                                EvalContext& cx) {
    const auto out = read_moment(text, format, type, cx);
    if (out) return out;
    // What only the lenient reader of old would have taken is no bad record but the end of the job.
    const std::string pattern = !format.empty()           ? format
                                : type.id == TypeId::date ? "yyyy-MM-dd"
                                                          : "yyyy-MM-dd HH:mm:ss";
    ParseFailure failure;
    if (!parse_time(parse_pattern(pattern, true), std::string(text), failure) && failure.rolls_over)
        cx.failure.set(run_error(
            "SparkUpgradeException", "INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER",
            fmt::format(
                "You may get a different result due to the upgrading to Spark >= 3.0:\nFail to parse '{}' in the new "
                "parser. You can set \"spark.sql.legacy.timeParserPolicy\" to \"LEGACY\" to restore the "
                "behavior before Spark 3.0, or set to \"CORRECTED\" and treat it as an invalid datetime string.",
                text),
            {}));
    return std::nullopt;
}

std::string write_moment(i64 v, const DataType& type, const std::string& format, EvalContext& cx, bool) {
    const bool zoned = type.id == TypeId::timestamp;
    const i64 local = type.id == TypeId::date ? v * kMicrosPerDay : zoned ? to_local(cx.clock.zone, v) : v;
    const std::string pattern = !format.empty()           ? format
                                : type.id == TypeId::date ? "yyyy-MM-dd"
                                : zoned                   ? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
                                                          : "yyyy-MM-dd'T'HH:mm:ss.SSS";
    return format_time(parse_pattern(pattern, false), local, cx.clock.zone, v);
}

namespace {

Value number_value(const Json& j, const DataType& type, bool& bad) {
    const bool whole = j.text.find_first_of(".eE") == std::string::npos;
    switch (type.id) {
        case TypeId::float_: case TypeId::double_: {
            const double d = parse_real(j.text).value_or(0);
            return real_value(type.id == TypeId::float_ ? static_cast<double>(static_cast<float>(d)) : d);
        }
        case TypeId::decimal: {
            const auto text = parse_decimal(j.text);
            const auto v = text ? to_unscaled(*text, type.b) : std::nullopt;
            if (v && fits(*v, type.a)) return decimal_value(*v);
            bad = true;
            return null_value();
        }
        case TypeId::timestamp: {
            const auto s = whole ? parse_whole(j.text, true) : std::nullopt;
            if (s) return int_value(*s * kMicrosPerSecond);
            break;
        }
        default: {
            const auto v = whole ? parse_whole(j.text, true) : std::nullopt;
            if (is_integral(type) && v && in_range(*v, type.id)) return int_value(*v);
        }
    }
    bad = true;
    return null_value();
}

Value string_to_typed(const Json& j, const DataType& type, const JsonOptions& o, EvalContext& cx, bool& bad) {
    if (is_datetime(type)) {
        if (const auto v = field_moment(j.text, type.id == TypeId::date ? o.date_format : o.timestamp_format, type, cx))
            return int_value(*v);
    } else if (type.id == TypeId::float_ || type.id == TypeId::double_) {
        if (j.text == "NaN" || j.text == "Infinity" || j.text == "+Infinity" || j.text == "-Infinity" ||
            j.text == "INF" || j.text == "-INF" || j.text == "+INF")
            return real_value(parse_real(j.text == "INF" ? "inf" : j.text).value_or(0));
    } else if (type.id == TypeId::binary) {
        EvalContext other;
        const FunctionInfo* fn = find_function("unbase64");
        Expr e;
        const Value arg = string_value(j.text);
        const Value bytes = fn->row(Call{e, std::span(&arg, 1), other});
        if (other.ok()) return bytes;
    } else if (type.id == TypeId::decimal) {
        const auto text = parse_decimal(j.text);
        const auto v = text ? to_unscaled(*text, type.b) : std::nullopt;
        if (v && fits(*v, type.a)) return decimal_value(*v);
    } else if (is_interval(type)) {
        return cast_value(string_value(j.text), type_of(TypeId::string), type, {}, cx, {});
    }
    bad = true;
    return null_value();
}

Value object_value(const Json& j, const DataType& type, const JsonOptions& o, EvalContext& cx, bool& bad) {
    MR_ASSERT(j.kind == JsonKind::object);
    if (type.id == TypeId::map) {
        Values items;
        for (std::size_t i = 0; i < j.items.size(); ++i) {
            items.push_back(string_value(j.names[i]));
            items.push_back(json_to_value(j.items[i], value_of(type), o, cx, bad));
        }
        return list_value(std::move(items));
    }
    Values row(type.fields->size());
    for (std::size_t i = 0; i < j.items.size(); ++i)
        for (std::size_t f = 0; f < row.size(); ++f)
            if ((*type.fields)[f].name == j.names[i])
                row[f] = json_to_value(j.items[i], (*type.fields)[f].type, o, cx, bad);
    return list_value(std::move(row));
}

}  // namespace

Value json_to_value(const Json& j, const DataType& type, const JsonOptions& o, EvalContext& cx, bool& bad) {
    if (j.kind == JsonKind::null) return null_value();
    if (type.id == TypeId::string) return string_value(j.kind == JsonKind::string ? j.text : json_text(j));
    if (type.id == TypeId::boolean && j.kind == JsonKind::boolean) return bool_value(j.text == "true");
    if (j.kind == JsonKind::number && (is_numeric(type) || type.id == TypeId::timestamp))
        return number_value(j, type, bad);
    if (j.kind == JsonKind::string && !is_nested(type) && type.id != TypeId::boolean) {
        if (j.text.empty() && type.id != TypeId::binary) {
            bad = true;
            return null_value();
        }
        return string_to_typed(j, type, o, cx, bad);
    }
    if (j.kind == JsonKind::object && (type.id == TypeId::structure || type.id == TypeId::map))
        return object_value(j, type, o, cx, bad);
    if (j.kind == JsonKind::array && type.id == TypeId::array) {
        // One element that does not fit spoils the array, unless it is a struct: that keeps its other fields.
        Values items;
        bool spoilt = false;
        for (const Json& item : j.items) items.push_back(json_to_value(item, element_of(type), o, cx, spoilt));
        bad = bad || spoilt;
        if (spoilt && element_of(type).id != TypeId::structure) return null_value();
        return list_value(std::move(items));
    }
    bad = true;
    return null_value();
}

Value json_record(std::string_view text, const DataType& type, const JsonOptions& o, EvalContext& cx, bool& bad) {
    const auto j = parse_json(text, nullptr, o.syntax);
    bad = !j;
    Value out;
    if (j) {
        const bool lone =
            type.id == TypeId::array && j->kind == JsonKind::object && element_of(type).id == TypeId::structure;
        if (lone) out = list_value({json_to_value(*j, element_of(type), o, cx, bad)});
        else if (type.id == TypeId::structure && j->kind == JsonKind::array) {
            bad = j->items.empty() || !o.arrays_as_rows;
            if (!bad) out = json_to_value(j->items[0], type, o, cx, bad);
        } else out = json_to_value(*j, type, o, cx, bad);
    }
    if (type.id != TypeId::structure) return bad && !j ? null_value() : out;
    Values row = out.null ? Values(type.fields->size()) : items_of(out);
    for (std::size_t f = 0; f < row.size(); ++f)
        if ((*type.fields)[f].name == o.corrupt_column) row[f] = bad ? string_value(std::string(text)) : null_value();
    return list_value(std::move(row));
}

std::string value_to_json(const Value& v, const DataType& type, const JsonOptions& o, EvalContext& cx) {
    if (v.null) return "null";
    switch (type.id) {
        case TypeId::string: return json_quoted(v.s);
        case TypeId::binary: {
            const FunctionInfo* fn = find_function("base64");
            Expr e;
            return json_quoted(fn->row(Call{e, std::span(&v, 1), cx}).s);
        }
        case TypeId::timestamp:
        case TypeId::timestamp_ntz: return json_quoted(write_moment(v.i, type, o.timestamp_format, cx, true));
        case TypeId::date: return json_quoted(write_moment(v.i, type, o.date_format, cx, true));
        case TypeId::float_: case TypeId::double_: {
            const std::string s = display(v, type, cx.clock.zone);
            return s == "NaN" || s.ends_with("Infinity") ? json_quoted(s) : s;
        }
        case TypeId::decimal: return decimal_text(v.dec, type.b, true);
        case TypeId::year_month: case TypeId::day_time: case TypeId::calendar:
            return json_quoted(display(v, type, cx.clock.zone));
        case TypeId::array: {
            std::string out = "[";
            for (std::size_t i = 0; i < items_of(v).size(); ++i)
                out += (i ? "," : "") + value_to_json(items_of(v)[i], element_of(type), o, cx);
            return out + "]";
        }
        case TypeId::map: {
            std::string out = "{";
            for (std::size_t i = 0; i + 1 < items_of(v).size(); i += 2)
                out += (i ? "," : "") + json_quoted(display(items_of(v)[i], key_of(type), cx.clock.zone)) + ":" +
                       value_to_json(items_of(v)[i + 1], value_of(type), o, cx);
            return out + "}";
        }
        case TypeId::structure: {
            std::string out = "{";
            for (std::size_t i = 0; i < items_of(v).size(); ++i) {
                if (items_of(v)[i].null && o.ignore_null_fields) continue;
                out += (out.size() > 1 ? "," : "") + json_quoted((*type.fields)[i].name) + ":" +
                       value_to_json(items_of(v)[i], (*type.fields)[i].type, o, cx);
            }
            return out + "}";
        }
        default: return display(v, type, cx.clock.zone);
    }
}

DataType merge_inferred(const DataType& a, const DataType& b) {
    if (a.id == TypeId::void_) return b;
    if (b.id == TypeId::void_) return a;
    if (a.id == TypeId::array && b.id == TypeId::array)
        return array_type(merge_inferred(element_of(a), element_of(b)), true);
    if (a.id == TypeId::structure && b.id == TypeId::structure) {
        std::vector<Field> fields = *a.fields;
        for (const Field& field : *b.fields) {
            const auto it =
                std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field.name; });
            if (it == fields.end()) fields.push_back(field);
            else it->type = merge_inferred(it->type, field.type);
        }
        std::sort(fields.begin(), fields.end(), [](const Field& x, const Field& y) { return x.name < y.name; });
        return struct_type(std::move(fields));
    }
    if (same_type(a, b)) return a;
    if (is_numeric(a) && is_numeric(b)) {
        if (a.id == TypeId::double_ || b.id == TypeId::double_) return type_of(TypeId::double_);
        return a.id == TypeId::decimal ? a : b;
    }
    return type_of(TypeId::string);
}

DataType infer_json(const Json& j, const JsonOptions& o) {
    switch (j.kind) {
        case JsonKind::null: return type_of(TypeId::void_);
        case JsonKind::boolean: return type_of(o.primitives_as_string ? TypeId::string : TypeId::boolean);
        case JsonKind::string: return type_of(TypeId::string);
        case JsonKind::number: {
            if (o.primitives_as_string) return type_of(TypeId::string);
            if (j.text.find_first_of(".eENI") != std::string::npos) {
                const auto exact = o.prefers_decimal ? parse_decimal(j.text) : std::nullopt;
                if (!exact || exact->scale < 0) return type_of(TypeId::double_);
                const int places = static_cast<int>(exact->scale),
                          digits = std::max(static_cast<int>(exact->digits.size()), places);
                return digits <= kMaxPrecision ? decimal_type(digits, places) : type_of(TypeId::double_);
            }
            if (parse_whole(j.text, true)) return type_of(TypeId::bigint);
            const int digits = static_cast<int>(j.text.size()) - (j.text[0] == '-' ? 1 : 0);
            return digits <= kMaxPrecision ? decimal_type(digits, 0) : type_of(TypeId::double_);
        }
        case JsonKind::array: {
            DataType element;
            for (const Json& item : j.items) element = merge_inferred(element, infer_json(item, o));
            return array_type(element, true);
        }
        case JsonKind::object: {
            std::vector<Field> fields;
            for (std::size_t i = 0; i < j.items.size(); ++i)
                fields.push_back({j.names[i], infer_json(j.items[i], o), true});
            std::stable_sort(fields.begin(), fields.end(),
                             [](const Field& x, const Field& y) { return x.name < y.name; });
            return struct_type(std::move(fields));
        }
    }
    return {};
}

DataType finish_inferred(const DataType& type) {
    if (type.id == TypeId::void_) return type_of(TypeId::string);
    if (type.id == TypeId::array) return array_type(finish_inferred(element_of(type)), true);
    if (type.id != TypeId::structure) return type;
    std::vector<Field> fields;
    for (const Field& field : *type.fields) {
        if (field.type.id == TypeId::structure && field.type.fields->empty()) continue;
        fields.push_back({field.name, finish_inferred(field.type), true});
    }
    return struct_type(std::move(fields));
}

}  // namespace engine::spark
