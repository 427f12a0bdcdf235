#include "engine/check/replica_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace engine::check {
namespace {

constexpr std::string_view kLogSuffix = ".log";

/// Files by the disk's own directory: of a broker that has not opened its logs.
void list_files(ReplicaLog& log, const std::string& directory) {
    for (const std::string& path : log.disk->list(directory + "/")) {
        if (!path.ends_with(kLogSuffix)) continue;
        const char* digits = path.data() + directory.size() + 1;
        Offset base;
        std::from_chars(digits, path.data() + path.size() - kLogSuffix.size(), base.value);
        log.files.push_back({base, log.disk->find(path)});
    }
}

Offset end_of(std::span<const u8> batch) {
    const auto header = wire::read_header(batch);
    return header ? Offset{header->next_offset()} : kNoOffset;
}

}  // namespace

const broker::Broker& broker_of(const World& world, BrokerId broker) {
    const NodeId node = world.broker_node(broker);
    MR_ASSERT(node != sim::kNoNode);
    return world.nodes[node.value].as<broker::BrokerNode>().state;
}

const broker::Broker* running_broker(const World& world, BrokerId broker) {
    const NodeId node = world.broker_node(broker);
    if (node == sim::kNoNode || !world.kernel().host(node).alive()) return nullptr;
    return &world.nodes[node.value].as<broker::BrokerNode>().state;
}

const broker::Partition* running_replica(const World& world, BrokerId broker, TopicPartition id) {
    MR_ASSERT(id.partition >= 0);
    const broker::Broker* running = running_broker(world, broker);
    const auto* found = running == nullptr ? nullptr : running->memory.partitions.find(id);
    return found == nullptr ? nullptr : &**found;
}

bool is_of_earlier_life(const broker::Partition& replica, const wire::Uuid& topic_id) {
    return replica.role == broker::Role::none && !replica.topic_id.is_zero() && !topic_id.is_zero() &&
           replica.topic_id != topic_id;
}

std::string text_of(const World& world, TopicPartition id) {
    return fmt::format("{}-{}", world.kernel().names.text(id.topic), id.partition);
}

ReplicaLog replica_log(const World& world, BrokerId broker, TopicPartition id) {
    ReplicaLog log;
    log.disk = &world.machine.disks.of(world.broker_node(broker));
    if (const auto* open = broker_of(world, broker).memory.partitions.find(id)) {
        for (const log::Segment& segment : (*open)->log.segments) log.files.push_back({segment.base, segment.log_file});
    } else {
        list_files(log, text_of(world, id));
    }
    MR_ASSERT(std::ranges::is_sorted(log.files, {}, &ReplicaLog::File::base));
    return log;
}

Offset log_end(const ReplicaLog& log) {
    for (auto file = log.files.rbegin(); file != log.files.rend(); ++file) {
        const sim::Rope& content = log.disk->file(file->id).cached;
        if (content.size() > 0) return end_of(content.last_extent().bytes());
    }
    return log.exists() ? log.files.front().base : kNoOffset;
}

Offset log_start(const ReplicaLog& log) { return log.exists() ? log.files.front().base : kNoOffset; }

bool holds_record(const ReplicaLog& log, Offset offset) {
    const sim::Slice batch = batch_at(log, offset);
    if (batch.length == 0) return false;
    wire::RecordReader records(batch.bytes());
    for (wire::RecordView record; records.next(record);)
        if (records.header().base_offset + record.offset_delta == offset.value) return true;
    return false;
}

sim::Slice batch_at(const ReplicaLog& log, Offset offset) {
    for (auto file = log.files.rbegin(); file != log.files.rend(); ++file) {
        if (file->base > offset) continue;
        const sim::Rope& content = log.disk->file(file->id).cached;
        const u64 at = content.find_extent([&](auto batch) { return end_of(batch) <= offset; });
        return at < content.size() ? content.extent_at(at) : sim::Slice{};
    }
    return {};
}

MessageId message_in(const sim::Slice& batch, u32 place) {
    const sim::Provenance& from = batch.chunk->provenance();
    return place < from.ordinals.size() ? MessageId{from.sender, from.ordinals[place]} : MessageId{};
}

MessageId message_at(const ReplicaLog& log, Offset offset) {
    const sim::Slice batch = batch_at(log, offset);
    if (batch.length == 0) return {};
    const auto header = wire::read_header(batch.bytes());
    if (!header || header->base_offset > offset.value) return {};
    return message_in(batch, static_cast<u32>(offset.value - header->base_offset));
}

}  // namespace engine::check
