// Sections: links; metadata; timing; notices.
#include "engine/client/cluster_client.h"

#include <algorithm>

#include "engine/model/facts.h"
#include "engine/wire/messages/api_versions.h"
#include "engine/wire/messages/metadata.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

constexpr Nanos kLeastReconnect = sim::millis(1);   // even if reconnect.backoff.ms is 0: time must pass

using sim::Env;

constexpr u64 kOwnRequest = ~u64{0};   // tag of what the library itself asks
constexpr Nanos kAnswerCost = sim::micros(5);
static_assert(kLeastReconnect > Nanos{} && kAnswerCost > Nanos{});
constexpr BrokerId kFirstBootstrap{-2};  // -1 is "none"
static_assert(kFirstBootstrap < kNoBroker);
static_assert(kMetadataVersion <= wire::MetadataRequest::kHighest &&
              kApiVersionsVersion <= wire::ApiVersionsRequest::kHighest);

// ---- links --------------------------------------------------------------------------------------

BrokerLink& link_of(ClusterClient& client, BrokerId broker) {
    BrokerLink& link = client.links[broker];
    if (broker.value >= 0) {
        if (const Address* address = client.metadata.brokers.find(broker)) link.address = *address;
    } else {
        const auto index = static_cast<std::size_t>(kFirstBootstrap.value - broker.value);
        MR_ASSERT(index < client.bootstrap.size());
        link.address = client.bootstrap[index];
    }
    return link;
}

void fail_link(ClusterClient& client, Env& env, BrokerLink& link) {
    MR_ASSERT(link.channel.state == wire::ChannelState::closed && link.channel.idle());
    link.state = LinkState::idle;
    const Nanos wait =
        backoff(env.rng(), client.config.reconnect_backoff, client.config.reconnect_backoff_max, link.failures);
    link.not_before = env.now() + std::max(wait, kLeastReconnect);
    ++link.failures;
}

void connect(ClusterClient& client, Env& env, BrokerLink& link) {
    MR_ASSERT(link.state == LinkState::idle);
    const NodeId node = env.resolve(link.address.host, link.address.port);
    if (node == sim::kNoNode) return fail_link(client, env, link);  // no such host
    link.channel.peer = node;
    link.channel.port = link.address.port;
    link.channel.lane = client.lane;
    link.channel.client_id = client.config.client_id;
    wire::connect(link.channel, env);
    link.state = LinkState::connecting;
    link.setup_deadline = env.now() + client.config.connection_setup_timeout;
}

void lose_requests(BrokerId broker, BrokerLink& link, ClientEvents& events, bool timed_out) {
    for (u32 i = 0; i < link.channel.in_flight.size(); ++i)
        if (link.channel.in_flight[i].tag != kOwnRequest)
            events.push_back({ClientEventKind::request_lost, broker, link.channel.in_flight[i], {}, timed_out});
}

/// A connection ended: its requests are lost, and metadata may be wrong.
void lose_link(ClusterClient& client, Env& env, BrokerId broker, ClientEvents& events, bool timed_out) {
    BrokerLink& link = client.links.at(broker);
    MR_ASSERT(link.state != LinkState::idle);
    const bool was_up = link.state == LinkState::ready;
    for (u32 i = 0; i < link.channel.in_flight.size(); ++i)
        if (link.channel.in_flight[i].api == wire::ApiKey::metadata) client.update_in_flight = false;
    lose_requests(broker, link, events, timed_out);
    if (was_up) env.fact(node_fact(FactKind::connection_lost, {link.channel.peer.value}));
    wire::close(link.channel, env);
    fail_link(client, env, link);
    client.update_wanted = true;
}

void negotiate(Env& env, BrokerLink& link) {
    MR_ASSERT(link.state == LinkState::connecting && link.channel.idle());
    wire::ApiVersionsRequest request;
    request.client_software_name = "apache-kafka-java";
    request.client_software_version = "3.9.1";
    wire::note_connected(link.channel);
    link.state = LinkState::negotiating;
    wire::send(link.channel, env, request, kApiVersionsVersion, kOwnRequest, sim::seconds(30));
}

bool take_versions(BrokerLink& link, const wire::ApiVersionsResponse& response) {
    MR_ASSERT(link.state == LinkState::negotiating);
    if (response.error_code != 0) return false;
    link.ranges.clear();
    for (const auto& range : response.api_keys)
        link.ranges.push_back({range.api_key, range.min_version, range.max_version});
    link.state = LinkState::ready;
    link.failures = 0;
    return true;
}

/// Whether metadata is asked of a broker: once it names brokers, bootstrap addresses have done their work.
bool is_candidate(const ClusterClient& client, BrokerId broker) {
    return client.metadata.brokers.empty() ? broker.value < 0 : client.metadata.brokers.contains(broker);
}

/// Brokers to try, best first: those that metadata names, else the bootstrap addresses.
std::vector<BrokerId> candidates(const ClusterClient& client) {
    std::vector<BrokerId> all;
    for (const auto& [broker, address] : client.metadata.brokers) all.push_back(broker);
    if (all.empty())
        for (std::size_t i = 0; i < client.bootstrap.size(); ++i)
            all.push_back(BrokerId{kFirstBootstrap.value - static_cast<i32>(i)});
    if (!all.empty())
        std::ranges::rotate(all, all.begin() + static_cast<std::ptrdiff_t>(client.next_candidate % all.size()));
    return all;
}

// ---- metadata -----------------------------------------------------------------------------------

void send_metadata_request(ClusterClient& client, Env& env, BrokerId broker) {
    MR_ASSERT(!client.update_in_flight);
    wire::MetadataRequest request;
    request.topics.emplace();
    for (const NameId topic : client.topics) request.topics->emplace_back().name = env.text(topic);
    request.allow_auto_topic_creation = client.allow_topic_creation;
    client.update_in_flight = true;
    send(client, env, broker, request, kMetadataVersion, kOwnRequest);
}

void maybe_update(ClusterClient& client, Env& env) {
    if (client.config.metadata_max_age.count > 0 && client.updated_at.count > 0 &&
        env.now() - client.updated_at >= client.config.metadata_max_age)
        client.update_wanted = true;
    if (!client.update_wanted || client.update_in_flight || env.now() < client.update_not_before) return;
    const BrokerId broker = any_ready(client, env);
    if (broker != kNoBroker) send_metadata_request(client, env, broker);
}

void learn_partition(Env& env, TopicPartition id, PartitionInfo& known, const PartitionInfo& told) {
    if (told.leader_epoch < known.leader_epoch) return;  // an older answer than what we know already
    const bool changed = told.leader != known.leader || told.leader_epoch != known.leader_epoch;
    known = told;
    if (changed) env.fact(partition_fact(FactKind::metadata_learned, id, {told.leader.value, told.leader_epoch.value}));
}

void learn_topic(ClusterClient& client, Env& env, const wire::MetadataResponse::Topic& told) {
    const NameId name = env.intern(told.name.value_or(""));
    TopicInfo& known = client.metadata.topics[name];
    known.error = static_cast<ErrorCode>(told.error_code);
    if (failed(known.error) && known.error != ErrorCode::leader_not_available) known.partitions.clear();
    if (known.id != told.topic_id) known.partitions.clear();  // made anew: its epochs begin again
    known.id = told.topic_id;
    for (const auto& partition : told.partitions) {
        const auto index = static_cast<std::size_t>(std::max(partition.partition_index, 0));
        if (known.partitions.size() <= index) known.partitions.resize(index + 1);
        const PartitionInfo info{static_cast<ErrorCode>(partition.error_code), BrokerId{partition.leader_id},
                                 LeaderEpoch{partition.leader_epoch}};
        learn_partition(env, {name, partition.partition_index}, known.partitions[index], info);
    }
}

bool needs_another_update(const ClusterClient& client) {
    return std::ranges::any_of(client.topics, [&](NameId topic) {
        const TopicInfo* info = client.metadata.topics.find(topic);
        return info == nullptr || failed(info->error) ||
               std::ranges::any_of(info->partitions, [](const PartitionInfo& p) { return failed(p.error); });
    });
}

void take_metadata(ClusterClient& client, Env& env, const wire::MetadataResponse& response, ClientEvents& events) {
    client.update_in_flight = false;
    client.updated_at = env.now();
    if (response.brokers.empty()) {  // a broker that has not heard of its cluster yet
        client.update_not_before = env.now() + backoff(env.rng(), client.config.retry_backoff,
                                                       client.config.retry_backoff_max, client.update_failures++);
        return;
    }
    client.metadata.controller = BrokerId{response.controller_id};
    client.metadata.brokers.clear();
    for (const auto& broker : response.brokers)
        client.metadata.brokers[BrokerId{broker.node_id}] = {broker.host, static_cast<u16>(broker.port)};
    for (const auto& topic : response.topics) learn_topic(client, env, topic);
    client.update_wanted = needs_another_update(client);
    client.update_failures = client.update_wanted ? client.update_failures + 1 : 0;
    client.update_not_before =
        env.now() + backoff(env.rng(), client.config.retry_backoff, client.config.retry_backoff_max,
                            client.update_failures > 0 ? client.update_failures - 1 : 0);
    events.push_back({ClientEventKind::metadata_updated, kNoBroker, {}, {}, false});
}

// ---- timing -------------------------------------------------------------------------------------

Nanos link_due(const BrokerLink& link) {
    if (link.state == LinkState::connecting) return link.setup_deadline;
    if (link.channel.in_flight.empty()) return sim::kForever;
    return link.channel.in_flight.front().deadline;
}

/// When something is due by time alone. What waits for a connection that is being made is not.
Nanos next_due(const ClusterClient& client, Nanos now) {
    Nanos due = sim::kForever;
    for (const auto& [broker, link] : client.links) {
        due = std::min(due, link_due(link));
        if (link.state == LinkState::idle && link.wanted && link.not_before > now) due = std::min(due, link.not_before);
    }
    if (client.update_wanted && !client.update_in_flight) {
        Nanos at = client.update_not_before;
        Nanos earliest_link = sim::kForever;
        bool any_up = false;
        for (const auto& [broker, link] : client.links) {
            if (!is_candidate(client, broker)) continue;
            any_up = any_up || link.state != LinkState::idle;
            if (link.state == LinkState::idle) earliest_link = std::min(earliest_link, link.not_before);
        }
        if (!any_up && earliest_link != sim::kForever) at = std::max(at, earliest_link);
        if (at > now || !any_up) due = std::min(due, at);
    } else if (!client.update_in_flight && client.updated_at.count > 0) {
        due = std::min(due, client.updated_at + client.config.metadata_max_age);
    }
    return due;
}

void expire_links(ClusterClient& client, Env& env, ClientEvents& events) {
    std::vector<BrokerId> expired;
    for (const auto& [broker, link] : client.links)
        if (link_due(link) <= env.now()) expired.push_back(broker);
    for (const BrokerId broker : expired) lose_link(client, env, broker, events, true);
}

// ---- notices ------------------------------------------------------------------------------------

void on_answer(ClusterClient& client, Env& env, BrokerId broker, sim::Notice& notice, ClientEvents& events) {
    BrokerLink& link = client.links.at(broker);
    MR_ASSERT(link.channel.open());
    env.charge(kAnswerCost);
    if (env.buggify("client: asks for metadata again")) client.update_wanted = true;
    if (env.buggify("client: loses an answer and its connection") && env.rng().chance(1, 20))
        return lose_link(client, env, broker, events, false);
    wire::Reader in(*notice.frame);
    ClientEvent event{ClientEventKind::answer, broker, {}, notice.frame, false};
    if (!wire::take_answer(link.channel, in, event.request)) return lose_link(client, env, broker, events, false);
    if (event.request.tag != kOwnRequest) return events.push_back(std::move(event));
    if (event.request.api == wire::ApiKey::api_versions) {
        wire::ApiVersionsResponse response;
        const bool good = wire::decode(in, response, event.request.version) && take_versions(link, response);
        if (!good) return lose_link(client, env, broker, events, false);
        return events.push_back({ClientEventKind::link_ready, broker, {}, {}, false});
    }
    wire::MetadataResponse response;
    if (!wire::decode(in, response, event.request.version)) return lose_link(client, env, broker, events, false);
    take_metadata(client, env, response, events);
}

}  // namespace

Nanos backoff(sim::Prng& rng, Nanos first, Nanos most, u32 failures) {
    const Nanos doubled = first * (i64{1} << std::min(failures, 20u));
    const Nanos base = std::min(doubled, most);
    if (base.count <= 0) return {};
    const Nanos fifth = base / 5;
    MR_ASSERT(base <= most && base - fifth > Nanos{});
    return base - fifth + rng.between(Nanos{}, fifth * 2);
}

void start(ClusterClient& client, Env& env) {
    MR_ASSERT(!client.bootstrap.empty() && client.timer_kind != 0);
    client.update_wanted = true;
    client.next_candidate = static_cast<u32>(env.rng().below(client.bootstrap.size()));
    settle(client, env);
}

void add_topic(ClusterClient& client, Env& env, NameId topic) {
    const auto at = std::ranges::lower_bound(client.topics, topic);
    if (at != client.topics.end() && *at == topic) return;
    client.topics.insert(at, topic);
    MR_VALIDATE(std::ranges::is_sorted(client.topics));
    request_update(client, env);
}

bool learn_leader(ClusterClient& client, Env& env, TopicPartition id, BrokerId leader, LeaderEpoch epoch) {
    MR_ASSERT(leader != kNoBroker && epoch != kNoEpoch);
    const PartitionInfo* known = client.metadata.find(id);
    if (known == nullptr || epoch <= known->leader_epoch || !client.metadata.brokers.contains(leader)) return false;
    PartitionInfo& info = client.metadata.topics.at(id.topic).partitions[static_cast<std::size_t>(id.partition)];
    learn_partition(env, id, info, {ErrorCode::none, leader, epoch});
    return true;
}

void request_update(ClusterClient& client, Env& env) {
    client.update_wanted = true;
    maybe_update(client, env);
}

bool ready(ClusterClient& client, Env& env, BrokerId broker) {
    if (broker == kNoBroker) return false;
    if (broker.value >= 0 && !client.metadata.brokers.contains(broker) && !client.links.contains(broker)) return false;
    BrokerLink& link = link_of(client, broker);
    if (link.state == LinkState::ready) return true;
    if (link.state != LinkState::idle) return false;
    link.wanted = env.now() < link.not_before;
    if (!link.wanted) connect(client, env, link);
    return false;
}

u32 in_flight(const ClusterClient& client, BrokerId broker) {
    const BrokerLink* link = client.links.find(broker);
    return link == nullptr ? 0 : link->channel.in_flight.size();
}

void disconnect(ClusterClient& client, Env& env, BrokerId broker) {
    BrokerLink* link = client.links.find(broker);
    if (link == nullptr || link->state == LinkState::idle) return;
    wire::close(link->channel, env);
    fail_link(client, env, *link);
    MR_ASSERT(link->state == LinkState::idle && !link->channel.open());
}

Nanos next_reconnect(const ClusterClient& client, Nanos now) {
    Nanos due = sim::kForever;
    for (const auto& [broker, link] : client.links)
        if (link.state == LinkState::idle && link.not_before > now) due = std::min(due, link.not_before);
    return due;
}

BrokerId any_ready(ClusterClient& client, Env& env) {
    for (const auto& [broker, link] : client.links)
        if (link.state == LinkState::ready && is_candidate(client, broker)) return broker;
    for (const auto& [broker, link] : client.links)
        if (is_candidate(client, broker) &&
            (link.state == LinkState::connecting || link.state == LinkState::negotiating))
            return kNoBroker;
    for (const BrokerId broker : candidates(client)) {
        ++client.next_candidate;
        if (ready(client, env, broker)) return broker;
        if (client.links.at(broker).state != LinkState::idle) break;
    }
    return kNoBroker;
}

i16 version_for(const ClusterClient& client, BrokerId broker, wire::ApiKey api, i16 own_highest) {
    const BrokerLink* link = client.links.find(broker);
    MR_ASSERT(link != nullptr);
    const auto range = std::ranges::find(link->ranges, static_cast<i16>(api), &VersionRange::api);
    if (range == link->ranges.end() || range->lowest > own_highest) return -1;
    MR_ASSERT(own_highest >= 0);
    return std::min(own_highest, range->highest);
}

bool concerns(const ClusterClient& client, const sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer) return notice.timer_kind == client.timer_kind;
    return std::ranges::any_of(client.links,
                               [&](const auto& entry) { return wire::concerns(entry.second.channel, notice); });
}

void on_notice(ClusterClient& client, Env& env, sim::Notice& notice, ClientEvents& events) {
    if (notice.kind == sim::NoticeKind::timer) {
        client.timer = {};
        return expire_links(client, env, events);
    }
    for (auto& [broker, link] : client.links) {
        if (!wire::concerns(link.channel, notice)) continue;
        const BrokerId id = broker;
        if (notice.kind == sim::NoticeKind::connected) negotiate(env, link);
        else if (notice.kind == sim::NoticeKind::frame) on_answer(client, env, id, notice, events);
        else lose_link(client, env, id, events, false);
        return;
    }
}

void settle(ClusterClient& client, Env& env) {
    maybe_update(client, env);
    const Nanos due = next_due(client, env.now());
    if (due == sim::kForever || (client.timer && client.timer_due <= due)) return;
    env.cancel(client.timer);
    client.timer_due = due;
    client.timer = env.timer(std::max(due - env.now(), sim::kLoopDelay), client.timer_kind, 0, client.lane);
}

void close(ClusterClient& client, Env& env) {
    env.cancel(client.timer);
    for (auto& [broker, link] : client.links) wire::close(link.channel, env);
    MR_ASSERT(!client.timer);
    client.links.clear();
}

}  // namespace engine::client
