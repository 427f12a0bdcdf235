#include "engine/pyspark/modules.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/json.h"
#include "engine/plan/utf8.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

constexpr const char* kFactory = "default_factory";  // of a defaultdict

/// Text in JSON as json.dumps writes it: what is not ASCII is escaped.
std::string json_string(const std::string& text) {
    std::string out;
    const std::string quoted = json_quoted(text);
    for (std::size_t at = 0; at < quoted.size();) {
        const std::size_t from = at;
        const u32 point = decode_point(quoted, at);
        constexpr u32 kPlane = 0x10000;
        MR_ASSERT(at > from);
        if (point < 0x80) out += quoted.substr(from, at - from);
        else if (point < kPlane) out += fmt::format("\\u{:04x}", point);
        else
            out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((point - kPlane) >> 10),
                               0xDC00 + ((point - kPlane) & 0x3FF));
    }
    return out;
}

struct JsonStyle {
    bool sorted = false;
    i64 indent = -1;
    PyValue otherwise;  ///< `default`
};

std::string dumped(Interpreter& in, const PyValue& v, const JsonStyle& style, i64 depth);

std::string dumped_items(Interpreter& in, const std::vector<std::string>& parts, const JsonStyle& style, i64 depth,
                         const char* brackets) {
    if (parts.empty() || !in.ok()) return std::string(brackets, 2);
    const auto line = [&](i64 n) {
        return style.indent < 0
                   ? std::string()
                   : "\n" + std::string(static_cast<std::size_t>(std::clamp<i64>(n * style.indent, 0, 1000)), ' ');
    };
    std::string out(1, brackets[0]);
    MR_ASSERT(depth >= 0);
    for (std::size_t i = 0; i < parts.size(); ++i)
        out += (i == 0 ? "" : style.indent < 0 ? ", " : ",") + line(depth + 1) + parts[i];
    return out + line(depth) + brackets[1];
}

std::string dumped_dict(Interpreter& in, const PyValue& v, const JsonStyle& style, i64 depth) {
    std::vector<std::pair<std::string, PyValue>> fields;
    const auto& items = v.object->items;
    MR_ASSERT(items.size() % 2 == 0);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const PyValue& key = items[i];
        const bool word = key.kind == Kind::boolean || key.kind == Kind::none;
        fields.emplace_back(word ? dumped(in, key, style, depth) : text_of(key), items[i + 1]);
    }
    if (style.sorted) std::ranges::stable_sort(fields, {}, [](const auto& field) { return field.first; });
    std::vector<std::string> parts;
    for (const auto& [name, value] : fields)
        parts.push_back(json_string(name) + ": " + dumped(in, value, style, depth + 1));
    return dumped_items(in, parts, style, depth, "{}");
}

std::string dumped(Interpreter& in, const PyValue& v, const JsonStyle& style, i64 depth) {
    constexpr i64 kMostDepth = 100;
    if (depth > kMostDepth) return in.raise("RecursionError", "maximum recursion depth exceeded"), "";
    switch (v.kind) {
        case Kind::none: return "null";
        case Kind::boolean: return v.i != 0 ? "true" : "false";
        case Kind::integer: return std::to_string(v.i);
        case Kind::real: return text_of(v) == "nan" ? "NaN" : text_of(v);
        case Kind::text: return json_string(v.s);
        case Kind::dict: return dumped_dict(in, v, style, depth);
        default: break;
    }
    if (v.kind == Kind::list || v.kind == Kind::tuple || is_object(v, "Row")) {
        std::vector<std::string> parts;
        for (const PyValue& item : v.object->items) parts.push_back(dumped(in, item, style, depth + 1));
        return dumped_items(in, parts, style, depth, "[]");
    }
    MR_ASSERT(v.kind != Kind::dict);
    if (style.otherwise.kind != Kind::none) return dumped(in, in.call(style.otherwise, {{v}, {}}), style, depth + 1);
    in.raise("TypeError", fmt::format("Object of type {} is not JSON serializable", type_name(v)));
    return "";
}

PyValue of_json(const Json& j) {
    switch (j.kind) {
        case JsonKind::null: return none();
        case JsonKind::boolean: return of_bool(j.text == "true");
        case JsonKind::string: return of_text(j.text);
        case JsonKind::number:
            return j.text.find_first_of(".eE") == std::string::npos ? of_int(std::atoll(j.text.c_str()))
                                                                    : of_real(std::strtod(j.text.c_str(), nullptr));
        case JsonKind::array: case JsonKind::object: break;
    }
    std::vector<PyValue> items;
    for (std::size_t i = 0; i < j.items.size(); ++i) {
        if (j.kind == JsonKind::object) items.push_back(of_text(j.names[i]));
        items.push_back(of_json(j.items[i]));
    }
    MR_ASSERT(j.kind == JsonKind::array || items.size() == 2 * j.items.size());
    return of_items(j.kind == JsonKind::array ? Kind::list : Kind::dict, std::move(items));
}

PyValue counter_of(Interpreter& in, const std::vector<PyValue>& values) {
    PyValue out = of_items(Kind::dict, {});
    out.object->type = "Counter";
    auto& items = out.object->items;
    for (const PyValue& v : values) {
        const std::size_t i = place_of_key(items, v);
        if (i == items.size()) items.push_back(v), items.push_back(of_int(0));
        ++items[i + 1].i;
    }
    MR_ASSERT(in.scope != nullptr);
    return out;
}

}  // namespace

std::optional<PyValue> module_call(Interpreter& in, const std::string& name, const Args& args) {
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    MR_ASSERT(!name.empty());
    if (name == "json.dumps") {
        JsonStyle style;
        for (const auto& [given, v] : args.named) {
            if (given == "sort_keys") style.sorted = truthy(v);
            if (given == "indent" && v.kind == Kind::integer) style.indent = v.i;
            if (given == "default") style.otherwise = v;
        }
        return of_text(dumped(in, first, style, 0));
    }
    if (name == "json.loads") {
        const auto j = parse_json(text_of(first), nullptr, {.single_quotes = false});
        if (!j) return in.raise("JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"), none();
        return of_json(*j);
    }
    if (name == "collections.defaultdict") {
        PyValue out = of_items(Kind::dict, {});
        out.object->type = "defaultdict";
        out.object->fields[kFactory] = first;
        return out;
    }
    if (name == "collections.Counter")
        return counter_of(in, first.kind == Kind::none ? std::vector<PyValue>{} : in.iterate(first));
    return std::nullopt;
}

std::optional<PyValue> missing_item(Interpreter& in, const PyValue& dict, const PyValue& key) {
    MR_ASSERT(dict.kind == Kind::dict);
    if (dict.object->type == "Counter") return of_int(0);
    const auto it = dict.object->fields.find(kFactory);
    if (it == dict.object->fields.end() || it->second.kind == Kind::none) return std::nullopt;
    const PyValue v = in.call(it->second, {});
    dict.object->items.push_back(key);
    dict.object->items.push_back(v);
    return v;
}

PyValue most_common(const PyValue& counter, const PyValue& n) {
    std::vector<PyValue> pairs;
    const auto& items = counter.object->items;
    MR_ASSERT(items.size() % 2 == 0);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        pairs.push_back(of_items(Kind::tuple, {items[i], items[i + 1]}));
    std::ranges::stable_sort(pairs, [](const PyValue& a, const PyValue& b) {
        return order(b.object->items[1], a.object->items[1]) == -1;
    });
    if (n.kind == Kind::integer && n.i >= 0 && n.i < static_cast<i64>(pairs.size()))
        pairs.resize(static_cast<std::size_t>(n.i));
    return of_items(Kind::list, std::move(pairs));
}

}  // namespace engine::spark::py
