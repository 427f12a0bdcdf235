#include "engine/wire/messages/describe_producers.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeProducersRequest);
MR_DEFINE_MESSAGE(DescribeProducersResponse);

static_assert(sound_schema<DescribeProducersRequest>());
static_assert(sound_schema<DescribeProducersResponse>());

}  // namespace engine::wire
