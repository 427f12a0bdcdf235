// Sections: places · shapes · words · the document.
#include "app/view_model/space_time_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace app {
namespace {

// ---- places -------------------------------------------------------------------------------------------

constexpr double kNames = 110, kTop = 56, kLane = 54, kColumn = 74, kGap = 44, kPad = 24, kLetter = 6.1, kLine = 14;

struct Grid {
    std::vector<double> xs;
    std::vector<double> gaps;  // where a stretch was left out; 0 none
    double width = 0, height = 0;
    [[nodiscard]] double x(i32 column) const {
        return xs[static_cast<std::size_t>(std::clamp<i32>(column, 0, static_cast<i32>(xs.size()) - 1))];
    }
    [[nodiscard]] double y(i32 lane) const { return kTop + kLane * (lane + 0.5); }
};

Grid make_grid(const SpaceTimeVm& vm) {
    Grid grid;
    double x = kNames + kPad;
    for (const SpaceColumnVm& column : vm.columns) {
        const bool gap = !column.gap_before.empty() && !grid.xs.empty();
        grid.gaps.push_back(gap ? x + kGap / 2 - kColumn / 2 : 0);
        if (gap) x += kGap;
        else if (!grid.xs.empty()) x += kColumn * (column.width - 1);
        grid.xs.push_back(x);
        x += kColumn;
    }
    grid.width = x + kPad;
    grid.height = kTop + kLane * static_cast<double>(vm.lanes.size()) + 44;
    return grid;
}

// ---- shapes -------------------------------------------------------------------------------------------

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else out += c;
    }
    return out;
}

void line(std::string& out, double x1, double y1, double x2, double y2, std::string_view look) {
    out += fmt::format("<line x1='{:.1f}' y1='{:.1f}' x2='{:.1f}' y2='{:.1f}' {}/>\n", x1, y1, x2, y2, look);
}

void words(std::string& out, double x, double y, std::string_view text, std::string_view look = "") {
    if (!text.empty()) out += fmt::format("<text x='{:.1f}' y='{:.1f}' {}>{}</text>\n", x, y, look, escaped(text));
}

void cross(std::string& out, double x, double y) {
    line(out, x - 5, y - 5, x + 5, y + 5, "class='lost'");
    line(out, x - 5, y + 5, x + 5, y - 5, "class='lost'");
}

void lanes(std::string& out, const Grid& grid, const SpaceTimeVm& vm) {
    for (const SpaceBandVm& band : vm.bands) {
        const double left = band.from_column == 0 ? kNames : grid.x(band.from_column);
        const double right =
            band.to_column + 1 >= static_cast<i32>(grid.xs.size()) ? grid.width - kPad : grid.x(band.to_column);
        out += fmt::format("<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='20' class='{}'/>\n", left,
                           grid.y(band.lane) - 10, std::max(1.0, right - left), band.dead ? "dead" : "leads");
    }
    for (std::size_t i = 0; i < vm.lanes.size(); ++i) {
        const double y = grid.y(static_cast<i32>(i));
        words(out, kPad / 2, y + 4, vm.lanes[i], "class='name'");
        line(out, kNames, y, grid.width - kPad, y, "class='lane'");
    }
    const double bottom = grid.height - 40;
    for (std::size_t i = 0; i < vm.columns.size(); ++i) {
        words(out, grid.xs[i], kTop - 8, vm.columns[i].time, "class='time'");
        if (grid.gaps[i] == 0) continue;
        line(out, grid.gaps[i], kTop, grid.gaps[i], bottom, "class='gap'");
        words(out, grid.gaps[i], bottom + 16, vm.columns[i].gap_before, "class='time'");
    }
}

std::string_view look_of(ConePart part) { return part == ConePart::unrelated ? "class='far'" : "class='cone'"; }

void message(std::string& out, const Grid& grid, const SpaceMessageVm& vm) {
    const double x = grid.x(vm.from_column), y = grid.y(vm.from_lane);
    const double share = vm.lost || vm.flying ? 0.6 : 1.0;
    const double to_x = x + (grid.x(vm.to_column) - x) * share, to_y = y + (grid.y(vm.to_lane) - y) * share;
    line(out, x, y, to_x, to_y, fmt::format("{}{}", look_of(vm.part), vm.lost ? "" : " marker-end='url(#tip)'"));
    if (vm.lost) cross(out, to_x, to_y);
}

void point(std::string& out, const Grid& grid, const SpacePointVm& vm) {
    const double x = grid.x(vm.column), y = grid.y(vm.lane);
    if (vm.broken) return cross(out, x, y);
    if (vm.part == ConePart::came_from_it)
        out += fmt::format("<path d='M{:.1f} {:.1f}l6 6l-6 6l-6 -6z' class='event'/>\n", x, y - 6);
    else
        out += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='{}' class='{}'/>\n", x, y,
                           vm.part == ConePart::unrelated ? 3 : 5, vm.part == ConePart::unrelated ? "other" : "event");
    if (vm.part == ConePart::selected)
        out += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='10' class='selected'/>\n", x, y);
}

// ---- words --------------------------------------------------------------------------------------------

/// Labels that were placed: a new one must not lie on them.
class Labels {
public:
    explicit Labels(const Grid& grid) : grid_(grid) {}
    void put(std::string& out, double x, double y, const std::string& text, std::string_view look) {
        const double width = static_cast<double>(text.size()) * kLetter;
        x = std::clamp(x, kNames, std::max(kNames, grid_.width - width));
        for (const double shift : {0.0, -kLine, kLine, -2 * kLine, 2 * kLine}) {
            const Box box{x, y + shift - 10, width, kLine};
            if (box.y < kTop - 4 || std::ranges::any_of(taken_, [&](const Box& other) { return meets(other, box); }))
                continue;
            taken_.push_back(box);
            return words(out, x, y + shift, text, look);
        }
    }

private:
    struct Box {
        double x, y, w, h;
    };
    static bool meets(const Box& a, const Box& b) {
        return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    }
    const Grid& grid_;
    std::vector<Box> taken_;
};

void labels(std::string& out, const Grid& grid, const SpaceTimeVm& vm) {
    Labels all(grid);
    for (const bool selected : {true, false})
        for (const SpacePointVm& each : vm.points)
            if ((each.part == ConePart::selected) == selected && !each.label.empty())
                all.put(out, grid.x(each.column) + 10, grid.y(each.lane) - 12, each.label,
                        selected ? "class='chosen'" : "");
    for (const SpaceMessageVm& each : vm.messages)
        if (!each.label.empty())
            all.put(out, (grid.x(each.from_column) + grid.x(each.to_column)) / 2 + 4,
                    (grid.y(each.from_lane) + grid.y(each.to_lane)) / 2, each.label, "class='word'");
}

// ---- the document -------------------------------------------------------------------------------------

constexpr std::string_view kStyle = R"(<style>
text{font:11px Inter,Helvetica,Arial,sans-serif;fill:#444e5a}
.title{font-size:15px;font-weight:600;fill:#14181d}.name,.chosen{font-weight:600;fill:#14181d}
.time{font-family:"JetBrains Mono",monospace;text-anchor:middle}.word{font-style:italic}
.lane{stroke:#7f8a97}.gap{stroke:#7f8a97;stroke-dasharray:2 4}.far{stroke:#b4bcc6}.cone{stroke:#14181d;stroke-width:1.6}
.lost{stroke:#b84e00;stroke-width:2}.event{fill:#14181d}.other{fill:#7f8a97}.selected{fill:none;stroke:#14181d;stroke-width:2}
.leads{fill:#0072b2;fill-opacity:.22}.dead{fill:none;stroke:#727d89;stroke-dasharray:4 3}
</style>
<defs><marker id='tip' viewBox='0 0 8 8' refX='11' refY='4' markerWidth='8' markerHeight='8' orient='auto'><path d='M0 0L8 4L0 8z' fill='#14181d'/></marker></defs>
)";

}  // namespace

std::string space_time_svg(const SpaceTimeVm& vm) {
    const bool empty = vm.columns.empty() || vm.lanes.empty();
    const Grid grid = empty ? Grid{{}, {}, 640, 80} : make_grid(vm);
    std::string out = fmt::format(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{0:.0f}' height='{1:.0f}' viewBox='0 0 {0:.0f} {1:.0f}'>\n",
        grid.width, grid.height);
    out += kStyle;
    out += "<rect width='100%' height='100%' fill='#ffffff'/>\n";
    words(out, kPad / 2, 22, empty ? vm.head.empty_title : vm.head.title, "class='title'");
    if (empty) words(out, kPad / 2, 44, vm.head.empty_text);
    else {
        lanes(out, grid, vm);
        for (const SpaceMessageVm& each : vm.messages) message(out, grid, each);
        for (const SpacePointVm& each : vm.points) point(out, grid, each);
        labels(out, grid, vm);
    }
    return out + "</svg>\n";
}

}  // namespace app
