#include "engine/stream/block_service.h"

#include <algorithm>

namespace engine::spark {
namespace {

using sim::Env;

BlockPeer* peer_of(BlockService& service, NodeId node) {
    const auto found = std::ranges::find(service.peers, node, &BlockPeer::node);
    return found == service.peers.end() ? nullptr : &*found;
}

BlockFetch* find_fetch(BlockService& service, u64 number) {
    const auto found = std::ranges::find(service.fetches, number, &BlockFetch::number);
    return found == service.fetches.end() ? nullptr : &*found;
}

void ask(const BlockFetch& f, Env& env, const BlockPeer& peer) {
    MR_ASSERT(peer.connected && f.from == peer.node && !f.pauses);
    env.send(peer.connection, to_frame(f.request), label_of(SparkCall::fetch_blocks));
}

/// Asks, or waits for the connection first; together they may last `wait`.
void try_once(BlockService& service, Env& env, BlockFetch& f) {
    MR_ASSERT(f.from != env.node() && f.wait.count > 0);
    env.cancel(f.timer);
    f.pauses = false;
    f.timer = env.timer(f.wait, service.fetch_timer, f.number);
    const BlockPeer* peer = peer_of(service, f.from);
    if (peer == nullptr) service.peers.push_back({f.from, env.connect(f.from, kBlockPort), false});
    else if (peer->connected) ask(f, env, *peer);
}

/// A try has failed: the next one follows after a pause, or the fetch is over.
void try_failed(BlockService& service, Env& env, u64 number, std::vector<FetchEnd>& ends) {
    BlockFetch* f = find_fetch(service, number);
    MR_ASSERT(f != nullptr && f->retries_left >= 0);
    env.cancel(f->timer);
    if (f->retries_left-- > 0) {
        f->pauses = true;
        f->timer = env.timer(f->pause, service.fetch_timer, number);
        return;
    }
    ends.push_back({f->task, number, f->request.maps.front(), f->from, true, {}});
    std::erase_if(service.fetches, [&](const BlockFetch& each) { return each.number == number; });
}

/// The connection to an executor is gone, and with it all answers that were to come on it.
void peer_gone(BlockService& service, Env& env, NodeId node, std::vector<FetchEnd>& ends) {
    std::erase_if(service.peers, [&](const BlockPeer& p) { return p.node == node; });
    std::vector<u64> hit;
    for (const BlockFetch& f : service.fetches)
        if (f.from == node && !f.pauses) hit.push_back(f.number);
    for (const u64 number : hit) try_failed(service, env, number, ends);
}

void on_timer(BlockService& service, Env& env, u64 number, std::vector<FetchEnd>& ends) {
    BlockFetch* f = find_fetch(service, number);
    if (f == nullptr) return;
    f->timer = {};
    if (f->pauses) return try_once(service, env, *f);
    const BlockPeer* peer = peer_of(service, f->from);
    MR_ASSERT(peer != nullptr);  // a fetch that does not pause waits for one
    env.close(peer->connection);
    peer_gone(service, env, f->from, ends);
}

void take_answer(BlockService& service, Env& env, const sim::Frame& frame, std::vector<FetchEnd>& ends) {
    const auto answer = read_block_answer(frame);
    MR_ASSERT(answer.has_value());
    BlockFetch* f = find_fetch(service, answer->fetch);
    if (f == nullptr) return;  // its task is gone
    env.cancel(f->timer);
    ends.push_back({f->task, f->number, answer->missing, f->from, false, answer->bytes});
    const u64 number = f->number;
    std::erase_if(service.fetches, [&](const BlockFetch& each) { return each.number == number; });
}

void serve(const BlockService& service, Env& env, const sim::Notice& notice) {
    const auto request = read_block_request(*notice.frame);
    MR_ASSERT(request.has_value());  // only executors ask
    BlockAnswer answer;
    answer.fetch = request->fetch;
    for (const i32 map : request->maps) {
        const KeptBlock* block = find_block(service, request->shuffle, map, request->partition);
        if (block == nullptr && answer.missing < 0) answer.missing = map;
        if (block != nullptr) answer.bytes.push_back(block->bytes);
    }
    if (answer.missing >= 0) answer.bytes.clear();
    env.send(notice.connection, to_frame(answer), label_of(SparkCall::give_blocks));
}

}  // namespace

void KeptBlock::digest(sim::Hasher& hasher) const {
    hasher.add(static_cast<u64>(partition));
    hasher.add(static_cast<u64>(records));
    hasher.add_bytes(bytes.bytes());
}

void keep(BlockService& service, const ShuffleId& shuffle, i32 map, const std::vector<ShuffleBlock>& blocks) {
    MR_VALIDATE(std::ranges::is_sorted(blocks, {}, &ShuffleBlock::partition));
    auto& outputs = service.outputs.edit();
    std::erase_if(outputs, [&](const MapOutput& o) { return o.shuffle == shuffle && o.map == map; });
    MapOutput& output = outputs.emplace_back();
    output.shuffle = shuffle;
    output.map = map;
    for (const ShuffleBlock& b : blocks) {
        MR_ASSERT(!b.bytes.empty());
        const auto* data = reinterpret_cast<const sim::u8*>(b.bytes.data());
        output.blocks.push_back({b.partition, b.records, sim::Slice::whole(sim::Chunk::of({data, b.bytes.size()}))});
    }
}

void forget(BlockService& service, const ShuffleId& shuffle) {
    const auto of_it = [&](const MapOutput& o) { return o.shuffle == shuffle; };
    if (std::ranges::any_of(*service.outputs, of_it)) std::erase_if(service.outputs.edit(), of_it);
}

const KeptBlock* find_block(const BlockService& service, const ShuffleId& shuffle, i32 map, i32 partition) {
    MR_ASSERT(map >= 0 && partition >= 0);
    for (const MapOutput& o : *service.outputs) {
        if (o.map != map || !(o.shuffle == shuffle)) continue;
        const auto place = std::ranges::lower_bound(o.blocks, partition, {}, &KeptBlock::partition);
        return place != o.blocks.end() && place->partition == partition ? &*place : nullptr;
    }
    return nullptr;
}

u64 fetch(BlockService& service, Env& env, BlockFetch wanted) {
    wanted.number = wanted.request.fetch = service.next_fetch++;
    MR_ASSERT(!wanted.request.maps.empty());
    BlockFetch& f = service.fetches.emplace_back(std::move(wanted));
    try_once(service, env, f);
    return f.number;
}

void drop_fetches(BlockService& service, Env& env, u64 task) {
    for (BlockFetch& f : service.fetches)
        if (task == 0 || f.task == task) env.cancel(f.timer);
    std::erase_if(service.fetches, [&](const BlockFetch& f) { return task == 0 || f.task == task; });
}

bool concerns(const BlockService& service, const sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer) return notice.timer_kind == service.fetch_timer;
    if (notice.kind == sim::NoticeKind::frame && call_of(*notice.frame) == SparkCall::fetch_blocks) return true;
    return std::ranges::any_of(service.peers, [&](const BlockPeer& p) { return p.connection == notice.connection; });
}

std::vector<FetchEnd> on_notice(BlockService& service, Env& env, const sim::Notice& notice) {
    std::vector<FetchEnd> ends;
    if (notice.kind == sim::NoticeKind::timer) return on_timer(service, env, notice.tag, ends), ends;
    const auto peer = std::ranges::find(service.peers, notice.connection, &BlockPeer::connection);
    if (notice.kind == sim::NoticeKind::frame) {
        if (peer == service.peers.end()) serve(service, env, notice);
        else take_answer(service, env, *notice.frame, ends);
        return ends;
    }
    MR_ASSERT(peer != service.peers.end());
    if (notice.kind == sim::NoticeKind::closed) peer_gone(service, env, peer->node, ends);
    if (notice.kind != sim::NoticeKind::connected) return ends;
    peer->connected = true;
    for (const BlockFetch& f : service.fetches)
        if (f.from == peer->node && !f.pauses) ask(f, env, *peer);
    return ends;
}

}  // namespace engine::spark
