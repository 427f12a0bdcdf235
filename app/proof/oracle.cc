#include "app/proof/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/proof/disk/disk_files.h"
#include "app/proof/story/runner.h"
#include "app/proof/zk/conversations.h"

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

void run_disk_files(const std::string& path, const std::string& text, Tally& tally) {
    const nlohmann::json recording = nlohmann::json::parse(text, nullptr, false);
    if (recording.is_discarded() || !recording.contains("files")) {
        ++tally.failed;
        return lab::print_line(fmt::format("FAILED {}: this is no recording of files", path));
    }
    const auto complaints = check_disk_files(recording);
    ++(complaints.empty() ? tally.passed : tally.failed);
    const std::string name = recording.value("name", path);
    if (complaints.empty()) lab::print_line(fmt::format("agree: files of {} ({} checks)", name, recording["checks"].size()));
    for (const std::string& complaint : complaints) lab::print_line(fmt::format("FAILED files of {}: {}", name, complaint));
}

// ---- ZooKeeper ----------------------------------------------------------------------------------

// Conversations of two brokers with one server: each goes on where the one before has ended.
constexpr std::array<std::string_view, 18> kBrokersStory = {
    "first-broker", "second-broker", "topics-create-zookeeper", "topics-list-describe", "topics-alter", "topics-create-bootstrap",
    "config-change", "reassign-zookeeper", "broker-death", "broker-return", "preferred-election", "broker-reconnect",
    "broker-session-expired", "controller-death", "old-controller-return", "topics-delete", "controller-clean-stop", "last-broker-stop"};

void speak(ZkConversations& server, const std::string& path, Tally& tally) {
    const nlohmann::json recording = nlohmann::json::parse(lab::read_file(path).value_or(""), nullptr, false);
    if (recording.is_discarded() || !recording.contains("exchanges")) {
        ++tally.failed;
        return lab::print_line(fmt::format("FAILED {}: this is no conversation", path));
    }
    const auto complaints = server.speak(recording);
    ++(complaints.empty() ? tally.passed : tally.failed);
    const std::string name = recording.value("name", path);
    if (complaints.empty()) return lab::print_line(fmt::format("agree: {} ({} exchanges)", name, recording["exchanges"].size()));
    for (std::size_t i = 0; i < std::min<std::size_t>(complaints.size(), 4); ++i) lab::print_line(fmt::format("FAILED {}: {}", name, complaints[i]));
}

/// Speaks the files of the brokers' story in its order, and takes them out of the list.
void run_zookeeper_story(std::vector<std::string>& files, Tally& tally) {
    ZkConversations server(1);
    for (const std::string_view part : kBrokersStory) {
        const std::string ending = fmt::format("zookeeper/wire/kafka-{}.json", part);
        const auto at = std::ranges::find_if(files, [&](const std::string& path) { return path.ends_with(ending); });
        if (at == files.end()) continue;
        speak(server, *at, tally);
        files.erase(at);
    }
}

// ---- one file -----------------------------------------------------------------------------------

void run_one(const std::string& path, Tally& tally) {
    const auto text = lab::read_file(path);
    if (!text) {
        ++tally.failed;
        return lab::print_line("FAILED " + text.error());
    }
    const bool story = text->find("\"steps\"") != std::string::npos && text->find("\"cluster\"") != std::string::npos;
    if (story) return run_one_story(path, tally);
    const bool zookeeper = text->find("\"exchanges\"") != std::string::npos && text->find("\"xid\"") != std::string::npos;
    if (zookeeper) {
        ZkConversations server(1);
        return speak(server, path, tally);
    }
    if (text->find("\"checks\"") != std::string::npos) return run_disk_files(path, *text, tally);
    ++tally.failed;
    lab::print_line(fmt::format("FAILED {}: not built yet: recordings of this kind", path));
}

}  // namespace

int run_oracles(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) collect(path, files);
    Tally tally;
    run_zookeeper_story(files, tally);
    for (const std::string& file : files) run_one(file, tally);
    lab::print_line(fmt::format("{} passed, {} failed", tally.passed, tally.failed));
    return tally.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
