// One frame of the lab.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/event_time.h"
#include "app/view_model/events.h"
#include "app/view_model/groups.h"
#include "app/view_model/home.h"
#include "app/view_model/inspector.h"
#include "app/view_model/lesson_pane.h"
#include "app/view_model/log_files.h"
#include "app/view_model/menu.h"
#include "app/view_model/metrics.h"
#include "app/view_model/partitions.h"
#include "app/view_model/query.h"
#include "app/view_model/query_tables.h"
#include "app/view_model/sheet.h"
#include "app/view_model/space_time.h"
#include "app/view_model/stage.h"
#include "app/view_model/timeline.h"
#include "app/view_model/top_bar.h"
#include "app/view_model/transcript.h"
#include "app/view_model/twin.h"
#include "app/view_model/wire.h"
#include "app/view_model/znodes.h"

namespace app {

/// A tab of the view area below the stage.
struct ViewTabVm {
    std::string title;           // "Partitions"
    bool lit = false;            // the lesson or the selection points to it
};

struct ScreenVm {
    bool at_home = false;
    HomeVm home;
    TopBarVm top_bar;
    LessonPaneVm lesson;
    StageVm stage;
    std::vector<ViewTabVm> views;
    std::string view;            // title of the open one, or of a pane that is a tab where room is short
    std::string below;           // title of the view below the stage while `view` names a pane
    bool view_asked_for = false; // by the person: where room is short it goes before what changed
    PartitionsVm partitions;
    ZnodesVm znodes;
    EventsVm events;
    GroupsVm groups;
    SheetVm sheet;               // of SQL and Console
    WireVm wire;
    LogFilesVm log_files;
    MetricsVm metrics;
    TwinVm twin;
    QueryVm query;
    EventTimeVm event_time;
    StateVm state;
    UnboundedVm unbounded;
    CheckpointVm checkpoint;
    CodeVm code;
    SpaceTimeVm space_time;      // of Record trace too
    InspectorVm inspector;
    TimelineVm timeline;
    TranscriptVm transcript;     // while its tab of the drawer is open
    HoverVm hover;               // for the object that the last frame said the mouse is on
    MenuVm menu;
    PaletteVm palette;
    bool help_open = false;
    std::vector<KeyHelpVm> keys;
    std::vector<ToastVm> toasts;
    std::vector<WorkVm> work;    // at most one
    bool reduced_motion = false;
};

}  // namespace app
