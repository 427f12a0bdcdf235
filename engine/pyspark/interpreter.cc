#include "engine/pyspark/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/pyspark/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

Scopes::~Scopes() {
    for (const auto& scope : made_)
        if (const auto left = scope.lock()) {
            left->fields.clear();
            left->outer.reset();
        }
}

std::shared_ptr<Object> Scopes::make(std::shared_ptr<Object> outer) {
    if (made_.size() >= limit_) {
        std::erase_if(made_, [](const std::weak_ptr<Object>& scope) { return scope.expired(); });
        limit_ = std::max<std::size_t>(limit_, 2 * made_.size());
    }
    MR_ASSERT(made_.size() < limit_);
    const auto scope = std::make_shared<Object>();
    scope->outer = std::move(outer);
    made_.push_back(scope);
    return scope;
}

namespace {

constexpr i64 kMaxSteps = 2'000'000;
constexpr int kMaxCalls = 60;

}  // namespace

void Host::listen(const PyValue&, bool) {}
Answer<PlanRef> Host::make_memory(const DataType&) {
    return std::unexpected(QueryError{"NotImplementedError", "", "", "", "Memory streams are not supported here."});
}

Answer<bool> Host::add_memory(i64, Batch) {
    return std::unexpected(QueryError{"NotImplementedError", "", "", "", "Memory streams are not supported here."});
}

void Interpreter::raise(std::string type, std::string message) {
    MR_ASSERT(!type.empty());
    raise(QueryError{std::move(type), "", "", "", std::move(message)});
}

void Interpreter::raise(QueryError error) {
    if (raised) return;
    raised = Raised{std::move(error), line, column};
}

Flow Interpreter::run_block(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    for (const NodeRef& kid : n->kids) {
        const Flow flow = run(kid);
        if (!ok() || flow != Flow::normal) return flow;
    }
    return Flow::normal;
}

Flow Interpreter::run(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    if (n->line != 0) line = n->line, column = n->column;
    if (++steps > kMaxSteps)
        raise("RuntimeError", "The program was stopped: it takes more steps than a program may use.");
    if (!ok()) return Flow::normal;
    switch (n->kind) {
        case NodeKind::block: return run_block(n);
        case NodeKind::expression: eval(n->kids[0]); return Flow::normal;
        case NodeKind::assign: {
            const PyValue v = eval(n->kids.back());
            for (std::size_t i = 0; i + 1 < n->kids.size() && ok(); ++i) assign(n->kids[i], v);
            return Flow::normal;
        }
        case NodeKind::augmented: {
            const PyValue v = binary(n->text, eval(n->kids[0]), eval(n->kids[1]));
            if (ok()) assign(n->kids[0], v);
            return Flow::normal;
        }
        case NodeKind::import: case NodeKind::from_import: import_names(n); return Flow::normal;
        case NodeKind::function: define(n); return Flow::normal;
        case NodeKind::class_: define_class(n); return Flow::normal;
        case NodeKind::return_: result = eval(n->kids[0]); return Flow::returned;
        case NodeKind::if_:
            if (truthy(eval(n->kids[0]))) return ok() ? run(n->kids[1]) : Flow::normal;
            return ok() && n->kids.size() > 2 ? run(n->kids[2]) : Flow::normal;
        case NodeKind::for_: return run_for(n);
        case NodeKind::while_: return run_while(n);
        case NodeKind::try_: return run_try(n);
        case NodeKind::pass: case NodeKind::global: return Flow::normal;
        case NodeKind::break_: return Flow::broke;
        case NodeKind::continue_: return Flow::continued;
        case NodeKind::raise: {
            const PyValue v = eval(n->kids[0]);
            if (ok())
                raise(v.kind == Kind::object ? v.object->name : "RuntimeError",
                      v.kind == Kind::object && !v.object->items.empty() ? text_of(v.object->items[0]) : "");
            return Flow::normal;
        }
        case NodeKind::assert_:
            if (!truthy(eval(n->kids[0])) && ok())
                raise("AssertionError", n->kids.size() > 1 ? text_of(eval(n->kids[1])) : "");
            return Flow::normal;
        case NodeKind::delete_: remove(n->kids[0]); return Flow::normal;
        default: eval(n); return Flow::normal;
    }
}

Flow Interpreter::run_for(const NodeRef& n) {
    MR_ASSERT(n->kids.size() == 3);
    for (const PyValue& item : iterate(eval(n->kids[1]))) {
        if (!ok()) break;
        assign(n->kids[0], item);
        const Flow flow = run(n->kids[2]);
        if (flow == Flow::returned) return flow;
        if (flow == Flow::broke) break;
    }
    return Flow::normal;
}

Flow Interpreter::run_while(const NodeRef& n) {
    MR_ASSERT(n->kids.size() == 2);
    while (ok() && truthy(eval(n->kids[0])) && ok()) {
        const Flow flow = run(n->kids[1]);
        if (flow == Flow::returned) return flow;
        if (flow == Flow::broke || ++steps > kMaxSteps) break;
    }
    if (steps > kMaxSteps)
        raise("RuntimeError", "The program was stopped: it takes more steps than a program may use.");
    return Flow::normal;
}

Flow Interpreter::run_try(const NodeRef& n) {
    MR_ASSERT(n->kids.size() == n->names.size() + 1);
    Flow flow = run(n->kids[0]);
    const bool failed = raised.has_value();
    bool handled = false;
    for (std::size_t i = 0; i < n->names.size(); ++i) {
        const std::string& what = n->names[i];
        if (what.starts_with("except")) {
            if (!failed || handled) continue;
            handled = true;
            PyValue e = new_object("exception");
            e.object->name = raised->error.exception;
            e.object->items = {of_text(raised->error.message)};
            raised.reset();
            if (what.size() > 7) scope->fields[what.substr(7)] = e;
            flow = run(n->kids[i + 1]);
        } else if (what == "finally") {
            auto pending = std::move(raised);
            raised.reset();
            const Flow last = run(n->kids[i + 1]);
            if (last != Flow::normal) flow = last;
            if (!raised) raised = std::move(pending);
        } else if (!failed) {
            flow = run(n->kids[i + 1]);
        }
    }
    return flow;
}

void Interpreter::define(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::function);
    PyValue f = new_object("function");
    f.object->code = n;
    f.object->name = n->text;
    f.object->outer = scope;
    for (std::size_t i = 1; i < n->kids.size(); ++i) f.object->items.push_back(eval(n->kids[i]));
    scope->fields[n->text] = f;
}

void Interpreter::define_class(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::class_);
    PyValue c = new_object("type");
    c.object->name = n->text;
    const auto around = scope;
    scope = scopes->make(around);
    run(n->kids[0]);
    // Names of the class are no names within its methods.
    for (auto& [name, member] : scope->fields)
        if (is_object(member, "function") && member.object->outer == scope) member.object->outer = around;
    c.object->fields = scope->fields;
    scope = around;
    scope->fields[n->text] = c;
}

void Interpreter::assign(const NodeRef& target, const PyValue& v) {
    MR_ASSERT(target != nullptr);
    switch (target->kind) {
        case NodeKind::name: scope->fields[target->text] = v; return;
        case NodeKind::attribute: {
            const PyValue base = eval(target->kids[0]);
            if (!ok()) return;
            if (base.kind != Kind::object)
                return raise("AttributeError",
                             fmt::format("'{}' object has no attribute '{}'", type_name(base), target->text));
            base.object->fields[target->text] = v;
            return;
        }
        case NodeKind::subscript: {
            const PyValue base = eval(target->kids[0]), index = eval(target->kids[1]);
            if (!ok()) return;
            auto& items = base.object ? base.object->items : result.object->items;
            if (base.kind == Kind::list && index.kind == Kind::integer) {
                const i64 n = static_cast<i64>(items.size()), at = index.i < 0 ? index.i + n : index.i;
                if (at < 0 || at >= n) return raise("IndexError", "list assignment index out of range");
                items[static_cast<std::size_t>(at)] = v;
                return;
            }
            if (base.kind != Kind::dict)
                return raise("TypeError", fmt::format("'{}' object does not support item assignment", type_name(base)));
            if (const std::size_t i = place_of_key(items, index); i < items.size()) {
                items[i + 1] = v;
                return;
            }
            items.push_back(index);
            items.push_back(v);
            return;
        }
        case NodeKind::tuple: case NodeKind::list: {
            const std::vector<PyValue> items = iterate(v);
            if (ok() && items.size() != target->kids.size())
                return raise("ValueError",
                             items.size() < target->kids.size()
                                 ? fmt::format("not enough values to unpack (expected {}, got {})", target->kids.size(),
                                               items.size())
                                 : fmt::format("too many values to unpack (expected {})", target->kids.size()));
            for (std::size_t i = 0; i < items.size() && ok(); ++i) assign(target->kids[i], items[i]);
            return;
        }
        default: raise("SyntaxError", "cannot assign to expression");
    }
}

void Interpreter::remove(const NodeRef& target) {
    MR_ASSERT(target != nullptr);
    if (target->kind == NodeKind::name && scope->fields.erase(target->text) == 0)
        raise("NameError", fmt::format("name '{}' is not defined", target->text));
}

PyValue Interpreter::call_own(const std::shared_ptr<Object>& f, const Args& args) {
    MR_ASSERT(f->code != nullptr);
    if (depth >= kMaxCalls) {
        raise("RecursionError", "maximum recursion depth exceeded");
        return none();
    }
    const bool lambda = f->code->kind == NodeKind::lambda;
    const auto& names = f->code->names;
    std::string signature;
    const std::size_t first_default = names.size() - f->items.size();
    for (std::size_t i = 0; i < names.size(); ++i)
        signature += (i ? ", " : "") + names[i] + (i >= first_default ? "=" : "");
    const Bound bound = bind_args(*this, f->name.empty() ? "<lambda>" : f->name, signature, args);
    if (!ok()) return none();
    auto inner = scopes->make(f->outer);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i][0] == '*')
            inner->fields[names[i].substr(names[i].find_first_not_of('*'))] = of_items(Kind::tuple, bound.rest);
        else inner->fields[names[i]] = bound.given[i] || i < first_default ? bound[i] : f->items[i - first_default];
    }
    const auto saved = std::exchange(scope, inner);
    ++depth;
    PyValue out;
    if (lambda) out = eval(f->code->kids[0]);
    else if (run(f->code->kids[0]) == Flow::returned) out = result;
    --depth;
    scope = saved;
    return out;
}

std::optional<Raised> run_program(Interpreter& in, const std::string& text) {
    MR_ASSERT(in.scope != nullptr);
    const auto tree = parse_program(text);
    if (!tree) {
        const bool unsupported = tree.error().message.starts_with("unsupported Python");
        return Raised{{unsupported ? "NotImplementedError" : "SyntaxError", "", "", "", tree.error().message},
                      tree.error().line,
                      tree.error().column};
    }
    in.run(*tree);
    return in.raised;
}

namespace {

struct CallParameter {
    std::string name;
    bool optional = false;
    bool rest = false;        ///< `*name`, or `*` alone: what follows has to be named
    bool rest_named = false;  ///< `**name`
    bool named_only = false;
};

std::vector<CallParameter> parameters_of(const std::string& signature) {
    std::vector<CallParameter> out;
    std::size_t at = 0;
    while (at < signature.size()) {
        std::size_t end = signature.find(',', at);
        if (end == std::string::npos) end = signature.size();
        std::string name = signature.substr(at, end - at);
        name.erase(0, name.find_first_not_of(' '));
        CallParameter p;
        p.optional = name.ends_with("=");
        if (p.optional) name.pop_back();
        p.rest_named = name.starts_with("**");
        p.rest = !p.rest_named && name.starts_with("*");
        p.named_only = !p.rest && !out.empty() && (out.back().rest || out.back().named_only);
        p.name = name.substr(std::min(name.size(), name.find_first_not_of('*')));
        out.push_back(p);
        at = end + 1;
    }
    return out;
}

/// A call with more than fits. A method counts its object too.
void raise_too_many(Interpreter& in, const std::string& function, const std::vector<CallParameter>& parameters,
                    std::size_t given) {
    MR_ASSERT(in.ok());
    const std::size_t self = function.find('.') != std::string::npos ? 1 : 0;
    std::size_t least = self, most = self;
    for (const CallParameter& p : parameters) {
        if (p.rest || p.rest_named || p.named_only) continue;
        least += p.optional ? 0 : 1;
        ++most;
    }
    in.raise("TypeError",
             fmt::format("{}() takes {} positional argument{} but {} {} given", function,
                         least == most ? std::to_string(least) : fmt::format("from {} to {}", least, most),
                         least == most && least == 1 ? "" : "s", given + self, given + self == 1 ? "was" : "were"));
}

std::string missing_text(const std::string& function, const std::vector<std::string>& missing) {
    MR_ASSERT(!missing.empty());
    std::string list = "'" + missing[0] + "'";
    for (std::size_t i = 1; i < missing.size(); ++i)
        list += (i + 1 == missing.size() ? (missing.size() > 2 ? ", and '" : " and '") : ", '") + missing[i] + "'";
    return fmt::format("{}() missing {} required positional argument{}: {}", function, missing.size(),
                       missing.size() > 1 ? "s" : "", list);
}

}  // namespace

Bound bind_args(Interpreter& in, const std::string& function, const std::string& signature, const Args& args) {
    const std::vector<CallParameter> parameters = parameters_of(signature);
    Bound out{std::vector<PyValue>(parameters.size()), std::vector<bool>(parameters.size(), false), {}};
    std::size_t next = 0;
    for (const PyValue& v : args.positional) {
        const bool more = next < parameters.size() && !parameters[next].rest_named && !parameters[next].named_only;
        if (!more || (parameters[next].rest && parameters[next].name.empty())) {
            raise_too_many(in, function, parameters, args.positional.size());
            return out;
        }
        if (parameters[next].rest) {
            out.rest.push_back(v);
        } else {
            out.values[next] = v;
            out.given[next++] = true;
        }
    }
    for (const auto& [name, v] : args.named) {
        std::size_t at = 0;
        while (at < parameters.size() &&
               (parameters[at].name != name || parameters[at].rest || parameters[at].rest_named))
            ++at;
        if (at == parameters.size() && !parameters.empty() && parameters.back().rest_named) continue;
        if (at == parameters.size() || out.given[at]) {
            in.raise("TypeError", at == parameters.size()
                                      ? fmt::format("{}() got an unexpected keyword argument '{}'", function, name)
                                      : fmt::format("{}() got multiple values for argument '{}'", function, name));
            return out;
        }
        out.values[at] = v;
        out.given[at] = true;
    }
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!out.given[i] && !parameters[i].optional && !parameters[i].rest && !parameters[i].rest_named)
            missing.push_back(parameters[i].name);
    if (!missing.empty()) in.raise("TypeError", missing_text(function, missing));
    MR_ASSERT(out.values.size() == out.given.size());
    return out;
}

}  // namespace engine::spark::py
