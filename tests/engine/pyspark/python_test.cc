// The Python that programs are written in: what it does with text, collections, files and dates. All results are those
// of CPython 3.11.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/pyspark/printed_program.h"

using tests::printed_program;

TEST_CASE("python: with enters and leaves its object however its body ends") {
    CHECK(printed_program("with open('/data/x', 'w') as f:\n    f.write('a\\nb\\n')\n"
                          "print(open('/data/x').read().splitlines(), open('/data/x').readlines())") ==
          "['a', 'b'] ['a\\n', 'b\\n']\n");
    CHECK(printed_program("class M:\n"
                          "    def __enter__(self):\n        print('in')\n        return 5\n"
                          "    def __exit__(self, a, b, c):\n        print('out')\n"
                          "try:\n    with M() as m, M():\n        print(m)\n        raise ValueError('no')\n"
                          "except ValueError as e:\n    print('caught', e)\n")
              .starts_with("in\nin\n5\nout\nout\ncaught"));
}

TEST_CASE("python: values are written by the format that a field names") {
    CHECK(printed_program("print(f\"{3.14159:.2f} {42:>6} {'ab':<5}| {1234567:,} {0.5:.1%} {7:03d} {-7:+05d}\")") ==
          "3.14     42 ab   | 1,234,567 50.0% 007 -0007\n");
    CHECK(printed_program("d = {'a:b': [1, 2]}\nprint(f\"{d['a:b'][0:1]} {{x}}\")") == "[1] {x}\n");
    CHECK(printed_program("print('{:>4}|{0}|{name:^5}|{{}}'.format(1, name='n'))") == "   1|1|  n  |{}\n");
    CHECK(printed_program("print(round(2.5), round(2.675, 2), round(-1.5), round(7))") == "2 2.67 -2 7\n");
}

TEST_CASE("python: text has the methods that programs use") {
    CHECK(printed_program("print(' a  b '.split(), 'a,b,c'.split(',', 1), '  x '.rstrip() + '|', 'xxax'.strip('x'))") ==
          "['a', 'b'] ['a', 'b,c']   x| a\n");
    CHECK(printed_program(
              "print('ab cd'.title(), 'aB'.capitalize(), '7'.zfill(3), '-7'.zfill(4), 'ab'.center(6, '*'))") ==
          "Ab Cd Ab 007 -007 **ab**\n");
    CHECK(printed_program(
              "print('abcabc'.count('bc'), 'abc'.find('c'), 'abc'.find('z'), '12'.isdigit(), ''.isalpha())") ==
          "2 2 -1 True False\n");
    CHECK(printed_program("','.join([1])").starts_with("TypeError: sequence item 0"));
}

TEST_CASE("python: dicts, sets and lists are changed in place") {
    CHECK(printed_program("d = {'a': 1}\nd.update({'b': 2}, c=3)\nprint(d.pop('a'), d.setdefault('z', []), d)") ==
          "1 [] {'b': 2, 'c': 3, 'z': []}\n");
    CHECK(printed_program("{}.pop('a')") == "KeyError: 'a'");
    CHECK(
        printed_program("s = set([1])\ns.add(1)\ns.add(5)\ns.discard(9)\nprint(s, s.union([7]), s.difference([1]))") ==
        "{1, 5} {1, 5, 7} {5}\n");
    CHECK(
        printed_program("l = [1, 2, 3]\nl.insert(0, 9)\nl.remove(2)\nl.reverse()\nprint(l, l.index(1), l.pop(0), l)") ==
        "[1, 9] 1 3 [1, 9]\n");
    CHECK(printed_program("print(max([3, 1], key=lambda v: -v), max([], default=0))") == "1 0\n");
}

TEST_CASE("python: dates and timestamps have fields, formats and both their texts") {
    const std::string row =
        "r = spark.sql(\"SELECT timestamp'2024-01-02 03:04:05.5' AS t, date'2024-01-03' AS d\").first()\n";
    CHECK(printed_program(row + "print(r)") ==
          "Row(t=datetime.datetime(2024, 1, 2, 3, 4, 5, 500000), d=datetime.date(2024, 1, 3))\n");
    CHECK(printed_program(row + "print(r.t, r.d, r.t.second, r.d.year, r.d == r.t.date(), r.t.isoformat())") ==
          "2024-01-02 03:04:05.500000 2024-01-03 5 2024 False 2024-01-02T03:04:05.500000\n");
    CHECK(printed_program(row + "print(r.t.strftime('%d %b %Y'), f'{r.t:%H:%M}', r.d.weekday())") ==
          "02 Jan 2024 03:04 2\n");
    CHECK(printed_program(row + "spark.createDataFrame([(r.d, r.t)], ['d', 't']).printSchema()") ==
          "root\n |-- d: date (nullable = true)\n |-- t: timestamp (nullable = true)\n\n");
    CHECK(printed_program(row + "r.d.hour").starts_with("AttributeError: 'datetime.date' object has no attribute"));
}

TEST_CASE("pyspark: a dict of aggregates is read as Java's map of it is") {
    const std::string frame = "df = spark.createDataFrame([('a', 1, 2)], 'k STRING, v INT, t INT')\n";
    CHECK(printed_program(frame + "print(df.groupBy('k').agg({'v': 'max', 't': 'min'}).columns)") ==
          "['k', 'min(t)', 'max(v)']\n");
}

TEST_CASE("pyspark: functions of 3.5 are calls of the SQL functions of their names") {
    CHECK(printed_program("from pyspark.sql.functions import *\n"
                          "df = spark.createDataFrame([('a-b', 4)], 's STRING, n INT')\n"
                          "df.select(split_part('s', lit('-'), lit(2)), ln('n'), char_length('s'), "
                          "substr('s', lit(2)), equal_null('n', lit(4))).show()") ==
          "+-------------------+------------------+--------------+------------------------+----------------+\n"
          "|split_part(s, -, 2)|             ln(n)|char_length(s)|substr(s, 2, 2147483647)|equal_null(n, 4)|\n"
          "+-------------------+------------------+--------------+------------------------+----------------+\n"
          "|                  b|1.3862943611198906|             3|                      -b|            true|\n"
          "+-------------------+------------------+--------------+------------------------+----------------+\n\n");
}

TEST_CASE("pyspark: EXPLAIN gives its text as a row") {
    CHECK(printed_program("print(spark.sql('EXPLAIN SELECT 1 AS one').first().plan)")
              .starts_with("== Physical Plan ==\n*(1) Project [1 AS one#"));
}

TEST_CASE("python: json and the dicts of collections do what their modules do") {
    CHECK(printed_program("import json\nprint(json.dumps({'b': [1, None, 2.5], 'a': 'é\\n'}, sort_keys=True))") ==
          "{\"a\": \"\\u00e9\\n\", \"b\": [1, null, 2.5]}\n");
    CHECK(printed_program("import json\nprint(json.loads('{\"a\": [1, 2.5, true, null]}'))") ==
          "{'a': [1, 2.5, True, None]}\n");
    CHECK(printed_program("import json\nprint(json.dumps([1, {}], indent=2))") == "[\n  1,\n  {}\n]\n");
    CHECK(printed_program("from collections import defaultdict, Counter\nd = defaultdict(list)\nd['a'].append(1)\n"
                          "c = Counter('abca')\nprint(sorted(d.items()), c['z'], c.most_common(1))") ==
          "[('a', [1])] 0 [('a', 2)]\n");
    CHECK(printed_program(
              "try:\n    {}['x']\nexcept KeyError as e:\n    print(type(e).__name__, str(e), type(5).__name__)") ==
          "KeyError 'x' int\n");
}

TEST_CASE("pyspark: a schema names its fields, and rows are given as JSON") {
    const std::string frame = "df = spark.createDataFrame([('a', 1)], 'k STRING, v INT')\n";
    CHECK(printed_program(frame + "print(df.schema.simpleString(), df.schema.names, df.schema.fieldNames(), "
                                  "[f.nullable for f in df.schema.fields])") ==
          "struct<k:string,v:int> ['k', 'v'] ['k', 'v'] [True, True]\n");
    CHECK(printed_program(frame + "print(df.toJSON().collect())") == "['{\"k\":\"a\",\"v\":1}']\n");
}
