#include "engine/wire/messages/end_txn.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(EndTxnRequest);
MR_DEFINE_MESSAGE(EndTxnResponse);

static_assert(sound_schema<EndTxnRequest>());
static_assert(sound_schema<EndTxnResponse>());

}  // namespace engine::wire
