// Everything that a frame is made of, by reference: a world, what happened in it, where the lesson stands, and what
// the person looks at. Nothing here is owned and nothing is changed; equal snapshots give equal screens.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/lab/follow.h"
#include "app/lab/lesson/lesson.h"
#include "app/lab/store/session_file.h"
#include "app/view_model/menu.h"
#include "app/view_model/stage.h"
#include "engine/history.h"
#include "engine/world.h"

namespace app::lab {
class Copies;
}

namespace app {

/// What is shown of a run: choices of the person that change no world.
struct Desk {
    std::string selected;              // an object; "" nothing
    std::string why;                   // an object whose causes are asked for; "" the last change
    std::string view = "Partitions";   // title of the open view
    bool view_asked_for = false;       // by the person; otherwise the lesson opens views
    std::string drawer = "Timeline";   // tab of the lower drawer
    std::string events_filter;
    std::string sql;                   // typed into the SQL view; "" its first query
    std::string command;               // typed into the Console and not yet run
    std::vector<std::string> asked;    // queries of the SQL view that were kept, latest first
    bool to_scale = false;             // Space-time: columns as far apart as their moments
    std::string wire_field;            // name of the chosen field of the Wire view; "" the usual one
    std::vector<std::string> open_znodes;    // paths, sorted
    std::vector<std::string> closed_znodes;  // paths that are open unless they are closed here
    StageZoom zoom = StageZoom::broker;
    i32 zoom_per_mille = 1000;
    i32 pan_x = 0;
    i32 pan_y = 0;
    std::string beside;                // name of the other world that stands beside this one; "" none
    bool fidelity_open = false;
    bool help_open = false;
    bool reduced_motion = false;
    std::string menu;                  // object whose menu is open; "" none
    bool palette_open = false;
    std::string palette_query;
    std::vector<ToastVm> toasts;
    std::vector<WorkVm> work;
};

/// A branch as far as its line of the metro map shows.
struct BranchPlace {
    u32 id = 0;
    u32 parent = 0;
    u64 fork = 0;                      // event index
    u64 head = 0;
    std::string name;                  // "main", then by what made it
    std::vector<u64> stations;         // event indexes of its own stops and interventions, ascending
};

/// A lesson of the course, as far as lists show it.
struct LessonPlace {
    std::string id;                    // "204-leader-dies"
    std::string title;
    i64 level = 0;
};

/// A saved session, as far as the palette shows it.
struct SessionPlace {
    std::string path;
    std::string title;
    std::string when;
};

struct Snapshot {
    const engine::World* world = nullptr;
    const engine::History* history = nullptr;     // of the current branch; may know more than the cursor
    const sim::NameTable* names = nullptr;        // of the history's end; nullptr: the world stands there
    const engine::World* origin = nullptr;        // the world at the history's beginning; nullptr: not kept
    const engine::World* before = nullptr;        // one event earlier; nullptr: there is none
    const engine::World* since = nullptr;         // where the lesson stood last; nullptr: as `before`
    const engine::World* twin = nullptr;          // another branch at the same clock; nullptr: there is none
    const engine::History* twin_history = nullptr;
    const sim::NameTable* twin_names = nullptr;
    std::string twin_name;                        // of its branch, or of the other world
    std::string twin_text;                        // what the lesson says of the other world; "" a branch
    std::shared_ptr<lab::Copies> copies;          // what was counted of logs for earlier frames; nullptr: nothing
    sim::Nanos clock;                             // the moment shown: of the last event, or later
    u64 seed = 0;
    std::vector<BranchPlace> branches;
    u32 branch = 0;
    const lab::Lesson* lesson = nullptr;          // nullptr: free play without one
    const lab::Following* following = nullptr;
    std::vector<std::string> lesson_errors;       // of the file, "file:line:column: what; nearest: X"
    std::string lesson_file;                      // its text, while it has errors
    std::vector<LessonPlace> lessons;             // that the palette offers
    std::vector<SessionPlace> sessions;           // the same, latest first
    std::vector<lab::Bookmark> bookmarks;         // of the session
    bool playing = false;
    lab::Pace pace;
    std::string diverged;                         // "DIVERGED at step 1 024"
    Desk desk;
};

}  // namespace app
