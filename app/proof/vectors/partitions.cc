// What a leader knows of its followers: ISR, high watermark, last stable offset, and what it answers about offsets.
#include <array>

#include "app/proof/masks/pattern.h"
#include "app/proof/vectors/scratch_log.h"
#include "app/proof/vectors/transactions.h"
#include "app/proof/vectors/values.h"
#include "engine/broker/offset_lookup.h"

namespace app::proof::vectors {
namespace {

using broker::BrokerList;
using broker::IsrRules;
using broker::Partition;

constexpr BrokerId kLeader{1};
constexpr BrokerId kFollower{2};

/// Broker 1 leads; all of these replicate.
Partition led_partition(Offset log_end, const BrokerList& replicas, const BrokerList& isr, i32 min_isr,
                        const IsrRules& rules) {
    Partition partition;
    partition.role = broker::Role::leader;
    partition.leader = kLeader;
    partition.replicas = replicas;
    partition.isr.committed = isr;
    partition.log.next_offset = log_end;
    partition.log.config.min_insync_replicas = min_isr;
    begin_leadership(partition, rules);
    maybe_advance_high_watermark(partition, rules);
    return partition;
}

IsrRules rules_at(Nanos now, Nanos lag_time_max = sim::seconds(30)) {
    IsrRules rules;
    rules.self = kLeader;
    rules.now = now;
    rules.lag_time_max = lag_time_max;
    rules.profile = profile_of(KafkaVersion::v3_9);
    return rules;
}

/// A follower fetches; if that lets it in, it is proposed.
void fetch(Partition& partition, const IsrRules& rules, BrokerId follower, Offset at) {
    note_follower_fetch(partition, rules, follower, at, Offset{0}, partition.log_end_offset(), BrokerEpoch{1});
    if (may_join_isr(partition, follower)) {
        BrokerList grown = partition.isr.maximal();
        grown.push_back(follower);
        if (partition.isr.in_flight) partition.isr.drop_proposal();
        partition.isr.propose(broker::IsrChange::expand, grown);
    }
    maybe_advance_high_watermark(partition, rules);
}

// ---- ISR ----------------------------------------------------------------------------------------

Json under_min_isr(const Json& input) {
    const IsrRules rules = rules_at({});
    BrokerList replicas = brokers_of(input.at("committed_isr"));
    for (const auto& [follower, offset] : input.at("fetches").items())
        if (!broker::contains(replicas, BrokerId{std::stoi(follower)}))
            replicas.push_back(BrokerId{std::stoi(follower)});
    Partition partition =
        led_partition(Offset{0}, replicas, brokers_of(input["committed_isr"]), input.at("min_insync_replicas"), rules);
    partition.log.next_offset = Offset{input.at("leo").get<i64>()};
    for (const auto& [follower, offset] : input["fetches"].items())
        fetch(partition, rules, BrokerId{std::stoi(follower)}, Offset{offset.get<i64>()});
    Json got = {{"hw", partition.high_watermark.value}, {"maximal_isr_size", partition.isr.maximal().size()}};
    partition.isr.confirm(partition.isr.maximal());
    maybe_advance_high_watermark(partition, rules);
    got["after_alter_partition_commits"] = {{"isr_size", partition.isr.committed.size()},
                                            {"hw", partition.high_watermark.value}};
    return got;
}

Json caught_up_times(const Json& input) {
    const Nanos lag_time_max = sim::millis(input.at("replica_lag_time_max_ms"));
    Json caught_up = Json::array(), high_watermarks = Json::array();
    Partition partition =
        led_partition(Offset{0}, {kLeader, kFollower}, {kLeader, kFollower}, 1, rules_at({}, lag_time_max));
    IsrRules rules;
    for (const Json& step : input.at("steps")) {
        const std::string text = step.is_array() ? step.at(0) : step;
        rules = rules_at(sim::millis(number_behind(text, "t=").value_or(0)), lag_time_max);
        if (const auto end = number_behind(text, "LEO ")) partition.log.next_offset = Offset{*end};
        if (const auto at = number_behind(text, "fetches at ")) fetch(partition, rules, kFollower, Offset{*at});
        caught_up.push_back(partition.followers.at(kFollower).last_caught_up.to_millis());
        high_watermarks.push_back(partition.high_watermark.value);
    }
    return {{"last_caught_up_ms", caught_up},
            {"hw", high_watermarks},
            {"shrinks", !out_of_sync_members(partition, rules).empty()}};
}

Json expansion(const Json& input) {
    const IsrRules rules = rules_at({});
    Partition partition =
        led_partition(Offset{input.at("leo").get<i64>()}, {kLeader, kFollower}, brokers_of(input.at("isr")), 1, rules);
    Json proposals = Json::array();
    for (const Json& offset : input.at("fetches")) {
        fetch(partition, rules, kFollower, Offset{offset.get<i64>()});
        proposals.push_back(partition.isr.in_flight ? numbers_of(partition.isr.proposed) : Json());
    }
    return {{"proposal_after", proposals},
            {"effective_isr_until_commit", numbers_of(partition.isr.committed)},
            {"maximal_isr", numbers_of(partition.isr.maximal())}};
}

Json isr(const Json& input, const Json&) {
    if (input.contains("steps")) return caught_up_times(input);
    return input.contains("min_insync_replicas") ? under_min_isr(input) : expansion(input);
}

// ---- offsets that are told ------------------------------------------------------------------------

Json latest_by_isolation(const Json& input) {
    ScratchLog scratch;
    const i64 records = number_behind(input.at("records"), "").value_or(1);
    if (!append_transactional(scratch, ProducerId{1}, 0, static_cast<i32>(records))) return "not appended";
    Partition partition;
    partition.log = scratch.log;
    Json replica = Json::array(), uncommitted = Json::array(), committed = Json::array();
    for (const Json& high_watermark : input.at("hw")) {
        partition.high_watermark = Offset{high_watermark.get<i64>()};
        const auto latest = [&](bool is_replica, bool read_committed) {
            return look_up_offset(partition, scratch.disk(), broker::kLatest,
                                  partition.readable_end(is_replica, read_committed), is_replica)
                .offset.value;
        };
        replica.push_back(latest(true, false));
        uncommitted.push_back(latest(false, false));
        committed.push_back(latest(false, true));
    }
    return {{"latest", {{"replica", replica}, {"read_uncommitted", uncommitted}, {"read_committed", committed}}}};
}

/// Steps: ["pid137 txn", 3], ["plain", 3], ["abort pid137", 1].
Json first_unstable(const Json& input) {
    ScratchLog scratch;
    Json offsets = Json::array();
    for (const Json& step : input.at("appends")) {
        const std::string what = step[0];
        const ProducerId producer{number_behind(what, "pid").value_or(-1)};
        const bool marker = what.starts_with("abort") || what.starts_with("commit");
        bool appended = false;
        if (marker) appended = append_marker(scratch, producer, what.starts_with("abort"), 0);
        else if (producer.value >= 0) appended = append_transactional(scratch, producer, 0, step[1]);
        else appended = scratch.append(LeaderEpoch{0}, step[1].get<i32>()).has_value();
        if (!appended) return "not appended: " + what;
        if (marker) scratch.log.producers.on_high_watermark(scratch.log.next_offset);
        const Offset first = scratch.log.producers.first_unstable_offset();
        offsets.push_back(first == kNoOffset ? Json() : Json(first.value));
    }
    return {{"first_unstable", offsets}};
}

Json last_stable_offset(const Json& input, const Json&) {
    return input.contains("appends") ? first_unstable(input) : latest_by_isolation(input);
}

/// A leader whose term began at the log's end, behind a high watermark that is older. Record n has the time 10 + n.
Json list_offsets(const Json& input, const Json&) {
    ScratchLog scratch;
    for (i64 n = 0; n < input.at("leo").get<i64>(); ++n)
        if (!scratch.append(LeaderEpoch{0}, 1, 10 + n)) return "not appended";
    Partition partition;
    partition.log = scratch.log;
    partition.high_watermark = Offset{input.at("hw").get<i64>()};
    partition.epoch_start = Offset{input.at("new_leader_epoch_start").get<i64>()};
    const auto ask = [&](i64 timestamp, bool is_replica = false) {
        return look_up_offset(partition, scratch.disk(), timestamp, partition.readable_end(is_replica, false),
                              is_replica);
    };
    const auto told = [](const broker::OffsetLookup& found) -> Json {
        if (failed(found.error)) return error_text(found.error);
        if (found.offset == kNoOffset) return nullptr;
        return found.timestamp < 0 ? Json(found.offset.value)
                                   : Json{{"offset", found.offset.value}, {"timestamp", found.timestamp}};
    };
    const i64 beyond = 10 + input["hw"].get<i64>() + 1, never = 10'000;
    Json got = {{"latest_consumer", told(ask(broker::kLatest))},
                {"latest_replica", told(ask(broker::kLatest, true))},
                {"earliest", told(ask(broker::kEarliest))},
                {"timestamp_11", told(ask(11))},
                {"timestamp_beyond_hw", told(ask(beyond))}};
    partition.high_watermark = partition.epoch_start;
    got["after_hw_5_latest"] = told(ask(broker::kLatest));
    got["after_hw_5_timestamp_beyond"] = told(ask(never));
    return got;
}

constexpr std::array kPartitionCategories = {
    Category{"isr", answer<isr>},
    Category{"last_stable_offset", answer<last_stable_offset>},
    Category{"list_offsets", answer<list_offsets>},
};

}  // namespace

std::span<const Category> partition_categories() { return kPartitionCategories; }

}  // namespace app::proof::vectors
