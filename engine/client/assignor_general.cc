// Sticky assignment of members with different subscriptions: what is unowned goes to the least loaded member
// that wants it, then partitions move from loaded members to others as long as that evens things out
// (spec/kafka.md section 4.7).
//
// Sections: load; previous owners; balance; moving.
#include <algorithm>

#include "engine/client/assignor.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

constexpr u32 kNobody = ~u32{0};

/// A partition that went from one member to another in this assignment.
struct Move {
    NamedPartition partition;
    u32 from = kNobody;
    u32 to = kNobody;
};

struct Table {
    const TopicSizes& topics;
    AssignmentMembers members;
    sim::FlatMap<NamedPartition, u32> owner;      // now
    sim::FlatMap<NamedPartition, u32> previous;   // owner in an older generation than the present one's
    std::vector<i32> load;                        // partitions by member
    std::vector<i32> most;                        // partitions that a member could have
    std::vector<Move> moves;
    NamedPartitions order;                        // fewest subscribers first
};

// ---- load ---------------------------------------------------------------------------------------

i32 subscriber_count(const Table& table, const std::string& topic) {
    return static_cast<i32>(
        std::ranges::count_if(table.members, [&](const AssignmentMember& m) { return subscribes(m, topic); }));
}

bool wants(const Table& table, u32 member, const NamedPartition& partition) {
    return subscribes(table.members[member], partition.topic);
}

/// Fewer partitions first, then by id.
bool is_lighter(const Table& table, u32 a, u32 b) {
    return table.load[a] != table.load[b] ? table.load[a] < table.load[b] : table.members[a].id < table.members[b].id;
}

u32 lightest_taker(const Table& table, const NamedPartition& partition) {
    MR_ASSERT(table.load.size() == table.members.size());
    u32 best = kNobody;
    for (u32 i = 0; i < table.members.size(); ++i)
        if (wants(table, i, partition) && (best == kNobody || is_lighter(table, i, best))) best = i;
    return best;
}

void give(Table& table, const NamedPartition& partition, u32 member) {
    MR_ASSERT(member < table.load.size());
    table.owner[partition] = member;
    ++table.load[member];
}

Table make_table(const TopicSizes& topics, AssignmentMembers members) {
    Table table{topics,
                members,
                {},
                {},
                std::vector<i32>(members.size()),
                std::vector<i32>(members.size()),
                {},
                all_partitions(topics)};
    std::ranges::stable_sort(table.order, {},
                             [&](const NamedPartition& p) { return subscriber_count(table, p.topic); });
    for (const NamedPartition& partition : table.order)
        for (u32 i = 0; i < members.size(); ++i) table.most[i] += wants(table, i, partition) ? 1 : 0;
    return table;
}

// ---- previous owners ----------------------------------------------------------------------------

/// The highest generation's claimant owns it now, the next one owned it before.
void claim(Table& table, const NamedPartition& partition, u32 member, sim::FlatMap<NamedPartition, u32>& now) {
    MR_ASSERT(member < table.members.size());
    const u32* present = now.find(partition);
    const i32 generation = table.members[member].generation;
    if (present == nullptr) {
        now[partition] = member;
    } else if (generation > table.members[*present].generation) {
        table.previous[partition] = *present;
        now[partition] = member;
    } else if (generation < table.members[*present].generation) {
        const u32* before = table.previous.find(partition);
        if (before == nullptr || table.members[*before].generation < generation) table.previous[partition] = member;
    }
}

bool exists(const Table& table, const NamedPartition& partition) {
    const i32* count = table.topics.find(partition.topic);
    return count != nullptr && partition.partition >= 0 && partition.partition < *count;
}

/// Gives everybody what it had and still wants. True if somebody had what it no longer wants.
bool restore_owners(Table& table) {
    sim::FlatMap<NamedPartition, u32> now;
    for (u32 i = 0; i < table.members.size(); ++i)
        for (const NamedPartition& partition : table.members[i].owned)
            if (exists(table, partition)) claim(table, partition, i, now);
    bool unwanted = false;
    for (const auto& [partition, member] : now) {
        if (wants(table, member, partition)) give(table, partition, member);
        else unwanted = true;
    }
    return unwanted;
}

// ---- balance ------------------------------------------------------------------------------------

/// Whether a member could take something from somebody who has more.
bool could_take(const Table& table, u32 member) {
    MR_ASSERT(member < table.load.size());
    if (table.load[member] == table.most[member]) return false;
    return std::ranges::any_of(table.owner, [&](const auto& entry) {
        return entry.second != member && wants(table, member, entry.first) &&
               table.load[member] < table.load[entry.second];
    });
}

/// Members that could neither give nor take are left out of it.
bool can_change(const Table& table, u32 member) {
    if (table.load[member] < table.most[member]) return true;
    return std::ranges::any_of(table.owner, [&](const auto& entry) {
        return entry.second == member && subscriber_count(table, entry.first.topic) >= 2;
    });
}

bool is_balanced(const Table& table, const std::vector<u32>& movers) {
    if (movers.empty()) return true;
    const auto loads = [&](u32 member) { return table.load[member]; };
    const i32 least = loads(std::ranges::min(movers, {}, loads)), most = loads(std::ranges::max(movers, {}, loads));
    if (least >= most - 1) return true;
    return std::ranges::none_of(movers, [&](u32 member) { return could_take(table, member); });
}

/// Sum of the differences of all pairs: 0 is perfect.
i32 imbalance(const Table& table, const std::vector<u32>& movers) {
    i32 score = 0;
    for (std::size_t i = 0; i < movers.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) score += std::abs(table.load[movers[i]] - table.load[movers[j]]);
    return score;
}

// ---- moving -------------------------------------------------------------------------------------

Move* find_move(Table& table, const NamedPartition& partition) {
    const auto at = std::ranges::find(table.moves, partition, &Move::partition);
    return at == table.moves.end() ? nullptr : &*at;
}

/// If another partition of this topic went the opposite way before, taking that one back is the smaller change.
NamedPartition better_to_move(Table& table, const NamedPartition& partition, u32 from, u32 to) {
    MR_ASSERT(from != to);
    const Move* earlier = find_move(table, partition);
    const u32 source = earlier == nullptr ? from : earlier->from;
    const auto opposite = std::ranges::find_if(table.moves, [&](const Move& move) {
        return move.partition.topic == partition.topic && move.from == to && move.to == source;
    });
    return opposite == table.moves.end() ? partition : opposite->partition;
}

void note_move(Table& table, const NamedPartition& partition, u32 from, u32 to) {
    MR_ASSERT(from != to);
    Move* earlier = find_move(table, partition);
    if (earlier == nullptr) table.moves.push_back({partition, from, to});
    else if (earlier->from != to) earlier->to = to;
    else std::erase_if(table.moves, [&](const Move& move) { return move.partition == partition; });
}

void move_partition(Table& table, const NamedPartition& wanted, u32 to) {
    const NamedPartition partition = better_to_move(table, wanted, table.owner.at(wanted), to);
    const u32 from = table.owner.at(partition);
    MR_ASSERT(from != to && table.load[from] > 0);
    note_move(table, partition, from, to);
    --table.load[from];
    give(table, partition, to);
}

/// Moves one partition if its owner has at least two more than somebody who wants it.
bool improve(Table& table, const NamedPartition& partition) {
    const u32 owner = table.owner.at(partition);
    const u32* before = table.previous.find(partition);
    if (before != nullptr && table.load[owner] > table.load[*before] + 1) {
        move_partition(table, partition, *before);
        return true;
    }
    const u32 taker = lightest_taker(table, partition);
    MR_ASSERT(taker != kNobody);  // its owner wants it at least
    if (table.load[owner] <= table.load[taker] + 1) return false;
    move_partition(table, partition, taker);
    return true;
}

bool move_until_balanced(Table& table, const NamedPartitions& partitions, const std::vector<u32>& movers) {
    bool any = false;
    for (bool moved = true; moved;) {
        moved = false;
        for (const NamedPartition& partition : partitions) {
            if (is_balanced(table, movers)) break;
            moved = improve(table, partition) || moved;
        }
        any = any || moved;
    }
    return any;
}

NamedPartitions movable(const Table& table, const NamedPartitions& partitions) {
    NamedPartitions some;
    for (const NamedPartition& partition : partitions)
        if (subscriber_count(table, partition.topic) >= 2) some.push_back(partition);
    return some;
}

Assignments result_of(const Table& table) {
    Assignments assignments(table.members.size());
    for (const NamedPartition& partition : table.order)
        if (const u32* owner = table.owner.find(partition)) assignments[*owner].push_back(partition);
    return assignments;
}

}  // namespace

Assignments assign_sticky_general(const TopicSizes& topics, AssignmentMembers members) {
    Table table = make_table(topics, members);
    const bool must_revoke = restore_owners(table);
    const bool fresh = table.owner.empty();
    NamedPartitions unowned;
    for (const NamedPartition& partition : table.order)
        if (!table.owner.contains(partition)) unowned.push_back(partition);
    for (const NamedPartition& partition : unowned)
        if (const u32 taker = lightest_taker(table, partition); taker != kNobody) give(table, partition, taker);
    std::vector<u32> movers;
    for (u32 i = 0; i < members.size(); ++i)
        if (can_change(table, i)) movers.push_back(i);
    const auto owners_before = table.owner;
    const auto load_before = table.load;
    const i32 imbalance_before = imbalance(table, movers);
    if (!must_revoke) move_until_balanced(table, movable(table, unowned), movers);
    const bool moved = move_until_balanced(table, movable(table, table.order), movers);
    if (!fresh && moved && imbalance(table, movers) >= imbalance_before) {
        table.owner = owners_before;
        table.load = load_before;
    }
    MR_ASSERT(table.owner.size() <= table.order.size());
    return result_of(table);
}

}  // namespace engine::client
