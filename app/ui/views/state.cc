// The State view: versions as bars, below them the keys with what became of each.
#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/views/query_tables.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/selectable.h"

namespace app::ui {
namespace {

constexpr float kStateRow = 22, kBars = 120;

float versions(Canvas& canvas, const Rect& rect, const StateVm& vm) {
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, "Versions", "one a batch: kept below, new above; hollow is what it evicted");
    const Rect plot{rect.x, rect.y + 34, rect.w, kBars};
    i64 most = 1;
    for (const StateVersionVm& version : vm.versions) most = std::max(most, version.total + version.evicted);
    const float each = std::min(120.0f, plot.w / static_cast<float>(std::max<std::size_t>(1, vm.versions.size())));
    for (std::size_t i = 0; i < vm.versions.size(); ++i) {
        const StateVersionVm& version = vm.versions[i];
        const float unit = plot.h / static_cast<float>(most), x = plot.x + each * static_cast<float>(i),
                    wide = std::min(46.0f, each - 14);
        float y = plot.bottom();
        const auto stack = [&](i64 count) {
            const float height = unit * static_cast<float>(count);
            y -= height;
            return Rect{x, y, wide, std::max(0.0f, height - 1)};
        };
        const Rect kept = stack(version.total - version.added), added = stack(version.added),
                   evicted = stack(version.evicted);
        if (!kept.empty()) fill(canvas, kept, theme.in_sync.fill, radius::mark);
        if (!kept.empty()) outline(canvas, kept, theme.in_sync.edge, radius::mark);
        if (!added.empty()) fill(canvas, added, theme.strong, radius::mark);
        if (!evicted.empty()) dashed_outline(canvas, evicted, kDashed, theme.evicted, radius::mark);
        if (version.lit)
            outline(canvas, from_edges(x - 4, plot.y - 4, x + wide + 4, plot.bottom() + 4), theme.now_edge,
                    radius::chip, stroke::mark);
        text(canvas, x + wide / 2, plot.bottom() + 14, {Face::mono_bold, Size::label}, theme.ink,
             fmt::format("{}", version.total), Align::centre);
        text_within(canvas, x + wide / 2, plot.bottom() + 30, each - 4, {Face::regular, Size::hint}, theme.mid,
                    version.batch, Align::centre);
        std::string change = fmt::format("+{}", version.added);
        if (version.updated > version.added) change += fmt::format(" ~{}", version.updated - version.added);
        if (version.evicted > 0) change += fmt::format(" \u2212{}", version.evicted);
        text_within(canvas, x + wide / 2, plot.bottom() + 45, each - 4, {Face::mono, Size::hint}, theme.low, change,
                    Align::centre);
    }
    line(canvas, {plot.x, plot.bottom()}, {plot.right(), plot.bottom()}, theme.ctl, stroke::rule);
    return plot.bottom() + 58 - rect.y;
}

struct ChangeLook {
    Icon icon = Icon::none;
    std::string_view word;
};
ChangeLook look_of(StateChange change) {
    switch (change) {
        case StateChange::kept: return {Icon::none, ""};
        case StateChange::added: return {Icon::check, "new"};
        case StateChange::updated: return {Icon::arrow, "updated"};
        case StateChange::evicted: return {Icon::square, "evicted"};
    }
    return {};
}

float keys(Ui& ui, const Rect& rect, const StateVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    std::string predicate;
    for (const StateVersionVm& version : vm.versions)
        if (version.lit) predicate = version.predicate;
    heading(canvas, rect.x, rect.y + 12, vm.keys_title, predicate.empty() ? "" : "evicts when " + predicate);
    float y = rect.y + 30;
    const float xs[] = {rect.x, rect.x + rect.w * 0.24f, rect.x + rect.w * 0.52f, rect.x + rect.w * 0.70f,
                        rect.x + rect.w * 0.9f};
    const std::string_view titles[] = {"key", "window", "value", "in this batch", "partition"};
    for (std::size_t i = 0; i < std::size(xs); ++i)
        text_within(canvas, xs[i], y + 10, rect.w * 0.24f, {Face::semibold, Size::hint}, theme.mid, titles[i]);
    y += 20;
    rule(canvas, rect.x, rect.right(), y, theme.line);
    for (const StateKeyVm& key : vm.keys) {
        const bool gone = key.change == StateChange::evicted,
                   changed = key.change == StateChange::added || key.change == StateChange::updated;
        const Colour ink = gone ? theme.low : theme.ink;
        if (changed) fill(canvas, {rect.x - 6, y + 1, rect.w + 12, kStateRow - 2}, theme.raised, radius::chip);
        selectable(ui, {rect.x - 6, y + 1, rect.w + 12, kStateRow - 2}, key.object, key.selected);
        text_within(canvas, xs[0], y + 11, xs[1] - xs[0] - 8, {changed ? Face::mono_bold : Face::mono, Size::label},
                    ink, key.key);
        text_within(canvas, xs[1], y + 11, xs[2] - xs[1] - 8, {Face::mono, Size::label}, ink, key.window);
        text_within(canvas, xs[2], y + 11, xs[3] - xs[2] - 8, {changed ? Face::mono_bold : Face::mono, Size::label},
                    ink, key.value);
        const ChangeLook look = look_of(key.change);
        if (look.icon != Icon::none)
            icon(canvas, look.icon, {xs[3] + 6, y + 11}, gone ? theme.evicted : theme.good.edge, 12);
        text_within(canvas, xs[3] + 18, y + 11, xs[4] - xs[3] - 26, {Face::regular, Size::label}, theme.mid,
                    key.was.empty() ? std::string(look.word) : "was " + key.was);
        text_within(canvas, xs[4], y + 11, rect.right() - xs[4], {Face::mono, Size::label}, theme.low, key.partition);
        y += kStateRow;
    }
    if (vm.keys.empty()) {
        text_within(canvas, rect.x, y + 12, rect.w, {Face::regular, Size::label}, theme.low,
                    "No key is kept at this moment.");
        y += 26;
    }
    return y - rect.y + 10;
}

}  // namespace

void state_view(Ui& ui, const Rect& rect, const StateVm& vm) {
    const Scope scope(ui, "state");
    ScrollPane pane(ui, "pane", rect);
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 8;
    y += versions(ui.canvas, {x, y, width, 0}, vm) + 6;
    y += keys(ui, {x, y, width, 0}, vm);
    y += rule_box(ui.canvas, x, y, width, "**Rule.** " + vm.rule) + 8;
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
