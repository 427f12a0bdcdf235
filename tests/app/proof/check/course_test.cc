#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/check/lints.h"
#include "tests/app/lab/lesson/lesson_text.h"

using namespace app::lab;
using namespace app::lab::test;
using namespace app::proof;

namespace {

Lesson numbered(std::string_view id, int level, std::string_view info, std::string_view more = "") {
    std::string text = edited(small_lesson(more), "id = \"999-small\"", fmt::format("id = \"{}\"\n{}", id, info));
    text = edited(text, "level = 9", fmt::format("level = {}", level));
    return load_lesson(fmt::format("{}.toml", id), text).value();
}

std::string findings_of(const std::vector<Lesson>& lessons, int lint, const Catalogue& catalogue = {}) {
    Findings findings;
    check_course({lessons, &catalogue}, findings);
    std::string text;
    for (const Finding& finding : findings.all())
        if (finding.lint == lint) text += render(finding) + "\n";
    return text;
}

Text text_of(std::string value) { return {std::move(value), {1, 1}}; }

}  // namespace

TEST_CASE("prerequisites exist, are not of a higher level and form no circle") {
    const Lesson a = numbered("101-a", 1, "");
    CHECK(findings_of({a, numbered("201-b", 2, "prerequisites = [\"101-a\"]")}, 2) == "");
    CHECK(findings_of({a, numbered("201-b", 2, "prerequisites = [\"101-b\"]")},
        2) == "201-b.toml:3:18: E2: there is no lesson '101-b'; nearest: 101-a\n");
    CHECK(findings_of({numbered("101-a", 1, "prerequisites = [\"201-b\"]"), numbered("201-b", 2, "")},
        2) == "101-a.toml:3:18: E2: '201-b' is of a higher level than 1\n");
    const auto circle =
        findings_of({numbered("101-a", 1, "prerequisites = [\"102-b\"]"),
        numbered("102-b", 1, "prerequisites = [\"101-a\"]")}, 2);
    CHECK(std::ranges::count(circle, '\n') == 2);
    CHECK(circle.find("its own prerequisite") != std::string::npos);
}

TEST_CASE("acronyms are in the glossary or set in bold before") {
    Catalogue catalogue;
    catalogue.terms.push_back({{1, 1}, text_of("ISR"), {text_of("in sync")}, text_of("202"),
        text_of("The replicas that keep up.")});
    const auto says =
        [](std::string_view text) { return "[[review]]\nask = \"" + std::string(text) + "\"\nanswer = \"x\"\n"; };
    CHECK(findings_of({numbered("101-a", 1, "", says("Who is in the ISR?"))}, 15, catalogue) == "");
    CHECK(findings_of({numbered("101-a", 1, "", says("Who is in the QRS?"))}, 15,
        catalogue).find("'QRS' is not in the glossary") != std::string::npos);
    CHECK(findings_of({numbered("101-a", 1, "", says("The **QRS** is new. Who is in the QRS?"))}, 15, catalogue) == "");
    const Lesson before = numbered("101-a", 1, "", says("The **QRS** is new."));
    CHECK(findings_of({before, numbered("102-b", 1, "prerequisites = [\"101-a\"]", says("Who is in the QRS?"))}, 15,
        catalogue) == "");
    CHECK(findings_of({before, numbered("102-b", 1, "", says("Who is in the QRS?"))}, 15, catalogue) != "");
    CHECK(findings_of({numbered("101-a", 1, "", says("Kafka says NOT_LEADER and 12:30."))}, 15, catalogue) == "");
}

TEST_CASE("every row is covered, and every correction has its slide") {
    Catalogue catalogue;
    catalogue.rows.push_back({{1, 1}, text_of("D1"), text_of("right"), {text_of("101")}, {}});
    catalogue.rows.push_back({{2, 1}, text_of("D2"), text_of("wrong"), {text_of("101")}, text_of("does otherwise")});
    const std::string slide =
        "[[slide]]\ndeck = \"DASH\"\ntitle = \"T\"\nsays = \"wrong\"\ndoes = \"otherwise\"\nafter = \"one\"\n";
    CHECK(findings_of({numbered("101-a", 1, "covers = [\"D1\", \"D2\"]", slide)}, 17, catalogue) == "");
    CHECK(findings_of({numbered("101-a", 1, "covers = [\"D2\"]", slide)}, 17,
        catalogue) == "course: E17: no lesson covers row D1 (\"right\"); it belongs to 101\n");
    CHECK(findings_of({numbered("101-a", 1, "covers = [\"D1\", \"D2\"]")}, 17,
        catalogue).find("row D2 corrects a slide") != std::string::npos);
    CHECK(findings_of({numbered("101-a", 1, "covers = [\"D1\", \"D2\", \"D3\"]", slide)}, 17,
        catalogue).find("101-a.toml:3:23: E17: there is no row 'D3'") != std::string::npos);
}

TEST_CASE("one slide stands for one correction") {
    Catalogue catalogue;
    for (const char* id : {"D1", "D2"})
        catalogue.rows.push_back({{1, 1}, text_of(id), text_of("wrong"), {text_of("101")}, text_of("otherwise")});
    const std::string slide =
        "[[slide]]\ndeck = \"DASH\"\ntitle = \"T\"\nsays = \"wrong\"\ndoes = \"otherwise\"\nafter = \"one\"\n";
    const Lesson first = numbered("101-a", 1, "covers = [\"D1\", \"D2\"]", slide);
    CHECK(findings_of({first}, 17, catalogue).find("row D2") != std::string::npos);
    CHECK(findings_of({first, numbered("102-b", 1, "covers = [\"D1\"]", slide)}, 17, catalogue) == "");
}

TEST_CASE("the course's own catalogue is complete and each misconception belongs to a lesson") {
    REQUIRE(render(catalogue_errors()) == "");
    CHECK(catalogue().rows.size() == 197);
    CHECK(catalogue().misconceptions.size() == 67);
    CHECK(catalogue().term("in-sync REPLICAS") == catalogue().term("ISR"));
    for (const Misconception& known : catalogue().misconceptions) CHECK(known.lesson.value.size() == 3);
    for (const CoverageRow& row : catalogue().rows) CHECK_FALSE(row.lessons.empty());
}
