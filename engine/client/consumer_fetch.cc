// Sections: asking; answers; records; handing out.
#include <fmt/format.h>

#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/record_batch.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;
using AnswerPart = wire::FetchResponse::Response::Partition;

constexpr i16 kFetchVersion = 17;
static_assert(wire::FetchRequest::kLowest <= kFetchVersion && kFetchVersion <= wire::FetchRequest::kHighest);
constexpr Nanos kRecordCost = sim::nanos(500);   // of handing out one record
static_assert(kRecordCost > Nanos{});

// ---- asking -------------------------------------------------------------------------------------

bool is_buffered(const Consumer& consumer, TopicPartition id) {
    return std::ranges::find(consumer.fetched, id, &FetchedPart::id) != consumer.fetched.end();
}

bool is_fetchable(const Consumer& consumer, TopicPartition id, const AssignedPartition& partition, Nanos now) {
    return partition.state == PositionState::fetching && !partition.paused && !partition.revoking &&
           partition.not_before <= now && !is_buffered(consumer, id);
}

bool fetch_in_flight(const Consumer& consumer, BrokerId broker) {
    MR_ASSERT(broker != kNoBroker);
    return std::ranges::any_of(consumer.requests, [&](const auto& entry) {
        return entry.second.api == ApiKey::fetch && entry.second.broker == broker;
    });
}

/// What to fetch from whom; who was served last comes last.
sim::FlatMap<BrokerId, std::vector<TopicPartition>> wanted_fetches(Consumer& consumer, Env& env) {
    std::vector<std::pair<u64, TopicPartition>> order;
    for (const auto& [id, partition] : consumer.assignment)
        if (is_fetchable(consumer, id, partition, env.now())) order.emplace_back(partition.turn, id);
    std::ranges::sort(order);
    sim::FlatMap<BrokerId, std::vector<TopicPartition>> by_leader;
    for (const auto& [turn, id] : order) {
        const BrokerId leader = consumer.assignment.at(id).leader;
        if (leader == kNoBroker || !consumer.cluster.metadata.brokers.contains(leader))
            request_update(consumer.cluster, env);
        else by_leader[leader].push_back(id);
    }
    return by_leader;
}

wire::FetchPart part_to_ask(const Consumer& consumer, TopicPartition id) {
    const AssignedPartition& partition = consumer.assignment.at(id);
    MR_ASSERT(partition.state == PositionState::fetching && partition.position >= Offset{0});
    const TopicInfo* topic = consumer.cluster.metadata.topics.find(id.topic);
    return {
        id,        topic == nullptr ? wire::Uuid{} : topic->id, partition.position, partition.leader_epoch, kNoEpoch,
        kNoOffset, consumer.config.max_partition_fetch_bytes};
}

wire::FetchRequest limits_of(const Consumer& consumer) {
    wire::FetchRequest request;
    request.max_wait_ms = static_cast<i32>(consumer.config.fetch_max_wait.to_millis());
    request.min_bytes = consumer.config.fetch_min_bytes;
    request.max_bytes = consumer.config.fetch_max_bytes;
    request.isolation_level = consumer.config.read_committed ? 1 : 0;
    return request;
}

/// Goes on with the session that the broker keeps for us, or asks for one.
void send_fetch(Consumer& consumer, Env& env, BrokerId broker, const std::vector<TopicPartition>& partitions) {
    MR_ASSERT(broker != kNoBroker);
    std::vector<wire::FetchPart> parts;
    parts.reserve(partitions.size());
    for (const TopicPartition id : partitions) parts.push_back(part_to_ask(consumer, id));
    const wire::FetchAsk what = wire::next_ask(consumer.fetch_sessions[broker], std::move(parts));
    wire::FetchRequest request = limits_of(consumer);
    wire::put_ask(request, what, env);
    const Nanos timeout = consumer.config.connection.request_timeout + consumer.config.fetch_max_wait;
    const i16 version = what.by_topic_id ? kFetchVersion : i16{wire::kFetchByTopicId - 1};
    ask(consumer, env, {ApiKey::fetch, broker, -1, CommitPurpose::interval, {}}, request, version, timeout);
}

// ---- answers ------------------------------------------------------------------------------------

void on_out_of_range(Consumer& consumer, Env& env, TopicPartition id, const AssignedPartition& partition) {
    reset_position(consumer, env, id,
                   fmt::format("{}OffsetOutOfRangeException: Fetch position {} is out of range for partition {}",
                               kConsumerErrors, position_text(consumer, env, partition), text_of(env, id)));
}

void refuse_part(Consumer& consumer, Env& env, TopicPartition id, AssignedPartition& partition, ErrorCode error) {
    MR_ASSERT(failed(error) && id.partition >= 0);
    partition.turn = consumer.next_turn++;
    if (error == ErrorCode::offset_out_of_range) return on_out_of_range(consumer, env, id, partition);
    if (error == ErrorCode::corrupt_message)
        return raise(consumer, fmt::format("org.apache.kafka.common.KafkaException: Encountered corrupt message when "
                                           "fetching offset {} for topic-partition {}",
                                           partition.position.value, text_of(env, id)));
    partition.not_before = env.now() + consumer.config.connection.retry_backoff;
    if (error != ErrorCode::unknown_leader_epoch && error != ErrorCode::unknown_server_error)
        request_update(consumer.cluster, env);
}

/// The last batch of an answer may be cut off by the limits of the fetch: it comes again with the next one.
bool is_whole(const sim::Slice& batch) {
    const auto header = wire::read_header(batch.bytes());
    return batch.length >= wire::kBatchHeaderBytes && (!header || header->total_bytes() <= batch.length);
}

void buffer_part(Consumer& consumer, const wire::FetchPart& asked, const AnswerPart& answer) {
    MR_ASSERT(!answer.records.slices.empty());
    FetchedPart part;
    part.id = asked.id;
    part.offset = asked.offset;
    for (const sim::Slice& batch : answer.records.slices)
        if (is_whole(batch)) part.batches.push_back(batch);
    if (answer.aborted_transactions)
        for (const auto& range : *answer.aborted_transactions)
            part.aborted.push_back({range.producer_id, Offset{range.first_offset}});
    std::ranges::sort(part.aborted, {},
                      [](const AbortedRange& range) { return std::pair(range.first, range.producer_id); });
    consumer.fetched.push_back(std::move(part));
}

void take_part(Consumer& consumer, Env& env, const wire::FetchPart& asked, const AnswerPart& answer) {
    MR_ASSERT(asked.offset >= Offset{0} && asked.id.partition >= 0);
    AssignedPartition* partition = consumer.assignment.find(asked.id);
    const bool stale =
        partition == nullptr || partition->state != PositionState::fetching || partition->position != asked.offset;
    if (stale) return;  // taken away, sought or being checked meanwhile
    const auto error = static_cast<ErrorCode>(answer.error_code);
    if (failed(error)) return refuse_part(consumer, env, asked.id, *partition, error);
    partition->high_watermark = Offset{answer.high_watermark};
    partition->last_stable_offset = Offset{answer.last_stable_offset};
    partition->log_start = Offset{answer.log_start_offset};
    env.touch(touch::kOffsets);
    if (answer.records.slices.empty()) return;
    partition->turn = consumer.next_turn++;
    buffer_part(consumer, asked, answer);
    if (consumer.fetched.back().batches.empty()) consumer.fetched.pop_back();
}

/// Who leads instead, if the answer says so (KIP-951).
bool take_leader_of(Consumer& consumer, Env& env, TopicPartition id, const AnswerPart& answer) {
    const auto error = static_cast<ErrorCode>(answer.error_code);
    if (error != ErrorCode::not_leader_or_follower && error != ErrorCode::fenced_leader_epoch) return false;
    const auto& leader = answer.current_leader;
    return leader.leader_id >= 0 && leader.leader_epoch >= 0 &&
           learn_leader(consumer.cluster, env, id, BrokerId{leader.leader_id}, LeaderEpoch{leader.leader_epoch});
}

void take_parts(Consumer& consumer, Env& env, const wire::FetchResponse& response,
                const std::vector<wire::FetchPart>& asked, const std::vector<u32>& places) {
    u32 next = 0;
    bool other_leader = false;
    MR_ASSERT(std::ranges::all_of(places, [&](u32 place) { return place < asked.size(); }));
    for (const auto& topic : response.responses)
        for (const AnswerPart& answer : topic.partitions) {
            const wire::FetchPart part = asked[places[next++]];
            take_part(consumer, env, part, answer);
            other_leader |= take_leader_of(consumer, env, part.id, answer);
        }
    MR_ASSERT(next == places.size());
    if (other_leader) check_leaders(consumer, env);
}

// ---- records ------------------------------------------------------------------------------------

NullableText nullable(std::span<const u8> bytes, bool is_null) {
    return {is_null ? std::string() : std::string(wire::text_of(bytes)), is_null};
}

/// Which send() a record came from, by what travels beside its batch.
MessageId message_of(const sim::Slice& batch, i32 place) {
    MR_ASSERT(place >= 0);
    const sim::Provenance& from = batch.chunk->provenance();
    const auto index = static_cast<u32>(place);
    return index < from.ordinals.size() ? MessageId{from.sender, from.ordinals[index]} : MessageId{};
}

void tell_delivery(const Consumer& consumer, Env& env, TopicPartition id, const sim::Slice& batch,
                   const wire::BatchHeader& header, const wire::RecordView& record) {
    DeliveryRow row;
    row.event_index = env.event_index();
    row.consumer = env.node();
    row.group = consumer.group;
    row.source = id;
    row.offset = Offset{header.base_offset + record.offset_delta};
    row.leader_epoch = LeaderEpoch{header.partition_leader_epoch};
    row.key = nullable(record.key, record.key_is_null);
    row.value = nullable(record.value, record.value_is_null);
    row.message = message_of(batch, record.offset_delta);
    row.delivered_at_ms = env.wall_ms();
    env.recorder<Observer>().on_delivery(row);
}

/// Transactions of which the answer says that they were aborted begin to be skipped at their first offset, until
/// their marker.
bool is_aborted(FetchedPart& part, const wire::BatchHeader& header) {
    while (!part.aborted.empty() && part.aborted.front().first.value <= header.last_offset()) {
        part.aborting.push_back(part.aborted.front().producer_id);
        part.aborted.erase(part.aborted.begin());
    }
    const auto at = std::ranges::find(part.aborting, header.producer_id);
    if (!header.has_producer() || at == part.aborting.end()) return false;
    if (!header.is_control()) return header.is_transactional();
    part.aborting.erase(at);
    return false;
}

// ---- handing out --------------------------------------------------------------------------------

struct HandOut {
    std::vector<PolledRecord> records;
    std::vector<PolledDetail>* details = nullptr;
    u32 most = 0;
    [[nodiscard]] bool full() const { return records.size() >= most; }
};

PolledDetail detail_of(TopicPartition id, const wire::BatchHeader& header, const wire::RecordView& record) {
    PolledDetail detail;
    detail.source = id;
    detail.offset = Offset{header.base_offset + record.offset_delta};
    detail.epoch = LeaderEpoch{header.partition_leader_epoch};
    detail.log_append_time = header.log_append_time();
    detail.timestamp_ms =
        detail.log_append_time ? header.max_timestamp : header.base_timestamp + record.timestamp_delta;
    detail.key = nullable(record.key, record.key_is_null);
    detail.value = nullable(record.value, record.value_is_null);
    for (const wire::RecordHeader& one : record.headers)
        detail.headers.emplace_back(std::string(wire::text_of(one.key)), nullable(one.value, one.value_is_null));
    return detail;
}

void raise_unreadable(Consumer& consumer, Env& env, TopicPartition id) {
    MR_ASSERT(id.partition >= 0);
    raise(
        consumer,
        fmt::format("org.apache.kafka.common.KafkaException: Received exception when fetching the next record from {}. "
                    "If needed, please seek past the record to continue consumption.",
                    text_of(env, id)));
}

/// Hands out records of one batch. True if the batch is done.
bool drain_batch(Consumer& consumer, Env& env, FetchedPart& part, AssignedPartition& partition, const sim::Slice& batch,
                 HandOut& out) {
    wire::RecordReader reader(batch.bytes());
    const wire::BatchHeader header = reader.header();
    const bool aborted = consumer.config.read_committed && is_aborted(part, header);
    const bool skipped = aborted || header.is_control();
    for (wire::RecordView record; !skipped && reader.next(record);) {
        const Offset offset{header.base_offset + record.offset_delta};
        if (offset < partition.position) continue;  // the batch began before what was asked for
        if (out.full()) return false;
        tell_delivery(consumer, env, part.id, batch, header, record);
        out.records.push_back({part.id, offset});
        if (out.details != nullptr) out.details->push_back(detail_of(part.id, header, record));
        partition.position = offset + 1;
        partition.epoch = LeaderEpoch{header.partition_leader_epoch};
    }
    if (failed(reader.error())) {
        raise_unreadable(consumer, env, part.id);
        return false;
    }
    partition.position = max(partition.position, Offset{header.next_offset()});
    partition.epoch = LeaderEpoch{header.partition_leader_epoch};
    return true;
}

/// True if the part is used up.
bool drain_part(Consumer& consumer, Env& env, FetchedPart& part, HandOut& out) {
    AssignedPartition& partition = consumer.assignment.at(part.id);
    const Offset from = partition.position;
    MR_ASSERT(partition.state == PositionState::fetching && part.next_batch < part.batches.size());
    while (part.next_batch < part.batches.size() &&
           drain_batch(consumer, env, part, partition, part.batches[part.next_batch], out))
        ++part.next_batch;
    if (partition.position > from) {
        env.fact(partition_fact(FactKind::delivered, part.id, {from.value, partition.position.value - 1}));
        env.touch(touch::kDeliveries | touch::kOffsets | touch::kFacts);
    }
    return part.next_batch == part.batches.size();
}

bool may_drain(const Consumer& consumer, const FetchedPart& part) {
    const AssignedPartition& partition = consumer.assignment.at(part.id);
    return partition.state == PositionState::fetching && !partition.paused && !partition.revoking;
}

}  // namespace

bool has_records(const Consumer& consumer) {
    return std::ranges::any_of(consumer.fetched, [&](const FetchedPart& part) { return may_drain(consumer, part); });
}

void send_fetches(Consumer& consumer, Env& env) {
    for (const auto& [broker, partitions] : wanted_fetches(consumer, env))
        if (!fetch_in_flight(consumer, broker) && ready(consumer.cluster, env, broker))
            send_fetch(consumer, env, broker, partitions);
}

void on_fetch_lost(Consumer& consumer, BrokerId broker) {
    if (auto* session = consumer.fetch_sessions.find(broker)) wire::doubt_session(*session);
}

bool end_fetch_sessions(Consumer& consumer, Env& env) {
    MR_ASSERT(consumer.closing == CloseStep::ending_sessions);
    forget_requests(consumer, ApiKey::fetch);
    for (auto& [broker, session] : consumer.fetch_sessions) {
        wire::end_session(session);
        const BrokerLink* link = consumer.cluster.links.find(broker);
        if (link != nullptr && link->state == LinkState::ready) send_fetch(consumer, env, broker, {});
    }
    return asks(consumer, ApiKey::fetch);
}

void on_fetch_answer(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    wire::FetchResponse response;
    wire::FetchSession& session = consumer.fetch_sessions.at(request.broker);
    if (!decode_answer(event, response)) return wire::doubt_session(session);
    if (consumer.closing == CloseStep::ending_sessions) return;
    const std::vector<u32> places = wire::places_of(session, response, event.request.version, env);
    if (wire::take_head(session, response, places)) return take_parts(consumer, env, response, session.parts, places);
    const auto error = static_cast<ErrorCode>(response.error_code);
    if (error == ErrorCode::fetch_session_topic_id_error) request_update(consumer.cluster, env);
}

void drop_buffered(Consumer& consumer, TopicPartition id) {
    if (consumer.config.bug == PlantedBug::buffer_outlives_position) return;
    MR_ASSERT(id.partition >= 0);
    std::erase_if(consumer.fetched, [&](const FetchedPart& part) { return part.id == id; });
}

std::vector<PolledRecord> drain_fetched(Consumer& consumer, Env& env, std::vector<PolledDetail>* details) {
    HandOut out;
    out.details = details;
    out.most = env.buggify("consumer: polls one record") ? 1 : static_cast<u32>(consumer.config.max_poll_records);
    for (std::size_t i = 0; i < consumer.fetched.size() && !out.full() && consumer.failure.empty();) {
        if (!may_drain(consumer, consumer.fetched[i]) || !drain_part(consumer, env, consumer.fetched[i], out)) ++i;
        else consumer.fetched.erase(consumer.fetched.begin() + static_cast<std::ptrdiff_t>(i));
    }
    MR_ASSERT(out.records.size() <= out.most);
    consumer.delivered += out.records.size();
    env.charge(kRecordCost * static_cast<i64>(out.records.size()));
    return std::move(out.records);
}

i64 lag_of(const Consumer& consumer, TopicPartition id) {
    MR_ASSERT(id.partition >= 0);
    const AssignedPartition* partition = consumer.assignment.find(id);
    if (partition == nullptr || partition->high_watermark == kNoOffset || partition->position == kNoOffset) return -1;
    const Offset end = consumer.config.read_committed ? partition->last_stable_offset : partition->high_watermark;
    return std::max<i64>(end - partition->position, 0);
}

}  // namespace engine::client
