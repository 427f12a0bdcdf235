// The function library as one table: name, arguments, result, null rule, a line of help, and what computes
// it. The analyser types calls by it, the evaluator runs by it, the lab's help is printed from it.
//
// Arguments: one code an argument, separated by commas. Z boolean, Y tinyint, H smallint, I int, L bigint,
// F float, D double, N decimal, S string, B binary, d date, t timestamp, T timestamp with or without zone,
// n any number, i any whole number, A array, M map, P struct, c calendar interval, v day-time interval, m year-month
// interval, x anything. `S|B` either; `!` as it is: no value of another type becomes one; `?` optional; `=v` optional
// with that default; `*` any number; `+` at least one.
// Result: a code, `=k` the type of argument k, `aS` array of string; empty = the typing function says.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/plan/column.h"
#include "engine/plan/planted_bugs.h"
#include "engine/sql/calendar.h"
#include "engine/sql/tree.h"

namespace engine::spark {

/// What evaluation may spend; counted in rows touched and bytes made.
struct Budget {
    i64 steps = 2'000'000'000;
    i64 bytes = 1'500'000'000;
};

/// A generator of rand() or randn(): its numbers go on from one batch of a partition to the next.
struct RandomState {
    i64 seed = 0;
    double spare = 0;
    bool has_spare = false;
};
struct RandomSequence {
    const Expr* of = nullptr;
    i64 row_base = 0;          ///< of the batch that `before` begins
    RandomState before, after;
};

/// What an expression sees besides its input.
struct EvalContext {
    bool ansi = false;
    SqlBug bug = SqlBug::none;
    Clock clock;
    Failure failure;
    Budget budget;
    i64 partition = 0;
    i64 row_base = 0;  ///< rows of this partition before the batch
    std::vector<std::pair<u64, Column>> variables;  ///< lambda variables by id
    std::vector<RandomSequence> randoms;

    bool ok() const { return !failure.failed; }
    /// Counts work; false (with the failure set) when the statement has spent its budget.
    bool spend(i64 steps, i64 bytes = 0);
};

/// One row of a call.
struct Call {
    const Expr& e;
    std::span<const Value> args;
    EvalContext& cx;

    const DataType& type(std::size_t i) const { return e.args[i]->type; }
    const std::string& text(std::size_t i) const { return args[i].s; }
    Value fail(const std::string& exception, const std::string& error_class, const std::string& text,
               bool context = true) const;
};

/// Typing of one call: may replace arguments by casts; sets type and nullability. False = refused.
struct Typing {
    Expr& e;
    bool ansi = false;
    std::string zone = "UTC";
    std::string error_class;  ///< DATATYPE_MISMATCH.X
    std::string text;

    bool refuse(std::string sub_class, std::string why);
};

enum class NullRule : u8 {
    strict,       ///< null if an argument is; nullable if an argument is
    strict_null,  ///< null if an argument is; may be null otherwise
    sees,         ///< handles nulls; nullable
    never,        ///< handles nulls; never null
    any,          ///< handles nulls; nullable if an argument is
};

enum class FunctionKind : u8 { scalar, aggregate, window, generator, higher_order };

using RowFn = Value (*)(const Call&);
using VectorFn = Column (*)(const Expr&, std::vector<Column>&, i64, EvalContext&);
using TypingFn = bool (*)(Typing&);

struct FunctionInfo {
    const char* name;
    const char* args;
    const char* result;
    NullRule nulls;
    RowFn row;
    const char* help;
    TypingFn typing = nullptr;
    VectorFn vector = nullptr;
    const char* shown = nullptr;  ///< name in column headings if not `name`
    FunctionKind kind = FunctionKind::scalar;
    bool deterministic = true;
    bool hidden = false;          ///< an operator: not callable by name
};

std::span<const FunctionInfo* const> all_functions();
/// Names that lead to functions of another name.
std::vector<std::string_view> function_aliases();
/// By name without regard to case; aliases lead to their function.
const FunctionInfo* find_function(std::string_view name, bool operators = false);
/// A call of a function or operator of the table, not yet typed. `k`: its number, where it takes one.
ExprRef bound_call(std::string name, Exprs args, i64 k = 0);
/// Whether Spark shows the alias that was typed instead of the function's own name.
std::string shown_name(const FunctionInfo& fn, const std::string& typed);

struct Arity {
    int least = 0;
    int most = 0;  ///< -1 = any number
};
Arity arity_of(const FunctionInfo& fn);
/// The defaults of missing optional arguments, in order from `given`.
Exprs default_arguments(const FunctionInfo& fn, std::size_t given);

// Parts of the table, one a file.
std::span<const FunctionInfo> operator_functions();
std::span<const FunctionInfo> conditional_functions();
std::span<const FunctionInfo> interval_functions();
std::span<const FunctionInfo> math_functions();
std::span<const FunctionInfo> string_functions();
std::span<const FunctionInfo> regex_functions();
std::span<const FunctionInfo> text_functions();
std::span<const FunctionInfo> charset_functions();
std::span<const FunctionInfo> date_functions();
std::span<const FunctionInfo> time_functions();
std::span<const FunctionInfo> collection_functions();
std::span<const FunctionInfo> array_set_functions();
std::span<const FunctionInfo> sequence_functions();
std::span<const FunctionInfo> map_functions();
std::span<const FunctionInfo> lambda_functions();
std::span<const FunctionInfo> json_functions();
std::span<const FunctionInfo> hash_functions();
std::span<const FunctionInfo> misc_functions();
std::span<const FunctionInfo> aggregate_functions();
std::span<const FunctionInfo> window_functions();
std::span<const FunctionInfo> generator_functions();

}  // namespace engine::spark
