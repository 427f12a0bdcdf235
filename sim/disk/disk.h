// The disks of a world: a volatile page cache over a durable platter.
//
// A write reaches the page cache at once and the platter when its file is synced. A process crash keeps the
// page cache; a power cut keeps only the platter. Names (create, rename, remove) are durable at once, as on a
// journaling file system; content is not. There is no background write-back: a real kernel would write dirty
// pages after about 30 s, which hides what a lesson wants to show. Torn and corrupt sectors would be overlays
// between platter and reader; nothing reads a platter but `on_power_cut`.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/flat_map.h"
#include "sim/base/rope.h"
#include "sim/kernel/env.h"

namespace sim {

using FileId = Id<struct FileIdTag, u32>;
constexpr FileId kNoFile{0xffffffff};

enum class DiskError : u8 { full, no_such_file };

/// What operations cost. A limping disk multiplies all of it.
struct DiskProfile {
    Nanos operation = micros(10);        // any read or write of the page cache
    u64 bandwidth = 1'000'000'000;       // bytes a second into and out of the page cache
    Nanos sync = millis(1);              // one fsync
    Nanos sync_jitter = micros(200);     // added to it, uniform in [0, this]
};

class Disk {
public:
    struct File {
        Rope cached;
        Rope platter;
    };

    [[nodiscard]] FileId find(std::string_view path) const;
    [[nodiscard]] const File& file(FileId id) const { return *files_[id.value]; }
    /// Paths that begin with `prefix`, in order.
    [[nodiscard]] std::vector<std::string> list(std::string_view prefix) const;

    FileId create(std::string_view path);
    void append(FileId id, Slice slice);
    void truncate(FileId id, u64 size);
    void sync(FileId id);
    void rename(std::string_view from, std::string_view to);
    void remove(std::string_view path);
    void on_power_cut();
    void wipe();

    /// Starts an fsync of what the file holds now; `finish_sync` with the ticket makes that durable.
    u64 begin_sync(FileId id);
    bool finish_sync(u64 ticket);
    void forget_syncs() { pending_.clear(); }

    void digest(Hasher& hasher) const;

    DiskProfile profile;
    u32 slow_factor = 1;  // by a fault rule of this moment
    bool full = false;    // by a fault rule of this moment
    Prng rng;

private:
    struct PendingSync {
        u64 ticket = 0;
        FileId file;
        Rope content;
    };
    File& edit(FileId id);

    Cow<FlatMap<std::string, FileId>> directory_;
    PersistentVec<Cow<File>> files_;
    std::vector<FileId> free_;
    std::vector<PendingSync> pending_;
    u64 next_ticket_ = 1;
};

class Disks {
public:
    explicit Disks(u64 seed = 0) : seed_(seed) {}
    void add_node(NodeId node, const DiskProfile& profile);
    [[nodiscard]] Disk& of(NodeId node) { MR_ASSERT(node.value < disks_.size()); return disks_[node.value]; }
    [[nodiscard]] const Disk& of(NodeId node) const { return const_cast<Disks*>(this)->of(node); }
    void digest(Hasher& hasher) const;

private:
    u64 seed_;
    std::vector<Disk> disks_;
};

}  // namespace sim
