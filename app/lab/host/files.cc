#include "app/lab/host/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace app::lab {
namespace {

namespace fs = std::filesystem;

std::string failure(std::string_view what, const std::string& path, int code) {
    return fmt::format("{}: cannot be {}: {}", path, what, code == 0 ? "unknown reason" : std::strerror(code));
}

/// Writes into what is there, which the user knows as `name`. What went wrong, or "".
std::string pour(const std::string& path, const std::string& name, std::string_view bytes) {
    errno = 0;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    return file ? "" : failure("written", name, errno);
}

bool holds_lessons(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "scenarios", ignored) && fs::is_directory(folder / "assets", ignored);
}

std::optional<std::string> search_upwards(fs::path folder) {
    for (;; folder = folder.parent_path()) {
        if (holds_lessons(folder)) return folder.string();
        if (!folder.has_relative_path()) return std::nullopt;
    }
}

std::string find_root() {
    if (const char* named = std::getenv("MILLRACE_ROOT"); named != nullptr && *named != 0) return named;
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed);
    if (!failed)
        if (auto root = search_upwards(program.parent_path())) return *root;
    const fs::path here = fs::current_path(failed);
    if (!failed)
        if (auto root = search_upwards(here)) return *root;
    return ".";
}

std::optional<std::string>& known_root() {
    static std::optional<std::string> root;
    return root;
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path) {
    if (is_folder(path)) return std::unexpected(failure("read", path, EISDIR));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(failure("read", path, errno));
    std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) return std::unexpected(failure("read", path, errno));
    return bytes;
}

std::string write_file(const std::string& path, std::string_view bytes) {
    std::error_code ignored;
    const fs::file_status there = fs::status(path, ignored);
    if (fs::exists(there) && !fs::is_regular_file(there)) return pour(path, path, bytes);  // a device or a pipe
    const fs::path whole = fs::is_symlink(path, ignored) ? fs::canonical(path, ignored) : fs::path(path);
    const std::string part = whole.string() + ".part";
    std::string wrong = pour(part, path, bytes);
    std::error_code failed;
    if (wrong.empty()) fs::rename(part, whole, failed);
    if (wrong.empty() && !failed) return "";
    fs::remove(part, ignored);
    return failed ? failure("written", path, failed.value()) : wrong;
}

std::string move_file(const std::string& from, const std::string& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    return failed ? failure("renamed", from, failed.value()) : "";
}

bool may_write(const std::string& path) { return ::access(path.c_str(), W_OK) == 0; }

std::vector<std::string> list_folder(const std::string& path) {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed)) {
        std::error_code ignored;
        names.push_back(entry->path().filename().string() + (entry->is_directory(ignored) ? "/" : ""));
    }
    std::ranges::sort(names);
    return names;
}

bool exists(const std::string& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

bool is_folder(const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

std::string make_folder(const std::string& path) {
    std::error_code failed;
    fs::create_directories(path, failed);
    return failed ? failure("made", path, failed.value()) : "";
}

const std::string& root_folder() {
    if (!known_root()) known_root() = find_root();
    return *known_root();
}

std::string absolute_path(const std::string& path) {
    std::error_code failed;
    const fs::path whole = fs::absolute(path, failed);
    return failed ? path : whole.generic_string();
}

void forget_root_folder() { known_root().reset(); }

std::string join_path(std::string_view folder, std::string_view name) {
    if (folder.empty()) return std::string(name);
    return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

std::string_view file_name(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view without_extension(std::string_view name) {
    const auto dot = name.find_last_of('.');
    return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

}  // namespace app::lab
