#include "app/lab/lesson/block_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/lab/lesson/lesson_keys.h"
#include "app/lab/lesson/names.h"
#include "app/lab/lesson/times.h"
#include "engine/model/config_def.h"
#include "engine/verb.h"

namespace app::lab {

using sim::i64;

bool BlockReader::wrong_type(const TomlNode& node, std::string_view wanted) {
    fail(node.place, fmt::format("'{}' must be {}, not {}", key_, wanted, kind_name(node.kind)));
    return false;
}

bool BlockReader::expect(const TomlNode& node, TomlKind kind) {
    if (node.kind == kind) return true;
    return wrong_type(node,
        kind == TomlKind::array && node.kind == TomlKind::table ? "a list; write [[two brackets]]" : kind_name(kind));
}

void BlockReader::unknown_key(const TomlMember& member, std::string_view block, const std::vector<std::string>& known) {
    if (std::ranges::find(known, member.key) != known.end()) return;
    fail(member.place, fmt::format("unknown key '{}' in {}", member.key, block), nearest_of(member.key, known));
}

void BlockReader::read_names(const TomlNode& node, Place& place, std::string_view word,
    std::span<const std::string_view> names, std::size_t& found) {
    place = node.place;
    found = static_cast<std::size_t>(std::ranges::find(names, word) - names.begin());
    if (found == names.size())
        fail(node.place, fmt::format("'{}' must be one of {}, not '{}'", key_, fmt::join(names, ", "), word),
            nearest_of(word, names));
}

// ---- scalars ------------------------------------------------------------------------------------

void BlockReader::read(const TomlNode& node, Text& text) {
    text.place = node.place;
    if (!expect(node, TomlKind::text)) return;
    text.value = node.text;
    if (text.value.find('\0') != std::string::npos)
        fail(node.place, fmt::format("'{}' must not hold the character U+0000", key_));
    if (text.value.find_first_not_of(" \t\r\n") == std::string::npos)
        fail(node.place, fmt::format("'{}' must not be empty", key_));
}

void BlockReader::read_number(const TomlNode& node, Number& number, i64 least, i64 most) {
    number.place = node.place;
    if (!expect(node, TomlKind::integer)) return;
    const bool within = node.integer >= least && node.integer <= most;
    if (within) number.value = node.integer;
    else fail(node.place, fmt::format("'{}' must be from {} to {}, not {}", key_, least, most, node.integer));
}

void BlockReader::read(const TomlNode& node, Flag& flag) {
    flag.place = node.place;
    if (expect(node, TomlKind::boolean)) flag.value = node.boolean;
}

void BlockReader::read(const TomlNode& node, Span& span) {
    span.place = node.place;
    if (node.kind != TomlKind::text) return void(wrong_type(node, "a duration such as \"500ms\""));
    span.value = engine::parse_duration(node.text);
    if (span.value.count < 0)
        fail(node.place,
            fmt::format("'{}' must be a duration such as \"500ms\", \"12.5s\" or \"11m\", not \"{}\"", key_,
            node.text));
}

void BlockReader::read(const TomlNode& node, AtMoment& moment) {
    moment.place = node.place;
    const bool word = node.kind == TomlKind::text || node.kind == TomlKind::date_time;
    if (!word) return void(wrong_type(node, "a clock time or a duration"));
    if (const sim::Nanos span = engine::parse_duration(node.text); span.count >= 0)
        return void(moment.value.since_start = span);
    const auto clock = parse_clock(node.text);
    if (!clock)
        return fail(node.place,
            fmt::format("'{}' must be a clock time such as \"12:30:30\" or a duration, not \"{}\"", key_, node.text));
    moment.value.since_start = *clock - sim::millis(start_ms_ - day_start_ms(start_ms_));
    if (moment.value.since_start.count < 0)
        fail(node.place, fmt::format("'{}' is before the lesson's start_time", key_));
}

void BlockReader::read(const TomlNode& node, Instant& instant) {
    instant.place = node.place;
    const bool word = node.kind == TomlKind::text || node.kind == TomlKind::date_time;
    if (!word) return void(wrong_type(node, "a date and time"));
    const auto clock = parse_clock(node.text);
    const auto full = clock ? day_start_ms(start_ms_) + clock->to_millis() : parse_instant(node.text);
    if (full) instant.value.epoch_ms = *full;
    else fail(node.place,
        fmt::format("'{}' must be a time such as \"2026-01-05T12:00:00Z\" or \"12:07:30\", not \"{}\"", key_,
        node.text));
}

void BlockReader::read(const TomlNode& node, Share& share) {
    share.place = node.place;
    if (node.kind != TomlKind::text) return void(wrong_type(node, "a share such as \"2.5%\""));
    constexpr i64 kMost = 100'000'000;
    const bool percent = node.text.ends_with('%');
    const auto millionths =
        engine::parse_millionths(std::string_view(node.text).substr(0, node.text.size() - (percent ? 1 : 0)));
    if (!percent || !millionths || *millionths < 0 || *millionths > kMost)
        return fail(node.place, fmt::format("'{}' must be a share such as \"2.5%\", not \"{}\"", key_, node.text));
    share.value.per_million = static_cast<sim::u32>(*millionths / 100);
}

// ---- lists and maps -----------------------------------------------------------------------------

void BlockReader::read(const TomlNode& node, Texts& texts) {
    if (node.kind == TomlKind::array) return read(node, texts.items);
    read(node, texts.items.emplace_back());
}

bool BlockReader::read_setting(const TomlMember& member, Settings& settings) {
    const TomlNode& node = member.value;
    if (!node.is_scalar()) return false;
    std::string value = node.text;
    if (node.kind == TomlKind::integer) value = fmt::format("{}", node.integer);
    if (node.kind == TomlKind::boolean) value = node.boolean ? "true" : "false";
    settings.push_back({member.key, std::move(value), member.place});
    return true;
}

void BlockReader::read(const TomlNode& node, Settings& settings) {
    if (!expect(node, TomlKind::table)) return;
    for (const TomlMember& member : node.members) {
        if (read_setting(member, settings)) continue;
        const std::string hint = member.value.kind == TomlKind::table ? "; names with dots need quotes" : "";
        fail(member.place, fmt::format("'{}' in '{}' must be text, a number, true or false{}", member.key, key_, hint));
    }
}

// ---- values with a shape of their own -----------------------------------------------------------

void BlockReader::read(const TomlNode& node, At<ControllerChoice>& choice) {
    choice.place = node.place;
    choice.value.race = node.kind != TomlKind::integer;
    choice.value.broker = node.integer;
    if (choice.value.race && node.text != "race") wrong_type(node, "a broker's number or \"race\"");
}

void BlockReader::read(const TomlNode& node, std::vector<OneBroker>& brokers) {
    if (!expect(node, TomlKind::table)) return;
    for (const TomlMember& member : node.members) {
        OneBroker broker;
        const auto [stop, status] =
            std::from_chars(member.key.data(), member.key.data() + member.key.size(), broker.id);
        if (status != std::errc{} || stop != member.key.data() + member.key.size()) {
            fail(member.place, fmt::format("'{}' must be a broker's number: [cluster.broker.1]", member.key));
            continue;
        }
        key_ = "broker";
        read(member.value, broker);
        broker.place = member.place;
        brokers.push_back(std::move(broker));
    }
}

void BlockReader::read(const TomlNode& node, RecordsBlock& records) {
    records.place = node.place;
    if (node.kind == TomlKind::table) return read_members(node, keys_of(&records), records);
    if (node.kind != TomlKind::array) return void(wrong_type(node, "a generator { every, .. } or a list of records"));
    read(node, records.list);
}

/// A source or a sink: `format`, `name` and `watermark` are ours, every other key is an option of Spark's.
void BlockReader::read(const TomlNode& node, Connector& connector) {
    if (!expect(node, TomlKind::table)) return;
    connector.place = node.place;
    const std::string_view block = key_;
    for (const TomlMember& member : node.members) {
        key_ = member.key;
        if (member.key == "format") read(member.value, connector.format);
        else if (member.key == "name") read(member.value, connector.name);
        else if (member.key == "watermark") read(member.value, connector.watermark);
        else if (!read_setting(member, connector.options)) wrong_type(member.value, "text, a number, true or false");
    }
    key_ = block;
    if (!connector.format.given()) fail(node.place, fmt::format("'{}' needs the key 'format'", block));
}

void BlockReader::read_sources(const TomlNode& node, std::vector<Connector>& sources) {
    if (node.kind == TomlKind::table) return read(node, sources.emplace_back());
    if (node.kind != TomlKind::array) return void(wrong_type(node, "a source, or a list of named ones"));
    for (const TomlNode& item : node.items) {
        read(item, sources.emplace_back());
        if (!sources.back().name.given()) fail(item.place, "one source among several needs a 'name'");
    }
}

}  // namespace app::lab
