// A moment of a run as one line to copy and paste: which lesson, which seed, everything that was done and when, and the
// clock. Whoever has the lesson's file gets the same world, bit by bit.
//
//   millrace 204-leader-dies seed=7 at=9012000000 | 3623000000 lesson kill broker 1 | 5000000000 learner pause shop
//
// Times are nanoseconds of the learner's clock. A line may hold neither `|` nor a line feed.
#pragma once

#include "app/lab/run/session.h"

namespace app::lab {

bool is_moment(std::string_view text);
/// Why this moment cannot be told in one line, or "": an input carries bytes, or a `|`.
std::string untellable(const Session& session);
/// Requires that it can be told.
std::string moment_text(const Session& session);
/// Plays to the moment: the lesson at its origin, the inputs each at its time. What is wrong with the text, or with an
/// input.
std::expected<std::unique_ptr<Session>, std::string> open_moment(std::string_view text);

}  // namespace app::lab
