#include "engine/wire/messages/update_metadata.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(UpdateMetadataRequest);
MR_DEFINE_MESSAGE(UpdateMetadataResponse);

static_assert(sound_schema<UpdateMetadataRequest>());
static_assert(sound_schema<UpdateMetadataResponse>());

}  // namespace engine::wire
