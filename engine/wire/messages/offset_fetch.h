// OffsetFetch (key 9): A group asks how far it had read.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct OffsetFetchRequest {
    static constexpr ApiKey kApi = ApiKey::offset_fetch;
    static constexpr i16 kLowest = 0, kHighest = 10, kFlexibleSince = 6;

    struct Topic {
        std::string name;
        Items<i32> partition_indexes;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partition_indexes", m.partition_indexes);
        }
    };
    struct Group {
        struct Topic {
            std::string name;
            Uuid topic_id;
            Items<i32> partition_indexes;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name, until(9));
                v.field("topic_id", m.topic_id, since(10));
                v.field("partition_indexes", m.partition_indexes);
            }
        };
        std::string group_id;
        std::optional<std::string> member_id;
        i32 member_epoch = -1;
        std::optional<List<Topic>> topics;

        static constexpr void fields(auto& v, auto& m) {
            v.field("group_id", m.group_id);
            v.nullable("member_id", m.member_id, since(9));
            v.field("member_epoch", m.member_epoch, since(9));
            v.nullable("topics", m.topics);
        }
    };
    std::string group_id;
    std::optional<List<Topic>> topics;
    List<Group> groups;
    bool require_stable = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("group_id", m.group_id, until(7));
        v.nullable("topics", m.topics, until(7), since(2));
        v.field("groups", m.groups, since(8));
        v.field("require_stable", m.require_stable, since(7));
    }
};
MR_DECLARE_MESSAGE(OffsetFetchRequest);
static_assert(sound_versions<OffsetFetchRequest>(9));

struct OffsetFetchResponse {
    static constexpr ApiKey kApi = ApiKey::offset_fetch;
    static constexpr i16 kLowest = 0, kHighest = 10, kFlexibleSince = 6;

    struct Topic {
        struct Partition {
            i32 partition_index = 0;
            i64 committed_offset = 0;
            i32 committed_leader_epoch = -1;
            std::optional<std::string> metadata;
            i16 error_code = 0;

            static constexpr void fields(auto& v, auto& m) {
                v.field("partition_index", m.partition_index);
                v.field("committed_offset", m.committed_offset);
                v.field("committed_leader_epoch", m.committed_leader_epoch, since(5));
                v.nullable("metadata", m.metadata);
                v.field("error_code", m.error_code);
            }
        };
        std::string name;
        List<Partition> partitions;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("partitions", m.partitions);
        }
    };
    struct Group {
        struct Topic {
            struct Partition {
                i32 partition_index = 0;
                i64 committed_offset = 0;
                i32 committed_leader_epoch = -1;
                std::optional<std::string> metadata;
                i16 error_code = 0;

                static constexpr void fields(auto& v, auto& m) {
                    v.field("partition_index", m.partition_index);
                    v.field("committed_offset", m.committed_offset);
                    v.field("committed_leader_epoch", m.committed_leader_epoch);
                    v.nullable("metadata", m.metadata);
                    v.field("error_code", m.error_code);
                }
            };
            std::string name;
            Uuid topic_id;
            List<Partition> partitions;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name, until(9));
                v.field("topic_id", m.topic_id, since(10));
                v.field("partitions", m.partitions);
            }
        };
        std::string group_id;
        List<Topic> topics;
        i16 error_code = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("group_id", m.group_id);
            v.field("topics", m.topics);
            v.field("error_code", m.error_code);
        }
    };
    i32 throttle_time_ms = 0;
    List<Topic> topics;
    i16 error_code = 0;
    List<Group> groups;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms, since(3));
        v.field("topics", m.topics, until(7));
        v.field("error_code", m.error_code, between(2, 7));
        v.field("groups", m.groups, since(8));
    }
};
MR_DECLARE_MESSAGE(OffsetFetchResponse);
static_assert(sound_versions<OffsetFetchResponse>(9));
static_assert(are_pair<OffsetFetchRequest, OffsetFetchResponse>());

}  // namespace engine::wire
