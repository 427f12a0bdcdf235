#include "engine/operators/distinct_sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr int kRegisterBits = 6, kRegistersAWord = 10, kLeastBits = 4, kMostBits = 18;
constexpr u64 kRegisterMask = 63;

/// Up to here empty registers tell more than the mean; by bits, from 4 on.
constexpr double kFew[] = {10,   20,   40,    80,    220,   400,    900,   1800,
                           3100, 6500, 11500, 20000, 50000, 120000, 350000};

struct Bias {
    double estimate;
    double bias;
};
/// What the mean is off by on average, with 2^9 registers: the measurements of the paper's appendix that lie
/// between 2.5 and 5 times as many as there are registers, where it counts.
constexpr int kMeasuredBits = 9;
constexpr Bias kMeasured[] = {
    {1158.9202, 44.9202}, {1169.406, 43.4059999999999}, {1181.5342, 42.5342000000001},
    {1193.2834, 41.2834}, {1203.8954, 38.8954000000001}, {1216.3286, 38.3286000000001},
    {1226.2146, 36.2146}, {1239.6684, 36.6684}, {1251.9946, 35.9946}, {1262.123, 33.123},
    {1275.4338, 33.4338}, {1285.7378, 31.7378000000001}, {1296.076, 29.076}, {1308.9692, 28.9692},
    {1320.4964, 27.4964}, {1333.0998, 27.0998}, {1343.9864, 25.9864}, {1357.7754, 26.7754},
    {1368.3208, 24.3208}, {1380.4838, 23.4838}, {1392.7388, 22.7388000000001},
    {1406.0758, 24.0758000000001}, {1416.9098, 21.9097999999999}, {1428.9728, 20.9728},
    {1440.9228, 19.9228000000001}, {1453.9292, 19.9292}, {1462.617, 16.617}, {1476.05, 17.05},
    {1490.2996, 18.2996000000001}, {1500.6128, 15.6128000000001}, {1513.7392, 15.7392},
    {1524.5174, 14.5174}, {1536.6322, 13.6322}, {1548.2584, 12.2583999999999},
    {1562.3766, 13.3766000000001}, {1572.423, 11.423}, {1587.1232, 13.1232},
    {1596.5164, 9.51639999999998}, {1610.5938, 10.5938000000001}, {1622.5972, 9.59719999999993},
    {1633.1222, 8.12220000000002}, {1647.7674, 9.76739999999995}, {1658.5044, 7.50440000000003},
    {1671.57, 7.56999999999994}, {1683.7044, 6.70440000000008}, {1695.4142, 6.41419999999994},
    {1708.7102, 6.71019999999999}, {1720.6094, 5.60940000000005}, {1732.6522, 4.65219999999999},
    {1747.841, 6.84099999999989}, {1756.4072, 3.4072000000001}, {1769.9786, 3.97859999999991},
    {1782.3276, 3.32760000000007}, {1797.5216, 5.52160000000003}, {1808.3186, 3.31860000000006},
    {1819.0694, 2.06940000000009}, {1834.354, 4.35400000000004}, {1844.575, 1.57500000000005},
    {1856.2808, 0.280799999999999}, {1871.1288, 2.12879999999996}, {1880.7852, -0.214799999999968},
    {1893.9622, -0.0378000000000611}, {1906.3418, -0.658200000000079},
    {1920.6548, 0.654800000000023}, {1932.9302, -0.0697999999999865},
    {1945.8584, 0.858400000000074}, {1955.473, -2.52700000000004}, {1968.8248, -2.1751999999999},
    {1980.6446, -3.35539999999992}, {1995.9598, -1.04019999999991}, {2008.349, -0.651000000000067},
    {2019.8556, -2.14439999999991}, {2033.0334, -1.96659999999997}, {2044.0206, -3.97939999999994},
    {2059.3956, -0.604400000000169}, {2069.9174, -3.08260000000018}, {2082.6084, -3.39159999999993},
    {2093.7036, -5.29640000000018}, {2106.6108, -5.38920000000007}, {2118.9124, -5.08759999999984},
    {2132.301, -4.69900000000007}, {2144.7628, -5.23720000000003}, {2159.8422, -3.15779999999995},
    {2171.0212, -4.97879999999986}, {2183.101, -4.89899999999989}, {2193.5112, -7.48880000000008},
    {2208.052, -5.94799999999987}, {2221.3194, -5.68060000000014}, {2233.3282, -6.67180000000008},
    {2247.295, -4.70499999999993}, {2257.7222, -7.27779999999984}, {2273.342, -4.6579999999999},
    {2286.5638, -4.4362000000001}, {2299.6786, -4.32139999999981}, {2310.8114, -5.18859999999995},
    {2322.3312, -6.66879999999992}, {2335.516, -6.48399999999992}, {2349.874, -5.1260000000002},
    {2363.5968, -4.4032000000002}, {2373.865, -6.13500000000022}, {2387.1918, -5.80819999999994},
    {2401.8328, -4.16719999999987}, {2414.8496, -4.15039999999999}, {2424.544, -7.45600000000013},
    {2436.7592, -7.24080000000004}, {2447.1682, -9.83179999999993}, {2464.1958, -5.80420000000004},
    {2474.3438, -8.6561999999999}, {2489.0006, -6.99940000000015}, {2497.4526, -10.5473999999999},
    {2513.6586, -7.34139999999979}, {2527.19, -6.80999999999995}, {2540.7028, -6.29719999999998},
    {2553.768, -6.23199999999997},
};

u64 register_at(std::span<const i64> words, std::size_t i) {
    const u64 word = static_cast<u64>(words[i / kRegistersAWord]);
    return word >> (kRegisterBits * (i % kRegistersAWord)) & kRegisterMask;
}

void raise_register(std::span<i64> words, std::size_t i, u64 to) {
    MR_ASSERT(to <= kRegisterMask);
    if (to <= register_at(words, i)) return;
    const auto shift = kRegisterBits * (i % kRegistersAWord);
    u64 word = static_cast<u64>(words[i / kRegistersAWord]);
    word = (word & ~(kRegisterMask << shift)) | to << shift;
    words[i / kRegistersAWord] = static_cast<i64>(word);
}

/// The mean bias of the six measurements nearest to an estimate.
double bias_of(double estimate) {
    constexpr std::size_t kNear = 6, kAll = std::size(kMeasured);
    const auto it = std::ranges::lower_bound(kMeasured, estimate, {}, &Bias::estimate);
    const auto nearest = static_cast<std::size_t>(it - std::begin(kMeasured));
    const auto distance = [&](std::size_t i) {
        const double d = estimate - kMeasured[i].estimate;
        return d * d;
    };
    std::size_t low = nearest < kNear ? 0 : nearest - kNear + 1, high = std::min(low + kNear, kAll);
    while (high < kAll && distance(high) < distance(low)) ++low, ++high;
    MR_ASSERT(low < high);
    double sum = 0;
    for (std::size_t i = low; i < high; ++i) sum += kMeasured[i].bias;
    return sum / static_cast<double>(high - low);
}

double alpha_squares(int bits, double m) {
    switch (bits) {
        case 4: return 0.673 * m * m;
        case 5: return 0.697 * m * m;
        case 6: return 0.709 * m * m;
        default: return 0.7213 / (1.0 + 1.079 / m) * m * m;
    }
}

}  // namespace

int sketch_bits(double relative_error) {
    MR_ASSERT(relative_error > 0);
    return std::max(kLeastBits, static_cast<int>(std::ceil(2.0 * std::log(1.106 / relative_error) / std::log(2.0))));
}

std::size_t sketch_words(int bits) {
    MR_ASSERT(bits >= kLeastBits && bits < 32);
    return (std::size_t{1} << bits) / kRegistersAWord + 1;
}

void add_to_sketch(std::span<i64> words, int bits, i64 hash) {
    MR_ASSERT(words.size() == sketch_words(bits));
    const u64 h = static_cast<u64>(hash), padding = u64{1} << (bits - 1);
    raise_register(words, h >> (64 - bits), static_cast<u64>(std::countl_zero(h << bits | padding)) + 1);
}

void merge_sketch(std::span<i64> words, int bits, std::span<const i64> other) {
    MR_ASSERT(words.size() == sketch_words(bits) && other.size() == words.size());
    for (std::size_t i = 0; i < std::size_t{1} << bits; ++i) raise_register(words, i, register_at(other, i));
}

i64 sketch_count(std::span<const i64> words, int bits) {
    MR_ASSERT(words.size() == sketch_words(bits));
    const std::size_t registers = std::size_t{1} << bits;
    const double m = static_cast<double>(registers);
    double inverse = 0, empty = 0;
    for (std::size_t i = 0; i < registers; ++i) {
        const u64 r = register_at(words, i);
        inverse += 1.0 / static_cast<double>(u64{1} << r);
        empty += r == 0 ? 1 : 0;
    }
    const double mean = alpha_squares(bits, m) / inverse;
    if (empty > 0) {
        const double few = m * std::log(m / empty);
        const bool told = bits <= kMostBits && few <= kFew[bits - kLeastBits];
        if (told || mean <= 2.5 * m) return static_cast<i64>(std::floor(few + 0.5));
    }
    const bool biased = bits == kMeasuredBits && mean < 5.0 * m;
    return static_cast<i64>(std::floor((biased ? mean - bias_of(mean) : mean) + 0.5));
}

}  // namespace engine::spark
