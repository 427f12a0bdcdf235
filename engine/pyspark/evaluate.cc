// Expressions of Python.
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "engine/pyspark/interpreter.h"
#include "engine/pyspark/modules.h"
#include "engine/pyspark/text_methods.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

PyValue Interpreter::eval(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    if (!ok()) return none();
    switch (n->kind) {
        case NodeKind::none: return none();
        case NodeKind::boolean: return of_bool(n->integer != 0);
        case NodeKind::integer: return of_int(n->integer);
        case NodeKind::real: return of_real(n->real);
        case NodeKind::text: return of_text(n->text);
        case NodeKind::format: return eval_format(n);
        case NodeKind::name: return eval_name(n);
        case NodeKind::list: case NodeKind::tuple: case NodeKind::set: case NodeKind::dict: {
            std::vector<PyValue> items;
            for (const NodeRef& kid : n->kids) {
                if (kid->kind == NodeKind::unary && kid->text == "*") {
                    for (const PyValue& v : iterate(eval(kid->kids[0]))) items.push_back(v);
                } else {
                    items.push_back(eval(kid));
                }
            }
            return of_items(n->kind == NodeKind::list    ? Kind::list
                            : n->kind == NodeKind::tuple ? Kind::tuple
                            : n->kind == NodeKind::set   ? Kind::set
                                                         : Kind::dict,
                            std::move(items));
        }
        case NodeKind::attribute: {
            const PyValue base = eval(n->kids[0]);
            return ok() ? attribute(base, n->text) : none();
        }
        case NodeKind::call: {
            const PyValue callee = eval(n->kids[0]);
            const Args args = arguments(n);
            return ok() ? call(callee, args) : none();
        }
        case NodeKind::subscript: {
            const PyValue base = eval(n->kids[0]);
            if (n->kids[1]->kind == NodeKind::slice) return ok() ? slice(base, n->kids[1]) : none();
            const PyValue index = eval(n->kids[1]);
            return ok() ? subscript(base, index) : none();
        }
        case NodeKind::unary: return eval_unary(n);
        case NodeKind::binary: {
            const PyValue a = eval(n->kids[0]), b = eval(n->kids[1]);
            return ok() ? binary(n->text, a, b) : none();
        }
        case NodeKind::compare: return eval_compare(n);
        case NodeKind::logic: {
            const PyValue a = eval(n->kids[0]);
            if (a.kind == Kind::column)
                raise("PySparkValueError",
                      "[CANNOT_CONVERT_COLUMN_INTO_BOOL] Cannot convert column into bool: please use '&' for 'and', "
                      "'|' for 'or', '~' for 'not' when building DataFrame boolean expressions.");
            return !ok() || truthy(a) == (n->text == "or") ? a : eval(n->kids[1]);
        }
        case NodeKind::lambda: {
            PyValue f = new_object("function");
            f.object->code = n;
            f.object->outer = scope;
            for (std::size_t i = 1; i < n->kids.size(); ++i) f.object->items.push_back(eval(n->kids[i]));
            return f;
        }
        case NodeKind::conditional: return truthy(eval(n->kids[1])) ? eval(n->kids[0]) : eval(n->kids[2]);
        case NodeKind::comprehension: return eval_comprehension(n);
        default: break;
    }
    raise("SyntaxError", "invalid syntax");
    return none();
}

PyValue Interpreter::eval_name(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::name);
    for (const Object* s = scope.get(); s; s = s->outer.get())
        if (const auto it = s->fields.find(n->text); it != s->fields.end()) return it->second;
    if (const auto it = globals->fields.find(n->text); it != globals->fields.end()) return it->second;
    line = n->line;
    column = n->column;
    raise("NameError", fmt::format("name '{}' is not defined", n->text));
    return none();
}

PyValue Interpreter::eval_format(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::format);
    std::string out;
    if (n->text == "value") {
        return of_text(formatted(eval(n->kids[0]), n->names[0]));
    }
    for (const NodeRef& kid : n->kids) out += text_of(eval(kid));
    return of_text(out);
}

PyValue Interpreter::eval_unary(const NodeRef& n) {
    MR_ASSERT(n->kids.size() == 1);
    const PyValue v = eval(n->kids[0]);
    if (!ok()) return none();
    if (n->text == "not") {
        if (v.kind == Kind::column)
            raise("PySparkValueError",
                  "[CANNOT_CONVERT_COLUMN_INTO_BOOL] Cannot convert column into bool: please use '&' for 'and', '|' "
                  "for 'or', '~' for 'not' when building DataFrame boolean expressions.");
        return of_bool(!truthy(v));
    }
    if (v.kind == Kind::column) {
        if (n->text == "~") return of_column(operation("not", {v.column}));
        return n->text == "-" ? of_column(operation("negative", {v.column})) : v;
    }
    if (v.kind == Kind::real) return n->text == "-" ? of_real(-v.d) : v;
    if (v.kind == Kind::integer || v.kind == Kind::boolean)
        return of_int(n->text == "-" ? -v.i : n->text == "~" ? ~v.i : v.i);
    raise("TypeError", fmt::format("bad operand type for unary {}: '{}'", n->text, type_name(v)));
    return none();
}

PyValue Interpreter::eval_compare(const NodeRef& n) {
    MR_ASSERT(n->kids.size() == n->names.size() + 1);
    PyValue left = eval(n->kids[0]), out = of_bool(true);
    for (std::size_t i = 0; i < n->names.size() && ok(); ++i) {
        const PyValue right = eval(n->kids[i + 1]);
        if (!ok()) break;
        out = compare(n->names[i], left, right);
        if (!ok() || (out.kind == Kind::boolean && !truthy(out))) return out;
        left = right;
    }
    return out;
}

namespace {

bool contains(const PyValue& container, const PyValue& item) {
    if (container.kind == Kind::text) return item.kind == Kind::text && container.s.find(item.s) != std::string::npos;
    if (!container.object) return false;
    const auto& items = container.object->items;
    for (std::size_t i = 0; i < items.size(); i += container.kind == Kind::dict ? 2 : 1)
        if (equal(items[i], item)) return true;
    return false;
}

}  // namespace

PyValue Interpreter::compare(const std::string& op, const PyValue& a, const PyValue& b) {
    if (op == "is" || op == "is not") return of_bool(equal(a, b) == (op == "is"));
    if (op == "in" || op == "not in") return of_bool(contains(b, a) == (op == "in"));
    if (a.kind == Kind::column || b.kind == Kind::column) {
        const bool crossed = a.kind != Kind::column;
        static constexpr std::pair<const char*, const char*> kMirror[] = {{"<", ">"},   {"<=", ">="}, {">", "<"},
                                                                          {">=", "<="}, {"==", "=="}, {"!=", "!="}};
        std::string o = op;
        if (crossed)
            for (const auto& [from, to] : kMirror)
                if (op == from) {
                    o = to;
                    break;
                }
        const ExprRef left = crossed ? b.column : a.column, right = as_literal(crossed ? a : b);
        if (o == "==") return of_column(operation("=", {left, right}));
        if (o == "!=") return of_column(operation("not", {operation("=", {left, right})}));
        return of_column(operation(o, {left, right}));
    }
    if (op == "==" || op == "!=") return of_bool(equal(a, b) == (op == "=="));
    const int c = order(a, b);
    if (c == -2) {
        raise("TypeError",
              fmt::format("'{}' not supported between instances of '{}' and '{}'", op, type_name(a), type_name(b)));
        return none();
    }
    return of_bool(op == "<" ? c < 0 : op == "<=" ? c <= 0 : op == ">" ? c > 0 : c >= 0);
}

PyValue Interpreter::eval_comprehension(const NodeRef& n) {
    MR_ASSERT(n->kids.size() >= 3);
    std::vector<PyValue> out;
    auto inner = scopes->make(scope);
    const std::vector<PyValue> source = iterate(eval(n->kids[2]));
    const auto saved = std::exchange(scope, inner);
    for (const PyValue& item : source) {
        if (!ok()) break;
        assign(n->kids[1], item);
        bool keep = true;
        for (std::size_t i = 3; i < n->kids.size() && keep; ++i) keep = truthy(eval(n->kids[i]));
        if (!keep || !ok()) continue;
        const PyValue v = eval(n->kids[0]);
        if (n->text == "dict" && v.object) out.insert(out.end(), v.object->items.begin(), v.object->items.end());
        else out.push_back(v);
    }
    scope = saved;
    return of_items(n->text == "dict" ? Kind::dict : n->text == "set" ? Kind::set : Kind::list, std::move(out));
}

namespace {

/// Column on either side: the operator builds an expression.
ExprRef column_operation(const std::string& op, const PyValue& a, const PyValue& b) {
    const ExprRef left = as_literal(a), right = as_literal(b);
    if (op == "&") return operation("and", {left, right});
    if (op == "|") return operation("or", {left, right});
    if (op == "**") return function("power", {left, right});
    return operation(op, {left, right});
}

PyValue numbers(Interpreter& in, const std::string& op, const PyValue& a, const PyValue& b) {
    MR_ASSERT(in.scope != nullptr);
    const bool real = a.kind == Kind::real || b.kind == Kind::real || op == "/";
    const double x = a.kind == Kind::real ? a.d : static_cast<double>(a.i),
                 y = b.kind == Kind::real ? b.d : static_cast<double>(b.i);
    if ((op == "/" || op == "//" || op == "%") && y == 0) {
        in.raise("ZeroDivisionError",
                 real && op == "/" && a.kind != Kind::real ? "division by zero" : "division by zero");
        return none();
    }
    if (real) {
        if (op == "+") return of_real(x + y);
        if (op == "-") return of_real(x - y);
        if (op == "*") return of_real(x * y);
        if (op == "/") return of_real(x / y);
        if (op == "//") return of_real(std::floor(x / y));
        if (op == "%") return of_real(x - y * std::floor(x / y));
        if (op == "**") return of_real(std::pow(x, y));
    } else {
        const auto wrap = [](auto v) { return of_int(static_cast<i64>(v)); };
        const u64 p = static_cast<u64>(a.i), q = static_cast<u64>(b.i);
        if (op == "+") return wrap(p + q);
        if (op == "-") return wrap(p - q);
        if (op == "*") return wrap(p * q);
        if (op == "//") return of_int(a.i / b.i - ((a.i % b.i != 0 && (a.i < 0) != (b.i < 0)) ? 1 : 0));
        if (op == "%") return of_int(((a.i % b.i) + b.i) % b.i);
        if (op == "&") return wrap(p & q);
        if (op == "|") return wrap(p | q);
        if (op == "^") return wrap(p ^ q);
        if (op == "**")
            return b.i >= 0 ? of_int(static_cast<i64>(std::llround(std::pow(x, y)))) : of_real(std::pow(x, y));
        if (op == "<<" && b.i >= 0 && b.i < 63) return wrap(p << q);
        if (op == ">>" && b.i >= 0 && b.i < 63) return of_int(a.i >> b.i);
    }
    in.raise("TypeError",
             fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", op, type_name(a), type_name(b)));
    return none();
}

/// `"%s and %d" % values`
std::string percent(Interpreter& in, const std::string& format, const std::vector<PyValue>& values) {
    MR_ASSERT(in.scope != nullptr);
    std::string out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            out += format[i];
            continue;
        }
        std::string spec;
        while (++i < format.size() && !((format[i] >= 'a' && format[i] <= 'z') || format[i] == '%')) spec += format[i];
        if (i < format.size() && format[i] == '%') {
            out += '%';
            continue;
        }
        if (next >= values.size()) {
            in.raise("TypeError", "not enough arguments for format string");
            break;
        }
        const PyValue& v = values[next++];
        const std::size_t point = spec.find('.');
        if (i < format.size() && format[i] == 'f')
            out += fmt::format("{:.{}f}", v.kind == Kind::real ? v.d : static_cast<double>(v.i),
                               point == std::string::npos ? 6 : spec[point + 1] - '0');
        else out += i < format.size() && format[i] == 'r' ? repr_of(v) : text_of(v);
    }
    return out;
}

}  // namespace

PyValue Interpreter::binary(const std::string& op, const PyValue& a, const PyValue& b) {
    if (!ok()) return none();
    if (a.kind == Kind::column || b.kind == Kind::column) return of_column(column_operation(op, a, b));
    const auto number = [](const PyValue& v) {
        return v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::real;
    };
    if (number(a) && number(b)) return numbers(*this, op, a, b);
    if (a.kind == Kind::text && op == "%")
        return of_text(percent(*this, a.s, b.kind == Kind::tuple ? b.object->items : std::vector<PyValue>{b}));
    if (op == "+" && a.kind == Kind::text && b.kind == Kind::text) return of_text(a.s + b.s);
    if (op == "+" && a.kind == b.kind && (a.kind == Kind::list || a.kind == Kind::tuple)) {
        std::vector<PyValue> items = a.object->items;
        items.insert(items.end(), b.object->items.begin(), b.object->items.end());
        return of_items(a.kind, std::move(items));
    }
    const bool times = op == "*" && b.kind == Kind::integer && (a.kind == Kind::text || a.kind == Kind::list);
    if (times && b.i * static_cast<i64>(a.kind == Kind::text ? a.s.size() : a.object->items.size()) < 1'000'000) {
        PyValue out = a.kind == Kind::text ? of_text("") : of_items(Kind::list, {});
        for (i64 i = 0; i < b.i; ++i) out = binary("+", out, a);
        return out;
    }
    raise("TypeError",
          fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", op, type_name(a), type_name(b)));
    return none();
}

std::vector<PyValue> Interpreter::iterate(const PyValue& v) {
    if (!ok()) return {};
    if (v.kind == Kind::list || v.kind == Kind::tuple || v.kind == Kind::set || is_object(v, "Row"))
        return v.object->items;
    std::vector<PyValue> out;
    if (v.kind == Kind::text) {
        for (const char c : v.s) out.push_back(of_text(std::string(1, c)));
        return out;
    }
    if (v.kind == Kind::dict) {
        for (std::size_t i = 0; i + 1 < v.object->items.size(); i += 2) out.push_back(v.object->items[i]);
        return out;
    }
    raise("TypeError", fmt::format("'{}' object is not iterable", type_name(v)));
    return {};
}

Args Interpreter::arguments(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::call);
    Args out;
    for (std::size_t i = 1; i < n->kids.size() && ok(); ++i) {
        const std::string& name = n->names[i - 1];
        const PyValue v = eval(n->kids[i]);
        if (name.empty()) out.positional.push_back(v);
        else if (name == "*")
            for (const PyValue& item : iterate(v)) out.positional.push_back(item);
        else if (name == "**") {
            for (std::size_t k = 0; v.kind == Kind::dict && k + 1 < v.object->items.size(); k += 2)
                out.named.emplace_back(text_of(v.object->items[k]), v.object->items[k + 1]);
        } else out.named.emplace_back(name, v);
    }
    return out;
}

namespace {

/// A StructType by name or place gives a field.
PyValue field_of_type(Interpreter& in, const DataType& type, const PyValue& key) {
    if (type.id != TypeId::structure) {
        in.raise("TypeError", "'DataType' object is not subscriptable");
        return none();
    }
    const auto count = static_cast<i64>(type.fields->size());
    i64 at = key.kind == Kind::integer && key.i < 0 ? key.i + count : key.i;
    if (key.kind == Kind::text)
        for (at = 0; at < count && (*type.fields)[static_cast<std::size_t>(at)].name != key.s;) ++at;
    if (key.kind != Kind::text && key.kind != Kind::integer) {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_INT_OR_SLICE_OR_STR] Argument `key` should be an int, slice or str, got {}.",
                             type_name(key)));
        return none();
    }
    if (at < 0 || at >= count) {
        if (key.kind == Kind::text) in.raise("KeyError", "'No StructField named " + key.s + "'");
        else in.raise("IndexError", "StructType index out of range");
        return none();
    }
    const Field& field = (*type.fields)[static_cast<std::size_t>(at)];
    PyValue out = new_object("StructField");
    out.object->name = field.name;
    out.object->data_type = field.type;
    out.object->handle = field.nullable ? 1 : 0;
    return out;
}

}  // namespace

/// df["name"], df[0], df[["a", "b"]], df[condition]
PyValue Interpreter::frame_subscript(const PyValue& base, const PyValue& index) {
    MR_ASSERT(is_object(base, "DataFrame"));
    if (index.kind == Kind::text) return frame_attribute(base, "[" + index.s);
    if (index.kind == Kind::column) return frame_method(base, "filter", {{index}, {}});
    if (index.kind == Kind::list || index.kind == Kind::tuple)
        return frame_method(base, "select", {index.object->items, {}});
    if (index.kind == Kind::integer) {
        const PyValue name = subscript(frame_attribute(base, "columns"), index);
        return ok() ? frame_attribute(base, "[" + name.s) : none();
    }
    raise("PySparkTypeError",
          fmt::format("[NOT_COLUMN_OR_FLOAT_OR_INT_OR_LIST_OR_STR] Argument `item` should be a column, float, integer, "
                      "list or string, got {}.",
                      type_name(index)));
    return none();
}

PyValue Interpreter::subscript(const PyValue& base, const PyValue& index) {
    if (base.kind == Kind::column) {
        Expr e;
        e.kind = ExprKind::extract;
        e.args = {base.column, as_literal(index)};
        return of_column(make(std::move(e)));
    }
    if (is_object(base, "DataFrame")) return frame_subscript(base, index);
    if (is_object(base, "DataType")) return field_of_type(*this, base.object->data_type, index);
    if (is_object(base, "Row") && index.kind == Kind::text) return attribute(base, index.s);
    if (base.kind == Kind::dict) {
        for (std::size_t i = 0; i + 1 < base.object->items.size(); i += 2)
            if (equal(base.object->items[i], index)) return base.object->items[i + 1];
        if (auto given = missing_item(*this, base, index)) return *given;
        raise("KeyError", repr_of(index));
        return none();
    }
    const i64 n = base.kind == Kind::text ? static_cast<i64>(base.s.size())
                  : base.object           ? static_cast<i64>(base.object->items.size())
                                          : -1;
    if (n < 0 || index.kind != Kind::integer) {
        raise("TypeError", fmt::format("'{}' object is not subscriptable", type_name(base)));
        return none();
    }
    const i64 at = index.i < 0 ? index.i + n : index.i;
    if (at < 0 || at >= n) {
        raise("IndexError", fmt::format("{} index out of range", base.kind == Kind::text ? "string" : type_name(base)));
        return none();
    }
    return base.kind == Kind::text ? of_text(std::string(1, base.s[static_cast<std::size_t>(at)]))
                                   : base.object->items[static_cast<std::size_t>(at)];
}

PyValue Interpreter::slice(const PyValue& base, const NodeRef& bounds) {
    MR_ASSERT(bounds->kids.size() == 3);
    const PyValue from = eval(bounds->kids[0]), to = eval(bounds->kids[1]);
    const bool text = base.kind == Kind::text;
    if (!ok() || (!text && !base.object)) return none();
    const i64 n = static_cast<i64>(text ? base.s.size() : base.object->items.size());
    const auto place = [&](const PyValue& v, i64 missing) {
        return v.kind != Kind::integer ? missing : std::clamp<i64>(v.i < 0 ? v.i + n : v.i, 0, n);
    };
    const i64 a = place(from, 0), b = std::max(a, place(to, n));
    if (text) return of_text(base.s.substr(static_cast<std::size_t>(a), static_cast<std::size_t>(b - a)));
    return of_items(base.kind == Kind::tuple ? Kind::tuple : Kind::list,
                    {base.object->items.begin() + a, base.object->items.begin() + b});
}

PyValue Interpreter::call(const PyValue& callee, const Args& args) {
    if (!ok()) return none();
    if (callee.kind == Kind::object) {
        Object& o = *callee.object;
        if (o.type == "function") return call_own(callee.object, args);
        if (o.type == "builtin") return builtin(o.name, args);
        if (o.type == "sql function") return function(o.name, args);
        if (o.type == "method") return method(o.items[0], o.name, args);
        if (o.type == "closure" && foreign) return foreign(callee, args);
        if (o.type == "bound") {
            Args with_self = args;
            with_self.positional.insert(with_self.positional.begin(), o.items[0]);
            return call_own(o.outer, with_self);
        }
        if (o.type == "type") {
            PyValue instance = new_object(o.name);
            instance.object->outer = callee.object;
            if (const auto init = o.fields.find("__init__"); init != o.fields.end()) {
                Args with_self = args;
                with_self.positional.insert(with_self.positional.begin(), instance);
                call_own(init->second.object, with_self);
            }
            return instance;
        }
    }
    raise("TypeError", fmt::format("'{}' object is not callable", type_name(callee)));
    return none();
}

}  // namespace engine::spark::py
