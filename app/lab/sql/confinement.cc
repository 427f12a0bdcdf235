// Three fences: the authorizer decides while a text is prepared, SQLite's own limits bound sizes, the progress
// handler bounds a run. The real clock is taken away at its root, in the VFS, so that every date function that
// asks for "now" gets nothing, and the run is refused.
#include "app/lab/sql/confinement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "app/lab/sql/tables.h"
#include "sim/base/ascii.h"

namespace app::lab {
namespace {

constexpr int kStepsBetweenLooks = 200;
constexpr const char* kVfsName = "millrace-without-clock";

bool g_asked_for_the_time = false;

int refuse_time(sqlite3_vfs*, sqlite3_int64*) {
    g_asked_for_the_time = true;
    return SQLITE_ERROR;
}
int refuse_old_time(sqlite3_vfs*, double*) {
    g_asked_for_the_time = true;
    return SQLITE_ERROR;
}

// ---- what a text may say ------------------------------------------------------------------------

std::string_view action_name(int action) {
    switch (action) {
        case SQLITE_INSERT: return "INSERT";
        case SQLITE_UPDATE: return "UPDATE";
        case SQLITE_DELETE: return "DELETE";
        case SQLITE_PRAGMA: return "PRAGMA";
        case SQLITE_ATTACH: return "ATTACH";
        case SQLITE_DETACH: return "DETACH";
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT: return "a transaction";
        case SQLITE_REINDEX:
        case SQLITE_ANALYZE: return "maintenance";
        default: return "a change of the schema";
    }
}

int refuse(Confinement& confinement, std::string why) {
    if (confinement.refusal.empty()) confinement.refusal = std::move(why);
    return SQLITE_DENY;
}

/// Functions whose value depends on the machine or on chance, or that reach outside.
bool is_banned(std::string_view function) {
    constexpr std::array<std::string_view, 10> kBanned = {
        "random", "randomblob", "load_extension", "current_time", "current_date", "current_timestamp",
        "changes", "total_changes", "last_insert_rowid", "fts3_tokenizer"};
    return function.starts_with("sqlite_") || std::ranges::find(kBanned, function) != kBanned.end();
}

int check_function(Confinement& confinement, std::string_view name) {
    const std::string function = sim::lower_ascii(name);
    if (!is_banned(function)) return SQLITE_OK;
    return refuse(confinement,
                  fmt::format("not authorized: the function {}() is denied, its value is not of this world", function));
}

/// A source of rows of which no column is read comes without a column; that may be a name of the text's own.
int check_read(Confinement& confinement, std::string_view table, std::string_view column, std::string_view schema) {
    const TableSpec* spec = find_table(table);
    if (spec == nullptr && (column.empty() || table == "json_each" || table == "json_tree")) return SQLITE_OK;
    if (spec == nullptr)
        return refuse(confinement, fmt::format("not authorized: {} cannot be read, it is no table of a world", table));
    (schema == "twin" ? confinement.reads_twin : confinement.reads_main) |= spec->touches;
    return SQLITE_OK;
}

std::string_view view_of(const char* text) { return text == nullptr ? "" : text; }

int authorize(void* user, int action, const char* a, const char* b, const char* schema, const char*) {
    auto& confinement = *static_cast<Confinement*>(user);
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_RECURSIVE: return SQLITE_OK;
        case SQLITE_READ: return check_read(confinement, view_of(a), view_of(b), view_of(schema));
        case SQLITE_FUNCTION: return check_function(confinement, std::string(view_of(b)));
        default:
            return refuse(confinement, fmt::format("not authorized: {} is denied, the view of a world is read-only",
                                                   action_name(action)));
    }
}

// ---- what a run may cost ------------------------------------------------------------------------

int on_progress(void* user) {
    auto& confinement = *static_cast<Confinement*>(user);
    confinement.out_of_steps = confinement.steps_left < kStepsBetweenLooks;
    if (!confinement.out_of_steps) confinement.steps_left -= kStepsBetweenLooks;
    confinement.out_of_memory =
        sqlite3_memory_used() - confinement.bytes_before > static_cast<sim::i64>(confinement.bounds.bytes);
    return confinement.out_of_steps || confinement.out_of_memory ? 1 : 0;
}

struct Limit {
    int id;
    int value;
};
constexpr Limit kLimits[] = {
    {SQLITE_LIMIT_LENGTH, 4 << 20},      {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},     {SQLITE_LIMIT_COLUMN, 256},
    {SQLITE_LIMIT_EXPR_DEPTH, 200},      {SQLITE_LIMIT_COMPOUND_SELECT, 100},     {SQLITE_LIMIT_VDBE_OP, 100'000},
    {SQLITE_LIMIT_FUNCTION_ARG, 64},     {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256}, {SQLITE_LIMIT_VARIABLE_NUMBER, 0},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},     {SQLITE_LIMIT_WORKER_THREADS, 0},        {SQLITE_LIMIT_ATTACHED, 1},
};

}  // namespace

const char* clockless_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs copy = *sqlite3_vfs_find(nullptr);
        copy.zName = kVfsName;
        copy.pNext = nullptr;
        copy.xCurrentTime = refuse_old_time;
        copy.xCurrentTimeInt64 = refuse_time;
        return copy;
    }();
    sqlite3_vfs_register(&vfs, 0);
    return kVfsName;
}

void confine(sqlite3* db, Confinement& confinement) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "x" is a column, never a text
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    // What is used the first time declares itself, which the rules would take for a change of the schema.
    for (const char* sql :
         {"PRAGMA temp_store = MEMORY", "SELECT * FROM json_each('[]')", "SELECT * FROM json_tree('[]')"})
        sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
    for (const Limit& limit : kLimits) sqlite3_limit(db, limit.id, limit.value);
    sqlite3_progress_handler(db, kStepsBetweenLooks, on_progress, &confinement);
    sqlite3_set_authorizer(db, authorize, &confinement);
}

void begin_prepare(Confinement& confinement) {
    confinement.reads_main = confinement.reads_twin = 0;
    confinement.refusal.clear();
    begin_run(confinement);
}

void begin_run(Confinement& confinement) {
    confinement.steps_left = confinement.bounds.vm_steps;
    confinement.bytes_before = sqlite3_memory_used();
    confinement.out_of_steps = confinement.out_of_memory = false;
    g_asked_for_the_time = false;
}

bool asked_for_the_time() { return g_asked_for_the_time; }

}  // namespace app::lab
