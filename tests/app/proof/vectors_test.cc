#include "app/proof/vectors.h"

#include <catch2/catch_test_macros.hpp>

#include <cstdio>

#include "app/lab/host/files.h"
#include "app/proof/vectors/category.h"

using namespace app::proof;

namespace {

struct Outcome {
    VectorTally tally;
    std::vector<std::string> lines;
};

/// Checks vectors that are given as text.
Outcome checked(const std::string& vectors) {
    const std::string path = "vectors-under-test.json";
    REQUIRE(app::lab::write_file(path, vectors).empty());
    Outcome outcome;
    const std::vector<std::string> files = {path};
    outcome.tally = check_vectors(files, [&](std::string_view line) { outcome.lines.emplace_back(line); });
    std::remove(path.c_str());
    return outcome;
}

std::string crc(const std::string& sum) {
    return R"({"vectors":[{"id":3,"category":"crc32c","input":{"utf8":"123456789"},"expected":{"crc32c_hex":")" + sum +
           R"("}}]})";
}

}  // namespace

TEST_CASE("a vector that comes out as recorded passes in silence") {
    const Outcome outcome = checked(crc("e3069283"));
    CHECK((outcome.tally.passed == 1 && outcome.tally.failed == 0 && outcome.lines.empty()));
}

TEST_CASE("a vector that comes out otherwise fails with what was expected and what came") {
    const Outcome outcome = checked(crc("e3069284"));
    CHECK((outcome.tally.passed == 0 && outcome.tally.failed == 1));
    REQUIRE(outcome.lines.size() == 1);
    CHECK(outcome.lines[0] ==
          R"(FAILED vectors-under-test.json 3/crc32c: crc32c_hex: expected "e3069284", got "e3069283")");
}

TEST_CASE("a category that nobody checks fails by its name") {
    const Outcome outcome = checked(R"({"vectors":[{"id":"X1","kind":"levitation","input":1}]})");
    REQUIRE(outcome.lines.size() == 1);
    CHECK(outcome.lines[0] == "FAILED vectors-under-test.json X1/levitation: not built yet: levitation");
}

TEST_CASE("vectors of an unknown form fail, the others go on") {
    const Outcome outcome = checked(
        R"([{"id":1,"category":"crc32c","input":{}},{"id":2,"category":"crc32c","input":{"utf8":""},"expected":{"crc32c":0}}])");
    CHECK((outcome.tally.passed == 1 && outcome.tally.failed == 1));
}

TEST_CASE("files that hold no vectors fail by name") {
    for (const char* text : {"", "{}", "[", R"({"vectors":[]})"}) CHECK(checked(text).tally.failed == 1);
    const std::vector<std::string> missing = {"no-such-file.json"};
    CHECK(check_vectors(missing, [](std::string_view line) {
              CHECK(line.find("no-such-file.json") != std::string_view::npos);
          }).failed == 1);
}
