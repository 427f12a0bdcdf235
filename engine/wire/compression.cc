#include "engine/wire/compression.h"

#include <lz4frame.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstring>

#include "sim/base/assert.h"
#include "sim/base/big_endian.h"

namespace engine::wire {
namespace {

using Bytes = std::vector<u8>;
using Unpacked = std::expected<Bytes, ErrorCode>;

constexpr std::array kNames = {std::string_view{"none"}, std::string_view{"gzip"}, std::string_view{"snappy"},
                               std::string_view{"lz4"}, std::string_view{"zstd"}};
constexpr u32 kStep = 64 << 10;
static_assert(kNames.size() == static_cast<std::size_t>(Codec::zstd) + 1 && kStep < kMostUnpackedBytes);

Unpacked corrupt() { return std::unexpected(ErrorCode::corrupt_message); }

// ---- gzip ---------------------------------------------------------------------------------------

Bytes gzip(std::span<const u8> bytes) {
    z_stream stream{};
    constexpr int kGzipWrapper = 15 + 16;
    const int status = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWrapper, 8, Z_DEFAULT_STRATEGY);
    MR_ASSERT(status == Z_OK);
    Bytes out(deflateBound(&stream, bytes.size()));
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    const int end = deflate(&stream, Z_FINISH);
    MR_ASSERT(end == Z_STREAM_END && stream.avail_in == 0);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Unpacked gunzip(std::span<const u8> bytes) {
    z_stream stream{};
    constexpr int kGzipWrapper = 15 + 16;
    if (inflateInit2(&stream, kGzipWrapper) != Z_OK) return corrupt();
    Bytes out;
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    int status = Z_OK;
    while (status == Z_OK && out.size() < kMostUnpackedBytes) {
        const auto done = out.size();
        out.resize(done + kStep);
        stream.next_out = out.data() + done;
        stream.avail_out = kStep;
        status = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) return corrupt();
    return out;
}

// ---- snappy -------------------------------------------------------------------------------------

constexpr std::array<u8, 16> kXerialHeader = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr u32 kXerialBlock = 32 << 10;
static_assert(kXerialHeader.size() == 16 && kXerialHeader[11] == 1 &&
              kXerialHeader[15] == 1);  // version, compatible with

void put_big_endian(Bytes& out, u32 value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<u8>(value >> shift));
}

Bytes snappy(std::span<const u8> bytes) {
    Bytes out(kXerialHeader.begin(), kXerialHeader.end());
    for (std::size_t at = 0; at < bytes.size(); at += kXerialBlock) {
        const auto block = bytes.subspan(at, std::min<std::size_t>(kXerialBlock, bytes.size() - at));
        std::vector<char> packed(snappy_max_compressed_length(block.size()));
        std::size_t length = packed.size();
        const auto status =
            snappy_compress(reinterpret_cast<const char*>(block.data()), block.size(), packed.data(), &length);
        MR_ASSERT(status == SNAPPY_OK);
        put_big_endian(out, static_cast<u32>(length));
        out.insert(out.end(), packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(length));
    }
    return out;
}

bool append_unsnapped(std::span<const u8> block, Bytes& out) {
    const auto* source = reinterpret_cast<const char*>(block.data());
    std::size_t length = 0;
    if (snappy_uncompressed_length(source, block.size(), &length) != SNAPPY_OK) return false;
    if (length + out.size() > kMostUnpackedBytes) return false;
    const auto done = out.size();
    out.resize(done + length);
    return snappy_uncompress(source, block.size(), reinterpret_cast<char*>(out.data() + done), &length) == SNAPPY_OK;
}

Unpacked unsnap(std::span<const u8> bytes) {
    Bytes out;
    const bool xerial = bytes.size() >= 16 && std::memcmp(bytes.data(), kXerialHeader.data(), 8) == 0;
    if (!xerial) return append_unsnapped(bytes, out) ? Unpacked(std::move(out)) : corrupt();
    for (std::size_t at = 16; at < bytes.size();) {
        if (bytes.size() - at < 4) return corrupt();
        const auto length = sim::load_big_endian<u32>(bytes.data() + at);
        at += 4;
        if (length > bytes.size() - at || !append_unsnapped(bytes.subspan(at, length), out)) return corrupt();
        at += length;
    }
    return out;
}

// ---- lz4 and zstd -------------------------------------------------------------------------------

Bytes lz4(std::span<const u8> bytes) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.blockMode = LZ4F_blockIndependent;
    Bytes out(LZ4F_compressFrameBound(bytes.size(), &preferences));
    const auto length = LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), &preferences);
    MR_ASSERT(LZ4F_isError(length) == 0);
    out.resize(length);
    return out;
}

Unpacked unlz4(std::span<const u8> bytes) {
    LZ4F_dctx* context = nullptr;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0) return corrupt();
    Bytes out;
    std::size_t at = 0, hint = 1;
    while (hint != 0 && at < bytes.size() && out.size() < kMostUnpackedBytes) {
        const auto done = out.size();
        out.resize(done + kStep);
        std::size_t produced = kStep, consumed = bytes.size() - at;
        hint = LZ4F_decompress(context, out.data() + done, &produced, bytes.data() + at, &consumed, nullptr);
        out.resize(done + (LZ4F_isError(hint) != 0 ? 0 : produced));
        if (LZ4F_isError(hint) != 0 || (produced == 0 && consumed == 0)) break;
        at += consumed;
    }
    LZ4F_freeDecompressionContext(context);
    if (hint != 0) return corrupt();
    return out;
}

Bytes zstd(std::span<const u8> bytes) {
    Bytes out(ZSTD_compressBound(bytes.size()));
    const auto length = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3);
    MR_ASSERT(ZSTD_isError(length) == 0);
    out.resize(length);
    return out;
}

Unpacked unzstd(std::span<const u8> bytes) {
    ZSTD_DStream* stream = ZSTD_createDStream();
    Bytes out;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t hint = 1;
    while (hint != 0 && out.size() < kMostUnpackedBytes) {
        const auto done = out.size();
        out.resize(done + kStep);
        ZSTD_outBuffer to{out.data() + done, kStep, 0};
        hint = ZSTD_decompressStream(stream, &to, &in);
        out.resize(done + to.pos);
        if (ZSTD_isError(hint) != 0 || (in.pos == in.size && to.pos == 0)) break;
    }
    ZSTD_freeDStream(stream);
    if (hint != 0) return corrupt();
    return out;
}

}  // namespace

std::string_view name_of(Codec codec) {
    const auto index = static_cast<std::size_t>(codec);
    return index < kNames.size() ? kNames[index] : "unknown";
}

std::vector<u8> compress(Codec codec, std::span<const u8> bytes) {
    switch (codec) {
        case Codec::none: break;
        case Codec::gzip: return gzip(bytes);
        case Codec::snappy: return snappy(bytes);
        case Codec::lz4: return lz4(bytes);
        case Codec::zstd: return zstd(bytes);
    }
    return {bytes.begin(), bytes.end()};
}

std::expected<std::vector<u8>, ErrorCode> decompress(Codec codec, std::span<const u8> bytes) {
    switch (codec) {
        case Codec::none: return Bytes(bytes.begin(), bytes.end());
        case Codec::gzip: return gunzip(bytes);
        case Codec::snappy: return unsnap(bytes);
        case Codec::lz4: return unlz4(bytes);
        case Codec::zstd: return unzstd(bytes);
    }
    return corrupt();
}

}  // namespace engine::wire
