// Text in other forms: number formats, printf, base64, hex, digests, character sets, URLs, sentences.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <expected>
#include <utility>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/digests.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/plan/utf8.h"
#include "engine/sql/decimal.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::optional<DecimalText> number_text(const Value& v, const DataType& type) {
    switch (physical_of(type)) {
        case Physical::reals: return decimal_of_double(v.d);
        case Physical::decimals: return parse_decimal(decimal_text(v.dec, type.b, true));
        default: return parse_decimal(std::to_string(v.i));
    }
}

std::string grouped(std::string digits, std::size_t size) {
    if (size > 0)
        for (std::size_t i = digits.size(); i > size; i -= size) digits.insert(i - size, ",");
    return digits;
}

/// Plain digits with `least`..`most` places, ties to even, as java.text.DecimalFormat.
std::string fixed(const DecimalText& number, int least, int most, std::size_t whole_digits, std::size_t group) {
    MR_ASSERT(least >= 0 && least <= most);
    DecimalText positive = number;
    positive.negative = false;
    const i128 v = to_unscaled(positive, most, Rounding::half_even).value_or(0);
    std::string digits = int128_text(v);
    if (digits.size() < static_cast<std::size_t>(most) + 1)
        digits.insert(0, static_cast<std::size_t>(most) + 1 - digits.size(), '0');
    std::string whole = digits.substr(0, digits.size() - static_cast<std::size_t>(most)),
                part = digits.substr(digits.size() - static_cast<std::size_t>(most));
    while (static_cast<int>(part.size()) > least && part.back() == '0') part.pop_back();
    if (whole == "0" && whole_digits == 0) whole.clear();
    if (whole.size() < whole_digits) whole.insert(0, whole_digits - whole.size(), '0');
    return (number.negative ? "-" : "") + grouped(whole, group) + (part.empty() ? "" : "." + part);
}

Value format_number(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const auto number = number_text(c.args[0], c.type(0));
    if (!number)
        return string_value(std::isnan(c.args[0].d) ? "\xEF\xBF\xBD"
                            : c.args[0].d < 0       ? "-\xE2\x88\x9E"
                                                    : "\xE2\x88\x9E");
    if (c.type(1).id != TypeId::string) {
        if (c.args[1].i < 0) return null_value();
        return string_value(
            fixed(*number, static_cast<int>(c.args[1].i), static_cast<int>(std::min<i64>(c.args[1].i, 30)), 1, 3));
    }
    const std::string& pattern = c.text(1);
    const std::size_t first = pattern.find_first_of("#0,."), last = pattern.find_last_of("#0,.");
    if (first == std::string::npos) return string_value(pattern + fixed(*number, 0, 0, 1, 0));
    const std::string body = pattern.substr(first, last - first + 1);
    const std::size_t point = body.find('.');
    const std::string whole = body.substr(0, point), part = point == std::string::npos ? "" : body.substr(point + 1);
    const std::size_t comma = whole.rfind(',');
    const auto zeros = [](const std::string& s) {
        return static_cast<std::size_t>(std::count(s.begin(), s.end(), '0'));
    };
    return string_value(pattern.substr(0, first) +
                        fixed(*number, static_cast<int>(zeros(part)), static_cast<int>(part.size()), zeros(whole),
                              comma == std::string::npos ? 0 : whole.size() - comma - 1) +
                        pattern.substr(last + 1));
}

bool type_format_number(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_to(t.e.args[0], "n", t.ansi) || !coerce_to(t.e.args[1], "I|S", t.ansi)) return coerce_arguments(t);
    t.e.type = type_of(TypeId::string);
    t.e.nullable = true;
    return true;
}

// printf

struct Spec {
    std::string flags;
    i64 width = -1;
    i64 precision = -1;
    char kind = 's';
    std::size_t index = 0;
};

bool has(const Spec& s, char flag) { return s.flags.find(flag) != std::string::npos; }

std::string padded(const Spec& s, std::string body) {
    const i64 n = length_of(body);
    if (s.width <= n) return body;
    const std::string fill(static_cast<std::size_t>(s.width - n), ' ');
    return has(s, '-') ? body + fill : fill + body;
}

std::string signed_number(const Spec& s, bool negative, std::string digits) {
    std::string sign = negative ? (has(s, '(') ? "(" : "-") : has(s, '+') ? "+" : has(s, ' ') ? " " : "";
    const std::string tail = negative && has(s, '(') ? ")" : "";
    if (has(s, '0') && s.width > static_cast<i64>(sign.size() + digits.size() + tail.size()))
        digits.insert(0, static_cast<std::size_t>(s.width) - sign.size() - digits.size() - tail.size(), '0');
    return padded(s, sign + digits + tail);
}

void bad_format(const Call& c, const Spec& s, const DataType& type) {
    const char* java = type.id == TypeId::decimal   ? "org.apache.spark.sql.types.Decimal"
                       : type.id == TypeId::string  ? "org.apache.spark.unsafe.types.UTF8String"
                       : type.id == TypeId::double_ ? "java.lang.Double"
                       : type.id == TypeId::integer ? "java.lang.Integer"
                       : type.id == TypeId::bigint  ? "java.lang.Long"
                       : type.id == TypeId::boolean ? "java.lang.Boolean"
                                                    : "java.lang.Object";
    QueryError error{"IllegalArgumentException", "java.util.IllegalFormatConversionException", "", "",
                     fmt::format("{} != {}", s.kind, java)};
    c.cx.failure.set(std::move(error));
}

/// What String.format makes of one of Spark's own objects: a map lists its keys and its values.
std::string java_text(const Value& v, const DataType& type, const std::string& zone) {
    if (type.id != TypeId::map) return display(v, type, zone);
    std::string keys, values;
    const Values& items = items_of(v);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        keys += (i > 0 ? ", " : "") + display(items[i], key_of(type), zone);
        values += (i > 0 ? ", " : "") + (items[i + 1].null ? "null" : display(items[i + 1], value_of(type), zone));
    }
    return "keys: [" + keys + "], values: [" + values + "]";
}

std::string format_one(const Call& c, const Spec& s, const Value& v, const DataType& type) {
    const char kind = static_cast<char>(s.kind | 32);
    const bool caps = kind != s.kind;
    std::string out;
    if (v.null && kind != 'b') return padded(s, caps ? "NULL" : "null");
    switch (kind) {
        case 's': {
            out = java_text(v, type, c.cx.clock.zone);
            if (s.precision >= 0) out = std::string(points(out, 0, s.precision));
            return padded(s, caps ? to_upper(out) : out);
        }
        case 'b': return padded(s, v.null ? "false" : type.id == TypeId::boolean && v.i == 0 ? "false" : "true");
        case 'd': {
            if (!is_integral(type)) return bad_format(c, s, type), "";
            const std::string digits = std::to_string(v.i);
            const bool negative = digits[0] == '-';
            const std::string body = negative ? digits.substr(1) : digits;
            return signed_number(s, negative, has(s, ',') ? grouped(body, 3) : body);
        }
        case 'x': case 'o': {
            if (!is_integral(type)) return bad_format(c, s, type), "";
            const u64 bits = type.id == TypeId::bigint ? static_cast<u64>(v.i) : static_cast<u32>(v.i);
            out = kind == 'x' ? fmt::format("{:x}", bits) : fmt::format("{:o}", bits);
            if (has(s, '0') && s.width > static_cast<i64>(out.size()))
                out.insert(0, static_cast<std::size_t>(s.width) - out.size(), '0');
            return padded(s, caps ? to_upper(out) : out);
        }
        case 'c': {
            if (!is_integral(type)) return bad_format(c, s, type), "";
            append_point(out, type.id == TypeId::string ? 0 : static_cast<u32>(v.i));
            return padded(s, out);
        }
        case 'f': case 'e': case 'g': {
            if (type.id != TypeId::double_ && type.id != TypeId::float_) return bad_format(c, s, type), "";
            if (std::isnan(v.d) || std::isinf(v.d))
                return padded(s, std::isnan(v.d) ? "NaN" : v.d < 0 ? "-Infinity" : "Infinity");
            const int places = s.precision < 0 ? 6 : static_cast<int>(s.precision);
            if (kind == 'f') {
                auto number = *decimal_of_double(v.d);
                const bool negative = number.negative;
                number.negative = false;
                const auto unscaled = to_unscaled(number, std::min(places, 30), Rounding::half_up);
                std::string body = unscaled ? decimal_text(*unscaled, std::min(places, 30), true)
                                            : fmt::format("{:.{}f}", std::fabs(v.d), places);
                if (has(s, ',')) {
                    const std::size_t point = body.find('.');
                    body = grouped(body.substr(0, point), 3) + (point == std::string::npos ? "" : body.substr(point));
                }
                return signed_number(s, negative, body);
            }
            out = fmt::format("{:.{}e}", std::fabs(v.d), places);
            return signed_number(s, v.d < 0, caps ? to_upper(out) : out);
        }
        default: break;
    }
    QueryError error{"IllegalArgumentException", "java.util.UnknownFormatConversionException", "", "",
                     fmt::format("Conversion = '{}'", s.kind)};
    c.cx.failure.set(std::move(error));
    return "";
}

Value format_string(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args[0].null) return null_value();
    const std::string& f = c.text(0);
    std::string out;
    std::size_t next = 1;
    for (std::size_t i = 0; i < f.size() && c.cx.ok(); ++i) {
        if (f[i] != '%') {
            out += f[i];
            continue;
        }
        Spec s;
        ++i;
        std::size_t digits = i;
        while (digits < f.size() && is_digit(static_cast<u8>(f[digits]))) ++digits;
        if (digits < f.size() && f[digits] == '$' && digits > i) {
            s.index = static_cast<std::size_t>(std::stoul(f.substr(i, digits - i)));
            i = digits + 1;
        }
        while (i < f.size() && std::string_view("-#+ 0,(").find(f[i]) != std::string_view::npos) s.flags += f[i++];
        const auto number = [&]() -> i64 {
            i64 v = -1;
            while (i < f.size() && is_digit(static_cast<u8>(f[i])) && v < 100000)
                v = (v < 0 ? 0 : v * 10) + (f[i++] - '0');
            return v;
        };
        s.width = number();
        if (i < f.size() && f[i] == '.') {
            ++i;
            s.precision = number();
        }
        if (i >= f.size()) break;
        s.kind = f[i];
        if (s.kind == '%') {
            out += padded(s, "%");
            continue;
        }
        if (s.kind == 'n') {
            out += '\n';
            continue;
        }
        const std::size_t at = s.index > 0 ? s.index : next++;
        if (at >= c.args.size()) {
            QueryError error{"IllegalArgumentException", "java.util.MissingFormatArgumentException", "", "",
                             "Format specifier '%" + std::string(1, s.kind) + "'"};
            c.cx.failure.set(std::move(error));
            break;
        }
        out += format_one(c, s, c.args[at], c.type(at));
    }
    return string_value(out);
}

bool type_format_string(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!coerce_to(t.e.args[0], "S", t.ansi)) return coerce_arguments(t);
    t.e.type = type_of(TypeId::string);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

// base64, hex, digests

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static_assert(sizeof(kBase64) == 65);

std::string to_base64(std::string_view s) {
    std::string out;
    for (std::size_t i = 0; i < s.size(); i += 3) {
        const u32 n = std::min<u32>(3, static_cast<u32>(s.size() - i));
        u32 v = 0;
        for (u32 k = 0; k < 3; ++k) v = v << 8 | (k < n ? static_cast<u8>(s[i + k]) : 0);
        for (u32 k = 0; k < 4; ++k) out += k <= n ? kBase64[(v >> (18 - 6 * k)) & 63] : '=';
    }
    return out;
}

/// The bytes of base64 text, or what java.util.Base64's MIME decoder says of it.
std::expected<std::string, std::string> from_base64(std::string_view s) {
    std::string out;
    u32 v = 0, bits = 0, digits = 0;
    std::size_t at = 0;
    while (at < s.size() && s[at] != '=') {
        const char* digit = std::find(std::begin(kBase64), std::end(kBase64) - 1, s[at++]);
        if (digit == std::end(kBase64) - 1) continue;
        v = v << 6 | static_cast<u32>(digit - kBase64);
        bits += 6, ++digits;
        if (bits >= 8) out += static_cast<char>(v >> (bits -= 8));
    }
    MR_ASSERT(at == s.size() || s[at] == '=');
    if (at < s.size() && (digits % 4 == 0 || (digits % 4 == 2 && (at + 1 == s.size() || s[at + 1] != '='))))
        return std::unexpected("Input byte array has wrong 4-byte ending unit");
    if (digits % 4 == 1) return std::unexpected("Last unit does not have enough valid bits");
    return out;
}

Value base64(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(to_base64(c.text(0)));
}
Value unbase64(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const auto bytes = from_base64(c.text(0));
    if (bytes) return string_value(*bytes);
    c.cx.failure.set(illegal_argument(bytes.error()));
    return null_value();
}

Value hex(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (physical_of(c.type(0)) == Physical::strings) return string_value(hex_upper(c.text(0)));
    return string_value(fmt::format("{:X}", static_cast<u64>(c.args[0].i)));
}

Value unhex(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const auto out = unhexed(c.text(0));
    return out ? string_value(*out) : null_value();
}

Value md5_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(hex_lower(md5(c.text(0))));
}
Value sha1_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(hex_lower(sha1(c.text(0))));
}
Value crc32_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(crc32(c.text(0)));
}

Value sha2_(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const std::string out = sha2(c.text(0), c.args[1].i);
    return out.empty() ? null_value() : string_value(hex_lower(out));
}

// to_number: digits, group and decimal separators, currency and sign as the format says.

struct NumberFormat {
    int whole = 0, part = 0;
};

NumberFormat number_format(const std::string& f) {
    NumberFormat out;
    bool point = false;
    for (const char ch : f) {
        if (ch == '.' || ch == 'D') point = true;
        else if (ch == '9' || ch == '0') ++(point ? out.part : out.whole);
    }
    return out;
}

/// Whether the parts of a format stand in their order: sign, currency, digits, point, digits, currency, sign.
bool parts_in_order(std::string_view f) {
    const auto take = [&f](std::string_view part) {
        if (!f.starts_with(part)) return false;
        f.remove_prefix(part.size());
        return true;
    };
    const auto skip = [&f](std::string_view any) {
        const std::size_t n = std::min(f.find_first_not_of(any), f.size());
        f.remove_prefix(n);
    };
    (void)(take("MI") || take("S"));
    take("$");
    skip("09G,");
    (void)(take(".") || take("D"));
    skip("09");
    take("$");
    (void)(take("PR") || take("MI") || take("S"));
    return f.empty();
}

/// Every separator of thousands has digits on both sides.
bool separators_apart(std::string_view f) {
    const auto digit = [&f](std::size_t i) { return i < f.size() && (f[i] == '0' || f[i] == '9'); };
    for (std::size_t i = 0; i < f.size(); ++i)
        if ((f[i] == ',' || f[i] == 'G') && (i == 0 || !digit(i - 1) || !digit(i + 1))) return false;
    return true;
}

/// What Spark's ToNumberParser asks of a format. False = refused.
bool number_format_stands(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    ExprRef format = t.e.args[1];
    while (format->kind == ExprKind::cast) format = format->args[0];
    if (is_literal(format) && format->value.null) return true;  // of nothing comes nothing
    if (!is_literal(t.e.args[1]))
        return t.refuse("NON_FOLDABLE_INPUT",
                        "the input `format` should be a foldable \"STRING\" expression; however, got \"" +
                            pretty(t.e.args[1]) + "\".");
    std::string f = t.e.args[1]->value.s;
    for (char& ch : f)
        if (ch >= 'a' && ch <= 'z') ch = static_cast<char>(ch - 32);
    const auto refused = [&](const char* why, const char* text) {
        t.error_class = std::string("INVALID_FORMAT.") + why;
        t.text = fmt::format("The format is invalid: '{}'. {}", f, text);
        return false;
    };
    if (f.empty()) return refused("EMPTY", "The number format string cannot be empty.");
    if (f.find_first_of("09") == std::string::npos)
        return refused("WRONG_NUM_DIGIT", "The format string requires at least one number digit.");
    if (const auto dollar = f.find('$'); dollar != std::string::npos && f.find_first_of("09") < dollar)
        return refused("CUR_MUST_BEFORE_DIGIT", "Currency characters must appear before digits in the number format.");
    if (std::ranges::count(f, 'S') > 1)
        return refused("WRONG_NUM_TOKEN", "At most one S is allowed in the number format.");
    if (!separators_apart(f))
        return refused("CONT_THOUSANDS_SEPS",
                       "Thousands separators (, or G) must have digits in between them in the number format.");
    if (!parts_in_order(f))
        return refused("UNEXPECTED_TOKEN",
                       "Found the unexpected digit sequence in the format string; the structure of the format string "
                       "must match: `[MI|S]` `[$]` `[0|9|G|,]*` `[.|D]` `[0|9]*` `[$]` `[PR|MI|S]`.");
    return true;
}

bool type_to_char(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t) || !number_format_stands(t)) return false;
    t.e.type = type_of(TypeId::string);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_to_number(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t) || !number_format_stands(t)) return false;
    const NumberFormat f = number_format(t.e.args[1]->value.s);
    t.e.type = decimal_type(std::max(1, f.whole + f.part), f.part);
    t.e.nullable = t.e.args[0]->nullable || std::string_view(t.e.fn->name) == "try_to_number";
    return true;
}

/// How many separators of a format stand among so many digits before the point.
std::ptrdiff_t separators_reached(std::string_view f, std::size_t digits) {
    f = f.substr(0, std::min(f.find_first_of(".D"), f.size()));
    std::ptrdiff_t out = 0, waiting = 0;
    std::size_t places = 0;
    for (std::size_t i = f.size(); i-- > 0 && places < digits;) {
        if (f[i] == ',' || f[i] == 'G') ++waiting;
        if (f[i] != '9' && f[i] != '0') continue;
        ++places;
        out += std::exchange(waiting, 0);
    }
    return out;
}

Value to_number(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    std::string digits;
    std::string_view s = sim::trim_controls(c.text(0));
    const std::string& f = c.text(1);
    bool bad = false, negative = false, priced = false;
    std::ptrdiff_t separators = 0;
    for (const char ch : s) {
        if (is_digit(static_cast<u8>(ch)) || ch == '.') digits += ch;
        else if (ch == '-' && (f.find('S') != std::string::npos || f.find("MI") != std::string::npos)) negative = true;
        else if (ch == '+' && f.find('S') != std::string::npos) continue;
        else if (ch == '<' && f.find("PR") != std::string::npos) negative = true;
        else if (ch == '>' && negative) continue;
        else if (ch == ',' && f.find_first_of(",G") != std::string::npos) ++separators;
        else if (ch == '$' && f.find('$') != std::string::npos) priced = true;
        else if (ch == ' ') continue;
        else bad = true;
    }
    const auto number = parse_decimal(digits);
    const NumberFormat shape = number_format(f);
    // Groups that the digits reach are set apart, and a currency is named.
    const std::ptrdiff_t wanted = separators_reached(f, std::min(digits.find('.'), digits.size()));
    bad = bad || separators != wanted || priced != (f.find('$') != std::string::npos);
    if (!bad && number) {
        const std::size_t point = digits.find('.');
        const std::size_t whole = point == std::string::npos ? digits.size() : point;
        bad = static_cast<int>(whole) > shape.whole ||
              (point != std::string::npos && static_cast<int>(digits.size() - point - 1) > shape.part);
    }
    if (bad || !number) {
        if (std::string_view(c.e.fn->name) == "try_to_number") return null_value();
        return c.fail(
            "IllegalArgumentException", "INVALID_FORMAT.MISMATCH_INPUT",
            fmt::format("The format is invalid: {}. The input \"STRING\" {} does not match the format.", f, c.text(0)),
            false);
    }
    const i128 v = to_unscaled(*number, c.e.type.b).value_or(0);
    return decimal_value(negative ? -v : v);
}

Value to_char(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const std::string& f = c.text(1);
    const NumberFormat shape = number_format(f);
    const auto number = parse_decimal(decimal_text(c.args[0].dec, c.type(0).b, true));
    DecimalText positive = *number;
    positive.negative = false;
    const i128 v = to_unscaled(positive, shape.part).value_or(0);
    std::string digits = int128_text(v);
    if (static_cast<int>(digits.size()) < shape.part + 1)
        digits.insert(0, static_cast<std::size_t>(shape.part) + 1 - digits.size(), '0');
    std::string whole = digits.substr(0, digits.size() - static_cast<std::size_t>(shape.part)),
                part = digits.substr(digits.size() - static_cast<std::size_t>(shape.part));
    if (whole == "0" && (shape.whole == 0 || shape.part == 0)) whole = "";
    // Digits after the point for which there is no place show as those before it do.
    DecimalText shown = *number;
    shown.negative = false;
    const i128 all = to_unscaled(shown, c.type(0).b).value_or(0);
    const auto at_scale = [&](int scale) { return to_unscaled(shown, scale).value_or(0); };
    i128 back = at_scale(shape.part);
    for (int s = shape.part; s < c.type(0).b; ++s) back *= 10;
    const bool over = static_cast<int>(whole.size()) > shape.whole || (shape.part < c.type(0).b && back != all);
    whole.insert(0, static_cast<std::size_t>(std::max(0, shape.whole - static_cast<int>(whole.size()))), ' ');
    std::string out;
    std::size_t w = 0, p = 0;
    bool point = false, started = false;
    for (std::size_t i = 0; i < f.size(); ++i) {
        const char ch = f[i];
        if (ch == '9' || ch == '0') {
            if (point) {
                out += over ? '#' : part[p++];
                continue;
            }
            const char d = over ? '#' : whole[w++];
            started = started || d != ' ' || ch == '0';
            out += d == ' ' && started ? '0' : d;
        } else if (ch == '.' || ch == 'D') {
            point = true;
            out += '.';
        } else if (ch == ',' || ch == 'G') out += started ? ',' : ' ';
        else if (ch == '$') out += '$';
        else if (ch == 'S') out += number->negative ? "-" : i == 0 ? "+" : "+";
        else if (ch == 'M') out += number->negative ? "-" : " ", ++i;
        else if (ch == 'P') ++i;
    }
    // A sign before the digits stands right before the first of them.
    if (const std::size_t blanks = out.find_first_not_of(" ", 1);
        f.starts_with('S') && blanks != std::string::npos && blanks > 1)
        out = out.substr(1, blanks - 1) + out[0] + out.substr(blanks);
    if (f.find("PR") != std::string::npos)
        out = number->negative ? "<" + std::string(sim::trim_controls(out)) + ">" : out + "  ";
    return string_value(out);
}

/// Digits of hex may not be what they should, which shows as null.
bool type_to_binary(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    if (!coerce_arguments(t)) return false;
    const bool hex = t.e.args.size() == 1 || !is_literal(t.e.args[1]) || to_lower(t.e.args[1]->value.s) == "hex";
    t.e.type = type_of(TypeId::binary);
    t.e.nullable = nullable_by_args(t.e.args) || hex;
    return true;
}

Value to_binary(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const std::string kind = c.args.size() > 1 ? to_lower(c.text(1)) : "hex";
    if (kind != "hex" && kind != "base64") return c.args[0];
    if (kind == "hex") {
        if (const auto out = unhexed(c.text(0))) return string_value(*out);
    } else if (const auto out = from_base64(c.text(0))) {
        return string_value(*out);
    }
    if (std::string_view(c.e.fn->name) == "try_to_binary") return null_value();
    return c.fail("IllegalArgumentException", "CONVERSION_INVALID_INPUT",
                  fmt::format("The value '{}' ('{}') cannot be converted to \"BINARY\" because it is malformed. "
                              "Correct the value as per the syntax, or change its format. Use `try_to_binary` to "
                              "tolerate malformed input and return NULL instead.",
                              c.text(0), kind == "hex" ? "HEX" : "BASE64"),
                  false);
}

const FunctionInfo kTextFunctions[] = {
    {"format_number", "n!,I|S", "S", SN, format_number,
     "A number with groups of three and places, or in a pattern like #,###.00.", type_format_number},
    {"format_string", "S,x*", "S", SE, format_string, "printf: text with %s, %d, %.2f filled in.", type_format_string},
    {"base64", "B", "S", ST, base64, "Bytes as base64 text."},
    {"unbase64", "S", "B", ST, unbase64, "Bytes of base64 text."},
    {"hex", "L|B|S", "S", ST, hex, "A number or bytes in hexadecimal."},
    {"unhex", "S", "B", SN, unhex, "Bytes of hexadecimal text."},
    {"md5", "B", "S", ST, md5_, "MD5 digest in hexadecimal."},
    {"sha1", "B", "S", ST, sha1_, "SHA-1 digest in hexadecimal."},
    {"sha2", "B,I", "S", SN, sha2_, "SHA-2 digest of 224, 256, 384 or 512 bits."},
    {"crc32", "B", "L", ST, crc32_, "CRC-32 checksum."},
    {"to_number", "S,S", "", ST, to_number, "A number read by a format like 99,999.", type_to_number},
    {"try_to_number", "S,S", "", SN, to_number, "to_number, null where it does not fit.", type_to_number},
    {"to_char", "N,S", "", ST, to_char, "A number written by a format like 99,999.", type_to_char},
    {"to_varchar", "N,S", "", ST, to_char, "A number written by a format like 99,999.", type_to_char, nullptr,
     "to_char"},
    {"to_binary", "S,S?", "B", ST, to_binary, "Bytes of text in hex, utf-8 or base64.", type_to_binary},
    {"try_to_binary", "S,S?", "B", SN, to_binary, "to_binary, null where it does not fit."},
};

}  // namespace

std::span<const FunctionInfo> text_functions() { return kTextFunctions; }

}  // namespace engine::spark
