// Stores on disk: which schemas fit each other, and in which order a store gives its rows.
#include "engine/stream/state_stores.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "engine/plan/unsafe_row.h"
#include "engine/stream/batch_run.h"
#include "engine/stream/state_file.h"

using namespace engine::spark;

namespace {

StateStore counts() {
    return {"", {{"word", type_of(TypeId::string)}}, {{"count", type_of(TypeId::bigint), false}}};
}

}  // namespace

TEST_CASE("a store takes the rows of another query if the types of its columns are the same, whatever their names") {
    const std::string written = schema_file(counts());
    StateStore renamed = counts();
    renamed.key[0].name = "w";
    CHECK_FALSE(schema_refusal(renamed, written));
    StateStore wider = counts();
    wider.value.push_back({"max", type_of(TypeId::timestamp)});
    const auto refused = schema_refusal(wider, written);
    REQUIRE(refused);
    CHECK(refused->message.find("StructType(StructField(count,LongType,false),StructField(max,TimestampType,true))") !=
          std::string::npos);
    StateStore nullable = counts();
    nullable.value[0].nullable = true;
    CHECK(schema_refusal(nullable, written));
    StateStore unchecked = wider;
    unchecked.value_checked = false;
    CHECK_FALSE(schema_refusal(unchecked, written));
}

TEST_CASE("a store gives every row once, in an order that its keys decide") {
    std::vector<std::string> keys;
    for (int i = 0; i < 40; ++i) keys.push_back(unsafe_row({int_value(i)}, {type_of(TypeId::bigint)}));
    const auto order = store_order(keys, 30);
    std::vector<std::size_t> sorted = order;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i) CHECK(sorted[i] == i);
    CHECK(order != sorted);
    CHECK(order == store_order(keys, 30));
}
