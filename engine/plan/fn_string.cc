// Strings: case, cutting, searching, padding, trimming, joining.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/utf8.h"
#include "sim/base/assert.h"
#include "sim/base/edit_distance.h"

namespace engine::spark {

namespace {


constexpr i64 kMaxText = 256 << 20;  ///< bytes one value may have
static_assert(kMaxText > 0 && kMaxText < INT32_MAX);

Value too_long(const Call& c, i64 size) {
    return c.fail("SparkRuntimeException", "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION",
                  fmt::format("Can't create a string with {} bytes which exceeds the limit {}.", size, kMaxText));
}

Value upper(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(to_upper(c.text(0)));
}
Value lower(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(to_lower(c.text(0)));
}

template <int Delta>
Column ascii_case(std::vector<Column>& args, i64 rows, char first, std::string (*slow)(std::string_view)) {
    MR_ASSERT(args.size() > 0);
    Column out = args[0];
    auto heap = std::make_shared<Heap>();
    for (std::string_view& s : out.strings) {
        bool plain = true;
        for (const char ch : s) plain = plain && static_cast<u8>(ch) < 0x80;
        if (!plain) {
            s = heap->add(slow(s));
            continue;
        }
        char* to = s.empty() ? nullptr : heap->reserve(s.size());
        for (std::size_t i = 0; i < s.size(); ++i)
            to[i] = s[i] >= first && s[i] < first + 26 ? static_cast<char>(s[i] + Delta) : s[i];
        s = {to, s.size()};
    }
    out.heaps.assign(1, heap);
    out.size = rows;
    return out;
}

Column upper_column(const Expr&, std::vector<Column>& args, i64 rows, EvalContext&) {
    return ascii_case<-32>(args, rows, 'a', to_upper);
}
Column lower_column(const Expr&, std::vector<Column>& args, i64 rows, EvalContext&) {
    return ascii_case<32>(args, rows, 'A', to_lower);
}

Value initcap(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    std::string out;
    bool start = true;
    const std::string low = to_lower(c.text(0));
    for (const std::string_view p : split_points(low)) {
        out += start ? to_upper(p) : std::string(p);
        start = p == " ";
    }
    return string_value(out);
}

Value length(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(c.type(0).id == TypeId::binary ? static_cast<i64>(c.text(0).size()) : length_of(c.text(0)));
}
Value octets(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(static_cast<i64>(c.text(0).size()));
}
Value bits(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(static_cast<i64>(c.text(0).size()) * 8);
}

/// SQL positions: 1-based, 0 like 1, negative from the end.
std::string cut(std::string_view s, i64 position, i64 count, bool bytes) {
    const i64 n = bytes ? static_cast<i64>(s.size()) : length_of(s);
    if (position > n) return "";
    const i64 start = position > 0 ? position - 1 : position < 0 ? n + position : 0;
    const i64 end = count > INT32_MAX - (start > 0 ? start : 0) ? INT32_MAX : start + count;
    const i64 from = std::max<i64>(start, 0), to = std::min(end, n);
    if (to <= from) return "";
    return bytes ? std::string(s.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)))
                 : std::string(points(s, from, to));
}

Value substring(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    return string_value(cut(c.text(0), c.args[1].i, c.args[2].i, c.type(0).id == TypeId::binary));
}
Value left(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return string_value(c.args[1].i <= 0 ? "" : cut(c.text(0), 1, c.args[1].i, c.type(0).id == TypeId::binary));
}

Value right(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.args[1].null) return null_value();
    if (c.args[1].i <= 0) return c.args[0].null ? null_value() : string_value("");
    return c.args[0].null ? null_value() : string_value(cut(c.text(0), -c.args[1].i, INT32_MAX, false));
}

Value substring_index(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const std::string &s = c.text(0), &d = c.text(1);
    i64 n = c.args[2].i;
    if (d.empty() || n == 0) return string_value("");
    if (n > 0) {
        std::size_t at = 0;
        for (; n > 0; --n) {
            at = s.find(d, at);
            if (at == std::string::npos) return c.args[0];
            if (n > 1) at += d.size();
        }
        return string_value(s.substr(0, at));
    }
    std::size_t at = s.size();
    for (; n < 0; ++n) {
        if (at == 0) return c.args[0];
        at = s.rfind(d, at - 1);
        if (at == std::string::npos) return c.args[0];
    }
    return string_value(s.substr(at + d.size()));
}

bool in_set(std::string_view point, const std::vector<std::string_view>& set) {
    return std::find(set.begin(), set.end(), point) != set.end();
}

Value trim_sides(const Call& c, bool front, bool back) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    std::string_view s = c.text(0);
    const std::string set_text = c.args.size() > 1 ? c.text(1) : " ";
    const auto set = split_points(set_text);
    const auto all = split_points(s);
    std::size_t from = 0, to = all.size();
    while (front && from < to && in_set(all[from], set)) ++from;
    while (back && to > from && in_set(all[to - 1], set)) --to;
    std::string out;
    for (std::size_t i = from; i < to; ++i) out += all[i];
    return string_value(out);
}

Value trim(const Call& c) { return trim_sides(c, true, true); }
Value ltrim(const Call& c) { return trim_sides(c, true, false); }
Value rtrim(const Call& c) { return trim_sides(c, false, true); }

/// ltrim(chars, text) as a call gives the characters first.
bool type_trim(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::string);
    t.e.nullable = false;
    for (const ExprRef& a : t.e.args) t.e.nullable = t.e.nullable || a->nullable;
    return true;
}

std::string pad(const Call& c, bool front) {
    MR_ASSERT(c.args.size() > 2);
    const i64 width = c.args[1].i;
    const std::string& s = c.text(0);
    const bool bytes = c.type(0).id == TypeId::binary;
    const i64 n = bytes ? static_cast<i64>(s.size()) : length_of(s);
    if (width <= 0) return "";
    if (width <= n) return cut(s, 1, width, bytes);
    const std::string& fill = c.text(2);
    if (fill.empty()) return s;
    if (width > kMaxText) {
        too_long(c, width);
        return "";
    }
    const auto parts = split_points(fill);
    std::string padding;
    for (i64 i = 0; i < width - n; ++i) padding += parts[static_cast<std::size_t>(i) % parts.size()];
    return front ? padding + s : s + padding;
}

Value lpad(const Call& c) { return string_value(pad(c, true)); }
Value rpad(const Call& c) { return string_value(pad(c, false)); }

bool type_pad(Typing& t) {
    MR_ASSERT(t.e.args.size() >= 2);
    if (t.e.args.size() == 2)
        t.e.args.push_back(t.e.args[0]->type.id == TypeId::binary
                               ? literal(string_value(std::string(1, '\0')), type_of(TypeId::binary))
                               : string_literal(" "));
    if (!coerce_arguments(t)) return false;
    t.e.type = t.e.args[0]->type.id == TypeId::binary ? type_of(TypeId::binary) : type_of(TypeId::string);
    t.e.nullable = false;
    for (const ExprRef& a : t.e.args) t.e.nullable = t.e.nullable || a->nullable;
    return true;
}

bool type_concat(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    bool array = false, binary = !a.empty();
    for (const ExprRef& arg : a)
        array = array || arg->type.id == TypeId::array, binary = binary && arg->type.id == TypeId::binary;
    if (array) {
        // What can be text becomes text first, which then stands beside no array.
        for (ExprRef& arg : a) (void)coerce_to(arg, "S", t.ansi);
        if (!type_same_arguments(t)) return false;
    } else {
        for (ExprRef& arg : a) {
            if (binary) continue;
            if (is_nested(arg->type)) {
                return t.refuse("UNEXPECTED_INPUT_TYPE",
                                fmt::format("Parameter 1 requires the (\"STRING\" or \"BINARY\" or \"ARRAY\") type, "
                                            "however \"{}\" has the type \"{}\".",
                                            "", sql_name(arg->type)));
            }
            arg = implicit(arg, type_of(TypeId::string), t.ansi);
        }
        t.e.type = type_of(binary ? TypeId::binary : TypeId::string);
    }
    t.e.nullable = false;
    for (const ExprRef& arg : a) t.e.nullable = t.e.nullable || arg->nullable;
    return true;
}

Value concat_row(const Call& c) {
    if (c.e.type.id == TypeId::array) {
        Values out;
        for (const Value& v : c.args)
            for (const Value& item : items_of(v)) out.push_back(item);
        return list_value(std::move(out));
    }
    std::string out;
    for (const Value& v : c.args) out += v.s;
    if (static_cast<i64>(out.size()) > kMaxText) return too_long(c, static_cast<i64>(out.size()));
    return string_value(out);
}

bool type_concat_ws(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    for (std::size_t i = 0; i < t.e.args.size(); ++i) {
        ExprRef& arg = t.e.args[i];
        if (arg->type.id == TypeId::array && i > 0) {
            arg = implicit(arg, array_type(type_of(TypeId::string), true), t.ansi);
            continue;
        }
        if (!coerce_to(arg, "S", t.ansi)) return coerce_arguments(t);
    }
    t.e.type = type_of(TypeId::string);
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

Value concat_ws(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args[0].null) return null_value();
    std::string out;
    bool first = true;
    const auto put = [&](const Value& v) {
        if (v.null) return;
        if (!first) out += c.text(0);
        first = false;
        out += v.s;
    };
    for (std::size_t i = 1; i < c.args.size(); ++i) {
        if (c.type(i).id != TypeId::array) put(c.args[i]);
        else if (!c.args[i].null)
            for (const Value& item : items_of(c.args[i])) put(item);
    }
    return string_value(out);
}

i64 position_in(std::string_view s, std::string_view needle, i64 from) {
    MR_ASSERT(from >= 0);
    const std::size_t start = offset_of(s, from);
    const std::size_t at = s.find(needle, start);
    return at == std::string_view::npos ? 0 : length_of(s.substr(0, at)) + 1;
}

Value instr(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(position_in(c.text(0), c.text(1), 0));
}

Value locate(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    if (c.args[2].null) return int_value(0);
    if (c.args[0].null || c.args[1].null) return null_value();
    if (c.args[2].i < 1) return int_value(0);
    if (c.args[2].i > length_of(c.text(1)) + 1) return int_value(0);
    return int_value(position_in(c.text(1), c.text(0), c.args[2].i - 1));
}

Value translate(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const auto from = split_points(c.text(1)), to = split_points(c.text(2));
    std::string out;
    for (const std::string_view p : split_points(c.text(0))) {
        const auto it = std::find(from.begin(), from.end(), p);
        const auto at = static_cast<std::size_t>(it - from.begin());
        if (it == from.end()) out += p;
        else if (at < to.size()) out += to[at];
    }
    return string_value(out);
}

Value replace(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const std::string &s = c.text(0), &from = c.text(1), &to = c.text(2);
    if (from.empty()) return c.args[0];
    std::string out;
    std::size_t at = 0;
    for (std::size_t hit = s.find(from); hit != std::string::npos; hit = s.find(from, at)) {
        out.append(s, at, hit - at).append(to);
        at = hit + from.size();
    }
    return string_value(out.append(s, at));
}

Value repeat(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const i64 n = std::max<i64>(c.args[1].i, 0);
    const i64 size = n * static_cast<i64>(c.text(0).size());
    if (size > kMaxText) return too_long(c, size);
    if (!c.cx.spend(n / 16, size)) return null_value();
    std::string out;
    for (i64 i = 0; i < n; ++i) out += c.text(0);
    return string_value(out);
}

Value space(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (c.args[0].i > kMaxText) return too_long(c, c.args[0].i);
    return string_value(std::string(static_cast<std::size_t>(std::max<i64>(c.args[0].i, 0)), ' '));
}

bool type_reverse(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!coerce_arguments(t)) return false;
    t.e.type = t.e.args[0]->type;
    t.e.nullable = t.e.args[0]->nullable;
    return true;
}

Value reverse(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (c.e.type.id == TypeId::array) {
        Values items = items_of(c.args[0]);
        std::reverse(items.begin(), items.end());
        return list_value(std::move(items));
    }
    auto all = split_points(c.text(0));
    std::string out;
    for (auto it = all.rbegin(); it != all.rend(); ++it) out += *it;
    return string_value(out);
}

Value ascii(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    std::size_t at = 0;
    if (c.text(0).empty()) return int_value(0);
    return int_value(decode_point(c.text(0), at));
}

Value chr(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (c.args[0].i < 0) return string_value("");
    std::string out;
    append_point(out, static_cast<u32>(c.args[0].i & 0xFF));
    return string_value(out);
}

Value levenshtein(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const auto a = split_points(c.text(0)), b = split_points(c.text(1));
    if (!c.cx.spend(static_cast<i64>(a.size() * b.size() / 4))) return null_value();
    const i64 distance = sim::edit_distance(a, b);
    if (c.args.size() == 3 && distance > c.args[2].i) return int_value(-1);
    return int_value(distance);
}

Value overlay(const Call& c) {
    MR_ASSERT(c.args.size() > 3);
    const bool bytes = c.type(0).id == TypeId::binary;
    const i64 n =
        c.args[3].i >= 0 ? c.args[3].i : (bytes ? static_cast<i64>(c.text(1).size()) : length_of(c.text(1)));
    return string_value(cut(c.text(0), 1, c.args[2].i - 1, bytes) + c.text(1) +
                        cut(c.text(0), c.args[2].i + n, INT32_MAX, bytes));
}

bool type_overlay(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    t.e.type = t.e.args[0]->type;
    t.e.nullable = t.e.args[0]->nullable || t.e.args[1]->nullable;
    return true;
}

Value starts_with(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return bool_value(c.text(0).starts_with(c.text(1)));
}
Value ends_with(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return bool_value(c.text(0).ends_with(c.text(1)));
}
Value contains(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return bool_value(c.text(0).find(c.text(1)) != std::string::npos);
}

Value split_part(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const std::string &s = c.text(0), &d = c.text(1);
    i64 n = c.args[2].i;
    if (n == 0)
        return c.fail("SparkRuntimeException", "INVALID_INDEX_OF_ZERO",
                      "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).",
                      false);
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (std::size_t hit = d.empty() ? std::string::npos : s.find(d); hit != std::string::npos; hit = s.find(d, at)) {
        parts.push_back(s.substr(at, hit - at));
        at = hit + d.size();
    }
    parts.push_back(s.substr(at));
    const i64 size = static_cast<i64>(parts.size());
    if (n < 0) n += size + 1;
    return n >= 1 && n <= size ? string_value(parts[static_cast<std::size_t>(n - 1)]) : string_value("");
}

bool type_elt(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    if (t.e.args.size() < 2)
        return t.refuse("WRONG_NUM_ARGS", "The `elt` requires > 1 parameters but the actual number is 1.");
    if (!coerce_to(t.e.args[0], "I", t.ansi)) return coerce_arguments(t);
    bool binary = true;
    for (std::size_t i = 1; i < t.e.args.size(); ++i) binary = binary && t.e.args[i]->type.id == TypeId::binary;
    for (std::size_t i = 1; i < t.e.args.size() && !binary; ++i)
        if (!coerce_to(t.e.args[i], "S", t.ansi)) return coerce_arguments(t);
    t.e.type = type_of(binary ? TypeId::binary : TypeId::string);
    t.e.nullable = true;
    return true;
}

Value elt(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args[0].null) return null_value();
    const i64 n = c.args[0].i;
    if (n >= 1 && n < static_cast<i64>(c.args.size())) return c.args[static_cast<std::size_t>(n)];
    if (c.cx.ansi)
        return c.fail("ArrayIndexOutOfBoundsException", "INVALID_ARRAY_INDEX",
                      fmt::format("The index {} is out of bounds. The array has {} elements. Use the SQL function "
                                  "`get()` to tolerate accessing element at invalid index and return NULL instead. If "
                                  "necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                                  n, c.args.size() - 1));
    return null_value();
}

Value find_in_set(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const std::string &word = c.text(0), &set = c.text(1);
    if (word.find(',') != std::string::npos) return int_value(0);
    i64 n = 1;
    std::size_t at = 0;
    for (;;) {
        const std::size_t comma = set.find(',', at);
        if (set.compare(at, (comma == std::string::npos ? set.size() : comma) - at, word) == 0) return int_value(n);
        if (comma == std::string::npos) return int_value(0);
        at = comma + 1;
        ++n;
    }
}

Value soundex(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const std::string& s = c.text(0);
    if (s.empty() || !((s[0] | 32) >= 'a' && (s[0] | 32) <= 'z')) return c.args[0];
    static constexpr char kCode[] = "01230127022455012623017202";
    static_assert(sizeof(kCode) == 27);  // one for each letter
    std::string out(1, static_cast<char>(s[0] & ~32));
    char last = kCode[(s[0] | 32) - 'a'];
    for (std::size_t i = 1; i < s.size() && out.size() < 4; ++i) {
        const char low = static_cast<char>(s[i] | 32);
        if (low < 'a' || low > 'z') {
            last = '0';
            continue;
        }
        const char code = kCode[low - 'a'];
        if (code == '7') continue;
        if (code != '0' && code != last) out += code;
        last = code;
    }
    out.append(4 - out.size(), '0');
    return string_value(out);
}

/// Whether the digits are a number of Luhn's kind: every second digit from the end doubled, the sum ends with zero.
Value luhn_check(const Call& c) {
    MR_ASSERT(c.args.size() == 1);
    const std::string& digits = c.text(0);
    int sum = 0;
    bool second = false;
    for (std::size_t i = digits.size(); i-- > 0; second = !second) {
        if (digits[i] < '0' || digits[i] > '9') return bool_value(false);
        const int doubled = (digits[i] - '0') * (second ? 2 : 1);
        sum += doubled > 9 ? doubled % 10 + 1 : doubled;
    }
    return bool_value(!digits.empty() && sum % 10 == 0);
}

/// Over bytes the answer may be null, as the function that stands for it there says.
bool type_edge(Typing& t) {
    MR_ASSERT(t.e.args.size() == 2);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = nullable_by_args(t.e.args) || t.e.args[0]->type.id == TypeId::binary;
    return true;
}

const FunctionInfo kStringFunctions[] = {
    {"upper", "S", "S", ST, upper, "Text in capitals.", nullptr, upper_column},
    {"lower", "S", "S", ST, lower, "Text in small letters.", nullptr, lower_column},
    {"initcap", "S", "S", ST, initcap, "Each word with a capital first letter."},
    {"length", "S|B", "I", ST, length, "Characters of text, bytes of binary."},
    {"octet_length", "S|B", "I", ST, octets, "Bytes of text or binary."},
    {"bit_length", "S|B", "I", ST, bits, "Bits of text or binary."},
    {"substring", "S|B,I,I=2147483647", "=0", ST, substring,
     "Part of the text from a position (1 first, negative from the end)."},
    {"left", "S|B,I", "=0", ST, left, "The first characters."},
    {"right", "S,I", "S", NullRule::sees, right, "The last characters."},
    {"substring_index", "S,S,I", "S", ST, substring_index, "Text before the n-th delimiter, or after it from the end."},
    {"trim", "S,S?", "", ST, trim, "Text without blanks (or given characters) at both ends.", type_trim},
    {"ltrim", "S,S?", "", ST, ltrim, "Text without blanks at the start.", type_trim},
    {"rtrim", "S,S?", "", ST, rtrim, "Text without blanks at the end.", type_trim},
    {"btrim", "S,S?", "", ST, trim, "Text without blanks at both ends.", type_trim},
    {"lpad", "S|B,I,S|B?", "", ST, lpad, "Text filled on the left to a width, or cut.", type_pad},
    {"rpad", "S|B,I,S|B?", "", ST, rpad, "Text filled on the right to a width, or cut.", type_pad},
    {"concat", "x*", "", ST, concat_row, "Arguments joined: text, binary or arrays.", type_concat},
    {"concat_ws", "S,x*", "", NullRule::sees, concat_ws, "Arguments joined with a separator; nulls are skipped.",
     type_concat_ws},
    {"instr", "S,S", "I", ST, instr, "Position of the first occurrence, 0 if none."},
    {"locate", "S,S,I=1", "I", NullRule::any, locate, "Position of the first argument in the second, from a start."},
    {"translate", "S,S,S", "S", ST, translate, "Characters replaced one by one."},
    {"replace", "S,S,S=", "S", ST, replace, "Every occurrence replaced."},
    {"repeat", "S,I", "S", ST, repeat, "Text n times."},
    {"space", "I", "S", ST, space, "n blanks."},
    {"reverse", "S|A", "", ST, reverse, "Text or array from the end.", type_reverse},
    {"ascii", "S", "I", ST, ascii, "Code of the first character."},
    {"chr", "L", "S", ST, chr, "The character with a code."},
    {"levenshtein", "S,S,I?", "I", ST, levenshtein, "Edits between two texts."},
    {"overlay", "S|B,S|B,I,I=-1", "", ST, overlay, "Part of the text replaced from a position.", type_overlay},
    {"startswith", "S|B,S|B", "Z", ST, starts_with, "Whether the text begins so.", type_edge},
    {"endswith", "S|B,S|B", "Z", ST, ends_with, "Whether the text ends so.", type_edge},
    {"contains", "S|B,S|B", "Z", ST, contains, "Whether the text contains the other.", type_edge},
    {"split_part", "S,S,I", "S", SN, split_part, "The n-th part between delimiters."},
    {"elt", "I,x+", "", NullRule::sees, elt, "The n-th of the other arguments.", type_elt},
    {"find_in_set", "S,S", "I", ST, find_in_set, "Position in a comma-separated list, 0 if none."},
    {"luhn_check", "S", "Z", SN, luhn_check, "Whether the digits have a right check digit."},
    {"soundex", "S!", "S", ST, soundex, "Code of how an English word sounds."},
};

}  // namespace

std::span<const FunctionInfo> string_functions() { return kStringFunctions; }

}  // namespace engine::spark
