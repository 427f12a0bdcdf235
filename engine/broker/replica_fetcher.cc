#include "engine/broker/replica_fetcher.h"

#include <algorithm>

#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/messages/list_offsets.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using wire::FetchPart;
using wire::FetchRequest;
using wire::FetchResponse;
using PartAnswer = FetchResponse::Response::Partition;

constexpr Nanos kFollowerAppendCost = sim::micros(15);
static_assert(kFollowerAppendCost > Nanos{});
constexpr i16 kReplicaState = 15;   // of Fetch: since then a follower tells its broker epoch too

// ---- asking -------------------------------------------------------------------------------------

bool is_due(Ctx ctx, const FetchTarget& target) { return target.not_before <= ctx.env.now(); }

/// Nothing is asked for a throttled replica that lags while more than the limit came in (KIP-73).
bool is_held_back(Ctx ctx, TopicPartition id, const FetchTarget& target) {
    return !target.in_sync && is_held_back(ctx, QuotaSide::follower, id);
}

FetchPart part_of(Ctx ctx, TopicPartition id, const FetchTarget& target) {
    const Partition& partition = *ctx.find(id);
    MR_ASSERT(partition.role == Role::follower && partition.leader_epoch == target.epoch);
    const bool by_id = ctx.memory().profile.fetch_version >= wire::kFetchByTopicId;
    return {id,
            by_id ? partition.topic_id : wire::Uuid{},
            partition.log_end_offset(),
            target.epoch,
            partition.log.latest_epoch(),
            partition.log.log_start,
            ctx.config().replica_fetch_max_bytes};
}

void wait_until_due(Ctx ctx, Fetcher& fetcher) {
    Nanos earliest = sim::kForever;
    for (const auto& [id, target] : fetcher.targets) {
        Nanos due = target.not_before;
        if (is_held_back(ctx, id, target)) due = std::max(due, ctx.env.now() + ctx.config().replica_fetch_backoff);
        earliest = std::min(earliest, due);
    }
    if (earliest == sim::kForever) return;
    ctx.env.cancel(fetcher.backoff);
    fetcher.backoff = ctx.env.timer(std::max(earliest - ctx.env.now(), Nanos{}), kFetcherBackoff,
                                    static_cast<u64>(fetcher.leader.value), kFetcherLane);
}

void arm_timeout(Ctx ctx, Fetcher& fetcher) {
    ctx.env.cancel(fetcher.timeout);
    fetcher.timeout = ctx.env.timer(ctx.config().replica_socket_timeout, kFetcherTimeout,
                                    static_cast<u64>(fetcher.leader.value), kFetcherLane);
}

void send_fetch(Ctx ctx, Fetcher& fetcher) {
    std::vector<FetchPart> parts;
    parts.reserve(fetcher.targets.size());
    for (const auto& [id, target] : fetcher.targets)
        if (is_due(ctx, target) && !is_held_back(ctx, id, target)) parts.push_back(part_of(ctx, id, target));
    const wire::FetchAsk ask = wire::next_ask(fetcher.session, std::move(parts));
    if (fetcher.session.parts.empty() && ask.forgotten.empty()) return wait_until_due(ctx, fetcher);
    FetchRequest request;
    const i16 highest = ctx.memory().profile.fetch_version;
    const i16 version = ask.by_topic_id ? highest : std::min<i16>(highest, wire::kFetchByTopicId - 1);
    if (version < kReplicaState) request.replica_id = ctx.self().value;
    else request.replica_state = {ctx.self().value, ctx.memory().broker_epoch.value};
    request.max_wait_ms = static_cast<i32>(ctx.config().replica_fetch_wait_max.to_millis());
    request.min_bytes = ctx.config().replica_fetch_min_bytes;
    request.max_bytes = ctx.config().replica_fetch_response_max_bytes;
    if (ctx.env.buggify("fetcher: one batch at a time")) request.max_bytes = 1;
    if (ctx.env.buggify("fetcher: does not wait")) request.max_wait_ms = 0;
    wire::put_ask(request, ask, ctx.env);
    MR_ASSERT(fetcher.channel.idle());  // one request in flight
    wire::send(fetcher.channel, ctx.env, request, version, 0, ctx.config().replica_socket_timeout);
    arm_timeout(ctx, fetcher);
}

/// Where does the leader's log end? Asked for partitions whose end the leader refused.
bool ask_ends(Ctx ctx, Fetcher& fetcher) {
    wire::ListOffsetsRequest request;
    request.replica_id = ctx.self().value;
    for (const auto& [id, target] : fetcher.targets) {
        if (!target.out_of_range || !is_due(ctx, target)) continue;
        auto& topic = request.topics.emplace_back();
        topic.name = ctx.text(id.topic);
        auto& partition = topic.partitions.emplace_back();
        partition.partition_index = id.partition;
        partition.current_leader_epoch = target.epoch.value;
        partition.timestamp = -1;
    }
    if (request.topics.empty()) return false;
    MR_ASSERT(fetcher.channel.idle());
    wire::send(fetcher.channel, ctx.env, request, 6, 0, ctx.config().replica_socket_timeout);
    arm_timeout(ctx, fetcher);
    return true;
}

/// The connection is lost, or of no use: what the leader remembers of us is not known.
void back_off_all(Ctx ctx, Fetcher& fetcher) {
    wire::doubt_session(fetcher.session);
    for (auto& [id, target] : fetcher.targets)
        target.not_before = std::max(target.not_before, ctx.env.now() + ctx.config().replica_fetch_backoff);
    wait_until_due(ctx, fetcher);
}

void connect(Ctx ctx, Fetcher& fetcher) {
    MR_ASSERT(fetcher.channel.state == wire::ChannelState::closed && !fetcher.targets.empty());
    const Endpoint* endpoint = ctx.memory().metadata.brokers.find(fetcher.leader);
    const NodeId node =
        endpoint == nullptr ? sim::kNoNode : ctx.env.resolve(endpoint->host, static_cast<u16>(endpoint->port));
    if (node == sim::kNoNode) return;  // until metadata says where it is
    fetcher.channel.peer = node;
    fetcher.channel.port = static_cast<u16>(endpoint->port);
    fetcher.channel.lane = kFetcherLane;
    fetcher.channel.client_id = "broker-" + std::to_string(ctx.self().value) + "-fetcher-0";
    wire::connect(fetcher.channel, ctx.env);
}

/// One request in flight at most: connects, asks, or waits.
void run(Ctx ctx, Fetcher& fetcher) {
    if (fetcher.targets.empty()) return;
    switch (fetcher.channel.state) {
        case wire::ChannelState::closed: return connect(ctx, fetcher);
        case wire::ChannelState::connecting: return;
        case wire::ChannelState::open:
            if (fetcher.channel.idle() && !ask_ends(ctx, fetcher)) send_fetch(ctx, fetcher);
            return;
    }
}

// ---- answers ------------------------------------------------------------------------------------

void cut(Ctx ctx, TopicPartition id, Offset to) {
    Partition& partition = ctx.edit(id);
    const Offset from = partition.log_end_offset();
    LogScope scope(ctx);
    if (!log::truncate_to(partition.log, scope, min(to, from))) return halt(ctx, "the log directory failed");
    if (to >= from) return;
    partition.high_watermark = min(partition.high_watermark, partition.log_end_offset());
    MR_ASSERT(partition.log_end_offset() == to);
    MR_VALIDATE(partition.holds_together());
    ctx.env.fact(partition_fact(FactKind::truncated, id, {from.value, to.value}));
    ctx.env.touch(touch::kReplicas | touch::kRecords | touch::kPartitions | touch::kLeaderEpochs | touch::kSegments |
                  touch::kLedger);
}

/// The leader's log parts from ours: cut by epoch, and go on from there.
void on_divergence(Ctx ctx, TopicPartition id, const PartAnswer& answer) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const Partition& partition = *ctx.find(id);
    if (ctx.broker.has_bug(PlantedBug::no_truncation)) return;
    if (ctx.broker.has_bug(PlantedBug::truncate_to_high_watermark)) return cut(ctx, id, partition.high_watermark);
    const log::EpochEnd end{LeaderEpoch{answer.diverging_epoch.epoch}, Offset{answer.diverging_epoch.end_offset}};
    const auto truncation =
        log::follower_truncation(partition.log.epochs, partition.log_end_offset(), partition.high_watermark, end);
    cut(ctx, id, truncation.to);
}

/// The leader's end is known: cut to it if we are ahead (after an unclean election), or start anew where its
/// log begins if we are behind that.
void come_into_range(Ctx ctx, TopicPartition id, Offset leader_start, Offset leader_end) {
    Partition& partition = ctx.edit(id);
    const Offset from = partition.log_end_offset();
    const log::RangeRepair repair = log::come_into_range(from, leader_start, leader_end);
    if (!repair.anew) return repair.end == from ? void() : cut(ctx, id, repair.end);
    LogScope scope(ctx);
    if (!log::restart_at(partition.log, scope, leader_start)) return halt(ctx, "the log directory failed");
    partition.high_watermark = leader_start;
    MR_ASSERT(partition.log_end_offset() == leader_start && partition.log.log_start == leader_start);
    ctx.env.fact(partition_fact(FactKind::truncated, id, {from.value, leader_start.value}));
}

void on_end(Ctx ctx, Fetcher& fetcher, TopicPartition id, const wire::ListOffsetsResponse::Topic::Partition& answer) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    FetchTarget* target = fetcher.targets.find(id);
    const Partition* partition = ctx.find(id);
    if (target == nullptr || partition == nullptr || partition->role != Role::follower) return;
    const bool impossible = answer.offset < 0 || Offset{answer.offset} < target->leader_start;
    if (failed(static_cast<ErrorCode>(answer.error_code)) || impossible) {
        target->not_before = ctx.env.now() + ctx.config().replica_fetch_backoff;
        return;
    }
    target->out_of_range = false;
    come_into_range(ctx, id, target->leader_start, Offset{answer.offset});
}

/// What came cannot follow what is there: Kafka's follower gives the partition up until the controller's next order.
/// (A leader that lost its tail with its power and goes on in the same epoch sends such batches.)
void give_up(Ctx ctx, FetchTarget& target, const Partition& partition) {
    MR_ASSERT(partition.role == Role::follower);
    target.not_before = sim::kForever;
    ctx.env.fact(partition_fact(FactKind::replication_failed, partition.id,
                                {partition.leader.value, partition.log_end_offset().value}));
    ctx.env.touch(touch::kReplicas | touch::kFacts);
}

void copy_batches(Ctx ctx, FetchTarget& target, TopicPartition id, const PartAnswer& answer) {
    Partition& partition = ctx.edit(id);
    const Offset before = partition.log_end_offset();
    if (!answer.records.slices.empty()) {
        LogScope scope(ctx);
        ctx.env.charge(kFollowerAppendCost);
        const auto info = log::append_as_follower(partition.log, scope, answer.records.slices);
        if (!info && info.error() == ErrorCode::kafka_storage_error) return halt(ctx, "the log directory failed");
        if (!info) return give_up(ctx, target, partition);
        if (partition.log_end_offset() > before)
            ctx.env.fact(partition_fact(FactKind::replicated, id, {before.value, info->last_offset.value}));
        if (info->new_epoch)
            ctx.env.fact(
                partition_fact(FactKind::epoch_began, id,
                               {partition.log.latest_epoch().value, partition.log.epochs.entries.back().start.value}));
    }
    const Offset known = min(Offset{answer.high_watermark}, partition.log_end_offset());
    if (known > partition.high_watermark) {
        partition.high_watermark_set_by = ctx.env.fact(
            partition_fact(FactKind::high_watermark, id, {partition.high_watermark.value, known.value}));
        partition.high_watermark = known;
        partition.log.producers.on_high_watermark(known);
    }
    MR_ASSERT(partition.high_watermark <= partition.log_end_offset() && before <= partition.log_end_offset());
    if (!answer.records.slices.empty() || !target.asked)
        target.in_sync = Offset{answer.high_watermark} <= partition.log_end_offset();
    target.asked = true;
    if (is_throttled(ctx, QuotaSide::follower, id)) note_replicated(ctx, QuotaSide::follower, answer.records.size());
    ctx.env.touch(touch::kReplicas | touch::kRecords | touch::kPartitions | touch::kLeaderEpochs | touch::kSegments |
                  touch::kLedger);
}

void on_part(Ctx ctx, Fetcher& fetcher, TopicPartition id, const PartAnswer& answer) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    FetchTarget* target = fetcher.targets.find(id);
    const Partition* partition = ctx.find(id);
    if (target == nullptr || partition == nullptr || partition->role != Role::follower)
        return;  // no longer ours to copy
    const auto error = static_cast<ErrorCode>(answer.error_code);
    if (error == ErrorCode::offset_out_of_range) {
        target->out_of_range = true;
        target->leader_start = Offset{answer.log_start_offset};
        return;
    }
    if (failed(error)) {
        target->not_before = ctx.env.now() + ctx.config().replica_fetch_backoff;
        return;
    }
    if (answer.diverging_epoch.epoch >= 0) return on_divergence(ctx, id, answer);
    copy_batches(ctx, *target, id, answer);
}

/// Ids of topics are an error of the whole session; what else its broker says against it, the next request mends.
void on_session_refused(Ctx ctx, Fetcher& fetcher, const FetchResponse& response) {
    if (response.error_code == static_cast<i16>(ErrorCode::fetch_session_topic_id_error)) back_off_all(ctx, fetcher);
}

bool take_fetch(Ctx ctx, Fetcher& fetcher, wire::Reader& in, i16 version) {
    FetchResponse response;
    if (!wire::decode(in, response, version)) return false;
    const std::vector<u32> places = wire::places_of(fetcher.session, response, version, ctx.env);
    if (!wire::take_head(fetcher.session, response, places)) {
        on_session_refused(ctx, fetcher, response);
        return true;
    }
    u32 next = 0;
    for (const auto& topic : response.responses)
        for (const auto& answer : topic.partitions) {
            MR_ASSERT(places[next] < fetcher.session.parts.size());
            const TopicPartition id = fetcher.session.parts[places[next++]].id;
            if (!ctx.memory().halted) on_part(ctx, fetcher, id, answer);
        }
    return true;
}

bool take_ends(Ctx ctx, Fetcher& fetcher, wire::Reader& in, i16 version) {
    wire::ListOffsetsResponse response;
    if (!wire::decode(in, response, version)) return false;
    for (const auto& topic : response.topics)
        for (const auto& answer : topic.partitions)
            on_end(ctx, fetcher, {ctx.env.find_name(topic.name), answer.partition_index}, answer);
    return true;
}

void on_answer(Ctx ctx, Fetcher& fetcher, sim::Notice& notice) {
    MR_ASSERT(fetcher.channel.open());
    wire::Reader in(*notice.frame);
    wire::InFlightRequest request;
    ctx.env.cancel(fetcher.timeout);
    const bool good = wire::take_answer(fetcher.channel, in, request) &&
                      (request.api == wire::ApiKey::fetch ? take_fetch(ctx, fetcher, in, request.version)
                                                          : take_ends(ctx, fetcher, in, request.version));
    if (ctx.memory().halted) return;
    if (good) return run(ctx, fetcher);
    wire::close(fetcher.channel, ctx.env);
    back_off_all(ctx, fetcher);
}

}  // namespace

void follow(Ctx ctx, TopicPartition id, BrokerId leader, LeaderEpoch epoch) {
    MR_ASSERT(leader != ctx.self() && leader != kNoBroker);
    Fetcher& fetcher = ctx.memory().fetchers.by_leader[leader];
    fetcher.leader = leader;
    fetcher.targets[id] = {};
    fetcher.targets[id].epoch = epoch;
    MR_ASSERT(ctx.find(id) != nullptr && ctx.find(id)->role == Role::follower && ctx.find(id)->leader == leader);
    run(ctx, fetcher);
}

void unfollow(Ctx ctx, TopicPartition id) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    for (auto& [leader, fetcher] : ctx.memory().fetchers.by_leader) {
        if (!fetcher.targets.erase(id) || !fetcher.targets.empty()) continue;
        ctx.env.cancel(fetcher.backoff);
        ctx.env.cancel(fetcher.timeout);
        wire::close(fetcher.channel, ctx.env);
        fetcher.session = {};
    }
}

bool on_fetcher_notice(Ctx ctx, sim::Notice& notice) {
    for (auto& [leader, fetcher] : ctx.memory().fetchers.by_leader) {
        MR_ASSERT(fetcher.leader == leader);
        if (!wire::concerns(fetcher.channel, notice)) continue;
        if (notice.kind == sim::NoticeKind::connected) {
            wire::note_connected(fetcher.channel);
            run(ctx, fetcher);
        } else if (notice.kind == sim::NoticeKind::frame) {
            on_answer(ctx, fetcher, notice);
        } else {
            wire::note_closed(fetcher.channel);
            ctx.env.cancel(fetcher.timeout);
            back_off_all(ctx, fetcher);
        }
        return true;
    }
    return false;
}

void on_fetcher_timer(Ctx ctx, u16 kind, BrokerId leader) {
    Fetcher* fetcher = ctx.memory().fetchers.by_leader.find(leader);
    if (fetcher == nullptr) return;
    MR_ASSERT(fetcher->leader == leader);
    if (kind == kFetcherBackoff) fetcher->backoff = {};
    if (kind == kFetcherTimeout) {
        fetcher->timeout = {};
        wire::close(fetcher->channel, ctx.env);
        return back_off_all(ctx, *fetcher);
    }
    run(ctx, *fetcher);
}

void retry_stuck_fetchers(Ctx ctx) {
    for (auto& [leader, fetcher] : ctx.memory().fetchers.by_leader)
        if (fetcher.channel.state == wire::ChannelState::closed && !fetcher.backoff) run(ctx, fetcher);
}

}  // namespace engine::broker
