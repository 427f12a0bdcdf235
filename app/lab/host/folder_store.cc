#include "app/lab/host/folder_store.h"

#include <algorithm>
#include <filesystem>

#include "app/lab/host/files.h"

namespace app::lab {

namespace {

namespace fs = std::filesystem;
using engine::dfs::FileInfo;

sim::i64 modified_ms(const fs::path& path) {
    std::error_code failed;
    const auto at = fs::last_write_time(path, failed);
    if (failed) return 0;
    const auto since = std::chrono::file_clock::to_sys(at).time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

FileInfo info_of(const fs::path& path) {
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    return {path.string(), failed ? 0 : static_cast<sim::i64>(size), modified_ms(path)};
}

/// Names that begin with `_` or `.` are not data.
bool hidden(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.empty() || name.front() == '_' || name.front() == '.';
}

void collect(const fs::path& folder, int depth, std::vector<FileInfo>& out) {
    std::error_code failed;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
        if (hidden(entry.path()) || entry.is_symlink(failed)) continue;
        if (entry.is_directory(failed)) {
            if (depth > 0) collect(entry.path(), depth - 1, out);
        } else if (entry.is_regular_file(failed)) {
            out.push_back(info_of(entry.path()));
        }
    }
}

constexpr int kDeepest = 16;  // folders below the one that is listed

}  // namespace

FolderStore::FolderStore(const std::string& folder) {
    std::error_code failed;
    if (!folder.empty()) root = fs::weakly_canonical(fs::absolute(folder, failed), failed).string();
    while (root.size() > 1 && root.back() == '/') root.pop_back();
}

std::string FolderStore::inside(const std::string& path) const {
    if (root.empty()) return "";
    const fs::path given = engine::dfs::plain_path(path);
    std::error_code failed;
    const std::string whole =
        fs::weakly_canonical(given.is_absolute() ? given : fs::path(root) / given, failed).string();
    if (failed || whole.find('\0') != std::string::npos) return "";
    const bool below = whole == root || (whole.starts_with(root) && (root == "/" || whole[root.size()] == '/'));
    return below ? whole : "";
}

std::optional<std::vector<FileInfo>> FolderStore::list(const std::string& path) const {
    const std::string place = inside(path);
    std::error_code failed;
    if (place.empty() || !fs::exists(place, failed)) return std::nullopt;
    std::vector<FileInfo> out;
    if (fs::is_directory(place, failed)) collect(place, kDeepest, out);
    else out.push_back(info_of(place));
    std::sort(out.begin(), out.end(), [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
    return out;
}

std::optional<std::string> FolderStore::read(const std::string& path) const {
    const std::string place = inside(path);
    if (place.empty()) return std::nullopt;
    auto bytes = read_file(place);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

bool FolderStore::write(const std::string& path, const std::string& bytes) {
    const std::string place = inside(path);
    if (place.empty()) return false;
    return make_folder(fs::path(place).parent_path().string()).empty() && write_file(place, bytes).empty();
}

bool FolderStore::remove(const std::string& path) {
    const std::string place = inside(path);
    std::error_code failed;
    return !place.empty() && place != root && fs::is_regular_file(place, failed) && fs::remove(place, failed);
}

bool FolderStore::exists(const std::string& path) const {
    const std::string place = inside(path);
    std::error_code failed;
    return !place.empty() && fs::exists(place, failed);
}

}  // namespace app::lab
