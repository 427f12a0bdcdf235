#include "engine/client/record_template.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/digest.h"

using namespace engine;
using client::compile_template;

namespace {

std::string filled(std::string_view text, i64 n) {
    const auto compiled = compile_template(text);
    return compiled ? client::fill(*compiled, n)
                    : "column " + std::to_string(compiled.error().column) + ": " + compiled.error().message;
}

u32 error_column(std::string_view text) {
    const auto compiled = compile_template(text);
    return compiled ? 0 : compiled.error().column;
}

}  // namespace

TEST_CASE("a template without holes is its own text") {
    CHECK(filled("order", 3) == "order");
    CHECK(filled("", 3).empty());
}

TEST_CASE("a hole prints the number of the record") {
    CHECK(filled("order {n}", 0) == "order 0");
    CHECK(filled("customer-{n % 4}", 6) == "customer-2");
    CHECK(filled("{n}:{n+1}", 41) == "41:42");
}

TEST_CASE("products bind closer than sums and parentheses closest") {
    CHECK(filled("{1 + 2 * 3}", 0) == "7");
    CHECK(filled("{(1 + 2) * 3}", 0) == "9");
    CHECK(filled("{10 - 4 - 3}", 0) == "3");
    CHECK(filled("{ 2*n - n/3 }", 10) == "17");
}

TEST_CASE("division and remainder round towards zero") {
    CHECK(filled("{(n - 5) / 2}", 0) == "-2");
    CHECK(filled("{(n - 5) % 4}", 0) == "-1");
    CHECK(filled("{-n % 3}", 7) == "-1");
}

TEST_CASE("arithmetic wraps as Java's long does") {
    CHECK(filled("{9223372036854775807 + n}", 1) == "-9223372036854775808");
    CHECK(filled("{(-9223372036854775807 - n) / -1}", 1) == "-9223372036854775808");
    CHECK(filled("{(-9223372036854775807 - n) % -1}", 1) == "0");
}

TEST_CASE("doubled braces stand for one, so that values can be JSON") {
    CHECK(filled(R"({{"id": {n}}})", 5) == R"({"id": 5})");
    CHECK(filled("{{n}}", 5) == "{n}");
}

TEST_CASE("a mistake in a template is reported with its column and a remedy") {
    CHECK(filled("a {n", 0) == "column 3: this { is not closed: write } behind the expression, or {{ for a brace");
    CHECK(filled("a} b", 0) == "column 2: this } closes nothing: write }} for a brace");
    CHECK(filled("{x + 1}", 0) == "column 2: 'x' is not known here: the number of the record is n");
    CHECK(filled("{n n}", 0) ==
          "column 4: 'n' does not belong here: an expression has numbers, n, + - * / % and parentheses");
    CHECK(filled("{}", 0) == "column 2: a number or n is missing here");
    CHECK(filled("{(n + 1}", 0) == "column 2: this ( is not closed: write ) behind the sum");
    CHECK(error_column("{n + 99999999999999999999}") == 6);
    CHECK(error_column("k {n * }") == 8);
}

TEST_CASE("a divisor that could be 0 is refused before any record is made") {
    CHECK(filled("{n % 0}", 0) == "column 6: nothing can be divided by 0: write another number");
    CHECK(error_column("{7 / (2 - 2)}") == 6);
    CHECK(filled("{7 / n}", 0) == "column 6: what stands behind / or % must be a number: n may be 0 there");
    CHECK(filled("{n % (2 + 2)}", 7) == "3");
}

TEST_CASE("an expression that is nested without end is refused") {
    CHECK(error_column("{" + std::string(1000, '(') + "n" + std::string(1000, ')') + "}") > 0);
    CHECK(error_column("{" + std::string(1000, '-') + "n}") > 0);
    CHECK(filled("{((((n))))}", 4) == "4");
}

TEST_CASE("a template is a value: copies are equal and have one digest, another text has another") {
    const client::RecordTemplate one = *compile_template("customer-{n % 4}");
    const client::RecordTemplate copy = one;
    const client::RecordTemplate other = *compile_template("customer-{n % 5}");
    CHECK(copy == one);
    CHECK(sim::digest_of(copy) == sim::digest_of(one));
    CHECK(sim::digest_of(other) != sim::digest_of(one));
}
