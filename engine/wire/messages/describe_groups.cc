#include "engine/wire/messages/describe_groups.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeGroupsRequest);
MR_DEFINE_MESSAGE(DescribeGroupsResponse);

}  // namespace engine::wire
