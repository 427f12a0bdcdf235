// From a file's text to a lesson, or to everything that is wrong with it. The only way in.
#pragma once

#include <expected>

#include "app/lab/lesson/lesson.h"
#include "app/lab/lesson/lesson_error.h"

namespace app::lab {

constexpr std::size_t kMostLessonBytes = 1u << 20;

/// Reads a lesson. `path` is only for messages. All errors are reported, in the order of the file; if the text is
/// no TOML, the first.
std::expected<Lesson, LessonErrors> load_lesson(const std::string& path, const std::string& text);
/// The same after changes: lines `block name key value` or `block name conf key=value`; blocks that there is only
/// one of go without a name. For twins beside a lesson.
std::expected<Lesson, LessonErrors> load_changed(const std::string& path, const std::string& text,
                                                 const std::vector<Text>& changes);
/// Reads the file too.
std::expected<Lesson, LessonErrors> load_lesson_file(const std::string& path);

}  // namespace app::lab
