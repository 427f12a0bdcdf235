// Sections: answers; sessions; the rebalance; joining; syncing; heartbeats; leaving.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/group_coordinator.h"
#include "engine/broker/timers.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/uuid.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr u64 kGroupTables = touch::kGroups | touch::kFacts;

i16 number_of(ErrorCode error) { return static_cast<i16>(error); }

// ---- answers ------------------------------------------------------------------------------------

void answer_join_error(Ctx ctx, const ReplyTo& to, ErrorCode error, const std::string& member_id) {
    MR_ASSERT(failed(error));
    wire::JoinGroupResponse response;
    response.error_code = number_of(error);
    response.member_id = member_id;
    if (to.version < 7) response.protocol_name = "";
    respond(ctx, to, response);
}

void answer_join(Ctx ctx, const Group& group, GroupMember& member, bool skip_assignment = false) {
    MR_ASSERT(group.members.contains(member.id));
    wire::JoinGroupResponse response;
    response.generation_id = group.generation;
    response.protocol_type = group.protocol_type;
    response.protocol_name = group.protocol;
    response.leader = group.leader;
    response.skip_assignment = skip_assignment;
    response.member_id = member.id;
    if (member.id == group.leader)
        for (const auto& [id, other] : group.members) {
            auto& entry = response.members.emplace_back();
            entry.member_id = id;
            if (!other.instance_id.empty()) entry.group_instance_id = other.instance_id;
            entry.metadata = metadata_for(other, group.protocol);
        }
    MR_ASSERT(member.awaiting_join && group.members.contains(group.leader));
    member.awaiting_join = false;
    member.is_new = false;
    respond(ctx, member.join_reply, response);
}

void answer_sync(Ctx ctx, const Group& group, const ReplyTo& to, ErrorCode error, const std::vector<u8>& assignment) {
    wire::SyncGroupResponse response;
    response.error_code = number_of(error);
    response.protocol_type = group.protocol_type;
    response.protocol_name = group.protocol;
    response.assignment = assignment;
    respond(ctx, to, response);
}

void set_phase(Ctx ctx, Group& group, GroupPhase phase) {
    group.phase = phase;
    group.state_since_ms = ctx.env.wall_ms();
    ctx.env.touch(kGroupTables);
}

// ---- sessions -----------------------------------------------------------------------------------

void stop_session(Ctx ctx, GroupMember& member) { ctx.env.cancel(member.session_timer); }

/// True if it was pending.
bool forget_pending(Ctx ctx, Group& group, const std::string& id) {
    PendingMember* pending = group.pending_members.find(id);
    if (pending == nullptr) return false;
    ctx.env.cancel(pending->timer);
    group.pending_members.erase(id);
    return true;
}

// ---- the rebalance ------------------------------------------------------------------------------

bool can_rebalance(const Group& group) {
    return group.phase != GroupPhase::preparing_rebalance && group.phase != GroupPhase::dead;
}

void arm_rebalance_timer(Ctx ctx, Group& group, Nanos delay) {
    MR_ASSERT(group.name != kNoName);
    ctx.env.cancel(group.rebalance_timer);
    group.rebalance_timer = ctx.env.timer(std::max(delay, Nanos{}), kGroupRebalance, group.name.value, kRequestLane);
}

void forget_assignments(Ctx ctx, Group& group, ErrorCode error) {
    MR_ASSERT(failed(error) && group.phase == GroupPhase::completing_rebalance);
    for (auto& [id, member] : group.members) {
        member.assignment.clear();
        if (!member.awaiting_sync) continue;
        member.awaiting_sync = false;
        answer_sync(ctx, group, member.sync_reply, error, {});
    }
}

void drop_member(Ctx ctx, Group& group, const std::string& id) {
    MR_ASSERT(group.members.contains(id));
    GroupMember& member = group.members.at(id);
    stop_session(ctx, member);
    if (!member.instance_id.empty()) group.static_members.erase(member.instance_id);
    group.members.erase(id);
    if (group.leader == id) group.leader = group.members.empty() ? "" : group.members.begin()->first;
}

void complete_join(Ctx ctx, Group& group) {
    MR_ASSERT(group.phase == GroupPhase::preparing_rebalance && group.generation < INT32_MAX);
    ctx.env.cancel(group.rebalance_timer);
    group.new_member_joined = false;
    group.initial_delay_ends = {};
    std::vector<std::string> absent;
    for (const auto& [id, member] : group.members)
        if (!member.awaiting_join && member.instance_id.empty()) absent.push_back(id);
    for (const std::string& id : absent) {
        ctx.env.fact(named_fact(FactKind::member_left, group.name,
                                {ctx.env.intern(id).value, ctx.env.intern("it did not rejoin").value}));
        drop_member(ctx, group, id);
    }
    if (group.generation == 0 || !ctx.broker.has_bug(PlantedBug::generation_not_bumped)) ++group.generation;
    if (group.members.empty()) {
        set_phase(ctx, group, GroupPhase::empty);
        group.protocol.clear();
        return store_group(ctx, group);
    }
    if (!group.members.contains(group.leader) || !group.members.at(group.leader).awaiting_join)
        for (const auto& [id, member] : group.members)
            if (member.awaiting_join) { group.leader = id; break; }
    MR_ASSERT(group.members.contains(group.leader));
    group.protocol = select_protocol(group);
    set_phase(ctx, group, GroupPhase::completing_rebalance);
    group.phase_set_by =
        ctx.env.fact(named_fact(FactKind::generation, group.name, {group.generation, group.members.size()}));
    for (auto& [id, member] : group.members) {
        if (member.awaiting_join) answer_join(ctx, group, member);
        renew_session(ctx, group, member);
    }
    arm_rebalance_timer(ctx, group, sim::millis(longest_rebalance_timeout_ms(group)));
}

void maybe_complete_join(Ctx ctx, Group& group) {
    const bool delayed = group.initial_delay_ends > ctx.env.now();
    if (group.phase == GroupPhase::preparing_rebalance && !delayed && all_joined(group)) complete_join(ctx, group);
}

/// Everybody has to join again. A group that was empty first waits a little for others to come.
void prepare_rebalance(Ctx ctx, Group& group, std::string_view reason) {
    if (group.phase == GroupPhase::completing_rebalance)
        forget_assignments(ctx, group, ErrorCode::rebalance_in_progress);
    MR_ASSERT(can_rebalance(group));
    const bool was_empty = group.phase == GroupPhase::empty;
    set_phase(ctx, group, GroupPhase::preparing_rebalance);
    group.phase_set_by = ctx.env.fact(named_fact(FactKind::rebalance, group.name, {ctx.env.intern(reason).value}));
    const Nanos longest = sim::millis(longest_rebalance_timeout_ms(group));
    group.rebalance_deadline = ctx.env.now() + longest;
    const Nanos initial = std::min(ctx.config().group_initial_rebalance_delay, longest);
    const bool delays = was_empty && initial.count > 0;
    group.initial_delay_ends = delays ? ctx.env.now() + initial : Nanos{};
    arm_rebalance_timer(ctx, group, delays ? initial : longest);
    maybe_complete_join(ctx, group);
}

void maybe_prepare_rebalance(Ctx ctx, Group& group, std::string_view reason) {
    if (can_rebalance(group)) prepare_rebalance(ctx, group, reason);
    else maybe_complete_join(ctx, group);
}

void remove_and_rebalance(Ctx ctx, Group& group, const std::string& id, std::string_view why) {
    MR_ASSERT(group.members.contains(id) && !why.empty());
    GroupMember& member = group.members.at(id);
    if (member.awaiting_join) answer_join_error(ctx, member.join_reply, ErrorCode::unknown_member_id, id);
    if (member.awaiting_sync) answer_sync(ctx, group, member.sync_reply, ErrorCode::unknown_member_id, {});
    ctx.env.fact(named_fact(FactKind::member_left, group.name, {ctx.env.intern(id).value, ctx.env.intern(why).value}));
    drop_member(ctx, group, id);
    if (group.phase == GroupPhase::stable || group.phase == GroupPhase::completing_rebalance)
        prepare_rebalance(ctx, group, fmt::format("{} is out: {}", id, why));
    else maybe_complete_join(ctx, group);
    ctx.env.touch(kGroupTables);
}

// ---- joining ------------------------------------------------------------------------------------

std::string new_member_id(Ctx ctx, const std::string& prefix) {
    auto& fixed = ctx.broker.settings.choices.member_ids;
    if (!fixed.empty()) {
        std::string id = fixed.front();
        fixed.erase(fixed.begin());
        return id;
    }
    wire::Uuid id;
    for (u8& byte : id.bytes) byte = static_cast<u8>(ctx.env.rng().below(256));
    return prefix + "-" + wire::to_dashed_hex(id);
}

void fill(GroupMember& member, const JoinCall& call) {
    MR_ASSERT(call.session_timeout_ms >= 0);
    member.client_id = call.client_id;
    member.client_host = "/127.0.0.1";
    member.session_timeout_ms = call.session_timeout_ms;
    member.rebalance_timeout_ms = call.rebalance_timeout_ms;
    member.protocols = call.protocols;
    member.join_reply = call.reply_to;
    member.awaiting_join = true;
    member.node = call.peer;
}

void add_member(Ctx ctx, Group& group, const JoinCall& call, const std::string& id) {
    GroupMember member;
    member.id = id;
    member.instance_id = call.instance_id;
    member.serial = ctx.memory().groups.next_member_serial++;
    member.is_new = true;
    fill(member, call);
    if (group.members.empty()) group.protocol_type = call.protocol_type;
    if (group.members.empty()) group.leader = id;
    MR_ASSERT(!id.empty() && !group.members.contains(id));
    forget_pending(ctx, group, id);
    if (!call.instance_id.empty()) group.static_members[call.instance_id] = id;
    group.members[id] = std::move(member);
    if (group.phase == GroupPhase::preparing_rebalance) group.new_member_joined = true;
    ctx.env.fact(named_fact(FactKind::member_joined, group.name, {ctx.env.intern(id).value}));
    renew_session(ctx, group, group.members.at(id));
    maybe_prepare_rebalance(ctx, group, fmt::format("{} joins", id));
    ctx.env.touch(kGroupTables);
}

bool same_protocols(const GroupMember& member, const std::vector<MemberProtocol>& protocols) {
    return std::ranges::equal(member.protocols, protocols, [](const MemberProtocol& a, const MemberProtocol& b) {
        return a.name == b.name && a.metadata == b.metadata;
    });
}

/// A static member comes back under its instance id: a new member id, the old one is fenced.
void replace_static_member(Ctx ctx, Group& group, const JoinCall& call) {
    MR_ASSERT(!call.instance_id.empty());
    const std::string old_id = group.static_members.at(call.instance_id);
    MR_ASSERT(group.members.contains(old_id) && group.members.at(old_id).instance_id == call.instance_id);
    GroupMember member = group.members.at(old_id);
    if (member.awaiting_join) answer_join_error(ctx, member.join_reply, ErrorCode::fenced_instance_id, old_id);
    if (member.awaiting_sync) answer_sync(ctx, group, member.sync_reply, ErrorCode::fenced_instance_id, {});
    member.awaiting_sync = false;
    const bool unchanged = same_protocols(member, call.protocols);
    const bool led = group.leader == old_id;
    stop_session(ctx, member);
    group.members.erase(old_id);
    member.id = new_member_id(ctx, call.instance_id);
    fill(member, call);
    group.static_members[call.instance_id] = member.id;
    if (led) group.leader = member.id;
    const std::string id = member.id;
    group.members[id] = std::move(member);
    GroupMember& present = group.members.at(id);
    renew_session(ctx, group, present);
    if (group.phase == GroupPhase::stable && unchanged) {
        store_group(ctx, group);
        return answer_join(ctx, group, present, led && call.reply_to.version >= 9);
    }
    if (group.phase == GroupPhase::stable || group.phase == GroupPhase::completing_rebalance)
        prepare_rebalance(ctx, group, fmt::format("{} came back with another subscription", call.instance_id));
    else maybe_complete_join(ctx, group);
}

void join_new(Ctx ctx, Group& group, const JoinCall& call) {
    MR_ASSERT(call.member_id.empty());
    if (!call.instance_id.empty()) {
        if (group.static_members.contains(call.instance_id)) return replace_static_member(ctx, group, call);
        return add_member(ctx, group, call, new_member_id(ctx, call.instance_id));
    }
    const std::string id = new_member_id(ctx, call.client_id);
    if (call.reply_to.version < 4) return add_member(ctx, group, call, id);
    PendingMember& pending = group.pending_members[id];
    pending.serial = ctx.memory().groups.next_member_serial++;
    pending.timer = ctx.env.timer(sim::millis(call.session_timeout_ms), kMemberSession, pending.serial, kRequestLane);
    answer_join_error(ctx, call.reply_to, ErrorCode::member_id_required, id);
}

void rejoin(Ctx ctx, Group& group, GroupMember& member, const JoinCall& call) {
    MR_ASSERT(group.members.contains(member.id));
    const bool unchanged = same_protocols(member, call.protocols);
    const bool led = group.leader == member.id;
    fill(member, call);
    renew_session(ctx, group, member);
    switch (group.phase) {
        case GroupPhase::preparing_rebalance: return maybe_complete_join(ctx, group);
        case GroupPhase::completing_rebalance:
            if (unchanged) return answer_join(ctx, group, member);
            return prepare_rebalance(ctx, group, fmt::format("{} changed its subscription", member.id));
        case GroupPhase::stable:
            if (led)
                return prepare_rebalance(ctx, group, fmt::format("the leader {} rejoins: {}", member.id, call.reason));
            if (!unchanged) return prepare_rebalance(ctx, group, fmt::format("{} changed its subscription", member.id));
            return answer_join(ctx, group, member);
        case GroupPhase::empty:
        case GroupPhase::dead:
            member.awaiting_join = false;
            return answer_join_error(ctx, call.reply_to, ErrorCode::unknown_member_id, member.id);
    }
}

ErrorCode check_join(Ctx ctx, const JoinCall& call) {
    if (call.group.empty()) return ErrorCode::invalid_group_id;
    if (const ErrorCode refused = check_coordinator(ctx, call.group); failed(refused)) return refused;
    if (call.session_timeout_ms < ctx.config().group_min_session_timeout_ms ||
        call.session_timeout_ms > ctx.config().group_max_session_timeout_ms)
        return ErrorCode::invalid_session_timeout;
    const Group* group = find_group(ctx, call.group);
    if (group == nullptr) return call.member_id.empty() ? ErrorCode::none : ErrorCode::unknown_member_id;
    if (group->phase == GroupPhase::dead) return ErrorCode::coordinator_not_available;
    if (!supports_protocols(*group, call.protocol_type, call.protocols)) return ErrorCode::inconsistent_group_protocol;
    const bool is_newcomer = !group->members.contains(call.member_id);
    if (is_newcomer && static_cast<i32>(group->members.size()) >= ctx.config().group_max_size)
        return ErrorCode::group_max_size_reached;
    return ErrorCode::none;
}

/// A static member's requests must carry the member id that its instance has now.
bool fenced_instance(const Group& group, const std::string& instance, const std::string& member) {
    const std::string* present = instance.empty() ? nullptr : group.static_members.find(instance);
    return present != nullptr && *present != member;
}

// ---- syncing ------------------------------------------------------------------------------------

ErrorCode check_member(const Group& group, const std::string& member, const std::string& instance, i32 generation) {
    if (fenced_instance(group, instance, member)) return ErrorCode::fenced_instance_id;
    if (!group.members.contains(member)) return ErrorCode::unknown_member_id;
    return generation == group.generation ? ErrorCode::none : ErrorCode::illegal_generation;
}

void take_assignments(Ctx ctx, Group& group, const wire::SyncGroupRequest& request) {
    MR_ASSERT(!group.members.empty() && group.leader == request.member_id);
    for (auto& [id, member] : group.members) member.assignment.clear();
    for (const auto& entry : request.assignments)
        if (GroupMember* member = group.members.find(entry.member_id)) member->assignment = entry.assignment;
    GroupMember& last = group.members.nth(group.members.size() - 1).second;
    if (group.members.size() > 1 && ctx.broker.has_bug(PlantedBug::sync_loses_member)) last.assignment.clear();
    if (ctx.broker.has_bug(PlantedBug::two_owners)) last.assignment = group.members.nth(0).second.assignment;
}

void store_assignment(Ctx ctx, Group& group) {
    MR_ASSERT(!group.storing_assignment && group.phase == GroupPhase::completing_rebalance);
    group.storing_assignment = true;
    store_group(ctx, group);
}

}  // namespace

void renew_session(Ctx ctx, Group& group, GroupMember& member) {
    stop_session(ctx, member);
    const Nanos timeout = sim::millis(member.session_timeout_ms);
    member.session_deadline = ctx.env.now() + timeout;
    member.session_timer = ctx.env.timer(timeout, kMemberSession, member.serial, kRequestLane);
    MR_ASSERT(group.members.contains(member.id));
}

void fail_waiting_members(Ctx ctx, Group& group, ErrorCode error) {
    MR_ASSERT(failed(error));
    for (auto& [id, member] : group.members) {
        stop_session(ctx, member);
        if (member.awaiting_join) answer_join_error(ctx, member.join_reply, error, id);
        if (member.awaiting_sync) answer_sync(ctx, group, member.sync_reply, error, {});
        member.awaiting_join = member.awaiting_sync = false;
        MR_ASSERT(!member.session_timer);
    }
    for (auto& [id, pending] : group.pending_members) ctx.env.cancel(pending.timer);
    group.pending_members = {};
    ctx.env.cancel(group.rebalance_timer);
}

void join_group(Ctx ctx, const JoinCall& call) {
    if (const ErrorCode refused = check_join(ctx, call); failed(refused))
        return answer_join_error(ctx, call.reply_to, refused, call.member_id);
    Group& group = edit_group(ctx, call.group);
    if (call.member_id.empty()) return join_new(ctx, group, call);
    if (fenced_instance(group, call.instance_id, call.member_id))
        return answer_join_error(ctx, call.reply_to, ErrorCode::fenced_instance_id, call.member_id);
    if (group.pending_members.contains(call.member_id)) return add_member(ctx, group, call, call.member_id);
    GroupMember* member = group.members.find(call.member_id);
    if (member == nullptr) return answer_join_error(ctx, call.reply_to, ErrorCode::unknown_member_id, call.member_id);
    rejoin(ctx, group, *member, call);
}

void sync_group(Ctx ctx, const ReplyTo& to, const wire::SyncGroupRequest& request) {
    const ErrorCode refused = check_coordinator(ctx, request.group_id);
    const bool loading = refused == ErrorCode::coordinator_load_in_progress;
    if (failed(refused)) return answer_sync(ctx, {}, to, loading ? ErrorCode::rebalance_in_progress : refused, {});
    if (find_group(ctx, request.group_id) == nullptr) return answer_sync(ctx, {}, to, ErrorCode::unknown_member_id, {});
    Group& group = edit_group(ctx, request.group_id);
    const std::string instance = request.group_instance_id.value_or("");
    if (const ErrorCode wrong = check_member(group, request.member_id, instance, request.generation_id); failed(wrong))
        return answer_sync(ctx, group, to, wrong, {});
    const bool other_protocol = (request.protocol_type && *request.protocol_type != group.protocol_type) ||
                                (request.protocol_name && *request.protocol_name != group.protocol);
    if (other_protocol) return answer_sync(ctx, group, to, ErrorCode::inconsistent_group_protocol, {});
    GroupMember& member = group.members.at(request.member_id);
    renew_session(ctx, group, member);
    switch (group.phase) {
        case GroupPhase::empty:
        case GroupPhase::dead: return answer_sync(ctx, group, to, ErrorCode::unknown_member_id, {});
        case GroupPhase::preparing_rebalance: return answer_sync(ctx, group, to, ErrorCode::rebalance_in_progress, {});
        case GroupPhase::stable: return answer_sync(ctx, group, to, ErrorCode::none, member.assignment);
        case GroupPhase::completing_rebalance: break;
    }
    MR_ASSERT(member.id == request.member_id && member.session_timer);
    member.awaiting_sync = true;
    member.sync_reply = to;
    if (member.id != group.leader || group.storing_assignment) return;
    take_assignments(ctx, group, request);
    store_assignment(ctx, group);
}

void on_assignment_stored(Ctx ctx, const std::string& name, i32 generation, ErrorCode error) {
    MR_ASSERT(generation >= 0);
    if (find_group(ctx, name) == nullptr) return;
    Group& group = edit_group(ctx, name);
    group.storing_assignment = false;
    if (group.phase != GroupPhase::completing_rebalance || group.generation != generation) return;
    if (failed(error)) {
        forget_assignments(ctx, group, ErrorCode::coordinator_not_available);
        return prepare_rebalance(ctx, group, "the assignment could not be stored");
    }
    ctx.env.cancel(group.rebalance_timer);
    MR_ASSERT(!group.members.empty());
    set_phase(ctx, group, GroupPhase::stable);
    group.phase_set_by = ctx.env.fact(named_fact(FactKind::assignment, group.name, {group.generation}));
    for (auto& [id, member] : group.members) {
        if (!member.awaiting_sync) continue;
        member.awaiting_sync = false;
        answer_sync(ctx, group, member.sync_reply, ErrorCode::none, member.assignment);
    }
}

// ---- heartbeats and sessions --------------------------------------------------------------------

ErrorCode heartbeat(Ctx ctx, const std::string& name, i32 generation, const std::string& member_id,
                    const std::string& instance) {
    const ErrorCode refused = check_coordinator(ctx, name);
    if (refused == ErrorCode::coordinator_load_in_progress) return ErrorCode::none;
    if (failed(refused)) return refused;
    if (find_group(ctx, name) == nullptr) return ErrorCode::unknown_member_id;
    Group& group = edit_group(ctx, name);
    if (group.phase == GroupPhase::empty || group.phase == GroupPhase::dead) return ErrorCode::unknown_member_id;
    if (const ErrorCode wrong = check_member(group, member_id, instance, generation); failed(wrong)) return wrong;
    renew_session(ctx, group, group.members.at(member_id));
    return group.phase == GroupPhase::preparing_rebalance ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

void on_member_session_expired(Ctx ctx, u64 serial) {
    if (ctx.broker.has_bug(PlantedBug::dead_members_stay)) return;
    for (const auto& [name, shared] : ctx.memory().groups.groups) {
        for (const auto& [id, pending] : shared->pending_members) {
            if (pending.serial != serial) continue;
            Group& group = edit_group(ctx, name);
            forget_pending(ctx, group, std::string(id));
            return maybe_complete_join(ctx, group);
        }
        for (const auto& [id, member] : shared->members) {
            if (member.serial != serial) continue;
            Group& group = edit_group(ctx, name);
            if (member.awaiting_join) return renew_session(ctx, group, group.members.at(id));  // it waits for us
            return remove_and_rebalance(ctx, group, std::string(id), "no heartbeat for its session timeout");
        }
    }
}

void on_rebalance_timer(Ctx ctx, NameId name) {
    const std::string text = ctx.text(name);
    if (find_group(ctx, text) == nullptr) return;
    Group& group = edit_group(ctx, text);
    MR_ASSERT(group.name == name);
    group.rebalance_timer = {};
    if (group.phase == GroupPhase::preparing_rebalance) {
        const Nanos left = group.rebalance_deadline - ctx.env.now();
        if (group.initial_delay_ends.count > 0 && group.new_member_joined && left.count > 0) {
            group.new_member_joined = false;
            const Nanos more = std::min(ctx.config().group_initial_rebalance_delay, left);
            group.initial_delay_ends = ctx.env.now() + more;
            return arm_rebalance_timer(ctx, group, more);
        }
        return complete_join(ctx, group);
    }
    if (group.phase != GroupPhase::completing_rebalance) return;
    std::vector<std::string> silent;
    for (const auto& [id, member] : group.members)
        if (!member.awaiting_sync) silent.push_back(id);
    for (const std::string& id : silent)
        if (group.members.contains(id)) remove_and_rebalance(ctx, group, id, "it did not ask for its assignment");
}

// ---- leaving ------------------------------------------------------------------------------------

namespace {

ErrorCode leave_one(Ctx ctx, Group& group, const std::string& member_id, const std::string& instance,
                    const std::string& reason) {
    std::string id = member_id;
    if (!instance.empty()) {
        const std::string* present = group.static_members.find(instance);
        if (present == nullptr) return ErrorCode::unknown_member_id;
        if (!member_id.empty() && *present != member_id) return ErrorCode::fenced_instance_id;
        id = *present;
    }
    if (forget_pending(ctx, group, id)) {
        maybe_complete_join(ctx, group);
        return ErrorCode::none;
    }
    if (!group.members.contains(id)) return ErrorCode::unknown_member_id;
    remove_and_rebalance(ctx, group, id, reason.empty() ? "it left" : reason);
    return ErrorCode::none;
}

}  // namespace

wire::LeaveGroupResponse leave_group(Ctx ctx, const wire::LeaveGroupRequest& request, i16 version) {
    wire::LeaveGroupResponse response;
    ErrorCode refused = check_coordinator(ctx, request.group_id);
    if (!failed(refused) && find_group(ctx, request.group_id) == nullptr) refused = ErrorCode::unknown_member_id;
    response.error_code = number_of(refused);
    if (failed(refused)) return response;
    Group& group = edit_group(ctx, request.group_id);
    if (version < 3) {
        response.error_code = number_of(leave_one(ctx, group, request.member_id, "", ""));
        return response;
    }
    for (const auto& member : request.members) {
        const ErrorCode error =
            leave_one(ctx, group, member.member_id, member.group_instance_id.value_or(""), member.reason.value_or(""));
        response.members.push_back({member.member_id, member.group_instance_id, number_of(error)});
    }
    MR_ASSERT(response.members.size() == request.members.size());
    return response;
}

}  // namespace engine::broker
