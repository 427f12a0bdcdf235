#include "engine/wire/encoder.h"

namespace engine::wire {

void Encoder::put(const std::string& value) {
    if (flexible_) out_.put_uvarint(value.size() + 1);
    else out_.put_i16(static_cast<i16>(value.size()));
    out_.put_text(value);
}

void Encoder::put(const Blob& value) {
    put_length(static_cast<u32>(value.size()));
    out_.put_bytes(value);
}

void Encoder::put(const Records& value) {
    if (value.is_null) return put_null<Blob>();
    put_length(value.size());
    for (const sim::Slice& slice : value.slices) out_.put_slice(slice);
}

void Encoder::keep_tag(u32 number, const Writer& bytes) {
    MR_ASSERT(bytes.wire_size() == bytes.head_size());
    MR_ASSERT(tags_.empty() || tags_.back().number < number);
    tags_.push_back({number, bytes.head_copy()});
}

void Encoder::put_tags() {
    out_.put_uvarint(tags_.size());
    for (const Tag& tag : tags_) {
        out_.put_uvarint(tag.number);
        out_.put_uvarint(tag.bytes.size());
        out_.put_bytes(tag.bytes);
    }
}

}  // namespace engine::wire
