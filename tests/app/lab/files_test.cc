#include "app/lab/host/files.h"

#include <catch2/catch_test_macros.hpp>

using namespace app::lab;

TEST_CASE("a file is replaced as a whole and read back byte for byte") {
    const std::string folder = "/tmp/millrace-files-test";
    REQUIRE(make_folder(folder) == "");
    const std::string path = join_path(folder, "a.bin");
    REQUIRE(write_file(path, std::string_view("a\0b\r\n", 5)) == "");
    CHECK(read_file(path) == std::string("a\0b\r\n", 5));
    REQUIRE(write_file(path, "x") == "");
    CHECK(read_file(path) == "x");
    CHECK(list_folder(folder) == std::vector<std::string>{"a.bin"});
}

TEST_CASE("what cannot be read or written is told with its path") {
    CHECK(read_file("/nowhere/x").error() == "/nowhere/x: cannot be read: No such file or directory");
    CHECK(read_file("/tmp").error() == "/tmp: cannot be read: Is a directory");
    CHECK(write_file("/nowhere/x", "").starts_with("/nowhere/x: cannot be written: "));
    CHECK(list_folder("/nowhere").empty());
}

TEST_CASE("paths are put together and taken apart") {
    CHECK(join_path("a/", "b") == "a/b");
    CHECK(join_path("a", "b") == "a/b");
    CHECK(join_path("", "b") == "b");
    CHECK(file_name("a/b/204-x.toml") == "204-x.toml");
    CHECK(without_extension("204-x.toml") == "204-x");
    CHECK(without_extension(".hidden") == ".hidden");
}
