// What a query may do: read the tables of the view, within bounds that do not depend on the machine. Text of a
// query comes from lesson files and is not trusted.
#pragma once

#include <sqlite3.h>

#include <string>

#include "sim/base/types.h"

namespace app::lab {

struct Bounds {
    sim::u64 vm_steps = 20'000'000;        // of SQLite's machine, in one run
    sim::u64 rows_looked_at = 50'000'000;  // by the tables themselves, in one run
    sim::u64 bytes = 256u << 20;           // more memory than before the run
    sim::u64 result_rows = 200'000;
    sim::u64 result_bytes = 64u << 20;
};

/// The state of the confinement of one connection: what the present prepare reads, what the present run costs.
struct Confinement {
    Bounds bounds;
    sim::u64 reads_main = 0;   // touch bits of the tables that were read, noted while a text is prepared
    sim::u64 reads_twin = 0;
    std::string refusal;       // why the last text was refused; "" if it was not
    sim::u64 steps_left = 0;
    sim::i64 bytes_before = 0;
    bool out_of_steps = false;
    bool out_of_memory = false;
};

/// The file system that such a connection uses: the usual one, but for its clock, which there is not.
const char* clockless_vfs();
/// Sets all limits and hands every action to the rules. Nothing else may be set up afterwards.
void confine(sqlite3* db, Confinement& confinement);
void begin_prepare(Confinement& confinement);
void begin_run(Confinement& confinement);
/// Whether the run asked what time it really is.
bool asked_for_the_time();

}  // namespace app::lab
