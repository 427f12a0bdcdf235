// The lab's only door to the file system: lessons, assets, sessions' neighbours, what is exported.
//
// Paths are UTF-8 text with '/'. Nothing here throws; a failure is a sentence that names the path.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace app::lab {

/// All bytes of a file.
std::expected<std::string, std::string> read_file(const std::string& path);
/// Replaces a file at once: readers see the old bytes or the new ones, never a part. What went wrong, or "".
/// A device or a pipe is written to as it is, and behind a symbolic link the file it names is replaced.
std::string write_file(const std::string& path, std::string_view bytes);
/// Gives a file another name. What went wrong, or "".
std::string move_file(const std::string& from, const std::string& to);
bool may_write(const std::string& path);
/// Names in a folder, sorted; folders end in '/'. Empty if it cannot be read.
std::vector<std::string> list_folder(const std::string& path);
bool exists(const std::string& path);
bool is_folder(const std::string& path);
/// Makes a folder and those above it. What went wrong, or "".
std::string make_folder(const std::string& path);

/// The folder that holds scenarios/ and assets/: MILLRACE_ROOT; else the nearest one above the program, or above
/// the current folder, that has them; else ".".
const std::string& root_folder();
/// A path from the root of the file system.
std::string absolute_path(const std::string& path);
/// Looks again, for programs that change MILLRACE_ROOT.
void forget_root_folder();

/// "a/b" + "c" -> "a/b/c".
std::string join_path(std::string_view folder, std::string_view name);
/// "a/b/204-x.toml" -> "204-x.toml".
std::string_view file_name(std::string_view path);
/// "204-x.toml" -> "204-x".
std::string_view without_extension(std::string_view name);

}  // namespace app::lab
