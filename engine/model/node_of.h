// How a node copies and digests itself. The source file of each kind of node includes this and says
// `template class NodeOf<Kind>;`.
#pragma once

#include "engine/model/node.h"
#include "sim/base/digest.h"

namespace engine {

template <class Derived>
std::unique_ptr<NodeCode> NodeOf<Derived>::clone() const {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
}

template <class Derived>
void NodeOf<Derived>::digest(sim::Hasher& hasher) const {
    sim::digest(hasher, static_cast<const Derived&>(*this).state);
}

}  // namespace engine
