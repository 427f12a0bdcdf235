#include "app/proof/spark/sql_oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/proof/masks/pattern.h"
#include "engine/model/json.h"
#include "engine/operators/statement.h"
#include "engine/plan/print.h"
#include "engine/plan/utf8.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"

namespace app::proof {

namespace {

using nlohmann::json;
using namespace engine::spark;

json value_json(const Value& v, const DataType& type, const std::string& zone) {
    if (v.null) return nullptr;
    switch (type.id) {
        case TypeId::void_: return nullptr;
        case TypeId::boolean: return v.i != 0;
        case TypeId::float_: case TypeId::double_: {
            const std::string s = display(v, type, zone);
            if (s == "NaN" || s.ends_with("Infinity")) return s;
            return v.d;
        }
        case TypeId::decimal: return decimal_text(v.dec, type.b);
        case TypeId::string: return repaired(v.s);
        case TypeId::binary: {
            std::string out = "hex:";
            for (const char c : v.s) out += fmt::format("{:02x}", static_cast<u8>(c));
            return out;
        }
        case TypeId::date: return display(v, type, zone);
        case TypeId::timestamp: case TypeId::timestamp_ntz: {
            // Python prints six digits of a fraction, or none.
            std::string out = display(v, type, zone);
            if (const std::size_t point = out.find('.'); point != std::string::npos)
                out.append(6 - (out.size() - point - 1), '0');
            return out;
        }
        case TypeId::day_time: return json{{"interval_us", v.i}};
        case TypeId::calendar: return display(v, type, zone);
        case TypeId::array: {
            json out = json::array();
            for (const Value& item : items_of(v)) out.push_back(value_json(item, element_of(type), zone));
            return out;
        }
        case TypeId::map: {
            json out = json::array();
            const Values& items = items_of(v);
            for (std::size_t i = 0; i + 1 < items.size(); i += 2)
                out.push_back(json::array(
                    {value_json(items[i], key_of(type), zone), value_json(items[i + 1], value_of(type), zone)}));
            return json{{"map", out}};
        }
        case TypeId::structure: {
            json out = json::object();
            for (std::size_t i = 0; i < items_of(v).size(); ++i)
                out[(*type.fields)[i].name] = value_json(items_of(v)[i], (*type.fields)[i].type, zone);
            return out;
        }
        default: return v.i;
    }
}

/// Numbers of columns and addresses vary: all become `#n`.
std::string masked(const std::string& text) {
    static const Pattern kIds("#[0-9]+L?");
    return replaced(text, kIds, "#n");
}

std::string trimmed_cell(const std::string& show_text) {
    // The single cell of a table without truncation.
    std::size_t line = show_text.find('\n');
    line = show_text.find('\n', line + 1);
    line = show_text.find('\n', line + 1);
    const std::size_t end = show_text.rfind("\n+");
    std::string cell =
        show_text.substr(line + 1, end == std::string::npos || end < line + 1 ? std::string::npos : end - line - 1);
    if (!cell.empty() && cell.front() == '|') cell.erase(0, 1);
    if (!cell.empty() && cell.back() == '|') cell.pop_back();
    const std::size_t a = cell.find_first_not_of(" "), b = cell.find_last_not_of(" ");
    return a == std::string::npos ? "" : cell.substr(a, b - a + 1);
}

struct Wanted {
    json schema, value, rows, show, shown, error;
};

Wanted wanted_of(const json& base, const char* variant) {
    Wanted w;
    const auto take = [&](const json& from) {
        if (from.contains("error")) {
            w = {};
            w.error = from["error"];
            return;
        }
        if (from.contains("schema")) w.schema = from["schema"];
        if (from.contains("value")) w.value = from["value"];
        if (from.contains("rows")) w.rows = from["rows"];
        if (from.contains("show")) w.show = from["show"];
        if (from.contains("shown")) w.shown = from["shown"];
        if (!from.contains("error") && (from.contains("schema") || from.contains("rows") || from.contains("value")))
            w.error = nullptr;
    };
    take(base);
    if (*variant && base.contains(variant)) take(base[variant]);
    return w;
}

std::string compare_error(const json& wanted, const QueryError& got) {
    std::string out;
    const auto text = [&](const char* key) {
        return wanted.contains(key) && wanted[key].is_string() ? wanted[key].get<std::string>() : std::string();
    };
    if (text("errorClass") != got.error_class && !text("errorClass").empty())
        out += fmt::format("  class {} <> {}\n", text("errorClass"), got.error_class);
    if (text("sqlState") != got.sql_state)
        out += fmt::format("  state '{}' <> '{}'\n", text("sqlState"), got.sql_state);
    if (text("exception") != got.exception)
        out += fmt::format("  exception {} <> {}\n", text("exception"), got.exception);
    const auto tidy = [](std::string s) {
        while (!s.empty() && s.back() == '\n') s.pop_back();
        return masked(s);
    };
    if (tidy(text("message")) != tidy(got.message))
        out += fmt::format("  message\n--- wanted\n{}\n--- got\n{}\n", tidy(text("message")), tidy(got.message));
    return out;
}

std::string compare_result(const Wanted& w, const Result& r, Session& session, bool ordered, bool expression) {
    std::string out;
    json schema = json::array();
    for (const Field& f : *r.schema.fields) schema.push_back(json::array({f.name, catalog_name(f.type), f.nullable}));
    if (!w.schema.is_null() && schema != w.schema)
        out += fmt::format("  schema {}\n      <> {}\n", engine::json_text(w.schema), engine::json_text(schema));
    std::vector<json> rows;
    for (const Batch& b : r.rows.batches)
        for (i64 i = 0; i < b.rows; ++i) {
            json row = json::array();
            for (std::size_t c = 0; c < b.columns.size(); ++c)
                row.push_back(value_json(get(b.columns[c], i), (*r.schema.fields)[c].type, session.clock.zone));
            rows.push_back(std::move(row));
        }
    if (expression) {
        const json got = rows.empty() ? json("no row") : rows[0][0];
        if (got != w.value)
            out += fmt::format("  value {} <> {}\n", engine::json_text(w.value),
                               engine::json_text(got));
        const std::string shown = trimmed_cell(show(session, r, {20, 0}));
        if (w.shown.is_string() && w.shown.get<std::string>().find('+') != 0 && shown != w.shown.get<std::string>())
            out += fmt::format("  shown '{}' <> '{}'\n", w.shown.get<std::string>(), shown);
        return out;
    }
    std::vector<json> want(w.rows.begin(), w.rows.end());
    bool same_order = want == rows;
    if (!ordered) {
        std::sort(want.begin(), want.end());
        std::sort(rows.begin(), rows.end());
    }
    if (want != rows)
        out += fmt::format("  rows {}\n    <> {}\n", engine::json_text(json(want)),
                           engine::json_text(json(rows)));
    if (w.show.is_string() && same_order) {
        const std::string table = show(session, r);
        if (table != w.show.get<std::string>())
            out += fmt::format("  show\n{}  <>\n{}", w.show.get<std::string>(), table);
    }
    return out;
}

Session new_session(const json& setup, bool ansi, i64 now) {
    Session session;
    session.clock = {"UTC", now};
    session.shuffle_partitions = 2;
    for (const json& text : setup) (void)execute(session, text.get<std::string>());
    session.ansi = ansi;
    return session;
}

}  // namespace

OracleCount check_spark_sql(const std::string& text, const std::string& only, sim::i64 now) {
    const json file = engine::must_read_json<json>(text);
    OracleCount count;
    for (const bool ansi : {false, true}) {
        Session session = new_session(file["setup"], ansi, now);
        for (const json& c : file["cases"]) {
            const std::string id = c["id"].get<std::string>();
            if (!only.empty() && id != only) continue;
            const bool expression = c.contains("expr");
            const std::string sql = expression ? "SELECT " + c["expr"].get<std::string>() : c["sql"].get<std::string>();
            const Wanted w = wanted_of(c, ansi ? "ansi_3_5" : "");
            session.ids.next = 1;
            const auto result = execute(session, sql);
            std::string difference;
            // What Python cannot hold was recorded as Python's refusal.
            const bool python_only = !w.error.is_null() && w.error.value("exception", "").starts_with("PySpark");
            if (python_only)
                difference =
                    result && !result->schema.fields->empty() && (*result->schema.fields)[0].type.id == TypeId::calendar
                        ? ""
                        : "  not the type that Python refuses\n";
            else if (!w.error.is_null())
                difference =
                    result ? "  accepted, but Spark refuses: " + w.error.value("message", "").substr(0, 300) + "\n"
                           : compare_error(w.error, result.error());
            else if (!result) difference = "  refused: " + result.error().message + "\n";
            else
                difference = compare_result(w, *result, session, sql.find("ORDER BY") != std::string::npos, expression);
            if (difference.empty()) ++count.passed;
            else {
                ++count.failed;
                count.report += fmt::format("{}{} {}\n{}", id, ansi ? " ansi" : "", sql, difference);
            }
        }
    }
    return count;
}

}  // namespace app::proof
