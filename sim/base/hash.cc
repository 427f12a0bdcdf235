#include "sim/base/hash.h"

#include <xxhash.h>

namespace sim {

u64 hash_bytes(std::span<const u8> bytes) {
    if (bytes.empty()) return 0x2d06800538d394c2ULL;  // XXH3 of nothing; avoids a null pointer
    return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace sim
