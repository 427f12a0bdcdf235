#include "engine/wire/messages/leave_group.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(LeaveGroupRequest);
MR_DEFINE_MESSAGE(LeaveGroupResponse);

static_assert(sound_schema<LeaveGroupRequest>());
static_assert(sound_schema<LeaveGroupResponse>());

}  // namespace engine::wire
