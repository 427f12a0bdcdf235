#include "app/lab/lesson/find_lesson.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/lesson/names.h"
#include "sim/base/ascii.h"

namespace app::lab {
namespace {

constexpr std::string_view kExtension = ".toml";
constexpr std::size_t kListed = 50;

std::string path_of(const std::string& id) { return join_path(scenarios_folder(), id + std::string(kExtension)); }

bool looks_like_path(std::string_view name) {
    return name.find('/') != std::string_view::npos || name.ends_with(kExtension);
}

/// The lesson that was meant: by its id, by its number, or by a part of its name ("leader", "acks").
std::string nearest_lesson(const std::string& name, const std::vector<std::string>& ids) {
    if (std::string whole = nearest_of(name, ids); !whole.empty()) return whole;
    for (const std::string& id : ids)
        if (!sim::all_digits(name) && name.size() > 2 && id.find(name) != std::string::npos) return id;
    std::vector<std::string> parts;
    for (const std::string& id : ids)
        parts.push_back(sim::all_digits(name) ? id.substr(0, id.find('-')) : id.substr(id.find('-') + 1));
    const std::string part = nearest_of(name, parts);
    const auto at = std::ranges::find(parts, part);
    return part.empty() || at == parts.end() ? "" : ids[static_cast<std::size_t>(at - parts.begin())];
}

std::string unknown_lesson(const std::string& name) {
    std::vector<std::string> ids = lesson_ids();
    if (ids.empty()) return fmt::format("there is no lesson '{}', and no lessons are in {}", name, scenarios_folder());
    const std::string nearest = nearest_lesson(name, ids);
    const std::string meant = nearest.empty() ? "" : fmt::format("; nearest: {}", nearest);
    ids.resize(std::min(ids.size(), kListed));
    return fmt::format("there is no lesson '{}'{}\nlessons: {}", name, meant, fmt::join(ids, ", "));
}

}  // namespace

std::string scenarios_folder() { return join_path(root_folder(), "scenarios"); }

std::vector<std::string> lesson_ids() {
    std::vector<std::string> ids;
    for (const std::string& name : list_folder(scenarios_folder()))
        if (name.ends_with(kExtension)) ids.emplace_back(without_extension(name));
    return ids;
}

std::expected<std::string, std::string> find_lesson(const std::string& name) {
    if (looks_like_path(name)) {
        if (exists(name) && !is_folder(name)) return name;
        if (name.find('/') != std::string::npos) return std::unexpected(fmt::format("{}: there is no such file", name));
    }
    const std::string id(name.ends_with(kExtension) ? without_extension(name) : name);
    for (const std::string& known : lesson_ids()) {
        const bool by_number = !id.empty() && known.starts_with(id + "-") &&
            sim::all_digits(id);
        if (known == id || by_number) return path_of(known);
    }
    return std::unexpected(unknown_lesson(id));
}

}  // namespace app::lab
