#include <catch2/catch_test_macros.hpp>

#include "app/view_model/make.h"
#include "app/view_model/shelf.h"
#include "app/view_model/shot.h"

using namespace app;

namespace {

struct Wanted {
    std::string step, at, view, select, answer;
    bool asking = false;
};

std::expected<Shot, std::string> shoot(const Wanted& wanted, const std::string& lesson = "204-leader-dies") {
    ShotRequest request;
    request.lesson = lesson;
    request.step = wanted.step;
    request.at = wanted.at;
    request.view = wanted.view;
    request.select = wanted.select;
    request.answer = wanted.answer;
    request.asking = wanted.asking;
    return prepare_shot(request);
}

Wanted step(const std::string& id) {
    Wanted wanted;
    wanted.step = id;
    return wanted;
}

Wanted view(const std::string& name) {
    Wanted wanted;
    wanted.view = name;
    return wanted;
}

}  // namespace

TEST_CASE("shot: a film of a step has a frame for each turning point and ends at its stop") {
    ShotRequest request;
    request.lesson = "204";
    request.step = "who";
    const auto film = prepare_film(request);
    REQUIRE(film);
    CHECK(film->size() >= 3);
    CHECK(film->size() <= 25);
    const auto last = prepare_shot(request);
    REQUIRE(last);
    CHECK(film->back().screen.top_bar.time == last->screen.top_bar.time);
    CHECK(film->front().screen.top_bar.time != film->back().screen.top_bar.time);
    request.step.clear();
    CHECK_FALSE(prepare_film(request));
}

TEST_CASE("shot: the moment at which a step has stopped, with the verdict of its question") {
    const auto shot = shoot(step("who"));
    REQUIRE(shot.has_value());
    const ScreenVm& screen = shot->screen;
    CHECK(screen.lesson.stop == 5);
    CHECK(screen.lesson.stops == 7);
    REQUIRE(screen.lesson.predictions.size() == 1);
    CHECK(screen.lesson.predictions[0].state == PredictionState::right);
    CHECK(screen.lesson.predictions[0].run_says == "Broker 2");
    CHECK(screen.stage.brokers.at(0).health == NodeHealth::dead);
    CHECK(screen.stage.brokers.at(1).role == ReplicaRole::leader);
    CHECK(screen.view == "Partitions");
    CHECK_FALSE(screen.inspector.rule_shut);
    CHECK(screen.partitions.rows.size() == 3);
}

TEST_CASE("shot: a wrong answer gets the run's answer and why it was wrong") {
    Wanted wanted = step("who");
    wanted.answer = "3";
    const auto shot = shoot(wanted);
    REQUIRE(shot.has_value());
    const PredictionVm& question = shot->screen.lesson.predictions.at(0);
    CHECK(question.state == PredictionState::wrong);
    CHECK(question.said == "Broker 3");
    CHECK(question.run_says == "Broker 2");
    CHECK(question.because.find("The order of the replica list decides") != std::string::npos);
}

TEST_CASE("shot: while a question is open no rule is told") {
    Wanted wanted = step("who");
    wanted.asking = true;
    const auto shot = shoot(wanted);
    REQUIRE(shot.has_value());
    const PredictionVm& question = shot->screen.lesson.predictions.at(0);
    CHECK(question.state == PredictionState::open);
    CHECK(question.choices.size() == 3);
    CHECK(question.because.empty());
    CHECK(shot->screen.partitions.rule.empty());
    CHECK(shot->screen.inspector.rule_shut);
    CHECK(shot->screen.inspector.rule.empty());
    CHECK_FALSE(shot->screen.top_bar.can_step_forward);
}

TEST_CASE("shot: a moment by the clock stands exactly there") {
    Wanted wanted;
    wanted.at = "2.5s";
    const auto shot = shoot(wanted);
    REQUIRE(shot.has_value());
    CHECK(shot->screen.top_bar.time == "2.500 s");
}

TEST_CASE("shot: what does not exist is refused by name, with what there is") {
    const auto misspelt = shoot(view("partitons"));
    REQUIRE_FALSE(misspelt.has_value());
    CHECK(misspelt.error().find("nearest: partitions") != std::string::npos);
    const auto unbuilt = shoot(view("transactions"));
    REQUIRE_FALSE(unbuilt.has_value());
    CHECK(unbuilt.error().find("not built yet") != std::string::npos);
    CHECK(unbuilt.error().find("znodes") != std::string::npos);
    const auto unknown = shoot(step("wo"));
    REQUIRE_FALSE(unknown.has_value());
    CHECK(unknown.error().find("nearest: who") != std::string::npos);
    Wanted never, nobody;
    never.at = "soon";
    nobody.select = "broker 9";
    CHECK_FALSE(shoot(never).has_value());
    CHECK_FALSE(shoot(nobody).has_value());
    CHECK_FALSE(shoot({}, "").has_value());
}

TEST_CASE("shot: the stage is a view of its own, and the lesson's view stays below it where there is room") {
    const auto shot = shoot(view("stage"));
    REQUIRE(shot.has_value());
    CHECK(shot->screen.view == "Stage");
    CHECK(shot->screen.view_asked_for);
    CHECK(shot->screen.below == "Partitions");
    CHECK(shot->screen.partitions.rows.size() == 3);
    const auto page = shoot(view("stage"), "103");
    REQUIRE(page.has_value());
    CHECK(page->screen.below == "Partitions");
    CHECK_FALSE(page->screen.partitions.rows.empty());
}

TEST_CASE("home: it offers the first lesson there is, and lists none that does not exist") {
    const Shelf shelf = read_shelf("");
    const HomeVm home = make_home(shelf);
    CHECK(home.continue_verb == "Start");
    REQUIRE(home.levels.size() == 5);
    std::size_t listed = 0;
    for (const HomeLevelVm& level : home.levels) listed += level.lessons.size();
    CHECK(listed == shelf.lessons.size());
    CHECK(std::ranges::any_of(home.levels[1].lessons, [](const HomeLessonVm& lesson) {
        return lesson.id == "204-leader-dies" && lesson.title == "The leader dies";
    }));
}

TEST_CASE("home: with a saved session it continues there") {
    Shelf shelf;
    shelf.lessons.push_back({"204-leader-dies", "The leader dies", 2, 7, true});
    shelf.sessions.push_back({"a.millrace", "204-leader-dies", "The leader dies", 7, 2, 486, 511, 3, 2, "today 14:02"});
    const HomeVm home = make_home(shelf);
    CHECK(home.continue_verb == "Continue");
    CHECK(home.continue_title == "The leader dies");
    REQUIRE(home.sessions.size() == 1);
    CHECK(home.sessions[0].what == "seed 7, 2 branches");
    CHECK(home.sessions[0].where == "step 486 of 511");
    CHECK(home.levels[1].here);
}

TEST_CASE("lesson: a mistake of the file is shown with its line and its place in it") {
    const LessonErrorVm error = make_lesson_error("scenarios/x.toml:2:14: unknown topic 'order'; nearest: orders",
                                                  "[lesson]\nspotlight = [\"order-0\"]\n");
    CHECK(error.title == "Unknown topic 'order'");
    CHECK(error.place == "x.toml 2:14");
    CHECK(error.line == "spotlight = [\"order-0\"]");
    CHECK(error.column == 13);
    CHECK(error.nearest == "orders");
}
