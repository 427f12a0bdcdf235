#include "engine/wire/header.h"

namespace engine::wire {
namespace {

void skip_tags(Reader& in) {
    for (u64 count = in.get_uvarint(); count > 0 && in.ok(); --count) {
        in.get_uvarint();
        in.skip(static_cast<u32>(in.get_uvarint()));
    }
}

}  // namespace

void begin_request(Writer& out, const RequestHeader& header) {
    const i16 header_version = request_header_version(header.api, header.version);
    MR_ASSERT(out.wire_size() == 0 && header.version >= 0);
    MR_ASSERT(0 <= header_version && header_version <= 2);
    out.put_i32(0);
    out.put_i16(static_cast<i16>(header.api));
    out.put_i16(header.version);
    out.put_i32(header.correlation_id);
    if (header_version == 0) return;
    out.put_i16(static_cast<i16>(header.client_id.size()));
    out.put_text(header.client_id);
    if (header_version == 2) out.put_uvarint(0);
}

void begin_response(Writer& out, ApiKey api, i16 version, i32 correlation_id) {
    MR_ASSERT(out.wire_size() == 0);
    out.put_i32(0);
    out.put_i32(correlation_id);
    if (response_header_version(api, version) == 1) out.put_uvarint(0);
}

void end_frame(Writer& out) {
    MR_ASSERT(out.wire_size() > kSizePrefixBytes);
    out.patch_i32(0, static_cast<i32>(out.wire_size() - kSizePrefixBytes));
}

bool read_request_header(Reader& in, RequestHeader& header) {
    in.get_i32();
    const i16 key = in.get_i16();
    header.version = in.get_i16();
    header.correlation_id = in.get_i32();
    const ApiInfo* api = find_api(key);
    if (!in.ok() || api == nullptr) return false;
    header.api = api->key;
    const i16 header_version = request_header_version(header.api, header.version);
    if (header_version == 0) return true;
    const i16 length = in.get_i16();
    if (length < -1) return false;
    if (length > 0) header.client_id = in.get_text(static_cast<u32>(length));
    if (header_version == 2) skip_tags(in);
    return in.ok();
}

bool read_response_header(Reader& in, ApiKey api, i16 version, i32& correlation_id) {
    in.get_i32();
    correlation_id = in.get_i32();
    if (response_header_version(api, version) == 1) skip_tags(in);
    return in.ok();
}

}  // namespace engine::wire
