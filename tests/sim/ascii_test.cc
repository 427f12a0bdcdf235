#include "sim/base/ascii.h"

#include <catch2/catch_test_macros.hpp>

#include <string_view>

#include "sim/base/edit_distance.h"

using namespace sim;
using namespace std::literals;

TEST_CASE("the edits between two words are counted as Levenshtein counts them") {
    CHECK(edit_distance("kitten"sv, "sitting"sv) == 3);
    CHECK(edit_distance(""sv, "abc"sv) == 3);
    CHECK(edit_distance("a"sv, "a"sv) == 0);
}

TEST_CASE("only the letters of ASCII change their case") {
    CHECK(lower_ascii("ISR Ä9") == "isr Ä9");
    CHECK(upper_ascii("isr ä9") == "ISR ä9");
}

TEST_CASE("a number without a sign has at least one digit and nothing else") {
    CHECK(all_digits("042"));
    CHECK_FALSE(all_digits(""));
    CHECK_FALSE(all_digits("4 2"));
}
