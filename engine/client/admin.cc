// Sections: settings; the end of a call; sending; answers; time.
#include "engine/client/admin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/client/admin_requests.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;
using T = ConfigType;

// ---- settings -----------------------------------------------------------------------------------

// clang-format off
constexpr std::array kAdminKeys = {
    ConfigKey{"bootstrap.servers", T::list, ""},
    ConfigKey{"client.id", T::text, ""},
    ConfigKey{"default.api.timeout.ms", T::int32, "60000", 0},
    ConfigKey{"metadata.max.age.ms", T::int64, "300000", 0},
    ConfigKey{"reconnect.backoff.max.ms", T::int64, "1000", 0},
    ConfigKey{"reconnect.backoff.ms", T::int64, "50", 0},
    ConfigKey{"request.timeout.ms", T::int32, "30000", 0},
    ConfigKey{"retries", T::int32, "2147483647", 0},
    ConfigKey{"retry.backoff.max.ms", T::int64, "1000", 0},
    ConfigKey{"retry.backoff.ms", T::int64, "100", 0},
    ConfigKey{"socket.connection.setup.timeout.ms", T::int64, "10000"},
};
// clang-format on
static_assert(std::ranges::is_sorted(kAdminKeys, {}, &ConfigKey::name));

// ---- the end of a call --------------------------------------------------------------------------

AdminCall take_call(AdminClient& client, u64 id) {
    AdminCall call = std::move(client.calls.at(id));
    client.calls.erase(id);
    return call;
}

void fail_call(AdminClient& client, u64 id, ErrorCode error, std::string message, AdminResults& results) {
    AdminResult result;
    MR_ASSERT(failed(error));
    result.call = id;
    result.kind = take_call(client, id).kind;
    result.error = error;
    result.message = std::move(message);
    results.push_back(std::move(result));
}

std::string timeout_text(Env& env, const AdminCall& call) {
    if (call.attempts == 0)
        return fmt::format("Timed out waiting for a node assignment. Call: {}", call_name(call.kind));
    const i64 wall_of_start = env.wall_ms() - env.now().to_millis();
    return fmt::format(
        "Call(callName={}, deadlineMs={}, tries={}, nextAllowedTryMs={}) timed out at {} after {} attempt(s)",
        call_name(call.kind), wall_of_start + call.deadline.to_millis(), call.attempts,
        wall_of_start + call.not_before.to_millis(), env.wall_ms(), call.attempts);
}

void expire_calls(AdminClient& client, Env& env, AdminResults& results) {
    std::vector<u64> expired;
    for (const auto& [id, call] : client.calls)
        if (call.deadline <= env.now()) expired.push_back(id);
    for (const u64 id : expired)
        fail_call(client, id, ErrorCode::request_timed_out, timeout_text(env, client.calls.at(id)), results);
}

// ---- sending ------------------------------------------------------------------------------------

/// The broker that a call can go to now; kNoBroker while one is looked for or connected to.
BrokerId find_broker(AdminClient& client, Env& env, const AdminCall& call) {
    if (client.cluster.metadata.brokers.empty()) return kNoBroker;
    const bool raw = call.kind == AdminKind::raw;
    const AdminTarget target = raw ? AdminTarget::named_broker : target_of(call);
    if (target == AdminTarget::any || (raw && call.raw.to == kNoBroker)) return any_ready(client.cluster, env);
    BrokerId wanted = raw ? call.raw.to : client.cluster.metadata.controller;
    if (!raw && target == AdminTarget::named_broker) {
        MR_ASSERT(!call.resources.empty());
        const std::string& name = call.resources.front().name;
        std::from_chars(name.data(), name.data() + name.size(), wanted.value);
    }
    if (!client.cluster.metadata.brokers.contains(wanted)) {
        client.cluster.update_wanted = true;
        return kNoBroker;
    }
    return ready(client.cluster, env, wanted) ? wanted : kNoBroker;
}

void send_due_calls(AdminClient& client, Env& env, AdminResults& results) {
    std::vector<u64> unsupported;
    for (auto& [id, call] : client.calls) {
        if (call.in_flight || call.not_before > env.now()) continue;
        const BrokerId broker = find_broker(client, env, call);
        if (broker == kNoBroker) continue;
        MR_ASSERT(call.deadline > env.now());  // those that are over have been taken out
        const Nanos left = std::min(call.deadline - env.now(), client.config.connection.request_timeout);
        call.in_flight = send_call(client.cluster, env, broker, id, call, static_cast<i32>(left.to_millis()));
        if (call.in_flight) ++call.attempts;
        else unsupported.push_back(id);
    }
    for (const u64 id : unsupported) {
        const std::string_view request = request_name(client.calls.at(id).kind);
        fail_call(client, id, ErrorCode::unsupported_version, fmt::format("The node does not support {}", request),
                  results);
    }
}

// ---- answers ------------------------------------------------------------------------------------

void retry(AdminClient& client, Env& env, AdminCall& call) {
    MR_ASSERT(call.in_flight && call.attempts > 0);
    call.in_flight = false;
    call.not_before = env.now() + backoff(env.rng(), client.config.connection.retry_backoff,
                                          client.config.connection.retry_backoff_max, call.attempts - 1);
}

/// Whether an answer only says that somebody else is the controller, or not yet.
bool asks_for_another_controller(const AdminResult& result) {
    const AdminOutcome* failure = result.failure();
    return result.error == ErrorCode::not_controller ||
           (failure != nullptr && failure->error == ErrorCode::not_controller);
}

void on_answer(AdminClient& client, Env& env, const ClientEvent& event, AdminResults& results) {
    AdminCall* call = client.calls.find(event.request.tag);
    if (call == nullptr) return;  // its time has run out
    MR_ASSERT(call->in_flight);
    AdminResult result;
    result.call = event.request.tag;
    result.kind = call->kind;
    if (call->kind == AdminKind::raw) {
        result.answer = event.frame;
        result.version = event.request.version;
        result.from = event.broker;
        take_call(client, event.request.tag);
        results.push_back(std::move(result));
        return;
    }
    if (!read_answer(event, *call, result)) return retry(client, env, *call);
    if (asks_for_another_controller(result)) {
        client.cluster.metadata.controller = kNoBroker;
        client.cluster.update_wanted = true;
        return retry(client, env, *call);
    }
    if (is_retriable(result.error)) return retry(client, env, *call);
    take_call(client, event.request.tag);
    results.push_back(std::move(result));
}

void on_event(AdminClient& client, Env& env, const ClientEvent& event, AdminResults& results) {
    switch (event.kind) {
        case ClientEventKind::answer: return on_answer(client, env, event, results);
        case ClientEventKind::request_lost:
            if (AdminCall* call = client.calls.find(event.request.tag)) retry(client, env, *call);
            return;
        case ClientEventKind::link_ready:
        case ClientEventKind::metadata_updated: return;  // who waits for it looks again
    }
}

// ---- time ---------------------------------------------------------------------------------------

Nanos next_due(const AdminClient& client, Nanos now) {
    Nanos due = sim::kForever;
    bool waits = false;
    for (const auto& [id, call] : client.calls) {
        due = std::min(due, call.deadline);
        if (call.in_flight) continue;
        waits = true;
        if (call.not_before > now) due = std::min(due, call.not_before);
    }
    return waits ? std::min(due, next_reconnect(client.cluster, now)) : due;
}

void arm_timer(AdminClient& client, Env& env) {
    const Nanos due = next_due(client, env.now());
    if (due == sim::kForever || (client.timer && client.timer_due <= due)) return;
    env.cancel(client.timer);
    client.timer_due = std::max(due, env.now() + sim::kLoopDelay);
    MR_ASSERT(client.timer_due > env.now());
    client.timer = env.timer(client.timer_due - env.now(), client.timer_kind, 0);
}

void work(AdminClient& client, Env& env, AdminResults& results) {
    MR_ASSERT(client.running);
    expire_calls(client, env, results);
    send_due_calls(client, env, results);
    settle(client.cluster, env);
    arm_timer(client, env);
}

}  // namespace

std::expected<AdminConfig, std::string> make_admin_config(const ConfigMap& given, std::string_view client_id) {
    for (const auto& [name, value] : given) {
        const ConfigKey* key = find_key(kAdminKeys, name);
        if (key == nullptr) continue;  // Kafka's clients only warn of unknown settings
        if (const auto good = check_value(*key, value); !good) return std::unexpected(good.error());
    }
    const ConfigReader read(kAdminKeys, given);
    AdminConfig config;
    config.connection.client_id = read.text("client.id").empty() ? client_id : read.text("client.id");
    config.connection.request_timeout = read.millis("request.timeout.ms");
    config.connection.retry_backoff = read.millis("retry.backoff.ms");
    config.connection.retry_backoff_max = read.millis("retry.backoff.max.ms");
    config.connection.reconnect_backoff = read.millis("reconnect.backoff.ms");
    config.connection.reconnect_backoff_max = read.millis("reconnect.backoff.max.ms");
    config.connection.metadata_max_age = read.millis("metadata.max.age.ms");
    config.connection.connection_setup_timeout = read.millis("socket.connection.setup.timeout.ms");
    config.api_timeout = read.millis("default.api.timeout.ms");
    MR_ASSERT(config.connection.request_timeout.count >= 0 && config.connection.retry_backoff.count >= 0);
    if (config.api_timeout < config.connection.request_timeout) {
        if (read.is_given("default.api.timeout.ms"))
            return std::unexpected(
                "The specified value of default.api.timeout.ms must be no smaller than the value of "
                "request.timeout.ms.");
        config.api_timeout = config.connection.request_timeout;
    }
    return config;
}

const AdminOutcome* AdminResult::failure() const {
    for (const AdminOutcome& outcome : outcomes)
        if (failed(outcome.error)) return &outcome;
    return nullptr;
}

void start(AdminClient& client, Env& env, AdminConfig config, std::vector<Address> bootstrap) {
    MR_ASSERT(client.timer_kind != 0 && client.cluster.timer_kind != 0 &&
              client.timer_kind != client.cluster.timer_kind);
    MR_ASSERT(!client.running && !bootstrap.empty());
    client.running = true;
    client.config = std::move(config);
    client.cluster.config = client.config.connection;
    client.cluster.bootstrap = std::move(bootstrap);
    start(client.cluster, env);
}

u64 ask(AdminClient& client, Env& env, AdminCall call) {
    MR_ASSERT(client.running && call.kind != AdminKind::none);
    const u64 id = client.next_call++;
    call.deadline = env.now() + (call.timeout.count > 0 ? call.timeout : client.config.api_timeout);
    client.calls[id] = std::move(call);
    env.cancel(client.timer);
    client.timer_due =
        env.now() + sim::kLoopDelay;  // a call may fail at once; its result comes with a notice all the same
    client.timer = env.timer(sim::kLoopDelay, client.timer_kind, 0);
    return id;
}

bool concerns(const AdminClient& client, const sim::Notice& notice) {
    if (!client.running) return false;
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == client.timer_kind) return true;
    return concerns(client.cluster, notice);
}

void on_notice(AdminClient& client, Env& env, sim::Notice& notice, AdminResults& results) {
    MR_ASSERT(client.running);
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == client.timer_kind) {
        client.timer = {};
    } else {
        ClientEvents events;
        on_notice(client.cluster, env, notice, events);
        for (const ClientEvent& event : events) on_event(client, env, event, results);
    }
    work(client, env, results);
}

void close(AdminClient& client, Env& env) {
    env.cancel(client.timer);
    close(client.cluster, env);
    client.calls.clear();
    MR_ASSERT(!client.timer && client.cluster.links.empty());
    client.running = false;
}

std::expected<std::vector<Address>, std::string> parse_bootstrap(std::string_view text) {
    std::vector<Address> addresses;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string_view word = text.substr(at, comma - at);
        at = comma + 1;
        if (word.empty()) continue;
        const std::size_t colon = word.rfind(':');
        u16 port = 0;
        const bool split = colon != std::string_view::npos && colon > 0;
        const std::string_view digits = split ? word.substr(colon + 1) : "";
        const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (digits.empty() || status != std::errc{} || end != digits.data() + digits.size())
            return std::unexpected(fmt::format("Invalid url in bootstrap.servers: {}", word));
        addresses.push_back({std::string(word.substr(0, colon)), port});
    }
    MR_VALIDATE(std::ranges::none_of(addresses, [](const Address& a) { return a.host.empty(); }));
    if (addresses.empty()) return std::unexpected("No resolvable bootstrap urls given in bootstrap.servers");
    return addresses;
}

}  // namespace engine::client
