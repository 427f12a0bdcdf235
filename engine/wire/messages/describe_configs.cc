#include "engine/wire/messages/describe_configs.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeConfigsRequest);
MR_DEFINE_MESSAGE(DescribeConfigsResponse);

static_assert(sound_schema<DescribeConfigsRequest>());
static_assert(sound_schema<DescribeConfigsResponse>());

}  // namespace engine::wire
