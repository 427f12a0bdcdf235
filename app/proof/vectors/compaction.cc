// What compaction leaves of a log, pass by pass; and the index of aborted transactions.
#include <array>

#include "app/proof/masks/pattern.h"
#include "app/proof/vectors/transactions.h"
#include "app/proof/vectors/values.h"
#include "engine/log/cleaner.h"
#include "engine/wire/batch_builder.h"

namespace app::proof::vectors {
namespace {

constexpr i64 kStart = 1'700'000'000'000;

// ---- writing a log from its description -----------------------------------------------------------

/// Keys of an entry: listed beside it, or named in it.
std::vector<std::string> keys_of(const Json& entry) {
    std::vector<std::string> keys;
    if (entry.size() > 1 && entry[1].is_array())
        for (const Json& key : entry[1]) keys.push_back(std::to_string(key.get<i64>()));
    else if (const auto key = number_behind(entry[0], "key ?")) keys.push_back(std::to_string(*key));
    return keys;
}

wire::BatchHeader header_of(const ScratchLog& scratch, const std::string& told) {
    const auto producer = number_behind(told, "pid ?");
    if (!producer) return {};
    const log::ProducerEntry* known = scratch.log.producers.producers.find(ProducerId{*producer});
    return producer_header(ProducerId{*producer}, 0, known == nullptr ? 0 : known->last_sequence() + 1,
                           told.starts_with("txn"));
}

bool append_records(ScratchLog& scratch, const Json& entry) {
    const std::string told = entry[0];
    wire::BatchBuilder builder(header_of(scratch, told));
    i64 time = kStart;
    if (told.find("future") != std::string::npos) time += 10 * scratch.log.config.delete_retention_ms;
    if (told.find("old") != std::string::npos) time -= 10 * scratch.log.config.delete_retention_ms;
    for (const std::string& key : keys_of(entry)) {
        wire::NewRecord record{time, key, key, {}};
        if (told.find("null") != std::string::npos) record.value.reset();
        builder.append(record);
    }
    return scratch.append(LeaderEpoch{0}, builder.finish()).has_value();
}

/// A pass over everything that is closed; what is active is closed first.
void roll_and_clean(ScratchLog& scratch, i64 now_ms) {
    scratch.now_ms = now_ms;
    if (scratch.log.active().bytes > 0 && !log::roll(scratch.log, scratch.context()))
        throw std::invalid_argument("not rolled");
    if (!log::clean(scratch.log, scratch.context(), Offset{0}, scratch.log.active().base))
        throw std::invalid_argument("not cleaned");
}

/// "txn pid1 keys" [1, 2]; "commit pid1"; "key 0, pid1 seq0"; "roll, clean".
void append_all(ScratchLog& scratch, const Json& entries) {
    for (const Json& entry : entries) {
        const std::string told = entry[0];
        const bool marker = told.starts_with("commit") || told.starts_with("abort");
        bool done = true;
        if (told == "roll, clean") roll_and_clean(scratch, kStart);
        else if (marker)
            done = append_marker(scratch, ProducerId{number_behind(told, "pid ?").value_or(0)},
                                 told.starts_with("abort"), 0);
        else done = append_records(scratch, entry);
        if (!done) throw std::invalid_argument("not appended: " + told);
    }
}

// ---- reading what is left -------------------------------------------------------------------------

Json left_of(ScratchLog& scratch) {
    Json keys = Json::array(), offsets = Json::array(), batches = Json::array();
    log::for_each_batch(scratch.log, scratch.disk().whole(), [&](const sim::Slice& batch) {
        wire::RecordReader records(batch.bytes());
        batches.push_back(records.header().last_offset());
        for (wire::RecordView record; records.next(record);) {
            offsets.push_back(records.header().base_offset + record.offset_delta);
            if (!records.header().is_control()) keys.push_back(std::stoll(std::string(wire::text_of(record.key))));
        }
        return wire::check_batch(batch.bytes()).has_value();
    });
    return {{"keys", keys}, {"offsets", offsets}, {"record_offsets", offsets}, {"batch_last_offsets", batches}};
}

/// The last sequences as a broker that starts on these files finds them.
Json sequences_of(ScratchLog& scratch, const Json& expected) {
    log::Log reopened;
    reopened.directory = scratch.log.directory;
    reopened.config = scratch.log.config;
    if (!log::open_log(reopened, scratch.context(), Offset{0}, Offset{0}, true)) return "not opened";
    Json by_producer = Json::object();
    for (const auto& [id, entry] : reopened.producers.producers)
        by_producer[std::to_string(id.value)] = entry.last_sequence();
    return expected.is_object() || by_producer.empty() ? by_producer : by_producer.front();
}

Json state_after(ScratchLog& scratch, const Json& expected) {
    Json state = left_of(scratch);
    if (expected.is_object() && expected.contains("last_seq"))
        state["last_seq"] = sequences_of(scratch, expected["last_seq"]);
    return state;
}

// ---- passes -------------------------------------------------------------------------------------

/// The passes that a vector expects, in the order of its names: the first at once, one after more appends, one at
/// the same time again, and those behind the delete horizon.
Json passes(const Json& input, const Json& expected) {
    ConfigMap config;
    config["cleanup.policy"] = "compact";
    config["delete.retention.ms"] = std::to_string(input.value("delete_retention_ms", i64{86'400'000}));
    ScratchLog scratch(config);
    append_all(scratch, input.at("log"));
    const i64 horizon_ms = scratch.log.config.delete_retention_ms + 1;
    i64 now_ms = kStart;
    bool appended = false;
    Json got = Json::object();
    for (const auto& [name, state] : expected.items()) {
        if (!state.is_object() || name == "last_seq") continue;
        if (name.starts_with("pass2") && !std::exchange(appended, true))
            append_all(scratch, input.value("then_append", Json::array()));
        const bool past =
            name.find("past_horizon") != std::string::npos || name.find("after_horizon") != std::string::npos;
        for (int rounds = name.find("two_") == std::string::npos ? 1 : 2; rounds > 0; --rounds) {
            if (past) now_ms += horizon_ms;
            roll_and_clean(scratch, now_ms);
        }
        got[name] = state_after(scratch, state);
    }
    if (!got.empty()) return got;
    roll_and_clean(scratch, now_ms);
    got = state_after(scratch, expected);
    got["first_batch_last_offset"] = got["batch_last_offsets"].empty() ? Json() : got["batch_last_offsets"].front();
    return got;
}

/// "keys 0..4 at offsets 0..4": a map that has not room for all.
Json partial_map(const Json& input, const Json& expected) {
    Groups match;
    const auto told = input.at("records").get<std::string>();
    if (!matches(told, match, Pattern("keys (\\d+)\\.\\.(\\d+) at offsets (\\d+)\\.\\.(\\d+)")))
        throw std::invalid_argument(told);
    ScratchLog scratch;
    for (i64 key = std::stoll(match[1]); key <= std::stoll(match[2]); ++key)
        append_all(scratch, Json::array({Json::array({"key " + std::to_string(key)})}));
    if (!log::roll(scratch.log, scratch.context())) return "not rolled";
    const log::CleanLimits limits{input.at("map_slots"),
                                  static_cast<u32>(input.at("load_factor").get<double>() * 1'000'000)};
    const log::CleanMap map = log::map_keys(scratch.log, scratch.context(), Offset{input.at("start_offset").get<i64>()},
                                            scratch.log.active().base, limits);
    Json mapped = Json::object(), missing = Json::array();
    for (const auto& [key, offset] : map.offsets) mapped[key] = offset.value;
    for (const Json& key : expected.value("not_in_map", Json::array()))
        if (map.latest_of(std::to_string(key.get<i64>())) == kNoOffset) missing.push_back(key);
    return {{"map", mapped}, {"not_in_map", missing}, {"messages_read", map.records_read}};
}

Json compaction(const Json& input, const Json& expected) {
    return input.contains("map_slots") ? partial_map(input, expected) : passes(input, expected);
}

// ---- aborted transactions -------------------------------------------------------------------------

log::AbortedTxn txn_of(const Json& entry) {
    return {ProducerId{entry[0].get<i64>()}, Offset{entry[1].get<i64>()}, Offset{entry[2].get<i64>()},
            Offset{entry[3].get<i64>()}};
}

Json txn_index(const Json& input, const Json&) {
    log::TxnIndex written;
    for (const Json& entry : input.at("aborted_txns")) written.append(txn_of(entry));
    std::vector<u8> file;
    for (u64 i = 0; i < written.entries.size(); ++i) std::ranges::copy(written.bytes_of(i), std::back_inserter(file));
    log::TxnIndex index = log::TxnIndex::from_bytes(file);
    if (input.contains("truncate_to")) {
        Json remaining = Json::array();
        for (const Json& end : input["truncate_to"]) {
            index.truncate(Offset{end.get<i64>()});
            remaining.push_back(index.entries.size());
        }
        return {{"remaining", remaining}};
    }
    const auto found =
        index.collect(Offset{input.at("fetch_offset").get<i64>()}, Offset{input.at("upper_bound").get<i64>()});
    Json selected = Json::array();
    for (const log::AbortedTxn& txn : found.txns)
        selected.push_back({txn.producer.value, txn.first.value, txn.last.value, txn.last_stable.value});
    return {{"selected", selected}, {"complete", found.complete}};
}

constexpr std::array kCompactionCategories = {
    Category{"compaction", answer<compaction>},
    Category{"txn_index", answer<txn_index>},
};

}  // namespace

std::span<const Category> compaction_categories() { return kCompactionCategories; }

}  // namespace app::proof::vectors
