// What every client library stands on: connections to brokers with their back-off and version negotiation,
// and metadata that is refreshed when it is old, or when something says that it is wrong.
//
// The owner asks whether a broker is ready, sends when it is, and gets answers and failures back as events.
// One timer serves everything that is due by time; the owner routes it here by its kind.
#pragma once

#include "engine/client/client_config.h"
#include "engine/model/error_codes.h"
#include "engine/wire/channel.h"
#include "engine/wire/uuid.h"
#include "sim/base/flat_map.h"

namespace engine::client {

// Highest versions that this library speaks; a broker may offer less.
constexpr i16 kMetadataVersion = 12;
constexpr i16 kApiVersionsVersion = 3;

struct Address {
    std::string host;
    u16 port = 9092;
};

struct VersionRange {
    i16 api = 0;
    i16 lowest = 0;
    i16 highest = 0;
};

enum class LinkState : u8 { idle, connecting, negotiating, ready };

/// A connection to one broker, or to one bootstrap address (ids -2, -3, ..).
struct BrokerLink {
    LinkState state = LinkState::idle;
    Address address;
    wire::Channel channel;
    std::vector<VersionRange> ranges;
    Nanos not_before;        // back-off after a failure
    Nanos setup_deadline;
    u32 failures = 0;        // since it was last ready
    bool wanted = false;     // somebody waits for the back-off to end
};

struct PartitionInfo {
    ErrorCode error = ErrorCode::none;
    BrokerId leader = kNoBroker;
    LeaderEpoch leader_epoch = kNoEpoch;
};

struct TopicInfo {
    ErrorCode error = ErrorCode::none;
    wire::Uuid id;
    std::vector<PartitionInfo> partitions;
};

struct ClusterMetadata {
    sim::FlatMap<BrokerId, Address> brokers;
    BrokerId controller = kNoBroker;
    sim::FlatMap<NameId, TopicInfo> topics;

    [[nodiscard]] const PartitionInfo* find(TopicPartition id) const {
        const TopicInfo* topic = topics.find(id.topic);
        const bool there =
            topic != nullptr && id.partition >= 0 && static_cast<std::size_t>(id.partition) < topic->partitions.size();
        return there ? &topic->partitions[static_cast<std::size_t>(id.partition)] : nullptr;
    }
};

struct ClusterClient {
    ConnectionConfig config;
    std::vector<Address> bootstrap;
    u16 timer_kind = 0;                       // the owner's number for our timer
    u8 lane = 0;
    bool allow_topic_creation = false;        // asked for with metadata
    std::vector<NameId> topics;               // of interest, sorted
    ClusterMetadata metadata;
    sim::FlatMap<BrokerId, BrokerLink> links;
    bool update_wanted = true;                // metadata is to be asked for
    bool update_in_flight = false;
    Nanos update_not_before;
    Nanos updated_at;
    u32 update_failures = 0;
    u32 next_candidate = 0;                   // whom to try next when nobody is connected
    sim::TimerId timer;
    Nanos timer_due;
};

enum class ClientEventKind : u8 { link_ready, answer, request_lost, metadata_updated };

struct ClientEvent {
    ClientEventKind kind = ClientEventKind::link_ready;
    BrokerId broker;
    wire::InFlightRequest request;
    sim::FrameRef frame;       // of an answer
    bool timed_out = false;    // of a lost request: it was not the broker that hung up
};
using ClientEvents = std::vector<ClientEvent>;

/// Begins: the first metadata request goes out.
void start(ClusterClient& client, sim::Env& env);
/// Makes metadata of a topic known from now on.
void add_topic(ClusterClient& client, sim::Env& env, NameId topic);
/// A broker named the leader in its place: known from now on if it is newer. False if it is not.
bool learn_leader(ClusterClient& client, sim::Env& env, TopicPartition id, BrokerId leader, LeaderEpoch epoch);
/// Asks for metadata as soon as its back-off allows.
void request_update(ClusterClient& client, sim::Env& env);
/// Whether a request can be sent to a broker now; if not, a connection is being made.
bool ready(ClusterClient& client, sim::Env& env, BrokerId broker);
[[nodiscard]] u32 in_flight(const ClusterClient& client, BrokerId broker);
/// Closes the connection to a broker; what was in flight is lost without an event.
void disconnect(ClusterClient& client, sim::Env& env, BrokerId broker);
/// When the first resting link may be tried again; kForever if none rests.
[[nodiscard]] Nanos next_reconnect(const ClusterClient& client, Nanos now);
/// Any broker that is ready, or kNoBroker while one is being connected to.
BrokerId any_ready(ClusterClient& client, sim::Env& env);
/// Version to use with a broker: the highest that both speak, or -1.
[[nodiscard]] i16 version_for(const ClusterClient& client, BrokerId broker, wire::ApiKey api, i16 own_highest);

[[nodiscard]] bool concerns(const ClusterClient& client, const sim::Notice& notice);
/// Takes such a notice; appends what the owner must hear.
void on_notice(ClusterClient& client, sim::Env& env, sim::Notice& notice, ClientEvents& events);
/// After the owner's work: lets metadata requests go and sets the timer for what is due next.
void settle(ClusterClient& client, sim::Env& env);
/// Closes everything.
void close(ClusterClient& client, sim::Env& env);

/// Sends a request to a ready broker.
template <class Request>
void send(ClusterClient& client, sim::Env& env, BrokerId broker, const Request& request, i16 own_highest, u64 tag,
          bool expects_answer = true) {
    const i16 version = version_for(client, broker, Request::kApi, own_highest);
    MR_ASSERT(version >= 0);
    wire::send(client.links.at(broker).channel, env, request, version, tag, client.config.request_timeout,
               expects_answer);
}

/// Decodes an answer. False if it is malformed.
template <class Response>
bool decode_answer(const ClientEvent& event, Response& response) {
    MR_ASSERT(event.kind == ClientEventKind::answer && event.request.api == Response::kApi);
    wire::Reader in(*event.frame);
    i32 correlation_id = 0;
    return wire::read_response_header(in, event.request.api, event.request.version, correlation_id) &&
           decode(in, response, event.request.version);
}

/// Delay before the nth retry: doubled each time, up to the limit, with 20 % of jitter.
Nanos backoff(sim::Prng& rng, Nanos first, Nanos most, u32 failures);

}  // namespace engine::client
