// A session's files are those of one folder and no others.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "app/lab/command/spark_command.h"
#include "app/lab/command/sql_command.h"
#include "app/lab/host/files.h"
#include "app/lab/host/folder_store.h"

using namespace app::lab;

namespace {

/// A folder of its own for each test, with a file beside it that nobody may see.
struct Scratch {
    std::string outer = (std::filesystem::temp_directory_path() /
                         ("millrace-folder-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))))
                            .string();
    std::string folder = outer + "/data";

    Scratch() {
        REQUIRE(make_folder(folder).empty());
        REQUIRE(write_file(outer + "/secret.csv", "x\n").empty());
        REQUIRE(write_file(folder + "/a.csv", "name,n\nann,1\nbob,2\n").empty());
    }
    ~Scratch() { std::filesystem::remove_all(outer); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

}  // namespace

TEST_CASE("folder store: what lies outside the folder does not exist") {
    const Scratch s;
    FolderStore store(s.folder);
    CHECK(store.read("a.csv").has_value());
    CHECK(store.read(s.folder + "/a.csv").has_value());
    CHECK_FALSE(store.read("../secret.csv").has_value());
    CHECK_FALSE(store.read(s.outer + "/secret.csv").has_value());
    CHECK_FALSE(store.exists("/etc/passwd"));
    CHECK_FALSE(store.write("../new.csv", "x"));
    CHECK_FALSE(store.write(s.folder + "-beside/new.csv", "x"));
    std::filesystem::create_symlink(s.outer + "/secret.csv", s.folder + "/link.csv");
    CHECK_FALSE(store.read("link.csv").has_value());
    CHECK(store.list("").has_value());
}

TEST_CASE("folder store: without a folder nothing can be read or written") {
    FolderStore store("");
    CHECK_FALSE(store.exists("/"));
    CHECK_FALSE(store.read("/etc/passwd").has_value());
    CHECK_FALSE(store.write("a.csv", "x"));
}

TEST_CASE("spark command: a program reads, prints and writes below its folder") {
    const Scratch s;
    FolderStore store(s.folder);
    const SparkOutcome done = run_spark({.file = "p.py", .data = "", .ansi = false, .now_micros = 0},
                                        "df = spark.read.csv('a.csv', header=True, inferSchema=True)\n"
                                        "print(df.count())\n"
                                        "df.selectExpr('n + 1 AS m').write.json('out')\n"
                                        "spark.read.json('out').orderBy('m').show()\n",
                                        store);
    CHECK(done.error.empty());
    CHECK(done.out == "2\n+---+\n|  m|\n+---+\n|  2|\n|  3|\n+---+\n\n");
}

TEST_CASE("spark command: an exception names its line and column") {
    const Scratch s;
    FolderStore store(s.folder);
    const SparkOutcome done = run_spark({.file = "dir/p.py", .data = "", .ansi = false, .now_micros = 0},
                                        "x = 1\nspark.sql('SELEC 1').show()\n", store);
    CHECK(done.status == 1);
    CHECK(done.error.starts_with("p.py:2:"));
    CHECK(done.error.find("ParseException") != std::string::npos);
    CHECK(run_spark({.file = "p.py", .data = "", .ansi = false, .now_micros = 0}, "async def f():\n    pass\n", store)
              .status == 1);
}

TEST_CASE("sql command: statements name files of the folder") {
    const Scratch s;
    SqlCommand command;
    command.data = s.folder;
    command.text = "CREATE TEMP VIEW v USING csv OPTIONS (path 'a.csv', header 'true'); SELECT sum(n) s FROM v";
    CHECK(run_sql(command).out == "+---+\n|s  |\n+---+\n|3.0|\n+---+\n");
    command.text = "SELECT * FROM csv.`../secret.csv`";
    CHECK(run_sql(command).error.starts_with("[PATH_NOT_FOUND]"));
}
