// Sections: the end; the loop; life; acts from outside; what is told.
#include "engine/client/consumer_node.h"

#include <fmt/format.h>

#include <array>

#include "engine/model/facts.h"
#include "engine/model/node_of.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;

enum AppTimer : u16 { kClusterTimer = 1, kConsumerTimer, kWorkTimer };
constexpr std::array<std::string_view, 4> kTimerNames = {"none", "metadata or request timeout",
                                                         "heartbeat, commit or retry", "a record is done"};
static_assert(kTimerNames.size() == kWorkTimer + 1);

// ---- the end ------------------------------------------------------------------------------------

void end_process(ConsumerApp& app, Env& env, std::string_view why) {
    MR_ASSERT(app.memory.step != AppStep::ended);
    app.memory.step = AppStep::ended;
    env.fact(node_fact(FactKind::node_halted, {env.intern(why).value}));
    env.touch(touch::kFacts | touch::kNodes | touch::kGroups | touch::kOffsets);
    env.halt();
}

void close_consumer(ConsumerApp& app, Env& env, std::string why) {
    MR_ASSERT(!why.empty());
    MR_ASSERT(app.memory.step != AppStep::closing && app.memory.step != AppStep::ended);
    app.memory.step = AppStep::closing;
    app.memory.ends_because = std::move(why);
    env.cancel(app.memory.work_timer);
    begin_close(app.memory.consumer, env);
}

/// An exception that nobody catches.
void die_of(ConsumerApp& app, Env& env, std::string exception) {
    MR_ASSERT(!exception.empty());
    app.memory.last_error = exception;
    env.touch(touch::kNodes);
    close_consumer(app, env, std::move(exception));
}

// ---- the loop -----------------------------------------------------------------------------------

void finish_record(ConsumerApp& app, Env& env) {
    ConsumerMemory& memory = app.memory;
    MR_ASSERT(memory.next_record < memory.records.size());
    const PolledRecord& record = memory.records[memory.next_record];
    ProcessedRow row;
    row.event_index = env.event_index();
    row.consumer = env.node();
    row.source = record.source;
    row.offset = record.offset;
    row.at_ms = env.wall_ms();
    env.recorder<Observer>().on_processed(row);
    env.touch(touch::kDeliveries);
    ++memory.next_record;
    ++memory.processed;
}

/// True when all records in hand are done.
bool work_on(ConsumerApp& app, Env& env) {
    ConsumerMemory& memory = app.memory;
    const Nanos work = app.settings.work_per_record;
    while (work.count <= 0 && memory.next_record < memory.records.size()) finish_record(app, env);
    const bool done = memory.next_record >= memory.records.size();
    if (!done && !memory.work_timer) memory.work_timer = env.timer(work, kWorkTimer, 0);
    return done;
}

/// Failures that tell the application that the group went on without it: it polls again and rejoins.
bool may_go_on_after(std::string_view exception) {
    return exception.find("CommitFailedException") != std::string_view::npos ||
           exception.find("RebalanceInProgressException") != std::string_view::npos ||
           exception.find("TimeoutException") != std::string_view::npos;
}

/// True when the commit is over and the loop may go on.
bool commit_is_over(ConsumerApp& app, Env& env) {
    const SyncCommit& commit = app.memory.consumer.sync_commit;
    if (commit.active) return false;
    if (commit.exception.empty()) return true;
    app.memory.last_error = commit.exception;
    if (may_go_on_after(commit.exception)) return true;
    die_of(app, env, commit.exception);
    return false;
}

void begin_commit(ConsumerApp& app, Env& env, AppStep step) {
    app.memory.step = step;
    commit_sync(app.memory.consumer, env);
}

void after_records(ConsumerApp& app) {
    ConsumerMemory& memory = app.memory;
    MR_ASSERT(memory.next_record >= memory.records.size());
    memory.records.clear();
    memory.next_record = 0;
    memory.step = AppStep::idle;
    if (memory.polling == Polling::once) memory.polling = Polling::off;
}

/// Between two polls.
bool start_polling(ConsumerApp& app, Env& env) {
    ConsumerMemory& memory = app.memory;
    MR_ASSERT(memory.step == AppStep::idle);
    if (memory.stop_wanted) {
        close_consumer(app, env, "close() was called");
        return true;
    }
    if (memory.polling == Polling::off || memory.consumer.sync_commit.active) return false;
    memory.step = AppStep::polling;
    enter_poll(memory.consumer, env);
    return true;
}

void fail_poll(ConsumerApp& app, Env& env) {
    ConsumerMemory& memory = app.memory;
    MR_ASSERT(memory.step == AppStep::polling && !memory.consumer.failure.empty());
    const std::string exception = std::exchange(memory.consumer.failure, "");
    env.fact(node_fact(FactKind::poll_failed, {env.intern(exception).value}));
    if (!app.settings.catches) return die_of(app, env, exception);
    memory.last_error = exception;
    memory.polling = Polling::off;
    memory.step = AppStep::idle;
    leave_poll(memory.consumer, env);
}

bool finish_polling(ConsumerApp& app, Env& env) {
    ConsumerMemory& memory = app.memory;
    if (memory.consumer.sync_commit.active) return false;  // asked for from outside: it comes first
    memory.records = take_records(memory.consumer, env);
    if (memory.records.empty()) {
        if (memory.consumer.failure.empty()) return false;
        fail_poll(app, env);
        return true;
    }
    memory.step = AppStep::working;
    if (app.settings.commit == CommitStyle::before_work) begin_commit(app, env, AppStep::committing_before);
    return true;
}

/// One step of the loop. False if it waits for something.
bool go_on(ConsumerApp& app, Env& env) {
    ConsumerMemory& memory = app.memory;
    switch (memory.step) {
        case AppStep::idle: return start_polling(app, env);
        case AppStep::polling: return finish_polling(app, env);
        case AppStep::committing_before:
            if (!commit_is_over(app, env)) return memory.step == AppStep::closing;
            memory.step = AppStep::working;
            return true;
        case AppStep::working:
            if (!work_on(app, env) || memory.consumer.sync_commit.active) return false;
            if (app.settings.commit == CommitStyle::after_work) begin_commit(app, env, AppStep::committing_after);
            else after_records(app);
            return true;
        case AppStep::committing_after:
            if (!commit_is_over(app, env)) return memory.step == AppStep::closing;
            after_records(app);
            return true;
        case AppStep::closing:
            if (memory.consumer.closing == CloseStep::closed) end_process(app, env, memory.ends_because);
            return false;
        case AppStep::ended: return false;
    }
    return false;
}

void run_loop(ConsumerApp& app, Env& env) {
    while (go_on(app, env)) {}
}

// ---- life ---------------------------------------------------------------------------------------

/// Whether this process has taken its first step; else the memory is of an earlier one.
bool has_begun(const ConsumerApp& app, const Env& env) { return app.memory.life == env.incarnation(); }
bool is_alive(const ConsumerApp& app, const Env& env) {
    return has_begun(app, env) && app.memory.step != AppStep::ended && app.memory.step != AppStep::closing;
}

ConfigMap config_of(const ConsumerSettings& settings) {
    ConfigMap config = settings.config;
    if (!settings.group.empty()) config["group.id"] = settings.group;
    const bool own_commits = settings.commit != CommitStyle::automatic;
    if (own_commits && !config.contains("enable.auto.commit")) config["enable.auto.commit"] = "false";
    return config;
}

std::string what_is_wrong(const ConsumerSettings& settings, const ConsumerConfig& config) {
    if (settings.topics.empty() == settings.partitions.empty())
        return "a consumer needs topics or partitions, one of them";
    if (!settings.topics.empty() && config.group.empty())
        return "org.apache.kafka.common.errors.InvalidGroupIdException: To use the group management or offset commit "
               "APIs, you must provide a valid "
               "group.id in the consumer configuration.";
    return "";
}

void begin_reading(ConsumerApp& app, Env& env) {
    MR_ASSERT(app.settings.topics.empty() != app.settings.partitions.empty());
    Consumer& consumer = app.memory.consumer;
    if (!app.settings.topics.empty()) return subscribe(consumer, env, app.settings.topics);
    std::vector<TopicPartition> partitions;
    for (const auto& [topic, partition] : app.settings.partitions) partitions.push_back({env.intern(topic), partition});
    assign(consumer, env, partitions);
}

void refuse_to_begin(ConsumerApp& app, Env& env, std::string why) {
    app.memory.last_error = why;
    end_process(app, env, why);
}

void begin(ConsumerApp& app, Env& env) {
    app.memory = {};
    app.memory.life = env.incarnation();
    app.memory.polling = app.settings.polls ? Polling::on : Polling::off;
    env.touch(touch::kNodes | touch::kGroups | touch::kOffsets);
    auto config = make_consumer_config(config_of(app.settings), app.settings.name);
    if (!config) return refuse_to_begin(app, env, config.error());
    if (std::string wrong = what_is_wrong(app.settings, *config); !wrong.empty())
        return refuse_to_begin(app, env, std::move(wrong));
    Consumer& consumer = app.memory.consumer;
    consumer.config = std::move(*config);
    consumer.config.bug = app.settings.bug;
    consumer.cluster.bootstrap = app.settings.bootstrap;
    consumer.cluster.timer_kind = kClusterTimer;
    consumer.timer_kind = kConsumerTimer;
    begin_reading(app, env);
    run_loop(app, env);
}

void on_work_timer(ConsumerApp& app, Env& env) {
    app.memory.work_timer = {};
    if (app.memory.step == AppStep::working) finish_record(app, env);
}

}  // namespace

std::string_view name_of(AppStep step) {
    switch (step) {
        case AppStep::idle: return "idle";
        case AppStep::polling: return "in poll";
        case AppStep::committing_before:
        case AppStep::committing_after: return "committing";
        case AppStep::working: return "working";
        case AppStep::closing: return "closing";
        case AppStep::ended: return "ended";
    }
    return "";
}

// ---- acts from outside --------------------------------------------------------------------------

void stop(ConsumerApp& app, Env& env) {
    if (!has_begun(app, env)) return env.halt();
    if (!is_alive(app, env)) return;
    ConsumerMemory& memory = app.memory;
    memory.stop_wanted = true;
    env.touch(touch::kNodes);
    if (memory.step == AppStep::polling) {
        leave_poll(memory.consumer, env);
        memory.step = AppStep::idle;
    }
    run_loop(app, env);
}

bool seek(ConsumerApp& app, Env& env, TopicPartition id, Offset offset) {
    const bool applied = is_alive(app, env) && seek(app.memory.consumer, env, id, offset);
    if (applied) run_loop(app, env);
    return applied;
}

bool seek_to_end_of(ConsumerApp& app, Env& env, TopicPartition id, OffsetReset end) {
    const bool applied = is_alive(app, env) && seek_to_end_of(app.memory.consumer, env, id, end);
    if (applied) run_loop(app, env);
    return applied;
}

bool commit(ConsumerApp& app, Env& env, std::vector<AskedPart> offsets) {
    if (!is_alive(app, env) || app.memory.consumer.sync_commit.active) return false;
    commit_sync(app.memory.consumer, env, std::move(offsets));
    run_loop(app, env);
    return true;
}

void set_polling(ConsumerApp& app, Env& env, Polling polling) {
    if (!is_alive(app, env)) return;
    app.memory.polling = polling;
    if (polling == Polling::off && app.memory.step == AppStep::polling) {
        leave_poll(app.memory.consumer, env);
        app.memory.step = AppStep::idle;
    }
    run_loop(app, env);
}

// ---- what is told -------------------------------------------------------------------------------

std::vector<PositionRow> positions(const ConsumerApp& app) {
    const Consumer& consumer = app.memory.consumer;
    std::vector<PositionRow> rows;
    for (const auto& [id, partition] : consumer.assignment)
        rows.push_back({id, partition.position, partition.committed, partition.high_watermark, lag_of(consumer, id),
                        partition.paused, partition.state});
    return rows;
}

std::string_view group_state(const ConsumerApp& app) {
    const Consumer& consumer = app.memory.consumer;
    if (app.memory.step == AppStep::ended) return "ended";
    if (app.memory.step == AppStep::closing) return "closing";
    if (!subscribed(consumer)) return "assigned by hand";
    if (consumer.coordinator.broker == kNoBroker) return "finding coordinator";
    switch (consumer.membership.state) {
        case MemberState::unjoined: return "not joined";
        case MemberState::preparing_rebalance: return "joining";
        case MemberState::completing_rebalance: return "syncing";
        case MemberState::stable: break;
    }
    return consumer.membership.rejoin_needed ? "rejoining" : "stable";
}

const std::string& member_id(const ConsumerApp& app) { return app.memory.consumer.membership.member_id; }
i32 generation(const ConsumerApp& app) { return app.memory.consumer.membership.generation; }

std::string last_error(const ConsumerApp& app) {
    return app.memory.last_error.empty() ? app.memory.consumer.sync_commit.exception : app.memory.last_error;
}

std::string_view ConsumerNode::timer_name(u16 timer_kind) const {
    return timer_kind < kTimerNames.size() ? kTimerNames[timer_kind] : kTimerNames[0];
}

void ConsumerNode::on_notice(Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::boot) return begin(state, env);
    if (state.memory.step == AppStep::ended) return;
    if (concerns(state.memory.consumer, notice)) client::on_notice(state.memory.consumer, env, notice);
    else if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == kWorkTimer) on_work_timer(state, env);
    run_loop(state, env);
}

}  // namespace engine::client

template class engine::NodeOf<engine::client::ConsumerNode>;
