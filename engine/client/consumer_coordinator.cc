// Sections: finding; doubting; heartbeats; leaving.
#include <fmt/format.h>

#include <algorithm>

#include "engine/client/consumer_parts.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/find_coordinator.h"
#include "engine/wire/messages/heartbeat.h"
#include "engine/wire/messages/leave_group.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using wire::ApiKey;

constexpr i16 kFindCoordinatorVersion = 4;
static_assert(wire::FindCoordinatorRequest::kLowest <= kFindCoordinatorVersion &&
              kFindCoordinatorVersion <= wire::FindCoordinatorRequest::kHighest);
constexpr i16 kHeartbeatVersion = 4;
static_assert(wire::HeartbeatRequest::kLowest <= kHeartbeatVersion &&
              kHeartbeatVersion <= wire::HeartbeatRequest::kHighest);
constexpr i16 kLeaveGroupVersion = 5;
static_assert(wire::LeaveGroupRequest::kLowest <= kLeaveGroupVersion &&
              kLeaveGroupVersion <= wire::LeaveGroupRequest::kHighest);

// ---- finding ------------------------------------------------------------------------------------

void look_up(Consumer& consumer, Env& env) {
    MR_ASSERT(!coordinator_known(consumer));
    if (asks(consumer, ApiKey::find_coordinator) || env.now() < consumer.coordinator.not_before) return;
    const BrokerId broker = any_ready(consumer.cluster, env);
    if (broker == kNoBroker) return request_update(consumer.cluster, env);
    wire::FindCoordinatorRequest request;
    request.key = consumer.config.group;
    request.coordinator_keys.push_back(consumer.config.group);
    ask(consumer, env, {ApiKey::find_coordinator, broker, -1, CommitPurpose::interval, {}}, request,
        kFindCoordinatorVersion);
}

void look_up_later(Consumer& consumer, Env& env) {
    consumer.coordinator.not_before = env.now() + retry_delay(consumer, env, consumer.coordinator.failures++);
    consumer.cluster.update_wanted = true;
}

struct FoundCoordinator {
    ErrorCode error = ErrorCode::unknown_server_error;
    BrokerId broker = kNoBroker;
    Address address;
};

FoundCoordinator read_found(const ClientEvent& event) {
    wire::FindCoordinatorResponse response;
    if (!decode_answer(event, response)) return {};
    if (event.request.version < 4)
        return {static_cast<ErrorCode>(response.error_code),
                BrokerId{response.node_id},
                {response.host, static_cast<u16>(response.port)}};
    if (response.coordinators.empty()) return {};
    const auto& found = response.coordinators.front();
    return {
        static_cast<ErrorCode>(found.error_code), BrokerId{found.node_id}, {found.host, static_cast<u16>(found.port)}};
}

}  // namespace

bool coordinator_known(const Consumer& consumer) { return consumer.coordinator.broker != kNoBroker; }

/// As Java numbers it: far from the ids of brokers.
BrokerId coordinator_link(const Consumer& consumer) {
    MR_ASSERT(coordinator_known(consumer));
    return BrokerId{INT32_MAX - consumer.coordinator.broker.value};
}

bool coordinator_ready(Consumer& consumer, Env& env) {
    if (!coordinator_known(consumer)) {
        look_up(consumer, env);
        return false;
    }
    const BrokerLink& link = consumer.cluster.links.at(coordinator_link(consumer));
    const bool unreachable = link.state == LinkState::idle && env.now() < link.not_before;
    if (!unreachable) return ready(consumer.cluster, env, coordinator_link(consumer));
    doubt_coordinator(consumer, env);
    consumer.coordinator.not_before = env.now() + retry_delay(consumer, env, consumer.coordinator.failures++);
    return false;
}

void on_coordinator_found(Consumer& consumer, Env& env, const ClientEvent& event) {
    MR_ASSERT(!coordinator_known(consumer));
    const FoundCoordinator found = read_found(event);
    if (found.error == ErrorCode::group_authorization_failed || found.error == ErrorCode::invalid_group_id)
        return raise(consumer, exception_of(found.error));
    if (failed(found.error)) return look_up_later(consumer, env);
    consumer.coordinator.broker = found.broker;
    consumer.coordinator.failures = 0;
    BrokerLink& link = consumer.cluster.links[coordinator_link(consumer)];
    if (link.state == LinkState::idle) link.address = found.address;
    consumer.membership.session_ends = env.now() + sim::millis(consumer.config.session_timeout_ms);
    env.touch(touch::kGroups);
}

// ---- doubting -----------------------------------------------------------------------------------

/// Forgets who it is. What was asked there and not answered is lost.
void doubt_coordinator(Consumer& consumer, Env& env) {
    if (!coordinator_known(consumer)) return;
    const BrokerId link = coordinator_link(consumer);
    consumer.coordinator.broker = kNoBroker;
    disconnect(consumer.cluster, env, link);
    std::vector<ConsumerRequest> lost;
    for (const auto& [tag, request] : consumer.requests)
        if (request.broker == link) lost.push_back(request);
    consumer.requests.erase_if([&](const auto& entry) { return entry.second.broker == link; });
    for (const ConsumerRequest& request : lost) on_request_lost(consumer, env, request);
    env.touch(touch::kGroups);
}

bool note_coordinator_error(Consumer& consumer, Env& env, ErrorCode error) {
    const bool elsewhere = error == ErrorCode::not_coordinator || error == ErrorCode::coordinator_not_available;
    if (elsewhere) doubt_coordinator(consumer, env);
    return elsewhere;
}

// ---- heartbeats ---------------------------------------------------------------------------------

bool is_static(const Consumer& consumer) { return !consumer.config.group_instance.empty(); }

/// Heartbeats begin when the coordinator has let the member in.
bool heartbeats(const Consumer& consumer) {
    const MemberState state = consumer.membership.state;
    return subscribed(consumer) && (state == MemberState::stable || state == MemberState::completing_rebalance) &&
           consumer.closing == CloseStep::open;
}

void reset_timeouts(Consumer& consumer, Env& env) {
    Membership& member = consumer.membership;
    member.heartbeat_due = env.now() + consumer.config.heartbeat_interval;
    member.session_ends = env.now() + sim::millis(consumer.config.session_timeout_ms);
    member.poll_due = env.now() + sim::millis(consumer.config.max_poll_interval_ms);
}

namespace {

void send_heartbeat(Consumer& consumer, Env& env) {
    MR_ASSERT(coordinator_known(consumer) && heartbeats(consumer));
    Membership& member = consumer.membership;
    wire::HeartbeatRequest request;
    request.group_id = consumer.config.group;
    request.generation_id = member.generation;
    request.member_id = member.member_id;
    if (is_static(consumer)) request.group_instance_id = consumer.config.group_instance;
    member.heartbeat_due = env.now() + consumer.config.heartbeat_interval;
    ask(consumer, env, {ApiKey::heartbeat, coordinator_link(consumer), member.generation, CommitPurpose::interval, {}},
        request, kHeartbeatVersion);
}

/// The application was away for too long: somebody else is to have its partitions.
void give_way(Consumer& consumer, Env& env) {
    leave_group(consumer, env, "consumer poll timeout has expired.");
    reset_membership(consumer, env, "consumer pro-actively leaving the group", true);
}

}  // namespace

void keep_alive(Consumer& consumer, Env& env) {
    if (!heartbeats(consumer)) return;
    Membership& member = consumer.membership;
    if (coordinator_known(consumer) && env.now() >= member.session_ends) doubt_coordinator(consumer, env);
    if (!coordinator_ready(consumer, env)) return;
    if (!consumer.in_poll && env.now() >= member.poll_due) return give_way(consumer, env);
    if (env.now() >= member.heartbeat_due && !asks(consumer, ApiKey::heartbeat)) send_heartbeat(consumer, env);
}

void on_heartbeat_answer(Consumer& consumer, Env& env, const ClientEvent& event, const ConsumerRequest& request) {
    wire::HeartbeatResponse response;
    if (!decode_answer(event, response)) return;
    const auto error = static_cast<ErrorCode>(response.error_code);
    Membership& member = consumer.membership;
    const bool alive = !failed(error) || error == ErrorCode::rebalance_in_progress;
    if (alive) member.session_ends = env.now() + sim::millis(consumer.config.session_timeout_ms);
    if (error == ErrorCode::rebalance_in_progress && member.state == MemberState::stable)
        request_rejoin(consumer, "group is already rebalancing");
    if (alive || note_coordinator_error(consumer, env, error)) return;
    const bool present = request.generation == member.generation;
    const bool expelled = error == ErrorCode::illegal_generation || error == ErrorCode::unknown_member_id ||
                          error == ErrorCode::fenced_instance_id;
    if (!expelled) {
        member.heartbeat_due = env.now() + consumer.config.connection.retry_backoff;
        return;
    }
    if (!present) return;  // it was about a generation that is over
    env.fact(node_fact(FactKind::fenced, {static_cast<i64>(error)}));
    if (error == ErrorCode::fenced_instance_id) raise(consumer, exception_of(error));
    reset_membership(consumer, env, fmt::format("encountered {} from HEARTBEAT response", name_of(error)),
                     error != ErrorCode::illegal_generation);
}

// ---- leaving ------------------------------------------------------------------------------------

void request_rejoin(Consumer& consumer, std::string_view reason) {
    consumer.membership.rejoin_needed = true;
    consumer.membership.rejoin_reason = reason;
}

void reset_membership(Consumer& consumer, Env& env, std::string_view reason, bool forget_member_id) {
    Membership& member = consumer.membership;
    member.state = MemberState::unjoined;
    member.generation = -1;
    member.assigning = false;
    if (forget_member_id) member.member_id.clear();
    request_rejoin(consumer, reason);
    env.touch(touch::kGroups);
}

void leave_group(Consumer& consumer, Env& env, std::string_view reason) {
    const Membership& member = consumer.membership;
    const bool in_there = member.state != MemberState::unjoined && !member.member_id.empty();
    if (is_static(consumer) || !in_there || !coordinator_known(consumer)) return;
    if (!ready(consumer.cluster, env, coordinator_link(consumer))) return;
    wire::LeaveGroupRequest request;
    request.group_id = consumer.config.group;
    request.member_id = member.member_id;
    request.members.push_back({member.member_id, std::nullopt, std::string(reason)});
    ask(consumer, env,
        {ApiKey::leave_group, coordinator_link(consumer), member.generation, CommitPurpose::interval, {}}, request,
        kLeaveGroupVersion);
}

}  // namespace engine::client
