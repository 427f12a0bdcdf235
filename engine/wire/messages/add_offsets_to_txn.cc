#include "engine/wire/messages/add_offsets_to_txn.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AddOffsetsToTxnRequest);
MR_DEFINE_MESSAGE(AddOffsetsToTxnResponse);

static_assert(sound_schema<AddOffsetsToTxnRequest>());
static_assert(sound_schema<AddOffsetsToTxnResponse>());

}  // namespace engine::wire
