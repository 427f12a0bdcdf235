#include "engine/broker/fetch_answers.h"

#include <algorithm>

#include "engine/broker/partition_answers.h"
#include "engine/wire/messages/fetch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using wire::FetchResponse;

/// Since this version an answer says who leads instead (KIP-951).
constexpr i16 kNamesLeader = 16;

/// Who leads, as the replica here knows, or else the metadata.
void name_leader(Ctx ctx, const FetchOp& op, const FetchPart& part, FetchResponse& response,
                 FetchResponse::Response::Partition& answer) {
    MR_ASSERT(op.reply_to.version >= kNamesLeader);
    const Partition* replica = ctx.find(part.id);
    const CachedPartition* cached = ctx.memory().metadata.find(part.id);
    if (replica == nullptr && cached == nullptr) return;
    const BrokerId leader = replica != nullptr ? replica->leader : cached->leader;
    answer.current_leader = {leader.value, (replica != nullptr ? replica->leader_epoch : cached->leader_epoch).value};
    name_endpoint(ctx, op.reply_to, leader, response);
}

FetchResponse::Response& topic_for(Ctx ctx, const FetchOp& op, const FetchPart& part, FetchResponse& response) {
    const bool by_id = op.reply_to.version >= wire::kFetchByTopicId;
    const bool same =
        !response.responses.empty() && (by_id ? response.responses.back().topic_id == part.topic_id
                                              : response.responses.back().topic == ctx.text(part.id.topic));
    if (same) return response.responses.back();
    auto& topic = response.responses.emplace_back();
    topic.topic_id = part.topic_id;
    if (!by_id) topic.topic = ctx.text(part.id.topic);
    return topic;
}

void add_part(Ctx ctx, const FetchOp& op, const FetchPart& part, PartRead& read, FetchResponse& response) {
    MR_ASSERT(part.id.partition >= 0 || failed(read.error));
    auto& answer = topic_for(ctx, op, part, response).partitions.emplace_back();
    answer.partition_index = part.id.partition;
    answer.error_code = static_cast<i16>(read.error);
    answer.high_watermark = read.high_watermark.value;
    answer.last_stable_offset = read.last_stable_offset.value;
    answer.log_start_offset = read.log_start.value;
    if (op.read_committed) answer.aborted_transactions.emplace();
    answer.diverging_epoch = {read.diverging.epoch.value, read.diverging.end.value};
    answer.records.slices = std::move(read.batches);
    const bool elsewhere =
        read.error == ErrorCode::not_leader_or_follower || read.error == ErrorCode::fenced_leader_epoch;
    if (elsewhere && op.reply_to.version >= kNamesLeader) name_leader(ctx, op, part, response, answer);
}

constexpr i64 kLengthBytes = 4;

bool any_throttled(Ctx ctx, const FetchOp& op) {
    return std::ranges::any_of(op.parts,
                               [&](const FetchPart& part) { return is_throttled(ctx, QuotaSide::leader, part.id); });
}

bool is_part_of(Ctx ctx, const FetchOp& op, const FetchPart& part, const FetchResponse::Response& topic) {
    return op.reply_to.version >= wire::kFetchByTopicId ? part.topic_id == topic.topic_id
                                                        : ctx.text(part.id.topic) == topic.topic;
}

bool is_throttled(Ctx ctx, const FetchOp& op, const FetchResponse::Response& topic, i32 partition) {
    for (const FetchPart& part : op.parts)
        if (part.id.partition == partition && is_part_of(ctx, op, part, topic))
            return is_throttled(ctx, QuotaSide::leader, part.id);
    return false;
}

/// What throttled replicas take of an answer, as Kafka counts it: an answer of them alone, with its length.
void note_throttled(Ctx ctx, const FetchOp& op, const FetchResponse& response) {
    MR_ASSERT(op.replica != kNoBroker);
    FetchResponse throttled;
    for (const auto& topic : response.responses) {
        FetchResponse::Response part = {};
        part.topic = topic.topic;
        part.topic_id = topic.topic_id;
        for (const auto& answer : topic.partitions)
            if (is_throttled(ctx, op, topic, answer.partition_index)) part.partitions.push_back(answer);
        if (!part.partitions.empty()) throttled.responses.push_back(std::move(part));
    }
    if (throttled.responses.empty()) return;
    wire::Writer out;
    wire::encode(out, throttled, op.reply_to.version);
    note_replicated(ctx, QuotaSide::leader, kLengthBytes + out.wire_size());
}

}  // namespace

void refuse_fetch(Ctx ctx, const ReplyTo& to, ErrorCode error, i32 session_id) {
    MR_ASSERT(failed(error));
    FetchResponse response;
    response.error_code = static_cast<i16>(error);
    response.session_id = session_id;
    respond(ctx, to, response);
}

void answer_fetch(Ctx ctx, const FetchOp& op, std::vector<PartRead>& reads) {
    MR_ASSERT(reads.size() == op.parts.size());
    std::vector<bool> news;
    FetchResponse response;
    response.session_id = op.session_id;
    if (op.kind == FetchKind::full) response.session_id = keep_session(ctx, op, reads);
    if (op.kind == FetchKind::incremental && !take_news(ctx, op, reads, news))
        return refuse_fetch(ctx, op.reply_to, ErrorCode::invalid_fetch_session_epoch, op.session_id);
    for (std::size_t i = 0; i < reads.size(); ++i)
        if (news.empty() || news[i]) add_part(ctx, op, op.parts[i], reads[i], response);
    if (op.replica != kNoBroker && any_throttled(ctx, op)) note_throttled(ctx, op, response);
    respond(ctx, op.reply_to, response);
}

}  // namespace engine::broker
