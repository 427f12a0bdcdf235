// Sections: SQL · Log files · Console.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/log_walk.h"
#include "app/lab/sql/sql_view.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"
#include "engine/log/segment.h"
#include "engine/wire/record_batch.h"

namespace app {

// ---- SQL --------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kMostRows = 60, kLongestCell = 60;
constexpr std::string_view kFirstQuery = "SELECT topic, partition, leader, isr, high_watermark, log_end_offset FROM partitions";

SheetSectionVm answer_of(const lab::Table& table) {
    SheetSectionVm section;
    section.title = "Answer";
    section.sentence = fmt::format("{} {} at this moment", table.rows.size(), table.rows.size() == 1 ? "row" : "rows");
    section.empty = "No row.";
    for (const std::string& name : table.columns) section.columns.push_back({name, 1, false});
    for (const auto& row : table.rows) {
        if (section.rows.size() == kMostRows) break;
        SheetRowVm out;
        for (const lab::Cell& cell : row) out.cells.push_back({shortened(lab::text_of(cell), kLongestCell), false, lab::is_null(cell)});
        section.rows.push_back(std::move(out));
    }
    return section;
}

}  // namespace

SheetVm make_sql(const Scene& scene) {
    SheetVm vm;
    vm.head.title = "SQL";
    vm.head.sentence = "This moment as tables: partitions, replicas, records, ledger, messages, facts, znodes, offsets ..";
    vm.field = "sql";
    vm.field_hint = std::string(kFirstQuery);
    vm.field_text = scene.at().desk.sql;
    const std::string& asked = vm.field_text.empty() ? vm.field_hint : vm.field_text;
    lab::SqlView view;
    view.show({&scene.world(), &scene.history(), scene.cursor(), scene.at().branch, scene.at().names});
    const auto answer = view.ask(asked);
    if (!answer) vm.field_error = answer.error().message;
    else vm.sections.push_back(answer_of(*answer));
    return vm;
}

// ---- Log files --------------------------------------------------------------------------------------

namespace {

/// The replica whose files are shown: the selected one, else the leader's.
lab::Replica chosen_replica(const Scene& scene) {
    const Object& selected = scene.selected();
    const TopicPartition id = selected.id.partition >= 0 ? selected.id : scene.focus();
    if (selected.node != sim::kNoNode)
        if (const lab::Replica replica = scene.cluster().replica(selected.node, id)) return replica;
    return scene.cluster().leading_replica(id);
}

std::string file_name(Offset base, std::string_view extension) { return fmt::format("{:020}.{}", base.value, extension); }

SheetSectionVm segments_of(const engine::log::Log& log) {
    SheetSectionVm section;
    section.title = log.directory;
    section.sentence = "One file of records a segment; the last one is written to.";
    section.columns = {{"file", 4, false}, {"first offset", 2, true}, {"bytes", 2, true}, {"index entries", 2, true}, {"", 2, false}};
    for (std::size_t i = 0; i < log.segments.size(); ++i) {
        const engine::log::Segment& segment = log.segments[i];
        const bool active = i + 1 == log.segments.size();
        SheetRowVm row;
        row.cells = {{file_name(segment.base, "log"), false, false}, {grouped(segment.base.value), false, false}, {grouped(segment.bytes), active, false},
                     {grouped(static_cast<u64>(segment.index.entries.size())), false, false}, {active ? "active" : "closed", false, !active}};
        row.lit = active;
        section.rows.push_back(std::move(row));
    }
    return section;
}

/// The batches of the active segment, the last ones: where each begins and how long it is.
struct Placed {
    engine::wire::BatchHeader header;
    sim::Slice bytes;
    u64 position = 0;
    [[nodiscard]] i64 last() const { return header.base_offset + header.last_offset_delta; }
};

std::vector<Placed> last_batches(const Scene& scene, const lab::Replica& replica) {
    constexpr i64 kOffsetsBack = 48;
    const engine::log::Segment& segment = replica.partition->log.segments.back();
    const Offset from{std::max(segment.base.value, replica.partition->log_end_offset().value - kOffsetsBack)};
    const auto& file = scene.world().machine.disks.of(replica.node).file(segment.log_file);
    u64 position = engine::log::position_of(segment, file, from);
    std::vector<Placed> placed;
    for (lab::BatchWalk walk(scene.reader(), replica, from); walk.next();) {
        placed.push_back({walk.header(), walk.batch(), position});
        position += walk.batch().length;
    }
    return placed;
}

SheetSectionVm blocks_of(const Scene& scene, const lab::Replica& replica, const std::vector<Placed>& batches) {
    SheetSectionVm section;
    section.title = file_name(replica.partition->log.segments.back().base, "log");
    section.sentence = "The last batches as they lie in the file: offsets in the block, bytes below it.";
    section.empty = "The file is empty.";
    const i64 watched = scene.selected().offset;
    for (const Placed& batch : batches) {
        const i64 first = batch.header.base_offset, last = batch.last();
        SheetBlockVm block{first == last ? fmt::format("{}", first) : fmt::format("{}\u2013{}", first, last), static_cast<i64>(batch.position),
                           static_cast<i64>(batch.position + batch.bytes.length), last < replica.partition->high_watermark.value, watched >= first && watched <= last,
                           fmt::format("{} offset {}", scene.replica_name(replica.partition->id, replica.broker), first)};
        section.blocks.push_back(std::move(block));
    }
    return section;
}

SheetSectionVm index_of(const lab::Replica& replica, i64 wanted) {
    constexpr u64 kMostEntries = 8;
    const engine::log::Segment& segment = replica.partition->log.segments.back();
    SheetSectionVm section;
    section.title = file_name(segment.base, "index");
    section.sentence = fmt::format("An entry each {} bytes of records, not one a record.", replica.partition->log.config.index_interval_bytes);
    section.columns = {{"offset", 2, true}, {"position", 2, true}, {"", 5, false}};
    section.empty = "No entry yet: too few bytes were written.";
    const engine::log::OffsetPosition found = segment.index.lookup(Offset{wanted});
    const u64 count = segment.index.entries.size();
    for (u64 i = count - std::min(count, kMostEntries); i < count; ++i) {
        const auto& entry = segment.index.entries[i];
        const i64 offset = segment.base.value + entry.relative_offset;
        SheetRowVm row;
        row.cells = {{grouped(offset), false, false}, {grouped(static_cast<u64>(entry.position)), false, false}, {"", false, true}};
        row.lit = offset == found.offset.value;
        section.rows.push_back(std::move(row));
    }
    section.rule = fmt::format("**Find offset {}.** The largest index entry at or below it is (`{}`, `{}`). Read on from byte `{}`.", wanted, found.offset.value, found.position, found.position);
    return section;
}

void set_no_log(SheetVm& vm) {
    vm.head.empty_title = "No log to show";
    vm.head.empty_text = "Nobody has created a topic, or no broker has its log in memory.";
}

i64 watched_offset(const Scene& scene, const lab::Replica& replica) {
    return scene.selected().offset >= 0 ? scene.selected().offset : std::max<i64>(0, replica.partition->log_end_offset().value - 1);
}

}  // namespace

SheetVm make_log_files(const Scene& scene) {
    SheetVm vm;
    vm.head.title = "Log files";
    vm.head.sentence = "What lies on the disk: segments, batches, and the sparse index that finds an offset.";
    const lab::Replica replica = chosen_replica(scene);
    if (!replica || replica.partition->log.segments.empty()) {
        set_no_log(vm);
        return vm;
    }
    vm.head.chips = {fmt::format("broker {}", replica.broker.value), scene.name(replica.partition->id)};
    vm.sections.push_back(blocks_of(scene, replica, last_batches(scene, replica)));
    vm.sections.push_back(segments_of(replica.partition->log));
    vm.sections.push_back(index_of(replica, watched_offset(scene, replica)));
    return vm;
}

// ---- Wire -------------------------------------------------------------------------------------------

namespace {

struct Field {
    const char* name;
    int byte, size;
    std::string value;
    std::string why;
};

std::vector<Field> fields_of(const Placed& batch) {
    const engine::wire::BatchHeader& h = batch.header;
    const auto number = [](auto value) { return fmt::format("{}", static_cast<i64>(value)); };
    return {{"base offset", 0, 8, number(h.base_offset), "the broker writes it"},
            {"batch length", 8, 4, number(h.batch_length), "bytes after this field"},
            {"leader epoch", 12, 4, number(h.partition_leader_epoch), "of the leader that wrote it; outside the checksum"},
            {"magic", 16, 1, "2", "the format of record batches"},
            {"crc", 17, 4, fmt::format("0x{:08x}", h.crc), "CRC-32C of byte 21 to the end"},
            {"attributes", 21, 2, number(h.attributes), "codec, kind of time, transactional, control"},
            {"last offset delta", 23, 4, number(h.last_offset_delta), fmt::format("so offsets {} to {}", h.base_offset, batch.last())},
            {"base timestamp", 27, 8, number(h.base_timestamp), "of the first record"},
            {"max timestamp", 35, 8, number(h.max_timestamp), "of the latest record"},
            {"producer id", 43, 8, number(h.producer_id), h.producer_id < 0 ? "not idempotent" : "names the producer"},
            {"producer epoch", 51, 2, number(h.producer_epoch), "an older one is fenced"},
            {"base sequence", 53, 4, number(h.base_sequence), "duplicates are found by this"},
            {"record count", 57, 4, number(h.record_count), "records follow"}};
}

SheetSectionVm bytes_of(const Placed& batch) {
    constexpr std::size_t kRow = 16, kMostLines = 20;
    SheetSectionVm section;
    section.title = "Bytes";
    section.sentence = fmt::format("{} bytes, from byte {} of the file on.", batch.bytes.length, batch.position);
    const auto bytes = batch.bytes.bytes();
    for (std::size_t from = 0; from < bytes.size() && section.lines.size() < kMostLines; from += kRow) {
        std::string hex, text;
        for (std::size_t i = from; i < std::min(bytes.size(), from + kRow); ++i) {
            hex += fmt::format("{:02x} ", bytes[i]);
            text += bytes[i] >= 0x20 && bytes[i] < 0x7f ? static_cast<char>(bytes[i]) : '.';
        }
        section.lines.push_back({fmt::format("{:5}  {:48} {}", from, hex, text), false, false, false});
    }
    return section;
}

}  // namespace

SheetVm make_wire(const Scene& scene) {
    SheetVm vm;
    vm.head.title = "Wire";
    vm.head.sentence = "The bytes of one record batch, and what each of them means.";
    const lab::Replica replica = chosen_replica(scene);
    const std::vector<Placed> batches = replica && !replica.partition->log.segments.empty() ? last_batches(scene, replica) : std::vector<Placed>{};
    if (batches.empty()) {
        set_no_log(vm);
        vm.head.empty_title = "No batch to show";
        vm.head.empty_text = "The log is empty. Produce a record, or select one on a tape.";
        return vm;
    }
    const i64 wanted = watched_offset(scene, replica);
    auto found = std::ranges::find_if(batches, [&](const Placed& batch) { return wanted <= batch.last(); });
    if (found == batches.end()) found = std::prev(batches.end());
    vm.head.chips = {fmt::format("broker {}", replica.broker.value), scene.name(replica.partition->id), fmt::format("offset {}", found->header.base_offset)};
    vm.sections.push_back(bytes_of(*found));
    SheetSectionVm section;
    section.title = "Fields";
    section.sentence = "Of the header, in their order.";
    section.columns = {{"field", 3, false}, {"value", 3, false}, {"byte", 1, true}, {"size", 1, true}, {"", 5, false}};
    for (const Field& field : fields_of(*found)) {
        SheetRowVm row;
        row.cells = {{field.name, false, false}, {field.value, false, false}, {fmt::format("{}", field.byte), false, true}, {fmt::format("{}", field.size), false, true}, {field.why, false, true}};
        section.rows.push_back(std::move(row));
    }
    vm.sections.push_back(std::move(section));
    return vm;
}

// ---- Console ----------------------------------------------------------------------------------------

SheetVm make_console(const Scene& scene) {
    constexpr u64 kMostCommands = 12;
    SheetVm vm;
    vm.head.title = "Console";
    vm.head.sentence = "Kafka's command-line tools, by name. What you type runs in the lab's world.";
    vm.field = "console";
    vm.field_hint = "kafka-topics --bootstrap-server broker-1:9092 --describe";
    vm.field_text = scene.at().desk.command;
    SheetSectionVm section;
    section.title = "Output";
    section.empty = "No command has run yet.";
    const u64 count = scene.reader().rows_now(scene.history().commands);
    for (u64 i = count - std::min(count, kMostCommands); i < count; ++i) {
        const engine::CommandRow& command = scene.history().commands[i];
        section.lines.push_back({fmt::format("{}  $ {}", scene.time(scene.event_time(command.event_index)), command.line), false, false, true});
        for (const std::string* text : {&command.output, &command.errors})
            for (std::size_t from = 0; from < text->size();) {
                const std::size_t end = std::min(text->find('\n', from), text->size());
                section.lines.push_back({text->substr(from, end - from), false, text == &command.errors, false});
                from = end + 1;
            }
        if (command.exit_code != 0) section.lines.push_back({fmt::format("exit code {}", command.exit_code), false, true, false});
    }
    vm.sections.push_back(std::move(section));
    return vm;
}

}  // namespace app
