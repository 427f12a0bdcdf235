// What happens when an invariant breaks: the session is saved where it can be opened again, and the program
// ends with 70.
#pragma once

#include <string>

namespace app::lab {

struct Session;

void install_crash_handler();
/// The session to save if the worst happens; nullptr: none.
void watch_over(const Session* session);

}  // namespace app::lab
