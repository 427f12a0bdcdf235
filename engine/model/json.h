// JSON by nlohmann's library. Reading and writing texts is compiled once, in json.cc: they are most of what the library
// costs a file that is compiled. Files that only look into values and build them include this too.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace engine {

/// The value of a text; discarded (`is_discarded()`) if the text is no JSON. J: nlohmann::json, whose members are in
/// the order of their names, or nlohmann::ordered_json.
template <class J>
J read_json(std::string_view text);
/// The same for texts that are part of the program or of a recording. Throws nlohmann::json::parse_error.
template <class J>
J must_read_json(std::string_view text);

/// On one line. Bytes that are no UTF-8 are replaced.
std::string json_text(const nlohmann::json& value);
std::string json_text(const nlohmann::ordered_json& value);

extern template nlohmann::json read_json(std::string_view text);
extern template nlohmann::ordered_json read_json(std::string_view text);
extern template nlohmann::json must_read_json(std::string_view text);
extern template nlohmann::ordered_json must_read_json(std::string_view text);

}  // namespace engine
