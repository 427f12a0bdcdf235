#include "engine/wire/messages/create_partitions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(CreatePartitionsRequest);
MR_DEFINE_MESSAGE(CreatePartitionsResponse);

}  // namespace engine::wire
