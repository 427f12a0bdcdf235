// Where consumers stand, by their own memory.
#pragma once

#include <vector>

#include "app/lab/sql/reader.h"

namespace app::lab {

/// The offset that a consumer will fetch next of a partition that it holds.
struct ConsumerPosition {
    sim::NodeId consumer = sim::kNoNode;
    sim::NameId group = sim::kNoName;  // none: it reads without a group's help
    engine::TopicPartition id;
    sim::i64 position = -1;            // -1: it does not know yet
};
/// Of every consumer that runs, in the order of nodes and partitions.
std::vector<ConsumerPosition> positions_of(const Reader& reader);

}  // namespace app::lab
