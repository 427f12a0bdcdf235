// JSON records straight into columns, for records that say what the schema expects in the plainest way.
//
// A record is read in two steps that allocate nothing: first into marks, one a value, that point into its text (names
// are matched with the schema's fields as they come, numbers are summed up while their digits pass); then, once all of
// it is known to fit, from the marks into the columns. Whatever is unusual (escapes, quotes of other kinds, numbers
// that are large or have exponents, values of another type, anything malformed) is left to json_record, which knows
// every rule: `add` says false then, and has added nothing.
#pragma once

#include "engine/plan/json.h"

namespace engine::spark {

/// A column that is being written, with its nested ones in reach.
struct ColumnTree {
    Builder leaf;  ///< values of a type without children
    Column shell;  ///< type, size, nulls and offsets of one with children
    std::vector<ColumnTree> children;

    explicit ColumnTree(const DataType& type, i64 expected = 0);
    [[nodiscard]] bool nested() const { return !children.empty(); }
    void add(const Value& value);
    void add_null();
    /// A value whose elements or fields were added to the children just before.
    void add_parent(bool null = false);
    Column finish();
};

struct JsonMark;

/// Reads records of one schema.
struct JsonRows {
    const DataType& schema;
    const JsonOptions& options;
    bool plain = true;  ///< the schema is one that `add` can read
    std::vector<JsonMark> marks;
    std::vector<u32> places;  ///< scratch: for each field of the structs under way its mark

    JsonRows(const DataType& type, const JsonOptions& json_options);
    ~JsonRows();
    JsonRows(const JsonRows&) = delete;
    JsonRows& operator=(const JsonRows&) = delete;
    /// Adds a record as a row, if it is a plain one.
    bool add(std::string_view record, std::vector<ColumnTree>& columns, EvalContext& cx);
};

}  // namespace engine::spark
