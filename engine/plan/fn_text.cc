// Text in other forms: number formats, printf, base64, hex, digests, character sets, URLs, sentences.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/digests.h"
#include "engine/plan/print.h"
#include "engine/plan/utf8.h"
#include "engine/sql/decimal.h"

namespace engine::spark {

namespace {

const std::string& text(const Call& c, std::size_t i) { return c.args[i].s; }

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
    DecimalText positive = number;
    positive.negative = false;
    const i128 v = to_unscaled(positive, most, Rounding::half_even).value_or(0);
    std::string digits = int128_text(v);
    if (digits.size() < static_cast<std::size_t>(most) + 1) digits.insert(0, static_cast<std::size_t>(most) + 1 - digits.size(), '0');
    std::string whole = digits.substr(0, digits.size() - static_cast<std::size_t>(most)), part = digits.substr(digits.size() - static_cast<std::size_t>(most));
    while (static_cast<int>(part.size()) > least && part.back() == '0') part.pop_back();
    if (whole == "0" && whole_digits == 0) whole.clear();
    if (whole.size() < whole_digits) whole.insert(0, whole_digits - whole.size(), '0');
    return (number.negative && v != 0 ? "-" : "") + grouped(whole, group) + (part.empty() ? "" : "." + part);
}

Value format_number(const Call& c) {
    const auto number = number_text(c.args[0], c.type(0));
    if (!number) return string_value(std::isnan(c.args[0].d) ? "\xEF\xBF\xBD" : c.args[0].d < 0 ? "-\xE2\x88\x9E" : "\xE2\x88\x9E");
    if (c.type(1).id != TypeId::string) {
        if (c.args[1].i < 0) return null_value();
        return string_value(fixed(*number, static_cast<int>(c.args[1].i), static_cast<int>(std::min<i64>(c.args[1].i, 30)), 1, 3));
    }
    const std::string& pattern = text(c, 1);
    const std::size_t first = pattern.find_first_of("#0,."), last = pattern.find_last_of("#0,.");
    if (first == std::string::npos) return string_value(pattern + fixed(*number, 0, 0, 1, 0));
    const std::string body = pattern.substr(first, last - first + 1);
    const std::size_t point = body.find('.');
    const std::string whole = body.substr(0, point), part = point == std::string::npos ? "" : body.substr(point + 1);
    const std::size_t comma = whole.rfind(',');
    const auto zeros = [](const std::string& s) { return static_cast<std::size_t>(std::count(s.begin(), s.end(), '0')); };
    return string_value(pattern.substr(0, first) + fixed(*number, static_cast<int>(zeros(part)), static_cast<int>(part.size()), zeros(whole), comma == std::string::npos ? 0 : whole.size() - comma - 1) + pattern.substr(last + 1));
}

bool type_format_number(Typing& t) {
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
    if (has(s, '0') && s.width > static_cast<i64>(sign.size() + digits.size() + tail.size())) digits.insert(0, static_cast<std::size_t>(s.width) - sign.size() - digits.size() - tail.size(), '0');
    return padded(s, sign + digits + tail);
}

void bad_format(const Call& c, const Spec& s, const DataType& type) {
    const char* java = type.id == TypeId::decimal ? "org.apache.spark.sql.types.Decimal" : type.id == TypeId::string ? "org.apache.spark.unsafe.types.UTF8String" : type.id == TypeId::double_ ? "java.lang.Double"
                       : type.id == TypeId::integer ? "java.lang.Integer" : type.id == TypeId::bigint ? "java.lang.Long" : type.id == TypeId::boolean ? "java.lang.Boolean" : "java.lang.Object";
    if (type.id == TypeId::string) java = "java.lang.String";
    QueryError error{"IllegalArgumentException", "java.util.IllegalFormatConversionException", "", "", fmt::format("{} != {}", s.kind, java)};
    c.cx.failure.set(std::move(error));
}

std::string format_one(const Call& c, const Spec& s, const Value& v, const DataType& type) {
    const char kind = static_cast<char>(s.kind | 32);
    const bool caps = kind != s.kind;
    std::string out;
    if (v.null && kind != 'b') return padded(s, caps ? "NULL" : "null");
    switch (kind) {
        case 's': {
            out = display(v, type, c.cx.clock.zone);
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
            if (has(s, '0') && s.width > static_cast<i64>(out.size())) out.insert(0, static_cast<std::size_t>(s.width) - out.size(), '0');
            return padded(s, caps ? to_upper(out) : out);
        }
        case 'c': {
            append_point(out, type.id == TypeId::string ? 0 : static_cast<u32>(v.i));
            return padded(s, out);
        }
        case 'f': case 'e': case 'g': {
            if (type.id != TypeId::double_ && type.id != TypeId::float_) return bad_format(c, s, type), "";
            if (std::isnan(v.d) || std::isinf(v.d)) return padded(s, std::isnan(v.d) ? "NaN" : v.d < 0 ? "-Infinity" : "Infinity");
            const int places = s.precision < 0 ? 6 : static_cast<int>(s.precision);
            if (kind == 'f') {
                auto number = *decimal_of_double(v.d);
                const bool negative = number.negative;
                number.negative = false;
                const auto unscaled = to_unscaled(number, std::min(places, 30), Rounding::half_up);
                std::string body = unscaled ? decimal_text(*unscaled, std::min(places, 30), true) : fmt::format("{:.{}f}", std::fabs(v.d), places);
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
    QueryError error{"IllegalArgumentException", "java.util.UnknownFormatConversionException", "", "", fmt::format("Conversion = '{}'", s.kind)};
    c.cx.failure.set(std::move(error));
    return "";
}

Value format_string(const Call& c) {
    if (c.args[0].null) return null_value();
    const std::string& f = text(c, 0);
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
            while (i < f.size() && is_digit(static_cast<u8>(f[i])) && v < 100000) v = (v < 0 ? 0 : v * 10) + (f[i++] - '0');
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
            QueryError error{"IllegalArgumentException", "java.util.MissingFormatArgumentException", "", "", "Format specifier '%" + std::string(1, s.kind) + "'"};
            c.cx.failure.set(std::move(error));
            break;
        }
        out += format_one(c, s, c.args[at], c.type(at));
    }
    return string_value(out);
}

bool type_format_string(Typing& t) {
    if (!coerce_to(t.e.args[0], "S", t.ansi)) return coerce_arguments(t);
    t.e.type = type_of(TypeId::string);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

// base64, hex, digests

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

std::string from_base64(std::string_view s) {
    std::string out;
    u32 v = 0, bits = 0;
    for (const char ch : s) {
        const char* at = std::find(std::begin(kBase64), std::end(kBase64) - 1, ch);
        if (at == std::end(kBase64) - 1) continue;
        v = v << 6 | static_cast<u32>(at - kBase64);
        bits += 6;
        if (bits >= 8) out += static_cast<char>(v >> (bits -= 8));
    }
    return out;
}

Value base64(const Call& c) { return string_value(to_base64(text(c, 0))); }
Value unbase64(const Call& c) { return string_value(from_base64(text(c, 0))); }

Value hex(const Call& c) {
    if (physical_of(c.type(0)) == Physical::strings) return string_value(hex_upper(text(c, 0)));
    return string_value(fmt::format("{:X}", static_cast<u64>(c.args[0].i)));
}

std::optional<std::string> unhexed(std::string s) {
    if (s.size() % 2 == 1) s.insert(0, "0");
    std::string out;
    const auto digit = [](char ch) { return ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1; };
    for (std::size_t i = 0; i < s.size(); i += 2) {
        const int high = digit(s[i]), low = digit(s[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

Value unhex(const Call& c) {
    const auto out = unhexed(text(c, 0));
    return out ? string_value(*out) : null_value();
}

Value md5_(const Call& c) { return string_value(hex_lower(md5(text(c, 0)))); }
Value sha1_(const Call& c) { return string_value(hex_lower(sha1(text(c, 0)))); }
Value crc32_(const Call& c) { return int_value(crc32(text(c, 0))); }

Value sha2_(const Call& c) {
    const std::string out = sha2(text(c, 0), c.args[1].i);
    return out.empty() ? null_value() : string_value(hex_lower(out));
}

// character sets

std::string lower_name(std::string name) {
    for (char& ch : name)
        if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch + 32);
    return name;
}

Value bad_charset(const Call& c, const std::string& name) {
    QueryError error{"UnsupportedEncodingException", "java.io.UnsupportedEncodingException", "", "", name};
    c.cx.failure.set(std::move(error));
    return null_value();
}

std::string utf16(std::string_view s, bool big) {
    std::string out;
    const auto put = [&](u32 unit) {
        const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit);
        out += big ? high : low;
        out += big ? low : high;
    };
    for (std::size_t at = 0; at < s.size();) {
        const u32 p = decode_point(s, at);
        if (p < 0x10000) put(p);
        else put(0xD800 + ((p - 0x10000) >> 10)), put(0xDC00 + ((p - 0x10000) & 0x3FF));
    }
    return out;
}

Value encode(const Call& c) {
    const std::string name = lower_name(text(c, 1));
    if (name == "utf-8" || name == "utf8") return c.args[0];
    if (name == "us-ascii" || name == "iso-8859-1") {
        std::string out;
        for (std::size_t at = 0; at < text(c, 0).size();) {
            const u32 p = decode_point(text(c, 0), at);
            out += p < (name == "us-ascii" ? 0x80u : 0x100u) ? static_cast<char>(p) : '?';
        }
        return string_value(out);
    }
    if (name == "utf-16be") return string_value(utf16(text(c, 0), true));
    if (name == "utf-16le") return string_value(utf16(text(c, 0), false));
    if (name == "utf-16") return string_value("\xFE\xFF" + utf16(text(c, 0), true));
    return bad_charset(c, text(c, 1));
}

std::string from_utf16(std::string_view s, bool big) {
    std::string out;
    const auto unit = [&](std::size_t i) { return big ? static_cast<u32>(static_cast<u8>(s[i])) << 8 | static_cast<u8>(s[i + 1]) : static_cast<u32>(static_cast<u8>(s[i + 1])) << 8 | static_cast<u8>(s[i]); };
    for (std::size_t i = 0; i + 1 < s.size(); i += 2) {
        u32 p = unit(i);
        if (p >= 0xD800 && p < 0xDC00 && i + 3 < s.size()) p = 0x10000 + ((p - 0xD800) << 10) + (unit(i += 2) - 0xDC00);
        append_point(out, p);
    }
    return out;
}

/// decode(binary, charset), or decode(value, search, result, ..., default).
Value decode(const Call& c) {
    if (c.args.size() > 2) {
        for (std::size_t i = 1; i + 1 < c.args.size(); i += 2)
            if (compare(c.args[0], c.args[i], c.type(0)) == 0) return c.args[i + 1];
        return c.args.size() % 2 == 0 ? c.args.back() : null_value();
    }
    if (c.args[0].null || c.args[1].null) return null_value();
    const std::string name = lower_name(text(c, 1)), &s = text(c, 0);
    if (name == "utf-8" || name == "utf8") return string_value(repaired(s));
    if (name == "us-ascii" || name == "iso-8859-1") {
        std::string out;
        for (const char ch : s) append_point(out, name == "us-ascii" && static_cast<u8>(ch) > 127 ? 0xFFFD : static_cast<u8>(ch));
        return string_value(out);
    }
    if (name == "utf-16be") return string_value(from_utf16(s, true));
    if (name == "utf-16le") return string_value(from_utf16(s, false));
    if (name == "utf-16") return string_value(s.starts_with("\xFF\xFE") ? from_utf16(s.substr(2), false) : from_utf16(s.starts_with("\xFE\xFF") ? s.substr(2) : s, true));
    return bad_charset(c, text(c, 1));
}

bool type_decode(Typing& t) {
    Exprs& a = t.e.args;
    if (a.size() < 2) return false;
    if (a.size() == 2) {
        if (!coerce_to(a[0], "B", t.ansi) || !coerce_to(a[1], "S", t.ansi)) return coerce_arguments(t);
        t.e.type = type_of(TypeId::string);
        t.e.nullable = a[0]->nullable || a[1]->nullable;
        return true;
    }
    DataType results = type_of(TypeId::void_), keys = a[0]->type;
    for (std::size_t i = 1; i + 1 < a.size(); i += 2) {
        keys = wider_type(keys, a[i]->type, t.ansi).value_or(keys);
        results = wider_type(results, a[i + 1]->type, t.ansi).value_or(results);
    }
    if (a.size() % 2 == 0) results = wider_type(results, a.back()->type, t.ansi).value_or(results);
    for (std::size_t i = 0; i < a.size(); ++i) {
        const bool key = i == 0 || (i % 2 == 1 && i + 1 < a.size());
        a[i] = implicit(a[i], key ? keys : results, t.ansi);
    }
    t.e.type = results;
    t.e.nullable = true;
    return true;
}

// URLs

std::string url_encoded(std::string_view s) {
    std::string out;
    for (const char ch : s) {
        const bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == '*' || ch == '_';
        if (plain) out += ch;
        else if (ch == ' ') out += '+';
        else out += fmt::format("%{:02X}", static_cast<u8>(ch));
    }
    return out;
}

Value url_encode(const Call& c) { return string_value(url_encoded(text(c, 0))); }

Value url_decode(const Call& c) {
    const std::string& s = text(c, 0);
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '+') out += ' ';
        else if (s[i] != '%') out += s[i];
        else {
            const auto byte = i + 2 < s.size() + 0 ? unhexed(s.substr(i + 1, 2)) : std::nullopt;
            if (!byte || i + 2 >= s.size() + 0) return c.fail("SparkIllegalArgumentException", "CANNOT_DECODE_URL", fmt::format("The provided URL cannot be decoded: {}. Please ensure that the URL is properly formatted and try again.", s), false);
            out += *byte;
            i += 2;
        }
    }
    return string_value(out);
}

struct Url {
    std::string protocol, authority, user, host, path, query, fragment;
    bool has_query = false, has_fragment = false;
};

std::optional<Url> split_url(std::string s) {
    Url u;
    if (s.find(' ') != std::string::npos) return std::nullopt;
    if (const auto hash = s.find('#'); hash != std::string::npos) u.fragment = s.substr(hash + 1), u.has_fragment = true, s.resize(hash);
    if (const auto mark = s.find('?'); mark != std::string::npos) u.query = s.substr(mark + 1), u.has_query = true, s.resize(mark);
    if (const auto scheme = s.find("://"); scheme != std::string::npos) {
        u.protocol = s.substr(0, scheme);
        const auto slash = s.find('/', scheme + 3);
        u.authority = s.substr(scheme + 3, slash == std::string::npos ? std::string::npos : slash - scheme - 3);
        s = slash == std::string::npos ? "" : s.substr(slash);
        std::string host = u.authority;
        if (const auto at = host.find('@'); at != std::string::npos) u.user = host.substr(0, at), host = host.substr(at + 1);
        u.host = host.substr(0, host.find(':'));
    }
    u.path = s;
    return u;
}

Value parse_url(const Call& c) {
    const auto u = split_url(text(c, 0));
    if (!u) {
        if (!c.cx.ansi) return null_value();
        return c.fail("SparkIllegalArgumentException", "INVALID_URL", fmt::format("The url is invalid: {}. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.", text(c, 0)), false);
    }
    const auto maybe = [](const std::string& s) { return s.empty() ? null_value() : string_value(s); };
    const std::string& part = text(c, 1);
    if (part == "HOST") return maybe(u->host);
    if (part == "PATH") return string_value(u->path);
    if (part == "PROTOCOL") return maybe(u->protocol);
    if (part == "REF") return u->has_fragment ? string_value(u->fragment) : null_value();
    if (part == "AUTHORITY") return maybe(u->authority);
    if (part == "USERINFO") return maybe(u->user);
    if (part == "FILE") return string_value(u->path + (u->has_query ? "?" + u->query : ""));
    if (part != "QUERY" || !u->has_query) return null_value();
    if (c.args.size() < 3) return string_value(u->query);
    const std::string wanted = text(c, 2) + "=";
    for (std::size_t at = 0; at <= u->query.size();) {
        const std::size_t end = std::min(u->query.find('&', at), u->query.size());
        if (u->query.compare(at, wanted.size(), wanted) == 0) return string_value(u->query.substr(at + wanted.size(), end - at - wanted.size()));
        at = end + 1;
    }
    return null_value();
}

Value sentences(const Call& c) {
    Values out, words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(string_value(word));
        word.clear();
    };
    const auto end_sentence = [&] {
        end_word();
        if (!words.empty()) out.push_back(list_value(std::move(words)));
        words = {};
    };
    for (const std::string_view p : split_points(text(c, 0))) {
        std::size_t at = 0;
        const u32 point = decode_point(p, at);
        if (is_letter(point) || is_digit(point) || p == "'") word += p;
        else if (p == "." || p == "!" || p == "?") end_sentence();
        else end_word();
    }
    end_sentence();
    return list_value(std::move(out));
}

bool type_sentences(Typing& t) {
    while (t.e.args.size() < 3) t.e.args.push_back(string_literal(""));
    if (!coerce_arguments(t)) return false;
    t.e.type = array_type(array_type(type_of(TypeId::string), false), false);
    t.e.nullable = true;
    return true;
}

Value mask(const Call& c) {
    if (c.args[0].null) return null_value();
    std::string out;
    for (const std::string_view p : split_points(text(c, 0))) {
        std::size_t at = 0;
        const u32 point = decode_point(p, at);
        const std::size_t kind = point >= 'A' && point <= 'Z' ? 1 : point >= 'a' && point <= 'z' ? 2 : is_digit(point) ? 3 : 4;
        const Value& to = c.args[kind];
        out += to.null ? std::string(p) : to.s;
    }
    return string_value(out);
}

bool type_mask(Typing& t) {
    static constexpr const char* kDefaults[] = {"", "X", "x", "n", ""};
    for (std::size_t i = t.e.args.size(); i < 5; ++i) t.e.args.push_back(i == 4 ? null_literal() : string_literal(kDefaults[i]));
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::string);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
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

bool type_to_number(Typing& t) {
    if (!coerce_arguments(t)) return false;
    if (!is_literal(t.e.args[1])) return t.refuse("NON_FOLDABLE_INPUT", "the input `format` should be a foldable \"STRING\" expression; however, got \"" + pretty(t.e.args[1]) + "\".");
    const NumberFormat f = number_format(t.e.args[1]->value.s);
    t.e.type = decimal_type(std::max(1, f.whole + f.part), f.part);
    t.e.nullable = t.e.args[0]->nullable || std::string_view(t.e.fn->name) == "try_to_number";
    return true;
}

Value to_number(const Call& c) {
    std::string digits;
    std::string_view s = trim_blanks(text(c, 0));
    const std::string& f = text(c, 1);
    bool bad = false, negative = false;
    for (const char ch : s) {
        if (is_digit(static_cast<u8>(ch)) || ch == '.') digits += ch;
        else if (ch == '-' && (f.find('S') != std::string::npos || f.find("MI") != std::string::npos)) negative = true;
        else if (ch == '+' && f.find('S') != std::string::npos) continue;
        else if (ch == '<' && f.find("PR") != std::string::npos) negative = true;
        else if (ch == '>' && negative) continue;
        else if (ch == ',' && f.find_first_of(",G") != std::string::npos) continue;
        else if (ch == '$' && f.find('$') != std::string::npos) continue;
        else bad = true;
    }
    const auto number = parse_decimal(digits);
    const NumberFormat shape = number_format(f);
    if (!bad && number) {
        const std::size_t point = digits.find('.');
        const std::size_t whole = point == std::string::npos ? digits.size() : point;
        bad = static_cast<int>(whole) > shape.whole || (point != std::string::npos && static_cast<int>(digits.size() - point - 1) > shape.part);
    }
    if (bad || !number) {
        if (std::string_view(c.e.fn->name) == "try_to_number") return null_value();
        return c.fail("SparkIllegalArgumentException", "INVALID_FORMAT.MISMATCH_INPUT", fmt::format("The format is invalid: '{}'. The input \"STRING\" '{}' does not match the format.", f, text(c, 0)), false);
    }
    const i128 v = to_unscaled(*number, c.e.type.b).value_or(0);
    return decimal_value(negative ? -v : v);
}

Value to_char(const Call& c) {
    const std::string& f = text(c, 1);
    const NumberFormat shape = number_format(f);
    const auto number = parse_decimal(decimal_text(c.args[0].dec, c.type(0).b, true));
    DecimalText positive = *number;
    positive.negative = false;
    const i128 v = to_unscaled(positive, shape.part).value_or(0);
    std::string digits = int128_text(v);
    if (static_cast<int>(digits.size()) < shape.part + 1) digits.insert(0, static_cast<std::size_t>(shape.part) + 1 - digits.size(), '0');
    std::string whole = digits.substr(0, digits.size() - static_cast<std::size_t>(shape.part)), part = digits.substr(digits.size() - static_cast<std::size_t>(shape.part));
    if (whole == "0" && shape.part > 0) whole = "";
    const bool over = static_cast<int>(whole.size()) > shape.whole;
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
    if (f.find("PR") != std::string::npos) out = number->negative ? "<" + std::string(trim_blanks(out)) + ">" : out + " ";
    return string_value(out);
}

Value to_binary(const Call& c) {
    const std::string kind = c.args.size() > 1 ? lower_name(text(c, 1)) : "hex";
    const bool tries = std::string_view(c.e.fn->name) == "try_to_binary";
    if (kind == "hex") {
        const auto out = unhexed(text(c, 0));
        if (out) return string_value(*out);
        if (tries) return null_value();
        return c.fail("SparkIllegalArgumentException", "CONVERSION_INVALID_INPUT", fmt::format("The value '{}' (\"STRING\") cannot be converted to \"BINARY\" because it is malformed. Correct the value as per the syntax, or change its format. Use `try_to_binary` to tolerate malformed input and return NULL instead.", text(c, 0)), false);
    }
    if (kind == "base64") return string_value(from_base64(text(c, 0)));
    return c.args[0];
}

constexpr NullRule SN = NullRule::strict_null, ST = NullRule::strict, SE = NullRule::sees;

const FunctionInfo kTable[] = {
    {"format_number", "n,I|S", "S", SN, format_number, "A number with groups of three and places, or in a pattern like #,###.00.", type_format_number},
    {"format_string", "S,x*", "S", SE, format_string, "printf: text with %s, %d, %.2f filled in.", type_format_string},
    {"base64", "B", "S", ST, base64, "Bytes as base64 text."},
    {"unbase64", "S", "B", ST, unbase64, "Bytes of base64 text."},
    {"hex", "L|B|S", "S", ST, hex, "A number or bytes in hexadecimal."},
    {"unhex", "S", "B", SN, unhex, "Bytes of hexadecimal text."},
    {"md5", "B", "S", ST, md5_, "MD5 digest in hexadecimal."},
    {"sha1", "B", "S", ST, sha1_, "SHA-1 digest in hexadecimal."},
    {"sha2", "B,I", "S", SN, sha2_, "SHA-2 digest of 224, 256, 384 or 512 bits."},
    {"crc32", "B", "L", ST, crc32_, "CRC-32 checksum."},
    {"encode", "S,S", "B", ST, encode, "Text in a character set."},
    {"decode", "x,x+", "", SE, decode, "Text of bytes in a character set; or a choice by equal values.", type_decode},
    {"to_number", "S,S", "", ST, to_number, "A number read by a format like 99,999.", type_to_number},
    {"try_to_number", "S,S", "", SN, to_number, "to_number, null where it does not fit.", type_to_number},
    {"to_char", "N,S", "S", SN, to_char, "A number written by a format like 99,999."},
    {"to_varchar", "N,S", "S", SN, to_char, "A number written by a format like 99,999."},
    {"to_binary", "S,S?", "B", SN, to_binary, "Bytes of text in hex, utf-8 or base64."},
    {"try_to_binary", "S,S?", "B", SN, to_binary, "to_binary, null where it does not fit."},
    {"parse_url", "S,S,S?", "S", SN, parse_url, "A part of a URL: HOST, PATH, QUERY, ..."},
    {"url_encode", "S", "S", SN, url_encode, "Text as a part of a URL."},
    {"url_decode", "S", "S", SN, url_decode, "Text of a part of a URL."},
    {"sentences", "S,S?,S?", "", SN, sentences, "Words of each sentence.", type_sentences},
    {"mask", "S,S?,S?,S?,S?", "S", SE, mask, "Letters and digits hidden.", type_mask},
};

}  // namespace

std::span<const FunctionInfo> text_functions() { return kTable; }

}  // namespace engine::spark
