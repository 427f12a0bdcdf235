// Sizes as a ratchet: no function beyond 70 lines, no file beyond 600, no line beyond 120 columns, but for the
// exceptions, which may only become fewer. And a house has a map: every folder's README names every file in it.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/sources.h"

namespace {

constexpr std::size_t kLongestFunction = 70;
constexpr std::size_t kLongestFile = 600;
constexpr std::ptrdiff_t kWidestLine = 120;

/// Files that may be longer: tables of one kind of thing.
const std::set<std::string> kLongFiles = {};

struct Function {
    std::string name;
    std::size_t line = 0;
    std::size_t length = 0;
};

bool opens_function(const std::string& line) {
    const bool starts = !line.empty() && line[0] != ' ' && line[0] != '}' && line[0] != '#' && line[0] != '/';
    const bool other = line.starts_with("namespace") || line.starts_with("struct") || line.starts_with("class") ||
                       line.starts_with("enum") || line.starts_with("extern") ||
                       line.find("= {") != std::string::npos || line.starts_with("constexpr std::array") ||
                       line.starts_with("union");
    return starts && !other && line.ends_with("{") && line.find('(') != std::string::npos;
}

std::vector<Function> functions_of(const tests::SourceFile& file) {
    std::vector<Function> functions;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        if (!opens_function(file.lines[i])) continue;
        std::size_t end = i;
        while (end < file.lines.size() && !file.lines[end].starts_with("}")) ++end;
        functions.push_back({file.lines[i], i + 1, end - i + 1});
    }
    return functions;
}

/// The last part of a path, up to its first dot.
std::string stem_of(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.find('.'));
}

}  // namespace

TEST_CASE("lint: no function grows past 70 lines and no file past 600", "[lint]") {
    for (const auto& file : tests::sources({"sim", "engine", "app", "tests"}, {".h", ".cc"})) {
        INFO(file.path);
        if (!kLongFiles.contains(file.path)) CHECK(file.lines.size() <= kLongestFile);
        for (const Function& function : functions_of(file)) {
            INFO("line " << function.line << ": " << function.name);
            CHECK(function.length <= kLongestFunction);
        }
    }
}

TEST_CASE("lint: no line is wider than 120 columns, but for rows of texts", "[lint]") {
    // One row a number of members; a style sheet.
    const std::set<std::string> tables = {"sim/base/reflect.h", "app/view_model/space_time_svg.cc"};
    for (const auto& file : tests::sources({"sim", "engine", "app", "tests"}, {".h", ".cc"})) {
        if (tables.contains(file.path)) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& line = file.lines[i];
            const auto columns = std::ranges::count_if(line, [](char c) { return (c & 0xc0) != 0x80; });
            INFO(file.path << ":" << i + 1);
            if (line.find('"') == std::string::npos) CHECK(columns <= kWidestLine);
        }
    }
}

TEST_CASE("lint: the README of a folder lists every file of the folder", "[lint]") {
    std::map<std::string, std::string> readmes;
    for (const auto& file : tests::sources({"sim", "engine", "app", "tests"}, {"README.md"})) {
        std::string text;
        for (const std::string& line : file.lines) text += line + "\n";
        readmes[tests::folder_of(file.path)] = text;
    }
    for (const auto& file : tests::sources({"sim", "engine", "app", "tests"}, {".h", ".cc", ".sh"})) {
        const std::string folder = tests::folder_of(file.path);
        INFO(file.path << " is not in " << folder << "/README.md");
        CHECK((readmes.contains(folder) && readmes[folder].find("`" + stem_of(file.path)) != std::string::npos));
    }
}

TEST_CASE("lint: the README of a folder says what each folder in it holds, and names nothing that is gone", "[lint]") {
    std::map<std::string, std::set<std::string>> held;  // what a folder holds: stems of files, names of folders
    const auto readmes = tests::sources({"sim", "engine", "app", "tests"}, {"README.md"});
    for (const auto& file :
         tests::sources({"sim", "engine", "app", "tests"}, {".h", ".cc", ".sh", ".py", ".md", ".txt", ".toml"}))
        held[tests::folder_of(file.path)].insert(stem_of(file.path));
    for (const auto& file : readmes)
        held[tests::folder_of(tests::folder_of(file.path))].insert(stem_of(tests::folder_of(file.path)));
    for (const auto& readme : readmes) {
        const std::string folder = tests::folder_of(readme.path);
        std::set<std::string> folders;
        for (const std::string& line : readme.lines) {
            if (line.starts_with("| [")) folders.insert(line.substr(3, line.find(']') - 3));
            INFO(readme.path << ": " << line);
            if (line.starts_with("| [")) CHECK((line.find("|  |") == std::string::npos && line.ends_with(" |")));
            if (line.starts_with("| `"))
                CHECK(held[folder].contains(stem_of(line.substr(3, line.find_first_of(" `", 3) - 3))));
        }
        for (const auto& below : readmes) {
            INFO(below.path << " is not in " << readme.path);
            if (tests::folder_of(tests::folder_of(below.path)) == folder)
                CHECK(folders.contains(stem_of(tests::folder_of(below.path))));
        }
    }
}

TEST_CASE("lint: sim and engine state what they take for granted: 40 assertions in 1000 lines of code", "[lint]") {
    std::size_t lines = 0, assertions = 0;
    for (const auto& file : tests::sources({"sim", "engine"}, {".h", ".cc"})) {
        for (const std::string& line : file.lines) {
            const auto first = line.find_first_not_of(" \t");
            if (first == std::string::npos || line.compare(first, 2, "//") == 0) continue;
            ++lines;
            for (const char* word : {"MR_ASSERT", "MR_VALIDATE", "static_assert"})
                assertions += line.find(word) != std::string::npos ? 1 : 0;
        }
    }
    INFO(assertions << " assertions in " << lines << " lines of code");
    CHECK(assertions * 1000 >= lines * 40);
}
