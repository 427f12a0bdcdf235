// From a snapshot to what each panel shows. Every function is pure: equal snapshots give equal structs.
#pragma once

#include <optional>

#include "app/view_model/screen.h"
#include "app/view_model/snapshot.h"

namespace app {

class Scene;

TopBarVm make_top_bar(const Scene& scene);
LessonPaneVm make_lesson_pane(const Scene& scene);
/// Other worlds of the lesson that can be put beside this one now, or taken away again.
std::vector<CardLinkVm> worlds_beside(const Scene& scene);
/// A message of the loader, "file:line:column: what; nearest: X", with the line it speaks of.
LessonErrorVm make_lesson_error(const std::string& message, const std::string& file_text);
StageVm make_stage(const Scene& scene);
PartitionsVm make_partitions(const Scene& scene);
ZnodesVm make_znodes(const Scene& scene);
EventsVm make_events(const Scene& scene);
GroupsVm make_groups(const Scene& scene);
SpaceTimeVm make_space_time(const Scene& scene);
SheetVm make_sql(const Scene& scene);
LogFilesVm make_log_files(const Scene& scene);
WireVm make_wire(const Scene& scene);
MetricsVm make_metrics(const Scene& scene);
/// The other branch at the same moment; none if there is one branch.
std::optional<Snapshot> twin_of(const Snapshot& at);
TwinVm make_twin(const Scene& scene);
SheetVm make_console(const Scene& scene);
InspectorVm make_inspector(const Scene& scene);
TimelineVm make_timeline(const Scene& scene);
TranscriptVm make_transcript(const Scene& scene);
HoverVm make_hover(const Scene& scene, std::string_view object);
MenuVm make_menu(const Scene& scene);
PaletteVm make_palette(const Scene& scene);
std::vector<ViewTabVm> make_view_tabs(const Scene& scene);

/// One frame of an open lesson. `hovered`: the object under the mouse, as the last frame told.
ScreenVm make_screen(const Snapshot& snapshot, std::string_view hovered = {});

/// Titles of the lower drawer's tabs.
const std::vector<std::string>& drawer_tabs();
/// Titles of the views that are built, in the order of their tabs.
const std::vector<std::string>& built_views();
/// Whether a view is about a streaming query.
bool is_of_query(std::string_view title);

}  // namespace app
