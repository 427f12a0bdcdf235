// Icons as polygons and lines in a 12 px box. A shape has one meaning everywhere; a word stands beside it.
#pragma once

#include "app/ui/canvas.h"

namespace app::ui {

enum class Icon : u8 {
    none,
    crown,           // leader
    star,            // controller
    ring,            // in sync, holds
    dashed_ring,     // out of sync
    cross,           // dead, broken, lost
    cut,             // cut off
    triangle,        // dropped as late: nothing else is a triangle
    square,          // evicted
    flag,            // checkpoint
    check,           // done, right
    question,        // a diamond: open prediction
    bookmark,
    branch,
    warning,
    wait,            // three quarters of an arc
    lens,            // search, why
    chevron,         // goes somewhere
    arrow,           // was -> now
    play,
    pause,
    step_forward,
    step_back,
    stop_forward,    // to the next stop
    stop_back,
    mill,            // the logo
    radio_on,
    radio_off,
    check_box,
    empty_box,
    dot,
    folded_down,     // an open tree node
    hatched,         // not committed
    diamond,         // control marker in a log
};

/// Draws an icon around a centre. `size` is the side of its box, `colour` its own, `inner` what lies on top of a fill.
void icon(Canvas& canvas, Icon which, ImVec2 centre, Colour colour, float size = 12, Colour inner = 0);

/// The name that a person reads: "leader", "in sync".
std::string_view meaning(Icon which);
Colour colour_of(const Theme& theme, Icon which);

}  // namespace app::ui
