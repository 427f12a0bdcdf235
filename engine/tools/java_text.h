// Texts that Kafka's Java and Scala tools print when something goes wrong: exceptions and lines of their log.
// Stack frames are left out: they name places in a program that does not run here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/client/admin.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

struct JavaError {
    std::string type;             // full class name
    std::string message;
    std::string causes = {};      // lines "Caused by: ..", each behind a line end
};

/// "class: message", as Throwable.toString() says it.
std::string to_text(const JavaError& error);
/// That and its causes, as printStackTrace() says it without the stack.
std::string trace_text(const JavaError& error);
/// The exception that a client library raises for an error of the protocol.
JavaError error_of(ErrorCode code, const NullableText& message);
/// The failure of a whole call, or of the first of its outcomes that failed. Requires that there is one.
JavaError error_of(const client::AdminResult& result);
[[nodiscard]] bool failed_anywhere(const client::AdminResult& result);

/// The order in which a Java HashSet gives names that were put in in this order.
void sort_as_java_set(std::vector<std::string>& names);
/// The order in which the Java client gives the settings that it was told.
std::vector<client::DescribedConfig> as_in_java_map(std::vector<client::DescribedConfig> configs);

JavaError illegal_argument(std::string message);
/// A complaint of the options' parser as the exception that it is.
JavaError as_java(const OptionError& error);
/// Kafka's own exceptions of tools: what a command could not do, and what an order lacks.
JavaError command_failed(KafkaVersion version, std::string message);
JavaError operation_failed(KafkaVersion version, std::string message);
/// The exception as a future carries it.
JavaError in_future(const JavaError& cause);
/// The order in which Scala's immutable Set gives what was put into it: its own up to four, else that of its tree
/// of hashes. `hashes` belong to `items`.
void sort_as_scala_set(std::vector<std::string>& items, const std::vector<u32>& hashes);
/// What Utils.readFileAsString throws.
JavaError no_such_file(const ToolCall& call, const std::string& path);

/// A log4j line: "[2026-01-05 12:00:00,000] ERROR text (logger)".
std::string log_line(i64 epoch_ms, std::string_view level, std::string_view text, std::string_view logger);

}  // namespace engine::tools
