#include "engine/wire/messages/txn_offset_commit.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(TxnOffsetCommitRequest);
MR_DEFINE_MESSAGE(TxnOffsetCommitResponse);

}  // namespace engine::wire
