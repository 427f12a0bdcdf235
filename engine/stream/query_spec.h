// What a lesson says of its queries and of the cluster that runs them: plain data, options by Spark's names.
#pragma once

#include <string>
#include <vector>

#include "engine/model/config_def.h"
#include "engine/model/ids.h"

namespace engine::spark {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct SourceSpec {
    std::string name;  ///< of the view that the query reads
    std::string format;
    NamedTexts options;
    std::string watermark_column;  ///< "" = none
    std::string watermark_delay;
};

struct QuerySpec {
    std::string name;
    std::vector<SourceSpec> sources;
    std::string sql;
    std::string program;  ///< PySpark text, in the place of `sql` and of what it says itself
    std::string output_mode = "append";
    std::string trigger = "default";  ///< default, processingTime T, once, availableNow, manual
    std::string checkpoint;           ///< "" = a folder of its own
    NamedTexts conf;
    std::string sink;  ///< format
    NamedTexts sink_options;
    bool manual = false;  ///< started by a verb
};

struct StaticTable {
    std::string name;
    std::vector<std::string> columns;            ///< `id INT`
    std::vector<std::vector<std::string>> rows;  ///< SQL literals
};

/// A text as a literal of Spark SQL: quotes and backslashes within it are escaped.
std::string sql_literal(const std::string& text);

struct SparkSpec {
    i32 executors = 2;
    i32 cores = 2;  ///< of each
    NamedTexts conf;
    Nanos batch_cost;  ///< 0 = the table of costs
    std::vector<QuerySpec> queries;
    std::vector<StaticTable> tables;
};

}  // namespace engine::spark
