// The smallest world that can travel in time: a number that events make larger and inputs change.
#pragma once

#include "sim/base/prng.h"
#include "sim/record/timeline.h"

namespace tests {

using namespace sim;

/// Each event adds a random digit; it ends after `last` events. An input adds what its line says.
struct ToyWorld {
    u64 index = 0;
    i64 value = 0;
    u64 trace = 1;
    Prng rng = Prng::forked(1, "toy");
    u64 last = ~u64{0};
    i64 disturbed_by = 0;   // not part of the trace: what a broken step function would read
};

struct ToyTraits {
    struct Row {
        u64 index = 0;
        i64 value = 0;
        friend bool operator==(const Row&, const Row&) = default;
    };
    using History = std::vector<Row>;

    static u64 index(const ToyWorld& world) { return world.index; }
    static u64 trace(const ToyWorld& world) { return world.trace; }
    static u64 weight(const ToyWorld&) { return 100; }
    static bool step(ToyWorld& world, History* history) {
        if (world.index == world.last) return false;
        return change(world, static_cast<i64>(world.rng.below(10)) + world.disturbed_by, history);
    }
    static void apply(ToyWorld& world, const Input& input, History* history) {
        change(world, std::stoll(input.line), history);
    }
    static History prefix(const History& history, u64 index) {
        History rows;
        for (const Row& row : history)
            if (row.index < index) rows.push_back(row);
        return rows;
    }

private:
    static bool change(ToyWorld& world, i64 by, History* history) {
        world.value += by;
        world.trace = mix64(world.trace ^ static_cast<u64>(world.value));
        if (history != nullptr) history->push_back({world.index, world.value});
        ++world.index;
        return true;
    }
};

using ToyTimeline = Timeline<ToyWorld, ToyTraits>;

inline Input input_of(std::string line) {
    Input input;
    input.line = std::move(line);
    return input;
}

/// A world after this many events from the start, without any time travel.
inline ToyWorld straight(u64 events) {
    ToyWorld world;
    while (world.index < events) ToyTraits::step(world, nullptr);
    return world;
}

}  // namespace tests
