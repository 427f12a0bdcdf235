#include "app/lab/lesson/loader.h"

#include <fmt/format.h>

#include "app/lab/host/files.h"
#include "app/lab/lesson/change.h"
#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/lesson_keys.h"
#include "app/lab/lesson/times.h"

namespace app::lab {
namespace {

/// Clock times in the file count from the lesson's start, so it is looked up before all else.
sim::i64 start_of(const TomlNode& root) {
    const TomlMember* lesson = root.find("lesson");
    const TomlMember* start = lesson == nullptr ? nullptr : lesson->value.find("start_time");
    return start == nullptr ? kDefaultStartMs : parse_instant(start->value.text).value_or(kDefaultStartMs);
}

void check_all(const LessonCheck& check) {
    check_lesson_info(check);
    check_cluster(check);
    check_clients(check);
    check_streams(check);
    check_steps(check);
    check_after_steps(check);
}

std::expected<Lesson, LessonErrors> read_tree(const std::string& path, const TomlNode& root, ErrorSink& errors) {
    Lesson lesson;
    lesson.path = path;
    BlockReader reader(errors, start_of(root));
    read_lesson(reader, root, lesson);
    const LessonNames names = names_in(lesson);
    check_all({lesson, names, errors});
    if (!errors.empty()) return std::unexpected(errors.take());
    return lesson;
}

}  // namespace

std::expected<Lesson, LessonErrors> load_changed(const std::string& path, const std::string& text,
                                                 const std::vector<Text>& changes) {
    ErrorSink errors(path);
    if (text.size() > kMostLessonBytes)
        errors.add({},
            fmt::format("a lesson may have at most {} bytes; this one has {}", kMostLessonBytes, text.size()));
    if (!errors.empty()) return std::unexpected(errors.take());
    auto tree = parse_toml(text);
    if (!tree) return std::unexpected(LessonErrors{{path, tree.error().place, tree.error().what, ""}});
    for (const Text& change : changes) apply_change(*tree, change, errors);
    return read_tree(path, *tree, errors);
}

std::expected<Lesson, LessonErrors> load_lesson(const std::string& path, const std::string& text) {
    return load_changed(path, text, {});
}

std::expected<Lesson, LessonErrors> load_lesson_file(const std::string& path) {
    const auto text = read_file(path);
    if (!text) return std::unexpected(LessonErrors{{path, {}, text.error().substr(text.error().find(": ") + 2), ""}});
    return load_lesson(path, *text);
}

}  // namespace app::lab
