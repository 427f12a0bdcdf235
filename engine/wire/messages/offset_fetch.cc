#include "engine/wire/messages/offset_fetch.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(OffsetFetchRequest);
MR_DEFINE_MESSAGE(OffsetFetchResponse);

}  // namespace engine::wire
