// The world of one story while it is told: the cluster, the clients that the story made, and its clock.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/history.h"
#include "engine/world_spec.h"

namespace app::proof {

using Json = nlohmann::json;
using sim::i16;
using sim::i32;
using sim::i64;
using sim::u16;
using sim::u32;
using sim::u64;

constexpr sim::Nanos kToolStart = sim::millis(2000);  // a command-line tool's own start

/// Rows of the history that a consumer's earlier drains handed out.
struct DrainMark {
    u64 deliveries = 0;
    u64 facts = 0;
};

struct StoryStage {
    engine::WorldSpec spec;
    engine::ConfigMap producer_defaults;
    engine::ConfigMap consumer_defaults;
    engine::World world;
    engine::History history;
    sim::Nanos clock;
    sim::Nanos last_op_took;
    std::map<std::string, DrainMark> drained;   // by consumer
    std::map<std::string, std::map<std::string, std::string>> trees;  // znode snapshots: name -> path -> json text

    [[nodiscard]] sim::Nanos now() const { return clock; }
};

/// Builds the cluster of a story and lets it come up, at `wall_clock_ms` if the story says so. Says what is not built
/// yet, or what went wrong.
std::expected<StoryStage, std::string> raise_stage(const Json& story, u64 seed);

/// Lets time pass.
void pass(StoryStage& stage, sim::Nanos span);
/// Runs until something holds; false after `limit`. Looked at after each event.
bool run_until(StoryStage& stage, sim::Nanos limit, const std::function<bool()>& holds);
/// The same for what is dear to look at: looked at every 20 ms.
bool poll_until(StoryStage& stage, sim::Nanos limit, const std::function<bool()>& holds);
/// An intervention by a line of words. Why not, or "".
std::string act(StoryStage& stage, const std::string& line);
/// An intervention by code, within an input event of its own.
void intervene(StoryStage& stage, const std::function<void(engine::Observer&)>& what);

/// Brokers that run and are not paused, by id.
std::vector<engine::BrokerId> reachable_brokers(const StoryStage& stage);
[[nodiscard]] engine::NodeId broker_node(const StoryStage& stage, i64 id);
/// Their addresses, to be given to a client that starts now.
std::vector<engine::BrokerId> bootstrap_of(const StoryStage& stage);

}  // namespace app::proof
