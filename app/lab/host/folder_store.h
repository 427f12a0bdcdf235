// A folder of the host as the file store of a Spark session. Programs name files relative to the folder, or by whole
// paths below it; what lies outside does not exist for them and cannot be written. Links that lead out of the folder
// lead nowhere.
#pragma once

#include <string>

#include "engine/dfs/file_store.h"

namespace app::lab {

struct FolderStore final : engine::dfs::FileStore {
    std::string root;  ///< absolute, without a link in it; empty = nothing may be read or written

    /// `folder` empty = no access at all.
    explicit FolderStore(const std::string& folder);

    std::optional<std::vector<engine::dfs::FileInfo>> list(const std::string& path) const override;
    std::optional<std::string> read(const std::string& path) const override;
    bool write(const std::string& path, const std::string& bytes) override;
    bool remove(const std::string& path) override;
    bool exists(const std::string& path) const override;

    /// The place on the host that `path` means; empty if it lies outside.
    [[nodiscard]] std::string inside(const std::string& path) const;
};

}  // namespace app::lab
