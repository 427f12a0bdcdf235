// Rule 2 for one file; rule 13.
#include <fmt/format.h>

#include "app/lab/host/files.h"
#include "app/lab/lesson/names.h"
#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"
#include "engine/verb.h"

namespace app::proof {
namespace {

using lab::Lesson;
using lab::Text;
using sim::Nanos;

constexpr int kWordsAMinute = 200;
constexpr Nanos kPrediction = sim::seconds(20);
constexpr Nanos kMinute = sim::seconds(60);
constexpr int kMinutesAPrediction = 5;
constexpr int kMostShare = 3;                  // minutes of a lesson against those of reading and watching

int count_predictions(const Lesson& lesson) {
    int count = 0;
    for (const lab::StepBlock& step : lesson.steps) count += step.predict.given() ? 1 : 0;
    return count;
}

/// Answers, steps taken, and interventions of the solution.
int count_actions(const Lesson& lesson) {
    int count = count_predictions(lesson) + static_cast<int>(lesson.steps.size());
    for (const Text& line : lesson.free.solution) count += engine::parse_verb(line.value).name != "wait" ? 1 : 0;
    return count;
}

/// Fault labs, and the capstone, which has nothing to review.
bool is_exam(const Lesson& lesson) { return lesson.fault.place.line != 0 || lesson.reviews.empty(); }

}  // namespace

void lint_id(const Lesson& lesson, Findings& findings) {
    const Text& id = lesson.info.id;
    const std::string_view file = lab::without_extension(lab::file_name(lesson.path));
    if (file != id.value)
        findings.add(id.place, fmt::format("the id '{}' is not the file's name, '{}'", id.value, file));
    const bool numbered = id.value.size() > 4 && id.value[3] == '-' && id.value.find_first_not_of("0123456789") == 3;
    if (!numbered)
        return findings.add(id.place, fmt::format("the id '{}' must be three digits, a dash and a name", id.value));
    if (lesson.info.level.value != id.value[0] - '0')
        findings.add(lesson.info.level.place,
            fmt::format("level {} is not the first digit of '{}'", lesson.info.level.value, id.value));
}

Nanos reading_time(const Lesson& lesson) {
    int words = 0;
    for (const VisibleText& text : visible_texts(lesson)) words += count_words(text.text->value);
    return kMinute * words / kWordsAMinute + kPrediction * count_predictions(lesson);
}

void lint_minutes(const Lesson& lesson, Findings& findings) {
    const lab::Number& minutes = lesson.info.minutes;
    const Nanos reading = reading_time(lesson);
    const int predictions = count_predictions(lesson);
    const int wanted = is_exam(lesson) ? 1
        : static_cast<int>((minutes.value + kMinutesAPrediction - 1) / kMinutesAPrediction);
    if (predictions < wanted)
        findings.add(minutes.place,
            fmt::format("{} predictions in {} minutes; there must be {}, one in {} minutes", predictions,
            minutes.value, wanted, kMinutesAPrediction));
    const int guided = static_cast<int>(reading.count / kMinute.count);
    if (count_actions(lesson) < guided)
        findings.add(minutes.place,
            fmt::format("{} actions of the learner in {} guided minutes; there must be one a minute",
            count_actions(lesson), guided));
    if (kMinute * minutes.value < reading)
        findings.add(minutes.place,
            fmt::format("{} minutes are too few: reading and answering alone take {} s", minutes.value,
            reading.count / sim::seconds(1).count));
}

void lint_minutes_with_run(const Lesson& lesson, Nanos watched, Findings& findings) {
    const lab::Number& minutes = lesson.info.minutes;
    const Nanos model = reading_time(lesson) + watched;
    const Nanos said = kMinute * minutes.value;
    if (said >= model && said <= model * kMostShare) return;
    findings.add(minutes.place,
        fmt::format("{} minutes do not fit: reading and watching take {} s, and a lesson takes one to three times that",
            minutes.value, model.count / sim::seconds(1).count));
}

}  // namespace app::proof
