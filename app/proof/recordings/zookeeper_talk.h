// Recorded conversations with a ZooKeeper server, held again with ours: the same requests in the same order, and
// what comes back compared byte for byte outside the recorded masks.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

/// What differs; nothing if all is equal. `earlier` are conversations that the same server had before, in order:
/// they are held first, and not judged.
std::vector<std::string> hold_zookeeper_talk(const std::string& text, const std::vector<std::string>& earlier);
/// Four-letter words and their recorded answers, asked while the session of another conversation lasts.
std::vector<std::string> ask_four_letter_words(const std::string& text, const std::string& session);

}  // namespace app::proof
