#include "app/proof/vectors/transactions.h"

#include "engine/wire/batch_builder.h"

namespace app::proof::vectors {
wire::BatchHeader producer_header(ProducerId producer, i16 epoch, i32 first_sequence, bool transactional) {
    wire::BatchHeader header;
    header.producer_id = producer.value;
    header.producer_epoch = epoch;
    header.base_sequence = first_sequence;
    header.record_count = 1;
    header.attributes = transactional ? kTransactional : i16{0};
    return header;
}

bool append_transactional(ScratchLog& scratch, ProducerId producer, i16 epoch, i32 records) {
    const log::ProducerEntry* known = scratch.log.producers.producers.find(producer);
    wire::BatchBuilder builder(
        producer_header(producer, epoch, known == nullptr ? 0 : known->last_sequence() + 1, true));
    for (i32 i = 0; i < records; ++i) builder.append({1000, {}, "v", {}});
    return scratch.append(LeaderEpoch{0}, builder.finish()).has_value();
}

bool append_marker(ScratchLog& scratch, ProducerId producer, bool aborts, i16 epoch, i32 coordinator_epoch) {
    const auto marker =
        wire::control_batch(producer_header(producer, epoch, -1, true),
                            aborts ? wire::ControlType::abort : wire::ControlType::commit, coordinator_epoch, 1000);
    return scratch.append(LeaderEpoch{0}, marker, log::AppendOrigin::coordinator).has_value();
}

}  // namespace app::proof::vectors
