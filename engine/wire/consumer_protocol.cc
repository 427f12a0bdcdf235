#include "engine/wire/consumer_protocol.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ConsumerSubscription);
MR_DEFINE_MESSAGE(ConsumerAssignment);

static_assert(sound_schema<ConsumerSubscription>());
static_assert(sound_schema<ConsumerAssignment>());

}  // namespace engine::wire
