// Rows of a case as the engine takes them, and rows of a result as texts that can be compared.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/proof/streams/stream_case.h"
#include "engine/operators/run.h"

namespace app::proof {

/// A row with the watermark that its batch held late rows against.
struct JudgedRow {
    EventRow row;
    i64 late_ms = 0;
};

/// t, k, v, and `late` if asked for.
engine::spark::DataType case_schema(bool late);
engine::spark::Batch case_batch(const std::vector<JudgedRow>& rows, bool late);
/// Views that all cases have: kinds (id, name).
void add_tables(engine::spark::Session& session);
void add_view(engine::spark::Session& session, const std::string& name, const engine::spark::PlanRef& plan);
/// Names of the streams' views, in order.
std::vector<std::string> view_names(const StreamCase& c);

/// A row of a result: its first columns as a name, and all that are compared.
struct ResultRow {
    std::string key, all;
    bool closing = false;  ///< came from rows that only close
    auto operator<=>(const ResultRow&) const = default;
};
std::vector<ResultRow> result_rows(const engine::spark::Rows& rows, const CaseQuery& query);

/// What a batch query gives over rows of all streams; or why it failed.
std::expected<std::vector<ResultRow>, std::string> batch_result(const StreamCase& c,
                                                                const std::vector<std::vector<JudgedRow>>& rows);

}  // namespace app::proof
