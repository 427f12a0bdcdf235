#include "app/proof/streams/case_rows.h"

#include <algorithm>

#include "engine/operators/statement.h"
#include "engine/plan/outputs.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace app::proof {

namespace spark = engine::spark;

spark::DataType case_schema(bool late) {
    const spark::DataType time = spark::type_of(spark::TypeId::timestamp);
    std::vector<spark::Field> fields = {{"t", time, true},
                                        {"k", spark::type_of(spark::TypeId::string), true},
                                        {"v", spark::type_of(spark::TypeId::bigint), true}};
    if (late) fields.push_back({"late", time, true});
    return spark::struct_type(std::move(fields));
}

spark::Batch case_batch(const std::vector<JudgedRow>& rows, bool late) {
    const spark::DataType schema = case_schema(late);
    std::vector<spark::Builder> columns;
    for (const spark::Field& f : *schema.fields) columns.emplace_back(f.type);
    for (const JudgedRow& r : rows) {
        columns[0].add(r.row.timed ? spark::int_value(r.row.at_ms * 1000) : spark::null_value());
        columns[1].add(r.row.key.empty() ? spark::null_value() : spark::string_value(r.row.key));
        columns[2].add(r.row.valued ? spark::int_value(r.row.value) : spark::null_value());
        if (late) columns[3].add(spark::int_value(r.late_ms * 1000));
    }
    spark::Batch batch{.rows = static_cast<i64>(rows.size()), .columns = {}};
    for (spark::Builder& c : columns) batch.columns.push_back(c.finish());
    return batch;
}

void add_view(spark::Session& session, const std::string& name, const spark::PlanRef& plan) {
    session.views[name] = {name, nullptr, plan, {}};
}

void add_tables(spark::Session& session) {
    const auto plan = spark::plan_of_text(
        session, "SELECT * FROM VALUES ('a', 'ant'), ('b', 'bee'), ('c', 'ant'), ('c', 'cow') AS t(id, name)");
    MR_ASSERT(plan.has_value());
    add_view(session, "kinds", *plan);
}

std::vector<std::string> view_names(const StreamCase& c) {
    return c.delays_ms.size() > 1 ? std::vector<std::string>{"source", "other"} : std::vector<std::string>{"source"};
}

std::vector<ResultRow> result_rows(const spark::Rows& rows, const CaseQuery& query) {
    std::vector<ResultRow> out;
    const std::size_t columns = query.columns == 0 ? rows.columns.size() : query.columns;
    for (const spark::Values& values : spark::values_of(rows)) {
        ResultRow row;
        for (std::size_t c = 0; c < columns; ++c) {
            const std::string cell = spark::cell_text(values[c], rows.columns[c]->type, "UTC");
            row.closing = row.closing || cell.starts_with(kClosingMark);
            if (c < query.keys) row.key += cell + "|";
            row.all += cell + "|";
        }
        out.push_back(std::move(row));
    }
    return out;
}

std::expected<std::vector<ResultRow>, std::string> batch_result(const StreamCase& c,
                                                                const std::vector<std::vector<JudgedRow>>& rows) {
    spark::Session session;
    session.clock = {"UTC", 0};
    session.adaptive = false;
    session.shuffle_partitions = c.partitions;
    add_tables(session);
    const std::vector<std::string> names = view_names(c);
    for (std::size_t s = 0; s < names.size(); ++s) {
        spark::Plan p;
        p.kind = spark::PlanKind::local_relation;
        const spark::DataType schema = case_schema(true);
        for (const spark::Field& f : *schema.fields)
            p.output.push_back(spark::attribute(f.name, f.type, true, session.ids.take()));
        p.resolved = true;
        auto table = std::make_shared<spark::Table>();
        if (!rows[s].empty()) table->batches.push_back(case_batch(rows[s], true));
        p.table = std::move(table);
        add_view(session, names[s], spark::make(std::move(p)));
    }
    const auto plan = spark::plan_of_text(session, c.query.batch_sql);
    if (!plan) return std::unexpected(plan.error().message);
    const auto result = spark::run_query(session, *plan);
    if (!result) return std::unexpected(result.error().message);
    return result_rows(*result, c.query);
}

}  // namespace app::proof
