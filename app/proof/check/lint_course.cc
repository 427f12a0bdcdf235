// Rules 2 and 17 over all lessons: prerequisites, and the rows of the lecture decks.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/lesson/names.h"
#include "app/proof/check/lints.h"

namespace app::proof {
namespace {

using lab::CoverageRow;
using lab::Lesson;
using lab::Text;

// ---- prerequisites ------------------------------------------------------------------------------

const Lesson* lesson_of(const Course& course, std::string_view id) {
    const auto at =
        std::ranges::find(course.lessons, id,
        [](const Lesson& lesson) -> std::string_view { return lesson.info.id.value; });
    return at == course.lessons.end() ? nullptr : &*at;
}

std::vector<std::string> ids_of(const Course& course) {
    std::vector<std::string> ids;
    for (const Lesson& lesson : course.lessons) ids.push_back(lesson.info.id.value);
    return ids;
}

void check_prerequisites(const Course& course, const Lesson& lesson, Findings& findings) {
    for (const Text& id : lesson.info.prerequisites) {
        const Lesson* needed = lesson_of(course, id.value);
        const std::string nearest = needed == nullptr ? lab::nearest_of(id.value, ids_of(course)) : "";
        if (needed == nullptr)
            findings.add(id.place,
                fmt::format("there is no lesson '{}'{}", id.value, nearest.empty() ? "" : "; nearest: " + nearest));
        else if (needed->info.level.value > lesson.info.level.value)
            findings.add(id.place, fmt::format("'{}' is of a higher level than {}", id.value, lesson.info.level.value));
    }
}

/// Lessons from which `goal` is reached by going to prerequisites. `seen` grows.
bool leads_to(const Course& course, const Lesson& from, std::string_view goal, std::vector<std::string_view>& seen) {
    for (const Text& id : from.info.prerequisites) {
        if (id.value == goal) return true;
        const Lesson* next = lesson_of(course, id.value);
        if (next == nullptr || std::ranges::find(seen, id.value) != seen.end()) continue;
        seen.push_back(next->info.id.value);
        if (leads_to(course, *next, goal, seen)) return true;
    }
    return false;
}

// ---- coverage -----------------------------------------------------------------------------------

std::string_view deck_of(const CoverageRow& row) {
    switch (row.id.value.empty() ? ' ' : row.id.value[0]) {
        case 'D': return "DASH";
        case 'P': return "POUR";
        case 'C': return "BIGD";
        case 'B': return "BASE";
        case 'I': return "INGE";
    }
    return "";
}

bool covers(const Lesson& lesson, const CoverageRow& row) {
    return std::ranges::any_of(lesson.info.covers, [&](const Text& id) { return id.value == row.id.value; });
}

void check_covered_ids(const Course& course, Findings& findings) {
    std::vector<std::string> ids;
    for (const CoverageRow& row : course.catalogue->rows) ids.push_back(row.id.value);
    for (const Lesson& lesson : course.lessons)
        for (const Text& id : lesson.info.covers) {
            if (course.catalogue->row(id.value) != nullptr) continue;
            const std::string nearest = lab::nearest_of(id.value, ids);
            findings.begin(17, Level::error, lesson.path);
            findings.add(id.place,
                fmt::format("there is no row '{}'{}", id.value, nearest.empty() ? "" : "; nearest: " + nearest));
        }
    findings.begin(17, Level::error, "course");
}

/// Slides of lessons, each of which can stand for one row with a correction: a matching between the two.
struct SlideMatching {
    struct Slide {
        const Lesson* lesson;
        const lab::SlideBlock* block;
        int row = -1;
    };
    const std::vector<const CoverageRow*>& rows;
    std::vector<Slide> slides;

    [[nodiscard]] static bool fits(const Slide& slide, const CoverageRow& row) {
        return slide.block->deck.value == deck_of(row) && covers(*slide.lesson, row);
    }

    /// Finds a slide for a row, moving others if it must.
    bool place(int row, std::vector<bool>& tried) {
        for (std::size_t i = 0; i < slides.size(); ++i) {
            if (tried[i] || !fits(slides[i], *rows[static_cast<std::size_t>(row)])) continue;
            tried[i] = true;
            if (slides[i].row >= 0 && !place(slides[i].row, tried)) continue;
            slides[i].row = row;
            return true;
        }
        return false;
    }
};

void check_corrections(const Course& course, Findings& findings) {
    std::vector<const CoverageRow*> rows;
    for (const CoverageRow& row : course.catalogue->rows) {
        const auto teaches = [&](const Lesson& lesson) { return covers(lesson, row); };
        const bool taught = std::ranges::any_of(course.lessons, teaches);
        if (row.does.given() && taught) rows.push_back(&row);
    }
    SlideMatching matching{rows, {}};
    for (const Lesson& lesson : course.lessons)
        for (const lab::SlideBlock& slide : lesson.slides) matching.slides.push_back({&lesson, &slide, -1});
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
        std::vector<bool> tried(matching.slides.size(), false);
        if (!matching.place(i, tried))
            findings.add({},
                fmt::format("row {} corrects a slide (\"{}\"), but no lesson that covers it has a [[slide]] for it",
                rows[static_cast<std::size_t>(i)]->id.value, rows[static_cast<std::size_t>(i)]->slide.value));
    }
}

}  // namespace

void lint_prerequisites(const Course& course, Findings& findings) {
    for (const Lesson& lesson : course.lessons) {
        findings.begin(2, Level::error, lesson.path);
        check_prerequisites(course, lesson, findings);
        std::vector<std::string_view> seen;
        if (leads_to(course, lesson, lesson.info.id.value, seen))
            findings.add(lesson.info.id.place,
                fmt::format("'{}' is, over others, its own prerequisite", lesson.info.id.value));
    }
}

void lint_coverage(const Course& course, Findings& findings) {
    check_covered_ids(course, findings);
    for (const CoverageRow& row : course.catalogue->rows)
        if (!std::ranges::any_of(course.lessons, [&](const Lesson& lesson) { return covers(lesson, row); }))
            findings.add({},
                fmt::format("no lesson covers row {} (\"{}\"); it belongs to {}", row.id.value, row.slide.value,
                row.lessons.empty() ? "none" : row.lessons.front().value));
    check_corrections(course, findings);
}

}  // namespace app::proof
