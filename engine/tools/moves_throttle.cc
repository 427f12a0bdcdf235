#include "engine/tools/moves_throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/model/dynamic_config.h"
#include "engine/model/java_hash.h"
#include "engine/tools/tool.h"

namespace engine::tools {
namespace {

using client::ConfigOrder;
using client::PartitionName;

bool contains(const std::vector<i32>& brokers, i32 broker) {
    return std::ranges::find(brokers, broker) != brokers.end();
}

/// In the order of their texts, each once.
std::string list_of(std::vector<std::string> entries) {
    std::ranges::sort(entries);
    const auto same = std::ranges::unique(entries);
    entries.erase(same.begin(), same.end());
    return fmt::format("{}", fmt::join(entries, ","));
}

void sort_once(std::vector<i32>& brokers) {
    std::ranges::sort(brokers);
    const auto same = std::ranges::unique(brokers);
    brokers.erase(same.begin(), same.end());
}

void ask_settings(ToolCall& call, ResourceType type, std::string name, std::vector<ConfigOrder> orders) {
    MR_ASSERT(!orders.empty() && !name.empty());
    client::AdminCall order;
    order.kind = client::AdminKind::alter_configs;
    order.resources.push_back({type, std::move(name), std::move(orders)});
    ask(call.admin, call.env, std::move(order));
}

ConfigOrder set(std::string_view name, std::string value) { return {std::string(name), std::move(value), false}; }
ConfigOrder removal(std::string_view name) { return {std::string(name), "", true}; }

/// 3.9 sorts them, 2.8 has them in a set of Scala.
std::vector<std::string> topics_of(const MovesTool& tool, bool is_old) {
    std::vector<std::string> topics;
    for (const MoveWish& wish : tool.wishes)
        if (std::ranges::find(topics, wish.name.topic) == topics.end()) topics.push_back(wish.name.topic);
    std::vector<u32> hashes;
    for (const std::string& topic : topics) hashes.push_back(java_hash(topic));
    if (is_old) sort_as_scala_set(topics, hashes);
    else std::ranges::sort(topics);
    return topics;
}

}  // namespace

ReplicaMoves proposed_moves(const MovesTool& tool) {
    ReplicaMoves moves = tool.under_way;
    for (const MoveWish& wish : tool.wishes) {
        const bool moves_already = moves.contains(wish.name);
        ReplicaMove& move = moves[wish.name];
        if (!moves_already) move.sources = tool.replicas.at(wish.name);
        move.destinations = wish.replicas;
        std::erase_if(move.destinations, [&](i32 broker) { return contains(move.sources, broker); });
        MR_ASSERT(!move.sources.empty());
    }
    return moves;
}

sim::FlatMap<std::string, ThrottledReplicas> throttled_replicas(const ReplicaMoves& moves) {
    sim::FlatMap<std::string, ThrottledReplicas> throttled;
    for (auto at = moves.begin(); at != moves.end();) {
        const std::string topic = at->first.topic;
        std::vector<std::string> leaders, followers;
        for (; at != moves.end() && at->first.topic == topic; ++at) {
            for (const i32 broker : at->second.sources)
                leaders.push_back(fmt::format("{}:{}", at->first.partition, broker));
            for (const i32 broker : at->second.destinations)
                if (!contains(at->second.sources, broker))
                    followers.push_back(fmt::format("{}:{}", at->first.partition, broker));
        }
        throttled[topic] = {list_of(std::move(leaders)), list_of(std::move(followers))};
    }
    return throttled;
}

std::vector<i32> moving_brokers(const ReplicaMoves& moves) {
    std::vector<i32> brokers;
    for (const auto& [name, move] : moves) {
        brokers.insert(brokers.end(), move.sources.begin(), move.sources.end());
        brokers.insert(brokers.end(), move.destinations.begin(), move.destinations.end());
    }
    sort_once(brokers);
    return brokers;
}

std::expected<i64, std::string> throttle_in(const OptionValues& options, std::string_view name) {
    if (!options.has(name)) return -1;
    const std::string text = options.all(name).back();
    i64 limit = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (status == std::errc{} && end == text.data() + text.size()) return limit;
    return std::unexpected(text);
}

u32 ask_throttles(ToolCall& call, i64 bytes_per_second, i64 log_dir_bytes_per_second) {
    const ReplicaMoves moves = proposed_moves(call.states.moves);
    u32 asked = 0;
    if (bytes_per_second >= 0)
        for (const auto& [topic, replicas] : throttled_replicas(moves)) {
            ask_settings(call, ResourceType::topic, topic,
                         {set(throttle::kLeaderReplicas, replicas.leaders),
                          set(throttle::kFollowerReplicas, replicas.followers)});
            ++asked;
        }
    for (const i32 broker : moving_brokers(moves)) {
        std::vector<ConfigOrder> orders;
        if (bytes_per_second >= 0)
            orders = {set(throttle::kLeaderRate, fmt::to_string(bytes_per_second)),
                      set(throttle::kFollowerRate, fmt::to_string(bytes_per_second))};
        if (log_dir_bytes_per_second >= 0)
            orders.push_back(set(throttle::kLogDirRate, fmt::to_string(log_dir_bytes_per_second)));
        if (orders.empty()) continue;
        ask_settings(call, ResourceType::broker, fmt::to_string(broker), std::move(orders));
        ++asked;
    }
    return asked;
}

NoThrottles print_no_throttles(ToolCall& call, std::string_view before) {
    const MovesTool& tool = call.states.moves;
    std::vector<i32> brokers = tool.brokers;
    for (const MoveWish& wish : tool.wishes) brokers.insert(brokers.end(), wish.replicas.begin(), wish.replicas.end());
    sort_once(brokers);
    const std::vector<std::string> topics = topics_of(tool, call.is_old());
    print(call, fmt::format("{}Clearing broker-level throttles on broker{} {}", before, plural(brokers.size()),
                            fmt::join(brokers, ",")));
    print(call,
          fmt::format("Clearing topic-level throttles on topic{} {}", plural(topics.size()), fmt::join(topics, ",")));
    return {brokers, topics};
}

u32 ask_no_throttles(ToolCall& call, std::string_view before) {
    const auto [brokers, topics] = print_no_throttles(call, before);
    MR_ASSERT(!brokers.empty());
    for (const i32 broker : brokers)
        ask_settings(
            call, ResourceType::broker, fmt::to_string(broker),
            {removal(throttle::kLeaderRate), removal(throttle::kFollowerRate), removal(throttle::kLogDirRate)});
    for (const std::string& topic : topics)
        ask_settings(call, ResourceType::topic, topic,
                     {removal(throttle::kLeaderReplicas), removal(throttle::kFollowerReplicas)});
    return static_cast<u32>(brokers.size() + topics.size());
}

}  // namespace engine::tools
