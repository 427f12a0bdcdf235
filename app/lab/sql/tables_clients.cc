// Producers as their own memory tells: what they wait for, and what went wrong.
#include "app/lab/sql/cluster.h"
#include "app/lab/sql/tables.h"
#include "engine/client/producer_node.h"
#include "engine/model/touch.h"

namespace app::lab {
namespace {

using engine::client::Producer;
using engine::client::ProducerApp;
using engine::client::ProducerNode;
using sim::NodeId;
using sim::u16;
using enum ColumnKind;
namespace touch = engine::touch;

class Producers {
public:
    Producers(const Reader& reader, const Keys& keys) : reader_(reader), name_(wanted_node(reader, keys, "name")) {}
    bool next() {
        while (next_ < reader_.node_count()) {
            const NodeId node{next_++};
            if (reader_.world().card(node).kind == engine::NodeKind::producer && name_.admits(node)) return true;
        }
        return false;
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] NodeId node() const { return {static_cast<u16>(next_ - 1)}; }
    [[nodiscard]] sim::u64 id() const { return node().value; }
    [[nodiscard]] const ProducerApp& app() const {
        return reader_.world().nodes[node().value].as<ProducerNode>().state;
    }
    [[nodiscard]] const Producer& producer() const { return app().memory.producer; }

private:
    const Reader& reader_;
    WantedNode name_;
    u16 next_ = 0;
};

/// As it is written in a configuration: `all` is -1 on the wire.
void acks(const Producers& row, Out out) {
    const sim::i16 acks = row.producer().config.acks;
    if (acks < 0) out.text("all");
    else out.text(acks == 0 ? "0" : "1");
}

constexpr Column<Producers> kProducers[] = {
    {{"name", text_key}, [](const Producers& row, Out out) { out.text(row.reader().node_name(row.node())); }},
    {{"producer_id", integer}, [](const Producers& row, Out out) { out.natural(row.producer().producer_id); }},
    {{"producer_epoch", integer},
     [](const Producers& row, Out out) {
         if (row.producer().producer_id >= 0) out.integer(row.producer().producer_epoch);
     }},
    {{"acks", text}, acks},
    {{"in_flight", integer}, [](const Producers& row, Out out) { out.integer(batches_in_flight(row.producer())); }},
    {{"buffered_bytes", integer},
     [](const Producers& row, Out out) { out.integer(row.producer().accumulator.used_bytes); }},
    {{"blocked_ms", integer},
     [](const Producers& row, Out out) { out.integer(blocked_ms(row.app(), row.reader().world().kernel().now)); }},
    {{"retries", integer},
     [](const Producers& row, Out out) { out.integer(static_cast<sim::i64>(row.producer().retries)); }},
    {{"last_error", text}, [](const Producers& row, Out out) { out.text_if_any(last_error(row.app())); }},
};

}  // namespace

std::vector<TableSpec> client_tables() {
    return {make_table<Producers, kProducers>("producers", touch::kProducers | touch::kNodes)};
}

}  // namespace app::lab
