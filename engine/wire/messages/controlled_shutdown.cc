#include "engine/wire/messages/controlled_shutdown.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ControlledShutdownRequest);
MR_DEFINE_MESSAGE(ControlledShutdownResponse);

static_assert(sound_schema<ControlledShutdownRequest>());
static_assert(sound_schema<ControlledShutdownResponse>());

}  // namespace engine::wire
