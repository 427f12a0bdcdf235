#include "app/lab/host/workspace.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "app/lab/host/files.h"

namespace app::lab {
namespace {

constexpr std::string_view kSettingsFile = "settings";
constexpr std::size_t kStampLength = 15;   // 20260105-120000

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::tm local_time(std::time_t moment) {
    std::tm parts{};
    localtime_r(&moment, &parts);
    return parts;
}

int number_at(std::string_view text, std::size_t from, std::size_t count) {
    int value = -1;
    if (from + count <= text.size()) std::from_chars(text.data() + from, text.data() + from + count, value);
    return value;
}

/// "20260105-140200-204-leader-dies.millrace"
std::optional<std::tm> moment_in(std::string_view name) {
    if (name.size() < kStampLength || name[8] != '-') return {};
    std::tm parts{};
    parts.tm_year = number_at(name, 0, 4) - 1900;
    parts.tm_mon = number_at(name, 4, 2) - 1;
    parts.tm_mday = number_at(name, 6, 2);
    parts.tm_hour = number_at(name, 9, 2);
    parts.tm_min = number_at(name, 11, 2);
    parts.tm_isdst = -1;
    const bool sound = parts.tm_year > 0 && parts.tm_mon >= 0 && parts.tm_mon < 12 && parts.tm_mday > 0 &&
                       parts.tm_hour >= 0 && parts.tm_min >= 0;
    return sound ? std::optional(parts) : std::nullopt;
}

bool same_day(const std::tm& a, const std::tm& b) {
    return a.tm_year == b.tm_year && a.tm_mon == b.tm_mon && a.tm_mday == b.tm_mday;
}

void set(WindowSettings& settings, std::string_view key, std::string_view value) {
    if (key == "theme") settings.theme = value;
    if (key == "scale_percent") settings.scale_percent = number_at(value, 0, value.size());
    if (key == "reduced_motion") settings.reduced_motion = value == "yes";
}

}  // namespace

std::string workspace_folder() {
    if (std::string own = variable("MILLRACE_HOME"); !own.empty()) return own;
    if (const std::string data = variable("XDG_DATA_HOME"); !data.empty()) return join_path(data, "millrace");
    if (const std::string home = variable("HOME"); !home.empty()) return join_path(home, ".local/share/millrace");
    return "";
}

std::string sessions_folder(const std::string& workspace) {
    return workspace.empty() ? "" : join_path(workspace, "sessions");
}

namespace {

/// "FOLDER/20261121-203000-204-leader-dies.ENDING", with a number if that one is there.
std::string new_path(const std::string& folder, const std::string& lesson_id, const char* ending) {
    if (folder.empty() || !make_folder(folder).empty()) return "";
    const std::tm now = local_time(std::time(nullptr));
    std::array<char, 32> stamp{};
    std::strftime(stamp.data(), stamp.size(), "%Y%m%d-%H%M%S", &now);
    for (int i = 1;; ++i) {
        const std::string again = i == 1 ? "" : fmt::format("-{}", i);
        std::string path = join_path(folder, fmt::format("{}{}-{}.{}", stamp.data(), again, lesson_id, ending));
        if (!exists(path)) return path;
    }
}

}  // namespace

std::string new_session_path(const std::string& workspace, const std::string& lesson_id) {
    return new_path(sessions_folder(workspace), lesson_id, "millrace");
}

std::string new_picture_path(const std::string& workspace, const std::string& lesson_id, const char* ending) {
    return new_path(workspace.empty() ? "" : join_path(workspace, "pictures"), lesson_id, ending);
}

std::string when_of(const std::string& session_path) {
    auto then = moment_in(file_name(session_path));
    if (!then) return "";
    constexpr std::time_t kDay = 24 * 3600;
    const std::time_t now = std::time(nullptr);
    const std::string clock = fmt::format("{:02}:{:02}", then->tm_hour, then->tm_min);
    if (same_day(*then, local_time(now))) return "today " + clock;
    if (same_day(*then, local_time(now - kDay))) return "yesterday " + clock;
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("{} {}", then->tm_mday, kMonths[static_cast<std::size_t>(then->tm_mon)]);
}

WindowSettings read_settings(const std::string& workspace) {
    WindowSettings settings;
    const auto text =
        workspace.empty() ? std::unexpected(std::string()) : read_file(join_path(workspace, kSettingsFile));
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (const auto equals = line.find('='); equals != std::string_view::npos)
            set(settings, line.substr(0, equals), line.substr(equals + 1));
    }
    return settings;
}

std::string write_settings(const std::string& workspace, const WindowSettings& settings) {
    if (workspace.empty()) return "";
    if (std::string wrong = make_folder(workspace); !wrong.empty()) return wrong;
    return write_file(join_path(workspace, kSettingsFile),
                      fmt::format("theme={}\nscale_percent={}\nreduced_motion={}\n", settings.theme,
                                  settings.scale_percent, settings.reduced_motion ? "yes" : "no"));
}

std::optional<sim::i64> file_stamp(const std::string& path) {
    std::error_code failed;
    const auto written = std::filesystem::last_write_time(path, failed);
    if (failed) return {};
    const auto size = std::filesystem::file_size(path, failed);
    if (failed) return {};
    return static_cast<sim::i64>(written.time_since_epoch().count()) ^ (static_cast<sim::i64>(size) << 40);
}

sim::Nanos steady_now() {
    return sim::nanos(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count());
}

}  // namespace app::lab
