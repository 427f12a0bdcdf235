#include "engine/stream/driver_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/node_of.h"
#include "engine/model/stream_facts.h"
#include "engine/model/touch.h"
#include "engine/sql/interval.h"
#include "engine/stream/pacing.h"

namespace engine::spark {
namespace {

using sim::Env;

constexpr std::array<std::string_view, 5> kTimerNames = {"none", "file system retry", "retry or timeout of a call",
                                                         "metadata or request timeout", "next phase of a query"};
static_assert(kTimerNames.size() == kQueryTimer + 1);

QueryRun fresh_run(Driver& driver, u32 query) {
    MR_ASSERT(query < driver.settings.spec.queries.size());
    QueryRun run;
    run.run_id = fmt::format("00000000-0000-4000-9000-{:012x}", (query + 1) * 4096 + ++driver.progress.runs);
    return run;
}

/// The interval of `processingTime T`, in milliseconds; 0 for triggers without one.
i64 interval_ms(const QuerySpec& spec) {
    constexpr std::string_view kWord = "processingTime ";
    if (!spec.trigger.starts_with(kWord)) return 0;
    const auto v = parse_interval(spec.trigger.substr(kWord.size()));
    return v ? std::max<i64>(0, v->micros / 1000 + v->days * 86'400'000) : 0;
}

void begin(Driver& driver, Env& env) {
    driver.memory = {};
    DriverMemory& memory = driver.memory;
    memory.life = env.incarnation();
    const auto queries = static_cast<u32>(driver.settings.spec.queries.size());
    memory.queries.resize(queries);
    if (!driver.progress.began)
        for (const QuerySpec& q : driver.settings.spec.queries) driver.progress.wanted.push_back(q.manual ? 0 : 1);
    driver.progress.began = true;
    memory.dfs.server = driver.settings.dfs;
    memory.dfs.timer_kind = kDfsTimer;
    start(memory.dfs, env);
    memory.admin.timer_kind = kAdminTimer;
    memory.admin.cluster.timer_kind = kClusterTimer;
    const auto config = client::make_admin_config({}, "spark-driver");
    MR_ASSERT(config.has_value());
    start(memory.admin, env, *config, driver.settings.bootstrap);
    env.listen(kDriverPort);
    for (u32 q = 0; q < queries; ++q)
        if (driver.progress.wanted[q] != 0) start_query(driver, env, q);
    env.touch(touch::kNodes | touch::kStreams);
}

void on_frame(Driver& driver, Env& env, const sim::Notice& notice) {
    const auto call = call_of(*notice.frame);
    MR_ASSERT(call.has_value());  // only executors connect
    const NodeId peer = env.peer(notice.connection);
    if (*call == SparkCall::register_executor) {
        if (peer == sim::kNoNode) return;  // it died with the words on their way
        const auto cores = read_registration(*notice.frame);
        driver.memory.executors.push_back({peer, notice.connection, cores.value_or(1), 0, {}});
        std::ranges::sort(driver.memory.executors, {}, &ExecutorLink::node);
        env.fact(node_fact(kind_of(StreamFact::executor_registered), {peer.value}));
        return give_out_tasks(driver, env);
    }
    const auto status = read_status(*notice.frame);
    MR_ASSERT(status.has_value());
    const auto link = std::ranges::find(driver.memory.executors, notice.connection, &ExecutorLink::connection);
    const NodeId from = link == driver.memory.executors.end() ? peer : link->node;
    if (from != sim::kNoNode) on_status(driver, env, from, *status);
}

void route(Driver& driver, Env& env, const dfs::DfsAnswer& answer) {
    for (u32 q = 0; q < driver.memory.queries.size(); ++q) {
        const At at{driver, env, q};
        const auto& asked = at.run().recovery.asked;
        const bool recovers = std::ranges::find(asked, answer.tag, &std::pair<u64, std::string>::first) != asked.end();
        if (recovers) return on_recovery_answer(at, answer);
        if (at.work().ticket == answer.tag) return on_dfs_answer(at, answer);
    }
}

void route(Driver& driver, Env& env, const client::AdminResult& result) {
    MR_ASSERT(result.call != 0);
    const u32* query = driver.memory.admin_calls.find(result.call);
    if (query == nullptr) return;
    const At at{driver, env, *query};
    driver.memory.admin_calls.erase(result.call);
    on_admin_result(at, result);
}

}  // namespace

void arm_query(const At& at, Nanos delay) {
    at.env.cancel(at.run().timer);
    at.run().timer = at.env.timer(std::max(delay, Nanos{}), kQueryTimer, at.query);
}

std::string_view name_of(QueryPhase phase) {
    switch (phase) {
        case QueryPhase::idle: return "not started";
        case QueryPhase::recovering: return "recovering";
        case QueryPhase::waiting: return "waiting for next trigger";
        case QueryPhase::latest_offset: return "latestOffset";
        case QueryPhase::wal_commit: return "walCommit";
        case QueryPhase::query_planning: return "queryPlanning";
        case QueryPhase::add_batch:
        case QueryPhase::sink_commit: return "addBatch";
        case QueryPhase::commit_offsets: return "commitOffsets";
        case QueryPhase::stopped: return "stopped";
        case QueryPhase::failed: return "failed";
    }
    return "";
}

const QuerySpec& spec_of(const Driver& driver, u32 query) {
    MR_ASSERT(query < driver.settings.spec.queries.size());
    return driver.settings.spec.queries[query];
}

std::string checkpoint_folder(const Driver& driver, u32 query) {
    const QuerySpec& spec = spec_of(driver, query);
    return spec.checkpoint.empty() ? "/checkpoints/" + spec.name : spec.checkpoint;
}

std::string At::path(std::string_view below) const {
    return fmt::format("{}/{}", checkpoint_folder(driver, query), below);
}

namespace {

/// What only a trigger that has a batch comes to. The sink's own commit is a part of addBatch.
bool is_of_batch(QueryPhase phase) {
    static_assert(QueryPhase::wal_commit < QueryPhase::commit_offsets);
    return phase >= QueryPhase::wal_commit && phase <= QueryPhase::commit_offsets && phase != QueryPhase::sink_commit;
}

}  // namespace

void enter(const At& at, QueryPhase phase) {
    MR_ASSERT(at.query < at.driver.memory.queries.size());
    at.run().phase = phase;
    at.work().phase_began = at.env.now();
    at.env.touch(touch::kStreams);
    if (is_of_batch(phase))
        tell(at, StreamFact::phase_began, {at.cursor().next_batch, at.env.intern(name_of(phase)).value});
}

bool crashes(const At& at, std::string_view phase, bool after) {
    MR_ASSERT(!phase.empty());
    CrashPoint& crash = at.driver.progress.crash;
    if (crash.phase != phase || crash.after != after) return false;
    crash = {};
    const std::string when =
        phase == "during" ? "during addBatch" : fmt::format("{} {}", after ? "after" : "before", phase);
    at.env.fact(node_fact(FactKind::node_halted, {at.env.intern(when).value}));
    at.env.touch(touch::kAll);
    at.env.halt();
    return true;
}

namespace {

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

/// start() raises what Spark refuses; there is no query that could fail with it.
void refuse(const At& at, const QueryError& error) {
    MR_ASSERT(at.run().compiled.query == nullptr);
    at.run().error_class = error.error_class;
    at.run().message = error.message;
    tell(at, StreamFact::query_failed, {at.env.intern(first_line(error.message)).value});
    enter(at, QueryPhase::failed);
}

}  // namespace

void fail(const At& at, const QueryError& error) {
    MR_ASSERT(!error.message.empty());
    QueryRun& run = at.run();
    run.error_class = error.error_class;
    run.message = fmt::format("Query {} [id = {}, runId = {}] terminated with exception: {}", at.spec().name,
                              checkpoint_folder(at.driver, at.query), run.run_id, error.message);
    at.env.cancel(run.timer);
    forget_blocks(at);
    tell(at, StreamFact::query_failed, {at.env.intern(first_line(error.message)).value});
    enter(at, QueryPhase::failed);
}

void plan_next_trigger(const At& at) {
    MR_ASSERT(!at.cursor().planned && at.work().stages[1].tasks.empty());
    const QuerySpec& spec = at.spec();
    const bool idle = at.run().phase == QueryPhase::latest_offset;
    enter(at, QueryPhase::waiting);
    if (spec.trigger == "once" || (spec.trigger == "availableNow" && idle)) return enter(at, QueryPhase::stopped);
    if (at.run().triggers > 0) return arm_query(at, Nanos{});
    if (spec.trigger == "manual") return;
    const i64 interval = interval_ms(spec);
    if (interval <= 0) return arm_query(at, idle ? kPollingDelay : Nanos{});
    const i64 now = at.env.wall_ms(), began = at.work().row.trigger_at;
    const i64 next = std::max(next_start_ms(began, now - began, interval), now);
    arm_query(at, sim::millis(next - now) - sim::nanos(next > now ? at.env.now().count % 1'000'000 : 0));
}

bool start_query(Driver& driver, sim::Env& env, u32 query) {
    MR_ASSERT(query < driver.settings.spec.queries.size());
    if (driver.memory.life != env.incarnation()) return false;
    const At at{driver, env, query};
    const QueryPhase phase = at.run().phase;
    if (phase != QueryPhase::idle && phase != QueryPhase::stopped && phase != QueryPhase::failed) return false;
    driver.progress.wanted[query] = 1;
    at.run() = fresh_run(driver, query);
    at.run().began_ms = env.wall_ms();
    auto compiled = compile_query(driver.settings.spec, at.spec());
    if (!compiled) return refuse(at, compiled.error()), true;
    at.run().compiled = std::move(*compiled);
    tell(at, StreamFact::query_started, {});
    if (const auto& pending = at.compiled().pending) return fail(at, *pending), true;
    begin_recovery(at);
    return true;
}

bool submit_query(Driver& driver, sim::Env& env, QuerySpec spec) {
    MR_ASSERT(!spec.name.empty());
    auto& queries = driver.settings.spec.queries;
    if (driver.memory.life != env.incarnation()) return false;
    if (std::ranges::find(queries, spec.name, &QuerySpec::name) != queries.end()) return false;
    queries.push_back(std::move(spec));
    driver.progress.wanted.push_back(1);
    driver.memory.queries.emplace_back();
    return start_query(driver, env, static_cast<u32>(queries.size() - 1));
}

bool stop_query(Driver& driver, sim::Env& env, u32 query) {
    MR_ASSERT(query < driver.settings.spec.queries.size());
    if (driver.memory.life != env.incarnation()) return false;
    const At at{driver, env, query};
    if (at.run().phase == QueryPhase::idle || at.run().phase == QueryPhase::stopped) return false;
    driver.progress.wanted[query] = 0;
    at.env.cancel(at.run().timer);
    forget_blocks(at);
    tell(at, StreamFact::query_stopped, {});
    enter(at, QueryPhase::stopped);
    return true;
}

bool trigger_query(Driver& driver, sim::Env& env, u32 query) {
    MR_ASSERT(query < driver.settings.spec.queries.size());
    if (driver.memory.life != env.incarnation()) return false;
    const At at{driver, env, query};
    if (at.run().phase == QueryPhase::failed || at.run().phase == QueryPhase::stopped) return false;
    ++at.run().triggers;
    if (at.run().phase == QueryPhase::waiting) arm_query(at, Nanos{});
    return true;
}

bool type_line(Driver& driver, sim::Env& env, u32 query, u32 source, std::string line) {
    MR_ASSERT(query < driver.settings.spec.queries.size());
    if (source >= spec_of(driver, query).sources.size() || is_kafka(spec_of(driver, query).sources[source]))
        return false;
    auto& typed = driver.progress.typed;
    auto place =
        std::ranges::find_if(typed, [&](const TypedLines& t) { return t.query == query && t.source == source; });
    if (place == typed.end()) place = typed.insert(typed.end(), {query, source, {}});
    place->lines.push_back(std::move(line));
    env.touch(touch::kStreams);
    return true;
}

std::string_view DriverNode::timer_name(u16 timer_kind) const {
    return timer_kind < kTimerNames.size() ? kTimerNames[timer_kind] : kTimerNames[0];
}

void DriverNode::on_notice(Env& env, sim::Notice& notice) {
    MR_ASSERT(notice.kind != sim::NoticeKind::none);
    if (notice.kind == sim::NoticeKind::boot) return begin(state, env);
    DriverMemory& memory = state.memory;
    if (concerns(memory.dfs, notice)) {
        if (const auto answer = dfs::on_notice(memory.dfs, env, notice)) route(state, env, *answer);
        return;
    }
    if (concerns(memory.admin, notice)) {
        client::AdminResults results;
        client::on_notice(memory.admin, env, notice, results);
        for (const client::AdminResult& result : results) route(state, env, result);
        return;
    }
    if (notice.kind == sim::NoticeKind::timer) return on_query_timer({state, env, static_cast<u32>(notice.tag)});
    if (notice.kind == sim::NoticeKind::frame) return on_frame(state, env, notice);
    if (notice.kind == sim::NoticeKind::closed) on_executor_lost(state, env, notice.connection);
}

}  // namespace engine::spark

template class engine::NodeOf<engine::spark::DriverNode>;
