// Another world beside a lesson's: the same lesson with the same seed, changed in a few lines before its start, and
// the same inputs at the same moments. What then comes out differently comes from the change.
#pragma once

#include "app/lab/run/session.h"

namespace app::lab {

/// The lesson of `original` after `changes`, at its origin. Each change is a line as lesson/change.h reads it.
std::expected<std::unique_ptr<Session>, std::string> open_changed(const Session& original,
                                                                  const std::vector<Text>& changes);

/// Brings `other` to the moment at which `original` stands, counted from each one's origin, with every input that was
/// given up to there. False if `other` was told something else already: then it has to be opened anew.
bool follow_beside(const Run& original, Run& other);

/// Lets the branch that the current one left live on to the moment of the current one, told the same but for the line
/// by which they part. Nothing happens if it is there already, or if it was told something else since. The run stands
/// where it stood before.
void let_parent_live(Run& run);

}  // namespace app::lab
