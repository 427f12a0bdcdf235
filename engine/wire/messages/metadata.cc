#include "engine/wire/messages/metadata.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(MetadataRequest);
MR_DEFINE_MESSAGE(MetadataResponse);

static_assert(sound_schema<MetadataRequest>());
static_assert(sound_schema<MetadataResponse>());

}  // namespace engine::wire
