#include "engine/wire/messages/incremental_alter_configs.h"

#include "engine/broker/handlers.h"
#include "engine/broker/topic_rules.h"

namespace engine::broker {

bool handle_incremental_alter_configs(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::IncrementalAlterConfigsRequest::kApi);
    wire::IncrementalAlterConfigsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    return start_requested_config_change(ctx, call.reply_to, request);
}

}  // namespace engine::broker
