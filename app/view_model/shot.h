// A moment of a lesson as a picture shows it: played as `run` plays it, then told as one frame. Drawing is not done
// here.
#pragma once

#include <expected>
#include <optional>

#include "app/view_model/screen.h"

namespace app {

struct ShotRequest {
    std::string lesson;              // name, number or path; not needed for "home" and "components"
    std::string at;                  // a time as commands take it; "" none
    std::string step;                // a step's id: the moment at which its run has stopped; "" none
    bool asking = false;             // with a step: the moment at which its question is open instead
    std::string view;                // "partitions", "home", "components" ..; "" the lesson's own
    bool to_scale = false;           // of the space-time view: columns as far apart as their moments
    std::string select;              // an object
    std::string why;                 // a question, as "not-in-isr orders-0/3"; "" none
    std::optional<u64> seed;
    std::string twin;  // a line carried out instead, on a branch of its own from the step's beginning; "" none
    std::string answer;              // with a step: the choice that was locked in; "" the right one
};

/// What a picture is of.
enum class ShotKind : u8 { screen, home, components };

struct Shot {
    ShotKind kind = ShotKind::screen;
    ScreenVm screen;                 // of home too; empty for components
};

/// Plays and tells. Why not, with the nearest name: an unknown lesson, step, object, time or view.
std::expected<Shot, std::string> prepare_shot(const ShotRequest& request);

/// The run of a step as a film: its turning points, one screen each, and its stop. Requires a step.
std::expected<std::vector<Shot>, std::string> prepare_film(const ShotRequest& request);

/// Names of what `view` may be, as the command line spells them.
std::vector<std::string> shot_views();

}  // namespace app
