#include "app/lab/lesson/times.h"

#include <catch2/catch_test_macros.hpp>

using namespace app::lab;

TEST_CASE("clock times are read to the nanosecond and nothing else is") {
    CHECK(parse_clock("12:30:30") == sim::seconds(45'030));
    CHECK(parse_clock("00:00") == sim::seconds(0));
    CHECK(parse_clock("23:59:59.25") == sim::seconds(86'399) + sim::millis(250));
    for (const char* wrong : {"", "12", "12:", "24:00:00", "12:60:00", "12:30:60", "12:30:30.", "12:30:30x",
        "1:30:30", "-1:30:30", "12:30:30.1234567890"})
        CHECK_FALSE(parse_clock(wrong).has_value());
}

TEST_CASE("dates and times are UTC, in either spelling") {
    CHECK(parse_instant("2026-01-05T12:00:00Z") == kDefaultStartMs);
    CHECK(parse_instant("2026-01-05 12:00:00") == kDefaultStartMs);
    CHECK(parse_instant("1970-01-01T00:00:00Z") == 0);
    CHECK(parse_instant("1969-12-31T23:59:59Z") == -1000);
    for (const char* wrong : {"", "2026-01-05", "2026-13-05T12:00:00Z", "2026-02-30T12:00:00Z",
        "2026-01-05T25:00:00Z", "2026-01-05T12:00:00+01:00"})
        CHECK_FALSE(parse_instant(wrong).has_value());
}

TEST_CASE("an instant is written as it is read") {
    CHECK(instant_text(kDefaultStartMs) == "2026-01-05 12:00:00");
    CHECK(instant_text(-1000) == "1969-12-31 23:59:59");
    CHECK(day_start_ms(-1) == -86'400'000);
    CHECK(parse_instant(instant_text(kDefaultStartMs + 3'661'000)) == kDefaultStartMs + 3'661'000);
}
