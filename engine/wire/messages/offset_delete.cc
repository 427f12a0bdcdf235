#include "engine/wire/messages/offset_delete.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(OffsetDeleteRequest);
MR_DEFINE_MESSAGE(OffsetDeleteResponse);

static_assert(sound_schema<OffsetDeleteRequest>());
static_assert(sound_schema<OffsetDeleteResponse>());

}  // namespace engine::wire
