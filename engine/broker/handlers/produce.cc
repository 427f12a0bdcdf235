#include "engine/wire/messages/produce.h"

#include <fmt/format.h>

#include "engine/broker/fetch_reads.h"
#include "engine/broker/handlers.h"
#include "engine/broker/replicas.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using ProduceAnswer = wire::ProduceResponse;

bool valid_acks(i16 acks) { return acks == -1 || acks == 0 || acks == 1; }

/// One batch of one partition: exactly one of magic 2, or an error for this partition.
std::expected<sim::Slice, ErrorCode> single_batch(const wire::Records& records) {
    if (records.is_null || records.slices.empty()) return std::unexpected(ErrorCode::invalid_record);
    if (records.slices.size() != 1) return std::unexpected(ErrorCode::invalid_record);
    const sim::Slice& slice = records.slices.front();
    const auto header = wire::read_header(slice.bytes());
    if (!header) return std::unexpected(ErrorCode::corrupt_message);
    if (header->total_bytes() > slice.length) return std::unexpected(ErrorCode::corrupt_message);
    if (header->total_bytes() < slice.length) return std::unexpected(ErrorCode::invalid_record);  // more than one
    return slice;
}

void append_part(Ctx ctx, i16 acks, i16 version, const wire::Records& records, PendingProducePartition& part) {
    MR_ASSERT(!failed(part.error) && !part.waiting);
    const ErrorCode refused = check_leadership(ctx, part.id, kNoEpoch);
    if (failed(refused)) { part.error = refused; return; }
    const auto batch = single_batch(records);
    if (!batch) { part.error = batch.error(); return; }
    if (wire::read_header(batch->bytes())->codec() == wire::Codec::zstd && version < 7) {
        part.error = ErrorCode::unsupported_compression_type;
        return;
    }
    const auto info = append_to_leader(ctx, part.id, *batch, log::AppendOrigin::client, acks == -1);
    part.log_start = ctx.find(part.id)->log.log_start;
    if (!info) {
        part.error = info.error().code;
        part.bad_records = info.error().bad_records;
        if (!part.bad_records.empty()) part.error_message = info.error().message;  // others have the code's own
        return;
    }
    part.base_offset = info->first_offset;
    part.log_append_time_ms = info->log_append_time_ms;
    part.required = info->last_offset + 1;
    part.waiting = acks == -1;
}

}  // namespace

bool handle_produce(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    if (call.reply_to.version < wire::ProduceRequest::kLowest) return false;  // offered, never sent: see requests.cc
    MR_ASSERT(call.reply_to.api == wire::ProduceRequest::kApi);
    wire::ProduceRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    PendingProduce produce;
    produce.reply_to = call.reply_to;
    produce.deadline = ctx.env.now() + sim::millis(std::max(request.timeout_ms, 0));
    produce.caused_by = ctx.env.here();
    bool any_failed = false;
    for (const auto& topic : request.topic_data) {
        const NameId name = ctx.env.intern(topic.name);
        if (ctx.memory().metadata.find(name) != nullptr) ++ctx.memory().meters[name].produce_requests;
        for (const auto& data : topic.partition_data) {
            PendingProducePartition& part = produce.partitions.emplace_back();
            part.id = {name, data.index};
            if (!valid_acks(request.acks)) part.error = ErrorCode::invalid_required_acks;
            else append_part(ctx, request.acks, call.reply_to.version, data.records, part);
            any_failed = any_failed || failed(part.error);
        }
    }
    if (request.acks != 0) answer_or_wait(ctx, std::move(produce));
    else if (any_failed) drop_connection(ctx, call.reply_to.connection);  // all that such a client can be told
    else finish_without_reply(ctx, call.reply_to);
    return true;
}

}  // namespace engine::broker
