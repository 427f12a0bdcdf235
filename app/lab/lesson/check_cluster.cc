// Brokers, links, topics.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/lesson/check_lesson.h"
#include "app/lab/lesson/names.h"
#include "engine/model/broker_config.h"
#include "engine/model/planted_bugs.h"
#include "engine/model/topic_config.h"

namespace app::lab {
namespace {

using sim::i64;

constexpr std::size_t kMostBrokers = 64;
constexpr i64 kMostBrokerId = 1000;

bool is_broker(const LessonCheck& check, i64 id) {
    return std::ranges::find(check.names.brokers, id) != check.names.brokers.end();
}

void check_brokers(const LessonCheck& check) {
    const ClusterBlock& cluster = check.lesson.cluster;
    if (cluster.brokers.given() && cluster.brokers.value.empty())
        check.fail(cluster.brokers.place, "'brokers' must name at least one broker");
    if (cluster.brokers.value.size() > kMostBrokers)
        check.fail(cluster.brokers.place, fmt::format("'brokers' may name at most {} brokers", kMostBrokers));
    for (std::size_t i = 0; i < cluster.brokers.value.size(); ++i) {
        const Number& id = cluster.brokers.value[i];
        if (id.value < 0 || id.value > kMostBrokerId)
            check.fail(id.place,
                fmt::format("a broker's number must be from 0 to {}, not {}", kMostBrokerId, id.value));
        for (std::size_t j = 0; j < i; ++j)
            if (cluster.brokers.value[j].value == id.value)
                check.fail(id.place, fmt::format("broker {} is named twice", id.value));
    }
    const ControllerChoice& controller = cluster.controller.value;
    if (cluster.controller.given() && !controller.race && !is_broker(check, controller.broker))
        check.fail(cluster.controller.place,
            fmt::format("controller {} is no broker of this cluster", controller.broker));
}

void check_cluster_settings(const LessonCheck& check) {
    const ClusterBlock& cluster = check.lesson.cluster;
    check.require(cluster.version, "version of Kafka", {"3.9", "2.8"});
    check.settings(cluster.config, engine::broker_config_keys(), "broker");
    for (const OneBroker& one : cluster.one) {
        if (!is_broker(check, one.id))
            check.fail(one.place,
                fmt::format("[cluster.broker.{}]: there is no broker {} in this cluster", one.id, one.id));
        check.settings(one.config, engine::broker_config_keys(), "broker");
    }
}

void check_bug(const LessonCheck& check) {
    std::vector<std::string> bugs;
    for (engine::u32 i = 0; i < engine::kPlantedBugs; ++i)
        bugs.emplace_back(engine::name_of(static_cast<engine::PlantedBug>(i)));
    check.require(check.lesson.cluster.bug, "planted bug", bugs);
}

void check_links(const LessonCheck& check) {
    std::vector<std::string> ends = {"brokers", "zookeeper", "clients", "all"};
    ends.insert(ends.end(), check.names.nodes.begin(), check.names.nodes.end());
    for (const LinkBlock& link : check.lesson.network.links) {
        if (link.between.size() != 2) check.fail(link.place, "'between' must name two ends");
        for (const Text& end : link.between) check.require(end, "end of a link", ends);
    }
}

// ---- topics -------------------------------------------------------------------------------------

bool is_topic_name(std::string_view name) {
    constexpr std::string_view kLegal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const bool legal = name.find_first_not_of(kLegal) == std::string_view::npos;
    return !name.empty() && name.size() <= 249 && name != "." && name != ".." && legal;
}

void check_replicas(const LessonCheck& check, const TopicBlock& topic, const std::vector<Number>& replicas) {
    const Place place = replicas.empty() ? topic.assignment.place : replicas.front().place;
    const i64 factor = replicas_of(topic);
    if (static_cast<i64>(replicas.size()) != factor)
        check.fail(place,
            fmt::format("the assignment names {} replicas, but replication_factor is {}", replicas.size(), factor));
    for (std::size_t i = 0; i < replicas.size(); ++i) {
        const Number& id = replicas[i];
        if (!is_broker(check, id.value))
            check.fail(id.place,
                fmt::format("the assignment names broker {}; the brokers are {}", id.value,
                fmt::join(check.names.brokers, ", ")));
        for (std::size_t j = 0; j < i; ++j)
            if (replicas[j].value == id.value)
                check.fail(id.place, fmt::format("the assignment names broker {} twice for one partition", id.value));
    }
}

void check_topic(const LessonCheck& check, const TopicBlock& topic) {
    if (!is_topic_name(topic.name.value))
        check.fail(topic.name.place,
            fmt::format("'{}' is no name for a topic: letters, digits, '.', '_' and '-' only", topic.name.value));
    const i64 brokers = static_cast<i64>(check.names.brokers.size());
    if (replicas_of(topic) > brokers) {
        const Place place = topic.replication_factor.given() ? topic.replication_factor.place : topic.assignment.place;
        check.fail(place,
            fmt::format("replication_factor {} is larger than the number of brokers, {}", replicas_of(topic), brokers));
    }
    const auto& assignment = topic.assignment;
    if (assignment.given() && static_cast<i64>(assignment.value.size()) != partitions_of(topic))
        check.fail(assignment.place,
            fmt::format("the assignment lists {} partitions, but 'partitions' is {}", assignment.value.size(),
            partitions_of(topic)));
    for (const auto& replicas : assignment.value) check_replicas(check, topic, replicas);
    check.settings(topic.config, engine::topic_config_keys(), "topic");
}

}  // namespace

void check_cluster(const LessonCheck& check) {
    check_brokers(check);
    check_cluster_settings(check);
    check_bug(check);
    check_links(check);
    std::vector<const Text*> names;
    for (const TopicBlock& topic : check.lesson.topics) {
        check_topic(check, topic);
        names.push_back(&topic.name);
    }
    check.unique("topic", names);
}

}  // namespace app::lab
