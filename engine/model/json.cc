#include "engine/model/json.h"

namespace engine {

template <class J>
J read_json(std::string_view text) {
    return J::parse(text, nullptr, false);
}

template <class J>
J must_read_json(std::string_view text) {
    return J::parse(text);
}

namespace {

template <class J>
std::string on_one_line(const J& value) {
    return value.dump(-1, ' ', false, J::error_handler_t::replace);
}

}  // namespace

std::string json_text(const nlohmann::json& value) { return on_one_line(value); }
std::string json_text(const nlohmann::ordered_json& value) { return on_one_line(value); }

template nlohmann::json read_json(std::string_view text);
template nlohmann::ordered_json read_json(std::string_view text);
template nlohmann::json must_read_json(std::string_view text);
template nlohmann::ordered_json must_read_json(std::string_view text);

}  // namespace engine
