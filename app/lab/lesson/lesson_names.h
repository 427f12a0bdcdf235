// The names that a lesson itself brings: brokers, topics, clients, queries, steps. Everything else in the file
// that names one of them is checked against these.
#pragma once

#include <optional>

#include "app/lab/lesson/lesson.h"

namespace app::lab {

struct NamedTopic {
    std::string name;
    sim::i64 partitions = 1;
};

struct LessonNames {
    std::vector<sim::i64> brokers;
    std::vector<NamedTopic> topics;            // declared, or created by a command line in the lesson
    std::vector<std::string> nodes;            // by name: "broker 1", "zookeeper", clients, "driver"
    std::vector<std::string> producers;
    std::vector<std::string> startable;        // clients, queries, apps
    std::vector<std::string> queries;
    std::vector<std::string> groups;
    std::vector<std::string> steps;

    [[nodiscard]] const NamedTopic* topic(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> topic_names() const;
    /// Whether "orders-0" is a partition of a topic there is.
    [[nodiscard]] bool is_partition(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> partition_names() const;
};

LessonNames names_in(const Lesson& lesson);

/// The brokers' ids; 1, 2, 3 if the lesson does not say.
std::vector<sim::i64> broker_ids(const Lesson& lesson);
/// How many partitions, how many replicas: as said, or as the assignment shows, or one.
sim::i64 partitions_of(const TopicBlock& topic);
sim::i64 replicas_of(const TopicBlock& topic);

/// "orders-0" as topic and partition.
std::optional<std::pair<std::string, sim::i64>> split_partition(std::string_view name);

}  // namespace app::lab
