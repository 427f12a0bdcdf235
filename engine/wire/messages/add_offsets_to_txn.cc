#include "engine/wire/messages/add_offsets_to_txn.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AddOffsetsToTxnRequest);
MR_DEFINE_MESSAGE(AddOffsetsToTxnResponse);

}  // namespace engine::wire
