#include "engine/wire/messages/delete_topics.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DeleteTopicsRequest);
MR_DEFINE_MESSAGE(DeleteTopicsResponse);

static_assert(sound_schema<DeleteTopicsRequest>());
static_assert(sound_schema<DeleteTopicsResponse>());

}  // namespace engine::wire
