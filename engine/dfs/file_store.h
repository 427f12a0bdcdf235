// What engines know of files: paths to bytes, with atomic replacement. Whoever owns the store decides where they lie.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace engine::dfs {

struct FileInfo {
    std::string path;
    sim::i64 size = 0;
    sim::i64 modified_ms = 0;
};

struct FileStore {
    virtual ~FileStore() = default;
    /// The file itself, or all files below a folder (names that begin with `_` or `.` left out), sorted by path. None
    /// if there is nothing.
    virtual std::optional<std::vector<FileInfo>> list(const std::string& path) const = 0;
    virtual std::optional<std::string> read(const std::string& path) const = 0;
    /// Replaces a file at once. False if it cannot.
    virtual bool write(const std::string& path, const std::string& bytes) = 0;
    virtual bool remove(const std::string& path) = 0;
    virtual bool exists(const std::string& path) const = 0;
};

/// Files in memory. A folder exists if a file lies below it or if it was made.
struct MemoryStore final : FileStore {
    struct File {
        std::string bytes;
        sim::i64 modified_ms = 0;
    };
    std::map<std::string, File> files;
    std::vector<std::string> folders;
    sim::i64 now_ms = 0;

    std::optional<std::vector<FileInfo>> list(const std::string& path) const override;
    std::optional<std::string> read(const std::string& path) const override;
    bool write(const std::string& path, const std::string& bytes) override;
    bool remove(const std::string& path) override;
    bool exists(const std::string& path) const override;
};

/// `file:/a/b/` and `/a//b` -> `/a/b`.
std::string plain_path(const std::string& path);

}  // namespace engine::dfs
