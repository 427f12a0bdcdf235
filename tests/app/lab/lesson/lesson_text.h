// Lessons for tests: the shipped ones, and small edits of them.
#pragma once

#include <string>
#include <string_view>

#include "app/lab/host/files.h"
#include "app/lab/lesson/loader.h"

namespace app::lab::test {

/// The text of the level 2 model lesson; that of the level 4 one.
inline std::string leader_dies() {
    return read_file(join_path(root_folder(), "scenarios/204-leader-dies.toml")).value();
}
inline std::string watermark() {
    return read_file(join_path(root_folder(), "tests/app/lab/lesson/407-watermark.toml")).value();
}

/// `text` with its first `from` replaced. Requires that there is one.
inline std::string edited(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::logic_error("the lesson does not hold: " + std::string(from));
    return text.replace(at, from.size(), to);
}

/// Line and column, from 1, of the first `word` behind the first `after`.
inline Place place_of(std::string_view text, std::string_view word, std::string_view after = "") {
    const auto at = text.find(word, text.find(after));
    Place place{1, 1};
    for (const char c : text.substr(0, at)) {
        place.line += c == '\n' ? 1 : 0;
        place.column = c == '\n' ? 1 : place.column + 1;
    }
    return place;
}

/// What loading says, one line each; "" if it loads.
inline std::string errors_of(const std::string& text) {
    const auto lesson = load_lesson("l.toml", text);
    return lesson ? "" : render(lesson.error());
}

/// The smallest lesson there is, with further blocks.
inline std::string small_lesson(std::string_view more = "") {
    return "[lesson]\nid = \"999-small\"\ntitle = \"Small\"\nlevel = 9\nminutes = 1\n"
           "[[step]]\nid = \"one\"\nsay = \"Look.\"\nuntil_after = \"1s\"\n" + std::string(more);
}

}  // namespace app::lab::test
