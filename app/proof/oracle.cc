#include "app/proof/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/command/console.h"
#include "app/lab/command/progress.h"
#include "app/lab/host/files.h"
#include "app/proof/recordings/cli_script.h"
#include "app/proof/recordings/disk_files.h"
#include "app/proof/recordings/kafka_talk.h"
#include "app/proof/recordings/zookeeper_talk.h"
#include "app/proof/spark/recording.h"
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

void count(const std::string& name, const std::vector<std::string>& complaints, Tally& tally) {
    ++(complaints.empty() ? tally.passed : tally.failed);
    if (complaints.empty()) lab::print_line("agrees " + name);
    for (const std::string& complaint : complaints) lab::print_line(fmt::format("FAILED {}: {}", name, complaint));
}

void run_one_story(const std::string& path, Tally& tally) {
    const StoryResult result = run_story(path);
    if (!result.left_out.empty()) return lab::print_line(fmt::format("left out {}: {}", result.name, result.left_out));
    if (!result.passed) return count(result.name, result.complaints, tally);
    ++tally.passed;
    lab::print_line(fmt::format("replayed {} (schedule {})", result.name, result.seed));
}

// ---- conversations with ZooKeeper ---------------------------------------------------------------

/// One story of two brokers, a file a chapter: each goes on where the one before it ended.
constexpr std::array kKafkaChapters = {
    "kafka-first-broker",           "kafka-second-broker",         "kafka-topics-create-zookeeper",
    "kafka-topics-list-describe",   "kafka-topics-alter",          "kafka-topics-create-bootstrap",
    "kafka-config-change",          "kafka-reassign-zookeeper",    "kafka-broker-death",
    "kafka-broker-return",          "kafka-preferred-election",    "kafka-broker-reconnect",
    "kafka-broker-session-expired", "kafka-controller-death",      "kafka-old-controller-return",
    "kafka-topics-delete",          "kafka-controller-clean-stop", "kafka-last-broker-stop"};

std::vector<std::string> chapters_before(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
    const std::string name = path.substr(slash + 1, path.rfind('.') - slash - 1);
    std::vector<std::string> earlier;
    if (std::ranges::find(kKafkaChapters, name) == kKafkaChapters.end()) return earlier;
    for (const char* chapter : kKafkaChapters) {
        if (name == chapter) break;
        if (const auto text = lab::read_file(lab::join_path(folder, std::string(chapter) + ".json")))
            earlier.push_back(*text);
    }
    return earlier;
}

// ---- by kind ------------------------------------------------------------------------------------

enum class Kind : sim::u8 { story, disk, kafka, zookeeper, four_letters, ensemble, cli, unknown };

Kind kind_of(const std::string& text) {
    if (text.starts_with("cluster: ")) return Kind::cli;
    const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    if (has("\"steps\"") && has("\"cluster\"")) return Kind::story;
    if (has("\"checks\"") && has("\"files\"")) return Kind::disk;
    if (has("three servers") || (has("\"steps\"") && has("servers"))) return Kind::ensemble;
    if (has("\"exchanges\"") && has("\"cluster\"")) return Kind::kafka;
    if (has("\"exchanges\"") && has("ZooKeeper")) return Kind::zookeeper;
    if (has("\"ruok\"")) return Kind::four_letters;
    return Kind::unknown;
}

/// The conversation that lasted while the words were asked stands beside them.
std::string session_of_words(const std::string& path) {
    const auto folder = path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
    return lab::read_file(lab::join_path(folder, "../wire/four-letter-session.json")).value_or("");
}

/// Each command that is compared counts.
void run_one_script(const std::string& path, const std::string& text, Tally& tally) {
    const CliResult result = run_cli_script(text);
    tally.passed += result.passed;
    tally.failed += static_cast<int>(result.complaints.size());
    lab::print_line(fmt::format("{}: {} commands agree", path, result.passed));
    for (const std::string& complaint : result.complaints)
        lab::print_line(fmt::format("FAILED {}: {}", path, complaint));
}

void run_spark(const std::string& path, const std::string& text, Tally& tally) {
    const OracleCount count = check_spark_recording(path, text);
    tally.passed += static_cast<int>(count.passed);
    tally.failed += static_cast<int>(count.failed);
    if (!count.report.empty()) lab::print_line(count.report);
}

void run_one(const std::string& path, Tally& tally) {
    const auto text = lab::read_file(path);
    if (!text) return count(path, {text.error()}, tally);
    if (is_spark_recording(path)) return run_spark(path, *text, tally);
    switch (kind_of(*text)) {
        case Kind::story: return run_one_story(path, tally);
        case Kind::disk: return count(path, check_disk_files(*text), tally);
        case Kind::kafka: return count(path, hold_kafka_talk(*text), tally);
        case Kind::zookeeper: return count(path, hold_zookeeper_talk(*text, chapters_before(path)), tally);
        case Kind::four_letters: return count(path, ask_four_letter_words(*text, session_of_words(path)), tally);
        case Kind::cli: return run_one_script(path, *text, tally);
        case Kind::ensemble: return lab::print_line("left out " + path + ": it takes an ensemble of servers");
        case Kind::unknown: return count(path, {"not built yet: recordings of this kind"}, tally);
    }
}

}  // namespace

int run_oracles(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) collect(path, files);
    Tally tally;
    lab::Progress progress;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (progress.due()) progress.say(fmt::format("{} of {}: {}", i + 1, files.size(), files[i]));
        run_one(files[i], tally);
    }
    progress.clear();
    lab::print_line(fmt::format("{} passed, {} failed", tally.passed, tally.failed));
    return tally.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
