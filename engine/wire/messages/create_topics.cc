#include "engine/wire/messages/create_topics.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(CreateTopicsRequest);
MR_DEFINE_MESSAGE(CreateTopicsResponse);

static_assert(sound_schema<CreateTopicsRequest>());
static_assert(sound_schema<CreateTopicsResponse>());

}  // namespace engine::wire
