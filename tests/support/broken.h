// Contracts as tests: does this break an assertion?
#pragma once

#include "sim/base/assert.h"

namespace tests {

struct Broken {};

/// Whether an assertion fails while `act` runs.
template <class Act>
bool breaks(Act&& act) {
    const auto before = sim::set_assert_handler([](const sim::BrokenInvariant&) { throw Broken{}; });
    bool broken = false;
    try {
        act();
    } catch (const Broken&) {
        broken = true;
    }
    sim::set_assert_handler(before);
    return broken;
}

}  // namespace tests
