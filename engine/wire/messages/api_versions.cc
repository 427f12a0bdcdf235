#include "engine/wire/messages/api_versions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ApiVersionsRequest);
MR_DEFINE_MESSAGE(ApiVersionsResponse);

}  // namespace engine::wire
