// Patterns: LIKE and its relatives, Java regular expressions, split.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/regex.h"
#include "engine/plan/utf8.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {


void gave_up(EvalContext& cx) {
    QueryError error{"SparkRuntimeException", "org.apache.spark.SparkRuntimeException", "", "",
                     "The regular expression takes more steps than a statement may use."};
    cx.failure.set(std::move(error));
}

const Regex* pattern_of(const Call& c, const std::string& pattern) {
    const Regex& regex = compile_regex(pattern);
    if (regex.ok()) return &regex;
    // Two functions are made of others, which are the ones that complain.
    const std::string_view told = c.e.name == "regexp_substr"  ? "regexp_extract"
                                  : c.e.name == "regexp_count" ? "regexp_extract_all"
                                                               : std::string_view(c.e.name);
    c.fail("SparkRuntimeException", "INVALID_PARAMETER_VALUE.PATTERN",
           fmt::format("The value of parameter(s) `regexp` in `{}` is invalid: '{}'.", told, pattern), false);
    return nullptr;
}

bool found(const Call& c, const Regex& regex, std::string_view s, std::size_t from, std::vector<Span>& groups) {
    const Match m = find(regex, s, from, groups);
    if (m == Match::gave_up) gave_up(c.cx);
    return m == Match::yes;
}

/// Where the search goes on after a match: one character further if it was empty.
std::size_t after(std::string_view s, const Span& whole) {
    if (whole.to > whole.from) return whole.to;
    return whole.to + (whole.to < s.size() ? offset_of(s.substr(whole.to), 1) : 1);
}

template <class F>
void each_match(const Call& c, const Regex& regex, std::string_view s, F visit_match) {
    std::vector<Span> groups;
    for (std::size_t at = 0; at <= s.size() && c.cx.ok();) {
        if (!found(c, regex, s, at, groups) || !visit_match(groups)) return;
        at = after(s, groups[0]);
    }
}

Value rlike(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    std::vector<Span> groups;
    const Regex* regex = pattern_of(c, c.text(1));
    return regex ? bool_value(found(c, *regex, c.text(0), 0, groups)) : null_value();
}

Value like_with(const Call& c, std::string_view s, const std::string& pattern, bool fold) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const char escape = c.args.size() > 2 && (c.e.name == "like" || c.e.name == "ilike") ? c.args[2].s[0] : '\\';
    const auto regex_text = like_pattern(fold ? to_lower(pattern) : pattern, escape);
    if (!regex_text) {
        const bool last = !pattern.empty() && pattern.back() == escape;
        return c.fail("AnalysisException", last ? "INVALID_FORMAT.ESC_AT_THE_END" : "INVALID_FORMAT.ESC_IN_THE_MIDDLE",
                      fmt::format("The format is invalid: {}. {}", sql_quoted(pattern),
                                  last ? "The escape character is not allowed to end with."
                                       : "The escape character is not allowed to precede a character."),
                      false);
    }
    const Regex& regex = compile_regex(*regex_text, false, true);
    if (!regex.ok()) return bool_value(false);
    const Match m = matches(regex, fold ? to_lower(s) : std::string(s));
    if (m == Match::gave_up) gave_up(c.cx);
    return bool_value(m == Match::yes);
}

Value like(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return like_with(c, c.text(0), c.text(1), false);
}
Value ilike(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return like_with(c, c.text(0), c.text(1), true);
}

/// LIKE ALL / ANY: null unless decided by a pattern.
Value like_many(const Call& c, bool all, bool negated) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (c.args[0].null) return null_value();
    bool unknown = false;
    for (std::size_t i = 1; i < c.args.size(); ++i) {
        if (c.args[i].null) {
            unknown = true;
            continue;
        }
        const bool hit = (like_with(c, c.text(0), c.text(i), false).i != 0) != negated;
        if (hit != all) return bool_value(!all);
    }
    return unknown ? null_value() : bool_value(all);
}

Value like_all(const Call& c) { return like_many(c, true, false); }
Value not_like_all(const Call& c) { return like_many(c, true, true); }
Value like_any(const Call& c) { return like_many(c, false, false); }
Value not_like_any(const Call& c) { return like_many(c, false, true); }

bool group_ok(const Call& c, const Regex& regex, i64 group) {
    if (group >= 0 && group <= static_cast<i64>(regex.groups)) return true;
    c.fail("SparkRuntimeException", "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
           fmt::format(
               "The value of parameter(s) `idx` in `{}` is invalid: Expects group index between 0 and {}, but got {}.",
               c.e.name, regex.groups, group),
           false);
    return false;
}

std::string group_text(std::string_view s, const Span& span) {
    return span.set ? std::string(s.substr(span.from, span.to - span.from)) : std::string();
}

Value regexp_extract(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const Regex* regex = pattern_of(c, c.text(1));
    if (!regex) return null_value();
    std::vector<Span> groups;
    if (!found(c, *regex, c.text(0), 0, groups)) return string_value("");
    if (!group_ok(c, *regex, c.args[2].i)) return null_value();
    return string_value(group_text(c.text(0), groups[static_cast<std::size_t>(c.args[2].i)]));
}

Value regexp_extract_all(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const Regex* regex = pattern_of(c, c.text(1));
    Values out;
    if (!regex) return null_value();
    each_match(c, *regex, c.text(0), [&](const std::vector<Span>& groups) {
        if (!group_ok(c, *regex, c.args[2].i)) return false;
        out.push_back(string_value(group_text(c.text(0), groups[static_cast<std::size_t>(c.args[2].i)])));
        return true;
    });
    return list_value(std::move(out));
}

/// `$1` and `\x` in a replacement, as Matcher.appendReplacement reads them.
bool append_replacement(const Call& c, std::string& out, std::string_view s, std::string_view to,
                        const std::vector<Span>& groups) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to[i] == '\\' && i + 1 < to.size()) {
            out += to[++i];
        } else if (to[i] == '$' && i + 1 < to.size() && to[i + 1] >= '0' && to[i + 1] <= '9') {
            std::size_t group = static_cast<std::size_t>(to[++i] - '0');
            if (group >= groups.size()) {
                QueryError error{"Py4JJavaError", "java.lang.IndexOutOfBoundsException", "", "",
                                 fmt::format("No group {}", group)};
                c.cx.failure.set(std::move(error));
                return false;
            }
            while (i + 1 < to.size() && to[i + 1] >= '0' && to[i + 1] <= '9' &&
                   group * 10 + static_cast<std::size_t>(to[i + 1] - '0') < groups.size())
                group = group * 10 + static_cast<std::size_t>(to[++i] - '0');
            out += group_text(s, groups[group]);
        } else {
            out += to[i];
        }
    }
    return true;
}

Value regexp_replace(const Call& c) {
    MR_ASSERT(c.args.size() > 3);
    const Regex* regex = pattern_of(c, c.text(1));
    if (!regex) return null_value();
    const std::string& s = c.text(0);
    if (c.args[3].i < 1) return c.fail("SparkRuntimeException", "", "requirement failed: Position must be positive");
    std::size_t done = c.args[3].i > length_of(s) ? s.size() + 1 : offset_of(s, c.args[3].i - 1);
    if (done > s.size()) return c.args[0];
    std::string out = s.substr(0, done);
    std::vector<Span> groups;
    for (std::size_t at = done; at <= s.size() && found(c, *regex, s, at, groups);) {
        out.append(s, done, groups[0].from - done);
        if (!append_replacement(c, out, s, c.text(2), groups)) break;
        done = groups[0].to;
        at = after(s, groups[0]);
    }
    return string_value(done <= s.size() ? out.append(s, done) : out);
}

Value regexp_count(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Regex* regex = pattern_of(c, c.text(1));
    i64 n = 0;
    if (regex) each_match(c, *regex, c.text(0), [&](const std::vector<Span>&) { return ++n, true; });
    return int_value(n);
}

Value regexp_instr(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Regex* regex = pattern_of(c, c.text(1));
    std::vector<Span> groups;
    if (!regex || !found(c, *regex, c.text(0), 0, groups)) return int_value(0);
    return int_value(length_of(std::string_view(c.text(0)).substr(0, groups[0].from)) + 1);
}

Value regexp_substr(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Regex* regex = pattern_of(c, c.text(1));
    std::vector<Span> groups;
    if (!regex || !found(c, *regex, c.text(0), 0, groups) || groups[0].to == groups[0].from) return null_value();
    return string_value(group_text(c.text(0), groups[0]));
}

// split, which word counts live on: a literal separator needs no regular expression.

bool literal_separator(std::string_view pattern) {
    return !pattern.empty() && pattern.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos;
}

constexpr i64 kMostParts = 20'000'000;  // of one text; what is left stays together

template <class F>
void split_literal(std::string_view s, std::string_view separator, i64 limit, F put) {
    std::size_t at = 0;
    for (i64 n = 1; limit <= 0 || n < limit; ++n) {
        const std::size_t hit = s.find(separator, at);
        if (hit == std::string_view::npos || n > kMostParts) break;
        put(s.substr(at, hit - at));
        at = hit + separator.size();
    }
    put(s.substr(at));
}

template <class F>
void split_regex(const Regex& regex, std::string_view s, i64 limit, EvalContext& cx, F put) {
    std::vector<Span> groups;
    std::size_t index = 0;
    i64 n = 0;
    for (std::size_t at = 0; at <= s.size() && (limit <= 0 || n < limit - 1);) {
        const Match m = find(regex, s, at, groups);
        if (m == Match::gave_up) gave_up(cx);
        if (m != Match::yes) break;
        at = after(s, groups[0]);
        if (index == 0 && groups[0].from == 0 && groups[0].to == 0) continue;
        put(s.substr(index, groups[0].from - index));
        index = groups[0].to;
        ++n;
    }
    put(s.substr(index));
}

Column split_column(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext& cx) {
    MR_ASSERT(args.size() > 2);
    Column out = sized_column(e.type, 0);
    Column& words = out.children[0];
    words.type = type_of(TypeId::string);
    words.heaps = args[0].heaps;
    bool any_null = false;
    std::vector<u8> nulls(static_cast<std::size_t>(rows), 0);
    const auto put = [&](std::string_view part) {
        if (cx.ok()) words.strings.push_back(part);
    };
    for (i64 i = 0; i < rows && cx.ok(); ++i) {
        if (args[0].null(i) || args[1].null(i) || args[2].null(i)) {
            nulls[static_cast<std::size_t>(i)] = 1;
            any_null = true;
        } else {
            const std::string_view s = args[0].strings[args[0].at(i)];
            const std::string_view pattern = args[1].strings[args[1].at(i)];
            const i64 limit = args[2].ints[args[2].at(i)];
            if (literal_separator(pattern)) {
                split_literal(s, pattern, limit, put);
            } else if (pattern.empty() && !s.empty()) {
                i64 n = 0;
                const auto all = split_points(s);
                for (const std::string_view p : all) {
                    if (limit > 0 && n == limit) break;
                    put(p);
                    ++n;
                }
            } else {
                const std::string text(pattern);
                const Regex& regex = compile_regex(text);
                if (!regex.ok()) {
                    QueryError error{"Py4JJavaError", "java.util.regex.PatternSyntaxException", "", "", regex.error};
                    cx.failure.set(std::move(error));
                    break;
                }
                split_regex(regex, s, limit, cx, put);
            }
        }
        const i64 parts = static_cast<i64>(words.strings.size() - out.offsets.back());
        out.offsets.push_back(static_cast<u32>(words.strings.size()));
        if (parts > 64 && !cx.spend(parts, parts * 32)) break;
    }
    words.size = static_cast<i64>(words.strings.size());
    while (static_cast<i64>(out.offsets.size()) < rows + 1) out.offsets.push_back(out.offsets.back());
    out.size = rows;
    if (any_null) out.nulls = std::move(nulls);
    return out;
}

bool type_split(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    t.e.type = array_type(type_of(TypeId::string), false);
    t.e.nullable = t.e.args[0]->nullable || t.e.args[1]->nullable;
    return true;
}

bool type_extract_all(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    t.e.type = array_type(type_of(TypeId::string), true);
    t.e.nullable = t.e.args[0]->nullable || t.e.args[1]->nullable;
    return true;
}

bool type_replace(Typing& t) {
    MR_ASSERT(t.e.args.size() > 3);
    if (!coerce_arguments(t)) return false;
    const ExprRef& at = t.e.args[3];
    if (is_literal(at) && !at->value.null && at->value.i < 1)
        return t.refuse("VALUE_OUT_OF_RANGE", fmt::format("The position must be between (0, {}] (current value = {}).",
                                                          INT32_MAX, at->value.i));
    t.e.type = type_of(TypeId::string);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_ilike(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = t.e.args[0]->nullable || t.e.args[1]->nullable;
    return true;
}

const FunctionInfo kRegexFunctions[] = {
    {"like", "S,S", "Z", ST, like, "Whether the text matches a pattern of % and _."},
    {"ilike", "S,S,S?", "Z", ST, ilike, "LIKE without regard to case.", type_ilike},
    {"rlike", "S,S", "Z", ST, rlike, "Whether a regular expression is found in the text."},
    {"likeall", "S,S+", "Z", SE, like_all, "LIKE every pattern.", nullptr, nullptr, nullptr, K, true, true},
    {"notlikeall", "S,S+", "Z", SE, not_like_all, "LIKE no pattern.", nullptr, nullptr, nullptr, K, true, true},
    {"likeany", "S,S+", "Z", SE, like_any, "LIKE some pattern.", nullptr, nullptr, nullptr, K, true, true},
    {"notlikeany", "S,S+", "Z", SE, not_like_any, "Not LIKE some pattern.", nullptr, nullptr, nullptr, K, true, true},
    {"regexp_extract", "S,S,I=1", "S", ST, regexp_extract, "A group of the first match; empty if none."},
    {"regexp_extract_all", "S,S,I=1", "aS", ST, regexp_extract_all, "A group of every match.", type_extract_all},
    {"regexp_replace", "S,S,S,I=1", "S", ST, regexp_replace, "Every match replaced; $1 means a group.", type_replace},
    {"regexp_count", "S,S", "I", ST, regexp_count, "How often a regular expression matches."},
    {"regexp_instr", "S,S,I=0", "I", ST, regexp_instr, "Position of the first match, 0 if none."},
    {"regexp_substr", "S,S", "S", SN, regexp_substr, "The first match; null if none."},
    {"split", "S,S,I=-1", "aS", ST, nullptr, "The parts of a text between matches of a regular expression.", type_split,
     split_column},
};

}  // namespace

std::span<const FunctionInfo> regex_functions() { return kRegexFunctions; }

}  // namespace engine::spark
