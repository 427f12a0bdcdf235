// How a query reaches a source: `best_index` takes every "key column = value" that compares as plain bytes or
// numbers and notes it as a bit of idxNum; `filter` gets the values in the order of the bits and opens the source.
#include "app/lab/sql/virtual_table.h"

#include <fmt/format.h>

#include "app/lab/sql/tables.h"

namespace app::lab {

void Out::integer(sim::i64 value) const { sqlite3_result_int64(context_, value); }
void Out::real(double value) const { sqlite3_result_double(context_, value); }
void Out::text(std::string_view value) const {
    sqlite3_result_text64(context_, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
}

namespace {

constexpr int kMostKeyColumns = 31;  // bits of idxNum
constexpr double kFullScanCost = 1e6;

struct VirtualTable : sqlite3_vtab {
    const TableSpec* spec = nullptr;
    const Shown* shown = nullptr;
    const Reader* reader = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
    std::unique_ptr<Rows> rows;
    bool at_end = true;
};

const VirtualTable& table_of(sqlite3_vtab_cursor* cursor) { return static_cast<const VirtualTable&>(*cursor->pVtab); }

std::string declaration(const TableSpec& spec) {
    std::string text = "CREATE TABLE x(";
    for (const ColumnInfo& column : spec.columns) {
        const char* type = column.is_text() ? "TEXT" : column.kind == ColumnKind::real ? "" : "INTEGER";
        text += fmt::format("{}\"{}\" {}", text.back() == '(' ? "" : ", ", column.name, type);
    }
    return text + ")";
}

int make(sqlite3* db, void* aux, int, const char* const* argv, sqlite3_vtab** out, char** error) {
    const TableSpec* spec = find_table(argv[2]);
    if (spec == nullptr) {
        *error = sqlite3_mprintf("no such table of a world: %s", argv[2]);
        return SQLITE_ERROR;
    }
    auto& shown = *static_cast<Shown*>(aux);
    auto* table = new VirtualTable;
    table->spec = spec;
    table->shown = &shown;
    table->reader = std::string_view(argv[1]) == "twin" ? &shown.twin : &shown.main;
    *out = table;
    return sqlite3_declare_vtab(db, declaration(*spec).c_str());
}

// A pair of different functions tells SQLite that the tables are not eponymous (architecture, decision 19).
int on_create(sqlite3* db, void* aux, int argc, const char* const* argv, sqlite3_vtab** out, char** error) {
    return make(db, aux, argc, argv, out, error);
}
int on_connect(sqlite3* db, void* aux, int argc, const char* const* argv, sqlite3_vtab** out, char** error) {
    return make(db, aux, argc, argv, out, error);
}

int on_disconnect(sqlite3_vtab* table) {
    delete static_cast<VirtualTable*>(table);
    return SQLITE_OK;
}

// ---- planning -----------------------------------------------------------------------------------

bool usable_key(const TableSpec& spec, sqlite3_index_info* info, int place) {
    const auto& constraint = info->aConstraint[place];
    if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ || constraint.usable == 0) return false;
    if (constraint.iColumn < 0 || constraint.iColumn >= kMostKeyColumns) return false;
    const ColumnInfo& column = spec.columns[static_cast<std::size_t>(constraint.iColumn)];
    if (!column.is_key()) return false;
    return !column.is_text() || std::string_view(sqlite3_vtab_collation(info, place)) == "BINARY";
}

int on_best_index(sqlite3_vtab* base, sqlite3_index_info* info) {
    const TableSpec& spec = *static_cast<VirtualTable*>(base)->spec;
    int used = 0, count = 0;
    for (int column = 0; column < static_cast<int>(spec.columns.size()) && column < kMostKeyColumns; ++column)
        for (int place = 0; place < info->nConstraint; ++place) {
            if (info->aConstraint[place].iColumn != column || !usable_key(spec, info, place)) continue;
            info->aConstraintUsage[place].argvIndex = ++count;
            used |= 1 << column;
            break;
        }
    info->idxNum = used;
    info->estimatedCost = kFullScanCost;
    for (int i = 0; i < count; ++i) info->estimatedCost /= 20;
    info->estimatedRows = static_cast<sqlite3_int64>(info->estimatedCost) + 1;
    return SQLITE_OK;
}

// ---- walking ------------------------------------------------------------------------------------

int on_open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    *out = new Cursor;
    return SQLITE_OK;
}

int on_close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
}

/// A value that is not of the column's own type is no key: SQLite converts as it compares.
void add_key(Keys& keys, const ColumnInfo& column, sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    if (column.is_text() && type == SQLITE_TEXT) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
        keys.add({column.name, true, 0, {text, static_cast<std::size_t>(sqlite3_value_bytes(value))}});
    } else if (!column.is_text() && type == SQLITE_INTEGER) {
        keys.add({column.name, false, sqlite3_value_int64(value), {}});
    }
}

int on_next(sqlite3_vtab_cursor* base) {
    auto& cursor = static_cast<Cursor&>(*base);
    const VirtualTable& table = table_of(base);
    cursor.at_end = !cursor.rows->next();
    return table.shown->spent() > table.shown->spend_limit ? SQLITE_INTERRUPT : SQLITE_OK;
}

int on_filter(sqlite3_vtab_cursor* base, int used, const char*, int argc, sqlite3_value** argv) {
    auto& cursor = static_cast<Cursor&>(*base);
    const VirtualTable& table = table_of(base);
    cursor.at_end = true;
    if (!table.reader->shows()) return SQLITE_OK;
    Keys keys;
    int next = 0;
    for (std::size_t column = 0; column < table.spec->columns.size() && next < argc; ++column)
        if ((used >> column & 1) != 0) add_key(keys, table.spec->columns[column], argv[next++]);
    cursor.rows = table.spec->open(*table.reader, keys);
    return on_next(base);
}

int on_eof(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->at_end ? 1 : 0; }

int on_column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
    static_cast<Cursor*>(cursor)->rows->cell(static_cast<sim::u32>(column), Out(context));
    return SQLITE_OK;
}

int on_rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
    *row = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->rows->id());
    return SQLITE_OK;
}

sqlite3_module make_module() {
    sqlite3_module module{};
    module.iVersion = 1;
    module.xCreate = on_create;
    module.xConnect = on_connect;
    module.xBestIndex = on_best_index;
    module.xDisconnect = module.xDestroy = on_disconnect;
    module.xOpen = on_open;
    module.xClose = on_close;
    module.xFilter = on_filter;
    module.xNext = on_next;
    module.xEof = on_eof;
    module.xColumn = on_column;
    module.xRowid = on_rowid;
    return module;
}

}  // namespace

void create_tables(sqlite3* db, Shown& shown) {
    static const sqlite3_module kModule = make_module();
    sqlite3_create_module(db, "world", &kModule, &shown);
    for (const char* schema : {"main", "twin"})
        for (const TableSpec& table : all_tables()) {
            const std::string sql = fmt::format("CREATE VIRTUAL TABLE {}.\"{}\" USING world", schema, table.name);
            const int result = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
            MR_ASSERT(result == SQLITE_OK);
        }
}

}  // namespace app::lab
