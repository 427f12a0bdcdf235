// Methods of text, and values as text by a format.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/utf8.h"
#include "engine/pyspark/interpreter.h"
#include "engine/pyspark/moments.h"
#include "engine/pyspark/text_methods.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

/// `[[fill]align][sign][0][width][,][.precision][type]`, as after the colon of a replacement field.
struct Format {
    std::string fill = " ";
    char align = 0, type = 0;
    bool sign = false, grouped = false;
    std::size_t width = 0;
    int precision = -1;
};

Format format_of(const std::string& spec) {
    Format f;
    std::size_t at = 0;
    const auto aligns = [&](std::size_t i) { return i < spec.size() && std::string_view("<>^=").contains(spec[i]); };
    const auto number = [&] {
        std::size_t n = 0;
        for (; at < spec.size() && spec[at] >= '0' && spec[at] <= '9'; ++at)
            n = std::min<std::size_t>(n * 10 + static_cast<std::size_t>(spec[at] - '0'), 1000);
        return n;
    };
    if (aligns(1)) f.fill = spec.substr(0, 1), f.align = spec[1], at = 2;
    else if (aligns(0)) f.align = spec[0], at = 1;
    if (at < spec.size() && (spec[at] == '+' || spec[at] == '-')) f.sign = spec[at++] == '+';
    if (at < spec.size() && spec[at] == '0') f.fill = "0", f.align = f.align != 0 ? f.align : '=', ++at;
    f.width = number();
    if (at < spec.size() && spec[at] == ',') f.grouped = true, ++at;
    if (at < spec.size() && spec[at] == '.') ++at, f.precision = static_cast<int>(number());
    if (at < spec.size()) f.type = spec[at];
    MR_ASSERT(f.width <= 1000);
    return f;
}

std::string grouped(std::string digits) {
    const std::size_t end = std::min(digits.find('.'), digits.size());
    for (std::size_t at = end; at > 3; at -= 3) digits.insert(at - 3, ",");
    MR_ASSERT(!digits.starts_with(','));
    return digits;
}

/// A number without its sign.
std::string digits_of(const PyValue& v, const Format& f) {
    const bool real = v.kind == Kind::real;
    const double d = real ? v.d : static_cast<double>(v.i);
    const double size = d < 0 ? -d : d;
    const int places = f.precision >= 0 ? f.precision : 6;
    MR_ASSERT(places <= 1000);
    if (f.type == '%') return fmt::format("{:.{}f}%", size * 100, places);
    if (f.type == 'f') return fmt::format("{:.{}f}", size, places);
    if (f.type == 'e') return fmt::format("{:.{}e}", size, places);
    if (real && f.precision >= 0) return fmt::format("{:.{}g}", size, std::max(1, places));
    if (real) return text_of(of_real(size));
    const auto n = static_cast<u64>(v.i < 0 ? -v.i : v.i);
    if (f.type == 'x') return fmt::format("{:x}", n);
    if (f.type == 'b') return fmt::format("{:b}", n);
    return std::to_string(n);
}

std::string padded(const std::string& text, const Format& f, char align, std::size_t sign) {
    const auto size = static_cast<std::size_t>(length_of(text));
    if (size >= f.width) return text;
    const std::size_t room = f.width - size, before = align == '>' ? room : align == '^' ? room / 2 : 0;
    std::string left, right;
    for (std::size_t i = 0; i < room; ++i) (i < before ? left : right) += f.fill;
    MR_ASSERT(sign <= text.size());
    if (align == '=') return text.substr(0, sign) + right + text.substr(sign);
    return left + text + right;
}

}  // namespace

std::string formatted(const PyValue& v, const std::string& spec) {
    if (spec.empty()) return text_of(v);
    if (is_moment(v)) return moment_by(v, spec);
    const Format f = format_of(spec);
    if (v.kind != Kind::integer && v.kind != Kind::real && v.kind != Kind::boolean) {
        std::string text = text_of(v);
        if (f.precision >= 0) text = std::string(points(text, 0, f.precision));
        return padded(text, f, f.align != 0 ? f.align : '<', 0);
    }
    const bool below = v.kind == Kind::real ? v.d < 0 : v.i < 0;
    std::string text = digits_of(v, f);
    if (f.grouped) text = grouped(text);
    text.insert(0, below ? "-" : f.sign ? "+" : "");
    MR_ASSERT(!text.empty());
    return padded(text, f, f.align != 0 ? f.align : '>', below || f.sign ? 1 : 0);
}

namespace {

/// "{}", "{1}", "{name:spec}" and doubled braces.
std::string filled(const std::string& text, const Args& args) {
    std::string out;
    std::size_t next = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if ((c == '{' || c == '}') && at + 1 < text.size() && text[at + 1] == c) {
            out += c, ++at;
            continue;
        }
        const std::size_t end = c == '{' ? text.find('}', at) : std::string::npos;
        if (end == std::string::npos) {
            out += c;
            continue;
        }
        const std::string field = text.substr(at + 1, end - at - 1), name = field.substr(0, field.find(':')),
                          spec = name.size() < field.size() ? field.substr(name.size() + 1) : "";
        PyValue v;
        const bool number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
        const std::size_t place = name.empty() ? next++ : number ? std::stoul(name.substr(0, 9)) : SIZE_MAX;
        if (place < args.positional.size()) v = args.positional[place];
        for (const auto& [given, value] : args.named)
            if (given == name) v = value;
        out += formatted(v, spec);
        at = end;
    }
    return out;
}

std::vector<PyValue> split_text(const std::string& s, const std::string& by, i64 most) {
    constexpr std::string_view kSpace = " \t\r\n";
    std::vector<PyValue> out;
    std::size_t at = by.empty() ? std::min(s.find_first_not_of(kSpace), s.size()) : 0;
    if (by.empty() && at == s.size()) return out;
    for (;;) {
        const bool last = most >= 0 && static_cast<i64>(out.size()) >= most;
        const std::size_t end = last         ? s.size()
                                : by.empty() ? std::min(s.find_first_of(kSpace, at), s.size())
                                             : std::min(s.find(by, at), s.size());
        out.push_back(of_text(s.substr(at, end - at)));
        if (end == s.size()) return out;
        at = by.empty() ? std::min(s.find_first_not_of(kSpace, end), s.size()) : end + by.size();
        if (by.empty() && at == s.size()) return out;
        MR_ASSERT(at <= s.size());
    }
}

std::string stripped(const std::string& s, const std::string& name, const std::string& what) {
    const std::string chars = what.empty() ? " \t\r\n" : what;
    const std::size_t from = name == "rstrip" ? 0 : std::min(s.find_first_not_of(chars), s.size());
    std::size_t to = s.size();
    while (name != "lstrip" && to > from && chars.find(s[to - 1]) != std::string::npos) --to;
    MR_ASSERT(from <= to);
    return s.substr(from, to - from);
}

std::string replaced(std::string s, const std::string& from, const std::string& to) {
    if (from.empty()) return s;
    for (std::size_t at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size()))
        s.replace(at, from.size(), to);
    return s;
}

/// The first letter of the text, or of each of its words, large; the others small.
std::string capitalised(const std::string& s, bool each) {
    std::string out;
    bool first = true;
    for (const std::string_view point : split_points(s)) {
        out += first ? to_upper(point) : to_lower(point);
        std::size_t at = 0;
        first = each && !is_letter(decode_point(point, at));
    }
    return out;
}

bool all_points(const std::string& s, bool (*holds)(u32)) {
    for (std::size_t at = 0; at < s.size();)
        if (!holds(decode_point(s, at))) return false;
    return !s.empty();
}

i64 occurrences(const std::string& s, const std::string& part) {
    i64 n = 0;
    for (std::size_t at = s.find(part); !part.empty() && at != std::string::npos; at = s.find(part, at + part.size()))
        ++n;
    return n;
}

/// None: text has no such method.
std::optional<PyValue> plain_method(Interpreter& in, const std::string& s, const std::string& name, const Args& args) {
    const auto given = [&](std::size_t i) { return i < args.positional.size() ? args.positional[i] : none(); };
    const auto text = [&](std::size_t i) { return given(i).kind == Kind::none ? "" : text_of(given(i)); };
    if (name == "upper") return of_text(to_upper(s));
    if (name == "lower") return of_text(to_lower(s));
    if (name == "capitalize" || name == "title") return of_text(capitalised(s, name == "title"));
    if (name == "startswith") return of_bool(s.starts_with(text(0)));
    if (name == "endswith") return of_bool(s.ends_with(text(0)));
    if (name == "strip" || name == "lstrip" || name == "rstrip") return of_text(stripped(s, name, text(0)));
    if (name == "splitlines") return of_items(Kind::list, split_text(stripped(s, "rstrip", "\n"), "\n", -1));
    if (name == "split")
        return of_items(Kind::list, split_text(s, text(0), given(1).kind == Kind::integer ? given(1).i : -1));
    if (name == "replace") return of_text(replaced(s, text(0), text(1)));
    if (name == "format") return of_text(filled(s, args));
    if (name == "count") return of_int(occurrences(s, text(0)));
    if (name == "find") {
        const std::size_t at = s.find(text(0));
        return of_int(at == std::string::npos ? -1 : length_of(std::string_view(s).substr(0, at)));
    }
    if (name == "isdigit") return of_bool(all_points(s, is_digit));
    if (name == "isalpha") return of_bool(all_points(s, is_letter));
    const Format wide{.fill = given(1).kind == Kind::text ? given(1).s : " ",
                      .width = static_cast<std::size_t>(std::clamp<i64>(given(0).i, 0, 1000))};
    if (name == "ljust") return of_text(padded(s, wide, '<', 0));
    if (name == "rjust") return of_text(padded(s, wide, '>', 0));
    if (name == "center") return of_text(padded(s, wide, '^', 0));
    if (name == "zfill")
        return of_text(padded(s, {.fill = "0", .width = wide.width}, '=', s.starts_with('-') ? 1 : 0));
    if (name != "join") return std::nullopt;
    std::string out;
    bool first = true;
    for (const PyValue& v : in.iterate(given(0))) {
        if (v.kind != Kind::text)
            return in.raise("TypeError", "sequence item 0: expected str instance, " + type_name(v) + " found"), none();
        out += (first ? "" : s) + v.s;
        first = false;
    }
    return of_text(out);
}

}  // namespace

PyValue Interpreter::text_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.kind == Kind::text);
    if (const auto done = plain_method(*this, self.s, name, args)) return *done;
    raise("AttributeError", fmt::format("'str' object has no attribute '{}'", name));
    return none();
}

}  // namespace engine::spark::py
