#include "app/view_model/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "sim/base/ascii.h"

namespace app {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

std::string grouped(u64 number) {
    std::string text = fmt::format("{}", number);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, " ");
    return text;
}

std::string grouped(i64 number) {
    return number < 0 ? "-" + grouped(static_cast<u64>(-number)) : grouped(static_cast<u64>(number));
}

std::string seconds_text(sim::Nanos moment) {
    const i64 ms = moment.to_millis();
    const i64 size = ms < 0 ? -ms : ms;
    return fmt::format("{}{}.{:03}", ms < 0 ? "-" : "", size / 1000, size % 1000);
}

std::string span_text(sim::Nanos span) {
    const i64 ms = std::max<i64>(0, span.to_millis());
    if (ms == 0 && span.count > 0) return fmt::format("{} us", std::max<i64>(1, span.count / 1000));
    if (ms < 1000) return fmt::format("{} ms", ms);
    if (ms < 600'000) return fmt::format("{}.{} s", ms / 1000, ms / 100 % 10);
    return fmt::format("{} min", ms / 60'000);
}

std::string capital(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool last = i + 1 == words.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + words[i];
    }
    return text;
}

std::string ranges_text(const std::vector<i64>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        if (!text.empty()) text += ", ";
        text += last == i ? fmt::format("{}", numbers[i]) : fmt::format("{}\u2013{}", numbers[i], numbers[last]);
        i = last + 1;
    }
    return text;
}

bool has_all_words(std::string_view text, std::string_view words) {
    const std::string all = sim::lower_ascii(text), wanted = sim::lower_ascii(words);
    for (std::size_t at = 0; at < wanted.size();) {
        const std::size_t end = std::min(wanted.find(' ', at), wanted.size());
        if (end > at && all.find(wanted.substr(at, end - at)) == std::string::npos) return false;
        at = end + 1;
    }
    return true;
}

std::string shortened(const std::string& text, std::size_t most) {
    std::size_t letters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_continuation(text[i])) continue;
        if (++letters > most) return text.substr(0, i) + "\u2026";
    }
    return text;
}

}  // namespace app
