#include "engine/wire/messages/stop_replica.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(StopReplicaRequest);
MR_DEFINE_MESSAGE(StopReplicaResponse);

static_assert(sound_schema<StopReplicaRequest>());
static_assert(sound_schema<StopReplicaResponse>());

}  // namespace engine::wire
