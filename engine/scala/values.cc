// Values of a program: what they are made of, as text, equal and in order.
#include <fmt/format.h>

#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/scala/evaluator.h"
#include "engine/sql/calendar.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

PyValue unit() {
    PyValue v;
    v.s = "()";
    return v;
}

bool is_unit(const PyValue& v) { return v.kind == Kind::none && v.s == "()"; }

PyValue of_long(sim::i64 v) {
    PyValue out = py::of_int(v);
    out.s = "L";
    return out;
}

PyValue of_char(std::string c) {
    PyValue out = py::of_text(std::move(c));
    out.i = 1;
    return out;
}

PyValue of_list(const char* type, Values items) {
    PyValue out = py::of_items(Kind::list, std::move(items));
    out.object->type = type;
    return out;
}

PyValue some(const PyValue& v) {
    PyValue out = py::new_object("Some");
    out.object->items = {v};
    return out;
}

PyValue nothing() { return py::new_object("None"); }

PyValue of_time(const char* type, sim::i64 v) {
    PyValue out = py::new_object(type);
    out.object->handle = v;
    return out;
}

PyValue static_of(const std::string& name) { return py::native("static", name); }

bool is_list(const PyValue& v) { return v.kind == Kind::list; }
bool has_object(const PyValue& v, std::string_view type) { return v.kind == Kind::object && v.object->type == type; }

std::string class_of(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return is_unit(v) ? "Unit" : "Null";
        case Kind::boolean: return "Boolean";
        case Kind::integer: return v.s == "L" ? "Long" : v.s == "S" ? "Short" : v.s == "B" ? "Byte" : "Int";
        case Kind::real: return v.s == "f" ? "Float" : "Double";
        case Kind::text: return v.i == 1 ? "Char" : "String";
        case Kind::column: return "org.apache.spark.sql.Column";
        case Kind::tuple: return fmt::format("Tuple{}", v.object->items.size());
        case Kind::dict: return "Map";
        default: break;
    }
    MR_ASSERT(v.object != nullptr);
    return v.object->type == "instance" || v.object->type == "static" ? v.object->name : v.object->type;
}

std::string java_class_of(const PyValue& v) {
    const std::string name = class_of(v);
    if (v.kind == Kind::tuple) return "scala." + name;
    if (v.kind == Kind::integer && name == "Int") return "java.lang.Integer";
    if (v.kind == Kind::text && name == "Char") return "java.lang.Character";
    if (v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::real || v.kind == Kind::text)
        return "java.lang." + name;
    if (v.kind == Kind::object && (v.object->type == "Timestamp" || v.object->type == "Date"))
        return "java.sql." + name;
    return name;
}

namespace {

std::string texts(const Values& items, const char* separator) {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i) out += (i ? separator : "") + display(items[i]);
    return out;
}

/// `2024-01-01 00:00:01.0`
std::string moment(sim::i64 micros) {
    std::string out = timestamp_text(micros);
    return out.find('.') == std::string::npos ? out + ".0" : out;
}

/// `[a: int, b: string]`
std::string frame_text(const Object& o) {
    std::string out;
    for (const ExprRef& c : output_of(*o.plan))
        out += (out.empty() ? "" : ", ") + c->name + ": " + catalog_name(c->type);
    return "[" + out + "]";
}

std::string object_text(const Object& o) {
    if (o.type == "DataFrame" && o.plan) return frame_text(o);
    if (o.type == "Some") return "Some(" + texts(o.items, ",") + ")";
    if (o.type == "None") return "None";
    if (o.type == "Timestamp") return moment(o.handle);
    if (o.type == "Date") return timestamp_text(o.handle * kMicrosPerDay).substr(0, 10);
    if (o.type == "Row") return "[" + texts(o.items, ",") + "]";
    if (o.type == "instance") {
        const bool shows = o.scala && o.scala->names[0] == "case class";
        return shows ? o.name + "(" + texts(o.items, ",") + ")" : o.name + "@<hash>";
    }
    if (o.type == "closure") return fmt::format("<function{}>", o.scala ? o.scala->params.size() : 1);
    if (o.type == "exception") return o.name + (o.items.empty() ? "" : ": " + display(o.items[0]));
    return o.name.empty() ? o.type : o.name;
}

}  // namespace

std::string display(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return is_unit(v) ? "()" : "null";
        case Kind::boolean: return v.i ? "true" : "false";
        case Kind::integer: return std::to_string(v.i);
        case Kind::real: return v.s == "f" ? float_text(static_cast<float>(v.d)) : double_text(v.d);
        case Kind::text: return v.s;
        case Kind::column: return pretty(v.column);
        case Kind::tuple: return "(" + texts(v.object->items, ",") + ")";
        case Kind::list:
            if (v.object->type == "Array") return "[Array;@<hash>";
            if (v.object->type == "Iterator") return v.object->items.empty() ? "empty iterator" : "non-empty iterator";
            return (v.object->type == "Seq" || v.object->type == "list" ? "List" : v.object->type) + "(" +
                   texts(v.object->items, ", ") + ")";
        case Kind::dict: {
            std::string out;
            const Values& items = v.object->items;
            for (std::size_t i = 0; i + 1 < items.size(); i += 2)
                out += (i ? ", " : "") + display(items[i]) + " -> " + display(items[i + 1]);
            return "Map(" + out + ")";
        }
        default: break;
    }
    return object_text(*v.object);
}

bool same(const PyValue& a, const PyValue& b) {
    const auto number = [](const PyValue& v) { return v.kind == Kind::integer || v.kind == Kind::real; };
    if (number(a) && number(b)) {
        if (a.kind == Kind::integer && b.kind == Kind::integer) return a.i == b.i;
        return (a.kind == Kind::real ? a.d : static_cast<double>(a.i)) ==
               (b.kind == Kind::real ? b.d : static_cast<double>(b.i));
    }
    if (a.kind != b.kind) return false;
    if (a.kind == Kind::none || a.kind == Kind::boolean || a.kind == Kind::text) return a.s == b.s && a.i == b.i;
    if (a.kind == Kind::column) return a.column == b.column;
    if (a.object == b.object) return true;
    const Object &x = *a.object, &y = *b.object;
    if (x.type == "Timestamp" || x.type == "Date") return y.type == x.type && x.handle == y.handle;
    const bool data =
        a.kind != Kind::object || x.type == "Some" || x.type == "None" || x.type == "instance" || x.type == "Row";
    const bool alike = a.kind == Kind::object ? x.type == y.type && x.name == y.name : true;
    if (!data || !alike || x.items.size() != y.items.size()) return false;
    for (std::size_t i = 0; i < x.items.size(); ++i)
        if (!same(x.items[i], y.items[i])) return false;
    return true;
}

int order_of(const PyValue& a, const PyValue& b) {
    const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (a.kind == Kind::object && b.kind == Kind::object && (a.object->type == "Timestamp" || a.object->type == "Date"))
        return sign(a.object->handle, b.object->handle);
    if (a.kind == Kind::tuple && b.kind == Kind::tuple) {
        for (std::size_t i = 0; i < a.object->items.size() && i < b.object->items.size(); ++i)
            if (const int c = order_of(a.object->items[i], b.object->items[i]); c != 0) return c;
        return 0;
    }
    const int c = py::order(a, b);
    return c == -2 ? 0 : c;
}

}  // namespace engine::spark::scala
