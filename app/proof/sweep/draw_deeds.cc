// What is done to a cluster: each seed has a few kinds of trouble, chosen at random, so that no kind always hides
// another (swarm testing). A kind strikes again and again; how long it lasts is drawn from three scales, because
// what follows depends on which of a cluster's timeouts it outlasts.
#include <algorithm>

#include "app/proof/sweep/draw.h"
#include "app/proof/sweep/plan.h"

namespace app::proof {
namespace {

using sim::Prng;

/// One kind of trouble being drawn.
struct Drawing {
    Prng& prng;
    const engine::WorldSpec& spec;
    std::vector<Deed>& deeds;

    [[nodiscard]] std::string broker() const { return fmt::format("broker {}", one_of(prng, spec.brokers).id.value); }
    [[nodiscard]] std::string machine() const { return percent(prng, 15) ? "zookeeper" : broker(); }
    [[nodiscard]] std::string client() const {
        const u64 place = prng.below(spec.producers.size() + spec.consumers.size());
        return place < spec.producers.size() ? spec.producers[place].name
                                             : spec.consumers[place - spec.producers.size()].name;
    }
    [[nodiscard]] std::string anybody() const { return percent(prng, 35) ? client() : machine(); }
    [[nodiscard]] std::string partition() const {
        const engine::TopicSpec& topic = one_of(prng, spec.topics);
        return fmt::format("{}-{}", topic.name, prng.below(static_cast<u64>(topic.partitions)));
    }
    /// A moment or two; about a session or a lag limit; longer than those.
    [[nodiscard]] Nanos span() const {
        const u64 scale = prng.below(100);
        if (scale < 40) return millis_between(prng, 50, 2500);
        return scale < 80 ? millis_between(prng, 2500, 10'000) : millis_between(prng, 10'000, 22'000);
    }
    void at(Nanos when, std::string line) const { deeds.push_back({when, std::move(line), false, 0}); }
};

using Strike = void (*)(const Drawing&, Nanos);

void kill(const Drawing& draw, Nanos at) {
    const std::string broker = draw.broker();
    draw.at(at, "kill " + broker);
    draw.at(at + draw.span(), "restart " + broker);
}

/// A process that comes back before anybody noticed that it was away.
void bounce(const Drawing& draw, Nanos at) {
    const std::string machine = draw.machine();
    draw.at(at, "kill " + machine);
    draw.at(at + millis_between(draw.prng, 10, 900), "restart " + machine);
}

/// Two brokers one after the other: what the first failure left half done meets the second.
void kill_two(const Drawing& draw, Nanos at) {
    kill(draw, at);
    kill(draw, at + millis_between(draw.prng, 0, 9000));
}

void power_cut(const Drawing& draw, Nanos at) {
    const std::string broker = draw.broker();
    draw.at(at, "power-cut " + broker);
    draw.at(at + draw.span(), "restart " + broker);
}

void pause(const Drawing& draw, Nanos at) {
    const std::string node = draw.anybody();
    draw.at(at, "pause " + node);
    draw.at(at + draw.span(), "resume " + node);
}

void isolate(const Drawing& draw, Nanos at) {
    draw.at(at, "partition isolate " + draw.anybody());
    draw.at(at + draw.span(), "heal");
}

/// The brokers fall into two sides; clients and ZooKeeper are on either.
void split(const Drawing& draw, Nanos at) {
    std::string left, right;
    const auto put = [&](const std::string& name) {
        std::string& side = percent(draw.prng, 50) ? left : right;
        side += (side.empty() ? "" : ", ") + name;
    };
    for (const auto& broker : draw.spec.brokers) put(fmt::format("broker {}", broker.id.value));
    for (const auto& producer : draw.spec.producers) put(producer.name);
    for (const auto& consumer : draw.spec.consumers) put(consumer.name);
    put("zookeeper");
    if (left.empty() || right.empty()) return;
    draw.at(at, fmt::format("partition {} | {}", left, right));
    draw.at(at + draw.span(), "heal");
}

void one_way(const Drawing& draw, Nanos at) {
    const std::string from = draw.anybody(), to = draw.broker();
    if (from == to) return;
    const bool turned = percent(draw.prng, 50);
    const std::string link = fmt::format("link {} -> {}", turned ? to : from, turned ? from : to);
    draw.at(at, "block " + link);
    draw.at(at + draw.span(), "unblock " + link);
}

void slow_link(const Drawing& draw, Nanos at) {
    const std::string from = draw.anybody(), to = draw.broker();
    if (from == to) return;
    const std::string what = percent(draw.prng, 50) ? "latency " + number(draw.prng, 50, 2500) + "ms"
                                                    : "loss " + number(draw.prng, 5, 40) + "%";
    draw.at(at, fmt::format("link {} -> {} {}", from, to, what));
    draw.at(at + draw.span(), fmt::format("link {} -> {} normal", from, to));
}

void limp(const Drawing& draw, Nanos at) {
    const std::string node = draw.anybody();
    draw.at(at, fmt::format("limp {} {}", node, one_of(draw.prng, std::array{10, 100, 1000, 10'000})));
    draw.at(at + draw.span(), fmt::format("limp {} 1", node));
}

void slow_disk(const Drawing& draw, Nanos at) {
    const std::string machine = draw.machine();
    draw.at(at, fmt::format("disk {} slow {}", machine, one_of(draw.prng, std::array{10, 100, 1000})));
    draw.at(at + draw.span(), fmt::format("disk {} normal", machine));
}

/// A broker with a full disk stops; somebody makes room and starts it again.
void full_disk(const Drawing& draw, Nanos at) {
    const std::string broker = draw.broker();
    const Nanos end = at + draw.span();
    draw.at(at, fmt::format("disk {} full", broker));
    draw.at(end, fmt::format("disk {} normal", broker));
    draw.at(end + sim::millis(10), "restart " + broker);
}

/// A few messages are dropped, held back or delayed.
void messages(const Drawing& draw, Nanos at) {
    const i64 count = draw.prng.between(1, 12);
    for (i64 i = 0; i < count; ++i) {
        const u64 kind = draw.prng.below(100);
        std::string what = kind < 60 ? "drop" : kind < 85 ? "delay " + number(draw.prng, 20, 4000) + "ms" : "hold";
        const Nanos moment = at + millis_between(draw.prng, 0, 3000);
        const u64 choice = draw.prng.next();
        draw.deeds.push_back({moment, std::move(what), true, choice});
    }
}

void elect(const Drawing& draw, Nanos at) { draw.at(at, "elect preferred " + draw.partition()); }

void config(const Drawing& draw, Nanos at) {
    const engine::TopicSpec& topic = one_of(draw.prng, draw.spec.topics);
    const i64 most = std::min<i64>(topic.replication_factor, 2);
    draw.at(at, fmt::format("config topic {} min.insync.replicas={}", topic.name, draw.prng.between(1, most)));
}

void client(const Drawing& draw, Nanos at) {
    const std::string name = draw.client();
    draw.at(at, (percent(draw.prng, 60) ? "stop " : "kill ") + name);
    draw.at(at + draw.span(), "start " + name);
}

/// Somebody deletes /controller by hand, as operators do to have another one; often the one that is deposed does
/// not hear of it at once.
void depose(const Drawing& draw, Nanos at) {
    const bool deaf = percent(draw.prng, 60);
    const std::string broker = draw.broker();
    if (deaf) draw.at(at, fmt::format("block link zookeeper -> {}", broker));
    draw.at(at + sim::millis(100), "run zookeeper-shell.sh zookeeper:2181 delete /controller");
    if (deaf) draw.at(at + millis_between(draw.prng, 500, 6000), fmt::format("unblock link zookeeper -> {}", broker));
}

void unclean(const Drawing& draw, Nanos at) { draw.at(at, "elect unclean " + draw.partition()); }

struct Kind {
    Strike strike;
    u64 percent;            // of the seeds that have it
    i64 gap_least, gap_most;  // seconds between two strikes
};

constexpr Kind kKinds[] = {
    {kill, 45, 5, 25},      {bounce, 35, 4, 20},   {kill_two, 25, 8, 30}, {power_cut, 6, 8, 30}, {pause, 35, 4, 20},
    {isolate, 30, 5, 25},   {split, 20, 8, 30},    {one_way, 35, 3, 20},  {slow_link, 30, 3, 20}, {limp, 25, 4, 20},
    {slow_disk, 20, 5, 25}, {full_disk, 8, 10, 40}, {messages, 40, 2, 12}, {elect, 25, 3, 15},    {config, 15, 5, 25},
    {client, 30, 4, 20},    {depose, 15, 6, 25},   {unclean, 3, 8, 30},
};

}  // namespace

std::vector<Deed> draw_deeds(u64 seed, Nanos safety, const engine::WorldSpec& spec) {
    std::vector<Deed> deeds;
    for (std::size_t i = 0; i < std::size(kKinds); ++i) {
        Prng prng = Prng::forked(seed, "sweep-trouble", i);
        if (!percent(prng, kKinds[i].percent)) continue;
        const Drawing drawing{prng, spec, deeds};
        Nanos at = sim::millis(prng.between(500, kKinds[i].gap_most * 1000));
        while (at < safety) {
            kKinds[i].strike(drawing, at);
            at += millis_between(prng, kKinds[i].gap_least * 1000, kKinds[i].gap_most * 1000);
        }
    }
    std::erase_if(deeds, [&](const Deed& deed) { return deed.at >= safety; });
    std::ranges::stable_sort(deeds, {}, &Deed::at);
    return deeds;
}

}  // namespace app::proof
