#include "engine/plan/json_rows.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/operators/statement.h"
#include "sim/base/prng.h"

using namespace engine::spark;

namespace {

const DataType kSchema = struct_type(
    {{"id", type_of(TypeId::bigint), true},
     {"small", type_of(TypeId::tinyint), true},
     {"name", type_of(TypeId::string), true},
     {"score", type_of(TypeId::double_), true},
     {"half", type_of(TypeId::float_), true},
     {"yes", type_of(TypeId::boolean), true},
     {"at", type_of(TypeId::timestamp), true},
     {"tags", array_type(type_of(TypeId::string), true), true},
     {"in", struct_type({{"x", type_of(TypeId::integer), true}, {"id", type_of(TypeId::double_), true}}), true},
     {"list", array_type(struct_type({{"k", type_of(TypeId::bigint), true}}), true), true},
     {"_corrupt_record", type_of(TypeId::string), true}});

/// A value as somebody may write it: often what a field wants, sometimes not, sometimes no JSON.
std::string any_json(sim::Prng& rng, int depth) {
    static const std::vector<std::string> kPlain = {"0",
                                                    "-0",
                                                    "7",
                                                    "-12",
                                                    "127",
                                                    "128",
                                                    "9007199254740993",
                                                    "999999999999999999",
                                                    "9223372036854775808",
                                                    "9223372036854775807",
                                                    "9999999999999999999",
                                                    "99999999999999999.25",
                                                    "1.5",
                                                    "-0.25",
                                                    "-0.0",
                                                    "0.1",
                                                    "123456789.123456789",
                                                    "1e3",
                                                    "01",
                                                    "1.",
                                                    ".5",
                                                    "NaN",
                                                    "true",
                                                    "false",
                                                    "null",
                                                    "\"\"",
                                                    "\"a word\"",
                                                    "\"\\n\"",
                                                    "\"\xc3\xa4\"",
                                                    "'single'",
                                                    "\"2024-01-01 00:00:01\"",
                                                    "\"2024-01-01\"",
                                                    "nul",
                                                    "\"open",
                                                    "{}",
                                                    "[]"};
    const u64 kind = rng.below(depth > 0 ? 12 : 10);
    if (kind < 10) return kPlain[rng.below(kPlain.size())];
    std::string out;
    const u64 n = rng.below(4);
    static const std::vector<std::string> kNames = {"x", "id", "k", "id", "other", "_corrupt_record"};
    for (u64 i = 0; i < n; ++i) {
        if (i > 0) out += rng.chance(1, 2) ? ", " : ",";
        if (kind == 10) out += "\"" + kNames[rng.below(kNames.size())] + "\":";
        out += any_json(rng, depth - 1);
    }
    return kind == 10 ? "{" + out + "}" : "[" + out + "]";
}

/// What each field of the schema wants, in its order.
const std::vector<std::vector<std::string>> kFitting = {
    {"0", "-12", "999999999999999999", "null"},
    {"7", "-128", "null"},
    {"\"a word\"", "\"\"", "12", "true"},
    {"1.5", "-0.0", "-0", "0.1", "123456.789", "7"},
    {"0.1", "16777217"},
    {"true", "false", "null"},
    {"\"2024-01-01 00:00:01\"", "\"2024-01-01\""},
    {"[]", "[\"a\", null,\"b\"]", "[ 1 ]", "null"},
    {"{}", "{\"x\":1,\"id\":2.5,\"other\":[{}]}", "{\"id\":1,\"id\":null}"},
    {"[{\"k\":1},{},null]", "[]"},
    {"null"}};

std::string any_record(sim::Prng& rng) {
    std::string out = rng.chance(1, 20) ? " {" : "{";
    for (std::size_t i = 0; i < kSchema.fields->size(); ++i) {
        const Field& f = (*kSchema.fields)[i];
        if (rng.chance(1, 3) || (f.name == "_corrupt_record" && rng.chance(9, 10))) continue;
        if (out.back() != '{') out += ",";
        out +=
            "\"" + f.name + "\" :" + (rng.chance(1, 8) ? any_json(rng, 2) : kFitting[i][rng.below(kFitting[i].size())]);
    }
    return out + (rng.chance(1, 30) ? "" : rng.chance(1, 30) ? "} rest" : "}");
}

std::string text_of(std::vector<ColumnTree>& columns) {
    std::string out;
    for (ColumnTree& c : columns) {
        const Column column = c.finish();
        out += cell_text(get(column, 0), column.type, "UTC") + "|";
    }
    return out;
}

std::vector<ColumnTree> no_rows() {
    std::vector<ColumnTree> out;
    for (const Field& f : *kSchema.fields) out.emplace_back(f.type);
    return out;
}

}  // namespace

TEST_CASE("json: records read straight into columns are those of the general reader") {
    const JsonOptions options;
    EvalContext cx;
    JsonRows rows(kSchema, options);
    sim::Prng rng = sim::Prng::forked(1, "json");
    int straight = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string record = any_record(rng);
        std::vector<ColumnTree> fast = no_rows(), general = no_rows();
        if (!rows.add(record, fast, cx)) continue;
        ++straight;
        bool bad = false;
        const Value v = json_record(record, kSchema, options, cx, bad);
        INFO(record);
        REQUIRE_FALSE(bad);
        for (std::size_t f = 0; f < general.size(); ++f) general[f].add(items_of(v)[f]);
        REQUIRE(text_of(fast) == text_of(general));
    }
    CHECK(straight > 1000);
}

TEST_CASE("json: a record that is refused leaves the columns as they were") {
    const JsonOptions options;
    EvalContext cx;
    JsonRows rows(kSchema, options);
    std::vector<ColumnTree> columns = no_rows();
    CHECK(rows.add(R"({"id":1,"tags":["a",null],"in":{"x":2},"list":[{"k":1},{}]})", columns, cx));
    CHECK_FALSE(rows.add(R"({"id":2,"tags":["b","c"],"in":{"x":"two"}})", columns, cx));
    CHECK(rows.add(R"({"in":null,"id":3})", columns, cx));
    for (ColumnTree& c : columns) {
        const Column column = c.finish();
        CHECK(column.size == 2);
        if (physical_of(column.type) == Physical::list) CHECK(column.children[0].size == 2);
    }
}
