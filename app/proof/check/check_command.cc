#include "app/proof/check/check_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/lab/lesson/catalogue.h"
#include "app/lab/lesson/find_lesson.h"
#include "app/lab/lesson/loader.h"
#include "app/proof/check/lints.h"
#include "app/proof/check/played.h"

namespace app::proof {
namespace {

struct Tally {
    int passed = 0;
    int failed = 0;
};

void print(const Findings& findings) {
    for (const Finding& finding : findings.all()) lab::print_line(render(finding));
}

bool decided_by_one_file(const Lint& lint) { return lint.scope != Scope::course || lint.text != nullptr; }

/// A rule that no finding breaks has passed.
void count_lints(const Findings& findings, Tally& tally) {
    for (const Lint& lint : lint_table()) {
        if (!decided_by_one_file(lint)) continue;
        const bool broken = std::ranges::any_of(
            findings.all(), [&](const Finding& f) { return f.lint == lint.number && f.level == Level::error; });
        ++(broken ? tally.failed : tally.passed);
    }
}

/// Prompts, expectations, goals and comparisons count one by one: a broken one is in a finding already.
void count_prompts(const PlayedLesson& played, Tally& tally) {
    for (const lab::StepOutcome& step : played.steps) {
        tally.passed += step.reached ? 1 : 0;
        tally.passed += step.prediction.asked && step.prediction.choice >= 0 ? 1 : 0;
        tally.passed += static_cast<int>(std::ranges::count_if(step.expects, &lab::ExpectOutcome::holds));
    }
    tally.passed += static_cast<int>(played.session->lesson.goals.size() + played.session->lesson.compares.size());
}

void check_run(PlayedLesson& played, Findings& findings) {
    const lab::Lesson& lesson = played.session->lesson;
    const auto rule = [&](int number) { findings.begin(number, lint_of(number).level, lesson.path); };
    lint_steps(played, findings);
    rule(6);
    lint_predictions(played, findings);
    rule(18);
    lint_queries(played, findings);
    rule(20);
    lint_transcript(played, findings);
    rule(23);
    lint_reviews_run(played, findings);
    rule(13);
    lint_minutes_with_run(lesson, played.watched, findings);
    lint_goals(played, findings);
    rule(11);
    lint_other_seeds(played, findings);
    rule(12);
    lint_determinism(played, findings);
}

void check_lesson(const std::string& name, Tally& tally) {
    const auto fail = [&](const std::string& why) { ++tally.failed; lab::print_line(why); };
    const auto path = lab::find_lesson(name);
    if (!path) return fail(path.error());
    const auto text = lab::read_file(*path);
    if (!text) return fail(text.error());
    const auto lesson = lab::load_lesson(*path, *text);
    if (!lesson) return fail(lab::render(lesson.error()));
    Findings findings;
    check_text(*lesson, findings);
    auto played = play_lesson(*path, *text, {});
    if (!played) {
        print(findings);
        return fail(played.error());
    }
    check_run(*played, findings);
    findings.sort();
    print(findings);
    count_lints(findings, tally);
    count_prompts(*played, tally);
}

void check_whole_course(Tally& tally) {
    Course course;
    course.catalogue = &lab::catalogue();
    for (const std::string& id : lab::lesson_ids()) {
        const auto path = lab::find_lesson(id);
        auto lesson = path ? lab::load_lesson_file(*path) : std::unexpected(lab::LessonErrors{});
        if (lesson) course.lessons.push_back(std::move(*lesson));
        else ++tally.failed;
    }
    Findings findings;
    check_course(course, findings);
    findings.sort();
    print(findings);
    for (const Lint& lint : lint_table())
        if (lint.course != nullptr) ++(findings.of_lint(lint.number) > 0 ? tally.failed : tally.passed);
}

}  // namespace

int check_command(const CheckOptions& options) {
    Tally tally;
    std::vector<std::string> lessons = options.lessons;
    if (options.all) lessons = lab::lesson_ids();
    if (lessons.empty() && !options.course) return lab::complain("check what? Name lessons, or say --all or --course");
    for (const std::string& lesson : lessons) {
        if (lessons.size() > 1) lab::complain("checking " + lesson);
        check_lesson(lesson, tally);
    }
    if (options.course) check_whole_course(tally);
    else lab::complain("prerequisites, terms and covered rows look at all lessons together: check --course");
    lab::print_line(fmt::format("{} passed, {} failed", tally.passed, tally.failed));
    return tally.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
