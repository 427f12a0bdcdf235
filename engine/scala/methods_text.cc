// Members of texts and numbers.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/plan/regex.h"
#include "engine/plan/utf8.h"
#include "engine/scala/evaluator.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

/// String.split: by a regular expression, empty parts at the end left out unless a limit says otherwise.
Values split(const std::string& s, const std::string& pattern, sim::i64 limit) {
    Values out;
    const Regex& regex = compile_regex(pattern);
    std::vector<Span> groups;
    std::size_t from = 0, search = 0;
    while (regex.ok() && search <= s.size() && (limit <= 0 || static_cast<sim::i64>(out.size()) + 1 < limit)) {
        if (find(regex, s, search, groups) != Match::yes) break;
        const std::size_t a = groups[0].from, b = groups[0].to;
        if (b == 0 || (a == b && a >= s.size())) {
            if (a >= s.size()) break;
            search = b + 1;
            if (b == 0 && a == 0) continue;
        }
        out.push_back(py::of_text(s.substr(from, a - from)));
        from = b;
        search = a == b ? b + 1 : b;
    }
    out.push_back(py::of_text(s.substr(from)));
    if (limit == 0)
        while (out.size() > 1 && out.back().s.empty()) out.pop_back();
    return out;
}

std::string replaced(const std::string& s, const std::string& from, const std::string& to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t hit = from.empty() ? std::string::npos : s.find(from); hit != std::string::npos;
         hit = s.find(from, at)) {
        out += s.substr(at, hit - at) + to;
        at = hit + from.size();
    }
    return out + s.substr(at);
}

std::string replaced_pattern(const std::string& s, const std::string& pattern, const std::string& to, bool all) {
    const Regex& regex = compile_regex(pattern);
    std::vector<Span> groups;
    std::string out;
    std::size_t at = 0;
    while (regex.ok() && at <= s.size() && find(regex, s, at, groups) == Match::yes) {
        out += s.substr(at, groups[0].from - at) + to;
        const bool empty = groups[0].to == groups[0].from;
        if (empty && groups[0].to < s.size()) out += s[groups[0].to];
        at = groups[0].to + (empty ? 1 : 0);
        if (!all) break;
    }
    return at <= s.size() ? out + s.substr(at) : out;
}

PyValue number_of(Evaluator& e, const std::string& s, const std::string& name) {
    MR_ASSERT(!name.empty());
    if (name == "toDouble" || name == "toFloat") {
        char* end = nullptr;
        const double d = std::strtod(s.c_str(), &end);
        if (s.empty() || *end != '\0')
            return e.raise("java.lang.NumberFormatException",
                           s.empty() ? "empty String" : fmt::format("For input string: \"{}\"", s));
        return py::of_real(d);
    }
    sim::i64 v = 0;
    const char* first = s.data() + (s.starts_with("+") ? 1 : 0);
    const auto parsed = std::from_chars(first, s.data() + s.size(), v);
    const bool fits = name == "toLong" || (v >= INT32_MIN && v <= INT32_MAX);
    if (s.empty() || parsed.ec != std::errc() || parsed.ptr != s.data() + s.size() || !fits)
        return e.raise("java.lang.NumberFormatException", fmt::format("For input string: \"{}\"", s));
    return name == "toLong" ? of_long(v) : py::of_int(v);
}

Values characters(const std::string& s) {
    Values out;
    for (const std::string_view c : split_points(s)) out.push_back(of_char(std::string(c)));
    return out;
}

std::string padded(const std::string& spec, const PyValue& v) {
    const char kind = spec.back();
    const std::size_t point = spec.find('.');
    std::string text = display(v);
    if (kind == 'f')
        text = fmt::format("{:.{}f}", v.kind == Kind::real ? v.d : static_cast<double>(v.i),
                           point == std::string::npos ? 6 : std::atoi(spec.c_str() + point + 1));
    const bool left = spec.starts_with("-"), zero = spec.starts_with("0");
    const auto width = static_cast<std::size_t>(std::abs(std::atoi(spec.c_str())));
    while (text.size() < width) text = left ? text + " " : (zero ? "0" : " ") + text;
    return text;
}

std::string formatted(const std::string& format, const Values& args) {
    std::string out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 >= format.size()) {
            out += format[i];
            continue;
        }
        std::size_t end = i + 1;
        while (end < format.size() && std::string_view("dsfn%xcb").find(format[end]) == std::string_view::npos) ++end;
        if (end >= format.size()) break;
        if (format[end] == '%') out += '%';
        else if (format[end] == 'n') out += '\n';
        else if (next < args.size()) out += padded(format.substr(i + 1, end - i), args[next++]);
        i = end;
    }
    return out;
}

/// Members that only characters have.
std::optional<PyValue> character_member(const std::string& s, const std::string& name) {
    MR_ASSERT(!name.empty());
    std::size_t at = 0;
    const u32 point = decode_point(s, at);
    if (name == "isDigit") return py::of_bool(is_digit(point));
    if (name == "isLetter") return py::of_bool(is_letter(point));
    if (name == "isLetterOrDigit") return py::of_bool(is_letter(point) || is_digit(point));
    if (name == "isWhitespace") return py::of_bool(point == ' ' || (point >= 9 && point <= 13));
    if (name == "isUpper") return py::of_bool(is_letter(point) && to_lower(s) != s);
    if (name == "isLower") return py::of_bool(is_letter(point) && to_upper(s) != s);
    if (name == "toUpper" || name == "toLower") return of_char(name == "toUpper" ? to_upper(s) : to_lower(s));
    if (name == "toInt" || name == "asDigit") return py::of_int(name == "asDigit" ? point - '0' : point);
    return std::nullopt;
}

/// Members that make another text.
std::optional<PyValue> shaped(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(!name.empty());
    const std::string& s = self.s;
    const std::string arg = args.empty() ? "" : display(args[0]);
    if (name == "stripPrefix") return py::of_text(s.starts_with(arg) ? s.substr(arg.size()) : s);
    if (name == "stripSuffix") return py::of_text(s.ends_with(arg) ? s.substr(0, s.size() - arg.size()) : s);
    if (name == "stripMargin") return py::of_text(replaced_pattern(s, "(?m)^[ \\t]*\\|", "", true));
    if (name == "concat" || name == "+") return py::of_text(s + arg);
    if (name == "*" && !args.empty() && args[0].i * static_cast<sim::i64>(s.size()) < 1'000'000) {
        std::string out;
        for (sim::i64 i = 0; i < args[0].i; ++i) out += s;
        return py::of_text(out);
    }
    if (name == "capitalize") return py::of_text(s.empty() ? s : to_upper(s.substr(0, 1)) + s.substr(1));
    if (name == "format" || name == "formatted") return py::of_text(formatted(s, args));
    if (name == "compareTo" || name == "compare") return py::of_int(order_of(self, arg_at(args, 0)));
    if (name == "toSymbol" || name == "intern") return self;
    if (name == "lines") return of_list("Iterator", split(s, "\n", 0));
    return std::nullopt;
}

}  // namespace

PyValue Evaluator::text_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.kind == Kind::text);
    const std::string& s = self.s;
    const std::string arg = args.empty() ? "" : display(args[0]);
    if (self.i == 1)
        if (auto v = character_member(s, name)) return *v;
    if (name == "split" && !args.empty()) {
        const bool plain = args[0].i == 1;
        std::string pattern = arg;
        if (plain && std::string_view("\\^$.|?*+()[]{}").find(arg[0]) != std::string_view::npos) pattern = "\\" + arg;
        return of_list("Array", split(s, pattern, args.size() > 1 ? args[1].i : 0));
    }
    if (name == "length" || name == "size") return py::of_int(length_of(s));
    if (name == "toUpperCase") return py::of_text(to_upper(s));
    if (name == "toLowerCase") return py::of_text(to_lower(s));
    if (name == "trim" || name == "strip") {
        const std::size_t a = s.find_first_not_of(" \t\r\n"), b = s.find_last_not_of(" \t\r\n");
        return py::of_text(a == std::string::npos ? "" : s.substr(a, b - a + 1));
    }
    if (name == "toInt" || name == "toLong" || name == "toDouble" || name == "toFloat")
        return number_of(*this, s, name);
    if (name == "toBoolean")
        return s == "true" || s == "false"
                   ? py::of_bool(s == "true")
                   : raise("java.lang.IllegalArgumentException", fmt::format("For input string: \"{}\"", s));
    if (name == "contains") return py::of_bool(s.find(arg) != std::string::npos);
    if (name == "startsWith") return py::of_bool(s.starts_with(arg));
    if (name == "endsWith") return py::of_bool(s.ends_with(arg));
    if (name == "matches") return py::of_bool(engine::spark::matches(compile_regex(arg), s) == Match::yes);
    if (name == "replace" && args.size() == 2) return py::of_text(replaced(s, arg, display(args[1])));
    if ((name == "replaceAll" || name == "replaceFirst") && args.size() == 2)
        return py::of_text(replaced_pattern(s, arg, display(args[1]), name == "replaceAll"));
    if (name == "isEmpty" || name == "nonEmpty") return py::of_bool(s.empty() == (name == "isEmpty"));
    if (name == "equalsIgnoreCase") return py::of_bool(to_lower(s) == to_lower(arg));
    if (name == "indexOf") {
        const std::size_t hit = s.find(arg);
        return py::of_int(hit == std::string::npos ? -1 : length_of(std::string_view(s).substr(0, hit)));
    }
    if (name == "substring" && !args.empty()) {
        const sim::i64 n = length_of(s), from = args[0].i, to = args.size() > 1 ? args[1].i : n;
        if (from < 0 || to > n || from > to)
            return raise("java.lang.StringIndexOutOfBoundsException",
                         fmt::format("begin {}, end {}, length {}", from, to, n));
        return py::of_text(std::string(points(s, from, to)));
    }
    if (name == "take" || name == "drop")
        return py::of_text(
            std::string(name == "take" ? points(s, 0, arg_at(args, 0).i) : points(s, arg_at(args, 0).i, length_of(s))));
    if (name == "charAt" || name == "apply") {
        const std::string_view c = args.empty() ? "" : points(s, args[0].i, args[0].i + 1);
        return c.empty() ? raise("java.lang.StringIndexOutOfBoundsException",
                                 fmt::format("index {}, length {}", arg, length_of(s)))
                         : of_char(std::string(c));
    }
    if (auto v = shaped(self, name, args)) return *v;
    if (name == "reverse" || name == "filter" || name == "filterNot" || name == "distinct" || name == "sorted" ||
        name == "takeWhile" || name == "dropWhile") {
        std::string out;
        for (const PyValue& c : items(list_member(of_list("Seq", characters(s)), name, args))) out += c.s;
        return py::of_text(out);
    }
    return list_member(of_list("Seq", characters(s)), name, args);
}

PyValue Evaluator::number_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(!name.empty());
    const double d = self.kind == Kind::real ? self.d : static_cast<double>(self.i);
    const sim::i64 whole = self.kind == Kind::real ? (d >= 9.2e18    ? INT64_MAX
                                                      : d <= -9.2e18 ? INT64_MIN
                                                                     : static_cast<sim::i64>(d))
                                                   : self.i;
    if (name == "toInt")
        return py::of_int(self.kind == Kind::real ? std::clamp<sim::i64>(whole, INT32_MIN, INT32_MAX)
                                                  : static_cast<sim::i32>(whole));
    if (name == "toLong") return of_long(whole);
    if (name == "toDouble") return py::of_real(d);
    if (name == "toFloat") {
        PyValue v = py::of_real(static_cast<double>(static_cast<float>(d)));
        v.s = "f";
        return v;
    }
    if (name == "abs")
        return self.kind == Kind::real ? py::of_real(std::abs(d))
               : self.s == "L"         ? of_long(whole < 0 ? -whole : whole)
                                       : py::of_int(whole < 0 ? -whole : whole);
    if (name == "round" && self.kind == Kind::real) return of_long(static_cast<sim::i64>(std::floor(d + 0.5)));
    if ((name == "max" || name == "min") && args.size() == 1)
        return (order_of(self, args[0]) >= 0) == (name == "max") ? self : args[0];
    if ((name == "to" || name == "until") && args.size() == 1) {
        Values out;
        const sim::i64 end = args[0].i + (name == "to" ? 1 : 0);
        for (sim::i64 i = self.i; i < end && out.size() < 1'000'000; ++i) out.push_back(py::of_int(i));
        return of_list("Range", std::move(out));
    }
    if (name == "toChar") return of_char(std::string(1, static_cast<char>(self.i)));
    if (name == "compare" || name == "compareTo") return py::of_int(order_of(self, arg_at(args, 0)));
    if (name == "isNaN") return py::of_bool(std::isnan(d));
    // 10.seconds and its like: a duration is its text.
    for (const char* unitname : {"second", "seconds", "minute", "minutes", "hour", "hours", "milliseconds", "millis"})
        if (name == unitname) return py::of_text(fmt::format("{} {}", self.i, name));
    if (args.size() == 1 && args[0].kind == Kind::column)
        return operate(name, py::of_column(py::as_literal(self)), args[0]);
    return no_member(self, name);
}

}  // namespace engine::spark::scala
