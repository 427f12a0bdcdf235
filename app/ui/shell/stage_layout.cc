#include "app/ui/shell/stage_layout.h"

#include <algorithm>
#include <cmath>

#include "app/ui/patterns.h"
#include "app/ui/widgets/broker_card.h"
#include "app/ui/widgets/node_card.h"

namespace app::ui {
namespace {

constexpr float kMargin = 12;
constexpr float kProducerWidth = 108, kConsumerWidth = 100, kWideWidth = 160;
constexpr float kLeftWires = 74, kRightWires = 62, kWiresMin = 40;
constexpr float kCardGap = 8;
constexpr float kStageHead = 62;          // title row and ZooKeeper
constexpr float kStageHeadSmall = 36;     // title row alone

bool has_side(const StageVm& vm, ClientSide side) {
    return std::any_of(vm.clients.begin(), vm.clients.end(), [side](const ClientCardVm& c) { return c.side == side; });
}

/// Of the column of clients on the right.
float consumer_width(const StageVm& vm) {
    const bool wide =
        std::ranges::any_of(vm.clients, [](const ClientCardVm& c) { return c.wide && c.side == ClientSide::consumer; });
    return wide ? kWideWidth : kConsumerWidth;
}

/// Left and right edge of the column of brokers.
struct StageColumn {
    float left = 0, right = 0;
};

StageColumn broker_column(const Rect& area, const StageVm& vm, float zoom) {
    const float producers = has_side(vm, ClientSide::producer) ? kProducerWidth + kMargin : kMargin;
    const float consumers = has_side(vm, ClientSide::consumer) ? consumer_width(vm) + kMargin : kMargin;
    const float need = producers + consumers + kLeftWires + kRightWires + layout::broker_w;
    const float squeeze = std::clamp((need - area.w) / 2, 0.0f, kRightWires - kWiresMin);
    const StageColumn room{area.x + producers + kLeftWires - squeeze, area.right() - consumers - kRightWires + squeeze};
    const float width = std::min((room.right - room.left) * zoom, std::max(520.0f, layout::broker_w * zoom * 1.6f));
    const float middle = (room.left + room.right) / 2;
    return {middle - width / 2, middle + width / 2};
}

float cards_height(const StageVm& vm, StageZoom zoom) {
    float height = -kCardGap;
    for (const BrokerCardVm& broker : vm.brokers) height += broker_card_height(broker, zoom) + kCardGap;
    return std::max(0.0f, height);
}

/// The widest zoom level at which the brokers fit.
StageZoom level_that_fits(const StageVm& vm, float room) {
    if (vm.zoom == StageZoom::cluster) return StageZoom::cluster;
    const bool fits = cards_height(vm, StageZoom::broker) <= room || vm.brokers.size() <= 3 || vm.zoom_per_mille > 1000;
    return fits ? vm.zoom : StageZoom::cluster;
}

void place_in_grid(StagePlan& plan, const StageColumn& column, float top, float bottom, std::size_t count) {
    const auto rows = static_cast<std::size_t>(std::max(1.0f, (bottom - top + kCardGap) / (40 + kCardGap)));
    const std::size_t columns = (count + rows - 1) / rows;
    const float width =
        (column.right - column.left - kCardGap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at_column = static_cast<float>(i / rows), at_row = static_cast<float>(i % rows);
        plan.brokers.push_back(
            {column.left + at_column * (width + kCardGap), top + at_row * (40 + kCardGap), width, 40});
    }
}

void place_brokers(StagePlan& plan, const StageVm& vm, const StageColumn& column, float top, float bottom) {
    if (plan.zoom == StageZoom::cluster) return place_in_grid(plan, column, top, bottom, vm.brokers.size());
    float y = top;
    for (const BrokerCardVm& broker : vm.brokers) {
        const float height = broker_card_height(broker, plan.zoom);
        plan.brokers.push_back({column.left, y, column.right - column.left, height});
        y += height + kCardGap;
    }
}

float side_height(const StageVm& vm, ClientSide side, ClientCardSize size) {
    float height = -client_card_gap(size);
    for (const ClientCardVm& client : vm.clients) {
        if (client.side == side) height += client_card_height(client, size) + client_card_gap(size);
    }
    return std::max(0.0f, height);
}

/// A column of clients: as much of each as fits below one another.
struct Side {
    ClientCardSize size = ClientCardSize::full;
    float y = 0;
};

/// `bottom` is where the brokers end: the cards stand beside them as long as they fit above `limit`.
Side plan_side(const StageVm& vm, ClientSide side, float top, float bottom, float limit, float share) {
    Side out;
    for (const ClientCardSize size : kClientCardSizes) {
        out.size = size;
        if (side_height(vm, side, size) <= limit - top) break;
    }
    const float height = side_height(vm, side, out.size);
    out.y = std::max(top, std::min(top + (bottom - top - height) * share, limit - height));
    return out;
}

void place_clients(StagePlan& plan, const StageVm& vm, const Rect& area, float top, float bottom) {
    const float limit = std::max(bottom, area.bottom() - 8);
    Side left = plan_side(vm, ClientSide::producer, top, bottom, limit, 0.15f);
    Side right = plan_side(vm, ClientSide::consumer, top, bottom, limit, 0.5f);
    for (const ClientCardVm& client : vm.clients) {
        const bool at_left = client.side == ClientSide::producer;
        Side& side = at_left ? left : right;
        const float width = at_left ? kProducerWidth : consumer_width(vm),
                    height = client_card_height(client, side.size);
        plan.clients.push_back({at_left ? area.x + kMargin : area.right() - kMargin - width, side.y, width, height});
        plan.client_sizes.push_back(side.size);
        side.y += height + client_card_gap(side.size);
    }
}

// ---- links ----------------------------------------------------------------------------------------

enum class NodeKind { none, broker, producer, consumer, zookeeper };

struct Place {
    NodeKind kind = NodeKind::none;
    Rect rect;
    std::size_t index = 0;
    float entry = 0;  // where a link from the left arrives: at a wait if there is one; of a producer, where it leaves
};

Place find(const StagePlan& plan, const StageVm& vm, const std::string& object) {
    for (std::size_t i = 0; i < vm.brokers.size(); ++i) {
        if (vm.brokers[i].object != object) continue;
        const Rect& rect = plan.brokers[i];
        const bool waits = !vm.brokers[i].waits.empty() && plan.zoom != StageZoom::cluster;
        return {NodeKind::broker, rect, i, waits ? rect.bottom() - 16 : rect.mid_y()};
    }
    for (std::size_t i = 0; i < vm.clients.size(); ++i) {
        if (vm.clients[i].object != object) continue;
        const bool left = vm.clients[i].side == ClientSide::producer;
        return {left ? NodeKind::producer : NodeKind::consumer, plan.clients[i], i,
                plan.clients[i].y + client_card_port(plan.client_sizes[i])};
    }
    if (vm.zookeeper.shown && vm.zookeeper.object == object)
        return {NodeKind::zookeeper, plan.zookeeper, 0, plan.zookeeper.mid_y()};
    return {};
}

/// Out of one card's side and back into another of the same column.
Path bracket(ImVec2 from, ImVec2 to, float bulge) {
    return curve(from, {from.x + bulge, from.y}, {to.x + bulge, to.y}, to);
}

Path across(ImVec2 from, ImVec2 to) {
    const float reach = (to.x - from.x) * 0.45f;
    return curve(from, {from.x + reach, from.y}, {to.x - reach, to.y}, to);
}

Path between_brokers(const Place& from, const Place& to) {
    const float apart = std::abs(static_cast<float>(from.index) - static_cast<float>(to.index));
    const float bulge = -(46 + 12 * (apart - 1));
    const float from_y = from.rect.mid_y() + 8, to_y = to.rect.y + std::min(46.0f, to.rect.h / 2);
    return bracket({from.rect.x, from_y}, {to.rect.x, to_y}, bulge);
}

/// In one column: out of its inner side, past what stands between, and back.
Path beside_column(const Place& from, const Place& to) {
    const bool left = from.kind == NodeKind::producer;
    const float apart = std::abs(static_cast<float>(from.index) - static_cast<float>(to.index));
    const float bulge = (left ? 1.0f : -1.0f) * (14 + 8 * apart);
    const auto edge = [&](const Rect& rect) { return left ? rect.right() : rect.x; };
    return bracket({edge(from.rect), from.rect.mid_y() - 4}, {edge(to.rect), to.rect.mid_y() - 4}, bulge);
}

Path between_clients(const Place& from, const Place& to) {
    if (from.kind == to.kind) return beside_column(from, to);
    const bool to_right = to.rect.x > from.rect.x;
    return across({to_right ? from.rect.right() : from.rect.x, from.rect.mid_y()},
                  {to_right ? to.rect.x : to.rect.right(), to.rect.mid_y()});
}

/// In a grid of brokers a link to an inner card runs along the gap above it.
Path along_gap(const Path& outside, const Rect& card, float edge) {
    const float gap = card.y - kCardGap / 2;
    Path path(outside.begin(), outside.end());
    const bool from_left = edge < card.x;
    path.push_back({from_left ? card.x + 12 : card.right() - 12, gap});
    path.push_back({path.back().x, card.y});
    return path;
}

/// From a client's side into the grid.
Path into_grid(const Place& from, const Place& to, const StageColumn& column) {
    const bool from_left = from.kind == NodeKind::producer;
    const float edge = from_left ? column.left : column.right;
    const bool inner = from_left ? to.rect.x > column.left + 1 : to.rect.right() < column.right - 1;
    const ImVec2 start =
        from_left ? ImVec2{from.rect.right(), from.entry} : ImVec2{from.rect.x, from.rect.mid_y() + 8};
    if (!inner) return across(start, {edge, to.rect.mid_y()});
    return along_gap(across(start, {edge, to.rect.y - kCardGap / 2}), to.rect, edge);
}

Path path_of(const Place& from, const Place& to) {
    if (from.kind == NodeKind::broker && to.kind == NodeKind::broker) return between_brokers(from, to);
    if (from.kind == NodeKind::producer && to.kind == NodeKind::broker)
        return across({from.rect.right(), from.entry}, {to.rect.x, to.entry});
    if (from.kind == NodeKind::consumer && to.kind == NodeKind::broker)
        return across({from.rect.x, from.rect.mid_y() + 8},
                      {to.rect.right(), to.rect.y + std::min(50.0f, to.rect.h / 2)});
    if (from.kind == NodeKind::zookeeper || to.kind == NodeKind::zookeeper) {
        const Place& other = from.kind == NodeKind::zookeeper ? to : from;
        const Rect& zookeeper = from.kind == NodeKind::zookeeper ? from.rect : to.rect;
        const ImVec2 here{zookeeper.right(), zookeeper.mid_y()}, there{other.rect.right(), other.rect.mid_y()};
        Path path = bracket(here, there, 24 + 16 * static_cast<float>(other.index));
        if (to.kind == NodeKind::zookeeper) std::reverse(path.begin(), path.end());
        return path;
    }
    if (from.kind == NodeKind::broker) {
        Path path = path_of(to, from);
        std::reverse(path.begin(), path.end());
        return path;
    }
    return between_clients(from, to);
}

void place_links(StagePlan& plan, const StageVm& vm, const StageColumn& column) {
    for (std::size_t i = 0; i < vm.links.size(); ++i) {
        const Place from = find(plan, vm, vm.links[i].from), to = find(plan, vm, vm.links[i].to);
        if (from.kind == NodeKind::none || to.kind == NodeKind::none) continue;
        const bool brokers = from.kind == NodeKind::broker && to.kind == NodeKind::broker;
        const bool to_grid = plan.zoom == StageZoom::cluster && to.kind == NodeKind::broker &&
                             (from.kind == NodeKind::producer || from.kind == NodeKind::consumer);
        const Path path = to_grid ? into_grid(from, to, column) : path_of(from, to);
        const bool wide = std::abs(path.front().x - path.back().x) >= 60;
        plan.links.push_back({i, path, brokers ? -1.0f : wide ? 0.0f : 1.0f});
    }
}

/// Below the consumers, if three lines fit there.
Rect place_legend(const StagePlan& plan, const StageVm& vm, const Rect& area, const StageColumn& column) {
    if (!vm.legend) return {};
    float top = area.y + kStageHead;
    for (std::size_t i = 0; i < vm.clients.size(); ++i) {
        if (vm.clients[i].side == ClientSide::consumer) top = std::max(top, plan.clients[i].bottom());
    }
    const Rect rect{std::max(column.right + 46, area.right() - 128), area.bottom() - 66, 116, 56};
    return rect.y < top + 8 || rect.right() > area.right() ? Rect{} : rect;
}

float room_for_brokers(const Rect& area, const StageVm& vm) {
    return area.h - (vm.zookeeper.shown ? kStageHead : kStageHeadSmall) - 2;
}

void drop_lso_flags(BrokerCardVm& broker) {
    for (TapeVm& tape : broker.tapes)
        if (tape.last_stable_offset == tape.high_watermark) tape.last_stable_offset = kNoMark;
}

void drop_epochs(BrokerCardVm& broker) {
    for (TapeVm& tape : broker.tapes) tape.epochs.clear();
}

void drop_waits(BrokerCardVm& broker) {
    if (broker.waits.size() > 1) broker.waits.resize(1);
}

}  // namespace

StageVm fitted(const Rect& area, const StageVm& vm) {
    StageVm shown = vm;
    for (void (*drop)(BrokerCardVm&) : {drop_lso_flags, drop_epochs, drop_waits}) {
        if (vm.zoom_per_mille != 1000 || cards_height(shown, vm.zoom) <= room_for_brokers(area, vm)) break;
        for (BrokerCardVm& broker : shown.brokers) drop(broker);
    }
    return shown;
}

StagePlan plan_stage(const Rect& area, const StageVm& vm) {
    StagePlan plan;
    const Rect seen = area.moved(static_cast<float>(vm.pan_x), static_cast<float>(vm.pan_y));
    const float zoom = std::clamp(static_cast<float>(vm.zoom_per_mille) / 1000, 0.6f, 2.0f);
    const StageColumn column = broker_column(seen, vm, zoom);
    const float top = seen.y + (vm.zookeeper.shown ? kStageHead : kStageHeadSmall);
    plan.zoom = level_that_fits(vm, seen.bottom() - top - 8);
    plan.tape_indent = vm.zoom == StageZoom::tape ? 108 : 96;
    const float width = std::min(210.0f, column.right - column.left);
    plan.zookeeper = {column.right - width, seen.y + 10, width, kZooKeeperHeight};
    place_brokers(plan, vm, column, top, seen.bottom() - 8);
    const float bottom = plan.brokers.empty() ? seen.bottom() - 8 : std::max(plan.brokers.back().bottom(), top + 120);
    place_clients(plan, vm, seen, top, bottom);
    place_links(plan, vm, column);
    plan.legend = place_legend(plan, vm, area, column);
    return plan;
}

}  // namespace app::ui
