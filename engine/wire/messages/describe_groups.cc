#include "engine/wire/messages/describe_groups.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeGroupsRequest);
MR_DEFINE_MESSAGE(DescribeGroupsResponse);

static_assert(sound_schema<DescribeGroupsRequest>());
static_assert(sound_schema<DescribeGroupsResponse>());

}  // namespace engine::wire
