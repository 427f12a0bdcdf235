#include "engine/wire/messages/create_partitions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(CreatePartitionsRequest);
MR_DEFINE_MESSAGE(CreatePartitionsResponse);

static_assert(sound_schema<CreatePartitionsRequest>());
static_assert(sound_schema<CreatePartitionsResponse>());

}  // namespace engine::wire
