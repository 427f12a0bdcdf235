#include "engine/wire/messages/list_partition_reassignments.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ListPartitionReassignmentsRequest);
MR_DEFINE_MESSAGE(ListPartitionReassignmentsResponse);

static_assert(sound_schema<ListPartitionReassignmentsRequest>());
static_assert(sound_schema<ListPartitionReassignmentsResponse>());

}  // namespace engine::wire
