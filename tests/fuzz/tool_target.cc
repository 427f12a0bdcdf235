#include <algorithm>

#include "tests/fuzz/served_world.h"
#include "tests/fuzz/targets.h"

namespace tests::fuzz {

void command(Bytes bytes) {
    const auto end = std::ranges::find(bytes, sim::u8{0});
    ServedWorld served;
    served.type({bytes.begin(), end}, end == bytes.end() ? std::string() : std::string(end + 1, bytes.end()));
    served.pass(sim::seconds(5), 5000);
}

}  // namespace tests::fuzz
