// A mistake in a lesson's file, told so that an author finds it: where, what, and what was probably meant.
#pragma once

#include <string>
#include <vector>

#include "app/lab/lesson/place.h"

namespace app::lab {

struct LessonError {
    std::string path;
    Place place;                       // line 0: the file as a whole
    std::string what;
    std::string nearest;               // the nearest valid name; "" if there is none
};

using LessonErrors = std::vector<LessonError>;

/// "file:line:column: what; nearest: X".
std::string render(const LessonError& error);
/// One line each.
std::string render(const LessonErrors& errors);

/// Where errors are written, for one file.
class ErrorSink {
public:
    explicit ErrorSink(std::string path) : path_(std::move(path)) {}
    void add(Place place, std::string what, std::string nearest = "") {
        errors_.push_back({path_, place, std::move(what), std::move(nearest)});
    }
    [[nodiscard]] bool empty() const { return errors_.empty(); }
    /// All errors, in the order of the file.
    [[nodiscard]] LessonErrors take();

private:
    std::string path_;
    LessonErrors errors_;
};

}  // namespace app::lab
