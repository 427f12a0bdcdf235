#include "app/proof/vectors/values.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

#include "app/proof/masks/pattern.h"

namespace app::proof::vectors {

using engine::wire::Value;
using engine::wire::ValueKind;

std::string to_hex(std::span<const u8> bytes) {
    std::string text;
    for (const u8 byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

std::vector<u8> from_hex(const Json& hex) {
    const auto& text = hex.get_ref<const std::string&>();
    std::vector<u8> bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char* digits = text.data() + 2 * i;
        if (std::from_chars(digits, digits + 2, bytes[i], 16).ptr != digits + 2)
            throw std::invalid_argument("no hex: " + text);
    }
    return bytes;
}

std::span<const u8> bytes_of(const std::string& text) {
    return {reinterpret_cast<const u8*>(text.data()), text.size()};
}

i64 number(const Json& value) { return value.is_string() ? std::stoll(value.get<std::string>()) : value.get<i64>(); }

std::string error_text(engine::ErrorCode error) {
    return error == engine::ErrorCode::none ? "ok" : std::string(engine::name_of(error));
}

Value to_value(const Json& json) {
    Value value;
    switch (json.type()) {
        case Json::value_t::boolean: return Value::of_boolean(json.get<bool>());
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned: return Value::of_integer(json.get<i64>());
        case Json::value_t::string: return Value::of_text(json.get<std::string>());
        case Json::value_t::array:
            value.kind = ValueKind::list;
            for (const Json& item : json) value.list.push_back(to_value(item));
            return value;
        case Json::value_t::object:
            value.kind = ValueKind::fields;
            for (const auto& [name, item] : json.items()) value.fields.emplace_back(name, to_value(item));
            return value;
        case Json::value_t::null: case Json::value_t::number_float: case Json::value_t::binary:
        case Json::value_t::discarded: return value;
    }
    return value;
}

Json to_json(const Value& value) {
    switch (value.kind) {
        case ValueKind::null: return nullptr;
        case ValueKind::boolean: return value.integer != 0;
        case ValueKind::integer: return value.integer;
        case ValueKind::text: return value.text;
        case ValueKind::bytes: return fmt::format("<{}B>", value.text.size());
        case ValueKind::list: {
            Json list = Json::array();
            for (const Value& item : value.list) list.push_back(to_json(item));
            return list;
        }
        case ValueKind::fields: {
            Json object = Json::object();
            for (const auto& [name, item] : value.fields) object[name] = to_json(item);
            return object;
        }
    }
    return nullptr;
}

std::optional<i64> number_behind(const std::string& text, const std::string& word) {
    Groups match;
    return finds(text, match, Pattern(word + "(\\d+)")) ? std::optional<i64>(std::stoll(match[1])) : std::nullopt;
}

engine::broker::BrokerList brokers_of(const Json& list) {
    engine::broker::BrokerList brokers;
    for (const Json& broker : list)
        brokers.push_back(engine::BrokerId{(broker.is_object() ? broker.at("id") : broker).get<i32>()});
    return brokers;
}

Json numbers_of(const engine::broker::BrokerList& brokers) {
    Json list = Json::array();
    for (const engine::BrokerId broker : brokers) list.push_back(broker.value);
    return list;
}

}  // namespace app::proof::vectors
