// Creating topics, changing their settings, asking for elections: requests of administrators that end in
// znodes, and the waits until the cluster knows of them.
#pragma once

#include "engine/broker/sockets.h"
#include "engine/broker/topic_changes.h"
#include "engine/broker/znodes.h"

namespace engine::broker {

/// One topic of a CreateTopics request, or one that was made because somebody asked for it.
struct NewTopic {
    std::string name;
    znodes::TopicData data;
    ConfigMap config;
    ErrorCode error = ErrorCode::none;
    std::string message;
    bool written = false;
};

enum class CreateStep : u8 { check, write_config, create_config, write_topic, wait_for_leaders };

struct CreateTopicsOp {
    ReplyTo reply_to;
    bool internal = false;           // no answer is owed: automatic creation
    bool validate_only = false;
    CreateStep step = CreateStep::check;
    std::vector<NewTopic> topics;
    Nanos deadline;
    sim::TimerId timer;
};

/// One resource of an IncrementalAlterConfigs request.
struct ConfigEdit {
    std::string name;
    std::string value;
    bool remove = false;
};
struct ConfigTarget {
    i8 resource_type = 0;
    std::string resource_name;
    std::vector<ConfigEdit> edits;
    ErrorCode error = ErrorCode::none;
    std::string message;
};
enum class AlterConfigStep : u8 { read, write, notify };

struct AlterConfigOp {
    ReplyTo reply_to;
    std::vector<ConfigTarget> targets;
    u32 current = 0;                 // target that is worked on
    AlterConfigStep step = AlterConfigStep::read;
};

/// What became of one partition of an ElectLeaders request.
struct ElectionResult {
    TopicPartition id;
    ErrorCode error = ErrorCode::none;
    BrokerId leader = kNoBroker;     // awaited in our own metadata before the answer goes out
};

struct ElectionOp {
    ReplyTo reply_to;
    std::vector<ElectionResult> results;
    bool all_partitions = false;     // asked for without a list: only what changed is answered
    bool unclean = false;
    bool decided = false;            // the controller has carried it out
    Nanos deadline;
    sim::TimerId timer;
};

/// A DescribeConfigs request whose settings are being read.
struct ConfigQuestion {
    i8 resource_type = 0;
    std::string resource_name;
    bool all_keys = true;
    std::vector<std::string> keys;
    bool is_read = false;            // ZooKeeper is asked for it
};
struct DescribeConfigsOp {
    ReplyTo reply_to;
    bool synonyms = false;
    std::vector<ConfigQuestion> questions;
};

struct TopicAdmin {
    sim::FlatMap<u64, CreateTopicsOp> creations;
    sim::FlatMap<u64, AlterConfigOp> config_changes;
    sim::FlatMap<u64, ElectionOp> elections;
    sim::FlatMap<u64, DescribeConfigsOp> config_questions;
    sim::FlatMap<u64, TopicChangeOp> changes;
    u64 next_id = 1;
    std::vector<std::string> seen_config_changes;   // notifications already handled
};

}  // namespace engine::broker
