// Plans and sessions: a plan that failed as a file that the lab opens, and back.
#pragma once

#include <expected>

#include "app/proof/sweep/play.h"

namespace app::proof {

/// Saves what was played as a session, up to the finding. What went wrong, or "".
std::string save_session(const std::string& path, const Plan& plan, const Played& played);
/// The same into a folder, named by the seed and the planted bug: the line that tells of it.
std::string keep_session(const std::string& folder, const std::string& bug, const Plan& plan, const Played& played);
/// The plan of a saved session: its lesson's world and the inputs of its current branch, without the healing.
std::expected<Plan, std::string> plan_of_session(const std::string& path);

}  // namespace app::proof
