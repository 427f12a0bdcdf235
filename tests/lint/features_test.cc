// Every feature that we claim names a test that is there.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "tests/support/sources.h"

namespace {

/// All of a file, with literals that were broken over lines put together again.
std::string joined(const tests::SourceFile& file) {
    std::string text;
    for (const std::string& line : file.lines) {
        const auto begin = line.find_first_not_of(' ');
        const bool goes_on = begin != std::string::npos && line[begin] == '"' && text.ends_with('"');
        if (goes_on) text.pop_back(), text += line.substr(begin + 1);
        else text += begin == std::string::npos ? "" : line.substr(begin);
    }
    return text;
}

}  // namespace

TEST_CASE("lint: every feature of the list names a test that there is") {
    std::string all;
    for (const tests::SourceFile& file : tests::sources({"tests"}, {"_test.cc"})) all += joined(file);
    const auto lists = tests::sources({"tests"}, {"FEATURES.md"});
    REQUIRE(lists.size() == 1);
    std::size_t rows = 0;
    for (const std::string& line : lists.front().lines) {
        const auto from = line.find("| \"");
        if (from == std::string::npos) continue;
        ++rows;
        const std::string name = line.substr(from + 2, line.rfind('"') - from - 1);
        INFO(name);
        CHECK(all.find("TEST_CASE(" + name) != std::string::npos);
    }
    CHECK(rows == 45);
}
