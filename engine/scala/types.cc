// Types of a program, what encoders make of them, and cells as values.
#include <fmt/format.h>

#include "engine/plan/outputs.h"
#include "engine/scala/evaluator.h"
#include "engine/scala/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

struct Simple {
    std::string_view scala;
    const char* java;
    TypeId id;
    bool primitive;
};

constexpr Simple kSimple[] = {
    {"Int", "int", TypeId::integer, true},          {"Long", "long", TypeId::bigint, true},
    {"Short", "short", TypeId::smallint, true},     {"Byte", "byte", TypeId::tinyint, true},
    {"Double", "double", TypeId::double_, true},    {"Float", "float", TypeId::float_, true},
    {"Boolean", "boolean", TypeId::boolean, true},  {"String", "java.lang.String", TypeId::string, false},
    {"Timestamp", "java.sql.Timestamp", TypeId::timestamp, false}, {"Date", "java.sql.Date", TypeId::date, false},
    {"Integer", "java.lang.Integer", TypeId::integer, false},
};

bool collection(const std::string& name) {
    for (const char* c : {"Seq", "List", "Array", "Vector", "Set", "IndexedSeq", "Iterable"})
        if (name == c) return true;
    return false;
}

/// A product: tuples number their fields.
ObjectType product(std::string name, const std::vector<std::string>& fields, std::vector<ObjectType> parts) {
    MR_ASSERT(fields.size() == parts.size());
    ObjectType out{std::move(name), {}, false, true, std::move(parts)};
    std::vector<Field> columns;
    for (std::size_t i = 0; i < fields.size(); ++i)
        columns.push_back({fields[i], out.parts[i].type, !out.parts[i].primitive});
    out.type = struct_type(std::move(columns));
    return out;
}

}  // namespace

std::optional<ObjectType> Evaluator::object_type(const Type& type) {
    for (const Simple& s : kSimple)
        if (type.name == s.scala) return ObjectType{s.java, type_of(s.id), s.primitive, false, {}};
    if (type.name == "Option" && type.args.size() == 1) {
        const auto inner = object_type(type.args[0]);
        return inner ? std::optional(ObjectType{"scala.Option", inner->type, false, false, {*inner}}) : std::nullopt;
    }
    if (collection(type.name) && type.args.size() == 1) {
        const auto inner = object_type(type.args[0]);
        if (!inner) return std::nullopt;
        return ObjectType{
            "scala.collection." + type.name, array_type(inner->type, !inner->primitive), false, false, {*inner}};
    }
    std::vector<ObjectType> parts;
    std::vector<std::string> names;
    if (type.name.starts_with("Tuple")) {
        for (const Type& a : type.args) {
            const auto part = object_type(a);
            if (!part) return std::nullopt;
            parts.push_back(*part);
            names.push_back(fmt::format("_{}", parts.size()));
        }
        return product("scala." + type.name, names, std::move(parts));
    }
    const auto it = classes.find(type.name);
    if (it == classes.end() || !it->second->scala || it->second->scala->names[0] != "case class") return std::nullopt;
    if (depth > 40) return std::nullopt;
    ++depth;
    bool known = true;
    for (const Param& p : it->second->scala->params) {
        const auto part = object_type(p.type);
        known = known && part;
        if (!known) break;
        parts.push_back(*part);
        names.push_back(p.name);
    }
    --depth;
    return known ? std::optional(product(type.name, names, std::move(parts))) : std::nullopt;
}

namespace {

/// A null where a type of Scala has none.
PyValue null_refused(Evaluator& e, const std::string& path) {
    MR_ASSERT(e.in.scope != nullptr);
    return e.raise(
        "java.lang.NullPointerException",
        fmt::format("Null value appeared in non-nullable field:\n{}\nIf the schema is inferred from a Scala tuple/case "
                    "class, or a Java bean, please try to use "
                    "scala.Option[_] or other nullable types (e.g. java.lang.Integer instead of int/scala.Int).",
                    path));
}

PyValue row_of_cells(Evaluator& e, const Cell& v, const ObjectType& type) {
    MR_ASSERT(e.in.scope != nullptr);
    PyValue row = py::new_object("Row");
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
        row.object->options.emplace_back((*type.type.fields)[i].name, "");
        const Cell& cell = items_of(v)[i];
        row.object->items.push_back(cell.null ? py::none() : from_cell(e, cell, type.parts[i]));
    }
    return row;
}

}  // namespace

PyValue from_cell(Evaluator& e, const Cell& v, const ObjectType& type) {
    MR_ASSERT(e.in.scope != nullptr);
    if (v.null && type.primitive) return null_refused(e, fmt::format("- root class: \"{}\"", type.name));
    if (type.name == "org.apache.spark.sql.Row") return row_of_cells(e, v, type);
    if (type.name == "scala.Option") return v.null ? nothing() : some(from_cell(e, v, type.parts[0]));
    if (v.null) return py::none();
    if (type.product) {
        Values items;
        for (std::size_t i = 0; i < type.parts.size(); ++i) {
            const ObjectType& part = type.parts[i];
            const bool missing = part.primitive && items_of(v)[i].null;
            if (missing)
                return null_refused(e, fmt::format("- field (class: \"{}\", name: \"{}\")\n- root class: \"{}\"",
                                                   part.name, (*type.type.fields)[i].name, type.name));
            items.push_back(from_cell(e, items_of(v)[i], part));
        }
        if (type.name.starts_with("scala.Tuple")) return py::of_items(Kind::tuple, std::move(items));
        return e.instance(e.classes.at(type.name), {std::move(items), {}});
    }
    switch (type.type.id) {
        case TypeId::boolean: return py::of_bool(v.i != 0);
        case TypeId::bigint: return of_long(v.i);
        case TypeId::double_: case TypeId::float_: return py::of_real(v.d);
        case TypeId::string: return py::of_text(v.s);
        case TypeId::timestamp: return of_time("Timestamp", v.i);
        case TypeId::date: return of_time("Date", v.i);
        case TypeId::array: {
            Values items;
            for (const Cell& item : items_of(v)) items.push_back(from_cell(e, item, type.parts[0]));
            return of_list("Seq", std::move(items));
        }
        default: return py::of_int(v.i);
    }
}

PyValue Evaluator::object_of_row(const PyValue& row, const ObjectType& type) {
    MR_ASSERT(row.object != nullptr);
    const Object& o = *row.object;
    const bool tuple = type.name.starts_with("scala.Tuple");
    const auto part = [&](std::size_t at, const DataType& t) {
        PyValue v = at < o.items.size() ? o.items[at] : py::none();
        if (has_object(v, "datetime")) v = of_time(t.id == TypeId::date ? "Date" : "Timestamp", v.object->handle);
        if (v.kind == Kind::integer && t.id == TypeId::bigint) v.s = "L";
        return v;
    };
    if (!type.product) return part(0, type.type);
    Values parts;
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
        std::size_t at = i;
        for (std::size_t k = 0; k < o.options.size() && !tuple; ++k)
            if (sim::lower_ascii(o.options[k].first) == sim::lower_ascii((*type.type.fields)[i].name)) at = k;
        parts.push_back(part(at, type.parts[i].type));
    }
    return tuple ? py::of_items(Kind::tuple, std::move(parts))
                 : instance(classes.at(type.name), {std::move(parts), {}});
}

Cell to_cell(const PyValue& v, const ObjectType& type) {
    if (type.name == "scala.Option")
        return has_object(v, "Some") ? to_cell(v.object->items[0], type.parts[0]) : null_value();
    if (v.kind == Kind::none) return null_value();
    if (type.product) {
        if (!v.object || v.object->items.size() != type.parts.size()) return null_value();
        Cells cells;
        for (std::size_t i = 0; i < type.parts.size(); ++i) cells.push_back(to_cell(v.object->items[i], type.parts[i]));
        return list_value(std::move(cells));
    }
    switch (type.type.id) {
        case TypeId::string: return string_value(display(v));
        case TypeId::boolean: return bool_value(v.i != 0);
        case TypeId::double_:
        case TypeId::float_: return real_value(v.kind == Kind::real ? v.d : static_cast<double>(v.i));
        case TypeId::timestamp: case TypeId::date: return v.object ? int_value(v.object->handle) : null_value();
        case TypeId::array: {
            Cells cells;
            if (v.object)
                for (const PyValue& item : v.object->items) cells.push_back(to_cell(item, type.parts[0]));
            return list_value(std::move(cells));
        }
        default: return int_value(v.kind == Kind::real ? static_cast<sim::i64>(v.d) : v.i);
    }
}

Type element_of(const PyValue& frame) {
    if (!frame.object) return {};
    const auto it = frame.object->fields.find("\nelement");
    if (it == frame.object->fields.end()) return {};
    const auto t = parse_type(it->second.s);
    return t ? *t : Type{};
}

PyValue with_element(PyValue frame, const Type& type) {
    if (!frame.object || type.name.empty()) return frame;
    auto copy = std::make_shared<Object>(*frame.object);
    copy->fields["\nelement"] = py::of_text(text_of(type));
    frame.object = std::move(copy);
    return frame;
}

PyValue typed_column(PyValue column, const Type& type) {
    MR_ASSERT(column.kind == Kind::column);
    column.object = std::make_shared<Object>();
    return with_element(std::move(column), type);
}

Type Evaluator::type_of_value(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return {is_unit(v) ? "Unit" : "Null", {}};
        case Kind::boolean: return {"Boolean", {}};
        case Kind::integer: return {v.s == "L" ? "Long" : v.s == "S" ? "Short" : v.s == "B" ? "Byte" : "Int", {}};
        case Kind::real: return {v.s == "f" ? "Float" : "Double", {}};
        case Kind::text: return {v.i == 1 ? "Char" : "String", {}};
        case Kind::column: return {"Column", {}};
        default: break;
    }
    MR_ASSERT(v.object != nullptr);
    const Object& o = *v.object;
    if (v.kind == Kind::tuple) {
        Type t{fmt::format("Tuple{}", o.items.size()), {}};
        for (const PyValue& item : o.items) t.args.push_back(type_of_value(item));
        return t;
    }
    const Type first = o.items.empty() ? Type{"Nothing", {}} : type_of_value(o.items[0]);
    if (v.kind == Kind::list) return {o.type == "list" ? "Seq" : o.type, {first}};
    if (v.kind == Kind::dict)
        return {"Map", {first, o.items.size() < 2 ? Type{"Nothing", {}} : type_of_value(o.items[1])}};
    if (o.type == "Some" || o.type == "None") return {"Option", {first}};
    if (o.type == "instance") return {o.name, {}};
    if (o.type == "closure" && o.scala) {
        Type t{fmt::format("Function{}", o.scala->params.size()), {}};
        for (const Param& p : o.scala->params) t.args.push_back(p.type);
        t.args.push_back(o.scala->kind == NodeKind::def && !o.scala->types.empty() ? o.scala->types[0]
                                                                                   : result_of(v, t.args));
        return t;
    }
    return {o.type, {}};
}

}  // namespace engine::spark::scala
