// The rules of a lesson that only a run decides: steps that end, predictions that the run answers, goals that a
// solution reaches and that nothing without an idea does.
#pragma once

#include <optional>

#include "app/lab/play/player.h"
#include "app/lab/run/session.h"
#include "app/proof/check/findings.h"

namespace app::proof {

/// A lesson that was played to the end of its steps.
struct PlayedLesson {
    std::unique_ptr<lab::Session> session;
    std::unique_ptr<lab::Player> player;
    std::vector<lab::StepOutcome> steps;
    sim::u64 end = 0;               // cursor behind the last step
    sim::Nanos watched;             // what the steps took on the learner's clock
};

std::expected<PlayedLesson, std::string> play_lesson(const std::string& path, const std::string& text,
                                                     std::optional<sim::u64> seed);

// Each looks at a lesson that was played on its own seed.
void lint_steps(const PlayedLesson& played, Findings& findings);        // 3, 4, 5
void lint_predictions(const PlayedLesson& played, Findings& findings);  // 6
void lint_reviews_run(PlayedLesson& played, Findings& findings);        // 23
void lint_queries(PlayedLesson& played, Findings& findings);            // 18
void lint_transcript(const PlayedLesson& played, Findings& findings);   // 20
/// 9 and 10. Leaves the run on the branch of the last attempt.
void lint_goals(PlayedLesson& played, Findings& findings);
/// 11: the same on five other seeds, if the lesson says that it holds for any.
void lint_other_seeds(const PlayedLesson& played, Findings& findings);
/// 12: a second run, and forward, back, forward.
void lint_determinism(const PlayedLesson& played, Findings& findings);

}  // namespace app::proof
