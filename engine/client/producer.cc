// Sections: outcomes; idempotence; sending; answers; blocked sends; notices.
#include "engine/client/producer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/init_producer_id.h"
#include "engine/wire/messages/produce.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using Batch = ProducerBatchState;

constexpr i16 kProduceVersion = 9;
static_assert(wire::ProduceRequest::kLowest <= kProduceVersion && kProduceVersion <= wire::ProduceRequest::kHighest);
constexpr i16 kInitProducerIdVersion = 4;
static_assert(wire::InitProducerIdRequest::kLowest <= kInitProducerIdVersion &&
              kInitProducerIdVersion <= wire::InitProducerIdRequest::kHighest);
constexpr u64 kInitTag = ~u64{0} - 1;
constexpr std::string_view kErrors = "org.apache.kafka.common.errors.";
constexpr Nanos kSendCost = sim::micros(2);

// ---- outcomes -----------------------------------------------------------------------------------

void tell_outcome(Env& env, u32 ordinal, TopicPartition target, ErrorCode error, Offset offset, std::string exception) {
    SendOutcomeRow row;
    row.target = target;
    row.event_index = env.event_index();
    row.message = {env.node(), ordinal};
    row.error = error;
    row.offset = offset;
    row.at_ms = env.wall_ms();
    row.exception = std::move(exception);
    env.recorder<Observer>().on_send_outcome(row);
    env.touch(touch::kLedger | touch::kProducers | touch::kFacts);
}

std::string exception_text(ErrorCode error, std::string_view message) {
    const ErrorInfo& info = error_info(error);
    const bool elsewhere = error == ErrorCode::invalid_record;  // the one that is not among the client's errors
    const std::string_view package = elsewhere ? "org.apache.kafka.common." : kErrors;
    return fmt::format("{}{}: {}", package, info.exception, message.empty() ? info.message : message);
}

void finish(Producer& producer, Env& env, const Batch& batch, TopicPartition id, Offset base, bool has_offsets) {
    MR_ASSERT(batch.closed && batch.attempts > 0);
    release(producer.accumulator, batch);
    producer.acked += batch.ordinals.size();
    for (u32 i = 0; i < batch.ordinals.size(); ++i)
        tell_outcome(env, batch.ordinals[i], id, ErrorCode::none, has_offsets ? base + i : kNoOffset, "");
    if (!has_offsets) return;
    env.fact(partition_fact(FactKind::batch_acked, id, {base.value, base.value + batch.count() - 1}));
}

void fail(Producer& producer, Env& env, const Batch& batch, TopicPartition id, ErrorCode error,
          const std::string& exception) {
    MR_ASSERT(failed(error) && batch.count() > 0);
    release(producer.accumulator, batch);
    producer.failed += batch.ordinals.size();
    producer.last_error = error;
    env.fact(partition_fact(FactKind::batch_failed, id, {batch.count(), static_cast<i64>(error)}));
    for (const u32 ordinal : batch.ordinals) tell_outcome(env, ordinal, id, error, kNoOffset, exception);
}

std::string expiry_text(Env& env, const Batch& batch, TopicPartition id, const ProducerConfig& config) {
    return fmt::format("{}TimeoutException: Expiring {} record(s) for {}-{}:{} ms has passed since batch creation",
                       kErrors, batch.count(), env.text(id.topic), id.partition, config.delivery_timeout.to_millis());
}

// ---- idempotence --------------------------------------------------------------------------------

/// A batch was given up. If its last word was a refusal the log does not have it, and what follows it cannot be
/// taken either; otherwise nobody knows.
void note_given_up(PartitionQueue& queue, const Batch& batch, bool refused) {
    if (!batch.has_sequence() || batch.producer_epoch != queue.producer_epoch) return;
    if (refused) queue.begins_anew = true;
    else queue.unresolved = std::max(queue.unresolved, batch.next_sequence());
}

void note_taken(PartitionQueue& queue, const Batch& batch) {
    if (batch.has_sequence() && batch.producer_epoch == queue.producer_epoch)
        queue.expected_sequence = batch.next_sequence();
}

/// Everything that was sent has come to an end: are there sequences that nobody acknowledged?
void resolve_sequences(Producer& producer) {
    for (auto& [id, queue] : producer.accumulator.queues) {
        if (queue.unresolved < 0 || queue.has_open_sequences()) continue;
        queue.unresolved = -1;
        if (queue.expected_sequence != queue.next_sequence) queue.begins_anew = true;
    }
}

void begin_sequences(PartitionQueue& queue, i16 epoch) {
    MR_ASSERT(epoch >= 0 && queue.in_flight.empty());
    queue.producer_epoch = epoch;
    queue.next_sequence = queue.expected_sequence = 0;
    queue.unresolved = -1;
    queue.begins_anew = false;
}

/// A new epoch for partitions with a certain gap, once nothing of theirs is on its way: their sequences begin at 0,
/// also those of batches that wait to be sent again (KIP-360).
void bump_epoch(Producer& producer, Env& env) {
    const auto waits = [](const auto& entry) { return entry.second.begins_anew && !entry.second.in_flight.empty(); };
    const auto wants = [](const auto& entry) { return entry.second.begins_anew; };
    auto& queues = producer.accumulator.queues;
    if (!std::ranges::any_of(queues, wants) || std::ranges::any_of(queues, waits)) return;
    MR_ASSERT(producer.producer_id >= 0 && producer.producer_epoch < INT16_MAX);
    ++producer.producer_epoch;
    env.fact(node_fact(FactKind::producer_id, {producer.producer_id, producer.producer_epoch}));
    env.touch(touch::kProducers);
    for (auto& [id, queue] : queues) {
        if (!queue.begins_anew) continue;
        begin_sequences(queue, producer.producer_epoch);
        for (Batch& batch : queue.batches) {
            batch.base_sequence = -1;
            batch.bytes = {};
        }
    }
}

/// A batch that has no sequence yet must wait while it is open which one it will have.
bool must_wait_for_sequence(const Producer& producer, const PartitionQueue& queue) {
    MR_ASSERT(!queue.batches.empty());
    if (!producer.config.idempotence) return false;
    if (queue.begins_anew) return true;
    if (queue.batches.front().has_sequence()) return false;
    return queue.unresolved >= 0 || (queue.producer_epoch != producer.producer_epoch && queue.has_open_sequences());
}

void ask_producer_id(Producer& producer, Env& env) {
    MR_ASSERT(producer.config.idempotence && producer.producer_id < 0);
    if (producer.id_requested) return;
    const BrokerId broker = any_ready(producer.cluster, env);
    if (broker == kNoBroker || !producer.cluster.metadata.brokers.contains(broker)) return;
    wire::InitProducerIdRequest request;
    request.transaction_timeout_ms = INT32_MAX;
    producer.id_requested = true;
    send(producer.cluster, env, broker, request, kInitProducerIdVersion, kInitTag);
}

void on_producer_id(Producer& producer, Env& env, const ClientEvent& event) {
    wire::InitProducerIdResponse response;
    producer.id_requested = false;
    if (!decode_answer(event, response) || response.error_code != 0) return;
    producer.producer_id = response.producer_id;
    producer.producer_epoch = response.producer_epoch;
    env.fact(node_fact(FactKind::producer_id, {producer.producer_id, producer.producer_epoch}));
    env.touch(touch::kProducers);
}

/// With unresolved batches in flight only the one with the lowest sequence may be sent again.
bool must_wait_for_order(const Producer& producer, const PartitionQueue& queue) {
    MR_ASSERT(!queue.batches.empty());
    const Batch& first = queue.batches.front();
    if (producer.config.max_in_flight == 1) return !queue.in_flight.empty();
    if (!producer.config.idempotence || !first.has_sequence()) return false;
    return std::ranges::any_of(queue.in_flight, [&](const Batch& b) { return b.base_sequence < first.base_sequence; });
}

// ---- sending ------------------------------------------------------------------------------------

/// The batch as it will be sent, now and at every retry.
void seal(Producer& producer, Env& env, PartitionQueue& queue, Batch& batch) {
    batch.closed = true;
    if (batch.bytes.length > 0) return;
    std::vector<u8> bytes = batch.builder.finish();
    if (producer.config.idempotence) {
        MR_ASSERT(producer.producer_id >= 0 && !batch.has_sequence());
        if (queue.producer_epoch != producer.producer_epoch) begin_sequences(queue, producer.producer_epoch);
        batch.producer_id = producer.producer_id;
        batch.producer_epoch = producer.producer_epoch;
        batch.base_sequence = queue.next_sequence;
        queue.next_sequence = batch.next_sequence();
        wire::assign_producer(bytes, batch.producer_id, batch.producer_epoch, batch.base_sequence);
    }
    sim::Provenance provenance;
    provenance.sender = env.node();
    provenance.ordinals.append({batch.ordinals.begin(), batch.ordinals.end()});
    MR_ASSERT(provenance.ordinals.size() == batch.ordinals.size());
    batch.bytes = sim::Slice::whole(sim::Chunk::of(bytes, std::move(provenance)));
}

struct Drained {
    wire::ProduceRequest request;
    ProduceInFlight in_flight;
    i64 bytes = 0;
};

bool may_drain(const Producer& producer, Env& env, TopicPartition id, const PartitionQueue& queue, BrokerId broker) {
    const PartitionInfo* info = producer.cluster.metadata.find(id);
    return info != nullptr && info->leader == broker && !queue.batches.empty() &&
           sendable(producer.accumulator, queue, producer.config, env.now(), producer.flushing || producer.closed) &&
           !must_wait_for_order(producer, queue) && !must_wait_for_sequence(producer, queue);
}

void take_batch(Producer& producer, Env& env, TopicPartition id, PartitionQueue& queue, Drained& drained) {
    MR_ASSERT(!queue.batches.empty());
    Batch batch = std::move(queue.batches.front());
    queue.batches.erase(queue.batches.begin());
    seal(producer, env, queue, batch);
    ++batch.attempts;
    MR_ASSERT(batch.holds_together() && batch.bytes.length > 0 && batch.count() > 0);
    const std::string& topic = env.text(id.topic);
    if (drained.request.topic_data.empty() || drained.request.topic_data.back().name != topic)
        drained.request.topic_data.emplace_back().name = topic;
    auto& part = drained.request.topic_data.back().partition_data.emplace_back();
    part.index = id.partition;
    part.records.slices.push_back(batch.bytes);
    drained.bytes += batch.bytes.length;
    drained.in_flight.batches.emplace_back(id, batch.id);
    env.fact(partition_fact(FactKind::batch_sent, id, {batch.count()}));
    queue.in_flight.push_back(std::move(batch));
}

void complete_unanswered(Producer& producer, Env& env, const ProduceInFlight& request) {
    for (const auto& [id, batch_id] : request.batches) {
        PartitionQueue& queue = producer.accumulator.queues.at(id);
        const auto at = std::ranges::find(queue.in_flight, batch_id, &Batch::id);
        MR_ASSERT(at != queue.in_flight.end());
        finish(producer, env, *at, id, kNoOffset, false);
        queue.in_flight.erase(at);
    }
}

/// One request to one broker: the first batch of each partition that it leads. False if there is nothing.
bool send_to(Producer& producer, Env& env, BrokerId broker) {
    Drained drained;
    for (auto& [id, queue] : producer.accumulator.queues) {
        if (!may_drain(producer, env, id, queue, broker)) continue;
        if (drained.bytes > 0 &&
            drained.bytes + queue.batches.front().builder.size() > producer.config.max_request_size)
            continue;
        take_batch(producer, env, id, queue, drained);
    }
    if (drained.in_flight.batches.empty()) return false;
    drained.request.acks = producer.config.acks;
    drained.request.timeout_ms = static_cast<i32>(producer.config.connection.request_timeout.to_millis());
    drained.in_flight.broker = broker;
    const bool answered = producer.config.acks != 0;
    const u64 tag = producer.next_request++;
    send(producer.cluster, env, broker, drained.request, kProduceVersion, tag, answered);
    MR_ASSERT(!producer.requests.contains(tag) && tag < kInitTag);
    if (answered) producer.requests[tag] = std::move(drained.in_flight);
    else complete_unanswered(producer, env, drained.in_flight);
    env.touch(touch::kProducers);
    return true;
}

/// Brokers that lead a partition with something to send.
std::vector<BrokerId> wanted_brokers(Producer& producer, Env& env) {
    std::vector<BrokerId> brokers;
    for (const auto& [id, queue] : producer.accumulator.queues) {
        if (queue.batches.empty()) continue;
        const PartitionInfo* info = producer.cluster.metadata.find(id);
        if (info == nullptr || info->leader == kNoBroker) {
            producer.cluster.update_wanted = true;
            continue;
        }
        const bool due =
            sendable(producer.accumulator, queue, producer.config, env.now(), producer.flushing || producer.closed);
        if (due && std::ranges::find(brokers, info->leader) == brokers.end()) brokers.push_back(info->leader);
    }
    return brokers;
}

void expire_list(Producer& producer, Env& env, TopicPartition id, PartitionQueue& queue, std::vector<Batch>& batches) {
    for (std::size_t i = 0; i < batches.size();) {
        if (batches[i].created + producer.config.delivery_timeout > env.now()) { ++i; continue; }
        const Batch expired = std::move(batches[i]);
        batches.erase(batches.begin() + static_cast<std::ptrdiff_t>(i));
        note_given_up(queue, expired, false);
        fail(producer, env, expired, id, ErrorCode::request_timed_out, expiry_text(env, expired, id, producer.config));
    }
}

void expire_batches(Producer& producer, Env& env) {
    for (auto& [id, queue] : producer.accumulator.queues) {
        if (expires_at(queue, producer.config) > env.now()) continue;
        expire_list(producer, env, id, queue, queue.in_flight);
        expire_list(producer, env, id, queue, queue.batches);
    }
}

void run_sender(Producer& producer, Env& env) {
    expire_batches(producer, env);
    if (producer.config.idempotence && producer.producer_id < 0) return ask_producer_id(producer, env);
    resolve_sequences(producer);
    bump_epoch(producer, env);
    for (const BrokerId broker : wanted_brokers(producer, env)) {
        if (!ready(producer.cluster, env, broker)) continue;
        while (in_flight(producer.cluster, broker) < static_cast<u32>(producer.config.max_in_flight))
            if (!send_to(producer, env, broker)) break;
    }
}

// ---- answers ------------------------------------------------------------------------------------

/// Back to the front of its queue, before batches with higher sequences.
void requeue(Producer& producer, Env& env, TopicPartition id, Batch batch, ErrorCode error) {
    PartitionQueue& queue = producer.accumulator.queues.at(id);
    MR_ASSERT(batch.closed && batch.attempts > 0);
    batch.retry_not_before = env.now() + backoff(env.rng(), producer.config.connection.retry_backoff,
                                                 producer.config.connection.retry_backoff_max, batch.attempts - 1);
    ++producer.retries;
    producer.last_error = error;
    env.fact(partition_fact(FactKind::batch_retried, id, {static_cast<i64>(error)}));
    const auto at = std::ranges::find_if(queue.batches, [&](const Batch& other) {
        return !other.has_sequence() || other.base_sequence > batch.base_sequence;
    });
    queue.batches.insert(producer.config.idempotence ? at : queue.batches.begin(), std::move(batch));
}

/// The leader misses sequences before this batch. If it is the one that must come next, that gap is certain;
/// otherwise an earlier batch may still fill it (KIP-360).
void on_gap(PartitionQueue& queue, const Batch& batch) {
    const bool next =
        queue.unresolved < 0 ? batch.base_sequence == queue.expected_sequence : batch.base_sequence == queue.unresolved;
    if (next) queue.begins_anew = true;
}

bool may_retry(const Producer& producer, Env& env, const Batch& batch, ErrorCode error) {
    if (batch.created + producer.config.delivery_timeout <= env.now()) return false;
    if (static_cast<i64>(batch.attempts) > producer.config.retries) return false;
    return is_retriable(error) || (producer.config.idempotence && error == ErrorCode::out_of_order_sequence_number);
}

struct PartAnswer {
    ErrorCode error = ErrorCode::none;
    Offset base = kNoOffset;
    std::string message;
};

void settle_batch(Producer& producer, Env& env, TopicPartition id, u64 batch_id, const PartAnswer& answer) {
    PartitionQueue& queue = producer.accumulator.queues.at(id);
    const auto at = std::ranges::find(queue.in_flight, batch_id, &Batch::id);
    if (at == queue.in_flight.end()) return;  // expired while it was on its way
    Batch batch = std::move(*at);
    queue.in_flight.erase(at);
    const bool taken = !failed(answer.error) || answer.error == ErrorCode::duplicate_sequence_number;
    if (taken) note_taken(queue, batch);
    if (taken) return finish(producer, env, batch, id, answer.base, true);
    if (error_info(answer.error).refreshes_metadata) producer.cluster.update_wanted = true;
    const bool gap = answer.error == ErrorCode::out_of_order_sequence_number && batch.has_sequence();
    if (gap) on_gap(queue, batch);
    if (may_retry(producer, env, batch, answer.error))
        return requeue(producer, env, id, std::move(batch), answer.error);
    const bool expired = batch.created + producer.config.delivery_timeout <= env.now();
    note_given_up(queue, batch, !expired && !is_retriable(answer.error));
    fail(producer, env, batch, id, answer.error,
         expired ? expiry_text(env, batch, id, producer.config) : exception_text(answer.error, answer.message));
}

/// A single bad record says more than the batch's own message (Sender.failBatch).
std::string message_of(const wire::ProduceResponse::Response::PartitionResponse& part) {
    if (part.record_errors.size() == 1 && part.record_errors.front().batch_index_error_message)
        return *part.record_errors.front().batch_index_error_message;
    return part.error_message.value_or("");
}

void on_produce_answer(Producer& producer, Env& env, const ClientEvent& event) {
    wire::ProduceResponse response;
    if (!producer.requests.contains(event.request.tag)) return;
    const ProduceInFlight request = std::move(producer.requests.at(event.request.tag));
    producer.requests.erase(event.request.tag);
    const bool good = decode_answer(event, response);
    for (const auto& [id, batch_id] : request.batches) {
        PartAnswer answer{good ? ErrorCode::unknown_server_error : ErrorCode::network_exception, kNoOffset, ""};
        for (const auto& topic : response.responses)
            for (const auto& part : topic.partition_responses)
                if (topic.name == env.text(id.topic) && part.index == id.partition)
                    answer = {static_cast<ErrorCode>(part.error_code), Offset{part.base_offset}, message_of(part)};
        settle_batch(producer, env, id, batch_id, answer);
    }
}

void on_request_lost(Producer& producer, Env& env, const ClientEvent& event) {
    if (event.request.tag == kInitTag) { producer.id_requested = false; return; }
    if (!producer.requests.contains(event.request.tag)) return;
    const ProduceInFlight request = std::move(producer.requests.at(event.request.tag));
    producer.requests.erase(event.request.tag);
    for (const auto& [id, batch_id] : request.batches)
        settle_batch(
            producer, env, id, batch_id,
            {ErrorCode::network_exception, kNoOffset, fmt::format("Disconnected from node {}", request.broker.value)});
}

// ---- blocked sends ------------------------------------------------------------------------------

i32 choose_partition(Producer& producer, Env& env, const OutgoingRecord& record, const TopicInfo& topic) {
    const auto n = static_cast<i32>(topic.partitions.size());
    MR_ASSERT(n > 0);
    const auto key = wire::bytes_of(record.key.text);
    if (record.target.partition >= 0) return record.target.partition;
    if (producer.config.librdkafka_partitioner && !record.key.is_null && !record.key.text.empty())
        return librdkafka_partition(key, n);
    if (!record.key.is_null && !producer.config.ignore_keys && !producer.config.librdkafka_partitioner)
        return java_partition(key, n);
    return sticky_partition(producer.sticky[record.target.topic], env.rng(), topic);
}

void refuse_send(Producer& producer, Env& env, const OutgoingRecord& record, ErrorCode error,
                 const std::string& exception) {
    MR_ASSERT(failed(error));
    ++producer.failed;
    producer.last_error = error;
    tell_outcome(env, record.ordinal, record.target, error, kNoOffset, exception);
}

struct SendAttempt {
    BlockedOn waits_for = BlockedOn::nothing;
    bool wakes_sender = false;   // its batch is new, full or closed
};

/// Puts one record into its batch; what it must wait for otherwise.
SendAttempt try_send(Producer& producer, Env& env, OutgoingRecord& record) {
    const TopicInfo* topic = producer.cluster.metadata.topics.find(record.target.topic);
    if (topic == nullptr || topic->partitions.empty()) return {BlockedOn::metadata};
    const bool sticky = record.target.partition < 0 && (record.key.is_null || producer.config.ignore_keys);
    const i32 chosen = choose_partition(producer, env, record, *topic);
    if (static_cast<std::size_t>(chosen) >= topic->partitions.size()) return {BlockedOn::metadata};
    MR_ASSERT(chosen >= 0);
    const i32 asked = std::exchange(record.target.partition, chosen);
    const AppendOutcome outcome = append(producer.accumulator, producer.config, env.now(), record);
    if (!outcome.fits) {
        record.target.partition = asked;  // where it goes is chosen again when there is memory
        return {BlockedOn::memory};
    }
    const bool closes = env.buggify("producer: batch closed early");
    if (closes) producer.accumulator.queues.at(record.target).batches.back().closed = true;
    if (sticky)
        note_produced(producer.sticky[record.target.topic], outcome.bytes, producer.config.batch_size,
                      outcome.batch_full);
    return {BlockedOn::nothing, outcome.batch_full || closes};
}

std::string blocked_text(const Producer& producer, Env& env, const OutgoingRecord& record) {
    MR_ASSERT(producer.blocked_on != BlockedOn::nothing);
    const i64 limit = producer.config.max_block.to_millis();
    if (producer.blocked_on == BlockedOn::metadata)
        return fmt::format("{}TimeoutException: Topic {} not present in metadata after {} ms.", kErrors,
                           env.text(record.target.topic), limit);
    return fmt::format(
        "org.apache.kafka.clients.producer.BufferExhaustedException: Failed to allocate {} bytes within the configured "
        "max blocking time {} ms. Total memory: {} bytes. Available memory: {} bytes. Poolable size: {} bytes",
        producer.config.batch_size, limit, producer.config.buffer_memory,
        producer.config.buffer_memory - producer.accumulator.used_bytes, producer.config.batch_size);
}

/// Whether the first send goes on waiting after an attempt; it does not if it was refused for waiting too long.
bool must_wait(Producer& producer, Env& env, const OutgoingRecord& record, BlockedOn waits_for) {
    if (waits_for != BlockedOn::nothing) {
        if (producer.blocked_on == BlockedOn::nothing) producer.blocked_since = env.now();
        producer.blocked_on = waits_for;
        if (waits_for == BlockedOn::metadata) producer.cluster.update_wanted = true;
        if (env.now() - producer.blocked_since < producer.config.max_block) return true;
        refuse_send(producer, env, record, ErrorCode::request_timed_out, blocked_text(producer, env, record));
    }
    if (producer.blocked_on != BlockedOn::nothing) producer.blocked_time += env.now() - producer.blocked_since;
    producer.blocked_on = BlockedOn::nothing;
    return false;
}

/// One attempt for the send whose turn it is (KafkaProducer.doSend): whether it stays blocked. The sender is woken when
/// it has something new to look at: a record that joins an open batch leaves it asleep.
bool stays_blocked(Producer& producer, Env& env, OutgoingRecord& record, bool& wakes_sender) {
    const SendAttempt attempt = try_send(producer, env, record);
    wakes_sender = wakes_sender || attempt.wakes_sender || attempt.waits_for != BlockedOn::nothing;
    return must_wait(producer, env, record, attempt.waits_for);
}

/// Lets sends go on in their order. True if the sender has something new to look at.
bool unblock(Producer& producer, Env& env) {
    bool wakes_sender = false;
    while (!producer.blocked.empty()) {
        if (stays_blocked(producer, env, producer.blocked.front(), wakes_sender)) return true;
        producer.blocked.pop_front();
    }
    return wakes_sender;
}

// ---- timing -------------------------------------------------------------------------------------

/// When something is due by time alone. A batch that could go but has no connection waits for that instead.
Nanos next_due(const Producer& producer, Nanos now) {
    Nanos due =
        producer.blocked_on == BlockedOn::nothing ? sim::kForever : producer.blocked_since + producer.config.max_block;
    for (const auto& [id, queue] : producer.accumulator.queues) {
        due = std::min(due, expires_at(queue, producer.config));
        const Nanos at = sendable_at(queue, producer.config);
        if (at > now) due = std::min(due, at);
    }
    return due;
}

void arm_timer(Producer& producer, Env& env) {
    const Nanos due = next_due(producer, env.now());
    if (due == sim::kForever || (producer.timer && producer.timer_due <= due)) return;
    env.cancel(producer.timer);
    const Nanos delay = std::max(due - env.now(), sim::kLoopDelay);
    producer.timer_due = env.now() + delay;
    MR_ASSERT(producer.timer_due > env.now());
    producer.timer = env.timer(delay, producer.timer_kind, 0);
}

void run(Producer& producer, Env& env) {
    run_sender(producer, env);
    settle(producer.cluster, env);
    MR_ASSERT(producer.blocked.empty() == (producer.blocked_on == BlockedOn::nothing));
    MR_VALIDATE(producer.accumulator.balances());
    if (drained(producer)) producer.flushing = false;
    arm_timer(producer, env);
}

void work(Producer& producer, Env& env) {
    unblock(producer, env);
    run(producer, env);
}

}  // namespace

void start(Producer& producer, Env& env) {
    MR_ASSERT(producer.timer_kind != 0 && producer.timer_kind != producer.cluster.timer_kind);
    producer.cluster.config = producer.config.connection;
    producer.cluster.allow_topic_creation = true;
    start(producer.cluster, env);
}

void send(Producer& producer, Env& env, OutgoingRecord record) {
    env.charge(kSendCost);
    SendRow row;
    row.event_index = env.event_index();
    row.message = {env.node(), record.ordinal};
    row.target = record.target;
    row.key = std::move(record.key);
    row.value = std::move(record.value);
    row.sent_at_ms = env.wall_ms();
    env.recorder<Observer>().on_send(row);
    record.key = std::move(row.key);
    record.value = std::move(row.value);
    env.fact(partition_fact(FactKind::record_sent, record.target, {record.ordinal}));
    env.touch(touch::kLedger | touch::kFacts | touch::kProducers);
    if (record.timestamp_ms < 0) record.timestamp_ms = row.sent_at_ms;
    add_topic(producer.cluster, env, record.target.topic);
    bool wakes_sender = false;
    const bool queues = !producer.blocked.empty();
    if (queues || stays_blocked(producer, env, record, wakes_sender)) producer.blocked.push_back(std::move(record));
    if (queues) wakes_sender = unblock(producer, env);
    if (wakes_sender || producer.flushing) run(producer, env);
}

void flush(Producer& producer, Env& env) {
    producer.flushing = true;
    work(producer, env);
}

bool drained(const Producer& producer) {
    if (!producer.blocked.empty()) return false;
    return std::ranges::all_of(producer.accumulator.queues, [](const auto& entry) {
        return entry.second.batches.empty() && entry.second.in_flight.empty();
    });
}

u32 batches_in_flight(const Producer& producer) {
    u32 count = 0;
    for (const auto& [id, queue] : producer.accumulator.queues) count += static_cast<u32>(queue.in_flight.size());
    return count;
}

bool concerns(const Producer& producer, const sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == producer.timer_kind) return true;
    return concerns(producer.cluster, notice);
}

void on_notice(Producer& producer, Env& env, sim::Notice& notice) {
    env.touch(touch::kProducers);
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == producer.timer_kind) {
        producer.timer = {};
        return work(producer, env);
    }
    ClientEvents events;
    on_notice(producer.cluster, env, notice, events);
    for (const ClientEvent& event : events) {
        if (event.kind == ClientEventKind::request_lost) on_request_lost(producer, env, event);
        else if (event.kind == ClientEventKind::answer && event.request.tag == kInitTag)
            on_producer_id(producer, env, event);
        else if (event.kind == ClientEventKind::answer) on_produce_answer(producer, env, event);
    }
    work(producer, env);
}

}  // namespace engine::client
