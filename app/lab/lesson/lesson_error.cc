#include "app/lab/lesson/lesson_error.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::lab {

std::string render(const LessonError& error) {
    const std::string where = error.place.line == 0 ? error.path
        : fmt::format("{}:{}:{}", error.path, error.place.line, error.place.column);
    const std::string meant = error.nearest.empty() ? "" : "; nearest: " + error.nearest;
    return fmt::format("{}: {}{}", where, error.what, meant);
}

std::string render(const LessonErrors& errors) {
    std::string text;
    for (const LessonError& error : errors) text += render(error) + "\n";
    return text;
}

LessonErrors ErrorSink::take() {
    std::ranges::stable_sort(errors_, {}, &LessonError::place);
    return std::move(errors_);
}

}  // namespace app::lab
