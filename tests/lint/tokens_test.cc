// What would make two runs differ has no place in the machine and the engine; the table names what to use.
#include <catch2/catch_test_macros.hpp>

#include <regex>

#include "tests/support/sources.h"

namespace {

struct Banned {
    const char* pattern;
    const char* instead;
};

const Banned kBanned[] = {
    {"std::unordered_", "sim::FlatMap: its order is that of its keys"},
    {"std::hash\\b", "sim::Hasher"},
    {"std::\\w*_distribution", "sim::Prng::below and its like"},
    {"std::(shuffle|sample|random_device|mt19937)", "sim::Prng"},
    {"\\b(s?rand|drand48)\\s*\\(", "sim::Prng"},
    {"std::chrono::(system|steady|high_resolution)_clock|\\btime\\s*\\(\\s*(NULL|nullptr|0)\\s*\\)|gettimeofday",
     "Env::now and Env::wall_ms"},
    {"std::(thread|async|mutex|atomic|jthread)", "nothing: a world runs in one thread"},
    {"std::(filesystem|ifstream|ofstream|fstream|cout|cerr)", "Env::disk; host files are app/lab's"},
    {"setlocale|std::locale", "fmt without locale"},
    {"\\b(size_t|long)\\b(?! double)(?=.*\\bdigest)", "fixed-width numbers in what is hashed"},
    {"reinterpret_cast<std::uintptr_t>", "ids: an address differs from run to run"},
    {"\\bthrow\\b", "std::expected, or MR_ASSERT"},
};

}  // namespace

TEST_CASE("lint: nothing in sim and engine can make two runs differ", "[lint]") {
    std::vector<std::pair<std::regex, const Banned*>> patterns;
    for (const Banned& banned : kBanned) patterns.emplace_back(std::regex(banned.pattern), &banned);
    for (const auto& file : tests::sources({"sim", "engine"}, {".h", ".cc"})) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string code = tests::code_of(file.lines[i]);
            for (const auto& [pattern, banned] : patterns) {
                if (!std::regex_search(code, pattern)) continue;
                FAIL_CHECK(file.path << ":" << i + 1 << ": " << file.lines[i] << "\n  use " << banned->instead);
            }
        }
    }
    SUCCEED();
}
