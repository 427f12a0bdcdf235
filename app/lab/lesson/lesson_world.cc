#include "app/lab/lesson/lesson_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/names.h"
#include "app/lab/lesson/times.h"
#include "engine/stream/program_query.h"
#include "engine/verb.h"

namespace app::lab {
namespace {

using engine::BrokerId;
using sim::i64;
using sim::Nanos;

constexpr i64 kPreferredController = 3;
constexpr std::size_t kFullCluster = 3;         // brokers; below, internal topics have one replica
constexpr Nanos kDefaultTimeout = sim::seconds(60);

BrokerId broker_id(i64 id) { return BrokerId{static_cast<sim::i32>(id)}; }

// ---- cluster ------------------------------------------------------------------------------------

void set_default(engine::ConfigMap& config, const std::string& name, std::string value) {
    if (!config.contains(name)) config[name] = std::move(value);
}

engine::ConfigMap cluster_config(const Lesson& lesson) {
    engine::ConfigMap config = config_map(lesson.cluster.config);
    const bool small = broker_ids(lesson).size() < kFullCluster;
    set_default(config, "auto.leader.rebalance.enable", "false");
    set_default(config, "offsets.topic.num.partitions", "4");
    set_default(config, "group.initial.rebalance.delay.ms", "0");
    if (!small) return config;
    set_default(config, "offsets.topic.replication.factor", "1");
    set_default(config, "transaction.state.log.replication.factor", "1");
    set_default(config, "transaction.state.log.min.isr", "1");
    return config;
}

void add_brokers(const Lesson& lesson, engine::WorldSpec& spec) {
    for (const i64 id : broker_ids(lesson)) spec.brokers.emplace_back().id = broker_id(id);
    for (const OneBroker& one : lesson.cluster.one) {
        const auto broker = std::ranges::find(spec.brokers, broker_id(one.id), &engine::BrokerSpec::id);
        MR_ASSERT(broker != spec.brokers.end());
        broker->config = config_map(one.config);
        if (const std::string* rack = broker->config.find("broker.rack")) broker->rack = *rack;
    }
}

BrokerId controller_of(const Lesson& lesson) {
    const auto& asked = lesson.cluster.controller;
    if (asked.given()) return asked.value.race ? engine::kNoBroker : broker_id(asked.value.broker);
    const auto ids = broker_ids(lesson);
    const bool there = std::ranges::find(ids, kPreferredController) != ids.end();
    return there ? broker_id(kPreferredController) : engine::kNoBroker;
}

// ---- network ------------------------------------------------------------------------------------

sim::LinkProfile link_of(Nanos latency) {
    sim::LinkProfile link;
    link.latency = latency;
    link.jitter = latency / kJitterShare;
    return link;
}

sim::LinkProfile profile_of(const LinkBlock& block, Nanos otherwise) {
    sim::LinkProfile link = link_of(block.latency.given() ? block.latency.value : otherwise);
    link.bandwidth = static_cast<sim::u64>(block.bandwidth.value);
    link.loss_per_million = block.loss.value.per_million;
    return link;
}

/// Later rules win: first ZooKeeper's default, then the file's.
void add_links(const Lesson& lesson, engine::WorldSpec& spec) {
    spec.link = link_of(lesson.network.latency.given() ? lesson.network.latency.value : kDefaultLatency);
    spec.links.push_back({"all", "zookeeper", link_of(kZookeeperLatency)});
    for (const LinkBlock& block : lesson.network.links) {
        MR_ASSERT(block.between.size() == 2);
        const bool zookeeper = block.between[0].value == "zookeeper" || block.between[1].value == "zookeeper";
        spec.links.push_back({block.between[0].value, block.between[1].value,
            profile_of(block, zookeeper ? kZookeeperLatency : spec.link.latency)});
    }
}

void add_topics(const Lesson& lesson, engine::WorldSpec& spec) {
    for (const TopicBlock& block : lesson.topics) {
        engine::TopicSpec topic;
        topic.name = block.name.value;
        topic.partitions = static_cast<sim::i32>(partitions_of(block));
        topic.replication_factor = static_cast<sim::i16>(replicas_of(block));
        topic.config = config_map(block.config);
        for (const auto& replicas : block.assignment.value) {
            auto& ids = topic.assignment.emplace_back();
            for (const Number& id : replicas) ids.push_back(broker_id(id.value));
        }
        spec.topics.push_back(std::move(topic));
    }
}

// ---- clients ------------------------------------------------------------------------------------

engine::NullableText nullable(const Text& text) {
    engine::NullableText nullable;
    nullable.is_null = !text.given();
    nullable.text = text.value;
    return nullable;
}

engine::RecordSpec record_of(const RecordBlock& block) {
    engine::RecordSpec record;
    record.at = block.at.value.since_start;
    record.timestamp_ms = block.timestamp.given() ? block.timestamp.value.epoch_ms : -1;
    record.partition = block.partition.given() ? static_cast<sim::i32>(block.partition.value) : -1;
    record.key = nullable(block.key);
    record.value = nullable(block.value);
    for (const Setting& header : block.headers)
        record.headers.emplace_back(header.name, engine::NullableText{header.value, false});
    return record;
}

engine::ProducerSpec producer_of(const ProducerBlock& block) {
    engine::ProducerSpec producer;
    producer.name = block.name.value;
    producer.topic = block.topic.value;
    producer.config = config_map(block.config);
    if (block.client.value == ClientLibrary::librdkafka)
        set_default(producer.config, "partitioner.class", "consistent_random");
    producer.manual = block.start.value == StartStyle::manual;
    producer.every = block.records.every.value;
    producer.count = static_cast<sim::u32>(block.records.count.value);
    producer.pattern.key = nullable(block.records.key);
    producer.pattern.value = nullable(block.records.value);
    for (const RecordBlock& record : block.records.list) producer.records.push_back(record_of(record));
    std::ranges::stable_sort(producer.records, {}, &engine::RecordSpec::at);
    return producer;
}

engine::CommitStyle commit_of(CommitWhen when) {
    switch (when) {
        case CommitWhen::automatic: return engine::CommitStyle::automatic;
        case CommitWhen::before: return engine::CommitStyle::before_work;
        case CommitWhen::after: return engine::CommitStyle::after_work;
        case CommitWhen::none: return engine::CommitStyle::none;
    }
    return engine::CommitStyle::automatic;
}

engine::ConsumerSpec consumer_of(const ConsumerBlock& block) {
    engine::ConsumerSpec consumer;
    consumer.name = block.name.value;
    for (const Text& topic : block.topics) consumer.topics.push_back(topic.value);
    for (const Text& name : block.assign) {
        const auto partition = split_partition(name.value);
        MR_ASSERT(partition.has_value());
        consumer.assign.emplace_back(partition->first, static_cast<sim::i32>(partition->second));
    }
    consumer.group = block.group.value;
    consumer.config = config_map(block.config);
    consumer.work = block.work.value;
    consumer.commit = commit_of(block.commit.value);
    consumer.manual = block.start.value == StartStyle::manual;
    return consumer;
}

// ---- streams ------------------------------------------------------------------------------------

engine::spark::NamedTexts texts_of(const Settings& settings) {
    engine::spark::NamedTexts out;
    for (const Setting& setting : settings) out.emplace_back(setting.name, setting.value);
    return out;
}

engine::spark::SourceSpec source_of(const Connector& block, const WatermarkBlock& watermark) {
    engine::spark::SourceSpec source;
    source.name = block.name.value;
    source.format = block.format.value;
    source.options = texts_of(block.options);
    source.watermark_column = watermark.column.value;
    source.watermark_delay = watermark.delay.value;
    return source;
}

engine::spark::QuerySpec query_of(const engine::spark::SparkSpec& cluster, const QueryBlock& block) {
    engine::spark::QuerySpec query;
    query.name = block.name.value;
    query.conf = texts_of(block.conf);
    query.program = block.program.value;
    // What the lesson says of the query goes before what its program says.
    if (!query.program.empty()) take_program_words(cluster, query);
    for (const Connector& source : block.sources)
        query.sources.push_back(
            source_of(source, source.watermark.column.given() ? source.watermark : block.watermark));
    query.sql = block.sql.value;
    if (block.output_mode.given()) query.output_mode = block.output_mode.value;
    if (block.trigger.given()) query.trigger = block.trigger.value;
    if (block.checkpoint.given()) query.checkpoint = block.checkpoint.value;
    if (block.sink.format.given()) query.sink = block.sink.format.value;
    if (block.sink.format.given()) query.sink_options = texts_of(block.sink.options);
    query.manual = block.start.value == StartStyle::manual;
    return query;
}

/// Values as SQL texts, which the columns' types are cast from; one that a row leaves out is NULL.
engine::spark::StaticTable table_of(const TableBlock& block) {
    engine::spark::StaticTable table;
    table.name = block.name.value;
    for (const Text& column : block.columns) table.columns.push_back(column.value);
    for (const Settings& row : block.rows) {
        auto& literals = table.rows.emplace_back();
        for (const std::string& column : table.columns) {
            const std::string name = column.substr(0, column.find(' '));
            const auto cell = std::ranges::find(row, name, &Setting::name);
            literals.push_back(cell == row.end() ? "NULL" : engine::spark::sql_literal(cell->value));
        }
    }
    return table;
}

engine::spark::SparkSpec spark_of(const Lesson& lesson) {
    engine::spark::SparkSpec spark;
    if (lesson.spark.executors.given()) spark.executors = static_cast<sim::i32>(lesson.spark.executors.value);
    if (lesson.spark.cores.given()) spark.cores = static_cast<sim::i32>(lesson.spark.cores.value);
    spark.conf = texts_of(lesson.spark.conf);
    spark.batch_cost = lesson.spark.batch_cost.value;
    for (const TableBlock& block : lesson.tables) spark.tables.push_back(table_of(block));
    for (const QueryBlock& block : lesson.queries) spark.queries.push_back(query_of(spark, block));
    return spark;
}

// ---- what is not built yet ----------------------------------------------------------------------

void need(std::vector<std::string>& needs, bool used, std::string what) {
    if (used && std::ranges::find(needs, what) == needs.end()) needs.push_back(std::move(what));
}

/// Formats that a query of a lesson can read and write so far.
void need_query(std::vector<std::string>& needs, const QueryBlock& query) {
    constexpr std::string_view kSources[] = {"kafka", "rate", "rate-micro-batch", "memory", "socket"};
    constexpr std::string_view kSinks[] = {"console",      "memory", "noop", "kafka", "foreach",
                                           "foreachBatch", "text",   "csv",  "json"};
    for (const Connector& source : query.sources)
        need(needs, std::ranges::find(kSources, source.format.value) == std::end(kSources),
             fmt::format("the source '{}'", source.format.value));
    const bool sink = std::ranges::find(kSinks, query.sink.format.value) != std::end(kSinks);
    need(needs, query.sink.format.given() && !sink, fmt::format("the sink '{}'", query.sink.format.value));
    need(needs, query.trigger.value.starts_with("continuous"), "continuous triggers");
}

void need_verbs(std::vector<std::string>& needs, const std::vector<Text>& lines) {
    for (const Text& line : lines) {
        const std::string name = engine::parse_verb(line.value).name;
        need(needs, !is_built_verb(name), fmt::format("the verb '{}'", name));
    }
}

}  // namespace

engine::WorldSpec to_spec(const Lesson& lesson, sim::u64 seed) {
    engine::WorldSpec spec;
    spec.seed = seed;
    spec.start_ms = start_ms_of(lesson);
    spec.version = lesson.cluster.version.value == "2.8" ? engine::KafkaVersion::v2_8 : engine::KafkaVersion::v3_9;
    spec.cluster_config = cluster_config(lesson);
    spec.controller = controller_of(lesson);
    spec.buggify.enabled = lesson.cluster.buggify.value;
    spec.bug = engine::bug_named(lesson.cluster.bug.value).value_or(engine::PlantedBug::none);
    add_brokers(lesson, spec);
    add_links(lesson, spec);
    add_topics(lesson, spec);
    for (const ProducerBlock& block : lesson.producers) spec.producers.push_back(producer_of(block));
    for (const ConsumerBlock& block : lesson.consumers) spec.consumers.push_back(consumer_of(block));
    spec.spark = spark_of(lesson);
    return spec;
}

std::string unmet_needs(const Lesson& lesson) {
    std::vector<std::string> needs;
    need(needs, lesson.cluster.mode.value == ClusterMode::kraft, "KRaft");
    need(needs, lesson.cluster.zookeeper.value > 1, "a ZooKeeper ensemble");
    for (const QueryBlock& query : lesson.queries) need_query(needs, query);
    need(needs, !lesson.dstreams.empty(), "DStreams");
    need(needs, lesson.spark.version.value == "4.1", "Spark 4.1");
    need(needs, !lesson.cassandras.empty(), "Cassandra");
    need(needs, !lesson.apps.empty(), "applications");
    for (const ConsumerBlock& consumer : lesson.consumers) {
        need(needs, !consumer.crash_points.empty(), "crash points of a consumer");
        need(needs, consumer.client.value == ClientLibrary::librdkafka, "librdkafka consumers");
    }
    for (const StepBlock& step : lesson.steps) need_verbs(needs, step.actions);
    need_verbs(needs, lesson.free.solution);
    need_verbs(needs, lesson.fault.actions);
    if (needs.empty()) return "";
    return fmt::format("needs {}, which {} not built yet", fmt::join(needs, " and "), needs.size() == 1 ? "is" : "are");
}

sim::u64 seed_of(const Lesson& lesson) {
    return lesson.info.seed.given() ? static_cast<sim::u64>(lesson.info.seed.value) : kDefaultSeed;
}

i64 start_ms_of(const Lesson& lesson) {
    return lesson.info.start_time.given() ? lesson.info.start_time.value.epoch_ms : kDefaultStartMs;
}

Nanos timeout_of(const StepBlock& step) { return step.timeout.given() ? step.timeout.value : kDefaultTimeout; }

}  // namespace app::lab
