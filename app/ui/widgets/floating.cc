#include "app/ui/widgets/floating.h"

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/control.h"

namespace app::ui {
namespace {

constexpr float kMenuRow = 28;
constexpr float kPaletteRow = 34;
constexpr float kPaletteField = 46;
constexpr std::size_t kPaletteRows = 10;

/// The box's side that the keyboard stands on is inverted: strong surface, dark words.
struct RowColours {
    Colour words = 0;
    Colour note = 0;
};

RowColours row_colours(const Theme& theme, bool chosen, bool enabled) {
    if (chosen) return {enabled ? theme.on_strong : mix(theme.on_strong, theme.strong, 70), theme.on_strong};
    return {enabled ? theme.ink : theme.low, enabled ? theme.low : theme.mid};
}

/// Why it is off, or else what it would do, or else its key.
const std::string& note_of(const MenuItemVm& item) {
    return !item.enabled() ? item.why_not : item.effect.empty() ? item.key : item.effect;
}

void menu_row(Ui& ui, const Rect& row, const MenuVm& vm, const MenuItemVm& item, bool chosen) {
    const Theme& theme = *ui.canvas.theme;
    const Response response = interact(ui, item.text, row, {false, item.enabled()});
    const RowColours colours = row_colours(theme, chosen, item.enabled());
    if (chosen) fill(ui.canvas, row, theme.strong, radius::chip);
    else if (response.hovered) fill(ui.canvas, row, mix(theme.raised, theme.ink, 20), radius::chip);
    const std::string& note = note_of(item);
    const bool is_key = item.enabled() && item.effect.empty();
    const Type note_type = is_key ? Type{Face::mono, Size::hint} : Type{Face::regular, Size::label};
    const float note_width = text_width(ui.canvas, note_type, note);
    const Type type{chosen ? Face::semibold : Face::regular, Size::body};
    text_within(ui.canvas, row.x + 10, row.mid_y(), row.w - 30 - note_width, type, colours.words, item.text);
    text(ui.canvas, row.right() - 7, row.mid_y(), note_type,
         is_key || chosen ? colours.note : theme.mid, note, Align::right);
    if (response.clicked) act(ui, UiVerb::run_verb, vm.object, item.verb);
}

float menu_width(const Canvas& canvas, const MenuVm& vm) {
    float widest = 160;
    for (const MenuItemVm& item : vm.items) {
        const float note = text_width(canvas, {Face::regular, Size::label}, note_of(item));
        widest = std::max(widest, text_width(canvas, {Face::semibold, Size::body}, item.text) + note + 56);
    }
    return widest;
}

float menu_height(const MenuVm& vm) { return 32 + kMenuRow * static_cast<float>(vm.items.size()) + 6; }

void move_chosen(Ui& ui, i32& chosen, std::size_t count) {
    const auto size = static_cast<i32>(count);
    if (size == 0) return;
    if (take_key(ui, {Key::down})) chosen = (chosen + 1) % size;
    if (take_key(ui, {Key::up})) chosen = (chosen + size - 1) % size;
    chosen = std::clamp(chosen, 0, size - 1);
}

void palette_row(Ui& ui, const Rect& row, const PaletteRowVm& vm, bool chosen) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    const Response response = interact(ui, vm.id.empty() ? vm.text : vm.id, row, {false, vm.enabled});
    const RowColours colours = row_colours(theme, chosen, vm.enabled);
    if (chosen) fill(canvas, row, theme.strong, radius::chip);
    else if (response.hovered) fill(canvas, row, mix(theme.raised, theme.ink, 20), radius::chip);
    const Type small{Face::regular, Size::label};
    const float note = text_width(canvas, small, vm.note);
    text_within(canvas, row.x + 12, row.mid_y(), 50, small, chosen ? theme.on_strong : theme.low, vm.kind);
    text_within(canvas, row.x + 64, row.mid_y(), row.w - 90 - note,
                {chosen ? Face::semibold : Face::regular, Size::body}, colours.words, vm.text);
    text(canvas, row.right() - 12, row.mid_y(), small, chosen ? theme.on_strong : theme.mid, vm.note, Align::right);
    if (response.clicked) act(ui, UiVerb::run_verb, "palette", vm.id);
}

std::size_t first_shown(const PaletteVm& vm) {
    const auto chosen = static_cast<std::size_t>(std::max(0, vm.chosen));
    return chosen < kPaletteRows ? 0 : chosen - kPaletteRows + 1;
}

void scrim(Ui& ui, const Rect& screen, std::string_view name) {
    const Response outside = interact(ui, name, screen, {false, true});
    if (outside.clicked || outside.secondary) act(ui, UiVerb::close_overlay);
}

constexpr float kKeyColumn = 280;
constexpr float kKeyRow = 22;

void draw_key(Canvas& canvas, float x, float mid_y, const KeyHelpVm& vm) {
    text(canvas, x + 96, mid_y, {Face::mono_bold, Size::hint}, canvas.theme->ink, vm.keys, Align::right);
    text_within(canvas, x + 108, mid_y, 160, {Face::regular, Size::label}, canvas.theme->mid, vm.what);
}

struct KeyRow {
    const KeyHelpVm* key = nullptr;   // null: the heading of a group
    std::string_view group;
};

std::vector<KeyRow> key_rows(const std::vector<KeyHelpVm>& keys) {
    std::vector<KeyRow> out;
    std::string_view group;
    for (const KeyHelpVm& key : keys) {
        if (key.group != group) out.push_back({nullptr, key.group});
        group = key.group;
        out.push_back({&key, group});
    }
    return out;
}

/// A column ends before a heading that would be its last row.
std::vector<std::size_t> column_starts(const std::vector<KeyRow>& rows, std::size_t per_column) {
    std::vector<std::size_t> starts{0};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t used = i - starts.back();
        if (used >= per_column || (used + 1 >= per_column && rows[i].key == nullptr)) starts.push_back(i);
    }
    starts.push_back(rows.size());
    return starts;
}

/// Room for the headings that move to the next column.
std::size_t rows_per_column(std::size_t rows, std::size_t columns) { return (rows + columns - 1) / columns + 1; }

void key_columns(Ui& ui, const Rect& rect, const std::vector<KeyRow>& rows, std::size_t columns) {
    const Scope scope(ui, "keys");
    const std::size_t per_column = rows_per_column(rows.size(), columns);
    const std::vector<std::size_t> starts = column_starts(rows, per_column);
    ScrollPane pane(ui, "pane", rect);
    for (std::size_t column = 0; column + 1 < starts.size(); ++column) {
        const float x = rect.x + kKeyColumn * static_cast<float>(column);
        for (std::size_t i = starts[column]; i < starts[column + 1]; ++i) {
            const float mid = pane.top() + kKeyRow * (static_cast<float>(i - starts[column]) + 0.5f);
            if (rows[i].key != nullptr) draw_key(ui.canvas, x, mid, *rows[i].key);
            else text(ui.canvas, x + 12, mid, {Face::semibold, Size::hint}, ui.canvas.theme->low, rows[i].group);
        }
    }
    pane.used(kKeyRow * static_cast<float>(per_column));
}

}  // namespace

void floating_box(Canvas& canvas, const Rect& rect, float corner) {
    shadow(canvas, rect, corner);
    fill(canvas, rect, canvas.theme->raised, corner);
    outline(canvas, rect, canvas.theme->ctl, corner);
}

void tooltip(Canvas& canvas, const Rect& anchor, const Rect& screen, const TooltipVm& vm) {
    constexpr float kWidth = 250;
    const Theme& theme = *canvas.theme;
    const float words = wrapped(canvas, 0, 0, kWidth - 28, {Face::regular, Size::label}, theme.mid, vm.text, false);
    const float height = 30 + (vm.mono.empty() ? 0 : 20) + (vm.text.empty() ? 0 : words) + 8;
    const bool above = anchor.bottom() + 10 + height > screen.bottom();
    const float y = above ? anchor.y - 10 - height : anchor.bottom() + 10;
    const float x = std::clamp(anchor.mid_x() - 52, screen.x + 4, std::max(screen.x + 4, screen.right() - kWidth - 4));
    const Rect box{x, y, kWidth, height};
    floating_box(canvas, box, radius::card);
    const float tip = above ? box.bottom() - 1 : box.y + 1, reach = above ? 8.0f : -8.0f;
    fill_convex(canvas, {{anchor.mid_x() - 8, tip}, {anchor.mid_x(), tip + reach}, {anchor.mid_x() + 8, tip}},
                theme.raised);
    const ImVec2 notch[] = {{anchor.mid_x() - 8, tip}, {anchor.mid_x(), tip + reach}, {anchor.mid_x() + 8, tip}};
    polyline(canvas, notch, theme.ctl, stroke::rule);
    text_within(canvas, x + 14, y + 18, kWidth - 28, {Face::semibold, Size::body}, theme.ink, vm.title);
    float top = y + 28;
    if (!vm.mono.empty()) {
        text_within(canvas, x + 14, top + 10, kWidth - 28, {Face::mono, Size::label}, theme.mid, vm.mono);
        top += 20;
    }
    wrapped(canvas, x + 14, top, kWidth - 28, {Face::regular, Size::label}, theme.mid, vm.text);
}

Rect draw_menu(Ui& ui, ImVec2 at, const MenuVm& vm, i32 chosen, float width) {
    const Scope scope(ui, "menu");
    const Rect box{at.x, at.y, width, menu_height(vm)};
    floating_box(ui.canvas, box, radius::card);
    text_within(ui.canvas, box.x + 14, box.y + 18, width - 28, {Face::semibold, Size::label},
                ui.canvas.theme->low, vm.object);
    float top = box.y + 32;
    for (std::size_t i = 0; i < vm.items.size(); ++i, top += kMenuRow) {
        menu_row(ui, {box.x + 6, top, width - 12, kMenuRow - 2}, vm, vm.items[i], static_cast<i32>(i) == chosen);
    }
    return box;
}

void menu(Ui& ui, ImVec2 at, const Rect& screen, const MenuVm& vm, i32& chosen) {
    if (vm.object.empty()) return;
    const Raised raised(ui, kMenuLayer);
    claim_modal(ui, kMenuLayer);
    scrim(ui, screen, "outside menu");
    move_chosen(ui, chosen, vm.items.size());
    if (take_key(ui, {Key::escape})) act(ui, UiVerb::close_overlay);
    if (!vm.items.empty() && take_key(ui, {Key::enter})) {
        const MenuItemVm& item = vm.items[static_cast<std::size_t>(chosen)];
        if (item.enabled()) act(ui, UiVerb::run_verb, vm.object, item.verb);
    }
    const float width = std::min(menu_width(ui.canvas, vm), screen.w - 8);
    at.x = std::clamp(at.x, screen.x + 4, std::max(screen.x + 4, screen.right() - width - 4));
    at.y = std::clamp(at.y, screen.y + 4, std::max(screen.y + 4, screen.bottom() - menu_height(vm) - 4));
    draw_menu(ui, at, vm, chosen, width);
}

float palette_height(const PaletteVm& vm) {
    return kPaletteField + 6 +
           kPaletteRow * static_cast<float>(std::min(kPaletteRows, std::max<std::size_t>(1, vm.rows.size()))) +
           34;
}

void draw_palette(Ui& ui, const Rect& rect, const PaletteVm& vm, bool caret) {
    const Scope scope(ui, "palette");
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    floating_box(canvas, rect, radius::palette);
    icon(canvas, Icon::lens, {rect.x + 20, rect.y + 23}, theme.mid, 16);
    if (caret) {
        const float width =
            text(canvas, rect.x + 38, rect.y + 23, {Face::regular, Size::question}, theme.ink, vm.query);
        fill(canvas, {rect.x + 39 + width, rect.y + 14, 2, 18}, theme.now_edge);
    }
    rule(canvas, rect.x + 1, rect.right() - 1, rect.y + kPaletteField - 1, theme.line);
    float top = rect.y + kPaletteField + 6;
    const std::size_t first = first_shown(vm);
    const std::size_t end = std::min(vm.rows.size(), first + kPaletteRows);
    for (std::size_t i = first; i < end; ++i, top += kPaletteRow) {
        palette_row(ui, {rect.x + 8, top, rect.w - 16, kPaletteRow - 2}, vm.rows[i], static_cast<i32>(i) == vm.chosen);
    }
    if (vm.rows.empty())
        text(canvas, rect.x + 20, top + 16, {Face::regular, Size::label}, theme.mid, "Nothing has this name.");
    text(canvas, rect.x + 20, rect.bottom() - 20, {Face::regular, Size::label}, theme.mid,
         "Up, Down to move. Enter to do. Esc to close.");
}

void palette(Ui& ui, const Rect& screen, PaletteVm& vm, bool just_opened) {
    const Raised raised(ui, kPaletteLayer);
    claim_modal(ui, kPaletteLayer);
    fill(ui.canvas, screen, with_alpha(rgb(0), 90));
    scrim(ui, screen, "outside palette");
    move_chosen(ui, vm.chosen, vm.rows.size());
    if (take_key(ui, {Key::escape})) act(ui, UiVerb::close_overlay);
    if (!vm.rows.empty() && take_key(ui, {Key::enter})) {
        const PaletteRowVm& row = vm.rows[static_cast<std::size_t>(vm.chosen)];
        if (row.enabled) act(ui, UiVerb::run_verb, "palette", row.id);
    }
    const float width = std::min(560.0f, screen.w - 32);
    const Rect box{screen.mid_x() - width / 2, screen.y + screen.h / 8, width, palette_height(vm)};
    draw_palette(ui, box, vm, false);
    const Rect field{box.x + 28, box.y + 4, box.w - 40, kPaletteField - 8};
    if (text_field(ui, "palette query", field, vm.query, "Find or do", just_opened, {Face::regular, Size::question})) {
        act(ui, UiVerb::filter, "palette", vm.query);
    }
}

void key_sheet(Ui& ui, const Rect& screen, const std::vector<KeyHelpVm>& keys) {
    const Raised raised(ui, kPaletteLayer);
    claim_modal(ui, kPaletteLayer);
    fill(ui.canvas, screen, with_alpha(rgb(0), 90));
    scrim(ui, screen, "outside keys");
    if (take_key(ui, {Key::escape})) act(ui, UiVerb::close_overlay);
    const auto columns = static_cast<std::size_t>(std::clamp((screen.w - 48) / kKeyColumn, 1.0f, 3.0f));
    const std::vector<KeyRow> rows = key_rows(keys);
    const float need = kKeyRow * static_cast<float>(rows_per_column(rows.size(), columns)) + 60;
    const float width = std::min(screen.w - 16, kKeyColumn * static_cast<float>(columns) + 24);
    const float height = std::min(screen.h - 16, need);
    const Rect box{screen.mid_x() - width / 2, screen.mid_y() - height / 2, width, height};
    floating_box(ui.canvas, box, radius::palette);
    text(ui.canvas, box.x + 20, box.y + 26, {Face::semibold, Size::title}, ui.canvas.theme->ink, "Keys");
    key_columns(ui, from_edges(box.x + 8, box.y + 44, box.right() - 8, box.bottom() - 8), rows, columns);
}

}  // namespace app::ui
