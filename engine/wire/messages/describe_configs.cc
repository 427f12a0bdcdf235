#include "engine/wire/messages/describe_configs.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeConfigsRequest);
MR_DEFINE_MESSAGE(DescribeConfigsResponse);

}  // namespace engine::wire
