// The Checkpoint view: four legs a batch, the files, and what stands in one of them.
#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/views/query_tables.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kFileRow = 30, kNoteLine = 18;
constexpr std::string_view kLegs[] = {"offsets/N", "state", "sink", "commits/N"};

float batches(Canvas& canvas, const Rect& rect, const CheckpointVm& vm) {
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, "Batches", "what of each is on disk, in the order in which it is written");
    float y = rect.y + 30;
    const float first = rect.x + 70, step = std::min(112.0f, (rect.w - 70) * 0.15f);
    text(canvas, rect.x, y + 10, {Face::semibold, Size::hint}, theme.mid, "batch");
    for (std::size_t i = 0; i < std::size(kLegs); ++i)
        text(canvas, first + step * static_cast<float>(i), y + 10, {Face::semibold, Size::hint}, theme.mid, kLegs[i],
             Align::centre);
    y += 22;
    for (const CheckpointRowVm& row : vm.rows) {
        if (row.open) {
            fill(canvas, {rect.x - 6, y, rect.w + 12, kFileRow - 2}, theme.now_fill, radius::chip);
            outline(canvas, {rect.x - 6, y, rect.w + 12, kFileRow - 2}, theme.now_edge, radius::chip, stroke::mark);
        }
        text(canvas, rect.x + 4, y + 14, {Face::mono_bold, Size::body}, theme.ink, row.batch);
        for (std::size_t i = 0; i < row.legs.size(); ++i) {
            const float x = first + step * static_cast<float>(i);
            if (i + 1 < row.legs.size()) {
                const bool both = row.legs[i + 1] == LegState::written;
                if (both) line(canvas, {x + 14, y + 14}, {x + step - 14, y + 14}, theme.good.edge, stroke::mark);
                else dashed_line(canvas, {x + 14, y + 14}, {x + step - 14, y + 14}, kDashed, theme.ctl, stroke::rule);
            }
            if (row.legs[i] == LegState::written) icon(canvas, Icon::flag, {x, y + 14}, theme.good.edge, 15);
            else circle(canvas, {x, y + 14}, 6, theme.ctl, stroke::axis);
        }
        const float words = first + step * 3.5f;
        text_within(canvas, words, y + 14, rect.right() - words,
                    {row.open ? Face::semibold : Face::regular, Size::label}, row.open ? theme.ink : theme.mid,
                    row.verdict);
        y += kFileRow;
    }
    if (vm.rows.empty()) {
        text(canvas, rect.x, y + 10, {Face::regular, Size::label}, theme.low, "No batch has begun.");
        y += 24;
    }
    return y - rect.y + 10;
}

float files(Ui& ui, const Rect& rect, const CheckpointVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, "Files", vm.more_files);
    float y = rect.y + 30;
    for (const CheckpointFileVm& file : vm.files) {
        const Rect row{rect.x - 4, y, rect.w + 8, 24};
        const Response response = interact(ui, file.object, row);
        if (file.lit || response.hovered) fill(canvas, row, theme.raised, radius::chip);
        if (response.focused) focus_ring(canvas, row.inset(2), radius::chip);
        if (response.clicked) act(ui, UiVerb::select, file.object);
        icon(canvas, Icon::flag, {rect.x + 8, y + 12}, theme.good.edge, 11);
        text_within(canvas, rect.x + 22, y + 12, rect.w - 100, {file.lit ? Face::mono_bold : Face::mono, Size::label},
                    theme.ink, file.path);
        text_within(canvas, rect.right() - 4, y + 12, 74, {Face::regular, Size::hint}, theme.low, file.kind,
                    Align::right);
        y += 25;
    }
    if (vm.files.empty()) {
        text(canvas, rect.x, y + 10, {Face::regular, Size::label}, theme.low, "No file yet.");
        y += 24;
    }
    return y - rect.y + 8;
}

float body(Canvas& canvas, const Rect& rect, const CheckpointVm& vm) {
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, vm.body_title.empty() ? "Content" : vm.body_title);
    const float height = kNoteLine * static_cast<float>(std::max<std::size_t>(1, vm.body.size())) + 20;
    fill(canvas, {rect.x, rect.y + 30, rect.w, height}, theme.well, radius::card);
    float y = rect.y + 40;
    for (const std::string& words : vm.body) {
        text_within(canvas, rect.x + 12, y + kNoteLine / 2, rect.w - 24, {Face::mono, Size::label}, theme.ink, words);
        y += kNoteLine;
    }
    return 30 + height + 8;
}

}  // namespace

void checkpoint_view(Ui& ui, const Rect& rect, const CheckpointVm& vm) {
    const Scope scope(ui, "checkpoint");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 8;
    y += batches(ui.canvas, {x, y, width, 0}, vm);
    y += rule_box(ui.canvas, x, y, width, "**Rule.** " + vm.rule) + 10;
    const bool beside = rect.w >= 700;
    const float half = beside ? width * 0.38f : width;
    const float a = files(ui, {x, y, half - (beside ? 16.0f : 0.0f), 0}, vm);
    if (beside) y += std::max(a, body(ui.canvas, {x + half + 8, y, width - half - 8, 0}, vm));
    else y += a + body(ui.canvas, {x, y + a, width, 0}, vm);
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
