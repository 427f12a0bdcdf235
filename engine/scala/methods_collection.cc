// Members of collections, maps and options; what their companions make.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/scala/evaluator.h"
#include "engine/sql/calendar.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

Values Evaluator::items(const PyValue& v) {
    if (!ok()) return {};
    if (v.kind == Kind::list || v.kind == Kind::tuple || has_object(v, "Some")) return v.object->items;
    if (has_object(v, "None")) return {};
    Values out;
    if (v.kind == Kind::dict) {
        const Values& all = v.object->items;
        for (std::size_t i = 0; i + 1 < all.size(); i += 2)
            out.push_back(py::of_items(Kind::tuple, {all[i], all[i + 1]}));
        return out;
    }
    if (v.kind == Kind::text) {
        for (const char c : v.s) out.push_back(of_char(std::string(1, c)));
        return out;
    }
    no_member(v, "foreach");
    return {};
}

namespace {

/// A map's entries; pairs of the same key: the last counts.
PyValue map_of(const Values& pairs) {
    Values out;
    for (const PyValue& p : pairs) {
        if (p.kind != Kind::tuple || p.object->items.size() != 2) continue;
        bool known = false;
        for (std::size_t i = 0; i + 1 < out.size() && !known; i += 2)
            if (same(out[i], p.object->items[0])) out[i + 1] = p.object->items[1], known = true;
        if (!known) out.push_back(p.object->items[0]), out.push_back(p.object->items[1]);
    }
    return py::of_items(Kind::dict, std::move(out));
}

Values distinct(const Values& items) {
    Values out;
    for (const PyValue& v : items)
        if (std::none_of(out.begin(), out.end(), [&](const PyValue& o) { return same(o, v); })) out.push_back(v);
    return out;
}

Values sorted_by(Evaluator& e, const Values& items, const PyValue* key) {
    MR_ASSERT(e.in.scope != nullptr);
    std::vector<std::pair<PyValue, PyValue>> keyed;
    for (const PyValue& v : items) keyed.emplace_back(key ? e.call1(*key, v) : v, v);
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return order_of(a.first, b.first) < 0; });
    Values out;
    for (auto& [k, v] : keyed) out.push_back(std::move(v));
    return out;
}

PyValue total(Evaluator& e, const Values& items, const char* op) {
    MR_ASSERT(e.in.scope != nullptr);
    if (items.empty()) return py::of_int(*op == '*' ? 1 : 0);
    PyValue out = items[0];
    for (std::size_t i = 1; i < items.size() && e.ok(); ++i) out = e.operate(op, out, items[i]);
    return out;
}

std::string joined(const Values& items, const Values& args) {
    const std::string open = args.size() == 3 ? display(args[0]) : "", close = args.size() == 3 ? display(args[2]) : "";
    const std::string by = args.size() == 3 ? display(args[1]) : args.size() == 1 ? display(args[0]) : "";
    std::string out = open;
    for (std::size_t i = 0; i < items.size(); ++i) out += (i ? by : "") + display(items[i]);
    return out + close;
}

PyValue grouped(Evaluator& e, const PyValue& self, const PyValue& key, const char* type) {
    MR_ASSERT(self.object != nullptr);
    Values out;
    for (const PyValue& v : self.object->items) {
        const PyValue k = e.call1(key, v);
        std::size_t i = 0;
        while (i < out.size() && !same(out[i], k)) i += 2;
        if (i == out.size()) out.push_back(k), out.push_back(of_list(type, {}));
        out[i + 1].object->items.push_back(v);
    }
    return py::of_items(Kind::dict, std::move(out));
}

std::ptrdiff_t place(sim::i64 n, std::size_t size) {
    return static_cast<std::ptrdiff_t>(std::clamp<sim::i64>(n, 0, static_cast<sim::i64>(size)));
}

/// What takes a part of a collection; none if the name is another.
std::optional<Values> part(Evaluator& e, const std::string& name, const Values& all, const Values& args) {
    MR_ASSERT(!name.empty());
    const sim::i64 n = args.empty() ? 0 : args[0].i;
    const auto size = static_cast<sim::i64>(all.size());
    if (name == "take") return Values(all.begin(), all.begin() + place(n, all.size()));
    if (name == "drop") return Values(all.begin() + place(n, all.size()), all.end());
    if (name == "takeRight") return Values(all.begin() + place(size - n, all.size()), all.end());
    if (name == "dropRight") return Values(all.begin(), all.begin() + place(size - n, all.size()));
    if (name == "slice" && args.size() == 2)
        return Values(all.begin() + std::min(place(n, all.size()), place(args[1].i, all.size())),
                      all.begin() + place(args[1].i, all.size()));
    if (name == "tail" && !all.empty()) return Values(all.begin() + 1, all.end());
    if (name == "init" && !all.empty()) return Values(all.begin(), all.end() - 1);
    if (name == "reverse") return Values(all.rbegin(), all.rend());
    if (name == "distinct") return distinct(all);
    if (name == "sorted") return sorted_by(e, all, nullptr);
    if (args.empty()) return std::nullopt;
    const PyValue& f = args[0];
    if (name == "sortBy") return sorted_by(e, all, &f);
    if (name == "sortWith") {
        Values out = all;
        // An order of the program's own need not be one: an insertion sort ends whatever it answers.
        for (std::size_t i = 1; i < out.size() && e.ok(); ++i)
            for (std::size_t k = i; k > 0 && e.ok() && e.apply(f, {{out[k], out[k - 1]}, {}}).i != 0; --k)
                std::swap(out[k], out[k - 1]);
        return out;
    }
    const bool keeps = name == "filter" || name == "withFilter", drops = name == "filterNot";
    if (!keeps && !drops && name != "takeWhile" && name != "dropWhile") return std::nullopt;
    Values out;
    bool done = false;
    for (const PyValue& v : all) {
        if (!e.ok()) break;
        const bool yes = !done && e.call1(f, v).i != 0;
        if (name == "takeWhile" && !yes) break;
        if (name == "dropWhile") {
            done = done || !yes;
            if (done) out.push_back(v);
        } else if (yes != drops) out.push_back(v);
    }
    return out;
}

}  // namespace

namespace {

/// One call of a member of a collection. An iterator is used up by most of them.
struct ListCall {
    Evaluator& e;
    const PyValue& self;
    const std::string& name;
    const Values& args;
    const Values all;
    const char* type;  ///< of a collection made from it
    PyValue first;     ///< argument

    [[nodiscard]] bool iterator() const { return self.object->type == "Iterator"; }
    void use() const {
        if (iterator()) self.object->items.clear();
    }
    [[nodiscard]] bool is(std::string_view names) const {
        return names.find(" " + name + " ") != std::string_view::npos;
    }
    [[nodiscard]] PyValue made(Values items) const { return of_list(type, std::move(items)); }
};

using Found = std::optional<PyValue>;
constexpr sim::i64 kStepsOfItem = 4;  // copying one counts as so much

Found looked_at(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    if (c.is(" hasNext nonEmpty ")) return py::of_bool(!c.all.empty());
    if (c.name == "isEmpty") return py::of_bool(c.all.empty());
    if (c.name == "next" || (c.name == "head" && !c.iterator())) {
        if (c.all.empty())
            return c.e.raise("java.util.NoSuchElementException",
                             c.iterator() ? "next on empty iterator" : c.name + " of empty list");
        if (c.name == "next") c.self.object->items.erase(c.self.object->items.begin());
        return c.all[0];
    }
    if (c.is(" headOption lastOption "))
        return c.all.empty() ? nothing() : some(c.name == "headOption" ? c.all.front() : c.all.back());
    if (c.name == "last")
        return c.all.empty() ? c.e.raise("java.util.NoSuchElementException", "last of empty list") : c.all.back();
    if (c.is(" size length ") || (c.name == "count" && c.args.empty()))
        return c.use(), py::of_int(static_cast<sim::i64>(c.all.size()));
    if (c.is(" contains indexOf ")) {
        const auto it = std::find_if(c.all.begin(), c.all.end(), [&](const PyValue& v) { return same(v, c.first); });
        return c.name == "contains" ? py::of_bool(it != c.all.end())
                                    : py::of_int(it == c.all.end() ? -1 : it - c.all.begin());
    }
    if (c.name != "apply") return std::nullopt;
    if (c.self.object->type == "Set") return c.e.list_member(c.self, "contains", c.args);
    const sim::i64 n = c.first.i;
    if (n >= 0 && n < static_cast<sim::i64>(c.all.size())) return c.all[static_cast<std::size_t>(n)];
    if (c.self.object->type != "Array") return c.e.raise("java.lang.IndexOutOfBoundsException", std::to_string(n));
    return c.e.raise("java.lang.ArrayIndexOutOfBoundsException",
                     fmt::format("Index {} out of bounds for length {}", n, c.all.size()));
}

Found turned_into(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    if (c.is(" toSeq toList ")) return c.use(), of_list("List", c.all);
    if (c.name == "toArray") return c.use(), of_list("Array", c.all);
    if (c.is(" toVector toIndexedSeq ")) return c.use(), of_list("Vector", c.all);
    if (c.is(" toIterator iterator ")) return c.use(), of_list("Iterator", c.all);
    if (c.name == "toBuffer") return c.use(), of_list("ArrayBuffer", c.all);
    if (c.name == "toSet") return c.use(), of_list("Set", distinct(c.all));
    if (c.name == "toMap") return c.use(), map_of(c.all);
    if (c.name == "mkString") return c.use(), py::of_text(joined(c.all, c.args));
    return std::nullopt;
}

/// collect: the cases that match.
Values collected(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    Values out;
    for (const PyValue& v : c.all) {
        bool matched = false;
        const auto around = std::exchange(c.e.in.scope, c.first.object->outer);
        PyValue r = c.e.run_cases(c.first.object->scala, 0, v, matched);
        c.e.in.scope = around;
        if (matched) out.push_back(std::move(r));
    }
    return out;
}

Found mapped(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    if (!c.is(" map flatMap foreach collect ")) return std::nullopt;
    c.use();
    Values out;
    const bool cases = c.name == "collect" && c.first.object && c.first.object->scala &&
                       c.first.object->scala->kind == NodeKind::cases;
    if (cases) return c.made(collected(c));
    for (const PyValue& v : c.all) {
        PyValue r = c.e.call1(c.first, v);
        if (!c.e.ok()) return py::none();
        if (c.name == "flatMap")
            for (PyValue& item : c.e.items(r)) out.push_back(std::move(item));
        else out.push_back(std::move(r));
    }
    if (c.name == "foreach") return unit();
    return c.made(c.self.object->type == "Set" ? distinct(out) : std::move(out));
}

PyValue extreme(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    if (c.all.empty()) return c.e.raise("java.lang.UnsupportedOperationException", "empty." + c.name);
    const bool by = c.name.ends_with("By");
    const auto key = [&](const PyValue& v) { return by ? c.e.call1(c.first, v) : v; };
    PyValue best = c.all[0], best_key = key(best);
    for (std::size_t i = 1; i < c.all.size() && c.e.ok(); ++i) {
        PyValue k = key(c.all[i]);
        const int order = order_of(k, best_key);
        if (c.name.starts_with("max") ? order > 0 : order < 0) best = c.all[i], best_key = std::move(k);
    }
    return best;
}

PyValue tested(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    sim::i64 n = 0;
    for (std::size_t i = 0; i < c.all.size() && c.e.ok(); ++i) {
        const bool yes = c.e.call1(c.first, c.all[i]).i != 0;
        n += yes ? 1 : 0;
        if (yes && c.name == "find") return some(c.all[i]);
        if (yes && c.name == "indexWhere") return py::of_int(static_cast<sim::i64>(i));
    }
    if (c.name == "find") return nothing();
    if (c.name == "indexWhere") return py::of_int(-1);
    return c.name == "count" ? py::of_int(n)
                             : py::of_bool(c.name == "exists" ? n > 0 : n == static_cast<sim::i64>(c.all.size()));
}

Found folded(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    if (c.is(" sum product ")) return c.use(), total(c.e, c.all, c.name == "sum" ? "+" : "*");
    if (c.is(" max min maxBy minBy ")) return c.use(), extreme(c);
    if (c.is(" exists forall count find indexWhere ")) return c.use(), tested(c);
    const bool folds = c.is(" foldLeft fold ") && c.args.size() == 2,
               reduces = c.is(" reduce reduceLeft reduceOption ");
    if (!folds && !reduces) return std::nullopt;
    c.use();
    if (reduces && c.all.empty())
        return c.name == "reduceOption" ? nothing()
                                        : c.e.raise("java.lang.UnsupportedOperationException", "empty.reduceLeft");
    PyValue v = folds ? c.first : c.all[0];
    for (std::size_t i = folds ? 0 : 1; i < c.all.size() && c.e.ok(); ++i)
        v = c.e.apply(folds ? c.args[1] : c.first, {{v, c.all[i]}, {}});
    return c.name == "reduceOption" ? some(v) : v;
}

Found arranged(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    Values out;
    if (c.name == "groupBy") return c.use(), grouped(c.e, c.made(c.all), c.first, c.type);
    if (c.name == "partition") {
        auto yes = part(c.e, "filter", c.all, c.args), no = part(c.e, "filterNot", c.all, c.args);
        return c.use(), py::of_items(Kind::tuple, {c.made(std::move(*yes)), c.made(std::move(*no))});
    }
    if (c.is(" zipWithIndex zip ")) {
        c.use();
        const Values other = c.name == "zip" ? c.e.items(c.first) : Values{};
        for (std::size_t i = 0; i < c.all.size() && (c.name != "zip" || i < other.size()); ++i)
            out.push_back(py::of_items(Kind::tuple,
                                       {c.all[i], c.name == "zip" ? other[i] : py::of_int(static_cast<sim::i64>(i))}));
        return c.made(std::move(out));
    }
    if (c.name == "flatten") {
        for (const PyValue& v : c.all)
            for (PyValue& item : c.e.items(v)) out.push_back(std::move(item));
        return c.made(std::move(out));
    }
    if (c.name == "indices") {
        for (std::size_t i = 0; i < c.all.size(); ++i) out.push_back(py::of_int(static_cast<sim::i64>(i)));
        return of_list("Range", std::move(out));
    }
    if (!c.is(" sliding grouped ")) return std::nullopt;
    const auto n = static_cast<std::size_t>(std::max<sim::i64>(1, c.first.i));
    for (std::size_t i = 0; i < c.all.size(); i += c.name == "grouped" ? n : 1) {
        if (c.name == "sliding" && i > 0 && i + n > c.all.size()) break;
        const auto end = static_cast<std::ptrdiff_t>(std::min(c.all.size(), i + n));
        out.push_back(c.made({c.all.begin() + static_cast<std::ptrdiff_t>(i), c.all.begin() + end}));
    }
    return of_list("Iterator", std::move(out));
}

Found grown(const ListCall& c) {
    MR_ASSERT(c.self.object != nullptr);
    if (c.is(" ++ :+ + union ::: ")) {
        Values out = c.all;
        for (const PyValue& v : c.is(" ++ union ::: ") ? c.e.items(c.first) : Values{c.first}) out.push_back(v);
        return c.made(c.self.object->type == "Set" ? distinct(out) : std::move(out));
    }
    if (c.is(" - diff -- ")) {
        const Values gone = c.name == "-" ? Values{c.first} : c.e.items(c.first);
        Values out;
        for (const PyValue& v : c.all)
            if (std::none_of(gone.begin(), gone.end(), [&](const PyValue& g) { return same(g, v); })) out.push_back(v);
        return c.made(std::move(out));
    }
    if (c.is(" += append ")) return c.self.object->items.push_back(c.first), c.self;
    if (c.name == "++=") {
        for (const PyValue& v : c.e.items(c.first)) c.self.object->items.push_back(v);
        return c.self;
    }
    if (c.name == "clear") return c.self.object->items.clear(), unit();
    return std::nullopt;
}

}  // namespace

PyValue Evaluator::list_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    const std::string type = self.object->type == "Range" ? "Vector" : self.object->type;
    steps += kStepsOfItem * static_cast<sim::i64>(self.object->items.size());
    const ListCall call{*this, self, name, args, self.object->items, type.c_str(), args.empty() ? unit() : args[0]};
    if (auto v = looked_at(call)) return *v;
    if (auto p = part(*this, name, call.all, args)) return call.use(), ok() ? call.made(std::move(*p)) : py::none();
    for (const auto kind : {turned_into, mapped, folded, arranged, grown})
        if (auto v = kind(call)) return *v;
    return no_member(self, name);
}

PyValue Evaluator::map_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    Values& all = self.object->items;
    const PyValue f = args.empty() ? unit() : args[0];
    std::size_t at = 0;
    while (at < all.size() && !same(all[at], f)) at += 2;
    const bool found = at < all.size() && !args.empty();
    if (name == "apply")
        return found ? all[at + 1] : raise("java.util.NoSuchElementException", "key not found: " + display(f));
    if (name == "get") return found ? some(all[at + 1]) : nothing();
    if (name == "getOrElse" && args.size() == 2) return found ? all[at + 1] : args[1];
    if (name == "contains") return py::of_bool(found);
    if (name == "size") return py::of_int(static_cast<sim::i64>(all.size() / 2));
    if (name == "isEmpty" || name == "nonEmpty") return py::of_bool(all.empty() == (name == "isEmpty"));
    if (name == "keys" || name == "keySet" || name == "values") {
        Values out;
        for (std::size_t i = name == "values" ? 1 : 0; i < all.size(); i += 2) out.push_back(all[i]);
        return of_list(name == "keySet" ? "Set" : "Seq", std::move(out));
    }
    if (name == "mapValues") {
        Values out = all;
        for (std::size_t i = 1; i < out.size() && ok(); i += 2) out[i] = call1(f, out[i]);
        return py::of_items(Kind::dict, std::move(out));
    }
    if (name == "put" || name == "update") {
        if (found) all[at + 1] = arg_at(args, 1);
        else all.push_back(f), all.push_back(arg_at(args, 1));
        return unit();
    }
    Values pairs = items(self);
    if (name == "+" || name == "++") {
        for (const PyValue& p : name == "+" ? args : items(f)) pairs.push_back(p);
        return map_of(pairs);
    }
    if (name == "-" || name == "remove" || name == "-=") {
        Values out = all;
        if (found)
            out.erase(out.begin() + static_cast<std::ptrdiff_t>(at), out.begin() + static_cast<std::ptrdiff_t>(at) + 2);
        if (name == "-") return py::of_items(Kind::dict, std::move(out));
        all = std::move(out);
        return unit();
    }
    if (name == "+=") return all = map_of([&] { pairs.push_back(f); return pairs; }()).object->items, self;
    PyValue out = list_member(of_list("List", std::move(pairs)), name, args);
    const bool stays = name == "filter" || name == "filterNot" || name == "take" || name == "drop";
    const bool mapped = name == "map" && is_list(out) &&
                        std::all_of(out.object->items.begin(), out.object->items.end(), [](const PyValue& v) {
                            return v.kind == Kind::tuple && v.object->items.size() == 2;
                        });
    return ok() && (stays || mapped) ? map_of(out.object->items) : out;
}

PyValue Evaluator::option_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    const bool is = self.object->type == "Some";
    const PyValue v = is ? self.object->items[0] : unit();
    if (name == "isDefined" || name == "nonEmpty") return py::of_bool(is);
    if (name == "isEmpty") return py::of_bool(!is);
    if (name == "get") return is ? v : raise("java.util.NoSuchElementException", "None.get");
    if (name == "getOrElse" && args.size() == 1) return is ? v : args[0];
    if (name == "orElse" && args.size() == 1) return is ? self : args[0];
    if (name == "orNull") return is ? v : py::none();
    if (name == "map" && args.size() == 1) {
        if (!is) return self;
        const PyValue r = call1(args[0], v);
        return ok() ? some(r) : py::none();
    }
    if (name == "flatMap" && args.size() == 1) return is ? call1(args[0], v) : self;
    if (name == "foreach" && args.size() == 1) return is ? (call1(args[0], v), unit()) : unit();
    if (name == "filter" && args.size() == 1) return is && call1(args[0], v).i != 0 ? self : nothing();
    if (name == "exists" && args.size() == 1) return py::of_bool(is && call1(args[0], v).i != 0);
    if (name == "forall" && args.size() == 1) return py::of_bool(!is || call1(args[0], v).i != 0);
    if (name == "contains" && args.size() == 1) return py::of_bool(is && same(v, args[0]));
    if (name == "fold" && args.size() == 2) return is ? call1(args[1], v) : args[0];
    if (name == "toList" || name == "toSeq" || name == "iterator")
        return of_list(name == "iterator" ? "Iterator" : "List", is ? Values{v} : Values{});
    return no_member(self, name);
}

namespace {

PyValue math(Evaluator& e, const std::string& name, const Values& args) {
    MR_ASSERT(!name.empty());
    if (name == "Pi") return py::of_real(3.141592653589793);
    if (name == "E") return py::of_real(2.718281828459045);
    if (args.empty()) return e.no_member(static_of("math"), name);
    const PyValue& a = args[0];
    const double x = a.kind == Kind::real ? a.d : static_cast<double>(a.i);
    if ((name == "max" || name == "min") && args.size() == 2) {
        const PyValue& b = args[1];
        const PyValue v = (order_of(a, b) >= 0) == (name == "max") ? a : b;
        if (a.kind == Kind::real || b.kind == Kind::real)
            return py::of_real(v.kind == Kind::real ? v.d : static_cast<double>(v.i));
        return a.s == "L" || b.s == "L" ? of_long(v.i) : v;
    }
    if (name == "abs" || name == "round") return e.number_member(a, name, {});
    if (name == "sqrt") return py::of_real(std::sqrt(x));
    if (name == "floor") return py::of_real(std::floor(x));
    if (name == "ceil") return py::of_real(std::ceil(x));
    if (name == "log") return py::of_real(std::log(x));
    if (name == "exp") return py::of_real(std::exp(x));
    if (name == "pow" && args.size() == 2)
        return py::of_real(std::pow(x, args[1].kind == Kind::real ? args[1].d : static_cast<double>(args[1].i)));
    return e.no_member(static_of("math"), name);
}

PyValue time_of(Evaluator& e, const std::string& type, const std::string& text) {
    MR_ASSERT(e.in.scope != nullptr);
    const auto micros = type == "Date" ? std::optional<sim::i64>() : parse_timestamp(text, {"UTC", 0}, true);
    const auto days = type == "Date" ? parse_date(text) : std::optional<sim::i64>();
    if (type == "Date") return days ? of_time("Date", *days) : e.raise("java.lang.IllegalArgumentException", "");
    const bool whole = micros && text.size() >= 19;
    return whole ? of_time("Timestamp", *micros)
                 : e.raise("java.lang.IllegalArgumentException",
                           "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff]");
}

bool collects(const std::string& name) {
    MR_ASSERT(!name.empty());
    for (const char* c :
         {"Seq", "List", "Array", "Vector", "Set", "Iterator", "IndexedSeq", "Iterable", "ListBuffer", "ArrayBuffer"})
        if (name == c) return true;
    return false;
}

}  // namespace

PyValue Evaluator::static_apply(const std::string& name, const Args& args, const std::vector<Type>& types) {
    MR_ASSERT(!name.empty());
    const Values& p = args.positional;
    if (name == "Set") return of_list("Set", distinct(p));
    if (collects(name))
        return of_list(name == "Seq" || name == "Iterable" || name == "IndexedSeq" ? "List" : name.c_str(), p);
    if (name == "Map" || name == "HashMap") return map_of(p);
    if (name == "Some" && p.size() == 1) return some(p[0]);
    if (name == "Option" && p.size() == 1) return p[0].kind == Kind::none && !is_unit(p[0]) ? nothing() : some(p[0]);
    if (name == "Some" || name == "Option") return unsupported(nullptr, fmt::format("{} of {} values", name, p.size()));
    if (name == "Tuple2") return py::of_items(Kind::tuple, p);
    if ((name == "Timestamp" || name == "Date") && p.size() == 1 && p[0].kind == Kind::integer)
        return of_time(name.c_str(), name == "Date" ? floor_div(p[0].i, kMicrosPerDay / 1000) : p[0].i * 1000);
    if (name == "MemoryStream" && types.size() == 1) return memory_stream(types[0]);
    return static_member(static_of(name), "apply", args, types);
}

PyValue Evaluator::static_member(const PyValue& self, const std::string& name, const Args& args,
                                 const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    const std::string& of = self.object->name;
    const Values& p = args.positional;
    if (self.object->type == "class") {
        if (name == "apply") return instance(self.object, args);
        return no_member(self, name);
    }
    if (name == "apply" && (collects(of) || of == "Map" || of == "Some" || of == "Option"))
        return static_apply(of, args, types);
    if (of == "math" || of == "Math") return math(*this, name, p);
    if (name == "empty")
        return of == "Map" ? map_of({}) : of == "Option" ? nothing() : of_list(of == "Seq" ? "List" : of.c_str(), {});
    if (collects(of) && name == "single" && p.size() == 1) return of_list(of.c_str(), p);
    if (collects(of) && name == "fill" && p.size() == 2)
        return of_list(of == "Seq" ? "List" : of.c_str(),
                       Values(static_cast<std::size_t>(std::clamp<sim::i64>(p[0].i, 0, 1'000'000)), p[1]));
    if (collects(of) && name == "range" && p.size() == 2) return number_member(p[0], "until", {p[1]});
    if ((of == "Timestamp" || of == "Date") && name == "valueOf" && p.size() == 1)
        return time_of(*this, of, display(p[0]));
    if (of == "Long" || of == "Int" || of == "Double" || of == "Integer") {
        const bool wide = of == "Long";
        if (name == "MaxValue" || name == "MAX_VALUE")
            return of == "Double" ? py::of_real(1.7976931348623157E308)
                   : wide         ? of_long(INT64_MAX)
                                  : py::of_int(INT32_MAX);
        if (name == "MinValue" || name == "MIN_VALUE")
            return of == "Double" ? py::of_real(-1.7976931348623157E308)
                   : wide         ? of_long(INT64_MIN)
                                  : py::of_int(INT32_MIN);
        if (name.starts_with("parse") && p.size() == 1)
            return text_member(p[0], wide ? "toLong" : of == "Double" ? "toDouble" : "toInt", {});
    }
    if (of == "String" && name == "valueOf" && p.size() == 1) return py::of_text(display(p[0]));
    if (of == "String" && name == "format" && !p.empty()) return text_member(p[0], "format", {p.begin() + 1, p.end()});
    if (of == "System" && name == "currentTimeMillis") return of_long(in.session.clock.now / 1000);
    if (of == "Thread" && name == "sleep" && p.size() == 1)
        return in.must(in.host.sleep(static_cast<double>(p[0].i) / 1000)), unit();
    if (of == "mutable" || of == "java" || of == "scala" || of == "org" || of == "collection" || of == "util" ||
        of == "sql" || of == "apache" || of == "spark" || of == "immutable" || of == "streaming" || of == "execution" ||
        of == "lang") {
        if (!p.empty() || !args.named.empty()) return static_apply(name, args, types);
        return name == "functions" ? static_of(name) : static_of(name);
    }
    return spark_member(self, name, args);
}

}  // namespace engine::spark::scala
