// An application that produces, as a node of the world: a Kafka producer, and who calls its send().
//
// Sends come from a generator (one record every so often), from a list of records with their moments, and from
// outside (a verb of the learner). A generator's schedule is a grid that begins when the process starts; its
// ticks that pass while send() blocks or the process is paused are not made up. A record of the list that is due
// earlier than the process can send it is sent as soon as it can.
//
// What the application has done outlives its process: after a restart n goes on, no record of the list is sent
// again, and no ordinal names a second send(). The producer itself begins anew, with a new producer id.
#pragma once

#include "engine/client/producer.h"
#include "engine/client/record_template.h"
#include "engine/model/node.h"

namespace engine::client {

/// A record that the application wants to send.
struct AppRecord {
    Nanos at;                    // of a list: after the first start of the process
    i64 timestamp_ms = -1;       // -1: the moment of sending
    i32 partition = -1;          // -1: the partitioner chooses
    std::string topic;           // "" = the application's
    NullableText key;
    NullableText value;
    std::vector<std::pair<std::string, NullableText>> headers;
};

/// One record every `every`, the first one `every` after the start.
struct RecordGenerator {
    Nanos every;                 // 0 = no generator
    u32 count = 0;               // how many in all; 0 = without end
    i32 partition = -1;
    bool has_key = false;        // else the key is null
    RecordTemplate key;
    RecordTemplate value;
    std::vector<std::pair<std::string, NullableText>> headers;
};

struct ProducerSettings {
    std::string name;
    std::string topic;
    ConfigMap config;            // the producer's, by Kafka's names
    std::vector<Address> bootstrap;
    RecordGenerator generator;
    std::vector<AppRecord> records;  // in the order of `at`
};

/// How far the application has come, over all lives of its process.
struct ProducerProgress {
    u32 next_ordinal = 0;        // of the next send()
    u32 generated = 0;           // n of the next generated record
    u32 listed = 0;              // records of the list that were sent
    bool started = false;
    Nanos first_start;
    std::vector<AppRecord> waiting;  // given between the start of a process and its first step
};

struct ProducerMemory {
    u32 life = 0;                // of the process that this belongs to
    Producer producer;
    std::string last_error;      // of the process itself: why it could not begin
    Nanos next_tick;             // of the generator
    sim::TimerId list_timer;     // for the next record of the list
    bool stopping = false;       // close() has been called; ends when all is sent
    bool ended = false;
};

struct ProducerApp {
    ProducerSettings settings;
    ProducerProgress progress;
    ProducerMemory memory;
};

/// Whether a process that runs would take a record: it was not told to stop.
[[nodiscard]] bool takes_records(const ProducerApp& app);
/// Calls send() with a record, now; at the first step if the process is just starting. False if it was told to
/// stop, or has ended.
bool send_now(ProducerApp& app, sim::Env& env, const AppRecord& record);
/// Moves a record of the list that was not sent yet to another moment.
void reschedule(ProducerApp& app, sim::Env& env, u32 record, Nanos moment);
/// Sends a key with a null value.
bool tombstone(ProducerApp& app, sim::Env& env, std::string_view topic, std::string_view key);
/// close(): what was sent is finished, then the process ends.
void stop(ProducerApp& app, sim::Env& env);

// What the SQL view tells of a producer.
[[nodiscard]] i64 blocked_ms(const ProducerApp& app, Nanos now);
[[nodiscard]] std::string last_error(const ProducerApp& app);

class ProducerNode final : public NodeOf<ProducerNode> {
public:
    explicit ProducerNode(ProducerSettings settings) { state.settings = std::move(settings); }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::producer; }
    [[nodiscard]] std::string_view timer_name(u16 timer_kind) const override;

    ProducerApp state;
};

}  // namespace engine::client
