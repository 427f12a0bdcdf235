// A refusal of a query as Spark words it: exception, error class, SQLSTATE, message with its context.
#pragma once

#include <memory>
#include <string>

#include "engine/sql/types.h"

namespace engine::spark {

/// A stretch of the statement's text. `line` counts from 1, `pos` from 0 within the line; line 0 = unknown.
struct Origin {
    u32 start = 0;
    u32 stop = 0;  ///< last byte, inclusive
    u32 line = 0;
    u32 pos = 0;
    std::shared_ptr<const std::string> text;
};

struct QueryError {
    std::string exception;    ///< as Python names it: AnalysisException, ParseException, ...
    std::string java_class;
    std::string error_class;  ///< empty if Spark gives none
    std::string sql_state;
    std::string message;      ///< whole, with `[CLASS] ` and context
    bool bound = false;       ///< a limit of this engine, which Spark does not have
    bool on_driver = false;   ///< raised before a task runs: no job is told to have failed
};

/// Where errors of one statement are collected: the first counts.
struct Failure {
    bool failed = false;
    QueryError error;

    void set(QueryError e) {
        if (failed) return;
        failed = true;
        error = std::move(e);
    }
};

/// SQLSTATE of an error class (the part before the first dot decides); empty if it has none.
std::string sql_state_of(const std::string& error_class);

/// `[CLASS] text`, with the class left out if empty or a legacy number.
std::string with_class(const std::string& error_class, const std::string& text);

/// Refusal by the parser, with the caret line under the text.
QueryError parse_error(const std::string& error_class, const std::string& text, const Origin& at);
/// Refusal by the analyser: `; line 1 pos 7` and, if given, the tree of the plan.
QueryError analysis_error(const std::string& error_class, const std::string& text, const Origin& at,
                          const std::string& plan = "");
/// Refusal while rows are computed; the context shows the expression under carets.
QueryError run_error(const std::string& exception, const std::string& error_class, const std::string& text,
                     const Origin& at);

/// Java's IllegalArgumentException, which has no class of Spark's.
QueryError illegal_argument(std::string message);

/// `== SQL(line 1, position 8) ==` with the fragment and carets under it; empty without origin.
std::string query_context(const Origin& at);

/// Line and position of a byte offset; positions count UTF-16 units, as Java does.
Origin origin_of(const std::shared_ptr<const std::string>& text, u32 start, u32 stop);

}  // namespace engine::spark
