// What consumers tell each other through the group coordinator, which does not look inside: subscriptions in
// JoinGroup metadata, assignments in SyncGroup. A leading version i16, never flexible; readers take higher
// versions and ignore what follows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/wire/message.h"

namespace engine::wire {

struct TopicPartitions {
    std::string topic;
    Items<i32> partitions;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topic", m.topic);
        v.field("partitions", m.partitions);
    }
};

struct ConsumerSubscription {
    static constexpr i16 kHighest = 3, kFlexibleSince = INT16_MAX;

    Items<std::string> topics;
    std::optional<Blob> user_data;
    List<TopicPartitions> owned_partitions;
    i32 generation_id = -1;
    std::optional<std::string> rack_id;

    static constexpr void fields(auto& v, auto& m) {
        v.field("topics", m.topics);
        v.nullable("user_data", m.user_data);
        v.field("owned_partitions", m.owned_partitions, since(1));
        v.field("generation_id", m.generation_id, since(2));
        v.nullable("rack_id", m.rack_id, since(3));
    }
};
MR_DECLARE_MESSAGE(ConsumerSubscription);

struct ConsumerAssignment {
    static constexpr i16 kHighest = 3, kFlexibleSince = INT16_MAX;

    List<TopicPartitions> assigned_partitions;
    std::optional<Blob> user_data;

    static constexpr void fields(auto& v, auto& m) {
        v.field("assigned_partitions", m.assigned_partitions);
        v.nullable("user_data", m.user_data);
    }
};
MR_DECLARE_MESSAGE(ConsumerAssignment);

/// Version prefix and body.
template <class T>
Blob to_versioned_bytes(const T& message, i16 version) {
    Writer out;
    out.put_i16(version);
    encode(out, message, version);
    return out.head_copy();
}

/// False if the bytes are malformed. A version above what we know is read as the highest we know.
template <class T>
bool from_versioned_bytes(std::span<const u8> bytes, T& message) {
    Reader in(bytes);
    const i16 version = in.get_i16();
    if (!in.ok() || version < 0) return false;
    return decode(in, message, std::min(version, T::kHighest));
}

}  // namespace engine::wire
