#include "app/proof/oracle.h"

#include <fmt/format.h>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/proof/story/runner.h"

namespace app::proof {
namespace {

struct Tally {
    int passed = 0;
    int failed = 0;
};

/// All files below a path, in order.
void collect(const std::string& path, std::vector<std::string>& files) {
    if (!lab::is_folder(path)) return files.push_back(path);
    for (const std::string& name : lab::list_folder(path)) {
        const std::string below = lab::join_path(path, name.ends_with('/') ? name.substr(0, name.size() - 1) : name);
        if (name.ends_with('/') || name.ends_with(".json") || name.ends_with(".txt")) collect(below, files);
    }
}

void run_one_story(const std::string& path, Tally& tally) {
    const StoryResult result = run_story(path);
    ++(result.passed ? tally.passed : tally.failed);
    if (result.passed) return lab::print_line(fmt::format("replayed {} (schedule {})", result.name, result.seed));
    for (const std::string& complaint : result.complaints) lab::print_line(fmt::format("FAILED {}: {}", result.name, complaint));
}

void run_one(const std::string& path, Tally& tally) {
    const auto text = lab::read_file(path);
    if (!text) {
        ++tally.failed;
        return lab::print_line("FAILED " + text.error());
    }
    const bool story = text->find("\"steps\"") != std::string::npos && text->find("\"cluster\"") != std::string::npos;
    if (story) return run_one_story(path, tally);
    ++tally.failed;
    lab::print_line(fmt::format("FAILED {}: not built yet: recordings of this kind", path));
}

}  // namespace

int run_oracles(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) collect(path, files);
    Tally tally;
    for (const std::string& file : files) run_one(file, tally);
    lab::print_line(fmt::format("{} passed, {} failed", tally.passed, tally.failed));
    return tally.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
