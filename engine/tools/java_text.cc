#include "engine/tools/java_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace engine::tools {

std::string to_text(const JavaError& error) {
    MR_ASSERT(!error.type.empty());
    return fmt::format("{}: {}", error.type, error.message);
}

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

void sort_as_java_set(std::vector<std::string>& names) {
    constexpr std::size_t kLeastBuckets = 16;
    std::size_t buckets = kLeastBuckets;
    while (names.size() > buckets / 4 * 3) buckets *= 2;
    const auto bucket_of = [buckets](const std::string& name) {
        u32 hash = 0;
        for (const char c : name) hash = hash * 31 + static_cast<u8>(c);
        return (hash ^ (hash >> 16)) & (buckets - 1);
    };
    MR_ASSERT((buckets & (buckets - 1)) == 0);
    std::ranges::stable_sort(names, {}, bucket_of);
}

JavaError illegal_argument(std::string message) { return {"java.lang.IllegalArgumentException", std::move(message)}; }

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
