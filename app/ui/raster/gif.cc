// Sections: the palette · LZW · the file.
#include "app/ui/raster/gif.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <unordered_map>

#include "sim/base/assert.h"

namespace app::ui {
namespace {

constexpr std::size_t kColours = 256;

// ---- the palette ------------------------------------------------------------------------------------

u32 rgb_of(u32 pixel) { return pixel & 0x00ffffffu; }

i32 distance(u32 a, u32 b) {
    i32 sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        const auto d = static_cast<i32>(a >> shift & 0xff) - static_cast<i32>(b >> shift & 0xff);
        sum += d * d;
    }
    return sum;
}

/// The most frequent colours; every other one takes the nearest of them.
class Palette {
public:
    explicit Palette(const std::vector<FilmFrame>& frames) {
        std::unordered_map<u32, u64> counts;
        for (const FilmFrame& frame : frames)
            for (const u32 pixel : frame.image.pixels) ++counts[rgb_of(pixel)];
        std::vector<std::pair<u64, u32>> all;
        for (const auto& [colour, count] : counts) all.emplace_back(count, colour);
        std::ranges::sort(all, [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
        for (std::size_t i = 0; i < std::min(all.size(), kColours); ++i) {
            place_[all[i].second] = static_cast<u8>(i);
            colours_.push_back(all[i].second);
        }
    }
    u8 operator()(u32 pixel) {
        const u32 colour = rgb_of(pixel);
        const auto known = place_.find(colour);
        if (known != place_.end()) return known->second;
        const auto nearest = std::ranges::min_element(colours_, {}, [&](u32 other) { return distance(colour, other); });
        return place_[colour] = static_cast<u8>(nearest - colours_.begin());
    }
    [[nodiscard]] const std::vector<u32>& colours() const { return colours_; }

private:
    std::unordered_map<u32, u8> place_;
    std::vector<u32> colours_;
};

// ---- LZW --------------------------------------------------------------------------------------------

/// Codes of growing width, lowest bit first, in blocks of at most 255 bytes.
class CodeWriter {
public:
    explicit CodeWriter(std::vector<u8>& out) : out_(out) {}
    void put(u32 code, int width) {
        bits_ |= static_cast<u64>(code) << count_;
        for (count_ += width; count_ >= 8; count_ -= 8, bits_ >>= 8) byte(static_cast<u8>(bits_ & 0xff));
    }
    void end() {
        if (count_ > 0) byte(static_cast<u8>(bits_ & 0xff));
        flush();
        out_.push_back(0);
    }

private:
    void byte(u8 value) {
        block_.push_back(value);
        if (block_.size() == 255) flush();
    }
    void flush() {
        if (block_.empty()) return;
        out_.push_back(static_cast<u8>(block_.size()));
        out_.insert(out_.end(), block_.begin(), block_.end());
        block_.clear();
    }
    std::vector<u8>& out_;
    std::vector<u8> block_;
    u64 bits_ = 0;
    int count_ = 0;
};

void write_lzw(std::vector<u8>& out, const std::vector<u8>& indexes) {
    constexpr u32 kClear = 256, kEnd = 257, kFirst = 258, kMost = 4096;
    constexpr int kRootBits = 8;
    out.push_back(kRootBits);
    CodeWriter codes(out);
    std::unordered_map<u32, u32> table;  // prefix code and next index -> code
    u32 next = kFirst;
    int width = kRootBits + 1;
    codes.put(kClear, width);
    u32 prefix = indexes.front();
    for (std::size_t i = 1; i < indexes.size(); ++i) {
        const u32 key = prefix << 8 | indexes[i];
        const auto known = table.find(key);
        if (known != table.end()) {
            prefix = known->second;
            continue;
        }
        codes.put(prefix, width);
        prefix = indexes[i];
        if (next == kMost) {
            codes.put(kClear, width);
            table.clear();
            next = kFirst;
            width = kRootBits + 1;
            continue;
        }
        if (next == 1u << width) ++width;
        table.emplace(key, next++);
    }
    codes.put(prefix, width);
    codes.put(kEnd, width);
    codes.end();
}

// ---- the file ---------------------------------------------------------------------------------------

void put_u16(std::vector<u8>& out, i32 value) {
    out.push_back(static_cast<u8>(value & 0xff));
    out.push_back(static_cast<u8>(value >> 8 & 0xff));
}

void put_text(std::vector<u8>& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

void put_palette(std::vector<u8>& out, const std::vector<u32>& colours) {
    for (std::size_t i = 0; i < kColours; ++i) {
        const u32 colour = i < colours.size() ? colours[i] : 0;
        for (int shift = 0; shift < 24; shift += 8) out.push_back(static_cast<u8>(colour >> shift & 0xff));
    }
}

void put_frame(std::vector<u8>& out, const FilmFrame& frame, Palette& palette) {
    put_text(out, std::string_view("\x21\xf9\x04\x04", 4));
    put_u16(out, frame.centiseconds);
    put_text(out, std::string_view("\0\0\x2c", 3));
    put_u16(out, 0);
    put_u16(out, 0);
    put_u16(out, frame.image.width);
    put_u16(out, frame.image.height);
    out.push_back(0);
    std::vector<u8> indexes;
    indexes.reserve(frame.image.pixels.size());
    for (const u32 pixel : frame.image.pixels) indexes.push_back(palette(pixel));
    write_lzw(out, indexes);
}

}  // namespace

std::vector<u8> encode_gif(const std::vector<FilmFrame>& frames) {
    MR_ASSERT(!frames.empty() && !frames.front().image.pixels.empty());
    Palette palette(frames);
    std::vector<u8> out;
    put_text(out, "GIF89a");
    put_u16(out, frames.front().image.width);
    put_u16(out, frames.front().image.height);
    put_text(out, std::string_view("\xf7\0\0", 3));  // a global table of 256 colours
    put_palette(out, palette.colours());
    put_text(out, std::string_view("\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", 19));  // again and again
    for (const FilmFrame& frame : frames) {
        MR_ASSERT(frame.image.width == frames.front().image.width && frame.image.height == frames.front().image.height);
        put_frame(out, frame, palette);
    }
    out.push_back(0x3b);
    return out;
}

std::expected<void, std::string> write_gif(const std::vector<FilmFrame>& frames, const std::string& path) {
    const std::vector<u8> bytes = encode_gif(frames);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
    if (file == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
        return std::unexpected(fmt::format("cannot write {}", path));
    return {};
}

}  // namespace app::ui
