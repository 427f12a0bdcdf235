// Requests that wait inside a broker, as shrinking arcs.
#pragma once

#include "app/view_model/scene.h"
#include "app/view_model/stage.h"

namespace app {

/// Produces and fetches of the shown topic that wait in a broker: at most `most` rows, produces first.
std::vector<WaitVm> waits_of(const Scene& scene, NodeId broker, std::size_t most);
/// How many produces wait for a partition at a broker.
std::size_t waiting_produces(const lab::Reader& reader, NodeId broker, TopicPartition id);

}  // namespace app
