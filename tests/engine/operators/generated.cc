#include "tests/engine/operators/generated.h"

#include <initializer_list>

namespace reference {

namespace {

const char* one_of(sim::Prng& rng, std::initializer_list<const char*> of) {
    return *(of.begin() + static_cast<std::ptrdiff_t>(rng.below(of.size())));
}
bool chance(sim::Prng& rng, unsigned of) { return rng.below(of) == 0; }

Expr literal(Cell v, bool truth, bool as_text) {
    Expr e;
    e.value = std::move(v);
    e.truth = truth;
    e.text = as_text;
    return e;
}

Expr column(int at, bool as_text) {
    Expr e;
    e.kind = Kind::column;
    e.column = at;
    e.text = as_text;
    return e;
}

Expr call(const std::string& op, std::vector<Expr> args, bool truth, bool as_text = false) {
    Expr e;
    e.kind = Kind::call;
    e.op = op;
    e.args = std::move(args);
    e.truth = truth;
    e.text = as_text;
    return e;
}

Expr some_column(sim::Prng& rng, const std::vector<bool>& texts, bool as_text) {
    for (int tries = 0; tries < 20; ++tries) {
        const auto at = static_cast<std::size_t>(rng.below(texts.size()));
        if (texts[at] == as_text) return column(static_cast<int>(at), as_text);
    }
    return as_text ? literal(text("s1"), false, true) : literal(number(1), false, false);
}

Expr some_text(sim::Prng& rng, const std::vector<bool>& texts, int depth) {
    if (depth > 0 && chance(rng, 3)) return call("upper", {some_text(rng, texts, depth - 1)}, false, true);
    if (depth > 0 && chance(rng, 4)) {
        Expr first = some_text(rng, texts, depth - 1);
        return call("coalesce", {std::move(first), some_text(rng, texts, 0)}, false, true);
    }
    if (chance(rng, 5))
        return literal(chance(rng, 3) ? Cell{} : text(one_of(rng, {"s0", "s1", "S1", ""})), false, true);
    return some_column(rng, texts, true);
}

Expr some_number(sim::Prng& rng, const std::vector<bool>& texts, int depth);

Expr some_truth(sim::Prng& rng, const std::vector<bool>& texts, int depth) {
    if (depth > 0 && rng.below(2) == 0) {
        Expr left = some_truth(rng, texts, depth - 1);
        if (chance(rng, 4)) return call("not", {std::move(left)}, true);
        const char* op = one_of(rng, {"and", "or"});
        return call(op, {std::move(left), some_truth(rng, texts, depth - 1)}, true);
    }
    const bool of_text = chance(rng, 4);
    const auto side = [&](int d) { return of_text ? some_text(rng, texts, d) : some_number(rng, texts, d); };
    Expr left = side(depth > 0 ? 1 : 0);
    switch (rng.below(6)) {
        case 0: return call(one_of(rng, {"isnull", "isnotnull"}), {std::move(left)}, true);
        case 1: {
            const char* op = one_of(rng, {"in", "notin"});
            std::vector<Expr> args = {std::move(left)};
            const auto n = 1 + rng.below(3);
            for (unsigned i = 0; i < n; ++i)
                args.push_back(chance(rng, 4) ? literal({}, false, of_text)
                               : of_text      ? literal(text(one_of(rng, {"s0", "s1", "s2"})), false, true)
                                              : literal(number(static_cast<std::int64_t>(rng.below(6))), false, false));
            return call(op, std::move(args), true);
        }
        default: {
            const char* op = one_of(rng, {"=", "<>", "<", "<=", ">", ">=", "<=>", "<=>"});
            return call(op, {std::move(left), side(0)}, true);
        }
    }
}

Expr some_number(sim::Prng& rng, const std::vector<bool>& texts, int depth) {
    if (depth == 0 || chance(rng, 4)) {
        if (chance(rng, 3))
            return literal(chance(rng, 5) ? Cell{} : number(static_cast<std::int64_t>(rng.below(9)) - 3), false, false);
        return some_column(rng, texts, false);
    }
    switch (rng.below(7)) {
        case 0: return call("neg", {some_number(rng, texts, depth - 1)}, false);
        case 1: return call("abs", {some_number(rng, texts, depth - 1)}, false);
        case 2: return call("length", {some_text(rng, texts, depth - 1)}, false);
        case 3: {
            Expr when = some_truth(rng, texts, depth - 1), then = some_number(rng, texts, depth - 1);
            return call("case", {std::move(when), std::move(then), some_number(rng, texts, depth - 1)}, false);
        }
        case 4: {
            Expr first = some_number(rng, texts, depth - 1);
            return call("coalesce", {std::move(first), some_number(rng, texts, depth - 1)}, false);
        }
        default: {
            Expr left = some_number(rng, texts, depth - 1);
            const char* op = one_of(rng, {"+", "-", "*", "%"});
            return call(op, {std::move(left), some_number(rng, texts, depth - 1)}, false);
        }
    }
}

Expr aggregate(sim::Prng& rng, const std::vector<bool>& texts) {
    Expr e;
    e.kind = Kind::aggregate;
    e.op = one_of(rng, {"countall", "count", "count", "sum", "min", "max"});
    if (e.op == "countall") return e;
    const bool of_text = e.op != "sum" && chance(rng, 3);
    e.args = {of_text ? some_text(rng, texts, 1) : some_number(rng, texts, 1)};
    e.text = of_text && e.op != "count";
    e.distinct = (e.op == "count" || e.op == "sum") && chance(rng, 2);
    return e;
}

/// Its order is total: all columns of the first table, whose rows differ in their key.
Expr window(sim::Prng& rng, const std::vector<bool>& texts, int key) {
    Expr e;
    e.kind = Kind::window;
    e.op = one_of(rng, {"row_number", "rank", "lag", "sum", "count"});
    e.partition = {chance(rng, 3) ? some_text(rng, texts, 0) : some_number(rng, texts, 0)};
    if (e.op == "rank") e.order = {some_number(rng, texts, 1)};
    else e.order = {some_number(rng, texts, 0), column(key, false)};
    if (e.op == "lag" || e.op == "sum" || e.op == "count") e.args = {some_number(rng, texts, 1)};
    e.before = static_cast<int>(rng.below(4)) - 1;
    e.after = static_cast<int>(rng.below(3));
    return e;
}

void draw_items(sim::Prng& rng, Query& q, const std::vector<bool>& texts, std::size_t width,
                const std::vector<bool>* types) {
    for (std::size_t i = 0; i < width; ++i) {
        const bool of_text = types ? (*types)[i] : chance(rng, 3);
        if (of_text) q.items.push_back(some_text(rng, texts, 1));
        else if (!types && q.tables.size() == 1 && chance(rng, 4)) q.items.push_back(window(rng, texts, 0));
        else q.items.push_back(some_number(rng, texts, 2));
    }
}

void draw_groups(sim::Prng& rng, Query& q, const std::vector<bool>& texts) {
    q.grouped = true;
    const auto n = rng.below(3);
    for (unsigned i = 0; i < n; ++i) {
        const bool of_text = chance(rng, 3);
        q.groups.push_back(some_column(rng, texts, of_text));
        if (q.groups.back().kind != Kind::column) {
            q.groups.pop_back();
            continue;
        }
        q.items.push_back(q.groups.back());
    }
    q.items.push_back(aggregate(rng, texts));
    if (chance(rng, 2)) q.items.push_back(aggregate(rng, texts));
    if (!q.groups.empty() && chance(rng, 3)) {
        Expr count;
        count.kind = Kind::aggregate;
        count.op = "countall";
        const auto most = static_cast<std::int64_t>(rng.below(4));
        q.having = {call(one_of(rng, {">", "<="}), {count, literal(number(most), false, false)}, true)};
    }
}

std::vector<bool> texts_of(const Query& q, const std::vector<Table>& tables) {
    std::vector<bool> out;
    for (std::size_t t = 0; t < q.tables.size(); ++t) {
        if (t > 0 && (q.join == Join::semi || q.join == Join::anti)) break;
        const auto& texts = tables[static_cast<std::size_t>(q.tables[t])].texts;
        out.insert(out.end(), texts.begin(), texts.end());
    }
    return out;
}

/// A condition with an equality most of the time, so that joins are hashed, too.
Expr join_condition(sim::Prng& rng, const std::vector<Table>& tables, const Query& q) {
    std::vector<bool> both;
    for (const int t : q.tables)
        both.insert(both.end(), tables[static_cast<std::size_t>(t)].texts.begin(),
                    tables[static_cast<std::size_t>(t)].texts.end());
    const int width = static_cast<int>(tables[static_cast<std::size_t>(q.tables[0])].texts.size());
    Expr equality = call(one_of(rng, {"=", "=", "<=>"}), {column(1, false), column(width + 1, false)}, true);
    if (chance(rng, 3)) return some_truth(rng, both, 1);
    if (chance(rng, 2)) return call("and", {equality, some_truth(rng, both, 1)}, true);
    return equality;
}

}  // namespace

Expr any_expression(sim::Prng& rng, const std::vector<bool>& texts, bool truth, int depth) {
    return truth ? some_truth(rng, texts, depth) : some_number(rng, texts, depth);
}

std::vector<Table> small_tables(sim::Prng& rng) {
    std::vector<Table> out = {{"t", {"k", "a", "b", "s"}, {false, false, false, true}, {}},
                              {"u", {"k", "a", "s"}, {false, false, true}, {}}};
    const auto cell = [&](unsigned below) {
        return chance(rng, 5) ? Cell{} : number(static_cast<std::int64_t>(rng.below(below)) - 1);
    };
    const auto word = [&] { return chance(rng, 5) ? Cell{} : text(one_of(rng, {"s0", "s1", "s2", "S1"})); };
    for (int i = 0; i < 18; ++i) {
        Row row = {number(i)};
        row.push_back(cell(5));
        row.push_back(cell(9));
        row.push_back(word());
        out[0].rows.push_back(std::move(row));
    }
    for (int i = 0; i < 9; ++i) {
        Row row = {number(i * 2)};
        row.push_back(cell(6));
        row.push_back(word());
        out[1].rows.push_back(std::move(row));
    }
    return out;
}

Query any_query(sim::Prng& rng, const std::vector<Table>& tables) {
    Query q;
    q.tables = {static_cast<int>(rng.below(2))};
    if (chance(rng, 3)) {
        q.tables.push_back(static_cast<int>(rng.below(2)));
        q.join = static_cast<Join>(rng.below(7));
        if (q.join != Join::cross) q.on = {join_condition(rng, tables, q)};
    }
    const std::vector<bool> texts = texts_of(q, tables);
    if (chance(rng, 2)) q.where = {some_truth(rng, texts, 2)};
    if (chance(rng, 3)) draw_groups(rng, q, texts);
    else {
        draw_items(rng, q, texts, 1 + rng.below(3), nullptr);
        q.distinct = chance(rng, 4);
    }
    if (chance(rng, 5)) {
        q.set = static_cast<Set>(1 + rng.below(4));
        q.distinct = false;
        q.other = std::make_shared<Query>();
        q.other->tables = {static_cast<int>(rng.below(2))};
        if (chance(rng, 2))
            q.other->where = {some_truth(rng, tables[static_cast<std::size_t>(q.other->tables[0])].texts, 1)};
        std::vector<bool> types;
        for (const Expr& e : q.items) types.push_back(e.text);
        draw_items(rng, *q.other, tables[static_cast<std::size_t>(q.other->tables[0])].texts, q.items.size(), &types);
    }
    if (chance(rng, 2)) {
        for (std::size_t i = 0; i < q.items.size(); ++i) {
            const bool down = chance(rng, 2);
            q.order.push_back({static_cast<int>(i), down, chance(rng, 4) ? down : !down});
        }
        if (chance(rng, 2)) q.limit = static_cast<std::int64_t>(rng.below(8));
    }
    return q;
}

}  // namespace reference
