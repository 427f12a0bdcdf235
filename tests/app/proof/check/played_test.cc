#include "app/proof/check/played.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/app/lab/lesson/lesson_text.h"

using namespace app::lab::test;
using namespace app::proof;

namespace {

/// What is wrong with the queries of a lesson that was played.
std::string wrong_queries(const std::string& text) {
    auto played = play_lesson("204-leader-dies.toml", text, {});
    REQUIRE(played);
    Findings findings;
    findings.begin(18, Level::error, "204-leader-dies.toml");
    lint_queries(*played, findings);
    return render(findings);
}

}  // namespace

TEST_CASE("a query of a step about another world is refused, for twin.* is empty there") {
    CHECK(wrong_queries(leader_dies()).empty());
    const std::string text = edited(leader_dies(), "expect = [", "expect = [\"SELECT count(*) = 0 FROM twin.nodes\", ");
    const std::string wrong = wrong_queries(text);
    CHECK(wrong.find("E18: twin.* is empty here") != std::string::npos);
    CHECK(wrong.find("ask in [[compare]]") != std::string::npos);
}
