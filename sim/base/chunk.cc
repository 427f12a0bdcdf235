#include "sim/base/chunk.h"

#include <cstring>
#include <new>

namespace sim {

Ref<Chunk> Chunk::of(std::span<const u8> bytes, Provenance provenance) {
    MR_ASSERT(bytes.size() <= 0x7fffffff);
    void* memory = ::operator new(sizeof(Chunk) + bytes.size());
    auto* chunk = new (memory) Chunk(static_cast<u32>(bytes.size()), std::move(provenance));
    if (!bytes.empty()) std::memcpy(const_cast<u8*>(chunk->data()), bytes.data(), bytes.size());
    return Ref<Chunk>(chunk);
}

void Chunk::destroy(const Chunk* chunk) {
    MR_ASSERT(chunk->references == 0);
    chunk->~Chunk();
    ::operator delete(const_cast<Chunk*>(chunk));
}

void Chunk::digest(Hasher& hasher) const {
    if (hash_ == 0) hash_ = hash_bytes(bytes()) | 1;
    MR_VALIDATE(hash_ == (hash_bytes(bytes()) | 1));  // nobody has written into it
    hasher.add(hash_);
}

Slice Slice::whole(Ref<Chunk> chunk) {
    const u32 size = chunk->size();
    return {std::move(chunk), 0, size};
}

std::span<const u8> Slice::bytes() const {
    if (length == 0) return {};
    MR_ASSERT(begin + length <= chunk->size());
    return chunk->bytes().subspan(begin, length);
}

Slice Slice::part(u32 from, u32 count) const {
    MR_ASSERT(from <= length && count <= length - from);
    MR_ASSERT(length == 0 || begin + length <= chunk->size());
    return {chunk, begin + from, count};
}

}  // namespace sim
