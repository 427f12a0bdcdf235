#include "engine/client/producer_node.h"

#include <algorithm>
#include <array>

#include "engine/model/facts.h"
#include "engine/model/node_of.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::client {
namespace {

using sim::Env;

enum ProducerTimer : u16 { kClusterTimer = 1, kSenderTimer, kGeneratorTimer, kListTimer };
constexpr std::array<std::string_view, 5> kProducerTimers = {"none", "metadata or request timeout",
                                                         "linger, retry or expiry", "next generated record",
                                                         "next record of the list"};
static_assert(kProducerTimers.size() == kListTimer + 1);

void end_process(ProducerApp& app, Env& env, std::string_view why) {
    MR_ASSERT(!app.memory.ended);
    app.memory.ended = true;
    app.memory.stopping = false;
    env.fact(node_fact(FactKind::node_halted, {env.intern(why).value}));
    env.touch(touch::kFacts | touch::kProducers | touch::kNodes);
    env.halt();
}

/// Whether this process has taken its first step; else the memory is of an earlier one.
bool has_begun(const ProducerApp& app, const Env& env) { return app.memory.life == env.incarnation(); }

void send_record(ProducerApp& app, Env& env, const AppRecord& record) {
    MR_ASSERT(has_begun(app, env) && !app.memory.ended && !app.memory.stopping);
    OutgoingRecord outgoing;
    outgoing.target = {env.intern(record.topic.empty() ? app.settings.topic : record.topic), record.partition};
    outgoing.key = record.key;
    outgoing.value = record.value;
    outgoing.headers = record.headers;
    outgoing.timestamp_ms = record.timestamp_ms;
    outgoing.ordinal = app.progress.next_ordinal++;
    send(app.memory.producer, env, std::move(outgoing));
}

// ---- what is sent when --------------------------------------------------------------------------

/// send() has not returned: the application cannot do anything else.
bool is_blocked(const ProducerApp& app) { return !app.memory.producer.blocked.empty(); }

bool generator_is_done(const ProducerApp& app) {
    const RecordGenerator& generator = app.settings.generator;
    return generator.every.count <= 0 || (generator.count > 0 && app.progress.generated >= generator.count);
}

AppRecord generated_record(const ProducerApp& app) {
    MR_ASSERT(!generator_is_done(app));
    const RecordGenerator& generator = app.settings.generator;
    const i64 n = app.progress.generated;
    AppRecord record;
    record.partition = generator.partition;
    if (generator.has_key) record.key = {fill(generator.key, n), false};
    record.value = {fill(generator.value, n), false};
    record.headers = generator.headers;
    return record;
}

void arm_generator(ProducerApp& app, Env& env) {
    const Nanos every = app.settings.generator.every;
    if (generator_is_done(app)) return;
    app.memory.next_tick += every;
    if (app.memory.next_tick <= env.now()) {  // missed: the next place of the grid
        const i64 missed = (env.now() - app.memory.next_tick).count / every.count + 1;
        app.memory.next_tick += every * missed;
    }
    MR_ASSERT(every.count > 0 && app.memory.next_tick > env.now());
    env.timer(app.memory.next_tick - env.now(), kGeneratorTimer, 0);
}

void on_generator_tick(ProducerApp& app, Env& env) {
    if (app.memory.stopping) return;
    MR_ASSERT(!generator_is_done(app));
    if (!is_blocked(app)) {
        const AppRecord record = generated_record(app);
        ++app.progress.generated;
        send_record(app, env, record);
    }
    arm_generator(app, env);
}

Nanos due_of_next(const ProducerApp& app) {
    MR_ASSERT(app.progress.started && app.progress.listed < app.settings.records.size());
    return app.progress.first_start + app.settings.records[app.progress.listed].at;
}

bool list_is_done(const ProducerApp& app) { return app.progress.listed >= app.settings.records.size(); }

void arm_list(ProducerApp& app, Env& env) {
    if (list_is_done(app) || app.memory.list_timer || due_of_next(app) <= env.now()) return;
    app.memory.list_timer = env.timer(due_of_next(app) - env.now(), kListTimer, 0);
}

/// Sends what is due of the list, one after the other; waits while send() blocks.
void send_due_records(ProducerApp& app, Env& env) {
    if (app.memory.stopping || app.memory.ended) return;
    while (!list_is_done(app) && !is_blocked(app) && due_of_next(app) <= env.now()) {
        const u32 index = app.progress.listed++;
        send_record(app, env, app.settings.records[index]);
    }
    arm_list(app, env);
}

// ---- life ---------------------------------------------------------------------------------------

void begin(ProducerApp& app, Env& env) {
    MR_ASSERT(app.memory.life != env.incarnation());
    MR_VALIDATE(std::ranges::is_sorted(app.settings.records, {}, &AppRecord::at));
    app.memory = {};
    app.memory.life = env.incarnation();
    app.memory.next_tick = env.now();
    if (!app.progress.started) app.progress.first_start = env.now();
    app.progress.started = true;
    env.touch(touch::kProducers | touch::kNodes);
    auto config = make_producer_config(app.settings.config, app.settings.name);
    if (!config) {
        app.memory.last_error = std::move(config.error());
        return end_process(app, env, app.memory.last_error);
    }
    Producer& producer = app.memory.producer;
    producer.config = std::move(*config);
    producer.cluster.bootstrap = app.settings.bootstrap;
    producer.cluster.timer_kind = kClusterTimer;
    producer.timer_kind = kSenderTimer;
    start(producer, env);
    for (const AppRecord& record : std::exchange(app.progress.waiting, {})) send_record(app, env, record);
    arm_generator(app, env);
    send_due_records(app, env);
}

void end_if_drained(ProducerApp& app, Env& env) {
    if (!app.memory.stopping || app.memory.ended || !drained(app.memory.producer)) return;
    MR_ASSERT(app.memory.producer.blocked.empty());
    close(app.memory.producer.cluster, env);
    end_process(app, env, "close() was called and everything is sent");
}

void on_timer(ProducerApp& app, Env& env, const sim::Notice& notice) {
    if (notice.timer_kind == kGeneratorTimer) return on_generator_tick(app, env);
    MR_ASSERT(notice.timer_kind == kListTimer);
    app.memory.list_timer = {};
}

}  // namespace

bool takes_records(const ProducerApp& app) { return !app.memory.stopping; }

bool send_now(ProducerApp& app, Env& env, const AppRecord& record) {
    if (!has_begun(app, env)) {
        app.progress.waiting.push_back(record);
        return true;
    }
    if (app.memory.ended || app.memory.stopping) return false;
    send_record(app, env, record);
    return true;
}

void reschedule(ProducerApp& app, Env& env, u32 record, Nanos moment) {
    auto& records = app.settings.records;
    MR_ASSERT(record >= app.progress.listed && record < records.size() && app.progress.started);
    records[record].at = moment - app.progress.first_start;
    const auto first = records.begin() + static_cast<std::ptrdiff_t>(app.progress.listed);
    std::stable_sort(first, records.end(), [](const AppRecord& a, const AppRecord& b) { return a.at < b.at; });
    env.cancel(app.memory.list_timer);
    app.memory.list_timer = {};
    if (has_begun(app, env)) arm_list(app, env);
}

bool tombstone(ProducerApp& app, Env& env, std::string_view topic, std::string_view key) {
    AppRecord record;
    record.topic = topic;
    record.key = {std::string(key), false};
    return send_now(app, env, record);
}

void stop(ProducerApp& app, Env& env) {
    if (!has_begun(app, env)) {
        app.progress.waiting.clear();
        return env.halt();
    }
    if (app.memory.ended || app.memory.stopping) return;
    MR_ASSERT(!app.memory.producer.closed);
    app.memory.stopping = true;
    app.memory.producer.closed = true;
    env.touch(touch::kProducers);
    flush(app.memory.producer, env);
    end_if_drained(app, env);
}

i64 blocked_ms(const ProducerApp& app, Nanos now) {
    const Producer& producer = app.memory.producer;
    MR_ASSERT(producer.blocked_since <= now);
    const bool blocked = producer.blocked_on != BlockedOn::nothing;
    return (producer.blocked_time + (blocked ? now - producer.blocked_since : Nanos{})).to_millis();
}

std::string last_error(const ProducerApp& app) {
    if (!app.memory.last_error.empty()) return app.memory.last_error;
    const ErrorCode error = app.memory.producer.last_error;
    return failed(error) ? std::string(name_of(error)) : "";
}

std::string_view ProducerNode::timer_name(u16 timer_kind) const {
    return timer_kind < kProducerTimers.size() ? kProducerTimers[timer_kind] : kProducerTimers[0];
}

void ProducerNode::on_notice(Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::boot) return begin(state, env);
    if (state.memory.ended) return;
    if (concerns(state.memory.producer, notice)) client::on_notice(state.memory.producer, env, notice);
    else if (notice.kind == sim::NoticeKind::timer) on_timer(state, env, notice);
    send_due_records(state, env);
    end_if_drained(state, env);
}

}  // namespace engine::client

template class engine::NodeOf<engine::client::ProducerNode>;
