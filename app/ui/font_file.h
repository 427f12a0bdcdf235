// Finding a font file on this system, and the two numbers of it that layout needs.
#pragma once

#include <string>
#include <string_view>

#include "app/view_model/base.h"

namespace app::ui {

struct FontFile {
    std::string bytes;          // "" if not found
    float height_in_em = 1.2f;  // ascent plus descent
    float ascent_in_em = 0.95f;

    [[nodiscard]] bool found() const { return !bytes.empty(); }
};

/// Looks in $MILLRACE_FONTS, then where Linux distributions put fonts. `name` is a path below such a folder.
FontFile find_font(std::string_view name);

/// Reads head and hhea of a TrueType or OpenType file; leaves the defaults if they are not there.
void read_metrics(FontFile& file);

}  // namespace app::ui
