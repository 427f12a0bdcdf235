// Sections: bytes; batches; indexes; snapshots and transactions; checks.
#include "app/proof/disk/disk_files.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/proof/story/batch_json.h"
#include "engine/log/offset_index.h"
#include "engine/log/producer_state.h"
#include "engine/log/txn_index.h"
#include "engine/wire/batch_builder.h"

namespace app::proof {
namespace {

namespace wire = engine::wire;
namespace log = engine::log;
using engine::Offset;
using Json = nlohmann::json;
using sim::i32;
using sim::i64;
using sim::u32;
using sim::u64;
using sim::u8;
using Bytes = std::vector<u8>;

/// One check's outcome: "" if it holds.
using Verdict = std::string;

// ---- bytes --------------------------------------------------------------------------------------

int digit_of(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

Bytes unhex(const std::string& text) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) bytes.push_back(static_cast<u8>(digit_of(text[i]) * 16 + digit_of(text[i + 1])));
    return bytes;
}

/// A file; an index without its preallocated zeros is filled up to a whole entry.
Bytes file_of(const Json& recording, const std::string& name, u32 entry_bytes = 1) {
    const Json& file = recording["files"][name];
    if (file.is_string()) return unhex(file);
    Bytes bytes = unhex(file["hex_without_trailing_zeros"]);
    const auto used = std::min<u64>((bytes.size() + entry_bytes - 1) / entry_bytes * entry_bytes, file["size"].get<u64>());
    bytes.resize(used);
    return bytes;
}

Verdict same_bytes(const Bytes& recorded, const Bytes& ours) {
    if (recorded == ours) return "";
    const auto [a, b] = std::ranges::mismatch(recorded, ours);
    return fmt::format("{} bytes recorded, {} written, the first difference at {}", recorded.size(), ours.size(), a - recorded.begin());
}

// ---- batches ------------------------------------------------------------------------------------

std::vector<std::span<const u8>> batches_of(const Bytes& file) {
    std::vector<std::span<const u8>> batches;
    for (std::span<const u8> rest = file; !rest.empty();) {
        const auto header = wire::read_header(rest);
        if (!header || header->total_bytes() > rest.size()) break;
        batches.push_back(rest.first(header->total_bytes()));
        rest = rest.subspan(header->total_bytes());
    }
    return batches;
}

std::string text_or(std::span<const u8> bytes) { return std::string(wire::text_of(bytes)); }

wire::NewRecord record_of(const wire::BatchHeader& header, const wire::RecordView& view) {
    wire::NewRecord record;
    record.timestamp = header.base_timestamp + view.timestamp_delta;
    if (!view.key_is_null) record.key = wire::text_of(view.key);
    if (!view.value_is_null) record.value = wire::text_of(view.value);
    for (const auto& h : view.headers)
        record.headers.emplace_back(text_or(h.key), h.value_is_null ? std::optional<std::string>() : text_or(h.value));
    return record;
}

Bytes written_again(std::span<const u8> batch) {
    wire::RecordReader records(batch);
    wire::BatchBuilder builder(records.header());
    builder.pin_base_timestamp(records.header().base_timestamp);
    for (wire::RecordView view; records.next(view);) builder.append(record_of(records.header(), view), view.offset_delta);
    builder.extend_to(records.header().last_offset_delta);
    return builder.finish();
}

Verdict compare_batches(const Json& recorded, const std::vector<std::span<const u8>>& batches) {
    for (std::size_t i = 0; i < recorded.size(); ++i) {
        if (i >= batches.size()) return fmt::format("{} batches recorded, {} read", recorded.size(), batches.size());
        if (!wire::check_batch(batches[i])) return fmt::format("batch {} does not pass its own checksum", i);
        const Json ours = batch_json(batches[i]);
        for (const auto& [key, value] : recorded[i].items())
            if (ours.value(key, Json()) != value) return fmt::format("batch {}: {} is {}, recorded {}", i, key, ours.value(key, Json()).dump(), value.dump());
    }
    return "";
}

Json records_json(std::span<const u8> batch) {
    wire::RecordReader reader(batch);
    Json records = Json::array();
    for (wire::RecordView view; reader.next(view);)
        records.push_back({view.offset_delta, view.key_is_null ? Json() : Json(text_or(view.key)), view.value_is_null ? Json() : Json(text_or(view.value)),
                           reader.header().base_timestamp + view.timestamp_delta});
    return records;
}

Verdict decode(const Json& recording, const Json& check) {
    const Bytes file = file_of(recording, check["file"]);
    const auto batches = batches_of(file);
    if (check["expect"] == "records") {
        for (std::size_t i = 0; i < batches.size(); ++i)
            if (records_json(batches[i]) != check["records"]) return fmt::format("batch {} holds {}", i, records_json(batches[i]).dump());
        return batches.empty() ? "no batch could be read" : "";
    }
    u64 bytes = 0;
    for (const auto& batch : batches) bytes += batch.size();
    if (bytes != file.size()) return fmt::format("{} of {} bytes are batches", bytes, file.size());
    // The list holds the batches of the first file, or the first of them: others of the topic begin elsewhere.
    const auto first = batches.empty() ? -1 : wire::read_header(batches.front())->base_offset;
    if (!recording["batches"].empty() && recording["batches"].front()["base_offset"] != first) return "";
    return compare_batches(recording["batches"], batches);
}

Verdict encode(const Json& recording, const Json& check) {
    const Bytes file = file_of(recording, check["file"]);
    const auto batches = batches_of(file);
    for (std::size_t i = 0; i < batches.size(); ++i) {
        const Json& which = check["batches"];
        if (which.is_array() && std::ranges::find(which, Json(i)) == which.end()) continue;
        const Bytes recorded(batches[i].begin(), batches[i].end());
        if (Verdict wrong = same_bytes(recorded, written_again(batches[i])); !wrong.empty()) return fmt::format("batch {}: {}", i, wrong);
    }
    return "";
}

// ---- indexes ------------------------------------------------------------------------------------

template <class Index>
Bytes bytes_of(const Index& index) {
    Bytes bytes;
    for (u64 i = 0; i < index.entries.size(); ++i) {
        const auto entry = index.bytes_of(i);
        bytes.insert(bytes.end(), entry.begin(), entry.end());
    }
    return bytes;
}

/// Both indexes of a segment as they grow while its batches are written.
struct GrownIndexes {
    log::OffsetIndex offsets;
    log::TimeIndex times;
};

GrownIndexes grow_indexes(const Bytes& log_file, Offset base, u64 interval_bytes, bool rolled) {
    GrownIndexes grown;
    grown.offsets.base = grown.times.base = base;
    u64 position = 0, since = 0;
    i64 largest = -1;
    Offset largest_at = base;
    for (const auto& batch : batches_of(log_file)) {
        const auto header = wire::read_header(batch);
        if (header->max_timestamp > largest) {
            largest = header->max_timestamp;
            largest_at = Offset{header->last_offset()};
        }
        if (since > interval_bytes) {
            grown.offsets.append(Offset{header->last_offset()}, static_cast<u32>(position));
            grown.times.maybe_append(largest, largest_at);
            since = 0;
        }
        position += batch.size();
        since += batch.size();
    }
    if (rolled) grown.times.maybe_append(largest, largest_at);
    return grown;
}

std::string log_name(std::string index) { return index.substr(0, index.rfind('.')) + ".log"; }

GrownIndexes grown_of(const Json& recording, const Json& check) {
    return grow_indexes(file_of(recording, log_name(check["file"])), Offset{check["base_offset"].get<i64>()}, check["interval_bytes"], check.value("rolled", false));
}

Verdict offset_lookup(const Json& recording, const Json& check) {
    const Bytes file = file_of(recording, check["file"], log::OffsetIndex::kEntryBytes);
    const Offset base{check["base_offset"].get<i64>()};
    const auto index = log::OffsetIndex::from_bytes(base, file);
    for (const Json& lookup : check["lookups"]) {
        const auto found = index.lookup(Offset{lookup[0].get<i64>()});
        if (found.offset.value != lookup[1] || found.position != lookup[2])
            return fmt::format("offset {} is found at {}, {}; recorded {}", lookup[0].dump(), found.offset.value, found.position, lookup.dump());
    }
    return check.contains("interval_bytes") ? same_bytes(file, bytes_of(grown_of(recording, check).offsets)) : "";
}

Verdict time_lookup(const Json& recording, const Json& check) {
    const Bytes file = file_of(recording, check["file"], log::TimeIndex::kEntryBytes);
    const Offset base{check["base_offset"].get<i64>()};
    const auto index = log::TimeIndex::from_bytes(base, file);
    for (const Json& lookup : check["lookups"]) {
        const auto found = index.lookup(lookup[0]);
        if (found.timestamp != lookup[1] || found.offset.value != lookup[2])
            return fmt::format("time {} is found at {}, {}; recorded {}", lookup[0].dump(), found.timestamp, found.offset.value, lookup.dump());
    }
    return check.contains("interval_bytes") ? same_bytes(file, bytes_of(grown_of(recording, check).times)) : "";
}

// ---- snapshots and transactions -----------------------------------------------------------------

Json entry_json(engine::ProducerId id, const log::ProducerEntry& entry) {
    const bool any = !entry.batches.empty();
    return {{"producer_id", id.value}, {"producer_epoch", entry.epoch.value}, {"epoch", entry.epoch.value},
            {"last_sequence", entry.last_sequence()}, {"last_offset", any ? entry.batches.back().last_offset.value : -1},
            {"offset_delta", any ? entry.batches.back().offset_delta : 0}, {"timestamp", entry.last_timestamp},
            {"coordinator_epoch", entry.coordinator_epoch}, {"current_txn_first_offset", entry.current_txn_first_offset.value}};
}

Verdict unequal_entry(const Json& recorded, const Json& ours) {
    for (const auto& [key, value] : recorded.items())
        if (ours.contains(key) && ours[key] != value) return fmt::format("{} is {}, recorded {}", key, ours[key].dump(), value.dump());
    return "";
}

Verdict snapshot(const Json& recording, const Json& check) {
    const Bytes file = file_of(recording, check["file"]);
    const auto states = log::ProducerStates::from_snapshot(file);
    if (!states) return "it cannot be read";
    if (states->producers.size() != check["entries"].size()) return fmt::format("{} entries, recorded {}", states->producers.size(), check["entries"].size());
    std::size_t i = 0;
    for (const auto& [id, entry] : states->producers) {
        if (Verdict wrong = unequal_entry(check["entries"][i], entry_json(id, entry)); !wrong.empty()) return wrong;
        ++i;
    }
    return same_bytes(file, states->to_snapshot());
}

Verdict txn_index(const Json& recording, const Json& check) {
    const Bytes file = file_of(recording, check["file"]);
    const auto index = log::TxnIndex::from_bytes(file);
    if (index.entries.size() != check["entries"].size()) return fmt::format("{} entries, recorded {}", index.entries.size(), check["entries"].size());
    for (std::size_t i = 0; i < index.entries.size(); ++i) {
        const log::AbortedTxn& txn = index.entries[i];
        const Json ours{{"version", 0}, {"producer_id", txn.producer.value}, {"first_offset", txn.first.value},
                        {"last_offset", txn.last.value}, {"last_stable_offset", txn.last_stable.value}};
        if (Verdict wrong = unequal_entry(check["entries"][i], ours); !wrong.empty()) return wrong;
    }
    return same_bytes(file, bytes_of(index));
}

// ---- checks -------------------------------------------------------------------------------------

Verdict run(const Json& recording, const Json& check) {
    const std::string kind = check["check"];
    if (kind == "decode") return decode(recording, check);
    if (kind == "encode") return encode(recording, check);
    if (kind == "offset_lookup") return offset_lookup(recording, check);
    if (kind == "time_lookup") return time_lookup(recording, check);
    if (kind == "snapshot") return snapshot(recording, check);
    if (kind == "txn_index") return txn_index(recording, check);
    return "an unknown check";
}

}  // namespace

std::vector<std::string> check_disk_files(const Json& recording) {
    std::vector<std::string> complaints;
    for (const Json& check : recording["checks"]) {
        const Verdict wrong = run(recording, check);
        if (!wrong.empty()) complaints.push_back(fmt::format("{} {}: {}", check["check"].get<std::string>(), check["file"].get<std::string>(), wrong));
    }
    return complaints;
}

}  // namespace app::proof
