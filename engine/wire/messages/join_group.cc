#include "engine/wire/messages/join_group.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(JoinGroupRequest);
MR_DEFINE_MESSAGE(JoinGroupResponse);

static_assert(sound_schema<JoinGroupRequest>());
static_assert(sound_schema<JoinGroupResponse>());

}  // namespace engine::wire
