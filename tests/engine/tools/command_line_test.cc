#include "engine/tools/command_line.h"

#include <catch2/catch_test_macros.hpp>

using engine::tools::split_command;
using Words = std::vector<std::string>;

TEST_CASE("blanks separate the words of a command line") {
    CHECK(split_command("kafka-topics.sh  --list\t--topic a ").value() ==
          Words{"kafka-topics.sh", "--list", "--topic", "a"});
    CHECK(split_command("").value().empty());
    CHECK(split_command("   ").value().empty());
}

TEST_CASE("quotes keep blanks, and may be empty") {
    CHECK(split_command(R"(a "my topic" 'b c')").value() == Words{"a", "my topic", "b c"});
    CHECK(split_command(R"(--config 'x=1'"2" "")").value() == Words{"--config", "x=12", ""});
}

TEST_CASE("a backslash keeps the next character, inside double quotes only a special one") {
    CHECK(split_command(R"(a\ b \" '\')").value() == Words{"a b", "\"", "\\"});
    CHECK(split_command(R"("a\"b\n")").value() == Words{R"(a"b\n)"});
}

TEST_CASE("a quote that is not closed is the shell's complaint") {
    CHECK(split_command("echo 'one").error() == "bash: unexpected EOF while looking for matching `''");
    CHECK(split_command("echo \"one").error() == "bash: unexpected EOF while looking for matching `\"'");
}
