// Oracles of what consumers are handed:
//
// `read-committed-only` a delivered record is below a high watermark that some leader has told. Always.
// `read-order`          a consumer gets a partition's records in offset order and without gaps, from where its
//                       position last moved: to a committed offset, to a reset, by a seek. Always. What compaction
//                       may have taken is no gap. (Our logs hold no transaction markers.)
// `read-kept`           a delivered record is the same for everybody who was handed that offset, and in the end the
//                       leader's log holds it there. While committed records are promised.
// `read-all`            at the end, when a group that reads from the earliest record has caught up, every record of
//                       its topics was delivered to one of its members at least once. While committed records are
//                       promised; a group whose offset was out of range starts again where it is told to. What
//                       retention or compaction has taken need not have been read.
#pragma once

#include "engine/check/compaction.h"

namespace engine::check {

struct Reads {
    struct Cursor {
        Offset next = kNoOffset;   // kNoOffset: wherever it goes on
    };
    sim::FlatMap<std::pair<NodeId, TopicPartition>, Cursor> cursors;
    sim::FlatMap<TopicPartition, std::vector<MessageId>> seen;                    // by offset
    sim::FlatMap<std::pair<std::string, TopicPartition>, std::vector<bool>> got;  // by group, by offset
};

void check_delivery(Reads& reads, const Compaction& compaction, const Scene& scene, const DeliveryRow& delivery);
/// A consumer's position was set.
void note_position_fact(Reads& reads, const sim::Fact& fact);
/// A record that some group has still to be handed, in words; "" if there is none.
std::string unread_record(const Reads& reads, const Compaction& compaction, const Scene& scene);
void check_reads_kept(const Reads& reads, const Compaction& compaction, const Scene& scene);

}  // namespace engine::check
