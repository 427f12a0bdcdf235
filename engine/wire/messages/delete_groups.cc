#include "engine/wire/messages/delete_groups.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DeleteGroupsRequest);
MR_DEFINE_MESSAGE(DeleteGroupsResponse);

static_assert(sound_schema<DeleteGroupsRequest>());
static_assert(sound_schema<DeleteGroupsResponse>());

}  // namespace engine::wire
