// Who produces and who consumes, and how carefully.
#include "app/proof/sweep/draw.h"
#include "app/proof/sweep/plan.h"

namespace app::proof {
namespace {

using engine::ConfigMap;
using sim::Prng;

constexpr const char* kCodecs[] = {"none", "none", "none", "gzip", "snappy", "lz4", "zstd"};
constexpr engine::CommitStyle kStyles[] = {engine::CommitStyle::automatic, engine::CommitStyle::automatic,
                                           engine::CommitStyle::after_work, engine::CommitStyle::before_work};

void draw_timeouts(Prng& prng, ConfigMap& config) {
    config["request.timeout.ms"] = number(prng, 2000, 8000);
    config["metadata.max.age.ms"] = number(prng, 5000, 60'000);
    config["reconnect.backoff.max.ms"] = "1000";
}

/// How much a send() is to be trusted: all with idempotence, all, one, none.
void draw_care(Prng& prng, ConfigMap& config) {
    const u64 draw = prng.below(100);
    const bool all = draw < 75;
    config["acks"] = all ? "all" : draw < 92 ? "1" : "0";
    config["enable.idempotence"] = draw < 50 ? "true" : "false";
    config["max.in.flight.requests.per.connection"] = number(prng, 1, 5);
    if (!all && percent(prng, 30)) config["retries"] = number(prng, 0, 3);
}

engine::ProducerSpec draw_producer(Prng& prng, i64 index, Nanos safety, const engine::WorldSpec& spec) {
    engine::ProducerSpec producer;
    producer.name = fmt::format("shop{}", index + 1);
    producer.topic = one_of(prng, spec.topics).name;
    producer.config = draw_producer_config(prng);
    producer.every = millis_between(prng, 25, 250);
    producer.count = static_cast<u32>(safety.count * 2 / producer.every.count);
    if (percent(prng, 70)) producer.pattern.key = {fmt::format("k{{n % {}}}", prng.between(2, 9)), false};
    producer.pattern.value = {"v{n}", false};
    return producer;
}

engine::ConsumerSpec draw_consumer(Prng& prng, i64 index, const engine::ConsumerSpec* same_group,
                                   const engine::WorldSpec& spec) {
    engine::ConsumerSpec consumer;
    if (same_group != nullptr) consumer = *same_group;
    consumer.name = fmt::format("reader{}", index + 1);
    if (same_group != nullptr) return consumer;
    consumer.config = draw_consumer_config(prng);
    consumer.commit = one_of(prng, kStyles);
    consumer.work = sim::micros(prng.between(0, 3000));
    for (const engine::TopicSpec& topic : spec.topics)
        if (consumer.topics.empty() || percent(prng, 50)) consumer.topics.push_back(topic.name);
    return consumer;
}

}  // namespace

ConfigMap draw_producer_config(Prng& prng) {
    ConfigMap config;
    draw_care(prng, config);
    draw_timeouts(prng, config);
    const i64 linger = percent(prng, 50) ? 0 : prng.between(5, 200);
    config["linger.ms"] = fmt::format("{}", linger);
    config["batch.size"] = percent(prng, 30) ? number(prng, 100, 600) : "16384";
    config["compression.type"] = one_of(prng, kCodecs);
    config["retry.backoff.ms"] = number(prng, 50, 400);
    config["delivery.timeout.ms"] = number(prng, 8500, 40'000);
    config["max.block.ms"] = number(prng, 3000, 20'000);
    return config;
}

ConfigMap draw_consumer_config(Prng& prng) {
    ConfigMap config;
    draw_timeouts(prng, config);
    config["session.timeout.ms"] = number(prng, 6000, 12'000);
    config["heartbeat.interval.ms"] = number(prng, 500, 2500);
    config["auto.commit.interval.ms"] = number(prng, 300, 4000);
    config["auto.offset.reset"] = "earliest";
    config["max.poll.records"] = number(prng, 1, 100);
    config["fetch.max.wait.ms"] = number(prng, 50, 500);
    config["isolation.level"] = percent(prng, 30) ? "read_committed" : "read_uncommitted";
    if (percent(prng, 20)) config["max.partition.fetch.bytes"] = number(prng, 200, 2000);
    return config;
}

void draw_workload(u64 seed, Nanos safety, engine::WorldSpec& spec) {
    Prng prng = Prng::forked(seed, "sweep-workload");
    const i64 producers = prng.between(1, 3);
    for (i64 i = 0; i < producers; ++i) spec.producers.push_back(draw_producer(prng, i, safety, spec));
    const i64 consumers = prng.between(0, 3);
    for (i64 i = 0; i < consumers; ++i) {
        const bool joins = i > 0 && percent(prng, 60);
        spec.consumers.push_back(draw_consumer(prng, i, joins ? &spec.consumers.front() : nullptr, spec));
        if (!joins) spec.consumers.back().group = i == 0 ? "g1" : "g2";
    }
}

}  // namespace app::proof
