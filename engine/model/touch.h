// Which tables of the SQL view an event may have changed: one bit a table. A predicate that reads none of the
// touched tables need not be asked again (architecture, decision 17).
#pragma once

#include "engine/model/ids.h"

namespace engine::touch {

constexpr u64 bit(u32 place) { return u64{1} << place; }

constexpr u64 kNodes = bit(0);
constexpr u64 kPartitions = bit(1);
constexpr u64 kReplicas = bit(2);
constexpr u64 kRecords = bit(3);
constexpr u64 kLeaderEpochs = bit(4);
constexpr u64 kSegments = bit(5);
constexpr u64 kLedger = bit(6);
constexpr u64 kDeliveries = bit(7);
constexpr u64 kProducers = bit(8);
constexpr u64 kTransactions = bit(9);
constexpr u64 kGroups = bit(10);       // groups, members, assignments
constexpr u64 kOffsets = bit(11);
constexpr u64 kZnodes = bit(12);       // znodes, watches
constexpr u64 kSessions = bit(13);
constexpr u64 kConfigs = bit(14);
constexpr u64 kCommands = bit(15);
constexpr u64 kFacts = bit(16);
constexpr u64 kMessages = bit(17);
constexpr u64 kInputs = bit(18);       // inputs, answers
constexpr u64 kLinks = bit(19);
constexpr u64 kTime = bit(20);         // events, timers: every event touches them
constexpr u64 kStreams = bit(21);      // everything of queries
constexpr u64 kAll = ~u64{0};
static_assert(kNodes == 1 && kStreams == bit(21) && (kAll & kStreams) != 0);

}  // namespace engine::touch
