#include "engine/wire/messages/alter_partition_reassignments.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AlterPartitionReassignmentsRequest);
MR_DEFINE_MESSAGE(AlterPartitionReassignmentsResponse);

}  // namespace engine::wire
