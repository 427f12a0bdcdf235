// UNPIVOT: columns become rows. Each row stands once for every group of columns, with the group's name and its values
// beside the columns that are left as they are (Spark's ResolveUnpivot and UnpivotCoercion).
#include "engine/plan/unpivot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A common type of all values of one place; text and numbers have none.
std::optional<DataType> common_type(const std::vector<Exprs>& groups, std::size_t place, bool ansi) {
    Exprs column;
    for (const Exprs& group : groups) column.push_back(group[place]);
    const auto text = [](const ExprRef& e) { return e->type.id == TypeId::string; };
    const auto other = [&](const ExprRef& e) { return !text(e) && e->type.id != TypeId::void_; };
    if (std::ranges::any_of(column, text) && std::ranges::any_of(column, other)) return std::nullopt;
    return wider_type_of(column, 0, ansi);
}

/// The types of values that do not go together, each with at most three of its columns.
std::string types_of(const std::vector<Exprs>& groups, std::size_t place) {
    std::map<std::string, std::vector<std::string>> by_type;
    for (const Exprs& group : groups) by_type[sql_name(group[place]->type)].push_back(quoted(group[place]->name));
    std::string out;
    for (const auto& [type, columns] : by_type) {
        std::string list;
        for (std::size_t i = 0; i < columns.size() && i < 3; ++i) list += (i > 0 ? ", " : "") + columns[i];
        if (columns.size() > 3) list += ", ...";
        out += fmt::format("{}\"{}\" ({})", out.empty() ? "" : ", ", type, list);
    }
    return out;
}

/// The name of a group: the one it was given, or those of its columns.
std::string name_of_group(const Plan& p, std::size_t group, const Exprs& columns) {
    MR_ASSERT(group < p.names[1].size());
    if (!p.names[1][group].empty()) return p.names[1][group];
    std::string out;
    for (const ExprRef& c : columns) out += (out.empty() ? "" : "_") + c->name;
    return out;
}

}  // namespace

std::optional<SetRefusal> unpivot_refused(const Plan& p, bool ansi) {
    MR_ASSERT(p.kind == PlanKind::unpivot);
    for (const Exprs& group : p.rows)
        if (group.size() != p.names[0].size()) {
            std::string names;
            for (const std::string& n : p.names[0]) names += (names.empty() ? "" : ", ") + quoted(n);
            return SetRefusal{
                "UNPIVOT_VALUE_SIZE_MISMATCH",
                fmt::format("All unpivot value columns must have the same size as there are value column names ({}).",
                            names)};
        }
    for (std::size_t place = 0; place < p.names[0].size(); ++place)
        if (!common_type(p.rows, place, ansi))
            return SetRefusal{
                "UNPIVOT_VALUE_DATA_TYPE_MISMATCH",
                fmt::format("Unpivot value columns must share a least common type, some types do not: [{}].",
                            types_of(p.rows, place))};
    return std::nullopt;
}

PlanRef Analyser::unpivot(const PlanRef& p) {
    MR_ASSERT(p->names.size() == 2 && p->names[1].size() == p->rows.size());
    const Exprs columns = output_of(*p->children[0]);
    const Scope scope{columns, {}, false};
    std::vector<Exprs> groups;
    std::vector<u64> used;
    Exprs ids;
    for (const Exprs& row : p->rows) {
        Exprs group;
        for (const ExprRef& e : row) group.push_back(resolve(e, scope));
        if (!ok()) return p;
        for (const ExprRef& e : group) used.push_back(e->id);
        groups.push_back(std::move(group));
    }
    for (const ExprRef& e : p->groups) ids.push_back(resolve(e, scope));
    const PlanRef out = edit(p, [&](Plan& x) {
        x.rows = groups;
        x.groups = ids;
    });
    if (!ok() || !resolved_all(ids)) return out;
    for (const Exprs& group : groups)
        if (!resolved_all(group)) return out;
    if (!p->all)
        for (const ExprRef& c : columns)
            if (std::ranges::find(used, c->id) == used.end()) ids.push_back(c);
    const PlanRef told = edit(out, [&](Plan& x) {
        x.groups = ids;
        x.fraction = 1;  // every column is known
    });
    if (unpivot_refused(*told, session.ansi)) return told;
    Plan expand;
    expand.kind = PlanKind::expand;
    expand.children = p->children;
    expand.output = to_attributes(ids);
    expand.output.push_back(attribute(p->name, type_of(TypeId::string), false, session.ids.take()));
    std::vector<DataType> types;
    for (std::size_t place = 0; place < p->names[0].size(); ++place) {
        const auto type = common_type(groups, place, session.ansi);
        MR_ASSERT(type);
        types.push_back(*type);
        const bool nullable = std::ranges::any_of(groups, [&](const Exprs& g) { return g[place]->nullable; });
        expand.output.push_back(attribute(p->names[0][place], *type, nullable, session.ids.take()));
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
        Exprs row = ids;
        row.push_back(string_literal(name_of_group(*p, g, groups[g])));
        for (std::size_t place = 0; place < types.size(); ++place) {
            const ExprRef cast = implicit(groups[g][place], types[place], session.ansi);
            row.push_back(cast == groups[g][place] ? cast : alias_of(cast, groups[g][place]->name, session.ids.take()));
        }
        expand.rows.push_back(std::move(row));
    }
    expand.resolved = true;
    return make(std::move(expand));
}

}  // namespace engine::spark
