// How the console consumer shows a record: Kafka's formatters and the deserializers that they may be given.
#pragma once

#include "engine/client/consumer.h"
#include "engine/tools/java_text.h"
#include "engine/tools/options.h"

namespace engine::tools {

/// A formatter or a deserializer that is no class of Kafka's; "" if all that are named are.
std::string unknown_class(const OptionValues& options);
/// A record as the formatter of --formatter writes it; what its deserializer throws if it cannot read the bytes.
std::expected<std::string, JavaError> formatted(const client::PolledDetail& record, const OptionValues& options);

}  // namespace engine::tools
