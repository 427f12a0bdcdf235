#include "app/lab/sql/sql_view.h"

#include <fmt/format.h>

#include <utility>

#include "app/lab/sql/confinement.h"
#include "app/lab/sql/virtual_table.h"

namespace app::lab {

struct ViewState {
    Shown shown;
    Confinement confinement;
    sqlite3* db = nullptr;

    ViewState() = default;
    ViewState(const ViewState&) = delete;
    ViewState& operator=(const ViewState&) = delete;
    ~ViewState() { sqlite3_close_v2(db); }
};

namespace {

using sim::u64;

void open_database(ViewState& state) {
    const int opened =
        sqlite3_open_v2(":memory:", &state.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, clockless_vfs());
    MR_ASSERT(opened == SQLITE_OK);
    const int attached = sqlite3_exec(state.db, "ATTACH ':memory:' AS twin", nullptr, nullptr, nullptr);
    MR_ASSERT(attached == SQLITE_OK);
    create_tables(state.db, state.shown);
    confine(state.db, state.confinement);
}

/// SQLite does not say where a table's name stands that it does not know, nor where a text is cut off.
int guessed_offset(std::string_view sql, std::string_view message) {
    constexpr std::string_view kNoTable = "no such table: ";
    if (message == "incomplete input") return static_cast<int>(sql.size());
    if (!message.starts_with(kNoTable)) return -1;
    const auto place = sql.find(message.substr(kNoTable.size()));
    return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

SqlError prepare_error(const ViewState& state, std::string_view sql) {
    const std::string message = sqlite3_errmsg(state.db);
    const int known = sqlite3_error_offset(state.db);
    const int offset = known >= 0 ? known : guessed_offset(sql, message);
    if (!state.confinement.refusal.empty()) return {state.confinement.refusal, offset};
    if (message.ends_with("may not be modified"))
        return {fmt::format("not authorized: {}, the view of a world is read-only", message), offset};
    if (message == "incomplete input") return {"near the end: syntax error, the query is incomplete", offset};
    return {message, offset};
}

/// True if nothing but blanks, comments and semicolons is left.
bool is_empty_text(sqlite3* db, std::string_view text) {
    sqlite3_stmt* rest = nullptr;
    const int result = sqlite3_prepare_v2(db, text.data(), static_cast<int>(text.size()), &rest, nullptr);
    const bool empty = result == SQLITE_OK && rest == nullptr;
    sqlite3_finalize(rest);
    return empty;
}

std::vector<std::string> column_names(sqlite3_stmt* statement) {
    std::vector<std::string> names;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) names.emplace_back(sqlite3_column_name(statement, i));
    return names;
}

// ---- running ------------------------------------------------------------------------------------

Cell cell_at(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER: return static_cast<sim::i64>(sqlite3_column_int64(statement, column));
        case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
        case SQLITE_NULL: return std::monostate{};
        default: break;
    }
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
    const int count = sqlite3_column_bytes(statement, column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(count));
}

u64 weight_of(const Cell& cell) {
    const auto* text = std::get_if<std::string>(&cell);
    return sizeof(Cell) + (text == nullptr ? 0 : text->size());
}

SqlError too_much(const Confinement& confinement) {
    if (confinement.out_of_memory)
        return {fmt::format("stopped: the query needs more than {} MB of memory", confinement.bounds.bytes >> 20)};
    if (confinement.out_of_steps)
        return {fmt::format("stopped: the query takes more than {} steps", confinement.bounds.vm_steps)};
    return {fmt::format("stopped: the query looks at more than {} rows", confinement.bounds.rows_looked_at)};
}

SqlError run_error(const ViewState& state, int result) {
    if (result == SQLITE_INTERRUPT) return too_much(state.confinement);
    return {sqlite3_errmsg(state.db)};
}

void begin(ViewState& state) {
    begin_run(state.confinement);
    state.shown.spend_limit = state.confinement.bounds.rows_looked_at;
    state.shown.spent_before = state.shown.main.spent() + state.shown.twin.spent();
}

/// Takes the rows; what stopped it early, if something did.
std::optional<SqlError> take_rows(const ViewState& state, sqlite3_stmt* statement, Table& table) {
    const Bounds& bounds = state.confinement.bounds;
    u64 bytes = 0;
    int result = SQLITE_OK;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        auto& row = table.rows.emplace_back();
        for (int i = 0; i < static_cast<int>(table.columns.size()); ++i)
            bytes += weight_of(row.emplace_back(cell_at(statement, i)));
        if (table.rows.size() > bounds.result_rows || bytes > bounds.result_bytes)
            return SqlError{fmt::format("stopped: the query returns more than {} rows or {} MB", bounds.result_rows,
                                        bounds.result_bytes >> 20)};
    }
    if (result != SQLITE_DONE) return run_error(state, result);
    if (asked_for_the_time()) return SqlError{"not allowed: 'now' is denied, a query knows the world's time only"};
    return std::nullopt;
}

}  // namespace

// ---- Statement ----------------------------------------------------------------------------------

Statement::Statement(Statement&& other) noexcept { *this = std::move(other); }

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(view_, other.view_);
    std::swap(statement_, other.statement_);
    std::swap(columns_, other.columns_);
    std::swap(touches_, other.touches_);
    std::swap(touches_of_twin_, other.touches_of_twin_);
    return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

std::expected<Table, SqlError> Statement::run() {
    MR_ASSERT(statement_ != nullptr);
    begin(*view_);
    Table table{columns_, {}};
    std::optional<SqlError> error = take_rows(*view_, statement_, table);
    sqlite3_reset(statement_);
    if (error) return std::unexpected(std::move(*error));
    return table;
}

// ---- SqlView ------------------------------------------------------------------------------------

SqlView::SqlView() : state_(std::make_unique<ViewState>()) { open_database(*state_); }
SqlView::SqlView(SqlView&&) noexcept = default;
SqlView& SqlView::operator=(SqlView&&) noexcept = default;
SqlView::~SqlView() = default;

void SqlView::show(const Moment& moment) { state_->shown.main.show(moment); }
void SqlView::show_twin(const Moment* moment) { state_->shown.twin.show(moment == nullptr ? Moment{} : *moment); }
Bounds& SqlView::bounds() { return state_->confinement.bounds; }

std::expected<Statement, SqlError> SqlView::prepare(std::string_view sql) {
    begin_prepare(state_->confinement);
    Statement statement;
    const char* rest = nullptr;
    const int result = sqlite3_prepare_v3(state_->db, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement.statement_, &rest);
    if (result != SQLITE_OK) return std::unexpected(prepare_error(*state_, sql));
    if (statement.statement_ == nullptr) return std::unexpected(SqlError{"there is no query"});
    if (sqlite3_stmt_isexplain(statement.statement_) != 0)
        return std::unexpected(SqlError{"not allowed: EXPLAIN is denied", 0});
    if (sqlite3_column_count(statement.statement_) == 0)
        return std::unexpected(SqlError{"not allowed: only queries are read", 0});
    statement.view_ = state_.get();
    statement.columns_ = column_names(statement.statement_);
    statement.touches_ = state_->confinement.reads_main;
    statement.touches_of_twin_ = state_->confinement.reads_twin;
    const auto used = static_cast<std::size_t>(rest - sql.data());
    if (!is_empty_text(state_->db, sql.substr(used)))
        return std::unexpected(SqlError{"not allowed: there is more than one query", static_cast<int>(used)});
    return statement;
}

std::expected<Table, SqlError> SqlView::ask(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    return statement->run();
}

// ---- one value ----------------------------------------------------------------------------------

namespace {

/// The only value; nothing if there is no row.
std::expected<std::optional<Cell>, SqlError> only_value(Statement& statement) {
    if (statement.columns().size() != 1)
        return std::unexpected(
            SqlError{fmt::format("one value is wanted, the query has {} columns", statement.columns().size())});
    auto table = statement.run();
    if (!table) return std::unexpected(std::move(table.error()));
    if (table->rows.empty()) return std::nullopt;
    if (table->rows.size() > 1)
        return std::unexpected(
            SqlError{fmt::format("one value is wanted, the query returns {} rows", table->rows.size())});
    return std::move(table->rows.front().front());
}

}  // namespace

std::expected<bool, SqlError> holds(Statement& statement) {
    const auto value = only_value(statement);
    if (!value) return std::unexpected(value.error());
    return value->has_value() && is_true(**value);
}

std::expected<bool, SqlError> holds(SqlView& view, std::string_view sql) {
    auto statement = view.prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    return holds(*statement);
}

std::expected<std::optional<std::string>, SqlError> scalar_text(Statement& statement) {
    const auto value = only_value(statement);
    if (!value) return std::unexpected(value.error());
    if (!value->has_value() || is_null(**value)) return std::nullopt;
    return text_of(**value);
}

std::expected<std::optional<std::string>, SqlError> scalar_text(SqlView& view, std::string_view sql) {
    auto statement = view.prepare(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    return scalar_text(*statement);
}

}  // namespace app::lab
