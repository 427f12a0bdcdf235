// Texts that learners hand to Spark: statements, programs, rows of files, patterns.
#include <string>

#include "engine/operators/statement.h"
#include "engine/plan/csv.h"
#include "engine/plan/json.h"
#include "engine/plan/optimise.h"
#include "engine/scala/evaluator.h"
#include "engine/sql/parser.h"
#include "engine/stream/stream_host.h"
#include "sim/base/assert.h"
#include "tests/fuzz/targets.h"

namespace tests::fuzz {

namespace {

using namespace engine::spark;

std::string text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Everything but the rows: those are bounded by a statement's budget, which is too large to be spent here.
struct Planning final : StreamHost {
    using StreamHost::StreamHost;
    py::Answer<std::string> show(const PlanRef& plan, i64, i64, bool) override {
        return planned(plan) ? "" : "refused";
    }
    py::Answer<py::RowTable> rows(const PlanRef& plan, i64) override {
        (void)planned(plan);
        return py::RowTable{schema_of_nothing(), {}};
    }
    static DataType schema_of_nothing() { return struct_type({}); }
    bool planned(const PlanRef& plan) { return optimise(session, plan).has_value(); }
};

template <class Run>
void program(Run run) {
    Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    engine::dfs::MemoryStore store;
    store.files["/data/a.csv"] = {"1,a\n2,b\n", 0};
    Planning host(session, store);
    py::Interpreter in{.session = session, .host = host};
    py::define_builtins(in);
    host.program = &in;
    run(in);
}

DataType record_type() {
    return struct_type({{"a", type_of(TypeId::integer), true},
                        {"b", type_of(TypeId::string), true},
                        {"t", type_of(TypeId::timestamp), true},
                        {"m", decimal_type(10, 2), true},
                        {"l", array_type(type_of(TypeId::bigint), true), true}});
}

std::string literal_of(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return out + "'";
}

}  // namespace

void sql(Bytes bytes) {
    Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    (void)execute(session, "CREATE TEMP VIEW t AS SELECT id k, id % 3 a, concat('s', id) s FROM range(3)");
    const auto plan = plan_of_text(session, text_of(bytes));
    if (plan && (*plan)->resolved) (void)optimise(session, *plan);
}

void python(Bytes bytes) {
    program([&](py::Interpreter& in) { (void)py::run_program(in, text_of(bytes)); });
}

void scala(Bytes bytes) {
    program([&](py::Interpreter& in) {
        (void)engine::spark::scala::run_program(engine::spark::scala::make_evaluator(in), text_of(bytes));
    });
}

void csv(Bytes bytes) {
    EvalContext cx;
    CsvOptions options;
    DataType inferred;
    bool bad = false;
    const std::string text = text_of(bytes);
    for (const Value& field : split_csv(text, options))
        inferred = merge_csv(inferred, infer_csv_field(field, options, cx));
    const DataType flat = struct_type({{"a", type_of(TypeId::integer), true},
                                       {"b", type_of(TypeId::string), true},
                                       {"t", type_of(TypeId::timestamp), true}});
    const Value row = csv_record(text, flat, options, cx, bad);
    if (!row.null && cx.ok()) (void)value_to_csv(row, flat, options, cx);
}

void json(Bytes bytes) {
    EvalContext cx;
    const JsonOptions options;
    bool bad = false;
    const std::string text = text_of(bytes);
    (void)json_record(text, record_type(), options, cx, bad);
    const auto tree = parse_json(text);
    if (!tree) return;
    const std::string once = json_text(*tree);
    const auto again = parse_json(once);
    MR_ASSERT(again.has_value() && json_text(*again) == once);
    (void)finish_inferred(infer_json(*tree, options));
}

void pattern(Bytes bytes) {
    const std::string text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 400)));
    const std::size_t line = text.find('\n');
    const std::string format = literal_of(text.substr(0, line)),
                      value = literal_of(line == std::string::npos ? "" : text.substr(line + 1));
    for (const char* call :
         {"to_timestamp({v}, {f})", "to_date({v}, {f})", "date_format(timestamp'2024-02-29 23:59:59.123456', {f})",
          "to_number({v}, {f})", "try_to_number({v}, {f})", "to_char(1234.56, {f})", "format_number(1234.567, {f})",
          "regexp_extract({v}, {f}, 0)", "from_csv({v}, 'a TIMESTAMP', map('timestampFormat', {f}))"}) {
        std::string sql = std::string("SELECT ") + call;
        for (const auto& [mark, with] : {std::pair{"{v}", &value}, {"{f}", &format}})
            for (std::size_t at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at + with->size()))
                sql.replace(at, 3, *with);
        Session session;
        session.clock = {"UTC", 1'700'000'000'000'000};
        (void)execute(session, sql);
    }
}

}  // namespace tests::fuzz
