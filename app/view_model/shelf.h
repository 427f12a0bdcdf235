// What stands on the shelf: lessons whose files exist and sessions that were saved. Read from files here; told as a
// page by make_home, which reads nothing.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/home.h"

namespace app {

struct ShelfLesson {
    std::string id;              // "204-leader-dies"
    std::string title;
    i64 level = 0;
    i64 steps = 0;
    bool loads = true;
};

struct ShelfSession {
    std::string path;
    std::string lesson;          // id
    std::string title;
    u64 seed = 0;
    u64 branches = 1;
    u64 cursor = 0;              // events since its beginning
    u64 head = 0;
    i64 answered = 0;            // predictions, on all branches
    i64 right = 0;
    std::string when;            // "today 14:02"; "" unknown
};

struct Shelf {
    std::vector<ShelfLesson> lessons;     // in the order of ids
    std::vector<ShelfSession> sessions;   // latest first
    std::string notice;
};

/// Reads scenarios/ and a folder of sessions; "" none.
Shelf read_shelf(const std::string& sessions_folder);
HomeVm make_home(const Shelf& shelf);

struct Desk;
struct ScreenVm;
/// The whole screen while no lesson is shown: the page and what floats above it.
ScreenVm make_home_screen(const Desk& desk, const Shelf& shelf);

}  // namespace app
