// Oracles of consumer groups. The first three hold while committed records are promised for __consumer_offsets, the
// others also need that promise for the partition itself.
//
// `generations`    a group's next generation is higher than the last one that had an assignment.
// `one-owner`      an assignment gives no partition to two members.
// `commit-order`   what was committed in a generation is not overwritten by a commit of an earlier one; and within one
//                  generation a committed offset goes back only if a position of the group did, or if a member lost
//                  a connection: a commit that was given up may still arrive.
// `group-resumes`  a member that takes over a partition goes on where the group has got to: not before what was
//                  committed when it got the partition, and not beyond what members were handed (or skip).
// `no-forgetting`  a member does not start anew where the group has committed an offset that the log still has.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct GroupPart {
    NameId group = kNoName;
    TopicPartition id;
    friend auto operator<=>(const GroupPart&, const GroupPart&) = default;
};

struct CommittedRow {
    u64 event_index = 0;
    Offset offset;
    i32 generation = -1;
    bool went_back = false;          // a position of the group was set back since the commit before
};

struct GroupWatch {
    sim::FlatMap<NameId, i32> assigned;                       // last generation with an assignment
    sim::FlatMap<GroupPart, std::vector<CommittedRow>> commits;
    sim::FlatMap<GroupPart, Offset> reached;                  // the furthest position that a member has had
    sim::FlatMap<GroupPart, bool> went_back;                  // see CommittedRow; since the last commit
    sim::FlatMap<NameId, bool> unsure;                        // a member of this generation has lost a connection
    sim::FlatMap<NodeId, u64> assigned_at;                    // event in which a consumer last got partitions
};

/// What coordinators tell.
void check_group_fact(GroupWatch& watch, const Scene& scene, const sim::Fact& fact);
/// What consumers tell.
void check_member_fact(GroupWatch& watch, const Scene& scene, const sim::Fact& fact);
void note_handed_out(GroupWatch& watch, const Scene& scene, const DeliveryRow& delivery);

/// What keeps groups from rest: every group that somebody reads in is stable, has just the consumers that run, and
/// divides all partitions of their topics among them. "" if all do.
std::string group_trouble(const Scene& scene);

}  // namespace engine::check
