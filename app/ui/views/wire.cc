// Sections: crumbs · bytes · the first record · why and where · fields.
#include "app/ui/views/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr std::size_t kAcross = 16;
constexpr float kByteRow = 30, kNumbers = 44, kFieldRow = 24;

const WireFieldVm* lit_field(const WireVm& vm) {
    const auto found = std::ranges::find(vm.fields, true, &WireFieldVm::lit);
    return found == vm.fields.end() ? nullptr : &*found;
}

/// The innermost field that a byte belongs to.
const WireFieldVm* field_of(const WireVm& vm, u32 byte) {
    const WireFieldVm* found = nullptr;
    for (const WireFieldVm& field : vm.fields)
        if (field.begin <= byte && byte < field.end && !field.holds_others) found = &field;
    return found;
}

// ---- crumbs -----------------------------------------------------------------------------------------

float crumbs(Canvas& canvas, const Rect& rect, const WireVm& vm) {
    const Theme& theme = *canvas.theme;
    float x = rect.x;
    for (std::size_t i = 0; i < vm.crumbs.size(); ++i) {
        const bool last = i + 1 == vm.crumbs.size();
        const Type type{last ? Face::semibold : Face::regular, Size::label};
        if (x + text_width(canvas, type, vm.crumbs[i]) > rect.right()) break;
        x += text(canvas, x, rect.y + 10, type, last ? theme.ink : theme.mid, vm.crumbs[i]) + 8;
        if (last) break;
        icon(canvas, Icon::chevron, {x + 4, rect.y + 10}, theme.low, 10);
        x += 18;
    }
    return 26;
}

// ---- bytes ------------------------------------------------------------------------------------------

struct ByteGrid {
    Rect rect;
    float cell = 24;
    [[nodiscard]] Rect at(std::size_t byte) const {
        return {rect.x + kNumbers + cell * static_cast<float>(byte % kAcross),
                rect.y + 20 + kByteRow * static_cast<float>(byte / kAcross), cell, kByteRow - 6};
    }
};

/// The stretches of one row that belong to one field are one box.
void byte_boxes(Ui& ui, const ByteGrid& grid, const WireVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    for (std::size_t from = 0; from < vm.bytes.size();) {
        const WireFieldVm* field = field_of(vm, static_cast<u32>(from));
        std::size_t to = from + 1;
        while (to < vm.bytes.size() && to % kAcross != 0 && field_of(vm, static_cast<u32>(to)) == field) ++to;
        const Rect first = grid.at(from), last = grid.at(to - 1);
        const Rect box = from_edges(first.x + 1, first.y, last.right() - 1, first.bottom());
        const bool lit = field != nullptr && field->lit;
        fill(canvas, box, lit ? theme.now_fill : theme.card, radius::chip);
        if (field != nullptr) {
            const Response response = interact(ui, fmt::format("bytes {} {}", from, field->name), box, {false, true});
            if (lit) outline(canvas, box, theme.now_edge, radius::chip, stroke::mark);
            else if (response.hovered) outline(canvas, box, theme.ink, radius::chip);
            if (response.clicked) act(ui, UiVerb::filter, "wire", field->name);
        }
        for (std::size_t i = from; i < to; ++i) {
            const Rect cell = grid.at(i);
            const Type type{lit ? Face::mono_bold : Face::mono, Size::label};
            text(canvas, cell.mid_x(), cell.mid_y(), type, lit || vm.bytes[i] != 0 ? theme.ink : theme.low,
                 fmt::format("{:02x}", vm.bytes[i]), Align::centre);
        }
        from = to;
    }
}

float bytes(Ui& ui, const Rect& rect, const WireVm& vm, ByteGrid& grid) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const float ascii = text_width(canvas, {Face::mono, Size::label}, "0123456789abcdef");
    grid = {rect, std::min(26.0f, (rect.w - kNumbers - 16 - ascii) / kAcross)};
    text(canvas, rect.x, rect.y + 8, {Face::regular, Size::hint}, theme.low, "byte");
    for (std::size_t i = 0; i < kAcross; ++i)
        text(canvas, grid.at(i).mid_x(), rect.y + 8, {Face::mono, Size::hint}, theme.low, fmt::format("{:X}", i),
             Align::centre);
    byte_boxes(ui, grid, vm);
    const std::size_t rows = (vm.bytes.size() + kAcross - 1) / kAcross;
    for (std::size_t row = 0; row < rows; ++row) {
        const float mid = grid.at(row * kAcross).mid_y();
        text(canvas, rect.x + kNumbers - 10, mid, {Face::mono, Size::hint}, theme.low, std::to_string(row * kAcross),
             Align::right);
        std::string words;
        for (std::size_t i = row * kAcross; i < std::min(vm.bytes.size(), (row + 1) * kAcross); ++i)
            words +=
                vm.bytes[i] >= 0x20 && vm.bytes[i] < 0x7f ? std::string(1, static_cast<char>(vm.bytes[i])) : "\u00b7";
        text(canvas, grid.at(kAcross - 1).right() + 16, mid, {Face::mono, Size::label}, theme.mid, words);
    }
    float used = 20 + kByteRow * static_cast<float>(rows);
    if (!vm.more.empty()) {
        text(canvas, rect.x + kNumbers, rect.y + used + 8, {Face::regular, Size::label}, theme.low, vm.more);
        used += 20;
    }
    return used + 8;
}

// ---- the first record ---------------------------------------------------------------------------------

float record(Canvas& canvas, const Rect& rect, const WireVm& vm) {
    if (vm.record.empty()) return 0;
    const Theme& theme = *canvas.theme;
    text(canvas, rect.x, rect.y + 8, {Face::semibold, Size::body}, theme.ink, vm.record_title);
    i32 shares = 0;
    for (const WirePartVm& part : vm.record) shares += part.share;
    const float unit = rect.w / static_cast<float>(std::max(1, shares));
    float x = rect.x;
    const float top = rect.y + 24;
    for (const WirePartVm& part : vm.record) {
        const Rect box{x, top, unit * static_cast<float>(part.share) - 4, 40};
        fill(canvas, box, theme.card, radius::chip);
        outline(canvas, box, theme.line, radius::chip);
        text_within(canvas, box.mid_x(), box.y + 13, box.w - 4, {Face::mono, Size::label}, theme.ink, part.hex,
                    Align::centre);
        text_within(canvas, box.mid_x(), box.y + 29, box.w - 4, {Face::mono, Size::hint}, theme.mid, part.value,
                    Align::centre);
        text_within(canvas, box.mid_x(), box.bottom() + 11, box.w + 2, {Face::regular, Size::hint}, theme.mid,
                    part.name, Align::centre);
        x += box.w + 4;
    }
    text_within(canvas, rect.x, top + 70, rect.w, {Face::regular, Size::label}, theme.low,
                "Lengths are zig-zag varints: the byte is twice the number.");
    return 110;
}

// ---- why and where --------------------------------------------------------------------------------------

float why(Canvas& canvas, const Rect& rect, const WireVm& vm) {
    if (vm.why_text.empty()) return 0;
    const Theme& theme = *canvas.theme;
    const float height = wrapped(canvas, rect.x + 38, rect.y + 32, rect.w - 54, {Face::regular, Size::label}, theme.mid,
                                 vm.why_text, false);
    fill(canvas, {rect.x, rect.y, rect.w, height + 44}, theme.raised, radius::card);
    icon(canvas, Icon::lens, {rect.x + 20, rect.y + 20}, theme.mid, 15);
    text_within(canvas, rect.x + 38, rect.y + 20, rect.w - 54, {Face::semibold, Size::body}, theme.ink, vm.why_title);
    wrapped(canvas, rect.x + 38, rect.y + 32, rect.w - 54, {Face::regular, Size::label}, theme.mid, vm.why_text);
    return height + 58;
}

void place_mark(Canvas& canvas, const Rect& box, PlaceKind kind) {
    const Theme& theme = *canvas.theme;
    if (kind == PlaceKind::flying) return circle(canvas, {box.mid_x(), box.mid_y()}, 5, theme.in_sync.edge);
    fill(canvas, box, kind == PlaceKind::committed ? theme.in_sync.fill : theme.hatch_gap, radius::cell);
    if (kind == PlaceKind::uncommitted) hatch(canvas, box.inset(1), theme.in_sync.edge, 5, radius::cell);
    outline(canvas, box, theme.in_sync.edge, radius::cell);
}

float places(Ui& ui, const Rect& rect, const WireVm& vm) {
    if (vm.places.empty()) return 0;
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    text(canvas, rect.x, rect.y + 8, {Face::semibold, Size::body}, theme.ink, fmt::format("Where these bytes are now"));
    const float each = (rect.w + 8) / 3;
    float y = rect.y + 24;
    for (std::size_t i = 0; i < vm.places.size(); ++i) {
        if (i > 0 && i % 3 == 0) y += 56;
        const WirePlaceVm& place = vm.places[i];
        const Rect box{rect.x + each * static_cast<float>(i % 3), y, each - 8, 48};
        const Response response = interact(ui, fmt::format("place {} {}", i, place.object), box);
        fill(canvas, box, response.hovered ? theme.raised : theme.card, radius::button);
        outline(canvas, box, theme.line, radius::button);
        if (response.focused) focus_ring(canvas, box, radius::button);
        if (response.clicked) act(ui, UiVerb::select, place.object);
        place_mark(canvas, {box.x + 10, box.mid_y() - 8, 16, 16}, place.kind);
        text_within(canvas, box.x + 36, box.y + 16, box.w - 44, {Face::semibold, Size::label}, theme.ink, place.title);
        text_within(canvas, box.x + 36, box.y + 33, box.w - 44, {Face::regular, Size::hint}, theme.mid, place.note);
    }
    return y - rect.y + 60;
}

// ---- fields -----------------------------------------------------------------------------------------

float fields(Ui& ui, const Rect& rect, const WireVm& vm, float& lit_mid) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    text(canvas, rect.x, rect.y + 10, {Face::semibold, Size::question}, theme.ink, "Fields");
    text(canvas, rect.right() - 40, rect.y + 10, {Face::mono, Size::hint}, theme.low, "byte", Align::right);
    text(canvas, rect.right() - 4, rect.y + 10, {Face::mono, Size::hint}, theme.low, "size", Align::right);
    float y = rect.y + 28;
    const bool deep = std::ranges::any_of(vm.fields, [](const WireFieldVm& field) { return field.depth > 2; });
    const float middle = rect.x + (deep ? rect.w * 0.5f : std::clamp(rect.w * 0.34f, 96.0f, 150.0f));
    for (std::size_t i = 0; i < vm.fields.size(); ++i) {
        const WireFieldVm& field = vm.fields[i];
        const bool two = !field.note.empty();
        const float height = two ? kFieldRow + 12 : kFieldRow;
        const Rect row{rect.x - 8, y, rect.w + 16, height - 2};
        const Response response = interact(ui, fmt::format("field {} {}", i, field.name), row);
        if (field.lit) {
            fill(canvas, row, theme.now_fill, radius::button);
            outline(canvas, row, theme.now_edge, radius::button, stroke::mark);
            lit_mid = row.mid_y();
        } else if (response.hovered) {
            fill(canvas, row, theme.raised, radius::button);
        }
        if (response.focused) focus_ring(canvas, row.inset(3), radius::button);
        if (response.clicked) act(ui, UiVerb::filter, "wire", field.name);
        const float mid = y + 11, indent = 8 * static_cast<float>(std::min<u32>(field.depth, 5));
        const bool records = field.holds_others;
        text_within(canvas, rect.x + indent, mid, middle - rect.x - indent - 8,
                    {records ? Face::regular : Face::semibold, Size::label}, records ? theme.mid : theme.ink,
                    field.name);
        text_within(canvas, middle, mid, rect.right() - 76 - middle, {Face::mono, Size::label}, theme.ink, field.value);
        if (two)
            text_within(canvas, middle, mid + 14, rect.right() - middle - 4, {Face::regular, Size::hint}, theme.mid,
                        field.note);
        text(canvas, rect.right() - 40, mid, {Face::mono, Size::hint}, theme.low, std::to_string(field.begin),
             Align::right);
        text(canvas, rect.right() - 4, mid, {Face::mono, Size::hint}, theme.low,
             std::to_string(field.end - field.begin), Align::right);
        y += height;
    }
    return y - rect.y;
}

/// One line from the lit bytes to the lit field.
void connect(Canvas& canvas, const ByteGrid& grid, const WireVm& vm, float left_edge, ImVec2 to, const Rect& visible) {
    const WireFieldVm* field = lit_field(vm);
    if (field == nullptr || field->begin >= vm.bytes.size() || to.y < visible.y || to.y > visible.bottom()) return;
    const Theme& theme = *canvas.theme;
    const ImVec2 from{left_edge, grid.at(field->begin).mid_y()};
    disc(canvas, from, 3, theme.now_edge);
    polyline(canvas, curve(from, {from.x + 30, from.y}, {to.x - 30, to.y}, to), theme.now_edge, stroke::mark);
}

}  // namespace

void wire_view(Ui& ui, const Rect& rect, const WireVm& vm) {
    const Scope scope(ui, "wire");
    const bool beside = rect.w >= 820;
    ScrollPane pane(ui, "pane", rect);
    const float left = beside ? rect.w * 0.64f : rect.w, top = pane.top() + 12;
    const Rect column{rect.x + kPad, top, left - 2 * kPad - (beside ? 8.0f : 0.0f), rect.h};
    ByteGrid grid;
    float y = top + crumbs(ui.canvas, column, vm);
    y += bytes(ui, {column.x, y, column.w, 0}, vm, grid);
    y += record(ui.canvas, {column.x, y, column.w, 0}, vm);
    y += why(ui.canvas, {column.x, y, column.w, 0}, vm);
    y += places(ui, {column.x, y, column.w, 0}, vm);
    float lit_mid = -1;
    const Rect right =
        beside ? Rect{rect.x + left + 16, top, rect.w - left - 2 * kPad - 4, 0} : Rect{column.x, y + 8, column.w, 0};
    const float end = right.y + fields(ui, right, vm, lit_mid);
    if (beside) {
        fill(ui.canvas, {rect.x + left, rect.y, 1, rect.h}, ui.canvas.theme->line);
        connect(ui.canvas, grid, vm, column.right() + 2, {right.x - 8, lit_mid}, rect);
    }
    pane.used(std::max(y, end) - pane.top() + 8);
}

}  // namespace app::ui
