// Recorded conversations with a ZooKeeper server, held again with ours: the same requests in the same order, and
// what comes back compared byte for byte outside the recorded masks.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

/// What differs; nothing if all is equal. `earlier` are conversations that the same server had before, in order:
/// they are held first, and not judged.
std::vector<std::string> hold_zookeeper_talk(const std::string& text, const std::vector<std::string>& earlier);

}  // namespace app::proof
