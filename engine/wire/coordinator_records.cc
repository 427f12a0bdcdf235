#include "engine/wire/coordinator_records.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(OffsetCommitKey);
MR_DEFINE_MESSAGE(OffsetCommitValue);
MR_DEFINE_MESSAGE(GroupMetadataKey);
MR_DEFINE_MESSAGE(GroupMetadataValue);
MR_DEFINE_MESSAGE(TransactionLogKey);
MR_DEFINE_MESSAGE(TransactionLogValue);

static_assert(sound_schema<OffsetCommitKey>());
static_assert(sound_schema<OffsetCommitValue>());
static_assert(sound_schema<GroupMetadataKey>());
static_assert(sound_schema<GroupMetadataValue>());
static_assert(sound_schema<TransactionLogKey>());
static_assert(sound_schema<TransactionLogValue>());

}  // namespace engine::wire
