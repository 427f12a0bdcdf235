#include "tests/engine/operators/reference.h"

#include <algorithm>
#include <functional>
#include <set>

namespace reference {

Cell number(std::int64_t n) { return {false, n, "", false}; }
Cell text(std::string s) { return {false, 0, std::move(s), true}; }

int compare(const Cell& a, const Cell& b) {
    if (a.null || b.null) return a.null == b.null ? 0 : a.null ? -1 : 1;
    if (a.text) return a.s < b.s ? -1 : a.s > b.s ? 1 : 0;
    return a.n < b.n ? -1 : a.n > b.n ? 1 : 0;
}

std::string shown(const Row& row, const std::vector<bool>& truths) {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i)
        out += (row[i].null   ? "NULL"
                : row[i].text ? row[i].s
                : truths[i]   ? (row[i].n ? "true" : "false")
                              : std::to_string(row[i].n)) +
               ",";
    return out;
}

namespace {

Cell truth(bool v) { return number(v ? 1 : 0); }
std::int64_t wrapped(std::uint64_t v) { return static_cast<std::int64_t>(v); }

bool less(const Row& a, const Row& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (const int c = compare(a[i], b[i]); c != 0) return c < 0;
    return false;
}
bool equal(const Row& a, const Row& b) { return !less(a, b) && !less(b, a); }

/// What an expression may look at: a row; in a group its rows.
struct Scope {
    const Row& row;
    const std::vector<Row>* group = nullptr;
};

Cell value_of(const Expr& e, const Scope& s);

Cell arithmetic(const std::string& op, const Cell& a, const Cell& b) {
    if (a.null || b.null) return {};
    const auto x = static_cast<std::uint64_t>(a.n), y = static_cast<std::uint64_t>(b.n);
    if (op == "+") return number(wrapped(x + y));
    if (op == "-") return number(wrapped(x - y));
    if (op == "*") return number(wrapped(x * y));
    if (b.n == 0) return {};
    return number(b.n == -1 ? 0 : a.n % b.n);
}

Cell compared(const std::string& op, const Cell& a, const Cell& b) {
    if (op == "<=>") return truth(a.null || b.null ? a.null == b.null : compare(a, b) == 0);
    if (a.null || b.null) return {};
    const int c = compare(a, b);
    if (op == "=") return truth(c == 0);
    if (op == "<>") return truth(c != 0);
    if (op == "<") return truth(c < 0);
    if (op == "<=") return truth(c <= 0);
    return truth(op == ">" ? c > 0 : c >= 0);
}

/// True if one is equal; else null if the value or one of the list is; else false.
Cell in_list(const Expr& e, const Scope& s) {
    const Cell v = value_of(e.args[0], s);
    if (v.null) return {};
    bool unknown = false;
    for (std::size_t i = 1; i < e.args.size(); ++i) {
        const Cell item = value_of(e.args[i], s);
        if (item.null) unknown = true;
        else if (compare(v, item) == 0) return truth(true);
    }
    return unknown ? Cell{} : truth(false);
}

Cell negated(const Cell& v) { return v.null ? v : truth(v.n == 0); }

Cell called(const Expr& e, const Scope& s) {
    const std::string& op = e.op;
    if (op == "in") return in_list(e, s);
    if (op == "notin") return negated(in_list(e, s));
    if (op == "case") return value_of(e.args[value_of(e.args[0], s).n == 1 ? 1 : 2], s);
    if (op == "coalesce") {
        for (const Expr& a : e.args)
            if (const Cell v = value_of(a, s); !v.null) return v;
        return {};
    }
    const Cell a = value_of(e.args[0], s);
    if (op == "isnull") return truth(a.null);
    if (op == "isnotnull") return truth(!a.null);
    if (op == "not") return negated(a);
    if (op == "neg") return a.null ? a : number(wrapped(0 - static_cast<std::uint64_t>(a.n)));
    if (op == "abs") return a.null ? a : number(a.n < 0 ? wrapped(0 - static_cast<std::uint64_t>(a.n)) : a.n);
    if (op == "length") return a.null ? Cell{} : number(static_cast<std::int64_t>(a.s.size()));
    if (op == "upper") {
        Cell out = a;
        for (char& c : out.s) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return out;
    }
    const Cell b = value_of(e.args[1], s);
    if (op == "and")
        return (!a.null && a.n == 0) || (!b.null && b.n == 0) ? truth(false) : a.null || b.null ? Cell{} : truth(true);
    if (op == "or")
        return (!a.null && a.n == 1) || (!b.null && b.n == 1) ? truth(true) : a.null || b.null ? Cell{} : truth(false);
    if (op == "+" || op == "-" || op == "*" || op == "%") return arithmetic(op, a, b);
    return compared(op, a, b);
}

/// An aggregate over rows.
Cell folded(const std::string& op, bool distinct, const Expr* arg, const std::vector<Row>& rows) {
    if (op == "countall") return number(static_cast<std::int64_t>(rows.size()));
    std::vector<Cell> values;
    for (const Row& r : rows) {
        const Cell v = value_of(*arg, {r, nullptr});
        const bool known = std::any_of(values.begin(), values.end(), [&](const Cell& o) { return compare(o, v) == 0; });
        if (!v.null && !(distinct && known)) values.push_back(v);
    }
    if (op == "count") return number(static_cast<std::int64_t>(values.size()));
    if (values.empty()) return {};
    Cell out = values[0];
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (op == "sum") out.n = wrapped(static_cast<std::uint64_t>(out.n) + static_cast<std::uint64_t>(values[i].n));
        else if ((compare(values[i], out) < 0) == (op == "min") && compare(values[i], out) != 0) out = values[i];
    }
    return out;
}

Cell value_of(const Expr& e, const Scope& s) {
    switch (e.kind) {
        case Kind::literal: return e.value;
        case Kind::column: case Kind::window: return s.row[static_cast<std::size_t>(e.column)];
        case Kind::call: return called(e, s);
        case Kind::aggregate: return folded(e.op, e.distinct, e.args.empty() ? nullptr : &e.args[0], *s.group);
    }
    return {};
}

bool holds(const std::vector<Expr>& condition, const Scope& s) {
    return condition.empty() || value_of(condition[0], s).n == 1;
}

std::vector<Row> joined(const Query& q, const std::vector<Table>& tables) {
    const Table& left = tables[static_cast<std::size_t>(q.tables[0])];
    if (q.tables.size() == 1) return left.rows;
    const Table& right = tables[static_cast<std::size_t>(q.tables[1])];
    std::vector<Row> out;
    std::set<std::size_t> used;
    for (const Row& l : left.rows) {
        bool any = false;
        for (std::size_t r = 0; r < right.rows.size(); ++r) {
            Row both = l;
            both.insert(both.end(), right.rows[r].begin(), right.rows[r].end());
            if (!holds(q.on, {both, nullptr})) continue;
            any = true;
            used.insert(r);
            if (q.join != Join::semi && q.join != Join::anti) out.push_back(both);
        }
        Row padded = l;
        padded.resize(l.size() + right.columns.size());
        if (q.join == Join::semi ? any : q.join == Join::anti && !any) out.push_back(l);
        if (!any && (q.join == Join::left || q.join == Join::full)) out.push_back(padded);
    }
    if (q.join == Join::right || q.join == Join::full)
        for (std::size_t r = 0; r < right.rows.size(); ++r) {
            if (used.contains(r)) continue;
            Row padded(left.columns.size());
            padded.insert(padded.end(), right.rows[r].begin(), right.rows[r].end());
            out.push_back(padded);
        }
    return out;
}

Row values(const std::vector<Expr>& items, const Scope& s) {
    Row out;
    for (const Expr& e : items) out.push_back(value_of(e, s));
    return out;
}

/// Rows of one window in its order; each row's value follows from the rows before and after it.
Cell over_window(const Expr& e, const std::vector<Row>& rows, const std::vector<Row>& keys, std::size_t at) {
    if (e.op == "row_number") return number(static_cast<std::int64_t>(at) + 1);
    if (e.op == "rank") {
        std::size_t first = at;
        while (first > 0 && equal(keys[first - 1], keys[at])) --first;
        return number(static_cast<std::int64_t>(first) + 1);
    }
    if (e.op == "lag") return at == 0 ? Cell{} : value_of(e.args[0], {rows[at - 1], nullptr});
    const std::size_t from =
        e.before < 0 || at < static_cast<std::size_t>(e.before) ? 0 : at - static_cast<std::size_t>(e.before);
    const std::size_t to = std::min(rows.size(), at + static_cast<std::size_t>(e.after) + 1);
    const std::vector<Row> frame(rows.begin() + static_cast<std::ptrdiff_t>(from),
                                 rows.begin() + static_cast<std::ptrdiff_t>(to));
    return folded(e.op, false, &e.args[0], frame);
}

std::vector<Row> windowed(const Expr& e, const std::vector<Row>& all) {
    std::vector<std::pair<Row, std::vector<Row>>> parts;
    for (const Row& r : all) {
        const Row key = values(e.partition, {r, nullptr});
        auto it = std::find_if(parts.begin(), parts.end(), [&](const auto& p) { return equal(p.first, key); });
        if (it == parts.end()) it = parts.insert(parts.end(), {key, {}});
        it->second.push_back(r);
    }
    std::vector<Row> out;
    for (auto& [key, rows] : parts) {
        std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
            return less(values(e.order, {a, nullptr}), values(e.order, {b, nullptr}));
        });
        std::vector<Row> keys;
        for (const Row& r : rows) keys.push_back(values(e.order, {r, nullptr}));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            Row with = rows[i];
            with.push_back(over_window(e, rows, keys, i));
            out.push_back(with);
        }
    }
    return out;
}

std::vector<Row> selected(const Query& q, const std::vector<Table>& tables) {
    std::vector<Row> rows;
    for (const Row& r : joined(q, tables))
        if (holds(q.where, {r, nullptr})) rows.push_back(r);
    std::vector<Row> out;
    if (q.grouped) {
        std::vector<std::pair<Row, std::vector<Row>>> groups;
        if (q.groups.empty()) groups.push_back({{}, rows});
        else
            for (const Row& r : rows) {
                const Row key = values(q.groups, {r, nullptr});
                auto it =
                    std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return equal(g.first, key); });
                if (it == groups.end()) it = groups.insert(groups.end(), {key, {}});
                it->second.push_back(r);
            }
        const Row none(32);
        for (const auto& [key, group] : groups) {
            const Row& any = group.empty() ? none : group[0];
            if (holds(q.having, {any, &group})) out.push_back(values(q.items, {any, &group}));
        }
        return out;
    }
    std::vector<Expr> items = q.items;
    for (Expr& e : items) {
        if (e.kind != Kind::window) continue;
        rows = windowed(e, rows);
        if (!rows.empty()) e.column = static_cast<int>(rows[0].size()) - 1;
    }
    for (const Row& r : rows) out.push_back(values(items, {r, nullptr}));
    return out;
}

std::vector<Row> without_duplicates(const std::vector<Row>& rows) {
    std::vector<Row> out;
    for (const Row& r : rows)
        if (std::none_of(out.begin(), out.end(), [&](const Row& o) { return equal(o, r); })) out.push_back(r);
    return out;
}

std::vector<Row> combined(Set set, const std::vector<Row>& a, const std::vector<Row>& b) {
    std::vector<Row> all = a;
    if (set == Set::union_all || set == Set::union_) {
        all.insert(all.end(), b.begin(), b.end());
        return set == Set::union_ ? without_duplicates(all) : all;
    }
    std::vector<Row> out;
    for (const Row& r : without_duplicates(a)) {
        const bool there = std::any_of(b.begin(), b.end(), [&](const Row& o) { return equal(o, r); });
        if (there == (set == Set::intersect)) out.push_back(r);
    }
    return out;
}

bool before(const std::vector<Order>& order, const Row& a, const Row& b) {
    for (const Order& o : order) {
        const Cell &x = a[static_cast<std::size_t>(o.column)], &y = b[static_cast<std::size_t>(o.column)];
        if (x.null != y.null) return x.null == o.nulls_first;
        const int c = compare(x, y);
        if (c != 0) return o.descending ? c > 0 : c < 0;
    }
    return false;
}

}  // namespace

std::vector<Row> computed(const Query& q, const std::vector<Table>& tables) {
    std::vector<Row> rows = selected(q, tables);
    if (q.distinct) rows = without_duplicates(rows);
    if (q.set != Set::none) rows = combined(q.set, rows, selected(*q.other, tables));
    if (!q.order.empty())
        std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return before(q.order, a, b); });
    if (q.limit >= 0 && static_cast<std::int64_t>(rows.size()) > q.limit)
        rows.resize(static_cast<std::size_t>(q.limit));
    return rows;
}

// ---- as text ------------------------------------------------------------------------------------

namespace {

std::string list(const std::vector<Expr>& exprs, const std::vector<std::string>& columns) {
    std::string out;
    for (const Expr& e : exprs) out += (out.empty() ? "" : ", ") + printed(e, columns);
    return out;
}

std::string window_text(const Expr& e, const std::vector<std::string>& columns) {
    std::string out = e.op + "(" + list(e.args, columns) + ") OVER (PARTITION BY " + list(e.partition, columns) +
                      " ORDER BY " + list(e.order, columns);
    if (e.op == "sum" || e.op == "count")
        out += " ROWS BETWEEN " + (e.before < 0 ? "UNBOUNDED" : std::to_string(e.before)) + " PRECEDING AND " +
               (e.after == 0 ? "CURRENT ROW" : std::to_string(e.after) + " FOLLOWING");
    return out + ")";
}

std::string call_text(const Expr& e, const std::vector<std::string>& columns) {
    const auto arg = [&](std::size_t i) { return printed(e.args[i], columns); };
    if (e.op == "neg") return "(- " + arg(0) + ")";
    if (e.op == "not") return "(NOT " + arg(0) + ")";
    if (e.op == "isnull") return "(" + arg(0) + " IS NULL)";
    if (e.op == "isnotnull") return "(" + arg(0) + " IS NOT NULL)";
    if (e.op == "case") return "CASE WHEN " + arg(0) + " THEN " + arg(1) + " ELSE " + arg(2) + " END";
    if (e.op == "in" || e.op == "notin") {
        const std::vector<Expr> items(e.args.begin() + 1, e.args.end());
        return "(" + arg(0) + (e.op == "in" ? " IN (" : " NOT IN (") + list(items, columns) + "))";
    }
    if (e.op == "abs" || e.op == "coalesce" || e.op == "length" || e.op == "upper")
        return e.op + "(" + list(e.args, columns) + ")";
    return "(" + arg(0) + " " + (e.op == "and" ? "AND" : e.op == "or" ? "OR" : e.op) + " " + arg(1) + ")";
}

}  // namespace

std::string printed(const Expr& e, const std::vector<std::string>& columns) {
    switch (e.kind) {
        case Kind::literal:
            return e.value.null   ? (e.truth  ? "CAST(NULL AS BOOLEAN)"
                                     : e.text ? "CAST(NULL AS STRING)"
                                              : "CAST(NULL AS BIGINT)")
                   : e.value.text ? "'" + e.value.s + "'"
                   : e.truth      ? (e.value.n ? "true" : "false")
                                  : std::to_string(e.value.n) + "L";
        case Kind::column: return columns[static_cast<std::size_t>(e.column)];
        case Kind::call: return call_text(e, columns);
        case Kind::aggregate:
            return e.op == "countall" ? "count(*)"
                                      : e.op + "(" + (e.distinct ? "DISTINCT " : "") + list(e.args, columns) + ")";
        case Kind::window: return window_text(e, columns);
    }
    return "";
}

namespace {

std::string select_text(const Query& q, const std::vector<Table>& tables) {
    static constexpr const char* kJoins[] = {"JOIN",       "LEFT JOIN",      "RIGHT JOIN",    "FULL JOIN",
                                             "CROSS JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN"};
    std::vector<std::string> columns;
    std::string from;
    for (std::size_t t = 0; t < q.tables.size(); ++t) {
        const Table& table = tables[static_cast<std::size_t>(q.tables[t])];
        const std::string alias = t == 0 ? "x" : "y";
        // Names are found in any case.
        for (const std::string& c : table.columns) columns.push_back(alias + "." + c);
        from += (t == 0 ? "" : std::string(" ") + kJoins[static_cast<int>(q.join)] + " ") + table.name + " " + alias;
    }
    if (!q.on.empty()) from += " ON " + printed(q.on[0], columns);
    std::string out = q.distinct ? "SELECT DISTINCT " : "SELECT ";
    for (std::size_t i = 0; i < q.items.size(); ++i)
        out += (i ? ", " : "") + printed(q.items[i], columns) + " AS c" + std::to_string(i);
    out += " FROM " + from;
    if (!q.where.empty()) out += " WHERE " + printed(q.where[0], columns);
    if (!q.groups.empty()) out += " GROUP BY " + list(q.groups, columns);
    if (!q.having.empty()) out += " HAVING " + printed(q.having[0], columns);
    return out;
}

}  // namespace

std::string printed(const Query& q, const std::vector<Table>& tables) {
    static constexpr const char* kSets[] = {"", " UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT "};
    std::string out = select_text(q, tables);
    if (q.set != Set::none) out += kSets[static_cast<int>(q.set)] + select_text(*q.other, tables);
    if (!q.order.empty()) {
        out += " ORDER BY ";
        for (std::size_t i = 0; i < q.order.size(); ++i) {
            const Order& o = q.order[i];
            out += std::string(i ? ", " : "") + "c" + std::to_string(o.column) + (o.descending ? " DESC" : "");
            if (o.nulls_first == o.descending) out += o.nulls_first ? " NULLS FIRST" : " NULLS LAST";
        }
    }
    return q.limit >= 0 ? out + " LIMIT " + std::to_string(q.limit) : out;
}

}  // namespace reference
