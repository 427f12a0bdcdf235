// Statements that ask for more than there is: each ends in a refusal, soon, whatever it was that grew.
#include <catch2/catch_test_macros.hpp>

#include "engine/operators/statement.h"

using namespace engine::spark;

namespace {

/// The refusal's class, or its first words if it has none; "accepted" if it ran.
std::string hostile_answer(const std::string& sql) {
    Session session;
    const auto result = execute(session, sql);
    if (result) return "accepted";
    return result.error().error_class.empty() ? result.error().message.substr(0, 25) : result.error().error_class;
}

std::string repeated(const std::string& part, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += part;
    return out;
}

constexpr const char* kStopped = "The statement was stopped";

}  // namespace

TEST_CASE("hostile: nesting of ten thousand is too complex to parse") {
    const int deep = 10'000;
    CHECK(hostile_answer("SELECT " + repeated("(", deep) + "1" + repeated(")", deep)) == "FAILED_TO_PARSE_TOO_COMPLEX");
    CHECK(hostile_answer("SELECT " + repeated("NOT ", deep) + "true") == "FAILED_TO_PARSE_TOO_COMPLEX");
    CHECK(hostile_answer("SELECT " + repeated("abs(", deep) + "1" + repeated(")", deep)) ==
          "FAILED_TO_PARSE_TOO_COMPLEX");
    CHECK(hostile_answer("SELECT " + repeated("array(", deep) + "1" + repeated(")", deep)) ==
          "FAILED_TO_PARSE_TOO_COMPLEX");
    CHECK(hostile_answer("SELECT * FROM " + repeated("(", deep) + "SELECT 1" + repeated(")", deep)) ==
          "FAILED_TO_PARSE_TOO_COMPLEX");
    CHECK(hostile_answer("SELECT CAST(NULL AS " + repeated("ARRAY<", deep) + "INT" + repeated(">", deep) + ")") !=
          "accepted");
}

TEST_CASE("hostile: a literal of a million bytes is a value like any other") {
    CHECK(hostile_answer("SELECT length('" + repeated("x", 1 << 20) + "')") == "accepted");
}

TEST_CASE("hostile: collections and texts have a size that they may not exceed") {
    CHECK(hostile_answer("SELECT sequence(1, 1000000000)") == "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER");
    CHECK(hostile_answer("SELECT array_repeat(1, 2000000000)") == "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER");
    CHECK(hostile_answer("SELECT repeat('a', 2147483647)") != "accepted");
    CHECK(hostile_answer("SELECT lpad('a', 2000000000, 'x')") != "accepted");
}

TEST_CASE("hostile: rows that multiply spend the statement's budget") {
    CHECK(hostile_answer("SELECT count(*) FROM range(1000000000000)") == kStopped);
    CHECK(hostile_answer("SELECT stack(1000000000, 1)") == kStopped);
    CHECK(hostile_answer("SELECT count(*) FROM (SELECT explode(sequence(1, 1000000)) FROM range(100000))") == kStopped);
    CHECK(hostile_answer("SELECT transform(sequence(1, 10000), x -> transform(sequence(1, 10000), y -> x * y))") ==
          kStopped);
}

TEST_CASE("hostile: definitions that double are expanded only so often") {
    std::string sql = "WITH t0 AS (SELECT 1 x)";
    for (int i = 1; i < 30; ++i)
        sql += ", t" + std::to_string(i) + " AS (SELECT * FROM t" + std::to_string(i - 1) +
               " UNION ALL SELECT * FROM t" + std::to_string(i - 1) + ")";
    CHECK(hostile_answer(sql + " SELECT count(*) FROM t29") == kStopped);
}

TEST_CASE("hostile: a cube of many columns is refused before its sets are made") {
    std::string columns = "id";
    for (int i = 1; i < 40; ++i) columns += ", id + " + std::to_string(i);
    CHECK(hostile_answer("SELECT count(*) FROM range(1) GROUP BY CUBE(" + columns + ")") ==
          "GROUPING_SIZE_LIMIT_EXCEEDED");
    CHECK(hostile_answer("SELECT count(*) FROM range(1) GROUP BY ROLLUP(" + columns + ")") == "accepted");
}

TEST_CASE("hostile: a regular expression that goes back and forth gives up") {
    CHECK(hostile_answer("SELECT '" + repeated("a", 40) + "!' RLIKE '^(a|a)*$'") == "The regular expression ta");
}

TEST_CASE("hostile: every function survives arguments that make no sense") {
    static constexpr const char* kArguments[] = {"",
                                                 "NULL",
                                                 "'a'",
                                                 "1",
                                                 "array(1)",
                                                 "map('a', 1)",
                                                 "NULL, NULL",
                                                 "'a', 'b'",
                                                 "1, 2",
                                                 "array(1), 1",
                                                 "array(), x -> x",
                                                 "struct(1)",
                                                 "NULL, NULL, NULL",
                                                 "1, 'a', 2",
                                                 "-1, -1",
                                                 "X'00'",
                                                 "INTERVAL 1 DAY"};
    i64 asked = 0;
    for (const FunctionInfo* fn : all_functions())
        for (const char* arguments : kArguments) {
            Session session;
            const std::string sql = std::string("SELECT ") + fn->name + "(" + arguments + ")";
            INFO(sql);
            const auto result = execute(session, sql);
            CHECK((result.has_value() || !result.error().message.empty()));
            ++asked;
        }
    CHECK(asked > 3000);
}
