// Paths with wildcards, as Hadoop reads them: `*`, `?`, `[a-z]`, `[^a]`, `{a,b}`. A backslash makes one plain.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/dfs/file_store.h"

namespace engine::dfs {

bool has_wildcards(std::string_view path);
/// Whether a name, or a path without wildcards in its slashes, is what a pattern says. `*` and `?` stop at a slash.
bool matches_glob(std::string_view name, std::string_view pattern);
/// Keeps the files whose names are what a pattern says; all of them if it is empty.
void keep_named(std::vector<FileInfo>& files, std::string_view pattern);
/// What FileStore::list gives, of a path that may have wildcards: a file that matches, or all below a folder that does.
std::optional<std::vector<FileInfo>> list_matching(const FileStore& store, const std::string& path);

}  // namespace engine::dfs
