// Sections: masks and names; values; rules of a step; ids and ranks; groups.
#include "app/proof/masks/pattern.h"
#include "app/proof/story/compare.h"
#include "engine/model/json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace app::proof {
namespace {

using Path = StoryCompare::Path;
using sim::i64;

const std::set<std::string> kSets = {"isr", "offline", "brokers", "live_brokers", "removed"};
const std::map<std::string, std::string> kRanks = {
    {"generation", "generation"}, {"controller_epoch", "controller_epoch"}, {"LeaderEpoch", "controller_epoch"}};
const std::map<std::string, std::string> kRelatives = {{"producer_id", "producer_id"},
                                                       {"LeaderId", "controller"},
                                                       {"brokerid", "controller"},
                                                       {"metadata_controller_id", "controller"}};
const std::set<std::string> kIgnoredInZnodes = {"timestamp", "topic_id", "id", "block_start", "block_end", "broker"};
// Objects whose names are data: nothing more and nothing less than recorded.
const std::set<std::string> kMaps = {
    "segments", "position", "rebalance_events", "changed", "znodes", "members", "live", "fast", "epoch_ends", "logs",
    "leader_log", "high_watermark_checkpoint", "sizes_before", "committed"};

std::string joined(const Path& path) {
    std::string text;
    for (const std::string& part : path) text += (text.empty() ? "" : "/") + part;
    return text;
}

/// The key of a step's exceptions: `/` within a name is written `~1`.
std::string rule_key(const Path& path) {
    Path escaped = path;
    for (std::string& part : escaped)
        for (std::size_t at = 0; (at = part.find('/', at)) != std::string::npos; at += 2) part.replace(at, 1, "~1");
    return joined(escaped);
}

Path deeper(Path path, std::string part) {
    path.push_back(std::move(part));
    return path;
}

std::optional<i64> number_of(const Json& value) {
    if (value.is_number_integer()) return value.get<i64>();
    if (!value.is_string()) return {};
    const std::string& text = value.get_ref<const std::string&>();
    i64 number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                     : std::nullopt;
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : engine::json_text(value);
}

Json masked_names(const Json& object) {
    Json renamed = Json::object();
    for (const auto& [key, value] : object.items()) renamed[masked(key)] = value;
    return renamed;
}

bool volatile_key(const Path& path, const std::string& key) {
    if (path.back().starts_with("{") && kIgnoredInZnodes.contains(key)) return true;
    return key == "version" && (path.back() == "/controller_epoch" || path.back() == "/latest_producer_id_block");
}

/// Without the extra round (`assigned` X, then `revoked` X) that a member of an eager group may pass through.
Json without_extra_rounds(const Json& events) {
    Json kept = Json::array();
    for (const Json& event : events) {
        const bool extra =
            kept.size() > 1 && event.value("event", "") == "revoked" && kept.back().value("event", "") == "assigned" &&
            !event.value("partitions", Json::array()).empty() && kept.back()["partitions"] == event["partitions"];
        if (extra) kept.erase(kept.size() - 1);
        else kept.push_back(event);
    }
    return kept;
}

/// Names that only one side has.
Json without(const std::set<std::string>& all, const std::set<std::string>& known) {
    Json rest = Json::array();
    for (const std::string& name : all)
        if (!known.contains(name)) rest.push_back("only here: " + name);
    return rest;
}

std::vector<std::string> sorted_texts(const Json& list) {
    std::vector<std::string> texts;
    for (const Json& item : list) texts.push_back(engine::json_text(item));
    std::ranges::sort(texts);
    return texts;
}

std::vector<std::string> sorted_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::string line;
    for (const char c : text + "\n") {
        if (c != '\n') { line.push_back(c); continue; }
        lines.push_back(masked(line));
        line.clear();
    }
    std::ranges::sort(lines);
    return lines;
}

Json sorted_list(Json list) {
    std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) { return text_of(a) < text_of(b); });
    return list;
}

Json by_partition(Json list) {
    std::stable_sort(list.begin(), list.end(),
                     [](const Json& a, const Json& b) { return text_of(a[0]) < text_of(b[0]); });
    return list;
}

}  // namespace

struct StoryCompare::Steps {
    Json recorded_before = Json::object(), got_before = Json::object();
    Json recorded = Json::object(), got = Json::object();
};

StoryCompare::StoryCompare() : steps_(std::make_unique<Steps>()) {}
StoryCompare::~StoryCompare() = default;

std::string masked(const std::string& text) {
    static const std::vector<std::pair<Pattern, std::string>> kMasks = {
        {Pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|<uuid>"), "<uuid>"},
        {Pattern("\\b[0-9]+ ms has passed"), "<ms> ms has passed"},
        {Pattern("producerId=[0-9]+"), "producerId=<pid>"},
        {Pattern("config_change_[0-9]{10}"), "config_change_<n>"},
    };
    std::string result = text;
    for (const auto& [pattern, with] : kMasks) result = replaced(result, pattern, with);
    return result;
}

void StoryCompare::step(const Json& recorded, const Json& got, const Json& rules) {
    steps_->recorded_before = std::exchange(steps_->recorded, recorded);
    steps_->got_before = std::exchange(steps_->got, got);
    for (const auto& [key, expected] : recorded.items())
        value({key}, expected, got.value(key, Json("<missing>")), rules);
}

void StoryCompare::differs(const Path& path, const Json& recorded, const Json& got) {
    differences_.push_back({joined(path), engine::json_text(recorded), engine::json_text(got)});
}

// ---- values -------------------------------------------------------------------------------------

void StoryCompare::value(const Path& path, const Json& recorded, const Json& got, const Json& rules) {
    const std::string& key = path.back();
    if (const auto rule = rules.find(rule_key(path)); rule != rules.end()) {
        const Json as_object = rule->is_string() ? Json{{"mode", *rule}} : *rule;
        return by_rule(path, recorded, got, as_object, rules);
    }
    if (const auto space = kRelatives.find(key); space != kRelatives.end())
        return relative(path, space->second, recorded, got);
    if (const auto space = kRanks.find(key); space != kRanks.end() && number_of(recorded))
        return rank(path, space->second, recorded, got);
    if (key == "delete_horizon") return;
    if (recorded.is_object() && got.is_object()) return object(path, recorded, got, rules);
    if (recorded.is_array() && got.is_array()) return list(path, recorded, got, rules);
    if (recorded.is_string() && got.is_string()) return text(path, recorded, got, rules);
    if (recorded != got) differs(path, recorded, got);
}

void StoryCompare::object(const Path& path, const Json& recorded, const Json& got, const Json& rules) {
    const Json ours = masked_names(got), theirs = masked_names(recorded);
    const auto names = [](const Json& o) {
        std::set<std::string> keys;
        for (const auto& [k, v] : o.items()) keys.insert(k);
        return keys;
    };
    if (kMaps.contains(path.back()) && names(ours) != names(theirs))
        return differs(path, without(names(theirs), names(ours)), without(names(ours), names(theirs)));
    for (const auto& [key, expected] : theirs.items())
        if (!volatile_key(path, key)) value(deeper(path, key), expected, ours.value(key, Json("<missing>")), rules);
}

void StoryCompare::list(const Path& path, const Json& recorded, const Json& got, const Json& rules) {
    Json theirs = recorded, ours = got;
    const bool records = !recorded.empty() && recorded[0].is_array() && recorded[0].size() == 4;
    const bool events = !recorded.empty() && recorded[0].is_object() && recorded[0].contains("event");
    if (kSets.contains(path.back())) { theirs = sorted_list(theirs); ours = sorted_list(ours); }
    else if (records) { theirs = by_partition(theirs); ours = by_partition(ours); }
    else if (events) { theirs = without_extra_rounds(theirs); ours = without_extra_rounds(ours); }
    if (theirs.size() != ours.size()) return differs(path, theirs, ours);
    for (std::size_t i = 0; i < theirs.size(); ++i) value(deeper(path, std::to_string(i)), theirs[i], ours[i], rules);
}

void StoryCompare::text(const Path& path, const Json& recorded, const Json& got, const Json& rules) {
    const auto& theirs = recorded.get_ref<const std::string&>();
    const auto& ours = got.get_ref<const std::string&>();
    if (theirs.starts_with("{") && ours.starts_with("{")) {
        const Json a = engine::read_json<Json>(theirs), b = engine::read_json<Json>(ours);
        if (!a.is_discarded() && !b.is_discarded()) return object(deeper(path, "{}"), a, b, rules);
    }
    const bool epoch = path.back() == "data" && path.size() > 1 && path[path.size() - 2] == "/controller_epoch";
    if (epoch) return rank(path, "controller_epoch", recorded, got);
    if (masked(theirs) != masked(ours)) differs(path, recorded, got);
}

// ---- rules of a step ----------------------------------------------------------------------------

void StoryCompare::by_rule(const Path& path, const Json& recorded, const Json& got, const Json& rule,
                           const Json& rules) {
    const std::string mode = rule.value("mode", "");
    if (mode == "ignore") return;
    if (mode == "sticky") return sticky(path, recorded, got);
    if (mode == "consistent") return consistent(path, got);
    if (mode == "bytes") return masked_bytes(path, recorded, got, rule);
    if (mode == "one_of") {
        const bool fits = std::ranges::any_of(rule["values"], [&](const Json& accepted) {
            StoryCompare trial;
            trial.value(path, accepted, got, Json::object());
            return trial.differences_.empty();
        });
        return fits ? void() : differs(path, rule["values"], got);
    }
    if (mode == "ignore_keys") {
        const Pattern drop(rule["keys"].get<std::string>());
        const auto keep = [&](const Json& o) {
            Json k = Json::object();
            for (const auto& [n, v] : o.items())
                if (!finds(n, drop)) k[n] = v;
            return k;
        };
        return object(path, keep(recorded), keep(got), rules);
    }
    if (mode == "set" && got.is_array())
        return sorted_texts(recorded) == sorted_texts(got) ? void() : differs(path, recorded, got);
    const bool lines = mode == "lines_as_set" && got.is_string();
    if (!lines || sorted_lines(recorded) != sorted_lines(got)) differs(path, recorded, got);
}

void StoryCompare::masked_bytes(const Path& path, const Json& recorded, const Json& got, const Json& rule) {
    if (!got.is_string()) return differs(path, recorded, got);
    const auto blanked = [&](std::string hex) {
        const std::size_t bytes = hex.size() / 2, every = rule.value("every", std::size_t{0});
        for (std::size_t start = 0; start < bytes; start += every == 0 ? bytes : every)
            for (const Json& range : rule["mask"])
                for (std::size_t i = start + range[0].get<std::size_t>();
                     i < std::min(start + range[1].get<std::size_t>(), bytes); ++i)
                    hex[2 * i] = hex[2 * i + 1] = '0';
        return hex;
    };
    if (blanked(recorded) != blanked(got)) differs(path, recorded, got);
}

// ---- ids and ranks ------------------------------------------------------------------------------

void StoryCompare::relative(const Path& path, const std::string& space, const Json& recorded, const Json& got) {
    auto& known = pairs_[space];
    const std::string theirs = text_of(recorded), ours = text_of(got);
    const auto [entry, fresh] = known.try_emplace(theirs, ours);
    const auto uses = std::ranges::count(known, ours, [](const auto& pair) { return pair.second; });
    if (entry->second != ours || uses > 1) differs(path, recorded, got);
}

void StoryCompare::rank(const Path& path, const std::string& space, const Json& recorded, const Json& got) {
    const auto theirs = number_of(recorded), ours = number_of(got);
    if (!theirs || !ours) return differs(path, recorded, got);
    const auto sign = [](i64 n) { return (n > 0) - (n < 0); };
    for (const auto& [a, b] : ranks_[space])
        if (sign(*theirs - a) != sign(*ours - b)) return differs(path, recorded, got);
    ranks_[space].emplace_back(*theirs, *ours);
}

// ---- groups -------------------------------------------------------------------------------------

/// As balanced and as sticky as recorded; which member is favoured is chance.
void StoryCompare::sticky(const Path& path, const Json& recorded, const Json& got) {
    const auto facts = [&](const Json& now, const Json& before_step) {
        std::vector<std::string> members, partitions;
        std::vector<std::size_t> sizes;
        std::size_t kept = 0;
        const Json before = before_step.value(path.back(), Json::object());
        for (const auto& [member, state] : now.items()) {
            members.push_back(member);
            sizes.push_back(state["assignment"].size());
            for (const Json& partition : state["assignment"]) {
                partitions.push_back(engine::json_text(partition));
                if (!before.contains(member)) continue;
                kept += static_cast<std::size_t>(std::ranges::count(before[member]["assignment"], partition));
            }
        }
        std::ranges::sort(partitions);
        std::ranges::sort(sizes);
        return Json{members, partitions, sizes, kept};
    };
    const Json theirs = facts(recorded, steps_->recorded_before), ours = facts(got, steps_->got_before);
    if (theirs != ours) differs(path, theirs, ours);
    for (const auto& [member, state] : recorded.items())
        if (got.contains(member))
            value(deeper(deeper(path, member), "generation"), state["generation"], got[member]["generation"],
                  Json::object());
}

/// The listener's calls lead from the member's assignment of the step before to the present one.
void StoryCompare::consistent(const Path& path, const Json& got) {
    const Json before = steps_->got_before.value("members", Json::object());
    const Json now = steps_->got.value("members", Json::object());
    for (const auto& [member, events] : got.items()) {
        std::set<std::string> owned, present;
        if (before.contains(member))
            for (const Json& p : before[member]["assignment"]) owned.insert(p.get<std::string>());
        for (const Json& event : events)
            for (const Json& p : event["partitions"]) {
                if (event["event"] == "assigned") owned.insert(p.get<std::string>());
                else owned.erase(p.get<std::string>());
            }
        if (now.contains(member)) for (const Json& p : now[member]["assignment"]) present.insert(p.get<std::string>());
        if (owned != present) differs(deeper(path, member), events, Json(present));
    }
}

}  // namespace app::proof
