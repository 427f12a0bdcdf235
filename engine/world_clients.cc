// Client nodes from their specs.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/broker/broker_node.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"
#include "engine/tools/console_node.h"
#include "engine/world_nodes.h"
#include "sim/base/assert.h"

namespace engine {
namespace {

constexpr std::string_view kConsole = "console";

std::vector<client::Address> addresses(const World& world, const std::vector<BrokerId>& wanted) {
    std::vector<client::Address> list;
    for (const Node& node : world.nodes) {
        if (node.code().kind() != NodeKind::broker) continue;
        const broker::BrokerSettings& settings = node.as<broker::BrokerNode>().state.settings;
        if (wanted.empty() || std::ranges::find(wanted, settings.id) != wanted.end())
            list.push_back({settings.host, settings.port});
    }
    return list;
}

std::string check_name(const World& world, std::string_view name) {
    if (name.empty()) return "a client needs a name";
    return world.find_node(name) == sim::kNoNode ? "" : fmt::format("the name '{}' is taken", name);
}

std::expected<client::RecordTemplate, std::string> compiled(std::string_view client, std::string_view text) {
    auto pattern = client::compile_template(text);
    if (pattern) return std::move(*pattern);
    return std::unexpected(fmt::format("producer {}: column {} of \"{}\": {}", client, pattern.error().column, text,
                                       pattern.error().message));
}

std::expected<client::RecordGenerator, std::string> generator_of(const ProducerSpec& spec) {
    MR_ASSERT(spec.every.count > 0);
    client::RecordGenerator generator;
    generator.every = spec.every;
    generator.count = spec.count;
    generator.partition = spec.pattern.partition;
    generator.has_key = !spec.pattern.key.is_null;
    generator.headers = spec.pattern.headers;
    auto key = compiled(spec.name, spec.pattern.key.text);
    if (!key) return std::unexpected(key.error());
    auto value = compiled(spec.name, spec.pattern.value.text);
    if (!value) return std::unexpected(value.error());
    generator.key = std::move(*key);
    generator.value = std::move(*value);
    return generator;
}

client::AppRecord app_record(const RecordSpec& spec) {
    return {spec.at, spec.timestamp_ms, spec.partition, spec.topic, spec.key, spec.value, spec.headers};
}

NodeId add_client(World& world, std::string name, NodeKind kind, bool manual, std::unique_ptr<NodeCode> code) {
    const sim::DiskProfile no_disk;
    MR_ASSERT(kind != NodeKind::broker && kind != NodeKind::zookeeper);
    return add_node(world, {std::move(name), kind, kNoBroker, manual}, std::move(code), world.frame->client_link,
                    no_disk);
}

// ---- the console --------------------------------------------------------------------------------

constexpr u64 kMostCopied = 64u << 20;   // bytes of a broker's file that a tool looks at

/// The broker in whose data directory a path lies, by its component b<id>; kNoBroker if there is none.
BrokerId broker_of_path(std::string_view path, std::size_t& behind) {
    for (std::size_t at = path.find("/b"); at != std::string_view::npos; at = path.find("/b", at + 1)) {
        i32 id = -1;
        const auto read = std::from_chars(path.data() + at + 2, path.data() + path.size(), id);
        behind = static_cast<std::size_t>(read.ptr - path.data()) + 1;
        if (read.ec == std::errc{} && behind < path.size() && path[behind - 1] == '/') return BrokerId{id};
    }
    return kNoBroker;
}

/// A file of a broker's disk as it is now; and what lies beside it, as tools look there too.
void copy_broker_file(const World& world, tools::Console& console, const std::string& path) {
    std::size_t behind = 0;
    const NodeId node = world.broker_node(broker_of_path(path, behind));
    if (node == sim::kNoNode) return;
    MR_ASSERT(behind > 0 && behind < path.size());
    const sim::Disk& disk = world.machine.disks.of(node);
    const std::string inside = path.substr(behind);
    for (const std::string& name : {inside, inside.substr(0, inside.rfind('.')) + ".log"}) {
        const sim::FileId file = disk.find(name);
        const std::string shown = path.substr(0, behind) + name;
        console.files.erase(shown);
        if (file == sim::kNoFile || disk.file(file).cached.size() > kMostCopied) continue;
        const auto bytes = disk.file(file).cached.read(0, disk.file(file).cached.size());
        tools::write_file(console, shown, {bytes.begin(), bytes.end()});
    }
}

/// Tools that dump files run where the files are: the console finds those that its line names.
void lay_out_files(World& world, const std::string& line) {
    if (line.find("dump-log") == std::string::npos && line.find("DumpLogSegments") == std::string::npos) return;
    MR_ASSERT(world.find_node(kConsole) != sim::kNoNode);
    auto& console = world.nodes[world.find_node(kConsole).value].edit_as<tools::ConsoleNode>().state;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find_first_of(" ,\t", at), line.size());
        if (end > at) copy_broker_file(world, console, line.substr(at, end - at));
        at = end + 1;
    }
}

std::string bootstrap_list(const World& world) {
    std::string list;
    for (const client::Address& address : addresses(world, {}))
        list += fmt::format("{}{}:{}", list.empty() ? "" : ",", address.host, address.port);
    return list;
}

std::string assignment_text(const TopicSpec& topic) {
    std::string text;
    for (const auto& replicas : topic.assignment) {
        if (!text.empty()) text += ",";
        for (std::size_t i = 0; i < replicas.size(); ++i)
            text += fmt::format("{}{}", i == 0 ? "" : ":", replicas[i].value);
    }
    return text;
}

std::string create_command(const World& world, const TopicSpec& topic) {
    std::string command =
        fmt::format("kafka-topics.sh --bootstrap-server {} --create --topic '{}'", bootstrap_list(world), topic.name);
    if (!topic.assignment.empty()) command += " --replica-assignment " + assignment_text(topic);
    else command += fmt::format(" --partitions {} --replication-factor {}", topic.partitions, topic.replication_factor);
    for (const auto& [key, value] : topic.config) command += fmt::format(" --config '{}={}'", key, value);
    return command;
}

}  // namespace

std::vector<client::Address> bootstrap_addresses(const World& world) { return addresses(world, {}); }

std::string bootstrap_text(const World& world) { return bootstrap_list(world); }

void add_console(World& world, const WorldSpec& spec) {
    tools::ConsoleSettings settings;
    settings.name = kConsole;
    settings.version = spec.version;
    settings.tool_start_time = spec.tool_start_time;
    settings.choices = spec.tool_choices;
    add_client(world, std::string(kConsole), NodeKind::console, false,
               std::make_unique<tools::ConsoleNode>(std::move(settings)));
}

NodeId console_node(const World& world) { return world.find_node(kConsole); }

void queue_topic(World& world, const TopicSpec& topic) {
    const NodeId node = console_node(world);
    MR_ASSERT(node != sim::kNoNode);
    std::string command = create_command(world, topic);
    act_on(world, node, nobody(), [&](NodeCode& code, sim::Env& env) {
        tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, std::move(command));
    });
}

void queue_command(World& world, std::string line, Observer& observer, std::string input) {
    lay_out_files(world, line);
    act_on(world, console_node(world), observer, [&](NodeCode& code, sim::Env& env) {
        tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, std::move(line), std::move(input));
    });
}

void interrupt_console(World& world, Observer& observer) {
    act_on(world, console_node(world), observer, [](NodeCode& code, sim::Env& env) {
        tools::interrupt_command(static_cast<tools::ConsoleNode&>(code).state, env);
    });
}

bool console_idle(const World& world) {
    return tools::idle(world.nodes[console_node(world).value].as<tools::ConsoleNode>().state);
}

std::string first_topic_error(const World& world) {
    return world.nodes[console_node(world).value].as<tools::ConsoleNode>().state.first_failure;
}

std::expected<NodeId, std::string> add_producer(World& world, const ProducerSpec& spec) {
    if (std::string wrong = check_name(world, spec.name); !wrong.empty()) return std::unexpected(std::move(wrong));
    if (const auto config = client::make_producer_config(spec.config, spec.name); !config)
        return std::unexpected(fmt::format("producer {}: {}", spec.name, config.error()));
    client::ProducerSettings settings;
    settings.name = spec.name;
    settings.topic = spec.topic;
    settings.config = spec.config;
    settings.bootstrap = addresses(world, spec.bootstrap);
    if (spec.every.count > 0) {
        auto generator = generator_of(spec);
        if (!generator) return std::unexpected(generator.error());
        settings.generator = std::move(*generator);
    }
    for (const RecordSpec& record : spec.records) settings.records.push_back(app_record(record));
    std::ranges::stable_sort(settings.records, {}, &client::AppRecord::at);
    return add_client(world, spec.name, NodeKind::producer, spec.manual,
                      std::make_unique<client::ProducerNode>(std::move(settings)));
}

std::expected<NodeId, std::string> add_consumer(World& world, const ConsumerSpec& spec) {
    if (std::string wrong = check_name(world, spec.name); !wrong.empty()) return std::unexpected(std::move(wrong));
    if (const auto config = client::make_consumer_config(spec.config, spec.name); !config)
        return std::unexpected(fmt::format("consumer {}: {}", spec.name, config.error()));
    client::ConsumerSettings settings;
    settings.name = spec.name;
    settings.topics = spec.topics;
    settings.partitions = spec.assign;
    settings.group = spec.group;
    settings.config = spec.config;
    settings.bootstrap = addresses(world, spec.bootstrap);
    settings.work_per_record = spec.work;
    settings.commit = spec.commit;
    settings.polls = spec.polls;
    settings.bug = world.frame->bug;
    return add_client(world, spec.name, NodeKind::consumer, spec.manual,
                      std::make_unique<client::ConsumerNode>(std::move(settings)));
}

}  // namespace engine
