#include "app/lab/command/sql_command.h"

#include <fmt/format.h>

#include "app/lab/command/console.h"
#include "app/lab/host/folder_store.h"
#include "app/lab/host/process.h"
#include "engine/operators/file_scan.h"
#include "engine/operators/statement.h"
#include "engine/plan/plan_text.h"
#include "engine/sql/lexer.h"

namespace app::lab {

namespace spark = engine::spark;

std::vector<std::string> split_statements(const std::string& text) {
    std::vector<std::string> out;
    std::size_t start = 0;
    for (const spark::Token& token : spark::tokenize(text)) {
        const bool end = token.kind == spark::TokenKind::end;
        if (!end && !(token.kind == spark::TokenKind::symbol && token.text == ";")) continue;
        const std::string part = text.substr(start, token.start - start);
        if (part.find_first_not_of(" \t\r\n") != std::string::npos) out.push_back(part);
        start = token.start + 1;
    }
    if (out.empty()) out.push_back(text);
    return out;
}

SqlOutcome run_sql(const SqlCommand& command) {
    spark::Session session;
    session.ansi = command.ansi;
    session.clock = {"UTC", command.now_micros};
    const FolderStore store(command.data);
    session.files = [&](const std::string& format, const auto& options) {
        return spark::read_files(session, store, format, options, std::nullopt);
    };
    SqlOutcome outcome;
    for (const std::string& statement : split_statements(command.text)) {
        if (command.plan) {
            const auto plan = spark::plan_of_text(session, statement);
            if (!plan) {
                outcome.status = 1;
                outcome.error = plan.error().message + "\n";
                break;
            }
            outcome.out += spark::plan_tree(*plan);
            continue;
        }
        const auto result = spark::execute(session, statement);
        if (!result) {
            outcome.status = 1;
            outcome.error = result.error().message + "\n";
            break;
        }
        if (result->command) continue;
        if (!result->plan && (*result->schema.fields)[0].name == "plan") {
            // A plan is text of many lines, not a cell.
            outcome.out += spark::get(result->rows.batches[0].columns[0], 0).s;
            continue;
        }
        if (command.schema) outcome.out += spark::tree_text(result->schema) + "\n";
        outcome.out += spark::show(session, *result, {command.rows, command.truncate});
    }
    return outcome;
}

namespace {

const char* kind_name(spark::FunctionKind kind) {
    switch (kind) {
        case spark::FunctionKind::scalar: return "";
        case spark::FunctionKind::aggregate: return "aggregate";
        case spark::FunctionKind::window: return "window";
        case spark::FunctionKind::generator: return "generator";
        case spark::FunctionKind::higher_order: return "lambda";
    }
    return "";
}

}  // namespace

std::string function_help(const std::string& name) {
    std::string out;
    for (const spark::FunctionInfo* fn : spark::all_functions()) {
        if (fn->hidden || (!name.empty() && name != fn->name)) continue;
        out += fmt::format("{:<28} {:<10} {}\n", fn->name, kind_name(fn->kind), fn->help);
    }
    return out;
}

int sql_command(SqlCommand command) {
    if (command.functions) {
        fmt::print("{}", function_help(command.text));
        return kGood;
    }
    command.now_micros = wall_micros();
    const SqlOutcome outcome = run_sql(command);
    fmt::print("{}", outcome.out);
    if (!outcome.error.empty()) fmt::print(stderr, "{}", outcome.error);
    return outcome.status == 0 ? kGood : kFailed;
}

}  // namespace app::lab
