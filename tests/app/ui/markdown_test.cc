#include "app/ui/markdown.h"

#include <catch2/catch_test_macros.hpp>

using namespace app::ui;

TEST_CASE("bold, italics and code become spans of one paragraph") {
    const RichText text = parse_markdown("**Broker 2 leads** now, *yet* `acks=all` waits.");
    REQUIRE(text.size() == 1);
    const std::vector<TextSpan> expected{{"Broker 2 leads", true, false, false}, {" now, ", false, false, false},
                                         {"yet", false, true, false}, {" ", false, false, false},
                                         {"acks=all", false, false, true}, {" waits.", false, false, false}};
    CHECK(text[0].spans == expected);
}

TEST_CASE("list items carry their bullet and their depth") {
    const RichText text = parse_markdown("Before:\n\n- one\n- two\n\n3. three\n4. four");
    REQUIRE(text.size() == 5);
    CHECK(text[0].bullet.empty());
    CHECK(text[1].bullet == "\u2022");
    CHECK(text[1].indent == 1);
    CHECK(text[3].bullet == "3.");
    CHECK(text[4].bullet == "4.");
}

TEST_CASE("a code block keeps its lines") {
    const RichText text = parse_markdown("```\na\nb\n```");
    REQUIRE(text.size() == 1);
    CHECK(text[0].code_block);
    std::string all;
    for (const TextSpan& span : text[0].spans) all += span.text;
    CHECK(all == "a\nb\n");
}

TEST_CASE("HTML in a lesson is plain text") {
    const RichText text = parse_markdown("<b>not bold</b>");
    REQUIRE(text.size() == 1);
    CHECK(text[0].spans.front().text.starts_with("<b>"));
    CHECK_FALSE(text[0].spans.front().bold);
}
