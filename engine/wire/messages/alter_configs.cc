#include "engine/wire/messages/alter_configs.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(AlterConfigsRequest);
MR_DEFINE_MESSAGE(AlterConfigsResponse);

}  // namespace engine::wire
