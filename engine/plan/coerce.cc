#include "engine/plan/coerce.h"

#include <algorithm>
#include <fmt/format.h>

#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark {

DataType bounded_decimal(int precision, int scale) {
    MR_ASSERT(precision >= 0);
    if (precision <= kMaxPrecision) return decimal_type(precision, scale);
    const int whole = precision - scale;
    const int least = std::min(scale, 6);
    const int kept = std::max(kMaxPrecision - whole, least);
    return decimal_type(kMaxPrecision, kept);
}

DataType decimal_for(const DataType& type) {
    switch (type.id) {
        case TypeId::tinyint: return decimal_type(3, 0);
        case TypeId::smallint: return decimal_type(5, 0);
        case TypeId::integer: return decimal_type(10, 0);
        case TypeId::bigint: return decimal_type(20, 0);
        case TypeId::float_: return decimal_type(14, 7);
        case TypeId::double_: return decimal_type(30, 15);
        case TypeId::decimal: return type;
        default: return decimal_type(38, 18);
    }
}

DataType decimal_for_literal(const ExprRef& e) {
    return is_literal(e) && is_integral(e->type) && !e->value.null ? decimal_type(digits_of(e->value.i), 0)
                                                                   : decimal_for(e->type);
}

ExprRef implicit(const ExprRef& e, const DataType& type, bool ansi) {
    MR_ASSERT(e != nullptr);
    if (same_type(e->type, type)) return e;
    ExprRef cast = cast_to(e, type, ansi, e->at);
    Typing t{.e = const_cast<Expr&>(*cast), .ansi = ansi, .zone = "UTC", .error_class = "", .text = ""};
    ExprRef out = typed(cast, t);
    return edit(out, [&](Expr& c) {
        c.implicit = true;
        c.at = e->at;
    });
}

int number_rank(TypeId id) {
    switch (id) {
        case TypeId::tinyint: return 1;
        case TypeId::smallint: return 2;
        case TypeId::integer: return 3;
        case TypeId::bigint: return 4;
        case TypeId::float_: return 5;
        case TypeId::double_: return 6;
        default: return 0;
    }
}

namespace {

DataType wider_decimal(const DataType& a, const DataType& b) {
    MR_ASSERT(a.id == TypeId::decimal && b.id == TypeId::decimal);
    const int scale = std::max(a.b, b.b);
    const int whole = std::max(a.a - a.b, b.a - b.b);
    return whole + scale > kMaxPrecision
               ? decimal_type(kMaxPrecision, std::min(scale, int{kMaxPrecision} - std::min(whole, int{kMaxPrecision})))
               : decimal_type(whole + scale, scale);
}

bool force_nullable(const DataType& from, const DataType& to) {
    if (from.id == TypeId::void_ || same_type(from, to)) return false;
    if (from.id == TypeId::string) return to.id != TypeId::binary;
    if (to.id == TypeId::string) return false;
    if ((from.id == TypeId::float_ || from.id == TypeId::double_) && to.id == TypeId::timestamp) return true;
    if (from.id == TypeId::timestamp && to.id == TypeId::date) return false;
    if (to.id == TypeId::date) return true;
    if (from.id == TypeId::date) return to.id != TypeId::timestamp;
    if (to.id == TypeId::calendar) return true;
    if (to.id == TypeId::decimal) {
        if (from.id == TypeId::boolean) return to.a - to.b < 1;
        if (from.id != TypeId::decimal && !is_integral(from)) return true;
        const DataType d = decimal_for(from);
        if (from.id == TypeId::decimal && to.a - to.b > d.a - d.b) return false;
        return !(to.a - to.b >= d.a - d.b && to.b >= d.b);
    }
    return is_fractional(from) && is_integral(to);
}

using Merge = std::optional<DataType> (*)(const DataType&, const DataType&, bool);

std::optional<DataType> merge_nested(const DataType& a, const DataType& b, bool ansi, Merge merge) {
    if (a.id != b.id || !is_nested(a) || a.fields->size() != b.fields->size()) return std::nullopt;
    std::vector<Field> fields;
    for (std::size_t i = 0; i < a.fields->size(); ++i) {
        const Field& x = (*a.fields)[i];
        const Field& y = (*b.fields)[i];
        const auto type = merge(x.type, y.type, ansi);
        if (!type || (a.id == TypeId::structure && x.name != y.name)) return std::nullopt;
        // A key that its cast may lose has no common type with another.
        if (a.id == TypeId::map && i == 0 && (force_nullable(x.type, *type) || force_nullable(y.type, *type)))
            return std::nullopt;
        fields.push_back({x.name, *type, x.nullable || y.nullable});
    }
    if (a.id == TypeId::array) return array_type(fields[0].type, fields[0].nullable);
    if (a.id == TypeId::map) return map_type(fields[0].type, fields[1].type, fields[1].nullable);
    return struct_type(std::move(fields));
}

std::optional<DataType> tightest(const DataType& a, const DataType& b, bool) { return tightest_common_type(a, b); }

bool atomic(const DataType& t) { return !is_nested(t) && t.id != TypeId::void_ && t.id != TypeId::calendar; }

}  // namespace

std::optional<DataType> tightest_common_type(const DataType& a, const DataType& b) {
    if (identical_type(a, b)) return a;
    if (a.id == TypeId::void_) return b;
    if (b.id == TypeId::void_) return a;
    if (number_rank(a.id) > 0 && number_rank(b.id) > 0) return number_rank(a.id) > number_rank(b.id) ? a : b;
    if (is_integral(a) && b.id == TypeId::decimal && b.a - b.b >= decimal_for(a).a) return b;
    if (is_integral(b) && a.id == TypeId::decimal && a.a - a.b >= decimal_for(b).a) return a;
    if (is_datetime(a) && is_datetime(b)) {
        if (a.id == TypeId::date) return b;
        if (b.id == TypeId::date) return a;
        return type_of(TypeId::timestamp);
    }
    if (a.id == b.id && is_interval(a)) {
        DataType out = a;
        out.a = std::min(a.a, b.a);
        out.b = std::max(a.b, b.b);
        return out;
    }
    return merge_nested(a, b, false, tightest);
}

std::optional<DataType> wider_type(const DataType& a, const DataType& b, bool ansi) {
    if (ansi && ((a.id == TypeId::float_ && is_integral(b)) || (b.id == TypeId::float_ && is_integral(a))))
        return type_of(TypeId::double_);
    if (const auto common = tightest_common_type(a, b)) return common;
    if (is_numeric(a) && is_numeric(b)) {
        const bool real = number_rank(a.id) >= 5 || number_rank(b.id) >= 5;
        return real ? type_of(TypeId::double_) : wider_decimal(decimal_for(a), decimal_for(b));
    }
    if (a.id == TypeId::string || b.id == TypeId::string) {
        const DataType& other = a.id == TypeId::string ? b : a;
        if (!ansi) {
            if (atomic(other) && other.id != TypeId::binary && other.id != TypeId::boolean)
                return type_of(TypeId::string);
        } else if (atomic(other)) {
            if (is_integral(other)) return type_of(TypeId::bigint);
            if (is_numeric(other)) return type_of(TypeId::double_);
            return other;
        }
        return std::nullopt;
    }
    return merge_nested(a, b, ansi, wider_type);
}

std::optional<DataType> wider_type_of(const Exprs& args, std::size_t from, bool ansi) {
    MR_ASSERT(from <= args.size());
    if (from >= args.size()) return type_of(TypeId::void_);
    // Strings come first, except with ANSI, which takes the arguments in their order.
    std::optional<DataType> out = args[from]->type;
    bool strings = false;
    for (std::size_t i = from; !ansi && i < args.size(); ++i) strings = strings || args[i]->type.id == TypeId::string;
    if (strings) {
        out = type_of(TypeId::void_);
        for (int pass = 0; pass < 2 && out; ++pass)
            for (std::size_t i = from; i < args.size() && out; ++i)
                if ((args[i]->type.id == TypeId::string) == (pass == 0)) out = wider_type(*out, args[i]->type, ansi);
        return out;
    }
    for (std::size_t i = from + 1; i < args.size() && out; ++i) out = wider_type(*out, args[i]->type, ansi);
    return out;
}

bool accepts(char code, const DataType& type) {
    switch (code) {
        case 'x': return true;
        case 'Z': return type.id == TypeId::boolean;
        case 'Y': return type.id == TypeId::tinyint;
        case 'H': return type.id == TypeId::smallint;
        case 'I': return type.id == TypeId::integer;
        case 'L': return type.id == TypeId::bigint;
        case 'F': return type.id == TypeId::float_;
        case 'D': return type.id == TypeId::double_;
        case 'N': return type.id == TypeId::decimal;
        case 'S': return type.id == TypeId::string;
        case 'B': return type.id == TypeId::binary;
        case 'd': return type.id == TypeId::date;
        case 't': return type.id == TypeId::timestamp;
        case 'U': return type.id == TypeId::timestamp_ntz;
        case 'T': return type.id == TypeId::timestamp || type.id == TypeId::timestamp_ntz;
        case 'n': return is_numeric(type);
        case 'i': return is_integral(type);
        case 'A': return type.id == TypeId::array;
        case 'M': return type.id == TypeId::map;
        case 'P': return type.id == TypeId::structure;
        case 'c': return type.id == TypeId::calendar;
        case 'v': return type.id == TypeId::day_time;
        case 'm': return type.id == TypeId::year_month;
        default: break;
    }
    MR_ASSERT(false);
    return false;
}

namespace {

struct CodeName {
    char code;
    const char* name;
    TypeId id;
};

constexpr CodeName kCodes[] = {
    {'Z', "\"BOOLEAN\"", TypeId::boolean},
    {'Y', "\"TINYINT\"", TypeId::tinyint},
    {'H', "\"SMALLINT\"", TypeId::smallint},
    {'I', "\"INT\"", TypeId::integer},
    {'L', "\"BIGINT\"", TypeId::bigint},
    {'F', "\"FLOAT\"", TypeId::float_},
    {'D', "\"DOUBLE\"", TypeId::double_},
    {'N', "\"DECIMAL\"", TypeId::decimal},
    {'S', "\"STRING\"", TypeId::string},
    {'B', "\"BINARY\"", TypeId::binary},
    {'d', "\"DATE\"", TypeId::date},
    {'t', "\"TIMESTAMP\"", TypeId::timestamp},
    {'U', "\"TIMESTAMP_NTZ\"", TypeId::timestamp_ntz},
    {'T', "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"", TypeId::timestamp},
    {'n', "\"NUMERIC\"", TypeId::double_},
    {'i', "\"INTEGRAL\"", TypeId::integer},
    {'A', "\"ARRAY\"", TypeId::array},
    {'M', "\"MAP\"", TypeId::map},
    {'P', "\"STRUCT\"", TypeId::structure},
    {'c', "\"INTERVAL\"", TypeId::calendar},
    {'v', "\"INTERVAL DAY TO SECOND\"", TypeId::day_time},
    {'m', "\"INTERVAL YEAR TO MONTH\"", TypeId::year_month},
    {'x', "\"ANY\"", TypeId::void_},
};

const CodeName& code_of(char code) {
    for (const CodeName& row : kCodes)
        if (row.code == code) return row;
    MR_ASSERT(false);
    return kCodes[0];
}

/// What a value of `type` becomes where `code` is asked for; none = no implicit conversion.
std::optional<DataType> implied(const DataType& type, char code, bool ansi) {
    if (accepts(code, type)) return type;
    const TypeId target = code_of(code).id;
    if (type.id == TypeId::void_) {
        if (code == 'A') return array_type({}, true);
        if (code == 'M') return map_type({}, {}, true);
        if (code == 'P') return struct_type({});
        if (code == 'N') return decimal_type(10, 0);
        if (code == 'v') return day_time_type(0, 3);
        if (code == 'm') return year_month_type(0, 1);
        return type_of(target);
    }
    if (is_numeric(type) && code == 'N') return decimal_for(type);
    if (is_numeric(type) && number_rank(target) > 0 && code != 'i' && code != 'n')
        return type_of(target);
    if (type.id == TypeId::date && (code == 't' || code == 'T')) return type_of(TypeId::timestamp);
    if (type.id == TypeId::date && code == 'U') return type_of(TypeId::timestamp_ntz);
    if ((type.id == TypeId::timestamp || type.id == TypeId::timestamp_ntz) && code == 'd') return type_of(target);
    if (type.id == TypeId::timestamp_ntz && code == 't') return type_of(target);
    if (type.id == TypeId::timestamp && code == 'U') return type_of(target);
    if (type.id == TypeId::string) {
        if (code == 'N') return decimal_type(38, 18);
        if (code == 'n') return type_of(TypeId::double_);
        if (code == 'i') return ansi ? std::optional(type_of(TypeId::bigint)) : std::nullopt;
        if (number_rank(target) > 0 || code == 'd' || code == 't' || code == 'T' || code == 'U' || code == 'B')
            return type_of(target);
        if (code == 'Z' && ansi) return type_of(target);
        return std::nullopt;
    }
    if (code == 'S' && atomic(type))
        return ansi && type.id == TypeId::binary ? std::nullopt : std::optional(type_of(TypeId::string));
    return std::nullopt;
}

}  // namespace

bool coerce_to(ExprRef& e, std::string_view codes, bool ansi) {
    MR_ASSERT(e != nullptr);
    for (const char code : codes)
        if (code != '|' && accepts(code, e->type)) return true;
    for (const char code : codes) {
        if (code == '|') continue;
        const auto type = implied(e->type, code, ansi);
        if (!type) continue;
        e = implicit(e, *type, ansi);
        return true;
    }
    return false;
}

std::string code_names(std::string_view codes) {
    std::vector<std::string> names;
    for (const char code : codes)
        if (code != '|') names.emplace_back(code_of(code).name);
    if (names.size() == 1) return names[0];
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : " or ") + name;
    return "(" + out + ")";
}

std::vector<std::string> argument_codes(const FunctionInfo& fn, std::size_t count) {
    MR_ASSERT(fn.args != nullptr);
    std::vector<std::string> out;
    std::string_view rest = fn.args;
    std::string last;
    while (!rest.empty() && out.size() < count) {
        const std::size_t comma = rest.find(',');
        std::string_view one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        const bool many = one.back() == '*' || one.back() == '+';
        const std::size_t end = one.find_first_of("?=*+");
        last = std::string(one.substr(0, end));
        out.push_back(last);
        while (many && out.size() < count) out.push_back(last);
    }
    while (out.size() < count) out.push_back("x");
    return out;
}

namespace {

/// `first`, `second` parameters by position, as 3.5 numbers them.
bool refuse_type(Typing& t, std::size_t position, std::string_view codes) {
    const ExprRef& arg = t.e.args[position];
    return t.refuse("UNEXPECTED_INPUT_TYPE",
                    fmt::format("Parameter {} requires the {} type, however \"{}\" has the type \"{}\".", position + 1,
                                code_names(codes), pretty(arg), sql_name(arg->type)));
}

}  // namespace

bool Typing::refuse(std::string sub_class, std::string why) {
    MR_ASSERT(!sub_class.empty());
    if (error_class.empty()) {
        error_class = "DATATYPE_MISMATCH." + sub_class;
        text = std::move(why);
    }
    return false;
}

bool coerce_arguments(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    const auto codes = argument_codes(*t.e.fn, t.e.args.size());
    bool ok = true;
    for (std::size_t i = 0; i < t.e.args.size(); ++i) {
        std::string_view code = codes[i];
        const bool as_it_is = code.ends_with('!') && t.e.args[i]->type.id != TypeId::void_;
        if (code.ends_with('!')) code.remove_suffix(1);
        const auto taken = [&](char c) { return c != '|' && accepts(c, t.e.args[i]->type); };
        if (code == "x" || (as_it_is ? std::ranges::any_of(code, taken) : coerce_to(t.e.args[i], code, t.ansi)))
            continue;
        ok = refuse_type(t, i, code);
    }
    return ok;
}

bool type_as_first(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!coerce_arguments(t)) return false;
    t.e.type = t.e.args[0]->type;
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

namespace {

DataType result_of(const Typing& t, std::string_view result) {
    if (result[0] == '=') return t.e.args[static_cast<std::size_t>(result[1] - '0')]->type;
    if (result[0] == 'a' && result.size() > 1) return array_type(type_of(code_of(result[1]).id), result.size() > 2);
    if (result[0] == 'v') return day_time_type(0, 3);
    if (result[0] == 'm') return year_month_type(0, 1);
    return type_of(code_of(result[0]).id);
}

void default_nullability(Expr& e) {
    MR_ASSERT(e.fn != nullptr);
    switch (e.fn->nulls) {
        case NullRule::strict: case NullRule::any: e.nullable = nullable_by_args(e.args); break;
        case NullRule::strict_null: case NullRule::sees: e.nullable = true; break;
        case NullRule::never: e.nullable = false; break;
    }
}

bool can_cast(const DataType& from, const DataType& to, bool ansi);

bool can_cast_plain(const DataType& from, const DataType& to, bool ansi) {
    const bool number_from = is_numeric(from), number_to = is_numeric(to);
    switch (to.id) {
        case TypeId::void_: return false;
        case TypeId::boolean:
            return number_from || from.id == TypeId::string || (from.id == TypeId::date && !ansi) ||
                   (from.id == TypeId::timestamp && !ansi);
        case TypeId::binary: return from.id == TypeId::string || (is_integral(from) && !ansi);
        case TypeId::date:
            return from.id == TypeId::string || from.id == TypeId::timestamp || from.id == TypeId::timestamp_ntz;
        case TypeId::timestamp: case TypeId::timestamp_ntz:
            if (from.id == TypeId::string || is_datetime(from)) return true;
            return to.id == TypeId::timestamp && (number_from || (from.id == TypeId::boolean && !ansi));
        case TypeId::calendar: return from.id == TypeId::string;
        case TypeId::year_month:
        case TypeId::day_time: return from.id == TypeId::string || from.id == to.id || is_integral(from);
        default: break;
    }
    if (number_to) {
        if (number_from || from.id == TypeId::boolean || from.id == TypeId::string) return true;
        if (from.id == TypeId::timestamp) return true;
        if (from.id == TypeId::date) return !ansi;
        return is_interval(from) && (is_integral(to) || to.id == TypeId::decimal);
    }
    return false;
}

bool can_cast(const DataType& from, const DataType& to, bool ansi) {
    if (same_type(from, to) || from.id == TypeId::void_ || to.id == TypeId::string) return true;
    if (is_nested(from) || is_nested(to)) {
        if (from.id != to.id || from.fields->size() != to.fields->size()) return false;
        for (std::size_t i = 0; i < from.fields->size(); ++i)
            if (!can_cast((*from.fields)[i].type, (*to.fields)[i].type, ansi)) return false;
        return from.id != TypeId::map || ansi || !force_nullable(key_of(from), key_of(to));
    }
    return can_cast_plain(from, to, ansi);
}

bool type_cast(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& from = t.e.args[0]->type;
    // ANSI fails at a key that cannot be cast; a null in its place is never let through.
    const bool loses_keys = t.e.is_try && from.id == TypeId::map && !can_cast(from, t.e.type, false);
    if (loses_keys || !can_cast(from, t.e.type, t.ansi || t.e.is_try)) {
        const std::string what = fmt::format("cannot cast \"{}\" to \"{}\"", sql_name(from), sql_name(t.e.type));
        const char* instead = is_numeric(from) && t.e.type.id == TypeId::date   ? "DATE_FROM_UNIX_DATE"
                              : from.id == TypeId::date && is_numeric(t.e.type) ? "UNIX_DATE"
                                                                                : nullptr;
        if ((t.ansi || t.e.is_try) && instead)
            return t.refuse(
                "CAST_WITH_FUNC_SUGGESTION",
                what +
                    fmt::format(".\nTo convert values from \"{}\" to \"{}\", you can use the functions `{}` instead.",
                                sql_name(from), sql_name(t.e.type), instead));
        if (t.ansi && !t.e.is_try && can_cast(from, t.e.type, false))
            return t.refuse("CAST_WITH_CONF_SUGGESTION",
                            what + fmt::format(" with ANSI mode on.\nIf you have to cast \"{}\" to \"{}\", you can set "
                                               "\"spark.sql.ansi.enabled\" as 'false'.",
                                               sql_name(from), sql_name(t.e.type)));
        return t.refuse("CAST_WITHOUT_SUGGESTION", what + ".");
    }
    t.e.nullable = t.e.args[0]->nullable || t.e.is_try || force_nullable(from, t.e.type);
    // Elements that a cast may lose become nullable; keys may not.
    if (is_nested(from) && from.id == t.e.type.id) {
        std::vector<Field> fields = *t.e.type.fields;
        for (std::size_t i = 0; i < fields.size(); ++i)
            fields[i].nullable = fields[i].nullable || force_nullable((*from.fields)[i].type, fields[i].type);
    }
    return true;
}

bool type_case(Typing& t) {
    Exprs& a = t.e.args;
    Exprs values;
    std::vector<std::size_t> places;
    for (std::size_t i = 1; i < a.size(); i += 2) values.push_back(a[i]), places.push_back(i);
    const bool has_else = a.size() % 2 == 1;
    if (has_else) values.push_back(a.back()), places.push_back(a.size() - 1);
    const auto type = wider_type_of(values, 0, t.ansi);
    if (!type) {
        std::string types;
        for (const ExprRef& v : values)
            types += (types.empty() ? "" : ", ") + std::string("\"") + sql_name(v->type) + "\"";
        return t.refuse("DATA_DIFF_TYPES",
                        fmt::format("Input to `casewhen` should all be the same type, but it's [{}].", types));
    }
    bool nullable = !has_else;
    for (const std::size_t i : places) {
        a[i] = implicit(a[i], *type, t.ansi);
        nullable = nullable || a[i]->nullable;
    }
    for (std::size_t i = 0; i + 1 < a.size(); i += 2) {
        if (a[i]->type.id == TypeId::boolean) continue;
        if (a[i]->type.id == TypeId::void_ && t.e.is_try) a[i] = implicit(a[i], type_of(TypeId::boolean), t.ansi);
        else
            return t.refuse(
                "UNEXPECTED_INPUT_TYPE",
                fmt::format("Parameter {} requires the \"BOOLEAN\" type, however \"{}\" has the type \"{}\".",
                            i / 2 + 1, pretty(a[i]), sql_name(a[i]->type)));
    }
    t.e.type = *type;
    t.e.nullable = nullable;
    return true;
}

bool type_call(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!t.e.fn) return false;
    if (t.e.fn->typing) return t.e.fn->typing(t);
    if (!coerce_arguments(t)) return false;
    t.e.type = result_of(t, t.e.fn->result);
    default_nullability(t.e);
    return true;
}

bool type_field(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& base = t.e.args[0]->type;
    if (base.id == TypeId::structure) {
        const Field& field = (*base.fields)[static_cast<std::size_t>(t.e.n)];
        t.e.type = field.type;
        t.e.nullable = t.e.args[0]->nullable || field.nullable;
        return true;
    }
    const Field& field = (*element_of(base).fields)[static_cast<std::size_t>(t.e.n)];
    t.e.type = array_type(field.type, element_nullable(base) || field.nullable);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

}  // namespace

ExprRef typed(const ExprRef& e, Typing& outer) {
    MR_ASSERT(e != nullptr);
    for (const ExprRef& arg : e->args)
        if (!arg->resolved) return e;
    Expr copy = *e;
    Typing t{.e = copy, .ansi = outer.ansi, .zone = outer.zone, .error_class = "", .text = ""};
    bool ok = false;
    switch (e->kind) {
        case ExprKind::call: ok = type_call(t); break;
        case ExprKind::cast: ok = type_cast(t); break;
        case ExprKind::case_when: ok = type_case(t); break;
        case ExprKind::field: ok = type_field(t); break;
        case ExprKind::alias: case ExprKind::multi_alias: case ExprKind::sort_order: case ExprKind::outer:
            copy.type = copy.args[0]->type;
            copy.nullable = copy.args[0]->nullable;
            if (e->kind == ExprKind::alias) copy.watermark_ms = copy.args[0]->watermark_ms;
            ok = true;
            break;
        case ExprKind::window: case ExprKind::aggregate:
            copy.type = copy.args[0]->type;
            copy.nullable = copy.args[0]->nullable;
            ok = true;
            break;
        case ExprKind::window_spec: ok = true; break;
        default: return e;
    }
    if (!ok) {
        outer.error_class = t.error_class;
        outer.text = t.text;
        // The refusal shows what coercion made of the arguments so far.
        copy.resolved = false;
        return make(std::move(copy));
    }
    // What coercion put in stands where the call stands.
    for (std::size_t i = 0; i < copy.args.size(); ++i) {
        const ExprRef& arg = copy.args[i];
        const bool fresh = arg->kind == ExprKind::cast && arg->implicit && (i >= e->args.size() || arg != e->args[i]);
        if (fresh && copy.at.line != 0) copy.args[i] = edit(arg, [&](Expr& x) { x.at = copy.at; });
    }
    copy.resolved = true;
    return make(std::move(copy));
}

bool type_same_arguments(Typing& t) {
    const auto type = wider_type_of(t.e.args, 0, t.ansi);
    if (!type) {
        const bool list = t.e.name == "greatest" || t.e.name == "least";
        std::string types;
        for (const ExprRef& a : t.e.args)
            types += (types.empty() ? "" : list ? ", " : " or ") + std::string("\"") + sql_name(a->type) + "\"";
        return t.refuse("DATA_DIFF_TYPES", fmt::format("Input to `{}` should all be the same type, but it's {}{}{}.",
                                                       t.e.name, list ? "[" : "(", types, list ? "]" : ")"));
    }
    for (ExprRef& arg : t.e.args) arg = implicit(arg, *type, t.ansi);
    t.e.type = *type;
    default_nullability(t.e);
    return true;
}

bool nullable_by_args(const Exprs& args) {
    return std::any_of(args.begin(), args.end(), [](const ExprRef& a) { return a->nullable; });
}

bool timestamp_like(const DataType& type) { return type.id == TypeId::timestamp || type.id == TypeId::timestamp_ntz; }

}  // namespace engine::spark
