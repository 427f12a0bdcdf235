// Sections: SQL · Console.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/sql/sql_view.h"
#include "app/lab/sql/streams.h"
#include "app/lab/sql/tables.h"
#include "app/view_model/make.h"
#include "app/view_model/query_data.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"
#include "engine/stream/driver_node.h"
#include "engine/world_spark.h"
#include "sim/base/lines.h"

namespace app {

// ---- SQL --------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kMostSheetRows = 60, kLongestCell = 60;
constexpr std::string_view kFirstQuery =
    "SELECT topic, partition, leader, isr, high_watermark, log_end_offset FROM partitions";

bool is_numeric(const lab::Table& table, std::size_t column) {
    return !table.rows.empty() && std::ranges::all_of(table.rows, [&](const auto& row) {
        return !std::holds_alternative<std::string>(row[column]);
    });
}

/// Two columns of which the second holds numbers are worth a bar each.
bool is_chart(const lab::Table& table) {
    return table.columns.size() == 2 && table.rows.size() > 1 && std::ranges::all_of(table.rows, [](const auto& row) {
               return std::holds_alternative<i64>(row[1]) || std::holds_alternative<double>(row[1]);
           });
}

double number_of(const lab::Cell& cell) {
    if (const i64* whole = std::get_if<i64>(&cell)) return static_cast<double>(*whole);
    const double* real = std::get_if<double>(&cell);
    return real == nullptr ? 0 : *real;
}

SheetSectionVm answer_of(const lab::Table& table) {
    SheetSectionVm section;
    section.title = "Answer";
    section.sentence =
        fmt::format("{} {} at this moment{}", table.rows.size(), table.rows.size() == 1 ? "row" : "rows",
                    table.rows.size() > kMostSheetRows ? fmt::format(", the first {} shown", kMostSheetRows) : "");
    section.empty = "No row.";
    const bool chart = is_chart(table);
    double most = 1e-9;
    if (chart)
        for (const auto& row : table.rows) most = std::max(most, number_of(row[1]));
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        section.columns.push_back({table.columns[i], 1, is_numeric(table, i)});
    if (chart) section.columns.push_back({"", 3, false});
    for (const auto& row : table.rows) {
        if (section.rows.size() == kMostSheetRows) break;
        SheetRowVm out;
        for (const lab::Cell& cell : row)
            out.cells.push_back({shortened(lab::text_of(cell), kLongestCell), false, lab::is_null(cell)});
        if (chart) out.bar = std::max(0.0, number_of(row[1])) / most;
        section.rows.push_back(std::move(out));
    }
    return section;
}

/// All tables there are, with what each is about.
SheetSectionVm tables_section() {
    constexpr std::size_t kMostColumns = 92;
    SheetSectionVm section;
    section.title = "Tables";
    section.sentence = "Read-only. Each speaks of the moment that is shown.";
    section.columns = {{"table", 2, false}, {"columns", 9, false}};
    for (const lab::TableSpec& table : lab::all_tables()) {
        std::string names;
        for (const lab::ColumnInfo& column : table.columns)
            names += (names.empty() ? "" : ", ") + std::string(column.name);
        section.rows.push_back(
            {{{std::string(table.name), false, false}, {shortened(names, kMostColumns), false, true}}, -1, "", false});
    }
    return section;
}

constexpr std::array kQuestions = {
    std::pair{"who leads", "SELECT topic, partition, leader, isr, high_watermark, log_end_offset FROM partitions"},
    std::pair{"fates of sends", "SELECT outcome, count(*) AS sends FROM ledger GROUP BY outcome"},
    std::pair{"messages by kind", "SELECT api, count(*) AS messages FROM messages GROUP BY api ORDER BY messages DESC"},
    std::pair{"lag", "SELECT group_id, lag FROM offsets WHERE lag IS NOT NULL"},
    std::pair{"last facts", "SELECT at, node, text FROM facts ORDER BY seq DESC LIMIT 20"},
};

}  // namespace

SheetVm make_sql(const Scene& scene) {
    SheetVm vm;
    vm.head.title = "SQL";
    vm.head.sentence = "Ask this moment anything. The same tables decide goals and predictions.";
    vm.field = "sql";
    vm.field_hint = std::string(kFirstQuery);
    vm.field_text = scene.at().desk.sql;
    vm.field_verb = "Break when true";
    vm.chips_title = scene.at().desk.asked.empty() ? "Try" : "Asked before";
    for (const std::string& text : scene.at().desk.asked) vm.chips.push_back({shortened(text, 34), text});
    if (scene.at().desk.asked.empty())
        for (const auto& [name, text] : kQuestions) vm.chips.push_back({name, text});
    const std::string& asked = vm.field_text.empty() ? vm.field_hint : vm.field_text;
    const auto answer =
        sql_view_at({&scene.world(), &scene.history(), scene.cursor(), scene.at().branch, scene.at().names}).ask(asked);
    if (!answer) vm.field_error = answer.error().message;
    else vm.sections.push_back(answer_of(*answer));
    vm.sections.push_back(tables_section());
    return vm;
}

// ---- Console ----------------------------------------------------------------------------------------

namespace {

std::string server(const Scene& scene) {
    for (const NodeId node : scene.brokers())
        if (const auto* broker = scene.reader().broker(node))
            return fmt::format("{}:{}", broker->settings.host, broker->settings.port);
    return "broker-1:9092";
}

std::vector<SheetChipVm> tools(const Scene& scene) {
    const std::string at = " --bootstrap-server " + server(scene);
    const std::string topic = scene.topics().empty() ? "orders" : scene.reader().text(scene.topics().front());
    return {
        {"topics: describe", "kafka-topics.sh" + at + " --describe"},
        {"topics: create", "kafka-topics.sh" + at + " --create --topic mine --partitions 3"},
        {"groups: list", "kafka-consumer-groups.sh" + at + " --list"},
        {"groups: describe all", "kafka-consumer-groups.sh" + at + " --describe --all-groups"},
        {"end offsets", "kafka-get-offsets.sh" + at + " --topic " + topic},
        {"configs", "kafka-configs.sh" + at + " --describe --entity-type topics --entity-name " + topic},
        {"preferred leaders", "kafka-leader-election.sh" + at + " --election-type preferred --all-topic-partitions"}};
}

void add_text(SheetSectionVm& section, const std::string& text, bool broken) {
    for (const std::string_view line : sim::lines_of(text))
        section.lines.push_back({std::string(line), false, broken, false});
}

/// Netcat and spark-submit, where there is a query for them.
void add_spark_tools(const Scene& scene, std::vector<SheetChipVm>& chips) {
    const auto queries = lab::queries_of(scene.reader());
    const auto typed = std::ranges::find_if(queries, [](const lab::KnownQuery& query) {
        return !query.spec->sources.empty() && query.spec->sources.front().format == "socket";
    });
    if (typed != queries.end()) chips.push_back({"netcat: type a line", "nc " + typed->spec->name + " cat dog"});
    if (!queries.empty()) {
        const std::string& name = queries.front().spec->name;
        chips.push_back({"spark-submit", fmt::format("spark-submit {0}-2 like {0} output_mode=update", name)});
    }
}

/// What was typed into the sockets of queries: the other end of `nc -lk`.
void add_netcat(const Scene& scene, SheetVm& vm) {
    constexpr std::size_t kMostLines = 8;
    const auto* driver = lab::driver_of(scene.reader());
    if (driver == nullptr) return;
    for (const engine::spark::TypedLines& typed : driver->progress.typed) {
        if (typed.lines.empty() || typed.query >= driver->settings.spec.queries.size()) continue;
        SheetSectionVm section;
        section.title = "nc";
        section.sentence =
            fmt::format("what was typed into the socket of {}: {} {}", driver->settings.spec.queries[typed.query].name,
                        typed.lines.size(), typed.lines.size() == 1 ? "line" : "lines");
        const std::size_t first = typed.lines.size() - std::min(typed.lines.size(), kMostLines);
        for (std::size_t i = first; i < typed.lines.size(); ++i)
            section.lines.push_back({typed.lines[i], false, false, false});
        vm.sections.push_back(std::move(section));
    }
}

/// What the console sinks of queries printed with their last batch.
void add_query_consoles(const Scene& scene, SheetVm& vm) {
    const NodeId node = scene.world().find_node("driver");
    if (node == sim::kNoNode || engine::spark_role(scene.world(), node) != "driver") return;
    const auto& driver = scene.world().nodes[node.value].as<engine::spark::DriverNode>().state;
    for (u32 q = 0; q < driver.memory.queries.size(); ++q) {
        if (driver.memory.queries[q].console.empty()) continue;
        SheetSectionVm section;
        section.title = "Query " + spec_of(driver, q).name;
        section.sentence = "what its console sink printed last";
        add_text(section, driver.memory.queries[q].console, false);
        vm.sections.push_back(std::move(section));
    }
}

}  // namespace

std::string console_line(const std::string& typed) {
    constexpr std::string_view kNetcat = "nc ", kSubmit = "spark-submit ";
    if (typed.starts_with(kNetcat)) return "type " + typed.substr(kNetcat.size());
    if (typed.starts_with(kSubmit)) return "submit " + typed.substr(kSubmit.size());
    return "run " + typed;
}

SheetVm make_console(const Scene& scene) {
    constexpr u64 kMostCommands = 12;
    SheetVm vm;
    vm.head.title = "Console";
    const bool has_query = !lab::queries_of(scene.reader()).empty();
    vm.head.sentence =
        has_query ? "Kafka's tools, netcat and spark-submit. What you type runs in the lab's world."
                  : "Kafka's command-line tools. What you type runs in the lab's world, and takes its time there.";
    vm.field = "console";
    vm.field_hint = "kafka-topics.sh --bootstrap-server " + server(scene) + " --describe";
    vm.field_text = scene.at().desk.command;
    vm.field_verb = "Run";
    vm.chips_title = "Tools";
    vm.chips = tools(scene);
    add_spark_tools(scene, vm.chips);
    add_netcat(scene, vm);
    add_query_consoles(scene, vm);
    SheetSectionVm section;
    section.title = vm.sections.empty() ? "Output" : "Commands";
    section.empty = "No command has run yet. Choose a tool above, then press Run.";
    const u64 count = scene.reader().rows_now(scene.history().commands);
    if (count > 0)
        section.sentence = fmt::format("{} {}, the latest below", count, count == 1 ? "command" : "commands");
    for (u64 i = count - std::min(count, kMostCommands); i < count; ++i) {
        const engine::CommandRow& command = scene.history().commands[i];
        section.lines.push_back(
            {fmt::format("{}  $ {}", scene.time(scene.event_time(command.event_index)), command.line), i + 1 == count,
             false, true});
        add_text(section, command.output, false);
        add_text(section, command.errors, true);
        if (command.output.empty() && command.errors.empty())
            section.lines.push_back({"(it said nothing)", false, false, false});
        if (command.exit_code != 0)
            section.lines.push_back({fmt::format("exit code {}", command.exit_code), false, true, false});
        section.lines.push_back({});
    }
    vm.sections.push_back(std::move(section));
    return vm;
}

}  // namespace app
