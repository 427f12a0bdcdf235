#include "engine/wire/messages/offset_for_leader_epoch.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(OffsetForLeaderEpochRequest);
MR_DEFINE_MESSAGE(OffsetForLeaderEpochResponse);

static_assert(sound_schema<OffsetForLeaderEpochRequest>());
static_assert(sound_schema<OffsetForLeaderEpochResponse>());

}  // namespace engine::wire
