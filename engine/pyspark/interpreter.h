// Runs Python programs as the course and the recordings write them: statements, functions and classes of the program's
// own, and PySpark's API, which builds logical plans. What a program does to the outside (showing, starting queries,
// waiting) goes through Host.
//
// Nothing throws: the first exception of the program is kept in `raised` and everything unwinds. Steps are bounded.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>

#include "engine/plan/column.h"
#include "engine/plan/session.h"
#include "engine/pyspark/value.h"

namespace engine::spark::py {

/// An exception of the program: what Python prints, and where.
struct Raised {
    QueryError error;  ///< `exception` is Python's class
    u32 line = 0;
    u32 column = 0;
};

/// What writeStream was told before start().
struct StreamRequest {
    PlanRef plan;
    std::string format;
    std::string mode = "append";
    std::string name;
    std::string trigger;        ///< "", processingTime, once, availableNow, continuous
    std::string trigger_value;
    std::vector<std::pair<std::string, std::string>> options;
    std::vector<std::string> partition_by;
    PyValue foreach_row;        ///< function or object with open, process, close
    PyValue foreach_batch;
};

struct ReadRequest {
    bool stream = false;
    std::string format;
    std::vector<std::pair<std::string, std::string>> options;  ///< `path` among them
    std::optional<DataType> schema;
};

struct RowTable {
    DataType schema;
    std::vector<Values> rows;
};

template <class T>
using Answer = std::expected<T, QueryError>;

/// The world around a program.
struct Host {
    virtual ~Host() = default;
    virtual void print(const std::string& text) = 0;
    virtual Answer<std::string> show(const PlanRef& plan, i64 rows, i64 truncate, bool vertical) = 0;
    virtual Answer<RowTable> rows(const PlanRef& plan, i64 limit) = 0;
    virtual Answer<PlanRef> read(const ReadRequest& request) = 0;
    virtual Answer<bool> write(const PlanRef& plan, const std::string& format, const std::string& mode,
                               const std::vector<std::pair<std::string, std::string>>& options) = 0;
    virtual Answer<std::string> explain(const PlanRef& parsed, const PlanRef& plan, const std::string& mode) = 0;
    virtual Answer<i64> start(const StreamRequest& request) = 0;
    /// A method or attribute of a running query: stop, status, lastProgress, ...
    virtual Answer<PyValue> query(i64 handle, const std::string& member, const std::vector<PyValue>& args) = 0;
    virtual std::vector<i64> queries() = 0;
    /// A StreamingQueryListener is added, or taken away.
    virtual void listen(const PyValue& listener, bool on);
    virtual Answer<bool> sleep(double seconds) = 0;
    virtual Answer<bool> append_file(const std::string& path, const std::string& text) = 0;
    virtual Answer<std::string> read_file(const std::string& path) = 0;
    /// A stream of rows that the program adds itself, and such rows; `stream` is its relation's number.
    virtual Answer<PlanRef> make_memory(const DataType& schema);
    virtual Answer<bool> add_memory(i64 stream, Batch rows);
};

struct Args {
    std::vector<PyValue> positional;
    std::vector<std::pair<std::string, PyValue>> named;
};

enum class Flow : u8 { normal, returned, broke, continued };

/// Makes scopes. A function names the scope around it, which names the function: at the end all are taken apart.
class Scopes {
public:
    Scopes() = default;
    Scopes(const Scopes&) = delete;
    Scopes& operator=(const Scopes&) = delete;
    ~Scopes();
    std::shared_ptr<Object> make(std::shared_ptr<Object> outer);

private:
    std::vector<std::weak_ptr<Object>> made_;
    std::size_t limit_ = 1000;  ///< those that are gone are forgotten when there are so many
};

struct Interpreter {
    Session& session;
    Host& host;
    std::shared_ptr<Scopes> scopes = std::make_shared<Scopes>();
    std::shared_ptr<Object> globals = scopes->make(nullptr);
    std::shared_ptr<Object> scope = globals;
    std::optional<Raised> raised = std::nullopt;
    PyValue result = {};  ///< of `return`
    std::function<PyValue(const PyValue&, const Args&)> foreign = {};  ///< calls functions of another language
    i64 steps = 0;
    int depth = 0;
    u32 line = 0;        ///< of the statement at hand
    u32 column = 0;

    [[nodiscard]] bool ok() const { return !raised; }
    void raise(std::string type, std::string message);
    void raise(QueryError error);
    /// The value, or none() with the refusal raised.
    template <class T>
    T must(Answer<T> answer) {
        if (answer) return std::move(*answer);
        raise(std::move(answer.error()));
        return T{};
    }

    // statements (interpreter.cc)
    Flow run(const NodeRef& n);
    Flow run_block(const NodeRef& n);
    Flow run_for(const NodeRef& n);
    Flow run_while(const NodeRef& n);
    Flow run_try(const NodeRef& n);
    void import_names(const NodeRef& n);
    void define(const NodeRef& n);
    void define_class(const NodeRef& n);
    void assign(const NodeRef& target, const PyValue& v);
    void remove(const NodeRef& target);

    // expressions (evaluate.cc)
    PyValue eval(const NodeRef& n);
    PyValue eval_name(const NodeRef& n);
    PyValue eval_format(const NodeRef& n);
    PyValue eval_unary(const NodeRef& n);
    PyValue eval_compare(const NodeRef& n);
    PyValue eval_comprehension(const NodeRef& n);
    PyValue binary(const std::string& op, const PyValue& a, const PyValue& b);
    PyValue compare(const std::string& op, const PyValue& a, const PyValue& b);
    PyValue attribute(const PyValue& base, const std::string& name);
    PyValue subscript(const PyValue& base, const PyValue& index);
    PyValue frame_subscript(const PyValue& base, const PyValue& index);
    PyValue slice(const PyValue& base, const NodeRef& bounds);
    std::vector<PyValue> iterate(const PyValue& v);
    Args arguments(const NodeRef& call);
    PyValue call(const PyValue& callee, const Args& args);
    PyValue call_own(const std::shared_ptr<Object>& function, const Args& args);
    PyValue method(const PyValue& self, const std::string& name, const Args& args);

    // names that Python and PySpark give (builtins.cc, functions.cc, *_methods.cc)
    PyValue builtin(const std::string& name, const Args& args);
    PyValue function(const std::string& name, const Args& args);
    PyValue text_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue collection_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue column_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue window_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue session_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue reader_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue writer_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue frame_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue grouped_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue query_method(const PyValue& self, const std::string& name, const Args& args);
    PyValue frame_attribute(const PyValue& self, const std::string& name);
};

/// A bound argument list: one value a parameter, in order; `given` says which were passed.
struct Bound {
    std::vector<PyValue> values;
    std::vector<bool> given;
    std::vector<PyValue> rest;  ///< of a `*name`

    const PyValue& operator[](std::size_t i) const { return values[i]; }
};

/// Binds by `signature`: "a, b=, *c": names; `=` marks optional ones. Raises Python's TypeError.
Bound bind_args(Interpreter& in, const std::string& function, const std::string& signature, const Args& args);

/// Reads and runs a program. None if it ran to its end.
std::optional<Raised> run_program(Interpreter& in, const std::string& text);
/// The names every program has: builtins, and `spark`.
void define_builtins(Interpreter& in);
PyValue native(const std::string& kind, const std::string& name);

// what methods share
/// A column: itself, or the column that a text names.
ExprRef column_of(const PyValue& v);
/// Columns of window(time, "10 minutes", ..) and session_window(time, gap).
PyValue window_of(Interpreter& in, const Args& args);
PyValue session_window_of(Interpreter& in, const Args& args);
/// Columns of arguments that may be columns, names, or one list of them.
Exprs columns_of(Interpreter& in, const std::vector<PyValue>& values);
/// Analyses a new node over analysed children; a frame, or none with the refusal raised.
PyValue frame_of(Interpreter& in, const PlanRef& parsed);
PyValue frame_of_analysed(const PlanRef& plan);
bool streaming(const PlanRef& plan);
/// A cell as Python sees it.
PyValue to_python(const Value& v, const DataType& type);
PyValue row_of(const Values& row, const DataType& schema);
std::optional<DataType> schema_of(Interpreter& in, const PyValue& v);

}  // namespace engine::spark::py
