// A node's way to its own disk: every operation charges its cost to the call that makes it, as a blocking
// system call would.
#pragma once

#include "sim/disk/disk.h"

namespace sim {

class DiskDoor {
public:
    DiskDoor(Env& env, Kernel& kernel, Disk& disk) : env_(env), kernel_(kernel), disk_(disk) {}

    [[nodiscard]] FileId find(std::string_view path) const { return disk_.find(path); }
    [[nodiscard]] std::vector<std::string> list(std::string_view prefix) const { return disk_.list(prefix); }
    [[nodiscard]] u64 size(FileId id) const { return disk_.file(id).cached.size(); }
    [[nodiscard]] const Disk::File& file(FileId id) const { return disk_.file(id); }
    /// The disk itself, to look at without cost.
    [[nodiscard]] const Disk& whole() const { return disk_; }
    /// The rest of the extent at a position, without cost: for looking at a header that is read anyway.
    [[nodiscard]] Slice peek(FileId id, u64 position) const;
    [[nodiscard]] SmallVec<Slice, 2> read(FileId id, u64 position, u64 length);
    [[nodiscard]] std::vector<u8> read_bytes(FileId id, u64 position, u64 length);
    /// The whole content of a small file; nothing if it does not exist.
    [[nodiscard]] std::string read_text(std::string_view path);

    /// The file at a path, made empty if it is not there.
    std::expected<FileId, DiskError> open(std::string_view path);
    std::expected<void, DiskError> append(FileId id, Slice slice);
    void truncate(FileId id, u64 size);
    void rename(std::string_view from, std::string_view to);
    void remove(std::string_view path);
    /// Writes a small file beside the old one, syncs it and renames it over: all or nothing, and durable.
    std::expected<void, DiskError> replace(std::string_view path, std::string_view content);
    /// fsync, blocking.
    void sync(FileId id);
    /// fsync in the background. A disk notice with the ticket says that it is done.
    u64 sync_later(FileId id, u8 lane);

private:
    void charge(u64 bytes);
    [[nodiscard]] Nanos sync_cost();

    Env& env_;
    Kernel& kernel_;
    Disk& disk_;
};

}  // namespace sim
