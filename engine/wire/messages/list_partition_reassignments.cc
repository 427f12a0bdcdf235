#include "engine/wire/messages/list_partition_reassignments.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ListPartitionReassignmentsRequest);
MR_DEFINE_MESSAGE(ListPartitionReassignmentsResponse);

}  // namespace engine::wire
