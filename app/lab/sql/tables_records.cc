// records: one row for each record of each replica, from the bytes of its log. A batch is decoded when the walk
// comes to it; keys choose replicas, and an offset chooses the batch.
#include <fmt/format.h>

#include <optional>

#include "app/lab/sql/log_walk.h"
#include "app/lab/sql/payload_text.h"
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"

namespace app::lab {
namespace {

using engine::Offset;
using sim::i64;
using enum ColumnKind;
namespace wire = engine::wire;
namespace touch = engine::touch;

class Records {
public:
  Records(const Reader& reader, const Keys& keys)
      : reader_(reader), cluster_(reader), replicas_(cluster_.replicas(keys)), wanted_offset_(keys.number("offset")) {}

  bool next() {
      for (;;) {
          if (records_ && records_->next(record_)) {
              ++position_;
              if (is_wanted()) return true;
              reader_.spend();
          } else if (!next_batch()) {
              return false;
          }
      }
    }

    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] const Replica& replica() const { return replicas_[replica_ - 1]; }
    [[nodiscard]] const engine::TopicPartition& partition() const { return replica().partition->id; }
    [[nodiscard]] sim::u64 id() const {
        return id_of(replica().node, partition().topic, partition().partition, offset());
    }
    [[nodiscard]] const wire::BatchHeader& batch() const { return walk_->header(); }
    [[nodiscard]] const wire::RecordView& record() const { return record_; }
    [[nodiscard]] Offset offset() const { return Offset{batch().base_offset + record_.offset_delta}; }
    [[nodiscard]] int position() const { return position_; }
    [[nodiscard]] i64 timestamp() const {
        return batch().log_append_time() ? batch().max_timestamp : batch().base_timestamp + record_.timestamp_delta;
    }
    /// Sequences wrap from 2147483647 to 0.
    [[nodiscard]] i64 sequence() const {
        return batch().base_sequence < 0 ? -1 : (i64{batch().base_sequence} + record_.offset_delta) & INT32_MAX;
    }
    [[nodiscard]] bool aborted() const {
        return batch().is_transactional() && !batch().is_control() &&
               is_aborted(reader_, replica(), batch().producer_id, offset());
    }

private:
    [[nodiscard]] bool is_wanted() const {
        return offset() >= replica().partition->log.log_start && (!wanted_offset_ || offset().value == *wanted_offset_);
    }
    bool next_batch() {
        records_.reset();
        while (!walk_ || !walk_->next() || is_past()) {
            if (replica_ == replicas_.size()) return false;
            const Offset start = replicas_[replica_].partition->log.log_start;
            ++replica_;
            walk_.emplace(reader_, replica(), engine::max(start, Offset{wanted_offset_.value_or(0)}));
        }
        records_.emplace(walk_->batch().bytes());
        position_ = -1;
        return true;
    }
    [[nodiscard]] bool is_past() const { return wanted_offset_ && batch().base_offset > *wanted_offset_; }

    const Reader& reader_;
    Cluster cluster_;
    std::vector<Replica> replicas_;
    std::optional<i64> wanted_offset_;
    std::size_t replica_ = 0;  // of the one after the present one
    std::optional<BatchWalk> walk_;
    std::optional<wire::RecordReader> records_;
    wire::RecordView record_;
    int position_ = -1;
};

void control_type(const Records& row, Out out) {
    if (!row.batch().is_control()) return;
    switch (wire::control_type(row.record())) {
        case wire::ControlType::abort: return out.text("abort");
        case wire::ControlType::commit: return out.text("commit");
        case wire::ControlType::leader_change: return out.text("leader_change");
        case wire::ControlType::unknown: return out.text("unknown");
    }
}

constexpr Column<Records> kRecords[] = {
    {{"topic", text_key}, [](const Records& row, Out out) { out.text(row.reader().text(row.partition().topic)); }},
    {{"partition", integer_key}, [](const Records& row, Out out) { out.integer(row.partition().partition); }},
    {{"broker", integer_key}, [](const Records& row, Out out) { out.integer(row.replica().broker.value); }},
    {{"offset", integer_key}, [](const Records& row, Out out) { out.integer(row.offset().value); }},
    {{"key", text},
     [](const Records& row, Out out) {
         if (!row.record().key_is_null) out.text(payload_text(row.record().key));
     }},
    {{"value", text},
     [](const Records& row, Out out) {
         if (!row.record().value_is_null) out.text(payload_text(row.record().value));
     }},
    {{"timestamp", integer}, [](const Records& row, Out out) { out.natural(row.timestamp()); }},
    {{"leader_epoch", integer}, [](const Records& row, Out out) { out.natural(row.batch().partition_leader_epoch); }},
    {{"producer_id", integer}, [](const Records& row, Out out) { out.natural(row.batch().producer_id); }},
    {{"producer_epoch", integer}, [](const Records& row, Out out) { out.natural(row.batch().producer_epoch); }},
    {{"sequence", integer}, [](const Records& row, Out out) { out.natural(row.sequence()); }},
    {{"is_control", integer}, [](const Records& row, Out out) { out.boolean(row.batch().is_control()); }},
    {{"control_type", text}, control_type},
    {{"is_transactional", integer}, [](const Records& row, Out out) { out.boolean(row.batch().is_transactional()); }},
    {{"is_aborted", integer}, [](const Records& row, Out out) { out.boolean(row.aborted()); }},
    {{"bytes", integer}, [](const Records& row, Out out) { out.integer(row.record().size); }},
    {{"batch_position", integer}, [](const Records& row, Out out) { out.integer(row.position()); }},
};

}  // namespace

std::vector<TableSpec> record_tables() {
    return {make_table<Records, kRecords>("records", touch::kRecords | touch::kNodes)};
}

}  // namespace app::lab
