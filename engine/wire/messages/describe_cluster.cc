#include "engine/wire/messages/describe_cluster.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeClusterRequest);
MR_DEFINE_MESSAGE(DescribeClusterResponse);

static_assert(sound_schema<DescribeClusterRequest>());
static_assert(sound_schema<DescribeClusterResponse>());

}  // namespace engine::wire
