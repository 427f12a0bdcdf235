// What the lab keeps for a person from one run of the program to the next: sessions, and how the window was set.
// Everything lies in one folder: MILLRACE_HOME; else millrace/ below XDG_DATA_HOME or ~/.local/share.
#pragma once

#include <optional>
#include <string>

#include "sim/base/types.h"

namespace app::lab {

/// "" if there is no place to keep anything.
std::string workspace_folder();
/// Where sessions lie below a workspace.
std::string sessions_folder(const std::string& workspace);
/// A path for a session that begins now: its name begins with the moment, so names sort by age. Makes the folder.
/// "" if it cannot be made.
std::string new_session_path(const std::string& workspace, const std::string& lesson_id);
/// The same for a picture; `ending` is "png", "gif" or "svg".
std::string new_picture_path(const std::string& workspace, const std::string& lesson_id, const char* ending);
/// "today 14:02", "yesterday 09:30", "12 Nov", read from the name of a session's file; "" for other names.
std::string when_of(const std::string& session_path);

/// How the window was set.
struct WindowSettings {
    std::string theme = "dark";
    int scale_percent = 100;
    bool reduced_motion = false;
    friend bool operator==(const WindowSettings&, const WindowSettings&) = default;
};
WindowSettings read_settings(const std::string& workspace);
/// What went wrong, or "".
std::string write_settings(const std::string& workspace, const WindowSettings& settings);

/// A number that is another one after a file was written; nothing if it is not there.
std::optional<sim::i64> file_stamp(const std::string& path);
/// Time that passes for a person, from any beginning.
sim::Nanos steady_now();

}  // namespace app::lab
