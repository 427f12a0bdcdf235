#include "engine/pyspark/value.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/pyspark/moments.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

PyValue of_items(Kind kind, std::vector<PyValue> items) {
    MR_ASSERT(kind == Kind::list || kind == Kind::tuple || kind == Kind::set || kind == Kind::dict);
    auto object = std::make_shared<Object>();
    object->type = kind == Kind::list ? "list" : kind == Kind::tuple ? "tuple" : kind == Kind::set ? "set" : "dict";
    object->items = std::move(items);
    return {kind, 0, 0, {}, {}, std::move(object)};
}

PyValue of_object(std::shared_ptr<Object> object) {
    MR_ASSERT(object != nullptr);
    return {Kind::object, 0, 0, {}, {}, std::move(object)};
}

PyValue new_object(std::string type) {
    MR_ASSERT(!type.empty());
    auto object = std::make_shared<Object>();
    object->type = std::move(type);
    return of_object(std::move(object));
}

std::string type_name(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return "NoneType";
        case Kind::boolean: return "bool";
        case Kind::integer: return "int";
        case Kind::real: return "float";
        case Kind::text: return "str";
        case Kind::column: return "Column";
        default: break;
    }
    MR_ASSERT(v.object != nullptr);
    return v.object->type == "native" ? "function" : v.object->type;
}

bool truthy(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return false;
        case Kind::boolean: case Kind::integer: return v.i != 0;
        case Kind::real: return v.d != 0;
        case Kind::text: return !v.s.empty();
        case Kind::list: case Kind::tuple: case Kind::set: case Kind::dict: return !v.object->items.empty();
        default: return true;
    }
}

namespace {

std::string real_text(double d) {
    if (std::isnan(d)) return "nan";
    if (std::isinf(d)) return d > 0 ? "inf" : "-inf";
    std::string out = fmt::format("{}", d);
    if (out.find_first_of(".e") == std::string::npos) out += ".0";
    return out;
}

std::string quoted_text(const std::string& s) {
    const char quote = s.find('\'') != std::string::npos && s.find('"') == std::string::npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : s) {
        if (c == '\n') out += "\\n";
        else if (c == '\t') out += "\\t";
        else if (c == '\\' || c == quote) out += std::string("\\") + c;
        else out += c;
    }
    return out + quote;
}

std::string items_text(const PyValue& v, const char* open, const char* close) {
    std::string out = open;
    for (std::size_t i = 0; i < v.object->items.size(); ++i) out += (i ? ", " : "") + repr_of(v.object->items[i]);
    return out + close;
}

std::string dict_text(const PyValue& v) {
    std::string out = "{";
    const auto& items = v.object->items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        out += (i ? ", " : "") + repr_of(items[i]) + ": " + repr_of(items[i + 1]);
    return out + "}";
}

std::string row_text(const Object& row) {
    std::string out = "Row(";
    for (std::size_t i = 0; i < row.items.size(); ++i)
        out += (i ? ", " : "") + row.options[i].first + "=" + repr_of(row.items[i]);
    return out + ")";
}

}  // namespace

std::string repr_of(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return "None";
        case Kind::boolean: return v.i ? "True" : "False";
        case Kind::integer: return std::to_string(v.i);
        case Kind::real: return real_text(v.d);
        case Kind::text: return quoted_text(v.s);
        case Kind::list: return items_text(v, "[", "]");
        case Kind::tuple: return items_text(v, "(", v.object->items.size() == 1 ? ",)" : ")");
        case Kind::set: return v.object->items.empty() ? "set()" : items_text(v, "{", "}");
        case Kind::dict: return dict_text(v);
        case Kind::column: return "Column<'...'>";
        case Kind::object: break;
    }
    if (v.object->type == "Row") return row_text(*v.object);
    if (v.object->type == "datetime") return v.object->name;
    return "<" + v.object->type + ">";
}

std::string text_of(const PyValue& v) {
    if (is_moment(v)) return moment_text(v);
    if (is_object(v, "exception") && !v.object->items.empty()) return text_of(v.object->items[0]);
    return v.kind == Kind::text ? v.s : repr_of(v);
}

std::size_t place_of_key(const std::vector<PyValue>& items, const PyValue& key) {
    MR_ASSERT(items.size() % 2 == 0);
    std::size_t i = 0;
    while (i < items.size() && !equal(items[i], key)) i += 2;
    return i;
}

bool equal(const PyValue& a, const PyValue& b) {
    const auto number = [](const PyValue& v) {
        return v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::real;
    };
    if (number(a) && number(b))
        return (a.kind == Kind::real ? a.d : static_cast<double>(a.i)) ==
               (b.kind == Kind::real ? b.d : static_cast<double>(b.i));
    if (a.kind != b.kind) return false;
    if (a.kind == Kind::none) return true;
    if (a.kind == Kind::text) return a.s == b.s;
    if (a.kind == Kind::column) return a.column == b.column;
    if (is_moment(a) && is_moment(b)) return is_date(a) == is_date(b) && a.object->handle == b.object->handle;
    if (a.kind == Kind::object) return a.object == b.object;
    if (a.object->items.size() != b.object->items.size()) return false;
    for (std::size_t i = 0; i < a.object->items.size(); ++i)
        if (!equal(a.object->items[i], b.object->items[i])) return false;
    return true;
}

int order(const PyValue& a, const PyValue& b) {
    const auto number = [](const PyValue& v) {
        return v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::real;
    };
    const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (number(a) && number(b))
        return a.kind == Kind::real || b.kind == Kind::real
                   ? sign(a.kind == Kind::real ? a.d : static_cast<double>(a.i),
                          b.kind == Kind::real ? b.d : static_cast<double>(b.i))
                   : sign(a.i, b.i);
    if (a.kind == Kind::text && b.kind == Kind::text) return sign(a.s.compare(b.s), 0);
    const bool sequences = (a.kind == Kind::list || a.kind == Kind::tuple) && a.kind == b.kind;
    const bool rows = is_object(a, "Row") && is_object(b, "Row");
    if (is_object(a, "datetime") && is_object(b, "datetime")) return sign(a.object->handle, b.object->handle);
    if (!sequences && !rows) return -2;
    const auto &x = a.object->items, &y = b.object->items;
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
        if (equal(x[i], y[i])) continue;
        return order(x[i], y[i]);
    }
    return sign(x.size(), y.size());
}

ExprRef as_literal(const PyValue& v) {
    switch (v.kind) {
        case Kind::boolean: return bool_literal(v.i != 0);
        case Kind::integer:
            return int_literal(v.i, v.i >= INT32_MIN && v.i <= INT32_MAX ? TypeId::integer : TypeId::bigint);
        case Kind::real: return literal(real_value(v.d), type_of(TypeId::double_));
        case Kind::text: return string_literal(v.s);
        case Kind::column: return v.column;
        case Kind::list: case Kind::tuple: {
            Exprs items;
            for (const PyValue& item : v.object->items) items.push_back(as_literal(item));
            return function("array", items);
        }
        default: break;
    }
    if (is_moment(v))
        return literal(int_value(v.object->handle), type_of(is_date(v) ? TypeId::date : TypeId::timestamp));
    return null_literal();
}

}  // namespace engine::spark::py
