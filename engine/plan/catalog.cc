// What SHOW and DESCRIBE answer in a session whose only tables are temporary views and whose only schema is `default`.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::string table_not_found_text(const std::vector<std::string>& parts) {
    MR_ASSERT(!parts.empty());
    std::string name;
    for (const std::string& part : parts) name += (name.empty() ? "" : ".") + quoted(part);
    return fmt::format(
        "The table or view {} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you "
        "did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the "
        "correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.",
        name);
}

namespace {

struct Answer {
    std::vector<Field> fields;
    std::vector<std::vector<Value>> rows;
};

Field text(const char* name, bool nullable = false) { return {name, type_of(TypeId::string), nullable}; }

/// Alternatives between bars, a star for any letters; case does not count (StringUtils.filterPattern).
bool matches_one(std::string_view name, std::string_view pattern) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] == '*')
        return matches_one(name, pattern.substr(1)) || (!name.empty() && matches_one(name.substr(1), pattern));
    return !name.empty() && (pattern[0] == '.' || pattern[0] == name[0]) &&
           matches_one(name.substr(1), pattern.substr(1));
}

constexpr std::size_t kLongestPattern = 64;  ///< longer ones match nothing: stars are tried one by one

bool matches(const std::string& name, const std::string& pattern) {
    const std::string lower = sim::lower_ascii(name), wanted = sim::lower_ascii(pattern);
    if (wanted.size() > kLongestPattern) return false;
    for (std::size_t from = 0; from <= wanted.size();) {
        const std::size_t bar = std::min(wanted.find('|', from), wanted.size());
        if (matches_one(lower, std::string_view(wanted).substr(from, bar - from))) return true;
        from = bar + 1;
    }
    return false;
}

Answer shown_views(const Session& session, const Plan& p) {
    MR_ASSERT(!p.parts.empty());
    Answer out{{text("namespace"),
                text(p.name == "show tables" ? "tableName" : "viewName"),
                {"isTemporary", type_of(TypeId::boolean), false}},
               {}};
    for (const auto& [name, view] : session.views)
        if (matches(name, p.parts[0])) out.rows.push_back({string_value(""), string_value(name), bool_value(true)});
    return out;
}

Answer described(const Exprs& columns) {
    Answer out{{text("col_name"), text("data_type"), text("comment", true)}, {}};
    for (const ExprRef& c : columns)
        out.rows.push_back({string_value(c->name), string_value(catalog_name(c->type)), null_value()});
    return out;
}

Answer shown_functions(const Plan& p) {
    Answer out{{text("function")}, {}};
    std::vector<std::string> names;
    if (p.name == "show functions")
        for (const FunctionInfo* fn : all_functions())
            if (!fn->hidden && matches(fn->name, p.parts[0])) names.emplace_back(fn->name);
    if (p.name == "show functions")
        for (const std::string_view alias : function_aliases())
            if (matches(std::string(alias), p.parts[0])) names.emplace_back(alias);
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    for (const std::string& n : names) out.rows.push_back({string_value(n)});
    return out;
}

std::string no_schema_text(const std::string& schema) {
    return fmt::format(
        "The schema {} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not "
        "qualify the name with a catalog, verify the current_schema() output, or qualify the name with the correct "
        "catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.",
        quoted(schema));
}

/// A question about a table that is not there, as a plan.
PlanRef unanswered(const Plan& p, Ids& ids) {
    MR_ASSERT(p.kind == PlanKind::command);
    std::string name, columns;
    for (const std::string& part : p.parts) name += (name.empty() ? "" : ", ") + part;
    const bool shows = p.name == "show columns", one = !shows && !p.names.empty();
    for (const char* column : shows ? std::vector{"col_name"}
                              : one ? std::vector{"info_name", "info_value"}
                                    : std::vector{"col_name", "data_type", "comment"})
        columns += fmt::format("{}{}#{}", columns.empty() ? "" : ", ", column, ids.take());
    Plan table, out;
    table.kind = out.kind = PlanKind::command;
    table.name = fmt::format("UnresolvedTableOrView [{}], {}, true", name,
                             shows ? "SHOW COLUMNS"
                             : one ? "DESCRIBE TABLE"
                                   : "DESCRIBE TABLE");
    out.name = shows ? fmt::format("ShowColumns [{}]", columns)
               : one ? fmt::format("DescribeColumn '{}, {}, [{}]", p.names[0][0], p.all, columns)
                     : fmt::format("DescribeRelation {}, [{}]", p.all, columns);
    out.children = {make(std::move(table))};
    return make(std::move(out));
}

PlanRef as_relation(Answer answer, Ids& ids) {
    MR_ASSERT(!answer.fields.empty());
    Plan out;
    out.kind = PlanKind::local_relation;
    auto table = std::make_shared<Table>();
    Batch batch{.rows = static_cast<i64>(answer.rows.size()), .columns = {}};
    for (std::size_t c = 0; c < answer.fields.size(); ++c) {
        const Field& f = answer.fields[c];
        Builder builder(f.type);
        for (const auto& row : answer.rows) builder.add(row[c]);
        batch.columns.push_back(builder.finish());
        out.output.push_back(attribute(f.name, f.type, f.nullable, ids.take()));
    }
    table->batches.push_back(std::move(batch));
    out.table = table;
    out.resolved = true;
    return make(std::move(out));
}

}  // namespace

PlanRef Analyser::catalog_answer(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::command && !p->parts.empty());
    const auto answered = [&](Answer answer) { return as_relation(std::move(answer), session.ids); };
    const auto one = [&](std::vector<Field> fields, std::vector<std::string> texts) {
        Answer a{std::move(fields), {{}}};
        for (std::string& t : texts) a.rows[0].push_back(string_value(std::move(t)));
        return answered(std::move(a));
    };
    if (p->name == "show tables" || p->name == "show views") {
        const bool elsewhere = p->parts.size() > 1 && !p->parts[1].empty() && !same_name(p->parts[1], "default");
        if (elsewhere) return fail("SCHEMA_NOT_FOUND", no_schema_text(p->parts[1]), {}), p;
        return answered(shown_views(session, *p));
    }
    if (p->name == "show functions" || p->name == "show user functions") return answered(shown_functions(*p));
    if (p->name == "show namespaces") {
        Answer a{{text("namespace")}, {}};
        if (matches("default", p->parts[0])) a.rows.push_back({string_value("default")});
        return answered(std::move(a));
    }
    if (p->name == "show catalogs") {
        Answer a{{text("catalog")}, {}};
        if (matches("spark_catalog", p->parts[0])) a.rows.push_back({string_value("spark_catalog")});
        return answered(std::move(a));
    }
    if (p->name == "show current namespace")
        return one({text("catalog"), text("namespace")}, {"spark_catalog", "default"});
    if (p->name == "describe query") {
        const PlanRef query = plan(p->children[0]);
        if (ok()) check(query, query);
        return ok() ? answered(described(output_of(*query))) : p;
    }
    // What is left asks for the columns of a table.
    Plan name;
    name.kind = PlanKind::relation_name;
    name.parts = p->parts;
    name.at = p->at;
    const PlanRef wanted = make(std::move(name));
    const PlanRef table = ok() ? relation(wanted) : wanted;
    if (!ok()) return p;
    if (!table->resolved) {
        fail("TABLE_OR_VIEW_NOT_FOUND", table_not_found_text(p->parts), p->at, unanswered(*p, session.ids));
        return p;
    }
    const Exprs columns = output_of(*table);
    if (p->name == "show columns") {
        Answer a{{text("col_name")}, {}};
        for (const ExprRef& c : columns) a.rows.push_back({string_value(c->name)});
        return answered(std::move(a));
    }
    if (p->names.empty()) return answered(described(columns));
    for (const ExprRef& c : columns) {
        if (!same_name(c->name, p->names[0][0])) continue;
        Answer a{{text("info_name"), text("info_value")}, {}};
        a.rows = {{string_value("col_name"), string_value(c->name)},
                  {string_value("data_type"), string_value(catalog_name(c->type))},
                  {string_value("comment"), string_value("NULL")}};
        return answered(std::move(a));
    }
    std::string list;
    for (const ExprRef& c : columns) list += (list.empty() ? "" : ", ") + quoted(c->name);
    fail("COLUMN_NOT_FOUND",
         fmt::format("The column {} cannot be found. Verify the spelling and correctness of the column name according "
                     "to the SQL config \"spark.sql.caseSensitive\".",
                     quoted(p->names[0][0])),
         {});
    return p;
}

}  // namespace engine::spark
