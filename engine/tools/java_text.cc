#include "engine/tools/java_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/model/java_hash.h"
#include "engine/tools/tool.h"

namespace engine::tools {

std::string to_text(const JavaError& error) {
    MR_ASSERT(!error.type.empty());
    return fmt::format("{}: {}", error.type, error.message);
}

std::string trace_text(const JavaError& error) { return to_text(error) + error.causes; }

JavaError error_of(ErrorCode code, const NullableText& message) {
    MR_ASSERT(failed(code));
    const ErrorInfo& info = error_info(code);
    MR_ASSERT(!info.exception.empty());
    return {fmt::format("org.apache.kafka.common.errors.{}", info.exception),
            message.is_null ? std::string(info.message) : message.text};
}

bool failed_anywhere(const client::AdminResult& result) { return failed(result.error) || result.failure() != nullptr; }

JavaError error_of(const client::AdminResult& result) {
    MR_ASSERT(failed_anywhere(result));
    if (failed(result.error)) return error_of(result.error, {result.message, result.message.empty()});
    return error_of(result.failure()->error, result.failure()->message);
}

namespace {

using Hashed = std::pair<u32, std::string>;

/// Items below a node of the tree: first those that are alone in their place, then those of the nodes below.
void walk_places(std::vector<Hashed> items, u32 shift, std::vector<std::string>& out) {
    constexpr u32 kBitsALevel = 5, kPlaces = 1u << kBitsALevel, kAllBits = 32;
    if (shift >= kAllBits) {   // the same hash: as they came
        for (Hashed& item : items) out.push_back(std::move(item.second));
        return;
    }
    std::vector<std::vector<Hashed>> places(kPlaces);
    for (Hashed& item : items) places[item.first >> shift & (kPlaces - 1)].push_back(std::move(item));
    for (std::vector<Hashed>& place : places)
        if (place.size() == 1) out.push_back(std::move(place.front().second));
    for (std::vector<Hashed>& place : places)
        if (place.size() > 1) walk_places(std::move(place), shift + kBitsALevel, out);
}

}  // namespace

void sort_as_scala_set(std::vector<std::string>& items, const std::vector<u32>& hashes) {
    constexpr std::size_t kSmallSet = 4;
    MR_ASSERT(items.size() == hashes.size());
    if (items.size() <= kSmallSet) return;
    std::vector<Hashed> hashed;
    for (std::size_t i = 0; i < items.size(); ++i) hashed.emplace_back(scala_improved(hashes[i]), std::move(items[i]));
    items.clear();
    walk_places(std::move(hashed), 0, items);
    MR_ASSERT(items.size() == hashes.size());
}

void sort_as_java_set(std::vector<std::string>& names) {
    const std::size_t entries = names.size();
    std::ranges::stable_sort(names, {}, [&](const std::string& name) { return java_bucket(java_hash(name), entries); });
}

std::vector<client::DescribedConfig> as_in_java_map(std::vector<client::DescribedConfig> configs) {
    const std::size_t entries = configs.size();
    std::ranges::stable_sort(configs, {},
                             [&](const auto& config) { return java_bucket(java_hash(config.name), entries); });
    MR_ASSERT(configs.size() == entries);
    return configs;
}

JavaError illegal_argument(std::string message) { return {"java.lang.IllegalArgumentException", std::move(message)}; }

JavaError as_java(const OptionError& error) {
    JavaError java{error.type, error.message};
    const auto first = error.message.find('\''), last = error.message.rfind('\'');
    if (!error.type.ends_with("OptionArgumentConversionException") || first == last) return java;
    const std::string number = fmt::format("java.lang.NumberFormatException: For input string: \"{}\"",
                                           std::string_view(error.message).substr(first + 1, last - first - 1));
    java.causes = fmt::format("\nCaused by: joptsimple.internal.ReflectionException: {0}\nCaused by: {0}", number);
    return java;
}

JavaError command_failed(KafkaVersion version, std::string message) {
    return {version == KafkaVersion::v2_8 ? "kafka.common.AdminCommandFailedException"
                          : "org.apache.kafka.server.common.AdminCommandFailedException",
            std::move(message)};
}

JavaError operation_failed(KafkaVersion version, std::string message) {
    return {version == KafkaVersion::v2_8 ? "kafka.admin.AdminOperationException"
                          : "org.apache.kafka.server.common.AdminOperationException",
            std::move(message)};
}

JavaError in_future(const JavaError& cause) {
    MR_ASSERT(!cause.type.empty());
    return {"java.util.concurrent.ExecutionException", to_text(cause), "\nCaused by: " + to_text(cause)};
}

JavaError no_such_file(const ToolCall& call, const std::string& path) {
    MR_ASSERT(!call.files.contains(path));
    return {"java.io.IOException", "Unable to read file " + path,
            "\nCaused by: java.nio.file.NoSuchFileException: " + path};
}

std::string log_line(i64 epoch_ms, std::string_view level, std::string_view text, std::string_view logger) {
    const std::chrono::sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds{epoch_ms}};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    MR_ASSERT(date.ok());
    const std::chrono::hh_mm_ss time{moment - day};
    return fmt::format("[{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}] {} {} ({})", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count(), level, text, logger);
}

}  // namespace engine::tools
