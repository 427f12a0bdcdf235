#include "engine/wire/messages/delete_records.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DeleteRecordsRequest);
MR_DEFINE_MESSAGE(DeleteRecordsResponse);

static_assert(sound_schema<DeleteRecordsRequest>());
static_assert(sound_schema<DeleteRecordsResponse>());

}  // namespace engine::wire
