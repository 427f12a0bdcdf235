#include "engine/wire/messages/incremental_alter_configs.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(IncrementalAlterConfigsRequest);
MR_DEFINE_MESSAGE(IncrementalAlterConfigsResponse);

static_assert(sound_schema<IncrementalAlterConfigsRequest>());
static_assert(sound_schema<IncrementalAlterConfigsResponse>());

}  // namespace engine::wire
