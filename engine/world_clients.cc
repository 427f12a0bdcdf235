// Client nodes from their specs.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/broker_node.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"
#include "engine/tools/console_node.h"
#include "engine/world_nodes.h"

namespace engine {
namespace {

constexpr std::string_view kConsole = "console";

std::vector<client::Address> addresses(const World& world, const std::vector<BrokerId>& wanted) {
    std::vector<client::Address> list;
    for (const Node& node : world.nodes) {
        if (node.code().kind() != NodeKind::broker) continue;
        const broker::BrokerSettings& settings = node.as<broker::BrokerNode>().state.settings;
        if (wanted.empty() || std::ranges::find(wanted, settings.id) != wanted.end()) list.push_back({settings.host, settings.port});
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
    return std::unexpected(fmt::format("producer {}: column {} of \"{}\": {}", client, pattern.error().column, text, pattern.error().message));
}

std::expected<client::RecordGenerator, std::string> generator_of(const ProducerSpec& spec) {
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
    return add_node(world, {std::move(name), kind, kNoBroker, manual}, std::move(code), world.frame->client_link, no_disk);
}

// ---- the console --------------------------------------------------------------------------------

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
        for (std::size_t i = 0; i < replicas.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : ":", replicas[i].value);
    }
    return text;
}

std::string create_command(const World& world, const TopicSpec& topic) {
    std::string command = fmt::format("kafka-topics.sh --bootstrap-server {} --create --topic '{}'", bootstrap_list(world), topic.name);
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
    add_client(world, std::string(kConsole), NodeKind::console, false, std::make_unique<tools::ConsoleNode>(std::move(settings)));
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

void queue_command(World& world, std::string line, Observer& observer) {
    act_on(world, console_node(world), observer, [&](NodeCode& code, sim::Env& env) {
        tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, std::move(line));
    });
}

bool console_idle(const World& world) { return tools::idle(world.nodes[console_node(world).value].as<tools::ConsoleNode>().state); }

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
    return add_client(world, spec.name, NodeKind::producer, spec.manual, std::make_unique<client::ProducerNode>(std::move(settings)));
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
    return add_client(world, spec.name, NodeKind::consumer, spec.manual, std::make_unique<client::ConsumerNode>(std::move(settings)));
}

}  // namespace engine
