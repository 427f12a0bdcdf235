// Files of a folder are compiled together (cmake/options.cmake), in groups that shift as files grow. So what a file
// keeps to itself must have a name of its own within the folder.
#include <catch2/catch_test_macros.hpp>

#include <map>
#include <regex>

#include "tests/support/sources.h"

namespace {

/// What a line in an unnamed namespace declares: constants and types by name, functions by their whole first line.
/// The second of a pair is what may be said again: an alias of the same thing.
std::vector<std::pair<std::string, std::string>> declared(const std::string& line) {
    static const std::regex type(R"(^(?:struct|class|enum(?: class)?) (\w+))"), alias(R"(^using (\w+) = )");
    static const std::regex constant(R"(\b(k[A-Z]\w*)(?=(?:\[\w*\])? ?[={]))");
    std::smatch match;
    if (std::regex_search(line, match, type)) return {{match[1], line}};
    if (std::regex_search(line, match, alias)) return {{match[1], ""}};
    std::vector<std::pair<std::string, std::string>> found;
    if (line.starts_with("constexpr ") || line.starts_with("const ")) {
        for (std::sregex_iterator it(line.begin(), line.end(), constant), end; it != end; ++it)
            found.emplace_back((*it)[1], line);
    } else if (!line.empty() && line.ends_with("{") && line[0] != ' ' && line.find('(') != std::string::npos) {
        found.emplace_back(line, line);
    }
    return found;
}

struct Kept {
    std::string file, text;
};

}  // namespace

TEST_CASE("lint: what a file keeps to itself has a name of its own within the folder", "[lint]") {
    std::map<std::string, Kept> kept;  // folder and name
    for (const auto& file : tests::sources({"sim", "engine", "app", "tests"}, {".cc"})) {
        bool inside = false;
        const std::string folder = tests::folder_of(file.path);
        if (folder == "tests/bench" || folder == "tests/fuzz") continue;  // compiled one by one
        for (const std::string& line : file.lines) {
            if (line == "namespace {") inside = true;
            if (line.starts_with("}  // namespace")) inside = false;
            if (!inside) continue;
            for (const auto& [name, text] : declared(line)) {
                const auto [at, is_new] =
                    kept.try_emplace(folder + "|" + name, Kept{file.path, text.empty() ? line : text});
                if (is_new || at->second.file == file.path || (text.empty() && at->second.text == line)) continue;
                INFO(file.path << " and " << at->second.file << " both keep: " << name);
                CHECK(is_new);
            }
        }
    }
    CHECK(kept.size() > 1000);
}
