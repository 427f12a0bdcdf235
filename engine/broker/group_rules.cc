// Rules of groups that look at a group and nothing else.
#include <algorithm>

#include "engine/broker/group_coordinator.h"
#include "engine/model/java_hash.h"

namespace engine::broker {
namespace {

bool lists(const std::vector<MemberProtocol>& protocols, const std::string& name) {
    return std::ranges::find(protocols, name, &MemberProtocol::name) != protocols.end();
}

/// Protocols that every member lists, in the order of the first member.
std::vector<std::string> common_protocols(const Group& group) {
    std::vector<std::string> common;
    if (group.members.empty()) return common;
    for (const MemberProtocol& protocol : group.members.begin()->second.protocols) {
        const bool everywhere = std::ranges::all_of(
            group.members, [&](const auto& entry) { return lists(entry.second.protocols, protocol.name); });
        if (everywhere) common.push_back(protocol.name);
    }
    return common;
}

}  // namespace

std::string_view name_of(GroupPhase phase) {
    switch (phase) {
        case GroupPhase::empty: return "Empty";
        case GroupPhase::preparing_rebalance: return "PreparingRebalance";
        case GroupPhase::completing_rebalance: return "CompletingRebalance";
        case GroupPhase::stable: return "Stable";
        case GroupPhase::dead: return "Dead";
    }
    return "";
}

bool Group::holds_together() const {
    if (!members.empty() && !members.contains(leader)) return false;
    if (phase == GroupPhase::empty && !members.empty()) return false;
    for (const auto& [instance, id] : static_members) {
        const GroupMember* member = members.find(id);
        if (member == nullptr || member->instance_id != instance) return false;
    }
    return std::ranges::all_of(members, [&](const auto& entry) {
        const GroupMember& member = entry.second;
        const bool waits_in_turn = (!member.awaiting_join || phase == GroupPhase::preparing_rebalance) &&
                                   (!member.awaiting_sync || phase == GroupPhase::completing_rebalance);
        return member.id == entry.first && waits_in_turn;
    });
}

i32 java_string_hash(std::string_view utf8) { return static_cast<i32>(java_hash(utf8)); }

i32 coordinator_partition(std::string_view name, i32 partitions) {
    MR_ASSERT(partitions > 0);
    const i32 hash = java_string_hash(name);
    const i32 positive = hash == INT32_MIN ? 0 : hash < 0 ? -hash : hash;
    MR_ASSERT(positive >= 0);
    return positive % partitions;
}

i32 offsets_partition_count(Ctx ctx) {
    const NameId topic = ctx.env.find_name(kOffsetsTopic);
    const CachedTopic* cached = topic == kNoName ? nullptr : ctx.memory().metadata.find(topic);
    return cached == nullptr || cached->partitions.empty() ? ctx.config().offsets_topic_partitions
                                                           : static_cast<i32>(cached->partitions.size());
}

ErrorCode check_coordinator(Ctx ctx, const std::string& group) {
    const i32 partition = coordinator_partition(group, offsets_partition_count(ctx));
    const PartitionLoad* load = ctx.memory().groups.partitions.find(partition);
    if (load == nullptr || *load == PartitionLoad::absent) return ErrorCode::not_coordinator;
    return *load == PartitionLoad::loading ? ErrorCode::coordinator_load_in_progress : ErrorCode::none;
}

std::string select_protocol(const Group& group) {
    const std::vector<std::string> common = common_protocols(group);
    std::vector<u32> votes(common.size());
    MR_ASSERT(!group.members.empty() || common.empty());
    for (const auto& [id, member] : group.members)
        for (const MemberProtocol& protocol : member.protocols) {
            const auto at = std::ranges::find(common, protocol.name);
            if (at == common.end()) continue;
            ++votes[static_cast<std::size_t>(at - common.begin())];
            break;  // a member votes for its first choice only
        }
    const auto most = std::ranges::max_element(votes);
    return most == votes.end() ? "" : common[static_cast<std::size_t>(most - votes.begin())];
}

bool supports_protocols(const Group& group, const std::string& protocol_type,
                        const std::vector<MemberProtocol>& protocols) {
    if (protocol_type.empty() || protocols.empty()) return false;
    if (group.members.empty()) return true;
    if (group.protocol_type != protocol_type) return false;
    const auto common = common_protocols(group);
    return std::ranges::any_of(common, [&](const std::string& name) { return lists(protocols, name); });
}

bool all_joined(const Group& group) {
    return group.pending_members.empty() &&
           std::ranges::all_of(group.members, [](const auto& entry) { return entry.second.awaiting_join; });
}

i32 longest_rebalance_timeout_ms(const Group& group) {
    i32 longest = 0;
    for (const auto& [id, member] : group.members) longest = std::max(longest, member.rebalance_timeout_ms);
    return longest;
}

const std::vector<u8>& metadata_for(const GroupMember& member, const std::string& protocol) {
    static const std::vector<u8> nothing;
    const auto at = std::ranges::find(member.protocols, protocol, &MemberProtocol::name);
    return at == member.protocols.end() ? nothing : at->metadata;
}

}  // namespace engine::broker
