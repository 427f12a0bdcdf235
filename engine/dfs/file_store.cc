#include "engine/dfs/file_store.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::dfs {

std::string plain_path(const std::string& path) {
    std::string out = path;
    for (const char* scheme : {"file://", "file:", "hdfs://"})
        if (out.starts_with(scheme)) out.erase(0, std::string(scheme).size());
    std::string tidy;
    for (const char c : out)
        if (c != '/' || tidy.empty() || tidy.back() != '/') tidy += c;
    while (tidy.size() > 1 && tidy.back() == '/') tidy.pop_back();
    return tidy;
}

namespace {

/// Names that begin with `_` or `.` are not data.
bool hidden(const std::string& path, std::size_t from) {
    MR_ASSERT(from <= path.size());
    for (std::size_t at = from; at < path.size(); ++at)
        if ((path[at] == '_' || path[at] == '.') && (at == 0 || path[at - 1] == '/')) return true;
    return false;
}

}  // namespace

std::optional<std::vector<FileInfo>> MemoryStore::list(const std::string& given) const {
    const std::string path = plain_path(given);
    if (const auto it = files.find(path); it != files.end())
        return std::vector<FileInfo>{{path, static_cast<sim::i64>(it->second.bytes.size()), it->second.modified_ms}};
    std::vector<FileInfo> out;
    const std::string folder = path == "/" ? path : path + "/";
    bool any = std::find(folders.begin(), folders.end(), path) != folders.end();
    for (auto it = files.lower_bound(folder); it != files.end() && it->first.starts_with(folder); ++it) {
        any = true;
        if (!hidden(it->first, folder.size()))
            out.push_back({it->first, static_cast<sim::i64>(it->second.bytes.size()), it->second.modified_ms});
    }
    if (!any) return std::nullopt;
    MR_ASSERT(
        std::is_sorted(out.begin(), out.end(), [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; }));
    return out;
}

std::optional<std::string> MemoryStore::read(const std::string& path) const {
    const auto it = files.find(plain_path(path));
    return it == files.end() ? std::nullopt : std::optional(it->second.bytes);
}

bool MemoryStore::write(const std::string& path, const std::string& bytes) {
    MR_ASSERT(!path.empty());
    files[plain_path(path)] = {bytes, now_ms};
    return true;
}

bool MemoryStore::remove(const std::string& path) { return files.erase(plain_path(path)) > 0; }

bool MemoryStore::exists(const std::string& path) const { return list(path).has_value(); }

}  // namespace engine::dfs
