// The client nodes of a world that is being built. Private to the builder and the verbs.
#pragma once

#include "engine/world_spec.h"

namespace engine {

/// The host name under which a broker's machine is known.
std::string broker_host(BrokerId broker);

/// Addresses of all brokers as --bootstrap-server takes them.
std::string bootstrap_text(const World& world);

/// The same as a list.
std::vector<client::Address> bootstrap_addresses(const World& world);
/// The nodes of Spark, if the spec has queries.
void add_spark(World& world, const WorldSpec& spec);

void add_console(World& world, const WorldSpec& spec);
[[nodiscard]] NodeId console_node(const World& world);
/// Lets the console create a topic by request, as a person would.
void queue_topic(World& world, const TopicSpec& topic);
/// Runs a command line on the console; within an input, or before the origin.
void queue_command(World& world, std::string line, Observer& observer, std::string input = "");
/// Ctrl-C on the console.
void interrupt_console(World& world, Observer& observer);
/// No command is queued or running.
[[nodiscard]] bool console_idle(const World& world);
/// What a command of the time before the origin complained about; "" if all went well.
[[nodiscard]] std::string first_topic_error(const World& world);

}  // namespace engine
