// What headings and plans print alike of expressions, and parts that plans alone print: arguments that nobody wrote,
// fields of a struct and keys of grouping sets before anything is known. Private to print.cc and print_tree.cc.
#pragma once

#include <string>

#include "engine/sql/tree.h"

namespace engine::spark {

/// How an expression prints: as a heading (`pretty`) or as a part of a plan (`tree_form`).
using Print = std::string (*)(const ExprRef&);

/// The arguments from one on, with commas between them.
std::string each(const Exprs& args, std::size_t from, Print print);
/// Whether a function is written between its two arguments.
bool infix(const std::string& name);
std::string frame_text(const Frame& frame, Print print, bool tree);
std::string spec_pretty(const ExprRef& spec);
std::string case_text(const ExprRef& e, Print print);
std::string aggregate_text(const ExprRef& e, Print print, bool tree);
std::string function_name(const ExprRef& e);

/// `n, 'n, col2, (1 + 'm)`: fields that are columns have their names, others are numbered.
std::string named_fields(const ExprRef& e);
/// `rollup(Vector(0), Vector(1), 'a, 'b)`: the places of each set's keys, then all keys once.
std::string grouping_tree(const ExprRef& e);
/// What Spark's nodes hold besides the arguments that are written, as plans print it; nullptr if nothing.
const char* hidden_arguments(const ExprRef& e);

}  // namespace engine::spark
