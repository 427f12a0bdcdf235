// The lesson beside the stage: what is going on, the open question, the goals.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

struct ChoiceVm {
    std::string value;           // what the run is compared with: "2"
    std::string text;            // "Broker 2"
    bool chosen = false;
};

enum class PredictionState : u8 { open, running, right, wrong };

/// A way to see it: "go to step 471", "run it with broker 3 ahead".
struct CardLinkVm {
    std::string id;
    std::string text;
    bool branches = false;       // opens a branch
};

struct PredictionVm {
    std::string id;              // "who"
    std::string stop;            // "stop 4"
    std::string ask;             // "Which broker leads next?"
    PredictionState state = PredictionState::open;
    std::vector<ChoiceVm> choices;   // open and running
    std::string said;            // wrong: "broker 3", the learner's answer
    std::string run_says;        // right and wrong: what the run did, "Broker 2"
    std::string because;         // Markdown; right and wrong
    std::vector<CardLinkVm> links;
};

enum class GoalState : u8 { open, holds, reached, broken };

struct GoalVm {
    GoalState state = GoalState::open;
    std::string text;            // "No acknowledged order is lost"
    std::string note;            // "holds", "2, right", "broken at 10.9 s"
    std::string object;          // what a click shows: the step where it broke; "" nothing
};

/// A mistake in the lesson's file, shown in its place.
struct LessonErrorVm {
    std::string title;           // "Unknown name "order-0""
    std::string place;           // "07-leader.toml 31:27"
    std::string line_number;     // "31"
    std::string line;            // the line of the file
    i32 column = 0;              // 0-based letters into `line` where the mistake starts
    i32 length = 0;
    std::string nearest;         // "orders-0"; "" none
    std::string text;            // "The lesson does not load until fixed."

    [[nodiscard]] bool present() const { return !title.empty(); }
};

struct LessonPaneVm {
    bool shown = true;           // false in free play
    std::string level;           // "LEVEL 2  REPLICATION"
    std::string title;           // "The leader dies"
    i32 stop = 0;                // 1-based; 0 before the first
    i32 stops = 0;
    std::string narration;       // Markdown
    std::vector<PredictionVm> predictions;   // at most one; kept as a list so that none is simply empty
    std::string run_verb;        // no open question: the button that goes on, "Run to the next stop"
    std::vector<GoalVm> goals;
    std::vector<CardLinkVm> beside;          // other worlds to put beside this one
    std::string slide_says;      // Markdown; "" when the lesson follows no slide
    std::string system_does;     // Markdown
    std::string fidelity;        // Markdown: what is real here, what is simulated
    bool fidelity_open = false;
    LessonErrorVm error;
};

}  // namespace app
