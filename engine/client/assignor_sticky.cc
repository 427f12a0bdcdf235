// Sticky assignment of members that all subscribe to the same topics: everybody keeps what it had as far as its
// share allows, what is left goes around (spec/kafka.md section 4.7; KIP-54, KIP-429, KIP-726).
//
// Sections: claims; shares; handing out; cooperative.
#include <algorithm>
#include <bit>

#include "engine/client/assignor.h"
#include "engine/model/java_hash.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

// ---- claims -------------------------------------------------------------------------------------

/// Java walks a HashMap of member ids where which of several equals keeps the larger share is decided by who
/// comes first: by bucket of a table that has room for all.
std::vector<u32> hash_order(AssignmentMembers members) {
    const u32 table = std::max(16u, std::bit_ceil(static_cast<u32>(members.size()) * 4 / 3 + 1));
    std::vector<u32> order(members.size());
    for (u32 i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [&](u32 place) {
        return java_spread(java_hash(members[place].id)) & (table - 1);
    });
    return order;
}

struct Claims {
    std::vector<NamedPartitions> owned;   // by member: what it may claim to have had
    NamedPartitions doubted;              // two members of one generation claim it: nobody has it
};

bool same_topics(const AssignmentMember& a, const AssignmentMember& b) {
    return a.topics.size() == b.topics.size() &&
           std::ranges::all_of(a.topics, [&](const std::string& topic) { return subscribes(b, topic); });
}

struct Claim {
    u32 member = 0;
    bool doubted = false;
};

/// A partition belongs to the claimant of the highest generation.
void take_claim(sim::FlatMap<NamedPartition, Claim>& claims, AssignmentMembers members, u32 member,
                const NamedPartition& partition) {
    Claim* claim = claims.find(partition);
    if (claim == nullptr) {
        claims[partition] = {member, false};
        return;
    }
    const i32 other = members[claim->member].generation, own = members[member].generation;
    if (own > other) *claim = {member, false};
    else if (own == other) claim->doubted = true;
}

Claims settle_claims(const TopicSizes& topics, AssignmentMembers members) {
    sim::FlatMap<NamedPartition, Claim> taken;
    for (u32 i = 0; i < members.size(); ++i)
        for (const NamedPartition& partition : members[i].owned) {
            const i32* count = topics.find(partition.topic);
            if (count != nullptr && partition.partition >= 0 && partition.partition < *count)
                take_claim(taken, members, i, partition);
        }
    Claims claims;
    claims.owned.resize(members.size());
    for (const auto& [partition, claim] : taken) {
        if (claim.doubted) claims.doubted.push_back(partition);
        else claims.owned[claim.member].push_back(partition);
    }
    for (NamedPartitions& owned : claims.owned)
        std::ranges::sort(owned, {}, [](const NamedPartition& p) { return std::pair(p.partition, p.topic); });
    return claims;
}

// ---- shares -------------------------------------------------------------------------------------

/// The assignment while it is being made. `least` is everybody's share, `most` that of `larger_shares` members.
struct StickyDivision {
    std::size_t least = 0, most = 0;
    std::size_t larger_shares = 0;     // how many members may hold `most`, where that is more than `least`
    std::size_t larger_taken = 0;
    Assignments held;
    std::vector<u32> below;            // hold less than `least`
    std::vector<u32> at_least;         // hold exactly `least` and may get one more
    NamedPartitions let_go;            // had an owner who may not keep it
};

void keep(StickyDivision& division, u32 member, const NamedPartitions& owned, std::size_t count) {
    MR_ASSERT(count <= owned.size() && count <= division.most && division.held[member].empty());
    division.held[member].assign(owned.begin(), owned.begin() + static_cast<std::ptrdiff_t>(count));
    division.let_go.insert(division.let_go.end(), owned.begin() + static_cast<std::ptrdiff_t>(count), owned.end());
}

void keep_owned(StickyDivision& division, u32 member, const NamedPartitions& owned) {
    MR_ASSERT(member < division.held.size() && division.larger_taken <= division.larger_shares);
    if (owned.size() < division.least) {
        keep(division, member, owned, owned.size());
        division.below.push_back(member);
        return;
    }
    const bool room = division.larger_taken < division.larger_shares;
    if (owned.size() >= division.most && room) {
        keep(division, member, owned, division.most);
        if (++division.larger_taken == division.larger_shares) division.at_least.clear();
        return;
    }
    keep(division, member, owned, division.least);
    if (room) division.at_least.push_back(member);
}

StickyDivision begin_division(AssignmentMembers members, std::size_t partitions) {
    MR_ASSERT(!members.empty());
    StickyDivision division;
    division.least = partitions / members.size();
    division.larger_shares = partitions % members.size();
    division.most = division.least + (division.larger_shares > 0 ? 1 : 0);
    MR_ASSERT(division.least * members.size() + division.larger_shares == partitions);
    division.held.resize(members.size());
    return division;
}

NamedPartitions unassigned(const TopicSizes& topics, const Assignments& held) {
    NamedPartitions assigned, left;
    for (const NamedPartitions& part : held) assigned.insert(assigned.end(), part.begin(), part.end());
    std::ranges::sort(assigned);
    std::ranges::set_difference(all_partitions(topics), assigned, std::back_inserter(left));
    return left;
}

// ---- handing out --------------------------------------------------------------------------------

/// Goes around those below their share; when all have it, one more each to those who may have it.
void hand_out(StickyDivision& division, const NamedPartitions& left) {
    std::size_t next = 0;
    for (const NamedPartition& partition : left) {
        if (division.below.empty()) {
            MR_ASSERT(!division.at_least.empty());  // the shares add up to the number of partitions
            division.held[division.at_least.front()].push_back(partition);
            division.at_least.erase(division.at_least.begin());
            continue;
        }
        next = next < division.below.size() ? next : 0;
        const u32 member = division.below[next];
        division.held[member].push_back(partition);
        if (division.held[member].size() < division.least) {
            ++next;
            continue;
        }
        division.below.erase(division.below.begin() + static_cast<std::ptrdiff_t>(next));
        division.at_least.push_back(member);
    }
}

struct Sticky {
    Assignments held;
    NamedPartitions moving;   // change from one living owner to another
};

Sticky assign_constrained(const TopicSizes& topics, AssignmentMembers members) {
    const Claims claims = settle_claims(topics, members);
    StickyDivision division = begin_division(members, all_partitions(topics).size());
    for (const u32 member : hash_order(members)) keep_owned(division, member, claims.owned[member]);
    const auto by_id = [&](u32 a, u32 b) { return members[a].id < members[b].id; };
    std::ranges::sort(division.below, by_id);
    std::ranges::sort(division.at_least, by_id);
    hand_out(division, unassigned(topics, division.held));
    MR_VALIDATE(unassigned(topics, division.held).empty());
    Sticky result{std::move(division.held), std::move(division.let_go)};
    result.moving.insert(result.moving.end(), claims.doubted.begin(), claims.doubted.end());
    return result;
}

bool all_subscribe_alike(AssignmentMembers members) {
    return std::ranges::all_of(members,
                               [&](const AssignmentMember& member) { return same_topics(members.front(), member); });
}

/// Only topics that somebody wants are divided.
TopicSizes wanted_topics(const TopicSizes& topics, AssignmentMembers members) {
    TopicSizes wanted = topics;
    wanted.erase_if([&](const auto& entry) {
        return std::ranges::none_of(members,
                                    [&](const AssignmentMember& member) { return subscribes(member, entry.first); });
    });
    return wanted;
}

// ---- cooperative --------------------------------------------------------------------------------

bool holds(const NamedPartitions& partitions, const NamedPartition& partition) {
    return std::ranges::find(partitions, partition) != partitions.end();
}

/// What somebody gets that another one has now.
NamedPartitions moving_partitions(AssignmentMembers members, const Assignments& held) {
    MR_ASSERT(held.size() == members.size());
    NamedPartitions given_up, moving;
    for (u32 i = 0; i < members.size(); ++i)
        for (const NamedPartition& partition : members[i].owned)
            if (!holds(held[i], partition)) given_up.push_back(partition);
    for (u32 i = 0; i < members.size(); ++i)
        for (const NamedPartition& partition : held[i])
            if (!holds(members[i].owned, partition) && holds(given_up, partition)) moving.push_back(partition);
    return moving;
}

}  // namespace

Assignments assign_sticky(const AssignmentTopics& topics, AssignmentMembers members) {
    if (members.empty()) return {};
    const TopicSizes wanted = wanted_topics(topics.sizes, members);
    return all_subscribe_alike(members) ? assign_constrained(wanted, members).held
                                        : assign_sticky_general(wanted, members);
}

Assignments assign_cooperative_sticky(const AssignmentTopics& topics, AssignmentMembers members) {
    if (members.empty()) return {};
    const TopicSizes wanted = wanted_topics(topics.sizes, members);
    Sticky sticky;
    if (all_subscribe_alike(members)) {
        sticky = assign_constrained(wanted, members);
    } else {
        sticky.held = assign_sticky_general(wanted, members);
        sticky.moving = moving_partitions(members, sticky.held);
    }
    for (NamedPartitions& held : sticky.held)
        std::erase_if(held, [&](const NamedPartition& partition) { return holds(sticky.moving, partition); });
    MR_ASSERT(sticky.held.size() == members.size());
    return sticky.held;
}

}  // namespace engine::client
