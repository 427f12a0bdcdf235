#include "engine/pyspark/signatures.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

constexpr const char* kPlainApi = "dfapi.<locals>._api";
constexpr const char* kColumnsApi = "df_varargs_api.<locals>._api";

constexpr const char* kOfColumn = "_unary_op.<locals>._";
constexpr const char* kOfColumns = "_bin_op.<locals>._";

constexpr MethodSignature kMethods[] = {
    {"Column", "alias", "*alias, **kwargs", ""},
    {"Column", "asc", "", kOfColumn},
    {"Column", "asc_nulls_first", "", kOfColumn},
    {"Column", "asc_nulls_last", "", kOfColumn},
    {"Column", "astype", "dataType", "Column.cast"},
    {"Column", "between", "lowerBound, upperBound", ""},
    {"Column", "bitwiseAND", "other", kOfColumns},
    {"Column", "bitwiseOR", "other", kOfColumns},
    {"Column", "cast", "dataType", ""},
    {"Column", "contains", "other", kOfColumns},
    {"Column", "desc", "", kOfColumn},
    {"Column", "desc_nulls_first", "", kOfColumn},
    {"Column", "desc_nulls_last", "", kOfColumn},
    {"Column", "endswith", "other", kOfColumns},
    {"Column", "eqNullSafe", "other", kOfColumns},
    {"Column", "getField", "name", ""},
    {"Column", "getItem", "key", ""},
    {"Column", "ilike", "other", ""},
    {"Column", "isNotNull", "", kOfColumn},
    {"Column", "isNull", "", kOfColumn},
    {"Column", "isin", "*cols", ""},
    {"Column", "like", "other", ""},
    {"Column", "name", "*alias, **kwargs", "Column.alias"},
    {"Column", "otherwise", "value", ""},
    {"Column", "over", "window", ""},
    {"Column", "rlike", "other", ""},
    {"Column", "startswith", "other", kOfColumns},
    {"Column", "substr", "startPos, length", ""},
    {"Column", "when", "condition, value", ""},
    {"DataFrame", "agg", "*exprs", ""},
    {"DataFrame", "alias", "alias", ""},
    {"DataFrame", "approxQuantile", "col, probabilities, relativeError", ""},
    {"DataFrame", "cache", "", ""},
    {"DataFrame", "checkpoint", "eager=", ""},
    {"DataFrame", "coalesce", "numPartitions", ""},
    {"DataFrame", "colRegex", "colName", ""},
    {"DataFrame", "collect", "", ""},
    {"DataFrame", "corr", "col1, col2, method=", ""},
    {"DataFrame", "count", "", ""},
    {"DataFrame", "cov", "col1, col2", ""},
    {"DataFrame", "createGlobalTempView", "name", ""},
    {"DataFrame", "createOrReplaceGlobalTempView", "name", ""},
    {"DataFrame", "createOrReplaceTempView", "name", ""},
    {"DataFrame", "createTempView", "name", ""},
    {"DataFrame", "crossJoin", "other", ""},
    {"DataFrame", "crosstab", "col1, col2", ""},
    {"DataFrame", "cube", "*cols", ""},
    {"DataFrame", "describe", "*cols", ""},
    {"DataFrame", "distinct", "", ""},
    {"DataFrame", "drop", "*cols", ""},
    {"DataFrame", "dropDuplicates", "subset=", ""},
    {"DataFrame", "dropDuplicatesWithinWatermark", "subset=", ""},
    {"DataFrame", "drop_duplicates", "subset=", "DataFrame.dropDuplicates"},
    {"DataFrame", "dropna", "how=, thresh=, subset=", ""},
    {"DataFrame", "exceptAll", "other", ""},
    {"DataFrame", "explain", "extended=, mode=", ""},
    {"DataFrame", "fillna", "value, subset=", ""},
    {"DataFrame", "filter", "condition", ""},
    {"DataFrame", "first", "", ""},
    {"DataFrame", "foreach", "f", ""},
    {"DataFrame", "foreachPartition", "f", ""},
    {"DataFrame", "freqItems", "cols, support=", ""},
    {"DataFrame", "groupBy", "*cols", ""},
    {"DataFrame", "groupby", "*cols", ""},
    {"DataFrame", "head", "n=", ""},
    {"DataFrame", "hint", "name, *parameters", ""},
    {"DataFrame", "inputFiles", "", ""},
    {"DataFrame", "intersect", "other", ""},
    {"DataFrame", "intersectAll", "other", ""},
    {"DataFrame", "isEmpty", "", ""},
    {"DataFrame", "isLocal", "", ""},
    {"DataFrame", "join", "other, on=, how=", ""},
    {"DataFrame", "limit", "num", ""},
    {"DataFrame", "localCheckpoint", "eager=", ""},
    {"DataFrame", "mapInArrow", "func, schema, barrier=", "PandasMapOpsMixin.mapInArrow"},
    {"DataFrame", "mapInPandas", "func, schema, barrier=", "PandasMapOpsMixin.mapInPandas"},
    {"DataFrame", "melt", "ids, values, variableColumnName, valueColumnName", ""},
    {"DataFrame", "observe", "observation, *exprs", ""},
    {"DataFrame", "offset", "num", ""},
    {"DataFrame", "orderBy", "*cols, **kwargs", "DataFrame.sort"},
    {"DataFrame", "persist", "storageLevel=", ""},
    {"DataFrame", "printSchema", "level=", ""},
    {"DataFrame", "randomSplit", "weights, seed=", ""},
    {"DataFrame", "registerTempTable", "name", ""},
    {"DataFrame", "repartition", "numPartitions, *cols", ""},
    {"DataFrame", "repartitionByRange", "numPartitions, *cols", ""},
    {"DataFrame", "replace", "to_replace, value=, subset=", ""},
    {"DataFrame", "rollup", "*cols", ""},
    {"DataFrame", "sample", "withReplacement=, fraction=, seed=", ""},
    {"DataFrame", "sampleBy", "col, fractions, seed=", ""},
    {"DataFrame", "select", "*cols", ""},
    {"DataFrame", "selectExpr", "*expr", ""},
    {"DataFrame", "show", "n=, truncate=, vertical=", ""},
    {"DataFrame", "sort", "*cols, **kwargs", ""},
    {"DataFrame", "sortWithinPartitions", "*cols, **kwargs", ""},
    {"DataFrame", "subtract", "other", ""},
    {"DataFrame", "summary", "*statistics", ""},
    {"DataFrame", "tail", "num", ""},
    {"DataFrame", "take", "num", ""},
    {"DataFrame", "toDF", "*cols", ""},
    {"DataFrame", "toJSON", "use_unicode=", ""},
    {"DataFrame", "toLocalIterator", "prefetchPartitions=", ""},
    {"DataFrame", "toPandas", "", "PandasConversionMixin.toPandas"},
    {"DataFrame", "transform", "func, *args, **kwargs", ""},
    {"DataFrame", "union", "other", ""},
    {"DataFrame", "unionAll", "other", ""},
    {"DataFrame", "unionByName", "other, allowMissingColumns=", ""},
    {"DataFrame", "unpersist", "blocking=", ""},
    {"DataFrame", "unpivot", "ids, values, variableColumnName, valueColumnName", ""},
    {"DataFrame", "where", "condition", "DataFrame.filter"},
    {"DataFrame", "withColumn", "colName, col", ""},
    {"DataFrame", "withColumnRenamed", "existing, new", ""},
    {"DataFrame", "withColumns", "*colsMap", ""},
    {"DataFrame", "withColumnsRenamed", "colsMap", ""},
    {"DataFrame", "withWatermark", "eventTime, delayThreshold", ""},
    {"DataFrame", "writeTo", "table", ""},
    {"DataFrameNaFunctions", "drop", "how=, thresh=, subset=", ""},
    {"DataFrameNaFunctions", "fill", "value, subset=", ""},
    {"DataFrameNaFunctions", "replace", "to_replace, value=, subset=", ""},
    {"DataFrameReader", "csv", "path, **options", ""},
    {"DataFrameReader", "format", "source", ""},
    {"DataFrameReader", "jdbc", "url, table, **options", ""},
    {"DataFrameReader", "json", "path, **options", ""},
    {"DataFrameReader", "load", "path=, format=, schema=, **options", ""},
    {"DataFrameReader", "option", "key, value", ""},
    {"DataFrameReader", "options", "**options", ""},
    {"DataFrameReader", "orc", "path, **options", ""},
    {"DataFrameReader", "parquet", "*paths, **options", ""},
    {"DataFrameReader", "schema", "schema", ""},
    {"DataFrameReader", "table", "tableName", ""},
    {"DataFrameReader", "text", "paths, **options", ""},
    {"DataFrameWriter", "csv", "path, **options", ""},
    {"DataFrameWriter", "format", "source", ""},
    {"DataFrameWriter", "insertInto", "tableName, overwrite=", ""},
    {"DataFrameWriter", "json", "path, **options", ""},
    {"DataFrameWriter", "mode", "saveMode", ""},
    {"DataFrameWriter", "option", "key, value", ""},
    {"DataFrameWriter", "options", "**options", ""},
    {"DataFrameWriter", "orc", "path, **options", ""},
    {"DataFrameWriter", "parquet", "path, **options", ""},
    {"DataFrameWriter", "partitionBy", "*cols", ""},
    {"DataFrameWriter", "save", "path=, format=, mode=, partitionBy=, **options", ""},
    {"DataFrameWriter", "saveAsTable", "name, format=, mode=, partitionBy=, **options", ""},
    {"DataFrameWriter", "text", "path, **options", ""},
    {"DataStreamReader", "csv", "path, **options", ""},
    {"DataStreamReader", "format", "source", ""},
    {"DataStreamReader", "json", "path, **options", ""},
    {"DataStreamReader", "load", "path=, format=, schema=, **options", ""},
    {"DataStreamReader", "option", "key, value", ""},
    {"DataStreamReader", "options", "**options", ""},
    {"DataStreamReader", "orc", "path, **options", ""},
    {"DataStreamReader", "parquet", "path, **options", ""},
    {"DataStreamReader", "schema", "schema", ""},
    {"DataStreamReader", "table", "tableName", ""},
    {"DataStreamReader", "text", "path, **options", ""},
    {"DataStreamWriter", "foreach", "f", ""},
    {"DataStreamWriter", "foreachBatch", "func", ""},
    {"DataStreamWriter", "format", "source", ""},
    {"DataStreamWriter", "option", "key, value", ""},
    {"DataStreamWriter", "options", "**options", ""},
    {"DataStreamWriter", "outputMode", "outputMode", ""},
    {"DataStreamWriter", "partitionBy", "*cols", ""},
    {"DataStreamWriter", "queryName", "queryName", ""},
    {"DataStreamWriter", "start", "path=, format=, outputMode=, partitionBy=, queryName=, **options", ""},
    {"DataStreamWriter", "toTable", "tableName, format=, outputMode=, partitionBy=, queryName=, **options", ""},
    {"DataStreamWriter", "trigger", "*, processingTime=, once=, continuous=, availableNow=", ""},
    {"GroupedData", "agg", "*exprs", ""},
    {"GroupedData", "applyInPandas", "func, schema", "PandasGroupedOpsMixin.applyInPandas"},
    {"GroupedData", "avg", "*cols", kColumnsApi},
    {"GroupedData", "count", "", kPlainApi},
    {"GroupedData", "max", "*cols", kColumnsApi},
    {"GroupedData", "mean", "*cols", kColumnsApi},
    {"GroupedData", "min", "*cols", kColumnsApi},
    {"GroupedData", "pivot", "pivot_col, values=", ""},
    {"GroupedData", "sum", "*cols", kColumnsApi},
    {"SparkSession", "createDataFrame", "data, schema=, samplingRatio=, verifySchema=", ""},
    {"SparkSession", "newSession", "", ""},
    {"SparkSession", "range", "start, end=, step=, numPartitions=", ""},
    {"SparkSession", "sql", "sqlQuery, args=, **kwargs", ""},
    {"SparkSession", "stop", "", ""},
    {"SparkSession", "table", "tableName", ""},
    {"conf", "get", "key, default=", "RuntimeConfig.get"},
    {"conf", "isModifiable", "key", "RuntimeConfig.isModifiable"},
    {"conf", "set", "key, value", "RuntimeConfig.set"},
    {"conf", "unset", "key", "RuntimeConfig.unset"},
};

}  // namespace

const MethodSignature* find_signature(const std::string& type, const std::string& name) {
    const auto* const it = std::find_if(std::begin(kMethods), std::end(kMethods),
                                        [&](const MethodSignature& m) { return type == m.type && name == m.name; });
    return it == std::end(kMethods) ? nullptr : it;
}

bool lists_methods_of(const std::string& type) {
    return std::any_of(std::begin(kMethods), std::end(kMethods),
                       [&](const MethodSignature& m) { return type == m.type; });
}

std::string class_of(const std::string& type) {
    MR_ASSERT(!type.empty());
    return type == "conf" ? "RuntimeConfig" : type;
}

Args fitting(Interpreter& in, const MethodSignature& method, const Args& args) {
    MR_ASSERT(in.ok());
    const std::string called = *method.called ? method.called : fmt::format("{}.{}", method.type, method.name);
    const Bound bound = bind_args(in, called, method.signature, args);
    Args out = args;
    if (!in.ok() || !args.positional.empty() || bound.given.empty() || !bound.given[0]) return out;
    const std::string parameters = method.signature;
    const std::string first = parameters.substr(0, parameters.find_first_of("=,"));
    MR_ASSERT(!first.empty());
    if (std::erase_if(out.named, [&](const auto& given) { return given.first == first; }) == 1)
        out.positional.push_back(bound[0]);
    return out;
}

}  // namespace engine::spark::py
