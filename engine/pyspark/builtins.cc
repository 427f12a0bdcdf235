// Names that every program has, modules that may be imported, and the methods of collections.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/plan/utf8.h"
#include "engine/pyspark/functions.h"
#include "engine/pyspark/interpreter.h"
#include "engine/pyspark/modules.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

PyValue native(const std::string& kind, const std::string& name) {
    PyValue f = new_object(kind);
    f.object->name = name;
    return f;
}

void define_builtins(Interpreter& in) {
    for (const char* name : {"print", "len",    "range",  "str",        "int",  "float", "bool", "list", "tuple",
                             "dict",  "set",    "sorted", "sum",        "min",  "max",   "abs",  "zip",  "enumerate",
                             "map",   "filter", "open",   "isinstance", "repr", "round", "any",  "all",  "reversed",
                             "type"})
        in.globals->fields[name] = native("builtin", name);
    for (const char* name : {"Exception", "ValueError", "RuntimeError", "KeyError", "TypeError"})
        in.globals->fields[name] = native("builtin", name);
    in.globals->fields["__name__"] = of_text("__main__");
    in.globals->fields["spark"] = new_object("SparkSession");
    MR_ASSERT(in.globals->fields.size() > 20);
}

namespace {

/// What `from module import name` gives; none if the module is not known.
std::optional<PyValue> imported(const std::string& module, const std::string& name) {
    if (module == "pyspark.sql.functions") {
        if (is_sql_function(name)) return native("sql function", name);
        return std::nullopt;
    }
    if (name == "functions" || module + "." + name == "pyspark.sql.functions")
        return native("module", "pyspark.sql.functions");
    if (name == "SparkSession") return native("builder class", "SparkSession");
    if (name == "Window") return new_object("Window");
    if (module == "pyspark.sql.types" && name.ends_with("Type")) return native("builtin", name);
    if (module == "pyspark.sql.types" && name == "StructField") return native("builtin", name);
    if (module == "pyspark.sql" && name == "Row") return native("builtin", "Row");
    if (module == "pyspark.sql.streaming" || module == "pyspark.sql.streaming.state" ||
        module == "pyspark.sql.streaming.listener")
        return native("builder class", name);
    if (module == "time" || module == "datetime" || module == "sys" || module == "os" || module == "json" ||
        module == "collections")
        return native("builtin", module + "." + name);
    if (module.starts_with("pyspark")) return native("builder class", name);
    return std::nullopt;
}

const char* kTypes[] = {"StringType",    "IntegerType", "LongType",   "DoubleType", "FloatType", "BooleanType",
                        "TimestampType", "DateType",    "BinaryType", "ShortType",  "ByteType",  "DecimalType",
                        "StructType",    "StructField", "ArrayType",  "MapType"};

}  // namespace

void Interpreter::import_names(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::import || n->kind == NodeKind::from_import);
    const auto known = [](const std::string& m) {
        return m.starts_with("pyspark") || m == "time" || m == "datetime" || m == "sys" || m == "os" || m == "json" ||
               m == "collections";
    };
    for (const std::string& item : n->names) {
        if (item == "*") {
            if (n->text == "pyspark.sql.functions")
                for (const std::string& name : sql_function_names()) scope->fields[name] = native("sql function", name);
            else if (n->text == "pyspark.sql.types")
                for (const char* name : kTypes) scope->fields[name] = native("builtin", name);
            continue;
        }
        const std::size_t eq = item.find('=');
        const std::string name = item.substr(0, eq), as = item.substr(eq + 1);
        if (n->kind == NodeKind::import) {
            if (!known(name)) return raise("ModuleNotFoundError", fmt::format("No module named '{}'", name));
            scope->fields[as] = native("module", name == as || name.find('.') == std::string::npos ? name
                                                 : as == name.substr(0, name.find('.'))            ? as
                                                                                                   : name);
            continue;
        }
        if (!known(n->text)) return raise("ModuleNotFoundError", fmt::format("No module named '{}'", n->text));
        const auto v = imported(n->text, name);
        if (!v) return raise("ImportError", fmt::format("cannot import name '{}' from '{}'", name, n->text));
        scope->fields[as] = *v;
    }
}

namespace {

PyValue built_type(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    PyValue out = new_object("DataType");
    DataType& t = out.object->data_type;
    const auto simple = [&](TypeId id) { t = type_of(id); };
    if (name == "StringType") simple(TypeId::string);
    else if (name == "IntegerType") simple(TypeId::integer);
    else if (name == "LongType") simple(TypeId::bigint);
    else if (name == "DoubleType") simple(TypeId::double_);
    else if (name == "FloatType") simple(TypeId::float_);
    else if (name == "BooleanType") simple(TypeId::boolean);
    else if (name == "TimestampType") simple(TypeId::timestamp);
    else if (name == "DateType") simple(TypeId::date);
    else if (name == "BinaryType") simple(TypeId::binary);
    else if (name == "ShortType") simple(TypeId::smallint);
    else if (name == "ByteType") simple(TypeId::tinyint);
    else if (name == "DecimalType")
        t = decimal_type(!args.positional.empty() ? static_cast<int>(args.positional[0].i) : 10,
                         args.positional.size() > 1 ? static_cast<int>(args.positional[1].i) : 0);
    else if (name == "ArrayType")
        t = array_type(
            args.positional.empty() || !args.positional[0].object ? DataType{} : args.positional[0].object->data_type,
            true);
    else if (name == "MapType" && args.positional.size() > 1)
        t = map_type(args.positional[0].object->data_type, args.positional[1].object->data_type, true);
    else if (name == "StructField") {
        const Bound b = bind_args(in, "StructField", "name, dataType, nullable=", args);
        out.object->type = "StructField";
        out.object->name = b[0].s;
        if (b[1].object) t = b[1].object->data_type;
        out.object->handle = !b.given[2] || truthy(b[2]) ? 1 : 0;
    } else if (name == "StructType") {
        std::vector<Field> fields;
        if (!args.positional.empty())
            for (const PyValue& f : in.iterate(args.positional[0]))
                fields.push_back({f.object ? f.object->name : "", f.object ? f.object->data_type : DataType{},
                                  f.object && f.object->handle == 1});
        t = struct_type(std::move(fields));
    } else {
        in.raise("NameError", fmt::format("name '{}' is not defined", name));
    }
    return out;
}

std::vector<PyValue> sorted(Interpreter& in, std::vector<PyValue> items, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    PyValue key;
    bool reverse = false;
    for (const auto& [name, v] : args.named) {
        if (name == "key") key = v;
        if (name == "reverse") reverse = truthy(v);
    }
    std::vector<PyValue> keys;
    for (const PyValue& v : items) keys.push_back(key.kind == Kind::none ? v : in.call(key, {{v}, {}}));
    std::vector<std::size_t> places(items.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        return reverse ? order(keys[b], keys[a]) == -1 : order(keys[a], keys[b]) == -1;
    });
    std::vector<PyValue> out;
    for (const std::size_t p : places) out.push_back(items[p]);
    return out;
}

PyValue folded(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(!name.empty());
    PyValue key, otherwise;
    bool has_default = false;
    for (const auto& [given, v] : args.named) {
        if (given == "key") key = v;
        if (given == "default") otherwise = v, has_default = true;
    }
    std::vector<PyValue> items = args.positional.size() == 1 ? in.iterate(args.positional[0]) : args.positional;
    if (!in.ok()) return none();
    if (name == "sum") {
        PyValue out = of_int(0);
        for (const PyValue& v : items) out = in.binary("+", out, v);
        return out;
    }
    if (name == "any" || name == "all") {
        for (const PyValue& v : items)
            if (truthy(v) == (name == "any")) return of_bool(name == "any");
        return of_bool(name == "all");
    }
    if (items.empty() && has_default) return otherwise;
    if (items.empty()) {
        in.raise("ValueError", fmt::format("{}() arg is an empty sequence", name));
        return none();
    }
    const auto judged = [&](const PyValue& v) { return key.kind == Kind::none ? v : in.call(key, {{v}, {}}); };
    PyValue best = items[0], best_key = judged(best);
    for (const PyValue& v : std::span(items).subspan(1))
        if (const PyValue k = judged(v); order(k, best_key) == (name == "max" ? 1 : -1)) best = v, best_key = k;
    return best;
}

PyValue counted(const std::vector<PyValue>& p) {
    std::vector<PyValue> out;
    const i64 from = p.size() > 1 ? p[0].i : 0,
              to = p.size() > 1 ? p[1].i
                   : p.empty()  ? 0
                                : p[0].i,
              by = p.size() > 2 ? p[2].i : 1;
    for (i64 i = from; by != 0 && (by > 0 ? i < to : i > to) && out.size() < 1'000'000; i += by)
        out.push_back(of_int(i));
    return of_items(Kind::list, std::move(out));
}

PyValue paired(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::vector<PyValue> out;
    if (args.positional.empty()) return of_items(Kind::list, {});
    const std::vector<PyValue> first = in.iterate(args.positional[0]);
    const std::vector<PyValue> second =
        name == "zip" && args.positional.size() > 1 ? in.iterate(args.positional[1]) : std::vector<PyValue>{};
    for (std::size_t i = 0; i < first.size() && (name != "zip" || i < second.size()); ++i)
        out.push_back(of_items(Kind::tuple, name == "zip"
                                                ? std::vector<PyValue>{first[i], second[i]}
                                                : std::vector<PyValue>{of_int(static_cast<i64>(i)), first[i]}));
    return of_items(Kind::list, std::move(out));
}

PyValue mapped(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::vector<PyValue> out;
    if (args.positional.size() < 2) return of_items(Kind::list, {});
    for (const PyValue& v : in.iterate(args.positional[1])) {
        const PyValue r = in.call(args.positional[0], {{v}, {}});
        if (!in.ok()) break;
        if (name == "map") out.push_back(r);
        else if (truthy(r)) out.push_back(v);
    }
    return of_items(Kind::list, std::move(out));
}

PyValue converted(Interpreter& in, const std::string& name, const PyValue& v) {
    MR_ASSERT(in.scope != nullptr);
    if (name == "str") return of_text(text_of(v));
    if (name == "repr") return of_text(repr_of(v));
    if (name == "bool") return of_bool(truthy(v));
    if (name == "abs") return v.kind == Kind::real ? of_real(v.d < 0 ? -v.d : v.d) : of_int(v.i < 0 ? -v.i : v.i);
    if (name == "float")
        return of_real(v.kind == Kind::text   ? std::strtod(v.s.c_str(), nullptr)
                       : v.kind == Kind::real ? v.d
                                              : static_cast<double>(v.i));
    if (v.kind != Kind::text) return of_int(v.kind == Kind::real ? static_cast<i64>(v.d) : v.i);
    char* end = nullptr;
    const i64 n = std::strtoll(v.s.c_str(), &end, 10);
    if (v.s.empty() || *end != '\0') {
        in.raise("ValueError", fmt::format("invalid literal for int() with base 10: {}", repr_of(v)));
        return none();
    }
    return of_int(n);
}

/// Halves go to the even neighbour.
PyValue rounded(const PyValue& v, const PyValue& digits) {
    if (v.kind != Kind::real) return v;
    if (digits.kind == Kind::none) return of_int(static_cast<i64>(std::nearbyint(v.d)));
    MR_ASSERT(digits.kind == Kind::integer || digits.kind == Kind::boolean);
    return of_real(std::strtod(fmt::format("{:.{}f}", v.d, std::clamp<i64>(digits.i, 0, 20)).c_str(), nullptr));
}

void printed(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::string line, end = "\n", separator = " ";
    for (const auto& [name, v] : args.named) {
        if (name == "end") end = text_of(v);
        if (name == "sep") separator = text_of(v);
    }
    for (std::size_t i = 0; i < args.positional.size(); ++i) line += (i ? separator : "") + text_of(args.positional[i]);
    in.host.print(line + end);
}

}  // namespace

PyValue Interpreter::builtin(const std::string& name, const Args& args) {
    MR_ASSERT(!name.empty());
    const auto& p = args.positional;
    const PyValue first = p.empty() ? none() : p[0];
    if (name == "print") return printed(*this, args), none();
    if (name == "len") {
        if (first.kind == Kind::text) return of_int(length_of(first.s));
        if (!first.object)
            return raise("TypeError", fmt::format("object of type '{}' has no len()", type_name(first))), none();
        return of_int(static_cast<i64>(first.object->items.size()) / (first.kind == Kind::dict ? 2 : 1));
    }
    if (name == "range") return counted(p);
    if (name == "type") {
        PyValue type = new_object("class");
        type.object->name = is_object(first, "exception") ? first.object->name : type_name(first);
        type.object->fields["__name__"] = of_text(type.object->name);
        return type;
    }
    if (auto done = module_call(*this, name, args)) return *done;
    if (name == "list" || name == "tuple" || name == "set" || name == "reversed") {
        std::vector<PyValue> items = p.empty() ? std::vector<PyValue>{} : iterate(first);
        if (name == "reversed") std::reverse(items.begin(), items.end());
        return of_items(name == "tuple" ? Kind::tuple : name == "set" ? Kind::set : Kind::list, std::move(items));
    }
    if (name == "dict") {
        std::vector<PyValue> items = first.kind == Kind::dict ? first.object->items : std::vector<PyValue>{};
        for (const auto& [key, v] : args.named) items.push_back(of_text(key)), items.push_back(v);
        return of_items(Kind::dict, std::move(items));
    }
    if (name == "sorted") return of_items(Kind::list, sorted(*this, iterate(first), args));
    if (name == "sum" || name == "min" || name == "max" || name == "any" || name == "all")
        return folded(*this, name, args);
    if (name == "zip" || name == "enumerate") return paired(*this, name, args);
    if (name == "map" || name == "filter") return mapped(*this, name, args);
    if (name == "str" || name == "int" || name == "float" || name == "bool" || name == "repr" || name == "abs")
        return converted(*this, name, first);
    if (name == "round") return rounded(first, p.size() > 1 ? p[1] : none());
    if (name == "open") {
        PyValue f = new_object("file");
        f.object->name = text_of(first);
        return f;
    }
    if (name == "time.sleep")
        return must(host.sleep(first.kind == Kind::real ? first.d : static_cast<double>(first.i))), none();
    if (name.ends_with("Error") || name == "Exception") {
        PyValue e = native("exception", name);
        e.object->items = p;
        return e;
    }
    if (name == "Row") {
        PyValue row = new_object("Row");
        for (const auto& [key, v] : args.named)
            row.object->options.emplace_back(key, ""), row.object->items.push_back(v);
        for (const PyValue& v : p)
            row.object->options.emplace_back("_" + std::to_string(row.object->items.size() + 1), ""),
                row.object->items.push_back(v);
        return row;
    }
    return built_type(*this, name, args);
}

namespace {

void put_key(std::vector<PyValue>& items, const PyValue& key, const PyValue& v) {
    const std::size_t at = place_of_key(items, key);
    if (at < items.size()) items[at + 1] = v;
    else items.push_back(key), items.push_back(v);
    MR_ASSERT(items.size() % 2 == 0);
}

/// None: a dict has no such method.
std::optional<PyValue> dict_method(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    auto& items = self.object->items;
    const PyValue first = args.positional.empty() ? none() : args.positional[0],
                  second = args.positional.size() > 1 ? args.positional[1] : none();
    MR_ASSERT(self.kind == Kind::dict);
    if (name == "get" || name == "setdefault" || name == "pop") {
        const std::size_t at = place_of_key(items, first);
        if (at == items.size() && name == "pop" && args.positional.size() < 2)
            return in.raise("KeyError", repr_of(first)), none();
        if (at == items.size() && name == "setdefault") put_key(items, first, second);
        if (at == items.size()) return second;
        const PyValue found = items[at + 1];
        const auto begin = items.begin() + static_cast<std::ptrdiff_t>(at);
        if (name == "pop") items.erase(begin, begin + 2);
        return found;
    }
    if (name == "update") {
        if (first.kind == Kind::dict)
            for (std::size_t i = 0; i + 1 < first.object->items.size(); i += 2)
                put_key(items, first.object->items[i], first.object->items[i + 1]);
        else if (first.kind != Kind::none)
            for (const PyValue& pair : in.iterate(first))
                if (const auto two = in.iterate(pair); two.size() == 2) put_key(items, two[0], two[1]);
        for (const auto& [key, v] : args.named) put_key(items, of_text(key), v);
        return none();
    }
    if (name == "clear") return items.clear(), none();
    if (name == "most_common" && self.object->type == "Counter") return most_common(self, first);
    if (name == "copy") return of_items(Kind::dict, items);
    if (name != "keys" && name != "values" && name != "items") return std::nullopt;
    std::vector<PyValue> out;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        out.push_back(name == "keys"     ? items[i]
                      : name == "values" ? items[i + 1]
                                         : of_items(Kind::tuple, {items[i], items[i + 1]}));
    return of_items(Kind::list, std::move(out));
}

/// None: a set has no such method.
std::optional<PyValue> set_method(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    auto& items = self.object->items;
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    MR_ASSERT(self.kind == Kind::set);
    const auto has = [](const std::vector<PyValue>& all, const PyValue& v) {
        return std::ranges::any_of(all, [&](const PyValue& item) { return equal(item, v); });
    };
    if (name == "add") return (has(items, first) ? void() : items.push_back(first)), none();
    if (name == "discard" || name == "remove") {
        const auto gone = std::erase_if(items, [&](const PyValue& item) { return equal(item, first); });
        if (gone == 0 && name == "remove") in.raise("KeyError", repr_of(first));
        return none();
    }
    if (name != "union" && name != "intersection" && name != "difference" && name != "update") return std::nullopt;
    const std::vector<PyValue> other = args.positional.empty() ? std::vector<PyValue>{} : in.iterate(first);
    std::vector<PyValue> out;
    for (const PyValue& v : items)
        if (name == "union" || name == "update" || has(other, v) == (name == "intersection")) out.push_back(v);
    for (const PyValue& v : other)
        if ((name == "union" || name == "update") && !has(out, v)) out.push_back(v);
    if (name == "update") return items = std::move(out), none();
    return of_items(Kind::set, std::move(out));
}

/// None: a list has no such method.
std::optional<PyValue> list_method(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    auto& items = self.object->items;
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    MR_ASSERT(self.kind != Kind::dict);
    const auto place = [&] {
        return std::ranges::find_if(items, [&](const PyValue& item) { return equal(item, first); });
    };
    if (name == "count") {
        const auto same = [&](const PyValue& item) { return equal(item, first); };
        return of_int(std::count_if(items.begin(), items.end(), same));
    }
    if (name == "index" || name == "remove") {
        const auto at = place();
        if (at == items.end())
            return in.raise("ValueError", name == "index" ? repr_of(first) + " is not in list"
                                                          : "list.remove(x): x not in list"),
                   none();
        const auto number = at - items.begin();
        if (name == "remove") items.erase(at);
        return name == "index" ? of_int(number) : none();
    }
    if (self.kind != Kind::list) return std::nullopt;
    if (name == "append") return items.push_back(first), none();
    if (name == "extend") {
        for (const PyValue& v : in.iterate(first)) items.push_back(v);
        return none();
    }
    if (name == "insert" && args.positional.size() == 2) {
        const auto n = static_cast<i64>(items.size());
        items.insert(items.begin() + std::clamp<i64>(first.i < 0 ? first.i + n : first.i, 0, n), args.positional[1]);
        return none();
    }
    if (name == "clear") return items.clear(), none();
    if (name == "copy") return of_items(Kind::list, items);
    if (name == "reverse") return std::ranges::reverse(items), none();
    if (name == "sort") return items = sorted(in, items, args), none();
    if (name != "pop") return std::nullopt;
    const auto n = static_cast<i64>(items.size());
    const i64 at = first.kind == Kind::none ? n - 1 : first.i < 0 ? first.i + n : first.i;
    if (n == 0) return in.raise("IndexError", "pop from empty list"), none();
    if (at < 0 || at >= n) return in.raise("IndexError", "pop index out of range"), none();
    const PyValue taken = items[static_cast<std::size_t>(at)];
    items.erase(items.begin() + at);
    return taken;
}

}  // namespace

PyValue Interpreter::collection_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const auto done = self.kind == Kind::dict  ? dict_method(*this, self, name, args)
                      : self.kind == Kind::set ? set_method(*this, self, name, args)
                                               : list_method(*this, self, name, args);
    if (done) return *done;
    raise("AttributeError", fmt::format("'{}' object has no attribute '{}'", type_name(self), name));
    return none();
}

}  // namespace engine::spark::py
