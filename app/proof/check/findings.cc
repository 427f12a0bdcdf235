#include "app/proof/check/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace app::proof {

void Findings::begin(int lint, Level level, std::string path) {
    lint_ = lint;
    level_ = level;
    path_ = std::move(path);
}

void Findings::add(Level level, Place place, std::string message) {
    all_.push_back({lint_, level, path_, place, std::move(message)});
}

int Findings::errors() const { return static_cast<int>(std::ranges::count(all_, Level::error, &Finding::level)); }

int Findings::of_lint(int lint) const { return static_cast<int>(std::ranges::count(all_, lint, &Finding::lint)); }

void Findings::sort() {
    std::ranges::stable_sort(all_, {}, [](const Finding& finding) { return std::tie(finding.path, finding.place); });
}

std::string render(const Finding& finding) {
    const std::string where = finding.place.line == 0 ? finding.path
        : fmt::format("{}:{}:{}", finding.path, finding.place.line, finding.place.column);
    return fmt::format("{}: {}{}: {}", where, finding.level == Level::error ? 'E' : 'W', finding.lint, finding.message);
}

std::string render(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings.all()) text += render(finding) + "\n";
    return text;
}

}  // namespace app::proof
