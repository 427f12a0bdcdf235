// Sections: playing; steps and predictions; queries; goals; other seeds and determinism.
#include "app/proof/check/played.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/play/transcript.h"
#include "app/lab/run/beside.h"
#include "app/proof/masks/pattern.h"
#include "engine/verb.h"

namespace app::proof {
namespace {

using lab::FreeOutcome;
using lab::StepOutcome;
using sim::Nanos;
using sim::u64;

constexpr Nanos kAfterSolution = sim::seconds(2);
constexpr Nanos kLongWait = sim::seconds(600);
constexpr u64 kOtherSeeds = 5;

const lab::Lesson& lesson_of(const PlayedLesson& played) { return played.session->lesson; }

// ---- goals --------------------------------------------------------------------------------------

/// Where the learner's free part begins.
u64 free_start(const PlayedLesson& played) {
    const lab::Lesson& lesson = lesson_of(played);
    const std::string& from = lesson.free.from.value;
    if (from == "start") return played.session->run->timeline().first();
    for (std::size_t i = 0; i < lesson.steps.size(); ++i)
        if (lesson.steps[i].id.value == from) return played.steps[i].last_index;
    return played.end;
}

/// Every attempt has a branch of its own, so that none sees another one's future.
FreeOutcome attempt(PlayedLesson& played, const std::vector<std::string>& lines, Nanos at_least) {
    played.session->run->switch_to(0, free_start(played));
    played.session->run->timeline().fork();
    return played.player->play_free(lines, at_least);
}

std::vector<std::string> texts(const std::vector<lab::Text>& lines) {
    std::vector<std::string> values;
    for (const lab::Text& line : lines) values.push_back(line.value);
    return values;
}

std::vector<std::string> broker_names(const PlayedLesson& played) {
    std::vector<std::string> names;
    for (const engine::NodeCard& card : played.session->run->world().frame->cards)
        if (card.kind == engine::NodeKind::broker) names.push_back(card.name);
    return names;
}

/// A verb as somebody would use it who tries the first thing that it applies to.
std::string with_default(const PlayedLesson& played, const std::string& verb) {
    const lab::Lesson& lesson = lesson_of(played);
    const std::string broker = broker_names(played).empty() ? "zookeeper" : broker_names(played).front();
    const std::string topic = lesson.topics.empty() ? "orders" : lesson.topics.front().name.value;
    if (verb == "elect") return fmt::format("elect preferred {}-0", topic);
    if (verb == "partition") return "partition isolate " + broker;
    if (verb == "wait") return "wait 10s";
    if (verb == "limp") return "limp " + broker + " 10";
    return verb + " " + broker;
}

struct Degenerate {
    std::string name;
    std::vector<std::string> lines;
};

std::vector<Degenerate> degenerate_solutions(const PlayedLesson& played) {
    std::vector<std::string> restart, kill, verbs;
    for (const std::string& broker : broker_names(played)) {
        restart.push_back("restart " + broker);
        kill.push_back("kill " + broker);
    }
    for (const lab::Text& verb : lesson_of(played).free.verbs) verbs.push_back(with_default(played, verb.value));
    return {{"restarting everything", restart},
            {"killing everything", kill},
            {"waiting ten minutes", {}},
            {"each verb once", verbs}};
}

void lint_solution(PlayedLesson& played, Findings& findings, Nanos& took) {
    const lab::Lesson& lesson = lesson_of(played);
    played.session->run->switch_to(0, free_start(played));
    const Nanos began = played.session->run->clock();
    const FreeOutcome outcome = attempt(played, texts(lesson.free.solution), kAfterSolution);
    took = played.session->run->clock() - began;
    for (std::size_t i = 0; i < lesson.goals.size(); ++i) {
        const bool keep = lesson.goals[i].keep.value;
        if (!outcome.goals[i].error.empty()) findings.add(lesson.goals[i].place, outcome.goals[i].error);
        if (keep && !outcome.goals[i].at_start)
            findings.add(lesson.goals[i].place, "this goal is to be kept, and does not hold when the free part begins");
        if (!keep && outcome.goals[i].at_start)
            findings.add(lesson.goals[i].place, "this goal holds already when the free part begins");
        if (!outcome.won && !outcome.goals[i].at_end)
            findings.add(lesson.goals[i].place, "the solution does not reach this goal");
    }
    for (const std::string& refused : outcome.refused)
        findings.add(lesson.free.place, "the solution is refused: " + refused);
    if (!outcome.won) findings.add(lesson.free.place, "the goals never hold all at once under the solution");
}

/// What the check of a comparison says with this world beside the learner's own.
bool holds_beside(PlayedLesson& played, const lab::Run& beside, const lab::CompareBlock& compare, Findings& findings) {
    const lab::Moment moment{&beside.world(), &beside.history(), beside.cursor(), 0};
    played.player->show();
    played.player->view().show_twin(&moment);
    lab::Predicate check(played.player->view(), compare.check.value);
    const bool holds = check.holds();
    if (!check.error().empty()) findings.add(compare.check.place, check.error());
    played.player->view().show_twin(nullptr);
    return holds;
}

/// Behind the solution: what a comparison promises holds in its world, and would not hold without its change.
void lint_compares(PlayedLesson& played, Findings& findings) {
    const lab::Run& own = *played.session->run;
    for (const lab::CompareBlock& compare : lesson_of(played).compares) {
        const auto other = lab::open_changed(*played.session, compare.change);
        if (!other) {
            findings.add(compare.place, other.error());
            continue;
        }
        lab::Run& beside = *(*other)->run;
        MR_ASSERT(beside.history().inputs.empty());
        const bool followed = lab::follow_beside(own, beside);
        if (!followed || !holds_beside(played, beside, compare, findings))
            findings.add(compare.check.place, "in the other world this does not hold");
        if (holds_beside(played, own, compare, findings))
            findings.add(compare.check.place, "this holds without the change too");
    }
}

void lint_empty(PlayedLesson& played, Findings& findings, Nanos took) {
    const lab::Lesson& lesson = lesson_of(played);
    const FreeOutcome outcome = attempt(played, {}, took);
    if (outcome.won) findings.add(lesson.free.place, "doing nothing reaches all goals");
    for (std::size_t i = 0; i < lesson.goals.size(); ++i)
        if (!lesson.goals[i].keep.value && outcome.goals[i].at_end)
            findings.add(lesson.goals[i].place, "doing nothing reaches this goal");
}

}  // namespace

namespace {

constexpr Nanos kIdleGap = sim::seconds(5);   // what is left of a stretch in which nothing is told

/// What a watcher sees pass since a moment of the lesson: play lets idle stretches collapse.
Nanos watched_time(const lab::Run& run, Nanos began) {
    const engine::History& history = run.history();
    const Nanos origin = run.world().frame->origin;
    Nanos sum, last = origin + began;
    const auto pass = [&](Nanos moment) {
        if (moment <= last) return;
        sum += std::min(moment - last, kIdleGap);
        last = moment;
    };
    for (u64 i = 0; i < history.facts.size(); ++i)
        if (const u64 index = history.facts[i].index(); index >= history.first_index && index < run.cursor())
            pass(history.events[index - history.first_index].at);
    pass(run.clock());
    return sum;
}

}  // namespace

// ---- playing ------------------------------------------------------------------------------------

std::expected<PlayedLesson, std::string> play_lesson(const std::string& path, const std::string& text,
                                                     std::optional<u64> seed) {
    auto session = lab::open_text(path, text, seed);
    if (!session) return std::unexpected(session.error());
    PlayedLesson played;
    played.session = std::move(*session);
    played.player = std::make_unique<lab::Player>(played.session->lesson, *played.session->run);
    const Nanos began = played.session->run->lesson_clock();
    for (std::size_t i = 0; i < played.session->lesson.steps.size(); ++i)
        played.steps.push_back(played.player->play_step(i));
    played.end = played.session->run->cursor();
    played.watched = watched_time(*played.session->run, began);
    return played;
}

// ---- steps and predictions ----------------------------------------------------------------------

void lint_steps(const PlayedLesson& played, Findings& findings) {
    const lab::Lesson& lesson = lesson_of(played);
    const std::string path = lesson.path;
    for (std::size_t i = 0; i < played.steps.size(); ++i) {
        const lab::StepBlock& step = lesson.steps[i];
        const StepOutcome& outcome = played.steps[i];
        findings.begin(3, Level::error, path);
        if (!outcome.reached)
            findings.add(step.until.place,
                         fmt::format("step {} does not end: until says {}", outcome.id, outcome.until_value));
        findings.begin(4, Level::error, path);
        if (outcome.skipped && !step.may_skip.value)
            findings.add(
                step.until.place,
                fmt::format("step {} is over before it begins (say may_skip = true if it may be)", outcome.id));
        findings.begin(5, Level::error, path);
        for (const std::string& refused : outcome.refused)
            findings.add(step.place, fmt::format("step {}: not possible: {}", outcome.id, refused));
        for (std::size_t e = 0; e < outcome.expects.size(); ++e)
            if (!outcome.expects[e].holds)
                findings.add(step.expect[e].place, fmt::format("step {} expects this in vain; it gives {}", outcome.id,
                                                               outcome.expects[e].value));
    }
}

void lint_predictions(const PlayedLesson& played, Findings& findings) {
    for (std::size_t i = 0; i < played.steps.size(); ++i) {
        const lab::PredictBlock& predict = lesson_of(played).steps[i].predict;
        const lab::PredictionOutcome& outcome = played.steps[i].prediction;
        if (!outcome.asked) continue;
        if (outcome.choice < 0)
            findings.add(predict.answer.place, fmt::format("prediction {}: {}", predict.id.value, outcome.error));
        if (outcome.before == outcome.value && !predict.stays.value)
            findings.add(predict.answer.place, fmt::format("prediction {}: the answer '{}' is there before the step "
                                                           "acts (say stays = true if that is the point)",
                                                           predict.id.value, outcome.value));
        if (outcome.before != outcome.value && predict.stays.value)
            findings.add(predict.answer.place, fmt::format("prediction {}: stays = true, but '{}' became '{}'",
                                                           predict.id.value, outcome.before, outcome.value));
    }
}

void lint_reviews_run(PlayedLesson& played, Findings& findings) {
    played.session->run->switch_to(0, played.end);
    played.player->show();
    for (const lab::ReviewBlock& review : lesson_of(played).reviews) {
        if (review.instance.value.empty()) continue;
        lab::Predicate instance(played.player->view(), review.instance.value);
        if (!instance.holds())
            findings.add(review.instance.place,
                         fmt::format("the review's instance does not hold: {}",
                                     instance.error().empty() ? instance.value() : instance.error()));
    }
}

// ---- queries ------------------------------------------------------------------------------------

namespace {

std::vector<lab::Text> queries_of(const lab::Lesson& lesson) {
    std::vector<lab::Text> queries;
    for (const lab::StepBlock& step : lesson.steps) {
        if (!step.until.value.empty()) queries.push_back(step.until);
        queries.insert(queries.end(), step.expect.begin(), step.expect.end());
        if (step.predict.given()) queries.push_back(step.predict.answer);
    }
    for (const lab::GoalBlock& goal : lesson.goals) queries.push_back(goal.check);
    for (const lab::ReviewBlock& review : lesson.reviews)
        if (!review.instance.value.empty()) queries.push_back(review.instance);
    return queries;
}

}  // namespace

void lint_queries(PlayedLesson& played, Findings& findings) {
    static const Pattern kStar("select\\s+\\*", Pattern::Letters::of_any_case),
        kLimit("\\blimit\\b", Pattern::Letters::of_any_case),
        kOrder("\\border\\s+by\\b", Pattern::Letters::of_any_case);
    for (const lab::Text& query : queries_of(lesson_of(played))) {
        auto prepared = played.player->view().prepare(query.value);
        if (!prepared) findings.add(query.place, lab::with_caret(query.value, prepared.error()));
        else if (const auto table = prepared->run(); !table)
            findings.add(query.place, lab::with_caret(query.value, table.error()));
        if (prepared && prepared->touches_of_twin() != 0)
            findings.add(query.place, "twin.* is empty here: steps, goals and reviews ask the world that they play in, "
                                      "and a [[world]] runs only while a person puts it beside; ask in [[compare]]");
        if (finds(query.value, kStar))
            findings.add(query.place, "SELECT * depends on the order of columns: name them");
        if (finds(query.value, kLimit) && !finds(query.value, kOrder))
            findings.add(query.place, "LIMIT without ORDER BY gives any rows");
    }
}

void lint_transcript(const PlayedLesson& played, Findings& findings) {
    const lab::Lesson& lesson = lesson_of(played);
    const lab::LineSink sink = [&](const std::string& line) {
        if (line.find_first_not_of(' ') == std::string::npos)
            findings.add(lesson.info.place, "the transcript has an empty line");
    };
    lab::write_title(lesson, played.session->seed, sink);
    for (std::size_t i = 0; i < played.steps.size(); ++i) {
        lab::write_step_begin(lesson.steps[i], i, lesson.steps.size(), sink);
        lab::write_step_end(lesson.steps[i], played.steps[i], sink);
    }
    lab::write_card(lesson, sink);
}

// ---- goals --------------------------------------------------------------------------------------

void lint_goals(PlayedLesson& played, Findings& findings) {
    const lab::Lesson& lesson = lesson_of(played);
    if (lesson.goals.empty()) return;
    Nanos took;
    findings.begin(9, Level::error, lesson.path);
    lint_solution(played, findings, took);
    lint_compares(played, findings);
    lint_empty(played, findings, took);
    findings.begin(10, Level::error, lesson.path);
    for (const Degenerate& way : degenerate_solutions(played))
        if (attempt(played, way.lines, kLongWait).won)
            findings.add(lesson.free.place, fmt::format("{} reaches all goals", way.name));
}

// ---- other seeds and determinism ----------------------------------------------------------------

namespace {

/// What an answer, an expectation or the solution says on another seed, if it is not what it should be.
std::string wrong_on(const PlayedLesson& original, PlayedLesson& other) {
    for (std::size_t i = 0; i < other.steps.size(); ++i) {
        const StepOutcome& outcome = other.steps[i];
        if (!outcome.reached) return fmt::format("step {} does not end", outcome.id);
        if (outcome.prediction.asked && outcome.prediction.choice != original.steps[i].prediction.choice)
            return fmt::format("the prediction of step {} is answered by '{}'", outcome.id, outcome.prediction.value);
        for (const lab::ExpectOutcome& expect : outcome.expects)
            if (!expect.holds) return fmt::format("step {} expects in vain: {}", outcome.id, expect.sql);
    }
    const lab::Lesson& lesson = lesson_of(other);
    if (lesson.goals.empty()) return "";
    return attempt(other, texts(lesson.free.solution), kAfterSolution).won ? ""
                                                                           : "the solution does not reach the goals";
}

}  // namespace

void lint_other_seeds(const PlayedLesson& played, Findings& findings) {
    const lab::Lesson& lesson = lesson_of(played);
    const bool any = lesson.info.seeds.value == lab::SeedPolicy::any;
    if (!any && lesson.info.seed_reason.value.empty())
        findings.add(lesson.info.place, "say seeds = \"any\", or in seed_reason what depends on the seed");
    for (u64 i = 1; any && i <= kOtherSeeds; ++i) {
        const u64 seed = played.session->seed + 1000 * i + i;
        auto other = play_lesson(played.session->path, played.session->text, seed);
        const std::string wrong = other ? wrong_on(played, *other) : other.error();
        if (!wrong.empty()) findings.add(lesson.info.seeds.place, fmt::format("on seed {}: {}", seed, wrong));
    }
}

void lint_determinism(const PlayedLesson& played, Findings& findings) {
    const lab::Lesson& lesson = lesson_of(played);
    const auto again = play_lesson(played.session->path, played.session->text, played.session->seed);
    if (!again) return findings.add(lesson.info.place, again.error());
    lab::Run& run = *again->session->run;
    const u64 hash = engine::hash(run.world()), first = run.timeline().first();
    for (const StepOutcome& step : again->steps) {
        run.seek(step.last_index);
        run.seek(first + (step.last_index - first) / 2);
    }
    run.seek(again->end);
    if (engine::hash(run.world()) != hash)
        findings.add(lesson.info.place, "after going back and forward the world is another one");
    lab::Run& original = *played.session->run;
    original.switch_to(0, played.end);
    if (engine::hash(original.world()) != hash) findings.add(lesson.info.place, "a second run ends in another world");
    if (original.timeline().divergence().found)
        findings.add(lesson.info.place, fmt::format("DIVERGED at event {}", original.timeline().divergence().index));
}

}  // namespace app::proof
