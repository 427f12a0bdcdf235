#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/targets.h"

namespace {

std::vector<std::filesystem::path> corpus_of(std::string_view target) {
    std::vector<std::filesystem::path> files;
    const auto folder = std::filesystem::path("tests/fuzz/corpus") / target;
    if (std::filesystem::exists(folder))
        for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

}  // namespace

TEST_CASE("nothing in the corpus of any fuzz target breaks an invariant") {
    for (const tests::fuzz::Target& target : tests::fuzz::kTargets) {
        const auto files = corpus_of(target.name);
        CAPTURE(target.name);
        CHECK(files.size() >= 3);
        for (const auto& file : files) {
            std::ifstream in(file, std::ios::binary);
            const std::string content{std::istreambuf_iterator<char>(in), {}};
            CAPTURE(file.string());
            target.run({reinterpret_cast<const sim::u8*>(content.data()), content.size()});
        }
    }
}
