#include "app/ui/widgets/table.h"

namespace app::ui {
namespace {

float anchor(float x, const TableColumn& column) {
    switch (column.align) {
        case Align::left: return x;
        case Align::centre: return x + column.width / 2;
        case Align::right: return x + column.width;
    }
    return x;
}

void header(Canvas& canvas, const Rect& rect, std::span<const TableColumn> columns) {
    float x = rect.x;
    for (const TableColumn& column : columns) {
        text_within(canvas, anchor(x, column), rect.y + kTableHeader / 2 - 2, column.width,
                    {Face::semibold, Size::hint}, canvas.theme->low, column.title, column.align);
        x += column.width;
    }
    rule(canvas, rect.x, rect.right(), rect.y + kTableHeader - 1, canvas.theme->line);
}

void key_box(Canvas& canvas, float centre, float mid_y) {
    const Theme& theme = *canvas.theme;
    const Rect box{centre - 17, mid_y - 10, 34, 20};
    fill(canvas, box, theme.now_fill, radius::chip);
    outline(canvas, box, theme.now_edge, radius::chip, stroke::link);
}

void cell(Canvas& canvas, float x, float mid_y, const TableColumn& column, const TableCell& vm) {
    const Theme& theme = *canvas.theme;
    const float symbol = vm.symbol == Icon::none ? 0 : 18;
    if (vm.symbol != Icon::none) icon(canvas, vm.symbol, {x + 6, mid_y}, vm.symbol_colour, 12);
    const Face face = vm.key ? Face::mono_bold : column.mono ? Face::mono : Face::regular;
    const std::string words = elide(canvas, {face, Size::label}, vm.text, column.width - symbol - 4);
    const float place = anchor(x + symbol, column);
    const float width = text_width(canvas, {face, Size::label}, words);
    const float left = column.align == Align::right    ? place - width
                       : column.align == Align::centre ? place - width / 2
                                                       : place;
    if (vm.key) key_box(canvas, left + width / 2, mid_y);
    text(canvas, left, mid_y, {face, Size::label}, vm.quiet ? theme.mid : theme.ink, words);
}

void row(Ui& ui, const Rect& rect, std::span<const TableColumn> columns, const TableRow& vm) {
    const Theme& theme = *ui.canvas.theme;
    if (vm.selected) fill(ui.canvas, rect.inset(-4, 1), theme.raised, radius::button);
    if (!vm.object.empty()) {
        const Response response = interact(ui, vm.object, rect);
        if (response.hovered && !vm.selected)
            fill(ui.canvas, rect.inset(-4, 1), mix(theme.panel, theme.raised, 140), radius::button);
        if (response.focused) focus_ring(ui.canvas, rect.inset(2, 5), radius::chip);
        if (response.clicked) act(ui, UiVerb::select, vm.object);
        if (response.secondary) act(ui, UiVerb::open_menu, vm.object);
    }
    float x = rect.x;
    for (std::size_t i = 0; i < columns.size() && i < vm.cells.size(); ++i) {
        cell(ui.canvas, x, rect.mid_y(), columns[i], vm.cells[i]);
        x += columns[i].width;
    }
}

}  // namespace

void table(Ui& ui, std::string_view name, const Rect& rect, std::span<const TableColumn> columns,
           std::span<const TableRow> rows) {
    const Scope scope(ui, name);
    header(ui.canvas, rect, columns);
    const Rect body = from_edges(rect.x - 6, rect.y + kTableHeader, rect.right() + 6, rect.bottom());
    const float need = kTableRow * static_cast<float>(rows.size());
    const float offset = scroll_offset(ui, "rows", body, need);
    const Clip clip(ui.canvas, body, need > body.h);
    float top = body.y - offset;
    for (const TableRow& vm : rows) {
        const Rect line{rect.x, top, rect.w, kTableRow};
        if (line.bottom() > body.y && line.y < body.bottom()) row(ui, line, columns, vm);
        top += kTableRow;
    }
}

}  // namespace app::ui
