// Taking lines apart: words, quotes, names with blanks.
#include <algorithm>
#include <array>

#include "engine/verb.h"
#include "sim/base/ascii.h"

namespace engine {
namespace {

constexpr std::array<std::string_view, 3> kNumberedKinds = {"broker", "executor", "zookeeper"};

/// Words of a line. A quote joins what is between it and its partner; `,` and `|` stand alone.
std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool open = false;
    char quote = 0;
    const auto finish = [&] {
        if (open) words.push_back(std::move(word));
        word.clear();
        open = false;
    };
    for (const char c : line) {
        if (quote != 0 && c == quote) { quote = 0; continue; }
        if (quote == 0 && (c == '\'' || c == '"')) { quote = c; open = true; continue; }
        if (quote == 0 && c == ' ') { finish(); continue; }
        if (quote == 0 && (c == '|' || c == ',')) {
            finish();
            words.emplace_back(1, c);
            continue;
        }
        word.push_back(c);
        open = true;
    }
    finish();
    return words;
}

/// "broker" "1" is one name.
void join_names(std::vector<std::string>& words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const bool numbered = std::ranges::find(kNumberedKinds, words[i]) != kNumberedKinds.end();
        if (!numbered || !sim::all_digits(words[i + 1])) continue;
        words[i] += " " + words[i + 1];
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

/// How many words after the verb make up the object: what the inputs table calls the target.
std::size_t object_words(const Verb& verb) {
    const auto is = [&](std::string_view name) { return verb.name == name; };
    const std::size_t count = verb.words.size();
    if (is("wait") || is("heal")) return 0;
    if (is("run") || is("partition")) return count;
    if (is("elect")) return std::min<std::size_t>(count, 1);
    if (is("config")) return std::min<std::size_t>(count, 2);
    const bool noun_first =
        count > 0 && (verb.words[0] == "link" || verb.words[0] == "message" || verb.words[0] == "query");
    const bool two_ends = noun_first && (verb.words[0] == "link" || (count > 2 && verb.words[2] == "->"));
    if (noun_first) return std::min<std::size_t>(count, two_ends ? 4 : 2);
    if (is("link")) return std::min<std::size_t>(count, 3);
    return std::min<std::size_t>(count, 1);
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t to) {
    MR_ASSERT(to <= words.size());
    std::string text;
    for (std::size_t i = from; i < to; ++i) text += (text.empty() ? "" : " ") + words[i];
    return text;
}

/// The object as learners name it: without the noun that the verb already said.
std::string target_of(const Verb& verb, std::size_t objects) {
    if (verb.name == "elect") return joined(verb.words, 1, verb.words.size());
    const bool noun = objects > 1 && (verb.words[0] == "link" || verb.words[0] == "topic" || verb.words[0] == "query");
    return joined(verb.words, noun ? 1 : 0, objects);
}

}  // namespace

Verb parse_verb(std::string_view line) {
    Verb verb;
    verb.line = line;
    verb.words = split(line);
    if (verb.words.empty()) return verb;
    verb.name = verb.words.front();
    verb.words.erase(verb.words.begin());
    if (verb.name != "run") join_names(verb.words);
    const std::size_t objects = object_words(verb);
    verb.target = target_of(verb, objects);
    verb.rest = verb.name == "elect" ? joined(verb.words, 0, std::min<std::size_t>(1, verb.words.size()))
                                     : joined(verb.words, objects, verb.words.size());
    MR_ASSERT(objects <= verb.words.size());
    return verb;
}

Nanos parse_duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, i64>, 6> kUnits = {{{"ns", 1},
                                                                         {"us", 1'000},
                                                                         {"ms", 1'000'000},
                                                                         {"s", 1'000'000'000},
                                                                         {"m", 60'000'000'000},
                                                                         {"h", 3'600'000'000'000}}};
    static_assert(std::ranges::is_sorted(kUnits, {}, &std::pair<std::string_view, i64>::second));
    const auto unit = text.find_first_not_of("0123456789.");
    if (unit == 0 || unit == std::string_view::npos) return sim::nanos(-1);
    const auto found = std::ranges::find(kUnits, text.substr(unit), &std::pair<std::string_view, i64>::first);
    const auto millionths = parse_millionths(text.substr(0, unit));
    if (found == kUnits.end() || !millionths) return sim::nanos(-1);
    constexpr i64 kMost = INT64_MAX / 4;
    const i64 scale = found->second;
    if (*millionths / 1'000'000 > kMost / scale) return sim::nanos(-1);
    return sim::nanos(*millionths / 1'000'000 * scale + *millionths % 1'000'000 * scale / 1'000'000);
}

}  // namespace engine
