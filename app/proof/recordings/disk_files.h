// Recorded files of a partition's directory, read and written by our log: batches decoded and encoded again, indexes
// built anew from the batches, producer snapshots and indexes of aborted transactions.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

/// What does not agree, by the file's checks; nothing if all do.
std::vector<std::string> check_disk_files(const std::string& text);

}  // namespace app::proof
