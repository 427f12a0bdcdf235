// The observer outside a world: it is told what happens and cannot answer back.
//
// Rows carry the event index they belong to. Re-executing a stretch tells the same rows again; a recorder
// that keeps a history ignores those below its high-water index.
#pragma once

#include "sim/kernel/event.h"
#include "sim/kernel/fact.h"

namespace sim {

/// An event was carried out.
struct EventRow {
    u64 index = 0;
    Nanos at;
    u64 seq = 0;        // of the agenda entry; 0 for inputs
    u64 first_seq = 0;  // entries scheduled by this event have seq >= this, up to the next event's
    u64 cause = kNoEvent;  // index of the event that this one continues, when it is not the scheduling one
    NodeId node = kNoNode;
    EventKind kind = EventKind::none;
    u32 slot = 0;
    u64 tag = 0;
};

enum class MessageOutcome : u8 { in_flight, delivered, dropped, connection_lost };

struct MessageSent {
    u64 message = 0;
    u64 event_index = 0;
    u64 connection = 0;  // packed handle
    NodeId sender = kNoNode;
    NodeId receiver = kNoNode;
    Nanos sent_at;
    u32 bytes = 0;
    u16 label = 0;  // what it is called, by the engine's table
};

struct MessageEnded {
    u64 message = 0;
    u64 event_index = 0;
    Nanos at;
    MessageOutcome outcome = MessageOutcome::delivered;
};

class Recorder {
public:
    Recorder() = default;
    Recorder(const Recorder&) = default;
    Recorder& operator=(const Recorder&) = default;
    virtual ~Recorder() = default;

    virtual void on_event(const EventRow&) {}
    virtual void on_fact(FactId, const Fact&) {}
    virtual void on_message_sent(const MessageSent&) {}
    virtual void on_message_ended(const MessageEnded&) {}
    /// Some table of the SQL view may read differently from now on; bits by the engine's list.
    virtual void on_touch(u64 /*tables*/) {}
};

}  // namespace sim
