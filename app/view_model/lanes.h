// Bars and axes of time, shared by the timeline and the ISR over time.
#pragma once

#include "app/view_model/past.h"
#include "app/view_model/timeline.h"

namespace app {

/// What a broker was to the partition in focus, from the branch's beginning to its end.
std::vector<BarVm> replica_bars(const Scene& scene, const Past& past, NodeId broker);
/// Batches of a driver, tasks of an executor; none of other nodes. Tasks are known up to the cursor.
std::vector<BarVm> spark_bars(const Scene& scene, const Past& past, NodeId node);
/// An axis over these moments with idle stretches folded away; each moment has room around it.
TimeAxisVm folded_axis(const Scene& scene, std::vector<Nanos> busy, Nanos from, Nanos to);
/// An axis from one moment to another, with about `ticks` numbers.
TimeAxisVm plain_axis(const Scene& scene, Nanos from, Nanos to, int ticks);

}  // namespace app
