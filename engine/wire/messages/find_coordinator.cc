#include "engine/wire/messages/find_coordinator.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(FindCoordinatorRequest);
MR_DEFINE_MESSAGE(FindCoordinatorResponse);

static_assert(sound_schema<FindCoordinatorRequest>());
static_assert(sound_schema<FindCoordinatorResponse>());

}  // namespace engine::wire
