// The options of kafka-consumer-groups: which there are, and which exclude each other. Private to that tool.
#pragma once

#include "engine/tools/tool.h"

namespace engine::tools {

OptionSpecs group_option_specs();
/// "list", "describe", "delete", "reset-offsets" or "delete-offsets"; "" if it is not exactly one.
std::string_view groups_action(const OptionValues& options);
/// The usage error that a set of options is; "" if it is none.
std::string groups_usage_error(const OptionValues& options, KafkaVersion version);
/// What is found wrong with a reset only when it begins; "" if nothing is.
std::string reset_plan_error(const OptionValues& options, KafkaVersion version);
/// The states that --list --state names. What is wrong with them, or "".
std::string read_states(const std::string& text, KafkaVersion version, std::vector<std::string>& states);

/// A partition that --topic names: "orders", "orders:1", "orders:0,2". An empty list means all of the topic.
struct NamedScope {
    std::string topic;
    std::vector<i32> partitions;
};
std::expected<std::vector<NamedScope>, JavaError> scopes_of(const OptionValues& options);

}  // namespace engine::tools
