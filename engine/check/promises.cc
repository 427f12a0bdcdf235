#include "engine/check/promises.h"

#include <algorithm>
#include <charconv>

#include "engine/broker/groups.h"
#include "engine/client/client_config.h"
#include "engine/model/topic_config.h"
#include "engine/verb.h"

namespace engine::check {
namespace {

constexpr std::string_view kMinIsr = "min.insync.replicas";
constexpr std::string_view kUnclean = "unclean.leader.election.enable";

NameId name_of_topic(const World& world, std::string_view topic) { return world.kernel().names.find(topic); }

const std::string* setting(const ConfigMap& own, const ConfigMap& cluster, std::string_view key) {
    if (const std::string* value = own.find(std::string(key))) return value;
    return cluster.find(std::string(key));
}

void note_min_isr(Promises& promises, NameId topic, std::string_view value) {
    MR_ASSERT(topic != kNoName);
    i32 number = 1;
    std::from_chars(value.data(), value.data() + value.size(), number);
    const i32* known = promises.least_min_isr.find(topic);
    promises.least_min_isr[topic] = known == nullptr ? number : std::min(*known, number);
}

void note_unclean(Promises& promises, NameId topic) {
    if (!promises.unclean_allowed(topic)) promises.unclean_topics.push_back(topic);
}

/// Ages that no run reaches count as none.
constexpr i64 kLongAgeMs = 86'400'000;

void note_terms(Promises& promises, NameId topic, const ConfigMap& own) {
    const TopicConfig config = make_topic_config(own);
    TopicTerms terms;
    terms.compacted = config.cleanup_compact;
    terms.delete_retention = sim::millis(config.delete_retention_ms);
    if (config.cleanup_delete && config.retention_ms < kLongAgeMs) terms.retention_ms = config.retention_ms;
    if (config.cleanup_delete) terms.retention_bytes = config.retention_bytes;
    if (terms.compacted || terms.retained()) promises.topics[topic] = terms;
}

void note_topic(Promises& promises, const World& world, const TopicSpec& topic, const ConfigMap& cluster) {
    const NameId name = name_of_topic(world, topic.name);
    note_terms(promises, name, topic.config);
    const std::string* min_isr = setting(topic.config, cluster, kMinIsr);
    note_min_isr(promises, name, min_isr == nullptr ? "1" : *min_isr);
    const std::string* unclean = setting(topic.config, cluster, kUnclean);
    if (unclean != nullptr && *unclean == "true") note_unclean(promises, name);
}

/// `config topic NAME KEY=VALUE..`: a smaller min ISR, or an unclean election allowed, takes back a promise.
void note_config(Promises& promises, const World& world, const Verb& verb) {
    if (verb.words.size() < 3 || verb.words[0] != "topic") return;
    const NameId topic = name_of_topic(world, verb.words[1]);
    for (std::size_t i = 2; i < verb.words.size(); ++i) {
        const auto equals = verb.words[i].find('=');
        if (equals == std::string::npos) continue;
        const std::string_view key = std::string_view(verb.words[i]).substr(0, equals);
        const std::string_view value = std::string_view(verb.words[i]).substr(equals + 1);
        if (key == kMinIsr) note_min_isr(promises, topic, value);
        if (key == kUnclean && value == "true") note_unclean(promises, topic);
    }
}

/// A process that ends by force takes along what it had not sent; a broker's machine also what it had not synced.
void note_end(Promises& promises, const World& world, const Verb& verb, u64 event_index) {
    const NodeId node = verb.words.empty() ? sim::kNoNode : world.find_node(verb.words[0]);
    if (node == sim::kNoNode) return;
    if (world.card(node).kind != NodeKind::broker) promises.ended_at[node] = event_index;
    else if (verb.name == "power-cut") promises.power_lost = true;
}

/// `run kafka-topics.sh .. --delete --topic NAME`.
void note_command(Promises& promises, const World& world, const Verb& verb, u64 event_index) {
    if (std::ranges::find(verb.words, "--delete") == verb.words.end()) return;
    const auto at = std::ranges::find(verb.words, "--topic");
    if (at == verb.words.end() || at + 1 == verb.words.end()) return;
    const NameId topic = name_of_topic(world, *(at + 1));
    if (topic != kNoName && !promises.was_deleted(topic)) promises.deleted_topics[topic] = event_index;
}

void note_row(Promises& promises, const World& world, const InputRow& row) {
    const Verb verb = parse_verb(row.line);
    if (verb.name == "config") return note_config(promises, world, verb);
    if (verb.name == "run") return note_command(promises, world, verb, row.event_index);
    if (verb.name == "elect" && !verb.words.empty() && verb.words[0] == "unclean") promises.unclean_everywhere = true;
    if (verb.name == "kill" || verb.name == "power-cut" || verb.name == "restart")
        note_end(promises, world, verb, row.event_index);
}

}  // namespace

bool Promises::unclean_allowed(NameId topic) const {
    return unclean_everywhere || std::ranges::find(unclean_topics, topic) != unclean_topics.end();
}

bool Promises::durable(NameId topic) const { return !power_lost && !unclean_allowed(topic) && !was_deleted(topic); }

bool Promises::was_deleted(NameId topic) const { return deleted_topics.contains(topic); }

bool Promises::compacted(NameId topic) const {
    const TopicTerms* terms = topics.find(topic);
    return terms != nullptr && terms->compacted;
}

bool Promises::retained(NameId topic) const {
    const TopicTerms* terms = topics.find(topic);
    return terms != nullptr && terms->retained();
}

i32 Promises::min_isr(NameId topic) const {
    const i32* known = least_min_isr.find(topic);
    return known == nullptr ? 1 : *known;
}

bool Promises::all_acks(NodeId producer) const {
    const ProducerTerms* terms = producers.find(producer);
    return terms != nullptr && terms->acks == -1;
}

Promises promises_of(const WorldSpec& spec, const World& world) {
    Promises promises;
    const std::string* unclean = spec.cluster_config.find(std::string(kUnclean));
    promises.unclean_everywhere = unclean != nullptr && *unclean == "true";
    for (const TopicSpec& topic : spec.topics) note_topic(promises, world, topic, spec.cluster_config);
    promises.offsets_compacted = spec.cluster_config.contains("offsets.topic.segment.bytes");
    for (const ProducerSpec& producer : spec.producers) {
        const auto config = client::make_producer_config(producer.config, producer.name);
        if (config) promises.producers[world.find_node(producer.name)] = {config->acks, config->idempotence};
    }
    for (const ConsumerSpec& consumer : spec.consumers) {
        const auto config = client::make_consumer_config(consumer.config, consumer.name);
        if (!config) continue;
        ConsumerTerms& terms = promises.consumers[world.find_node(consumer.name)];
        terms.group = consumer.group;
        terms.from_earliest = config->reset == client::OffsetReset::earliest;
        for (const std::string& topic : consumer.topics) terms.topics.push_back(name_of_topic(world, topic));
    }
    return promises;
}

void note_created(Promises& promises, const World& world, NameId topic) {
    if (!promises.offsets_compacted || world.kernel().names.text(topic) != broker::kOffsetsTopic) return;
    ConfigMap own;
    own["cleanup.policy"] = "compact";
    note_terms(promises, topic, own);
}

void note_inputs(Promises& promises, const World& world, const History& history) {
    for (; promises.inputs_seen < history.inputs.size(); ++promises.inputs_seen)
        note_row(promises, world, history.inputs[promises.inputs_seen]);
}

}  // namespace engine::check
