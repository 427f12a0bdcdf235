#include "app/lab/lab.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>

#include "tests/support/fresh_folder.h"

using namespace app::lab;

namespace {

constexpr const char* kLesson = "204-leader-dies";

std::unique_ptr<Lab> open_lab(const std::string& lesson = kLesson) {
    auto lab = Lab::open(lesson, {});
    REQUIRE(lab.has_value());
    return std::move(*lab);
}

/// Lets long work and play go on until it stands still.
void settle(Lab& lab) {
    for (int i = 0; i < 200'000 && (lab.playing() || lab.hurrying()); ++i) lab.advance_for(sim::millis(50));
    REQUIRE_FALSE(lab.playing());
    REQUIRE_FALSE(lab.hurrying());
}

/// The answer that the run will give, as the lesson's first choice says it: 204's first choices are all right.
void follow_to_stop(Lab& lab, std::size_t step) {
    lab.set_pace({true, 0});
    while (lab.following().step < step || lab.following().part != StepPart::stopped) {
        if (lab.question_open()) {
            lab.choose(lab.step()->predict.choices.front().value.value);
            lab.lock_in();
        } else {
            lab.run_to_stop();
        }
        settle(lab);
    }
    REQUIRE(lab.following().step == step);
}

sim::u64 headless_hash(std::size_t last) {
    auto session = open_lesson(kLesson, {});
    REQUIRE(session.has_value());
    Player player((*session)->lesson, *(*session)->run);
    player.play_steps(last);
    return engine::hash((*session)->run->world());
}

}  // namespace

TEST_CASE("lab: a lesson followed by hand gives the hash of a headless run") {
    auto lab = open_lab();
    follow_to_stop(*lab, lab->lesson().steps.size() - 1);
    CHECK(engine::hash(lab->run().world()) == headless_hash(lab->lesson().steps.size() - 1));
    CHECK(std::ranges::all_of(lab->following().steps, [](const StepRecord& step) {
        return step.reached && step.missed.empty() && step.refused.empty();
    }));
}

TEST_CASE("lab: paced play gives the same hash as play without a pace") {
    auto lab = open_lab();
    lab->set_pace({false, 2000});
    lab->play();
    settle(*lab);
    CHECK(lab->following().part == StepPart::stopped);
    CHECK(engine::hash(lab->run().world()) == headless_hash(0));
}

TEST_CASE("lab: time does not go on while a question is open") {
    auto lab = open_lab();
    follow_to_stop(*lab, 2);
    lab->run_to_stop();
    settle(*lab);
    REQUIRE(lab->question_open());
    const auto cursor = lab->run().cursor();
    lab->play();
    CHECK_FALSE(lab->advance_for(sim::seconds(10)));
    lab->step_forward(StepUnit::event);
    lab->run_to_stop();
    lab->lock_in();   // nothing was chosen
    CHECK(lab->run().cursor() == cursor);
    CHECK_FALSE(lab->run_until("SELECT 0").empty());
}

TEST_CASE("lab: a wrong answer is kept with what the run said, and journaled as wrong") {
    auto lab = open_lab();
    follow_to_stop(*lab, 2);
    lab->run_to_stop();
    settle(*lab);
    lab->choose("2");
    lab->set_pace({true, 0});
    lab->lock_in();
    settle(*lab);
    const StepRecord& record = lab->following().steps.back();
    CHECK(record.chosen == "2");
    CHECK(record.answer == "1");
    REQUIRE(lab->run().history().answers.size() == 1);
    CHECK_FALSE(lab->run().history().answers[0].correct);
}

TEST_CASE("lab: stepping back below a step's beginning makes the step before current again") {
    auto lab = open_lab();
    follow_to_stop(*lab, 3);
    const StepRecord third = lab->following().steps[3];
    lab->go_to(third.first_index + 1);
    CHECK(lab->following().step == 3);
    CHECK(lab->following().part == StepPart::running);
    lab->go_to(third.first_index);
    CHECK(lab->following().step == 2);
    CHECK(lab->following().part == StepPart::stopped);
    lab->go_to(lab->following().steps[2].last_index - 1);
    CHECK(lab->following().part == StepPart::running);
    lab->go_to(lab->run().timeline().first());
    CHECK(lab->following().step == 0);
}

TEST_CASE("lab: a step back and a step forward of the same unit come to the same world") {
    auto lab = open_lab();
    follow_to_stop(*lab, 3);
    const auto cursor = lab->run().cursor();
    const auto clock = lab->run().clock();
    const auto hash = engine::hash(lab->run().world());
    lab->step_back(StepUnit::event);
    CHECK(lab->run().cursor() == cursor - 1);
    lab->step_forward(StepUnit::event);
    CHECK(lab->run().cursor() == cursor);
    CHECK(engine::hash(lab->run().world()) == hash);
    CHECK(lab->run().clock() == clock);
    CHECK(lab->following().part == StepPart::stopped);
    lab->step_back(StepUnit::stop);
    CHECK(lab->following().step == 2);
    lab->step_forward(StepUnit::stop);
    settle(*lab);
    CHECK(lab->run().cursor() == cursor);
    CHECK(lab->following().step == 3);
}

TEST_CASE("lab: going back and on again ends as a run that never went back") {
    auto lab = open_lab();
    follow_to_stop(*lab, 3);
    lab->go_to(lab->run().timeline().first() + 10);
    lab->play();
    settle(*lab);
    lab->go_to_moment(sim::kForever);
    REQUIRE(lab->at_head());
    follow_to_stop(*lab, 5);
    CHECK(engine::hash(lab->run().world()) == headless_hash(5));
}

TEST_CASE("lab: an action in the past opens a branch, and the old future stays") {
    auto lab = open_lab();
    follow_to_stop(*lab, 3);
    const auto head = lab->run().cursor();
    const auto hash = engine::hash(lab->run().world());
    lab->go_to(lab->following().steps[3].first_index);
    REQUIRE(lab->act("kill broker 2").empty());
    REQUIRE(lab->run().timeline().branches().size() == 2);
    CHECK(lab->at_head());
    CHECK(lab->following().steps.size() == 3);
    CHECK(lab->run().world().host_state(lab->run().world().find_node("broker 1")) == sim::HostState::up);
    lab->switch_branch(0);
    CHECK(lab->run().cursor() == head);
    CHECK(engine::hash(lab->run().world()) == hash);
    CHECK(lab->following().step == 3);
    CHECK(lab->following().part == StepPart::stopped);
}

TEST_CASE("lab: the lesson goes on in a new branch from the step that was current there") {
    auto lab = open_lab();
    follow_to_stop(*lab, 4);
    lab->go_to(lab->following().steps[3].first_index + 5);
    REQUIRE(lab->following().part == StepPart::running);
    REQUIRE(lab->act("pause warehouse").empty());
    CHECK(lab->following().step == 3);
    CHECK(lab->following().part == StepPart::running);
    lab->set_pace({true, 0});
    lab->run_to_stop();
    settle(*lab);
    CHECK(lab->following().part == StepPart::stopped);
    const StepRecord& record = lab->following().steps[3];
    CHECK(record.stopped - record.began == sim::seconds(2));
    CHECK(record.answer == "1");
}

TEST_CASE("lab: undo and redo move between branches and lose nothing") {
    auto lab = open_lab();
    follow_to_stop(*lab, 2);
    const auto hash = engine::hash(lab->run().world());
    CHECK_FALSE(lab->undo());
    REQUIRE(lab->act("kill broker 3").empty());
    const auto killed = engine::hash(lab->run().world());
    REQUIRE(lab->undo());
    CHECK(engine::hash(lab->run().world()) == hash);
    REQUIRE(lab->redo());
    CHECK(engine::hash(lab->run().world()) == killed);
    CHECK_FALSE(lab->redo());
}

TEST_CASE("lab: what does not apply is refused and leaves no trace") {
    auto lab = open_lab();
    const auto hash = engine::hash(lab->run().world());
    CHECK_FALSE(lab->act("resume broker 1").empty());
    CHECK_FALSE(lab->act("fly broker 1").empty());
    CHECK_FALSE(lab->act("wait long").empty());
    CHECK(engine::hash(lab->run().world()) == hash);
    CHECK(lab->run().timeline().branch().inputs.empty());
}

TEST_CASE("lab: a run until a predicate stops at the first event at which it holds") {
    auto lab = open_lab();
    follow_to_stop(*lab, 6);
    lab->run_to_stop();   // the free part
    CHECK(lab->step() == nullptr);
    REQUIRE(lab->run_until("SELECT count(*) > 60 FROM facts WHERE kind = 'ack'").empty());
    settle(*lab);
    const auto cursor = lab->run().cursor();
    SqlView view;
    view.show({&lab->run().world(), &lab->run().history(), cursor, 0});
    CHECK(holds(view, "SELECT count(*) = 61 FROM facts WHERE kind = 'ack'").value_or(false));
    CHECK_FALSE(lab->run_until("SELECT nonsense FROM nowhere").empty());
}

TEST_CASE("lab: the goals are watched in the free part and won by the lesson's own solution") {
    auto lab = open_lab();
    follow_to_stop(*lab, 6);
    lab->run_to_stop();
    REQUIRE(lab->step() == nullptr);
    CHECK_FALSE(lab->following().won);
    for (const Text& line : lab->lesson().free.solution) {
        REQUIRE(lab->act(line.value).empty());
        settle(*lab);
    }
    CHECK(lab->following().won);
    CHECK(std::ranges::all_of(lab->following().goals, [](const GoalRecord& goal) { return goal.holds; }));
}

TEST_CASE("lab: a saved session reopens at the last input, in the same step, with its answers") {
    const std::string file = tests::fresh_folder("millrace-lab-test") + ".millrace";
    sim::u64 hash = 0;
    {
        auto lab = Lab::open(kLesson, {}, file);
        REQUIRE(lab.has_value());
        follow_to_stop(**lab, 4);
        hash = engine::hash((*lab)->run().world());
    }
    auto lab = Lab::reopen(file);
    REQUIRE(lab.has_value());
    CHECK(engine::hash((*lab)->run().world()) == hash);
    CHECK((*lab)->following().step == 4);
    CHECK((*lab)->following().part == StepPart::stopped);
    REQUIRE((*lab)->following().steps.size() == 5);
    CHECK((*lab)->following().steps[3].chosen == "1");
    CHECK((*lab)->following().steps[4].answer == "2");
    follow_to_stop(**lab, 5);
    CHECK(engine::hash((*lab)->run().world()) == headless_hash(5));
    std::filesystem::remove(file);
}

TEST_CASE(
    "lab: a record that is sent at another time opens a branch from before it was sent and lives up to the stop one "
    "came from") {
    auto lab = open_lab("407-watermark");
    const auto last = lab->lesson().steps.size() - 1;
    follow_to_stop(*lab, last);
    const sim::Nanos clock = lab->run().clock();
    const std::vector<StepRecord> before = lab->following().steps;
    REQUIRE(lab->act("arrive donkey@12:04 at 12:29:00").empty());
    settle(*lab);
    REQUIRE(lab->run().timeline().branches().size() == 2);
    CHECK(lab->run().timeline().branch().id == 1);
    CHECK(lab->run().clock() > clock - sim::seconds(1));
    CHECK(lab->run().clock() <= clock);
    CHECK(lab->following().part == StepPart::stopped);
    CHECK(lab->following().step == last);
    REQUIRE(lab->following().steps.size() == before.size());
    for (std::size_t i = 0; i + 1 < before.size(); ++i) CHECK(lab->following().steps[i].chosen == before[i].chosen);
    SqlView view;
    view.show({&lab->run().world(), &lab->run().history(), lab->run().cursor(), lab->run().timeline().branch().id});
    const auto counted = view.ask("SELECT value FROM windows WHERE key = 'donkey' AND phase = 'emitted'");
    REQUIRE(counted.has_value());
    REQUIRE(counted->rows.size() == 1);
    CHECK(text_of(counted->rows[0][0]) == "1");
    REQUIRE(lab->undo());
    CHECK(lab->run().timeline().branch().id == 0);
    CHECK(lab->run().clock() == clock);
}

TEST_CASE("lab: of records with one value the event time names the one that is meant") {
    auto lab = open_lab("407-watermark");
    follow_to_stop(*lab, 3);
    CHECK(lab->act("arrive dog@12:02 at 12:16:00") == "no producer's list has a record 'dog@12:02'");
    REQUIRE(lab->act("retime dog@12:14 to 12:11").empty());
    settle(*lab);
    SqlView view;
    view.show({&lab->run().world(), &lab->run().history(), lab->run().cursor(), lab->run().timeline().branch().id});
    const auto times =
        view.ask("SELECT timestamp / 60000 % 60 FROM records WHERE topic = 'words' AND value = 'dog' ORDER BY offset");
    REQUIRE(times.has_value());
    std::string all;
    for (const auto& row : times->rows) all += text_of(row[0]) + " ";
    CHECK(all == "7 11 8 ");
}

TEST_CASE("lab: bookmarks keep their notes and branches in the session, and lead back") {
    const std::string file = tests::fresh_folder("millrace-bookmark-test") + ".millrace";
    sim::Nanos moment;
    {
        auto lab = Lab::open(kLesson, {}, file);
        REQUIRE(lab.has_value());
        follow_to_stop(**lab, 1);
        moment = (*lab)->run().clock();
        CHECK((*lab)->bookmark("before it dies"));
        follow_to_stop(**lab, 2);
        CHECK((*lab)->bookmark());
        CHECK_FALSE((*lab)->bookmark());
    }
    auto lab = Lab::reopen(file);
    REQUIRE(lab.has_value());
    REQUIRE((*lab)->session().bookmarks == std::vector<Bookmark>{{0, moment, "before it dies"}});
    (*lab)->go_to_bookmark(0);
    CHECK((*lab)->run().clock() == moment);
    std::filesystem::remove(file);
}

TEST_CASE("lab: one call carries out a bounded number of events") {
    auto lab = open_lab();
    lab->set_pace({true, 0});
    lab->run_to_stop();
    while (lab->hurrying()) {
        const auto before = lab->run().cursor();
        lab->advance_for({});
        CHECK(lab->run().cursor() - before <= kSliceEvents);
    }
}
