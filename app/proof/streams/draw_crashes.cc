#include <algorithm>
#include <array>

#include "app/proof/streams/crash_case.h"
#include "app/proof/sweep/draw.h"

namespace app::proof {
namespace {

using sim::Prng;
using sim::seconds;

constexpr i64 kLatest = 3;  // seconds that a record may come after its event

struct CrashDrawing {
    Prng prng;
    CrashCase& c;
    bool held_up = false;  ///< records may come much later than planned

    void at(Nanos when, std::string line) {
        c.deeds.push_back({std::min(when, kLastTrouble), std::move(line), false, 0});
    }
    Nanos moment() { return sim::millis(prng.between(2'000, 40'000)); }
    Nanos span() { return sim::millis(percent(prng, 50) ? prng.between(20, 1'500) : prng.between(1'500, 8'000)); }
};

using Strike = void (*)(CrashDrawing&);

void kill_at_phase(CrashDrawing& d) {
    constexpr std::array<const char*, 11> kPhases = {
        "before latestOffset",  "after latestOffset",   "before walCommit",   "after walCommit",
        "before queryPlanning", "after queryPlanning",  "before addBatch",    "during addBatch",
        "after addBatch",       "before commitOffsets", "after commitOffsets"};
    const std::string phase = one_of(d.prng, kPhases);
    d.at(d.moment(), "kill driver at " + phase);
}

void bounce(CrashDrawing& d, const std::string& node) {
    const Nanos when = d.moment();
    d.at(when, "kill " + node);
    d.at(when + d.span(), "restart " + node);
}

std::string executor(CrashDrawing& d) { return fmt::format("executor {}", d.prng.between(1, 2)); }

void kill_driver(CrashDrawing& d) { bounce(d, "driver"); }
void kill_executor(CrashDrawing& d) { bounce(d, executor(d)); }
void kill_files(CrashDrawing& d) { bounce(d, "dfs"); }
void kill_broker(CrashDrawing& d) { bounce(d, "broker 1"); }

void pause(CrashDrawing& d) {
    const std::string node = percent(d.prng, 40) ? "driver" : executor(d);
    const Nanos when = d.moment();
    d.at(when, "pause " + node);
    d.at(when + d.span(), "resume " + node);
}

void limp(CrashDrawing& d) {
    const std::string node = executor(d);
    const Nanos when = d.moment();
    d.at(when, fmt::format("limp {} {}", node, d.prng.between(5, 60)));
    d.at(when + d.span(), fmt::format("limp {} 1", node));
}

void trouble_files(CrashDrawing& d) {
    const Nanos when = d.moment();
    d.at(when, percent(d.prng, 50) ? "disk dfs full" : fmt::format("disk dfs slow {}", d.prng.between(5, 100)));
    d.at(when + d.span(), "disk dfs normal");
}

void isolate(CrashDrawing& d) {
    const Nanos when = d.moment();
    d.at(when, "partition isolate " + executor(d));
    d.at(when + d.span(), "heal");
}

void draw_deeds(CrashDrawing& d) {
    constexpr std::array<Strike, 10> kStrikes = {kill_at_phase, kill_at_phase, kill_at_phase, kill_driver,
                                                 kill_executor, kill_files,    trouble_files, pause,
                                                 limp,          isolate};
    const i64 kinds = d.prng.between(1, 3);
    for (i64 k = 0; k < kinds; ++k) {
        const Strike strike = d.held_up && k == 0 ? kill_broker : one_of(d.prng, kStrikes);
        const i64 times = d.prng.between(1, 3);
        for (i64 n = 0; n < times; ++n) strike(d);
    }
    std::ranges::stable_sort(d.c.deeds, {}, &Deed::at);
}

// ---- the world ----------------------------------------------------------------------------------

engine::RecordSpec record(const CrashCase& c, Nanos at, i64 event_ms, sim::i32 partition, std::string key, i64 value) {
    engine::RecordSpec r;
    r.at = at;
    r.timestamp_ms = c.spec.start_ms + event_ms;
    r.partition = partition;
    r.key = {std::move(key), false};
    r.value = {std::to_string(value), false};
    return r;
}

void draw_producer(CrashDrawing& d, u32 stream) {
    const std::string topic = stream == 0 ? "first" : "second";
    d.c.spec.topics.push_back({topic, static_cast<sim::i32>(d.prng.between(1, 3)), 1, {}, {}});
    engine::ProducerSpec producer;
    producer.name = "sender " + topic;
    producer.topic = topic;
    const i64 n = d.prng.between(20, 40), partitions = d.c.spec.topics.back().partitions;
    for (i64 i = 0; i < n; ++i) {
        const i64 sent = d.prng.between(1'000, 40'000);
        const i64 event = (sent - d.prng.between(0, kLatest * 1000)) / 500 * 500;
        const std::string key(1, static_cast<char>('a' + d.prng.below(4)));
        const auto partition = static_cast<sim::i32>(d.prng.below(static_cast<u64>(partitions)));
        producer.records.push_back(record(d.c, sim::millis(sent), event, partition, key, i));
    }
    const std::string closing = fmt::format("{}{}", kClosingMark, stream);
    for (const Nanos at : {kFirstClosing, kLastClosing})
        if (d.c.shape->timed) producer.records.push_back(record(d.c, at, 36'000'000 + at.to_millis(), 0, closing, 0));
    std::ranges::stable_sort(producer.records, {}, &engine::RecordSpec::at);
    d.c.spec.producers.push_back(std::move(producer));
}

/// The columns of a stream as the shapes call them.
std::string columns_of(const char* view) {
    return fmt::format(
        "(SELECT CAST(key AS STRING) AS k, CAST(CAST(value AS STRING) AS BIGINT) AS v, timestamp AS t FROM {})", view);
}

void draw_sources(CrashDrawing& d, engine::spark::QuerySpec& query) {
    const CrashShape& shape = *d.c.shape;
    if (std::string(shape.format) != "kafka") {
        query.sources.push_back({"source", shape.format, {}, "", ""});
        auto& options = query.sources.back().options;
        if (std::string(shape.format) == "rate") options = {{"rowsPerSecond", "3"}};
        if (std::string(shape.format) == "rate-micro-batch") options = {{"rowsPerBatch", "4"}};
        for (i64 i = 0; std::string(shape.format) == "memory" && i < 30; ++i)
            d.at(d.moment(), fmt::format("type {} line-{}", query.name, i));
        return;
    }
    for (u32 s = 0; s < shape.streams; ++s) {
        draw_producer(d, s);
        engine::spark::SourceSpec source;
        source.name = s == 0 ? "source" : "other";
        source.format = "kafka";
        source.options = {{"subscribe", d.c.spec.topics.back().name}, {"startingOffsets", "earliest"}};
        if (percent(d.prng, 30)) source.options.emplace_back("maxOffsetsPerTrigger", number(d.prng, 4, 12));
        if (percent(d.prng, 20)) source.options.emplace_back("minPartitions", number(d.prng, 2, 5));
        if (shape.timed) {
            source.watermark_column = "timestamp";
            source.watermark_delay = d.held_up ? "120 seconds" : fmt::format("{} seconds", kLatest + 2);
        }
        query.sources.push_back(std::move(source));
    }
}

void draw_query(CrashDrawing& d) {
    engine::spark::QuerySpec query;
    query.name = "q";
    draw_sources(d, query);
    query.sql = fmt::format("WITH a AS {}{} {}", columns_of("source"),
                            d.c.shape->streams > 1 ? ", b AS " + columns_of("other") : "", d.c.shape->sql);
    if (std::string(d.c.shape->format) != "kafka") query.sql = d.c.shape->sql;
    query.output_mode = engine::spark::mode_name(d.c.shape->mode);
    query.output_mode[0] = static_cast<char>(query.output_mode[0] - 'A' + 'a');
    query.trigger = fmt::format("processingTime {} seconds", d.prng.between(1, 4));
    query.sink = d.c.shape->sink;
    query.sink_options = d.c.shape->sink_options;
    d.c.spec.spark.queries.push_back(std::move(query));
}

void draw_cluster(CrashDrawing& d) {
    engine::WorldSpec& spec = d.c.spec;
    spec.seed = d.c.seed;
    spec.brokers.emplace_back().id = engine::BrokerId{1};
    spec.cluster_config["auto.leader.rebalance.enable"] = "false";
    spec.cluster_config["group.initial.rebalance.delay.ms"] = "0";
    spec.cluster_config["offsets.topic.num.partitions"] = "4";
    spec.cluster_config["offsets.topic.replication.factor"] = "1";
    spec.cluster_config["transaction.state.log.min.isr"] = "1";
    spec.cluster_config["transaction.state.log.replication.factor"] = "1";
    // As a lesson says it, so that a case can be kept as a session: a twentieth of jitter, a link to ZooKeeper.
    spec.link.jitter = spec.link.latency / 20;
    sim::LinkProfile zookeeper;
    zookeeper.latency = sim::millis(1);
    zookeeper.jitter = zookeeper.latency / 20;
    spec.links.push_back({"all", "zookeeper", zookeeper});
    if (std::string(d.c.shape->sink) == "kafka") spec.topics.push_back({"out", 1, 1, {}, {}});
    spec.spark.executors = 2;
    spec.spark.cores = static_cast<sim::i32>(d.prng.between(1, 2));
    spec.spark.conf = {{"spark.sql.shuffle.partitions", number(d.prng, 1, 3)}};
    if (percent(d.prng, 30)) spec.spark.batch_cost = sim::millis(d.prng.between(200, 1500));
    spec.spark.tables = {
        {"kinds", {"id STRING", "name STRING"}, {{"'a'", "'ant'"}, {"'b'", "'bee'"}, {"'c'", "'ant'"}}}};
}

}  // namespace

CrashCase draw_crash_case(u64 seed) {
    CrashCase c;
    c.seed = seed;
    c.shape = &crash_shapes()[seed % crash_shapes().size()];
    CrashDrawing d{Prng::forked(seed, "crash case"), c, false};
    d.held_up = percent(d.prng, 15) && std::string(c.shape->format) == "kafka";
    draw_cluster(d);
    draw_query(d);
    draw_deeds(d);
    return c;
}

}  // namespace app::proof
