// Kafka's admin library: questions and orders to a cluster, each sent to the broker that may answer it, and
// sent again while that helps and its time (default.api.timeout.ms) has not run out.
//
// Calls do not wait for each other. A result comes back as a value: what failed as a whole (`error`, `message`),
// and what became of each topic, resource or partition (`outcomes`). The texts of failures are those of the Java
// client (KafkaAdminClient).
#pragma once

#include "engine/client/cluster_client.h"
#include "engine/model/observer.h"

namespace engine::client {

struct AdminConfig {
    ConnectionConfig connection;
    Nanos api_timeout;
};

/// The typed form; the library's refusal if a setting is wrong. `client_id` is used if none is set.
std::expected<AdminConfig, std::string> make_admin_config(const ConfigMap& given, std::string_view client_id);

enum class AdminKind : u8 {
    none, list_topics, describe_topics, describe_cluster, create_topics, delete_topics, create_partitions,
    describe_configs, alter_configs, elect_leaders,
    raw    // any request, already encoded: its answer comes back as it is
};

/// A request of the protocol as bytes, and the broker that it must go to (kNoBroker: any).
struct RawRequest {
    wire::ApiKey api = wire::ApiKey::metadata;
    i16 version = 0;
    std::vector<u8> body;
    BrokerId to = kNoBroker;
};

struct NewTopicOrder {
    std::string name;
    i32 partitions = -1;              // -1: the broker's default
    i16 replication_factor = -1;      // likewise
    std::vector<std::vector<i32>> assignment;  // by partition; then both counts stay -1
    std::vector<std::pair<std::string, std::string>> config;
};

struct ConfigOrder {
    std::string name;
    std::string value;
    bool remove = false;
};
struct ConfigResource {
    ResourceType type = ResourceType::topic;
    std::string name;
    std::vector<ConfigOrder> orders;  // alter_configs only
};

struct PartitionName {
    std::string topic;
    i32 partition = 0;
    friend auto operator<=>(const PartitionName&, const PartitionName&) = default;
};

/// One call: what is asked, and how far it has come.
struct AdminCall {
    AdminKind kind = AdminKind::none;
    std::vector<std::string> names;          // topics to describe or delete
    std::vector<NewTopicOrder> topics;       // to create, or to give more partitions
    std::vector<ConfigResource> resources;   // one
    std::vector<PartitionName> partitions;   // to elect for
    bool all_partitions = false;             // elect_leaders without a list
    bool unclean = false;
    RawRequest raw;
    bool synonyms = false;                   // describe_configs: where else a value could come from
    Nanos timeout;                           // 0 = the client's
    // Progress.
    Nanos deadline;
    Nanos not_before;
    u32 attempts = 0;
    bool in_flight = false;
};

struct AdminOutcome {
    std::string name;          // of a topic or resource
    i32 partition = -1;
    ErrorCode error = ErrorCode::none;
    NullableText message;      // null where the broker gave none
};

struct DescribedPartition {
    i32 index = 0;
    i32 leader = -1;
    std::vector<i32> replicas;
    std::vector<i32> isr;
};
struct DescribedTopic {
    std::string name;
    wire::Uuid id;
    bool internal = false;
    std::vector<DescribedPartition> partitions;   // by index
};
struct DescribedBroker {
    i32 id = -1;
    Address address;
};
/// A setting and where it comes from (`config_source` of DescribeConfigs).
struct DescribedConfig {
    std::string name;
    std::string value;
    i8 source = 0;
    bool sensitive = false;
    std::vector<std::pair<i8, std::string>> synonyms;   // source, "name=value"
};
struct DescribedResource {
    std::string name;
    std::vector<DescribedConfig> configs;               // in the broker's order
};
constexpr i8 kTopicConfigSource = 1;
constexpr i8 kBrokerConfigSource = 2;
constexpr i8 kDefaultConfigSource = 5;

struct AdminResult {
    u64 call = 0;
    AdminKind kind = AdminKind::none;
    ErrorCode error = ErrorCode::none;       // of the call as a whole
    std::string message;
    std::vector<AdminOutcome> outcomes;
    std::vector<DescribedTopic> topics;
    std::vector<DescribedBroker> brokers;
    i32 controller = -1;
    std::string cluster_id;
    std::vector<DescribedResource> resources;
    sim::FrameRef answer;                    // of a raw request
    i16 version = 0;
    BrokerId from = kNoBroker;

    /// The first outcome that is an error; nullptr if none is.
    [[nodiscard]] const AdminOutcome* failure() const;
};
using AdminResults = std::vector<AdminResult>;

struct AdminClient {
    AdminConfig config;
    ClusterClient cluster;
    sim::FlatMap<u64, AdminCall> calls;      // not yet done
    u64 next_call = 1;
    bool running = false;
    u16 timer_kind = 0;                      // the owner's number for our timer; cluster.timer_kind is another
    sim::TimerId timer;
    Nanos timer_due;
};

/// Begins to connect. Requires that both timer kinds are set.
void start(AdminClient& client, sim::Env& env, AdminConfig config, std::vector<Address> bootstrap);
/// Asks; the result with this number comes later. Requires a client that was started.
u64 ask(AdminClient& client, sim::Env& env, AdminCall call);
[[nodiscard]] bool concerns(const AdminClient& client, const sim::Notice& notice);
/// Takes such a notice; appends what has its result.
void on_notice(AdminClient& client, sim::Env& env, sim::Notice& notice, AdminResults& results);
/// Ends every connection; open calls are forgotten.
void close(AdminClient& client, sim::Env& env);

/// A raw call of a request.
template <class Request>
AdminCall raw_call(const Request& request, i16 version, BrokerId to) {
    wire::Writer out;
    encode(out, request, version);
    AdminCall call;
    call.kind = AdminKind::raw;
    const auto body = out.head();
    call.raw = {Request::kApi, version, {body.begin(), body.end()}, to};
    return call;
}
/// Reads the answer of one. False if it is malformed.
template <class Response>
bool read_raw(const AdminResult& result, Response& response) {
    if (!result.answer) return false;
    wire::Reader in(*result.answer);
    i32 correlation_id = 0;
    return wire::read_response_header(in, Response::kApi, result.version, correlation_id) &&
           decode(in, response, result.version);
}

/// "host:port,host:port" as addresses; Kafka's refusal if it is not that.
std::expected<std::vector<Address>, std::string> parse_bootstrap(std::string_view text);

}  // namespace engine::client
