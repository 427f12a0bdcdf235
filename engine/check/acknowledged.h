// Oracles of what a producer is told:
//
// `min-isr`    when send() of an acks=all producer succeeds, at least min.insync.replicas logs hold the record
//              (no more than there are replicas), logs of dead brokers included; and a leader does not append what
//              was sent with acks=all while its ISR is smaller than that. If min.insync.replicas was changed, the
//              smallest value of the run counts for the first rule: the answer may have been on its way.
//              The first rule holds while committed records are promised, the second always.
// `acked-kept` in the end every record whose send() succeeded with acks=all is in the leader's log, at the offset
//              that was told. While committed records are promised. acks=1 promises nothing: the leader answers
//              before anybody else has the record, and a successor may not have it.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct AckedRecord {
    MessageId message;
    TopicPartition id;
    Offset offset;
};

struct Acknowledged {
    std::vector<AckedRecord> records;
};

void check_outcome(Acknowledged& acknowledged, const Scene& scene, const SendOutcomeRow& outcome);
void check_append_fact(const Scene& scene, const sim::Fact& fact);
/// At the end, when all is healed.
void check_acked_kept(const Acknowledged& acknowledged, const Scene& scene);

}  // namespace engine::check
