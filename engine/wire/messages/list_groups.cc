#include "engine/wire/messages/list_groups.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ListGroupsRequest);
MR_DEFINE_MESSAGE(ListGroupsResponse);

}  // namespace engine::wire
