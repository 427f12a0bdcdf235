// What a lesson's blocks say about each other: every name that is used must exist, every number must fit. Part of
// loading; the checks of `millrace check` come after it.
#pragma once

#include "app/lab/lesson/lesson_error.h"
#include "app/lab/lesson/lesson_names.h"
#include "engine/model/config_def.h"

namespace app::lab {

struct LessonCheck {
    const Lesson& lesson;
    const LessonNames& names;
    ErrorSink& errors;

    void fail(Place place, std::string what, std::string nearest = "") const {
        errors.add(place, std::move(what), std::move(nearest));
    }
    /// Says that `name` is no `kind` unless it is one of `known`.
    bool require(const Text& name, std::string_view kind, const std::vector<std::string>& known) const;
    /// Every name once.
    void unique(std::string_view kind, const std::vector<const Text*>& names_given) const;
    /// Kafka settings of one kind of owner.
    void settings(const Settings& given, std::span<const engine::ConfigKey> keys, std::string_view owner) const;
};

void check_lesson_info(const LessonCheck& check);
void check_cluster(const LessonCheck& check);
void check_clients(const LessonCheck& check);
void check_streams(const LessonCheck& check);
void check_steps(const LessonCheck& check);
void check_after_steps(const LessonCheck& check);

/// A line of verbs.
void check_line(const LessonCheck& check, const Text& line);

engine::ConfigMap config_map(const Settings& settings);

}  // namespace app::lab
