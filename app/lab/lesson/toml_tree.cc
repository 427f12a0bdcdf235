#include "app/lab/lesson/toml_tree.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace app::lab {
namespace {

Place place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

std::string date_text(const toml::date& date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}
std::string time_text(const toml::time& time) {
    const std::string whole = fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    return time.nanosecond == 0 ? whole : fmt::format("{}.{:03}", whole, time.nanosecond / 1'000'000);
}
std::string moment_text(const toml::date_time& moment) {
    const bool utc = moment.offset && moment.offset->minutes == 0;
    return fmt::format("{}T{}{}", date_text(moment.date), time_text(moment.time),
        utc ? "Z" : moment.offset ? "+?" : "");
}

TomlNode copy(const toml::node& node);

void copy_members(const toml::table& table, TomlNode& into) {
    for (const auto& [key, value] : table)
        into.members.push_back({std::string(key.str()), place_of(key.source()), copy(value)});
    std::ranges::sort(into.members, {},
        [](const TomlMember& member) { return std::pair(member.place, std::string_view(member.key)); });
}

void copy_scalar(const toml::node& node, TomlNode& into) {
    if (const auto* text = node.as_string()) into.kind = TomlKind::text, into.text = text->get();
    if (const auto* number = node.as_integer()) into.kind = TomlKind::integer, into.integer = number->get();
    if (const auto* real = node.as_floating_point())
        into.kind = TomlKind::real, into.text = fmt::format("{}", real->get());
    if (const auto* flag = node.as_boolean()) into.kind = TomlKind::boolean, into.boolean = flag->get();
    if (const auto* date = node.as_date()) into.kind = TomlKind::date_time, into.text = date_text(date->get());
    if (const auto* time = node.as_time()) into.kind = TomlKind::date_time, into.text = time_text(time->get());
    if (const auto* moment = node.as_date_time())
        into.kind = TomlKind::date_time, into.text = moment_text(moment->get());
}

TomlNode copy(const toml::node& node) {
    TomlNode copied;
    copied.place = place_of(node.source());
    if (const auto* table = node.as_table()) {
        copied.kind = TomlKind::table;
        copy_members(*table, copied);
    } else if (const auto* array = node.as_array()) {
        copied.kind = TomlKind::array;
        for (const toml::node& item : *array) copied.items.push_back(copy(item));
    } else {
        copy_scalar(node, copied);
    }
    return copied;
}

}  // namespace

const TomlMember* TomlNode::find(std::string_view key) const {
    const auto at = std::ranges::find(members, key, &TomlMember::key);
    return at == members.end() ? nullptr : &*at;
}

std::expected<TomlNode, TomlFailure> parse_toml(std::string_view document) {
    try {
        return copy(toml::parse(document));
    } catch (const toml::parse_error& error) {
        return std::unexpected(TomlFailure{place_of(error.source()), std::string(error.description())});
    }
}

std::string_view kind_name(TomlKind kind) {
    switch (kind) {
        case TomlKind::text: return "text";
        case TomlKind::integer: return "a whole number";
        case TomlKind::real: return "a number with a fraction";
        case TomlKind::boolean: return "true or false";
        case TomlKind::date_time: return "a date or time";
        case TomlKind::array: return "a list";
        case TomlKind::table: return "a block";
    }
    return "";
}

}  // namespace app::lab
