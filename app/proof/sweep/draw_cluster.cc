// The shape of a cluster: brokers, topics, timeouts, distances.
#include "app/proof/sweep/draw.h"
#include "app/proof/sweep/plan.h"

namespace app::proof {
namespace {

using engine::ConfigMap;
using engine::WorldSpec;
using sim::Prng;

constexpr const char* kTopicNames[] = {"orders", "clicks", "audit"};

ConfigMap cluster_config(Prng& prng, std::size_t brokers) {
    ConfigMap config;
    config["zookeeper.session.timeout.ms"] = number(prng, 4000, 10'000);
    config["replica.lag.time.max.ms"] = number(prng, 2000, 10'000);
    config["replica.fetch.wait.max.ms"] = number(prng, 200, 500);
    config["replica.fetch.backoff.ms"] = number(prng, 100, 1000);
    config["replica.socket.timeout.ms"] = number(prng, 3000, 15'000);
    config["offsets.topic.num.partitions"] = number(prng, 1, 3);
    config["offsets.topic.replication.factor"] = number(prng, 2, static_cast<i64>(std::min<std::size_t>(brokers, 3)));
    config["group.initial.rebalance.delay.ms"] = number(prng, 0, 3000);
    config["auto.leader.rebalance.enable"] = percent(prng, 30) ? "true" : "false";
    config["leader.imbalance.check.interval.seconds"] = number(prng, 5, 30);
    if (percent(prng, 20)) config["replica.fetch.max.bytes"] = number(prng, 200, 4000);
    if (percent(prng, 30)) config["replica.high.watermark.checkpoint.interval.ms"] = number(prng, 500, 5000);
    return config;
}

engine::TopicSpec draw_topic(Prng& prng, std::string name, i64 brokers) {
    engine::TopicSpec topic;
    topic.name = std::move(name);
    topic.partitions = static_cast<engine::i32>(prng.between(1, 3));
    const i64 factor = percent(prng, 12) ? 1 : prng.between(2, std::min<i64>(brokers, 3));
    topic.replication_factor = static_cast<engine::i16>(factor);
    topic.config["min.insync.replicas"] = number(prng, 1, std::min<i64>(factor, 2));
    if (percent(prng, 20)) topic.config["segment.bytes"] = number(prng, 20'000, 60'000);
    return topic;
}

/// A latency with the jitter that lessons have: a twentieth of it.
sim::LinkProfile link_of(Nanos latency) {
    sim::LinkProfile link;
    link.latency = latency;
    link.jitter = latency / 20;
    return link;
}

/// As a lesson's [network] says it: one latency for all, a smaller one to ZooKeeper, exceptions after them.
void draw_links(Prng& prng, WorldSpec& spec) {
    spec.link = link_of(millis_between(prng, 1, 40));
    spec.links.push_back({"all", "zookeeper", link_of(sim::millis(1))});
    spec.links.push_back({"brokers", "zookeeper", link_of(millis_between(prng, 1, 10))});
    if (percent(prng, 50)) spec.links.push_back({"brokers", "brokers", link_of(millis_between(prng, 1, 50))});
}

}  // namespace

WorldSpec draw_cluster(u64 seed) {
    Prng prng = Prng::forked(seed, "sweep-cluster");
    WorldSpec spec;
    spec.seed = seed;
    const i64 brokers = percent(prng, 65) ? 3 : prng.between(3, 5);
    for (i64 id = 1; id <= brokers; ++id) {
        engine::BrokerSpec broker;
        broker.id = engine::BrokerId{static_cast<engine::i32>(id)};
        spec.brokers.push_back(std::move(broker));
    }
    if (percent(prng, 15)) spec.version = engine::KafkaVersion::v2_8;
    spec.cluster_config = cluster_config(prng, spec.brokers.size());
    const i64 topics = prng.between(1, 3);
    for (i64 i = 0; i < topics; ++i) spec.topics.push_back(draw_topic(prng, kTopicNames[i], brokers));
    if (percent(prng, 6)) spec.topics.front().config["unclean.leader.election.enable"] = "true";
    draw_links(prng, spec);
    spec.buggify.enabled = percent(prng, 50);
    return spec;
}

}  // namespace app::proof
