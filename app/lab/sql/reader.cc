#include "app/lab/sql/reader.h"

#include "app/lab/sql/copies.h"
#include "engine/broker/broker_node.h"

namespace app::lab {

using sim::NodeId;

Reader::Reader() = default;
Reader::~Reader() = default;

void Reader::show(const Moment& moment) {
    moment_ = moment;
    if (copies_ != nullptr) copies_->forget_moment();
}

std::string_view Reader::node_name(NodeId node) const {
    return node == sim::kNoNode ? std::string_view{} : std::string_view(world().card(node).name);
}

sim::i64 Reader::event_ms(sim::u64 index) const {
    const engine::History& past = history();
    const bool known = index >= past.first_index && index - past.first_index < past.events.size();
    return known ? ms(past.events[index - past.first_index].at) : -1;
}

const engine::broker::Broker* Reader::broker(NodeId node) const {
    if (node == sim::kNoNode || world().card(node).kind != engine::NodeKind::broker) return nullptr;
    return &world().nodes[node.value].as<engine::broker::BrokerNode>().state;
}

const engine::broker::Broker* Reader::broker(engine::BrokerId broker_id) const {
    return broker(world().broker_node(broker_id));
}

void Reader::lend(std::shared_ptr<Copies> copies) {
    copies_ = std::move(copies);
    if (copies_ != nullptr) copies_->forget_moment();
}

Copies& Reader::copies() const {
    if (copies_ == nullptr) copies_ = std::make_shared<Copies>();
    return *copies_;
}

}  // namespace app::lab
