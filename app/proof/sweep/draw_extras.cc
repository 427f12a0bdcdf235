// What some seeds have besides: a topic whose log is compacted, one that forgets what is old, one that is deleted and
// made anew, topics that grow, and a crowded group. Each is drawn from a stream of its own, so that a seed that has
// none of them plays as it would without them.
#include <algorithm>

#include "app/proof/sweep/draw.h"
#include "app/proof/sweep/plan.h"

namespace app::proof {
namespace {

using sim::Prng;

constexpr u64 kPercent[] = {25, 25, 25, 20, 40, 25};  // of the seeds that have each

std::string bootstrap(const engine::WorldSpec& spec) {
    std::string list;
    for (const auto& broker : spec.brokers)
        list += fmt::format("{}broker-{}:9092", list.empty() ? "" : ",", broker.id.value);
    return list;
}

void run(Plan& plan, Nanos at, std::string_view command) {
    plan.deeds.push_back(
        {at, fmt::format("run kafka-topics.sh --bootstrap-server {} {}", bootstrap(plan.spec), command), false, 0});
}

Nanos some_time(Prng& prng, const Plan& plan) { return sim::millis(prng.between(500, plan.safety.to_millis())); }

engine::TopicSpec& add_topic(Prng& prng, Plan& plan, std::string name) {
    engine::TopicSpec topic;
    topic.name = std::move(name);
    topic.partitions = static_cast<engine::i32>(prng.between(1, 2));
    topic.replication_factor = static_cast<engine::i16>(prng.between(2, 3));
    topic.config["min.insync.replicas"] = number(prng, 1, 2);
    plan.spec.topics.push_back(std::move(topic));
    return plan.spec.topics.back();
}

engine::ProducerSpec& add_producer(Prng& prng, Plan& plan, std::string name, std::string topic) {
    engine::ProducerSpec producer;
    producer.name = std::move(name);
    producer.topic = std::move(topic);
    producer.config = draw_producer_config(prng);
    producer.config["batch.size"] = number(prng, 100, 500);
    producer.every = millis_between(prng, 20, 150);
    producer.count = static_cast<u32>(plan.safety.count * 2 / producer.every.count);
    producer.pattern.key = {fmt::format("k{{n % {}}}", prng.between(2, 12)), false};
    producer.pattern.value = {"v{n}", false};
    plan.spec.producers.push_back(std::move(producer));
    return plan.spec.producers.back();
}

engine::ConsumerSpec& add_consumer(Prng& prng, Plan& plan, std::string name, std::string group) {
    engine::ConsumerSpec consumer;
    consumer.name = std::move(name);
    consumer.group = std::move(group);
    consumer.config = draw_consumer_config(prng);
    consumer.work = sim::micros(prng.between(0, 10'000));
    plan.spec.consumers.push_back(std::move(consumer));
    return plan.spec.consumers.back();
}

/// A client ends, in order or not, and comes back.
void trouble_client(Prng& prng, Plan& plan, const std::string& name) {
    const Nanos at = some_time(prng, plan);
    plan.deeds.push_back({at, (percent(prng, 50) ? "stop " : "kill ") + name, false, 0});
    plan.deeds.push_back({at + millis_between(prng, 50, 15'000), "start " + name, false, 0});
}

// ---- logs that lose records by rule -------------------------------------------------------------

void draw_compaction(Prng& prng, Plan& plan) {
    auto& cluster = plan.spec.cluster_config;
    cluster["log.cleaner.backoff.ms"] = number(prng, 200, 3000);
    if (percent(prng, 50)) {
        cluster["offsets.topic.segment.bytes"] = number(prng, 8000, 20'000);
        cluster["log.cleaner.min.cleanable.ratio"] = "0.1";
    }
    engine::TopicSpec& topic = add_topic(prng, plan, "ledger");
    topic.config["cleanup.policy"] = "compact";
    topic.config["segment.bytes"] = number(prng, 1000, 4000);
    topic.config["min.cleanable.dirty.ratio"] = percent(prng, 50) ? "0.01" : "0.4";
    topic.config["delete.retention.ms"] = number(prng, 0, 8000);
    topic.config["file.delete.delay.ms"] = number(prng, 0, 2000);
    add_producer(prng, plan, "clerk", "ledger");
    engine::ProducerSpec& wiper = add_producer(prng, plan, "wiper", "ledger");
    wiper.every = wiper.every * 5;
    wiper.pattern.value = {};
    add_consumer(prng, plan, "auditor", "audit").topics = {"ledger"};
    if (percent(prng, 50)) trouble_client(prng, plan, "auditor");
}

void draw_retention(Prng& prng, Plan& plan) {
    auto& cluster = plan.spec.cluster_config;
    cluster["log.retention.check.interval.ms"] = number(prng, 500, 4000);
    cluster["log.initial.task.delay.ms"] = number(prng, 0, 3000);
    engine::TopicSpec& topic = add_topic(prng, plan, "recent");
    topic.config["segment.bytes"] = number(prng, 1000, 4000);
    topic.config["file.delete.delay.ms"] = number(prng, 0, 2000);
    if (percent(prng, 50)) topic.config["retention.ms"] = number(prng, 1000, 12'000);
    else topic.config["retention.bytes"] = number(prng, 1000, 12'000);
    add_producer(prng, plan, "ticker", "recent");
    add_consumer(prng, plan, "watcher", "watch").topics = {"recent"};
    if (percent(prng, 70)) trouble_client(prng, plan, "watcher");
}

// ---- topics that come, go and grow --------------------------------------------------------------

void draw_deletion(Prng& prng, Plan& plan) {
    if (percent(prng, 70)) plan.spec.cluster_config["auto.create.topics.enable"] = "false";
    const engine::TopicSpec topic = add_topic(prng, plan, "temp");
    add_producer(prng, plan, "guest", "temp");
    engine::ConsumerSpec& reader = add_consumer(prng, plan, "visitor", "visit");
    reader.topics = {"temp"};
    reader.config["max.poll.interval.ms"] =
        number(prng, 5000, 20'000);  // so long a commit for a topic that is gone is tried again
    if (percent(prng, 50)) reader.topics.push_back(plan.spec.topics.front().name);
    for (Nanos at = some_time(prng, plan); at < plan.safety; at += millis_between(prng, 3000, 15'000)) {
        run(plan, at, "--delete --topic temp");
        at += millis_between(prng, 0, 8000);
        const i64 replicas = prng.between(1, 3), partitions = prng.between(1, 3);
        run(plan, at,
            fmt::format("--create --topic temp --partitions {} --replication-factor {}", partitions, replicas));
    }
}

void draw_growth(Prng& prng, Plan& plan) {
    const engine::TopicSpec& topic = one_of(prng, plan.spec.topics);
    i64 partitions = topic.partitions;
    Nanos at = some_time(prng, plan);
    for (i64 times = prng.between(1, 2); times > 0; --times) {
        partitions += prng.between(1, 2);
        run(plan, at, fmt::format("--alter --topic {} --partitions {}", topic.name, partitions));
        at += millis_between(prng, 1000, 15'000);
    }
}

// ---- a crowded group ----------------------------------------------------------------------------

constexpr const char* kAssignors[] = {"RangeAssignor", "RoundRobinAssignor", "StickyAssignor",
                                      "CooperativeStickyAssignor", ""};
constexpr engine::CommitStyle kMemberStyles[] = {engine::CommitStyle::automatic, engine::CommitStyle::automatic,
                                           engine::CommitStyle::after_work, engine::CommitStyle::before_work};

void trouble_member(Prng& prng, Plan& plan, const std::string& name) {
    const Nanos at = some_time(prng, plan);
    const Nanos end = at + millis_between(prng, 100, 20'000);
    const bool pauses = percent(prng, 40);
    if (!pauses) return trouble_client(prng, plan, name);
    plan.deeds.push_back({at, "pause " + name, false, 0});
    plan.deeds.push_back({end, "resume " + name, false, 0});
}

void draw_crowd(Prng& prng, Plan& plan) {
    engine::ConsumerSpec member = add_consumer(prng, plan, "crew1", "crew");
    plan.spec.consumers.pop_back();
    const std::string assignor = one_of(prng, kAssignors);
    if (!assignor.empty()) member.config["partition.assignment.strategy"] = assignor;
    member.config["max.poll.interval.ms"] = number(prng, 4000, 20'000);
    member.commit = one_of(prng, kMemberStyles);
    for (const engine::TopicSpec& topic : plan.spec.topics)
        if (member.topics.empty() || percent(prng, 60)) member.topics.push_back(topic.name);
    const bool grows =
        std::ranges::any_of(plan.deeds, [](const Deed& deed) { return deed.line.starts_with("run kafka-topics"); });
    const bool is_static =
        percent(prng, 25) && !grows;  // a static leader that comes back does not see what grew meanwhile
    const i64 members = prng.between(2, 5);
    for (i64 i = 1; i <= members; ++i) {
        member.name = fmt::format("crew{}", i);
        if (is_static) member.config["group.instance.id"] = fmt::format("seat-{}", i);
        member.manual = i > 1 && percent(prng, 30);
        if (member.manual) plan.deeds.push_back({some_time(prng, plan), "start " + member.name, false, 0});
        for (i64 times = prng.between(0, 3); times > 0; --times) trouble_member(prng, plan, member.name);
        plan.spec.consumers.push_back(member);
    }
}

// ---- replicas that move -------------------------------------------------------------------------

/// Brokers in a random order, as many as asked for.
std::string some_brokers(Prng& prng, const engine::WorldSpec& spec, i64 count) {
    std::vector<engine::i32> ids;
    for (const auto& broker : spec.brokers) ids.push_back(broker.id.value);
    std::string text;
    for (; count > 0; --count) {
        const auto at = static_cast<std::ptrdiff_t>(prng.below(ids.size()));
        text += fmt::format("{}{}", text.empty() ? "" : ",", ids[static_cast<std::size_t>(at)]);
        ids.erase(ids.begin() + at);
    }
    return text;
}

/// Wishes as ZooKeeper takes them; one that comes while another is being carried out changes or calls it off.
void draw_moves(Prng& prng, Plan& plan) {
    for (Nanos at = some_time(prng, plan); at < plan.safety; at += millis_between(prng, 500, 12'000)) {
        const engine::TopicSpec& topic = one_of(prng, plan.spec.topics);
        const i64 count = percent(prng, 70) ? std::max<i64>(topic.replication_factor, 1) : prng.between(2, 3);
        const std::string replicas = some_brokers(prng, plan.spec, count);
        const u64 partition = prng.below(static_cast<u64>(topic.partitions));
        const std::string wish =
            fmt::format(R"({{"version":1,"partitions":[{{"topic":"{}","partition":{},"replicas":[{}]}}]}})", topic.name,
                        partition, replicas);
        plan.deeds.push_back(
            {at, fmt::format("run zookeeper-shell.sh zookeeper:2181 create /admin/reassign_partitions '{}'", wish),
             false, 0});
    }
}

constexpr void (*kExtras[])(Prng&, Plan&) = {draw_compaction, draw_retention, draw_deletion,
                                             draw_growth,     draw_crowd,     draw_moves};
static_assert(std::size(kExtras) == std::size(kPercent));

}  // namespace

void draw_extras(Plan& plan) {
    for (std::size_t i = 0; i < std::size(kExtras); ++i) {
        Prng prng = Prng::forked(plan.seed, "sweep-extra", i);
        if (percent(prng, kPercent[i])) kExtras[i](prng, plan);
    }
    std::erase_if(plan.deeds, [&](const Deed& deed) { return deed.at >= plan.safety; });
    std::ranges::stable_sort(plan.deeds, {}, &Deed::at);
}

}  // namespace app::proof
