// Names of a program: values, functions, classes, imports.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/pyspark/functions.h"
#include "engine/scala/evaluator.h"
#include "engine/scala/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

constexpr int kMaxCalls = 60;
constexpr std::string_view kStatics[] = {"Seq",      "List",         "Array",       "Vector",       "Set",
                                         "Map",      "Some",         "Option",      "Iterator",     "Nil",
                                         "None",     "math",         "Math",        "Timestamp",    "Date",
                                         "System",   "Thread",       "Trigger",     "OutputMode",   "GroupStateTimeout",
                                         "SaveMode", "StructType",   "StructField", "SparkSession", "MemoryStream",
                                         "Window",   "Long",         "Int",         "Double",       "String",
                                         "Integer",  "DataTypes",    "DecimalType", "ArrayType",    "MapType",
                                         "Level",    "Logger",       "Encoders",    "ListBuffer",   "ArrayBuffer",
                                         "mutable",  "java",         "scala",       "org",          "sys",
                                         "TimeUnit", "StorageLevel", "Row",         "IndexedSeq",   "Iterable",
                                         "Tuple2",   "Duration"};
constexpr std::string_view kNatives[] = {"println", "print", "require", "assert", "locally", "identity", "implicitly"};

}  // namespace

void Evaluator::define_value(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const auto around = in.scope;
    PyValue v = eval(n->kids[1]);
    if (!ok()) return;
    const NodeRef& target = n->kids[0];
    // A number takes the type that is written.
    if (!n->types.empty() && v.kind == Kind::integer && n->types[0].name == "Long") v = of_long(v.i);
    if (!n->types.empty() && v.kind == Kind::integer && n->types[0].name == "Double")
        v = py::of_real(static_cast<double>(v.i));
    if (target->kind == NodeKind::name) {
        in.scope->fields[target->text] = v;
        return;
    }
    const NodeRef& inner = target->kind == NodeKind::of_type ? target->kids[0] : target;
    if (inner->kind == NodeKind::bound && inner->kids.empty()) in.scope->fields[inner->text] = v;
    else if (!matches(target, v) && ok())
        at(n), raise("scala.MatchError", fmt::format("{} (of class {})", display(v), java_class_of(v)));
}

PyValue Evaluator::closure(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::lambda || n->kind == NodeKind::cases || n->kind == NodeKind::def);
    PyValue f = py::new_object("closure");
    f.object->scala = n;
    f.object->name = n->text;
    f.object->outer = in.scope;
    return f;
}

void Evaluator::define_class(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::class_ && !n->names.empty());
    if (n->names[0] != "object") {
        PyValue c = py::new_object("class");
        c.object->name = n->text;
        c.object->scala = n;
        c.object->outer = in.scope;
        classes[n->text] = c.object;
        if (n->names[0] == "case class" || !in.scope->fields.contains(n->text)) in.scope->fields[n->text] = c;
        return;
    }
    PyValue o = py::new_object("instance");
    o.object->name = n->text;
    o.object->scala = n;
    o.object->outer = in.scope;
    o.object->fields["\nthis"] = o;
    // A class and its companion share a name; the object keeps the way to the class.
    if (const auto it = classes.find(n->text); it != classes.end())
        o.object->fields["\nclass"] = py::of_object(it->second);
    in.scope->fields[n->text] = o;
    const bool program = std::any_of(n->types.begin(), n->types.end(), [](const Type& t) { return t.name == "App"; }) ||
                         std::any_of(n->kids[0]->kids.begin(), n->kids[0]->kids.end(), [](const NodeRef& kid) {
                             return kid->kind == NodeKind::def && kid->text == "main";
                         });
    if (program) owner = n->text;
    const auto around = std::exchange(in.scope, o.object);
    eval_block(n->kids[0], false);
    in.scope = around;
    o.object->fields.erase("\nthis");
    o.object->fields["\nthis"] = o;
}

void Evaluator::import(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    for (const std::string& path : n->names) {
        const std::string root = path.substr(0, path.find('.'));
        const bool known = root == "org" || root == "scala" || root == "java" || root == "com" ||
                           in.scope->fields.contains(root) || in.globals->fields.contains(root);
        const bool spark = root != "org" || path.starts_with("org.apache.spark.") ||
                           path.starts_with("org.apache.log4j") || path.starts_with("org.apache.logging") ||
                           path.starts_with("org.apache.kafka");
        bool value = known;
        for (const Object* s = in.scope.get(); s && !value; s = s->outer.get()) value = s->fields.contains(root);
        if (!value || !spark) {
            unsupported(n, fmt::format("not found: object {}", root == "org" ? path : root));
            return;
        }
        const std::size_t eq = path.find('=');
        if (eq == std::string::npos) continue;
        const std::string from = path.substr(path.rfind('.', eq) + 1, eq - path.rfind('.', eq) - 1),
                          to = path.substr(eq + 1);
        if (to == "_") continue;
        if (from == "functions") in.scope->fields[to] = static_of("functions");
        else if (py::is_sql_function(from)) in.scope->fields[to] = py::native("sql function", from);
        else in.scope->fields[to] = static_of(from);
    }
}

PyValue Evaluator::eval_name(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::name);
    PyValue found;
    bool is = false;
    for (const Object* s = in.scope.get(); s && !is; s = s->outer.get())
        if (const auto it = s->fields.find(n->text); it != s->fields.end() && !has_object(it->second, "builtin"))
            found = it->second, is = true;
    if (is) {
        // A parameter by name is evaluated where it is used; a function without parameters where it is named.
        if (has_object(found, "thunk")) {
            const auto around = std::exchange(in.scope, found.object->outer);
            PyValue v = eval(found.object->scala);
            in.scope = around;
            return v;
        }
        if (has_object(found, "closure") && found.object->scala && found.object->scala->kind == NodeKind::def &&
            found.object->scala->lists.empty())
            return call_closure(found, {});
        return found;
    }
    const std::string& t = n->text;
    if (t == "None") return nothing();
    if (t == "Nil") return of_list("List", {});
    if (t == "functions") return static_of(t);
    for (const std::string_view s : kNatives)
        if (s == t) return py::native("native", t);
    for (const std::string_view s : kStatics)
        if (s == t) return static_of(t);
    if (t == "sql" || t == "sc") return t == "sql" ? py::native("native", t) : py::new_object("sparkContext");
    if (t == "typedLit" || t == "session_window" || py::is_sql_function(t) || t == "callUDF")
        return py::native("sql function", t);
    if (t.ends_with("Type") && t.size() > 4) return static_of(t);
    at(n);
    return unsupported(n, "not found: value " + t);
}

namespace {

/// Arguments without names by the places of the parameters that they go to: those of the parameters that no name took.
Values by_place(const std::vector<Param>& params, const Args& args) {
    MR_ASSERT(!args.named.empty());
    Values out;
    std::size_t next = 0;
    for (const Param& p : params) {
        const bool named = std::ranges::any_of(args.named, [&](const auto& a) { return a.first == p.name; });
        if (!named && next == args.positional.size()) break;
        out.push_back(named ? py::none() : args.positional[next++]);
    }
    return out;
}

}  // namespace

PyValue Evaluator::call_closure(const PyValue& f, const Args& args) {
    MR_ASSERT(f.object && f.object->scala);
    const Node& n = *f.object->scala;
    if (!ok()) return py::none();
    if (depth >= kMaxCalls) return raise("java.lang.StackOverflowError", "");
    const auto around = std::exchange(in.scope, in.scopes->make(f.object->outer));
    ++depth;
    PyValue out;
    if (n.kind == NodeKind::cases) {
        const PyValue v = args.positional.size() == 1 ? args.positional[0] : py::of_items(Kind::tuple, args.positional);
        bool matched = false;
        out = run_cases(f.object->scala, 0, v, matched);
        if (!matched && ok()) raise("scala.MatchError", fmt::format("{} (of class {})", display(v), java_class_of(v)));
    } else {
        Values given = args.named.empty() ? args.positional : by_place(n.params, args);
        // One tuple for several parameters is taken apart only by cases; a pair of them may be bound to one.
        if (n.params.size() == 1 && given.size() > 1 && !n.params[0].repeated)
            given = {py::of_items(Kind::tuple, given)};
        for (std::size_t i = 0; i < n.params.size() && ok(); ++i) {
            const Param& p = n.params[i];
            const auto named =
                std::find_if(args.named.begin(), args.named.end(), [&](const auto& a) { return a.first == p.name; });
            if (named != args.named.end()) in.scope->fields[p.name] = named->second;
            else if (p.repeated)
                in.scope->fields[p.name] = of_list(
                    "Seq", {given.begin() + static_cast<std::ptrdiff_t>(std::min(i, given.size())), given.end()});
            else if (i < given.size())
                in.scope->fields[p.name] =
                    p.type.name == "Long" && given[i].kind == Kind::integer ? of_long(given[i].i) : given[i];
            else if (p.value) in.scope->fields[p.name] = eval(p.value);
            else
                unsupported(nullptr, fmt::format("not enough arguments for {}",
                                                 n.text.empty() ? "a function" : "method " + n.text));
        }
        if (ok()) out = eval(n.kids[0]);
    }
    if (returning && n.kind == NodeKind::def) out = std::exchange(returned, PyValue{}), returning = false;
    --depth;
    in.scope = around;
    return out;
}

PyValue Evaluator::instance(const std::shared_ptr<Object>& of, const Args& args) {
    MR_ASSERT(of->scala != nullptr);
    const Node& n = *of->scala;
    PyValue v = py::new_object("instance");
    Object& o = *v.object;
    o.name = n.text;
    o.scala = of->scala;
    o.outer = of->outer;
    const Values positional = args.named.empty() ? args.positional : by_place(n.params, args);
    for (std::size_t i = 0; i < n.params.size() && ok(); ++i) {
        const Param& p = n.params[i];
        const auto named =
            std::find_if(args.named.begin(), args.named.end(), [&](const auto& a) { return a.first == p.name; });
        PyValue given = named != args.named.end()    ? named->second
                        : i < positional.size()      ? positional[i]
                        : p.value                    ? eval(p.value)
                                                     : py::none();
        if (i >= positional.size() && named == args.named.end() && !p.value)
            return unsupported(nullptr, fmt::format("not enough arguments for class {}", n.text));
        if (p.type.name == "Long" && given.kind == Kind::integer) given = of_long(given.i);
        if (p.type.name == "Double" && given.kind == Kind::integer) given = py::of_real(static_cast<double>(given.i));
        o.items.push_back(given);
        if (!n.kids[0]->kids.empty()) o.fields[p.name] = std::move(given);
    }
    if (n.kids[0]->kids.empty()) return v;
    const auto around = std::exchange(in.scope, v.object);
    eval_block(n.kids[0], false);
    in.scope = around;
    return v;
}

PyValue Evaluator::eval_new(const NodeRef& n) {
    MR_ASSERT(n->types.size() == 1);
    const bool body = !n->names.empty();
    const std::string& type = n->types[0].name;
    Args args;
    for (std::size_t i = 0; i + (body ? 1 : 0) < n->kids.size(); ++i) args.positional.push_back(eval(n->kids[i]));
    if (!ok()) return py::none();
    if (const auto it = classes.find(type); it != classes.end() && !body) return instance(it->second, args);
    if (body) {
        PyValue v = py::new_object("instance");
        v.object->scala = n;
        v.object->name = fmt::format("{}$$anon${}", owner, ++anonymous);
        v.object->outer = in.scope;
        const auto around = std::exchange(in.scope, v.object);
        eval_block(n->kids.back(), false);
        in.scope = around;
        if (!n->types[0].args.empty()) v.object->fields["\nelement"] = py::of_text(text_of(n->types[0].args[0]));
        return v;
    }
    if (type.ends_with("Exception") || type.ends_with("Error")) {
        PyValue e = py::native(
            "exception", (type.starts_with("Streaming") ? "org.apache.spark.sql.streaming." : "java.lang.") + type);
        e.object->items = args.positional;
        return e;
    }
    at(n);
    return static_apply(type, args, n->types[0].args);
}

std::shared_ptr<Evaluator> make_evaluator(py::Interpreter& in) {
    auto e = std::make_shared<Evaluator>(in);
    in.foreign = [weak = std::weak_ptr(e)](const PyValue& f, const Args& args) {
        const auto self = weak.lock();
        MR_ASSERT(self != nullptr);
        return self->apply(f, args);
    };
    in.globals->fields["spark"] = py::new_object("SparkSession");
    return e;
}

std::optional<py::Raised> run_program(const std::shared_ptr<Evaluator>& e, const std::string& text) {
    MR_ASSERT(e != nullptr);
    const auto tree = parse_program(text);
    if (!tree)
        return py::Raised{{"SyntaxError", "", "", "", tree.error().message}, tree.error().line, tree.error().column};
    e->eval_block(*tree, false);
    // The program is the object that has a main function.
    for (const NodeRef& kid : (*tree)->kids) {
        if (!e->ok() || kid->kind != NodeKind::class_ || kid->names[0] != "object") continue;
        const auto it = e->in.scope->fields.find(kid->text);
        if (it == e->in.scope->fields.end() || !has_object(it->second, "instance")) continue;
        const auto main = it->second.object->fields.find("main");
        if (main == it->second.object->fields.end() || !has_object(main->second, "closure")) continue;
        e->call_closure(main->second, {{of_list("Array", {})}, {}});
        break;
    }
    return e->in.raised;
}

}  // namespace engine::spark::scala
