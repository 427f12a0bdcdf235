// partitions: leader, epochs and ISR by the controller's metadata; offsets by the leading replica's log. And each
// replica by its own broker's memory: replicas, leader_epochs, segments.
#include "app/lab/sql/cluster.h"
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"

namespace app::lab {
namespace {

using engine::BrokerId;
using engine::Offset;
using engine::TopicPartition;
using engine::broker::Partition;
namespace touch = engine::touch;
using enum ColumnKind;

// ---- partitions ---------------------------------------------------------------------------------

class Partitions : public ListedRows<TopicPartition> {
public:
  Partitions(const Reader& reader, const Keys& keys) : reader_(reader), cluster_(reader) {
      items = cluster_.partitions(keys);
  }
    bool next() {
        if (!ListedRows::next()) return false;
        state_ = cluster_.find(item());
        log_ = cluster_.leading_replica(item());
        return true;
    }
    [[nodiscard]] sim::u64 id() const { return id_of(item().topic, item().partition); }
    [[nodiscard]] const std::string& topic() const { return reader_.text(item().topic); }
    [[nodiscard]] const engine::broker::ControlledPartition& state() const { return *state_; }
    [[nodiscard]] BrokerId preferred() const {
        return state_->replicas.empty() ? engine::kNoBroker : state_->replicas.front();
    }
    /// An offset of the leading replica; null while nobody has one.
    template <class Get>
    void offset(Out out, Get&& get) const {
        if (log_) out.natural(get(*log_.partition).value);
    }
    [[nodiscard]] const Replica& log() const { return log_; }

private:
    const Reader& reader_;
    Cluster cluster_;
    const engine::broker::ControlledPartition* state_ = nullptr;
    Replica log_;
};

constexpr Column<Partitions> kPartitions[] = {
    {{"topic", text_key}, [](const Partitions& row, Out out) { out.text(row.topic()); }},
    {{"partition", integer_key}, [](const Partitions& row, Out out) { out.integer(row.item().partition); }},
    {{"leader", integer}, [](const Partitions& row, Out out) { out.integer(row.state().leader.value); }},
    {{"leader_epoch", integer}, [](const Partitions& row, Out out) { out.natural(row.state().leader_epoch.value); }},
    {{"partition_epoch", integer},
     [](const Partitions& row, Out out) { out.natural(row.state().partition_epoch.value); }},
    {{"replicas", text},
     [](const Partitions& row, Out out) { out.text(engine::broker::to_text(row.state().replicas)); }},
    {{"isr", text}, [](const Partitions& row, Out out) { out.text(engine::broker::to_text(row.state().isr)); }},
    {{"preferred_leader", integer}, [](const Partitions& row, Out out) { out.integer(row.preferred().value); }},
    {{"log_start_offset", integer},
     [](const Partitions& row, Out out) { row.offset(out, [](const Partition& p) { return p.log.log_start; }); }},
    {{"last_stable_offset", integer},
     [](const Partitions& row, Out out) {
         row.offset(out, [](const Partition& p) { return p.last_stable_offset(); });
     }},
    {{"high_watermark", integer},
     [](const Partitions& row, Out out) { row.offset(out, [](const Partition& p) { return p.high_watermark; }); }},
    {{"log_end_offset", integer},
     [](const Partitions& row, Out out) { row.offset(out, [](const Partition& p) { return p.log_end_offset(); }); }},
    {{"min_insync_replicas", integer},
     [](const Partitions& row, Out out) {
         if (row.log()) out.integer(row.log().partition->log.config.min_insync_replicas);
     }},
};

// ---- replicas -----------------------------------------------------------------------------------

std::string_view role_name(engine::broker::Role role) {
    switch (role) {
        case engine::broker::Role::none: return "none";
        case engine::broker::Role::leader: return "leader";
        case engine::broker::Role::follower: return "follower";
    }
    return "";
}

/// Walks replicas one by one; what a row is made of beyond the replica is the derived source's business.
class ReplicaRows : public ListedRows<Replica> {
public:
  ReplicaRows(const Reader& reader, const Keys& keys) : reader_(reader), cluster_(reader) {
      items = cluster_.replicas(keys);
  }
    [[nodiscard]] sim::u64 id() const { return id_of(item().node, partition().id.topic, partition().id.partition); }
    [[nodiscard]] const Partition& partition() const { return *item().partition; }
    [[nodiscard]] const std::string& topic() const { return reader_.text(partition().id.topic); }
    [[nodiscard]] const Cluster& cluster() const { return cluster_; }
    [[nodiscard]] const Reader& reader() const { return reader_; }

private:
    const Reader& reader_;
    Cluster cluster_;
};

class Replicas : public ReplicaRows {
public:
    using ReplicaRows::ReplicaRows;
    [[nodiscard]] bool in_sync() const {
        const auto* state = cluster().find(partition().id);
        return state != nullptr && engine::broker::contains(state->isr, item().broker);
    }
    /// When the leader last saw this follower hold everything; null for the leader itself.
    void last_caught_up(Out out) const {
        const Replica leader = cluster().leading_replica(partition().id);
        const auto* follower = leader ? leader.partition->followers.find(item().broker) : nullptr;
        if (follower != nullptr && follower->last_caught_up.count >= 0)
            out.integer(reader().ms(follower->last_caught_up));
    }
};

constexpr Column<Replicas> kReplicas[] = {
    {{"topic", text_key}, [](const Replicas& row, Out out) { out.text(row.topic()); }},
    {{"partition", integer_key}, [](const Replicas& row, Out out) { out.integer(row.partition().id.partition); }},
    {{"broker", integer_key}, [](const Replicas& row, Out out) { out.integer(row.item().broker.value); }},
    {{"role", text}, [](const Replicas& row, Out out) { out.text(role_name(row.partition().role)); }},
    {{"in_sync", integer}, [](const Replicas& row, Out out) { out.boolean(row.in_sync()); }},
    {{"log_start_offset", integer},
     [](const Replicas& row, Out out) { out.natural(row.partition().log.log_start.value); }},
    {{"high_watermark", integer},
     [](const Replicas& row, Out out) { out.natural(row.partition().high_watermark.value); }},
    {{"log_end_offset", integer},
     [](const Replicas& row, Out out) { out.natural(row.partition().log_end_offset().value); }},
    {{"last_caught_up", integer}, [](const Replicas& row, Out out) { row.last_caught_up(out); }},
};

// ---- leader_epochs and segments -----------------------------------------------------------------

/// Walks the parts of each replica's log, of which `count_of` says how many there are.
template <class CountOf>
class ReplicaParts : public ReplicaRows {
public:
    using ReplicaRows::ReplicaRows;
    bool next() {
        while (++part_ >= count_) {
            if (!ReplicaRows::next()) return false;
            count_ = CountOf{}(partition().log);
            part_ = kBeforeFirst;
        }
        return true;
    }
    [[nodiscard]] sim::u64 id() const { return id_of(ReplicaRows::id(), static_cast<sim::u64>(part_)); }
    [[nodiscard]] std::size_t part() const { return part_; }

private:
    static constexpr std::size_t kBeforeFirst = ~std::size_t{0};
    std::size_t part_ = kBeforeFirst;
    std::size_t count_ = 0;
};

struct EpochCount {
    std::size_t operator()(const engine::log::Log& log) const { return log.epochs.entries.size(); }
};
struct SegmentCount {
    std::size_t operator()(const engine::log::Log& log) const { return log.segments.size(); }
};

class LeaderEpochs : public ReplicaParts<EpochCount> {
public:
    using ReplicaParts::ReplicaParts;
    [[nodiscard]] const engine::log::EpochEntry& entry() const { return partition().log.epochs.entries[part()]; }
};

constexpr Column<LeaderEpochs> kLeaderEpochs[] = {
    {{"topic", text_key}, [](const LeaderEpochs& row, Out out) { out.text(row.topic()); }},
    {{"partition", integer_key}, [](const LeaderEpochs& row, Out out) { out.integer(row.partition().id.partition); }},
    {{"broker", integer_key}, [](const LeaderEpochs& row, Out out) { out.integer(row.item().broker.value); }},
    {{"epoch", integer}, [](const LeaderEpochs& row, Out out) { out.integer(row.entry().epoch.value); }},
    {{"start_offset", integer}, [](const LeaderEpochs& row, Out out) { out.integer(row.entry().start.value); }},
};

class Segments : public ReplicaParts<SegmentCount> {
public:
    using ReplicaParts::ReplicaParts;
    [[nodiscard]] const engine::log::Segment& segment() const { return partition().log.segments[part()]; }
    [[nodiscard]] bool is_active() const { return part() + 1 == partition().log.segments.size(); }
    [[nodiscard]] Offset next_offset() const {
        return is_active() ? partition().log_end_offset() : partition().log.segments[part() + 1].base;
    }
    /// Whether a power cut would take something of it away.
    [[nodiscard]] std::string_view state() const {
        if (next_offset() <= partition().log.log_start && !is_active()) return "deletable";
        return next_offset() <= partition().log.recovery_point ? "flushed" : "dirty";
    }
};

constexpr Column<Segments> kSegments[] = {
    {{"topic", text_key}, [](const Segments& row, Out out) { out.text(row.topic()); }},
    {{"partition", integer_key}, [](const Segments& row, Out out) { out.integer(row.partition().id.partition); }},
    {{"broker", integer_key}, [](const Segments& row, Out out) { out.integer(row.item().broker.value); }},
    {{"base_offset", integer}, [](const Segments& row, Out out) { out.integer(row.segment().base.value); }},
    {{"next_offset", integer}, [](const Segments& row, Out out) { out.integer(row.next_offset().value); }},
    {{"bytes", integer}, [](const Segments& row, Out out) { out.integer(static_cast<sim::i64>(row.segment().bytes)); }},
    {{"is_active", integer}, [](const Segments& row, Out out) { out.boolean(row.is_active()); }},
    {{"max_timestamp", integer}, [](const Segments& row, Out out) { out.natural(row.segment().max_timestamp); }},
    {{"state", text}, [](const Segments& row, Out out) { out.text(row.state()); }},
};

}  // namespace

std::vector<TableSpec> partition_tables() {
    constexpr sim::u64 kWhoLeads = touch::kPartitions | touch::kNodes;
    return {
        make_table<Partitions, kPartitions>("partitions", kWhoLeads | touch::kReplicas),
        make_table<Replicas, kReplicas>("replicas", kWhoLeads | touch::kReplicas),
        make_table<LeaderEpochs, kLeaderEpochs>("leader_epochs", touch::kLeaderEpochs | touch::kNodes),
        make_table<Segments, kSegments>("segments", touch::kSegments | touch::kNodes),
    };
}

}  // namespace app::lab
