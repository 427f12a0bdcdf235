#include "app/lab/lesson/times.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace app::lab {
namespace {

using sim::i64;

constexpr i64 kDayMs = 86'400'000;

/// Takes exactly `digits` digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int number = 0;
    const auto [stop, status] = std::from_chars(text.data(), text.data() + digits, number);
    if (status != std::errc{} || stop != text.data() + digits || number < 0) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

/// ".25" as nanoseconds; nothing left of the text.
std::optional<i64> take_fraction(std::string_view& text) {
    if (text.empty()) return 0;
    if (!take(text, '.') || text.empty() || text.size() > 9) return std::nullopt;
    i64 nanos = 0;
    for (i64 scale = 100'000'000; !text.empty(); scale /= 10) {
        const auto digit = take_digits(text, 1);
        if (!digit) return std::nullopt;
        nanos += *digit * scale;
    }
    return nanos;
}

}  // namespace

std::optional<sim::Nanos> parse_clock(std::string_view text) {
    const auto hours = take_digits(text, 2);
    if (!hours || !take(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2);
    if (!minutes) return std::nullopt;
    std::optional<int> seconds = 0;
    if (take(text, ':')) seconds = take_digits(text, 2);
    if (!seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
    const auto nanos = take_fraction(text);
    if (!nanos) return std::nullopt;
    return sim::seconds((*hours * 60 + *minutes) * 60 + *seconds) + sim::nanos(*nanos);
}

std::optional<i64> parse_instant(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
    if (text.ends_with('Z')) text.remove_suffix(1);
    const auto clock = parse_clock(text);
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!clock || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * kDayMs + clock->to_millis();
}

i64 day_start_ms(i64 epoch_ms) {
    const i64 into = epoch_ms % kDayMs;
    return epoch_ms - (into < 0 ? into + kDayMs : into);
}

std::string instant_text(i64 epoch_ms) {
    const i64 midnight = day_start_ms(epoch_ms);
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(midnight / kDayMs))};
    const i64 seconds = (epoch_ms - midnight) / 1000;
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace app::lab
