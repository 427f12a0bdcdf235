// The range assignor: each topic for itself, in runs of equal length, the first members get one more. Where members
// and replicas have told their racks, members first get partitions that they can read within their own (KIP-881);
// topics of equal size and with the same readers are then handed out together, so that partition n of one and of the
// other meet at one member.
#include <algorithm>

#include "engine/client/assignor.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

/// One topic while it is handed out.
struct TopicShares {
    std::string topic;
    i32 partitions = 0;
    std::vector<u32> readers;      // members, in order
    std::vector<i32> given;        // partitions, by place in `readers`
    i32 least = 0;                 // everybody's share
    i32 extras = 0;                // readers that may still get one more
    std::vector<bool> taken;       // by partition
    bool racks_matter = false;
};

struct Division {
    const PartitionRacks& racks;
    AssignmentMembers members;
    std::vector<TopicShares> topics;
    Assignments assignments;
};

i32 room(const TopicShares& shares, std::size_t reader) {
    return std::max(0, shares.least + (shares.extras > 0 ? 1 : 0) - shares.given[reader]);
}

bool same_rack(const Division& division, const TopicShares& shares, std::size_t reader, i32 partition) {
    const std::string& rack = division.members[shares.readers[reader]].rack;
    const auto* racks = division.racks.find(NamedPartition{shares.topic, partition});
    return rack.empty() || (racks != nullptr && std::ranges::find(*racks, rack) != racks->end());
}

/// Gives some partitions of a topic at once: a reader that gets more than the least share uses up one extra.
void give(Division& division, TopicShares& shares, std::size_t reader, const std::vector<i32>& partitions) {
    for (const i32 partition : partitions) {
        MR_ASSERT(!shares.taken[static_cast<std::size_t>(partition)]);
        shares.taken[static_cast<std::size_t>(partition)] = true;
        division.assignments[shares.readers[reader]].push_back({shares.topic, partition});
    }
    shares.given[reader] += static_cast<i32>(partitions.size());
    if (shares.given[reader] > shares.least) --shares.extras;
    MR_ASSERT(shares.extras >= 0);
}

/// To each reader in turn the first free partitions that its share has room for.
void give_runs(Division& division, TopicShares& shares, bool within_rack) {
    MR_ASSERT(shares.given.size() == shares.readers.size());
    for (std::size_t reader = 0; reader < shares.readers.size(); ++reader) {
        std::vector<i32> run;
        const auto most = static_cast<std::size_t>(room(shares, reader));
        for (i32 p = 0; p < shares.partitions && run.size() < most; ++p)
            if (!shares.taken[static_cast<std::size_t>(p)] && (!within_rack || same_rack(division, shares, reader, p)))
                run.push_back(p);
        if (!run.empty()) give(division, shares, reader, run);
    }
}

// ---- racks --------------------------------------------------------------------------------------

/// Racks decide nothing if no reader is in one of them, or if every partition is in all of them.
bool racks_matter(const Division& division, const TopicShares& shares) {
    std::vector<std::string> all;
    for (i32 p = 0; p < shares.partitions; ++p)
        if (const auto* racks = division.racks.find(NamedPartition{shares.topic, p}))
            for (const std::string& rack : *racks)
                if (std::ranges::find(all, rack) == all.end()) all.push_back(rack);
    const auto is_in = [&](u32 reader) { return std::ranges::find(all, division.members[reader].rack) != all.end(); };
    const auto is_everywhere = [&](i32 p) {
        const auto* racks = division.racks.find(NamedPartition{shares.topic, p});
        return racks != nullptr && std::ranges::all_of(all, [&](const std::string& rack) {
                   return std::ranges::find(*racks, rack) != racks->end();
               });
    };
    if (std::ranges::none_of(shares.readers, is_in)) return false;
    for (i32 p = 0; p < shares.partitions; ++p)
        if (!is_everywhere(p)) return true;
    return false;
}

using Together = std::vector<TopicShares*>;

bool fits_all(const Division& division, const Together& topics, std::size_t reader, i32 partition) {
    return std::ranges::all_of(topics, [&](const TopicShares* shares) {
        return same_rack(division, *shares, reader, partition) && room(*shares, reader) > 0;
    });
}

/// Partition n of all these topics to the first reader whose rack has it in each.
void give_together(Division& division, const Together& topics) {
    MR_ASSERT(!topics.empty());
    for (i32 p = 0; p < topics.front()->partitions; ++p)
        for (std::size_t reader = 0; reader < topics.front()->readers.size(); ++reader) {
            if (!fits_all(division, topics, reader, p)) continue;
            for (TopicShares* shares : topics) give(division, *shares, reader, {p});
            break;
        }
}

/// Topics with the readers and the size of the first of them that is not yet handled.
Together alike(std::vector<TopicShares>& topics, const TopicShares& first) {
    Together group;
    for (TopicShares& shares : topics)
        if (shares.readers == first.readers && shares.partitions == first.partitions) group.push_back(&shares);
    MR_ASSERT(!group.empty());
    return group;
}

void give_within_racks(Division& division) {
    for (TopicShares& shares : division.topics) {
        const Together group = alike(division.topics, shares);
        if (group.size() == 1 && shares.racks_matter) give_runs(division, shares, true);
        if (group.size() > 1 && group.front() == &shares) give_together(division, group);
    }
}

// ---- all together -------------------------------------------------------------------------------

TopicShares make_shares(const Division& division, const std::string& topic, i32 partitions, std::vector<u32> readers) {
    TopicShares shares{
        topic, partitions, std::move(readers), {}, 0, 0, std::vector<bool>(static_cast<std::size_t>(partitions)),
        false};
    const auto count = static_cast<i32>(shares.readers.size());
    MR_ASSERT(count > 0 && partitions >= 0);
    shares.given.resize(shares.readers.size());
    shares.least = partitions / count;
    shares.extras = partitions % count;
    shares.racks_matter = racks_matter(division, shares);
    return shares;
}

}  // namespace

Assignments assign_range(const AssignmentTopics& topics, AssignmentMembers members) {
    Division division{topics.racks, members, {}, Assignments(members.size())};
    const std::vector<u32> order = member_order(members);
    for (const auto& [topic, partitions] : topics.sizes) {
        std::vector<u32> readers = subscribers(members, order, topic);
        if (!readers.empty()) division.topics.push_back(make_shares(division, topic, partitions, std::move(readers)));
    }
    const bool by_rack = std::ranges::any_of(division.topics, &TopicShares::racks_matter);
    if (by_rack) give_within_racks(division);
    for (TopicShares& shares : division.topics) give_runs(division, shares, false);
    if (by_rack)
        for (NamedPartitions& held : division.assignments) std::ranges::sort(held);
    return std::move(division.assignments);
}

}  // namespace engine::client
