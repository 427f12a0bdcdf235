#include "engine/zookeeper/jute.h"
#include "tests/fuzz/served_world.h"
#include "tests/fuzz/targets.h"

namespace tests::fuzz {
namespace {

/// Frames as they come: one ends where two bytes of the input say so.
std::vector<std::vector<sim::u8>> cut(Bytes bytes) {
    std::vector<std::vector<sim::u8>> frames;
    while (bytes.size() > 2) {
        const std::size_t size =
            std::min<std::size_t>(static_cast<std::size_t>(bytes[0] << 8 | bytes[1]), bytes.size() - 2);
        std::vector<sim::u8> frame = {0, 0, static_cast<sim::u8>(size >> 8), static_cast<sim::u8>(size)};
        frame.insert(frame.end(), bytes.begin() + 2, bytes.begin() + 2 + static_cast<std::ptrdiff_t>(size));
        frames.push_back(std::move(frame));
        bytes = bytes.subspan(2 + size);
    }
    return frames;
}

}  // namespace

void jute(Bytes bytes) {
    ServedWorld served;
    engine::zookeeper::ConnectRequest hello;
    hello.timeout_ms = 10'000;
    served.act("outside send 2", engine::zookeeper::to_frame(hello)->flatten());
    served.pass(sim::millis(20));
    for (std::vector<sim::u8>& frame : cut(bytes)) {
        served.act("outside send 2", std::move(frame));
        served.pass(sim::millis(5), 200);
    }
    served.pass(sim::millis(100), 2000);
}

}  // namespace tests::fuzz
