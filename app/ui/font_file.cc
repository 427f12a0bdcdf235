#include "app/ui/font_file.h"

#include <cstdlib>
#include <cstring>
#include <vector>

#include "app/lab/host/files.h"

namespace app::ui {
namespace {

/// The same file has several homes: Debian sorts by format, others by family.
std::vector<std::string> places(std::string_view name) {
    std::vector<std::string> out;
    const std::string file(name.substr(name.find_last_of('/') + 1));
    if (const char* own = std::getenv("MILLRACE_FONTS"); own != nullptr) out.push_back(std::string(own) + "/" + file);
    for (const char* root : {"/usr/share/fonts/", "/usr/local/share/fonts/"}) {
        out.push_back(root + std::string(name));
        out.push_back(root + file);
    }
    return out;
}

u32 big_endian(const FontFile& file, std::size_t at, std::size_t count) {
    u32 value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = (value << 8) | (at + i < file.bytes.size() ? static_cast<u8>(file.bytes[at + i]) : 0u);
    return value;
}

float signed_16(const FontFile& file, std::size_t at) {
    return static_cast<float>(static_cast<std::int16_t>(big_endian(file, at, 2)));
}

/// Where a table starts; 0 if the file has none of that name.
std::size_t table(const FontFile& file, const char* tag) {
    const u32 count = big_endian(file, 4, 2);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t record = 12 + 16 * i;
        if (record + 16 > file.bytes.size()) return 0;
        if (std::memcmp(file.bytes.data() + record, tag, 4) == 0) return big_endian(file, record + 8, 4);
    }
    return 0;
}

}  // namespace

FontFile find_font(std::string_view name) {
    FontFile file;
    for (const std::string& path : places(name)) {
        file.bytes = lab::read_file(path).value_or("");
        if (file.found()) break;
    }
    if (file.found()) read_metrics(file);
    return file;
}

void read_metrics(FontFile& file) {
    const std::size_t head = table(file, "head");
    const std::size_t hhea = table(file, "hhea");
    if (head == 0 || hhea == 0) return;
    const auto units = static_cast<float>(big_endian(file, head + 18, 2));
    const float ascent = signed_16(file, hhea + 4);
    const float descent = signed_16(file, hhea + 6);
    if (units <= 0 || ascent <= descent) return;
    file.height_in_em = (ascent - descent) / units;
    file.ascent_in_em = ascent / units;
}

}  // namespace app::ui
