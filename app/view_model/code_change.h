// A query's text with one line changed, as a line that the world takes: a second query starts beside the first.
#pragma once

#include <expected>
#include <string>

#include "app/view_model/scene.h"

namespace app {

struct SubmittedText {
    std::string name;  // "counts-2"
    std::string line;  // "submit counts-2 like counts sql=\"..\""
};

/// `number` counts lines from 1, as the Code view shows them. Why not: no such query or line, or quotes of both kinds.
std::expected<SubmittedText, std::string> submit_with_line(const Scene& scene, const std::string& query,
                                                           std::size_t number, const std::string& text);

}  // namespace app
