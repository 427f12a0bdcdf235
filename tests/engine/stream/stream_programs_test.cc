// Programs that read and write streams, beside what is recorded of Spark: files, topics, functions, plans, refusals.
#include <catch2/catch_test_macros.hpp>

#include "sim/base/lines.h"
#include "tests/engine/pyspark/printed_program.h"

using tests::printed_program;

namespace {

const std::string kRate =
    "from pyspark.sql.functions import *\n"
    "r = spark.readStream.format('rate-micro-batch').option('rowsPerBatch', 2).option('numPartitions', 1).load()\n";

/// What is shown below each column of a console's batches.
std::vector<std::string> cells(const std::string& printed) {
    std::vector<std::string> out;
    bool head = true;
    for (const std::string_view line : sim::lines_of(printed)) {
        if (line.starts_with("Batch")) head = true;
        if (line.starts_with("|") && !head) {
            const std::size_t from = line.find_first_not_of("| ");
            out.emplace_back(line.substr(from, line.find_last_not_of("| ") + 1 - from));
        }
        if (line.starts_with("|")) head = false;
    }
    return out;
}

/// What a stream over files gives. `write`: the files, by Python's open().
std::vector<std::string> read_files(const std::string& write, const std::string& reader) {
    return cells(printed_program(write + "q = spark.readStream." + reader +
                                 ".writeStream.format('console').start()\nq.processAllAvailable()"));
}

std::string file(const std::string& name, const std::string& text) {
    return "open('/in/" + name + "', 'w').write(\"" + text + "\")\n";
}

}  // namespace

TEST_CASE("stream: files are chosen by wildcards of their path and their name") {
    const std::string files = file("a.log", "x") + file("b.txt", "y") + file("deep/c.log", "z");
    using Texts = std::vector<std::string>;
    CHECK(read_files(files, "option('pathGlobFilter', '*.log').text('/in')") == Texts{"x", "z"});
    CHECK(read_files(files, "text('/in/*.{txt,log}')") == Texts{"x", "y"});
    CHECK(read_files(files, "text('/in/d??p')") == Texts{"z"});
    CHECK(read_files(files, "text('/in/[^a]*')") == Texts{"y", "z"});
}

TEST_CASE("stream: comments of CSV are no records, and stand before the header too") {
    CHECK(read_files(file("a.csv", "#skip\\n\\nv\\n1\\n#2\\n3\\n"),
                     "schema('v INT').option('comment', '#').option('header', True).csv('/in')") ==
          std::vector<std::string>{"1", "3"});
}

TEST_CASE("stream: an array at the root of JSON holds a record each") {
    CHECK(read_files(file("a.json", "[{\\\"v\\\": 1},\\n {\\\"v\\\": 2}]"),
                     "schema('v INT').option('multiLine', True).json('/in')") == std::vector<std::string>{"1", "2"});
    CHECK(read_files(file("a.json", "[{\\\"v\\\": 1}, {\\\"v\\\": 2}]\\n{\\\"v\\\": 3}"),
                     "schema('v INT').json('/in')") == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("stream: text() reads lines whatever the option wholetext said before") {
    CHECK(read_files(file("a.txt", "x\\ny"), "option('wholetext', True).text('/in')") ==
          std::vector<std::string>{"x", "y"});
    CHECK(read_files(file("a.txt", "xy"), "text('/in', wholetext=True)") == std::vector<std::string>{"xy"});
}

TEST_CASE("stream: topics are read from the first record of a moment on") {
    const auto topics = [](engine::spark::StreamHost& host) {
        auto& records = host.topics["in"].emplace_back();
        for (sim::i64 i = 0; i < 4; ++i)
            records.push_back({.key = {}, .value = "v" + std::to_string(i), .timestamp_ms = 1000 * i, .headers = {}});
    };
    const auto values = [&](const std::string& option, const std::string& v) {
        return cells(printed_program("q = spark.readStream.format('kafka').option('kafka.bootstrap.servers', 'b:9092')"
                                     ".option('subscribe', 'in').option('" + option + "', '" + v + "').load()"
                                     ".selectExpr('CAST(value AS STRING)').writeStream.format('console').start()\n"
                                     "q.processAllAvailable()",
                                     topics));
    };
    CHECK(values("startingTimestamp", "1500") == std::vector<std::string>{"v2", "v3"});
    CHECK(values("startingOffsetsByTimestamp", "{\"in\": {\"0\": 3000}}") == std::vector<std::string>{"v3"});
}

TEST_CASE("stream: topics that are begun at offsets need one for each partition, and none past the end") {
    const auto told = [](const std::string& offsets, const std::string& more) {
        return printed_program(
            "try:\n    q = spark.readStream.format('kafka').option('kafka.bootstrap.servers', 'b:9092')"
            ".option('subscribe', 'in').option('startingOffsets', '" +
                offsets + "')" + more +
                ".load().select('offset').writeStream.format('console').start()\n"
                "    q.processAllAvailable()\nexcept Exception as e:\n    print(e)\n",
            [](engine::spark::StreamHost& host) {
                host.topics["in"].resize(2);
                host.topics["in"][0].push_back({.key = {}, .value = "v", .timestamp_ms = 0, .headers = {}});
            });
    };
    const std::string unnamed = told("{\"in\": {\"0\": 0}}", "");
    CHECK(unnamed.find("assertion failed: If startingOffsets contains specific offsets, you must specify all "
                       "TopicPartitions.") != std::string::npos);
    CHECK(unnamed.find("Specified: Set(in-0) Assigned: Set(in-0, in-1)") != std::string::npos);
    const std::string past = "{\"in\": {\"0\": 5, \"1\": 0}}";
    CHECK(told(past, "").find("Partition in-0's offset was changed from 5 to 1, some data may have been missed.") !=
          std::string::npos);
    CHECK(told(past, ".option('failOnDataLoss', 'false')").find("missed") == std::string::npos);
    CHECK(cells(told("{\"in\": {\"0\": -2, \"1\": -1}}", "")) == std::vector<std::string>{"0"});
}

TEST_CASE("stream: a topic that is not there is waited for, whatever offsets it was to be begun at") {
    const std::string told = printed_program(
        "q = spark.readStream.format('kafka').option('kafka.bootstrap.servers', 'b:9092')"
        ".option('assign', '{\"gone\": [0, 1]}').option('startingOffsets', '{\"gone\": {\"0\": 1}}')"
        ".load().writeStream.format('noop').start()\nprint('started', q.exception())\n",
        [](engine::spark::StreamHost&) {});
    CHECK(told.find("started None") != std::string::npos);
}

TEST_CASE("a batch read of topics ends at the offsets or the moment that its options name") {
    const auto shown = [](const std::string& options) {
        return cells("Batch\n" + printed_program(
            "spark.read.format('kafka').option('kafka.bootstrap.servers', 'b:9092').option('subscribe', 'in')" +
                options + ".load().selectExpr('CAST(value AS STRING) AS v').show()\n",
            [](engine::spark::StreamHost& host) {
                auto& records = host.topics["in"].emplace_back();
                for (sim::i64 i = 0; i < 4; ++i)
                    records.push_back(
                        {.key = {}, .value = "v" + std::to_string(i), .timestamp_ms = 1000 * i, .headers = {}});
            }));
    };
    using Texts = std::vector<std::string>;
    CHECK(shown(".option('startingOffsets', '{\"in\": {\"0\": 1}}').option('endingOffsets', '{\"in\": {\"0\": 3}}')") ==
          Texts{"v1", "v2"});
    CHECK(shown(".option('endingOffsets', '{\"in\": {\"0\": -1}}')") == Texts{"v0", "v1", "v2", "v3"});
    CHECK(shown(".option('startingTimestamp', 500).option('endingTimestamp', '2000')") == Texts{"v1"});
    CHECK(shown(".option('endingOffsetsByTimestamp', '{\"in\": {\"0\": 9000}}')") == Texts{"v0", "v1", "v2", "v3"});
}

TEST_CASE("stream: a topic is written to by a producer that has to know a broker") {
    CHECK(printed_program(kRate + "q = r.selectExpr('CAST(value AS STRING) AS value').writeStream.format('kafka')"
                                  ".option('topic', 'out').option('checkpointLocation', '/checkpoint').start()\n"
                                  "try:\n    q.processAllAvailable()\nexcept Exception as e:\n    print(e)\n")
              .find("java.util.NoSuchElementException: key not found: bootstrap.servers") != std::string::npos);
}

TEST_CASE("stream: a batch's frame goes on with numbers of its own in the program's session") {
    CHECK(printed_program(
              kRate + "from pyspark.sql.window import Window\n"
                      "def f(df, n):\n"
                      "    w = df.withColumn('rk', row_number().over(Window.orderBy(desc('value')))).where('rk = 1')\n"
                      "    df.createOrReplaceTempView('batch')\n"
                      "    s = df.sparkSession.sql('SELECT value, count(*) AS c FROM batch GROUP BY value "
                      "ORDER BY c DESC, value DESC LIMIT 1')\n"
                      "    print(n, w.first()['value'], s.first()['value'])\n"
                      "q = r.writeStream.foreachBatch(f).start()\nq.processAllAvailable()") == "0 1 1\n");
}

TEST_CASE("stream: a program asks for its queries") {
    CHECK(printed_program(kRate +
                          "q = r.writeStream.queryName('n').format('noop').start()\n"
                          "print([s.name for s in spark.streams.active], spark.streams.get(q.id).name)\n"
                          "print(q.awaitTermination(1))\nq.stop()\n"
                          "print(q.awaitTermination(1), spark.streams.active, spark.streams.get(q.id))") ==
          "['n'] n\nFalse\nTrue [] None\n");
}

TEST_CASE("stream: foreach wants an object whose process can be called") {
    CHECK(
        printed_program(kRate + "class X:\n    def open(self, a, b): return True\nr.writeStream.foreach(X())") ==
        "PySparkAttributeError: [ATTRIBUTE_NOT_CALLABLE] Attribute `process` in provided object `f` is not callable.");
}

TEST_CASE("stream: an event time is a timestamp, or a window of them") {
    CHECK(printed_program(kRate +
                          "r.withColumn('n', col('timestamp').cast('timestamp_ntz')).withWatermark('n', '5 seconds')")
              .starts_with("AnalysisException: [EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE]"));
    CHECK(printed_program(
              kRate + "r.select(window('timestamp', '5 seconds').alias('w')).withWatermark('w', '5 seconds')") == "");
}

TEST_CASE("stream: a sink that cannot take the rows refuses them once their offsets are logged") {
    bool logged = false;
    const std::string printed = printed_program(
        "open('/in/a', 'w').write('x')\n"
        "q = spark.readStream.text('/in').selectExpr('value', 'length(value) AS n').writeStream.format('text')"
        ".option('path', '/out').option('checkpointLocation', '/checkpoint').start()\nq.processAllAvailable()",
        {}, [&](engine::dfs::MemoryStore& store) { logged = store.exists("/checkpoint/offsets/0"); });
    CHECK(printed.find("The Text datasource doesn't support the column `n` of the type \"INT\".") != std::string::npos);
    CHECK(logged);
}

TEST_CASE("stream: keys that may be null together are kept as values and as nulls") {
    std::string schema;
    printed_program(kRate +
                        "l = r.select(col('value').alias('a'))\nm = r.select(col('value').alias('b'))\n"
                        "q = l.join(m, l.a.eqNullSafe(m.b)).writeStream.format('noop')"
                        ".option('checkpointLocation', '/checkpoint').start()\nq.processAllAvailable()",
                    {}, [&](engine::dfs::MemoryStore& store) {
                        schema = store.read("/checkpoint/state/0/0/left-keyToNumValues/_metadata/schema").value_or("");
                    });
    CHECK(schema.find("\"name\":\"field0\",\"type\":\"long\",\"nullable\":false") != std::string::npos);
    CHECK(schema.find("\"name\":\"field1\",\"type\":\"boolean\",\"nullable\":false") != std::string::npos);
}

TEST_CASE("stream: what SQL made of a stream is explained as the batch that it was parsed as") {
    const std::string said =
        "org.apache.spark.sql.AnalysisException: Queries with streaming sources must be executed with "
        "writeStream.start();\nrate-micro-batch\n";
    CHECK(printed_program(kRate + "r.createOrReplaceTempView('w')\nspark.sql('SELECT value FROM w').explain()") ==
          "== Physical Plan ==\n" + said + "\n");
    CHECK(printed_program(kRate + "r.createOrReplaceTempView('w')\nspark.sql('SELECT value FROM w').explain(True)")
              .ends_with("== Optimized Logical Plan ==\n" + said + "== Physical Plan ==\n" + said));
    CHECK(printed_program(kRate + "r.createOrReplaceTempView('w')\n"
                                  "print(spark.sql('EXPLAIN SELECT value FROM w').first().plan)") ==
          "== Physical Plan ==\n" + said + "\n");
}

TEST_CASE("stream: a limit below an aggregate keeps state in complete mode, and reads no more rows than it takes") {
    CHECK(printed_program(kRate +
                          "q = r.limit(3).groupBy().count().writeStream.outputMode('complete').format('console')"
                          ".trigger(availableNow=True).start()\nq.processAllAvailable()\n"
                          "print([o['operatorName'] for o in q.lastProgress['stateOperators']])")
              .ends_with("['stateStoreSave', 'globalLimit']\n"));
    CHECK(printed_program(kRate +
                          "q = r.limit(1).writeStream.format('noop').start()\nq.processAllAvailable()\n"
                          "print(q.recentProgress[0]['numInputRows'])") == "1\n");
}

TEST_CASE("stream: a memory sink's name is the name of a view") {
    const std::string start =
        "try:\n    spark.readStream.format('rate').load().writeStream.format('memory').queryName(";
    const auto told = [&](const std::string& name) {
        return printed_program(start + "'" + name + "').start()\nexcept Exception as e:\n    print(e)\n");
    };
    CHECK(told("my table") == "Invalid view name: my table.\n");
    CHECK(told("a-b") == "Invalid view name: a-b.\n");
    CHECK(told("a_b").empty());
}

TEST_CASE("stream: a console that is told to show no number of rows ends its query") {
    const std::string told = printed_program(
        kRate +
        "q = r.writeStream.format('console').option('numRows', 'many').start()\n"
        "try:\n    q.processAllAvailable()\nexcept Exception as e:\n    print(e)\n");
    CHECK(told.find("For input string: \"many\"") != std::string::npos);
}

TEST_CASE("stream: a batch that a function computes twice looks its stores up twice") {
    CHECK(printed_program(kRate +
                          "def f(df, n):\n    df.count()\n    df.count()\n"
                          "spark.conf.set('spark.sql.shuffle.partitions', 2)\n"
                          "g = r.groupBy('value').count()\n"
                          "q = g.writeStream.outputMode('update').foreachBatch(f).start()\n"
                          "q.processAllAvailable()\nq.processAllAvailable()\n"
                          "print([p['stateOperators'][0]['customMetrics']['loadedMapCacheHitCount'] for p in "
                          "q.recentProgress if p['stateOperators']][:2])") == "[0, 12]\n");
}

TEST_CASE("stream: a union of unions is one") {
    const std::string told = printed_program(
        kRate + "q = r.union(r.where('value > 1')).union(r.where('value > 2')).writeStream.format('noop').start()\n"
                "q.processAllAvailable()\nq.explain()\n");
    CHECK(told.find("Union") != std::string::npos);
    CHECK(told.find("Union") == told.rfind("Union"));
}
