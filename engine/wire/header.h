// Frame = size i32, header, body. Which header a message has is a matter of its API and version.
#pragma once

#include <string>

#include "engine/wire/api.h"
#include "engine/wire/bytes.h"

namespace engine::wire {

struct RequestHeader {
    ApiKey api = ApiKey::produce;
    i16 version = 0;
    i32 correlation_id = 0;
    std::string client_id;  // null reads as empty
};

constexpr u32 kSizePrefixBytes = 4;
static_assert(kSizePrefixBytes == sizeof(i32));

/// Writes size prefix (to be patched by `end_frame`) and header.
void begin_request(Writer& out, const RequestHeader& header);
void begin_response(Writer& out, ApiKey api, i16 version, i32 correlation_id);
/// Patches the size prefix: everything written since the beginning.
void end_frame(Writer& out);

/// Reads size prefix and header. False if the frame is malformed or its API unknown.
bool read_request_header(Reader& in, RequestHeader& header);
/// Reads size prefix and header of an answer to a request of this API and version.
bool read_response_header(Reader& in, ApiKey api, i16 version, i32& correlation_id);

/// A whole request in a frame.
template <class Request>
sim::FrameRef request_frame(const Request& request, i16 version, i32 correlation_id, const std::string& client_id) {
    Writer out;
    begin_request(out, {Request::kApi, version, correlation_id, client_id});
    encode(out, request, version);
    end_frame(out);
    return out.frame();
}

/// A whole answer in a frame.
template <class Response>
sim::FrameRef response_frame(const Response& response, i16 version, i32 correlation_id) {
    Writer out;
    begin_response(out, Response::kApi, version, correlation_id);
    encode(out, response, version);
    end_frame(out);
    return out.frame();
}

}  // namespace engine::wire
