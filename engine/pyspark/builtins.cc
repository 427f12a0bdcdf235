// Names that every program has, modules that may be imported, and the methods of text and collections.
#include <fmt/format.h>

#include <algorithm>

#include "engine/pyspark/functions.h"
#include "engine/pyspark/interpreter.h"
#include "engine/plan/utf8.h"
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
                             "map",   "filter", "open",   "isinstance", "repr", "round", "any",  "all",  "reversed"})
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
    if (module == "time" || module == "datetime" || module == "sys" || module == "os")
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
        return m.starts_with("pyspark") || m == "time" || m == "datetime" || m == "sys" || m == "os" || m == "json";
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
    if (items.empty()) {
        in.raise("ValueError", fmt::format("{}() arg is an empty sequence", name));
        return none();
    }
    PyValue best = items[0];
    for (const PyValue& v : items)
        if (order(v, best) == (name == "max" ? 1 : -1)) best = v;
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
    if (name == "round")
        return first.kind == Kind::real ? of_int(static_cast<i64>(first.d + (first.d < 0 ? -0.5 : 0.5))) : first;
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

PyValue Interpreter::text_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.kind == Kind::text);
    const std::string arg = args.positional.empty() ? "" : text_of(args.positional[0]);
    if (name == "upper") return of_text(to_upper(self.s));
    if (name == "lower") return of_text(to_lower(self.s));
    if (name == "startswith") return of_bool(self.s.starts_with(arg));
    if (name == "endswith") return of_bool(self.s.ends_with(arg));
    if (name == "strip") {
        const std::size_t a = self.s.find_first_not_of(" \t\r\n"), b = self.s.find_last_not_of(" \t\r\n");
        return of_text(a == std::string::npos ? "" : self.s.substr(a, b - a + 1));
    }
    if (name == "split") {
        std::vector<PyValue> out;
        const std::string by = arg.empty() ? " " : arg;
        for (std::size_t at = 0; at <= self.s.size();) {
            const std::size_t end = std::min(self.s.find(by, at), self.s.size());
            if (!arg.empty() || end > at) out.push_back(of_text(self.s.substr(at, end - at)));
            at = end + by.size();
        }
        return of_items(Kind::list, std::move(out));
    }
    if (name == "join" && !args.positional.empty()) {
        std::string out;
        for (const PyValue& v : iterate(args.positional[0])) out += (out.empty() ? "" : self.s) + text_of(v);
        return of_text(out);
    }
    if (name == "replace" && args.positional.size() == 2 && !arg.empty()) {
        std::string out = self.s;
        const std::string to = text_of(args.positional[1]);
        for (std::size_t at = out.find(arg); at != std::string::npos; at = out.find(arg, at + to.size()))
            out.replace(at, arg.size(), to);
        return of_text(out);
    }
    if (name == "format") {
        std::string out = self.s;
        for (const PyValue& v : args.positional)
            if (const std::size_t at = out.find("{}"); at != std::string::npos) out.replace(at, 2, text_of(v));
        return of_text(out);
    }
    raise("AttributeError", fmt::format("'str' object has no attribute '{}'", name));
    return none();
}

PyValue Interpreter::collection_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    auto& items = self.object->items;
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    if (self.kind == Kind::dict) {
        if (name == "get") {
            for (std::size_t i = 0; i + 1 < items.size(); i += 2)
                if (equal(items[i], first)) return items[i + 1];
            return args.positional.size() > 1 ? args.positional[1] : none();
        }
        std::vector<PyValue> out;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            out.push_back(name == "keys"     ? items[i]
                          : name == "values" ? items[i + 1]
                                             : of_items(Kind::tuple, {items[i], items[i + 1]}));
        if (name == "keys" || name == "values" || name == "items") return of_items(Kind::list, std::move(out));
    } else {
        if (name == "append" || name == "add") return items.push_back(first), none();
        if (name == "extend") {
            for (const PyValue& v : iterate(first)) items.push_back(v);
            return none();
        }
        if (name == "clear") return items.clear(), none();
        if (name == "sort") return items = sorted(*this, items, args), none();
        if (name == "pop" && !items.empty()) {
            const PyValue last = items.back();
            items.pop_back();
            return last;
        }
        if (name == "index")
            for (std::size_t i = 0; i < items.size(); ++i)
                if (equal(items[i], first)) return of_int(static_cast<i64>(i));
    }
    raise("AttributeError", fmt::format("'{}' object has no attribute '{}'", type_name(self), name));
    return none();
}

}  // namespace engine::spark::py
