#include "app/lab/lesson/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/lab/lesson/names.h"

namespace app::lab {
namespace {

/// The first word, taken from the front.
std::string take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string word(text.substr(0, text.find(' ')));
    text.remove_prefix(word.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return word;
}

/// Numbers and booleans as such, all else as text.
TomlNode scalar(std::string_view text, Place place) {
    TomlNode node;
    node.place = place;
    const char* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, node.integer);
    node.kind = TomlKind::text;
    node.text = text;
    if (status == std::errc{} && stop == end) node.kind = TomlKind::integer;
    if (text == "true" || text == "false") node.kind = TomlKind::boolean, node.boolean = text == "true";
    return node;
}

TomlMember* member_of(TomlNode& table, std::string_view key) {
    const auto at = std::ranges::find(table.members, key, &TomlMember::key);
    return at == table.members.end() ? nullptr : &*at;
}

void set(TomlNode& table, std::string_view key, TomlNode value, Place place) {
    if (TomlMember* member = member_of(table, key)) return void(member->value = std::move(value));
    table.members.push_back({std::string(key), place, std::move(value)});
}

TomlNode* named_item(TomlNode& list, std::string_view name) {
    const auto called = [&](const TomlNode& item) {
        const TomlMember* member = item.find("name");
        return member != nullptr && member->value.text == name;
    };
    const auto at = std::ranges::find_if(list.items, called);
    return at == list.items.end() ? nullptr : &*at;
}

std::string nearest_item(const TomlNode& list, std::string_view name) {
    std::vector<std::string> known;
    for (const TomlNode& item : list.items)
        if (const TomlMember* member = item.find("name")) known.push_back(member->value.text);
    return nearest_of(name, known);
}

/// The block that a change names; nullptr after an error was told.
TomlNode* find_block(TomlNode& root, std::string_view& rest, const Text& change, ErrorSink& errors) {
    const std::string block = take_word(rest);
    TomlMember* member = member_of(root, block);
    if (member == nullptr) {
        constexpr std::string_view kSingle[] = {"cluster", "network", "spark"};
        if (!contains(kSingle, block)) {
            errors.add(change.place, fmt::format("'{}': the lesson has no block '{}'", change.value, block));
            return nullptr;
        }
        set(root, block, {}, change.place);
        member = member_of(root, block);
        member->value.place = change.place;
    }
    if (member->value.kind == TomlKind::table) return &member->value;
    const std::string name = take_word(rest);
    TomlNode* item = named_item(member->value, name);
    if (item == nullptr)
        errors.add(change.place, fmt::format("'{}': there is no {} '{}'", change.value, block, name),
            nearest_item(member->value, name));
    return item;
}

void set_setting(TomlNode& block, std::string_view map, std::string_view text, const Text& change, ErrorSink& errors) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return errors.add(change.place, fmt::format("'{}' needs key=value after '{}'", change.value, map));
    if (member_of(block, map) == nullptr) set(block, map, {}, change.place);
    TomlNode& settings = member_of(block, map)->value;
    if (settings.place.line == 0) settings.place = change.place;
    set(settings, text.substr(0, equals), scalar(text.substr(equals + 1), change.place), change.place);
}

}  // namespace

void apply_change(TomlNode& root, const Text& change, ErrorSink& errors) {
    std::string_view rest = change.value;
    TomlNode* block = find_block(root, rest, change, errors);
    if (block == nullptr) return;
    const std::string key = take_word(rest);
    if (key.empty() || rest.empty())
        return errors.add(change.place, fmt::format("'{}' must be 'block name key value'", change.value));
    if (key == "conf" || key == "config") return set_setting(*block, key, rest, change, errors);
    set(*block, key, scalar(rest, change.place), change.place);
}

}  // namespace app::lab
