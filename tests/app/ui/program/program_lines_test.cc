// Lines of menus and of the Code view: what they would do is told beforehand, and what they change.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "app/view_model/query_tables.h"
#include "tests/app/ui/program/program_driver.h"

using namespace app;
using namespace app::ui;
using tests::ProgramDriver;

TEST_CASE("what a verb would do stands beside it, and not while a question is open") {
    ProgramDriver ui;
    REQUIRE(ui.program().open_lesson("204").empty());
    ui.follow_to("meet");
    const auto effects = [&] {
        ui.act(UiVerb::open_menu, "broker 2");
        CHECK(ui.flaws() == "");
        const auto items = ui.program().screen().menu.items;
        ui.act(UiVerb::close_overlay);
        return std::ranges::count_if(items, [](const MenuItemVm& item) { return !item.effect.empty(); });
    };
    CHECK(effects() >= 3);
    for (int i = 0; i < 20 && !ui.lab().question_open(); ++i) ui.act(UiVerb::lock_in);
    REQUIRE(ui.lab().question_open());
    CHECK(effects() == 0);
}

TEST_CASE("a line of a query's text is changed at the newest moment: a branch begins, the old future lives beside it") {
    ProgramDriver ui;
    REQUIRE(ui.program().open_lesson("407").empty());
    ui.follow_to("cat");
    REQUIRE(ui.lab().at_head());
    ui.act(UiVerb::open_view, "", "Code");
    const CodeVm code = ui.program().screen().code;
    REQUIRE(code.query == "counts");
    ui.choose(fmt::format("edit counts {}: {} ", code.lines.size(), code.lines.back().text));
    const auto& branches = [&]() -> const auto& { return ui.lab().run().timeline().branches(); };
    REQUIRE(branches().size() == 2);
    CHECK(ui.lab().run().timeline().branch().id == 1);
    CHECK(branches()[0].inputs.size() + 1 == branches()[1].inputs.size());
    ui.line("wait 20s");
    ui.act(UiVerb::open_view, "", "Twin");
    CHECK(ui.flaws() == "");
    const sim::Nanos here = ui.lab().run().clock();
    CHECK(branches()[0].head > branches()[1].fork);
    CHECK(branches()[0].inputs.back().line == "wait 20s");
    CHECK(branches()[0].history.events.back().at <= here);
    CHECK(ui.lab().run().timeline().branch().id == 1);
    CHECK(ui.lab().run().clock() == here);
    ui.choose("program undo");
    ui.choose("program undo");
    CHECK(ui.lab().run().timeline().branch().id == 0);
    ui.act(UiVerb::open_view, "", "Code");
    CHECK(ui.flaws() == "");
}

TEST_CASE("a line of a query's text is changed, and a second query runs with it beside the first") {
    ProgramDriver ui;
    REQUIRE(ui.program().open_lesson("407").empty());
    ui.follow_to("cat");
    ui.act(UiVerb::open_view, "", "Code");
    CHECK(ui.flaws() == "");
    const CodeVm code = ui.program().screen().code;
    REQUIRE(code.query == "counts");
    const auto line = std::ranges::find_if(
        code.lines, [](const CodeLineVm& each) { return each.text.find("GROUP BY") != std::string::npos; });
    REQUIRE(line != code.lines.end());
    const auto number = line - code.lines.begin() + 1;
    ui.act(UiVerb::run_verb, "code", fmt::format("type edit counts {}: {}", number, line->text));
    CHECK(ui.program().screen().palette.query.starts_with("edit counts "));
    std::string changed = line->text;
    changed.replace(changed.find("GROUP BY"), 8, "WHERE CAST(value AS STRING) <> 'cat' GROUP BY");
    ui.choose(fmt::format("edit counts {}: {}", number, changed));
    REQUIRE_FALSE(ui.program().screen().toasts.empty());
    INFO(ui.program().screen().toasts.back().title << ": " << ui.program().screen().toasts.back().text);
    ui.line("wait 1s");
    ui.act(UiVerb::open_view, "", "Code");
    const CodeVm second = ui.program().screen().code;
    INFO(second.head.empty_title << " " << ui.program().screen().view << " " << ui.program().desk().selected);
    REQUIRE(second.query == "counts-2");
    CHECK(second.lines[static_cast<std::size_t>(number - 1)].text.find("<> 'cat'") != std::string::npos);
    ui.choose("edit counts 99: SELECT 1");
    CHECK(ui.program().screen().toasts.back().text.find("has no line 99") != std::string::npos);
}
