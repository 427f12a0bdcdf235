#include "engine/zookeeper/watches.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::zookeeper {
namespace {

using Table = sim::FlatMap<std::string, std::vector<i64>>;

Table& table(Watches& watches, WatchKind kind) {
    switch (kind) {
        case WatchKind::data: return watches.data;
        case WatchKind::child: return watches.child;
        case WatchKind::persistent: return watches.persistent;
        case WatchKind::recursive: return watches.recursive;
    }
    return watches.data;
}

std::vector<i64> take(Table& table, const std::string& path) {
    std::vector<i64>* sessions = table.find(path);
    if (sessions == nullptr) return {};
    std::vector<i64> taken = std::move(*sessions);
    MR_ASSERT(!taken.empty());
    table.erase(path);
    return taken;
}

void forget(Table& table, i64 session_id) {
    for (auto& [path, sessions] : table) std::erase(sessions, session_id);
    table.erase_if([](const auto& entry) { return entry.second.empty(); });
}

/// Both lists, each session once.
void join(std::vector<i64>& sessions, const std::vector<i64>& more) {
    for (const i64 session : more) {
        const auto at = std::ranges::lower_bound(sessions, session);
        if (at == sessions.end() || *at != session) sessions.insert(at, session);
    }
    MR_ASSERT(std::ranges::is_sorted(sessions));
}

void tell(const std::vector<i64>& sessions, const TreeChange& change, std::vector<FiredWatch>& fired) {
    for (const i64 session : sessions) fired.push_back({session, {change.type, 3, change.path}});
}

}  // namespace

void Watches::add(WatchKind kind, const std::string& path, i64 session_id) {
    std::vector<i64>& sessions = table(*this, kind)[path];
    const auto at = std::ranges::lower_bound(sessions, session_id);
    if (at == sessions.end() || *at != session_id) sessions.insert(at, session_id);
    MR_ASSERT(std::ranges::binary_search(sessions, session_id));
    MR_VALIDATE(holds_together());
}

bool Watches::has(WatchKind kind, const std::string& path, i64 session_id, bool take) {
    std::vector<i64>* sessions = table(*this, kind).find(path);
    if (sessions == nullptr || !std::ranges::binary_search(*sessions, session_id)) return false;
    if (!take) return true;
    std::erase(*sessions, session_id);
    if (sessions->empty()) table(*this, kind).erase(path);
    return true;
}

bool Watches::holds_together() const {
    const auto good = [](const auto& entry) {
        const std::vector<i64>& sessions = entry.second;
        return !sessions.empty() && std::ranges::is_sorted(sessions) &&
               std::ranges::adjacent_find(sessions) == sessions.end();
    };
    const auto all_good = [&](const Table& entries) { return std::ranges::all_of(entries, good); };
    return all_good(data) && all_good(child) && all_good(persistent) && all_good(recursive);
}

void Watches::fire(const TreeChange& change, std::vector<FiredWatch>& fired) {
    const bool of_children = change.type == WatchEventType::children_changed;
    std::vector<i64> sessions = take(of_children ? child : data, change.path);
    if (change.type == WatchEventType::deleted) join(sessions, take(child, change.path));
    if (const auto* staying = persistent.find(change.path)) join(sessions, *staying);
    if (!of_children && !recursive.empty()) {
        std::string above = change.path;
        while (true) {
            if (const auto* staying = recursive.find(above)) join(sessions, *staying);
            if (above == "/") break;
            above = parent_of(above);
        }
    }
    tell(sessions, change, fired);
    MR_ASSERT(of_children || !data.contains(change.path));
}

void Watches::forget_session(i64 session_id) {
    for (Table* watched : {&data, &child, &persistent, &recursive}) forget(*watched, session_id);
    MR_VALIDATE(holds_together());
}

u32 Watches::count() const {
    u32 total = 0;
    for (const Table* watched : {&data, &child, &persistent, &recursive})
        for (const auto& [path, sessions] : *watched) total += static_cast<u32>(sessions.size());
    return total;
}

}  // namespace engine::zookeeper
