// The transcript beside the timeline: the story so far as words alone, step by step, up to the cursor.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/base.h"

namespace app {

enum class TranscriptKind : u8 {
    heading,     // a step begins
    words,       // what the lesson says, asks and answers
    deed,        // what the person did
    fact,        // what happened
};

struct TranscriptRowVm {
    TranscriptKind kind = TranscriptKind::words;
    std::string object;          // of a fact: a click goes there
    std::string time;            // of a fact: "12:00:03.623"
    std::string text;
};

struct TranscriptVm {
    std::vector<TranscriptRowVm> rows;   // the newest last
    bool cut = false;                    // earlier rows are left out
    u64 end = 0;                         // another number whenever the cursor or the lesson went on
};

}  // namespace app
