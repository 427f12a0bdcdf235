#include "engine/zookeeper/paths.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::zookeeper {

std::string parent_of(std::string_view path) {
    MR_ASSERT(path.size() > 1 && path.front() == '/');
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_valid_path(std::string_view path) {
    if (path.empty() || path.front() != '/') return false;
    if (path == "/") return true;
    for (std::size_t at = 1; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto part = path.substr(at, end - at);
        if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos) return false;
        at = end + 1;
    }
    return true;
}

}  // namespace engine::zookeeper
