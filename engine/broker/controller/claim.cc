// Becoming controller: whoever creates /controller, together with raising /controller_epoch by one.
#include <charconv>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace controller {
namespace {

using zookeeper::ZkData;
using zookeeper::ZkError;

constexpr u8 kReadEpoch = 0;
constexpr u8 kCreateEpoch = 1;
constexpr u8 kClaim = 2;
constexpr u8 kReadFeature = 3;
constexpr u8 kCreateFeature = 4;
constexpr u8 kLookWhoWon = 5;
static_assert(kReadEpoch < kCreateEpoch && kCreateEpoch < kClaim && kReadFeature < kCreateFeature);

void give_up_claim(Ctx ctx) {
    Controller& self = ctx.memory().controller;
    self.claiming = false;
    self.steps.clear();
}

void claim(Ctx ctx, i32 epoch, i32 zk_version) {
    MR_ASSERT(ctx.memory().controller.claiming && !ctx.memory().controller.active && epoch < INT32_MAX);
    ctx.memory().controller.epoch = ControllerEpoch{epoch + 1};
    ctx.memory().controller.epoch_zk_version = zk_version + 1;
    const znodes::ControllerData data{ctx.memory().profile.controller_znode_version, ctx.self(), ctx.env.wall_ms()};
    ask(ctx, kClaim,
        {zookeeper::multi_request({zookeeper::create_request(std::string(znodes::kController),
                                                             ZkData::of(znodes::to_json(data)), zookeeper::kEphemeral),
                                   zookeeper::set_data_request(std::string(znodes::kControllerEpoch),
                                                               ZkData::of(std::to_string(epoch + 1)), zk_version)})});
}

void on_epoch_read(Ctx ctx, const zookeeper::ZkResult& result) {
    MR_ASSERT(ctx.memory().controller.claiming && current(ctx).kind == StepKind::claim);
    if (result.error == ZkError::no_node)
        return ask(ctx, kCreateEpoch,
                   {zookeeper::create_request(std::string(znodes::kControllerEpoch), ZkData::of("0"))});
    i32 epoch = 0;
    const std::string& text = result.data.bytes;
    std::from_chars(text.data(), text.data() + text.size(), epoch);
    claim(ctx, epoch, result.stat.version);
}

void begin_loading(Ctx ctx) {
    Controller& self = ctx.memory().controller;
    finish_step(ctx);
    MR_ASSERT(self.active && !self.busy());
    for (const StepKind kind : {StepKind::load_admin_znodes, StepKind::load_broker_ids, StepKind::load_brokers,
                                StepKind::load_topic_names, StepKind::load_topics, StepKind::load_states}) {
        ControllerStep step = make_step(kind);
        step.cause = self.active_since;
        plan(ctx, step);
    }
}

void become_active(Ctx ctx) {
    Controller& self = ctx.memory().controller;
    MR_ASSERT(self.claiming && !self.active && self.topics.empty() && self.brokers.empty());
    self.claiming = false;
    self.active = true;
    self.active_since = ctx.env.fact(node_fact(FactKind::controller, {self.epoch.value}));
    ctx.env.touch(touch::kNodes | touch::kZnodes);
    ask(ctx, kReadFeature, {zookeeper::get_data_request(std::string(znodes::kFeature), true)});
}

void on_claimed(Ctx ctx, const zookeeper::ZkResult& result) {
    MR_ASSERT(ctx.memory().controller.claiming && !ctx.memory().controller.active);
    const bool won = !zookeeper::failed(result.error) && !zookeeper::failed(result.results.front().error);
    if (won) return become_active(ctx);
    ask(ctx, kLookWhoWon,
        {zookeeper::get_data_request(std::string(znodes::kController)),
         zookeeper::get_data_request(std::string(znodes::kControllerEpoch))});
}

/// A bid whose answer was lost with its connection, and that was made again, has failed because it had won: then
/// /controller names us, in the epoch that we bid for (Kafka's checkControllerAndEpoch).
void on_winner_read(Ctx ctx, const ZkBatch& batch) {
    MR_ASSERT(batch.results.size() == 2);
    Controller& self = ctx.memory().controller;
    const zookeeper::ZkResult& holder = batch.results.front();
    const zookeeper::ZkResult& epoch = batch.results.back();
    const bool ours = !zookeeper::failed(holder.error) &&
                      znodes::controller_from_json(holder.data.bytes) == ctx.self() &&
                      epoch.data.bytes == std::to_string(self.epoch.value);
    if (!ours) return give_up_claim(ctx);
    self.epoch_zk_version = epoch.stat.version;
    become_active(ctx);
}

/// The first controller of a cluster says which features it has finalised: none.
void on_feature_read(Ctx ctx, const zookeeper::ZkResult& result) {
    if (result.error != ZkError::no_node) return begin_loading(ctx);
    ask(ctx, kCreateFeature,
        {zookeeper::create_request(std::string(znodes::kFeature), ZkData::of(std::string(znodes::kFeatureJson)))});
}

}  // namespace

void begin_claim(Ctx ctx) {
    ask(ctx, kReadEpoch, {zookeeper::get_data_request(std::string(znodes::kControllerEpoch))});
}

void on_claim_answers(Ctx ctx, const ZkBatch& batch) {
    const zookeeper::ZkResult& result = batch.results.front();
    if (result.error == ZkError::session_expired) return give_up_claim(ctx);
    switch (current(ctx).phase) {
        case kReadEpoch: return on_epoch_read(ctx, result);
        case kCreateEpoch: return begin_claim(ctx);
        case kClaim: return on_claimed(ctx, result);
        case kLookWhoWon: return on_winner_read(ctx, batch);
        case kReadFeature: return on_feature_read(ctx, result);
        case kCreateFeature: return begin_loading(ctx);
        default: MR_ASSERT(false);
    }
}

}  // namespace controller

void read_controller(Ctx ctx) {
    ask_zookeeper(ctx, ZkTask::election_watch, 0,
                  {zookeeper::exists_request(std::string(znodes::kController), true),
                   zookeeper::get_data_request(std::string(znodes::kController), true)});
}

void on_controller_read(Ctx ctx, const ZkBatch& batch) {
    Controller& self = ctx.memory().controller;
    const zookeeper::ZkResult& data = batch.results.back();
    if (data.error == zookeeper::ZkError::session_expired) return;
    const BrokerId holder = zookeeper::failed(data.error) ? kNoBroker : znodes::controller_from_json(data.data.bytes);
    ctx.memory().known_controller = holder;
    if (self.active && holder != ctx.self()) resign(ctx);
    if (holder != kNoBroker || self.active || self.claiming) return;
    MR_ASSERT(!self.busy());
    self.claiming = true;
    controller::plan(ctx, controller::make_step(StepKind::claim));
    controller::run(ctx);
}

}  // namespace engine::broker
