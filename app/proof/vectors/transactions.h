// Batches of producers with an identity, for checks of what a log remembers of them.
#pragma once

#include "app/proof/vectors/scratch_log.h"

namespace app::proof::vectors {

constexpr sim::i16 kTransactional = 0x10;   // of a batch's attributes

/// A batch header that says who sends, and where in its sequence it stands.
wire::BatchHeader producer_header(ProducerId producer, i16 epoch, i32 first_sequence, bool transactional);
/// Continues the producer's sequence. False if it is refused.
bool append_transactional(ScratchLog& scratch, ProducerId producer, i16 epoch, i32 records);
/// The marker that ends the producer's transaction, as a coordinator has it written.
bool append_marker(ScratchLog& scratch, ProducerId producer, bool aborts, i16 epoch, i32 coordinator_epoch = 0);

}  // namespace app::proof::vectors
