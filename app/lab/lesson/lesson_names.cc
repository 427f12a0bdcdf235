#include "app/lab/lesson/lesson_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/verb.h"

namespace app::lab {
namespace {

constexpr sim::i64 kAnyPartition = 10'000;   // of topics whose size the file does not say
constexpr std::size_t kOffered = 40;         // partitions of a topic offered as nearest names

void add_topic(LessonNames& names, std::string name, sim::i64 partitions) {
    if (!names.topic(name)) names.topics.push_back({std::move(name), partitions});
}

/// Topics that a command line in the lesson creates.
void add_created_topics(LessonNames& names, const std::vector<Text>& lines) {
    for (const Text& line : lines) {
        const engine::Verb verb = engine::parse_verb(line.value);
        for (std::size_t i = 0; verb.name == "run" && i + 1 < verb.words.size(); ++i)
            if (verb.words[i] == "--topic") add_topic(names, verb.words[i + 1], kAnyPartition);
    }
}

void add_topics(LessonNames& names, const Lesson& lesson) {
    for (const TopicBlock& topic : lesson.topics) add_topic(names, topic.name.value, partitions_of(topic));
    for (const StepBlock& step : lesson.steps) add_created_topics(names, step.actions);
    add_created_topics(names, lesson.free.solution);
    add_created_topics(names, lesson.fault.actions);
    add_topic(names, "__consumer_offsets", kAnyPartition);
    add_topic(names, "__transaction_state", kAnyPartition);
    add_topic(names, "__cluster_metadata", 1);
}

/// Queries that a line of the lesson submits.
void add_submitted(LessonNames& names, const std::vector<Text>& lines) {
    for (const Text& line : lines) {
        const engine::Verb verb = engine::parse_verb(line.value);
        if (verb.name == "submit" && !verb.words.empty()) names.queries.push_back(verb.words.front());
    }
}

void add_clients(LessonNames& names, const Lesson& lesson) {
    for (const ProducerBlock& producer : lesson.producers) names.producers.push_back(producer.name.value);
    names.startable = names.producers;
    for (const ConsumerBlock& consumer : lesson.consumers) {
        names.startable.push_back(consumer.name.value);
        if (consumer.group.given()) names.groups.push_back(consumer.group.value);
    }
    for (const AppBlock& app : lesson.apps) names.startable.push_back(app.name.value);
    for (const CassandraBlock& store : lesson.cassandras) names.startable.push_back(store.name.value);
    names.nodes.insert(names.nodes.end(), names.startable.begin(), names.startable.end());
    for (const DStreamBlock& stream : lesson.dstreams) names.queries.push_back(stream.name.value);
    for (const QueryBlock& query : lesson.queries) names.queries.push_back(query.name.value);
    for (const StepBlock& step : lesson.steps) add_submitted(names, step.actions);
    add_submitted(names, lesson.free.solution);
    names.startable.insert(names.startable.end(), names.queries.begin(), names.queries.end());
}

void add_machines(LessonNames& names, const Lesson& lesson) {
    for (const sim::i64 id : names.brokers) names.nodes.push_back(fmt::format("broker {}", id));
    names.nodes.emplace_back("zookeeper");
    for (sim::i64 i = 1; i <= lesson.cluster.zookeeper.value; ++i)
        names.nodes.push_back(fmt::format("zookeeper {}", i));
    names.nodes.emplace_back("console");
    const bool spark = lesson.spark.place.line != 0 || !lesson.queries.empty() || !lesson.dstreams.empty();
    if (!spark) return;
    names.nodes.emplace_back("driver");
    const sim::i64 executors = lesson.spark.executors.given() ? lesson.spark.executors.value : 2;
    for (sim::i64 i = 1; i <= executors; ++i) names.nodes.push_back(fmt::format("executor {}", i));
}

}  // namespace

const NamedTopic* LessonNames::topic(std::string_view name) const {
    const auto at = std::ranges::find(topics, name, [](const NamedTopic& t) -> std::string_view { return t.name; });
    return at == topics.end() ? nullptr : &*at;
}

std::vector<std::string> LessonNames::topic_names() const {
    std::vector<std::string> all;
    for (const NamedTopic& topic : topics) all.push_back(topic.name);
    return all;
}

bool LessonNames::is_partition(std::string_view name) const {
    const auto split = split_partition(name);
    if (!split) return false;
    const NamedTopic* known = topic(split->first);
    return known != nullptr && split->second < known->partitions;
}

std::vector<std::string> LessonNames::partition_names() const {
    std::vector<std::string> all;
    for (const NamedTopic& topic : topics)
        for (sim::i64 i = 0; i < topic.partitions && i < static_cast<sim::i64>(kOffered); ++i)
            all.push_back(fmt::format("{}-{}", topic.name, i));
    return all;
}

LessonNames names_in(const Lesson& lesson) {
    LessonNames names;
    names.brokers = broker_ids(lesson);
    for (const StepBlock& step : lesson.steps) names.steps.push_back(step.id.value);
    add_machines(names, lesson);
    add_clients(names, lesson);
    add_topics(names, lesson);
    return names;
}

std::vector<sim::i64> broker_ids(const Lesson& lesson) {
    if (!lesson.cluster.brokers.given()) return {1, 2, 3};
    std::vector<sim::i64> ids;
    for (const Number& id : lesson.cluster.brokers.value) ids.push_back(id.value);
    return ids;
}

sim::i64 partitions_of(const TopicBlock& topic) {
    if (topic.partitions.given()) return topic.partitions.value;
    return topic.assignment.value.empty() ? 1 : static_cast<sim::i64>(topic.assignment.value.size());
}

sim::i64 replicas_of(const TopicBlock& topic) {
    if (topic.replication_factor.given()) return topic.replication_factor.value;
    return topic.assignment.value.empty() ? 1 : static_cast<sim::i64>(topic.assignment.value.front().size());
}

std::optional<std::pair<std::string, sim::i64>> split_partition(std::string_view name) {
    const auto dash = name.find_last_of('-');
    if (dash == std::string_view::npos || dash == 0) return std::nullopt;
    sim::i64 partition = 0;
    const char* end = name.data() + name.size();
    const auto [stop, status] = std::from_chars(name.data() + dash + 1, end, partition);
    if (status != std::errc{} || stop != end || partition < 0) return std::nullopt;
    return std::pair{std::string(name.substr(0, dash)), partition};
}

const Setting* Connector::option(std::string_view key) const {
    const auto at = std::ranges::find(options, key, [](const Setting& s) -> std::string_view { return s.name; });
    return at == options.end() ? nullptr : &*at;
}

}  // namespace app::lab
