#include "engine/operators/histogram.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// java.util.Random, which decides between gaps of one size.
struct JavaRandom {
    u64 seed = (31183u ^ 0x5DEECE66Du) & ((u64{1} << 48) - 1);

    u64 bits(int n) {
        seed = (seed * 0x5DEECE66Du + 0xB) & ((u64{1} << 48) - 1);
        return seed >> (48 - n);
    }
    double real() {
        const u64 high = bits(26) << 27;
        return static_cast<double>(high + bits(27)) * 0x1.0p-53;
    }
};

void merge_closest(std::vector<Bar>& bars, JavaRandom& random) {
    MR_ASSERT(bars.size() >= 2);
    std::size_t at = 0;
    double smallest = bars[1].middle - bars[0].middle;
    int count = 1;
    for (std::size_t i = 1; i + 1 < bars.size(); ++i) {
        const double gap = bars[i + 1].middle - bars[i].middle;
        if (gap < smallest) {
            smallest = gap;
            at = i;
            count = 1;
        } else if (gap == smallest && random.real() <= 1.0 / ++count) {
            at = i;
        }
    }
    Bar& low = bars[at];
    const Bar& high = bars[at + 1];
    const double height = low.height + high.height;
    low.middle *= low.height / height;
    low.middle += high.middle / height * high.height;
    low.height = height;
    bars.erase(bars.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

}  // namespace

std::vector<Bar> histogram_of(std::span<const double> values, std::size_t bins) {
    MR_ASSERT(bins >= 2);
    std::vector<Bar> bars;
    JavaRandom random;
    for (const double v : values) {
        const auto place = std::ranges::lower_bound(bars, v, {}, &Bar::middle);
        if (place != bars.end() && place->middle == v) {
            place->height += 1;
            continue;
        }
        bars.insert(place, Bar{v, 1});
        if (bars.size() > bins) merge_closest(bars, random);
    }
    MR_ASSERT(bars.size() <= bins);
    return bars;
}

}  // namespace engine::spark
