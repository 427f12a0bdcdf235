#include "engine/wire/messages/elect_leaders.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ElectLeadersRequest);
MR_DEFINE_MESSAGE(ElectLeadersResponse);

}  // namespace engine::wire
