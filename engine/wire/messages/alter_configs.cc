#include "engine/wire/messages/alter_configs.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AlterConfigsRequest);
MR_DEFINE_MESSAGE(AlterConfigsResponse);

static_assert(sound_schema<AlterConfigsRequest>());
static_assert(sound_schema<AlterConfigsResponse>());

}  // namespace engine::wire
