// Small helpers for drawing plans: every choice is one draw of a stream that is named by its purpose.
#pragma once

#include <fmt/format.h>

#include <span>

#include "engine/model/config_def.h"
#include "sim/base/prng.h"

namespace app::proof {

/// One of a list.
template <class T, std::size_t N>
const T& one_of(sim::Prng& prng, const T (&items)[N]) { return items[prng.below(N)]; }

template <class List>
const auto& one_of(sim::Prng& prng, const List& items) {
    MR_ASSERT(!items.empty());
    return items[prng.below(items.size())];
}

/// A number as text.
inline std::string number(sim::Prng& prng, sim::i64 low, sim::i64 high) {
    return fmt::format("{}", prng.between(low, high));
}
inline bool percent(sim::Prng& prng, sim::u64 chance) { return prng.chance(chance, 100); }
inline sim::Nanos millis_between(sim::Prng& prng, sim::i64 low, sim::i64 high) {
    return sim::millis(prng.between(low, high));
}

/// Settings of clients, as careful or careless as they come (draw_workload.cc).
engine::ConfigMap draw_producer_config(sim::Prng& prng);
engine::ConfigMap draw_consumer_config(sim::Prng& prng);

}  // namespace app::proof
