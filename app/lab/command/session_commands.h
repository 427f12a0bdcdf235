// `replay` and `query`: a saved session is run again, and asked.
#pragma once

#include <string>

namespace app::lab {

int replay_command(const std::string& file, bool hash);

enum class QueryFormat { table, csv, json };

struct QueryOptions {
    std::string file;
    std::string sql;
    std::string at;          // a time of the lesson; "" = where the session stands
    QueryFormat format = QueryFormat::table;
};
int query_command(const QueryOptions& options);

}  // namespace app::lab
