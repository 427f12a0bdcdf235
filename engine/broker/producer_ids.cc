#include "engine/broker/producer_ids.h"

#include "engine/broker/broker.h"
#include "engine/wire/messages/init_producer_id.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

void answer(Ctx ctx, const ReplyTo& to) {
    ProducerIds& ids = ctx.memory().producer_ids;
    MR_ASSERT(ids.next >= 0 && ids.next <= ids.last);
    wire::InitProducerIdResponse response;
    response.producer_id = ids.next++;
    response.producer_epoch = 0;
    respond(ctx, to, response);
}

bool has_ids(const ProducerIds& ids) { return ids.next >= 0 && ids.next <= ids.last; }

void answer_waiting(Ctx ctx) {
    ProducerIds& ids = ctx.memory().producer_ids;
    MR_ASSERT(has_ids(ids) && !ids.claiming);
    while (has_ids(ids) && !ids.waiting.empty()) {
        const ReplyTo to = ids.waiting.front();
        ids.waiting.erase(ids.waiting.begin());
        answer(ctx, to);
    }
    if (!ids.waiting.empty()) claim_producer_ids(ctx);
}

/// The block behind the one that the znode names; the first if it names none.
void claim_behind(Ctx ctx, const zookeeper::ZkResult& current) {
    const auto taken = current.data.is_null ? std::nullopt : znodes::block_from_json(current.data.bytes);
    const i64 first = taken ? taken->last + 1 : 0;
    const znodes::ProducerIdBlock block{ctx.self(), first, first + kProducerIdBlockSize - 1};
    ask_zookeeper(ctx, ZkTask::producer_ids, static_cast<u64>(first) + 1,
                  {zookeeper::set_data_request(std::string(znodes::kProducerIdBlock),
                                               zookeeper::ZkData::of(znodes::to_json(block)), current.stat.version)});
}

}  // namespace

void give_producer_id(Ctx ctx, const ReplyTo& to) {
    ProducerIds& ids = ctx.memory().producer_ids;
    if (has_ids(ids)) return answer(ctx, to);
    ids.waiting.push_back(to);
    claim_producer_ids(ctx);
}

void claim_producer_ids(Ctx ctx) {
    ProducerIds& ids = ctx.memory().producer_ids;
    if (ids.claiming) return;
    ids.claiming = true;
    ask_zookeeper(ctx, ZkTask::producer_ids, 0, {zookeeper::get_data_request(std::string(znodes::kProducerIdBlock))});
}

void on_producer_id_answers(Ctx ctx, const ZkBatch& batch) {
    ProducerIds& ids = ctx.memory().producer_ids;
    const zookeeper::ZkResult& result = batch.results.front();
    const bool was_read = batch.arg == 0;
    if (zookeeper::failed(result.error)) {  // somebody else was faster, or the session is gone
        ids.claiming = false;
        if (result.error == zookeeper::ZkError::bad_version) claim_producer_ids(ctx);
        return;
    }
    MR_ASSERT(ids.claiming);
    if (was_read) return claim_behind(ctx, result);
    ids.claiming = false;
    ids.next = static_cast<i64>(batch.arg) - 1;
    ids.last = ids.next + kProducerIdBlockSize - 1;
    MR_ASSERT(has_ids(ids));
    answer_waiting(ctx);
}

}  // namespace engine::broker
