// What statements share: temporary views, settings, the counter of column ids.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <string>

#include "engine/plan/column.h"
#include "engine/plan/functions.h"
#include "engine/sql/tree.h"

namespace engine::spark {

/// Rows that a plan reads: of VALUES, of a file, of a test.
struct Table {
    std::vector<Batch> batches;
    mutable sim::i64 reads = 0;  ///< by programs that ran
    mutable bool kept = false;   ///< persist() was called: it is read once
};

/// The rows that a relation stands for: none if it has no table.
inline std::span<const Batch> rows_at_hand(const Plan& relation) {
    return relation.table ? std::span<const Batch>(relation.table->batches) : std::span<const Batch>();
}

struct View {
    std::string name;
    PlanRef parsed;       ///< of CREATE VIEW: analysed anew at each use
    PlanRef analysed;     ///< of createOrReplaceTempView
    std::vector<std::string> columns;
};

struct Session {
    Ids ids;
    Clock clock;
    bool ansi = false;
    SqlBug bug = SqlBug::none;  ///< tests only
    i64 shuffle_partitions = 200;
    bool adaptive = true;
    std::map<std::string, View> views;                 ///< by lower-case name
    std::map<std::string, std::string> settings;
    i64 definitions = 0;  ///< of CTEs so far
    i64 broadcast_threshold = 10 << 20;
    /// A format and its options as a relation, for statements that name files; none = there are no files.
    std::function<std::expected<PlanRef, QueryError>(const std::string& format,
                                                     const std::vector<std::pair<std::string, std::string>>& options)>
        files;
};

}  // namespace engine::spark
