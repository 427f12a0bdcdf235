// The folder is the layer: who may include whom, as a table. An edge that is not in it fails with the line.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/sources.h"

namespace {

using Folders = std::set<std::string>;

// clang-format off
/// A folder and those it may include besides itself. `sim` and `engine` alone stand for files directly in them.
const std::map<std::string, Folders> kAllowed = {
    {"sim/base", {}},
    {"sim/kernel", {"sim/base"}},
    {"sim/net", {"sim/base", "sim/kernel"}},
    {"sim/disk", {"sim/base", "sim/kernel"}},
    {"sim/fault", {"sim/base", "sim/kernel"}},
    {"sim/record", {"sim/base", "sim/kernel", "sim/net", "sim/disk", "sim/fault"}},
    {"sim", {"sim/base", "sim/kernel", "sim/net", "sim/disk", "sim/fault", "sim/record"}},
    {"engine/model", {"sim/base", "sim/kernel"}},
    {"engine/wire", {"sim/base", "sim/kernel", "engine/model"}},
    {"engine/wire/messages", {"sim/base", "engine/model", "engine/wire"}},
    {"engine/log", {"sim/base", "sim/kernel", "sim/disk", "engine/model", "engine/wire"}},
    {"engine/zookeeper", {"sim/base", "sim/kernel", "sim/disk", "engine/model"}},
    {"engine/client", {"sim/base", "sim/kernel", "engine/model", "engine/wire", "engine/wire/messages"}},
    {"engine/tools", {"sim/base", "sim/kernel", "engine/model", "engine/wire", "engine/wire/messages", "engine/client", "engine/zookeeper", "engine/log"}},
    {"engine/broker", {"sim/base", "sim/kernel", "sim/disk", "engine/model", "engine/wire", "engine/wire/messages", "engine/log", "engine/zookeeper", "engine/broker/controller"}},
    {"engine/broker/handlers", {"sim/base", "sim/kernel", "sim/disk", "engine/model", "engine/wire", "engine/wire/messages", "engine/log", "engine/broker", "engine/zookeeper"}},
    {"engine/broker/controller", {"sim/base", "sim/kernel", "engine/model", "engine/wire", "engine/wire/messages", "engine/zookeeper", "engine/broker"}},
    {"engine/sql", {"sim/base", "engine/model"}},
    {"engine/plan", {"sim/base", "engine/model", "engine/sql"}},
    {"engine/dfs", {"sim/base", "sim/kernel", "sim/disk", "engine/model"}},
    {"engine/pyspark", {"sim/base", "engine/model", "engine/sql", "engine/plan"}},
    {"engine/scala", {"sim/base", "engine/model", "engine/sql", "engine/plan", "engine/pyspark"}},
    {"engine/operators", {"sim/base", "engine/model", "engine/sql", "engine/plan", "engine/dfs"}},
    {"engine/stream", {"sim/base", "sim/kernel", "engine/model", "engine/sql", "engine/plan", "engine/pyspark", "engine/operators", "engine/dfs", "engine/client", "engine/wire", "engine/wire/messages"}},
};
// clang-format on

/// Folders above the engine may include all of it; among themselves they have an order.
const std::vector<std::string> kAppOrder = {"app/lab", "app/view_model", "app/proof", "app/serve", "app/ui"};

int app_place(const std::string& folder) {
    for (std::size_t i = 0; i < kAppOrder.size(); ++i)
        if (folder == kAppOrder[i] || folder.starts_with(kAppOrder[i] + "/")) return static_cast<int>(i);
    return -1;
}

bool allowed(const std::string& from, const std::string& to) {
    if (from == to) return true;
    if (const auto row = kAllowed.find(from); row != kAllowed.end())
        return row->second.contains(to) || (to == "sim" && from == "sim/record");
    if (from == "engine") return to.starts_with("sim") || (to.starts_with("engine") && to != "engine/check");
    if (from.starts_with("engine/check")) return to.starts_with("sim") || to.starts_with("engine");
    const int a = app_place(from), b = app_place(to);
    if (a >= 0 && b >= 0)
        return b <= a && !(kAppOrder[static_cast<std::size_t>(b)] == "app/proof" &&
                           kAppOrder[static_cast<std::size_t>(a)] == "app/serve");
    return a >= 0 && (to.starts_with("engine") || to.starts_with("sim"));
}

std::string include_of(const std::string& line) {
    if (!line.starts_with("#include \"")) return "";
    return line.substr(10, line.find('"', 10) - 10);
}

bool mentions(const std::string& line, std::initializer_list<std::string_view> names) {
    return line.starts_with("#include <") &&
           std::ranges::any_of(names, [&](std::string_view name) { return line.find(name) != std::string::npos; });
}

}  // namespace

TEST_CASE("lint: a folder includes only what the table of layers allows", "[lint]") {
    for (const auto& file : tests::sources({"sim", "engine", "app"}, {".h", ".cc"})) {
        const std::string from = tests::folder_of(file.path);
        if (from == "app") continue;  // main.cc
        for (const std::string& line : file.lines) {
            const std::string included = include_of(line);
            if (included.empty()) continue;
            INFO(file.path << " includes " << included << ": " << from << " may not know "
                           << tests::folder_of(included));
            CHECK(allowed(from, tests::folder_of(included)));
        }
    }
}

TEST_CASE("lint: the includes of a block stand in order", "[lint]") {
    for (const auto& file : tests::sources({"sim", "engine", "app", "tests"}, {".h", ".cc"})) {
        std::string before;
        for (const std::string& line : file.lines) {
            const bool include = line.starts_with("#include ");
            INFO(file.path << ": " << line << " stands behind " << before);
            CHECK((!include || before <= line));
            before = include ? line : "";
        }
    }
}

TEST_CASE("lint: libraries of the outside stay in the folders that they were let into", "[lint]") {
    for (const auto& file : tests::sources({"sim", "engine", "app"}, {".h", ".cc"})) {
        const bool ui = file.path.starts_with("app/ui/"), app = file.path.starts_with("app/");
        for (const std::string& line : file.lines) {
            INFO(file.path << ": " << line);
            if (!ui) CHECK_FALSE(mentions(line, {"imgui", "GLFW", "stb_image"}));
            if (!app) CHECK_FALSE(mentions(line, {"sqlite3", "toml++", "CLI/"}));
        }
    }
}
