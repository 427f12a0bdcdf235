#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/plan/regex.h"

#include <pcre2.h>

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr u32 kMatchSteps = 5'000'000;
static_assert(kMatchSteps > 0);

struct Entry {
    std::string key;
    Regex regex;
};

/// Java writes `\p{Alpha}`, `\h`, possessive quantifiers and `(?<name>)` alike; `\p{javaX}` and `\Z` at
/// the end differ little. Only classes that PCRE2 calls otherwise are renamed.
std::string translated(std::string_view pattern) {
    static constexpr std::pair<std::string_view, std::string_view> kClasses[] = {
        {"\\p{Alpha}", "[a-zA-Z]"},
        {"\\p{Digit}", "[0-9]"},
        {"\\p{Alnum}", "[a-zA-Z0-9]"},
        {"\\p{Upper}", "[A-Z]"},
        {"\\p{Lower}", "[a-z]"},
        {"\\p{Punct}", "[!-/:-@\\[-`{-~]"},
        {"\\p{Space}", "[ \\t\\n\\x0B\\f\\r]"},
        {"\\p{XDigit}", "[0-9a-fA-F]"},
        {"\\p{IsAlphabetic}", "\\p{L}"},
        {"\\p{ASCII}", "[\\x00-\\x7F]"},
    };
    std::string out(pattern);
    for (const auto& [java, pcre] : kClasses)
        for (std::size_t at = out.find(java); at != std::string::npos; at = out.find(java, at + pcre.size()))
            out.replace(at, java.size(), pcre);
    return out;
}

/// A refusal of PCRE2 as java.util.regex words it, with the pattern and a caret at the place.
std::string java_refusal(int error, std::size_t offset, const std::string& pattern) {
    std::string what;
    std::size_t at = offset;
    switch (error) {
        case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS: what = "Unclosed group", at = pattern.size(); break;
        case PCRE2_ERROR_MISSING_SQUARE_BRACKET: what = "Unclosed character class", at = pattern.size() - 1; break;
        case PCRE2_ERROR_QUANTIFIER_INVALID:
            at = offset > 0 ? offset - 1 : 0,
            what = std::string("Dangling meta character '") + pattern[std::min(at, pattern.size() - 1)] + "'";
            break;
        case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS:
            what = "Unmatched closing ')'", at = offset > 0 ? offset - 1 : 0;
            break;
        case PCRE2_ERROR_CLASS_RANGE_ORDER: what = "Illegal character range"; break;
        default: {
            char message[256] = {};
            pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof message);
            what = message;
        }
    }
    std::string out = what + " near index " + std::to_string(at) + "\n" + pattern;
    if (at < pattern.size()) out += "\n" + std::string(at, ' ') + "^";
    return out;
}

Regex compiled(const std::string& pattern, u32 options) {
    Regex out;
    int error = 0;
    PCRE2_SIZE offset = 0;
    const std::string text = translated(pattern);
    pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                     options | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, nullptr);
    if (code == nullptr) {
        out.error = java_refusal(error, offset, pattern);
        return out;
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    out.code = std::shared_ptr<void>(code, [](void* p) { pcre2_code_free(static_cast<pcre2_code*>(p)); });
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &out.groups);
    return out;
}

std::vector<Entry>& cache() {
    static std::vector<Entry> kCache;
    return kCache;
}

struct Matcher {
    pcre2_match_context* context = pcre2_match_context_create(nullptr);
    pcre2_match_data* data = pcre2_match_data_create(64, nullptr);

    Matcher() {
        pcre2_set_match_limit(context, kMatchSteps);
        pcre2_set_depth_limit(context, 100'000);
        pcre2_set_heap_limit(context, 64 * 1024);
    }
    ~Matcher() {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
    }
    Matcher(const Matcher&) = delete;
    Matcher& operator=(const Matcher&) = delete;
};

Matcher& matcher() {
    static Matcher kMatcher;
    return kMatcher;
}

}  // namespace

const Regex& compile_regex(const std::string& pattern, bool ignore_case, bool dot_all) {
    const std::string key = std::string(ignore_case ? "i" : "-") + (dot_all ? "s" : "-") + pattern;
    auto& kept = cache();
    for (const Entry& entry : kept)
        if (entry.key == key) return entry.regex;
    if (kept.size() > 256) kept.clear();
    kept.reserve(512);
    const u32 options = (ignore_case ? PCRE2_CASELESS : 0u) | (dot_all ? PCRE2_DOTALL : 0u);
    kept.push_back({key, compiled(pattern, options)});
    return kept.back().regex;
}

Match find(const Regex& regex, std::string_view text, std::size_t from, std::vector<Span>& groups) {
    MR_ASSERT(regex.ok() && from <= text.size());
    Matcher& m = matcher();
    const int rc = pcre2_match(static_cast<pcre2_code*>(regex.code.get()), reinterpret_cast<PCRE2_SPTR>(text.data()),
                               text.size(), from, 0, m.data, m.context);
    if (rc == PCRE2_ERROR_NOMATCH) return Match::no;
    if (rc < 0) return Match::gave_up;
    const PCRE2_SIZE* v = pcre2_get_ovector_pointer(m.data);
    groups.assign(regex.groups + 1, {});
    for (u32 i = 0; i < static_cast<u32>(rc) && i <= regex.groups; ++i)
        if (v[2 * i] != PCRE2_UNSET) groups[i] = {v[2 * i], v[2 * i + 1], true};
    return Match::yes;
}

Match matches(const Regex& regex, std::string_view text) {
    MR_ASSERT(regex.error.empty());
    Matcher& m = matcher();
    const int rc = pcre2_match(static_cast<pcre2_code*>(regex.code.get()), reinterpret_cast<PCRE2_SPTR>(text.data()),
                               text.size(), 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, m.data, m.context);
    if (rc == PCRE2_ERROR_NOMATCH) return Match::no;
    return rc < 0 ? Match::gave_up : Match::yes;
}

std::optional<std::string> like_pattern(std::string_view pattern, char escape) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == escape && i + 1 < pattern.size()) {
            const char next = pattern[++i];
            if (next != '_' && next != '%' && next != escape) return std::nullopt;
            out += "\\Q";
            out += next;
            out += "\\E";
        } else if (c == escape) {
            return std::nullopt;
        } else if (c == '_') {
            out += ".";
        } else if (c == '%') {
            out += ".*";
        } else if (std::string_view("\\^$.|?*+()[]{}#/-").find(c) != std::string_view::npos) {
            out += "\\";
            out += c;
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace engine::spark
