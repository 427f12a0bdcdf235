#include "engine/wire/messages/write_txn_markers.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(WriteTxnMarkersRequest);
MR_DEFINE_MESSAGE(WriteTxnMarkersResponse);

static_assert(sound_schema<WriteTxnMarkersRequest>());
static_assert(sound_schema<WriteTxnMarkersResponse>());

}  // namespace engine::wire
