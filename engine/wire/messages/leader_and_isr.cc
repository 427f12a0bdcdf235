#include "engine/wire/messages/leader_and_isr.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(LeaderAndIsrRequest);
MR_DEFINE_MESSAGE(LeaderAndIsrResponse);

static_assert(sound_schema<LeaderAndIsrRequest>());
static_assert(sound_schema<LeaderAndIsrResponse>());

}  // namespace engine::wire
