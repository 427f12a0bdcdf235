// CreateTopics (key 19): New topics.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct CreateTopicsRequest {
    static constexpr ApiKey kApi = ApiKey::create_topics;
    static constexpr i16 kLowest = 0, kHighest = 7, kFlexibleSince = 5;

    struct Topic {
        struct Assignment {
            i32 partition_index = 0;
            Items<i32> broker_ids;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("broker_ids", m.broker_ids);
            }
        };
        struct Config {
            std::string name;
            std::optional<std::string> value;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.nullable("value", m.value);
            }
        };
        std::string name;
        i32 num_partitions = 0;
        i16 replication_factor = 0;
        List<Assignment> assignments;
        List<Config> configs;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("num_partitions", m.num_partitions);
            v.field("replication_factor", m.replication_factor);
            v.field("assignments", m.assignments);
            v.field("configs", m.configs);
        }
    };
    List<Topic> topics;
    i32 timeout_ms = 60000;
    bool validate_only = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics);
        v.field("timeout_ms", m.timeout_ms);
        v.field("validate_only", m.validate_only, since(1));
    }
};
MR_DECLARE_MESSAGE(CreateTopicsRequest);
static_assert(sound_versions<CreateTopicsRequest>(19));

struct CreateTopicsResponse {
    static constexpr ApiKey kApi = ApiKey::create_topics;
    static constexpr i16 kLowest = 0, kHighest = 7, kFlexibleSince = 5;

    struct Topic {
        struct Config {
            std::string name;
            std::optional<std::string> value;
            bool read_only = false;
            i8 config_source = -1;
            bool is_sensitive = false;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.nullable("value", m.value);
                v.field("read_only", m.read_only);
                v.field("config_source", m.config_source);
                v.field("is_sensitive", m.is_sensitive);
            }
        };
        std::string name;
        Uuid topic_id;
        i16 error_code = 0;
        std::optional<std::string> error_message;
        i16 topic_config_error_code = 0;
        i32 num_partitions = -1;
        i16 replication_factor = -1;
        std::optional<List<Config>> configs;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("topic_id", m.topic_id, since(7));
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message, since(1));
            v.tagged("topic_config_error_code", 0, m.topic_config_error_code, since(5));
            v.field("num_partitions", m.num_partitions, since(5));
            v.field("replication_factor", m.replication_factor, since(5));
            v.nullable("configs", m.configs, since(5));
        }
    };
    i32 throttle_time_ms = 0;
    List<Topic> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(2));
        v.field("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(CreateTopicsResponse);
static_assert(sound_versions<CreateTopicsResponse>(19));
static_assert(are_pair<CreateTopicsRequest, CreateTopicsResponse>());

}  // namespace engine::wire
