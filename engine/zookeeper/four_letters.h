// Four-letter words: what an administrator asks a server with four bare bytes, and the text that comes back before the
// connection closes (spec/zookeeper.md section 1.7).
#pragma once

#include <string>
#include <string_view>

#include "engine/model/ids.h"

namespace engine::zookeeper {

struct ZkServerState;

/// The answer to a word; "" if it is none, or not for a server of this kind.
std::string four_letter_answer(const ZkServerState& server, std::string_view word, i64 now_ms);

}  // namespace engine::zookeeper
