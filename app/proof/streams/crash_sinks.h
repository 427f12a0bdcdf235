// What a crashed query's sink must hold, and what it holds: rows as texts, each sink in its own words.
#pragma once

#include <map>
#include <set>

#include "app/proof/streams/crash_case.h"
#include "engine/stream/driver_node.h"
#include "engine/world.h"

namespace app::proof {

using Texts = std::vector<std::string>;

/// A row as its sink writes it, and as the ledger tells it.
struct ExpectedRow {
    std::string held, told;
};
/// What a batch query gives over the records of the case. `typed`: lines that were typed into it. Or why there is no
/// such result.
std::expected<std::vector<ExpectedRow>, std::string> expected_rows(const CrashCase& c, const Texts& typed);
/// What the sink holds now, sorted: files that a manifest names, records of a topic, tables outside. None for sinks
/// that only print: the ledger knows those.
std::optional<Texts> held_rows(const CrashCase& c, const engine::World& world);

/// What the driver told of one query, over all its lives.
struct ToldRows {
    std::map<i64, std::map<i64, Texts>> batches;  ///< by batch, then attempt; sorted
    std::set<i64> again;                          ///< batches of which something was begun more than once
    i64 committed = 0;
};
ToldRows told_rows(const engine::World& world);
const engine::spark::Driver& driver_of(const engine::World& world);

}  // namespace app::proof
