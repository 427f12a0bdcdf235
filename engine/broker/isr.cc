#include "engine/broker/isr.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::broker {

BrokerList without(const BrokerList& brokers, BrokerId gone) {
    BrokerList rest;
    for (const BrokerId broker : brokers)
        if (broker != gone) rest.push_back(broker);
    MR_ASSERT(!contains(rest, gone));
    return rest;
}

std::string to_text(const BrokerList& brokers) {
    std::string text;
    for (const BrokerId broker : brokers) text += fmt::format("{}{}", text.empty() ? "" : ",", broker.value);
    return text;
}

bool all_differ(const BrokerList& brokers) {
    BrokerList sorted = brokers;
    std::ranges::sort(sorted);
    return std::ranges::adjacent_find(sorted) == sorted.end();
}

bool is_subset(const BrokerList& part, const BrokerList& whole) {
    return std::ranges::all_of(part, [&](BrokerId broker) { return contains(whole, broker); });
}

bool IsrState::holds_together() const {
    if (!all_differ(committed) || in_flight != (change != IsrChange::none)) return false;
    switch (change) {
        case IsrChange::none: return proposed.empty();
        case IsrChange::expand: return all_differ(proposed) && is_subset(committed, proposed);
        case IsrChange::shrink: return !proposed.empty() && is_subset(proposed, committed);
    }
    return false;
}

void IsrState::propose(IsrChange kind, BrokerList isr) {
    MR_ASSERT(!in_flight && kind != IsrChange::none && !isr.empty());
    MR_ASSERT(kind == IsrChange::expand ? isr.size() > committed.size() : isr.size() < committed.size());
    change = kind;
    proposed = std::move(isr);
    in_flight = true;
    MR_ASSERT(holds_together());
}

void IsrState::confirm(BrokerList isr) {
    committed = std::move(isr);
    drop_proposal();
    MR_ASSERT(holds_together());
}

void IsrState::drop_proposal() {
    change = IsrChange::none;
    proposed.clear();
    in_flight = false;
}

}  // namespace engine::broker
