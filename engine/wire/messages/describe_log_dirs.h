// DescribeLogDirs (key 35): How large the replicas of a broker are.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct DescribeLogDirsRequest {
    static constexpr ApiKey kApi = ApiKey::describe_log_dirs;
    static constexpr i16 kLowest = 1, kHighest = 5, kFlexibleSince = 2;

    struct Topic {
        std::string topic;
        Items<i32> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("topic", m.topic);
            v.field("partitions", m.partitions);
        }
    };
    std::optional<List<Topic>> topics;

    static constexpr void fields(auto& v, auto& m) {
        v.nullable("topics", m.topics);
    }
};
MR_DECLARE_MESSAGE(DescribeLogDirsRequest);
static_assert(sound_versions<DescribeLogDirsRequest>(35));

struct DescribeLogDirsResponse {
    static constexpr ApiKey kApi = ApiKey::describe_log_dirs;
    static constexpr i16 kLowest = 1, kHighest = 5, kFlexibleSince = 2;

    struct Result {
        struct Topic {
            struct Partition {
                i32 partition_index = 0;
                i64 partition_size = 0;
                i64 offset_lag = 0;
                bool is_future_key = false;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("partition_index", m.partition_index);
                    v.field("partition_size", m.partition_size);
                    v.field("offset_lag", m.offset_lag);
                    v.field("is_future_key", m.is_future_key);
                }
            };
            std::string name;
            List<Partition> partitions;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.field("partitions", m.partitions);
            }
        };
        i16 error_code = 0;
        std::string log_dir;
        List<Topic> topics;
        i64 total_bytes = -1;
        i64 usable_bytes = -1;
        bool is_cordoned = false;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.field("log_dir", m.log_dir);
            v.field("topics", m.topics);
            v.field("total_bytes", m.total_bytes, since(4));
            v.field("usable_bytes", m.usable_bytes, since(4));
            v.field("is_cordoned", m.is_cordoned, since(5));
        }
    };
    i32 throttle_time_ms = 0;
    i16 error_code = 0;
    List<Result> results;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("error_code", m.error_code, since(3));
        v.field("results", m.results);
    }
};
MR_DECLARE_MESSAGE(DescribeLogDirsResponse);
static_assert(sound_versions<DescribeLogDirsResponse>(35));
static_assert(are_pair<DescribeLogDirsRequest, DescribeLogDirsResponse>());

}  // namespace engine::wire
