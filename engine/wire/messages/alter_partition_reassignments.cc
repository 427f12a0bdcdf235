#include "engine/wire/messages/alter_partition_reassignments.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AlterPartitionReassignmentsRequest);
MR_DEFINE_MESSAGE(AlterPartitionReassignmentsResponse);

static_assert(sound_schema<AlterPartitionReassignmentsRequest>());
static_assert(sound_schema<AlterPartitionReassignmentsResponse>());

}  // namespace engine::wire
