// Producers and consumers on the stage: by their own memory, as far as it is in memory.
#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/query_data.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/stage_parts.h"
#include "app/view_model/words.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"
#include "engine/dfs/dfs_node.h"
#include "engine/stream/driver_node.h"
#include "engine/stream/executor_node.h"
#include "engine/world_spark.h"

namespace app {
namespace {

using engine::NodeKind;
using engine::client::ConsumerApp;
using engine::client::ConsumerNode;
using engine::client::PositionRow;
using engine::client::ProducerApp;
using engine::client::ProducerBatchState;
using engine::client::ProducerNode;

void add_ordinals(std::vector<i64>& numbers, const std::vector<ProducerBatchState>& batches) {
    for (const ProducerBatchState& batch : batches)
        for (const u32 ordinal : batch.ordinals) numbers.push_back(ordinal);
}

/// Which sends a producer waits for: those on the way, and those that have not left.
struct Unacknowledged {
    std::vector<i64> in_flight, queued;
};

Unacknowledged unacknowledged(const ProducerApp& app) {
    Unacknowledged found;
    for (const auto& [id, queue] : app.memory.producer.accumulator.queues) {
        add_ordinals(found.in_flight, queue.in_flight);
        add_ordinals(found.queued, queue.batches);
    }
    for (u32 i = 0; i < app.memory.producer.blocked.size(); ++i)
        found.queued.push_back(app.memory.producer.blocked[i].ordinal);
    std::ranges::sort(found.in_flight);
    std::ranges::sort(found.queued);
    return found;
}

/// A range when everything before the first open send was acknowledged, else how many.
std::string acked_text(const ProducerApp& app, const Unacknowledged& open) {
    const u64 acked = app.memory.producer.acked;
    if (acked == 0) return "none";
    i64 first = static_cast<i64>(app.progress.next_ordinal);
    for (const auto* numbers : {&open.in_flight, &open.queued})
        if (!numbers->empty()) first = std::min(first, numbers->front());
    if (static_cast<u64>(first) != acked) return grouped(acked);
    return first == 1 ? "0" : fmt::format("0\u2013{}", first - 1);
}

ClientRowVm row(std::string label, std::string value) {
    ClientRowVm row;
    row.label = std::move(label);
    row.value = std::move(value);
    return row;
}

void fill_producer(ClientCardVm& card, const ProducerApp& app) {
    constexpr std::size_t kFitsCell = 3;
    // Before its first step it has read no configuration.
    const auto config = app.progress.started
                            ? std::unexpected(std::string())
                            : engine::client::make_producer_config(app.settings.config, app.settings.name);
    const auto acks = config ? config->acks : app.memory.producer.config.acks;
    card.note = acks < 0 ? "acks=all" : fmt::format("acks={}", acks);
    const Unacknowledged open = unacknowledged(app);
    ClientRowVm flying = row("in flight", open.in_flight.empty() ? "none" : ranges_text(open.in_flight));
    flying.offset_cell = open.in_flight.size() == 1 && flying.value.size() <= kFitsCell;
    card.rows.push_back(std::move(flying));
    card.rows.push_back(row("queued", open.queued.empty() ? "none" : ranges_text(open.queued)));
    card.rows.push_back(row("acked", acked_text(app, open)));
    card.rows.back().ruled = true;
}

void fill_consumer(const Scene& scene, ClientCardVm& card, const ConsumerApp& app) {
    constexpr std::size_t kMostPartitions = 3;
    card.side = ClientSide::consumer;
    card.note = "consumer";
    std::vector<PositionRow> rows = positions(app);
    std::erase_if(rows, [&](const PositionRow& each) { return each.id.topic != scene.focus().topic; });
    if (rows.empty()) card.rows.push_back(row("reads", "none"));
    for (std::size_t i = 0; i < std::min(rows.size(), kMostPartitions); ++i) {
        const std::string label = rows.size() == 1 ? "position" : fmt::format("{} at", scene.name(rows[i].id));
        card.rows.push_back(row(label, rows[i].position.value < 0 ? "?" : fmt::format("{}", rows[i].position.value)));
    }
    if (rows.size() == 1)
        card.rows.push_back(
            row("commit", rows[0].committed.value < 0 ? "none" : fmt::format("{}", rows[0].committed.value)));
}

/// In a word: that it waits is told with Spark's longer one in the inspector.
std::string phase_word(engine::spark::QueryPhase phase) {
    return phase == engine::spark::QueryPhase::waiting ? "waiting" : std::string(name_of(phase));
}

/// A query that has not begun is not told where others have.
void fill_driver(ClientCardVm& card, const engine::spark::Driver& driver) {
    constexpr std::size_t kMostRows = 5;
    const auto& queries = driver.memory.queries;
    for (sim::u32 q = 0; q < queries.size() && card.rows.size() < kMostRows; ++q)
        if (queries.size() == 1 || queries[q].phase != engine::spark::QueryPhase::idle)
            card.rows.push_back(row(engine::spark::spec_of(driver, q).name, phase_word(queries[q].phase)));
    if (queries.size() != 1) return;
    card.rows.push_back(row("batch", fmt::format("{}", queries[0].cursor.next_batch)));
    if (queries[0].cursor.tracker.global_ms > 0)
        card.rows.push_back(row("watermark", event_clock(queries[0].cursor.tracker.global_ms)));
}

void fill_spark(const Scene& scene, ClientCardVm& card, NodeId node) {
    const engine::Node& code = scene.world().nodes[node.value];
    const std::string_view role = engine::spark_role(scene.world(), node);
    card.side = ClientSide::consumer;
    card.wide = true;
    card.note = role == "dfs" ? "distributed file system" : "Spark";
    if (role == "driver") return fill_driver(card, code.as<engine::spark::DriverNode>().state);
    if (role == "executor")
        card.rows.push_back(
            row("tasks", fmt::format("{}", code.as<engine::spark::ExecutorNode>().state.memory.tasks.size())));
    else card.rows.push_back(row("files", fmt::format("{}", code.as<engine::dfs::DfsNode>().state.files.size())));
}

ClientCardVm client_card(const Scene& scene, const Spotlight& spotlight, NodeId node) {
    ClientCardVm card;
    card.object = card.name = scene.name(node);
    card.health = health_of(scene, node);
    card.selected = scene.is_selected(card.object);
    card.spotlight = spotlight.rings(node);
    card.dimmed = spotlight.dims(node);
    if (scene.world().card(node).kind == NodeKind::producer)
        fill_producer(card, scene.world().nodes[node.value].as<ProducerNode>().state);
    else if (scene.world().card(node).kind == NodeKind::consumer)
        fill_consumer(scene, card, scene.world().nodes[node.value].as<ConsumerNode>().state);
    else fill_spark(scene, card, node);
    if (scene.world().host_state(node) == sim::HostState::absent) {
        card.note = "not started";
        card.rows.clear();
    }
    return card;
}

}  // namespace

std::vector<ClientCardVm> client_cards(const Scene& scene) {
    const Spotlight spotlight(scene);
    std::vector<ClientCardVm> cards;
    for (const NodeKind kind : {NodeKind::producer, NodeKind::consumer, NodeKind::console})
        for (sim::u16 i = 0; i < scene.reader().node_count(); ++i)
            if (scene.world().card({i}).kind == kind && has_card(scene, {i}))
                cards.push_back(client_card(scene, spotlight, {i}));
    return cards;
}

}  // namespace app
