// Methods that give a frame other columns or other rows of the same data: unpivot, withColumns, replace, randomSplit.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/gateway.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

/// A column, a name, or a list of them; none with the refusal raised.
std::optional<Exprs> some_columns(Interpreter& in, const PyValue& v) {
    MR_ASSERT(in.ok());
    const bool list = v.kind == Kind::list || v.kind == Kind::tuple;
    Exprs out = columns_of(in, list ? v.object->items : std::vector<PyValue>{v});
    return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

PyValue unpivoted(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    const Bound b = bind_args(in, "DataFrame." + name, "ids, values, variableColumnName, valueColumnName", args);
    if (!in.ok()) return none();
    if (b[0].kind == Kind::none) {
        in.raise("AssertionError", "ids must not be None");
        return none();
    }
    const auto ids = some_columns(in, b[0]);
    if (!ids) return none();
    Plan p = node_over(self, PlanKind::unpivot);
    p.groups = *ids;
    p.name = text_of(b[2]);
    p.names = {{text_of(b[3])}, {}};
    p.all = true;  // the columns that stay are told
    if (b[1].kind == Kind::none) {
        for (const ExprRef& c : output_of(*self.object->plan)) {
            const bool stays = std::ranges::any_of(*ids, [&](const ExprRef& id) {
                return id->kind == ExprKind::attribute ? id->id == c->id
                                                       : !id->parts.empty() && same_name(id->parts.back(), c->name);
            });
            if (!stays) p.rows.push_back({c});
        }
    } else {
        const auto values = some_columns(in, b[1]);
        if (!values) return none();
        for (const ExprRef& v : *values) p.rows.push_back({v});
    }
    p.names[1].assign(p.rows.size(), "");
    return frame_of(in, make(std::move(p)));
}

PyValue with_columns(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    if (args.positional.size() != 1) {
        in.raise("AssertionError", "");
        return none();
    }
    const PyValue& map = args.positional[0];
    if (map.kind != Kind::dict) return raise_type(in, "NOT_DICT", "colsMap", "a dict", map);
    std::vector<std::pair<std::string, ExprRef>> columns;
    for (std::size_t i = 0; i + 1 < map.object->items.size(); i += 2) {
        const PyValue& v = map.object->items[i + 1];
        if (v.kind != Kind::column && v.kind != Kind::text)
            return raise_type(in, "NOT_COLUMN_OR_STR", "col", "a Column or str", v);
        columns.emplace_back(text_of(map.object->items[i]), column_of(v));
    }
    return with_column(in, self, columns);
}

PyValue with_columns_renamed(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    const PyValue map = args.positional.empty() ? none() : args.positional[0];
    if (map.kind != Kind::dict) return raise_type(in, "NOT_DICT", "colsMap", "a dict", map);
    std::vector<std::pair<std::string, std::string>> names;
    for (std::size_t i = 0; i + 1 < map.object->items.size(); i += 2)
        names.emplace_back(text_of(map.object->items[i]), text_of(map.object->items[i + 1]));
    return renamed(in, self, names);
}

/// One column by name.
PyValue column_by_expression(Interpreter& in, const PyValue& self, const PyValue& name) {
    if (name.kind != Kind::text) return raise_type(in, "NOT_STR", "colName", "a str", name);
    return in.frame_attribute(self, "[" + name.s);
}

/// Samples that share out the rows: each has the rows whose random number lies in its span.
PyValue split_randomly(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    const Bound b = bind_args(in, "DataFrame.randomSplit", "weights, seed=", args);
    std::vector<double> weights;
    double sum = 0;
    for (const PyValue& w : in.ok() ? in.iterate(b[0]) : std::vector<PyValue>{}) {
        const PyValue negative = in.compare("<", w, of_real(0));
        if (!in.ok()) return none();
        if (truthy(negative)) {
            in.raise("PySparkValueError",
                     fmt::format("[VALUE_NOT_POSITIVE] Value for `weights` must be positive, got '{}'.", text_of(w)));
            return none();
        }
        weights.push_back(w.kind == Kind::real ? w.d : static_cast<double>(w.i));
        sum += weights.back();
    }
    if (!in.ok()) return none();
    if (sum <= 0) {
        std::string list;
        for (const double w : weights) list += (list.empty() ? "" : ",") + double_text(w);
        in.raise(illegal_argument("requirement failed: Sum of weights must be positive, but got [" + list + "]"));
        return none();
    }
    // Nothing can be done with a part of a stream but to ask for its rows, which is refused as for the stream.
    if (streaming(self.object->plan)) return of_items(Kind::list, std::vector<PyValue>(weights.size(), self));
    in.raise("NotImplementedError", "unsupported Python: DataFrame.randomSplit");
    return none();
}

namespace {

enum class Replaced : u8 { truths, texts, numbers, mixed };

Replaced kind_of(const std::vector<PyValue>& keys, const std::vector<PyValue>& values) {
    const auto all = [&](auto fits) {
        return std::ranges::all_of(keys, fits) &&
               std::ranges::all_of(values, [&](const PyValue& v) { return v.kind == Kind::none || fits(v); });
    };
    if (all([](const PyValue& v) { return v.kind == Kind::boolean; })) return Replaced::truths;
    if (all([](const PyValue& v) { return v.kind == Kind::text; })) return Replaced::texts;
    const auto number = [](const PyValue& v) {
        return v.kind == Kind::integer || v.kind == Kind::real || v.kind == Kind::boolean;
    };
    return all(number) ? Replaced::numbers : Replaced::mixed;
}

bool plain(const PyValue& v) {
    return v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::real || v.kind == Kind::text;
}

bool listed(const PyValue& v) { return v.kind == Kind::list || v.kind == Kind::tuple; }

/// The values and what stands for each; false with the refusal raised.
bool replacements(Interpreter& in, const Bound& b, std::vector<PyValue>& keys, std::vector<PyValue>& values) {
    const PyValue &from = b[0], &to = b[1];
    const auto refuse = [&](const char* error, const char* argument, const char* wanted, const PyValue& given) {
        raise_type(in, error, argument, wanted, given);
        return false;
    };
    if (!b.given[1] && from.kind != Kind::dict) {
        in.raise("PySparkTypeError", "[ARGUMENT_REQUIRED] Argument `value` is required when `to_replace` is dict.");
        return false;
    }
    if (!plain(from) && !listed(from) && from.kind != Kind::dict)
        return refuse("NOT_BOOL_OR_DICT_OR_FLOAT_OR_INT_OR_LIST_OR_STR_OR_TUPLE", "to_replace",
                      "a bool, dict, float, int, str or tuple", from);
    if (!plain(to) && !listed(to) && to.kind != Kind::none && from.kind != Kind::dict)
        return refuse("NOT_BOOL_OR_FLOAT_OR_INT_OR_LIST_OR_NONE_OR_STR_OR_TUPLE", "value",
                      "a bool, float, int, list, None, str or tuple", to);
    if (listed(from) && listed(to) && from.object->items.size() != to.object->items.size()) {
        in.raise("PySparkValueError", fmt::format("[LENGTH_SHOULD_BE_THE_SAME] to_replace and value should be of the "
                                                  "same length, got {} and {}.",
                                                  from.object->items.size(), to.object->items.size()));
        return false;
    }
    const PyValue& subset = b[2];
    if (subset.kind != Kind::none && subset.kind != Kind::text && !listed(subset))
        return refuse("NOT_LIST_OR_STR_OR_TUPLE", "subset", "a list, str or tuple", subset);
    if (from.kind == Kind::dict) {
        for (std::size_t i = 0; i + 1 < from.object->items.size(); i += 2) {
            keys.push_back(from.object->items[i]);
            values.push_back(from.object->items[i + 1]);
        }
        return true;
    }
    keys = listed(from) ? from.object->items : std::vector<PyValue>{from};
    values = listed(to) ? to.object->items : std::vector<PyValue>(keys.size(), to);
    return true;
}

/// CASE WHEN (c = key) THEN value .. ELSE c END, with numbers as the column's own type.
ExprRef replaced(Interpreter& in, const ExprRef& c, const std::vector<PyValue>& keys,
                 const std::vector<PyValue>& values) {
    MR_ASSERT(keys.size() == values.size());
    const auto as_column = [&](const PyValue& v) {
        const PyValue number = v.kind == Kind::integer && is_numeric(c->type) ? of_real(static_cast<double>(v.i)) : v;
        return cast_to(as_literal(number), c->type, in.session.ansi);
    };
    Expr e;
    e.kind = ExprKind::case_when;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        e.args.push_back(operation("=", {c, as_column(keys[i])}));
        e.args.push_back(as_column(values[i]));
    }
    e.args.push_back(c);
    return alias_of(make(std::move(e)), c->name, in.session.ids.take());
}

}  // namespace

PyValue with_values_replaced(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    const Bound b = bind_args(in, "DataFrame.replace", "to_replace, value=, subset=", args);
    std::vector<PyValue> keys, values;
    if (!in.ok() || !replacements(in, b, keys, values)) return none();
    const Replaced kind = kind_of(keys, values);
    if (kind == Replaced::mixed) {
        in.raise("PySparkValueError", "[MIXED_TYPE_REPLACEMENT] Mixed type replacements are not supported.");
        return none();
    }
    const Exprs columns = output_of(*self.object->plan);
    std::vector<std::string> subset;
    const PyValue& given = b[2];
    if (given.kind != Kind::none)
        for (const PyValue& v : given.kind == Kind::text ? std::vector<PyValue>{given} : in.iterate(given)) {
            subset.push_back(text_of(v));
            if (!has_field(columns, subset.back())) return in.raise(unknown_field(subset.back(), columns)), none();
        }
    Plan p = node_over(self, PlanKind::project);
    for (const ExprRef& c : columns) {
        const bool asked = given.kind == Kind::none ||
                           std::ranges::any_of(subset, [&](const std::string& n) { return same_name(n, c->name); });
        const bool fits = kind == Replaced::truths  ? c->type.id == TypeId::boolean
                          : kind == Replaced::texts ? c->type.id == TypeId::string
                                                    : is_numeric(c->type);
        p.exprs.push_back(asked && fits && !keys.empty() ? replaced(in, c, keys, values) : c);
    }
    return frame_of(in, make(std::move(p)));
}

}  // namespace engine::spark::py
