// Verbs on processes, machines and disks.
#include <charconv>

#include "engine/verb_call.h"
#include "sim/base/assert.h"

namespace engine::verbs {
namespace {

using sim::HostState;

/// The target, if it is in a state that the verb can change.
Refusal find_in(const Call& call, NodeId& node, bool (*fits)(HostState), std::string_view otherwise) {
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    return fits(call.world.host_state(node)) ? "" : fmt::format("{} {}", call.world.card(node).name, otherwise);
}

bool alive(HostState state) { return state == HostState::up || state == HostState::paused; }
bool runs(HostState state) { return state == HostState::up; }
bool paused(HostState state) { return state == HostState::paused; }
bool powered(HostState state) { return state != HostState::off; }

/// A factor such as 10 or 2.5, in thousandths; 0 if it is none.
i64 factor_of(std::string_view word) {
    const auto millionths = parse_millionths(word);
    const bool good = millionths && *millionths >= 1'000 && *millionths <= 1'000'000'000'000;
    return good ? *millionths / 1'000 : 0;
}

void set_fault(Call& call, sim::FaultKind kind, NodeId node, i64 amount, std::string_view text) {
    MR_ASSERT(amount >= 0);
    sim::FaultRule rule;
    rule.kind = kind;
    rule.a = node;
    rule.amount = amount;
    rule.from = call.world.machine.kernel.now;
    call.world.machine.add_fault(rule);
    tell_named(call, node, FactKind::fault_began, fmt::format("{} {}", call.world.card(node).name, text));
}

Refusal end_fault(Call& call, sim::FaultKind kind, NodeId node, std::string_view text) {
    if (!call.world.machine.remove_fault(kind, node, sim::kNoNode)) return "";
    tell_named(call, node, FactKind::fault_ended, fmt::format("{} {}", call.world.card(node).name, text));
    return "";
}

// ---- sectors --------------------------------------------------------------------------------------

constexpr u64 kSector = 512;

/// Bytes of a file that were written and not synced.
struct Tail {
    sim::FileId file;
    std::vector<sim::Slice> slices;
    u64 bytes = 0;
};

/// Files that grow at their end. The others are written beside the old one, synced and renamed: they are never torn.
bool is_appended(std::string_view path) {
    return path.ends_with(".log") || path.ends_with(".index") || path.ends_with(".timeindex");
}

std::vector<Tail> unsynced_tails(const sim::Disk& disk) {
    std::vector<Tail> tails;
    for (const std::string& path : disk.list("")) {
        const sim::FileId id = disk.find(path);
        const sim::Rope& cached = disk.file(id).cached;
        u64 at = disk.file(id).platter.size();
        if (!is_appended(path) || cached.size() <= at) continue;
        Tail& tail = tails.emplace_back(Tail{id, {}, cached.size() - at});
        for (; at < cached.size(); at += tail.slices.back().length) tail.slices.push_back(cached.extent_at(at));
        MR_ASSERT(at == cached.size());
    }
    return tails;
}

/// Some of the sectors had reached the platter; the last of them only in part.
void keep_torn(sim::Disk& disk, const Tail& tail) {
    MR_ASSERT(tail.bytes > 0 && !tail.slices.empty());
    u64 left = disk.rng.below(tail.bytes / kSector + 1) * kSector;
    left += disk.rng.below(kSector);
    for (const sim::Slice& slice : tail.slices) {
        const auto length = static_cast<u32>(std::min<u64>(left, slice.length));
        if (length > 0) disk.append(tail.file, slice.part(0, length));
        left -= length;
    }
    disk.sync(tail.file);
}

/// The same slice with the bits of its part in [from, to) turned over; `at` is its place in the file.
sim::Slice turned_over(const sim::Slice& slice, u64 at, u64 from, u64 to) {
    const auto old = slice.bytes();
    MR_ASSERT(from < to && !old.empty());
    std::vector<u8> bytes(old.begin(), old.end());
    for (u64 i = 0; i < bytes.size(); ++i)
        if (at + i >= from && at + i < to) bytes[i] = static_cast<u8>(~bytes[i]);
    return sim::Slice::whole(sim::Chunk::of(bytes, slice.chunk->provenance()));
}

/// Turns over a sector of what is cached and of what is durable. What was durable stays so, and nothing else becomes
/// it.
void turn_over(sim::Disk& disk, sim::FileId id, u64 from) {
    const sim::Rope content = disk.file(id).cached;
    const u64 durable = disk.file(id).platter.size();
    MR_ASSERT(from < content.size() && from % kSector == 0);
    disk.truncate(id, 0);
    for (u64 at = 0; at < content.size();) {
        const sim::Slice slice = content.extent_at(at);
        disk.append(id, turned_over(slice, at, from, from + kSector));
        const bool was_durable = at < durable && at + slice.length >= durable;
        at += slice.length;
        if (was_durable) disk.sync(id);
    }
    MR_ASSERT(disk.file(id).cached.size() == content.size() && disk.file(id).platter.size() >= durable);
}

Refusal corrupt(Call& call, NodeId node) {
    sim::Disk& disk = call.world.machine.disks.of(node);
    const std::string path = call.count() > 2 ? call.word(2) : "";
    const sim::FileId id = disk.find(path);
    if (id == sim::kNoFile) return fmt::format("{} has no file '{}'", call.world.card(node).name, path);
    const u64 sectors = (disk.file(id).cached.size() + kSector - 1) / kSector;
    u64 sector = sectors / 2;
    if (call.count() > 3) std::from_chars(call.word(3).data(), call.word(3).data() + call.word(3).size(), sector);
    if (sector >= sectors) return fmt::format("'{}' has {} sectors", path, sectors);
    turn_over(disk, id, sector * kSector);
    tell_named(
        call, node, FactKind::fault_began,
        fmt::format("{}: the bits of sector {} of {} are turned over", call.world.card(node).name, sector, path));
    call.observer.on_touch(touch::kAll);
    return "";
}

}  // namespace

Refusal clock(Call& call) {
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    const std::string by = call.count() > 1 ? call.word(1) : "";
    const bool signs = by.starts_with('+') || by.starts_with('-');
    const Nanos span = by == "normal" ? Nanos{}
                       : signs        ? parse_duration(std::string_view(by).substr(1))
                                      : sim::nanos(-1);
    if (span.count < 0) return "clock needs '+T', '-T' or 'normal', such as +2s";
    sim::Host& host = call.world.machine.kernel.host(node);
    const bool ends = by == "normal" && host.wall_offset.count != 0;
    host.wall_offset = by.starts_with('-') ? sim::nanos(-span.count) : span;
    const std::string text = by == "normal"
                                 ? "is right again"
                                 : fmt::format("is {} {}", by.substr(1), by.starts_with('-') ? "slow" : "fast");
    tell_named(call, node, ends ? FactKind::fault_ended : FactKind::fault_began,
               fmt::format("the clock of {} {}", call.world.card(node).name, text));
    call.observer.on_touch(touch::kNodes);
    return "";
}

Refusal kill(Call& call) {
    if (Refusal phase; kill_at_phase(call, phase)) return phase;
    NodeId node;
    if (Refusal why = find_in(call, node, alive, "is not running"); !why.empty()) return why;
    tell(call, node, node_fact(FactKind::node_killed));
    call.world.machine.kill(node, call.observer);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal power_cut(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, powered, "has no power already"); !why.empty()) return why;
    const bool torn = call.count() > 1 && call.word(1) == "torn";
    if (call.count() > 1 && !torn) return "power-cut takes 'torn' or nothing";
    sim::Disk& disk = call.world.machine.disks.of(node);
    const std::vector<Tail> tails = torn ? unsynced_tails(disk) : std::vector<Tail>{};
    tell(call, node, node_fact(FactKind::power_cut));
    call.world.machine.power_cut(node, call.observer);
    MR_ASSERT(call.world.host_state(node) == HostState::off);
    for (const Tail& tail : tails) keep_torn(disk, tail);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal restart(Call& call) {
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    if (alive(call.world.host_state(node))) call.world.machine.kill(node, call.observer);
    tell(call, node, node_fact(FactKind::node_started));
    call.world.machine.start(node);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal pause(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, runs, "is not running"); !why.empty()) return why;
    call.world.machine.pause(node);
    MR_ASSERT(call.world.host_state(node) == HostState::paused);
    tell(call, node, node_fact(FactKind::node_paused));
    call.observer.on_touch(touch::kNodes);
    return "";
}

Refusal resume(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, paused, "is not paused"); !why.empty()) return why;
    call.world.machine.resume(node);
    MR_ASSERT(call.world.host_state(node) == HostState::up);
    tell(call, node, node_fact(FactKind::node_resumed));
    call.observer.on_touch(touch::kNodes);
    return "";
}

Refusal limp(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, alive, "is not running"); !why.empty()) return why;
    const i64 factor = call.count() > 1 ? factor_of(call.word(1)) : 0;
    if (factor == 0) return "limp needs a factor, such as 10";
    call.observer.on_touch(touch::kNodes);
    if (factor == 1'000) return end_fault(call, sim::FaultKind::node_limp, node, "no longer limps");
    set_fault(call, sim::FaultKind::node_limp, node, factor,
              fmt::format("limps: its work takes {} times as long", call.word(1)));
    return "";
}

Refusal disk(Call& call) {
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    const std::string what = call.count() > 1 ? call.word(1) : "";
    if (what == "full") {
        set_fault(call, sim::FaultKind::disk_full, node, 0, "has a full disk");
        return "";
    }
    if (what == "normal") {
        end_fault(call, sim::FaultKind::disk_full, node, "has room on its disk again");
        return end_fault(call, sim::FaultKind::disk_slow, node, "has a fast disk again");
    }
    if (what == "corrupt") return corrupt(call, node);
    const i64 factor = what == "slow" && call.count() > 2 ? factor_of(call.word(2)) / 1'000 : 0;
    if (factor == 0) return "disk needs 'slow FACTOR', 'full', 'normal' or 'corrupt FILE'";
    set_fault(call, sim::FaultKind::disk_slow, node, factor, fmt::format("has a disk that is {} times slower", factor));
    return "";
}

}  // namespace engine::verbs
