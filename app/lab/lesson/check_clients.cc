// Producers and consumers.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/names.h"
#include "engine/client/client_config.h"

namespace app::lab {
namespace {

/// What Kafka's client says to settings that are each right and do not go together.
template <class Make>
void check_together(const LessonCheck& check, const Text& name, const Settings& config,
    std::span<const engine::ConfigKey> keys, Make make) {
    const auto wrong_alone = [&](const Setting& setting) {
        const engine::ConfigKey* key = engine::find_key(keys, setting.name);
        return key != nullptr && !engine::check_value(*key, setting.value);
    };
    if (std::ranges::any_of(config, wrong_alone)) return;
    if (const auto made = make(config_map(config), name.value); !made)
        check.fail(config.empty() ? name.place : config.front().place, made.error());
}

void check_records(const LessonCheck& check, const ProducerBlock& producer) {
    const NamedTopic* topic = check.names.topic(producer.topic.value);
    for (const RecordBlock& record : producer.records.list) {
        if (topic == nullptr || !record.partition.given() || record.partition.value < topic->partitions) continue;
        check.fail(record.partition.place,
            fmt::format("topic '{}' has {} partitions; there is no partition {}", topic->name, topic->partitions,
            record.partition.value));
    }
    const RecordsBlock& records = producer.records;
    if (records.is_generator() && records.every.value.count == 0)
        check.fail(records.every.place, "'every' must be more than nothing");
}

void check_producer(const LessonCheck& check, const ProducerBlock& producer) {
    check.require(producer.topic, "topic", check.names.topic_names());
    check.settings(producer.config, engine::client::producer_config_keys(), "producer");
    check_together(check, producer.name, producer.config, engine::client::producer_config_keys(),
        engine::client::make_producer_config);
    check_records(check, producer);
}

void check_sources(const LessonCheck& check, const ConsumerBlock& consumer) {
    for (const Text& topic : consumer.topics) check.require(topic, "topic", check.names.topic_names());
    for (const Text& partition : consumer.assign)
        if (!check.names.is_partition(partition.value))
            check.fail(partition.place, fmt::format("unknown partition '{}'", partition.value),
                nearest_of(partition.value, check.names.partition_names()));
    const bool subscribes = !consumer.topics.empty();
    const bool assigned = !consumer.assign.empty();
    if (subscribes == assigned)
        check.fail(consumer.place,
            fmt::format("consumer '{}' needs 'topics' or 'assign', one of them", consumer.name.value));
    if (subscribes && !consumer.group.given())
        check.fail(consumer.place,
            fmt::format("consumer '{}' subscribes to topics, so it needs a 'group'", consumer.name.value));
}

void check_consumer(const LessonCheck& check, const ConsumerBlock& consumer) {
    check_sources(check, consumer);
    check.settings(consumer.config, engine::client::consumer_config_keys(), "consumer");
    check_together(check, consumer.name, consumer.config, engine::client::consumer_config_keys(),
        engine::client::make_consumer_config);
    for (const Setting& setting : consumer.config)
        if (setting.name == "group.id") check.fail(setting.place, "write the group as 'group', not as group.id");
}

}  // namespace

void check_clients(const LessonCheck& check) {
    std::vector<const Text*> names;
    for (const ProducerBlock& producer : check.lesson.producers) {
        check_producer(check, producer);
        names.push_back(&producer.name);
    }
    for (const ConsumerBlock& consumer : check.lesson.consumers) {
        check_consumer(check, consumer);
        names.push_back(&consumer.name);
    }
    for (const AppBlock& app : check.lesson.apps) names.push_back(&app.name);
    for (const CassandraBlock& store : check.lesson.cassandras) names.push_back(&store.name);
    check.unique("name", names);
    for (const Text* name : names)
        if (name->value.starts_with("broker ") || name->value == "zookeeper" || name->value == "console" ||
            name->value == "driver")
            check.fail(name->place, fmt::format("'{}' is the name of a machine; choose another", name->value));
}

}  // namespace app::lab
