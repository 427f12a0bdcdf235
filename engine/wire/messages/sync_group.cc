#include "engine/wire/messages/sync_group.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(SyncGroupRequest);
MR_DEFINE_MESSAGE(SyncGroupResponse);

static_assert(sound_schema<SyncGroupRequest>());
static_assert(sound_schema<SyncGroupResponse>());

}  // namespace engine::wire
