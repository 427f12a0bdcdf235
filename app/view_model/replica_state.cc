#include "app/view_model/replica_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/log_walk.h"
#include "app/lab/sql/payload_text.h"
#include "app/view_model/words.h"
#include "engine/model/facts.h"

namespace app {
namespace {

using engine::FactKind;
namespace wire = engine::wire;

bool is_gone_fact(FactKind kind) {
    return kind == FactKind::node_killed || kind == FactKind::power_cut || kind == FactKind::node_halted;
}

/// Every link of a node is blocked, in at least one direction.
bool is_cut_off(const Scene& scene, NodeId node) {
    const sim::Network& network = scene.world().machine.network;
    u32 others = 0;
    for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
        const NodeId other{i};
        if (other == node) continue;
        ++others;
        if (!network.link(node, other).blocked && !network.link(other, node).blocked) return false;
    }
    return others > 0;
}

bool is_slow(const Scene& scene, NodeId node) {
    const sim::Host& host = scene.world().kernel().host(node);
    if (host.limp.numerator != host.limp.denominator) return true;
    const sim::Faults& faults = scene.world().machine.faults;
    return faults.find(sim::FaultKind::disk_slow, node, sim::kNoNode) != nullptr;
}

std::string clock_of(const Scene& scene, i64 timestamp_ms) {
    return timestamp_ms < 0
               ? ""
               : seconds_text(sim::millis(timestamp_ms - scene.world().epoch_ms(scene.world().frame->origin)));
}

}  // namespace

ReplicaRole role_of(const Scene& scene, TopicPartition id, NodeId node) {
    const auto* state = scene.cluster().find(id);
    const BrokerId broker = scene.world().card(node).broker;
    const bool holds = state != nullptr && engine::broker::contains(state->replicas, broker);
    if (!holds) return ReplicaRole::none;
    if (!is_alive(scene, node)) return ReplicaRole::offline;
    if (state->leader == broker) return ReplicaRole::leader;
    return engine::broker::contains(state->isr, broker) ? ReplicaRole::in_sync : ReplicaRole::out_of_sync;
}

NodeHealth health_of(const Scene& scene, NodeId node) {
    const sim::Host& host = scene.world().kernel().host(node);
    if (!host.alive()) return NodeHealth::dead;
    if (host.state == sim::HostState::paused) return NodeHealth::paused;
    const auto* broker = scene.reader().broker(node);
    if (broker != nullptr && !broker->memory.sockets.accepting) return NodeHealth::recovering;
    if (is_cut_off(scene, node)) return NodeHealth::cut_off;
    return is_slow(scene, node) ? NodeHealth::slow : NodeHealth::alive;
}

std::optional<Nanos> gone_since(const Scene& scene, NodeId node) {
    const auto& facts = scene.history().facts;
    for (u64 i = scene.facts_now(); i > 0; --i)
        if (facts[i - 1].fact.node == node && is_gone_fact(engine::kind_of(facts[i - 1].fact)))
            return scene.event_time(facts[i - 1].index());
    return {};
}

std::string status_of(const Scene& scene, TopicPartition id, NodeId node) {
    const auto since = is_alive(scene, node) ? std::optional<Nanos>{} : gone_since(scene, node);
    switch (health_of(scene, node)) {
        case NodeHealth::dead: return since ? "at " + scene.time(*since) : "not running";
        case NodeHealth::paused: return "paused";
        case NodeHealth::recovering: return "starting";
        case NodeHealth::cut_off: return "cut off";
        case NodeHealth::slow: return "slow";
        case NodeHealth::alive: break;
    }
    switch (role_of(scene, id, node)) {
        case ReplicaRole::leader: return "leader";
        case ReplicaRole::in_sync: return "in sync";
        case ReplicaRole::out_of_sync: return "out of sync";
        case ReplicaRole::offline: case ReplicaRole::none: return "";
    }
    return "";
}

// ---- tapes --------------------------------------------------------------------------------------

namespace {

struct CellMaker {
    const Scene& scene;
    const lab::Replica& replica;
    std::string object;
    i64 changed_from = INT64_MAX;      // offsets that the last event brought

    [[nodiscard]] TapeCell cell(i64 offset) const {
        TapeCell cell;
        cell.offset = cell.last = offset;
        cell.state = offset < replica.partition->high_watermark.value ? CellState::committed : CellState::not_committed;
        cell.object = fmt::format("{} offset {}", object, offset);
        cell.selected = scene.is_selected(cell.object);
        cell.changed = offset >= changed_from;
        return cell;
    }
    [[nodiscard]] TapeCell cell(const wire::BatchHeader& header, const wire::RecordView& record) const {
        TapeCell out = cell(header.base_offset + record.offset_delta);
        if (header.is_control()) out.state = CellState::marker;
        else if (record.value_is_null) out.state = CellState::tombstone;
        else if (header.is_transactional() &&
                 is_aborted(scene.reader(), replica, header.producer_id, Offset{out.offset}))
            out.state = CellState::aborted;
        if (!record.key_is_null) out.key = shortened(lab::payload_text(record.key), 12);
        out.time = clock_of(scene, header.base_timestamp + record.timestamp_delta);
        return out;
    }
};

void add_batch(std::vector<TapeCell>& cells, const CellMaker& maker, const sim::Slice& batch, i64 from) {
    wire::RecordReader records(batch.bytes());
    for (wire::RecordView record; records.next(record);) {
        const i64 offset = records.header().base_offset + record.offset_delta;
        for (i64 gap = cells.empty() ? offset : cells.back().last + 1; gap < offset; ++gap) {
            cells.push_back(maker.cell(gap));
            cells.back().state = CellState::compacted;
        }
        if (offset >= from) cells.push_back(maker.cell(records.header(), record));
    }
}

i64 end_before(const Scene& scene, TopicPartition id, NodeId node) {
    if (scene.before() == nullptr) return INT64_MAX;
    const lab::Replica earlier = scene.before()->cluster->replica(node, id);
    return earlier ? earlier.partition->log_end_offset().value : INT64_MAX;
}

void add_marks(TapeVm& tape, const engine::broker::Partition& partition, bool close) {
    tape.high_watermark = partition.high_watermark.value;
    tape.log_end_offset = partition.log_end_offset().value;
    if (partition.log.log_start.value > 0) tape.log_start_offset = partition.log.log_start.value;
    if (tape.role == ReplicaRole::leader) tape.last_stable_offset = partition.last_stable_offset().value;
    if (!close || partition.log.epochs.entries.size() < 2) return;
    for (const engine::log::EpochEntry& entry : partition.log.epochs.entries)
        tape.epochs.push_back({entry.start.value, entry.epoch.value});
}

/// While nobody leads: the first offset of a dead in-sync copy that no living one has. If it is lost, so is that.
i64 only_here_from(const Scene& scene, TopicPartition id, NodeId node) {
    const auto* state = scene.cluster().find(id);
    if (state == nullptr || state->leader != engine::kNoBroker || is_alive(scene, node)) return kNoMark;
    const BrokerId broker = scene.world().card(node).broker;
    if (!engine::broker::contains(state->isr, broker)) return kNoMark;
    i64 elsewhere = 0;
    for (const BrokerId each : state->replicas) {
        const NodeId other = scene.world().broker_node(each);
        const bool counts = each != broker && (is_alive(scene, other) || engine::broker::contains(state->isr, each));
        const lab::Replica replica = counts ? scene.cluster().replica(other, id) : lab::Replica{};
        if (replica) elsewhere = std::max(elsewhere, replica.partition->log_end_offset().value);
    }
    return elsewhere;
}

}  // namespace

TapeVm tape_of(const Scene& scene, TopicPartition id, NodeId node, std::size_t most) {
    TapeVm tape;
    const BrokerId broker = scene.world().card(node).broker;
    tape.object = scene.replica_name(id, broker);
    tape.partition = scene.name(id);
    tape.role = role_of(scene, id, node);
    const lab::Replica replica = scene.cluster().replica(node, id);
    if (!replica) return tape;
    const i64 start = replica.partition->log.log_start.value, end = replica.partition->log_end_offset().value;
    const i64 from = std::max(start, end - static_cast<i64>(most));
    tape.cells_before = static_cast<u64>(from - start);
    const CellMaker maker{scene, replica, tape.object, end_before(scene, id, node)};
    lab::BatchWalk walk(scene.reader(), replica, Offset{from});
    while (walk.next() && walk.header().base_offset < end) add_batch(tape.cells, maker, walk.batch(), from);
    add_marks(tape, *replica.partition,
              scene.at().desk.zoom == StageZoom::tape || scene.at().desk.zoom == StageZoom::bytes);
    const i64 alone = only_here_from(scene, id, node);
    if (alone != kNoMark && alone < end) tape.only_here_from = std::max(alone, start);
    return tape;
}

std::optional<RecordText> record_at(const Scene& scene, const lab::Replica& replica, i64 offset) {
    if (!replica || offset < replica.partition->log.log_start.value ||
        offset >= replica.partition->log_end_offset().value)
        return {};
    lab::BatchWalk walk(scene.reader(), replica, Offset{offset});
    if (!walk.next()) return {};
    wire::RecordReader records(walk.batch().bytes());
    for (wire::RecordView record; records.next(record);) {
        const wire::BatchHeader& header = records.header();
        if (header.base_offset + record.offset_delta != offset) continue;
        RecordText text;
        text.key = record.key_is_null ? "null" : lab::payload_text(record.key);
        text.value = record.value_is_null ? "null" : lab::payload_text(record.value);
        text.timestamp_ms = header.base_timestamp + record.timestamp_delta;
        text.leader_epoch = header.partition_leader_epoch;
        text.producer_id = header.producer_id;
        text.sequence = header.base_sequence < 0 ? -1 : header.base_sequence + record.offset_delta;
        return text;
    }
    return {};
}

}  // namespace app
