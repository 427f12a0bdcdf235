#include "engine/wire/messages/delete_topics.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DeleteTopicsRequest);
MR_DEFINE_MESSAGE(DeleteTopicsResponse);

}  // namespace engine::wire
