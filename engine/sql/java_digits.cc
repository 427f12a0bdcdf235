#include "engine/sql/java_digits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <vector>

#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr int kFractionBits = 52;

/// A natural number of any size, lowest word first, without leading zero words.
struct Natural {
    std::vector<u32> words;
};

Natural natural(u64 v) {
    Natural n;
    for (; v != 0; v >>= 32) n.words.push_back(static_cast<u32>(v));
    MR_ASSERT(n.words.empty() || n.words.back() != 0);
    return n;
}

void multiply(Natural& n, u32 by) {
    MR_ASSERT(by > 0);
    u64 carry = 0;
    for (u32& w : n.words) {
        carry += static_cast<u64>(w) * by;
        w = static_cast<u32>(carry);
        carry >>= 32;
    }
    if (carry != 0) n.words.push_back(static_cast<u32>(carry));
}

void scale(Natural& n, int fives, int twos) {
    MR_ASSERT(fives >= 0 && twos >= 0);
    for (; fives >= 13; fives -= 13) multiply(n, 1'220'703'125);
    for (; fives > 0; --fives) multiply(n, 5);
    for (; twos >= 31; twos -= 31) multiply(n, u32{1} << 31);
    if (twos > 0) multiply(n, u32{1} << twos);
}

std::strong_ordering compare(const Natural& a, const Natural& b) {
    MR_ASSERT((a.words.empty() || a.words.back() != 0) && (b.words.empty() || b.words.back() != 0));
    if (a.words.size() != b.words.size()) return a.words.size() <=> b.words.size();
    for (std::size_t i = a.words.size(); i-- > 0;)
        if (a.words[i] != b.words[i]) return a.words[i] <=> b.words[i];
    return std::strong_ordering::equal;
}

Natural sum(const Natural& a, const Natural& b) {
    Natural out;
    u64 carry = 0;
    for (std::size_t i = 0; i < std::max(a.words.size(), b.words.size()) || carry != 0; ++i) {
        carry += (i < a.words.size() ? a.words[i] : 0);
        carry += (i < b.words.size() ? b.words[i] : 0);
        out.words.push_back(static_cast<u32>(carry));
        carry >>= 32;
    }
    return out;
}

/// Requires a >= b.
void subtract(Natural& a, const Natural& b) {
    MR_ASSERT(compare(a, b) >= 0);
    i64 borrow = 0;
    for (std::size_t i = 0; i < a.words.size(); ++i) {
        const i64 d = static_cast<i64>(a.words[i]) - (i < b.words.size() ? static_cast<i64>(b.words[i]) : 0) + borrow;
        a.words[i] = static_cast<u32>(d);
        borrow = d < 0 ? -1 : 0;
    }
    while (!a.words.empty() && a.words.back() == 0) a.words.pop_back();
}

/// The same operations on numbers that fit a machine word.
struct Small {
    u128 v = 0;
};
void multiply(Small& n, u32 by) { n.v *= by; }
void scale(Small& n, int fives, int twos) {
    for (; fives > 0; --fives) n.v *= 5;
    n.v <<= twos;
}
std::strong_ordering compare(const Small& a, const Small& b) { return a.v <=> b.v; }
Small sum(const Small& a, const Small& b) { return {a.v + b.v}; }
void subtract(Small& a, const Small& b) { a.v -= b.v; }

/// A number as bits: 1.FRACTION * 2^exponent with the leading one at bit 52.
struct Binary {
    u64 bits = 0;
    int exponent = 0;
    int significant = 0;  ///< bits that the type keeps of it
};

struct Powers {
    int b5, b2, s5, s2, m5, m2;
};

/// Bits of 5^n, as the JDK estimates them.
int bits_of_five(int n) {
    static constexpr int kBits[] = {0,  3,  5,  7,  10, 12, 14, 17, 19, 21, 24, 26, 28, 31,
                                    33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56, 59, 61};
    return n < static_cast<int>(std::size(kBits)) ? kBits[n] : n * 3;
}

int estimated_exponent(const Binary& b) {
    const double one = std::bit_cast<double>(u64{1023} << kFractionBits | (b.bits & ((u64{1} << kFractionBits) - 1)));
    return static_cast<int>(std::floor((one - 1.5) * 0.289529654 + 0.176091259 + b.exponent * 0.301029995663981));
}

Powers powers_of(const Binary& b, int fraction_bits, int tiny_bits, int exponent) {
    Powers p{};
    p.b5 = std::max(0, -exponent);
    p.b2 = p.b5 + tiny_bits + b.exponent;
    p.s5 = std::max(0, exponent);
    p.s2 = p.s5 + tiny_bits;
    p.m5 = p.b5;
    p.m2 = p.b2 - b.significant;
    p.b2 -= fraction_bits - 1;
    const int common = std::min(p.b2, p.s2);
    p.b2 -= common, p.s2 -= common, p.m2 -= common;
    if (fraction_bits == 1) p.m2 -= 1;
    if (p.m2 < 0) p.b2 -= p.m2, p.s2 -= p.m2, p.m2 = 0;
    return p;
}

void round_up(JavaDigits& d) {
    MR_ASSERT(!d.digits.empty());
    std::size_t i = d.digits.size() - 1;
    while (i > 0 && d.digits[i] == '9') d.digits[i--] = '0';
    if (d.digits[i] != '9') {
        ++d.digits[i];
        return;
    }
    ++d.point;
    d.digits[0] = '1';
}

/// Digit by digit: B / S is the number, M half a step of it. `wide` = the JDK's comparison for big numbers.
template <class N>
JavaDigits developed(N b, const N& s, N m, int exponent, bool wide) {
    N tens = s;
    multiply(tens, 10);
    bool low = false, high = false;
    const auto digit = [&] {
        char q = '0';
        for (; compare(b, s) >= 0; ++q) subtract(b, s);
        multiply(b, 10);
        multiply(m, 10);
        low = compare(b, m) < 0;
        const auto order = compare(sum(b, m), tens);
        high = wide ? order >= 0 : order > 0;
        return q;
    };
    JavaDigits out;
    const char first = digit();
    if (first == '0' && !high) --exponent;
    else out.digits += first;
    // Outside the plain form there is always a digit after the point.
    if (exponent < -3 || exponent >= 8) low = high = false;
    while (!low && !high) out.digits += digit();
    out.point = exponent + 1;
    multiply(b, 2);
    const auto tie = compare(b, tens);
    const bool odd = (out.digits.back() & 1) != 0;
    if (high && (!low || tie > 0 || (tie == 0 && odd))) round_up(out);
    return out;
}

/// A whole number, without the digits that its type cannot tell apart.
JavaDigits whole_digits(u64 v, int insignificant) {
    JavaDigits out;
    if (insignificant > 0) {
        u64 unit = 1;
        for (int i = 0; i < insignificant; ++i) unit *= 10;
        const u64 rest = v % unit;
        v = v / unit + (rest >= unit / 2 ? 1 : 0);
    }
    out.digits = std::to_string(v);
    out.point = static_cast<int>(out.digits.size()) + insignificant;
    return out;
}

JavaDigits digits_of(const Binary& b) {
    MR_ASSERT((b.bits >> kFractionBits) == 1);
    const int tail = std::countr_zero(b.bits);
    const int fraction_bits = kFractionBits + 1 - tail;
    const int tiny_bits = std::max(0, fraction_bits - b.exponent - 1);
    if (tiny_bits == 0 && b.exponent <= 62 && b.exponent >= -21) {
        const int spare = b.exponent - b.significant - 1;
        const int insignificant = b.exponent > b.significant && spare > 1 ? spare * 30103 / 100000 : 0;
        const u64 v = b.exponent >= kFractionBits ? b.bits << (b.exponent - kFractionBits)
                                                  : b.bits >> (kFractionBits - b.exponent);
        return whole_digits(v, insignificant);
    }
    const int exponent = estimated_exponent(b);
    const Powers p = powers_of(b, fraction_bits, tiny_bits, exponent);
    const bool wide = fraction_bits + p.b2 + bits_of_five(p.b5) >= 64 || p.s2 + 1 + bits_of_five(p.s5 + 1) >= 64;
    const auto run = [&](auto number, auto unit, auto half) {
        scale(number, p.b5, p.b2), scale(unit, p.s5, p.s2), scale(half, p.m5, p.m2);
        return developed(number, unit, half, exponent, wide);
    };
    const u64 bits = b.bits >> tail;
    return wide ? run(natural(bits), natural(1), natural(1)) : run(Small{bits}, Small{1}, Small{1});
}

JavaDigits trimmed(JavaDigits d) {
    while (d.digits.size() > 1 && d.digits.back() == '0') d.digits.pop_back();
    return d;
}

}  // namespace

JavaDigits java_digits(double v) {
    MR_ASSERT(v > 0 && std::isfinite(v));
    const u64 raw = std::bit_cast<u64>(v);
    const u64 fraction = raw & ((u64{1} << kFractionBits) - 1);
    const int exponent = static_cast<int>(raw >> kFractionBits);
    if (exponent != 0)
        return trimmed(digits_of({fraction | u64{1} << kFractionBits, exponent - 1023, kFractionBits + 1}));
    const int leading = std::countl_zero(fraction);
    const int shift = leading - (63 - kFractionBits);
    return trimmed(digits_of({fraction << shift, 1 - shift - 1023, 64 - leading}));
}

JavaDigits java_digits(float v) {
    MR_ASSERT(v > 0 && std::isfinite(v));
    constexpr int kShort = 23;
    const u32 raw = std::bit_cast<u32>(v);
    const u32 fraction = raw & ((u32{1} << kShort) - 1);
    const int exponent = static_cast<int>(raw >> kShort);
    const auto wide = [](u32 bits) { return static_cast<u64>(bits) << (kFractionBits - kShort); };
    if (exponent != 0) return trimmed(digits_of({wide(fraction | u32{1} << kShort), exponent - 127, kShort + 1}));
    const int leading = std::countl_zero(fraction);
    const int shift = leading - (31 - kShort);
    return trimmed(digits_of({wide(fraction << shift), 1 - shift - 127, 32 - leading}));
}

}  // namespace engine::spark
