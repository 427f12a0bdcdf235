// Lessons come from strangers: no text may bring the loader down.
#include <catch2/catch_test_macros.hpp>

#include <random>

#include "app/lab/lesson/lesson_world.h"
#include "tests/app/lab/lesson/lesson_text.h"

using namespace app::lab;
using namespace app::lab::test;

namespace {

using Dice = std::mt19937_64;

std::size_t roll(Dice& dice, std::size_t sides) { return static_cast<std::size_t>(dice() % sides); }

/// Changes a few bytes; most of them to bytes that mean something in TOML.
std::string with_noise(std::string text, Dice& dice) {
    constexpr std::string_view kLikely = "[]{}=\"',.#\n -0123456789ntz\\\t";
    for (std::size_t i = 1 + roll(dice, 4); i > 0; --i)
        text[roll(dice, text.size())] = roll(dice, 8) == 0 ? static_cast<char>(dice())
            : kLikely[roll(dice, kLikely.size())];
    return text;
}

/// Exchanges two values, so that the text stays TOML and its types go wrong.
std::string with_swapped_values(const std::string& text, Dice& dice) {
    std::vector<std::pair<std::size_t, std::size_t>> values;
    for (std::size_t at = text.find("= "); at != std::string::npos; at = text.find("= ", at + 1)) {
        const std::size_t end = text.find_first_of(",\n}", at);
        if (end != std::string::npos) values.emplace_back(at + 2, end);
    }
    const auto [from, from_end] = values[roll(dice, values.size())];
    const auto [to, to_end] = values[roll(dice, values.size())];
    return text.substr(0, to) + text.substr(from, from_end - from) + text.substr(to_end);
}

/// Leaves a line out.
std::string without_line(const std::string& text, Dice& dice) {
    const std::size_t start = text.rfind('\n', roll(dice, text.size()));
    const std::size_t from = start == std::string::npos ? 0 : start + 1;
    return text.substr(0, from) + text.substr(std::min(text.size(), text.find('\n', from)));
}

/// Loads; what loads must also become a world's spec. True if it loads.
bool try_load(const std::string& text) {
    const auto lesson = load_lesson("f.toml", text);
    if (!lesson) {
        CHECK_FALSE(lesson.error().empty());
        CHECK(render(lesson.error()).starts_with("f.toml"));
        return false;
    }
    CHECK(to_spec(*lesson, 1).seed == 1);
    return true;
}

}  // namespace

TEST_CASE("changed bytes never bring the loader down") {
    Dice dice(1);
    int loaded = 0;
    for (int i = 0; i < 600; ++i) loaded += try_load(with_noise(i % 2 == 0 ? leader_dies() : watermark(), dice));
    CHECK(loaded > 0);
    CHECK(loaded < 600);
}

TEST_CASE("values in the wrong places never bring the loader down") {
    Dice dice(2);
    for (int i = 0; i < 600; ++i) try_load(with_swapped_values(i % 2 == 0 ? leader_dies() : watermark(), dice));
}

TEST_CASE("missing lines never bring the loader down") {
    Dice dice(3);
    for (int i = 0; i < 400; ++i) try_load(without_line(i % 2 == 0 ? leader_dies() : watermark(), dice));
}

TEST_CASE("a text cut off anywhere never brings the loader down") {
    const std::string text = watermark();
    for (std::size_t size = 0; size < text.size(); size += 37) try_load(text.substr(0, size));
}

TEST_CASE("deep nesting is refused, not followed") {
    CHECK_FALSE(try_load("a = " + std::string(100'000, '[')));
    CHECK_FALSE(try_load("a = " + std::string(5'000, '[') + std::string(5'000, ']')));
}
