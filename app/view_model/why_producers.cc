// Sections: sends · waiting · refused · in which partition · twice.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/copies.h"
#include "app/view_model/questions.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/client/partitioner.h"
#include "engine/client/producer_node.h"
#include "engine/wire/record_batch.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using engine::SendOutcomeRow;
using engine::SendRow;

// ---- sends ------------------------------------------------------------------------------------------

const SendOutcomeRow* outcome_of(const Scene& scene, u64 row) {
    const engine::History& history = scene.history();
    if (row >= history.outcome_of.size() || history.outcome_of[row] == engine::kNoRow) return nullptr;
    const SendOutcomeRow& found = history.outcomes[history.outcome_of[row]];
    return found.event_index < scene.cursor() ? &found : nullptr;
}

/// The oldest send of a producer that has no outcome; the number of them.
std::pair<const SendRow*, u64> oldest_pending(const Scene& scene, NodeId producer) {
    const engine::History& history = scene.history();
    const SendRow* oldest = nullptr;
    u64 count = 0;
    for (u64 i = 0; i < scene.reader().rows_now(history.sends); ++i) {
        if (history.sends[i].message.producer != producer || outcome_of(scene, i) != nullptr) continue;
        if (oldest == nullptr) oldest = &history.sends[i];
        ++count;
    }
    return {oldest, count};
}

/// The send of which a record is a copy; nullptr if it is none's.
const SendRow* send_at(const Scene& scene, TopicPartition id, i64 offset) {
    const lab::Replica leading = scene.cluster().leading_replica(id);
    const engine::History& history = scene.history();
    for (u64 i = scene.reader().rows_now(history.sends); leading && i > 0; --i) {
        if (history.sends[i - 1].target.topic != id.topic) continue;
        for (const lab::Copy& copy :
             scene.reader().copies().find(scene.reader(), leading, history.sends[i - 1].message))
            if (copy.offset.value == offset) return &history.sends[i - 1];
    }
    return nullptr;
}

/// A producer as its process has it in memory, or had.
const engine::client::Producer* producer_memory(const Scene& scene, NodeId node) {
    if (node == sim::kNoNode || scene.world().nodes[node.value].code().kind() != engine::NodeKind::producer)
        return nullptr;
    return &scene.world().nodes[node.value].as<engine::client::ProducerNode>().state.memory.producer;
}

TopicPartition home_of(const Scene& scene, const SendRow& send) {
    if (send.target.partition >= 0) return send.target;
    const auto all = scene.partitions_of(send.target.topic);
    return all.size() == 1 ? all.front() : send.target;
}

// ---- waiting ----------------------------------------------------------------------------------------

struct Parked {
    const engine::broker::PendingProduce* produce = nullptr;
    const engine::broker::PendingProducePartition* part = nullptr;
    NodeId broker;
};

/// A produce of this client that a broker keeps.
Parked find_parked(const Scene& scene, NodeId producer) {
    for (const NodeId node : scene.brokers()) {
        const auto* broker = scene.reader().broker(node);
        if (broker == nullptr || !is_alive(scene, node)) continue;
        for (const auto& [op, produce] : broker->memory.purgatory.produces) {
            const sim::Connection* connection = scene.world().machine.network.find(produce.reply_to.connection);
            if (connection == nullptr ||
                connection->ends[sim::other(produce.reply_to.connection.side)].node != producer)
                continue;
            for (const auto& part : produce.partitions)
                if (part.waiting) return {&produce, &part, node};
        }
    }
    return {};
}

Answer waits_for_copies(const Scene& scene, const Parked& parked) {
    Answer answer;
    answer.so = true;
    const lab::Replica leader = scene.cluster().replica(parked.broker, parked.part->id);
    std::vector<std::string> behind;
    if (leader)
        for (const BrokerId each : leader.partition->isr.maximal()) {
            const auto* follower = leader.partition->followers.find(each);
            if (each == leader.broker || (follower != nullptr && follower->log_end_offset >= parked.part->required))
                continue;
            const FactRow* silence = silence_between(scene, scene.world().broker_node(each), parked.broker);
            behind.push_back(fmt::format("broker {}{}", each.value,
                                         silence == nullptr ? "" : fmt::format(" ({})", short_text(scene, *silence))));
            add_fact(answer.evidence, silence);
        }
    const i64 high = leader ? leader.partition->high_watermark.value : 0;
    answer.verdict = fmt::format("{} has written it and waits for high watermark **{}**; it is **{}**.",
                                 capital(scene.name(parked.broker)), parked.part->required.value, high);
    if (!behind.empty()) answer.verdict += fmt::format(" In the ISR and not yet there: {}.", listed(behind));
    else if (leader && leader.partition->under_min_isr())
        answer.verdict +=
            fmt::format(" The ISR is below `min.insync.replicas` {}.", leader.partition->effective_min_isr());
    answer.verdict += fmt::format(" {} left.", span_text(parked.produce->deadline - scene.at().clock));
    answer.rule = "`acks=all`: the answer goes out when every member of the ISR has the record. " +
                  high_watermark_rule(scene, parked.part->id);
    add_chain(scene, answer.evidence,
              latest_fact(scene,
                          [&](const FactRow& row) {
                              return engine::kind_of(row.fact) == FactKind::produce_waits &&
                                     is_about(row, parked.part->id) && row.fact.node == parked.broker;
                          }),
              3);
    return answer;
}

/// It has not reached a broker that would keep it.
Answer waits_before_leader(const Scene& scene, NodeId producer, const SendRow& send, u64 count) {
    const TopicPartition id = home_of(scene, send);
    const auto* state = id.partition < 0 ? nullptr : scene.cluster().find(id);
    const std::string what = count == 1 ? "1 record waits" : fmt::format("{} records wait", count);
    Answer answer;
    answer.so = true;
    answer.rule =
        "A producer sends to the leader. Without one, or without an answer, it asks for metadata and tries again until "
        "`delivery.timeout.ms` is over.";
    if (state != nullptr && state->leader == engine::kNoBroker) {
        Object partition;
        partition.id = id;
        const Answer leader = why_no_leader(scene, partition);
        answer.verdict = fmt::format("{}: {} has no leader. {}", what, scene.name(id), leader.verdict);
        answer.evidence = leader.evidence;
        return answer;
    }
    const NodeId leader = state == nullptr ? sim::kNoNode : scene.world().broker_node(state->leader);
    const FactRow* silence = leader == sim::kNoNode ? nullptr : silence_between(scene, producer, leader);
    const FactRow* retried = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::batch_retried && row.fact.node == producer;
    });
    if (silence != nullptr)
        answer.verdict = fmt::format("{}: {} does not hear {}.{}", what, scene.name(leader), scene.name(producer),
                                     because(scene, silence));
    else
        answer.verdict = fmt::format("{} on the way to {} and back.", what,
                                     leader == sim::kNoNode ? "a broker" : scene.name(leader));
    add_fact(answer.evidence, silence);
    if (retried != nullptr && silence != nullptr) add_chain(scene, answer.evidence, retried, 3);
    return answer;
}

}  // namespace

Answer why_waits(const Scene& scene, const Object& object) {
    NodeId producer = object.node;
    if (object.kind == ObjectKind::wait) {
        const auto* broker = scene.reader().broker(object.node);
        const auto* produce = broker == nullptr ? nullptr : broker->memory.purgatory.produces.find(object.number);
        const sim::Connection* connection =
            produce == nullptr ? nullptr : scene.world().machine.network.find(produce->reply_to.connection);
        if (connection == nullptr) return not_so("Nothing waits here any more.");
        producer = connection->ends[sim::other(produce->reply_to.connection.side)].node;
    }
    if (const Parked parked = find_parked(scene, producer); parked.part != nullptr)
        return waits_for_copies(scene, parked);
    const auto [oldest, count] = oldest_pending(scene, producer);
    if (oldest == nullptr)
        return not_so(fmt::format("Nothing waits: every send of {} has its answer.", scene.name(producer)));
    return waits_before_leader(scene, producer, *oldest, count);
}

// ---- refused ----------------------------------------------------------------------------------------

Answer why_refused(const Scene& scene, const Object& object) {
    const FactRow* failed = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::batch_failed && row.fact.node == object.node;
    });
    if (failed == nullptr) return not_so(fmt::format("No send of {} has failed.", scene.name(object.node)));
    Answer answer;
    answer.so = true;
    const TopicPartition id{failed->fact.subject, failed->fact.partition};
    const auto code = static_cast<engine::ErrorCode>(failed->fact.n[1]);
    const FactRow* refused = latest_fact(scene, [&](const FactRow& row) {
        return row.id < failed->id && engine::kind_of(row.fact) == FactKind::append_refused && is_about(row, id) &&
               row.fact.n[0] == failed->fact.n[1];
    });
    answer.verdict = fmt::format("`{} {}`", failed->fact.n[1], engine::name_of(code));
    const lab::Replica leader = scene.cluster().leading_replica(id);
    if (code == engine::ErrorCode::not_enough_replicas && leader) {
        answer.verdict += fmt::format(": the ISR was smaller than `min.insync.replicas` **{}**. Nothing was written.",
                                      leader.partition->effective_min_isr());
        answer.rule =
            "With `acks=all` a leader refuses before it writes while the ISR is smaller than `min.insync.replicas`. "
            "`acks=1` is not refused.";
        const auto* state = scene.cluster().find(id);
        if (state != nullptr)
            for (const BrokerId each : state->replicas)
                if (const FactRow* left = has(state->isr, each) ? nullptr : left_isr(scene, id, each);
                    left != nullptr && left->id < failed->id)
                    add_chain(scene, answer.evidence, left, 3);
    } else if (code == engine::ErrorCode::request_timed_out) {
        answer.verdict += ": no answer came in time. The record may be in the log all the same.";
        answer.rule = "After `delivery.timeout.ms` a producer gives up. Whether the broker wrote it, it does not know.";
        const auto* state = scene.cluster().find(id);
        if (state != nullptr && state->leader != engine::kNoBroker)
            add_fact(answer.evidence,
                     silence_between(scene, object.node, scene.world().broker_node(state->leader), failed));
        add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                     return row.id < failed->id && engine::kind_of(row.fact) == FactKind::produce_expired &&
                            is_about(row, id);
                 }));
    } else {
        answer.verdict += ".";
    }
    add_fact(answer.evidence, refused);
    add_fact(answer.evidence, failed);
    return answer;
}

// ---- in which partition -------------------------------------------------------------------------------

namespace {

/// Numbers of partitions the topic has had, now first.
std::string told_when_fewer(std::span<const u8> key, i32 now, i32 wanted) {
    for (i32 count = now - 1; count > 0; --count)
        if (engine::client::java_partition(key, count) == wanted) return fmt::format("{}", count);
    return "";
}

}  // namespace

Answer why_here(const Scene& scene, const Object& object) {
    const lab::Replica leading = scene.cluster().leading_replica(object.id);
    const auto record = leading ? record_at(scene, leading, object.offset) : std::nullopt;
    if (!record)
        return not_so(fmt::format("There is no record at offset {} of {}.", object.offset, scene.name(object.id)));
    const SendRow* send = send_at(scene, object.id, object.offset);
    const auto count = static_cast<i32>(scene.partitions_of(object.id.topic).size());
    const bool keyless = send != nullptr ? send->key.is_null : record->key.empty();
    Answer answer;
    if (send != nullptr)
        add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                     return engine::kind_of(row.fact) == FactKind::record_sent &&
                            row.fact.node == send->message.producer && row.fact.n[0] == send->message.ordinal;
                 }));
    if (keyless) {
        answer.verdict =
            "No key decided: it has none. The producer stays with one partition until `batch.size` bytes went there, "
            "then takes another at random.";
        answer.rule = "A record without a key goes to the sticky partition, not round-robin.";
        return answer;
    }
    const std::string& key = send != nullptr ? send->key.text : record->key;
    const auto bytes = engine::wire::bytes_of(key);
    const i32 java = engine::client::positive(engine::client::murmur2(bytes)), here = object.id.partition;
    const auto* producer = send == nullptr ? nullptr : producer_memory(scene, send->message.producer);
    const bool librdkafka = producer != nullptr && producer->config.librdkafka_partitioner;
    answer.rule =
        "The client computes the partition from the key; the broker never looks at it. The same key goes elsewhere "
        "when the number of partitions or the hash is another.";
    if (librdkafka && engine::client::librdkafka_partition(bytes, count) == here) {
        answer.so = true;
        answer.verdict =
            fmt::format("CRC32 of `{}` is **{}**, and {} mod {} = **{}**: this client is librdkafka's.", key,
                        engine::client::crc32_ieee(bytes), engine::client::crc32_ieee(bytes), count, here);
    } else if (!librdkafka && java % count == here) {
        answer.so = true;
        answer.verdict = fmt::format("murmur2 of `{}` without its sign is **{}**, and {} mod {} = **{}**.", key, java,
                                     java, count, here);
    } else if (const std::string fewer = told_when_fewer(bytes, count, here); !librdkafka && !fewer.empty()) {
        answer.so = true;
        answer.verdict = fmt::format(
            "It was written when the topic had {} partitions: {} mod {} = **{}**. With {} it would go to {}.", fewer,
            java, fewer, here, count, java % count);
    } else {
        answer.verdict =
            fmt::format("Its key did not decide: `{}` would go to {} of {}. The program named the partition.", key,
                        java % count, count);
    }
    return answer;
}

// ---- twice ------------------------------------------------------------------------------------------

Answer why_twice(const Scene& scene, const Object& object) {
    const SendRow* send = send_at(scene, object.id, object.offset);
    const lab::Replica leading = scene.cluster().leading_replica(object.id);
    if (send == nullptr || !leading) return not_so("Nobody in this world sent it.");
    const lab::CopyList copies = scene.reader().copies().find(scene.reader(), leading, send->message);
    if (copies.size() < 2) return not_so(fmt::format("It is there once, at offset {}.", object.offset));
    Answer answer;
    answer.so = true;
    const NodeId producer = send->message.producer;
    const FactRow* retried = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::batch_retried && row.fact.node == producer &&
               TopicPartition{row.fact.subject, row.fact.partition}.topic == object.id.topic &&
               row.id.event_index > send->event_index;
    });
    const FactRow* lost = latest_fact(scene, [&](const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        const bool dropped =
            kind == FactKind::message_dropped && (row.fact.n[2] == producer.value || row.fact.n[1] == producer.value);
        const bool cut = kind == FactKind::connection_lost && row.fact.node == producer;
        return (dropped || cut) && row.id.event_index > send->event_index &&
               (retried == nullptr || row.id < retried->id || row.id.event_index == retried->id.event_index);
    });
    const auto* memory = producer_memory(scene, producer);
    answer.verdict =
        fmt::format("It lies at offsets **{}** and **{}**: the first answer did not reach {}, which sent it again.",
                    copies[0].offset.value, copies[1].offset.value, scene.name(producer));
    if (memory != nullptr && !memory->config.idempotence)
        answer.verdict += " `enable.idempotence` is false: without a sequence the broker cannot know that it has it.";
    answer.rule =
        "A retry is recognised by producer id, epoch and sequence, among the last five batches. Without them it is a "
        "new record.";
    add_fact(answer.evidence, lost);
    add_fact(answer.evidence, retried);
    for (const lab::Copy& copy : copies)
        add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                     return engine::kind_of(row.fact) == FactKind::appended && is_about(row, object.id) &&
                            row.fact.n[0] <= copy.offset.value && copy.offset.value <= row.fact.n[1];
                 }));
    return answer;
}

}  // namespace app
