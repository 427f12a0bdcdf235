#include "engine/stream/state_file.h"

#include <lz4.h>
#include <xxhash.h>

#include <cstring>

#include "engine/sql/types.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr std::size_t kWord = 8;
constexpr std::string_view kMagic = "LZ4Block";
constexpr std::size_t kHeader = 21, kBlock = 32 * 1024;
constexpr u8 kRaw = 0x15, kCompressed = 0x25;
constexpr u32 kSeed = 0x9747b28c;

void put_le32(std::string& out, u32 v) {
    for (int i = 0; i < 4; ++i) out += static_cast<char>(v >> (8 * i));
}

u32 le32(std::string_view s, std::size_t at) {
    MR_ASSERT(at + 4 <= s.size());
    u32 v = 0;
    for (std::size_t i = 0; i < 4; ++i) v |= static_cast<u32>(static_cast<u8>(s[at + i])) << (8 * i);
    return v;
}

/// Grows a text by bytes that the caller fills; where they begin.
char* grow(std::string& text, std::size_t more) {
    const std::size_t at = text.size(), size = at + more;
    // The size that is handed on may be the room that the text has now: libstdc++ 12 does so.
    text.resize_and_overwrite(size, [size](char*, std::size_t) { return size; });
    MR_ASSERT(text.size() == size);
    return text.data() + at;
}

/// A header, then the block as LZ4 makes it, or as it is.
void put_block(std::string& out, std::string_view raw) {
    MR_ASSERT(raw.size() <= kBlock);
    const std::size_t header = out.size(),
                      room = static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size())));
    grow(out, kHeader + room);
    const int n = raw.empty() ? 0
                              : LZ4_compress_default(raw.data(), out.data() + header + kHeader,
                                                     static_cast<int>(raw.size()), static_cast<int>(room));
    const bool gains = n > 0 && static_cast<std::size_t>(n) < raw.size();
    const std::size_t size = gains ? static_cast<std::size_t>(n) : raw.size();
    std::string head(kMagic);
    head += static_cast<char>(gains ? kCompressed : kRaw);
    put_le32(head, static_cast<u32>(size));
    put_le32(head, static_cast<u32>(raw.size()));
    put_le32(head, raw.empty() ? 0 : XXH32(raw.data(), raw.size(), kSeed) & 0x0fffffff);
    MR_ASSERT(head.size() == kHeader);
    out.replace(header, kHeader, head);
    if (!gains) out.replace(header + kHeader, size, raw);
    out.resize(header + kHeader + size);
}

void put_blocks(std::string& out, std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += kBlock) put_block(out, bytes.substr(at, kBlock));
}

void put_be32(std::string& out, u32 v) {
    const char bytes[4] = {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8),
                           static_cast<char>(v)};
    out.append(bytes, 4);
}

std::optional<i64> be32(std::string_view s, std::size_t at) {
    if (at + 4 > s.size()) return std::nullopt;
    u32 v = 0;
    for (std::size_t i = 0; i < 4; ++i) v = v << 8 | static_cast<u8>(s[at + i]);
    return static_cast<sim::i32>(v);
}

}  // namespace

std::string lz4_blocks(std::string_view bytes) {
    std::string out;
    put_blocks(out, bytes);
    put_block(out, {});
    MR_ASSERT(out.size() >= kHeader);
    return out;
}

std::optional<std::string> from_lz4_blocks(std::string_view bytes) {
    std::string out;
    std::size_t at = 0;
    for (;;) {
        if (at + kHeader > bytes.size() || bytes.substr(at, 8) != kMagic) return std::nullopt;
        const u8 token = static_cast<u8>(bytes[at + 8]);
        const std::size_t packed = le32(bytes, at + 9), raw = le32(bytes, at + 13);
        const u32 check = le32(bytes, at + 17);
        at += kHeader;
        if (raw == 0) return out;
        if (raw > 64 * kBlock || at + packed > bytes.size()) return std::nullopt;
        std::string block(raw, '\0');
        if (token == kRaw && packed == raw) block = bytes.substr(at, raw);
        else if (LZ4_decompress_safe(bytes.data() + at, block.data(), static_cast<int>(packed),
                                     static_cast<int>(raw)) != static_cast<int>(raw))
            return std::nullopt;
        if ((XXH32(block.data(), block.size(), kSeed) & 0x0fffffff) != check) return std::nullopt;
        out += block;
        at += packed;
    }
}

namespace {

void be32_at(char* to, u32 v) {
    const u32 turned = __builtin_bswap32(v);
    std::memcpy(to, &turned, sizeof turned);
}

/// Room for a change. Blocks that the changes before it have filled are packed first.
char* grow_open(StateBody& body, std::size_t more) {
    if (body.open.size() >= kBlock) {
        const std::size_t full = body.open.size() - body.open.size() % kBlock;
        put_blocks(body.blocks, std::string_view(body.open).substr(0, full));
        body.open.erase(0, full);
    }
    MR_ASSERT(body.open.size() < kBlock);
    return grow(body.open, more);
}

}  // namespace

ChangePlaces grow_change(StateBody& body, std::size_t key_size, std::size_t value_size) {
    MR_ASSERT(key_size % kWord == 0);
    char* to = grow_open(body, 8 + key_size + value_size);
    be32_at(to, static_cast<u32>(key_size));
    be32_at(to + 4 + key_size, static_cast<u32>(value_size));
    return {to + 4, to + 8 + key_size};
}

void put_change(StateBody& body, std::string_view key, std::string_view value) {
    const ChangePlaces to = grow_change(body, key.size(), value.size());
    std::memcpy(to.key, key.data(), key.size());
    std::memcpy(to.value, value.data(), value.size());
}

char* grow_removal(StateBody& body, std::size_t key_size) {
    MR_ASSERT(key_size % kWord == 0);
    char* to = grow_open(body, 8 + key_size);
    be32_at(to, static_cast<u32>(key_size));
    be32_at(to + 4 + key_size, UINT32_MAX);
    return to + 4;
}

void put_removal(StateBody& body, std::string_view key) {
    std::memcpy(grow_removal(body, key.size()), key.data(), key.size());
}

std::string state_file_of(const StateBody& body) {
    std::string out = body.blocks, last = body.open;
    put_be32(last, UINT32_MAX);
    put_blocks(out, last);
    put_block(out, {});
    MR_ASSERT(out.size() > kHeader);
    return out;
}

std::string state_file(const std::vector<StateChange>& changes) {
    StateBody body;
    for (const StateChange& c : changes) {
        if (c.value) put_change(body, c.key, *c.value);
        else put_removal(body, c.key);
    }
    return state_file_of(body);
}

namespace {

std::optional<std::vector<StateChange>> changes_in(std::string_view body) {
    std::vector<StateChange> out;
    std::size_t at = 0;
    while (at < body.size()) {
        const auto key = be32(body, at);
        if (!key || *key < 0) return std::nullopt;
        const auto n = static_cast<std::size_t>(*key);
        if (at + 8 + n > body.size()) return std::nullopt;
        StateChange c{std::string(body.substr(at + 4, n)), std::nullopt};
        at += 4 + n;
        const i64 value = *be32(body, at);
        at += 4;
        if (value >= 0) {
            if (at + static_cast<std::size_t>(value) > body.size()) return std::nullopt;
            c.value = std::string(body.substr(at, static_cast<std::size_t>(value)));
            at += static_cast<std::size_t>(value);
        }
        out.push_back(std::move(c));
    }
    MR_ASSERT(at == body.size());
    return out;
}

}  // namespace

std::optional<std::vector<StateChange>> changes_of(const StateBody& body) {
    if (body.blocks.empty()) return changes_in(body.open);
    const auto packed = from_lz4_blocks(body.blocks + lz4_blocks({}));
    return packed ? changes_in(*packed + body.open) : std::nullopt;
}

std::optional<std::vector<StateChange>> read_state_file(std::string_view bytes) {
    constexpr std::size_t kEndBytes = 4;   // a length of -1 ends the file
    const auto body = from_lz4_blocks(bytes);
    if (!body || body->size() < kEndBytes || be32(*body, body->size() - kEndBytes) != -1) return std::nullopt;
    return changes_in(std::string_view(*body).substr(0, body->size() - kEndBytes));
}

}  // namespace engine::spark
