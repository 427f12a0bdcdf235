// What the files of the consumer library say to each other; for no one else.
#pragma once

#include "engine/client/consumer.h"

namespace engine::client {

constexpr std::string_view kErrors = "org.apache.kafka.common.errors.";
constexpr std::string_view kConsumerErrors = "org.apache.kafka.clients.consumer.";

/// The Java exception of an error code, with a message of its own or the code's.
std::string exception_of(ErrorCode error, std::string_view message = "");
/// The first thing that poll() is to throw stays.
void raise(Consumer& consumer, std::string exception);
/// "orders-0".
std::string text_of(const sim::Env& env, TopicPartition id);
/// By topic name and number, as Java's sorted sets.
void sort_by_name(const sim::Env& env, std::vector<TopicPartition>& partitions);
std::vector<TopicPartition> assigned_partitions(const Consumer& consumer);
Nanos retry_delay(Consumer& consumer, sim::Env& env, u32 failures);

// ---- requests (consumer_poll.cc) --------------------------------------------------------------------

u64 note_request(Consumer& consumer, ConsumerRequest request);
bool asks(const Consumer& consumer, wire::ApiKey api);
/// Answers that come to requests of this kind mean nothing any more.
void forget_requests(Consumer& consumer, wire::ApiKey api);
/// A request will not be answered; its kind decides what follows.
void on_request_lost(Consumer& consumer, sim::Env& env, const ConsumerRequest& request);

/// Sends a request to a ready broker and notes it.
template <class Request>
void ask(Consumer& consumer, sim::Env& env, ConsumerRequest note, const Request& request, i16 own_highest,
         Nanos timeout) {
    note.api = Request::kApi;
    const BrokerId broker = note.broker;
    const i16 version = version_for(consumer.cluster, broker, Request::kApi, own_highest);
    MR_ASSERT(version >= 0);
    const u64 tag = note_request(consumer, std::move(note));
    wire::send(consumer.cluster.links.at(broker).channel, env, request, version, tag, timeout);
}
template <class Request>
void ask(Consumer& consumer, sim::Env& env, ConsumerRequest note, const Request& request, i16 own_highest) {
    ask(consumer, env, std::move(note), request, own_highest, consumer.config.connection.request_timeout);
}

// ---- the coordinator (consumer_coordinator.cc) -----------------------------------------------------

/// Whether the coordinator is known and can be sent to; if not, that is being worked on.
bool coordinator_ready(Consumer& consumer, sim::Env& env);
[[nodiscard]] bool coordinator_known(const Consumer& consumer);
/// Name of the connection to it.
[[nodiscard]] BrokerId coordinator_link(const Consumer& consumer);
void doubt_coordinator(Consumer& consumer, sim::Env& env);
/// An error that says that this is not the coordinator, or not yet. True if it was one.
bool note_coordinator_error(Consumer& consumer, sim::Env& env, ErrorCode error);
void on_coordinator_found(Consumer& consumer, sim::Env& env, const ClientEvent& event);
/// Heartbeats and what else happens while the application works.
void keep_alive(Consumer& consumer, sim::Env& env);
void on_heartbeat_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event, const ConsumerRequest& request);
void reset_timeouts(Consumer& consumer, sim::Env& env);
[[nodiscard]] bool heartbeats(const Consumer& consumer);
/// Sends LeaveGroup if there is somebody to send it to, and forgets the generation.
void leave_group(Consumer& consumer, sim::Env& env, std::string_view reason);
void request_rejoin(Consumer& consumer, std::string_view reason);
/// The membership is gone; the member id may still be good.
void reset_membership(Consumer& consumer, sim::Env& env, std::string_view reason, bool forget_member_id);
[[nodiscard]] bool is_static(const Consumer& consumer);

// ---- the group (consumer_group.cc) -----------------------------------------------------------------

/// Joins if that is needed. In poll() only.
void keep_joined(Consumer& consumer, sim::Env& env);
void on_join_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event);
void on_sync_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event);
/// A join or sync failed in a way that passes: try again after the back-off.
void retry_join(Consumer& consumer, sim::Env& env, std::string_view exception);
/// As leader: the topics' sizes changed since the assignment.
void check_assigned_sizes(Consumer& consumer, sim::Env& env);
/// Takes partitions away, with the listener's call.
void drop_partitions(Consumer& consumer, sim::Env& env, std::vector<TopicPartition> partitions, bool lost);

// ---- commits (consumer_commits.cc) -----------------------------------------------------------------

/// Positions of all partitions that have one.
std::vector<AskedPart> consumed_offsets(const Consumer& consumer);
/// "" if the commit was sent, or why it cannot be (an exception of Kafka's). Requires a ready coordinator.
std::string send_commit(Consumer& consumer, sim::Env& env, std::vector<AskedPart> offsets, CommitPurpose purpose);
void commit_by_interval(Consumer& consumer, sim::Env& env);
void commit_on_request(Consumer& consumer, sim::Env& env);
void on_commit_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event, const ConsumerRequest& request);
void on_commit_failed(Consumer& consumer, sim::Env& env, const ConsumerRequest& request, bool retriable,
                      const std::string& exception);
[[nodiscard]] bool commit_in_flight(const Consumer& consumer, CommitPurpose purpose);

// ---- positions (consumer_positions.cc) -------------------------------------------------------------

void find_positions(Consumer& consumer, sim::Env& env);
void check_leaders(Consumer& consumer, sim::Env& env);
void set_position(Consumer& consumer, sim::Env& env, TopicPartition id, Offset offset, LeaderEpoch epoch,
                  std::string_view why);
/// The policy decides where to go on; with `none` poll() throws `otherwise`.
void reset_position(Consumer& consumer, sim::Env& env, TopicPartition id, const std::string& otherwise);
void on_committed_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event, const ConsumerRequest& request);
void on_list_offsets_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event,
                            const ConsumerRequest& request);
void on_epoch_end_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event, const ConsumerRequest& request);
/// Questions about positions will not be answered: they are asked again.
void retry_positions(Consumer& consumer, sim::Env& env, const ConsumerRequest& request);
/// "FetchPosition{offset=2, ..}", as Java prints it.
std::string position_text(const Consumer& consumer, const sim::Env& env, const AssignedPartition& partition);

// ---- fetching (consumer_fetch.cc) ------------------------------------------------------------------

void send_fetches(Consumer& consumer, sim::Env& env);
/// Something is buffered that poll() may hand out.
[[nodiscard]] bool has_records(const Consumer& consumer);
/// The answer will not come.
void on_fetch_lost(Consumer& consumer, BrokerId broker);
/// Tells the brokers that no more is fetched. False if there is none to tell.
bool end_fetch_sessions(Consumer& consumer, sim::Env& env);
void on_fetch_answer(Consumer& consumer, sim::Env& env, const ClientEvent& event, const ConsumerRequest& request);
void drop_buffered(Consumer& consumer, TopicPartition id);
/// Moves records to the application: at most as many as one poll() returns.
std::vector<PolledRecord> drain_fetched(Consumer& consumer, sim::Env& env, std::vector<PolledDetail>* details);

// ---- the end (consumer_close.cc) -------------------------------------------------------------------

void go_on_closing(Consumer& consumer, sim::Env& env);

/// Does everything that can be done now, and sets the timer for the rest.
void work(Consumer& consumer, sim::Env& env);

}  // namespace engine::client
