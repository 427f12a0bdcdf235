#include "tests/engine/stream/stream_stage.h"

#include <array>

namespace tests {
namespace {

struct Word {
    sim::i64 sent_minute, event_minute;
    const char* word;
};

constexpr std::array kWords = {Word{7, 7, "dog"},   Word{8, 8, "owl"},   Word{14, 14, "dog"},   Word{16, 9, "cat"},
                               Word{17, 15, "cat"}, Word{22, 21, "owl"}, Word{31, 4, "donkey"}, Word{32, 17, "owl"}};

}  // namespace

engine::WorldSpec word_spec(sim::u64 seed) {
    engine::WorldSpec spec;
    spec.seed = seed;
    spec.brokers.emplace_back().id = engine::BrokerId{1};
    spec.cluster_config["offsets.topic.replication.factor"] = "1";
    spec.topics.push_back({"words", 2, 1, {}, {}});
    engine::ProducerSpec street;
    street.name = "street";
    street.topic = "words";
    for (const Word& w : kWords) {
        engine::RecordSpec record;
        record.at = sim::seconds(w.sent_minute * 60);
        record.timestamp_ms = spec.start_ms + w.event_minute * 60'000;
        record.partition = static_cast<sim::i32>(w.event_minute % 2);
        record.value = {w.word, false};
        street.records.push_back(std::move(record));
    }
    spec.producers.push_back(std::move(street));
    spec.spark.conf = {{"spark.sql.shuffle.partitions", "2"}};
    engine::spark::QuerySpec query;
    query.name = "counts";
    query.sources = {
        {"", "kafka", {{"subscribe", "words"}, {"startingOffsets", "earliest"}}, "timestamp", "10 minutes"}};
    query.sql =
        "SELECT window(timestamp, '10 minutes') AS window, CAST(value AS STRING) AS word, count(*) AS count FROM "
        "source "
        "GROUP BY window(timestamp, '10 minutes'), CAST(value AS STRING)";
    query.trigger = "processingTime 5 minutes";
    query.sink = "console";
    spec.spark.queries.push_back(std::move(query));
    return spec;
}

const engine::spark::StreamLedger& ledger(const Stage& stage) {
    return stage.world.nodes[stage.world.find_node("driver").value]
        .as<engine::spark::DriverNode>()
        .state.progress.ledger;
}

std::vector<std::string> sink_rows(const Stage& stage) {
    std::vector<std::string> out;
    for (sim::u64 i = 0; i < ledger(stage).sink_rows.size(); ++i) out.push_back(ledger(stage).sink_rows[i].row);
    return out;
}

const engine::BatchRow* batch(const Stage& stage, sim::i64 id) {
    const engine::BatchRow* found = nullptr;
    for (sim::u64 i = 0; i < ledger(stage).batches.size(); ++i)
        if (ledger(stage).batches[i].batch_id == id) found = &ledger(stage).batches[i];
    return found;
}

sim::i64 committed(const Stage& stage) {
    sim::i64 n = 0;
    while (batch(stage, n) != nullptr && batch(stage, n)->committed) ++n;
    return n;
}

}  // namespace tests
