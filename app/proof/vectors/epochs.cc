// Leader epochs: what a log remembers of them, where two logs part, how far a follower goes back.
#include <array>

#include "app/proof/vectors/cluster_steps.h"
#include "app/proof/vectors/scratch_log.h"
#include "app/proof/vectors/values.h"
#include "engine/wire/batch_builder.h"

namespace app::proof::vectors {
namespace {

using log::EpochEnd;
using log::LeaderEpochs;

Json json_of(const EpochEnd& end) { return Json::array({end.epoch.value, end.end.value}); }

Json json_of(const LeaderEpochs& epochs) {
    Json entries = Json::array();
    for (const log::EpochEntry& entry : epochs.entries) entries.push_back({entry.epoch.value, entry.start.value});
    return entries;
}

// ---- the cache ----------------------------------------------------------------------------------

/// Carries out one operation; what it answers, or null.
Json operate(LeaderEpochs& epochs, const Json& op) {
    const std::string name = op[0];
    const auto offset_at = [&](std::size_t i) { return Offset{op.at(i).get<i64>()}; };
    const auto epoch = LeaderEpoch{op.at(1).get<i32>()};
    if (name == "assign") epochs.assign(epoch, offset_at(2));
    else if (name == "truncateFromEnd") epochs.truncate_from_end(offset_at(1));
    else if (name == "truncateFromStart") epochs.truncate_from_start(offset_at(1));
    else if (name == "endOffsetFor") return json_of(epochs.end_offset_for(epoch, offset_at(2)));
    else if (name == "epochForOffset") return epochs.epoch_at(offset_at(1)).value;
    else throw std::invalid_argument("no operation " + name);
    return nullptr;
}

Json leader_epoch_cache(const Json& input, const Json&) {
    LeaderEpochs epochs;
    Json results = Json::array();
    for (const Json& op : input.at("ops"))
        if (const Json result = operate(epochs, op); !result.is_null()) results.push_back(result);
    const LeaderEpochs reread = LeaderEpochs::from_text(epochs.to_text());
    if (reread.entries != epochs.entries) return "the checkpoint does not give them back";
    Json got = {{"entries", json_of(epochs)},
                {"latest", epochs.latest().value},
                {"previous", epochs.previous().value},
                {"results", results}};
    if (!results.empty()) got["result"] = results.back();
    return got;
}

// ---- a follower's fetch -------------------------------------------------------------------------

Json diverging_epoch(const Json& input, const Json&) {
    ScratchLog leader;
    for (const Json& append : input.at("leader_log_appends"))
        if (!leader.append(LeaderEpoch{append.at("epoch").get<i32>()}, append.at("count").get<i32>()))
            return "not appended";
    log::begin_epoch(leader.log, leader.context(), LeaderEpoch{input.at("leader_epoch").get<i32>()});
    log::advance_log_start(leader.log, leader.context(), Offset{input.value("log_start_offset", i64{0})});
    const LeaderEpoch last_fetched{input.at("last_fetched_epoch").get<i32>()};
    const auto divergence = log::find_divergence(leader.log.epochs, leader.log.next_offset, last_fetched,
                                                 Offset{input.at("fetch_offset").get<i64>()});
    if (divergence.out_of_range) return {{"error", "OFFSET_OUT_OF_RANGE"}};
    if (!divergence.diverges()) return {{"diverging_epoch", nullptr}, {"records_returned", true}};
    const Json diverging = {{"epoch", divergence.diverging.epoch.value},
                            {"end_offset", divergence.diverging.end.value}};
    return {{"diverging_epoch", diverging}, {"records_returned", false}};
}

// ---- going back ---------------------------------------------------------------------------------

/// Epochs of a log that ends at `log_end` and answers for `asked` what the vector says: [epoch, end], or null.
LeaderEpochs epochs_that_answer(const Json& end_offset_for, i32 asked, Offset log_end) {
    const Json answer = end_offset_for.value(std::to_string(asked), Json());
    LeaderEpochs epochs;
    if (answer.is_null()) return epochs;
    const auto own = LeaderEpoch{answer[0].get<i32>()};
    const auto end = Offset{answer[1].get<i64>()};
    epochs.assign(own, end - 1);
    if (end < log_end) epochs.assign(LeaderEpoch{asked + 1}, end);
    return epochs;
}

EpochEnd told(const Json& reply) {
    return {LeaderEpoch{reply.at("epoch").get<i32>()}, Offset{reply.at("end_offset").get<i64>()}};
}

/// A follower that answers questions about its epochs as the vector says, and what a leader replies to it.
Json truncate_by_replies(const Json& input) {
    const Json& follower = input.at("follower");
    const bool by_fetch = input.contains("diverging_epochs_in_order");
    const Json replies = by_fetch ? input["diverging_epochs_in_order"]
                                  : input.value("leader_replies", Json::array({input.value("leader_reply", Json())}));
    Offset end{follower.at("leo").get<i64>()};
    Json truncations = Json::array();
    bool complete = false;
    for (const Json& reply : replies) {
        if (complete && !by_fetch) break;
        const EpochEnd answer = told(reply);
        const auto epochs =
            epochs_that_answer(follower.value("end_offset_for", Json::object()), answer.epoch.value, end);
        const auto truncation = log::follower_truncation(epochs, end, Offset{follower.at("hw").get<i64>()}, answer);
        truncations.push_back(truncation.to.value);
        end = truncation.to;
        complete = truncation.complete;
    }
    return {{"truncate_to", end.value}, {"complete", complete}, {"truncations", truncations},
            {"epoch_requests", by_fetch ? 0 : static_cast<i64>(truncations.size())}, {"state_stays", "Fetching"}};
}

/// Batches of one record: [offset, epoch, value].
void fill(ScratchLog& target, const Json& batches) {
    for (const Json& given : batches) {
        wire::BatchBuilder builder{{}};
        const std::string value = given[2];
        builder.append({1000, {}, value, {}});
        const auto info = target.append(LeaderEpoch{given[1].get<i32>()}, builder.finish());
        if (!info || info->first_offset.value != given[0]) throw std::invalid_argument("the batches are not in order");
    }
}

Json contents(ScratchLog& source) {
    Json batches = Json::array();
    for (const sim::Slice& slice :
         log::read(source.log, source.disk(), source.log.log_start, source.log.next_offset, INT32_MAX, true).batches) {
        wire::RecordReader records(slice.bytes());
        wire::RecordView record;
        if (records.next(record))
            batches.push_back(
                {records.header().base_offset, records.header().partition_leader_epoch, wire::text_of(record.value)});
    }
    return batches;
}

/// Two logs that parted: the follower goes back as its fetches are told to, then copies.
Json truncate_by_fetching(const Json& input) {
    ScratchLog leader, follower;
    fill(leader, input.at("leader_log"));
    fill(follower, input.at("follower_log"));
    if (follower.log.latest_epoch().value !=
        input.value("initial_last_fetched_epoch", follower.log.latest_epoch().value))
        return "another first epoch";
    const auto divergence = [&] {
        return log::find_divergence(leader.log.epochs, leader.log.next_offset, follower.log.latest_epoch(),
                                    follower.log.next_offset);
    };
    Json after_first_round;
    for (auto parted = divergence(); parted.diverges(); parted = divergence()) {
        const auto truncation =
            log::follower_truncation(follower.log.epochs, follower.log.next_offset, Offset{0}, parted.diverging);
        if (!log::truncate_to(follower.log, follower.context(), truncation.to)) return "not truncated";
        if (after_first_round.is_null()) after_first_round = follower.log.latest_epoch().value;
    }
    if (!follower.copy_from(leader)) return "not copied";
    return {{"last_fetched_epoch_after_first_round", after_first_round}, {"follower_log_becomes", contents(follower)}};
}

/// The leader does not have what the follower asks for.
Json come_into_range(const Json& input) {
    ScratchLog follower;
    if (!follower.append(LeaderEpoch{0}, input.at("follower_leo").get<i32>())) return "not appended";
    const Json& leader = input.at("leader");
    const Offset leader_start{leader.at("log_start").get<i64>()}, leader_end{leader.at("leo").get<i64>()};
    const log::RangeRepair repair = log::come_into_range(follower.log.next_offset, leader_start, leader_end);
    const auto done = repair.anew ? log::restart_at(follower.log, follower.context(), repair.end)
                                  : log::truncate_to(follower.log, follower.context(), repair.end);
    if (!done) return error_text(done.error());
    const Offset high_watermark = min(Offset{leader.at("hw").get<i64>()}, follower.log.next_offset);
    return {{"follower",
             {{"leo", follower.log.next_offset.value},
              {"log_start", follower.log.log_start.value},
              {"hw", high_watermark.value}}}};
}

Json follower_truncation(const Json& input, const Json&) {
    if (input.contains("follower_log")) return truncate_by_fetching(input);
    return input.contains("follower_leo") ? come_into_range(input) : truncate_by_replies(input);
}

constexpr std::array kEpochCategories = {
    Category{"leader_epoch_cache", answer<leader_epoch_cache>},
    Category{"diverging_epoch", answer<diverging_epoch>},
    Category{"follower_truncation", answer<follower_truncation>},
    Category{"leader_epoch_propagation", answer<leader_epoch_propagation>},
};

}  // namespace

std::span<const Category> epoch_categories() { return kEpochCategories; }

}  // namespace app::proof::vectors
