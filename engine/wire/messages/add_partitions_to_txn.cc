#include "engine/wire/messages/add_partitions_to_txn.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AddPartitionsToTxnRequest);
MR_DEFINE_MESSAGE(AddPartitionsToTxnResponse);

static_assert(sound_schema<AddPartitionsToTxnRequest>());
static_assert(sound_schema<AddPartitionsToTxnResponse>());

}  // namespace engine::wire
