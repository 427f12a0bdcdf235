#include "sim/disk/disk.h"

#include <algorithm>

namespace sim {

FileId Disk::find(std::string_view path) const {
    const FileId* id = directory_->find(path);
    return id == nullptr ? kNoFile : *id;
}

std::vector<std::string> Disk::list(std::string_view prefix) const {
    std::vector<std::string> paths;
    for (const auto& [path, id] : *directory_)
        if (path.starts_with(prefix)) paths.push_back(path);
    return paths;
}

Disk::File& Disk::edit(FileId id) {
    MR_ASSERT(id != kNoFile);
    return files_.edit(id.value).edit();
}

FileId Disk::create(std::string_view path) {
    MR_ASSERT(find(path) == kNoFile && !path.empty());
    FileId id{static_cast<u32>(files_.size())};
    if (free_.empty()) {
        files_.push_back({});
    } else {
        id = free_.back();
        free_.pop_back();
    }
    directory_.edit()[std::string(path)] = id;
    MR_ASSERT(file(id).cached.size() == 0 && file(id).platter.size() == 0);
    return id;
}

void Disk::append(FileId id, Slice slice) { edit(id).cached.append(std::move(slice)); }

void Disk::truncate(FileId id, u64 size) {
    MR_ASSERT(size <= file(id).cached.size());
    edit(id).cached.truncate(size);
}

void Disk::sync(FileId id) {
    File& file = edit(id);
    file.platter = file.cached;
    MR_ASSERT(file.platter.size() == file.cached.size());
}

void Disk::rename(std::string_view from, std::string_view to) {
    const FileId id = find(from);
    MR_ASSERT(id != kNoFile && from != to && !to.empty());
    if (find(to) != kNoFile) remove(to);
    directory_.edit().erase(from);
    directory_.edit()[std::string(to)] = id;
    MR_ASSERT(find(from) == kNoFile);
}

void Disk::remove(std::string_view path) {
    const FileId id = find(path);
    MR_ASSERT(id != kNoFile);
    directory_.edit().erase(path);
    edit(id) = {};
    for (PendingSync& sync : pending_)
        if (sync.file == id) sync.file = kNoFile;  // its place goes to another file
    free_.push_back(id);
    MR_ASSERT(free_.size() + directory_->size() == files_.size());
}

void Disk::on_power_cut() {
    pending_.clear();
    for (const auto& [path, id] : *directory_) {
        File& file = edit(id);
        file.cached = file.platter;
    }
}

void Disk::wipe() {
    directory_ = {};
    files_ = {};
    free_.clear();
    pending_.clear();
}

u64 Disk::begin_sync(FileId id) {
    MR_ASSERT(id != kNoFile);
    MR_ASSERT(pending_.empty() || pending_.back().ticket < next_ticket_);
    pending_.push_back({next_ticket_, id, file(id).cached});
    return next_ticket_++;
}

bool Disk::finish_sync(u64 ticket) {
    const auto at = std::ranges::find(pending_, ticket, &PendingSync::ticket);
    if (at == pending_.end()) return false;
    if (at->file != kNoFile) edit(at->file).platter = at->content;
    pending_.erase(at);
    return true;
}

void Disk::digest(Hasher& hasher) const {
    sim::digest(hasher, directory_);
    files_.digest(hasher);
    sim::digest(hasher, free_);
    sim::digest(hasher, pending_);
    sim::digest(hasher, profile);
    hasher.add(slow_factor);
    hasher.add(full);
    hasher.add(next_ticket_);
    sim::digest(hasher, rng);
}

void Disks::add_node(NodeId node, const DiskProfile& profile) {
    MR_ASSERT(node.value == disks_.size());
    Disk& disk = disks_.emplace_back();
    disk.profile = profile;
    disk.rng = Prng::forked(seed_, "disk", node.value);
}

void Disks::digest(Hasher& hasher) const {
    hasher.add(seed_);
    sim::digest(hasher, disks_);
}

}  // namespace sim
