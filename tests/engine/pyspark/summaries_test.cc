// describe and summary of frames, and frames of windows. All texts are those of PySpark 3.5.7.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/pyspark/printed_program.h"

namespace {

/// What a program over three rows prints, or the exception that ends it.
std::string summary_printed(const std::string& text) {
    return tests::printed_program(
        "df = spark.createDataFrame([('a', 1, 1.5), ('b', 2, None), ('c', 4, 2.25)], 'k STRING, n INT, d DOUBLE')\n" +
        text);
}

}  // namespace

TEST_CASE("pyspark: describe counts, averages and bounds all columns, texts as numbers where it can") {
    CHECK(summary_printed("df.describe().show()") ==
          "+-------+----+------------------+------------------+\n"
          "|summary|   k|                 n|                 d|\n"
          "+-------+----+------------------+------------------+\n"
          "|  count|   3|                 3|                 2|\n"
          "|   mean|NULL|2.3333333333333335|             1.875|\n"
          "| stddev|NULL|1.5275252316519465|0.5303300858899106|\n"
          "|    min|   a|                 1|               1.5|\n"
          "|    max|   c|                 4|              2.25|\n"
          "+-------+----+------------------+------------------+\n\n");
    CHECK(summary_printed("df.describe('n').show()").find("|summary|                 n|\n") != std::string::npos);
}

TEST_CASE("pyspark: summary gives the statistics that are asked for, in their order") {
    CHECK(summary_printed("df.summary('count', '50%', 'max').show()") ==
          "+-------+----+---+----+\n"
          "|summary|   k|  n|   d|\n"
          "+-------+----+---+----+\n"
          "|  count|   3|  3|   2|\n"
          "|    50%|NULL|  2| 1.5|\n"
          "|    max|   c|  4|2.25|\n"
          "+-------+----+---+----+\n\n");
    CHECK(summary_printed("df.summary().show()").find("|    75%|NULL|                 4|              2.25|\n") !=
          std::string::npos);
    CHECK(summary_printed("df.summary('nope')") == "IllegalArgumentException: nope is not a recognised statistic");
}

TEST_CASE("window: a frame of a program is shown as so many rows ahead, also where it looks back") {
    const std::string program =
        "from pyspark.sql import SparkSession, Window\n"
        "from pyspark.sql import functions as F\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "d = spark.sql('SELECT * FROM VALUES (1, 1), (2, 2), (4, 3) t(s, v)')\n"
        "rows, long = Window.orderBy('v').rowsBetween(-1, 0), Window.orderBy(F.col('v').cast('long'))\n"
        "for w in [rows, long.rangeBetween(-2, -1)]:\n"
        "    x = d.select(F.sum('v').over(w))\n"
        "    print(x.columns[0], [r[0] for r in x.collect()])\n";
    CHECK(tests::printed_program(program) ==
          "sum(v) OVER (ORDER BY v ASC NULLS FIRST ROWS BETWEEN -1 FOLLOWING AND CURRENT ROW) [1, 3, 5]\n"
          "sum(v) OVER (ORDER BY CAST(v AS BIGINT) ASC NULLS FIRST RANGE BETWEEN -2 FOLLOWING AND -1 FOLLOWING) "
          "[None, 1, 3]\n");
}
