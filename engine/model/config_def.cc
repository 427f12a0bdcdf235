#include "engine/model/config_def.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "sim/base/assert.h"
#include "sim/base/edit_distance.h"

namespace engine {
namespace {

using Refusal = std::unexpected<std::string>;

Refusal refuse(const ConfigKey& key, std::string_view value, std::string_view why) {
    return Refusal(fmt::format("Invalid value {} for configuration {}: {}", value, key.name, why));
}

std::string_view type_name(ConfigType type) {
    switch (type) {
        case ConfigType::boolean: return "BOOLEAN";
        case ConfigType::int16: return "SHORT";
        case ConfigType::int32: return "INT";
        case ConfigType::int64: return "LONG";
        case ConfigType::real: return "DOUBLE";
        case ConfigType::text: return "STRING";
        case ConfigType::list: return "LIST";
    }
    return "";
}

std::expected<i64, std::string> parse_number(std::string_view text) {
    i64 number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, number);
    if (status != std::errc{} || stop != end || text.empty()) return Refusal("not a number");
    return number;
}

bool fits_type(ConfigType type, i64 number) {
    if (type == ConfigType::int16) return number >= INT16_MIN && number <= INT16_MAX;
    if (type == ConfigType::int32) return number >= INT32_MIN && number <= INT32_MAX;
    return true;
}

bool is_one_of(std::string_view choices, std::string_view word) {
    for (std::size_t at = 0; at <= choices.size();) {
        const std::size_t bar = std::min(choices.find('|', at), choices.size());
        if (choices.substr(at, bar - at) == word) return true;
        at = bar + 1;
    }
    return false;
}

std::string listed(std::string_view choices) {
    std::string text(choices);
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
        text.replace(at, 1, ", ");
    return text;
}

std::expected<void, std::string> check_number(const ConfigKey& key, std::string_view value) {
    MR_ASSERT(key.least <= key.most);
    const auto number = key.type == ConfigType::real ? parse_millionths(value) : parse_number(value);
    if (!number || !fits_type(key.type, *number))
        return refuse(key, value, fmt::format("Not a number of type {}", type_name(key.type)));
    const i64 scale = key.type == ConfigType::real ? 1'000'000 : 1;
    if (*number < key.least) return refuse(key, value, fmt::format("Value must be at least {}", key.least / scale));
    if (*number > key.most) return refuse(key, value, fmt::format("Value must be no more than {}", key.most / scale));
    return {};
}

std::expected<void, std::string> check_words(const ConfigKey& key, std::string_view value) {
    MR_ASSERT(key.type == ConfigType::text || key.type == ConfigType::list);
    if (key.one_of.empty()) return {};
    for (std::size_t at = 0; at <= value.size();) {
        const std::size_t comma =
            key.type == ConfigType::list ? std::min(value.find(',', at), value.size()) : value.size();
        if (!is_one_of(key.one_of, value.substr(at, comma - at)))
            return refuse(key, value, fmt::format("String must be one of: {}", listed(key.one_of)));
        at = comma + 1;
    }
    return {};
}

}  // namespace

const ConfigKey* find_key(std::span<const ConfigKey> keys, std::string_view name) {
    const auto at = std::ranges::find(keys, name, &ConfigKey::name);
    return at == keys.end() ? nullptr : &*at;
}

std::string_view nearest_name(std::span<const ConfigKey> keys, std::string_view name) {
    std::string_view nearest;
    u32 least = static_cast<u32>(name.size() / 2) + 1;
    for (const ConfigKey& key : keys) {
        const u32 distance = sim::edit_distance(key.name, name);
        if (distance >= least) continue;
        least = distance;
        nearest = key.name;
    }
    return nearest;
}

std::expected<void, std::string> check_value(const ConfigKey& key, std::string_view value) {
    switch (key.type) {
        case ConfigType::boolean:
            if (value == "true" || value == "false") return {};
            return refuse(key, value, "Expected value to be either true or false");
        case ConfigType::int16: case ConfigType::int32: case ConfigType::int64: case ConfigType::real:
            return check_number(key, value);
        case ConfigType::text:
        case ConfigType::list: return check_words(key, value);
    }
    return {};
}

ConfigMap without_refused(std::span<const ConfigKey> keys, const ConfigMap& given) {
    ConfigMap good;
    for (const auto& [name, value] : given)
        if (const ConfigKey* key = find_key(keys, name); key == nullptr || check_value(*key, value)) good[name] = value;
    MR_ASSERT(good.size() <= given.size());
    return good;
}

std::string_view ConfigReader::text(std::string_view name) const {
    if (const std::string* value = given_.find(name)) return *value;
    const ConfigKey* key = find_key(keys_, name);
    MR_ASSERT(key != nullptr);
    return key->by_default;
}

i64 ConfigReader::number(std::string_view name) const {
    const auto number = parse_number(text(name));
    MR_ASSERT(number.has_value());
    return *number;
}

Nanos ConfigReader::millis(std::string_view name) const {
    const i64 most = sim::kForever.count / 1'000'000;
    return sim::millis(std::clamp(number(name), -most, most));
}

i64 ConfigReader::millionths(std::string_view name) const {
    const auto number = parse_millionths(text(name));
    MR_ASSERT(number.has_value());
    return *number;
}

std::expected<i64, std::string> parse_millionths(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    auto whole = parse_number(text.substr(0, point));
    if (!whole) return whole;
    std::string digits(point < text.size() ? text.substr(point + 1) : std::string_view{});
    if (digits.find_first_not_of("0123456789") != std::string::npos) return Refusal("not a number");
    digits.resize(6, '0');
    const i64 fraction = parse_number(digits).value_or(0);
    MR_ASSERT(fraction >= 0 && fraction < 1'000'000);
    return *whole * 1'000'000 + (text.starts_with('-') ? -fraction : fraction);
}

}  // namespace engine
