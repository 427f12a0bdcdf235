// Where a world's streaming queries stand: the driver's own memory and what it has told.
#pragma once

#include "app/lab/sql/reader.h"
#include "engine/stream/driver_node.h"

namespace app::lab {

/// nullptr if the world has no driver.
const engine::spark::Driver* driver_of(const Reader& reader);

struct KnownQuery {
    const engine::spark::QuerySpec* spec = nullptr;
    const engine::spark::QueryRun* run = nullptr;  // nullptr: the driver has not begun
    std::string id;                                // the folder of its checkpoint
    [[nodiscard]] explicit operator bool() const { return spec != nullptr; }
};

/// In the order of the lesson.
std::vector<KnownQuery> queries_of(const Reader& reader);
/// What was told last of a query's newest committed batch; nullptr if there is none.
const engine::BatchRow* newest_committed(const engine::spark::Driver* driver, std::string_view query);
/// The one of this name; false if there is none.
KnownQuery find_query(const Reader& reader, std::string_view name);

}  // namespace app::lab
