// What a person asked for in one frame, as data. The window never changes a world or a session: it returns these,
// and the program turns them into inputs, moves of the cursor or changes of what is shown.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

enum class UiVerb : u8 {
    // Time. `argument` is the unit: "event", "node event", "stop", "marker", "batch", "phase", "record".
    play_or_pause,
    step_forward,
    step_back,
    go_to_time,       // number: nanoseconds of world time, sent again and again while the timeline is dragged;
                      // argument "start" or "newest" instead of a number
    go_to_event,      // number: event index
    set_speed,        // number: thousandths of real time; argument "slower" or "faster" for one notch
    set_pace,         // argument: "event" or "time"
    stop_work,        // end a long run, keep what it reached
    // The lesson.
    choose_answer,    // object: prediction id; argument: value of the choice
    lock_in,          // object: prediction id; "" (the key Enter) the open question, or go on when there is none
    run_to_stop,
    show_fidelity,
    follow_link,      // object: id of the link in the card that was clicked
    // What is shown.
    select,           // object: "broker 2", "orders-0", "orders-0/2 offset 9", "fact 486.1"; "" selects nothing
    open_menu,        // object: what was right-clicked
    run_verb,         // object, argument: id of the verb in its menu
    open_view,        // argument: title of the view
    open_drawer,      // argument: tab of the lower drawer
    switch_branch,    // argument: branch name
    ask_why,          // object: what to explain
    fold,             // object: tree node that was opened or closed
    sort,             // object: table; argument: column
    filter,           // object: view; argument: the text
    fit_stage,
    zoom_stage,       // number: per mille of the zoom before; argument "x,y" in stage coordinates
    pan_stage,        // argument: "x,y" in stage coordinates
    // Windows and overlays.
    open_palette,
    open_help,
    close_overlay,
    go_home,
    open_lesson,      // object: lesson id
    continue_session, // object: session id; "" the latest
    open_bench,       // free play
    open_file,        // object: what to open: "session", "lesson", "serve"
};

struct UiAction {
    UiVerb verb = UiVerb::select;
    std::string object;
    std::string argument;
    i64 number = 0;

    friend bool operator==(const UiAction&, const UiAction&) = default;
};

using UiActions = std::vector<UiAction>;

}  // namespace app
