#include "engine/wire/messages/join_group.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(JoinGroupRequest);
MR_DEFINE_MESSAGE(JoinGroupResponse);

}  // namespace engine::wire
