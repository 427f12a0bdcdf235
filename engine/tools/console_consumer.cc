// Sections: options; lines; the end; the loop.
#include "engine/tools/console_consumer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "engine/tools/tool.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using A = ArgumentKind;
using client::PolledDetail;

constexpr std::array kConsumerSpecs = {
    OptionSpec{"bootstrap-server", A::text, "server to connect to", "REQUIRED: the server(s) to connect to."},
    OptionSpec{"consumer-property", A::text, "consumer_prop", "A setting of the consumer, as key=value."},
    OptionSpec{"consumer.config", A::text, "config file", "File with settings of the consumer."},
    OptionSpec{"enable-systest-events", A::none, "", "Log lifecycle events."},
    OptionSpec{"formatter", A::text, "class", "The class that prints records."},
    OptionSpec{"formatter-config", A::text, "config file", "File with settings of the formatter."},
    OptionSpec{"from-beginning", A::none, "", "Without a committed offset, begin with the earliest record."},
    OptionSpec{"group", A::text, "consumer group id", "The group of the consumer."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"include", A::text, "Java regex (String)", "Topics to read, as a regular expression."},
    OptionSpec{"isolation-level", A::text, "String", "read_committed or read_uncommitted."},
    OptionSpec{"key-deserializer", A::text, "deserializer for key", "Class of the deserializer."},
    OptionSpec{"max-messages", A::number, "num_messages", "How many records to read before exiting."},
    OptionSpec{"offset", A::text, "consume offset", "Where to begin: a number, earliest or latest."},
    OptionSpec{"partition", A::number, "partition",
               "The partition to read; begins at its end unless --offset is given."},
    OptionSpec{"property", A::text, "prop",
               "A setting of the formatter: print.key=true, key.separator=., print.timestamp=true .."},
    OptionSpec{"skip-message-on-error", A::none, "", "Go on after a record that cannot be processed."},
    OptionSpec{"timeout-ms", A::number, "timeout_ms", "Exit if no record comes for so long."},
    OptionSpec{"topic", A::text, "topic", "The topic to read."},
    OptionSpec{"value-deserializer", A::text, "deserializer for values", "Class of the deserializer."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
    OptionSpec{"whitelist", A::text, "Java regex (String)", "DEPRECATED, use --include."},
};
static_assert(is_sound(kConsumerSpecs));

// ---- options ------------------------------------------------------------------------------------

std::string usage_error(const ToolCall& call, const OptionValues& options) {
    if (!options.has("bootstrap-server")) return "Missing required argument \"[bootstrap-server]\"";
    const bool pattern = options.has("include") || options.has("whitelist");
    if (options.has("topic") == pattern)
        return call.is_old() ? "Exactly one of whitelist/topic is required."
                             : "Exactly one of --include/--topic is required. ";
    if (options.has("partition") && pattern) return "The topic is required when partition is specified.";
    if (options.has("offset") && !options.has("partition"))
        return "The partition is required when offset is specified.";
    if (options.has("offset") && options.has("from-beginning"))
        return call.is_old() ? "from-beginning and offset cannot be specified together."
                             : "Options from-beginning and offset cannot be specified together.";
    return "";
}

/// Kafka takes "latest", "earliest" and numbers from 0.
std::string read_offset(const std::string& text, ConsoleConsumerTool& tool) {
    if (text.empty() || text == "latest") tool.seek_end = true;
    else if (text != "earliest") {
        i64 number = -1;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < 0)
            return fmt::format(
                "The provided offset value '{}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative "
                "long.",
                text);
        tool.wanted = Offset{number};
    }
    return "";
}

std::expected<client::ConsumerConfig, std::string> config_of(ToolCall& call, const OptionValues& options) {
    ConfigMap config;
    if (auto read = read_settings(call, options.last("consumer.config"), options.all("consumer-property"), config);
        !read)
        return std::unexpected(read.error());
    if (options.has("isolation-level")) config["isolation.level"] = options.last("isolation-level");
    if (options.has("group")) config["group.id"] = options.last("group");
    const bool own_reset = config.contains("auto.offset.reset");
    if (own_reset && options.has("from-beginning") && config["auto.offset.reset"] != "earliest")
        return std::unexpected(fmt::format(
            "Can't simultaneously specify --from-beginning and 'auto.offset.reset={}', please remove one option",
            config["auto.offset.reset"]));
    if (!own_reset) config["auto.offset.reset"] = options.has("from-beginning") ? "earliest" : "latest";
    if (!config.contains("group.id")) {
        config["group.id"] = options.has("partition") ? any_group(call.env) : call.choices.next_group(call.env);
        if (!config.contains("enable.auto.commit")) config["enable.auto.commit"] = "false";
    }
    return client::make_consumer_config(
        config, call.is_old() ? fmt::format("consumer-{}-1", config["group.id"]) : "console-consumer");
}

// ---- lines --------------------------------------------------------------------------------------

std::string shown(const NullableText& text, const std::string& null_literal) {
    return text.is_null ? null_literal : text.text;
}

std::string headers_text(const PolledDetail& record, const OptionValues& options, const std::string& null_literal) {
    if (record.headers.empty()) return "NO_HEADERS";
    std::string text;
    for (const auto& [name, value] : record.headers)
        text += fmt::format("{}{}:{}", text.empty() ? "" : options.property("headers.separator", ","), name,
                            shown(value, null_literal));
    return text;
}

/// A record as DefaultMessageFormatter writes it.
void print_record(ToolCall& call, const PolledDetail& record) {
    const OptionValues& options = call.states.console_consumer.options;
    const auto wants = [&](std::string_view name, bool otherwise = false) {
        return options.property(name, otherwise ? "true" : "false") == "true";
    };
    const std::string separator = options.property("key.separator", "\t"),
                      null_literal = options.property("null.literal", "null");
    std::vector<std::string> parts;
    if (wants("print.timestamp"))
        parts.push_back(
            record.timestamp_ms < 0
                ? "NO_TIMESTAMP"
                : fmt::format("{}:{}", record.log_append_time ? "LogAppendTime" : "CreateTime", record.timestamp_ms));
    if (wants("print.partition")) parts.push_back(fmt::format("Partition:{}", record.source.partition));
    if (wants("print.offset")) parts.push_back(fmt::format("Offset:{}", record.offset.value));
    if (wants("print.epoch") && !call.is_old()) parts.push_back(fmt::format("Epoch:{}", record.epoch.value));
    if (wants("print.headers")) parts.push_back(headers_text(record, options, null_literal));
    if (wants("print.key")) parts.push_back(shown(record.key, null_literal));
    if (wants("print.value", true)) parts.push_back(shown(record.value, null_literal));
    call.command.output += fmt::format("{}{}", fmt::join(parts, separator), options.property("line.separator", "\n"));
}

// ---- the end ------------------------------------------------------------------------------------

/// Closes the consumer; the tool ends when that is done.
void close_down(ToolCall& call, i32 exit_code) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    MR_ASSERT(tool.running && exit_code >= 0);
    tool.exit_code = exit_code;
    call.env.cancel(tool.timer);
    if (tool.consumer.in_poll) leave_poll(tool.consumer, call.env);
    if (tool.consumer.closing == client::CloseStep::open) begin_close(tool.consumer, call.env);
}

void end_if_closed(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    if (call.command.finished || tool.consumer.closing != client::CloseStep::closed) return;
    complain(call, fmt::format("Processed a total of {} messages", tool.shown));
    finish(call, tool.exit_code);
}

void fail_with(ToolCall& call, const std::string& exception) {
    const char* logger =
        call.is_old() ? "kafka.tools.ConsoleConsumer$" : "org.apache.kafka.tools.consumer.ConsoleConsumer";
    complain(call,
             log_line(call.env.wall_ms(), "ERROR", "Error processing message, terminating consumer process: ", logger));
    complain(call, exception);
    close_down(call, 0);
}

// ---- the loop -----------------------------------------------------------------------------------

void poll(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    MR_ASSERT(tool.running && !tool.consumer.in_poll);
    call.env.cancel(tool.timer);
    if (tool.timeout < sim::kForever) {
        tool.poll_until = call.env.now() + tool.timeout;
        tool.timer = call.env.timer(tool.timeout, kToolTimer, 0);
    }
    enter_poll(tool.consumer, call.env);
}

/// Records that were polled and not printed are given back, so that they are not committed.
void give_back(ToolCall& call, const std::vector<PolledDetail>& records, std::size_t from) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    for (std::size_t i = records.size(); i-- > from;)
        (void)seek(tool.consumer, call.env, records[i].source, records[i].offset);
}

/// Takes what poll() returns. False if it is still waiting, or the tool is at its end.
bool take(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    if (!tool.consumer.failure.empty()) return fail_with(call, std::exchange(tool.consumer.failure, "")), false;
    std::vector<PolledDetail> records;
    if (take_records(tool.consumer, call.env, &records).empty()) return false;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (tool.most >= 0 && tool.shown >= tool.most) {
            give_back(call, records, i);
            break;
        }
        print_record(call, records[i]);
        ++tool.shown;
        MR_ASSERT(tool.most < 0 || tool.shown <= tool.most);
    }
    if (tool.most < 0 || tool.shown < tool.most) return true;
    close_down(call, 0);
    return false;
}

/// A consumer of one partition begins where it was told to.
void place(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    if (tool.placed || !tool.options.has("partition")) return;
    tool.placed = true;
    MR_ASSERT(!tool.consumer.assignment.empty());
    const TopicPartition id = tool.consumer.assignment.begin()->first;
    if (tool.wanted != kNoOffset) (void)seek(tool.consumer, call.env, id, tool.wanted);
    else
        (void)seek_to_end_of(tool.consumer, call.env, id,
                             tool.seek_end ? client::OffsetReset::latest : client::OffsetReset::earliest);
}

void go_on(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    while (!call.command.finished && tool.consumer.closing == client::CloseStep::open && tool.consumer.in_poll &&
           take(call))
        if (tool.consumer.closing == client::CloseStep::open) poll(call);
    end_if_closed(call);
}

/// Reads the arguments that are numbers. The parser's complaint about one, or "".
std::string read_numbers(ConsoleConsumerTool& tool, i32& partition) {
    const auto most = number_of(tool.options, "max-messages", -1), timeout = number_of(tool.options, "timeout-ms", -1);
    const auto asked = number_of(tool.options, "partition", -1);
    for (const auto* number : {&most, &timeout, &asked})
        if (!*number) return number->error().message;
    tool.most = *most;
    if (*timeout >= 0) tool.timeout = sim::millis(*timeout);
    partition = *asked;
    return tool.options.has("partition")
               ? read_offset(tool.options.has("from-beginning") ? "earliest" : tool.options.last("offset"), tool)
               : "";
}

void start_reading(ToolCall& call, i32 partition) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    MR_ASSERT(!tool.running);
    const std::string topic = tool.options.last(tool.options.has("topic")     ? "topic"
                                                  : tool.options.has("include") ? "include"
                                                                                : "whitelist");
    tool.running = true;
    if (partition >= 0) assign(tool.consumer, call.env, {{call.env.intern(topic), partition}});
    else subscribe(tool.consumer, call.env, {topic});
    place(call);
    poll(call);
    go_on(call);
}

}  // namespace

void begin_console_consumer(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    auto options = parse_options(kConsumerSpecs, call.arguments());
    if (!options) return finish_with_usage(call, options.error().message, kConsumerSpecs);
    tool.options = std::move(*options);
    if (answered_help(call, tool.options,
                      "This tool helps to read data from Kafka topics and outputs it to standard output.", kConsumerSpecs))
        return;
    if (const std::string wrong = usage_error(call, tool.options); !wrong.empty())
        return finish_with_usage(call, wrong, kConsumerSpecs);
    i32 partition = -1;
    if (const std::string wrong = read_numbers(tool, partition); !wrong.empty())
        return finish_with_usage(call, wrong, kConsumerSpecs);
    auto addresses = client::parse_bootstrap(tool.options.last("bootstrap-server"));
    auto config = config_of(call, tool.options);
    if (!addresses || !config) {
        complain(call, addresses ? config.error() : addresses.error());
        return finish(call, 1);
    }
    tool.consumer.config = std::move(*config);
    tool.consumer.cluster.bootstrap = std::move(*addresses);
    tool.consumer.cluster.timer_kind = kToolClusterTimer;
    tool.consumer.timer_kind = kToolLibraryTimer;
    start_reading(call, partition);
}

void on_console_consumer_notice(ToolCall& call, sim::Notice& notice) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    if (!tool.running) return;
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == kToolTimer) {
        tool.timer = {};
        if (tool.consumer.in_poll) fail_with(call, "org.apache.kafka.common.errors.TimeoutException");
    } else if (concerns(tool.consumer, notice)) {
        client::on_notice(tool.consumer, call.env, notice);
    }
    go_on(call);
}

void interrupt_console_consumer(ToolCall& call) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    if (!tool.running) return finish(call, kInterrupted);
    close_down(call, kInterrupted);
    end_if_closed(call);
}

}  // namespace engine::tools
