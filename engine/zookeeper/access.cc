#include "engine/zookeeper/access.h"

#include <algorithm>
#include <bit>

#include "sim/base/assert.h"

namespace engine::zookeeper {
namespace {

// ---- SHA-1 (FIPS 180-4), which ZooKeeper's digest scheme stores passwords by -----------------------

constexpr u32 kBlockBytes = 64;
using Words = std::array<u32, 5>;

std::vector<u8> padded(const std::string& text) {
    std::vector<u8> bytes(text.begin(), text.end());
    bytes.push_back(0x80);
    while (bytes.size() % kBlockBytes != kBlockBytes - sizeof(u64)) bytes.push_back(0);
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<u8>(u64{text.size()} * 8 >> shift));
    MR_ASSERT(bytes.size() % kBlockBytes == 0);
    return bytes;
}

u32 mixed(u32 round, u32 b, u32 c, u32 d) {
    MR_ASSERT(round < 80);
    if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
    if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
    if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

void take_block(Words& state, const u8* block) {
    std::array<u32, 80> w{};
    for (u32 i = 0; i < 16; ++i)
        w[i] = u32{block[4 * i]} << 24 | u32{block[4 * i + 1]} << 16 | u32{block[4 * i + 2]} << 8 | block[4 * i + 3];
    for (u32 i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (u32 i = 0; i < 80; ++i) {
        const u32 next = std::rotl(a, 5) + mixed(i, b, c, d) + e + w[i];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    const Words sum{a, b, c, d, e};
    for (u32 i = 0; i < sum.size(); ++i) state[i] += sum[i];
}

std::string sha1(const std::string& text) {
    Words state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const std::vector<u8> bytes = padded(text);
    for (std::size_t at = 0; at < bytes.size(); at += kBlockBytes) take_block(state, bytes.data() + at);
    std::string digest;
    for (const u32 word : state)
        for (int shift = 24; shift >= 0; shift -= 8) digest += static_cast<char>(static_cast<u8>(word >> shift));
    MR_ASSERT(digest.size() == 20);
    return digest;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static_assert(kDigits.size() == 64);
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        u32 word = 0;
        for (std::size_t i = 0; i < 3; ++i)
            word = word << 8 | (at + i < bytes.size() ? static_cast<u8>(bytes[at + i]) : 0);
        for (std::size_t i = 0; i < 4; ++i) text += at + i > bytes.size() ? '=' : kDigits[word >> (18 - 6 * i) & 63];
    }
    return text;
}

bool entry_means_something(const Acl& entry) {
    if (entry.scheme == "world") return entry.id == "anyone";
    if (entry.scheme == "digest") return std::ranges::count(entry.id, ':') == 1;
    return entry.scheme == "ip" && std::ranges::count(entry.id, '.') == 3;
}

}  // namespace

bool may(const std::vector<Acl>& acl, i32 permissions, const Identities* ids) {
    if (ids == nullptr || acl.empty()) return true;
    for (const Acl& entry : acl) {
        if ((entry.perms & permissions) == 0) continue;
        if (entry.scheme == "world" && entry.id == "anyone") return true;
        for (const Acl& id : *ids)
            if (id.scheme == entry.scheme && id.id == entry.id) return true;
    }
    return false;
}

bool is_auth_scheme(const std::string& scheme) { return scheme == "digest" || scheme == "ip"; }

Acl digest_identity(const std::string& user_and_password) {
    const std::string user = user_and_password.substr(0, user_and_password.find(':'));
    return {0, "digest", user + ":" + base64(sha1(user_and_password))};
}

std::vector<Acl> stored_acl(const std::vector<Acl>& asked, const Identities& ids) {
    std::vector<Acl> stored;
    for (const Acl& entry : asked) {
        if (entry.scheme == "auth") {
            const std::size_t before = stored.size();
            for (const Acl& id : ids)
                if (id.scheme == "digest") stored.push_back({entry.perms, id.scheme, id.id});
            if (stored.size() == before) return {};
        } else if (entry_means_something(entry)) {
            stored.push_back(entry);
        } else {
            return {};
        }
    }
    return stored;
}

}  // namespace engine::zookeeper
