// Expressions and patterns.
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "engine/scala/evaluator.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

constexpr sim::i64 kMaxSteps = 20'000'000;
constexpr std::size_t kMaxText = 10'000'000;  // bytes

}  // namespace

PyValue Evaluator::raise(const std::string& java_class, std::string message) {
    MR_ASSERT(!java_class.empty());
    in.raise(QueryError{java_class.substr(java_class.rfind('.') + 1), java_class, "", "", std::move(message)});
    return py::none();
}

PyValue Evaluator::unsupported(const NodeRef& n, const std::string& what) {
    MR_ASSERT(!what.empty());
    if (n) at(n);
    in.raise("NotImplementedError", "unsupported Scala: " + what);
    return py::none();
}

PyValue Evaluator::no_member(const PyValue& base, const std::string& name) {
    MR_ASSERT(!name.empty());
    if (base.kind == Kind::none && !is_unit(base)) return raise("java.lang.NullPointerException", "");
    return unsupported(nullptr, fmt::format("value {} is not a known member of {}", name, class_of(base)));
}

PyValue Evaluator::eval(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    if (!ok() || returning) return py::none();
    if (++steps > kMaxSteps) return unsupported(n, "the program takes more steps than a program may use");
    switch (n->kind) {
        case NodeKind::none: case NodeKind::unit: return unit();
        case NodeKind::null: return py::none();
        case NodeKind::boolean: return py::of_bool(n->integer != 0);
        case NodeKind::integer: return n->text == "L" ? of_long(n->integer) : py::of_int(n->integer);
        case NodeKind::real: {
            PyValue v = py::of_real(n->real);
            v.s = n->text;
            return v;
        }
        case NodeKind::text: return py::of_text(n->text);
        case NodeKind::character: return of_char(n->text);
        case NodeKind::symbol: return py::of_column(py::column_of(py::of_text(n->text)));
        case NodeKind::interpolated: return eval_interpolated(n);
        case NodeKind::name: return eval_name(n);
        case NodeKind::this_: {
            for (const Object* s = in.scope.get(); s; s = s->outer.get())
                if (const auto it = s->fields.find("\nthis"); it != s->fields.end()) return it->second;
            return unit();
        }
        case NodeKind::select: {
            const PyValue base = eval(n->kids[0]);
            at(n);
            return ok() ? member(base, n->text, {}) : py::none();
        }
        case NodeKind::apply: case NodeKind::type_apply: return eval_apply(n);
        case NodeKind::infix: return eval_infix(n);
        case NodeKind::prefix: return eval_prefix(n);
        case NodeKind::tuple: {
            Values items;
            for (const NodeRef& kid : n->kids) items.push_back(eval(kid));
            return ok() ? py::of_items(Kind::tuple, std::move(items)) : py::none();
        }
        case NodeKind::lambda: case NodeKind::cases: case NodeKind::def: return closure(n);
        case NodeKind::match: return eval_match(n);
        case NodeKind::if_: {
            const PyValue condition = eval(n->kids[0]);
            if (!ok()) return py::none();
            if (condition.i != 0) return eval(n->kids[1]);
            return n->kids.size() > 2 ? eval(n->kids[2]) : unit();
        }
        case NodeKind::while_: return eval_while(n);
        case NodeKind::for_: {
            Values out;
            eval_for(n, 0, n->text == "yield" ? &out : nullptr);
            return n->text == "yield" ? of_list("List", std::move(out)) : unit();
        }
        case NodeKind::block: return eval_block(n, true);
        case NodeKind::typed: return eval(n->kids[0]);
        case NodeKind::new_: return eval_new(n);
        case NodeKind::assign: return eval_assign(n);
        case NodeKind::return_: {
            PyValue v = eval(n->kids[0]);
            if (ok()) returned = std::move(v), returning = true;
            return py::none();
        }
        case NodeKind::throw_: return eval_throw(n);
        case NodeKind::try_: return eval_try(n);
        case NodeKind::val: define_value(n); return unit();
        case NodeKind::class_: define_class(n); return unit();
        case NodeKind::import: import(n); return unit();
        default: break;
    }
    return unsupported(n, "this expression");
}

PyValue Evaluator::eval_throw(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const PyValue v = eval(n->kids[0]);
    if (!ok()) return py::none();
    const bool known = has_object(v, "exception");
    return raise(known ? v.object->name : "java.lang.RuntimeException",
                 known && !v.object->items.empty() ? display(v.object->items[0]) : "");
}

PyValue Evaluator::eval_block(const NodeRef& n, bool own_scope) {
    MR_ASSERT(n->kind == NodeKind::block);
    const auto around = in.scope;
    if (own_scope) in.scope = in.scopes->make(around);
    PyValue last = unit();
    // Functions and classes may be used before the line that defines them.
    for (const NodeRef& kid : n->kids)
        if (kid->kind == NodeKind::def) in.scope->fields[kid->text] = closure(kid);
        else if (kid->kind == NodeKind::class_ && kid->names[0] != "object") define_class(kid);
    for (const NodeRef& kid : n->kids) {
        if (!ok() || returning) break;
        if (kid->kind == NodeKind::def || (kid->kind == NodeKind::class_ && kid->names[0] != "object")) {
            last = unit();
            continue;
        }
        if (!own_scope) at(kid);
        last = eval(kid);
    }
    in.scope = around;
    return last;
}

PyValue Evaluator::eval_interpolated(const NodeRef& n) {
    MR_ASSERT(!n->kids.empty());
    std::string out;
    for (const NodeRef& kid : n->kids) {
        if (kid->kind == NodeKind::text) {
            std::string plain = kid->text;
            if (n->text != "raw")
                for (const auto& [from, to] : {std::pair{"\\n", "\n"}, {"\\t", "\t"}, {"\\\"", "\""}, {"\\\\", "\\"}})
                    for (std::size_t p = plain.find(from); p != std::string::npos; p = plain.find(from, p + 1))
                        plain.replace(p, 2, to);
            // Of f"..": a format follows a value.
            if (n->text == "f" && !out.empty() && plain.starts_with("%")) {
                const std::size_t end = plain.find_first_of("dsf");
                const std::size_t point = plain.find('.');
                if (end != std::string::npos && plain[end] == 'f' && point < end) {
                    const std::size_t from = static_cast<std::size_t>(in.result.i);
                    out = out.substr(0, from) + fmt::format("{:.{}f}", in.result.d, plain[point + 1] - '0');
                }
                plain = plain.substr(end == std::string::npos ? 0 : end + 1);
            }
            out += plain;
            continue;
        }
        const PyValue v = eval(kid);
        if (!ok()) return py::none();
        in.result = py::of_int(static_cast<sim::i64>(out.size()));
        in.result.d = v.kind == Kind::real ? v.d : static_cast<double>(v.i);
        out += display(v);
    }
    if (n->text == "$") return py::of_column(py::column_of(py::of_text(out)));
    if (n->text == "s" || n->text == "f" || n->text == "raw") return py::of_text(out);
    return unsupported(n, fmt::format("the interpolator {}", n->text));
}

PyValue Evaluator::eval_infix(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const std::string& op = n->text;
    if (op.back() == ':' && op != ":") {
        const PyValue first = eval(n->kids[0]), list = eval(n->kids[1]);
        if (!ok()) return py::none();
        Values all = op == ":::" || op == "++:" ? items(first) : Values{first};
        const Values rest = items(list);
        all.insert(all.end(), rest.begin(), rest.end());
        return of_list(list.object ? list.object->type.c_str() : "List", std::move(all));
    }
    const PyValue a = eval(n->kids[0]);
    if (!ok()) return py::none();
    if (a.kind == Kind::boolean && (op == "&&" || op == "||")) return (a.i != 0) == (op == "||") ? a : eval(n->kids[1]);
    const PyValue b = eval(n->kids[1]);
    at(n);
    return ok() ? operate(op, a, b) : py::none();
}

PyValue Evaluator::eval_prefix(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const PyValue v = eval(n->kids[0]);
    if (!ok()) return py::none();
    if (v.kind == Kind::column)
        return n->text == "!"   ? py::of_column(operation("not", {v.column}))
               : n->text == "-" ? py::of_column(operation("negative", {v.column}))
                                : v;
    if (n->text == "!" && v.kind == Kind::boolean) return py::of_bool(v.i == 0);
    PyValue out = v;
    if (n->text == "-" && v.kind == Kind::real) out.d = -v.d;
    else if (n->text == "-" && v.kind == Kind::integer) out.i = -v.i;
    else if (n->text == "~" && v.kind == Kind::integer) out.i = ~v.i;
    else if (n->text != "+") return no_member(v, "unary_" + n->text);
    return out;
}

namespace {

bool number(const PyValue& v) { return v.kind == Kind::integer || v.kind == Kind::real; }
double real_of(const PyValue& v) { return v.kind == Kind::real ? v.d : static_cast<double>(v.i); }

/// The wider of two integers' types; a sum of narrow ones is an Int.
PyValue integer(sim::i64 v, bool wide) { return wide ? of_long(v) : py::of_int(static_cast<sim::i32>(v)); }

std::optional<PyValue> integers(Evaluator& e, const std::string& op, const PyValue& a, const PyValue& b) {
    MR_ASSERT(a.kind == Kind::integer && b.kind == Kind::integer);
    const bool wide = a.s == "L" || b.s == "L";
    const auto x = static_cast<u64>(a.i), y = static_cast<u64>(b.i);
    if (op == "+") return integer(static_cast<sim::i64>(x + y), wide);
    if (op == "-") return integer(static_cast<sim::i64>(x - y), wide);
    if (op == "*") return integer(static_cast<sim::i64>(x * y), wide);
    if (op == "/" || op == "%") {
        if (b.i == 0) return e.raise("java.lang.ArithmeticException", "/ by zero");
        if (b.i == -1) return integer(op == "/" ? static_cast<sim::i64>(0 - x) : 0, wide);
        return integer(op == "/" ? a.i / b.i : a.i % b.i, wide);
    }
    if (op == "&") return integer(a.i & b.i, wide);
    if (op == "|") return integer(a.i | b.i, wide);
    if (op == "^") return integer(a.i ^ b.i, wide);
    const sim::i64 mask = a.s == "L" ? 63 : 31;
    if (op == "<<") return integer(static_cast<sim::i64>(x << (b.i & mask)), a.s == "L");
    if (op == ">>") return integer(a.i >> (b.i & mask), a.s == "L");
    return std::nullopt;
}

std::optional<PyValue> reals(const std::string& op, double x, double y) {
    if (op == "+") return py::of_real(x + y);
    if (op == "-") return py::of_real(x - y);
    if (op == "*") return py::of_real(x * y);
    if (op == "/") return py::of_real(x / y);
    if (op == "%") return py::of_real(std::fmod(x, y));
    return std::nullopt;
}

/// A character counts as its code next to numbers.
PyValue widened(const PyValue& v) {
    return v.kind == Kind::text && v.i == 1 ? py::of_int(static_cast<unsigned char>(v.s[0])) : v;
}

bool relation(const std::string& op) { return op == "<" || op == ">" || op == "<=" || op == ">="; }

PyValue related(const std::string& op, int c) {
    return py::of_bool(op == "<" ? c < 0 : op == ">" ? c > 0 : op == "<=" ? c <= 0 : c >= 0);
}

}  // namespace

PyValue Evaluator::operate(const std::string& op, const PyValue& a, const PyValue& b) {
    if (!ok()) return py::none();
    if (a.kind == Kind::column) return member(a, op, {{b}, {}});
    if (op == "==" || op == "!=") return py::of_bool(same(a, b) == (op == "=="));
    if (op == "eq" || op == "ne") return py::of_bool(same(a, b) == (op == "eq"));
    if (op == "->") return py::of_items(Kind::tuple, {a, b});
    if (op == "+" && (a.kind == Kind::text || b.kind == Kind::text) &&
        !(a.kind == Kind::text && a.i == 1 && b.kind != Kind::text))
        return a.s.size() + b.s.size() > kMaxText ? unsupported(nullptr, "a text of more than ten million bytes")
                                                  : py::of_text(display(a) + display(b));
    if (a.kind == Kind::boolean && b.kind == Kind::boolean) {
        if (op == "&") return py::of_bool(a.i != 0 && b.i != 0);
        if (op == "|") return py::of_bool(a.i != 0 || b.i != 0);
        if (op == "^") return py::of_bool(a.i != b.i);
    }
    const PyValue x = widened(a), y = widened(b);
    if (number(x) && number(y)) {
        std::optional<PyValue> v;
        if (x.kind == Kind::integer && y.kind == Kind::integer) v = integers(*this, op, x, y);
        else v = reals(op, real_of(x), real_of(y));
        if (v) return *v;
        if (relation(op)) return related(op, order_of(x, y));
    }
    const bool ordered = (a.kind == Kind::text && b.kind == Kind::text) ||
                         (a.kind == Kind::object && b.kind == Kind::object && a.object->type == b.object->type);
    if (relation(op) && ordered) return related(op, order_of(a, b));
    return member(a, op, {{b}, {}});
}

PyValue Evaluator::eval_assign(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const NodeRef& target = n->kids[0];
    PyValue v = eval(n->kids[1]);
    if (!ok()) return py::none();
    if (!n->text.empty()) {
        const PyValue before = eval(target);
        if (ok() && has_object(before, "Buffer")) return member(before, n->text + "=", {{v}, {}});
        v = operate(n->text, before, v);
    }
    if (!ok()) return py::none();
    if (target->kind == NodeKind::name) {
        for (Object* s = in.scope.get(); s; s = s->outer.get())
            if (const auto it = s->fields.find(target->text); it != s->fields.end()) return it->second = v, unit();
        return unsupported(target, "not found: value " + target->text);
    }
    if (target->kind == NodeKind::select) {
        const PyValue base = eval(target->kids[0]);
        if (has_object(base, "instance")) return base.object->fields[target->text] = v, unit();
    }
    if (target->kind == NodeKind::apply && target->kids.size() == 2) {
        const PyValue base = eval(target->kids[0]), index = eval(target->kids[1]);
        if (!ok()) return py::none();
        Values* items = base.object ? &base.object->items : nullptr;
        if (is_list(base) && index.i >= 0 && index.i < static_cast<sim::i64>(items->size()))
            return (*items)[static_cast<std::size_t>(index.i)] = v, unit();
        if (base.kind == Kind::dict) {
            for (std::size_t i = 0; i + 1 < items->size(); i += 2)
                if (same((*items)[i], index)) return (*items)[i + 1] = v, unit();
            items->push_back(index);
            items->push_back(v);
            return unit();
        }
    }
    return unsupported(n, "this assignment");
}

PyValue Evaluator::eval_while(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    while (ok() && !returning) {
        const PyValue condition = eval(n->kids[0]);
        if (!ok() || condition.i == 0) break;
        eval(n->kids[1]);
    }
    return unit();
}

PyValue Evaluator::eval_for(const NodeRef& n, std::size_t generator, Values* out) {
    MR_ASSERT(!n->kids.empty());
    if (!ok() || returning) return py::none();
    if (generator + 1 == n->kids.size()) {
        PyValue v = eval(n->kids.back());
        if (out && ok()) out->push_back(std::move(v));
        return unit();
    }
    const NodeRef& g = n->kids[generator];
    if (g->text == "if") return eval(g->kids[0]).i != 0 ? eval_for(n, generator + 1, out) : unit();
    const PyValue source = eval(g->kids[1]);
    if (!ok()) return py::none();
    const auto around = in.scope;
    const Values each = g->text == "each" ? items(source) : Values{source};
    for (const PyValue& v : each) {
        if (!ok() || returning) break;
        in.scope = in.scopes->make(around);
        if (matches(g->kids[0], v)) eval_for(n, generator + 1, out);
        in.scope = around;
    }
    return unit();
}

PyValue Evaluator::eval_try(const NodeRef& n) {
    MR_ASSERT(!n->kids.empty());
    const bool last = !n->names.empty();
    PyValue out = eval(n->kids[0]);
    if (in.raised && n->kids.size() > (last ? 2U : 1U)) {
        const auto raised = *in.raised;
        in.raised.reset();
        PyValue thrown = py::new_object("exception");
        thrown.object->name = raised.error.java_class.empty() ? raised.error.exception : raised.error.java_class;
        thrown.object->items = {py::of_text(raised.error.message)};
        auto cases = std::make_shared<Node>(*n);
        if (last) cases->kids.pop_back();
        bool matched = false;
        out = run_cases(cases, 1, thrown, matched);
        if (!matched && !in.raised) in.raised = raised;
    }
    if (last) {
        auto pending = std::exchange(in.raised, std::nullopt);
        eval(n->kids.back());
        if (!in.raised) in.raised = std::move(pending);
    }
    return out;
}

PyValue Evaluator::eval_match(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const PyValue v = eval(n->kids[0]);
    if (!ok()) return py::none();
    bool matched = false;
    PyValue out = run_cases(n, 1, v, matched);
    if (!matched && ok())
        return at(n), raise("scala.MatchError", fmt::format("{} (of class {})", display(v), java_class_of(v)));
    return out;
}

PyValue Evaluator::run_cases(const NodeRef& n, std::size_t first, const PyValue& v, bool& matched) {
    MR_ASSERT(n != nullptr);
    const auto around = in.scope;
    PyValue out = unit();
    for (std::size_t i = first; i < n->kids.size() && !matched && ok(); ++i) {
        const Node& c = *n->kids[i];
        in.scope = in.scopes->make(around);
        if (matches(c.kids[0], v) && (c.kids[1]->kind == NodeKind::none || eval(c.kids[1]).i != 0)) {
            matched = ok();
            out = eval(c.kids[2]);
        }
    }
    in.scope = around;
    return out;
}

bool Evaluator::is_of(const PyValue& v, const Type& type) {
    const std::string& t = type.name;
    if (t == "Any" || t == "AnyRef") return v.kind != Kind::none;
    if (v.kind == Kind::object && v.object->type == "exception")
        return t == "Throwable" || t == "Exception" || v.object->name.substr(v.object->name.rfind('.') + 1) == t;
    if (t == "Option") return has_object(v, "Some") || has_object(v, "None");
    if (t.starts_with("Tuple")) return v.kind == Kind::tuple;
    if (is_list(v) && (t == "Seq" || t == "Iterable")) return true;
    return class_of(v) == t;
}

bool Evaluator::matches(const NodeRef& p, const PyValue& v) {
    MR_ASSERT(p != nullptr);
    switch (p->kind) {
        case NodeKind::wildcard: return true;
        case NodeKind::bound:
            if (!p->kids.empty() && !matches(p->kids[0], v)) return false;
            in.scope->fields[p->text] = v;
            return true;
        case NodeKind::of_type: return is_of(v, p->types[0]) && matches(p->kids[0], v);
        case NodeKind::either:
            for (const NodeRef& kid : p->kids)
                if (matches(kid, v)) return true;
            return false;
        case NodeKind::tuple: case NodeKind::extractor: break;
        default: return same(eval(p), v);
    }
    if (!v.object) return false;
    const Object& o = *v.object;
    if (p->kind == NodeKind::tuple ? v.kind != Kind::tuple
        : v.kind == Kind::list     ? !(is_list(v) && is_of(v, {p->text, {}}))
                                   : o.type != p->text && o.name != p->text)
        return false;
    if (o.items.size() != p->kids.size()) return false;
    for (std::size_t i = 0; i < o.items.size(); ++i)
        if (!matches(p->kids[i], o.items[i])) return false;
    return true;
}

}  // namespace engine::spark::scala
