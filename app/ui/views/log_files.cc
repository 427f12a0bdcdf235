// Sections: files · batches · the lookup · indexes.
#include "app/ui/views/log_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/section.h"
#include "app/view_model/words.h"

namespace app::ui {
namespace {

constexpr float kFile = 64, kFileGap = 10, kBatchRow = 22;

// ---- files ------------------------------------------------------------------------------------------

void file_card(Ui& ui, const Rect& box, const SegmentVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, vm.file, box);
    fill(canvas, box, response.hovered ? theme.raised : theme.card, radius::button);
    if (vm.lit) outline(canvas, box, theme.now_edge, radius::button, stroke::mark);
    else outline(canvas, box, theme.line, radius::button);
    if (response.focused) focus_ring(canvas, box, radius::button);
    if (response.clicked && !vm.object.empty()) act(ui, UiVerb::select, vm.object);
    const float width = box.w - 20;
    // The zeros say nothing: the end of the name is what differs.
    text_within(canvas, box.x + 10, box.y + 15, width, {Face::mono_bold, Size::label}, theme.ink,
                width < 170 && vm.file.size() > 12 ? "\u2026" + vm.file.substr(vm.file.size() - 10) : vm.file);
    text_within(canvas, box.x + 10, box.y + 33, width, {Face::mono, Size::hint}, theme.mid, "offsets " + vm.offsets);
    text_within(canvas, box.x + 10, box.y + 50, width - 60, {Face::mono, Size::hint}, theme.mid, vm.bytes);
    text(canvas, box.right() - 10, box.y + 50, {vm.active ? Face::semibold : Face::regular, Size::hint},
         vm.active ? theme.ink : theme.low, vm.state, Align::right);
}

float files(Ui& ui, const Rect& rect, const LogFilesVm& vm) {
    const Theme& theme = *ui.canvas.theme;
    heading(ui.canvas, rect.x, rect.y + 12, "Files",
            "Each is named by its first offset. Only the last one is written to.");
    float x = rect.x, y = rect.y + 30;
    const float width =
        std::clamp((rect.w + kFileGap) / static_cast<float>(std::max<std::size_t>(1, vm.segments.size())) - kFileGap,
                   130.0f, 220.0f);
    if (!vm.more_segments.empty()) {
        text(ui.canvas, rect.right(), rect.y + 12, {Face::regular, Size::label}, theme.low, vm.more_segments,
             Align::right);
    }
    for (const SegmentVm& each : vm.segments) {
        if (x + width > rect.right() + 1 && x > rect.x) {
            x = rect.x;
            y += kFile + kFileGap;
        }
        file_card(ui, {x, y, width, kFile}, each);
        x += width + kFileGap;
    }
    return y + kFile - rect.y + 14;
}

// ---- batches ----------------------------------------------------------------------------------------

struct ByteScale {
    float left = 0, unit = 1;
    i64 first = 0;
    [[nodiscard]] float x(i64 byte) const { return left + unit * static_cast<float>(byte - first); }
};

void block_label(Canvas& canvas, const Rect& box, const LogBlockVm& vm) {
    const Theme& theme = *canvas.theme;
    const Type type{Face::mono_bold, Size::hint};
    const float width = text_width(canvas, type, vm.label);
    if (width + 4 > box.w) return;
    if (!vm.committed)
        fill(canvas, {box.mid_x() - width / 2 - 2, box.mid_y() - 7, width + 4, 14}, theme.hatch_gap, radius::mark);
    text(canvas, box.mid_x(), box.mid_y(), type, theme.ink, vm.label, Align::centre);
}

void block(Ui& ui, const Rect& box, const LogBlockVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, vm.object, box);
    fill(canvas, box, vm.committed ? theme.in_sync.fill : theme.hatch_gap, radius::cell);
    if (!vm.committed) hatch(canvas, box.inset(1), theme.in_sync.edge, 5, radius::cell);
    outline(canvas, box, response.hovered ? theme.ink : theme.in_sync.edge, radius::cell);
    if (vm.lit) outline(canvas, box.inset(-3), theme.now_edge, radius::cell + 3, stroke::mark);
    if (response.focused) focus_ring(canvas, box, radius::cell);
    if (response.clicked) act(ui, UiVerb::select, vm.object);
    block_label(canvas, box, vm);
}

void positions(Canvas& canvas, const Rect& rect, const ByteScale& scale, const LogFilesVm& vm) {
    const Theme& theme = *canvas.theme;
    float free_from = rect.x;
    for (const LogBlockVm& each : vm.blocks) {
        const std::string words = grouped(each.from);
        const float x = scale.x(each.from), wide = text_width(canvas, {Face::mono, Size::hint}, words);
        if (x < free_from || x + wide > rect.right()) continue;
        text(canvas, x, rect.y, {Face::mono, Size::hint}, theme.low, words);
        free_from = x + wide + 10;
    }
}

/// Which index entries point into the strip: arrows from above.
void index_arrows(Canvas& canvas, const Rect& rect, const ByteScale& scale, const LogFilesVm& vm) {
    const Theme& theme = *canvas.theme;
    float free_from = rect.x;
    for (const IndexRowVm& row : vm.index) {
        const float x = scale.x(row.value);
        if (row.value < scale.first || x > rect.right()) continue;
        const Colour colour = row.lit ? theme.now_edge : theme.mid;
        line(canvas, {x + 1, rect.y + 16}, {x + 1, rect.bottom() - 5}, colour, row.lit ? stroke::mark : stroke::axis);
        fill_convex(canvas, {{x + 1, rect.bottom()}, {x - 3, rect.bottom() - 7}, {x + 5, rect.bottom() - 7}}, colour);
        const std::string words = fmt::format("index {}", row.key);
        const float wide = text_width(canvas, {Face::mono, Size::hint}, words);
        if (x < free_from || x + wide > rect.right()) continue;
        text(canvas, x, rect.y + 8, {row.lit ? Face::mono_bold : Face::mono, Size::hint},
             row.lit ? theme.ink : theme.mid, words);
        free_from = x + wide + 10;
    }
}

/// The stretch that is read on the way to the offset.
void scan_line(Canvas& canvas, float y, const ByteScale& scale, const LogFilesVm& vm) {
    const auto is_scanned = [](const LogBlockVm& each) { return each.scanned; };
    const auto first = std::ranges::find_if(vm.blocks, is_scanned);
    if (first == vm.blocks.end()) return;
    i64 to = first->to;
    for (const LogBlockVm& each : vm.blocks)
        if (each.scanned) to = each.to;
    const Theme& theme = *canvas.theme;
    const float left = scale.x(first->from) + 1, right = scale.x(to) - 4;
    line(canvas, {left, y}, {right, y}, theme.now_edge, stroke::mark);
    fill_convex(canvas, {{right + 3, y}, {right - 5, y - 4}, {right - 5, y + 4}}, theme.now_edge);
}

float batches(Ui& ui, const Rect& rect, const LogFilesVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, vm.file,
            "The batches as they lie in it: offsets inside, byte positions below.");
    if (vm.blocks.empty()) {
        text(canvas, rect.x, rect.y + 40, {Face::regular, Size::label}, theme.low,
             "The file is empty. The next batch begins at byte 0.");
        return 60;
    }
    const i64 first = vm.blocks.front().from, last = vm.blocks.back().to;
    const ByteScale scale{rect.x, rect.w / static_cast<float>(std::max<i64>(1, last - first)), first};
    const float top = rect.y + 30, strip = top + 36;
    index_arrows(canvas, {rect.x, top, rect.w, 34}, scale, vm);
    for (const LogBlockVm& each : vm.blocks)
        block(ui, from_edges(scale.x(each.from), strip, scale.x(each.to) - 2, strip + 32), each);
    scan_line(canvas, strip + 40, scale, vm);
    positions(canvas, {rect.x, strip + 54, rect.w, 0}, scale, vm);
    text_within(canvas, rect.x, strip + 76, rect.w, {Face::regular, Size::label}, theme.mid, vm.cache_note);
    return strip + 92 - rect.y;
}

// ---- the lookup -------------------------------------------------------------------------------------

float lookup(Ui& ui, const Rect& rect, const LogFilesVm& vm) {
    if (vm.lookup.empty()) return 0;
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, vm.lookup_title, "Three steps. Select another record to find that one.");
    const auto count = static_cast<float>(vm.lookup.size());
    const float width = (rect.w - 28 * (count - 1)) / count;
    float x = rect.x;
    for (std::size_t i = 0; i < vm.lookup.size(); ++i) {
        const LookupStepVm& step = vm.lookup[i];
        const Rect box{x, rect.y + 30, width, 96};
        fill(canvas, box, theme.raised, radius::card);
        text(canvas, box.x + 12, box.y + 17, {Face::semibold, Size::body}, theme.ink, step.title);
        text_within(canvas, box.x + 12, box.y + 40, width - 24, {Face::mono_bold, Size::question}, theme.ink,
                    step.answer);
        markdown(canvas, box.x + 12, box.y + 54, width - 24, step.text, body_style(theme));
        if (i + 1 < vm.lookup.size()) icon(canvas, Icon::chevron, {box.right() + 14, box.mid_y()}, theme.mid, 14);
        x += width + 28;
    }
    return 140;
}

// ---- indexes ----------------------------------------------------------------------------------------

float index_table(Canvas& canvas, const Rect& rect, std::string_view title, std::string_view sentence,
                  std::string_view key, std::string_view value, const std::vector<IndexRowVm>& rows) {
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, title,
            elide(canvas, {Face::regular, Size::label}, sentence, std::max(0.0f, rect.w - 160)));
    float y = rect.y + 32;
    if (rows.empty()) {
        text_within(canvas, rect.x, y + 10, rect.w, {Face::regular, Size::label}, theme.low,
                    "No entry yet: too few bytes were written.");
        return 56;
    }
    const float middle = rect.x + std::min(160.0f, rect.w * 0.5f), right = rect.x + std::min(330.0f, rect.w);
    text(canvas, middle, y + 8, {Face::semibold, Size::hint}, theme.mid, key, Align::right);
    text(canvas, right, y + 8, {Face::semibold, Size::hint}, theme.mid, value, Align::right);
    y += 20;
    for (const IndexRowVm& row : rows) {
        if (row.lit) fill(canvas, from_edges(rect.x, y, right + 8, y + kBatchRow - 2), theme.now_fill, radius::chip);
        if (row.lit) outline(canvas, from_edges(rect.x, y, right + 8, y + kBatchRow - 2), theme.now_edge, radius::chip);
        const Type type{row.lit ? Face::mono_bold : Face::mono, Size::label};
        text(canvas, middle, y + 10, type, theme.ink, fmt::format("{}", row.key), Align::right);
        text(canvas, right, y + 10, type, theme.ink, fmt::format("{}", row.value), Align::right);
        y += kBatchRow;
    }
    return y - rect.y + 8;
}

}  // namespace

void log_files_view(Ui& ui, const Rect& rect, const LogFilesVm& vm) {
    const Scope scope(ui, "log files");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 8;
    y += files(ui, {x, y, width, 0}, vm);
    y += batches(ui, {x, y, width, 0}, vm) + 8;
    y += lookup(ui, {x, y, width, 0}, vm) + 8;
    const float half = (width - 32) / 2;
    const float left =
        index_table(ui.canvas, {x, y, half, 0}, ".index", vm.index_title, "offset", "position", vm.index);
    const float right = index_table(ui.canvas, {x + half + 32, y, half, 0}, ".timeindex",
                                    "largest time so far, and its offset", "timestamp", "offset", vm.time_index);
    y += std::max(left, right);
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
