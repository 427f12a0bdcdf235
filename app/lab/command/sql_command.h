// `millrace sql "SELECT ..."`: one or more statements, separated by semicolons, run by the Spark engine; tables
// are printed as show() prints them, refusals as Spark words them.
#pragma once

#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::lab {

struct SqlCommand {
    std::string text;
    bool ansi = false;
    sim::i64 rows = 20;
    sim::i64 truncate = 0;      ///< characters a cell may have; 0 = all
    bool schema = false;        ///< print the schema before the rows
    bool functions = false;     ///< print the function table instead
    bool plan = false;          ///< print the analysed plan instead of rows
    sim::i64 now_micros = 0;    ///< the present, given by the caller
    std::string data;           ///< the folder whose files may be read; empty = none
};

struct SqlOutcome {
    int status = 0;  ///< 1 = refused
    std::string out;
    std::string error;
};

/// The command: prints, gives the exit code.
int sql_command(SqlCommand command);
SqlOutcome run_sql(const SqlCommand& command);
/// The function table as help: one function a line; or one function in full.
std::string function_help(const std::string& name);
/// Statements of a text: split at semicolons that stand outside strings and comments.
std::vector<std::string> split_statements(const std::string& text);

}  // namespace app::lab
