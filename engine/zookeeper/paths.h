// Paths of znodes.
#pragma once

#include <string>
#include <string_view>

namespace engine::zookeeper {

/// Path of the parent: "/a" -> "/", "/a/b" -> "/a". Requires a path other than "/".
std::string parent_of(std::string_view path);
/// Name behind the last slash.
std::string_view name_in(std::string_view path);
/// Begins with a slash, does not end with one (but for "/"), holds no empty or dotted part.
bool is_valid_path(std::string_view path);

}  // namespace engine::zookeeper
