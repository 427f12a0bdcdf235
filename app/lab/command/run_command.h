// `run`, headless: a lesson from its first step to its goals, told line by line.
#pragma once

#include <optional>
#include <string>

#include "app/lab/play/player.h"
#include "app/lab/run/session.h"

namespace app::lab {

struct RunOptions {
    std::string lesson;                 // name or path
    std::optional<sim::u64> seed;
    std::string until;                  // SQL or a time; "" = to the end
    bool hash = false;                  // print one line with the hash, last
    std::string transcript;             // file; "" = standard output
    std::string session;                // file to save to; "" = none
    bool quiet = false;                 // no transcript at all
};

int run_headless(const RunOptions& options);

/// A time as commands take it: a duration since the lesson's start, or a clock time of the lesson.
std::optional<sim::Nanos> parse_lesson_time(const std::string& text, const Lesson& lesson);
/// The horizon of a run from `--until`, on the run's clock.
Horizon horizon_of(const std::string& until, const Session& session);
/// Plays all steps and the solution, silently. Ends early at the horizon.
void play_all(Player& player);
std::string hash_line(const engine::World& world);

}  // namespace app::lab
