#include "engine/operators/statement.h"

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/print.h"
#include "engine/plan/utf8.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// `${name}` in a statement stands for a setting; one that is not set leaves nothing.
std::string substituted(const Session& session, const std::string& sql) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t open = sql.find("${"); open != std::string::npos; open = sql.find("${", at)) {
        const std::size_t close = sql.find('}', open);
        if (close == std::string::npos) break;
        const auto it = session.settings.find(sql.substr(open + 2, close - open - 2));
        out += sql.substr(at, open - at) + (it == session.settings.end() ? "" : it->second);
        at = close + 1;
    }
    return out + sql.substr(at);
}

std::expected<PlanRef, QueryError> parsed(Session& session, const std::string& given) {
    const std::string sql = substituted(session, given);
    return parse_statement(sql, session.ids, {session.clock.zone, session.clock.now, session.ansi});
}

}  // namespace

std::expected<PlanRef, QueryError> plan_of_text(Session& session, const std::string& sql) {
    const auto tree = parsed(session, sql);
    if (!tree) return std::unexpected(tree.error());
    return analyse(session, *tree);
}

namespace {

/// One row of text columns.
Result one_row(const std::vector<Field>& fields, const std::vector<std::string>& texts) {
    MR_ASSERT(fields.size() == texts.size());
    Result out{.command = false, .plan = nullptr, .schema = struct_type(fields), .rows = {}};
    Batch batch{.rows = 1, .columns = {}};
    for (const std::string& text : texts) {
        Builder builder(type_of(TypeId::string), 1);
        builder.add(string_value(text));
        batch.columns.push_back(builder.finish());
    }
    out.rows.batches.push_back(std::move(batch));
    return out;
}

std::expected<Result, QueryError> explained(Session& session, const PlanRef& p) {
    MR_ASSERT(!p->children.empty());
    const auto plan = analyse(session, p->children[0]);
    if (!plan) return std::unexpected(plan.error());
    const std::string mode = sim::lower_ascii(p->parts.empty() ? "simple" : p->parts[0]);
    return one_row({{"plan", type_of(TypeId::string), true}}, {explain_text(session, p->children[0], *plan, mode)});
}

/// What SET shows: the key and its value now.
Result setting(Session& session, const Plan& p) {
    const std::string key = p.parts.empty() ? "" : p.parts[0].substr(0, p.parts[0].find_last_not_of(' ') + 1);
    const auto it = session.settings.find(key);
    const std::string value = it != session.settings.end()          ? it->second
                              : key == "spark.sql.ansi.enabled"     ? (session.ansi ? "true" : "false")
                              : key == "spark.sql.session.timeZone" ? session.clock.zone
                                                                    : "<undefined>";
    Result out =
        one_row({{"key", type_of(TypeId::string), false}, {"value", type_of(TypeId::string), false}}, {key, value});
    out.command = p.parts.size() > 1;
    return out;
}

}  // namespace

std::expected<Result, QueryError> execute(Session& session, const std::string& sql) {
    const auto tree = parsed(session, sql);
    if (!tree) return std::unexpected(tree.error());
    const auto command = run_command(session, *tree);
    if (!command) return std::unexpected(command.error());
    if ((*tree)->kind == PlanKind::command && (*tree)->name == "explain") return explained(session, *tree);
    if (*command && (*tree)->name == "set") return setting(session, **tree);
    if (*command) return Result{.command = true, .plan = nullptr, .schema = struct_type({}), .rows = {}};
    const auto plan = analyse(session, *tree);
    if (!plan) return std::unexpected(plan.error());
    auto rows = run_query(session, *plan);
    if (!rows) return std::unexpected(rows.error());
    return Result{.command = false, .plan = *plan, .schema = schema_of(**plan), .rows = std::move(*rows)};
}

QueryError job_aborted(const QueryError& cause) {
    if (cause.bound || cause.on_driver) return cause;
    QueryError e{"Py4JJavaError", "org.apache.spark.SparkException", "", "", ""};
    e.message =
        "Job aborted due to stage failure: Task 0 in stage <n> failed 1 times, most recent failure: Lost task 0.0 in "
        "stage <n> (TID <n>) (<host> executor driver): " +
        cause.java_class + ": " + cause.message;
    return e;
}

std::expected<Rows, QueryError> run_query(Session& session, const PlanRef& analysed) {
    MR_ASSERT(analysed != nullptr);
    const auto plan = optimise(session, analysed);
    if (!plan) return std::unexpected(plan.error());
    auto rows = run_plan(session, *plan);
    if (rows) return rows;
    return std::unexpected(job_aborted(rows.error()));
}

std::string cell_text(const Value& v, const DataType& type, const std::string& zone) {
    if (v.null) return "NULL";
    if (type.id == TypeId::binary) {
        std::string out = "[";
        for (const char c : v.s) {
            if (out.size() > 1) out += ' ';
            out += "0123456789ABCDEF"[static_cast<u8>(c) >> 4];
            out += "0123456789ABCDEF"[static_cast<u8>(c) & 15];
        }
        return out + "]";
    }
    return repaired(display(v, type, zone));
}

namespace {

/// Control characters as their escapes, as Spark prints names and cells.
std::string escaped(const std::string& s) {
    std::string out;
    for (const char c : s) {
        switch (c) {
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\f': out += "\\f"; break;
            case '\b': out += "\\b"; break;
            case '\v': out += "\\v"; break;
            case '\a': out += "\\a"; break;
            default: out += c;
        }
    }
    return out;
}

std::string cut(const std::string& s, i64 most) {
    if (most <= 0 || length_of(s) <= most) return s;
    return most < 4 ? std::string(points(s, 0, most)) : std::string(points(s, 0, most - 3)) + "...";
}

}  // namespace

std::string show(const Session& session, const Result& result, ShowOptions o) {
    MR_ASSERT(o.rows >= 0);
    const auto& fields = *result.schema.fields;
    std::vector<std::vector<std::string>> table(1);
    for (const Field& f : fields) table[0].push_back(cut(escaped(f.name), 0));
    i64 left = o.rows;
    for (const Batch& batch : result.rows.batches)
        for (i64 i = 0; i < batch.rows && left > 0; ++i, --left) {
            std::vector<std::string> row;
            for (std::size_t c = 0; c < fields.size(); ++c)
                row.push_back(
                    cut(escaped(cell_text(get(batch.columns[c], i), fields[c].type, session.clock.zone)), o.truncate));
            table.push_back(std::move(row));
        }
    std::vector<i64> widths(fields.size(), 3);
    for (const auto& row : table)
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
    std::string rule = "+";
    for (const i64 w : widths) rule += std::string(static_cast<std::size_t>(w), '-') + "+";
    if (widths.empty()) rule = "++";
    std::string out = rule + "\n";
    for (std::size_t r = 0; r < table.size(); ++r) {
        out += "|";
        for (std::size_t c = 0; c < fields.size(); ++c) {
            const std::string pad(static_cast<std::size_t>(widths[c] - display_width(table[r][c])), ' ');
            out += o.truncate > 0 ? pad + table[r][c] + "|" : table[r][c] + pad + "|";
        }
        if (fields.empty()) out += "|";
        out += "\n";
        if (r == 0) out += rule + "\n";
    }
    out += rule + "\n";
    if (result.rows.count() > o.rows)
        out += "only showing top " + std::to_string(o.rows) + (o.rows == 1 ? " row\n" : " rows\n");
    return out;
}

}  // namespace engine::spark
