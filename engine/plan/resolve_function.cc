// Calls: looking functions up, counting arguments, lambdas.
#include <fmt/format.h>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/sql/calendar.h"
#include "engine/sql/interval.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct CastName {
    std::string_view name;
    TypeId id;
};

constexpr CastName kCasts[] = {
    {"boolean", TypeId::boolean},     {"tinyint", TypeId::tinyint}, {"smallint", TypeId::smallint},
    {"int", TypeId::integer},         {"bigint", TypeId::bigint},   {"float", TypeId::float_},
    {"double", TypeId::double_},      {"decimal", TypeId::decimal}, {"date", TypeId::date},
    {"timestamp", TypeId::timestamp}, {"binary", TypeId::binary},   {"string", TypeId::string}};

/// Functions whose arguments have names, and the first name: they miss it where others count.
constexpr std::pair<std::string_view, std::string_view> kNamedParameters[] = {
    {"explode", "collection"}, {"explode_outer", "collection"}, {"mask", "str"}};

std::string arity_text(const Arity& n) {
    if (n.most < 0) return n.least == 0 ? ">= 0" : fmt::format("> {}", n.least - 1);
    if (n.least == n.most) return std::to_string(n.least);
    std::string out = "[";
    for (int i = n.least; i <= n.most; ++i) out += (i > n.least ? ", " : "") + std::to_string(i);
    return out + "]";
}

/// struct(a, b + 1 AS c): names from the arguments.
ExprRef struct_of(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    Exprs args;
    for (std::size_t i = 0; i < e->args.size(); ++i) {
        const ExprRef& v = e->args[i];
        std::string name = "col" + std::to_string(i + 1);
        if (v->kind == ExprKind::attribute || v->kind == ExprKind::alias || v->kind == ExprKind::field ||
            v->kind == ExprKind::lambda_variable)
            name = v->name;
        else if (v->kind == ExprKind::outer) name = v->args[0]->name;
        args.push_back(v->kind == ExprKind::alias ? edit(string_literal(name), [](Expr& x) { x.implicit = true; })
                                                  : string_literal(name));
        args.push_back(v->kind == ExprKind::alias ? v->args[0] : v);
    }
    ExprRef out = operation("named_struct", std::move(args), e->at);
    return edit(out, [](Expr& x) {
        x.fn = find_function("named_struct");
        x.distinct = true;  // shown as struct(..)
    });
}

}  // namespace

void Analyser::wrong_count(const ExprRef& e, const std::string& wanted, std::size_t got, bool place) {
    MR_ASSERT(e != nullptr);
    fail("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
         fmt::format("The `{}` requires {} parameters but the actual number is {}. Please, refer to "
                     "'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.",
                     sim::lower_ascii(e->name), wanted, got),
         place ? e->at : Origin{});
}

namespace {

/// Whether the call has too few or too many arguments, which is told.
bool refused_for_count(Analyser& a, const ExprRef& e, const std::string& name, const Arity& arity, int n) {
    MR_ASSERT(n >= 0);
    if (n == 0 && name == "count")
        return a.fail(
                   "WRONG_NUM_ARGS.WITH_SUGGESTION",
                   "The `count` requires  >= 1 parameters but the actual number is 0. If you have to call this "
                   "function with 0 parameters, set the legacy configuration "
                   "\"spark.sql.legacy.allowParameterlessCount\" to \"true\".",
                   {}),
               true;
    for (const auto& [function, parameter] : kNamedParameters)
        if (n < arity.least && name == function)
            return a.fail("REQUIRED_PARAMETER_NOT_FOUND",
                          fmt::format("Cannot invoke function `{}` because the parameter named `{}` is required, but "
                                      "the function call did not supply a value. Please update the function call to "
                                      "supply an argument value (either positionally at index {} or by name) and "
                                      "retry the query again.",
                                      name, parameter, n),
                          e->at),
                   true;
    if (n >= arity.least && (arity.most < 0 || n <= arity.most)) return false;
    a.wrong_count(e, arity_text(arity), static_cast<std::size_t>(n), !(arity.most < 0));
    return true;
}

}  // namespace

/// The arguments with their stars spelt out: count(*) counts rows; elsewhere a star stands for columns.
Exprs Analyser::call_arguments(const ExprRef& e, const std::string& name, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    Exprs args;
    const std::size_t own = e->args.size() - (e->filtered ? 1 : 0);
    for (const ExprRef& arg : e->args) {
        if (arg->kind != ExprKind::star) {
            args.push_back(arg);
        } else if (name == "count" && arg->parts.empty() && own == 1 && !e->distinct) {
            args.push_back(int_literal(1));
        } else {
            if (name == "count" && !arg->parts.empty() && own == 1 && !e->distinct) {
                fail("_LEGACY_ERROR_TEMP_1021",
                     fmt::format("count({}.*) is not allowed. Please use count(*) or expand the columns manually, e.g. "
                                 "count(col1, col2).",
                                 arg->parts.back()),
                     {});
                return args;
            }
            for (const ExprRef& c : star_columns(arg, scope)) args.push_back(c);
        }
    }
    const bool part = (name == "extract" || name == "date_part" || name == "datepart") && args.size() == 2;
    if (part && args[0]->kind == ExprKind::name && args[0]->parts.size() == 1)
        args[0] = string_literal(args[0]->parts[0]);
    return args;
}

/// A call of an aggregate function with its DISTINCT and FILTER; of another function as it is.
ExprRef Analyser::aggregate_call(const ExprRef& e, const FunctionInfo& fn, const ExprRef& call,
                                 const ExprRef& condition) {
    MR_ASSERT(e != nullptr);
    if (fn.kind != FunctionKind::aggregate || std::string_view(fn.name).starts_with("grouping")) {
        if (condition)
            fail("_LEGACY_ERROR_TEMP_1023", fmt::format("Function {} does not support FILTER clause.", e->name), e->at);
        return call;
    }
    if (condition && condition->resolved && condition->type.id != TypeId::boolean) {
        fail("_LEGACY_ERROR_TEMP_1025",
             "FILTER expression is not of type boolean. It cannot be used in an aggregate function.", e->at);
        return call;
    }
    for (const ExprKind kind : {ExprKind::aggregate, ExprKind::window}) {
        if (!condition || !any_of(condition, [&](const Expr& x) { return x.kind == kind; })) continue;
        const bool window = kind == ExprKind::window;
        fail(window ? "_LEGACY_ERROR_TEMP_1027" : "_LEGACY_ERROR_TEMP_1026",
             fmt::format("FILTER expression contains {}. It cannot be used in an aggregate function.",
                         window ? "window function" : "aggregate"),
             e->at);
        return call;
    }
    Expr aggregate;
    aggregate.kind = ExprKind::aggregate;
    aggregate.args = {call};
    if (condition) aggregate.args.push_back(condition);
    aggregate.filtered = condition != nullptr;
    aggregate.distinct = e->distinct;
    aggregate.at = e->at;
    return typed(make(std::move(aggregate)));
}

ExprRef Analyser::unknown_function(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    std::string shown;
    for (const std::string& p : e->parts.empty() ? std::vector<std::string>{e->name} : e->parts)
        shown += (shown.empty() ? "" : ".") + quoted(p);
    fail("UNRESOLVED_ROUTINE",
         fmt::format("Cannot resolve function {} on search path [`system`.`builtin`, `system`.`session`, "
                     "`spark_catalog`.`default`].",
                     shown),
         e->at);
    return e;
}

ExprRef Analyser::resolve_function(const ExprRef& given, const Scope& scope) {
    MR_ASSERT(given != nullptr);
    ExprRef e = given;
    const std::string name = sim::lower_ascii(e->name);
    const FunctionInfo* fn =
        e->parts.size() > 1 && sim::lower_ascii(e->parts[0]) != "system" && sim::lower_ascii(e->parts[0]) != "builtin"
            ? nullptr
            : find_function(name);
    if (fn && fn->kind == FunctionKind::higher_order) return resolve_lambda_call(e, *fn, scope);
    const bool lambdas =
        std::any_of(e->args.begin(), e->args.end(), [](const ExprRef& a) { return a->kind == ExprKind::lambda; });
    // Spark lists CAST among the functions, but no count of plain arguments makes one.
    if (name == "cast") {
        wrong_count(e, "0", e->args.size());
        return e;
    }
    const bool known = fn || name == "struct" || name == "window" || name == "session_window" ||
                       std::ranges::any_of(kCasts, [&](const CastName& c) { return c.name == name; });
    if ((!fn && lambdas) || !known) return unknown_function(e);
    e = resolve_args(edit(e, [&](Expr& x) { x.args = call_arguments(e, name, scope); }), scope);
    if (!ok() || !resolved_all(e->args)) return e;
    if (name == "struct") return typed(struct_of(e));
    for (const CastName& c : kCasts) {
        if (c.name != name || e->parts.size() > 1) continue;
        if (e->args.size() != 1) {
            wrong_count(e, "1", e->args.size());
            return e;
        }
        const DataType to = c.id == TypeId::decimal ? decimal_type(10, 0) : type_of(c.id);
        return edit(typed(cast_to(e->args[0], to, session.ansi, e->at)), [](Expr& x) { x.implicit = true; });
    }
    if (name == "window" || name == "session_window") return time_window(e);
    if (!fn) return unknown_function(e);
    Exprs own_args(e->args.begin(), e->args.end() - (e->filtered ? 1 : 0));
    ExprRef condition = e->filtered ? e->args.back() : nullptr;
    const Arity arity = arity_of(*fn);
    const int n = static_cast<int>(own_args.size());
    if (refused_for_count(*this, e, name, arity, n)) return e;
    if (e->distinct && fn->kind != FunctionKind::aggregate) {
        fail("_LEGACY_ERROR_TEMP_1023", fmt::format("Function {} does not support DISTINCT.", e->name), e->at);
        return e;
    }
    for (const ExprRef& d : default_arguments(*fn, own_args.size())) own_args.push_back(d);
    if (name == "ltrim" || name == "rtrim" || name == "trim" || name == "btrim")
        if (own_args.size() == 2 && name != "btrim") std::swap(own_args[0], own_args[1]);
    Expr call;
    call.kind = ExprKind::call;
    call.name = fn->kind == FunctionKind::scalar || fn->kind == FunctionKind::aggregate ? name : fn->name;
    call.fn = fn;
    call.args = std::move(own_args);
    call.at = e->at;
    call.ignore_nulls = e->ignore_nulls;
    if (name == "negative") call.value = int_value(1);  // called by name, not a sign
    if (name == "size" || name == "cardinality") call.ansi = false;
    if (std::string_view(fn->name) == "raise_error") call.ansi = true;
    return aggregate_call(e, *fn, typed(make(std::move(call))), condition);
}

namespace {

struct Parameter {
    DataType type;
    bool nullable = true;
};

/// What a lambda at place `at` of a function receives; known once the other arguments are.
std::vector<Parameter> parameters_of(std::string_view name, const Exprs& args, std::size_t at) {
    MR_ASSERT(at < args.size());
    const auto element = [&](std::size_t i) -> Parameter {
        if (args[i]->type.id == TypeId::array) return {element_of(args[i]->type), element_nullable(args[i]->type)};
        return {};
    };
    const Parameter index{type_of(TypeId::integer), false};
    if (name == "zip_with") return {{element(0).type, true}, {element(1).type, true}};
    if (name == "aggregate") {
        const Parameter state{args[1]->type, true};
        return at == 2 ? std::vector<Parameter>{state, element(0)} : std::vector<Parameter>{state};
    }
    if (name == "array_sort") return {element(0), element(0)};
    if (args[0]->type.id == TypeId::map) {
        const DataType& m = args[0]->type;
        if (name == "map_zip_with")
            return {{key_of(m), false},
                    {value_of(m), true},
                    {args[1]->type.id == TypeId::map ? value_of(args[1]->type) : DataType{}, true}};
        return {{key_of(m), false}, {value_of(m), value_nullable(m)}};
    }
    if (name == "exists" || name == "forall") return {element(0)};
    return {element(0), index};
}

}  // namespace

/// The body with the names of a lambda's variables bound. The innermost lambda binds its names first.
ExprRef Analyser::bind_lambda(const ExprRef& x, const Exprs& variables) {
    MR_ASSERT(x != nullptr);
    if (x->kind == ExprKind::lambda_name) {
        const auto v = std::find_if(variables.begin(), variables.end(),
                                    [&](const ExprRef& known) { return same_name(known->name, x->parts[0]); });
        if (v == variables.end()) return x;
        ExprRef out = *v;
        for (std::size_t p = 1; p < x->parts.size(); ++p) {
            Expr f;
            f.kind = ExprKind::extract;
            f.args = {out, string_literal(x->parts[p])};
            f.distinct = true;
            f.at = x->at;
            out = make(std::move(f));
        }
        return out;
    }
    Exprs left = variables;
    if (x->kind == ExprKind::lambda)
        for (std::size_t k = 1; k < x->args.size(); ++k)
            if (!x->args[k]->parts.empty())
                std::erase_if(left, [&](const ExprRef& v) { return same_name(v->name, x->args[k]->parts[0]); });
    Exprs inner;
    for (const ExprRef& arg : x->args) inner.push_back(bind_lambda(arg, left));
    return inner == x->args ? x : edit(x, [&](Expr& c) { c.args = std::move(inner); });
}

namespace {

/// `body` as a lambda whose parameters nobody can name.
ExprRef hidden_lambda(const ExprRef& body, int parameters) {
    MR_ASSERT(body != nullptr && parameters > 0);
    Expr l;
    l.kind = ExprKind::lambda;
    l.args = {body};
    for (int i = 0; i < parameters; ++i) {
        Expr v;
        v.kind = ExprKind::lambda_name;
        v.parts = {"col" + std::to_string(i)};
        l.args.push_back(make(std::move(v)));
    }
    return make(std::move(l));
}

ExprRef identity_lambda() {
    Expr v;
    v.kind = ExprKind::lambda_name;
    v.parts = {"id"};
    const ExprRef var = make(std::move(v));
    Expr l;
    l.kind = ExprKind::lambda;
    l.args = {var, var};
    return make(std::move(l));
}

/// An argument in a lambda's place that is none stands for a lambda that looks at nothing.
void hide_values(std::string_view name, Exprs& args) {
    const std::size_t first = name == "aggregate" || name == "zip_with" || name == "map_zip_with" ? 2 : 1;
    for (std::size_t i = first; i < args.size(); ++i) {
        if (args[i]->kind == ExprKind::lambda) continue;
        const bool two = (name == "aggregate" && i == 2) || name == "zip_with" || name == "array_sort" ||
                         name.starts_with("map_") || name.starts_with("transform_");
        args[i] = hidden_lambda(args[i], name == "map_zip_with" ? 3 : two ? 2 : 1);
    }
}

/// Whether the arguments that a lambda runs over are of the kind that the function wants.
bool containers_fit(std::string_view name, const Exprs& args) {
    MR_ASSERT(!args.empty());
    const TypeId wanted = name.starts_with("map_") || name.starts_with("transform_") ? TypeId::map : TypeId::array;
    const std::size_t count = name == "zip_with" || name == "map_zip_with" ? 2 : 1;
    for (std::size_t i = 0; i < count && i < args.size(); ++i)
        if (args[i]->type.id != wanted && args[i]->type.id != TypeId::void_) return false;
    return true;
}

/// Two maps with keys of one type, cast to it where no key is lost. False = there is none.
bool one_key_type(Exprs& args, bool ansi) {
    MR_ASSERT(args.size() > 1);
    if (args[0]->type.id != TypeId::map || args[1]->type.id != TypeId::map) return true;
    if (same_type(key_of(args[0]->type), key_of(args[1]->type))) return true;
    // The maps have a common type just when their keys have one; their values do not matter.
    const auto keyed = [](const DataType& map) { return map_type(key_of(map), type_of(TypeId::boolean), true); };
    const auto common = wider_type(keyed(args[0]->type), keyed(args[1]->type), ansi);
    if (!common) return false;
    for (std::size_t i = 0; i < 2; ++i) {
        const DataType& map = args[i]->type;
        args[i] = implicit(args[i], map_type(key_of(*common), value_of(map), value_nullable(map)), ansi);
    }
    return true;
}

/// The call that was written, over arguments that are resolved.
ExprRef call_over(Analyser& a, const ExprRef& e, const FunctionInfo& fn, Exprs args) {
    Expr call;
    call.kind = ExprKind::call;
    call.name = sim::lower_ascii(e->name);
    call.fn = &fn;
    call.args = std::move(args);
    call.at = e->at;
    return a.typed(make(std::move(call)));
}

/// The call with its lambdas as they were written: what they run over is wrong already, which the check tells.
ExprRef unbound_call(Analyser& a, const ExprRef& e, const FunctionInfo& fn, Exprs args) {
    MR_ASSERT(e != nullptr);
    for (ExprRef& arg : args)
        if (arg->kind == ExprKind::lambda) arg = edit(arg, [](Expr& l) { l.resolved = true; });
    return call_over(a, e, fn, std::move(args));
}

}  // namespace

ExprRef Analyser::resolve_lambda_call(const ExprRef& e, const FunctionInfo& fn, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    Exprs args = e->args;
    for (ExprRef& arg : args) {
        if (arg->kind == ExprKind::lambda) continue;
        arg = resolve(arg, scope);
        if (!ok()) return e;
        if (!arg->resolved) return edit(e, [&](Expr& x) { x.args = args; });
    }
    const Arity arity = arity_of(fn);
    if (static_cast<int>(args.size()) < arity.least || static_cast<int>(args.size()) > arity.most) {
        wrong_count(e, arity_text(arity), args.size());
        return e;
    }
    const std::string_view name = fn.name;
    hide_values(name, args);
    if (name == "aggregate" && args.size() == 3) args.push_back(identity_lambda());
    if (!containers_fit(name, args)) return unbound_call(*this, e, fn, args);
    if (name == "map_zip_with" && !one_key_type(args, session.ansi)) return unbound_call(*this, e, fn, args);
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i]->kind != ExprKind::lambda) continue;
        const auto parameters = parameters_of(name, args, i);
        const std::size_t given = args[i]->args.size() - 1;
        // Only these two tell a lambda the place of an element if it asks for it.
        const bool place = name == "transform" || name == "filter";
        if (given > parameters.size() || (given < parameters.size() && !place)) {
            fail("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
                 fmt::format("Invalid lambda function call. A higher order function expects {} arguments, but got {}.",
                             given, place ? 1 : parameters.size()),
                 args[i]->at.line != 0 ? args[i]->at : e->at);
            return e;
        }
        Exprs variables;
        for (std::size_t k = 0; k < given; ++k) {
            Expr v;
            v.kind = ExprKind::lambda_variable;
            v.name = args[i]->args[k + 1]->parts[0];
            v.type = parameters[k].type;
            v.nullable = parameters[k].nullable;
            v.id = session.ids.take();
            v.resolved = true;
            variables.push_back(make(std::move(v)));
        }
        ExprRef body = resolve(bind_lambda(args[i]->args[0], variables), scope);
        if (!ok()) return e;
        if (name == "aggregate" && i == 2 && body->resolved && !same_type(body->type, args[1]->type) &&
            args[1]->type.id != TypeId::string) {
            // 3.5 casts a narrower merge to the type of the start value.
            if (const auto common = wider_type(body->type, args[1]->type, session.ansi);
                common && same_type(*common, args[1]->type))
                body = implicit(body, *common, session.ansi);
        }
        Exprs lambda_args = {body};
        for (const ExprRef& v : variables) lambda_args.push_back(v);
        args[i] = edit(args[i], [&](Expr& l) {
            l.args = lambda_args;
            l.resolved = body->resolved;
            l.type = body->type;
            l.nullable = body->nullable;
        });
    }
    return call_over(*this, e, fn, std::move(args));
}

}  // namespace engine::spark
