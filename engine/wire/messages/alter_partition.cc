#include "engine/wire/messages/alter_partition.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AlterPartitionRequest);
MR_DEFINE_MESSAGE(AlterPartitionResponse);

static_assert(sound_schema<AlterPartitionRequest>());
static_assert(sound_schema<AlterPartitionResponse>());

}  // namespace engine::wire
