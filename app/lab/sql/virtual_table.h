// The one SQLite module behind all tables: it hands keys to a table's source and rows back.
#pragma once

#include <sqlite3.h>

#include <string>

#include "app/lab/sql/reader.h"

namespace app::lab {

/// The worlds that a connection shows, and how much a run may still cost. Owned by the view, stable in memory.
struct Shown {
    Reader main;
    Reader twin;
    sim::u64 spend_limit = 0;  // rows looked at and left out, in one run
    sim::u64 spent_before = 0;

    [[nodiscard]] sim::u64 spent() const { return main.spent() + twin.spent() - spent_before; }
};

/// Makes the tables of the view in the schemas `main` and `twin`, which must be there.
void create_tables(sqlite3* db, Shown& shown);

}  // namespace app::lab
