// Typed Datasets: functions of the program over objects become typed steps of a plan.
#include <fmt/format.h>

#include <utility>

#include "engine/plan/coerce.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/scala/evaluator.h"
#include "engine/sql/interval.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

/// A function of the program at work: cells become values, the body is evaluated, what it gives becomes cells.
struct Body final : TypedFunction {
    std::shared_ptr<Evaluator> e;
    PyValue function;
    TypedKind kind = TypedKind::map;
    ObjectType in, out, key, state;

    /// The exception that ended the body; the evaluator is free for the next one.
    [[nodiscard]] std::optional<QueryError> outcome() const {
        if (e->ok()) return std::nullopt;
        QueryError error = std::move(e->in.raised->error);
        e->in.raised.reset();
        return error;
    }

    std::optional<QueryError> row(const Cell& object, Cells& results) const override {
        e->steps = 0;
        const PyValue v = e->call1(function, from_cell(*e, object, in));
        if (!e->ok()) return outcome();
        if (kind == TypedKind::filter) results.push_back(bool_value(v.i != 0));
        else if (kind != TypedKind::flat_map) results.push_back(to_cell(v, out));
        else
            for (const PyValue& item : e->items(v)) results.push_back(to_cell(item, out));
        return outcome();
    }

    std::optional<QueryError> group(const Cell& of, const Cells& rows, KeyState* with, Cells& results) const override {
        e->steps = 0;
        Values objects;
        for (const Cell& r : rows) objects.push_back(from_cell(*e, r, in));
        Args args{{from_cell(*e, of, key), of_list("Iterator", std::move(objects))}, {}};
        if (with) args.positional.push_back(py::new_object("GroupState"));
        KeyState* const around = std::exchange(e->state, with);
        e->state_type = &state;
        const PyValue v = e->apply(function, args);
        e->state = around;
        if (!e->ok()) return outcome();
        if (kind != TypedKind::flat_map) results.push_back(to_cell(v, out));
        else
            for (const PyValue& item : e->items(v)) results.push_back(to_cell(item, out));
        return outcome();
    }
};

std::shared_ptr<const TypedFunction> body(Evaluator& e, const PyValue& f, TypedKind kind, const TypedStep& step) {
    MR_ASSERT(e.in.scope != nullptr);
    auto b = std::make_shared<Body>();
    b->e = e.shared_from_this();
    b->function = f;
    b->kind = kind;
    b->in = step.in;
    b->out = step.out;
    b->key = step.key;
    b->state = step.state;
    return b;
}

PlanRef node(std::vector<PlanRef> children, TypedStep step, Exprs output) {
    Plan p;
    p.kind = PlanKind::typed;
    p.children = std::move(children);
    p.output = std::move(output);
    p.typed = std::make_shared<const TypedStep>(std::move(step));
    p.resolved = true;
    return make(std::move(p));
}

ExprRef object_column(const ObjectType& type, py::Interpreter& in) {
    return attribute("obj", type.type, !type.primitive, in.session.ids.take());
}

/// A DataFrame's row as an object.
ObjectType row_type(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    ObjectType out{"org.apache.spark.sql.Row", engine::spark::schema_of(*plan), false, true, {}};
    for (const Field& f : *out.type.fields) out.parts.push_back({"", f.type, !f.nullable, false, {}});
    return out;
}

/// The columns an object is read from: by name for case classes, by place for tuples.
std::optional<Exprs> read_from(Evaluator& e, const ObjectType& type, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    const Exprs all = output_of(*plan);
    if (!type.product) return all.empty() ? std::nullopt : std::optional(Exprs{all[0]});
    if (type.name == "org.apache.spark.sql.Row") return all;
    Exprs out;
    if (type.name.starts_with("scala.Tuple")) {
        if (all.size() == type.parts.size()) return all;
        e.in.raise(analysis_error("UNSUPPORTED_DESERIALIZER.FIELD_NUMBER_MISMATCH",
                                  fmt::format("The deserializer is not supported: try to map \"{}\" to Tuple{}, but "
                                              "failed as the number of fields does not line up.",
                                              sql_name(engine::spark::schema_of(*plan)), type.parts.size()),
                                  {}));
        return std::nullopt;
    }
    for (const Field& f : *type.type.fields) {
        ExprRef found;
        std::string names;
        for (const ExprRef& c : all) {
            if (!found && sim::lower_ascii(c->name) == sim::lower_ascii(f.name)) found = c;
            names += (names.empty() ? "" : ", ") + quoted(c->name);
        }
        if (!found) {
            e.in.raise(analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
                                      fmt::format("A column or function parameter with name {} cannot be resolved. Did "
                                                  "you mean one of the following? [{}].",
                                                  quoted(f.name), names),
                                      {}));
            return std::nullopt;
        }
        out.push_back(found);
    }
    return out;
}

/// Whether a column may be read as a type without loss.
bool widens(const DataType& from, const DataType& to) {
    if (to.id == TypeId::string || from.id == TypeId::void_ || from.id == to.id) return true;
    return number_rank(from.id) > 0 && number_rank(to.id) >= number_rank(from.id);
}

/// The plan below a typed step, its columns cast where the object's are wider.
PlanRef fitting(Evaluator& e, const ObjectType& type, const PlanRef& plan, Exprs& columns) {
    MR_ASSERT(plan != nullptr);
    bool casts = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const DataType& want = type.product ? type.parts[i].type : type.type;
        if (!widens(columns[i]->type, want)) {
            e.in.raise(analysis_error(
                "CANNOT_UP_CAST_DATATYPE",
                fmt::format("Cannot up cast {} from \"{}\" to \"{}\".\nThe type path of the target object is:\n{}- "
                            "root class: \"{}\"\nYou can either add an explicit cast to the input data or choose a "
                            "higher precision type of the field in the target object",
                            columns[i]->name, sql_name(columns[i]->type), sql_name(want),
                            type.product ? fmt::format("- field (class: \"{}\", name: \"{}\")\n", type.parts[i].name,
                                                       (*type.type.fields)[i].name)
                                         : "",
                            type.name),
                {}));
            return plan;
        }
        casts = casts || (columns[i]->type.id != want.id && !is_nested(want));
    }
    if (!casts) return plan;
    Plan p;
    p.kind = PlanKind::project;
    p.children = {plan};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const DataType& want = type.product ? type.parts[i].type : type.type;
        p.exprs.push_back(columns[i]->type.id == want.id
                              ? columns[i]
                              : alias_of(cast_to(columns[i], want, false), columns[i]->name, e.in.session.ids.take()));
    }
    const PyValue f = py::frame_of(e.in, make(std::move(p)));
    if (!e.ok()) return plan;
    columns = output_of(*f.object->plan);
    return f.object->plan;
}

std::optional<ObjectType> input_type(Evaluator& e, const PyValue& frame) {
    MR_ASSERT(e.in.scope != nullptr);
    const Type element = element_of(frame);
    return element.name.empty() || element.name == "Row" ? std::optional(row_type(frame.object->plan))
                                                         : e.object_type(element);
}

std::optional<ObjectType> known(Evaluator& e, const Type& type, const char* what) {
    MR_ASSERT(e.in.scope != nullptr);
    auto t = e.object_type(type);
    if (!t)
        e.unsupported(
            nullptr, fmt::format("{} of type {}", what, type.name.empty() ? "that cannot be inferred" : text_of(type)));
    return t;
}

PyValue serialized(Evaluator& e, const PlanRef& objects, const ObjectType& type, const Type& element) {
    MR_ASSERT(e.in.scope != nullptr);
    TypedStep s;
    s.kind = TypedKind::serialize;
    s.in = type;
    const Exprs columns = object_columns(type, e.in.session.ids);
    return with_element(py::frame_of_analysed(node({objects}, std::move(s), columns)), element);
}

/// What a Dataset's plan gives a function: columns, and the objects that they become.
struct Objects {
    ObjectType in;
    Exprs columns;
    PlanRef below;
    Type element;
};

/// None: it is refused, and the interpreter knows why.
std::optional<Objects> objects_of(Evaluator& e, const PyValue& self) {
    MR_ASSERT(self.object != nullptr);
    const auto in = input_type(e, self);
    if (!in) return e.unsupported(nullptr, "a Dataset of this type"), std::nullopt;
    auto columns = read_from(e, *in, self.object->plan);
    if (!columns || !e.ok()) return std::nullopt;
    const PlanRef below = fitting(e, *in, self.object->plan, *columns);
    if (!e.ok()) return std::nullopt;
    const Type element = element_of(self);
    return Objects{*in, *columns, below, element.name.empty() ? Type{"Row", {}} : element};
}

/// map, flatMap, mapPartitions, filter by a function.
PyValue mapped(Evaluator& e, const PyValue& self, const std::string& name, const PyValue& f,
               const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    const auto objects = objects_of(e, self);
    if (!objects) return py::none();
    const auto& [in, columns, below, element] = *objects;
    const std::string own = e.owner + "$$$Lambda";
    if (name == "filter") {
        TypedStep s;
        s.kind = TypedKind::filter;
        s.function = own;
        s.in = in;
        s.columns = columns;
        s.run = body(e, f, TypedKind::filter, s);
        return with_element(py::frame_of_analysed(node({below}, std::move(s), output_of(*below))), element_of(self));
    }
    const bool parts = name == "mapPartitions", flat = name == "flatMap" || parts;
    Type given = types.empty() ? e.result_of(f, {parts ? Type{"Iterator", {element}} : element}) : types[0];
    if (flat && types.empty()) given = given.args.size() == 1 ? given.args[0] : Type{};
    const auto out = known(e, given, "objects");
    if (!out) return py::none();
    TypedStep d;
    d.kind = TypedKind::deserialize;
    d.out = in;
    d.columns = columns;
    d.object = object_column(in, e.in);
    const PlanRef read = node({below}, d, {d.object});
    TypedStep s;
    s.kind = flat ? TypedKind::flat_map : TypedKind::map;
    s.function = name == "flatMap" ? "org.apache.spark.sql.Dataset$$Lambda" : own;
    s.in = in;
    s.out = *out;
    s.object = object_column(*out, e.in);
    s.run = body(e, f, s.kind, s);
    const Exprs object = {s.object};
    return serialized(e, node({read}, std::move(s), object), *out, given);
}

PyValue keyed(Evaluator& e, const PyValue& self, const PyValue& f, const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    const auto objects = objects_of(e, self);
    if (!objects) return py::none();
    const auto& [in, columns, below, element] = *objects;
    const Type given = types.empty() ? e.result_of(f, {element}) : types[0];
    const auto key = e.ok() ? known(e, given, "keys") : std::nullopt;
    if (!key) return py::none();
    TypedStep s;
    s.kind = TypedKind::append_key;
    s.function = e.owner + "$$$Lambda";
    s.in = in;
    s.out = *key;
    s.columns = columns;
    s.keys = object_columns(*key, e.in.session.ids);
    s.run = body(e, f, TypedKind::map, s);
    Exprs output = output_of(*below);
    output.insert(output.end(), s.keys.begin(), s.keys.end());
    PyValue out = py::new_object("KeyValueGroupedDataset");
    out.object->plan = node({below}, std::move(s), output);
    out.object->fields["\nkey"] = py::of_text(text_of(given));
    return with_element(out, element);
}

Type key_of(const PyValue& grouped) {
    PyValue carrier = py::new_object("carrier");
    carrier.object->fields["\nelement"] = grouped.object->fields.at("\nkey");
    return element_of(carrier);
}

/// What a step over groups has in common with the AppendColumns below it.
TypedStep over_groups(const PyValue& grouped, TypedKind kind) {
    const TypedStep& a = *grouped.object->plan->typed;
    TypedStep s;
    s.kind = kind;
    s.in = a.in;
    s.key = a.out;
    s.columns = a.columns;
    s.keys = a.keys;
    return s;
}

PlanRef no_rows(const Exprs& columns) {
    Plan p;
    p.kind = PlanKind::local_relation;
    p.output = columns;
    p.resolved = true;
    return make(std::move(p));
}

/// The type that a pattern tests for; none if it tests for none.
Type type_of_pattern(const Node& pattern) {
    if (pattern.kind == NodeKind::of_type) return pattern.types[0];
    MR_ASSERT(pattern.kind != NodeKind::case_);
    return pattern.kind == NodeKind::bound && !pattern.kids.empty() ? type_of_pattern(*pattern.kids[0]) : Type{};
}

/// S of the GroupState[S] that a function says its third parameter to be, or that its first case does.
std::optional<Type> state_parameter(const Node& f) {
    std::vector<Type> types;
    for (const Param& p : f.params) types.push_back(p.type);
    if (f.kind == NodeKind::cases && !f.kids.empty()) {
        const NodeRef& pattern = f.kids[0]->kids[0];
        for (const NodeRef& part : pattern->kids) types.push_back(type_of_pattern(*part));
    }
    MR_ASSERT(f.kind != NodeKind::case_);
    const bool typed = types.size() == 3 && types[2].args.size() == 1;
    return typed ? std::optional(types[2].args[0]) : std::nullopt;
}

/// mapGroupsWithState and flatMapGroupsWithState.
PyValue with_state(Evaluator& e, const PyValue& self, const std::string& name, const Values& args,
                   const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    const bool maps = name == "mapGroupsWithState";
    if (args.size() < (maps ? 1U : 3U))
        return e.unsupported(nullptr, fmt::format("not enough arguments for method {}", name));
    const PyValue& f = args.back();
    const std::string timeout = maps && args.size() < 2     ? "NoTimeout"
                                : args[maps ? 0 : 1].object ? args[maps ? 0 : 1].object->name
                                                            : "NoTimeout";
    const std::string mode = maps ? "Update" : args[0].object ? args[0].object->name : "Append";
    if (mode == "Complete")
        return e.raise("java.lang.IllegalArgumentException", "The output mode of function should be append or update");
    if (!has_object(f, "closure") || !f.object->scala) return e.unsupported(nullptr, "this function over groups");
    const auto said = state_parameter(*f.object->scala);
    if (types.empty() && !said)
        return e.unsupported(nullptr, "the type of the state is neither given nor that of a parameter");
    const Type of_state = types.empty() ? *said : types[0];
    Type given = types.size() > 1
                     ? types[1]
                     : e.result_of(f, {key_of(self), {"Iterator", {element_of(self)}}, {"GroupState", {of_state}}});
    if (types.size() < 2 && !maps) given = given.args.size() == 1 ? given.args[0] : Type{};
    const auto state = known(e, of_state, "a state"), out = e.ok() ? known(e, given, "objects") : std::nullopt;
    if (!state || !out) return py::none();
    TypedStep s = over_groups(self, TypedKind::groups_with_state);
    s.function = maps ? "org.apache.spark.sql.KeyValueGroupedDataset$$Lambda" : e.owner + "$$$Lambda";
    s.out = *out;
    s.state = *state;
    s.object = object_column(*out, e.in);
    s.mode = mode;
    s.maps = maps;
    s.timeout = timeout;
    s.run = body(e, f, maps ? TypedKind::map : TypedKind::flat_map, s);
    Plan p;
    p.kind = PlanKind::command;
    p.name = "groups with state";
    p.parts = {"",
               timeout == "EventTimeTimeout"        ? "event"
               : timeout == "ProcessingTimeTimeout" ? "processing"
                                                    : "none",
               maps ? "map" : sim::lower_ascii(mode)};
    p.groups = s.keys;
    p.children = {self.object->plan, no_rows(object_columns(*state, e.in.session.ids))};
    p.output = {s.object};
    p.typed = std::make_shared<const TypedStep>(std::move(s));
    p.resolved = true;
    return serialized(e, make(std::move(p)), *out, given);
}

PyValue over_each_group(Evaluator& e, const PyValue& self, const std::string& name, const PyValue& f,
                        const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    const bool flat = name == "flatMapGroups";
    Type given = types.empty() ? e.result_of(f, {key_of(self), {"Iterator", {element_of(self)}}}) : types[0];
    if (flat && types.empty()) given = given.args.size() == 1 ? given.args[0] : Type{};
    const auto out = known(e, given, "objects");
    if (!out) return py::none();
    TypedStep s = over_groups(self, TypedKind::map_groups);
    s.function = flat ? e.owner + "$$$Lambda" : "org.apache.spark.sql.KeyValueGroupedDataset$$Lambda";
    s.out = *out;
    s.object = object_column(*out, e.in);
    s.run = body(e, f, flat ? TypedKind::flat_map : TypedKind::map, s);
    const Exprs object = {s.object};
    return serialized(e, node({self.object->plan}, std::move(s), object), *out, given);
}

PyValue cogrouped(Evaluator& e, const PyValue& self, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    if (args.size() != 2 || !has_object(args[0], "KeyValueGroupedDataset"))
        return e.unsupported(nullptr, "this cogroup");
    const PyValue& other = args[0];
    Type given =
        e.result_of(args[1], {key_of(self), {"Iterator", {element_of(self)}}, {"Iterator", {element_of(other)}}});
    given = given.args.size() == 1 ? given.args[0] : Type{};
    const auto out = known(e, given, "objects");
    if (!out) return py::none();
    TypedStep s = over_groups(self, TypedKind::cogroup);
    const TypedStep right = over_groups(other, TypedKind::cogroup);
    s.function = e.owner + "$$$Lambda";
    s.out = *out;
    s.other = right.in;
    s.other_keys = right.keys;
    s.other_columns = right.columns;
    s.object = object_column(*out, e.in);
    Plan p;
    p.kind = PlanKind::command;
    p.name = "cogroup";
    p.children = {self.object->plan, other.object->plan};
    p.output = {s.object};
    p.typed = std::make_shared<const TypedStep>(std::move(s));
    p.resolved = true;
    return serialized(e, make(std::move(p)), *out, given);
}

/// A row for each key: its columns, then what the aggregates over its objects give.
PyValue aggregated(Evaluator& e, const PyValue& self, const Exprs& columns, const std::vector<Type>& given) {
    MR_ASSERT(self.object != nullptr && columns.size() == given.size());
    const TypedStep& a = *self.object->plan->typed;
    Plan p;
    p.kind = PlanKind::aggregate;
    p.children = {self.object->plan};
    p.groups = a.keys;
    if (a.out.product) {
        Exprs fields;
        for (const ExprRef& k : a.keys) fields.push_back(string_literal(k->name)), fields.push_back(k);
        p.exprs.push_back(alias_of(function("named_struct", fields), "key", e.in.session.ids.take()));
    } else p.exprs.push_back(alias_of(a.keys[0], "key", e.in.session.ids.take()));
    p.exprs.insert(p.exprs.end(), columns.begin(), columns.end());
    Type element{fmt::format("Tuple{}", 1 + given.size()), {key_of(self)}};
    element.args.insert(element.args.end(), given.begin(), given.end());
    return with_element(py::frame_of(e.in, make(std::move(p))), element);
}

/// groupByKey(..).count()
PyValue counted(Evaluator& e, const PyValue& self) {
    const ExprRef count = function("count", {int_literal(1)});
    return aggregated(e, self, {alias_of(count, "count(1)", e.in.session.ids.take())}, {{"Long", {}}});
}

/// groupByKey(..).agg(columns that say their types)
PyValue aggregated_as(Evaluator& e, const PyValue& self, const Values& args) {
    MR_ASSERT(!args.empty());
    Exprs columns;
    std::vector<Type> given;
    for (const PyValue& v : args) {
        if (v.kind != Kind::column || element_of(v).name.empty())
            return e.unsupported(nullptr, "an aggregate that does not say its type by as[..]");
        columns.push_back(v.column->kind == ExprKind::alias ? v.column : unresolved_alias(v.column));
        given.push_back(element_of(v));
    }
    return aggregated(e, self, columns, given);
}

}  // namespace

PyValue Evaluator::typed_member(const PyValue& self, const std::string& name, const Values& args,
                                const std::vector<Type>& types) {
    MR_ASSERT(has_object(self, "DataFrame"));
    if (name == "as") {
        const Type& t = types[0];
        const auto type = t.name == "Row" ? std::optional<ObjectType>() : known(*this, t, "Datasets");
        if (!type) return ok() ? self : py::none();
        Exprs columns = read_from(*this, *type, self.object->plan).value_or(Exprs{});
        if (ok()) (void)fitting(*this, *type, self.object->plan, columns);
        return ok() ? with_element(self, t) : py::none();
    }
    if (args.empty()) return no_member(self, name);
    if (name == "groupByKey") return keyed(*this, self, args[0], types);
    return mapped(*this, self, name, args[0], types);
}

PyValue Evaluator::grouped_member(const PyValue& self, const std::string& name, const Values& args,
                                  const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    if (self.object->type == "KeyValueGroupedDataset") {
        if (name == "count") return counted(*this, self);
        if (name == "mapGroupsWithState" || name == "flatMapGroupsWithState")
            return with_state(*this, self, name, args, types);
        if ((name == "mapGroups" || name == "flatMapGroups") && args.size() == 1)
            return over_each_group(*this, self, name, args[0], types);
        if (name == "cogroup") return cogrouped(*this, self, args);
        if (name == "agg" && !args.empty()) return aggregated_as(*this, self, args);
        return no_member(self, name);
    }
    if (name == "agg") {
        // Pairs and maps of column and function.
        Values pairs;
        for (const PyValue& v : args)
            if (v.kind == Kind::tuple && v.object->items.size() == 2)
                pairs.insert(pairs.end(), v.object->items.begin(), v.object->items.end());
        if (!pairs.empty()) return in.grouped_method(self, name, {{py::of_items(Kind::dict, std::move(pairs))}, {}});
    }
    if (name == "pivot" && args.size() == 2)
        return in.grouped_method(self, name, {{args[0], of_list("list", items(args[1]))}, {}});
    return in.grouped_method(self, name, {args, {}});
}

}  // namespace engine::spark::scala
