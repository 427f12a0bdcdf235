#include "engine/operators/partition_folders.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/operators/file_scan.h"
#include "engine/operators/statement.h"

using namespace engine::spark;

namespace {

std::vector<TypeId> types_in(const FolderColumns& c) {
    std::vector<TypeId> out;
    for (const Field& f : c.fields) out.push_back(f.type.id);
    return out;
}

}  // namespace

TEST_CASE("folders: names of the form name=value are columns of the narrowest type") {
    const FolderColumns c =
        folder_columns("/in", {"/in/day=mon/n=1/x=2024-01-01/a.csv", "/in/day=7/n=3000000000/x=2024-01-02/b.csv"});
    CHECK(types_in(c) == std::vector<TypeId>{TypeId::string, TypeId::bigint, TypeId::date});
    CHECK(c.values[1] == std::vector<std::optional<std::string>>{"7", "3000000000", "2024-01-02"});
}

TEST_CASE("folders: escaped text is read back and the folder of nulls is null") {
    const FolderColumns c = folder_columns("/in/", {"/in/p=a%3Db%2Fc/1", "/in/p=__HIVE_DEFAULT_PARTITION__/2"});
    CHECK(c.values[0][0] == "a=b/c");
    CHECK_FALSE(c.values[1][0].has_value());
}

TEST_CASE("folders: files that disagree on their folders have no columns") {
    CHECK(folder_columns("/in", {"/in/day=mon/1", "/in/2"}).empty());
    CHECK(folder_columns("/in", {"/in/1", "/in/2"}).empty());
    CHECK(folder_columns("/in", {}).empty());
}

TEST_CASE("folders: a batch read has their columns behind those of its files") {
    engine::dfs::MemoryStore store;
    store.write("/in/day=mon/1.csv", "1\n2\n");
    store.write("/in/day=tue/1.csv", "5\n");
    Session session;
    const DataType schema =
        struct_type({{"day", type_of(TypeId::string), true}, {"v", type_of(TypeId::integer), true}});
    const auto plan = read_files(session, store, "csv", {{"path", "/in"}}, schema);
    REQUIRE(plan.has_value());
    session.views["t"] = {"t", nullptr, *plan, {}};
    const auto rows = execute(session, "SELECT * FROM t ORDER BY v");
    REQUIRE(rows.has_value());
    CHECK(show(session, *rows, {20, 0}) ==
          "+---+---+\n|v  |day|\n+---+---+\n|1  |mon|\n|2  |mon|\n|5  |tue|\n+---+---+\n");
}
