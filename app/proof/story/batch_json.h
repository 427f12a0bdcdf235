// A record batch as recordings show it: `{base_offset, last_offset, count, leader_epoch, .., records}`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "sim/base/types.h"

namespace app::proof {

nlohmann::json batch_json(std::span<const sim::u8> batch);

}  // namespace app::proof
