#include "engine/broker/replication_quota.h"

#include <algorithm>
#include <charconv>

#include "engine/broker/broker.h"
#include "engine/broker/replicas.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr i64 kMillisPerSecond = 1000;

QuotaSample& current_sample(ReplicationQuota& quota, i64 now_ms) {
    if (quota.samples.empty()) quota.samples.push_back({now_ms, now_ms, 0});
    MR_ASSERT(quota.current < quota.samples.size());
    return quota.samples[quota.current];
}

/// The next sample, in the place of the oldest one when all are in use.
QuotaSample& next_sample(ReplicationQuota& quota, const QuotaWindow& window, i64 now_ms) {
    quota.current = (quota.current + 1) % static_cast<u32>(window.samples + 1);
    MR_ASSERT(quota.current <= quota.samples.size());
    if (quota.current == quota.samples.size()) quota.samples.emplace_back();
    return quota.samples[quota.current] = {now_ms, now_ms, 0};
}

i32 number_in(std::string_view text) {
    i32 number = -1;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    return status == std::errc{} && end == text.data() + text.size() ? number : -1;
}

/// A broker's own word before the one for all of them.
i64 limit_of(Ctx ctx, std::string_view name) {
    const DynamicConfigs& dynamic = ctx.memory().dynamic;
    const std::string* value = dynamic.own.find(name);
    if (value == nullptr) value = dynamic.for_all.find(name);
    if (value == nullptr) return kNoReplicationLimit;
    i64 limit = kNoReplicationLimit;
    (void)std::from_chars(value->data(), value->data() + value->size(), limit);
    return std::max<i64>(limit, 0);
}

ReplicationQuota& quota_of(Ctx ctx, QuotaSide side) {
    ReplicationQuotas& quotas = ctx.memory().quotas;
    return side == QuotaSide::leader ? quotas.leader : quotas.follower;
}

}  // namespace

void record_bytes(ReplicationQuota& quota, const QuotaWindow& window, i64 now_ms, i64 bytes) {
    MR_ASSERT(bytes >= 0 && window.samples > 0 && window.sample_ms > 0);
    QuotaSample* sample = &current_sample(quota, now_ms);
    if (now_ms - sample->start_ms >= window.sample_ms) sample = &next_sample(quota, window, now_ms);
    sample->bytes += bytes;
    sample->last_event_ms = now_ms;
    MR_ASSERT(quota.samples.size() <= static_cast<std::size_t>(window.samples) + 1);
}

bool is_exceeded(ReplicationQuota& quota, const QuotaWindow& window, i64 now_ms) {
    MR_ASSERT(quota.bytes_per_second >= 0);
    if (quota.samples.empty()) return false;
    i64 bytes = 0;
    i64 oldest = now_ms;
    for (QuotaSample& sample : quota.samples) {
        if (now_ms - sample.last_event_ms >= window.samples * window.sample_ms) sample = {now_ms, now_ms, 0};
        bytes += sample.bytes;
        oldest = std::min(oldest, sample.start_ms);
    }
    const i64 elapsed_ms = std::max(now_ms - oldest, window.sample_ms);
    // A rate is above a whole number if and only if the next whole number at or above it is.
    return (bytes * kMillisPerSecond + elapsed_ms - 1) / elapsed_ms > quota.bytes_per_second;
}

bool names_replica(std::string_view list, i32 partition, BrokerId broker) {
    if (list == "*") return true;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        const std::string_view entry = list.substr(at, end - at);
        const std::size_t colon = std::min(entry.find(':'), entry.size());
        const bool whole = colon < entry.size();
        if (whole && number_in(entry.substr(0, colon)) == partition &&
            number_in(entry.substr(colon + 1)) == broker.value)
            return true;
        at = end + 1;
    }
    return false;
}

bool is_throttled(Ctx ctx, QuotaSide side, TopicPartition id) {
    const ConfigMap* config = ctx.memory().topic_configs.find(id.topic);
    if (config == nullptr || config->empty()) return false;
    const std::string* list =
        config->find(side == QuotaSide::leader ? throttle::kLeaderReplicas : throttle::kFollowerReplicas);
    return list != nullptr && names_replica(*list, id.partition, ctx.self());
}

bool is_held_back(Ctx ctx, QuotaSide side, TopicPartition id) {
    ReplicationQuota& quota = quota_of(ctx, side);
    if (quota.bytes_per_second == kNoReplicationLimit) return false;
    return is_throttled(ctx, side, id) && is_exceeded(quota, ctx.memory().quotas.window, ctx.env.wall_ms());
}

void note_replicated(Ctx ctx, QuotaSide side, i64 bytes) {
    record_bytes(quota_of(ctx, side), ctx.memory().quotas.window, ctx.env.wall_ms(), bytes);
}

void adopt_replication_limits(Ctx ctx) {
    ReplicationQuotas& quotas = ctx.memory().quotas;
    const ConfigMap settings = without_refused(broker_config_keys(), effective_settings(ctx));
    const ConfigReader read(broker_config_keys(), settings);
    quotas.window = {read.number32("replication.quota.window.num"),
                     read.number("replication.quota.window.size.seconds") * kMillisPerSecond};
    quotas.leader.bytes_per_second = limit_of(ctx, throttle::kLeaderRate);
    quotas.follower.bytes_per_second = limit_of(ctx, throttle::kFollowerRate);
    MR_ASSERT(quotas.leader.bytes_per_second >= 0 && quotas.follower.bytes_per_second >= 0);
}

}  // namespace engine::broker
