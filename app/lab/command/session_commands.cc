#include "app/lab/command/session_commands.h"

#include <algorithm>

#include "app/lab/command/console.h"
#include "app/lab/command/run_command.h"

namespace app::lab {
namespace {

std::string json_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') out += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", c);
        else out.push_back(c);
    }
    return out + "\"";
}

std::string csv_text(const Cell& cell) {
    if (is_null(cell)) return "";
    std::string text = text_of(cell);
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string json_cell(const Cell& cell) {
    if (is_null(cell)) return "null";
    return std::holds_alternative<std::string>(cell) ? json_text(text_of(cell)) : text_of(cell);
}

void print_csv(const Table& table) {
    std::string line;
    for (const std::string& column : table.columns) line += (line.empty() ? "" : ",") + csv_text(Cell(column));
    print_line(line);
    for (const auto& row : table.rows) {
        line.clear();
        for (std::size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : ",") + csv_text(row[i]);
        print_line(line);
    }
}

void print_json(const Table& table) {
    print_line("[");
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        std::string line;
        for (std::size_t i = 0; i < table.rows[r].size(); ++i)
            line +=
                fmt::format("{}{}: {}", i == 0 ? "" : ", ", json_text(table.columns[i]), json_cell(table.rows[r][i]));
        print_line(fmt::format("  {{{}}}{}", line, r + 1 < table.rows.size() ? "," : ""));
    }
    print_line("]");
}

void print_table(const Table& table) {
    std::vector<std::size_t> widths;
    for (const std::string& column : table.columns) widths.push_back(column.size());
    for (const auto& row : table.rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text_of(row[i]).size());
    const auto print_row = [&](const auto& text_at) {
        std::string line;
        for (std::size_t i = 0; i < widths.size(); ++i) line += fmt::format("{:<{}}  ", text_at(i), widths[i]);
        print_line(line.substr(0, line.find_last_not_of(' ') + 1));
    };
    print_row([&](std::size_t i) { return table.columns[i]; });
    print_row([&](std::size_t i) { return std::string(widths[i], '-'); });
    for (const auto& row : table.rows) print_row([&](std::size_t i) { return text_of(row[i]); });
}

std::expected<std::unique_ptr<Session>, std::string> open_at(const QueryOptions& options) {
    auto session = open_saved(options.file);
    if (!session || options.at.empty()) return session;
    const auto time = parse_lesson_time(options.at, (*session)->lesson);
    if (!time)
        return std::unexpected(fmt::format(
            "'{}' is no time of this lesson: write 12.5s, 11m or a clock time such as 12:00:30", options.at));
    Run& run = *(*session)->run;
    const sim::Nanos moment = run.world().frame->origin + *time;
    run.seek(std::min(run.index_at(moment), run.timeline().branch().head));
    return session;
}

}  // namespace

int replay_command(const std::string& file, bool hash) {
    auto session = open_saved(file);
    if (!session) return complain(session.error());
    for (const std::string& warning : (*session)->warnings) complain(file + ": " + warning);
    const Run& run = *(*session)->run;
    print_line(fmt::format("{}: seed {}, {} branches, {} inputs, {} events", (*session)->lesson.info.id.value,
                           (*session)->seed, run.timeline().branches().size(), run.timeline().branch().inputs.size(),
                           run.cursor() - run.timeline().first()));
    if (hash) print_line(hash_line(run.world()));
    return (*session)->damaged() || run.timeline().divergence().found ? kFailed : kGood;
}

int query_command(const QueryOptions& options) {
    auto session = open_at(options);
    if (!session) return complain(session.error());
    for (const std::string& warning : (*session)->warnings) complain(options.file + ": " + warning);
    Run& run = *(*session)->run;
    SqlView view;
    view.show({&run.world(), &run.history(), run.cursor(), run.timeline().branch().id});
    const auto table = view.ask(options.sql);
    if (!table) return complain("the query cannot be answered:\n" + with_caret(options.sql, table.error()));
    switch (options.format) {
        case QueryFormat::table: print_table(*table); break;
        case QueryFormat::csv: print_csv(*table); break;
        case QueryFormat::json: print_json(*table); break;
    }
    return kGood;
}

}  // namespace app::lab
