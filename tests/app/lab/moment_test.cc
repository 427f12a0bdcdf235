#include <catch2/catch_test_macros.hpp>

#include "app/lab/run/moment.h"

using namespace app::lab;

TEST_CASE("moment: a line that was copied opens the same world, bit by bit") {
    auto session = open_lesson("204", 11);
    REQUIRE(session);
    Run& run = *(*session)->run;
    const auto at = [&](int ms) { run.run_to(run.world().frame->origin + sim::millis(ms)); };
    at(2400);
    run.act(sim::InputAuthor::lesson, "kill broker 1");
    at(5123);
    run.act(sim::InputAuthor::learner, "pause shop");
    at(9876);
    REQUIRE(untellable(**session).empty());
    const std::string text = moment_text(**session);
    CHECK(is_moment(text));
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find("seed=11") != std::string::npos);
    const auto again = open_moment(text);
    REQUIRE(again);
    CHECK(engine::hash((*again)->run->world()) == engine::hash(run.world()));
    CHECK((*again)->run->lesson_clock() == run.lesson_clock());
    CHECK(moment_text(**again) == text);
}

TEST_CASE("moment: what is wrong with a line is said, and nothing is opened") {
    CHECK_FALSE(is_moment("millrace"));
    const auto wrong = [](const char* text) {
        const auto opened = open_moment(text);
        return opened ? std::string("opened") : opened.error();
    };
    CHECK(wrong("millrace 204 seed=x at=5").find("seed=N") != std::string::npos);
    CHECK(wrong("millrace nobody seed=7 at=5").find("nobody") != std::string::npos);
    CHECK(wrong("millrace 204 seed=7 at=5 | soon learner kill broker 1").find("begins with a time") !=
          std::string::npos);
    CHECK(wrong("millrace 204 seed=7 at=900 | 5 stranger kill broker 1").find("stranger") != std::string::npos);
    CHECK(wrong("millrace 204 seed=7 at=900 | 5 learner kill broker 9").find("broker 9") != std::string::npos);
    CHECK(wrong("millrace 204 seed=7 at=5 | 900 learner kill broker 1").find("before its last input") !=
          std::string::npos);
}
