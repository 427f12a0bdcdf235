#include "engine/wire/messages/create_topics.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(CreateTopicsRequest);
MR_DEFINE_MESSAGE(CreateTopicsResponse);

}  // namespace engine::wire
