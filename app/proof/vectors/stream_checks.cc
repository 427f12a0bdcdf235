// Spark's vectors of refusals and of timing: each plan is written as a program and started; what a trigger took is told
// by a clock that the source and the sink move.
#include <fmt/format.h>

#include <algorithm>

#include "app/proof/vectors/values.h"
#include "engine/stream/progress.h"
#include "engine/stream/sinks.h"
#include "engine/stream/stream_check.h"
#include "engine/stream/stream_host.h"

namespace app::proof::vectors {
