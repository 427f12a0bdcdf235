#include "app/ui/views/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/widgets/section.h"

namespace app::ui {
namespace {

constexpr float kPlotGap = 24, kPlotHead = 46, kMetricAxis = 20, kScale = 44;

float x_of(const Rect& plot, double share) { return plot.x + plot.w * static_cast<float>(std::clamp(share, 0.0, 1.0)); }

std::vector<ImVec2> points_of(const Rect& plot, const MetricLineVm& line, double top) {
    std::vector<ImVec2> points;
    const auto count = static_cast<double>(std::max<std::size_t>(1, line.values.size()));
    for (std::size_t i = 0; i < line.values.size(); ++i) {
        const float y = plot.bottom() - plot.h * static_cast<float>(std::min(1.0, line.values[i] / top));
        const float left = x_of(plot, static_cast<double>(i) / count),
                    right = x_of(plot, static_cast<double>(i + 1) / count);
        if (!points.empty() && points.back().y == y) {  // one line as long as the value stays
            points.back().x = right;
            continue;
        }
        points.push_back({left, y});
        points.push_back({right, y});
    }
    return points;
}

void title_row(Canvas& canvas, const Rect& rect, const MetricVm& vm) {
    const Theme& theme = *canvas.theme;
    text_within(canvas, rect.x, rect.y + 12, rect.w - 150, {Face::semibold, Size::body}, theme.ink, vm.title);
    float right = rect.right();
    right -= text(canvas, right, rect.y + 12, {Face::regular, Size::hint}, theme.mid, vm.unit, Align::right) + 6;
    right -= text(canvas, right, rect.y + 12, {Face::mono_bold, Size::question}, theme.ink, vm.now, Align::right) + 10;
    if (!vm.was.empty())
        text(canvas, right, rect.y + 12, {Face::mono, Size::hint}, theme.low, "was " + vm.was, Align::right);
    float x = rect.x;
    for (const MetricLineVm& each : vm.lines) {
        if (each.name.empty()) continue;
        if (each.second)
            dashed_line(canvas, {x, rect.y + 32}, {x + 18, rect.y + 32}, kDashed, theme.out_of_sync.edge, stroke::mark);
        else line(canvas, {x, rect.y + 32}, {x + 18, rect.y + 32}, theme.in_sync.edge, stroke::mark);
        x += 24 + text(canvas, x + 24, rect.y + 32, {Face::regular, Size::hint}, theme.mid, each.name) + 14;
    }
    if (rect.right() - x > 60)
        text_within(canvas, x, rect.y + 32, rect.right() - x, {Face::regular, Size::hint}, theme.low, vm.sentence);
}

void draw_lines(Canvas& canvas, const Rect& plot, const MetricVm& vm) {
    const Theme& theme = *canvas.theme;
    for (const MetricLineVm& each : vm.lines) {
        const std::vector<ImVec2> points = points_of(plot, each, vm.top);
        if (each.second) {
            dashed_polyline(canvas, points, kDashed, theme.out_of_sync.edge, stroke::mark);
            continue;
        }
        for (std::size_t i = 0; i + 1 < points.size(); i += 2)
            if (points[i].y < plot.bottom())
                fill(canvas, from_edges(points[i].x, points[i].y, points[i + 1].x, plot.bottom()),
                     with_alpha(theme.in_sync.edge, 40));
        polyline(canvas, points, theme.in_sync.edge, stroke::mark);
    }
}

void marks(Ui& ui, const Rect& plot, const MetricsVm& vm) {
    const Theme& theme = *ui.canvas.theme;
    for (std::size_t i = 0; i < vm.marks.size(); ++i) {
        const MetricMarkVm& mark = vm.marks[i];
        const float x = x_of(plot, mark.at);
        dashed_line(ui.canvas, {x, plot.y}, {x, plot.bottom()}, kDotted, theme.ctl, stroke::rule);
        const Icon which = mark.kind == MetricMarkKind::broken    ? Icon::cross
                           : mark.kind == MetricMarkKind::elected ? Icon::crown
                                                                  : Icon::ring;
        icon(ui.canvas, which, {x, plot.y - 2},
             mark.kind == MetricMarkKind::broken    ? theme.late.edge
             : mark.kind == MetricMarkKind::elected ? theme.leader.edge
                                                    : theme.in_sync.edge,
             11);
    }
}

void chart(Ui& ui, const Rect& rect, const MetricVm& metric, const MetricsVm& vm) {
    const Scope scope(ui, metric.title);
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    title_row(canvas, rect, metric);
    const Rect plot = from_edges(rect.x + kScale, rect.y + kPlotHead + 8, rect.right(), rect.bottom() - kMetricAxis);
    fill(canvas, plot, theme.well, radius::mark);
    const float now = x_of(plot, vm.now);
    text(canvas, plot.x - 8, plot.y + 4, {Face::mono, Size::hint}, theme.low, fmt::format("{:g}", metric.top),
         Align::right);
    text(canvas, plot.x - 8, plot.bottom() - 5, {Face::mono, Size::hint}, theme.low, "0", Align::right);
    float free_from = plot.x - 4;
    for (const MetricTickVm& tick : vm.ticks) {
        const float x = x_of(plot, tick.at), wide = text_width(canvas, {Face::mono, Size::hint}, tick.text);
        line(canvas, {x, plot.y}, {x, plot.bottom()}, theme.line, stroke::rule);
        if (x < free_from || x + wide > plot.right()) continue;
        text(canvas, x, plot.bottom() + 11, {Face::mono, Size::hint}, theme.low, tick.text);
        free_from = x + wide + 12;
    }
    draw_lines(canvas, plot, metric);
    if (now < plot.right() - 1)
        fill(canvas, from_edges(now, plot.y, plot.right(), plot.bottom()), with_alpha(theme.bg, 150));
    marks(ui, plot, vm);
    line(canvas, {now, plot.y - 4}, {now, plot.bottom() + 3}, theme.now_edge, stroke::mark);
    const Response response = interact(ui, "plot", plot, {false, true});
    if (!response.clicked) return;
    const double share = static_cast<double>((ui.input.mouse.x - plot.x) / std::max(1.0f, plot.w));
    act(ui, UiVerb::go_to_time, {}, {},
        vm.from_ns + static_cast<i64>(std::clamp(share, 0.0, 1.0) * static_cast<double>(vm.to_ns - vm.from_ns)));
}

}  // namespace

void metrics_view(Ui& ui, const Rect& rect, const MetricsVm& vm) {
    const Scope scope(ui, "metrics");
    ScrollPane pane(ui, "pane", rect);
    const std::size_t across = rect.w >= 700 ? 2 : 1;
    const std::size_t rows = (vm.metrics.size() + across - 1) / across;
    const float width = (rect.w - 2 * kPad - kPlotGap * static_cast<float>(across - 1)) / static_cast<float>(across);
    const float height = std::clamp(
        (rect.h - 24 - kPlotGap * static_cast<float>(rows)) / static_cast<float>(std::max<std::size_t>(1, rows)),
        140.0f, 260.0f);
    const float top = pane.top() + 12;
    for (std::size_t i = 0; i < vm.metrics.size(); ++i) {
        const Rect box{rect.x + kPad + (width + kPlotGap) * static_cast<float>(i % across),
                       top + (height + kPlotGap) * static_cast<float>(i / across), width, height};
        chart(ui, box, vm.metrics[i], vm);
    }
    pane.used(12 + (height + kPlotGap) * static_cast<float>(rows));
}

}  // namespace app::ui
