#include "engine/broker/startup.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/controller_work.h"
#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/broker/topic_rules.h"
#include "engine/model/dynamic_config.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/zookeeper/paths.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using zookeeper::ZkData;
using zookeeper::ZkError;
using zookeeper::ZkRequest;

// Made in this order, parents when they turn out to be missing.
constexpr std::array<std::string_view, 14> kPersistentPaths = {
    "/consumers",      "/brokers/ids",   "/brokers/topics", "/config/changes", "/admin/delete_topics",
    "/brokers/seqid",  "/isr_change_notification", "/latest_producer_id_block", "/log_dir_event_notification",
    "/config/topics",  "/config/clients", "/config/users",  "/config/brokers", "/config/ips"};
static_assert(std::ranges::all_of(kPersistentPaths,
                                  [](std::string_view path) { return path.size() > 1 && path.front() == '/'; }));

constexpr Nanos kRegistrationRetry = sim::millis(1000);
static_assert(kRegistrationRetry > Nanos{});

void ask(Ctx ctx, StartupStep step, std::vector<ZkRequest> requests) {
    ctx.memory().startup.step = step;
    ask_zookeeper(ctx, ZkTask::startup, static_cast<u64>(step), std::move(requests));
}

ZkRequest get(std::string_view path, bool watch = false) {
    return zookeeper::get_data_request(std::string(path), watch);
}

// ---- steps --------------------------------------------------------------------------------------

void create_next_path(Ctx ctx) {
    Startup& startup = ctx.memory().startup;
    if (startup.paths.empty())
        return ask(ctx, StartupStep::feature,
                   {zookeeper::exists_request(std::string(znodes::kFeature), true), get(znodes::kFeature, true)});
    ask(ctx, StartupStep::paths, {zookeeper::create_request(startup.paths.back(), {})});
}

void on_path_created(Ctx ctx, ZkError error) {
    Startup& startup = ctx.memory().startup;
    MR_ASSERT(!startup.paths.empty());
    if (error == ZkError::no_node) startup.paths.push_back(zookeeper::parent_of(startup.paths.back()));
    else startup.paths.pop_back();
    create_next_path(ctx);
}

std::string new_cluster_id(Ctx ctx) {
    if (!ctx.broker.settings.choices.cluster_id.empty()) return ctx.broker.settings.choices.cluster_id;
    wire::Uuid id;
    for (u8& byte : id.bytes) byte = static_cast<u8>(ctx.env.rng().below(256));
    return wire::to_text(id);
}

void on_cluster_id(Ctx ctx, const zookeeper::ZkResult& result) {
    Startup& startup = ctx.memory().startup;
    MR_ASSERT(startup.step == StartupStep::cluster_id || startup.step == StartupStep::create_cluster_id);
    if (zookeeper::failed(result.error)) {
        startup.cluster_id = new_cluster_id(ctx);
        const std::string id = znodes::cluster_id_to_json(startup.cluster_id);
        return ask(
            ctx, StartupStep::create_cluster_id,
            {zookeeper::create_request("/cluster", {}),
             zookeeper::create_request(std::string(znodes::kClusterId), ZkData::of(id)), get(znodes::kClusterId)});
    }
    startup.cluster_id = znodes::cluster_id_from_json(result.data.bytes);
    ctx.memory().cluster_id = startup.cluster_id;
    ask(ctx, StartupStep::configs,
        {get(znodes::broker_config_path(znodes::kDefaultEntity)),
         get(znodes::broker_config_path(fmt::to_string(ctx.self().value)))});
}

void on_own_configs(Ctx ctx, const ZkAnswers& answers) {
    MR_ASSERT(answers.size() == 2);
    const auto settings = [&](std::size_t i) {
        return znodes::config_from_json(answers[i].data.bytes).value_or(ConfigMap{});
    };
    apply_broker_config(ctx, {usable_dynamic_settings(settings(0), false), usable_dynamic_settings(settings(1), true)});
    ask(ctx, StartupStep::topics, {zookeeper::get_children_request(std::string(znodes::kTopics))});
}

void write_meta_properties(Ctx ctx) {
    auto disk = ctx.env.disk();
    if (disk.find("meta.properties") != sim::kNoFile) return;
    (void)disk.replace("meta.properties", "#\nversion=0\nbroker.id=" + std::to_string(ctx.self().value) +
                                              "\ncluster.id=" + ctx.memory().cluster_id + "\n");
}

void on_topics(Ctx ctx, const zookeeper::ZkResult& result) {
    Startup& startup = ctx.memory().startup;
    MR_ASSERT(startup.step == StartupStep::topics);
    startup.topics = result.children;
    std::vector<ZkRequest> questions;
    for (const std::string& topic : startup.topics) questions.push_back(get(znodes::topic_config_path(topic)));
    ask(ctx, StartupStep::topic_configs, std::move(questions));
}

void on_topic_configs(Ctx ctx, const ZkAnswers& answers) {
    const Startup& startup = ctx.memory().startup;
    MR_ASSERT(answers.size() == startup.topics.size());
    for (std::size_t i = 0; i < startup.topics.size(); ++i)
        ctx.memory().topic_configs[ctx.env.intern(startup.topics[i])] =
            znodes::config_from_json(answers[i].data.bytes).value_or(ConfigMap{});
    write_meta_properties(ctx);
    if (!ctx.memory().startup.logs_open) open_all_logs(ctx);  // a session lost on the way begins the questions anew
    ctx.memory().startup.logs_open = true;
    if (!ctx.memory().halted)
        ask(ctx, StartupStep::broker_ids, {zookeeper::get_children_request(std::string(znodes::kBrokerIds))});
}

void on_broker_ids(Ctx ctx, const zookeeper::ZkResult& result) {
    std::vector<ZkRequest> questions;
    for (const std::string& id : result.children) questions.push_back(get(std::string(znodes::kBrokerIds) + "/" + id));
    ask(ctx, StartupStep::other_brokers, std::move(questions));
}

void register_broker(Ctx ctx) {
    MR_ASSERT(ctx.memory().startup.logs_open);
    const std::string path = znodes::broker_path(ctx.self());
    const BrokerSettings& settings = ctx.broker.settings;
    const znodes::BrokerData data{settings.host, settings.port, settings.rack, ctx.env.wall_ms()};
    ask(ctx, StartupStep::registration,
        {zookeeper::multi_request({zookeeper::create_request(path, {}, zookeeper::kEphemeral),
                                   zookeeper::set_data_request(path, ZkData::of(znodes::to_json(data)), 0)})});
}

bool multi_failed(const zookeeper::ZkResult& result) {
    return zookeeper::failed(result.error) ||
           std::ranges::any_of(result.results, [](const auto& r) { return zookeeper::failed(r.error); });
}

/// The znode of our earlier life is still there until its session expires: try again, as Kafka's operators do.
void wait_for_old_session(Ctx ctx) {
    ctx.memory().startup.step = StartupStep::retry_registration;
    ctx.env.timer(kRegistrationRetry, kStartupRetry, 0, kZooKeeperLane);
}

void start_timers(Ctx ctx) {
    const BrokerConfig& config = ctx.config();
    ctx.env.timer(config.replica_lag_time_max / 2, kIsrCheck, 0, kBackgroundLane);
    ctx.env.timer(config.high_watermark_checkpoint_interval, kHighWatermarkCheckpoint, 0, kBackgroundLane);
    ctx.env.timer(config.upkeep.offsets_retention_check_interval, kOffsetsExpiry, 0, kBackgroundLane);
    start_upkeep(ctx);
}

void finish_registration(Ctx ctx, BrokerEpoch epoch) {
    MR_ASSERT(epoch.value >= 0 && ctx.memory().startup.logs_open);
    const bool first_time = !ctx.memory().sockets.accepting;
    ctx.memory().broker_epoch = epoch;
    ctx.memory().startup.step = StartupStep::running;
    ctx.env.fact(node_fact(FactKind::broker_registered, {ctx.memory().broker_epoch.value}));
    ctx.env.touch(touch::kNodes | touch::kFacts);
    read_controller(ctx);
    claim_producer_ids(ctx);
    read_config_changes(ctx);
    if (!first_time) return;
    start_timers(ctx);
    start_accepting(ctx);
}

/// A registration whose answer was lost with its connection has happened all the same, if it is of our session
/// (Kafka's CheckedEphemeral looks at the owner).
void on_registered(Ctx ctx, const ZkBatch& batch) {
    if (!multi_failed(batch.results.front())) return finish_registration(ctx, BrokerEpoch{batch.zxids.front()});
    ask(ctx, StartupStep::own_registration, {get(znodes::broker_path(ctx.self()))});
}

void on_own_registration(Ctx ctx, const zookeeper::ZkResult& result) {
    const bool ours = !zookeeper::failed(result.error) && result.stat.ephemeral_owner == ctx.memory().zk.session_id;
    if (ours) finish_registration(ctx, BrokerEpoch{result.stat.czxid});
    else wait_for_old_session(ctx);
}

}  // namespace

void begin_startup(Ctx ctx) {
    BrokerMemory& memory = ctx.memory();
    memory = {};
    memory.config = make_broker_config(ctx.broker.settings.config);
    adopt_replication_limits(ctx);
    memory.profile = profile_of(ctx.broker.settings.version);
    MR_ASSERT(ctx.broker.settings.id.value >= 0 && ctx.broker.settings.zookeeper != sim::kNoNode);
    memory.startup.step = StartupStep::session;
    memory.zk.server = ctx.broker.settings.zookeeper;
    memory.zk.asked_timeout_ms = static_cast<i32>(memory.config.zookeeper_session_timeout.to_millis());
    memory.zk.heartbeat_timer_kind = kZkHeartbeat;
    memory.zk.reconnect_timer_kind = kZkReconnect;
    memory.zk.lane = kZooKeeperLane;
    ctx.env.listen(ctx.broker.settings.port);
    zookeeper::open(memory.zk, ctx.env);
    ctx.env.touch(touch::kAll);
}

void on_session_opened(Ctx ctx) {
    Startup& startup = ctx.memory().startup;
    if (startup.step == StartupStep::running || startup.step == StartupStep::retry_registration)
        return register_broker(ctx);
    startup.paths.assign(kPersistentPaths.rbegin(), kPersistentPaths.rend());
    create_next_path(ctx);
}

void retry_registration(Ctx ctx) {
    if (ctx.memory().startup.step == StartupStep::retry_registration) register_broker(ctx);
}

void on_startup_answers(Ctx ctx, const ZkBatch& batch) {
    const auto step = static_cast<StartupStep>(batch.arg);
    if (step != ctx.memory().startup.step) return;
    const auto error_of = [&](std::size_t i) { return batch.results[i].error; };
    switch (step) {
        case StartupStep::paths: return on_path_created(ctx, error_of(0));
        case StartupStep::feature: return ask(ctx, StartupStep::cluster_id, {get(znodes::kClusterId)});
        case StartupStep::cluster_id: return on_cluster_id(ctx, batch.results.front());
        case StartupStep::create_cluster_id: return on_cluster_id(ctx, batch.results.back());
        case StartupStep::configs: return on_own_configs(ctx, batch.results);
        case StartupStep::topics: return on_topics(ctx, batch.results.front());
        case StartupStep::topic_configs: return on_topic_configs(ctx, batch.results);
        case StartupStep::broker_ids: return on_broker_ids(ctx, batch.results.front());
        case StartupStep::other_brokers: return register_broker(ctx);
        case StartupStep::registration: return on_registered(ctx, batch);
        case StartupStep::own_registration: return on_own_registration(ctx, batch.results.front());
        case StartupStep::none: case StartupStep::session: case StartupStep::retry_registration:
        case StartupStep::running: return;
    }
}

}  // namespace engine::broker
