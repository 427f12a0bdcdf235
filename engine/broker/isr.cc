#include "engine/broker/isr.h"

#include <fmt/format.h>

#include "sim/base/assert.h"

namespace engine::broker {

BrokerList without(const BrokerList& brokers, BrokerId gone) {
    BrokerList rest;
    for (const BrokerId broker : brokers)
        if (broker != gone) rest.push_back(broker);
    return rest;
}

std::string to_text(const BrokerList& brokers) {
    std::string text;
    for (const BrokerId broker : brokers) text += fmt::format("{}{}", text.empty() ? "" : ",", broker.value);
    return text;
}

void IsrState::propose(IsrChange kind, BrokerList isr) {
    MR_ASSERT(!in_flight && kind != IsrChange::none && !isr.empty());
    MR_ASSERT(kind == IsrChange::expand ? isr.size() > committed.size() : isr.size() < committed.size());
    change = kind;
    proposed = std::move(isr);
    in_flight = true;
}

void IsrState::confirm(BrokerList isr) {
    committed = std::move(isr);
    drop_proposal();
}

void IsrState::drop_proposal() {
    change = IsrChange::none;
    proposed.clear();
    in_flight = false;
}

}  // namespace engine::broker
