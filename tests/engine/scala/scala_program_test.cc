// Programs in Scala from their text: what they print, and what they are refused for.
#include <catch2/catch_test_macros.hpp>

#include "engine/scala/evaluator.h"
#include "engine/stream/stream_host.h"

using namespace engine::spark;

namespace {

struct Ran {
    std::string printed;
    std::string refused;
    sim::u32 line = 0;
    sim::u32 column = 0;
};

Ran ran(const std::string& text) {
    Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    session.shuffle_partitions = 2;
    engine::dfs::MemoryStore store;
    StreamHost host(session, store);
    host.now_ms = 1'700'000'000'000;
    py::Interpreter in{.session = session, .host = host};
    py::define_builtins(in);
    host.program = &in;
    const auto evaluator = scala::make_evaluator(in);
    const auto raised = scala::run_program(evaluator, text);
    Ran out{host.printed, "", 0, 0};
    if (raised)
        out.refused = raised->error.exception + ": " + raised->error.message, out.line = raised->line,
        out.column = raised->column;
    return out;
}

std::string printed(const std::string& text) {
    const Ran r = ran(text);
    return r.refused.empty() ? r.printed : r.refused;
}

}  // namespace

TEST_CASE("a chain of calls in Scala builds the plan that the same chain builds in Python") {
    CHECK(printed(R"(
val df = Seq(("a", 1), ("b", 5), ("a", 7)).toDF("word", "n")
df.filter($"n" > 1)
  .groupBy("word")
  .agg(sum($"n").as("total"))
  .orderBy($"total".desc)
  .show()
)") == "+----+-----+\n|word|total|\n+----+-----+\n|   a|    7|\n|   b|    5|\n+----+-----+\n\n");
}

TEST_CASE("a Dataset is grouped by identity and aggregated by columns that say their types") {
    CHECK(printed("Seq(\"cat\", \"dog\", \"cat\").toDS().groupByKey(identity).count().orderBy(\"key\").show()") ==
          "+---+--------+\n|key|count(1)|\n+---+--------+\n|cat|       2|\n|dog|       1|\n+---+--------+\n\n");
    CHECK(printed("Seq((\"a\", 1), (\"b\", 5), (\"a\", 7)).toDS().groupByKey(_._1)"
                  ".agg(count(\"*\").as[Long], max(\"_2\").as[Int]).map { case (k, n, m) => s\"$k $n $m\" }"
                  ".orderBy(\"value\").show()") ==
          "+-----+\n|value|\n+-----+\n|a 2 7|\n|b 1 5|\n+-----+\n\n");
}

TEST_CASE("a typed word count over a static Dataset counts words") {
    CHECK(printed("Seq(\"cat dog\", \"dog\").toDS().flatMap(_.split(\" "
                  "\")).groupBy(\"value\").count().orderBy('value).show()") ==
          "+-----+-----+\n|value|count|\n+-----+-----+\n|  cat|    1|\n|  dog|    2|\n+-----+-----+\n\n");
}

TEST_CASE("the program is the object with a main function") {
    CHECK(printed(R"(
import org.apache.spark.sql.SparkSession
object Words {
  def main(args: Array[String]): Unit = {
    val spark = SparkSession.builder.appName("words").master("local[*]").getOrCreate()
    import spark.implicits._
    val n = spark.range(3).count()
    println(s"rows: $n, twice ${n * 2}")
    spark.stop()
  }
}
)") == "rows: 3, twice 6\n");
}

TEST_CASE("expressions of Scala give what Scala gives") {
    CHECK(printed("println(7 / 2)\nprintln(-7 % 3)\nprintln(7 / 2.0)\nprintln(Int.MaxValue + 1)\nprintln(1L + 2)") ==
          "3\n-1\n3.5\n-2147483648\n3\n");
    CHECK(printed("println(List(3, 1, 2).sorted.map(_ * 2).mkString(\"[\", \", \", \"]\"))") == "[2, 4, 6]\n");
    CHECK(printed("val m = Map(\"a\" -> 1)\nprintln(m.getOrElse(\"b\", 0) + m(\"a\"))") == "1\n");
    CHECK(printed("println((1 to 4).filter(_ % 2 == 0).sum)") == "6\n");
    CHECK(printed("println(Some(3).map(_ + 1).getOrElse(0), None.isDefined)") == "(4,false)\n");
    CHECK(printed("case class P(name: String, n: Int = 2)\nval p = P(\"x\")\nprintln(p.copy(n = 5))\nprintln(p == "
                  "P(\"x\", 2))") == "P(x,5)\ntrue\n");
    CHECK(printed("def f(n: Int): Int = n match { case 0 => 1; case k if k > 0 => k * f(k - 1) }\nprintln(f(5))") ==
          "120\n");
    CHECK(printed("var s = 0\nfor (i <- 1 to 3; j <- Seq(10, 20) if i > 1) s += i * j\nprintln(s)") == "150\n");
    CHECK(printed("val xs = for ((k, v) <- Seq((\"a\", 1), (\"b\", 2))) yield k * v\nprintln(xs)") == "List(a, bb)\n");
    CHECK(printed("println(Seq(\"b\", \"a\", \"b\").groupBy(x => x).mapValues(_.size).toSeq.sortBy(_._1))") ==
          "List((a,1), (b,2))\n");
    CHECK(printed("println(\"a,b,,\".split(\",\").length)\nprintln(\"x\".toUpperCase + 'y' + 1)") == "2\nXy1\n");
    CHECK(printed("println(f\"${3.14159}%.2f and ${7}%d\")") == "3.14 and 7\n");
}

TEST_CASE("an exception of a Scala program is the JVM's") {
    CHECK(ran("println(1 / 0)").refused == "ArithmeticException: / by zero");
    CHECK(ran("Seq[Int]().head").refused == "NoSuchElementException: head of empty list");
    CHECK(ran("\"x\".toInt").refused == "NumberFormatException: For input string: \"x\"");
    CHECK(printed("try { \"x\".toInt } catch { case e: NumberFormatException => println(\"caught\") } finally "
                  "println(\"done\")") == "caught\ndone\n");
}

TEST_CASE("unknown Scala is named with its line and column") {
    const Ran r = ran("val x = 1\nval y = x.frobnicate(2)\n");
    CHECK(r.refused == "NotImplementedError: unsupported Scala: value frobnicate is not a known member of Int");
    CHECK(r.line == 2);
    CHECK(r.column == 10);
    const Ran syntax = ran("val x = (1 + \n");
    CHECK(syntax.refused.starts_with("SyntaxError: "));
    CHECK(ran("import com.acme.Thing\nval y = nothingKnown\n").refused ==
          "NotImplementedError: unsupported Scala: not found: value nothingKnown");
}

TEST_CASE("a Dataset's type follows from the function that makes it") {
    CHECK(printed("Seq(1, 2).toDS().map(x => (x, x * 0.5, s\"n$x\")).printSchema()") ==
          "root\n |-- _1: integer (nullable = false)\n |-- _2: double (nullable = false)\n |-- _3: string (nullable = "
          "true)\n\n");
    CHECK(printed("case class Out(word: String, size: Long)\nSeq(\"ab\").toDS().map(w => Out(w, w.length)).show()") ==
          "+----+----+\n|word|size|\n+----+----+\n|  ab|   2|\n+----+----+\n\n");
    CHECK(printed("println(Seq((\"a\", 3), (\"b\", 4)).toDF(\"k\", \"v\").as[(String, Long)].filter(_._2 > "
                  "3).collect().toList)") == "List((b,4))\n");
}

TEST_CASE("a state that a function keeps outlives its batches") {
    CHECK(printed(R"(
val in = MemoryStream[String]
val q = in.toDS().groupByKey(x => x).mapGroupsWithState[Long, (String, Long)](GroupStateTimeout.NoTimeout) {
  (k: String, it: Iterator[String], st: GroupState[Long]) =>
    val n = st.getOption.getOrElse(0L) + it.size
    if (n > 2) { st.remove(); (k, 0L) } else { st.update(n); (k, n) }
}.writeStream.outputMode("update").format("memory").queryName("t").start()
in.addData("a", "b", "a"); q.processAllAvailable()
in.addData("a"); q.processAllAvailable()
in.addData("a"); q.processAllAvailable()
spark.sql("SELECT collect_list(_2) AS s FROM t WHERE _1 = 'a'").show()
)") == "+---------+\n|        s|\n+---------+\n|[2, 0, 1]|\n+---------+\n\n");
}

TEST_CASE("a function over a group that fails ends its query with the exception") {
    const Ran r = ran(R"(
val in = MemoryStream[String]
val q = in.toDS().map(_.toInt).writeStream.format("noop").start()
in.addData("7", "x"); q.processAllAvailable()
)");
    CHECK(r.refused.find("StreamingQueryException: [STREAM_FAILED]") == 0);
    CHECK(r.refused.find("java.lang.NumberFormatException: For input string: \"x\"") != std::string::npos);
}

TEST_CASE("a writer of the program opens, takes the objects and closes") {
    CHECK(printed(R"(
val in = MemoryStream[(String, Int)]
val q = in.toDS().writeStream.foreach(new ForeachWriter[(String, Int)] {
  def open(partition: Long, epoch: Long): Boolean = { println(s"open $epoch"); true }
  def process(value: (String, Int)): Unit = println(value._1 * value._2)
  def close(error: Throwable): Unit = println("close " + error)
}).start()
in.addData(("ab", 2)); q.processAllAvailable()
)") == "open 0\nabab\nclose null\n");
}

TEST_CASE("nulls are filled where a value fits, and rows with too many of them left out") {
    const std::string frame =
        "val df = spark.sql(\"SELECT * FROM VALUES (1, 'a'), (NULL, 'b'), (NULL, NULL) AS t(n, s)\")\n";
    CHECK(printed(frame + "df.na.fill(0).orderBy(\"s\").show()") ==
          "+---+----+\n|  n|   s|\n+---+----+\n|  0|NULL|\n|  1|   a|\n|  0|   b|\n+---+----+\n\n");
    CHECK(
        printed(frame + "println(df.na.drop().count(), df.na.drop(\"all\").count(), df.na.drop(Seq(\"s\")).count())") ==
        "(1,2,2)\n");
}

TEST_CASE("a view that is read twice in a query has columns of its own each time") {
    CHECK(printed("Seq((1, \"a\"), (2, \"b\")).toDF(\"k\", \"s\").createOrReplaceTempView(\"u\")\n"
                  "spark.sql(\"SELECT x.k, y.s FROM u x JOIN u y ON x.k = y.k + 1 WHERE EXISTS (SELECT 1 FROM u z "
                  "WHERE z.k = x.k)\").show()") == "+---+---+\n|  k|  s|\n+---+---+\n|  2|  a|\n+---+---+\n\n");
}

TEST_CASE("an exception names values by their Java class, and nulls by the field that cannot hold them") {
    CHECK(ran("Seq(1, 2).toDS().map { case 1 => \"one\" }.collect()")
              .refused.find("scala.MatchError: 2 (of class java.lang.Integer)") != std::string::npos);
    CHECK(ran("spark.sql(\"SELECT CAST(NULL AS INT) AS value\").as[Int].map(_ + 1).collect()")
              .refused.find("Null value appeared in non-nullable field:\n- root class: \"int\"") != std::string::npos);
}

TEST_CASE("a state's type in Scala may be that of a case, and names may stand among arguments") {
    CHECK(printed(R"(
case class Event(id: String, n: Int, at: Long = 0L)
case class Sum(total: Int)
val in = MemoryStream[Event]
val sums = in.toDS().groupByKey(_.id).flatMapGroupsWithState(OutputMode.Update, GroupStateTimeout.NoTimeout) {
  case (id: String, events: Iterator[Event], state: GroupState[Sum]) =>
    val next = Sum(state.getOption.map(_.total).getOrElse(0) + events.map(_.n).sum)
    state.update(next)
    Iterator((id, next.total))
}
val q = sums.writeStream.outputMode("update").format("memory").queryName("t").start()
in.addData(Event(id = "a", 1), Event("a", at = 5L, n = 2), Event("b", 7))
q.processAllAvailable()
spark.table("t").orderBy("_1").collect().foreach(println)
println(q.lastProgress.numInputRows + " " + q.lastProgress.stateOperators(0).numRowsTotal + " " + q.exception.isEmpty)
)") == "[a,3]\n[b,7]\n3 2 true\n");
}
