// Empty folders for tests that write files; runs beside this one have their own.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace tests {

/// The path of a folder that is not there; whoever needs it makes it.
inline std::string fresh_folder(const std::string& name) {
    const auto folder = std::filesystem::temp_directory_path() / (name + "-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    return folder.string();
}

}  // namespace tests
