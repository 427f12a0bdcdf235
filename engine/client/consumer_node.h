// An application that consumes, as a node of the world: the usual loop around a Kafka consumer. It polls, works
// on the records one after the other, commits when its style says so, and polls again.
//
// An exception of poll() ends the loop: the application closes the consumer and its process ends, unless it
// `catches` exceptions: then it stops polling, and goes on being a member. A commit that
// fails because the group went on without it is told and the loop goes on; a stop lets the records in hand be
// finished first.
#pragma once

#include "engine/client/consumer.h"
#include "engine/model/node.h"

namespace engine::client {

/// Who commits, and when. All but `automatic` switch enable.auto.commit off, unless it was set.
enum class CommitStyle : u8 {
    automatic,     // as the consumer's settings say
    before_work,   // commitSync() as soon as poll() returned: what is lost in a crash is lost for good
    after_work,    // commitSync() when all records of a poll() are done: what was not committed comes again
    none,
};

struct ConsumerSettings {
    std::string name;
    std::vector<std::string> topics;     // to subscribe to; needs a group ..
    std::vector<std::pair<std::string, i32>> partitions;  // .. or partitions to be assigned by hand
    std::string group;                   // "" = group.id of the config
    ConfigMap config;                    // the consumer's, by Kafka's names
    std::vector<Address> bootstrap;
    Nanos work_per_record;
    CommitStyle commit = CommitStyle::automatic;
    bool polls = true;                   // false: the loop waits until it is resumed
    PlantedBug bug = PlantedBug::none;   // tests only
    bool catches = false;                // an exception of poll() stops the loop, but does not end the process
};

/// Whether the loop calls poll().
enum class Polling : u8 { off, on, once };

/// Where the loop is.
enum class AppStep : u8 { idle, polling, committing_before, working, committing_after, closing, ended };
std::string_view name_of(AppStep step);

struct ConsumerMemory {
    u32 life = 0;                        // of the process that this belongs to
    Consumer consumer;
    AppStep step = AppStep::idle;
    Polling polling = Polling::on;
    bool stop_wanted = false;
    std::vector<PolledRecord> records;   // that the last poll() returned
    u32 next_record = 0;                 // to work on
    sim::TimerId work_timer;
    std::string last_error;              // of the process: what ended it, or the last commit that failed
    std::string ends_because;
    u64 processed = 0;
};

struct ConsumerApp {
    ConsumerSettings settings;
    ConsumerMemory memory;
};

// Acts from outside, within an input. Those that may not apply say whether they did.

/// close() once the records in hand are done; then the process ends.
void stop(ConsumerApp& app, sim::Env& env);
bool seek(ConsumerApp& app, sim::Env& env, TopicPartition id, Offset offset);
bool seek_to_end_of(ConsumerApp& app, sim::Env& env, TopicPartition id, OffsetReset end);
/// commitSync() of these offsets, or of where reading stands. Not while another one is under way.
bool commit(ConsumerApp& app, sim::Env& env, std::vector<AskedPart> offsets = {});
/// The loop stops calling poll(), or calls it again; `once`: until it has returned records.
void set_polling(ConsumerApp& app, sim::Env& env, Polling polling);

// What the SQL view tells of a consumer.

struct PositionRow {
    TopicPartition id;
    Offset position = kNoOffset;         // -1: not known yet
    Offset committed = kNoOffset;        // as far as the consumer knows
    Offset high_watermark = kNoOffset;
    i64 lag = -1;                        // records; -1: nothing was fetched yet
    bool paused = false;
    PositionState state = PositionState::initializing;
};
[[nodiscard]] std::vector<PositionRow> positions(const ConsumerApp& app);
/// "finding coordinator", "joining", "syncing", "stable", "assigned by hand", "closing", "ended" ..
[[nodiscard]] std::string_view group_state(const ConsumerApp& app);
[[nodiscard]] const std::string& member_id(const ConsumerApp& app);
[[nodiscard]] i32 generation(const ConsumerApp& app);
[[nodiscard]] std::string last_error(const ConsumerApp& app);

class ConsumerNode final : public NodeOf<ConsumerNode> {
public:
    explicit ConsumerNode(ConsumerSettings settings) { state.settings = std::move(settings); }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::consumer; }
    [[nodiscard]] std::string_view timer_name(u16 timer_kind) const override;

    ConsumerApp state;
};

}  // namespace engine::client
