// Columns and batches: what operators hand to each other. A column keeps its values in the one array that its
// type uses, null flags beside it, and may be constant (one stored row stands for all).
// Invariant: an array holds `stored()` entries; `nulls` is empty or as long. Text lives in shared heaps that
// only grow, so columns are copied by their views.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/sql/value.h"

namespace engine::spark {

inline constexpr i64 kBatchRows = 2048;

/// Bytes of strings, never moved once added.
struct Heap {
    std::vector<std::unique_ptr<char[]>> blocks;
    std::size_t used = 0;
    std::size_t size = 0;

    std::string_view add(std::string_view text);
    /// Room for n bytes that the caller fills.
    char* reserve(std::size_t n);
};

enum class Physical : u8 { none, ints, reals, decimals, strings, list, fields };

Physical physical_of(const DataType& type);
/// Fields as columns: those of a struct; months, days, microseconds of a calendar interval; key and value of a map.
const std::vector<Field>& child_fields(const DataType& type);

struct Column {
    DataType type;
    i64 size = 0;
    bool constant = false;
    std::vector<u8> nulls;
    std::vector<i64> ints;
    std::vector<double> reals;
    std::vector<i128> decimals;
    std::vector<std::string_view> strings;
    std::vector<std::shared_ptr<const Heap>> heaps;
    std::vector<u32> offsets;      ///< lists: stored() + 1
    std::vector<Column> children;  ///< list: element; map: key, value; struct: fields

    [[nodiscard]] i64 stored() const { return constant ? (size > 0 ? 1 : 0) : size; }
    [[nodiscard]] std::size_t at(i64 row) const { return constant ? 0 : static_cast<std::size_t>(row); }
    [[nodiscard]] bool null(i64 row) const { return !nulls.empty() && nulls[at(row)] != 0; }
    [[nodiscard]] bool no_nulls() const { return nulls.empty(); }

    // Compiled once: many files copy columns.
    Column();
    Column(const Column&);
    Column(Column&&) noexcept;
    Column& operator=(const Column&);
    Column& operator=(Column&&) noexcept;
    ~Column();
};

struct Batch {
    i64 rows = 0;
    std::vector<Column> columns;
};

/// Appends values to a column of one type.
struct Builder {
    Column column;
    std::shared_ptr<Heap> heap;

    explicit Builder(const DataType& type, i64 expected = 0);
    void add(const Value& value);
    void add_null();
    void add_int(i64 v);
    void add_real(double v);
    void add_decimal(i128 v);
    void add_string(std::string_view v);
    Column finish();

private:
    std::vector<Builder> children_;
    void mark(bool null);
};

Value get(const Column& column, i64 row);
Column constant_column(const Value& value, const DataType& type, i64 size);
/// A column of nulls, or of zeros ready to be filled, with arrays allocated.
Column null_column(const DataType& type, i64 size);
Column sized_column(const DataType& type, i64 size);
/// The rows named, in that order; -1 gives null.
Column gather(const Column& column, std::span<const i32> rows);
Batch gather(const Batch& batch, std::span<const i32> rows);
/// A constant column as a plain one.
Column flat(Column column);
Column concat(std::span<const Column> columns, const DataType& type);
Batch concat(std::span<const Batch> batches);
Batch slice(const Batch& batch, i64 from, i64 count);
/// Rows whose value is true (null is not).
std::vector<i32> true_rows(const Column& condition);
i64 bytes_of(const Column& column);
i64 bytes_of(const Batch& batch);
int compare_rows(const Column& a, i64 i, const Column& b, i64 j);

}  // namespace engine::spark
