// fillna, dropna and DataFrame.na: nulls (and NaN) replaced, or their rows left out.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/pyspark/frames.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

PyValue refused(Interpreter& in, const char* error, const char* argument, const char* wanted, const PyValue& given) {
    MR_ASSERT(error != nullptr);
    in.raise("PySparkTypeError",
             fmt::format("[{}] Argument `{}` should be {}, got {}.", error, argument, wanted, type_name(given)));
    return none();
}

/// Columns that a value of Python can stand in for.
bool replaces(const PyValue& v, const DataType& type) {
    switch (v.kind) {
        case Kind::boolean: return type.id == TypeId::boolean;
        case Kind::integer: case Kind::real: return is_numeric(type);
        case Kind::text: return type.id == TypeId::string;
        default: return false;
    }
}

ExprRef filled(Interpreter& in, const ExprRef& column, const PyValue& v) {
    MR_ASSERT(column != nullptr);
    const bool real = column->type.id == TypeId::double_ || column->type.id == TypeId::float_;
    const ExprRef value = real ? function("nanvl", {column, cast_to(null_literal(), column->type, false)}) : column;
    const PyValue given = v.kind == Kind::integer ? of_real(static_cast<double>(v.i)) : v;  // as Python passes it
    const ExprRef with = cast_to(as_literal(given), column->type, in.session.ansi);
    return alias_of(function("coalesce", {value, with}), column->name, in.session.ids.take());
}

/// The names of a list; all are columns, or the refusal is raised.
std::vector<std::string> names_of(Interpreter& in, const PyValue& list, const Exprs& columns) {
    std::vector<std::string> out;
    for (const PyValue& v : list.kind == Kind::text ? std::vector<PyValue>{list} : in.iterate(list)) {
        if (!has_field(columns, text_of(v))) {
            in.raise(unknown_field(text_of(v), columns));
            return {};
        }
        out.push_back(text_of(v));
    }
    return out;
}

bool listed(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::any_of(names, [&](const std::string& n) { return same_name(n, name); });
}

}  // namespace

PyValue filled_frame(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    const Bound b = bind_args(in, "DataFrame.fillna", "value, subset=", args);
    if (!in.ok()) return none();
    const PyValue& v = b[0];
    const bool plain =
        v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::real || v.kind == Kind::text;
    if (!plain && v.kind != Kind::dict)
        return refused(in, "NOT_BOOL_OR_DICT_OR_FLOAT_OR_INT_OR_STR", "value", "a bool, dict, float, int or str", v);
    const PyValue& subset = b[1];
    const bool list = subset.kind == Kind::list || subset.kind == Kind::tuple || subset.kind == Kind::text;
    if (subset.kind != Kind::none && !list)
        return refused(in, "NOT_LIST_OR_TUPLE", "subset", "a list or tuple", subset);
    const Exprs columns = output_of(*self.object->plan);
    std::vector<std::string> names;
    if (v.kind == Kind::dict) names = names_of(in, of_items(Kind::list, in.iterate(v)), columns);
    else if (list) names = names_of(in, subset, columns);
    if (!in.ok()) return none();
    Plan p = node_over(self, PlanKind::project);
    for (const ExprRef& c : columns) {
        PyValue with = v;
        if (v.kind == Kind::dict) {
            with = none();
            for (std::size_t i = 0; i + 1 < v.object->items.size(); i += 2)
                if (same_name(text_of(v.object->items[i]), c->name)) with = v.object->items[i + 1];
        }
        const bool asked = v.kind == Kind::dict ? with.kind != Kind::none : !list || listed(names, c->name);
        p.exprs.push_back(asked && replaces(with, c->type) ? filled(in, c, with) : c);
    }
    return frame_of(in, make(std::move(p)));
}

PyValue without_missing(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    const Bound b = bind_args(in, "DataFrame.dropna", "how=, thresh=, subset=", args);
    if (!in.ok()) return none();
    const PyValue &how = b[0], &subset = b[2];
    if (b.given[0] && how.kind != Kind::none && text_of(how) != "any" && text_of(how) != "all") {
        // PySpark 3.5 names the parameter of its own message wrongly.
        in.raise("AssertionError",
                 fmt::format("Undefined error message parameter for error class: VALUE_NOT_ANY_OR_ALL. Parameters: "
                             "{{'arg_name': 'how', 'arg_type': {}}}",
                             repr_of(how)));
        return none();
    }
    const bool list = subset.kind == Kind::list || subset.kind == Kind::tuple || subset.kind == Kind::text;
    if (subset.kind != Kind::none && !list)
        return refused(in, "NOT_LIST_OR_STR_OR_TUPLE", "subset", "a list, str or tuple", subset);
    const Exprs columns = output_of(*self.object->plan);
    const std::vector<std::string> names = list ? names_of(in, subset, columns) : std::vector<std::string>{};
    if (!in.ok()) return none();
    Exprs tested;
    for (const ExprRef& c : columns)
        if (!list || listed(names, c->name)) tested.push_back(c);
    const auto all = static_cast<i64>(tested.size());
    const i64 least = b[1].kind == Kind::integer ? b[1].i : text_of(how) == "all" ? 1 : all;
    tested.insert(tested.begin(), int_literal(least));
    Plan p = node_over(self, PlanKind::filter);
    p.condition = operation("atleastnnonnulls", std::move(tested));
    return frame_of(in, make(std::move(p)));
}

}  // namespace engine::spark::py
