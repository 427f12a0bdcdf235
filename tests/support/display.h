// A real X server for tests of the real window: the one there is, or a virtual one started for this process alone.
#pragma once

#include <string>

namespace tests {

/// Makes sure that DISPLAY names a server. False, with the reason in `why`, if there is none and none can be started.
bool have_display(std::string& why);

}  // namespace tests
