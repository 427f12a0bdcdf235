#include "engine/wire/messages/describe_topic_partitions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeTopicPartitionsRequest);
MR_DEFINE_MESSAGE(DescribeTopicPartitionsResponse);

static_assert(sound_schema<DescribeTopicPartitionsRequest>());
static_assert(sound_schema<DescribeTopicPartitionsResponse>());

}  // namespace engine::wire
