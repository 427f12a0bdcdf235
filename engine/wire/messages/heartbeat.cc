#include "engine/wire/messages/heartbeat.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(HeartbeatRequest);
MR_DEFINE_MESSAGE(HeartbeatResponse);

static_assert(sound_schema<HeartbeatRequest>());
static_assert(sound_schema<HeartbeatResponse>());

}  // namespace engine::wire
