#include "engine/plan/digests.h"

#include <array>
#include <cmath>
#include <vector>

#include "sim/base/ascii.h"
#include "sim/base/big_endian.h"

namespace engine::spark {

namespace {

u32 rotate_left(u32 v, u32 n) { return (v << n) | (v >> (32 - n)); }
u32 rotate_right(u32 v, u32 n) { return (v >> n) | (v << (32 - n)); }
u64 rotate_right(u64 v, u32 n) { return (v >> n) | (v << (64 - n)); }

/// Message, 0x80, zeros, length in bits; `block` 64 or 128 bytes.
std::vector<u8> padded(std::string_view data, std::size_t block, bool big_endian) {
    std::vector<u8> out(data.begin(), data.end());
    const u64 bits = static_cast<u64>(data.size()) * 8;
    out.push_back(0x80);
    while (out.size() % block != block - 8) out.push_back(0);
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<u8>(bits >> (8 * (big_endian ? 7 - i : i))));
    return out;
}

template <class T>
std::string big_bytes(const std::vector<T>& words, std::size_t bytes) {
    std::string out;
    for (const T w : words)
        for (int i = static_cast<int>(sizeof(T)) - 1; i >= 0; --i) out += static_cast<char>(w >> (8 * i));
    return out.substr(0, bytes);
}

/// The first 64 bits of the fractional parts of roots of primes, of which SHA-2's constants are made.
u64 root_fraction(u64 prime, int root) {
    // Integer root of prime * 2^(64*root) by bisection, in 256 bits of long multiplication.
    __extension__ typedef unsigned __int128 u128_;
    u128_ low = 0, high = static_cast<u128_>(1) << 70;
    const auto too_big = [&](u128_ x) {
        // Compares x^root with prime << (64 * root) in limbs of 32 bits.
        std::vector<u32> limbs = {1};
        for (int r = 0; r < root; ++r) {
            std::vector<u32> next(limbs.size() + 4, 0);
            for (std::size_t i = 0; i < limbs.size(); ++i) {
                u64 carry = 0;
                for (std::size_t j = 0; j < 3 || carry != 0; ++j) {
                    const u64 part = j < 3 ? static_cast<u64>(static_cast<u32>(x >> (32 * j))) : 0;
                    const u64 sum = static_cast<u64>(limbs[i]) * part + next[i + j] + carry;
                    next[i + j] = static_cast<u32>(sum);
                    carry = sum >> 32;
                    if (i + j + 1 >= next.size()) next.push_back(0);
                }
            }
            while (next.size() > 1 && next.back() == 0) next.pop_back();
            limbs = next;
        }
        std::vector<u32> target(static_cast<std::size_t>(2 * root) + 2, 0);
        target[static_cast<std::size_t>(2 * root)] = static_cast<u32>(prime);
        while (target.back() == 0) target.pop_back();
        if (limbs.size() != target.size()) return limbs.size() > target.size();
        for (std::size_t i = limbs.size(); i-- > 0;)
            if (limbs[i] != target[i]) return limbs[i] > target[i];
        return false;
    };
    while (high - low > 1) {
        const u128_ middle = low + (high - low) / 2;
        (too_big(middle) ? high : low) = middle;
    }
    return static_cast<u64>(low);
}

std::vector<u64> primes(std::size_t n) {
    std::vector<u64> out;
    for (u64 p = 2; out.size() < n; ++p) {
        bool prime = true;
        for (const u64 q : out) prime = prime && p % q != 0;
        if (prime) out.push_back(p);
    }
    return out;
}

const std::array<u64, 80>& constants() {
    static const auto kTable = [] {
        std::array<u64, 80> out{};
        const auto p = primes(80);
        for (std::size_t i = 0; i < 80; ++i) out[i] = root_fraction(p[i], 3);
        return out;
    }();
    return kTable;
}

std::vector<u64> initial(i64 bits) {
    const auto p = primes(16);
    std::vector<u64> out;
    for (std::size_t i = 0; i < 8; ++i) {
        const u64 v = root_fraction(p[bits == 384 || bits == 224 ? i + 8 : i], 2);
        out.push_back(bits == 256 ? v >> 32 : bits == 224 ? v & 0xFFFFFFFFu : v);
    }
    return out;
}

std::string sha_small(std::string_view data, i64 bits) {
    std::vector<u32> h;
    for (const u64 v : initial(bits)) h.push_back(static_cast<u32>(v));
    const auto message = padded(data, 64, true);
    for (std::size_t at = 0; at < message.size(); at += 64) {
        std::array<u32, 64> w{};
        for (std::size_t i = 0; i < 16; ++i) w[i] = sim::load_big_endian<u32>(&message[at + 4 * i]);
        for (std::size_t i = 16; i < 64; ++i) {
            const u32 s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ (w[i - 15] >> 3);
            const u32 s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        std::vector<u32> v = h;
        for (std::size_t i = 0; i < 64; ++i) {
            const u32 s1 = rotate_right(v[4], 6) ^ rotate_right(v[4], 11) ^ rotate_right(v[4], 25);
            const u32 t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + static_cast<u32>(constants()[i] >> 32) + w[i];
            const u32 s0 = rotate_right(v[0], 2) ^ rotate_right(v[0], 13) ^ rotate_right(v[0], 22);
            const u32 t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v = {t1 + t2, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
        }
        for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
    }
    return big_bytes(h, static_cast<std::size_t>(bits / 8));
}

std::vector<u8> padded_large(std::string_view data) {
    std::vector<u8> out(data.begin(), data.end());
    out.push_back(0x80);
    while (out.size() % 128 != 120) out.push_back(0);
    const u64 bits = static_cast<u64>(data.size()) * 8;
    for (int i = 7; i >= 0; --i) out.push_back(static_cast<u8>(bits >> (8 * i)));
    return out;
}

std::string sha_large(std::string_view data, i64 bits) {
    std::vector<u64> h = initial(bits);
    const auto message = padded_large(data);
    for (std::size_t at = 0; at < message.size(); at += 128) {
        std::array<u64, 80> w{};
        for (std::size_t i = 0; i < 16; ++i) w[i] = sim::load_big_endian<u64>(&message[at + 8 * i]);
        for (std::size_t i = 16; i < 80; ++i) {
            const u64 s0 = rotate_right(w[i - 15], 1) ^ rotate_right(w[i - 15], 8) ^ (w[i - 15] >> 7);
            const u64 s1 = rotate_right(w[i - 2], 19) ^ rotate_right(w[i - 2], 61) ^ (w[i - 2] >> 6);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        std::vector<u64> v = h;
        for (std::size_t i = 0; i < 80; ++i) {
            const u64 s1 = rotate_right(v[4], 14) ^ rotate_right(v[4], 18) ^ rotate_right(v[4], 41);
            const u64 t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants()[i] + w[i];
            const u64 s0 = rotate_right(v[0], 28) ^ rotate_right(v[0], 34) ^ rotate_right(v[0], 39);
            const u64 t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v = {t1 + t2, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
        }
        for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
    }
    return big_bytes(h, static_cast<std::size_t>(bits / 8));
}

}  // namespace

std::string md5(std::string_view data) {
    static constexpr u32 kShift[] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    std::array<u32, 4> h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    const auto message = padded(data, 64, false);
    for (std::size_t at = 0; at < message.size(); at += 64) {
        std::array<u32, 4> v = h;
        for (u32 i = 0; i < 64; ++i) {
            const u32 f = i < 16   ? (v[1] & v[2]) | (~v[1] & v[3])
                          : i < 32 ? (v[3] & v[1]) | (~v[3] & v[2])
                          : i < 48 ? v[1] ^ v[2] ^ v[3]
                                   : v[2] ^ (v[1] | ~v[3]);
            const u32 g = i < 16 ? i : i < 32 ? (5 * i + 1) % 16 : i < 48 ? (3 * i + 5) % 16 : (7 * i) % 16;
            const u8* p = &message[at + 4 * g];
            const u32 word = static_cast<u32>(p[0]) | static_cast<u32>(p[1]) << 8 | static_cast<u32>(p[2]) << 16 |
                             static_cast<u32>(p[3]) << 24;
            const u32 constant =
                static_cast<u32>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
            const u32 sum = v[0] + f + constant + word;
            v = {v[3], v[1] + rotate_left(sum, kShift[i / 16 * 4 + i % 4]), v[1], v[2]};
        }
        for (std::size_t i = 0; i < 4; ++i) h[i] += v[i];
    }
    std::string out;
    for (const u32 w : h)
        for (int i = 0; i < 4; ++i) out += static_cast<char>(w >> (8 * i));
    return out;
}

std::string sha1(std::string_view data) {
    std::vector<u32> h = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    const auto message = padded(data, 64, true);
    for (std::size_t at = 0; at < message.size(); at += 64) {
        std::array<u32, 80> w{};
        for (std::size_t i = 0; i < 16; ++i) w[i] = sim::load_big_endian<u32>(&message[at + 4 * i]);
        for (std::size_t i = 16; i < 80; ++i) w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        u32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (std::size_t i = 0; i < 80; ++i) {
            const u32 f = i < 20   ? (b & c) | (~b & d)
                          : i < 40 ? b ^ c ^ d
                          : i < 60 ? (b & c) | (b & d) | (c & d)
                                   : b ^ c ^ d;
            const u32 k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
            const u32 next = rotate_left(a, 5) + f + e + k + w[i];
            e = d;
            d = c;
            c = rotate_left(b, 30);
            b = a;
            a = next;
        }
        h[0] += a;
        h[1] += b;
        h[2] += c;
        h[3] += d;
        h[4] += e;
    }
    return big_bytes(h, 20);
}

std::string sha2(std::string_view data, i64 bits) {
    if (bits == 0) bits = 256;
    if (bits == 224 || bits == 256) return sha_small(data, bits);
    return bits == 384 || bits == 512 ? sha_large(data, bits) : "";
}

u32 crc32(std::string_view data) {
    u32 crc = ~0u;
    for (const char c : data) {
        crc ^= static_cast<u8>(c);
        for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

std::string hex_lower(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        out += "0123456789abcdef"[static_cast<u8>(c) >> 4];
        out += "0123456789abcdef"[static_cast<u8>(c) & 15];
    }
    return out;
}

std::string hex_upper(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        out += "0123456789ABCDEF"[static_cast<u8>(c) >> 4];
        out += "0123456789ABCDEF"[static_cast<u8>(c) & 15];
    }
    return out;
}

std::optional<std::string> unhexed(std::string s) {
    if (s.size() % 2 == 1) s.insert(0, "0");
    std::string out;
    for (std::size_t i = 0; i < s.size(); i += 2) {
        const int high = sim::hex_digit(s[i]), low = sim::hex_digit(s[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

}  // namespace engine::spark
