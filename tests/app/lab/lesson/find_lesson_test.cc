#include "app/lab/lesson/find_lesson.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/lesson/loader.h"

using namespace app::lab;

TEST_CASE("a lesson is found by id, by number, by file name and by path") {
    const std::string path = join_path(scenarios_folder(), "204-leader-dies.toml");
    CHECK(find_lesson("204-leader-dies") == path);
    CHECK(find_lesson("204") == path);
    CHECK(find_lesson("204-leader-dies.toml") == path);
    CHECK(find_lesson(path) == path);
}

TEST_CASE("an unknown lesson is told with the nearest name") {
    CHECK(find_lesson("204-leader-die").error().find("nearest: 204-leader-dies") != std::string::npos);
    CHECK(find_lesson("/nowhere/x.toml").error() == "/nowhere/x.toml: there is no such file");
    CHECK_FALSE(find_lesson("").has_value());
}

TEST_CASE("every lesson that is shipped loads") {
    const auto ids = lesson_ids();
    CHECK(std::ranges::find(ids, "204-leader-dies") != ids.end());
    for (const std::string& id : ids) {
        const auto lesson = load_lesson_file(find_lesson(id).value());
        INFO((lesson ? id : render(lesson.error())));
        CHECK(lesson.has_value());
    }
}
