#include "engine/operators/distinct_sketch.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/operators/element_set.h"
#include "engine/operators/statement.h"
#include "sim/base/hash.h"

using namespace engine::spark;

namespace {

std::string answer_to(const std::string& sql) {
    Session session;
    const auto rows = execute(session, sql);
    return rows ? show(session, *rows, {20, 0}) : rows.error().message;
}

}  // namespace

TEST_CASE("sketch: the error asked for decides how many registers there are") {
    CHECK(sketch_bits(0.05) == 9);
    CHECK(sketch_bits(0.01) == 14);
    CHECK(sketch_bits(0.39) == 4);
    CHECK(sketch_words(9) == 52);
}

TEST_CASE("sketch: what two sketches saw apart one sketch of both has seen") {
    const int bits = sketch_bits(kSketchError);
    std::vector<i64> a(sketch_words(bits)), b = a, both = a;
    for (i64 i = 0; i < 3000; ++i) {
        const i64 hash = static_cast<i64>(sim::mix64(static_cast<u64>(i)));
        add_to_sketch(i % 3 == 0 ? a : b, bits, hash);
        add_to_sketch(both, bits, hash);
    }
    merge_sketch(a, bits, b);
    CHECK(a == both);
    CHECK(sketch_count(a, bits) > 2700);
    CHECK(sketch_count(a, bits) < 3300);
}

TEST_CASE("sketch: an empty one counts nothing and a value twice is one") {
    const int bits = sketch_bits(kSketchError);
    std::vector<i64> words(sketch_words(bits));
    CHECK(sketch_count(words, bits) == 0);
    add_to_sketch(words, bits, 42);
    add_to_sketch(words, bits, 42);
    CHECK(sketch_count(words, bits) == 1);
}

TEST_CASE("sets: values come in the order of Scala's hash set") {
    CHECK(answer_to("SELECT collect_set(k) AS s FROM VALUES ('a'), ('b'), ('c'), ('a') AS t(k)") ==
          "+---------+\n|s        |\n+---------+\n|[c, b, a]|\n+---------+\n");
    CHECK(answer_to("SELECT collect_set(k) AS s FROM VALUES (1), (2), (3), (5), (9) AS t(k)") ==
          "+---------------+\n|s              |\n+---------------+\n|[9, 1, 5, 2, 3]|\n+---------------+\n");
}
