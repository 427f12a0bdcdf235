// What each kind of admin call says on the wire, and how its answer is read. Private to the admin library.
#pragma once

#include "engine/client/admin.h"

namespace engine::client {

/// Which broker a call must go to.
enum class AdminTarget : u8 { any, controller, named_broker };
AdminTarget target_of(const AdminCall& call);
/// The name by which failures speak of a call.
std::string_view call_name(AdminKind kind);

/// Sends a call's request to a ready broker. False if the broker does not know that request.
bool send_call(ClusterClient& cluster, sim::Env& env, BrokerId broker, u64 id, const AdminCall& call, i32 timeout_ms);
/// Reads its answer. False if it is malformed.
bool read_answer(const ClientEvent& event, const AdminCall& call, AdminResult& result);
/// The request that a call is made of, as texts name it ("CREATE_TOPICS").
std::string_view request_name(AdminKind kind);

}  // namespace engine::client
