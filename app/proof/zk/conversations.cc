#include "app/proof/zk/conversations.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/proof/zk/raw_client.h"
#include "engine/zookeeper/server.h"

namespace app::proof {
namespace {

using Json = nlohmann::json;
using sim::u16;
using sim::u64;
using sim::u8;
using Bytes = std::vector<u8>;

constexpr u16 kPort = 2181;
constexpr sim::Nanos kPatience = sim::seconds(30);
constexpr sim::Nanos kTick = sim::millis(1000);
constexpr std::size_t kHeadBytes = 20;       // length, xid, zxid, error
constexpr std::size_t kSessionAt = 12, kSessionBytes = 8, kPasswordAt = 24, kPasswordBytes = 16;

int digit_of(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

Bytes unhex(const std::string& text) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) bytes.push_back(static_cast<u8>(digit_of(text[i]) * 16 + digit_of(text[i + 1])));
    return bytes;
}

std::string hex(const Bytes& bytes) {
    std::string text;
    for (const u8 byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

u64 number_at(const Bytes& bytes, std::size_t at, std::size_t length) {
    u64 number = 0;
    for (std::size_t i = at; i < at + length && i < bytes.size(); ++i) number = number << 8 | bytes[i];
    return number;
}

Bytes part(const Bytes& bytes, std::size_t at, std::size_t length) {
    if (at + length > bytes.size()) return {};
    return {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + length)};
}

void put(Bytes& bytes, std::size_t at, const Bytes& with) {
    if (at + with.size() <= bytes.size()) std::ranges::copy(with, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Children come in the order of a hash table: both sides' are sorted. Their bytes stay as many.
Bytes with_sorted_children(Bytes bytes) {
    if (number_at(bytes, 16, 4) != 0 || bytes.size() < kHeadBytes + 4) return bytes;
    std::vector<Bytes> names;
    std::size_t at = kHeadBytes + 4;
    for (u64 i = 0, count = number_at(bytes, kHeadBytes, 4); i < count && at + 4 <= bytes.size(); ++i) {
        const std::size_t length = 4 + number_at(bytes, at, 4);
        names.push_back(part(bytes, at, length));
        at += length;
    }
    std::ranges::sort(names);
    at = kHeadBytes + 4;
    for (const Bytes& name : names) {
        put(bytes, at, name);
        at += name.size();
    }
    return bytes;
}

bool lists_children(const std::string& op) { return op.starts_with("getChildren") || op == "getEphemerals"; }

}  // namespace

struct ZkConversations::Event {
    enum class Kind { send, receive, close } kind = Kind::send;
    u64 seq = 0;
    const Json* exchange = nullptr;

    [[nodiscard]] std::string op() const { return (*exchange)["op"]; }
    [[nodiscard]] std::string label() const { return fmt::format("{} {} (connection {})", seq, op(), (*exchange)["connection"].dump()); }
};

ZkConversations::ZkConversations(u64 seed) {
    link_.latency = sim::micros(100);
    world_.machine = sim::Machine(seed);
    world_.frame.edit().client_link = link_;
    engine::zookeeper::ZkServerConfig config;
    config.tick_time = kTick;
    server_ = engine::add_node(world_, {"zookeeper", engine::NodeKind::zookeeper, engine::kNoBroker, false},
                               std::make_unique<engine::zookeeper::ZkServer>(config), link_, {});
    world_.machine.start(server_);
    (void)run_until([] { return false; });
}

template <class Holds>
bool ZkConversations::run_until(Holds&& holds) {
    const sim::Nanos until = world_.kernel().now + kPatience;
    while (!holds()) {
        if (world_.machine.next_at() > until || !engine::step(world_, engine::nobody())) return holds();
    }
    return true;
}

engine::NodeId ZkConversations::client_of(const std::string& connection) {
    const std::string name = scope_ + connection;
    if (const auto known = clients_.find(name); known != clients_.end()) return known->second;
    auto client = std::make_unique<RawClient>();
    client->state.target = server_;
    client->state.port = kPort;
    const engine::NodeId node = engine::add_node(world_, {name, engine::NodeKind::console, engine::kNoBroker, true}, std::move(client), link_, {});
    world_.machine.start(node);
    clients_[name] = node;
    (void)run_until([&] { return world_.nodes[node.value].as<RawClient>().state.connected; });
    return node;
}

Bytes ZkConversations::adapted(const Event& event) const {
    Bytes request = unhex((*event.exchange)["request_hex"]);
    for (const Json& mask : event.exchange->value("mask_request", Json::array())) {
        const auto at = mask[0].get<std::size_t>(), length = mask[1].get<std::size_t>();
        const Bytes recorded = part(request, at, length);
        const auto& known = mask[2] == "passwd" ? passwords_ : sessions_;
        if (const auto ours = known.find(recorded); mask[2] != "zxid" && ours != known.end()) put(request, at, ours->second);
        if (mask[2] != "zxid") continue;
        const auto ours = zxids_.find(number_at(request, at, length));
        if (ours == zxids_.end()) continue;
        for (std::size_t i = 0; i < length; ++i) request[at + i] = static_cast<u8>(ours->second >> (8 * (length - 1 - i)));
    }
    return request;
}

std::string ZkConversations::send(const Event& event) {
    const engine::NodeId node = client_of((*event.exchange)["connection"].dump());
    const auto& state = world_.nodes[node.value].as<RawClient>().state;
    if (state.closed || !state.connected) return fmt::format("{}: our server has closed the connection before", event.label());
    const Bytes request = adapted(event);
    world_.machine.begin_input(world_.kernel().now, 0, engine::nobody());
    engine::act_on(world_, node, engine::nobody(), [&](engine::NodeCode& code, sim::Env& env) {
        env.send(static_cast<RawClient&>(code).state.connection, sim::make_frame(request), 0);
    });
    world_.machine.end_input();
    return "";
}

void ZkConversations::learn(const Event& event, const Bytes& ours) {
    if (event.op() != "connect") return;
    const Bytes recorded = unhex((*event.exchange)["response_hex"]);
    sessions_[part(recorded, kSessionAt, kSessionBytes)] = part(ours, kSessionAt, kSessionBytes);
    passwords_[part(recorded, kPasswordAt, kPasswordBytes)] = part(ours, kPasswordAt, kPasswordBytes);
}

/// In relative files zxids only have to come in the same order, and stand for each other throughout.
std::string ZkConversations::compare_zxid(const Bytes& recorded, const Bytes& ours, std::size_t at) {
    const u64 theirs = number_at(recorded, at, 8), mine = number_at(ours, at, 8);
    const auto [entry, fresh] = zxids_.try_emplace(theirs, mine);
    if (entry->second != mine) return fmt::format("zxid {} stands for {}, not for {}", theirs, entry->second, mine);
    if (!fresh) return "";
    const auto next = std::next(entry);
    const bool ordered = (entry == zxids_.begin() || std::prev(entry)->second < mine) && (next == zxids_.end() || mine < next->second);
    return ordered ? "" : fmt::format("zxid {} is out of order: {}", theirs, mine);
}

std::string ZkConversations::compare(const Event& event, Bytes recorded, Bytes ours) {
    if (lists_children(event.op())) {
        recorded = with_sorted_children(std::move(recorded));
        ours = with_sorted_children(std::move(ours));
    }
    if (recorded.size() == ours.size())
        for (const Json& mask : event.exchange->value("mask_response", Json::array())) {
            const auto at = mask[0].get<std::size_t>(), length = mask[1].get<std::size_t>();
            const bool zxid = mask[2] == "zxid";
            if (zxid && exact_zxids_) continue;
            if (zxid)
                if (std::string wrong = compare_zxid(recorded, ours, at); !wrong.empty()) return wrong;
            const Bytes blank(length, 0);
            put(recorded, at, blank);
            put(ours, at, blank);
        }
    return recorded == ours ? "" : fmt::format("recorded {} but got {}", hex(recorded).substr(0, 400), hex(ours).substr(0, 400));
}

std::string ZkConversations::receive(const Event& event) {
    const engine::NodeId node = client_of((*event.exchange)["connection"].dump());
    const auto state = [&]() -> const RawClientState& { return world_.nodes[node.value].as<RawClient>().state; };
    if (!run_until([&] { return !state().received.empty() || state().closed; }) || state().received.empty())
        return fmt::format("{}: no answer{}", event.label(), state().closed ? "; the connection is closed" : "");
    const sim::FrameRef frame = world_.nodes[node.value].edit_as<RawClient>().state.received.pop_front();
    const auto head = frame->head();
    const Bytes ours(head.begin(), head.end());
    learn(event, ours);
    const std::string wrong = compare(event, unhex((*event.exchange)["response_hex"]), ours);
    return wrong.empty() ? "" : fmt::format("{}: {}", event.label(), wrong);
}

std::string ZkConversations::close(const Event& event) {
    const engine::NodeId node = client_of((*event.exchange)["connection"].dump());
    const auto closed = [&] { return world_.nodes[node.value].as<RawClient>().state.closed; };
    if ((*event.exchange)["by"] == "server") return run_until(closed) ? "" : fmt::format("{}: our server does not close the connection", event.label());
    if (closed()) return "";
    world_.machine.begin_input(world_.kernel().now, 0, engine::nobody());
    engine::act_on(world_, node, engine::nobody(), [&](engine::NodeCode& code, sim::Env& env) {
        auto& state = static_cast<RawClient&>(code).state;
        env.close(state.connection);
        state.closed = true;
    });
    world_.machine.end_input();
    return "";
}

std::vector<std::string> ZkConversations::speak(const Json& recording) {
    scope_ = recording.value("name", "") + " ";
    exact_zxids_ = recording.value("zxid", "") == "exact";
    std::vector<Event> events;
    for (const Json& exchange : recording["exchanges"]) {
        if (exchange["op"] == "(closed)") events.push_back({Event::Kind::close, exchange["seq"], &exchange});
        if (exchange.contains("request_hex") && exchange["request_hex"].is_string()) events.push_back({Event::Kind::send, exchange["seq_request"], &exchange});
        if (exchange.contains("response_hex") && exchange["response_hex"].is_string()) events.push_back({Event::Kind::receive, exchange["seq_response"], &exchange});
    }
    std::ranges::stable_sort(events, {}, &Event::seq);
    std::vector<std::string> complaints;
    for (const Event& event : events) {
        std::string wrong = event.kind == Event::Kind::send ? send(event) : event.kind == Event::Kind::receive ? receive(event) : close(event);
        if (!wrong.empty()) complaints.push_back(std::move(wrong));
    }
    return complaints;
}

}  // namespace app::proof
