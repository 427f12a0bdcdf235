// The SQL view of a world: its tables, read-only, at the moment that is shown. One language for lesson goals,
// breakpoints, tests and curiosity.
//
// `show` tells the view which moment its tables speak of; statements stay prepared across moments. Twin tables
// (`twin.partitions`) speak of a second world, or are empty. Everything a text may do is bounded, so a text from a
// stranger's lesson can be run.
#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "app/lab/sql/moment.h"
#include "app/lab/sql/result.h"

struct sqlite3_stmt;

namespace app::lab {

struct Bounds;
struct ViewState;

/// A query that can be asked again and again. Must not outlive its view.
class Statement {
public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
    ~Statement();

    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    /// Tables that its answer depends on, by engine/model/touch.h; of the world shown, and of its twin.
    [[nodiscard]] sim::u64 touches() const { return touches_; }
    [[nodiscard]] sim::u64 touches_of_twin() const { return touches_of_twin_; }
    /// Asks it at the moment shown.
    std::expected<Table, SqlError> run();

private:
    friend class SqlView;
    Statement() = default;

    ViewState* view_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
    std::vector<std::string> columns_;
    sim::u64 touches_ = 0;
    sim::u64 touches_of_twin_ = 0;
};

class SqlView {
public:
    SqlView();
    SqlView(SqlView&&) noexcept;
    SqlView& operator=(SqlView&&) noexcept;
    ~SqlView();

    /// What the tables speak of from now on. To be called again when the world has moved.
    void show(const Moment& moment);
    /// What the tables of `twin` speak of; nullptr: nothing.
    void show_twin(const Moment* moment);
    /// One query, checked and planned.
    std::expected<Statement, SqlError> prepare(std::string_view sql);
    /// Prepares a query and asks it once.
    std::expected<Table, SqlError> ask(std::string_view sql);
    [[nodiscard]] Bounds& bounds();

private:
    std::unique_ptr<ViewState> state_;
};

/// Whether a query returns a true value. No row and null are not true; more than one value is an error.
std::expected<bool, SqlError> holds(Statement& statement);
std::expected<bool, SqlError> holds(SqlView& view, std::string_view sql);
/// The one value of a query as text; nothing if there is no row or it is null.
std::expected<std::optional<std::string>, SqlError> scalar_text(Statement& statement);
std::expected<std::optional<std::string>, SqlError> scalar_text(SqlView& view, std::string_view sql);

}  // namespace app::lab
