// kafka-configs: shows and changes settings of topics and brokers.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

enum class ConfigsStep : u8 { none, find, describe, read_before_change, change };

struct ConfigsTool {
    ConfigsStep step = ConfigsStep::none;     // whose answer is awaited
    OptionValues options;
    std::string type;                         // "topics" or "brokers"
    std::string name;                         // "" = the default of all brokers
    std::vector<std::string> others;          // to be described after this one
    std::vector<client::ConfigOrder> orders;  // removals first, as the tool sends them
};

void begin_configs(ToolCall& call);
void on_configs_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
