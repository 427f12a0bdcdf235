// One partition as its leader sees it: followers fetch, time passes, the ISR is proposed and confirmed.
#pragma once

#include "engine/broker/partition.h"

namespace tests {

using namespace engine;
using broker::BrokerList;

/// Broker 1 leads; its followers are the others. Times are in seconds.
struct LedPartition {
    explicit LedPartition(BrokerList replicas, BrokerList isr, i32 min_isr = 1,
                          KafkaVersion version = KafkaVersion::v3_9) {
        rules.self = BrokerId{1};
        rules.lag_time_max = sim::seconds(30);
        rules.profile = profile_of(version);
        partition.role = broker::Role::leader;
        partition.leader = rules.self;
        partition.replicas = std::move(replicas);
        partition.isr.committed = std::move(isr);
        partition.log.config.min_insync_replicas = min_isr;
        begin_leadership(partition, rules);
    }

    void at(i64 second) { rules.now = sim::seconds(second); }
    void append(i64 records) { partition.log.next_offset += records; }
    /// A follower fetches at an offset: it has everything below. Returns the high watermark after it.
    i64 fetch(i32 follower, i64 offset) {
        note_follower_fetch(partition, rules, BrokerId{follower}, Offset{offset}, Offset{0}, partition.log_end_offset(),
                            BrokerEpoch{1});
        return high_watermark();
    }
    i64 high_watermark() {
        maybe_advance_high_watermark(partition, rules);
        return partition.high_watermark.value;
    }
    [[nodiscard]] BrokerList lagging() const { return out_of_sync_members(partition, rules); }
    [[nodiscard]] bool may_join(i32 follower) const { return may_join_isr(partition, BrokerId{follower}); }

    broker::Partition partition;
    broker::IsrRules rules;
};

inline BrokerList brokers(std::initializer_list<i32> ids) {
    BrokerList list;
    for (const i32 id : ids) list.push_back(BrokerId{id});
    return list;
}

}  // namespace tests
