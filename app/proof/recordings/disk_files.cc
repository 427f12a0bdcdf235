#include "app/proof/recordings/disk_files.h"

#include <fmt/format.h>


#include "app/proof/story/ops.h"
#include "app/proof/vectors/scratch_log.h"
#include "app/proof/vectors/values.h"
#include "engine/log/segment.h"
#include "engine/log/txn_index.h"
#include "engine/model/json.h"
#include "engine/wire/batch_builder.h"

namespace app::proof {
namespace {

namespace wire = engine::wire;
namespace log = engine::log;
using engine::Offset;
using sim::u8;
using Bytes = std::vector<u8>;
using Complaints = std::vector<std::string>;

/// A recorded file and the check that is made of it.
struct Case {
    const Json& recording;
    const Json& check;

    [[nodiscard]] const Json& file(const std::string& name) const { return recording.at("files").at(name); }
    [[nodiscard]] std::string name() const { return check.at("file"); }
    [[nodiscard]] Bytes bytes() const { return vectors::from_hex(file(name())); }
    [[nodiscard]] Complaints complain(const std::string& what) const {
        return {fmt::format("{} of {}: {}", check.at("check").get<std::string>(), name(), what)};
    }
};

std::vector<std::span<const u8>> batches_of(std::span<const u8> bytes) {
    std::vector<std::span<const u8>> batches;
    while (!bytes.empty()) {
        const auto header = wire::read_header(bytes);
        if (!header || header->total_bytes() > bytes.size()) break;
        batches.push_back(bytes.first(header->total_bytes()));
        bytes = bytes.subspan(header->total_bytes());
    }
    return batches;
}

// ---- batches ------------------------------------------------------------------------------------

/// Everything that is recorded of a batch, and equal.
bool shows(const Json& recorded, const Json& shown) {
    for (const auto& [name, value] : recorded.items())
        if (!shown.contains(name) || shown[name] != value) return false;
    return true;
}

Json timed_records(std::span<const u8> batch) {
    Json list = Json::array();
    wire::RecordReader reader(batch);
    for (wire::RecordView record; reader.next(record);)
        list.push_back({record.offset_delta, wire::text_of(record.key), wire::text_of(record.value),
                        reader.header().base_timestamp + record.timestamp_delta});
    return list;
}

Complaints decode(const Case& c) {
    const Bytes bytes = c.bytes();
    const auto batches = batches_of(bytes);
    for (const auto& batch : batches)
        if (!wire::check_batch(batch)) return c.complain("a batch is not sound");
    if (c.check.contains("records")) {
        for (const auto& batch : batches)
            if (timed_records(batch) != c.check["records"])
                return c.complain("its records are " + engine::json_text(timed_records(batch)));
        return {};
    }
    const Json& recorded = c.recording.at("batches");
    const bool same_file =
        recorded.empty() || batches.empty() || recorded[0].at("base_offset") == batch_json(batches[0])["base_offset"];
    for (std::size_t i = 0; same_file && i < recorded.size(); ++i)
        if (i >= batches.size() || !shows(recorded[i], batch_json(batches[i])))
            return c.complain(fmt::format("batch {} differs", i));
    return {};
}

wire::NewRecord copy_of(const wire::RecordView& record, i64 base_timestamp) {
    wire::NewRecord copy;
    copy.timestamp = base_timestamp + record.timestamp_delta;
    if (!record.key_is_null) copy.key = wire::text_of(record.key);
    if (!record.value_is_null) copy.value = wire::text_of(record.value);
    for (const wire::RecordHeader& header : record.headers) {
        std::optional<std::string> value;
        if (!header.value_is_null) value = std::string(wire::text_of(header.value));
        copy.headers.emplace_back(std::string(wire::text_of(header.key)), value);
    }
    return copy;
}

Bytes encoded_marker(const wire::BatchHeader& header, const wire::RecordView& record) {
    wire::Reader value(record.value);
    value.skip(sizeof(i16));
    return wire::control_batch(header, wire::control_type(record), value.get_i32(), header.max_timestamp);
}

/// The batch, taken apart and built again.
Bytes rebuilt(std::span<const u8> batch) {
    wire::RecordReader reader(batch);
    const wire::BatchHeader header = reader.header();
    wire::RecordView record;
    Bytes bytes;
    if (header.is_control()) {
        if (reader.next(record)) bytes = encoded_marker(header, record);
    } else {
        wire::BatchBuilder builder(header);
        builder.pin_base_timestamp(header.base_timestamp);
        while (reader.next(record)) builder.append(copy_of(record, header.base_timestamp), record.offset_delta);
        bytes = builder.finish();
    }
    wire::assign_offsets(bytes, header.base_offset, header.partition_leader_epoch);
    return bytes;
}

Complaints encode(const Case& c) {
    const Bytes bytes = c.bytes();
    const auto batches = batches_of(bytes);
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < batches.size(); ++i)
        if (!c.check.at("batches").is_array() || std::ranges::count(c.check["batches"], Json(i)) > 0)
            chosen.push_back(i);
    for (const std::size_t i : chosen)
        if (!std::ranges::equal(rebuilt(batches[i]), batches[i]))
            return c.complain(fmt::format("batch {} is written differently", i));
    return {};
}

// ---- indexes ------------------------------------------------------------------------------------

std::string without_trailing_zeros(std::string hex) {
    while (hex.ends_with("00")) hex.resize(hex.size() - 2);
    return hex;
}

template <class Index>
std::string hex_of(const Index& index) {
    std::string hex;
    for (u64 i = 0; i < index.entries.size(); ++i) hex += vectors::to_hex(index.bytes_of(i));
    return without_trailing_zeros(std::move(hex));
}

/// The segment that comes of appending the recorded batches one by one.
vectors::ScratchLog appended(const Case& c) {
    engine::ConfigMap config;
    config["index.interval.bytes"] = std::to_string(c.check.at("interval_bytes").get<i64>());
    vectors::ScratchLog scratch(config);
    (void)log::restart_at(scratch.log, scratch.context(), Offset{c.check.at("base_offset").get<i64>()});
    const std::string stem = c.name().substr(0, c.name().find('.'));
    const Bytes file = vectors::from_hex(c.file(stem + ".log"));
    for (const auto& batch : batches_of(file))
        if (const auto added = log::append_as_follower(scratch.log, scratch.context(),
                                                       wire::Slices{sim::Slice::whole(sim::Chunk::of(batch))});
            !added)
            throw std::invalid_argument(
                fmt::format("a recorded batch is refused with error {}", static_cast<int>(added.error())));
    if (c.check.value("rolled", false)) (void)log::roll(scratch.log, scratch.context());
    return scratch;
}

Complaints offset_lookup(const Case& c) {
    const vectors::ScratchLog scratch = appended(c);
    const log::OffsetIndex& index = scratch.log.segments.front().index;
    if (hex_of(index) != c.file(c.name()).at("hex_without_trailing_zeros").get<std::string>())
        return c.complain("built from the log it is " + hex_of(index));
    for (const Json& lookup : c.check.at("lookups")) {
        const auto found = index.lookup(Offset{lookup[0].get<i64>()});
        if (found.offset.value != lookup[1] || found.position != lookup[2])
            return c.complain(
                fmt::format("{} leads to {} at {}", engine::json_text(lookup), found.offset.value, found.position));
    }
    return {};
}

Complaints time_lookup(const Case& c) {
    const vectors::ScratchLog scratch = appended(c);
    const log::TimeIndex& index = scratch.log.segments.front().time_index;
    if (hex_of(index) != c.file(c.name()).at("hex_without_trailing_zeros").get<std::string>())
        return c.complain("built from the log it is " + hex_of(index));
    for (const Json& lookup : c.check.at("lookups")) {
        const auto found = index.lookup(lookup[0].get<i64>());
        if (found.timestamp != lookup[1] || found.offset.value != lookup[2])
            return c.complain(
                fmt::format("{} leads to {} at {}", engine::json_text(lookup), found.timestamp, found.offset.value));
    }
    return {};
}

// ---- transactions and producers -------------------------------------------------------------------

Complaints txn_index(const Case& c) {
    const auto index = log::TxnIndex::from_bytes(c.bytes());
    const Json& entries = c.check.at("entries");
    std::string hex;
    for (u64 i = 0; i < index.entries.size(); ++i) hex += vectors::to_hex(index.bytes_of(i));
    if (hex != c.file(c.name()).get<std::string>()) return c.complain("it is written as " + hex);
    if (entries.size() != index.entries.size())
        return c.complain(fmt::format("it has {} entries", index.entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const log::AbortedTxn& txn = index.entries[i];
        const Json shown{{"version", 0}, {"producer_id", txn.producer.value}, {"first_offset", txn.first.value},
                         {"last_offset", txn.last.value}, {"last_stable_offset", txn.last_stable.value}};
        if (!shows(entries[i], shown)) return c.complain(engine::json_text(shown));
    }
    return {};
}

Json snapshot_entry(engine::ProducerId id, const log::ProducerEntry& entry) {
    const bool empty = entry.batches.empty();
    return {{"producer_id", id.value},
            {"producer_epoch", entry.epoch.value},
            {"epoch", entry.epoch.value},
            {"last_sequence", entry.last_sequence()},
            {"last_offset", empty ? -1 : entry.batches.back().last_offset.value},
            {"offset_delta", empty ? 0 : entry.batches.back().offset_delta},
            {"timestamp", entry.last_timestamp},
            {"coordinator_epoch", entry.coordinator_epoch},
            {"current_txn_first_offset", entry.current_txn_first_offset.value}};
}

Complaints snapshot(const Case& c) {
    const auto states = log::ProducerStates::from_snapshot(c.bytes());
    if (!states) return c.complain("its checksum is wrong");
    if (vectors::to_hex(states->to_snapshot()) != c.file(c.name()).get<std::string>())
        return c.complain("it is written as " + vectors::to_hex(states->to_snapshot()));
    const Json& entries = c.check.at("entries");
    if (entries.size() != states->producers.size())
        return c.complain(fmt::format("it has {} entries", states->producers.size()));
    for (const Json& recorded : entries) {
        const engine::ProducerId id{recorded.at("producer_id").get<i64>()};
        const log::ProducerEntry* entry = states->producers.find(id);
        if (entry == nullptr || !shows(recorded, snapshot_entry(id, *entry)))
            return c.complain("an entry differs: " + engine::json_text(recorded));
    }
    return {};
}

// ---- a file -------------------------------------------------------------------------------------

struct Check {
    std::string_view name;
    Complaints (*run)(const Case&);
};
constexpr Check kChecks[] = {{"decode", decode},           {"encode", encode},       {"offset_lookup", offset_lookup},
                             {"time_lookup", time_lookup}, {"txn_index", txn_index}, {"snapshot", snapshot}};

Complaints run_check(const Case& c) {
    const auto wanted = c.check.at("check").get<std::string>();
    for (const Check& check : kChecks)
        if (check.name == wanted) return check.run(c);
    return c.complain("no such check");
}

}  // namespace

std::vector<std::string> check_disk_files(const std::string& text) {
    Complaints complaints;
    try {
        const Json recording = engine::must_read_json<Json>(text);
        for (const Json& check : recording.at("checks"))
            for (std::string& complaint : run_check({recording, check})) complaints.push_back(std::move(complaint));
    } catch (const std::exception& error) {
        complaints.push_back(error.what());
    }
    return complaints;
}

}  // namespace app::proof
