// Moments in lines of verbs, and the records of producers' lists that lines name.
#pragma once

#include <string_view>

#include "engine/world.h"

namespace engine {

/// A moment of a line as time since the origin: `12:29:00` or `12:29` of the lesson's day, or a duration.
bool parse_moment(const World& world, std::string_view text, Nanos& since_origin);

/// The event time, in epoch milliseconds, that such a moment means: of the half day before the origin, or of what
/// follows it.
i64 event_time_of(const World& world, Nanos since_origin);

/// A record of a producer's list, and whether it was sent.
struct ListedRecord {
    NodeId node = sim::kNoNode;  // kNoNode: there is none
    u32 place = 0;               // in the producer's list
    bool sent = false;
    Nanos due{};                 // the moment of the world at which it is sent, or was
    friend bool operator==(const ListedRecord&, const ListedRecord&) = default;
};

/// The record that a word names: its value or its key; with `@12:14:00` behind it the one of that event time. Among
/// several the first that was not sent yet; if all were, the first of all.
ListedRecord find_listed(const World& world, std::string_view word);

}  // namespace engine
