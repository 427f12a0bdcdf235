// What every kind of node is to the world: a value that can be copied, digested and given notices.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/kernel/env.h"

namespace engine {

enum class NodeKind : sim::u8 { zookeeper, broker, producer, consumer, console };
constexpr std::string_view name_of(NodeKind kind) {
    constexpr std::string_view names[] = {"zookeeper", "broker", "producer", "consumer", "app"};
    static_assert(std::size(names) == static_cast<std::size_t>(NodeKind::console) + 1);
    return names[static_cast<std::size_t>(kind)];
}

/// State and code of one node. A notice is one call; what it does to the outside goes through the Env. A boot
/// notice begins a new life: all that was in memory is forgotten.
class NodeCode {
public:
    NodeCode() = default;
    NodeCode(const NodeCode&) = default;
    NodeCode& operator=(const NodeCode&) = default;
    virtual ~NodeCode() = default;

    [[nodiscard]] virtual std::unique_ptr<NodeCode> clone() const = 0;
    virtual void on_notice(sim::Env& env, sim::Notice& notice) = 0;
    virtual void digest(sim::Hasher& hasher) const = 0;
    [[nodiscard]] virtual NodeKind kind() const = 0;
    /// What a timer of this node is for, by its kind number.
    [[nodiscard]] virtual std::string_view timer_name(sim::u16 timer_kind) const = 0;
};

/// Gives a class with a plain `state` member its copy and its digest. They are defined in node_of.h, which only the
/// class's own source file includes: a digest walks every member of the state, and is compiled once.
template <class Derived>
class NodeOf : public NodeCode {
public:
    [[nodiscard]] std::unique_ptr<NodeCode> clone() const override;
    void digest(sim::Hasher& hasher) const override;
};

}  // namespace engine
