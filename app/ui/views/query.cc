// Sections: the source · the plan · state and sink · batches · tasks.
#include "app/ui/views/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/ui/icons.h"
#include "app/ui/patterns.h"
#include "app/ui/rich_text.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/selectable.h"

namespace app::ui {
namespace {

constexpr float kQueryRow = 24, kBox = 40, kBoxGap = 16;

Colour colour_of(const Theme& theme, BatchPhaseVm phase) {
    switch (phase) {
        case BatchPhaseVm::latest_offset: return theme.ctl;
        case BatchPhaseVm::wal_commit: return theme.mid;
        case BatchPhaseVm::get_batch: return theme.ink;
        case BatchPhaseVm::query_planning: return theme.card;
        case BatchPhaseVm::add_batch: return theme.in_sync.edge;
        case BatchPhaseVm::commit_offsets: return theme.good.edge;
    }
    return theme.mid;
}

std::string rows_text(i64 rows) { return rows == 1 ? "1 row" : fmt::format("{} rows", rows); }

void phase_bar(Canvas& canvas, const Rect& rect, BatchPhaseVm phase) {
    const Theme& theme = *canvas.theme;
    if (phase == BatchPhaseVm::wal_commit) {
        fill(canvas, rect, theme.hatch_gap);
        hatch(canvas, rect, theme.mid, 5);
        return;
    }
    fill(canvas, rect, colour_of(theme, phase));
    if (phase == BatchPhaseVm::query_planning) outline(canvas, rect, theme.mid);
}

// ---- the source -------------------------------------------------------------------------------------

float source(Ui& ui, const Rect& rect, const QueryVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 10, "SOURCE", vm.source);
    float y = rect.y + 26;
    i64 most = 1;
    for (const QueryRangeVm& range : vm.ranges) most = std::max(most, range.until);
    for (const QueryRangeVm& range : vm.ranges) {
        const std::string part = fmt::format("{} {}", range.object, range.from);
        const Response response = interact(ui, part, {rect.x, y, rect.w, 42});
        if (response.clicked) act(ui, UiVerb::select, range.object);
        text_within(canvas, rect.x, y + 8, rect.w - 60, {Face::semibold, Size::label}, theme.ink, range.partition);
        text(canvas, rect.right(), y + 8, {Face::mono, Size::label}, theme.ink,
             rows_text(range.rows), Align::right);
        const Rect bar{rect.x, y + 18, rect.w, 12};
        fill(canvas, bar, theme.card, radius::mark);
        const auto at = [&](i64 offset) {
            return bar.x + bar.w * static_cast<float>(offset) / static_cast<float>(most);
        };
        if (range.rows > 0)
            fill(canvas, from_edges(at(range.from), bar.y, std::max(at(range.from) + 3, at(range.until)), bar.bottom()),
                 theme.strong, radius::mark);
        text(canvas, rect.x, y + 40, {Face::mono, Size::hint}, theme.low, fmt::format("from {}", range.from));
        text(canvas, rect.right(), y + 40, {Face::mono, Size::hint}, theme.ink, fmt::format("until {}", range.until),
             Align::right);
        y += 56;
    }
    y += wrapped(canvas, rect.x, y, rect.w, {Face::regular, Size::hint}, theme.low, vm.range_note) + 4;
    return y - rect.y;
}

// ---- the plan ---------------------------------------------------------------------------------------

float plan_height(const QueryVm& vm) {
    std::size_t most = 0, here = 0;
    for (const QueryOperatorVm& op : vm.operators) {
        here = op.exchange ? 0 : here + 1;
        most = std::max(most, here);
    }
    return 26 + static_cast<float>(most) * (kBox + kBoxGap);
}

/// What the link below an operator carried.
void count_on_link(Canvas& canvas, float x, float y, const QueryOperatorVm& op) {
    const Theme& theme = *canvas.theme;
    if (op.rows >= 0) x += text(canvas, x + 8, y, {Face::mono, Size::hint}, theme.ink, rows_text(op.rows)) + 20;
    if (op.late <= 0) return;
    icon(canvas, Icon::triangle, {x + 14, y}, theme.late.edge, 10);
    text(canvas, x + 24, y, {Face::semibold, Size::hint}, theme.late.edge, fmt::format("{} late", op.late));
}

/// Where the plan meets what stands beside it.
struct PlanPlaces {
    float height = 60;
    std::optional<ImVec2> first, last;      // the left side of the first operator, the right side of the last one
    std::vector<std::pair<ImVec2, bool>> state;  // right sides of operators with state, and whether they write
};

std::string stage_tasks(const QueryVm& vm, i32 stage) {
    const auto at = static_cast<std::size_t>(stage);
    if (at >= vm.stage_tasks.size() || vm.stage_tasks[at] == 0) return "";
    return fmt::format("{} task{}", vm.stage_tasks[at], vm.stage_tasks[at] == 1 ? "" : "s");
}

/// Operators of a stage one below the other; an exchange between two stages.
PlanPlaces plan(Canvas& canvas, const Rect& rect, const QueryVm& vm) {
    const Theme& theme = *canvas.theme;
    const i32 stages = vm.operators.empty() ? 1 : vm.operators.back().stage + (vm.operators.back().exchange ? 0 : 1);
    const float gap = 52;  // room for the word between two stages
    const float width = (rect.w - gap * static_cast<float>(stages - 1)) / static_cast<float>(std::max(1, stages));
    float y = rect.y + 26;
    i32 stage = -1;
    float most = y;
    ImVec2 out{0, 0};
    PlanPlaces places;
    const QueryOperatorVm* above = nullptr;
    for (const QueryOperatorVm& op : vm.operators) {
        const float x = rect.x + (width + gap) * static_cast<float>(op.stage);
        if (op.exchange) continue;
        if (op.stage != stage) {
            section_label(canvas, x, x + width, rect.y + 10, fmt::format("STAGE {}", op.stage),
                          stage_tasks(vm, op.stage));
            y = rect.y + 26;
            if (stage >= 0) {
                const ImVec2 to{x, y + kBox / 2};
                polyline(canvas, curve(out, {out.x + gap / 2, out.y}, {to.x - gap / 2, to.y}, to), theme.mid,
                         stroke::mark);
                const float below = std::max(out.y, to.y) + 14, between = (out.x + to.x) / 2;
                text(canvas, between, below, {Face::semibold, Size::hint}, theme.mid, "shuffle", Align::centre);
                if (above->rows >= 0)
                    text(canvas, between, below + 14, {Face::mono, Size::hint}, theme.ink, rows_text(above->rows),
                         Align::centre);
            }
            stage = op.stage;
        } else {
            line(canvas, {x + 24, y - kBoxGap}, {x + 24, y}, theme.mid, stroke::mark);
            count_on_link(canvas, x + 24, y - kBoxGap / 2, *above);
        }
        const Rect box{x, y, width, kBox};
        fill(canvas, box, op.stateful ? theme.raised : theme.card, radius::button);
        outline(canvas, box, op.stateful ? theme.mid : theme.line, radius::button);
        text_within(canvas, box.x + 10, box.y + 13, box.w - 20, {Face::semibold, Size::label}, theme.ink, op.name);
        text_within(canvas, box.x + 10, box.y + 29, box.w - 20, {Face::mono, Size::hint}, theme.mid, op.detail);
        out = {box.right(), box.mid_y()};
        if (!places.first) places.first = {box.x, box.mid_y()};
        if (op.stateful) places.state.emplace_back(out, !op.name.ends_with("Restore"));
        above = &op;
        y += kBox + kBoxGap;
        most = std::max(most, y);
    }
    if (vm.operators.empty()) {
        text_within(canvas, rect.x, rect.y + 34, rect.w, {Face::regular, Size::label}, theme.low,
                    "No plan is known for this batch.");
        return places;
    }
    places.last = out;
    places.height = most - rect.y;
    return places;
}

// ---- state and sink ---------------------------------------------------------------------------------

float state_store(Canvas& canvas, const Rect& rect, const QueryVm& vm) {
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 10, "STATE STORE", vm.state_versions);
    // A predicate is never cut: what does not fit beside its words stands below them.
    const auto below = [&](const std::string& words, const std::string& note) {
        return !note.empty() && text_width(canvas, {Face::semibold, Size::label}, words) +
                                        text_width(canvas, {Face::mono, Size::hint}, note) >
                                    rect.w - 52;
    };
    const std::string evicted = fmt::format("{} evicted", vm.evicted),
                      dropped = fmt::format("{} dropped as late", vm.dropped);
    const float more = (below(evicted, vm.evict_rule) ? 18.0f : 0) + (below(dropped, vm.late_rule) ? 18.0f : 0);
    const Rect box{rect.x, rect.y + 24, rect.w, 104 + more};
    fill(canvas, box, theme.card, radius::card);
    text_within(canvas, box.x + 12, box.y + 18, box.w - 24, {Face::mono_bold, Size::body}, theme.ink, vm.state_sum);
    float y = box.y + 36;
    const auto row = [&](Icon which, Colour colour, std::string words, const std::string& note) {
        icon(canvas, which, {box.x + 18, y + 9}, colour, 12);
        const float wide =
            text_within(canvas, box.x + 32, y + 9, box.w - 40, {Face::semibold, Size::label}, theme.ink, words);
        const bool beside = !below(words, note);
        if (!beside) y += 18;
        const float x = beside ? box.x + 40 + wide : box.x + 32;
        if (!note.empty())
            text_within(canvas, x, y + 9, box.right() - 10 - x, {Face::mono, Size::hint}, theme.mid, note);
        y += 20;
    };
    row(Icon::check, theme.good.edge, fmt::format("{} new, {} updated", vm.added, vm.updated), "");
    row(Icon::square, theme.evicted, evicted, vm.evict_rule);
    row(Icon::triangle, theme.late.edge, dropped, vm.late_rule);
    return 138 + more;
}

float sink(Canvas& canvas, const Rect& rect, const QueryVm& vm) {
    const Theme& theme = *canvas.theme;
    section_label(canvas, rect.x, rect.right(), rect.y + 10, "SINK", vm.sink);
    float y = rect.y + 24;
    if (vm.sink_rows.empty()) {
        text_within(canvas, rect.x, y + 10, rect.w, {Face::regular, Size::label}, theme.low,
                    "This batch put nothing out.");
        return 50;
    }
    const float width = rect.w / static_cast<float>(std::max<std::size_t>(1, vm.sink_columns.size()));
    for (std::size_t i = 0; i < vm.sink_columns.size(); ++i)
        text_within(canvas, rect.x + width * static_cast<float>(i), y + 10, width - 6, {Face::semibold, Size::hint},
                    theme.mid, vm.sink_columns[i]);
    y += 20;
    rule(canvas, rect.x, rect.right(), y, theme.line);
    for (const auto& row : vm.sink_rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            text_within(canvas, rect.x + width * static_cast<float>(i), y + 11, width - 6, {Face::mono, Size::label},
                        theme.ink, row[i]);
        y += 20;
    }
    return y - rect.y + 6;
}

/// The way of the rows from the source into the plan, to and from the store, and out to the sink.
void connect(Canvas& canvas, const Rect& from, const PlanPlaces& places, const Rect& store, const Rect& to,
             const QueryVm& vm) {
    const Theme& theme = *canvas.theme;
    constexpr float kReach = 14;
    const auto way = [&](ImVec2 a, ImVec2 b) { return curve(a, {a.x + kReach, a.y}, {b.x - kReach, b.y}, b); };
    if (places.first && !vm.ranges.empty())
        polyline(canvas, way({from.right() + 4, from.y + 50}, {places.first->x - 2, places.first->y}), theme.mid,
                 stroke::mark);
    float y = store.y + 56;
    for (const auto& [place, writes] : places.state) {
        const std::vector<ImVec2> path = way(place, {store.x - 2, y});
        if (writes) polyline(canvas, path, theme.mid, stroke::mark);
        else dashed_polyline(canvas, path, kDashed, theme.mid, stroke::rule);
        y += 24;
    }
    if (places.last && !vm.sink_rows.empty())
        polyline(canvas, way(*places.last, {to.x - 2, to.y + 44}), theme.mid, stroke::mark);
}

// ---- batches ----------------------------------------------------------------------------------------

float phases_legend(Canvas& canvas, const Rect& rect) {
    const Theme& theme = *canvas.theme;
    float x = rect.x;
    for (u8 i = 0; i < kBatchPhases; ++i) {
        const auto phase = static_cast<BatchPhaseVm>(i);
        const float wide = text_width(canvas, {Face::regular, Size::hint}, name_of(phase));
        if (x + 18 + wide > rect.right()) break;
        phase_bar(canvas, {x, rect.y + 4, 12, 12}, phase);
        text(canvas, x + 18, rect.y + 10, {Face::regular, Size::hint}, theme.mid, name_of(phase));
        x += wide + 34;
    }
    return 24;
}

float batches(Ui& ui, const Rect& rect, const QueryVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, "Batches",
            elide(canvas, {Face::regular, Size::label}, vm.sentence, std::max(0.0f, rect.w - 100)));
    float y = rect.y + 28;
    y += phases_legend(canvas, {rect.x, y, rect.w, 0});
    struct ColumnOf {
        std::string_view title;
        float right;
    };
    const float right = rect.right();
    const bool rates = rect.w >= 690;  // room for them beside the bars
    std::vector<ColumnOf> columns = {{"batch", rect.x + 36}, {"rows", rect.x + 96}, {"watermark", right - 168},
                                     {"state", right - 112}, {"late", right - 68},  {"out", right - 22}};
    if (rates) columns.insert(columns.end(), {{"in/s", rect.x + 150}, {"proc/s", rect.x + 206}});
    for (const ColumnOf& column : columns)
        text(canvas, column.right, y + 10, {Face::semibold, Size::hint}, theme.mid, column.title, Align::right);
    const float bar_from = rect.x + (rates ? 220 : 110);
    text(canvas, bar_from, y + 10, {Face::semibold, Size::hint}, theme.mid, "duration, ms");
    y += 20;
    i64 most = 1;
    for (const QueryBatchVm& batch : vm.batches) most = std::max(most, batch.total_ms);
    const float bar_room = std::max(40.0f, right - 250 - 50 - bar_from);
    for (const QueryBatchVm& batch : vm.batches) {
        if (batch.lit) fill(canvas, {rect.x - 6, y, rect.w + 12, kQueryRow}, theme.raised, radius::chip);
        selectable(ui, {rect.x - 6, y, rect.w + 12, kQueryRow}, batch.object, batch.selected);
        const std::string cells[] = {batch.id,   batch.rows, batch.watermark, batch.state,
                                     batch.late, batch.out,  batch.arriving,  batch.worked_off};
        for (std::size_t i = 0; i < columns.size(); ++i)
            text_within(canvas, columns[i].right, y + 12, 66, {i == 0 ? Face::mono_bold : Face::mono, Size::label},
                        batch.no_data && i == 1 ? theme.low : theme.ink, cells[i], Align::right);
        if (batch.late != "0") icon(canvas, Icon::triangle, {columns[4].right + 10, y + 12}, theme.late.edge, 11);
        float x = bar_from;
        for (u8 i = 0; i < kBatchPhases; ++i) {
            const float wide = bar_room * static_cast<float>(batch.ms[i]) / static_cast<float>(most);
            if (batch.ms[i] <= 0) continue;
            phase_bar(canvas, {x, y + 6, std::max(2.0f, wide), 12}, static_cast<BatchPhaseVm>(i));
            x += std::max(2.0f, wide);
        }
        text(canvas, x + 8, y + 12, {Face::mono, Size::label}, theme.ink, fmt::format("{}", batch.total_ms));
        y += kQueryRow + 2;
    }
    if (!vm.pace.empty())
        y += wrapped(canvas, rect.x, y + 4, rect.w, {Face::regular, Size::label}, theme.mid, vm.pace) + 4;
    return y - rect.y + 6;
}

float order(Canvas& canvas, const Rect& rect, const QueryVm& vm) {
    const Theme& theme = *canvas.theme;
    float x =
        rect.x + text(canvas, rect.x, rect.y + 14, {Face::regular, Size::label}, theme.mid, "Order of one batch") + 14;
    for (i32 i = 0; i < kBatchPhases; ++i) {
        const std::string_view name = name_of(static_cast<BatchPhaseVm>(i));
        const Type type{Face::mono_bold, Size::hint};
        const float wide = text_width(canvas, type, name) + 16;
        if (x + wide > rect.right()) break;
        const Rect box{x, rect.y + 3, wide, 22};
        const bool here = i == vm.reached;
        fill(canvas, box, here ? theme.now_fill : i < vm.reached ? theme.raised : theme.card, radius::chip);
        outline(canvas, box, here ? theme.now_edge : theme.line, radius::chip, here ? stroke::mark : stroke::rule);
        text(canvas, box.mid_x(), box.mid_y(), type, i <= vm.reached ? theme.ink : theme.low, name, Align::centre);
        x += wide + 8;
        if (i + 1 < kBatchPhases) icon(canvas, Icon::chevron, {x, box.mid_y()}, theme.low, 9);
        x += 12;
    }
    return 34;
}

// ---- tasks ------------------------------------------------------------------------------------------

/// What the driver itself did, part by part.
void driver_lane(Canvas& canvas, const Rect& rect, const QueryVm& vm) {
    const Theme& theme = *canvas.theme;
    for (const QueryDriverVm& part : vm.driver) {
        const auto at = [&](i64 ms) {
            return rect.x + rect.w * static_cast<float>(ms) / static_cast<float>(vm.task_span_ms);
        };
        phase_bar(canvas,
                  from_edges(at(part.from_ms), rect.y + 2, std::max(at(part.from_ms) + 2, at(part.to_ms)), rect.y + 22),
                  part.phase);
    }
    line(canvas, {rect.x, rect.y + 26}, {rect.right(), rect.y + 26}, theme.line, stroke::rule);
}

float tasks(Ui& ui, const Rect& rect, const QueryVm& vm) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    heading(canvas, rect.x, rect.y + 12, "Tasks", "of the last batch, ms since the trigger fired");
    float y = rect.y + 34;
    if (vm.tasks.empty()) {
        text_within(canvas, rect.x, y + 6, rect.w, {Face::regular, Size::label}, theme.low,
                    "No task has been given to an executor.");
        return 60;
    }
    const float left = rect.x + 84, width = rect.right() - left;
    text_within(canvas, rect.x, y + 12, 78, {Face::regular, Size::label}, theme.mid, "driver");
    driver_lane(canvas, {left, y, width, 28}, vm);
    y += 28;
    for (const std::string& lane : vm.task_lanes) {
        const std::size_t core = lane.find(", ");  // further cores of an executor stand below its name
        text_within(canvas, rect.x, y + 12, 78, {Face::regular, Size::label}, core == lane.npos ? theme.mid : theme.low,
                    core == lane.npos ? lane : "  " + lane.substr(core + 2));
        line(canvas, {left, y + 26}, {rect.right(), y + 26}, theme.line, stroke::rule);
        for (const QueryTaskVm& task : vm.tasks) {
            if (task.lane != lane) continue;
            const auto at = [&](i64 ms) {
                return left + width * static_cast<float>(ms) / static_cast<float>(vm.task_span_ms);
            };
            const Rect box =
                from_edges(at(task.from_ms), y + 2, std::max(at(task.from_ms) + 4, at(task.to_ms)) - 1, y + 22);
            const bool first = task.stage == vm.tasks.front().stage;
            fill(canvas, box, first ? theme.card : theme.in_sync.fill, radius::chip);
            outline(canvas, box, task.failed ? theme.late.edge : first ? theme.mid : theme.in_sync.edge, radius::chip);
            selectable(ui, box, task.object, task.selected);
            if (box.w > 30)
                text_within(canvas, box.x + 6, box.mid_y(), box.w - 8, {Face::mono_bold, Size::hint}, theme.ink,
                            task.label);
        }
        y += 28;
    }
    text(canvas, left, y + 8, {Face::mono, Size::hint}, theme.low, "0");
    text(canvas, rect.right(), y + 8, {Face::mono, Size::hint}, theme.low, fmt::format("{}", vm.task_span_ms),
         Align::right);
    if (vm.shuffle_note.empty()) return y + 20 - rect.y;
    text_within(canvas, rect.x, y + 26, rect.w, {Face::regular, Size::label}, theme.mid, vm.shuffle_note);
    return y + 40 - rect.y;
}

}  // namespace

void query_view(Ui& ui, const Rect& rect, const QueryVm& vm) {
    const Scope scope(ui, "query");
    ScrollPane pane(ui, "pane", rect);
    Canvas& canvas = ui.canvas;
    const bool beside = rect.w >= 820;
    const float x = rect.x + kPad, width = rect.w - 2 * kPad;
    float y = pane.top() + 12;
    if (beside) {
        const float left = 190, right = 240, middle = width - left - right - 56;
        const float a = source(ui, {x, y, left, 0}, vm);
        const PlanPlaces places = plan(canvas, {x + left + 28, y, middle, 0}, vm);
        const Rect store{x + width - right, y, right, state_store(canvas, {x + width - right, y, right, 0}, vm)};
        const Rect rest{store.x, store.bottom(), right, sink(canvas, {store.x, store.bottom(), right, 0}, vm)};
        connect(canvas, {x, y, left, a}, places, store, rest, vm);
        y += std::max({a, places.height, plan_height(vm), store.h + rest.h}) + 4;
    } else {
        y += source(ui, {x, y, width, 0}, vm) + 8;
        y += plan(canvas, {x, y, width, 0}, vm).height + 8;
        y += state_store(canvas, {x, y, width, 0}, vm) + 4;
        y += sink(canvas, {x, y, width, 0}, vm) + 4;
    }
    rule(canvas, rect.x, rect.right(), y, canvas.theme->line);
    y += 10;
    const float half = beside ? width * 0.62f : width;
    const float a = batches(ui, {x, y, half - 16, 0}, vm);
    if (beside) y += std::max(a, tasks(ui, {x + half + 16, y, width - half - 16, 0}, vm));
    else y += a + tasks(ui, {x, y + a + 8, width, 0}, vm) + 8;
    y += order(canvas, {x, y, width, 0}, vm);
    pane.used(y - pane.top() + 8);
}

}  // namespace app::ui
