// Recorded conversations of stock clients with a broker, held again with ours: setup brings a fresh cluster into the
// recording's state, then the same bytes are sent in the same order on as many connections.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

/// What differs, nothing if all is equal. An answer is compared byte for byte outside its masks, or field by field
/// where the recording says that lists come in the order of a hash.
std::vector<std::string> hold_kafka_talk(const std::string& text);

}  // namespace app::proof
