// Calls that PySpark or the gateway behind it refuses before Spark sees a plan. All texts are those of PySpark 3.5.7.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/pyspark/printed_program.h"

namespace {

/// What a program prints, or the exception that ends it.
std::string outcome(const std::string& text) {
    return tests::printed_program("from pyspark.sql.functions import *\n"
                                  "static = spark.createDataFrame([('a', 1)], 'word STRING, n INT')\n" +
                                  text);
}

std::string no_method(const std::string& on, const std::string& call) {
    return "Py4JError: An error occurred while calling " + on + "." + call.substr(0, call.find('(')) +
           ". Trace:\npy4j.Py4JException: Method " + call + " does not exist\n";
}

}  // namespace

TEST_CASE("pyspark: a method that is given too much says how much it takes, itself counted") {
    CHECK(outcome("static.distinct('x')") ==
          "TypeError: DataFrame.distinct() takes 1 positional argument but 2 were given");
    CHECK(outcome("static.groupBy('word').count('x')") ==
          "TypeError: dfapi.<locals>._api() takes 1 positional argument but 2 were given");
    CHECK(outcome("static.alias()") == "TypeError: DataFrame.alias() missing 1 required positional argument: 'alias'");
    CHECK(outcome("spark.nope") == "AttributeError: 'SparkSession' object has no attribute 'nope'");
    CHECK(outcome("static.Word") == "AttributeError: 'DataFrame' object has no attribute 'Word'");
    CHECK(outcome("static.groupBy('word').nope()") == "AttributeError: 'GroupedData' object has no attribute 'nope'");
}

TEST_CASE("pyspark: a value that no method of Java takes is refused with its class") {
    CHECK(outcome("static.limit(None)") == no_method("o60", "limit([null])"));
    CHECK(outcome("static.take('a')") == no_method("o60", "limit([class java.lang.String])"));
    CHECK(outcome("static.withColumn(5, col('word'))") ==
          no_method("o60", "withColumn([class java.lang.Integer, class org.apache.spark.sql.Column])"));
    CHECK(outcome("spark.sql(5)") == no_method("o60", "sql([class java.lang.Integer, class [Ljava.lang.Object;])"));
    CHECK(outcome("static.select(split('word', 5))") ==
          no_method("z:org.apache.spark.sql.functions",
                    "split([class org.apache.spark.sql.Column, class java.lang.Integer, class java.lang.Integer])"));
    CHECK(outcome("static.select(lag('word', 'x'))") ==
          no_method("z:org.apache.spark.sql.functions",
                    "lag([class org.apache.spark.sql.Column, class java.lang.String, null])"));
    CHECK(outcome("static.select(concat_ws(5, 'word'))") ==
          no_method("z:org.apache.spark.sql.functions",
                    "concat_ws([class java.lang.Integer, class scala.collection.convert.Wrappers$JListWrapper])"));
}

TEST_CASE("pyspark: createDataFrame holds every value against the schema") {
    CHECK(outcome("spark.createDataFrame([(1, 2)], 'a INT')") ==
          "PySparkValueError: [LENGTH_SHOULD_BE_THE_SAME] obj and fields should be of the same length, got 2 and 1.");
    CHECK(outcome("spark.createDataFrame([('x',)], 'a INT')") ==
          "PySparkTypeError: [CANNOT_ACCEPT_OBJECT_IN_TYPE] `IntegerType()` can not accept object `x` in type `str`.");
    CHECK(outcome("spark.createDataFrame([(None,)], ['a'])") ==
          "PySparkValueError: [CANNOT_DETERMINE_TYPE] Some of types cannot be determined after inferring.");
}

TEST_CASE("pyspark: settings have types, defaults, and owners") {
    CHECK(outcome("spark.conf.set('spark.sql.shuffle.partitions', 'x')") ==
          "IllegalArgumentException: spark.sql.shuffle.partitions should be int, but was x");
    CHECK(outcome("spark.conf.set('spark.sql.shuffle.partitions', 0)") ==
          "IllegalArgumentException: '0' in spark.sql.shuffle.partitions is invalid. The value of "
          "spark.sql.shuffle.partitions must be positive");
    CHECK(outcome("spark.sql('SET spark.sql.ansi.enabled=x')") ==
          "IllegalArgumentException: spark.sql.ansi.enabled should be boolean, but was x");
    CHECK(outcome("spark.conf.set('spark.sql.warehouse.dir', '/x')") ==
          "AnalysisException: Cannot modify the value of a static config: spark.sql.warehouse.dir.");
    CHECK(
        outcome("spark.conf.set('spark.sql.session.timeZone', 'Mars')") ==
        "IllegalArgumentException: 'Mars' in spark.sql.session.timeZone is invalid. Cannot resolve the given timezone "
        "with ZoneId.of(_, ZoneId.SHORT_IDS)");
    CHECK(outcome("spark.conf.get(5)") == "TypeError: expected key '5' to be a string (was 'int')");
    CHECK(outcome("print(spark.conf.get('spark.sql.adaptive.enabled'))") == "true\n");
}

TEST_CASE("pyspark: columns are built as PySpark lets them be built") {
    CHECK(outcome("static.select(col('word').substr(1, 'a'))") ==
          "PySparkTypeError: [NOT_SAME_TYPE] Argument `startPos` and `length` should be the same type, got int and "
          "str.");
    CHECK(outcome("when(col('word') == 'a', 1).otherwise(2).otherwise(3)") ==
          "IllegalArgumentException: otherwise() can only be applied once on a Column previously generated by when()");
    CHECK(outcome("lit([1, col('word')])") ==
          "PySparkValueError: [COLUMN_IN_LIST] `lit` does not allow a Column in a list.");
    CHECK(outcome("greatest('word')") ==
          "PySparkValueError: [WRONG_NUM_COLUMNS] Function `greatest` should take at least 2 columns.");
}

TEST_CASE("pyspark: unpivot is refused for names that are not there, with its columns in the plan") {
    CHECK(outcome("static.melt('nope', ['n'], 'k', 'v')")
              .starts_with("AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with "
                           "name `nope` cannot be resolved. Did you mean one of the following? [`n`, `word`].;\n"
                           "'Unpivot ArraySeq('nope), ArraySeq(List(n#"));
    CHECK(outcome("static.unpivot('word', ['n'], 'k', 'v').show()") ==
          "+----+---+---+\n|word|  k|  v|\n+----+---+---+\n|   a|  n|  1|\n+----+---+---+\n\n");
}

TEST_CASE("pyspark: calls that wait for their columns hold what Spark's expressions hold") {
    const auto tree = [](const std::string& call) {
        const std::string text = outcome("static.select(" + call + ")");
        const std::size_t at = text.find(";\n") + 2;
        return text.substr(at, text.find(", Some(org.apache", at) - at);
    };
    CHECK(tree("sum('nope')") == "'Aggregate [unresolvedalias(sum('nope)");
    CHECK(tree("stddev('nope')") == "'Project [unresolvedalias('stddev('nope)");
    CHECK(tree("collect_list('nope')") == "'Aggregate [unresolvedalias(collect_list('nope, 0, 0)");
    CHECK(tree("hour('nope')") == "'Project [unresolvedalias(hour('nope, Some(UTC))");
    CHECK(tree("to_date('nope', 'yyyy')") == "'Project [unresolvedalias(to_date('nope, Some(yyyy), Some(UTC), false)");
    CHECK(tree("to_timestamp('nope')") ==
          "'Project [unresolvedalias(to_timestamp('nope, None, TimestampType, Some(UTC), false)");
    CHECK(tree("from_json('nope', 'a INT')") ==
          "'Project [unresolvedalias(from_json(StructField(a,IntegerType,true), 'nope, Some(UTC))");
    CHECK(tree("transform('nope', lambda v: v + 1)") ==
          "'Project [unresolvedalias(transform('nope, lambdafunction((lambda 'x_0 + 1), lambda 'x_0, false))");
}

TEST_CASE("pyspark: a column of another frame is missing from the input") {
    const std::string text = outcome(
        "other = spark.createDataFrame([('b', 2)], 'word STRING, n INT')\n"
        "static.select(other.word)");
    CHECK(
        text.starts_with("AnalysisException: [MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION] Resolved "
                         "attribute(s) \"word\" missing from \"word\", \"n\" in operator !Project [word#"));
    CHECK(text.find("Attribute(s) with the same name appear in the operation: \"word\".\nPlease check if the right "
                    "attribute(s) are used.;\n!Project [word#") != std::string::npos);
}

TEST_CASE("pyspark: a trigger's interval is read when it is told") {
    const std::string words = "spark.readStream.format('rate').load().writeStream";
    CHECK(outcome(words + ".trigger(processingTime='x')") ==
          "IllegalArgumentException: Error parsing 'x' to interval, unrecognized number 'x'");
    CHECK(outcome(words + ".trigger(processingTime='10 parsecs')") ==
          "IllegalArgumentException: Error parsing '10 parsecs' to interval, invalid unit 'parsecs'");
    CHECK(outcome(words + ".trigger(processingTime='10')") ==
          "IllegalArgumentException: Error parsing '10' to interval, expect a unit name after '10' but hit EOL");
    CHECK(outcome(words + ".trigger(processingTime='-1 seconds')") ==
          "IllegalArgumentException: requirement failed: the interval of trigger should not be negative");
    CHECK(outcome(words + ".trigger(availableNow='x')") ==
          "PySparkValueError: [VALUE_NOT_TRUE] Value for `availableNow` must be True, got 'x'.");
    CHECK(outcome(words + ".trigger('5 seconds')") ==
          "TypeError: DataStreamWriter.trigger() takes 1 positional argument but 2 were given");
}

TEST_CASE("pyspark: metrics of one frame have different names") {
    CHECK(
        outcome("static.observe('o', count('*')).observe('o', count('*'))")
            .starts_with("AnalysisException: [DUPLICATED_METRICS_NAME] The metric name is not unique: o. The same "
                         "name cannot be used for metrics with different results. However multiple instances of "
                         "metrics with with same result and name are allowed (e.g. self-joins).;\nCollectMetrics o, "));
}

TEST_CASE("pyspark: names of views, functions and queries are held to what Java takes") {
    CHECK(outcome("static.createOrReplaceTempView('a.b')") ==
          "AnalysisException: [TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS] CREATE TEMPORARY VIEW or the corresponding Dataset "
          "APIs only accept single-part view names, but got: a.b.");
    CHECK(outcome("static.groupBy('word').agg({'word': 5})")
              .starts_with("Py4JJavaError: class java.lang.Integer cannot be cast to class java.lang.String"));
    CHECK(outcome("spark.streams.get('x')") == "IllegalArgumentException: Invalid UUID string: x");
    CHECK(outcome("spark.readStream.format('rate').load().writeStream.trigger(processingTime='5')") ==
          "IllegalArgumentException: Error parsing '5' to interval, expect a unit name after '5' but hit EOL");
}

TEST_CASE("pyspark: a table that is no stream is missing as a stream, and a generator of text has no names yet") {
    CHECK(outcome("spark.readStream.table('nope')").ends_with("'UnresolvedRelation [nope], [], true\n"));
    CHECK(outcome("spark.read.table('nope')").ends_with("'UnresolvedRelation [nope], [], false\n"));
    CHECK(outcome("static.selectExpr('explode(word)')").find("'Project [unresolvedalias(explode(word#") !=
          std::string::npos);
    CHECK(outcome("static.select(explode('word'))").find("'Project [explode(word#") != std::string::npos);
}
