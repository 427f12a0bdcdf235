// Sections: options; lines; the work.
#include "engine/tools/console_producer.h"

#include <fmt/format.h>

#include <array>

#include "engine/tools/tool.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"
#include "sim/base/lines.h"

namespace engine::tools {
namespace {

using A = ArgumentKind;

constexpr std::array kProducerSpecs = {
    OptionSpec{"batch-size", A::number, "size", "Bytes of a batch."},
    OptionSpec{"bootstrap-server", A::text, "server to connect to",
               "REQUIRED unless --broker-list is given: the servers to connect to."},
    OptionSpec{"broker-list", A::text, "broker-list", "DEPRECATED, use --bootstrap-server."},
    OptionSpec{"compression-codec", A::optional_text, "compression-codec", "none, gzip, snappy, lz4 or zstd."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"line-reader", A::text, "reader_class", "The class that reads lines."},
    OptionSpec{"max-block-ms", A::number, "max block on send", "How long send() may block."},
    OptionSpec{"max-memory-bytes", A::number, "total memory in bytes", "Memory of the producer."},
    OptionSpec{"max-partition-memory-bytes", A::number, "memory in bytes per partition", "Bytes of a batch."},
    OptionSpec{"message-send-max-retries", A::number, "Integer", "How often a send is tried again."},
    OptionSpec{"metadata-expiry-ms", A::number, "metadata expiration interval", "When metadata is asked for again."},
    OptionSpec{"producer-property", A::text, "producer_prop", "A setting of the producer, as key=value."},
    OptionSpec{"producer.config", A::text, "config file", "File with settings of the producer."},
    OptionSpec{"property", A::text, "prop",
               "A setting of the line reader: parse.key=true, key.separator=., parse.headers=true, null.marker=X .."},
    OptionSpec{"reader-config", A::text, "config file", "File with settings of the line reader."},
    OptionSpec{"request-required-acks", A::text, "request required acks", "The acks of requests."},
    OptionSpec{"request-timeout-ms", A::number, "request timeout ms", "How long an answer is waited for."},
    OptionSpec{"retry-backoff-ms", A::number, "Long", "How long to wait before a retry."},
    OptionSpec{"socket-buffer-size", A::number, "size", "Bytes of the TCP buffer."},
    OptionSpec{"sync", A::none, "", "Sends one record at a time."},
    OptionSpec{"timeout", A::number, "timeout_ms", "How long a batch is waited for to fill."},
    OptionSpec{"topic", A::text, "topic", "REQUIRED: the topic."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
};
static_assert(is_sound(kProducerSpecs));

// ---- options ------------------------------------------------------------------------------------

/// An option that stands for a setting of the producer.
struct Standing {
    std::string_view option, key;
};
constexpr std::array kStanding = {Standing{"batch-size", "batch.size"},
                                  Standing{"max-partition-memory-bytes", "batch.size"},
                                  Standing{"max-block-ms", "max.block.ms"},
                                  Standing{"max-memory-bytes", "buffer.memory"},
                                  Standing{"message-send-max-retries", "retries"},
                                  Standing{"metadata-expiry-ms", "metadata.max.age.ms"},
                                  Standing{"request-required-acks", "acks"},
                                  Standing{"request-timeout-ms", "request.timeout.ms"},
                                  Standing{"retry-backoff-ms", "retry.backoff.ms"},
                                  Standing{"timeout", "linger.ms"}};

std::expected<client::ProducerConfig, JavaError> producer_config(ToolCall& call, const OptionValues& options) {
    ConfigMap config;
    config["linger.ms"] = "1000";
    config["retries"] = "3";
    if (call.is_old()) {
        config["acks"] = "1";
        config["enable.idempotence"] = "false";
    }
    if (auto read = read_settings(call, options.last("producer.config"), options.all("producer-property"), config);
        !read)
        return std::unexpected(JavaError{"java.io.IOException", read.error()});
    for (const Standing& one : kStanding)
        if (options.has(one.option)) config[std::string(one.key)] = options.last(one.option);
    if (options.has("compression-codec"))
        config["compression.type"] =
            options.last("compression-codec").empty() ? "gzip" : options.last("compression-codec");
    if (options.has("sync")) config["linger.ms"] = "0";
    auto typed = client::make_producer_config(config, "console-producer");
    if (typed) return std::move(*typed);
    // 2.8 looks at the name of a codec only where it is used.
    const std::string* codec = config.find("compression.type");
    if (call.is_old() && codec != nullptr && typed.error().find("compression.type") != std::string::npos)
        return std::unexpected(
            JavaError{"org.apache.kafka.common.KafkaException",
                      fmt::format("Failed to construct kafka producer\nCaused by: java.lang.IllegalArgumentException: "
                                  "Unknown compression name: {}",
                                  *codec)});
    return std::unexpected(JavaError{"org.apache.kafka.common.config.ConfigException", typed.error()});
}

// ---- lines --------------------------------------------------------------------------------------

/// How lines are taken apart. 2.8 knows keys, and neither headers nor marks of null.
struct Reader {
    bool is_old;
    bool parse_key, parse_headers, ignore_errors;
    std::string key_separator, headers_delimiter, headers_separator, header_separator, null_marker;
};

Reader reader_of(const OptionValues& options, bool is_old) {
    const auto is_set = [&](std::string_view name) {
        return sim::lower_ascii(sim::trim_controls(options.property(name))) == "true";
    };
    return {is_old,
            is_set("parse.key"),
            !is_old && is_set("parse.headers"),
            is_set("ignore.error"),
            options.property("key.separator", "\t"),
            options.property("headers.delimiter", "\t"),
            options.property("headers.separator", ","),
            options.property("headers.key.separator", ":"),
            is_old ? "" : options.property("null.marker")};
}

NullableText text_or_null(const Reader& reader, std::string text) {
    if (!reader.null_marker.empty() && text == reader.null_marker) return {"", true};
    return {std::move(text), false};
}

/// What stands before a separator is cut off the line; nothing if there is none.
std::optional<std::string> cut(std::string& line, const std::string& separator) {
    const auto at = line.find(separator);
    if (at == std::string::npos) return {};
    std::string head = line.substr(0, at);
    line.erase(0, at + separator.size());
    return head;
}

std::string missing(const char* what, const std::string& separator, u32 number, const std::string& line) {
    return fmt::format("No {} '{}' found on line number {}: '{}'", what, separator, number, line);
}

/// Takes a line apart. What is wrong with it, or "".
std::string parse_line(const Reader& reader, std::string line, u32 number, client::OutgoingRecord& record) {
    const std::string whole = line;
    MR_ASSERT(number > 0 && record.headers.empty());
    if (reader.parse_headers) {
        auto headers = cut(line, reader.headers_delimiter);
        if (!headers && !reader.ignore_errors)
            return missing("headers delimiter", reader.headers_delimiter, number, whole);
        while (headers && !headers->empty()) {
            std::string one = cut(*headers, reader.headers_separator).value_or(std::exchange(*headers, ""));
            const auto name = cut(one, reader.header_separator);
            if (!name) return fmt::format("No header key separator found in pair '{}' on line number {}", one, number);
            record.headers.emplace_back(*name, text_or_null(reader, one));
        }
    }
    if (reader.parse_key) {
        auto key = cut(line, reader.key_separator);
        if (!key && !reader.ignore_errors)
            return reader.is_old ? fmt::format("No key found on line {}: {}", number, whole)
                                 : fmt::format("No key separator found on line number {}: '{}'", number, whole);
        if (key) record.key = text_or_null(reader, std::move(*key));
    }
    record.value = text_or_null(reader, std::move(line));
    return "";
}

/// Sends the lines of the input up to a bad one, which ends the tool once those before it are sent.
void send_lines(ToolCall& call) {
    ConsoleProducerTool& tool = call.states.console_producer;
    MR_ASSERT(tool.running && tool.options.has("topic"));
    const Reader reader = reader_of(tool.options, call.is_old());
    const std::string topic = tool.options.last("topic");
    const i32 partition = call.choices.next_partition(topic);
    u32 number = 0;
    for (const std::string_view line : sim::lines_of(call.command.input)) {
        client::OutgoingRecord record;
        const std::string wrong = parse_line(reader, std::string(line), ++number, record);
        if (!wrong.empty()) {
            complain(call, fmt::format("org.apache.kafka.common.KafkaException: {}", wrong));
            tool.exit_code = 1;
            return;
        }
        record.target = {call.env.intern(topic), record.key.is_null ? partition : -1};
        record.timestamp_ms = -1;
        record.ordinal = number;
        send(tool.producer, call.env, std::move(record));
    }
}

// ---- the work -----------------------------------------------------------------------------------

/// ErrorLoggingCallback: a failed send is a line of the log, not of the exit code.
void tell_failures(ToolCall& call) {
    ConsoleProducerTool& tool = call.states.console_producer;
    MR_ASSERT(tool.complained <= tool.producer.failed);
    for (; tool.complained < tool.producer.failed; ++tool.complained) {
        const JavaError error = error_of(tool.producer.last_error, {"", true});
        complain(
            call,
            log_line(call.env.wall_ms(), "ERROR",
                     fmt::format("Error when sending message to topic {} with key: null, value: {} bytes with error:",
                                 tool.options.last("topic"),
                                 call.command.input.find('\n') == std::string::npos ? call.command.input.size()
                                                                                    : call.command.input.find('\n')),
                     "org.apache.kafka.clients.producer.internals.ErrorLoggingCallback"));
        complain(call, to_text(error));
    }
}

void end_if_drained(ToolCall& call) {
    ConsoleProducerTool& tool = call.states.console_producer;
    MR_ASSERT(tool.running);
    tell_failures(call);
    if (!drained(tool.producer) || !tool.producer.blocked.empty()) return;
    close(tool.producer.cluster, call.env);
    finish(call, tool.exit_code);
}

/// Usage that the tool refuses; "" if it is good.
std::string usage_error(const OptionValues& options) {
    if (!options.has("topic")) return "Missing required argument \"[topic]\"";
    const std::string servers = options.last(options.has("bootstrap-server") ? "bootstrap-server" : "broker-list");
    return client::parse_bootstrap(servers) ? "" : std::string(kNeedsHostPort);
}

}  // namespace

void begin_console_producer(ToolCall& call) {
    ConsoleProducerTool& tool = call.states.console_producer;
    auto options = parse_options(kProducerSpecs, call.arguments());
    if (!options) return finish_with_usage(call, options.error().message, kProducerSpecs);
    tool.options = std::move(*options);
    constexpr std::array kNewer = {std::string_view("reader-config")};
    if (refused_as_new(call, tool.options, kNewer, kProducerSpecs)) return;
    const auto has = [&](std::string_view name) { return tool.options.has(name); };
    if (!has("bootstrap-server") && !has("broker-list") && !has("help") && !has("version"))
        return finish_with_usage(call, "Missing required option(s) [bootstrap-server]", kProducerSpecs);
    if (answered_help(call, tool.options, "This tool helps to read data from standard input and publish it to Kafka.",
                      kProducerSpecs))
        return;
    if (const std::string wrong = usage_error(tool.options); !wrong.empty())
        return finish_with_usage(call, wrong, kProducerSpecs);
    MR_ASSERT(tool.options.has("topic"));
    for (const OptionSpec& spec : kProducerSpecs)
        if (const auto number = long_of(tool.options, spec.name, 0);
            spec.argument == ArgumentKind::number && !number) {
            complain(call, number.error().message);
            return finish(call, 1);
        }
    auto addresses = client::parse_bootstrap(
        tool.options.last(tool.options.has("bootstrap-server") ? "bootstrap-server" : "broker-list"));
    auto config = producer_config(call, tool.options);
    if (!addresses || !config) {
        complain(call, to_text(config ? JavaError{"org.apache.kafka.common.config.ConfigException", addresses.error()}
                                      : config.error()));
        return finish(call, 1);
    }
    tool.producer.config = std::move(*config);
    tool.producer.cluster.bootstrap = std::move(*addresses);
    tool.producer.cluster.timer_kind = kToolClusterTimer;
    tool.producer.timer_kind = kToolLibraryTimer;
    tool.running = true;
    start(tool.producer, call.env);
    send_lines(call);
    tool.producer.closed = true;
    flush(tool.producer, call.env);
    end_if_drained(call);
}

void on_console_producer_notice(ToolCall& call, sim::Notice& notice) {
    ConsoleProducerTool& tool = call.states.console_producer;
    if (!tool.running || !concerns(tool.producer, notice)) return;
    client::on_notice(tool.producer, call.env, notice);
    end_if_drained(call);
}

}  // namespace engine::tools
