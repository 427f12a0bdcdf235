// What nodes tell the observer of a world besides events, facts and messages: the application's own book-
// keeping, which no broker sees. It is the truth that oracles and the ledger compare the logs with.
#pragma once

#include <string>

#include "engine/model/error_codes.h"
#include "sim/base/frame.h"
#include "sim/kernel/recorder.h"

namespace engine {

/// Names one send() of one producer: the node and the ordinal of the call.
struct MessageId {
    NodeId producer = sim::kNoNode;
    u32 ordinal = 0;
    friend constexpr auto operator<=>(const MessageId&, const MessageId&) = default;
    [[nodiscard]] constexpr u64 packed() const { return static_cast<u64>(producer.value) << 32 | ordinal; }
};
static_assert(MessageId{NodeId{1}, 2}.packed() == 0x100000002);

/// Text that may be null, as keys and values are.
struct NullableText {
    std::string text;
    bool is_null = true;
};

/// send() was called.
struct SendRow {
    u64 event_index = 0;
    MessageId message;
    TopicPartition target;
    NullableText key;
    NullableText value;
    i64 sent_at_ms = 0;
};

/// The callback of a send ran.
struct SendOutcomeRow {
    u64 event_index = 0;
    MessageId message;
    ErrorCode error = ErrorCode::none;
    Offset offset = kNoOffset;
    i64 at_ms = 0;
    std::string exception;  // what the client raised, when it is not the code's own
    TopicPartition target;  // with the partition that was chosen, if it came to that
};

/// poll() handed a record to the application.
struct DeliveryRow {
    u64 event_index = 0;
    NodeId consumer = sim::kNoNode;
    NameId group = kNoName;
    TopicPartition source;
    Offset offset;
    LeaderEpoch leader_epoch = kNoEpoch;
    NullableText key;
    NullableText value;
    MessageId message;
    i64 delivered_at_ms = 0;
};

/// The application has done its work on a record.
struct ProcessedRow {
    u64 event_index = 0;
    NodeId consumer = sim::kNoNode;
    TopicPartition source;
    Offset offset;
    i64 at_ms = 0;
};

/// A command of a console has ended.
struct CommandRow {
    u64 event_index = 0;
    u32 seq = 0;
    std::string line;
    i32 exit_code = 0;
    std::string output;
    std::string errors;
};

/// A frame for a client outside of the world; none: its connection has ended.
struct OutsideRow {
    u64 event_index = 0;
    u32 slot = 0;
    sim::FrameRef frame;
};

class Observer : public sim::Recorder {
public:
    virtual void on_send(const SendRow&) {}
    virtual void on_send_outcome(const SendOutcomeRow&) {}
    virtual void on_delivery(const DeliveryRow&) {}
    virtual void on_processed(const ProcessedRow&) {}
    virtual void on_command(const CommandRow&) {}
    virtual void on_outside(const OutsideRow&) {}
};

}  // namespace engine
