#include "engine/broker/handlers.h"
#include "engine/wire/messages/api_versions.h"

namespace engine::broker {
namespace {

/// Letters and digits, with `-` and `.` inside only.
bool is_software_word(std::string_view word) {
    const auto inner = [](char c) { return c == '-' || c == '.'; };
    const auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (word.empty() || inner(word.front()) || inner(word.back())) return false;
    return std::ranges::all_of(word, [&](char c) { return plain(c) || inner(c); });
}

void list_ranges(Ctx ctx, wire::ApiVersionsResponse& response) {
    for (const ApiRange& range : answered_apis()) {
        const i16 highest = highest_answered(ctx, range);
        if (highest >= range.lowest) response.api_keys.push_back({static_cast<i16>(range.api), range.lowest, highest});
    }
}

/// Features that a broker of 3.9 could be switched to (KIP-584). Without a quorum none of them is finalized. A feature
/// whose lowest level is 0 is told since version 4 only (KAFKA-17011).
void list_features(Ctx ctx, i16 version, wire::ApiVersionsResponse& response) {
    constexpr i16 kMetadataLevel = 21;  // 3.9-IV0
    if (ctx.broker.settings.version != KafkaVersion::v3_9) return;
    if (version >= 4) response.supported_features.push_back({"kraft.version", 0, 1});
    response.supported_features.push_back({"metadata.version", 1, kMetadataLevel});
}

}  // namespace

bool handle_api_versions(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::ApiVersionsRequest::kApi);
    wire::ApiVersionsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::ApiVersionsResponse response;
    const bool named = call.reply_to.version >= 3;
    if (named &&
        (!is_software_word(request.client_software_name) || !is_software_word(request.client_software_version)))
        response.error_code = static_cast<i16>(ErrorCode::invalid_request);
    else list_ranges(ctx, response);
    if (!failed(static_cast<ErrorCode>(response.error_code))) list_features(ctx, call.reply_to.version, response);
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
