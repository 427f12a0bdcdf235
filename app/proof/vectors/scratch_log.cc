#include "app/proof/vectors/scratch_log.h"

#include "engine/wire/batch_builder.h"

namespace app::proof::vectors {

ScratchLog::ScratchLog(const ConfigMap& config) : machine(1), node_(machine.add_node({}, {})) {
    log.directory = "t-0";
    log.config = make_topic_config(config);
    const auto opened = log::open_log(log, context(), Offset{0}, Offset{0}, true);
    MR_ASSERT(opened.has_value());
}

log::LogContext ScratchLog::context() {
    env_ = std::make_unique<sim::Env>(machine.parts(recorder_), node_, u8{0});
    door_ = std::make_unique<sim::DiskDoor>(env_->disk());
    return {*door_, now_ms, env_->rng()};
}

std::expected<log::AppendInfo, log::AppendRefusal> ScratchLog::append(LeaderEpoch epoch, i32 records,
                                                                      i64 timestamp_ms) {
    return append(epoch, plain_batch(records, timestamp_ms));
}

std::expected<log::AppendInfo, log::AppendRefusal> ScratchLog::append(LeaderEpoch epoch, std::span<const u8> batch,
                                                                      log::AppendOrigin origin) {
    return log::append_as_leader(log, context(), sim::Slice::whole(sim::Chunk::of(batch)), epoch, origin);
}

std::expected<log::AppendInfo, ErrorCode> ScratchLog::copy_from(ScratchLog& leader) {
    const auto read = log::read(leader.log, leader.disk(), log.next_offset, leader.log.next_offset, INT32_MAX, true);
    return log::append_as_follower(log, context(), read.batches);
}

std::vector<u8> plain_batch(i32 records, i64 timestamp_ms) {
    wire::BatchBuilder builder{{}};
    for (i32 i = 0; i < records; ++i) builder.append({timestamp_ms, "k", "v", {}});
    return builder.finish();
}

}  // namespace app::proof::vectors
