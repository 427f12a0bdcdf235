#include "engine/wire/messages/fetch.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(FetchRequest);
MR_DEFINE_MESSAGE(FetchResponse);

static_assert(sound_schema<FetchRequest>());
static_assert(sound_schema<FetchResponse>());

}  // namespace engine::wire
