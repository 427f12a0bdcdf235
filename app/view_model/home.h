// The course home: where to go on, what the course holds, what was open last.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

enum class LessonProgress : u8 { open, here, done };

struct HomeLessonVm {
    std::string id;              // "204"
    std::string title;           // "The leader dies"
    LessonProgress progress = LessonProgress::open;
    std::string note;            // "4/7"
};

struct HomeLevelVm {
    i32 number = 0;
    std::string title;           // "Replication"
    std::string subtitle;        // "leaders, ISR, high watermark"
    std::vector<HomeLessonVm> lessons;   // only those whose files exist
    i32 done_per_mille = 0;
    bool here = false;
};

struct HomeSessionVm {
    std::string id;
    std::string title;
    std::string when;            // "today 14:02"
    std::string what;            // "seed 7, 2 branches"
    std::string where;           // "step 486 of 511"
};

struct HomeVm {
    std::string title;           // "What do you want to see run?"
    // Continue: empty title when nothing was begun; then the first lesson is offered.
    std::string continue_heading;   // "Continue", "Start here"
    std::string continue_title;
    std::string continue_text;
    std::string continue_verb;      // "Continue", "Start"
    i32 stop = 0;
    i32 stops = 0;
    std::string course_note;     // "11 of 29 lessons, 38 of 44 predictions answered, ..."
    std::vector<HomeLevelVm> levels;
    std::vector<HomeSessionVm> sessions;
    std::string notice;          // "The font package ... is not installed"; "" none
};

}  // namespace app
