#include "sim/base/hash.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/digest.h"
#include "sim/base/flat_map.h"
#include "tests/support/bytes.h"

using namespace sim;

namespace {

struct Point {
    i32 x = 0;
    i32 y = 0;
};
struct Shape {
    std::string name;
    std::vector<Point> points;
    FlatMap<i32, std::string> labels;
};

}  // namespace

TEST_CASE("bytes hash to the published numbers of XXH3") {
    CHECK(hash_bytes({}) == 0x2d06800538d394c2u);
    CHECK(hash_bytes(tests::bytes("a")) == 0xe6c632b61e964e1fu);
    CHECK(hash_bytes(tests::bytes("abc")) == 0x78af5f94892f3950u);
}

TEST_CASE("short names hash to the published numbers of FNV-1a") {
    CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cu);
    CHECK(fnv1a("foobar") == 0x85944171f73967e8u);
}

TEST_CASE("the mixer is that of splitmix64") { CHECK(mix64(1) == 0x5692161d100b05e5u); }

TEST_CASE("a hasher tells the order of what it was given") {
    Hasher ab, ba;
    ab.add(1);
    ab.add(2);
    ba.add(2);
    ba.add(1);
    CHECK(ab.value() != ba.value());
}

TEST_CASE("a digest changes with every member of a struct") {
    const Shape shape{"triangle", {{0, 0}, {1, 0}, {0, 1}}, {}};
    Shape renamed = shape, moved = shape, labelled = shape;
    renamed.name = "Triangle";
    moved.points[2].y = 2;
    labelled.labels[1] = "a";
    CHECK(digest_of(shape) == digest_of(Shape(shape)));
    for (const Shape* other : {&renamed, &moved, &labelled}) CHECK(digest_of(shape) != digest_of(*other));
}

TEST_CASE("where one list ends and the next begins is part of a digest") {
    using Lists = std::pair<std::vector<i32>, std::vector<i32>>;
    CHECK(digest_of(Lists{{1}, {2, 3}}) != digest_of(Lists{{1, 2}, {3}}));
    CHECK(digest_of(std::vector<std::string>{"ab", "c"}) != digest_of(std::vector<std::string>{"a", "bc"}));
}

TEST_CASE("reflection counts the members of a struct") {
    static_assert(kFieldCount<Point> == 2 && kFieldCount<Shape> == 3);
    i32 sum = 0;
    Point point{3, 4};
    for_each_field(point, [&](i32& field) { sum += field++; });
    CHECK(sum == 7);
    CHECK((point.x == 4 && point.y == 5));
}
