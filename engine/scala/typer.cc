// What type a function gives: Datasets need it before a row is there. Types follow from literals, parameters, members
// of known types and the values that names have. No name = unknown.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/scala/evaluator.h"
#include "engine/scala/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

/// Members of a family of types. In results: T the element (of a map key and value: K, V), R what the function given
/// gives, E the element of R, C[..] the same collection, self.
struct Rule {
    std::string_view family;
    std::string_view names;  ///< blanks around each
    const char* result;
};

constexpr Rule kRules[] = {
    {"String", " split ", "Array[String]"},
    {"String", " length size toInt indexOf compareTo ", "Int"},
    {"String", " toLong ", "Long"},
    {"String", " toDouble ", "Double"},
    {"String", " toBoolean contains startsWith endsWith isEmpty nonEmpty matches equalsIgnoreCase exists forall ",
     "Boolean"},
    {"String",
     " toUpperCase toLowerCase trim replace replaceAll replaceFirst substring take drop stripPrefix stripSuffix "
     "reverse concat capitalize mkString filter filterNot format ",
     "String"},
    {"String", " charAt head last ", "Char"},
    {"String", " toList toSeq toArray ", "Seq[Char]"},
    {"String", " count ", "Int"},
    {"Char", " isDigit isLetter isLetterOrDigit isWhitespace isUpper isLower ", "Boolean"},
    {"Char", " toUpper toLower ", "Char"},
    {"Number", " toInt ", "Int"},
    {"Number", " toLong round ", "Long"},
    {"Number", " toDouble ", "Double"},
    {"Number", " toFloat ", "Float"},
    {"Number", " abs max min ", "self"},
    {"Number", " to until ", "Seq[Int]"},
    {"Seq", " size length count indexOf ", "Int"},
    {"Seq", " head last next max min sum reduce maxBy minBy apply product reduceLeft ", "T"},
    {"Seq", " isEmpty nonEmpty hasNext contains exists forall ", "Boolean"},
    {"Seq",
     " filter filterNot take drop takeRight dropRight takeWhile dropWhile reverse distinct sorted sortBy sortWith tail "
     "init slice ++ :+ ",
     "self"},
    {"Seq", " map collect ", "C[R]"},
    {"Seq", " flatMap ", "C[E]"},
    {"Seq", " toSeq toList toVector toIndexedSeq ", "Seq[T]"},
    {"Seq", " toArray ", "Array[T]"},
    {"Seq", " toSet ", "Set[T]"},
    {"Seq", " toIterator iterator ", "Iterator[T]"},
    {"Seq", " headOption lastOption find reduceOption ", "Option[T]"},
    {"Seq", " mkString ", "String"},
    {"Seq", " zipWithIndex ", "C[Tuple2[T,Int]]"},
    {"Seq", " groupBy ", "Map[R,C[T]]"},
    {"Seq", " foreach ", "Unit"},
    {"Seq", " flatten ", "C[F]"},
    {"Option", " getOrElse get orNull ", "T"},
    {"Option", " isDefined isEmpty nonEmpty exists contains ", "Boolean"},
    {"Option", " map ", "Option[R]"},
    {"Option", " filter orElse ", "self"},
    {"Option", " flatMap ", "R"},
    {"Map", " apply getOrElse ", "V"},
    {"Map", " get ", "Option[V]"},
    {"Map", " contains isEmpty nonEmpty ", "Boolean"},
    {"Map", " size ", "Int"},
    {"Map", " keys keySet ", "Seq[K]"},
    {"Map", " values ", "Seq[V]"},
    {"Map", " toSeq toList ", "Seq[Tuple2[K,V]]"},
    {"Map", " mapValues ", "Map[K,R]"},
    {"Map", " map ", "Seq[R]"},
    {"Map", " filter + ", "self"},
    {"Timestamp", " getTime ", "Long"},
    {"Timestamp", " before after ", "Boolean"},
    {"Timestamp", " compareTo ", "Int"},
    {"GroupState", " exists hasTimedOut ", "Boolean"},
    {"GroupState", " get ", "T"},
    {"GroupState", " getOption ", "Option[T]"},
    {"GroupState", " getCurrentProcessingTimeMs getCurrentWatermarkMs ", "Long"},
    {"GroupState", " update remove setTimeoutDuration setTimeoutTimestamp ", "Unit"},
    {"Row", " getString ", "String"},
    {"Row", " getInt ", "Int"},
    {"Row", " getLong ", "Long"},
    {"Row", " getDouble ", "Double"},
    {"Row", " getBoolean isNullAt ", "Boolean"},
    {"Row", " getTimestamp ", "Timestamp"},
};

bool numeric(const Type& t) { return among(t.name, " Int Long Double Float Short Byte "); }
bool collection(const Type& t) {
    return among(t.name, " Seq List Array Iterator Vector Set Range IndexedSeq Iterable ListBuffer ArrayBuffer ");
}

/// Rank of numbers: the wider of two wins.
int rank(const Type& t) {
    static constexpr std::string_view kOrder[] = {"Byte", "Short", "Int", "Long", "Float", "Double"};
    for (int i = 0; i < 6; ++i)
        if (t.name == kOrder[i]) return i;
    return -1;
}

Type lub(const Type& a, const Type& b) {
    if (a.name.empty() || a.name == "Nothing" || a.name == "Null") return b;
    if (b.name.empty() || b.name == "Nothing" || b.name == "Null" || a == b) return a;
    if (numeric(a) && numeric(b)) return rank(a) >= rank(b) ? a : b;
    if ((collection(a) && collection(b)) || (a.name == b.name && a.args.size() == b.args.size())) {
        Type out{a.name == b.name ? a.name : "Seq", {}};
        for (std::size_t i = 0; i < a.args.size() && i < b.args.size(); ++i)
            out.args.push_back(lub(a.args[i], b.args[i]));
        return out;
    }
    return {"Any", {}};
}

struct Typer {
    Evaluator& e;
    std::vector<std::pair<std::string, Type>> names = {};
    int depth = 0;

    Type of(const NodeRef& n);
    Type of_name(const std::string& name);
    Type of_block(const NodeRef& n);
    Type of_cases(const NodeRef& n, std::size_t first, const Type& subject);
    Type of_function(const NodeRef& f, const std::vector<Type>& args);
    Type of_call(const NodeRef& n);
    Type of_member(const Type& base, const std::string& name, const std::vector<NodeRef>& args);
    Type of_infix(const NodeRef& n);
    Type made(const std::string& companion, const std::vector<NodeRef>& args);
    void bind(const NodeRef& pattern, const Type& t);
    Type applied(const NodeRef& f, const std::vector<Type>& args);
};

const Type& arg(const Type& t, std::size_t i) {
    static const Type kUnknown;
    return i < t.args.size() ? t.args[i] : kUnknown;
}

Type Typer::of_name(const std::string& name) {
    MR_ASSERT(!name.empty());
    for (auto it = names.rbegin(); it != names.rend(); ++it)
        if (it->first == name) return it->second;
    if (name == "None") return {"Option", {{"Nothing", {}}}};
    if (name == "Nil") return {"Seq", {{"Nothing", {}}}};
    for (const Object* s = e.in.scope.get(); s; s = s->outer.get())
        if (const auto it = s->fields.find(name); it != s->fields.end() && !has_object(it->second, "builtin")) {
            const bool parameterless = has_object(it->second, "closure") &&
                                       it->second.object->scala->kind == NodeKind::def &&
                                       it->second.object->scala->lists.empty();
            const Type t = e.type_of_value(it->second);
            return parameterless ? arg(t, t.args.size() - 1) : t;
        }
    return {};
}

void Typer::bind(const NodeRef& p, const Type& t) {
    MR_ASSERT(p != nullptr);
    if (p->kind == NodeKind::bound) {
        names.emplace_back(p->text, t);
        if (!p->kids.empty()) bind(p->kids[0], t);
    } else if (p->kind == NodeKind::of_type) {
        bind(p->kids[0], p->types[0]);
    } else if (p->kind == NodeKind::tuple) {
        for (std::size_t i = 0; i < p->kids.size(); ++i) bind(p->kids[i], arg(t, i));
    } else if (p->kind == NodeKind::extractor) {
        const auto it = e.classes.find(p->text);
        for (std::size_t i = 0; i < p->kids.size(); ++i)
            bind(p->kids[i], it == e.classes.end()                  ? arg(t, i)
                             : i < it->second->scala->params.size() ? it->second->scala->params[i].type
                                                                    : Type{});
    }
}

Type Typer::of_block(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const std::size_t before = names.size();
    Type last{"Unit", {}};
    for (const NodeRef& kid : n->kids) {
        if (kid->kind == NodeKind::val) {
            bind(kid->kids[0], kid->types.empty() ? of(kid->kids[1]) : kid->types[0]);
            last = {"Unit", {}};
        } else if (kid->kind == NodeKind::def) {
            Type f{fmt::format("Function{}", kid->params.size()), {}};
            for (const Param& p : kid->params) f.args.push_back(p.type);
            f.args.push_back(kid->types.empty() ? of_function(kid, f.args) : kid->types[0]);
            names.emplace_back(kid->text, kid->lists.empty() ? f.args.back() : f);
        } else last = of(kid);
    }
    names.resize(before);
    return last;
}

Type Typer::of_cases(const NodeRef& n, std::size_t first, const Type& subject) {
    MR_ASSERT(n != nullptr);
    Type out;
    for (std::size_t i = first; i < n->kids.size(); ++i) {
        const std::size_t before = names.size();
        bind(n->kids[i]->kids[0], subject);
        out = lub(out, of(n->kids[i]->kids[2]));
        names.resize(before);
    }
    return out;
}

Type Typer::of_function(const NodeRef& f, const std::vector<Type>& args) {
    if (f->kind == NodeKind::cases)
        return of_cases(f, 0, args.size() == 1 ? args[0] : Type{fmt::format("Tuple{}", args.size()), args});
    const std::size_t before = names.size();
    for (std::size_t i = 0; i < f->params.size(); ++i)
        names.emplace_back(f->params[i].name, !f->params[i].type.name.empty() ? f->params[i].type
                                              : i < args.size()               ? args[i]
                                                                              : Type{});
    Type out = of(f->kids[0]);
    names.resize(before);
    return out;
}

/// The result of an argument that is a function.
Type Typer::applied(const NodeRef& f, const std::vector<Type>& args) {
    if (f->kind == NodeKind::lambda || f->kind == NodeKind::cases) return of_function(f, args);
    const Type t = of(f);
    return t.name.starts_with("Function") && !t.args.empty() ? t.args.back() : Type{};
}

Type Typer::of_infix(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    const std::string& op = n->text;
    if (among(op, " == != < > <= >= && || eq ne ")) return {"Boolean", {}};
    const Type a = of(n->kids[0]), b = of(n->kids[1]);
    if (op == "->") return {"Tuple2", {a, b}};
    if (op.back() == ':') return b;
    if (op == "+" && (a.name == "String" || b.name == "String")) return {"String", {}};
    if (a.name == "Column" || b.name == "Column") return {"Column", {}};
    if (numeric(a) && numeric(b) && among(op, " + - * / % & | ^ << >> ")) {
        const Type wide = rank(a) >= rank(b) ? a : b;
        return rank(wide) < 2 ? Type{"Int", {}} : wide;
    }
    return of_member(a, op, {n->kids[1]});
}

Type Typer::made(const std::string& c, const std::vector<NodeRef>& args) {
    if (c == "Map") {
        const Type pair = args.empty() ? Type{} : of(args[0]);
        return {"Map", {arg(pair, 0), arg(pair, 1)}};
    }
    if (c == "Some" || c == "Option") return {"Option", {args.empty() ? Type{} : of(args[0])}};
    if (!collection({c, {}})) return {};
    Type element{"Nothing", {}};
    for (const NodeRef& a : args) element = lub(element, of(a));
    return {c == "List" ? "Seq" : c, {element}};
}

Type replaced(const Type& t, const std::vector<std::pair<std::string, Type>>& by, const std::string& container) {
    for (const auto& [name, to] : by)
        if (t.name == name) return to;
    Type out{t.name == "C" ? container : t.name, {}};
    for (const Type& a : t.args) out.args.push_back(replaced(a, by, container));
    return out;
}

Type Typer::of_member(const Type& base, const std::string& name, const std::vector<NodeRef>& args) {
    MR_ASSERT(!name.empty());
    if (name == "toString") return {"String", {}};
    if (base.name.starts_with("Tuple") && name.size() > 1 && name[0] == '_')
        return arg(base, static_cast<std::size_t>(std::max(0, std::atoi(name.c_str() + 1) - 1)));
    if (base.name.starts_with("Function") && name == "apply") return arg(base, base.args.size() - 1);
    if (const auto it = e.classes.find(base.name); it != e.classes.end()) {
        for (const Param& p : it->second->scala->params)
            if (p.name == name) return p.type;
        if (name == "copy") return base;
        for (const NodeRef& kid : it->second->scala->kids[0]->kids)
            if (kid->kind == NodeKind::def && kid->text == name && !kid->types.empty()) return kid->types[0];
        return {};
    }
    const std::string family = numeric(base)         ? "Number"
                               : collection(base)    ? "Seq"
                               : base.name == "Date" ? "Timestamp"
                                                     : base.name;
    const bool folds = (name == "foldLeft" || name == "fold") && !args.empty();
    if (folds) return of(args[0]);
    for (const Rule& rule : kRules) {
        if (rule.family != family || !among(name, rule.names)) continue;
        const std::string result = rule.result;
        if (result == "self") return base;
        Type r;
        const bool pair = family == "Map" && name != "mapValues";
        const Type element = pair ? Type{"Tuple2", base.args} : family == "Map" ? arg(base, 1) : arg(base, 0);
        if (!args.empty() && result.find_first_of("RE") != std::string::npos) r = applied(args[0], {element});
        if (name == "getOrElse" && !args.empty()) return lub(arg(base, family == "Map" ? 1 : 0), of(args.back()));
        if (name == "sum" && family == "Seq") return arg(base, 0);
        const auto t = parse_type(result);
        const Type inner = collection(r) || r.name == "Option" ? arg(r, 0)
                           : r.name == "String"                ? Type{"Char", {}}
                                                               : Type{};
        return replaced(*t,
                        {{"T", arg(base, 0)},
                         {"K", arg(base, 0)},
                         {"V", arg(base, 1)},
                         {"R", r},
                         {"E", inner},
                         {"F", arg(arg(base, 0), 0)}},
                        base.name == "List" ? "Seq" : base.name);
    }
    return {};
}

Type Typer::of_call(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    NodeRef f = n->kids[0];
    std::vector<NodeRef> args(n->kids.begin() + (n->kind == NodeKind::apply ? 1 : 0), n->kids.end());
    std::vector<Type> types;
    if (n->kind == NodeKind::type_apply) types = n->types, args.clear();
    if (f->kind == NodeKind::type_apply) types = f->types, f = f->kids[0];
    if (f->kind == NodeKind::apply) {
        // f(a)(b): folds are told by their first list.
        if (f->kids[0]->kind == NodeKind::select && (f->kids[0]->text == "foldLeft" || f->kids[0]->text == "fold"))
            return of(f->kids[1]);
        const Type t = of(f);
        return t.name.starts_with("Function") ? arg(t, t.args.size() - 1) : t;
    }
    if (f->kind == NodeKind::name) {
        if (f->text == "locally") return args.empty() ? Type{} : of(args[0]);
        const auto it = e.classes.find(f->text);
        const bool local = std::any_of(names.begin(), names.end(), [&](const auto& b) { return b.first == f->text; });
        if (it != e.classes.end() && !local) return {f->text, {}};
        if (!types.empty() && collection({f->text, {}})) return {f->text, types};
        if (const Type t = made(f->text, args); !t.name.empty()) return t;
        const Type t = of_name(f->text);
        if (t.name.starts_with("Function")) return arg(t, t.args.size() - 1);
        if (collection(t)) return arg(t, 0);
        if (t.name == "Map") return arg(t, 1);
        return t.name == "String" ? Type{"Char", {}} : Type{};
    }
    if (f->kind == NodeKind::select) {
        const NodeRef& base = f->kids[0];
        if (f->text == "getAs" && !types.empty()) return types[0];
        if (f->text == "asInstanceOf" && !types.empty()) return types[0];
        if (base->kind == NodeKind::name && of_name(base->text).name.empty()) {
            if (f->text == "empty") return {base->text, types.empty() ? std::vector<Type>{{"Nothing", {}}} : types};
            if (f->text == "valueOf" || base->text == "String") return {base->text, {}};
            if (base->text == "math" || base->text == "Math") {
                Type out;
                for (const NodeRef& a : args) out = lub(out, of(a));
                return among(f->text, " max min abs ") ? out
                       : f->text == "round"             ? Type{"Long", {}}
                                                        : Type{"Double", {}};
            }
            if (base->text == "System") return {"Long", {}};
        }
        return of_member(of(base), f->text, args);
    }
    const Type t = of(f);
    return t.name.starts_with("Function") ? arg(t, t.args.size() - 1) : Type{};
}

Type Typer::of(const NodeRef& n) {
    MR_ASSERT(n != nullptr);
    if (++depth > 200) return {};
    Type out;
    switch (n->kind) {
        case NodeKind::unit: case NodeKind::assign: case NodeKind::while_: out = {"Unit", {}}; break;
        case NodeKind::null: out = {"Null", {}}; break;
        case NodeKind::throw_: out = {"Nothing", {}}; break;
        case NodeKind::boolean: out = {"Boolean", {}}; break;
        case NodeKind::integer: out = {n->text == "L" ? "Long" : "Int", {}}; break;
        case NodeKind::real: out = {n->text == "f" ? "Float" : "Double", {}}; break;
        case NodeKind::text:
        case NodeKind::interpolated:
            out = {n->text == "$" && n->kind == NodeKind::interpolated ? "Column" : "String", {}};
            break;
        case NodeKind::character: out = {"Char", {}}; break;
        case NodeKind::name: out = of_name(n->text); break;
        case NodeKind::select:
            if (n->kids[0]->kind == NodeKind::name && of_name(n->kids[0]->text).name.empty()) {
                const std::string& base = n->kids[0]->text;
                if (n->text == "MaxValue" || n->text == "MinValue") out = {base, {}};
                else if (n->text == "empty") out = {base, {{"Nothing", {}}}};
                else if (base == "math") out = {"Double", {}};
                if (!out.name.empty()) break;
            }
            out = of_member(of(n->kids[0]), n->text, {});
            break;
        case NodeKind::apply: case NodeKind::type_apply: out = of_call(n); break;
        case NodeKind::infix: out = of_infix(n); break;
        case NodeKind::prefix: out = of(n->kids[0]); break;
        case NodeKind::tuple:
            out.name = fmt::format("Tuple{}", n->kids.size());
            for (const NodeRef& kid : n->kids) out.args.push_back(of(kid));
            break;
        case NodeKind::if_: out = n->kids.size() > 2 ? lub(of(n->kids[1]), of(n->kids[2])) : Type{"Unit", {}}; break;
        case NodeKind::match: out = of_cases(n, 1, of(n->kids[0])); break;
        case NodeKind::try_: out = of(n->kids[0]); break;
        case NodeKind::block: out = of_block(n); break;
        case NodeKind::typed: out = n->types[0]; break;
        case NodeKind::new_: out = n->types[0]; break;
        case NodeKind::for_: {
            if (n->text != "yield") {
                out = {"Unit", {}};
                break;
            }
            const std::size_t before = names.size();
            for (std::size_t i = 0; i + 1 < n->kids.size(); ++i) {
                const Node& g = *n->kids[i];
                if (g.text == "if") continue;
                const Type source = of(g.kids[1]);
                bind(g.kids[0],
                     g.text == "each" ? (source.name == "Map" ? Type{"Tuple2", source.args} : arg(source, 0)) : source);
            }
            out = {"Seq", {of(n->kids.back())}};
            names.resize(before);
            break;
        }
        default: break;
    }
    --depth;
    return out;
}

}  // namespace

Type Evaluator::result_of(const PyValue& f, const std::vector<Type>& args) {
    if (has_object(f, "native") && f.object->name == "identity" && args.size() == 1) return args[0];
    if (!has_object(f, "closure") || !f.object->scala || depth > 40) return {};
    const Node& n = *f.object->scala;
    if (n.kind == NodeKind::def && !n.types.empty()) return n.types[0];
    const auto around = std::exchange(in.scope, f.object->outer);
    ++depth;
    Typer typer{*this};
    Type out = typer.of_function(f.object->scala, args);
    --depth;
    in.scope = around;
    return out;
}

}  // namespace engine::spark::scala
