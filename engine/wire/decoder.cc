#include "engine/wire/decoder.h"

#include <algorithm>

namespace engine::wire {

void Decoder::get(Uuid& value) {
    const auto bytes = in_.get_bytes(16);
    if (bytes.size() == 16) std::ranges::copy(bytes, value.bytes.begin());
    if (shown()) dissection_->show(to_text(value));
}

void Decoder::get(Records& value) {
    const i64 length = get_length();
    value.is_null = is_null(length);
    if (length > 0) value.slices = in_.get_slices(static_cast<u32>(length));
    if (shown()) dissection_->show_records(length);
}

void Decoder::get_text(std::string& value, i64 length) {
    if (length < 0) in_.fail();
    else value = in_.get_text(static_cast<u32>(length));
    show(std::string_view(value));
}

void Decoder::get_blob(Blob& value, i64 length) {
    if (length < 0) return in_.fail();
    const auto bytes = in_.get_bytes(static_cast<u32>(length));
    value.assign(bytes.begin(), bytes.end());
    if (shown()) dissection_->show_bytes(bytes);
}

}  // namespace engine::wire
