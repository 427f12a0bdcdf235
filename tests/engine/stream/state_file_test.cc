#include <catch2/catch_test_macros.hpp>

#include <algorithm>

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

TEST_CASE("state: what fills blocks is packed as it comes, and all of it comes back") {
    StateBody body;
    std::vector<StateChange> wanted;
    for (int i = 0; i < 6000; ++i) {
        const std::string key = std::to_string(10'000'000 + i), value(static_cast<std::size_t>(i % 50) * 8, 'v');
        if (i % 7 == 0) put_removal(body, key);
        else put_change(body, key, value);
        wanted.push_back({key, i % 7 == 0 ? std::nullopt : std::optional(value)});
    }
    CHECK_FALSE(body.blocks.empty());
    CHECK(body.open.size() < 64 * 1024);
    const auto same = [](const StateChange& a, const StateChange& b) { return a.key == b.key && a.value == b.value; };
    const auto back = changes_of(body), read = read_state_file(state_file_of(body));
    REQUIRE((back.has_value() && read.has_value()));
    CHECK(std::ranges::equal(*back, wanted, same));
    CHECK(std::ranges::equal(*read, wanted, same));
    CHECK(state_file_of(body) == state_file(wanted));
    CHECK(state_file_of({}).size() == 46);  // as in Spark's checkpoints
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
