// What a log remembers of producers: sequences, duplicates, open transactions, snapshots.
#include <array>

#include "app/proof/vectors/transactions.h"
#include "app/proof/vectors/values.h"
#include "engine/wire/batch_builder.h"

namespace app::proof::vectors {
namespace {

using log::ProducerEntry;
using log::ProducerStates;

constexpr ProducerId kProducer{1};
constexpr i64 kExpirationMs = 86'400'000;

Json json_of(Offset offset) { return offset == kNoOffset ? Json() : Json(offset.value); }

/// A batch header: `seq` is one sequence or the first and the last one.
wire::BatchHeader append_header(const Json& append) {
    const Json seq = append.at("seq");
    const i32 first = seq.is_array() ? seq.front().get<i32>() : seq.get<i32>();
    const i32 last = seq.is_array() ? seq.back().get<i32>() : first;
    wire::BatchHeader header =
        producer_header(kProducer, append.value("epoch", i16{0}), first, append.value("transactional", false));
    header.last_offset_delta = last - first;
    header.record_count = last - first + 1;
    header.base_offset = append.value("offset", append.value("first_offset", i64{0}));
    header.base_timestamp = header.max_timestamp = 1000;
    return header;
}

std::string append_to(ProducerStates& states, const wire::BatchHeader& header) {
    if (const auto good = states.check(header); !good) return error_text(good.error());
    states.update(header);
    return "ok";
}

Json append_all(ProducerStates& states, const Json& appends) {
    Json results = Json::array();
    for (const Json& append : appends) results.push_back(append_to(states, append_header(append)));
    return results;
}

wire::BatchHeader marker_of(i16 epoch, i64 offset) {
    wire::BatchHeader header = producer_header(kProducer, epoch, -1, true);
    header.attributes |= 0x20;
    header.base_offset = offset;
    return header;
}

Json json_of(const ProducerEntry& entry) {
    const bool any = !entry.batches.empty();
    return {{"epoch", entry.epoch.value},
            {"first_seq", any ? entry.batches.front().first_sequence : -1},
            {"last_seq", entry.last_sequence()},
            {"last_offset", any ? Json(entry.batches.back().last_offset.value) : Json()},
            {"txn_first_offset", json_of(entry.current_txn_first_offset)}};
}

// ---- sequences ----------------------------------------------------------------------------------

/// Appends, perhaps a marker, then more.
Json sequence_checks(const Json& input) {
    ProducerStates states;
    Json got = {{"results", append_all(states, input.at("appends"))}};
    if (!input.contains("marker")) return got;
    const Json& marker = input["marker"];
    if (!states.complete(marker_of(marker.at("epoch"), 50), 0, marker.at("type") == "ABORT"))
        return "the marker was refused";
    got["state_after_marker"] = json_of(states.producers.at(kProducer));
    const Json then = input.value("then", Json::array());
    got["results"] = append_all(states, then.is_array() ? then : Json::array({then}));
    if (!got["results"].empty()) got["result"] = got["results"].back();
    return got;
}

/// A transaction of appends at given offsets, and the marker that commits it.
Json completed_transaction(const Json& input) {
    ProducerStates states;
    append_all(states, input.at("appends"));
    const auto completed = states.complete(marker_of(0, input.at("marker_offset")), 0, false);
    if (!completed) return error_text(completed.error());
    const Json done = {{"first_offset", completed->first_offset.value},
                       {"last_offset", completed->last_offset.value},
                       {"aborted", completed->aborted}};
    return {{"completed", done}, {"state", json_of(states.producers.at(kProducer))}};
}

ProducerStates with_last_sequence(i32 last) {
    ProducerStates states;
    states.update(producer_header(kProducer, 0, last, false));
    return states;
}

Json after_last_sequence(const Json& input) {
    ProducerStates states = with_last_sequence(input.at("last_seq"));
    const auto next =
        producer_header(kProducer, 0, input.contains("next_seq") ? input["next_seq"] : input.at("append_seq"), false);
    const auto checked = states.check(next);
    const std::string as_client = checked ? "ok" : error_text(checked.error());
    states.update(next);  // what a replica does, unasked
    const bool taken = states.producers.at(kProducer).last_sequence() == next.base_sequence;
    return {{"result", as_client}, {"as_client", as_client}, {"as_replica", taken ? "ok" : "not taken"}};
}

Json wrapping_sequence(const Json& input) {
    ProducerStates states;
    wire::BatchHeader header = producer_header(kProducer, 0, input.at("first_seq"), false);
    header.record_count = input.at("records");
    header.last_offset_delta = header.record_count - 1;
    states.update(header);
    return {{"last_seq", states.producers.at(kProducer).last_sequence()}};
}

// ---- coordinators, expiry, snapshots --------------------------------------------------------------

Json fenced_coordinators(const Json& input) {
    ProducerStates states;
    Json results = Json::array();
    for (const Json& epoch : input.at("marker_coordinator_epochs")) {
        const auto done = states.complete(marker_of(0, 10), epoch, true);
        results.push_back(done ? "ok" : error_text(done.error()));
    }
    return {{"results", results}};
}

Json expiry(const Json& input) {
    ProducerStates states;
    const wire::BatchHeader header = append_header(input.at("append"));
    append_to(states, header);
    states.remove_expired(header.max_timestamp + input.at("wait_ms").get<i64>(), kExpirationMs);
    return {{"still_present", states.producers.contains(kProducer)},
            {"first_undecided_offset", json_of(states.first_undecided_offset())}};
}

/// Steps: ["append", "pid1", 99], ["commit", "pid1", 109], ["hw", 100].
Json undecided_and_unstable(const Json& input) {
    ProducerStates states;
    Json undecided = Json::array(), unstable = Json::array();
    for (const Json& step : input.at("steps")) {
        const std::string what = step[0];
        if (what == "hw") {
            states.on_high_watermark(Offset{step[1].get<i64>()});
        } else {
            const ProducerId producer{std::stoll(step[1].get<std::string>().substr(3))};
            wire::BatchHeader header = what == "append" ? producer_header(producer, 0, 0, true) : marker_of(0, step[2]);
            header.producer_id = producer.value;
            header.base_offset = step[2];
            if (what == "append") states.update(header);
            else if (!states.complete(header, 0, what == "abort")) return "the marker was refused";
        }
        undecided.push_back(json_of(states.first_undecided_offset()));
        unstable.push_back(json_of(states.first_unstable_offset()));
    }
    return {{"undecided", undecided}, {"unstable", unstable}};
}

/// A log that rolled at these offsets is cut at both ends: which snapshots are left?
Json snapshots(const Json& input) {
    ScratchLog scratch;
    for (const Json& offset : input.at("snapshots_at")) {
        while (scratch.log.next_offset.value < offset)
            if (!append_transactional(scratch, kProducer, 0, 1)) return "not appended";
        if (!log::roll(scratch.log, scratch.context())) return "not rolled";
    }
    log::advance_log_start(scratch.log, scratch.context(), Offset{input.at("truncateAndReload")[0].get<i64>()});
    if (!log::truncate_to(scratch.log, scratch.context(), Offset{input["truncateAndReload"][1].get<i64>()}))
        return "not truncated";
    std::vector<i64> left;
    for (const std::string& path : scratch.disk().list(scratch.log.directory + "/"))
        if (path.ends_with(".snapshot")) left.push_back(std::stoll(path.substr(scratch.log.directory.size() + 1)));
    return left.empty() ? Json{{"oldest", nullptr}, {"latest", nullptr}}
                        : Json{{"oldest", left.front()}, {"latest", left.back()}};
}

Json producer_state(const Json& input, const Json&) {
    if (input.contains("marker_offset")) return completed_transaction(input);
    if (input.contains("appends")) return sequence_checks(input);
    if (input.contains("last_seq")) return after_last_sequence(input);
    if (input.contains("first_seq")) return wrapping_sequence(input);
    if (input.contains("snapshots_at")) return snapshots(input);
    if (input.contains("append")) return expiry(input);
    if (input.contains("steps")) return undecided_and_unstable(input);
    return fenced_coordinators(input);
}

// ---- duplicates ---------------------------------------------------------------------------------

/// "ok", "duplicate" if the old offsets were answered and nothing was written, or the error.
std::string attempt(ScratchLog& scratch, const Json& seq) {
    wire::BatchBuilder builder(producer_header(kProducer, 0, seq.front(), false));
    for (std::size_t i = 0; i < seq.size(); ++i) builder.append({1000, {}, "v", {}});
    const Offset before = scratch.log.next_offset;
    const auto info = scratch.append(LeaderEpoch{0}, builder.finish());
    if (!info) return error_text(info.error().code);
    const bool written = scratch.log.next_offset > before;
    const bool same_size = info->last_offset - info->first_offset + 1 == static_cast<i64>(seq.size());
    if (!info->duplicate) return written ? "ok" : "not written";
    return written ? "written twice" : same_size && info->last_offset < before ? "duplicate" : "other offsets";
}

void idempotent_window(const Json& vector, Verdict& verdict) {
    ScratchLog scratch;
    for (const Json& seq : vector.at("input").at("appended_batches_seq")) attempt(scratch, seq);
    Json expected = Json::array(), got = Json::array();
    for (const Json& text : vector.at("expected").at("results"))
        expected.push_back(text.get<std::string>().substr(0, text.get<std::string>().find(':')));
    for (const Json& given : vector["input"].at("attempts")) got.push_back(attempt(scratch, given.at("seq")));
    verdict.same(expected, got);
}

constexpr std::array kProducerCategories = {
    Category{"producer_state", answer<producer_state>},
    Category{"idempotent_window", idempotent_window},
};

}  // namespace

std::span<const Category> producer_categories() { return kProducerCategories; }

}  // namespace app::proof::vectors
