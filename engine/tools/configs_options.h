// The options of kafka-configs and what they mean. Private to that tool.
#pragma once

#include "engine/tools/tool.h"

namespace engine::tools {

OptionSpecs configs_option_specs();

/// Whose settings are meant.
struct ConfigEntity {
    std::string type;
    std::string name;
    bool given = false;     // a name, or the default, was given
    // Clients of a user: what is below.
    std::string child_type;
    std::string child_name;
    bool child_given = false;
};
ConfigEntity config_entity(const OptionValues& options);

/// A usage error, which is followed by the table of options; "" if there is none.
std::string configs_usage_error(const OptionValues& options);
/// What else is wrong with the options: the message of the exception; "" if nothing is.
std::string configs_argument_error(const OptionValues& options, KafkaVersion version);

/// The changes that --delete-config and --add-config stand for, or what is wrong with them.
std::expected<std::vector<client::ConfigOrder>, std::string> config_orders(const OptionValues& options);

}  // namespace engine::tools
