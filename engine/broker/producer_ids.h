// Producer ids: this broker hands them out from a block of 1000 that it claims in ZooKeeper.
#pragma once

#include <vector>

#include "engine/broker/sockets.h"

namespace engine::broker {

constexpr i64 kProducerIdBlockSize = 1000;

struct ProducerIds {
    i64 next = -1;
    i64 last = -1;                    // included
    bool claiming = false;
    std::vector<ReplyTo> waiting;     // InitProducerId requests that came before there was a block
};

struct Ctx;
struct ZkBatch;

/// Answers with a new id now, or when a block has been claimed.
void give_producer_id(Ctx ctx, const ReplyTo& to);
void claim_producer_ids(Ctx ctx);
void on_producer_id_answers(Ctx ctx, const ZkBatch& batch);

}  // namespace engine::broker
