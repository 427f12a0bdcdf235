// Which Kafka a cluster behaves like. All differences between the modelled versions are here; code asks for
// a named property, never for a version.
#pragma once

#include "engine/model/ids.h"

namespace engine {

enum class KafkaVersion : u8 { v3_9, v2_8 };

struct VersionProfile {
    /// Since 3.7 the high watermark stands still while the ISR is below min.insync.replicas.
    bool high_watermark_needs_min_isr = true;
    /// Since 3.0 a leader recomputes the high watermark when an ISR change is confirmed (KAFKA-13091); before,
    /// the next append or fetch does it.
    bool high_watermark_moves_on_isr_change = true;
    /// AlterPartition version that a leader sends: 0 is AlterIsr of 2.7.
    i16 alter_partition_version = 3;
    i16 leader_and_isr_version = 7;
    i16 update_metadata_version = 8;
    i16 stop_replica_version = 4;
    /// Highest version of Fetch, asked and answered; since 13 topics are named by their ids.
    i16 fetch_version = 17;
    /// Parts of the cache of fetch sessions, each with its own limit (KAFKA-9401).
    i32 fetch_session_shards = 8;
    /// Version of the JSON in /controller; 2 carries kraftControllerEpoch.
    i32 controller_znode_version = 2;
    /// Tools print partition names behind "Valid replica already elected".
    bool tools_name_elected_partitions = true;
};

constexpr VersionProfile profile_of(KafkaVersion version) {
    VersionProfile profile;
    if (version == KafkaVersion::v3_9) return profile;
    profile.high_watermark_needs_min_isr = false;
    profile.high_watermark_moves_on_isr_change = false;
    profile.alter_partition_version = 0;
    profile.leader_and_isr_version = 5;
    profile.update_metadata_version = 7;
    profile.stop_replica_version = 3;
    profile.fetch_version = 12;
    profile.fetch_session_shards = 1;
    profile.controller_znode_version = 1;
    profile.tools_name_elected_partitions = false;
    return profile;
}
static_assert(profile_of(KafkaVersion::v2_8).alter_partition_version <
              profile_of(KafkaVersion::v3_9).alter_partition_version);
static_assert(profile_of(KafkaVersion::v3_9).controller_znode_version == 2);

}  // namespace engine
