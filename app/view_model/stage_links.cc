// Links and messages: connections of the simulated network between the cards of the stage. How far a message has come
// follows from its clock alone.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/view_model/replica_state.h"
#include "app/view_model/stage_parts.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/record_batch.h"
#include "engine/world_spark.h"

namespace app {
namespace {

using engine::NodeKind;
using sim::Segment;
using sim::SegmentKind;
using sim::SegmentState;
namespace wire = engine::wire;

/// The two ends in the order in which a link names them: ZooKeeper first, then clients; among brokers the follower.
std::pair<NodeId, NodeId> ends_of(const Scene& scene, NodeId a, NodeId b) {
    const auto rank = [&](NodeId node) {
        switch (scene.world().card(node).kind) {
            case NodeKind::zookeeper: return 0;
            case NodeKind::producer: case NodeKind::consumer: return 1;
            case NodeKind::console: return 1;
            case NodeKind::broker: return 2;
        }
        return 2;
    };
    if (rank(a) != rank(b)) return rank(a) < rank(b) ? std::pair{a, b} : std::pair{b, a};
    const auto* state = scene.cluster().find(scene.focus());
    const BrokerId leader = state == nullptr ? engine::kNoBroker : state->leader;
    if (scene.world().card(a).broker == leader) return {b, a};
    if (scene.world().card(b).broker == leader) return {a, b};
    return a < b ? std::pair{a, b} : std::pair{b, a};
}

/// Offset that a fetch asks for of the partition in focus; -1 if it asks for others.
i64 fetched_offset(const Scene& scene, const sim::Frame& frame) {
    wire::Reader in(frame);
    wire::RequestHeader header;
    wire::FetchRequest request;
    if (!wire::read_request_header(in, header) || header.api != wire::ApiKey::fetch) return -1;
    if (!decode(in, request, header.version)) return -1;
    const std::string& topic = scene.reader().text(scene.focus().topic);
    const lab::Replica any = scene.cluster().leading_replica(scene.focus());
    for (const auto& asked : request.topics) {
        const bool same =
            asked.topic == topic || (any && asked.topic.empty() && asked.topic_id == any.partition->topic_id);
        if (!same) continue;
        for (const auto& part : asked.partitions)
            if (part.partition == scene.focus().partition) return part.fetch_offset;
    }
    return -1;
}

bool is_heartbeat(std::string_view name) { return name == "ping" || name == "ApiVersions"; }

std::string label_of(const Scene& scene, const Segment& segment) {
    const std::string_view name = request_name(segment.label);
    if (name.empty() || is_heartbeat(name)) return "";
    if (is_reply(segment.label)) return std::string(name);
    if (name == "Fetch" && segment.frame) {
        const i64 offset = fetched_offset(scene, *segment.frame);
        return offset < 0 ? "Fetch" : fmt::format("Fetch {}", offset);
    }
    return std::string(name);
}

MessageState state_of(const Segment& segment) {
    switch (segment.state) {
        case SegmentState::flying: return MessageState::flying;
        case SegmentState::stalled: return MessageState::delayed;
        case SegmentState::held: return MessageState::held;
        case SegmentState::arrived: return MessageState::arrived;
    }
    return MessageState::flying;
}

i32 progress_of(const Segment& segment, Nanos now) {
    if (segment.state == SegmentState::arrived) return 1000;
    if (segment.state != SegmentState::flying) return 500;
    const i64 whole = std::max<i64>(1, (segment.due - segment.sent_at).count);
    return static_cast<i32>(std::clamp<i64>((now - segment.sent_at).count / std::max<i64>(1, whole / 1000), 0, 1000));
}

class LinkTable {
public:
    explicit LinkTable(const Scene& scene) : scene_(scene) {}

    LinkVm& between(NodeId a, NodeId b) {
        const auto [from, to] = ends_of(scene_, a, b);
        LinkVm& link = links_[{from, to}];
        if (!link.object.empty()) return link;
        link.from = object_of(scene_, from);
        link.to = object_of(scene_, to);
        link.object = fmt::format("link {} - {}", link.from, link.to);
        const auto kind = [&](NodeId node) { return scene_.world().card(node).kind; };
        link.replication = kind(from) == NodeKind::broker && kind(to) == NodeKind::broker;
        const sim::Network& network = scene_.world().machine.network;
        link.cut = network.link(from, to).blocked || network.link(to, from).blocked;
        return link;
    }
    void add(NodeId sender, NodeId receiver, MessageVm message) {
        LinkVm& link = between(sender, receiver);
        message.backwards = link.from != object_of(scene_, sender);
        message.selected = scene_.is_selected(message.object);
        link.messages.push_back(std::move(message));
    }
    std::vector<LinkVm> take() {
        std::vector<LinkVm> out;
        for (auto& [ends, link] : links_) {
            link.quiet = link.messages.empty();
            out.push_back(std::move(link));
        }
        return out;
    }

private:
    const Scene& scene_;
    std::map<std::pair<NodeId, NodeId>, LinkVm> links_;
};

void add_segments(const Scene& scene, LinkTable& links, const sim::Connection& connection, u32 side) {
    const NodeId sender = connection.ends[side].node, receiver = connection.ends[sim::other(side)].node;
    for (u32 i = 0; i < connection.segments[side].size(); ++i) {
        const Segment& segment = connection.segments[side][i];
        if (segment.kind != SegmentKind::data || segment.local || segment.sent_at > scene.at().clock) continue;
        MessageVm message;
        message.object = fmt::format("message {}", segment.message);
        message.label = label_of(scene, segment);
        message.kind = is_reply(segment.label) ? MessageKind::reply : MessageKind::request;
        message.state = state_of(segment);
        message.per_mille = progress_of(segment, scene.at().clock);
        links.add(sender, receiver, std::move(message));
    }
}

/// What vanished by the last event stays on the stage as a cross.
void add_lost(const Scene& scene, LinkTable& links) {
    const engine::History& past = scene.history();
    for (u64 i = engine::rows_before(past.endings, scene.cursor());
         i > 0 && past.endings[i - 1].event_index == scene.here(); --i) {
        const sim::MessageEnded& end = past.endings[i - 1];
        const u64 row = end.message - past.first_message;
        if (end.outcome != sim::MessageOutcome::dropped && end.outcome != sim::MessageOutcome::connection_lost)
            continue;
        if (end.message < past.first_message || row >= past.messages.size()) continue;
        const sim::MessageSent& sent = past.messages[row];
        if (sent.sender == sim::kNoNode || !has_card(scene, sent.sender) || !has_card(scene, sent.receiver)) continue;
        MessageVm message;
        message.object = fmt::format("message {}", end.message);
        message.label = request_name(sent.label);
        message.kind = is_reply(sent.label) ? MessageKind::reply : MessageKind::request;
        message.state = MessageState::lost;
        message.per_mille = 500;
        links.add(sent.sender, sent.receiver, std::move(message));
    }
}

/// Lines that are always there: ZooKeeper to its brokers, clients to whom they talk, followers to the leader.
bool always_shown(const Scene& scene, NodeId a, NodeId b) {
    const auto is_broker = [&](NodeId node) { return scene.world().card(node).kind == NodeKind::broker; };
    if (!is_broker(a) || !is_broker(b)) return true;
    const auto follows = [&](NodeId follower, NodeId leader) {
        return role_of(scene, scene.focus(), leader) == ReplicaRole::leader &&
               role_of(scene, scene.focus(), follower) != ReplicaRole::none;
    };
    return follows(a, b) || follows(b, a);
}

}  // namespace

bool has_card(const Scene& scene, NodeId node) {
    return node.value < scene.world().nodes.size() &&
           (scene.world().card(node).kind != NodeKind::console || !engine::spark_role(scene.world(), node).empty());
}

std::vector<LinkVm> links(const Scene& scene) {
    LinkTable table(scene);
    if (scene.zookeeper() != sim::kNoNode)
        for (const NodeId broker : scene.brokers())
            table.between(scene.zookeeper(), broker).cut |= !is_alive(scene, broker);
    scene.world().machine.network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        const NodeId a = connection.ends[0].node, b = connection.ends[1].node;
        if (a == b || !has_card(scene, a) || !has_card(scene, b)) return;
        if (connection.established && always_shown(scene, a, b)) table.between(a, b);
        add_segments(scene, table, connection, 0);
        add_segments(scene, table, connection, 1);
    });
    add_lost(scene, table);
    return table.take();
}

}  // namespace app
