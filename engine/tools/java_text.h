// Texts that Kafka's Java and Scala tools print when something goes wrong: exceptions and lines of their log.
// Stack frames are left out: they name places in a program that does not run here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/client/admin.h"

namespace engine::tools {

struct JavaError {
    std::string type;       // full class name
    std::string message;
};

/// "class: message", as Throwable.toString() says it.
std::string to_text(const JavaError& error);
/// The exception that a client library raises for an error of the protocol.
JavaError error_of(ErrorCode code, const NullableText& message);
/// The failure of a whole call, or of the first of its outcomes that failed. Requires that there is one.
JavaError error_of(const client::AdminResult& result);
[[nodiscard]] bool failed_anywhere(const client::AdminResult& result);

/// The order in which a Java HashSet gives names that were put in in this order. Requires plain ASCII.
void sort_as_java_set(std::vector<std::string>& names);

JavaError illegal_argument(std::string message);

/// A log4j line: "[2026-01-05 12:00:00,000] ERROR text (logger)".
std::string log_line(i64 epoch_ms, std::string_view level, std::string_view text, std::string_view logger);

}  // namespace engine::tools
