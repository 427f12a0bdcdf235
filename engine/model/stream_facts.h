// Facts about streaming queries: kinds of their own range, told and shown like all others.
#pragma once

#include "engine/model/facts.h"

namespace engine {

enum class StreamFact : u16 {
    executor_registered,
    executor_lost,
    query_started,
    query_stopped,
    query_failed,
    batch_began,
    batch_committed,
    watermark_moved,
    late_dropped,
    state_evicted,
    task_retried,
    phase_began,
    blocks_lost,
    fetch_failed,
    stage_retried,
};
constexpr u32 kStreamFacts = static_cast<u32>(StreamFact::stage_retried) + 1;
constexpr u16 kFirstStreamFact = 512;
static_assert(kFirstStreamFact >= kFactKinds);

/// The same as a kind among all facts.
constexpr FactKind kind_of(StreamFact fact) {
    return static_cast<FactKind>(kFirstStreamFact + static_cast<u16>(fact));
}
constexpr bool is_stream_fact(u16 kind) { return kind >= kFirstStreamFact && kind < kFirstStreamFact + kStreamFacts; }

}  // namespace engine
