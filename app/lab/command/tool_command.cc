#include "app/lab/command/tool_command.h"

#include <iostream>
#include <iterator>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "engine/history.h"
#include "engine/world_nodes.h"
#include "sim/base/lines.h"

namespace app::lab {
namespace {

using sim::Nanos;

constexpr int kMostBrokers = 32;
constexpr sim::u16 kFirstPort = 9092;
constexpr Nanos kLongestCommand = sim::seconds(600);   // then it is interrupted, as a person would
constexpr Nanos kLastBreath = sim::seconds(60);

engine::WorldSpec cluster_of(const ToolOptions& options) {
    engine::WorldSpec spec;
    spec.version = options.version.starts_with("2.8") ? engine::KafkaVersion::v2_8 : engine::KafkaVersion::v3_9;
    spec.link = {sim::micros(100), {}, 0, 0};
    spec.cluster_config["offsets.topic.num.partitions"] = "4";
    spec.cluster_config["group.initial.rebalance.delay.ms"] = "0";
    if (options.brokers < 3) spec.cluster_config["offsets.topic.replication.factor"] = "1";
    for (int i = 0; i < options.brokers; ++i) {
        engine::BrokerSpec& broker = spec.brokers.emplace_back();
        broker.id = engine::BrokerId{i + 1};
        broker.host = "localhost";
        broker.port = static_cast<sim::u16>(kFirstPort + i);
    }
    return spec;
}

std::expected<std::string, std::string> read_script(const std::string& path) {
    if (path != "-") return read_file(path);
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

/// Lines of the script without prompts, comments and blanks.
std::vector<std::string> commands_in(const std::string& text) {
    std::vector<std::string> commands;
    for (std::string_view line : sim::lines_of(text)) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("$ ")) line.remove_prefix(2);
        if (line.find_first_not_of(" \t") != std::string_view::npos && !line.starts_with("#"))
            commands.emplace_back(line);
    }
    return commands;
}

class Terminal {
public:
    explicit Terminal(engine::World world) : world_(std::move(world)) {}

    /// Exit code of a command that has run to its end; -1 if it has none.
    int run(const std::string& command) {
        const std::size_t before = history_.commands.size();
        act([&](engine::Observer& observer) { engine::queue_command(world_, command, observer); });
        const auto ended = [&] { return history_.commands.size() > before; };
        if (!run_until(kLongestCommand, ended)) {
            act([&](engine::Observer& observer) { engine::interrupt_console(world_, observer); });
            if (!run_until(kLastBreath, ended)) return -1;
        }
        const engine::CommandRow& row = history_.commands[before];
        fmt::print("{}", row.output);
        std::fflush(stdout);
        fmt::print(stderr, "{}", row.errors);
        return row.exit_code;
    }

private:
    template <class Deed>
    void act(Deed&& deed) {
        engine::HistoryWriter writer(history_);
        world_.machine.begin_input(std::min(world_.kernel().now, world_.machine.next_at()), 0, writer);
        deed(writer);
        world_.machine.end_input();
    }
    template <class Ended>
    bool run_until(Nanos span, Ended&& ended) {
        engine::HistoryWriter writer(history_);
        const Nanos limit = world_.kernel().now + span;
        while (!ended())
            if (world_.machine.next_at() > limit || !engine::step(world_, writer)) return false;
        return true;
    }

    engine::World world_;
    engine::History history_;
};

}  // namespace

int tool_command(const ToolOptions& options) {
    if (options.brokers < 1 || options.brokers > kMostBrokers)
        return complain(fmt::format("--brokers takes 1 to {}", kMostBrokers)), kUsage;
    const auto script = read_script(options.script);
    if (!script) return complain(script.error());
    auto world = engine::build_world(cluster_of(options));
    if (!world) return complain(world.error());
    Terminal terminal(std::move(*world));
    int code = kGood;
    for (const std::string& command : commands_in(*script)) {
        code = terminal.run(command);
        if (code < 0) return complain("no end of: " + command);
    }
    return code;
}

}  // namespace app::lab
