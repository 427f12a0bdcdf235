#include "app/view_model/waits.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/replica_state.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::broker::FetchOp;
using engine::broker::PendingProduce;
using engine::broker::PendingProducePartition;

i32 share_left(Nanos now, Nanos since, Nanos deadline) {
    const i64 whole = std::max<i64>(1, (deadline - since).count);
    return static_cast<i32>(std::clamp<i64>((deadline - now).count / std::max<i64>(1, whole / 1000), 0, 1000));
}

WaitVm wait_until(const Scene& scene, NodeId node, u64 op, Nanos since, Nanos deadline) {
    WaitVm wait;
    wait.object = fmt::format("wait {} {}", scene.name(node), op);
    wait.left = span_text(deadline - scene.at().clock) + " left";
    wait.left_per_mille = share_left(scene.at().clock, since, deadline);
    return wait;
}

/// "order 9" if one short record waits, else its offset.
std::string waiting_words(const Scene& scene, NodeId node, const PendingProducePartition& part) {
    const bool single = part.base_offset.value >= 0 && part.required.value == part.base_offset.value + 1;
    if (!single)
        return part.base_offset.value < 0
                   ? ""
                   : fmt::format("offsets {} to {} ", part.base_offset.value, part.required.value - 1);
    const auto record = record_at(scene, scene.cluster().replica(node, part.id), part.base_offset.value);
    constexpr std::size_t kShort = 14;
    return record && record->value.size() <= kShort ? record->value + " "
                                                    : fmt::format("offset {} ", part.base_offset.value);
}

void add_produces(const Scene& scene, NodeId node, sim::NameId topic, std::vector<WaitVm>& waits) {
    for (const auto& [op, produce] : scene.reader().broker(node)->memory.purgatory.produces)
        for (const PendingProducePartition& part : produce.partitions) {
            if (!part.waiting || part.id.topic != topic) continue;
            WaitVm wait = wait_until(scene, node, op, produce.since, produce.deadline);
            wait.what = fmt::format("produce {}waits for HW {}", waiting_words(scene, node, part), part.required.value);
            waits.push_back(std::move(wait));
        }
}

std::string fetcher_name(const Scene& scene, const FetchOp& op) {
    if (op.replica != engine::kNoBroker) return fmt::format("broker {}", op.replica.value);
    const sim::Connection* connection = scene.world().machine.network.find(op.reply_to.connection);
    return connection == nullptr ? "a consumer"
                                 : scene.name(connection->ends[sim::other(op.reply_to.connection.side)].node);
}

/// All fetches that wait become one row: what they wait for is the same.
void add_fetches(const Scene& scene, NodeId node, sim::NameId topic, std::vector<WaitVm>& waits) {
    std::vector<std::string> who;
    std::optional<WaitVm> first;
    Nanos least = sim::kForever;
    for (const auto& [op, fetch] : scene.reader().broker(node)->memory.purgatory.fetches) {
        if (!std::ranges::any_of(fetch.parts, [&](const auto& part) { return part.id.topic == topic; })) continue;
        who.push_back(fetcher_name(scene, fetch));
        if (fetch.deadline >= least) continue;
        least = fetch.deadline;
        first = wait_until(scene, node, op, fetch.since, fetch.deadline);
    }
    if (!first) return;
    std::ranges::sort(who);
    first->what = who.size() == 1 ? fmt::format("fetch of {} waits for bytes", who.front())
                                  : fmt::format("{} fetches wait for bytes", who.size());
    waits.push_back(std::move(*first));
}

}  // namespace

std::vector<WaitVm> waits_of(const Scene& scene, NodeId node, std::size_t most) {
    std::vector<WaitVm> waits;
    const auto* broker = scene.reader().broker(node);
    if (broker == nullptr || !is_alive(scene, node) || scene.focus().topic == sim::kNoName) return waits;
    add_produces(scene, node, scene.focus().topic, waits);
    const std::size_t produces = waits.size();
    if (produces < most) add_fetches(scene, node, scene.focus().topic, waits);
    if (waits.size() <= most) return waits;
    const std::size_t more = waits.size() - most + 1;
    waits.resize(most);
    waits.back().what = fmt::format("{} more produces wait", more);
    return waits;
}

std::size_t waiting_produces(const lab::Reader& reader, NodeId node, TopicPartition id) {
    const auto* broker = reader.broker(node);
    if (broker == nullptr) return 0;
    std::size_t count = 0;
    for (const auto& [op, produce] : broker->memory.purgatory.produces)
        count += static_cast<std::size_t>(
            std::ranges::count_if(produce.partitions, [&](const auto& part) { return part.waiting && part.id == id; }));
    return count;
}

}  // namespace app
