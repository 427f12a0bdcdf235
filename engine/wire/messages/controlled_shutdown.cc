#include "engine/wire/messages/controlled_shutdown.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ControlledShutdownRequest);
MR_DEFINE_MESSAGE(ControlledShutdownResponse);

}  // namespace engine::wire
