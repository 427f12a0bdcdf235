#include "engine/wire/messages/api_versions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ApiVersionsRequest);
MR_DEFINE_MESSAGE(ApiVersionsResponse);

static_assert(sound_schema<ApiVersionsRequest>());
static_assert(sound_schema<ApiVersionsResponse>());

}  // namespace engine::wire
