// `sweep --streams`: seeds of generated streams and of queries that lose their machines, played as a sweep plays
// clusters.
#pragma once

#include <expected>
#include <string>

#include "app/proof/sweep/sweep.h"

namespace app::proof {

/// What plays a seed of this kind: "increments" or "crashes"; "" plays clusters. The error names what there is.
/// Sessions of failing crashes are kept as the options say.
std::expected<SeedPlayer, std::string> stream_player(const std::string& kind, const SweepOptions& options);

}  // namespace app::proof
