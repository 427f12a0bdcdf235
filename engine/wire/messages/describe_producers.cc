#include "engine/wire/messages/describe_producers.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeProducersRequest);
MR_DEFINE_MESSAGE(DescribeProducersResponse);

}  // namespace engine::wire
