// Character sets, URLs, sentences, masks.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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


// character sets

Value bad_charset(const Call& c, const std::string& name) {
    QueryError error{"Py4JJavaError", "java.io.UnsupportedEncodingException", "", "", name};
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
    MR_ASSERT(c.args.size() > 1);
    const std::string name = sim::lower_ascii(c.text(1));
    if (name == "utf-8" || name == "utf8") return c.args[0];
    if (name == "us-ascii" || name == "iso-8859-1") {
        std::string out;
        for (std::size_t at = 0; at < c.text(0).size();) {
            const u32 p = decode_point(c.text(0), at);
            out += p < (name == "us-ascii" ? 0x80u : 0x100u) ? static_cast<char>(p) : '?';
        }
        return string_value(out);
    }
    if (name == "utf-16be") return string_value(utf16(c.text(0), true));
    if (name == "utf-16le") return string_value(utf16(c.text(0), false));
    if (name == "utf-16") return string_value("\xFE\xFF" + utf16(c.text(0), true));
    return bad_charset(c, c.text(1));
}

std::string from_utf16(std::string_view s, bool big) {
    std::string out;
    const auto unit = [&](std::size_t i) {
        return big ? static_cast<u32>(static_cast<u8>(s[i])) << 8 | static_cast<u8>(s[i + 1])
                   : static_cast<u32>(static_cast<u8>(s[i + 1])) << 8 | static_cast<u8>(s[i]);
    };
    for (std::size_t i = 0; i + 1 < s.size(); i += 2) {
        u32 p = unit(i);
        if (p >= 0xD800 && p < 0xDC00 && i + 3 < s.size()) p = 0x10000 + ((p - 0xD800) << 10) + (unit(i += 2) - 0xDC00);
        append_point(out, p);
    }
    return out;
}

/// decode(binary, charset), or decode(value, search, result, ..., default).
Value decode(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args.size() > 2) {
        for (std::size_t i = 1; i + 1 < c.args.size(); i += 2)
            if (compare(c.args[0], c.args[i], c.type(0)) == 0) return c.args[i + 1];
        return c.args.size() % 2 == 0 ? c.args.back() : null_value();
    }
    if (c.args[0].null || c.args[1].null) return null_value();
    const std::string name = sim::lower_ascii(c.text(1)), &s = c.text(0);
    if (name == "utf-8" || name == "utf8") return string_value(repaired(s));
    if (name == "us-ascii" || name == "iso-8859-1") {
        std::string out;
        for (const char ch : s)
            append_point(out, name == "us-ascii" && static_cast<u8>(ch) > 127 ? 0xFFFD : static_cast<u8>(ch));
        return string_value(out);
    }
    if (name == "utf-16be") return string_value(from_utf16(s, true));
    if (name == "utf-16le") return string_value(from_utf16(s, false));
    if (name == "utf-16")
        return string_value(s.starts_with("\xFF\xFE") ? from_utf16(s.substr(2), false)
                                                      : from_utf16(s.starts_with("\xFE\xFF") ? s.substr(2) : s, true));
    return bad_charset(c, c.text(1));
}

bool type_decode(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a.size() < 2) return false;
    if (a.size() == 2) {
        for (std::size_t i = 0; i < 2; ++i)
            if (!coerce_to(a[i], i == 0 ? "B" : "S", t.ansi))
                return t.refuse(
                    "UNEXPECTED_INPUT_TYPE",
                    fmt::format("Parameter {} requires the \"{}\" type, however \"{}\" has the type \"{}\".", i + 1,
                                i == 0 ? "BINARY" : "STRING", pretty(a[i]), sql_name(a[i]->type)));
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
    t.e.nullable = a.size() % 2 == 1;
    for (std::size_t i = 2; i < a.size(); i += 2) t.e.nullable = t.e.nullable || a[i]->nullable;
    if (a.size() % 2 == 0) t.e.nullable = t.e.nullable || a.back()->nullable;
    return true;
}

// URLs

std::string url_encoded(std::string_view s) {
    std::string out;
    for (const char ch : s) {
        const bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                           ch == '.' || ch == '-' || ch == '*' || ch == '_';
        if (plain) out += ch;
        else if (ch == ' ') out += '+';
        else out += fmt::format("%{:02X}", static_cast<u8>(ch));
    }
    return out;
}

Value url_encode(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(url_encoded(c.text(0)));
}

Value url_decode(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const std::string& s = c.text(0);
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '+') out += ' ';
        else if (s[i] != '%') out += s[i];
        else {
            const auto byte = i + 2 < s.size() + 0 ? unhexed(s.substr(i + 1, 2)) : std::nullopt;
            if (!byte || i + 2 >= s.size() + 0)
                return c.fail("IllegalArgumentException", "CANNOT_DECODE_URL",
                              fmt::format("The provided URL cannot be decoded: {}. Please ensure that the URL is "
                                          "properly formatted and try again.",
                                          s),
                              false);
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
    if (const auto hash = s.find('#'); hash != std::string::npos)
        u.fragment = s.substr(hash + 1), u.has_fragment = true, s.resize(hash);
    if (const auto mark = s.find('?'); mark != std::string::npos)
        u.query = s.substr(mark + 1), u.has_query = true, s.resize(mark);
    if (const auto scheme = s.find("://"); scheme != std::string::npos) {
        u.protocol = s.substr(0, scheme);
        const auto slash = s.find('/', scheme + 3);
        u.authority = s.substr(scheme + 3, slash == std::string::npos ? std::string::npos : slash - scheme - 3);
        s = slash == std::string::npos ? "" : s.substr(slash);
        std::string host = u.authority;
        if (const auto at = host.find('@'); at != std::string::npos)
            u.user = host.substr(0, at), host = host.substr(at + 1);
        u.host = host.substr(0, host.find(':'));
    }
    u.path = s;
    return u;
}

Value parse_url(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const auto u = split_url(c.text(0));
    if (!u) {
        if (!c.cx.ansi) return null_value();
        return c.fail("IllegalArgumentException", "INVALID_URL",
                      fmt::format("The url is invalid: {}. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to "
                                  "bypass this error.",
                                  c.text(0)),
                      false);
    }
    const auto maybe = [](const std::string& s) { return s.empty() ? null_value() : string_value(s); };
    const std::string& part = c.text(1);
    if (part == "HOST") return maybe(u->host);
    if (part == "PATH") return string_value(u->path);
    if (part == "PROTOCOL") return maybe(u->protocol);
    if (part == "REF") return u->has_fragment ? string_value(u->fragment) : null_value();
    if (part == "AUTHORITY") return maybe(u->authority);
    if (part == "USERINFO") return maybe(u->user);
    if (part == "FILE") return string_value(u->path + (u->has_query ? "?" + u->query : ""));
    if (part != "QUERY" || !u->has_query) return null_value();
    if (c.args.size() < 3) return string_value(u->query);
    const std::string wanted = c.text(2) + "=";
    for (std::size_t at = 0; at <= u->query.size();) {
        const std::size_t end = std::min(u->query.find('&', at), u->query.size());
        if (u->query.compare(at, wanted.size(), wanted) == 0)
            return string_value(u->query.substr(at + wanted.size(), end - at - wanted.size()));
        at = end + 1;
    }
    return null_value();
}

u32 point_of(std::string_view p) {
    std::size_t at = 0;
    return decode_point(p, at);
}

bool in_word(std::string_view p) { return is_letter(point_of(p)) || is_digit(point_of(p)) || p == "'"; }

/// Whether a dot stands inside a word or a number: `x.y`, `1.5`.
bool joins(const std::vector<std::string_view>& points, std::size_t i) {
    MR_ASSERT(points[i] == ".");
    return i > 0 && i + 1 < points.size() && in_word(points[i - 1]) && in_word(points[i + 1]);
}

/// As Java's BreakIterator: `!` and `?` always do; a dot does at the end, and before blanks unless a small letter or a
/// digit comes next.
bool ends_sentence(const std::vector<std::string_view>& points, std::size_t i) {
    if (points[i] == "!" || points[i] == "?") return true;
    if (points[i] != ".") return false;
    while (++i < points.size() && !in_word(points[i]))
        if (points[i] == "." || points[i] == "!" || points[i] == "?") return true;
    if (i == points.size()) return true;
    return !is_digit(point_of(points[i])) && to_upper(points[i]) == points[i];
}

Value sentences(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
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
    const std::vector<std::string_view> points = split_points(c.text(0));
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (in_word(points[i]) || (points[i] == "." && joins(points, i))) word += points[i];
        else if (ends_sentence(points, i)) end_sentence();
        else end_word();
    }
    end_sentence();
    return list_value(std::move(out));
}

bool type_sentences(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    while (t.e.args.size() < 3) t.e.args.push_back(string_literal(""));
    if (!coerce_arguments(t)) return false;
    t.e.type = array_type(array_type(type_of(TypeId::string), false), false);
    t.e.nullable = true;
    return true;
}

Value mask(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (c.args[0].null) return null_value();
    std::string out;
    for (const std::string_view p : split_points(c.text(0))) {
        std::size_t at = 0;
        const u32 point = decode_point(p, at);
        const std::size_t kind = point >= 'A' && point <= 'Z'   ? 1
                                 : point >= 'a' && point <= 'z' ? 2
                                 : is_digit(point)              ? 3
                                                                : 4;
        const Value& to = c.args[kind];
        out += to.null ? std::string(p) : to.s;
    }
    return string_value(out);
}

bool type_mask(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    static constexpr const char* kDefaults[] = {"", "X", "x", "n", ""};
    for (std::size_t i = t.e.args.size(); i < 5; ++i)
        t.e.args.push_back(i == 4 ? null_literal() : string_literal(kDefaults[i]));
    if (!coerce_arguments(t)) return false;
    static constexpr const char* kNames[] = {"", "upperChar", "lowerChar", "digitChar", "otherChar"};
    for (std::size_t i = 1; i < 5; ++i) {
        const ExprRef& c = t.e.args[i];
        if (is_literal(c) && !c->value.null && length_of(c->value.s) != 1)
            return t.refuse("INPUT_SIZE_NOT_ONE", fmt::format("Length of {} should be 1.", kNames[i]));
    }
    t.e.type = type_of(TypeId::string);
    t.e.nullable = true;
    return true;
}

const FunctionInfo kCharsetFunctions[] = {
    {"encode", "S,S", "B", ST, encode, "Text in a character set."},
    {"decode", "x,x+", "", SE, decode, "Text of bytes in a character set; or a choice by equal values.", type_decode},
    {"parse_url", "S!,S!,S!?", "S", SN, parse_url, "A part of a URL: HOST, PATH, QUERY, ..."},
    {"url_encode", "S", "S", SN, url_encode, "Text as a part of a URL."},
    {"url_decode", "S", "S", SN, url_decode, "Text of a part of a URL."},
    {"sentences", "S,S?,S?", "", SN, sentences, "Words of each sentence.", type_sentences},
    {"mask", "S,S?,S?,S?,S?", "S", SE, mask, "Letters and digits hidden.", type_mask},
};

}  // namespace

std::span<const FunctionInfo> charset_functions() { return kCharsetFunctions; }

}  // namespace engine::spark
