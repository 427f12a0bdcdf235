#include "engine/wire/messages/heartbeat.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(HeartbeatRequest);
MR_DEFINE_MESSAGE(HeartbeatResponse);

}  // namespace engine::wire
