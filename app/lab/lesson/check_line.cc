// Lines of verbs in `do` and `solution`: the verb exists, and so does what it acts on.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/names.h"
#include "app/lab/lesson/times.h"
#include "engine/verb.h"

namespace app::lab {
namespace {

using Words = std::vector<std::string>;

enum class ObjectKind : sim::u8 {
    node,
    producer,
    startable,
    query,
    like,
    partition,
    topic_or_broker,
    link,
    message,
    time,
    none
};

struct VerbObject {
    std::string_view verb;
    ObjectKind kind;
};

constexpr std::array<VerbObject, 23> kObjects = {{
    {"kill", ObjectKind::node},
    {"power-cut", ObjectKind::node},
    {"restart", ObjectKind::node},
    {"pause", ObjectKind::node},
    {"resume", ObjectKind::node},
    {"limp", ObjectKind::node},
    {"disk", ObjectKind::node},
    {"produce", ObjectKind::producer},
    {"tombstone", ObjectKind::producer},
    {"start", ObjectKind::startable},
    {"stop", ObjectKind::startable},
    {"trigger", ObjectKind::query},
    {"type", ObjectKind::query},
    {"submit", ObjectKind::like},
    {"elect", ObjectKind::partition},
    {"config", ObjectKind::topic_or_broker},
    {"block", ObjectKind::link},
    {"unblock", ObjectKind::link},
    {"drop", ObjectKind::message},
    {"hold", ObjectKind::message},
    {"release", ObjectKind::message},
    {"delay", ObjectKind::message},
    {"wait", ObjectKind::time},
}};

ObjectKind object_of(std::string_view verb) {
    const auto at = std::ranges::find(kObjects, verb, &VerbObject::verb);
    return at == kObjects.end() ? ObjectKind::none : at->kind;
}

void require_word(const LessonCheck& check, const Text& line, const Words& words, std::size_t at,
    std::string_view kind, const Words& known) {
    const bool numbered = at + 1 < words.size() && words[at + 1].size() < 4 &&
        words[at + 1].find_first_not_of("0123456789") == std::string::npos;
    const bool misspelt = numbered && kind == "node" && std::ranges::find(known, words[at]) == known.end();
    if (at < words.size())
        check.require({misspelt ? words[at] + " " + words[at + 1] : words[at], line.place}, kind, known);
    else check.fail(line.place, fmt::format("'{}' needs the name of a {}", line.value, kind));
}

Words startable_nodes(const LessonCheck& check) {
    Words all = check.names.startable;
    all.insert(all.end(), check.names.nodes.begin(), check.names.nodes.end());
    return all;
}

void check_config(const LessonCheck& check, const Text& line, const Words& words) {
    const bool topic = !words.empty() && words[0] == "topic";
    Words brokers;
    for (const sim::i64 id : check.names.brokers) brokers.push_back(fmt::format("{}", id));
    if (topic) return require_word(check, line, words, 1, "topic", check.names.topic_names());
    if (!words.empty() && words[0].starts_with("broker "))
        return require_word(check, line, words, 0, "node", check.names.nodes);
    if (!words.empty() && words[0] == "broker") require_word(check, line, words, 1, "broker", brokers);
}

void check_link(const LessonCheck& check, const Text& line, const Words& words) {
    const std::size_t from = !words.empty() && words[0] == "link" ? 1 : 0;
    const bool arrow = words.size() == from + 3 && words[from + 1] == "->";
    if (!arrow) return check.fail(line.place, fmt::format("'{}' must name a link: block link A -> B", line.value));
    require_word(check, line, words, from, "node", check.names.nodes);
    require_word(check, line, words, from + 2, "node", check.names.nodes);
}

/// A lesson does not know the numbers of messages: it names where one is on its way.
void check_message(const LessonCheck& check, const Text& line, const Words& words) {
    const bool arrow = words.size() >= 4 && words[0] == "message" && words[2] == "->";
    if (!arrow) return check.fail(line.place, fmt::format("'{}' must name a way: drop message A -> B", line.value));
    require_word(check, line, words, 1, "node", check.names.nodes);
    require_word(check, line, words, 3, "node", check.names.nodes);
}

void check_wait(const LessonCheck& check, const Text& line, const Words& words) {
    const bool until = words.size() == 2 && words[0] == "until" && parse_clock(words[1]);
    const bool span = words.size() == 1 && engine::parse_duration(words[0]).count >= 0;
    if (!until && !span)
        check.fail(line.place,
            fmt::format("'{}' must be a wait such as 'wait 5s' or 'wait until 12:36:00'", line.value));
}

void check_object(const LessonCheck& check, const Text& line, const engine::Verb& verb) {
    const bool query = !verb.words.empty() && verb.words[0] == "query";
    switch (object_of(verb.name)) {
        case ObjectKind::node:
            return require_word(check, line, verb.words, 0, "node", query ? Words{"query"} : check.names.nodes);
        case ObjectKind::producer: return require_word(check, line, verb.words, 0, "producer", check.names.producers);
        case ObjectKind::startable:
            return query ? require_word(check, line, verb.words, 1, "query", check.names.queries)
                         : require_word(check, line, verb.words, 0, "client or query", startable_nodes(check));
        case ObjectKind::query: return require_word(check, line, verb.words, 0, "query", check.names.queries);
        case ObjectKind::like: return require_word(check, line, verb.words, 2, "query", check.names.queries);
        case ObjectKind::partition:
            return require_word(check, line, verb.words, 1, "partition", check.names.partition_names());
        case ObjectKind::topic_or_broker: return check_config(check, line, verb.words);
        case ObjectKind::link: return check_link(check, line, verb.words);
        case ObjectKind::message: return check_message(check, line, verb.words);
        case ObjectKind::time: return check_wait(check, line, verb.words);
        case ObjectKind::none: return;
    }
}

}  // namespace

void check_line(const LessonCheck& check, const Text& line) {
    const engine::Verb verb = engine::parse_verb(line.value);
    const auto verbs = verb_names();
    const Words known(verbs.begin(), verbs.end());
    if (check.require({verb.name, line.place}, "verb", known)) check_object(check, line, verb);
}

}  // namespace app::lab
