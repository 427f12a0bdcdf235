// The application's own bookkeeping: ledger, one row for each send() and what became of it; deliveries, one row for
// each record that a consumer's application was handed.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/lab/sql/copies.h"
#include "app/lab/sql/log_walk.h"
#include "app/lab/sql/payload_text.h"
#include "app/lab/sql/tables.h"
#include "engine/client/producer_node.h"
#include "engine/model/touch.h"

namespace app::lab {
namespace {

using engine::DeliveryRow;
using engine::MessageId;
using engine::SendOutcomeRow;
using engine::SendRow;
using sim::u64;
using enum ColumnKind;
namespace touch = engine::touch;

/// `shop-17`: the producer's name and the number of its send.
std::string message_name(const Reader& reader, MessageId message) {
    return fmt::format("{}-{}", reader.node_name(message.producer), message.ordinal);
}

void payload(Out out, const engine::NullableText& text) {
    if (!text.is_null) out.text(payload_text(std::string_view(text.text)));
}

/// The row that a link leads to, if it lies before the cursor.
template <class Row>
const Row* linked(const Reader& reader, const sim::PersistentVec<sim::u32>& links, u64 place,
                  const sim::PersistentVec<Row>& rows) {
    if (place >= links.size() || links[place] == engine::kNoRow) return nullptr;
    const Row& row = rows[links[place]];
    return row.event_index < reader.cursor() ? &row : nullptr;
}

// ---- ledger -------------------------------------------------------------------------------------

/// A send's place in the logs.
struct Home {
    sim::i32 partition = -1;  // -1: it is in no log, and its producer has not chosen a partition
    Replica log;
    CopyList copies;
};

class Ledger {
public:
  Ledger(const Reader& reader, const Keys& keys)
      : reader_(reader),
        cluster_(reader),
        producer_(wanted_node(reader, keys, "producer")),
        topic_(wanted_topic(reader, keys)),
        end_(reader.rows_now(reader.history().sends)) {}

  bool next() {
      while (++row_ < end_) {
          home_.reset();
          outcome_ = linked(reader_, reader_.history().outcome_of, row_, reader_.history().outcomes);
          if (producer_.admits(send().message.producer) && topic_.admits(send().target.topic)) return true;
          reader_.spend();
      }
      return false;
    }

    [[nodiscard]] u64 id() const { return row_; }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] const SendRow& send() const { return reader_.history().sends[row_]; }
    /// Nothing as long as the callback has not run.
    [[nodiscard]] const SendOutcomeRow* outcome() const { return outcome_; }
    [[nodiscard]] bool acked() const {
        return outcome_ != nullptr && !engine::failed(outcome_->error) && outcome_->exception.empty();
    }
    [[nodiscard]] std::string_view outcome_name() const {
        if (outcome_ == nullptr) return "pending";
        if (!acked()) return "failed";
        return outcome_->offset == engine::kNoOffset ? "none" : "acked";  // acks=0: nobody says what became of it
    }
    [[nodiscard]] const Home& home() const {
        if (!home_) home_ = find_home();
        return *home_;
    }
    [[nodiscard]] bool visible() const {
        const Replica& log = home().log;
        return std::ranges::any_of(home().copies, [&](const Copy& copy) {
            if (copy.offset >= log.partition->high_watermark) return false;
            return copy.transactional_producer < 0 ||
                   !is_aborted(reader_, log, copy.transactional_producer, copy.offset);
        });
    }

private:
    [[nodiscard]] Home find_home() const {
        const sim::i32 chosen = send().target.partition;
        for (const Replica& log : logs_of(send().target.topic)) {
            if (chosen >= 0 && log.partition->id.partition != chosen) continue;
            CopyList copies = reader_.copies().find(reader_, log, send().message);
            if (!copies.empty()) return {log.partition->id.partition, log, std::move(copies)};
        }
        return {chosen >= 0 ? chosen : waiting_in(), {}, {}};
    }
    /// The logs that count for a topic; sends come in runs of one topic.
    [[nodiscard]] const std::vector<Replica>& logs_of(sim::NameId topic) const {
        if (std::exchange(logs_topic_, topic) == topic) return logs_;
        logs_.clear();
        Keys keys;
        keys.add({"topic", true, 0, reader_.text(topic)});
        for (const engine::TopicPartition id : cluster_.partitions(keys))
            if (const Replica log = cluster_.leading_replica(id)) logs_.push_back(log);
        return logs_;
    }
    /// The partition for which the producer keeps it, before or after it was sent; -1 if it does not.
    [[nodiscard]] sim::i32 waiting_in() const {
        if (outcome_ != nullptr || reader_.world().card(send().message.producer).kind != engine::NodeKind::producer)
            return -1;
        const auto& node = reader_.world().nodes[send().message.producer.value].as<engine::client::ProducerNode>();
        const auto holds_it = [&](const engine::client::ProducerBatchState& batch) {
            return std::ranges::find(batch.ordinals, send().message.ordinal) != batch.ordinals.end();
        };
        for (const auto& [id, queue] : node.state.memory.producer.accumulator.queues)
            if (std::ranges::any_of(queue.batches, holds_it) || std::ranges::any_of(queue.in_flight, holds_it))
                return id.partition;
        return -1;
    }

    const Reader& reader_;
    Cluster cluster_;
    WantedNode producer_;
    WantedTopic topic_;
    u64 end_;
    u64 row_ = ~u64{0};
    const SendOutcomeRow* outcome_ = nullptr;
    mutable std::optional<Home> home_;
    mutable sim::NameId logs_topic_ = sim::kNoName;
    mutable std::vector<Replica> logs_;
};

void error_of(const Ledger& row, Out out) {
    if (row.outcome() == nullptr || row.acked()) return;
    out.text(row.outcome()->exception.empty() ? name_of(row.outcome()->error)
                                              : std::string_view(row.outcome()->exception));
}

constexpr Column<Ledger> kLedger[] = {
    {{"message", text}, [](const Ledger& row, Out out) { out.text(message_name(row.reader(), row.send().message)); }},
    {{"producer", text_key},
     [](const Ledger& row, Out out) { out.text(row.reader().node_name(row.send().message.producer)); }},
    {{"topic", text_key}, [](const Ledger& row, Out out) { out.text(row.reader().text(row.send().target.topic)); }},
    {{"partition", integer}, [](const Ledger& row, Out out) { out.natural(row.home().partition); }},
    {{"key", text}, [](const Ledger& row, Out out) { payload(out, row.send().key); }},
    {{"value", text}, [](const Ledger& row, Out out) { payload(out, row.send().value); }},
    {{"sent_at", integer}, [](const Ledger& row, Out out) { out.integer(row.send().sent_at_ms); }},
    {{"outcome", text}, [](const Ledger& row, Out out) { out.text(row.outcome_name()); }},
    {{"error", text}, error_of},
    {{"acked_offset", integer},
     [](const Ledger& row, Out out) {
         if (row.acked()) out.natural(row.outcome()->offset.value);
     }},
    {{"acked_at", integer},
     [](const Ledger& row, Out out) {
         if (row.acked()) out.integer(row.outcome()->at_ms);
     }},
    {{"copies_in_log", integer}, [](const Ledger& row, Out out) { out.integer(row.home().copies.size()); }},
    {{"visible", integer}, [](const Ledger& row, Out out) { out.boolean(row.visible()); }},
};

// ---- deliveries ---------------------------------------------------------------------------------

class Deliveries {
public:
  Deliveries(const Reader& reader, const Keys& keys)
      : reader_(reader),
        consumer_(wanted_node(reader, keys, "consumer")),
        group_(wanted_topic(reader, keys, "group_id")),
        topic_(wanted_topic(reader, keys)),
        partition_(keys.number("partition")),
        end_(reader.rows_now(reader.history().deliveries)) {}

  bool next() {
      while (++row_ < end_) {
          const DeliveryRow& delivery = this->delivery();
          const bool wanted = consumer_.admits(delivery.consumer) && group_.admits(delivery.group) &&
                              topic_.admits(delivery.source.topic) &&
                              (!partition_ || *partition_ == delivery.source.partition);
          if (wanted) return true;
          reader_.spend();
      }
      return false;
    }
    [[nodiscard]] u64 id() const { return row_; }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] const DeliveryRow& delivery() const { return reader_.history().deliveries[row_]; }
    [[nodiscard]] const engine::ProcessedRow* processed() const {
        return linked(reader_, reader_.history().processed_of, row_, reader_.history().processed);
    }

private:
    const Reader& reader_;
    WantedNode consumer_;
    WantedTopic group_;
    WantedTopic topic_;
    std::optional<sim::i64> partition_;
    u64 end_;
    u64 row_ = ~u64{0};
};

void delivered_message(const Deliveries& row, Out out) {
    const MessageId message = row.delivery().message;
    if (message.producer != sim::kNoNode) out.text(message_name(row.reader(), message));
}

constexpr Column<Deliveries> kDeliveries[] = {
    {{"consumer", text_key},
     [](const Deliveries& row, Out out) { out.text(row.reader().node_name(row.delivery().consumer)); }},
    {{"group_id", text_key},
     [](const Deliveries& row, Out out) { out.text_if_any(row.reader().text(row.delivery().group)); }},
    {{"message", text}, delivered_message},
    {{"topic", text_key},
     [](const Deliveries& row, Out out) { out.text(row.reader().text(row.delivery().source.topic)); }},
    {{"partition", integer_key}, [](const Deliveries& row, Out out) { out.integer(row.delivery().source.partition); }},
    {{"offset", integer}, [](const Deliveries& row, Out out) { out.integer(row.delivery().offset.value); }},
    {{"value", text}, [](const Deliveries& row, Out out) { payload(out, row.delivery().value); }},
    {{"delivered_at", integer}, [](const Deliveries& row, Out out) { out.integer(row.delivery().delivered_at_ms); }},
    {{"processed_at", integer},
     [](const Deliveries& row, Out out) {
         if (row.processed() != nullptr) out.integer(row.processed()->at_ms);
     }},
};

}  // namespace

std::vector<TableSpec> ledger_tables() {
    return {
        make_table<Ledger, kLedger>(
            "ledger", touch::kLedger | touch::kRecords | touch::kPartitions | touch::kReplicas | touch::kNodes),
        make_table<Deliveries, kDeliveries>("deliveries", touch::kDeliveries),
    };
}

}  // namespace app::lab
