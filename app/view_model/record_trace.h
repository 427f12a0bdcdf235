// One record from its producer to its readers, and the ledger of its producer: in the log of the leader once, twice,
// or not at all.
#pragma once

#include "app/view_model/scene.h"
#include "app/view_model/space_time.h"

namespace app {

void add_record_trace(const Scene& scene, SpaceTimeVm& vm);

}  // namespace app
