#include "engine/wire/messages/offset_fetch.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(OffsetFetchRequest);
MR_DEFINE_MESSAGE(OffsetFetchResponse);

static_assert(sound_schema<OffsetFetchRequest>());
static_assert(sound_schema<OffsetFetchResponse>());

}  // namespace engine::wire
