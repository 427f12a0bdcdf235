#include "app/ui/widgets/stop_bars.h"

namespace app::ui {

void stop_bars(Canvas& canvas, float x, float y, float width, i32 stop, i32 stops) {
    if (stops <= 0) return;
    const Theme& theme = *canvas.theme;
    const float gap = stops > 24 ? 2.0f : 4.0f;
    const float one = (width - gap * static_cast<float>(stops - 1)) / static_cast<float>(stops);
    for (i32 i = 1; i <= stops; ++i) {
        const Rect bar{x + (one + gap) * static_cast<float>(i - 1), y, one, 4};
        if (i == stop && theme.now_edge != theme.now) fill(canvas, bar.inset(-1), theme.now_edge, 2);
        fill(canvas, bar, i < stop ? theme.ink : i == stop ? theme.now : theme.raised, 2);
    }
}

}  // namespace app::ui
