#include "engine/wire/messages/describe_transactions.h"

#include "engine/wire/message_instance.h"

namespace engine::wire {

MR_DEFINE_MESSAGE(DescribeTransactionsRequest);
MR_DEFINE_MESSAGE(DescribeTransactionsResponse);

static_assert(sound_schema<DescribeTransactionsRequest>());
static_assert(sound_schema<DescribeTransactionsResponse>());

}  // namespace engine::wire
