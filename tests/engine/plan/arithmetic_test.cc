#include <catch2/catch_test_macros.hpp>

#include <array>

#include "engine/operators/statement.h"
#include "sim/base/prng.h"

using namespace engine::spark;

namespace {

constexpr std::array<i64, 14> kEdges = {
    0, 1, -1, 2, -2, 3, 7, -10, 1000, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1, i64{1} << 62};

/// Both ways of a remainder: by a constant, and by a column that happens to hold one number.
std::string both(Session& session, const std::string& op, i64 divisor) {
    std::string values;
    for (const i64 v : kEdges)
        values += (values.empty() ? "" : ", ") +
                  ("(" + (v == INT64_MIN ? "bigint('-9223372036854775808')" : std::to_string(v) + "L") + ")");
    const std::string d = divisor == INT64_MIN ? "bigint('-9223372036854775808')" : std::to_string(divisor) + "L";
    const auto by = [&](const std::string& what) { return op == "%" ? "v % " + what : "pmod(v, " + what + ")"; };
    const auto rows = execute(session, "SELECT v FROM VALUES " + values + ", (null) t(v) WHERE NOT (" + by(d) +
                                           " <=> " + by("(v - v + " + d + ")") + ")");
    return rows ? show(session, *rows) : rows.error().message;
}

}  // namespace

TEST_CASE("arithmetic: remainders by a constant are those of the division") {
    Session session;
    const std::string none = "+---+\n|  v|\n+---+\n+---+\n";
    sim::Prng rng = sim::Prng::forked(1, "divisors");
    std::vector<i64> divisors(kEdges.begin() + 1, kEdges.end());
    for (int i = 0; i < 20; ++i) divisors.push_back(rng.between(INT64_MIN / 2, INT64_MAX / 2) >> rng.below(60) | 1);
    for (const i64 d : divisors)
        for (const char* op : {"%", "pmod"}) {
            INFO(op << " " << d);
            CHECK(both(session, op, d).starts_with(none));
        }
}

TEST_CASE("arithmetic: a sum of decimals is exact before it is rounded, however many digits they have") {
    Session session;
    const auto shown = [&](const std::string& what) {
        const auto rows = execute(session, "SELECT CAST(" + what + " AS STRING)");
        return rows ? get(rows->rows.batches[0].columns[0], 0).s : rows.error().message;
    };
    CHECK(shown("CAST(0.1 AS DECIMAL(38,38)) + 1") == "1.100000000000000000000000000000000000");
    CHECK(shown("CAST(0.5 AS DECIMAL(38,38)) - 1") == "-0.500000000000000000000000000000000000");
    CHECK(shown("CAST('-0.7' AS DECIMAL(38,38)) - CAST('0.8' AS DECIMAL(38,38))") ==
          "-1.5000000000000000000000000000000000000");
}
