// Spark's two row hashes. Murmur3 decides the partition of a shuffle, so its every quirk is kept: each tail
// byte is mixed alone, null leaves the seed, columns fold left to right.
#pragma once

#include <string_view>

#include "engine/plan/column.h"

namespace engine::spark {

i32 murmur_int(i32 v, i32 seed);
i32 murmur_long(i64 v, i32 seed);
i32 murmur_bytes(std::string_view bytes, i32 seed);
i32 murmur_value(const Value& v, const DataType& type, i32 seed);
/// Folds a column into the hashes of its rows.
void murmur_column(const Column& c, std::span<i32> hashes);

i64 xxhash_int(i32 v, i64 seed);
i64 xxhash_long(i64 v, i64 seed);
i64 xxhash_bytes(std::string_view bytes, i64 seed);
i64 xxhash_value(const Value& v, const DataType& type, i64 seed);

/// The standard 32-bit Murmur3 over bytes, as scala.util.hashing has it.
u32 murmur_standard(std::string_view bytes, u32 seed);

}  // namespace engine::spark
