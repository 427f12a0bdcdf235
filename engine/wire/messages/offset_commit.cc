#include "engine/wire/messages/offset_commit.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(OffsetCommitRequest);
MR_DEFINE_MESSAGE(OffsetCommitResponse);

static_assert(sound_schema<OffsetCommitRequest>());
static_assert(sound_schema<OffsetCommitResponse>());

}  // namespace engine::wire
