#include "app/ui/shell/layout.h"

#include <algorithm>

#include "app/ui/theme.h"

namespace app::ui {
namespace {

constexpr float kTabs = 36;
constexpr float kStrip = 46;
constexpr float kTimelineHead = 54, kTimelineLane = 17;
constexpr float kCaption = 34;
constexpr float kStackBelow = 560;       // lower than this, stage and views take turns
constexpr float kStage = 320;
constexpr float kTimelineFrom = 620;   // lower than this, the timeline is a strip
constexpr float kStageShare = 0.62f;
constexpr float kViewMin = 140;

/// Splits what lies between the panes: stage above, tabs, view below.
void split_centre(ScreenLayout& out, const Rect& centre) {
    const float rest = centre.h - kTabs;
    const float stage = out.form == ScreenForm::wide ? std::min(std::max(kStage, rest * kStageShare), rest - kViewMin)
                                                     : std::min(std::max(kStage, rest * kStageShare), rest - 66);
    out.stage = {centre.x, centre.y, centre.w, std::max(120.0f, stage)};
    out.tabs = {centre.x, out.stage.bottom(), centre.w, kTabs};
    out.view = from_edges(centre.x, out.tabs.bottom(), centre.right(), centre.bottom());
}

/// The stage keeps a line below it for what changed; the views take the whole room.
void take_turns(ScreenLayout& out, const Rect& centre) {
    out.tabs = {centre.x, centre.y, centre.w, kTabs};
    out.view = from_edges(centre.x, out.tabs.bottom(), centre.right(), centre.bottom());
    out.stage = from_edges(out.view.x, out.view.y, out.view.right(), out.view.bottom() - kCaption);
    out.inspector = from_edges(out.view.x, out.stage.bottom(), out.view.right(), out.view.bottom());
}

void one_pane(ScreenLayout& out, const Rect& centre) {
    out.tabs = {centre.x, centre.y, centre.w, kTabs};
    out.view = from_edges(centre.x, out.tabs.bottom(), centre.right(), centre.bottom());
    out.stage = out.lesson = out.inspector = out.view;
}

/// Tabs, axis and a line for each lane, within what the screen can spare.
float timeline_height(const Rect& screen, std::size_t lanes) {
    const float most = layout::timeline + std::max(0.0f, (screen.h - 720) / 3);
    return std::clamp(kTimelineHead + kTimelineLane * static_cast<float>(lanes), layout::timeline, most);
}

}  // namespace

ScreenLayout lay_out(const Rect& screen, bool has_lesson, std::size_t lanes) {
    ScreenLayout out;
    const float lesson = has_lesson ? layout::lesson : 0;
    if (screen.w < lesson + layout::inspector + layout::stage_min) out.form = ScreenForm::folded;
    if (screen.h < kStackBelow) out.form = ScreenForm::stacked;
    if (screen.w < lesson + layout::stage_min - 30 || screen.h < 400) out.form = ScreenForm::single;
    out.timeline_strip = screen.h < kTimelineFrom;
    const float timeline = out.timeline_strip ? kStrip : timeline_height(screen, lanes);
    out.top_bar = {screen.x, screen.y, screen.w, layout::top_bar};
    out.timeline = {screen.x, screen.bottom() - timeline, screen.w, timeline};
    const Rect middle = from_edges(screen.x, out.top_bar.bottom(), screen.right(), out.timeline.y);
    if (out.form == ScreenForm::single) {
        one_pane(out, middle);
        return out;
    }
    const float inspector = out.form == ScreenForm::wide ? layout::inspector : 0;
    out.lesson = {middle.x, middle.y, lesson, middle.h};
    out.inspector = {middle.right() - inspector, middle.y, inspector, middle.h};
    const Rect centre = from_edges(out.lesson.right(), middle.y, out.inspector.x, middle.bottom());
    if (out.form == ScreenForm::stacked) take_turns(out, centre);
    else split_centre(out, centre);
    if (out.form == ScreenForm::folded) out.inspector = out.view;
    return out;
}

}  // namespace app::ui
