// Sections: options; the end; the loop.
#include "engine/tools/console_consumer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "engine/tools/record_format.h"
#include "engine/tools/tool.h"
#include "sim/base/ascii.h"
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

/// The groups that --group, a file and --consumer-property name, which must be the same.
std::vector<std::string> named_groups(ToolCall& call, const OptionValues& options) {
    std::vector<std::string> groups;
    const auto add = [&](const std::string* group) {
        if (group != nullptr && std::ranges::find(groups, *group) == groups.end()) groups.push_back(*group);
    };
    ConfigMap file, words;
    const bool read = read_settings(call, options.last("consumer.config"), {}, file) &&
                      read_settings(call, "", options.all("consumer-property"), words);
    const std::string own = options.last("group");
    if (options.has("group")) add(&own);
    if (read) add(file.find("group.id"));
    if (read) add(words.find("group.id"));
    return groups;
}

std::string usage_error(ToolCall& call, const OptionValues& options) {
    const bool pattern = options.has("include") || options.has("whitelist");
    if (options.has("topic") == pattern)
        return call.is_old() ? "Exactly one of whitelist/topic is required."
                             : "Exactly one of --include/--topic is required. ";
    if (options.has("partition") && pattern) return "The topic is required when partition is specified.";
    if (options.has("offset") && !options.has("partition"))
        return "The partition is required when offset is specified.";
    if (options.has("offset") && options.has("from-beginning"))
        return "Options from-beginning and offset cannot be specified together.";
    return "";
}

/// What is looked at after the offset.
std::string later_usage_error(ToolCall& call, const OptionValues& options) {
    if (!options.has("bootstrap-server")) return "Missing required argument \"[bootstrap-server]\"";
    const auto groups = named_groups(call, options);
    if (groups.size() > 1)
        return fmt::format(
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via "
            "'--consumer.config') do not match. Detected group ids: '{}'",
            fmt::join(groups, "', '"));
    return groups.empty() || !options.has("partition") ? ""
                                                       : "Options group and partition cannot be specified together.";
}

/// Kafka takes "latest", "earliest" and numbers from 0.
std::string read_offset(const std::string& given, ConsoleConsumerTool& tool) {
    const std::string text = sim::lower_ascii(given);
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

/// The consumer's settings; a mistake without a type is told by its message alone.
std::expected<client::ConsumerConfig, JavaError> config_of(ToolCall& call, const OptionValues& options) {
    ConfigMap config;
    if (auto read = read_settings(call, options.last("consumer.config"), options.all("consumer-property"), config);
        !read)
        return std::unexpected(JavaError{"", read.error()});
    if (options.has("isolation-level")) config["isolation.level"] = options.last("isolation-level");
    if (options.has("group")) config["group.id"] = options.last("group");
    const bool own_reset = config.contains("auto.offset.reset");
    if (own_reset && options.has("from-beginning") && config["auto.offset.reset"] != "earliest")
        return std::unexpected(JavaError{
            "",
            fmt::format(
                "Can't simultaneously specify --from-beginning and 'auto.offset.reset={}', please remove one option",
                config["auto.offset.reset"])});
    if (!own_reset) config["auto.offset.reset"] = options.has("from-beginning") ? "earliest" : "latest";
    if (!config.contains("group.id")) {
        config["group.id"] = options.has("partition") ? any_group(call.env) : call.choices.next_group(call.env);
        if (!config.contains("enable.auto.commit")) config["enable.auto.commit"] = "false";
    }
    auto typed = client::make_consumer_config(
        config, call.is_old() ? fmt::format("consumer-{}-1", config["group.id"]) : "console-consumer");
    if (!typed) return std::unexpected(JavaError{"org.apache.kafka.common.config.ConfigException", typed.error()});
    return std::move(*typed);
}

// ---- lines --------------------------------------------------------------------------------------

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

void log_error(ToolCall& call, std::string_view text) {
    const char* logger =
        call.is_old() ? "kafka.tools.ConsoleConsumer$" : "org.apache.kafka.tools.consumer.ConsoleConsumer";
    MR_ASSERT(!text.empty());
    complain(call, log_line(call.env.wall_ms(), "ERROR", text, logger));
}

void fail_with(ToolCall& call, const std::string& exception) {
    log_error(call, "Error processing message, terminating consumer process: ");
    complain(call, exception);
    close_down(call, 0);
}

/// Shows a record; if it cannot be read the process ends, or the record is passed over where that is allowed.
void print_record(ToolCall& call, const PolledDetail& record) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    const auto text = formatted(record, tool.options);
    if (text) {
        call.command.output += *text;
        return;
    }
    MR_ASSERT(!text.error().type.empty());
    const bool skips = tool.options.has("skip-message-on-error");
    log_error(call,
              skips ? "Error processing message, skipping this message: " : "Unknown error when running consumer: ");
    complain(call, to_text(text.error()));
    if (!skips) close_down(call, 1);
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
        ++tool.shown;
        print_record(call, records[i]);
        if (tool.consumer.closing != client::CloseStep::open) {
            give_back(call, records, i + 1);
            return false;
        }
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

/// Reads the arguments that are numbers. The parser's complaint about one.
std::expected<void, OptionError> read_numbers(ConsoleConsumerTool& tool, i32& partition) {
    const auto asked = number_of(tool.options, "partition", -1);
    const auto most = number_of(tool.options, "max-messages", -1), timeout = number_of(tool.options, "timeout-ms", -1);
    for (const auto* number : {&asked, &most, &timeout})
        if (!*number) return std::unexpected(number->error());
    tool.most = *most;
    if (*timeout >= 0) tool.timeout = sim::millis(*timeout);
    partition = *asked;
    return {};
}

/// Whether the options make a command; if not, the tool has ended.
bool check_options(ToolCall& call, i32& partition) {
    ConsoleConsumerTool& tool = call.states.console_consumer;
    const std::string missing_class = unknown_class(tool.options);
    const auto numbers = read_numbers(tool, partition);
    if (!numbers && !call.is_old() && !number_of(tool.options, "max-messages", -1)) {
        complain(call, "Processed a total of 0 messages");
        log_error(call, "Unknown error when running consumer: ");
        complain(call, trace_text(as_java(numbers.error())));
        finish(call, 1);
    } else if (!numbers) {
        complain(call, fmt::format("Exception in thread \"main\" {}", trace_text(as_java(numbers.error()))));
        finish(call, 1);
    } else if (!missing_class.empty() && call.is_old()) {
        finish_with_uncaught(call, {"java.lang.ClassNotFoundException", missing_class});
    } else if (!missing_class.empty()) {
        finish_with_usage(call, missing_class, kConsumerSpecs);
    }
    if (call.command.finished) return false;
    std::string wrong = usage_error(call, tool.options);
    if (wrong.empty() && tool.options.has("partition"))
        wrong = read_offset(tool.options.has("from-beginning") ? "earliest" : tool.options.last("offset"), tool);
    if (wrong.empty()) wrong = later_usage_error(call, tool.options);
    if (!wrong.empty()) finish_with_usage(call, wrong, kConsumerSpecs);
    return wrong.empty();
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
    constexpr std::array kNewer = {std::string_view("include"), std::string_view("formatter-config")};
    if (refused_as_new(call, tool.options, kNewer, kConsumerSpecs)) return;
    if (answered_help(call, tool.options,
                      "This tool helps to read data from Kafka topics and outputs it to standard output.",
                      kConsumerSpecs))
        return;
    i32 partition = -1;
    if (!check_options(call, partition)) return;
    auto addresses = client::parse_bootstrap(tool.options.last("bootstrap-server"));
    auto config = config_of(call, tool.options);
    if (!addresses && config)
        config = std::unexpected(
            JavaError{"org.apache.kafka.common.KafkaException",
                      fmt::format("Failed to construct kafka consumer\nCaused by: "
                                  "org.apache.kafka.common.config.ConfigException: {}",
                                  addresses.error())});
    if (!config) {
        if (!config.error().type.empty()) log_error(call, "Unknown error when running consumer: ");
        complain(call, config.error().type.empty() ? config.error().message : to_text(config.error()));
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
