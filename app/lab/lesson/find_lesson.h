// Lessons by name: the files in scenarios/.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace app::lab {

/// Where lessons are kept.
std::string scenarios_folder();
/// Ids of all lessons, sorted: "204-leader-dies".
std::vector<std::string> lesson_ids();
/// The path of a lesson: `name` is a path, an id, or the number that an id starts with ("204"). Else why not, with
/// the nearest names.
std::expected<std::string, std::string> find_lesson(const std::string& name);

}  // namespace app::lab
