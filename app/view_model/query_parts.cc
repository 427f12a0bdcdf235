// Sections: names · batches and tasks · windows, late rows, state.
#include "app/view_model/query_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/view_model/words.h"

namespace app {
namespace {

// ---- names ------------------------------------------------------------------------------------------

constexpr std::string_view kOf = " of ", kQuery = "query ";

struct PartWord {
    std::string_view word;
    PartKind kind;
    std::size_t numbers;
};
constexpr std::array kWords = {PartWord{"batch ", PartKind::batch, 1}, PartWord{"task ", PartKind::task, 5},
                               PartWord{"window ", PartKind::window, 2}, PartWord{"late row ", PartKind::late_row, 3},
                               PartWord{"state row ", PartKind::state_row, 2}};

/// Numbers with a slash behind each but the last; what is left of the text behind them. Nothing if one is missing.
std::optional<std::string_view> take_numbers(std::string_view text, std::size_t count, std::array<i64, 5>& numbers) {
    MR_ASSERT(count <= numbers.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0 && !text.starts_with('/')) return std::nullopt;
        if (i > 0) text.remove_prefix(1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text;
}

std::string name_with(std::string_view word, std::string_view rest, const QueryData& data) {
    return fmt::format("{}{}{}{}", word, rest, kOf, data.query.name);
}

/// Two operators may keep the same key.
std::string key_of(const StateInfo& row) { return fmt::format("{}/{}", row.op, row.key); }

std::string counted(i64 count, std::string_view thing) {
    return fmt::format("**{}** {}{}", grouped(count), thing, count == 1 ? "" : "s");
}

}  // namespace

std::optional<QueryPart> query_part(std::string_view object) {
    const auto of = object.rfind(kOf);
    if (of == std::string_view::npos) return std::nullopt;
    for (const PartWord& each : kWords) {
        if (!object.starts_with(each.word) || of < each.word.size()) continue;
        QueryPart part{each.kind, std::string(object.substr(of + kOf.size())), {}, ""};
        const auto rest =
            take_numbers(object.substr(each.word.size(), of - each.word.size()), each.numbers, part.numbers);
        const bool has_key = rest && rest->starts_with('/') && each.kind == PartKind::state_row;
        if (!rest || part.query.empty() || (!rest->empty() && !has_key)) continue;
        if (has_key) part.key = rest->substr(1);
        return part;
    }
    return std::nullopt;
}

std::string query_of_object(std::string_view object) {
    if (object.starts_with(kQuery)) return std::string(object.substr(kQuery.size()));
    const auto part = query_part(object);
    return part ? part->query : "";
}

std::string object_of(const QueryData& data, const BatchInfo& batch) {
    return name_with("batch ", fmt::format("{}", batch.id), data);
}
std::string object_of(const QueryData& data, const TaskInfo& task) {
    return name_with("task ",
                     fmt::format("{}/{}/{}/{}/{}", task.batch, task.stage, task.task, task.stage_attempt, task.attempt),
                     data);
}
std::string object_of(const QueryData& data, const LateInfo& row) {
    return name_with("late row ", fmt::format("{}/{}/{}", row.batch, row.offset, row.window_start), data);
}
std::string object_of(const QueryData& data, const StateInfo& row) {
    return name_with("state row ", fmt::format("{}/{}/{}", row.partition, row.window_start, key_of(row)), data);
}
std::string window_object(const QueryData& data, i64 start, i64 end) {
    return name_with("window ", fmt::format("{}/{}", start, end), data);
}

namespace {

// ---- batches and tasks --------------------------------------------------------------------------------

/// The longest of Spark's durations: "addBatch 2.1 s".
std::string longest_phase(const BatchInfo& batch) {
    const std::pair<i64, std::string_view> phases[] = {
        {batch.latest_offset, "latestOffset"}, {batch.wal, "walCommit"},      {batch.get_batch, "getBatch"},
        {batch.planning, "queryPlanning"},     {batch.add_batch, "addBatch"}, {batch.commit, "commitOffsets"}};
    const auto& [ms, name] = *std::ranges::max_element(phases);
    return ms <= 0 ? "" : fmt::format("{} {}", name, event_span(ms));
}

PartTold tell_batch(const QueryData& data, i64 id) {
    const auto batch = std::ranges::find(data.batches, id, &BatchInfo::id);
    if (batch == data.batches.end())
        return {fmt::format("Batch {} of {} has not run yet", id, data.query.name), "Its trigger lies ahead.", -1};
    PartTold told{
        fmt::format("Batch {} of {} {}", id, data.query.name, batch->committed ? "is committed" : "is under way"), "",
        id};
    told.text = batch->no_data ? "It read nothing: it ran because the watermark had moved."
                               : fmt::format("It read {}.", counted(batch->input, "row"));
    if (batch->dropped > 0)
        told.text += fmt::format(" It dropped {} as late: their windows end at {} or before.",
                                 counted(batch->dropped, "update"), event_clock(batch->late));
    if (batch->state_removed > 0)
        told.text += fmt::format(" The watermark {} evicted {}.", event_clock(batch->evict),
                                 counted(batch->state_removed, "group"));
    told.text += fmt::format(" It put out {}; the state holds {}.", counted(batch->output, "row"),
                             counted(batch->state_total, "group"));
    if (const std::string longest = longest_phase(*batch); !longest.empty())
        told.text += fmt::format(" Most of its time: {}.", longest);
    if (batch->attempts > 1) told.text += fmt::format(" It ran {} times, with the same offsets.", batch->attempts);
    return told;
}

PartTold tell_task(const QueryData& data, const QueryPart& part) {
    const auto found = std::ranges::find_if(data.tasks, [&](const TaskInfo& task) {
        return part.numbers == std::array<i64, 5>{task.batch, task.stage, task.task, task.stage_attempt, task.attempt};
    });
    const std::string name =
        fmt::format("Task {} of stage {}, batch {}", part.numbers[2], part.numbers[1], part.numbers[0]);
    if (found == data.tasks.end()) return {name + ", is not there", "No executor has been given it yet.", -1};
    const bool ended = found->ended_at >= 0;
    PartTold told{fmt::format("{}, {}", name, ended ? found->state : "runs"), "", found->batch};
    told.text = fmt::format("{} {} it", capital(found->executor), ended ? "had" : "has");
    if (ended) told.text += fmt::format(" for {}", event_span(found->ended_at - found->added_at));
    told.text += fmt::format(" and worked off {}.", counted(std::max<i64>(0, found->rows), "row"));
    if (found->written_rows > 0)
        told.text += fmt::format(" It left {} ({} B) for the next stage.", counted(found->written_rows, "row"),
                                 found->written_bytes);
    if (found->read_rows > 0)
        told.text +=
            fmt::format(" It fetched {} ({} B, {} B of them from other executors).", counted(found->read_rows, "row"),
                        found->read_bytes, std::max<i64>(0, found->remote_bytes));
    if (found->attempt > 0 || found->stage_attempt > 0)
        told.text += fmt::format(" It is attempt {} of the task, in attempt {} of its stage.", found->attempt + 1,
                                 found->stage_attempt + 1);
    return told;
}

// ---- windows, late rows, state ------------------------------------------------------------------------

/// Where the watermark stands for a window's end: "It stays until the watermark, now 12:11, reaches 12:15: 4 min more."
std::string until_closed(const QueryData& data, i64 end) {
    const BatchInfo* last = data.last();
    const i64 watermark = last == nullptr ? -1 : last->next;
    if (data.delay.empty()) return "Without a watermark it is never final, and stays.";
    if (watermark <= 0) return fmt::format("There is no watermark yet: one of {} closes it.", event_clock(end));
    if (watermark >= end)
        return fmt::format("The watermark **{}** has reached its end {}: the next batch closes it.",
                           event_clock(watermark), event_clock(end));
    return fmt::format("It stays until the watermark, now **{}**, reaches **{}**: {} more.", event_clock(watermark),
                       event_clock(end), event_span(end - watermark));
}

PartTold tell_window(const QueryData& data, i64 start, i64 end) {
    std::string held;
    bool emitted = false, closed = false;
    for (const WindowInfo& row : data.windows) {
        if (row.start != start || row.end != end) continue;
        held += fmt::format("{}{}{}{}", held.empty() ? "" : ", ", row.key, row.key.empty() ? "" : " ", row.value);
        emitted = emitted || row.phase == "emitted";
        closed = closed || row.phase != "open";
    }
    const std::string name = "Window " + window_text(start, end);
    if (held.empty()) return {name + " holds nothing", "No row of it is in the state, or was put out.", -1};
    PartTold told{name + (emitted  ? " is emitted and evicted"
                          : closed ? " is evicted"
                                   : " is open"),
                  fmt::format("It held **{}**. ", held), -1};
    if (!closed) told.text = fmt::format("It holds **{}**. {}", held, until_closed(data, end));
    const auto by = std::ranges::find_if(data.batches, [&](const BatchInfo& each) { return each.evict >= end; });
    if (closed && by != data.batches.end()) {
        told.batch = by->id;
        told.text += fmt::format("Batch {} closed it: its watermark **{}** had reached the end {}.", by->id,
                                 event_clock(by->evict), event_clock(end));
    }
    return told;
}

PartTold tell_late(const QueryData& data, const QueryPart& part) {
    const auto row = std::ranges::find_if(data.late_rows, [&](const LateInfo& each) {
        return each.batch == part.numbers[0] && each.offset == part.numbers[1] && each.window_start == part.numbers[2];
    });
    if (row == data.late_rows.end()) return {"This row is not late here", "No batch has dropped it.", -1};
    return {
        fmt::format("{} of {} is dropped as late", capital(row->key), event_clock(row->event_time)),
        fmt::format("Its window {} ends at **{}**, not after **{}**, the watermark with which batch {} decides. That "
                    "window is closed, so nothing counts the row there.",
                    window_text(row->window_start, row->window_end), event_clock(row->window_end),
                    event_clock(row->late), row->batch),
        row->batch};
}

PartTold tell_state_row(const QueryData& data, const QueryPart& part) {
    const StateInfo *now = nullptr, *before = nullptr;
    i64 newest = -1;
    for (const StateInfo& row : data.state) {
        newest = std::max(newest, row.version);
        if (row.partition != part.numbers[0] || row.window_start != part.numbers[1] || key_of(row) != part.key)
            continue;
        if (now == nullptr || row.version > now->version) before = std::exchange(now, &row);
        else if (before == nullptr || row.version > before->version) before = &row;
    }
    const std::string key = capital(part.key.substr(part.key.find('/') + 1));
    if (now == nullptr) return {key + " is not in the state", "No operator keeps a row with this key.", -1};
    const bool windowed = now->window_end >= 0;
    const std::string name = key + (windowed ? " in " + window_text(now->window_start, now->window_end) : "");
    if (now->version < newest)
        return {name + " is evicted",
                fmt::format("It was **{}** in version {} and is not in version {}{}.", now->value, now->version, newest,
                            windowed ? fmt::format(": the watermark had reached **{}**, the end of its window",
                                                   event_clock(now->window_end))
                                     : ""),
                -1};
    std::string text = fmt::format("The state keeps **{}** for it, in partition {}, version {}", now->value,
                                   now->partition, now->version);
    text += before == nullptr || before->value == now->value ? "." : fmt::format("; it was {}.", before->value);
    if (windowed) text += " " + until_closed(data, now->window_end);
    return {fmt::format("{}: {}", name, now->value), text, -1};
}

}  // namespace

PartTold tell_part(const QueryData& data, const QueryPart& part) {
    switch (part.kind) {
        case PartKind::batch: return tell_batch(data, part.numbers[0]);
        case PartKind::task: return tell_task(data, part);
        case PartKind::window: return tell_window(data, part.numbers[0], part.numbers[1]);
        case PartKind::late_row: return tell_late(data, part);
        case PartKind::state_row: return tell_state_row(data, part);
    }
    return {};
}

}  // namespace app
