#include "engine/wire/messages/add_partitions_to_txn.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AddPartitionsToTxnRequest);
MR_DEFINE_MESSAGE(AddPartitionsToTxnResponse);

}  // namespace engine::wire
