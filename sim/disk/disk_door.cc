#include "sim/disk/disk_door.h"

namespace sim {

DiskDoor Env::disk() { return {*this, parts_.kernel, parts_.disks.of(node_)}; }

void DiskDoor::charge(u64 bytes) {
    MR_ASSERT(disk_.profile.bandwidth > 0 && disk_.slow_factor > 0);
    MR_ASSERT(bytes <= UINT64_MAX / 1'000'000'000);
    const auto transfer = nanos(static_cast<i64>(bytes * 1'000'000'000 / disk_.profile.bandwidth));
    env_.charge((disk_.profile.operation + transfer) * disk_.slow_factor);
}

Nanos DiskDoor::sync_cost() {
    const Nanos jitter = disk_.rng.between(Nanos{}, disk_.profile.sync_jitter);
    return (disk_.profile.sync + jitter) * disk_.slow_factor;
}

Slice DiskDoor::peek(FileId id, u64 position) const { return disk_.file(id).cached.extent_at(position); }

SmallVec<Slice, 2> DiskDoor::read(FileId id, u64 position, u64 length) {
    auto slices = disk_.file(id).cached.slices(position, length);
    u64 bytes = 0;
    for (const Slice& slice : slices) bytes += slice.length;
    MR_ASSERT(bytes <= length);
    charge(bytes);
    return slices;
}

std::vector<u8> DiskDoor::read_bytes(FileId id, u64 position, u64 length) {
    auto bytes = disk_.file(id).cached.read(position, length);
    charge(bytes.size());
    return bytes;
}

std::string DiskDoor::read_text(std::string_view path) {
    const FileId id = find(path);
    if (id == kNoFile) return {};
    const auto bytes = read_bytes(id, 0, size(id));
    return {bytes.begin(), bytes.end()};
}

std::expected<FileId, DiskError> DiskDoor::open(std::string_view path) {
    if (const FileId id = find(path); id != kNoFile) return id;
    charge(0);
    if (disk_.full) return std::unexpected(DiskError::full);
    return disk_.create(path);
}

std::expected<void, DiskError> DiskDoor::append(FileId id, Slice slice) {
    MR_ASSERT(id != kNoFile);
    charge(slice.length);
    if (disk_.full) return std::unexpected(DiskError::full);
    disk_.append(id, std::move(slice));
    return {};
}

void DiskDoor::truncate(FileId id, u64 size) {
    charge(0);
    disk_.truncate(id, size);
}

void DiskDoor::rename(std::string_view from, std::string_view to) {
    charge(0);
    disk_.rename(from, to);
}

void DiskDoor::remove(std::string_view path) {
    charge(0);
    disk_.remove(path);
}

std::expected<void, DiskError> DiskDoor::replace(std::string_view path, std::string_view content) {
    charge(content.size());
    if (disk_.full) return std::unexpected(DiskError::full);
    const std::string temporary = std::string(path) + ".tmp";
    const FileId id = disk_.create(temporary);
    disk_.append(id, Slice::whole(Chunk::of({reinterpret_cast<const u8*>(content.data()), content.size()})));
    sync(id);
    disk_.rename(temporary, path);
    MR_ASSERT(disk_.find(path) == id);
    return {};
}

void DiskDoor::sync(FileId id) {
    env_.charge(sync_cost());
    disk_.sync(id);
}

u64 DiskDoor::sync_later(FileId id, u8 lane) {
    MR_ASSERT(lane < kLanes && id != kNoFile);
    const u64 ticket = disk_.begin_sync(id);
    const Nanos at = env_.now() + kernel_.limped(env_.node(), env_.charged() + sync_cost());
    const u32 slot = kernel_.host(env_.node()).incarnation << 2 | lane;
    kernel_.schedule(at, env_.node(), EventKind::disk, slot, ticket);
    return ticket;
}

}  // namespace sim
