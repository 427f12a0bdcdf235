// pyspark.sql.functions: one table of signatures. A parameter is `name:kind`, with `=` if it may be left out:
//   c column or the name of one · l Python value as a literal · v column, or a value as a literal · *c any number of
//   columns · i, d, b, s a number, a real number, a truth value, a text that Java's method takes as such (`=*`
//   if Python passes its own when it is left out) · n, m a whole number, a number, or else a column or its name
// Functions that are more than a call of the SQL function of that name are handled in functions.cc.
#pragma once

#include <string>
#include <vector>

namespace engine::spark::py {

struct PyFunction {
    const char* name;
    const char* signature;
    const char* sql;  ///< the SQL function, if it has another name
};

const PyFunction* find_sql_function(const std::string& name);
bool is_sql_function(const std::string& name);
std::vector<std::string> sql_function_names();

}  // namespace engine::spark::py
