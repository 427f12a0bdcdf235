#include "engine/wire/messages/list_transactions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(ListTransactionsRequest);
MR_DEFINE_MESSAGE(ListTransactionsResponse);

static_assert(sound_schema<ListTransactionsRequest>());
static_assert(sound_schema<ListTransactionsResponse>());

}  // namespace engine::wire
