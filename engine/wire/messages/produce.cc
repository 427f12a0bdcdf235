#include "engine/wire/messages/produce.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ProduceRequest);
MR_DEFINE_MESSAGE(ProduceResponse);

static_assert(sound_schema<ProduceRequest>());
static_assert(sound_schema<ProduceResponse>());

}  // namespace engine::wire
