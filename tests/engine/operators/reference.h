// A second, plain reading of SQL: queries as trees of their own, printed as text for the engine and computed here row
// by row, with every rule written down once and nothing made fast. Numbers are BIGINT, texts STRING; anything may be
// null.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reference {

/// A cell: null, or a number (a truth value is 0 or 1), or a text.
struct Cell {
    bool null = true;
    std::int64_t n = 0;
    std::string s;
    bool text = false;
};
using Row = std::vector<Cell>;

Cell number(std::int64_t n);
Cell text(std::string s);
/// Nulls first; then by value.
int compare(const Cell& a, const Cell& b);
std::string shown(const Row& row, const std::vector<bool>& truths);

enum class Kind { literal, column, call, aggregate, window };

/// `op`: of a call one of + - * % neg abs = <> < <= > >= <=> and or not isnull isnotnull case coalesce in notin between
/// length upper; of an aggregate count countall sum min max; of a window row_number rank lag sum count.
struct Expr {
    Kind kind = Kind::literal;
    std::string op;
    Cell value;
    int column = 0;
    std::vector<Expr> args;
    bool distinct = false;
    bool truth = false;  ///< gives a truth value
    bool text = false;   ///< gives a text
    // window: args, then partition and order; frame in rows, -1 = unbounded
    std::vector<Expr> partition, order;
    int before = -1, after = 0;
};

enum class Join { inner, left, right, full, cross, semi, anti };
enum class Set { none, union_all, union_, intersect, except };

struct Table {
    std::string name;
    std::vector<std::string> columns;
    std::vector<bool> texts;
    std::vector<Row> rows;
};

struct Order {
    int column = 0;  ///< of the result
    bool descending = false;
    bool nulls_first = true;
};

/// One query. Columns of `on`, `where` and the rest count over the tables in their order.
struct Query {
    std::vector<int> tables;        ///< numbers in the list of tables; one or two
    Join join = Join::inner;
    std::vector<Expr> on;           ///< none or one
    std::vector<Expr> where;        ///< none or one
    bool grouped = false;
    std::vector<Expr> groups;
    std::vector<Expr> having;       ///< none or one; over groups and aggregates
    std::vector<Expr> items;
    bool distinct = false;
    Set set = Set::none;
    std::shared_ptr<Query> other;
    std::vector<Order> order;       ///< over all columns of the result, or none
    std::int64_t limit = -1;
};

std::string printed(const Query& query, const std::vector<Table>& tables);
std::string printed(const Expr& e, const std::vector<std::string>& columns);
std::vector<Row> computed(const Query& query, const std::vector<Table>& tables);

}  // namespace reference
