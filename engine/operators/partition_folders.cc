#include "engine/operators/partition_folders.h"

#include <algorithm>

#include "engine/plan/cast.h"
#include "engine/sql/calendar.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr const char* kNullFolder = "__HIVE_DEFAULT_PARTITION__";

/// `a%3Db` -> `a=b`: what a name of a folder may not hold is written so.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() && sim::hex_digit(text[i + 1]) >= 0 &&
                           sim::hex_digit(text[i + 2]) >= 0;
        out += coded ? static_cast<char>(sim::hex_digit(text[i + 1]) * 16 + sim::hex_digit(text[i + 2])) : text[i];
        if (coded) i += 2;
    }
    MR_ASSERT(out.size() <= text.size());
    return out;
}

struct Pair {
    std::string name;
    std::optional<std::string> value;
};

/// The folders of a path below `root` that are columns.
std::vector<Pair> pairs_of(const std::string& root, const std::string& path) {
    std::vector<Pair> out;
    if (!path.starts_with(root)) return out;
    std::size_t at = root.size();
    for (std::size_t end = path.find('/', at); end != std::string::npos; end = path.find('/', at)) {
        const std::string_view part = std::string_view(path).substr(at, end - at);
        at = end + 1;
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        std::string value = unescaped(part.substr(equals + 1));
        out.push_back(
            {unescaped(part.substr(0, equals)), value == kNullFolder ? std::nullopt : std::optional(std::move(value))});
    }
    return out;
}

TypeId type_of_text(const std::string& text) {
    if (const auto n = parse_whole(text, true)) return in_range(*n, TypeId::integer) ? TypeId::integer : TypeId::bigint;
    if (parse_real(text)) return TypeId::double_;
    if (text.size() == 10 && parse_date(text)) return TypeId::date;
    return text.size() > 10 && parse_timestamp(text, {"UTC", 0}, true) ? TypeId::timestamp : TypeId::string;
}

/// The narrowest type that both have; void is that of null.
TypeId wider(TypeId a, TypeId b) {
    static constexpr TypeId kNumbers[] = {TypeId::void_, TypeId::integer, TypeId::bigint, TypeId::double_};
    if (a == b || b == TypeId::void_) return a;
    if (a == TypeId::void_) return b;
    const auto x = std::ranges::find(kNumbers, a), y = std::ranges::find(kNumbers, b);
    return x == std::end(kNumbers) || y == std::end(kNumbers) ? TypeId::string : *std::max(x, y);
}

}  // namespace

FolderColumns folder_columns(const std::string& given, const std::vector<std::string>& paths) {
    const std::string root = given.ends_with('/') ? given : given + "/";
    FolderColumns out;
    std::vector<TypeId> types;
    for (std::size_t f = 0; f < paths.size(); ++f) {
        const std::vector<Pair> pairs = pairs_of(root, paths[f]);
        if (f == 0)
            for (const Pair& p : pairs) out.fields.push_back({p.name, type_of(TypeId::string), true});
        types.resize(out.fields.size(), TypeId::void_);
        const bool same = std::ranges::equal(pairs, out.fields,
                                             [](const Pair& p, const Field& field) { return p.name == field.name; });
        if (!same) return {};
        auto& values = out.values.emplace_back();
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            types[i] = wider(types[i], pairs[i].value ? type_of_text(*pairs[i].value) : TypeId::void_);
            values.push_back(pairs[i].value);
        }
    }
    for (std::size_t i = 0; i < types.size(); ++i)
        out.fields[i].type = type_of(types[i] == TypeId::void_ ? TypeId::string : types[i]);
    MR_ASSERT(out.values.size() == paths.size());
    return out;
}

}  // namespace engine::spark
