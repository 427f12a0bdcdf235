// One broker, one ZooKeeper server and a console behind a door to the outside: built once, copied for each input.
#pragma once

#include <string>
#include <vector>

#include "engine/world.h"

namespace tests::fuzz {

class ServedWorld {
public:
    /// A copy of the world that is up, with a topic `t` of two partitions.
    ServedWorld();

    /// Something from outside, with the bytes that came with it.
    void act(std::string line, std::vector<sim::u8> payload = {});
    /// Types a line; `input` is what it reads.
    void type(std::string line, std::string input);
    /// At most so long, and so many events.
    void pass(sim::Nanos span, int events = 20'000);

    engine::World world;
};

}  // namespace tests::fuzz
