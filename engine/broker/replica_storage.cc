// Logs of the replicas: opening them, their settings, and the checkpoints that a restart reads.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/broker/checkpoints.h"
#include "engine/broker/replicas.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr std::string_view kHighWatermarks = "replication-offset-checkpoint";
constexpr std::string_view kRecoveryPoints = "recovery-point-offset-checkpoint";
constexpr std::string_view kLogStarts = "log-start-offset-checkpoint";
constexpr std::string_view kCleanShutdown = ".kafka_cleanshutdown";

std::string key_of(Ctx ctx, TopicPartition id) { return checkpoint_key(ctx.text(id.topic), id.partition); }

Offset entry_or(const Checkpoint& checkpoint, const std::string& key, i64 otherwise) {
    const i64* offset = checkpoint.find(key);
    return Offset{offset == nullptr ? otherwise : *offset};
}

template <class OffsetOf>
std::string checkpoint_text(Ctx ctx, OffsetOf&& offset_of) {
    std::string lines;
    for (const auto& [id, partition] : ctx.memory().partitions)
        lines += fmt::format("{} {}\n", key_of(ctx, id), offset_of(*partition).value);
    MR_ASSERT(std::ranges::count(lines, '\n') == static_cast<std::ptrdiff_t>(ctx.memory().partitions.size()));
    return fmt::format("0\n{}\n{}", ctx.memory().partitions.size(), lines);
}

/// The partition that a directory name stands for; partition -1 if it is not one.
TopicPartition partition_of(Ctx ctx, std::string_view directory) {
    const auto dash = directory.rfind('-');
    TopicPartition id;
    if (dash == std::string_view::npos || dash == 0) return id;
    const auto digits = directory.substr(dash + 1);
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), id.partition);
    if (status != std::errc{} || end != digits.data() + digits.size()) return {};
    id.topic = ctx.env.intern(directory.substr(0, dash));
    return id;
}

std::vector<std::string> partition_directories(sim::DiskDoor& disk) {
    std::vector<std::string> directories;
    for (const std::string& path : disk.list("")) {
        const std::string directory = path.substr(0, path.find('/'));
        const bool is_directory = path.find('/') != std::string::npos;
        if (is_directory && (directories.empty() || directories.back() != directory)) directories.push_back(directory);
    }
    return directories;
}

constexpr std::string_view kTopicIdLine = "topic_id: ";

std::string metadata_path(Ctx ctx, TopicPartition id) { return directory_of(ctx, id) + "/partition.metadata"; }

/// The topic that a log belongs to, as the file beside it says; zero if there is none.
wire::Uuid noted_topic_id(Ctx ctx, TopicPartition id) {
    const std::string text = ctx.env.disk().read_text(metadata_path(ctx, id));
    const auto at = text.find(kTopicIdLine);
    if (at == std::string::npos) return {};
    const std::string_view rest = std::string_view(text).substr(at + kTopicIdLine.size());
    return wire::uuid_from_text(rest.substr(0, rest.find('\n')));
}

struct OpenPoints {
    Offset recovery_point;
    Offset log_start;
    Offset high_watermark;
    bool clean = false;
};

bool open_one(Ctx ctx, TopicPartition id, const OpenPoints& points) {
    MR_ASSERT(ctx.find(id) == nullptr && id.partition >= 0);
    Partition partition;
    partition.id = id;
    partition.topic_id = noted_topic_id(ctx, id);
    partition.log.directory = directory_of(ctx, id);
    partition.log.config = effective_config(ctx, id.topic);
    LogScope scope(ctx);
    if (!log::open_log(partition.log, scope, points.recovery_point, points.log_start, points.clean)) {
        ctx.env.fact(partition_fact(FactKind::log_failed, id));
        halt(ctx, "the log directory failed");
        return false;
    }
    if (ctx.broker.has_bug(PlantedBug::forget_duplicates)) partition.log.producers = {};
    partition.high_watermark = std::clamp(points.high_watermark, partition.log.log_start, partition.log.next_offset);
    ctx.env.fact(partition_fact(FactKind::log_recovered, id,
                                {partition.log.log_start.value, partition.log.next_offset.value}));
    MR_VALIDATE(partition.holds_together());
    ctx.memory().partitions[id] = sim::Cow<Partition>(std::move(partition));
    return true;
}

}  // namespace

void open_all_logs(Ctx ctx) {
    MR_ASSERT(ctx.memory().partitions.empty());
    auto disk = ctx.env.disk();
    const Checkpoint high_watermarks = parse_checkpoint(disk.read_text(kHighWatermarks));
    const Checkpoint recovery_points = parse_checkpoint(disk.read_text(kRecoveryPoints));
    const Checkpoint log_starts = parse_checkpoint(disk.read_text(kLogStarts));
    const bool clean = disk.find(kCleanShutdown) != sim::kNoFile;
    if (clean) disk.remove(kCleanShutdown);
    for (const std::string& directory : partition_directories(disk)) {
        const TopicPartition id = partition_of(ctx, directory);
        if (id.partition < 0) continue;
        const std::string key = key_of(ctx, id);
        const OpenPoints points{entry_or(recovery_points, key, 0), entry_or(log_starts, key, 0),
                                entry_or(high_watermarks, key, 0), clean};
        if (!open_one(ctx, id, points)) return;
    }
    ctx.env.touch(touch::kAll);
}

bool ensure_partition(Ctx ctx, TopicPartition id, const wire::Uuid& topic_id) {
    if (ctx.find(id) == nullptr && !open_one(ctx, id, {})) return false;
    MR_ASSERT(ctx.find(id) != nullptr);
    if (!ctx.find(id)->topic_id.is_zero()) return true;
    ctx.edit(id).topic_id = topic_id;
    auto disk = ctx.env.disk();
    (void)disk.replace(metadata_path(ctx, id), fmt::format("version: 0\n{}{}", kTopicIdLine, wire::to_text(topic_id)));
    return true;
}

ConfigMap effective_settings(Ctx ctx) {
    return merged_settings(ctx.broker.settings.config, ctx.memory().dynamic);
}

TopicConfig effective_config(Ctx ctx, NameId topic) {
    MR_ASSERT(topic != kNoName);
    ConfigMap merged = topic_defaults_of(effective_settings(ctx));
    if (ctx.text(topic) == kOffsetsTopic) merged["cleanup.policy"] = "compact";
    if (const ConfigMap* own = ctx.memory().topic_configs.find(topic))
        for (const auto& [name, value] : *own) merged[name] = value;
    return make_topic_config(merged);
}

void apply_topic_config(Ctx ctx, NameId topic, const ConfigMap& config) {
    ctx.memory().topic_configs[topic] = config;
    std::vector<TopicPartition> affected;
    for (const auto& [id, partition] : ctx.memory().partitions)
        if (id.topic == topic) affected.push_back(id);
    for (const TopicPartition id : affected) {
        ctx.edit(id).log.config = effective_config(ctx, topic);
        advance_high_watermark(ctx, id);
    }
    ctx.env.touch(touch::kConfigs | touch::kPartitions);
}

void apply_broker_config(Ctx ctx, DynamicConfigs dynamic) {
    BrokerMemory& memory = ctx.memory();
    memory.dynamic = std::move(dynamic);
    memory.config = make_broker_config(effective_settings(ctx));
    adopt_replication_limits(ctx);
    std::vector<TopicPartition> all;
    for (const auto& [id, partition] : memory.partitions) all.push_back(id);
    for (const TopicPartition id : all) {
        ctx.edit(id).log.config = effective_config(ctx, id.topic);
        advance_high_watermark(ctx, id);
    }
    ctx.env.touch(touch::kConfigs | touch::kPartitions);
}

void mark_clean_shutdown(Ctx ctx) { (void)ctx.env.disk().replace(kCleanShutdown, R"({"version":0,"brokerEpoch":-1})"); }

void write_checkpoints(Ctx ctx) {
    auto disk = ctx.env.disk();
    const auto write = [&](std::string_view path, const std::string& text) {
        if (disk.read_text(path) != text) (void)disk.replace(path, text);
    };
    write(kHighWatermarks, checkpoint_text(ctx, [](const Partition& p) { return p.high_watermark; }));
    write(kRecoveryPoints, checkpoint_text(ctx, [](const Partition& p) { return p.log.recovery_point; }));
    write(kLogStarts, checkpoint_text(ctx, [](const Partition& p) { return p.log.log_start; }));
}

}  // namespace engine::broker
