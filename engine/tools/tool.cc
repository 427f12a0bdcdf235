#include "engine/tools/tool.h"

#include "sim/base/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace engine::tools {
namespace {

constexpr std::array kTools = {
    Tool{"kafka-configs", begin_configs, on_configs_result, on_zk_configs_notice},
    Tool{"kafka-console-consumer", begin_console_consumer, nullptr, on_console_consumer_notice,
         interrupt_console_consumer},
    Tool{"kafka-console-producer", begin_console_producer, nullptr, on_console_producer_notice},
    Tool{"kafka-consumer-groups", begin_groups, on_groups_result},
    Tool{"kafka-delete-records", begin_delete_records, on_delete_records_result},
    Tool{"kafka-dump-log", begin_dump_log},
    Tool{"kafka-get-offsets", begin_get_offsets, on_get_offsets_result},
    Tool{"kafka-leader-election", begin_election, on_election_result},
    Tool{"kafka-preferred-replica-election", begin_preferred_election, on_preferred_election_result,
         on_preferred_election_notice},
    Tool{"kafka-reassign-partitions", begin_reassign, on_moves_result, on_reassign_notice},
    Tool{"kafka-topics", begin_topics, on_topics_result, on_zk_topics_notice},
    Tool{"zookeeper-shell", begin_zookeeper_shell, nullptr, on_zookeeper_shell_notice},
};
static_assert(std::ranges::is_sorted(kTools, {}, &Tool::name));

std::string_view version_text(const ToolCall& call) {
    return call.is_old() ? "2.8.2 (Commit:3146c6ff4a24cc24)" : "3.9.1";
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Lines "key=value" of a properties file.
ConfigMap read_properties(std::string_view text) {
    ConfigMap properties;
    for (const std::string_view full : sim::lines_of(text)) {
        const std::string_view line = trimmed(full);
        const std::size_t equals = line.find('=');
        if (line.empty() || line.front() == '#' || equals == std::string_view::npos) continue;
        properties[std::string(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
    }
    return properties;
}

JavaError no_client(std::string_view cause) {
    return {"org.apache.kafka.common.KafkaException",
            fmt::format(
                "Failed to create new KafkaAdminClient\nCaused by: org.apache.kafka.common.config.ConfigException: {}",
                cause)};
}

}  // namespace

std::span<const Tool> all_tools() { return kTools; }

const Tool* find_tool(std::string_view command) {
    if (const auto slash = command.rfind('/'); slash != std::string_view::npos) command.remove_prefix(slash + 1);
    if (command.ends_with(".sh")) command.remove_suffix(3);
    if (command.ends_with("DumpLogSegments")) command = "kafka-dump-log";     // kafka.tools.DumpLogSegments
    if (command.ends_with("GetOffsetShell")) command = "kafka-get-offsets";   // kafka.tools.GetOffsetShell
    const auto at = std::ranges::find(kTools, command, &Tool::name);
    MR_ASSERT(at == kTools.end() || at->begin != nullptr);
    return at == kTools.end() ? nullptr : &*at;
}

void print(ToolCall& call, std::string_view line) {
    MR_ASSERT(!call.command.finished);
    call.command.output += line;
    call.command.output += '\n';
}

void complain(ToolCall& call, std::string_view line) {
    MR_ASSERT(!call.command.finished);
    call.command.errors += line;
    call.command.errors += '\n';
}

void finish(ToolCall& call, i32 exit_code) {
    MR_ASSERT(!call.command.finished);
    MR_ASSERT(exit_code >= 0 && exit_code <= 255);
    call.command.finished = true;
    call.command.exit_code = exit_code;
}

void finish_with_usage(ToolCall& call, std::string_view complaint, OptionSpecs specs) {
    MR_ASSERT(!complaint.empty() && is_sound(specs));
    complain(call, complaint);
    call.command.errors += usage_table(specs);
    finish(call, 1);
}

bool answered_help(ToolCall& call, const OptionValues& options, std::string_view purpose, OptionSpecs specs) {
    if (call.arguments().empty() || options.has("help")) {
        finish_with_usage(call, purpose, specs);
        return true;
    }
    if (!options.has("version")) return false;
    print(call, version_text(call));
    finish(call, 0);
    return true;
}

bool refused_as_new(ToolCall& call, const OptionValues& options, std::span<const std::string_view> newer,
                    OptionSpecs specs) {
    for (const std::string_view name : newer) {
        MR_ASSERT(std::ranges::find(specs, name, &OptionSpec::name) != specs.end());
        if (!call.is_old() || !options.has(name)) continue;
        finish_with_usage(call, fmt::format("{} is not a recognized option", name), specs);
        return true;
    }
    return false;
}

void finish_with_uncaught(ToolCall& call, const JavaError& error) {
    if (call.is_old()) {
        complain(call, fmt::format("Exception in thread \"main\" {}", trace_text(error)));
    } else {
        complain(call, error.message);
        complain(call, trace_text(error));
    }
    finish(call, 1);
}

std::expected<void, JavaError> connect_admin(ToolCall& call, const AdminOptions& options) {
    ConfigMap config;
    if (!options.config_file.empty()) {
        const std::string* text = call.files.find(options.config_file);
        if (text == nullptr)
            return std::unexpected(JavaError{"java.nio.file.NoSuchFileException", options.config_file});
        config = read_properties(*text);
    }
    MR_ASSERT(!call.admin.running);
    for (const auto& [name, value] : options.overrides) config[name] = value;
    auto addresses = client::parse_bootstrap(options.bootstrap);
    if (!addresses) return std::unexpected(no_client(addresses.error()));
    auto typed = client::make_admin_config(config, "adminclient-1");
    if (!typed) return std::unexpected(no_client(typed.error()));
    start(call.admin, call.env, std::move(*typed), std::move(*addresses));
    return {};
}

std::expected<void, std::string> read_settings(ToolCall& call, const std::string& path,
                                               const std::vector<std::string>& words, ConfigMap& config) {
    if (!path.empty()) {
        const std::string* text = call.files.find(path);
        if (text == nullptr) return std::unexpected(fmt::format("java.nio.file.NoSuchFileException: {}", path));
        for (const auto& [name, value] : read_properties(*text)) config[name] = value;
    }
    for (const std::string& word : words) {
        const auto equals = std::min(word.find('='), word.size());   // without one it is set to nothing
        config[word.substr(0, equals)] = word.substr(std::min(equals + 1, word.size()));
    }
    return {};
}

bool point_at_zookeeper(ToolCall& call, const std::string& connect, zookeeper::ZkClient& client) {
    const std::string first = connect.substr(0, connect.find_first_of(",/"));
    const auto colon = first.rfind(':');
    u16 port = zookeeper::kClientPort;
    if (colon != std::string::npos) std::from_chars(first.data() + colon + 1, first.data() + first.size(), port);
    client.server = call.env.resolve(first.substr(0, colon), port);
    client.port = zookeeper::kClientPort;
    client.heartbeat_timer_kind = kToolZkHeartbeat;
    client.reconnect_timer_kind = kToolZkReconnect;
    return client.server != sim::kNoNode;
}

i32 ToolChoices::next_partition(const std::string& topic) {
    std::vector<i32>* fixed = partitions.find(topic);
    if (fixed == nullptr || fixed->empty()) return -1;
    const i32 next = fixed->front();
    fixed->erase(fixed->begin());
    return next;
}

std::string ToolChoices::next_group(sim::Env& env) {
    return next_group_index < groups.size() ? groups[next_group_index++] : any_group(env);
}

std::string any_group(sim::Env& env) {
    constexpr i64 kMostGroup = 99'999;
    return fmt::format("console-consumer-{}", env.rng().between(i64{0}, kMostGroup));
}

}  // namespace engine::tools
