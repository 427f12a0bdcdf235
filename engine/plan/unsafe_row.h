// Rows as Spark keeps them in memory and in its state files (UnsafeRow): null bits, one 8-byte word a field, then the
// tails of what does not fit a word, each padded to words. Little-endian.
//
// Operators with much state keep their rows in this form: a row is one piece of bytes, equal rows have equal bytes, and
// the delta file takes them as they are. Whole columns are packed and unpacked at once, without a value in between for
// numbers and text. What Spark keeps in a word is changed in place (`set_word`).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/column.h"

namespace engine::spark {

std::string unsafe_row(const Values& row, const std::vector<DataType>& types);
/// The row back; none if the bytes do not fit the types.
std::optional<Values> from_unsafe_row(std::string_view bytes, const std::vector<DataType>& types);

/// Many rows, one after the other. Rows that are all of one length need no list of where they end.
struct PackedRows {
    std::string bytes;
    u64 each = 0;  ///< that length, 0 if there is none
    std::vector<u64> ends;

    [[nodiscard]] u64 size() const { return each > 0 ? bytes.size() / each : ends.size(); }
    [[nodiscard]] std::string_view operator[](u64 i) const {
        if (each > 0) return {bytes.data() + i * each, each};
        const u64 from = i == 0 ? 0 : ends[i - 1];
        return {bytes.data() + from, ends[i] - from};
    }
    void add(std::string_view row);
};

/// The rows of a batch. `as_key`: all zeros and all NaN are one, as in keys.
PackedRows packed_rows(std::span<const Column> columns, i64 rows, bool as_key = false);
/// Field `at` of rows; a view without bytes stands for a row of nulls. Requires rows of these types.
Column unpacked_column(std::span<const std::string_view> rows, std::span<const DataType> types, std::size_t at);

/// Field `at` of a row whose fields are `fields`: its word, none if it is null.
std::optional<i64> word_of(std::string_view row, std::size_t fields, std::size_t at);
/// Sets the word of a field that is not null.
void set_word(char* row, std::size_t fields, std::size_t at, i64 word);
/// Whether rows of these types are words only, without tails.
bool words_only(std::span<const DataType> types);
/// How long a row of so many words is.
std::size_t words_size(std::size_t fields);
/// A row of words only with one word more at its end, written to words_size(fields + 1) bytes.
void widen_words(std::string_view row, std::size_t fields, i64 word, char* to);
/// The row with one field more at its end, written over `out`. Requires a row of these types; `plain`: words_only.
void widen(std::string_view row, std::span<const DataType> types, bool plain, i64 word, std::string& out);

}  // namespace engine::spark
