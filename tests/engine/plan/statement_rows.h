// What a statement gives, as text.
#pragma once

#include <string>

#include "engine/operators/statement.h"

namespace tests {

/// Rows as text, cells between bars, rows between semicolons.
inline std::string rows_text(const engine::spark::Result& result) {
    std::string out;
    for (const engine::spark::Batch& batch : result.rows.batches)
        for (sim::i64 i = 0; i < batch.rows; ++i) {
            if (!out.empty()) out += ";";
            for (std::size_t c = 0; c < batch.columns.size(); ++c)
                out += (c > 0 ? "|" : "") + engine::spark::cell_text(engine::spark::get(batch.columns[c], i),
                                                                     (*result.schema.fields)[c].type, "UTC");
        }
    return out;
}

}  // namespace tests
