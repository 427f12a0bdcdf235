#include "engine/log/leader_epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/base/assert.h"

namespace engine::log {
namespace {

constexpr std::string_view kVersion = "0";

/// The next line of a text, which is moved behind it.
std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool parse_entry(std::string_view line, EpochEntry& entry) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return false;
    const auto epoch = line.substr(0, space), start = line.substr(space + 1);
    const bool a = std::from_chars(epoch.data(), epoch.data() + epoch.size(), entry.epoch.value).ec == std::errc{};
    const bool b = std::from_chars(start.data(), start.data() + start.size(), entry.start.value).ec == std::errc{};
    return a && b && entry.epoch.value >= 0 && entry.start.value >= 0;
}

}  // namespace

bool LeaderEpochs::ascends() const {
    return std::ranges::adjacent_find(entries, [](const EpochEntry& a, const EpochEntry& b) {
               return !(a.epoch < b.epoch) || !(a.start < b.start);
           }) == entries.end();
}

LeaderEpoch LeaderEpochs::previous() const {
    return entries.size() < 2 ? kNoEpoch : entries[entries.size() - 2].epoch;
}

bool LeaderEpochs::assign(LeaderEpoch epoch, Offset start) {
    MR_ASSERT(epoch.value >= 0 && start.value >= 0);
    if (!entries.empty() && entries.back().epoch == epoch && start >= entries.back().start) return false;
    std::erase_if(entries, [&](const EpochEntry& e) { return e.epoch >= epoch || e.start >= start; });
    MR_ASSERT(entries.empty() || (entries.back().epoch < epoch && entries.back().start < start));
    entries.push_back({epoch, start});
    MR_VALIDATE(ascends());
    return true;
}

EpochEnd LeaderEpochs::end_offset_for(LeaderEpoch epoch, Offset log_end) const {
    if (epoch == kNoEpoch || entries.empty() || epoch > latest()) return {};
    MR_VALIDATE(ascends());
    if (epoch == latest()) return {epoch, log_end};
    const auto above = std::ranges::upper_bound(entries, epoch, {}, &EpochEntry::epoch);
    MR_ASSERT(above != entries.end());
    if (above == entries.begin()) return {epoch, above->start};
    MR_ASSERT(std::prev(above)->epoch <= epoch && std::prev(above)->start < above->start);
    return {std::prev(above)->epoch, above->start};
}

LeaderEpoch LeaderEpochs::epoch_at(Offset offset) const {
    MR_VALIDATE(ascends());
    const auto above = std::ranges::upper_bound(entries, offset, {}, &EpochEntry::start);
    return above == entries.begin() ? kNoEpoch : std::prev(above)->epoch;
}

void LeaderEpochs::truncate_from_end(Offset end) {
    std::erase_if(entries, [&](const EpochEntry& entry) { return entry.start >= end; });
    MR_ASSERT(entries.empty() || entries.back().start < end);
}

void LeaderEpochs::truncate_from_start(Offset start) {
    const auto above = std::ranges::upper_bound(entries, start, {}, &EpochEntry::start);
    if (above == entries.begin()) return;
    const auto kept = std::prev(above);
    kept->start = start;
    entries.erase(entries.begin(), kept);
    MR_ASSERT(!entries.empty() && entries.front().start == start);
    MR_VALIDATE(ascends());
}

std::string LeaderEpochs::to_text() const {
    std::string text = fmt::format("{}\n{}\n", kVersion, entries.size());
    for (const EpochEntry& entry : entries) text += fmt::format("{} {}\n", entry.epoch.value, entry.start.value);
    return text;
}

LeaderEpochs LeaderEpochs::from_text(std::string_view text) {
    LeaderEpochs epochs;
    take_line(text);  // version
    take_line(text);  // count: the lines say it themselves
    for (EpochEntry entry; !text.empty() && parse_entry(take_line(text), entry);)
        epochs.assign(entry.epoch, entry.start);
    return epochs;
}

Divergence find_divergence(const LeaderEpochs& leader, Offset leader_end, LeaderEpoch last_fetched,
                           Offset fetch_offset) {
    MR_ASSERT(leader_end.value >= 0);
    if (last_fetched == kNoEpoch) return {};
    const EpochEnd known = leader.end_offset_for(last_fetched, leader_end);
    if (known.epoch == kNoEpoch) return {true, {}};
    if (known.epoch < last_fetched || known.end < fetch_offset) return {false, known};
    return {};
}

Truncation follower_truncation(const LeaderEpochs& follower, Offset follower_end, Offset high_watermark,
                               const EpochEnd& leader_answer) {
    if (leader_answer.end == kNoOffset) return {high_watermark, true};
    if (leader_answer.epoch == kNoEpoch) return {min(leader_answer.end, follower_end), true};
    const EpochEnd own = follower.end_offset_for(leader_answer.epoch, follower_end);
    if (own.end == kNoOffset) return {min(leader_answer.end, follower_end), true};
    if (own.epoch != leader_answer.epoch) return {min(own.end, follower_end), false};
    return {min(min(own.end, leader_answer.end), follower_end), true};
}

RangeRepair come_into_range(Offset own_end, Offset leader_start, Offset leader_end) {
    MR_ASSERT(leader_start <= leader_end);
    if (leader_end < own_end) return {leader_end, false};  // we are ahead, after an unclean election
    return leader_start > own_end ? RangeRepair{leader_start, true} : RangeRepair{own_end, false};
}

}  // namespace engine::log
