// All settings of a topic with their values, as answers list them.
#pragma once

#include "engine/broker/broker.h"
#include "engine/wire/messages/create_topics.h"

namespace engine::broker {

/// What a topic with these settings of its own is set to: from them, from the broker, or by default.
wire::List<wire::CreateTopicsResponse::Topic::Config> settings_of_topic(Ctx ctx, const ConfigMap& own);

}  // namespace engine::broker
