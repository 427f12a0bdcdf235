#include "engine/broker/handlers.h"
#include "engine/wire/messages/api_versions.h"

namespace engine::broker {
namespace {

/// Letters and digits, with `-` and `.` inside only.
bool is_software_word(std::string_view word) {
    const auto inner = [](char c) { return c == '-' || c == '.'; };
    const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (word.empty() || inner(word.front()) || inner(word.back())) return false;
    return std::ranges::all_of(word, [&](char c) { return plain(c) || inner(c); });
}

}  // namespace

bool handle_api_versions(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::ApiVersionsRequest::kApi);
    wire::ApiVersionsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::ApiVersionsResponse response;
    const bool named = call.reply_to.version >= 3;
    if (named && (!is_software_word(request.client_software_name) || !is_software_word(request.client_software_version)))
        response.error_code = static_cast<i16>(ErrorCode::invalid_request);
    else
        for (const ApiRange& range : answered_apis())
            response.api_keys.push_back({static_cast<i16>(range.api), range.lowest, highest_answered(ctx, range)});
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
