#include "engine/zookeeper/watches.h"

#include <algorithm>

namespace engine::zookeeper {
namespace {

using Table = sim::FlatMap<std::string, std::vector<i64>>;

std::vector<i64> take(Table& table, const std::string& path) {
    std::vector<i64>* sessions = table.find(path);
    if (sessions == nullptr) return {};
    std::vector<i64> taken = std::move(*sessions);
    table.erase(path);
    return taken;
}

void forget(Table& table, i64 session_id) {
    for (auto& [path, sessions] : table) std::erase(sessions, session_id);
    table.erase_if([](const auto& entry) { return entry.second.empty(); });
}

void tell(const std::vector<i64>& sessions, const TreeChange& change, std::vector<FiredWatch>& fired) {
    for (const i64 session : sessions) fired.push_back({session, {change.type, 3, change.path}});
}

}  // namespace

void Watches::add(WatchKind kind, const std::string& path, i64 session_id) {
    std::vector<i64>& sessions = kind == WatchKind::data ? data[path] : child[path];
    const auto at = std::ranges::lower_bound(sessions, session_id);
    if (at == sessions.end() || *at != session_id) sessions.insert(at, session_id);
    MR_ASSERT(std::ranges::binary_search(sessions, session_id));
    MR_VALIDATE(holds_together());
}

bool Watches::holds_together() const {
    const auto good = [](const auto& entry) {
        const std::vector<i64>& sessions = entry.second;
        return !sessions.empty() && std::ranges::is_sorted(sessions) && std::ranges::adjacent_find(sessions) == sessions.end();
    };
    return std::ranges::all_of(data, good) && std::ranges::all_of(child, good);
}

void Watches::fire(const TreeChange& change, std::vector<FiredWatch>& fired) {
    if (change.type == WatchEventType::children_changed) return tell(take(child, change.path), change, fired);
    std::vector<i64> sessions = take(data, change.path);
    if (change.type == WatchEventType::deleted) {
        const std::vector<i64> others = take(child, change.path);
        sessions.insert(sessions.end(), others.begin(), others.end());
        std::ranges::sort(sessions);
        const auto same = std::ranges::unique(sessions);  // who watched both is told once
        sessions.erase(same.begin(), same.end());
    }
    tell(sessions, change, fired);
    MR_ASSERT(!data.contains(change.path));
}

void Watches::forget_session(i64 session_id) {
    forget(data, session_id);
    forget(child, session_id);
    MR_VALIDATE(holds_together());
}

u32 Watches::count() const {
    u32 total = 0;
    for (const Table* table : {&data, &child})
        for (const auto& [path, sessions] : *table) total += static_cast<u32>(sessions.size());
    return total;
}

}  // namespace engine::zookeeper
