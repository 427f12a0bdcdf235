// What the timers of a broker are for, and on which lane each part of a broker works.
#pragma once

#include <string_view>

#include "engine/model/ids.h"

namespace engine::broker {

enum TimerKind : u16 {
    kNoTimer,
    kZkHeartbeat,
    kZkReconnect,
    kStartupRetry,
    kIsrCheck,             // leaders look for followers that lag
    kAlterPartitionRetry,
    kHighWatermarkCheckpoint,
    kProduceExpires,       // tag: operation
    kFetchExpires,         // tag: operation
    kFetcherBackoff,       // tag: leader's broker id
    kFetcherTimeout,       // tag: leader's broker id
    kControllerChannelRetry,  // tag: broker id
    kLeaderImbalanceCheck,
    kGroupRebalance,       // tag: group's name
    kMemberSession,        // tag: member's serial number
    kCreateTopicsWait,     // tag: operation
    kElectionWait,         // tag: operation
    kTopicChangeWait,      // tag: operation
    kRetentionCheck,
    kCleanerTurn,
    kFileDeletion,
    kShutdownRetry,
    kOffsetsExpiry,
    kTimerKinds,
};
std::string_view timer_kind_name(u16 kind);

// Lanes: threads of the process. What is slow on one does not hold up the others.
constexpr u8 kRequestLane = 0;
constexpr u8 kFetcherLane = 1;
constexpr u8 kZooKeeperLane = 2;   // the session and the controller
constexpr u8 kBackgroundLane = 3;
static_assert(kBackgroundLane < sim::kLanes && kTimerKinds <= UINT16_MAX);

}  // namespace engine::broker
