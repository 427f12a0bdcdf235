#include "engine/broker/checkpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/base/assert.h"

namespace engine::broker {

std::string checkpoint_key(std::string_view topic, i32 partition) { return fmt::format("{} {}", topic, partition); }

Checkpoint parse_checkpoint(std::string_view text) {
    Checkpoint entries;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        MR_ASSERT(end <= text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto space = line.rfind(' ');
        if (space == std::string_view::npos) continue;
        i64 offset = 0;
        std::from_chars(line.data() + space + 1, line.data() + line.size(), offset);
        entries[std::string(line.substr(0, space))] = offset;
    }
    return entries;
}

std::string to_text(const Checkpoint& checkpoint) {
    std::string text = fmt::format("0\n{}\n", checkpoint.size());
    for (const auto& [key, offset] : checkpoint) text += fmt::format("{} {}\n", key, offset);
    MR_ASSERT(std::ranges::count(text, '\n') == static_cast<std::ptrdiff_t>(checkpoint.size()) + 2);
    return text;
}

}  // namespace engine::broker
