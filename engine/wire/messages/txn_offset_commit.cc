#include "engine/wire/messages/txn_offset_commit.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(TxnOffsetCommitRequest);
MR_DEFINE_MESSAGE(TxnOffsetCommitResponse);

static_assert(sound_schema<TxnOffsetCommitRequest>());
static_assert(sound_schema<TxnOffsetCommitResponse>());

}  // namespace engine::wire
