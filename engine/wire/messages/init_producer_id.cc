#include "engine/wire/messages/init_producer_id.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(InitProducerIdRequest);
MR_DEFINE_MESSAGE(InitProducerIdResponse);

static_assert(sound_schema<InitProducerIdRequest>());
static_assert(sound_schema<InitProducerIdResponse>());

}  // namespace engine::wire
