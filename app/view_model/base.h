// The numbers that everything above the engine shares.
#pragma once

#include <cstddef>

#include "sim/base/types.h"

namespace app {

using sim::i32;
using sim::i64;
using sim::u16;
using sim::u32;
using sim::u64;
using sim::u8;

}  // namespace app
