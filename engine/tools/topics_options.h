// The options of kafka-topics: which there are, which exclude each other, and what --create makes of them.
// Private to that tool.
#pragma once

#include <optional>

#include "engine/tools/tool.h"

namespace engine::tools {

OptionSpecs topics_option_specs(KafkaVersion version);

/// The action that was asked for: "list", "describe", "create", "alter" or "delete"; "" if it is not exactly one.
std::string_view topics_action(const OptionValues& options);
/// The usage error that a set of options is; "" if it is none.
std::string topics_usage_error(const OptionValues& options, KafkaVersion version);

/// The order that --create stands for, or the exception on the way there.
std::expected<client::NewTopicOrder, JavaError> topic_to_create(const OptionValues& options, KafkaVersion version);
/// What --replica-assignment says: by partition a list of brokers.
std::expected<std::vector<std::vector<i32>>, JavaError> parse_assignment(std::string_view text, KafkaVersion version);
/// What Kafka says of a topic's setting that is wrong; nothing if it is good.
std::optional<JavaError> wrong_topic_setting(std::string_view name, std::string_view value);
/// The settings of --config, checked as the tool itself does it before it asks anybody; likewise those of
/// --delete-config.
std::expected<std::vector<std::pair<std::string, std::string>>, JavaError> topic_settings(const OptionValues& options);
std::expected<std::vector<std::string>, JavaError> settings_to_remove(const OptionValues& options);

/// Whether --describe shows only certain partitions.
[[nodiscard]] bool filters_partitions(const OptionValues& options);

}  // namespace engine::tools
