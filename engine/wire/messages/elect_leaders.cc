#include "engine/wire/messages/elect_leaders.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ElectLeadersRequest);
MR_DEFINE_MESSAGE(ElectLeadersResponse);

static_assert(sound_schema<ElectLeadersRequest>());
static_assert(sound_schema<ElectLeadersResponse>());

}  // namespace engine::wire
