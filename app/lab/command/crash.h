// What happens when an invariant breaks: the session that was opened last is saved where it can be opened again,
// and the program ends with 70.
#pragma once

namespace app::lab {

void install_crash_handler();

}  // namespace app::lab
