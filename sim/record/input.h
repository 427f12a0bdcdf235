// What comes into a world from outside, as it is journaled: a line of words, at an event index.
#pragma once

#include <string>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/types.h"

namespace sim {

enum class InputAuthor : u8 { lesson, learner, outside };

struct Input {
    u64 at_index = 0;  // the event index that this input takes
    Nanos at;          // its moment: not before the last event, not after the next one
    InputAuthor author = InputAuthor::learner;
    std::string line;          // a verb and its words; what it means is the engine's business
    std::vector<u8> payload;   // bytes from outside, for verbs that carry some

    friend bool operator==(const Input&, const Input&) = default;
};

inline u64 digest_of_input(const Input& input) {
    Hasher hasher;
    digest(hasher, input.at);
    digest(hasher, input.line);
    digest(hasher, input.payload);
    return hasher.value();
}

}  // namespace sim
