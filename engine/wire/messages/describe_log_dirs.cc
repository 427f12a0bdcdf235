#include "engine/wire/messages/describe_log_dirs.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeLogDirsRequest);
MR_DEFINE_MESSAGE(DescribeLogDirsResponse);

static_assert(sound_schema<DescribeLogDirsRequest>());
static_assert(sound_schema<DescribeLogDirsResponse>());

}  // namespace engine::wire
