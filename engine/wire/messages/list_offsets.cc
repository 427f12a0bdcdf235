#include "engine/wire/messages/list_offsets.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ListOffsetsRequest);
MR_DEFINE_MESSAGE(ListOffsetsResponse);

static_assert(sound_schema<ListOffsetsRequest>());
static_assert(sound_schema<ListOffsetsResponse>());

}  // namespace engine::wire
