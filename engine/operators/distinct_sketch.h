// How many different values there are, in a few hundred bytes: HyperLogLog++ as Spark's approx_count_distinct has it.
//
// A value's hash names one of 2^p registers and how many zeros follow; a register keeps the most that it saw. Few
// values are told from the registers still empty, many from the mean of all, and between the two what the mean is known
// to be off by is taken away (Heule, Nunkesser, Hall: HyperLogLog in Practice, 2013).
//
// Spark keeps ten registers of six bits in a word; the words are columns of its state.
#pragma once

#include <span>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

inline constexpr double kSketchError = 0.05;  ///< relative error if a query names none

/// The bits of a hash that name a register, for a relative error. At least 4.
int sketch_bits(double relative_error);
/// Words of a sketch.
std::size_t sketch_words(int bits);
/// Notes a value by its hash (xxHash64 with seed 42). Requires sketch_words(bits) words.
void add_to_sketch(std::span<i64> words, int bits, i64 hash);
/// The registers of two sketches, the greater of each.
void merge_sketch(std::span<i64> words, int bits, std::span<const i64> other);
/// About how many different values were added.
i64 sketch_count(std::span<const i64> words, int bits);

}  // namespace engine::spark
