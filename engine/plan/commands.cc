// Commands that change the session: views made and dropped, settings.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/plan/analyser.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/plan/setting_rules.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

void change_setting(Session& session, const std::string& key, const std::string& value) {
    session.settings[key] = value;
    if (key == "spark.sql.ansi.enabled") session.ansi = sim::lower_ascii(value) == "true";
    if (key == "spark.sql.session.timeZone") session.clock.zone = value;
    if (key == "spark.sql.shuffle.partitions") session.shuffle_partitions = std::max<i64>(1, std::atoll(value.c_str()));
    if (key == "spark.sql.adaptive.enabled") session.adaptive = sim::lower_ascii(value) == "true";
}

namespace {

QueryError no_such_table(const Plan& p, const std::string& above) {
    MR_ASSERT(!p.parts.empty());
    return analysis_error("TABLE_OR_VIEW_NOT_FOUND", table_not_found_text(p.parts), p.at, above);
}

/// Views are computed when they are read: all there is to say is whether there is one.
std::expected<bool, QueryError> cached(const Session& session, const Plan& p) {
    MR_ASSERT(!p.parts.empty());
    if (session.views.contains(sim::lower_ascii(p.parts.back())) || p.missing) return true;
    const std::string list = fmt::format("{}", fmt::join(p.parts, ", "));
    const std::string above = p.name == "refresh table" ? "'RefreshTable\n+- 'UnresolvedTableOrView [" + list +
                                                              "], REFRESH TABLE, true\n"
                              : fmt::format("'{}\n+- 'UnresolvedRelation [{}], [], false\n",
                                            p.name == "cache table" ? fmt::format("CacheTable [{}], false, false", list)
                                                                    : std::string("UncacheTable false, false"),
                                            list);
    return std::unexpected(no_such_table(p, above));
}

/// The rows that INSERT would write, as the tree shows them below it.
std::string inserted_tree(Session& session, const Plan& p) {
    MR_ASSERT(!p.children.empty());
    const auto query = analyse(session, p.children[0]);
    std::string out = query ? "+- " + plan_tree(*query) : "";
    for (std::size_t at = out.find('\n'); at + 1 < out.size(); at = out.find('\n', at + 1)) out.insert(at + 1, "   ");
    return out;
}

/// INSERT, UPDATE, DELETE, MERGE, TRUNCATE: a view does not change, and there are no tables.
QueryError change_refused(Session& session, const Plan& p) {
    const std::string_view kind = std::string_view(p.name).substr(std::string_view("change by ").size());
    const std::string list = fmt::format("{}", fmt::join(p.parts, ", "));
    if (!session.views.contains(sim::lower_ascii(p.parts.back()))) {
        const std::string relation = fmt::format("'UnresolvedRelation [{}], [__required_write_privileges__={}], false",
                                                 list, kind == "MERGE" ? "DELETE" : kind);
        const std::string condition = p.condition ? tree_form(p.condition) : "";
        if (kind == "TRUNCATE")
            return no_such_table(p, "'TruncateTable\n+- 'UnresolvedTable [" + list + "], TRUNCATE TABLE\n");
        if (kind == "INSERT")
            return no_such_table(p, "'InsertIntoStatement " + relation + ", false, false, false\n" +
                                        inserted_tree(session, p));
        if (kind == "DELETE")
            return no_such_table(p, fmt::format("'DeleteFromTable {}\n+- {}\n",
                                                p.condition ? condition : std::string("true"), relation));
        std::string assignments;
        for (const ExprRef& e : p.exprs)
            if (e->args.size() == 2)
                assignments += fmt::format("{}assignment({}, {})", assignments.empty() ? "" : ", ",
                                           tree_form(e->args[0]), tree_form(e->args[1]));
        return no_such_table(p, fmt::format("'UpdateTable [{}]{}\n+- {}\n", assignments,
                                            p.condition ? ", " + condition : "", relation));
    }
    const std::string name = quoted(p.parts.back());
    if (kind == "INSERT")
        return analysis_error("_LEGACY_ERROR_TEMP_1010", "Inserting into a view is not allowed. View: " + name + ".",
                              p.at);
    if (kind == "TRUNCATE")
        return analysis_error("_LEGACY_ERROR_TEMP_1013",
                              fmt::format("{} is a temp view. 'TRUNCATE TABLE' expects a table..", p.parts.back()),
                              p.at);
    if (kind == "DELETE")
        return run_error("SparkException", "INTERNAL_ERROR", "Unexpected table relation: LocalRelation", {});
    return run_error("UnsupportedOperationException", "_LEGACY_ERROR_TEMP_2096",
                     fmt::format("{} TABLE is not supported temporarily.", kind == "MERGE" ? "MERGE INTO" : kind), {});
}

}  // namespace

std::expected<bool, QueryError> run_command(Session& session, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind != PlanKind::command || p->name == "explain" || is_question(*p)) return false;
    if (p->name == "set") {
        if (p->parts.size() < 2) return true;
        const auto trim = [](std::string s) {
            while (!s.empty() && s.back() <= ' ') s.pop_back();
            return s;
        };
        if (auto refused = setting_refused(trim(p->parts[0]), trim(p->parts[1])))
            return std::unexpected(std::move(*refused));
        change_setting(session, trim(p->parts[0]), trim(p->parts[1]));
        return true;
    }
    if (p->name.starts_with("change by ")) return std::unexpected(change_refused(session, *p));
    const std::string name = sim::lower_ascii(p->parts.back());
    if (p->name == "drop view") {
        if (session.views.erase(name) == 0 && !p->missing)
            return std::unexpected(analysis_error(
                "TABLE_OR_VIEW_NOT_FOUND",
                fmt::format("The table or view `spark_catalog`.`default`.{} cannot be found. Verify the spelling and "
                            "correctness of the schema and catalog.\nIf you did not qualify the name with a schema, "
                            "verify the current_schema() output, or qualify the name with the correct schema and "
                            "catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.",
                            quoted(p->parts.back())),
                {}));
        return true;
    }
    if (p->name == "clear cache") return true;
    if (p->name.ends_with("cache table") || p->name == "refresh table") return cached(session, *p);
    if (session.views.contains(name) && !p->all) {
        if (p->missing) return true;
        return std::unexpected(analysis_error(
            "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
            fmt::format(
                "Cannot create the temporary view {} because it already exists.\nChoose a different name, drop or "
                "replace the existing view,  or add the IF NOT EXISTS clause to tolerate pre-existing views.",
                quoted(p->parts.back())),
            {}));
    }
    if (p->children.empty()) {
        auto read = session.files
                        ? session.files(sim::lower_ascii(p->name == "create view" ? p->parts.front() : ""), p->options)
                        : std::unexpected(analysis_error("", "There are no files here.", {}));
        if (!read) return std::unexpected(read.error());
        session.views[name] = {p->parts.back(), nullptr, *read, {}};
        return true;
    }
    if (auto checked = analyse(session, p->children[0]); !checked) return std::unexpected(checked.error());
    session.views[name] = {p->parts.back(), p->children[0], nullptr,
                           p->names.empty() ? std::vector<std::string>{} : p->names[0]};
    return true;
}

}  // namespace engine::spark
