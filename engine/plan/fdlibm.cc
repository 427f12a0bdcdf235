#include "engine/plan/fdlibm.h"

#include <bit>
#include <cmath>

#include "engine/sql/types.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

i32 high_word(double x) { return static_cast<i32>(std::bit_cast<u64>(x) >> 32); }
double with_high_word(double x, i32 high) {
    return std::bit_cast<double>((std::bit_cast<u64>(x) & 0xFFFFFFFF) | static_cast<u64>(static_cast<u32>(high)) << 32);
}

/// x = high - low + k ln 2 with |high - low| <= ln 2 / 2.
struct Reduced {
    double high = 0, low = 0;
    int k = 0;
};

Reduced reduced(double x) {
    MR_ASSERT(std::isfinite(x));
    const double size = std::fabs(x);
    Reduced r{x, 0, 0};
    if (size <= 0.5 * 0.6931471805599453) return r;
    if (high_word(size) < 0x3FF0A2B2) r.k = x < 0 ? -1 : 1;
    else r.k = static_cast<int>(1.44269504088896338700 * x + (x < 0 ? -0.5 : 0.5));
    r.high = x - r.k * kLn2High;
    r.low = r.k * kLn2Low;
    return r;
}

}  // namespace

double strict_exp(double x) {
    if (std::isnan(x)) return x;
    if (x > 7.09782712893383973096e+02) return HUGE_VAL;
    if (x < -7.45133219101941108420e+02) return 0;
    if (std::fabs(x) < 3.7252902984619140625e-09) return 1 + x;
    const Reduced r = reduced(x);
    const double y = r.high - r.low, t = y * y;
    const double c = y - t * (1.66666666666666019037e-01 +
                              t * (-2.77777777770155933842e-03 +
                                   t * (6.61375632143793436117e-05 +
                                        t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    if (r.k == 0) return 1 - ((y * c) / (c - 2.0) - y);
    return std::ldexp(1 - ((r.low - (y * c) / (2.0 - c)) - r.high), r.k);
}

double strict_log(double x) {
    if (std::isnan(x) || x < 0) return std::nan("");
    if (x == 0) return -HUGE_VAL;
    if (std::isinf(x)) return x;
    int k = 0;
    if (high_word(x) < 0x00100000) k -= 54, x *= 1.80143985094819840000e+16;
    i32 hx = high_word(x);
    k += (hx >> 20) - 1023;
    hx &= 0x000fffff;
    i32 i = (hx + 0x95f64) & 0x100000;
    x = with_high_word(x, hx | (i ^ 0x3ff00000));
    k += i >> 20;
    const double f = x - 1.0, dk = k;
    if ((0x000fffff & (2 + hx)) < 3) {
        if (f == 0) return k == 0 ? 0 : dk * kLn2High + dk * kLn2Low;
        const double small = f * f * (0.5 - 0.33333333333333333 * f);
        return k == 0 ? f - small : dk * kLn2High - ((small - dk * kLn2Low) - f);
    }
    const double s = f / (2.0 + f), z = s * s, w = z * z;
    i = hx - 0x6147a;
    const i32 j = 0x6b851 - hx;
    const double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const double t2 =
        z * (6.666666666666735130e-01 +
             w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double r = t2 + t1;
    if ((i | j) > 0) {
        const double half = 0.5 * f * f;
        return k == 0 ? f - (half - s * (f + r)) : dk * kLn2High - ((half - (s * (half + r) + dk * kLn2Low)) - f);
    }
    return k == 0 ? f - s * (f - r) : dk * kLn2High - ((s * (f - r) - dk * kLn2Low) - f);
}

double strict_log10(double x) {
    if (std::isnan(x) || x < 0) return std::nan("");
    if (x == 0) return -HUGE_VAL;
    if (std::isinf(x)) return x;
    int k = 0;
    if (high_word(x) < 0x00100000) k -= 54, x *= 1.80143985094819840000e+16;
    k += (high_word(x) >> 20) - 1023;
    const i32 i = k < 0 ? 1 : 0;
    const double y = k + i;
    x = with_high_word(x, (high_word(x) & 0x000fffff) | ((0x3ff - i) << 20));
    const double z = y * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * strict_log(x);
    return z + y * 3.01029995663611771306e-01;
}

}  // namespace engine::spark
