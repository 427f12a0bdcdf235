// Runs programs in Scala: the statements and expressions that Spark's guides write, over the values and the API of the
// PySpark reader, which builds the plans. Functions over objects (map, flatMap, mapGroupsWithState ...) become typed
// steps of a plan; their bodies are evaluated here, row by row, when the plan runs.
//
// Values are the PySpark reader's: a Long is an integer whose `s` is "L" (S Short, B Byte), a Char a text with i = 1,
// Unit a none whose `s` is "()". Tuples, collections (by `object->type`: List, Seq, Array, Iterator, Set ...) and maps
// are its tuples, lists and dicts; options and instances of classes are objects of type Some, None and instance.
//
// Nothing throws: the first exception is kept in the interpreter's `raised` and everything unwinds. Steps are bounded.
#pragma once

#include <map>

#include "engine/plan/typed.h"
#include "engine/pyspark/interpreter.h"
#include "engine/scala/tree.h"

namespace engine::spark::scala {

using py::Args;
using py::Kind;
using py::Object;
using py::PyValue;
using Values = std::vector<PyValue>;  // of the program
using Cell = engine::spark::Value;
using Cells = engine::spark::Values;

struct Evaluator : std::enable_shared_from_this<Evaluator> {
    py::Interpreter& in;
    std::string owner = "Main";  ///< the object whose functions the program's functions are
    std::map<std::string, std::shared_ptr<Object>> classes = {};
    int anonymous = 0;           ///< classes without a name so far
    bool returning = false;
    PyValue returned = {};
    KeyState* state = nullptr;   ///< of the key whose function runs
    const ObjectType* state_type = nullptr;
    int depth = 0;
    sim::i64 steps = 0;

    explicit Evaluator(py::Interpreter& interpreter) : in(interpreter) {}

    [[nodiscard]] bool ok() const { return in.ok(); }
    void at(const NodeRef& n) { in.line = n->line, in.column = n->column; }
    /// An exception of the JVM.
    PyValue raise(const std::string& java_class, std::string message);
    /// What this reader does not know.
    PyValue unsupported(const NodeRef& n, const std::string& what);
    PyValue no_member(const PyValue& base, const std::string& name);

    // evaluate.cc
    PyValue eval(const NodeRef& n);
    PyValue eval_block(const NodeRef& n, bool own_scope);
    PyValue eval_name(const NodeRef& n);
    PyValue eval_infix(const NodeRef& n);
    PyValue eval_prefix(const NodeRef& n);
    PyValue eval_interpolated(const NodeRef& n);
    PyValue eval_match(const NodeRef& n);
    PyValue eval_for(const NodeRef& n, std::size_t generator, Values* out);
    PyValue eval_while(const NodeRef& n);
    PyValue eval_try(const NodeRef& n);
    PyValue eval_throw(const NodeRef& n);
    PyValue eval_assign(const NodeRef& n);
    PyValue operate(const std::string& op, const PyValue& a, const PyValue& b);
    bool matches(const NodeRef& pattern, const PyValue& v);
    bool is_of(const PyValue& v, const Type& type);

    // define.cc: names, functions, classes
    void define_value(const NodeRef& n);
    void define_class(const NodeRef& n);
    void import(const NodeRef& n);
    PyValue closure(const NodeRef& n);
    PyValue instance(const std::shared_ptr<Object>& of, const Args& args);
    PyValue eval_new(const NodeRef& n);
    PyValue call_closure(const PyValue& f, const Args& args);
    PyValue run_cases(const NodeRef& n, std::size_t first, const PyValue& v, bool& matched);

    // call.cc
    PyValue eval_apply(const NodeRef& n);
    Args arguments(const NodeRef& n);
    PyValue apply(const PyValue& callee, const Args& args, const std::vector<Type>& types = {});
    PyValue call1(const PyValue& f, const PyValue& a) { return apply(f, {{a}, {}}); }
    PyValue member(const PyValue& base, const std::string& name, const Args& args, const std::vector<Type>& types = {});

    // methods of values
    PyValue text_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue number_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue list_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue map_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue option_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue time_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue state_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue instance_member(const PyValue& self, const std::string& name, const Args& args);
    PyValue static_member(const PyValue& self, const std::string& name, const Args& args,
                          const std::vector<Type>& types);
    PyValue static_apply(const std::string& name, const Args& args, const std::vector<Type>& types);
    PyValue native_call(const std::string& name, const Args& args);
    Values items(const PyValue& v);

    // Spark's API
    PyValue column_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue frame_member(const PyValue& self, const std::string& name, const Args& args,
                         const std::vector<Type>& types);
    PyValue typed_member(const PyValue& self, const std::string& name, const Values& args,
                         const std::vector<Type>& types);
    PyValue grouped_member(const PyValue& self, const std::string& name, const Values& args,
                           const std::vector<Type>& types);
    PyValue writer_member(const PyValue& self, const std::string& name, const Args& args);
    PyValue spark_member(const PyValue& self, const std::string& name, const Args& args);
    PyValue companion_member(const PyValue& self, const std::string& name, const Args& args);
    PyValue stream_member(const PyValue& self, const std::string& name, const Values& args);
    PyValue memory_stream(const Type& element);
    PyValue frame_of_items(const Values& rows, const std::vector<std::string>& names);

    // types
    std::optional<ObjectType> object_type(const Type& type);
    /// What a row of a frame stands for.
    PyValue object_of_row(const PyValue& row, const ObjectType& type);
    /// The type of what a function gives for arguments of these types; no name = unknown.
    Type result_of(const PyValue& function, const std::vector<Type>& args);
    Type type_of_value(const PyValue& v);
};

/// Reads and runs a program. None if it ran to its end. `shared`: what earlier texts of the same program defined.
std::optional<py::Raised> run_program(const std::shared_ptr<Evaluator>& e, const std::string& text);
/// An evaluator whose functions the interpreter calls.
std::shared_ptr<Evaluator> make_evaluator(py::Interpreter& in);

// values
PyValue unit();
/// An argument, or unit if there are not so many.
inline PyValue arg_at(const Values& args, std::size_t i) { return i < args.size() ? args[i] : unit(); }
PyValue of_long(sim::i64 v);
PyValue of_char(std::string c);
PyValue of_list(const char* type, Values items);
PyValue some(const PyValue& v);
PyValue nothing();  ///< None
PyValue of_time(const char* type, sim::i64 v);  ///< Timestamp (microseconds), Date (days)
PyValue static_of(const std::string& name);
bool is_list(const PyValue& v);
bool is_unit(const PyValue& v);
bool has_object(const PyValue& v, std::string_view type);
/// toString.
std::string display(const PyValue& v);
bool same(const PyValue& a, const PyValue& b);
int order_of(const PyValue& a, const PyValue& b);
std::string class_of(const PyValue& v);  ///< Scala's name of its type
std::string java_class_of(const PyValue& v);

/// A cell as a value of the program, and back.
PyValue from_cell(Evaluator& e, const Cell& v, const ObjectType& type);
Cell to_cell(const PyValue& v, const ObjectType& type);

/// The type of a Dataset's rows; no name = a DataFrame.
Type element_of(const PyValue& frame);
PyValue with_element(PyValue frame, const Type& type);
/// A column that says what its values are for the program; `element_of` gives it back.
PyValue typed_column(PyValue column, const Type& type);

}  // namespace engine::spark::scala
