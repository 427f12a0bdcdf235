#include <catch2/catch_test_macros.hpp>

#include "engine/plan/unsafe_row.h"
#include "engine/stream/checkpoint_log.h"
#include "engine/stream/state_file.h"

using namespace engine::spark;

TEST_CASE("state: a row comes back from its bytes") {
    const std::vector<DataType> types = {
        type_of(TypeId::string), type_of(TypeId::bigint), type_of(TypeId::boolean), type_of(TypeId::double_),
        struct_type({{"start", type_of(TypeId::timestamp), true}, {"end", type_of(TypeId::timestamp), true}})};
    const Values row = {string_value("owl and more than eight bytes"), null_value(), bool_value(true), real_value(2.5),
                        list_value({int_value(-1), int_value(1'000'000)})};
    const auto back = from_unsafe_row(unsafe_row(row, types), types);
    REQUIRE(back.has_value());
    for (std::size_t i = 0; i < row.size(); ++i)
        CHECK(((row[i].null && (*back)[i].null) || same_value(row[i], (*back)[i], types[i])));
}

TEST_CASE("state: bytes that are cut short are refused") {
    const std::vector<DataType> types = {type_of(TypeId::string)};
    const std::string bytes = unsafe_row({string_value("a word of some length")}, types);
    CHECK_FALSE(from_unsafe_row(std::string_view(bytes).substr(0, 8), types).has_value());
    CHECK_FALSE(from_unsafe_row(std::string_view(bytes).substr(0, bytes.size() - 8), types).has_value());
}

TEST_CASE("state: a file keeps changes and removals in their order, and damage shows") {
    const std::string key(8, 'k'), value(40000, 'v');
    std::string file = state_file({{key, value}, {key, std::nullopt}});
    const auto back = read_state_file(file);
    REQUIRE((back.has_value() && back->size() == 2));
    CHECK((*back)[0].value == value);
    CHECK_FALSE((*back)[1].value.has_value());
    file[40] = static_cast<char>(file[40] ^ 1);
    CHECK_FALSE(read_state_file(file).has_value());
}

TEST_CASE("checkpoint: an offset log comes back from its text") {
    OffsetLogEntry entry{5000, 1700, pinned_settings(2, "min"), {"{\"words\":{\"1\":3,\"0\":4}}", ""}};
    const std::string text = offset_log_text(entry);
    CHECK(text.ends_with("\n-"));
    const auto back = parse_offset_log(text);
    REQUIRE(back.has_value());
    CHECK(back->watermark_ms == 5000);
    CHECK(back->offsets == entry.offsets);
    CHECK(parse_commit_log(commit_log_text(77)) == 77);
    CHECK_FALSE(parse_offset_log("v2\n{}").has_value());
}
