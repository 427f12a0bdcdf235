#include "engine/wire/messages/list_groups.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ListGroupsRequest);
MR_DEFINE_MESSAGE(ListGroupsResponse);

static_assert(sound_schema<ListGroupsRequest>());
static_assert(sound_schema<ListGroupsResponse>());

}  // namespace engine::wire
