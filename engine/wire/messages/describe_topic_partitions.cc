#include "engine/wire/messages/describe_topic_partitions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeTopicPartitionsRequest);
MR_DEFINE_MESSAGE(DescribeTopicPartitionsResponse);

}  // namespace engine::wire
