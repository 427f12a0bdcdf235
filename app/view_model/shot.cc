#include "app/view_model/shot.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/lab/command/run_command.h"
#include "app/lab/lesson/names.h"
#include "app/lab/play/player.h"
#include "app/lab/run/session.h"
#include "app/view_model/branches.h"
#include "app/view_model/film.h"
#include "app/view_model/follow_view.h"
#include "app/view_model/make.h"
#include "app/view_model/questions.h"
#include "app/view_model/scene.h"
#include "app/view_model/shelf.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using lab::Following;
using lab::StepBlock;
using lab::StepPart;
using lab::StepRecord;

constexpr std::string_view kStage = "stage", kHome = "home", kComponents = "components", kTimeline = "timeline",
                           kTranscript = "transcript";

/// A view or the stage, by the title of its tab; "" if the name is of something else or unknown.
std::string view_title(const std::string& slug) {
    if (slug == kStage) return "Stage";
    for (const std::string& title : built_views())
        if (lab::view_slug(title) == slug) return title;
    return "";
}

std::string unknown_view(const std::string& slug) {
    std::string all;
    for (const std::string& name : shot_views()) all += (all.empty() ? "" : ", ") + name;
    for (const std::string_view title : lab::view_titles())
        if (lab::view_slug(title) == slug)
            return fmt::format("the view '{}' is not built yet; there are: {}", slug, all);
    const std::string nearest = lab::nearest_of(slug, shot_views());
    return fmt::format("there is no view '{}'{}; there are: {}", slug,
                       nearest.empty() ? "" : fmt::format(", nearest: {}", nearest), all);
}

std::string unknown_question(const std::string& name) {
    std::string all;
    for (const std::string_view kind : question_kinds()) all += (all.empty() ? "" : ", ") + std::string(kind);
    return fmt::format(
        "'{}' is no question at this moment; give a kind and an object that it fits, such as 'not-in-isr orders-0/3'; "
        "kinds: {}",
        name, all);
}

/// A lesson that is played for its picture.
class Playing {
public:
  Playing(const ShotRequest& request, lab::Session& session)
      : request_(request), session_(session), player_(session.lesson, *session.run) {}

  std::expected<Shot, std::string> shoot() {
      if (std::string wrong = play(); !wrong.empty()) return std::unexpected(std::move(wrong));
      if (std::string wrong = play_twin(); !wrong.empty()) return std::unexpected(std::move(wrong));
      return tell();
    }

    /// What happened in the step, turning point by turning point.
    std::expected<std::vector<Shot>, std::string> film() {
        if (std::string wrong = play(); !wrong.empty()) return std::unexpected(std::move(wrong));
        const u64 end = session_.run->cursor();
        names_ = session_.run->world().kernel().names;   // facts beyond the frame shown use them
        std::vector<Shot> shots;
        const StepPart part = std::exchange(following_.part, StepPart::running);
        for (const u64 cursor :
             turning_points(session_.run->history(), following_.steps[following_.step].first_index, end)) {
            session_.run->seek(cursor);
            if (auto shot = tell()) shots.push_back(std::move(*shot));
        }
        following_.part = part;
        session_.run->seek(end);
        auto last = tell();
        if (!last) return std::unexpected(last.error());
        shots.push_back(std::move(*last));
        return shots;
    }

private:
    [[nodiscard]] std::string play() {
        if (!request_.at.empty()) return play_to_moment();
        if (!request_.step.empty()) return play_to_step();
        begin_step(0);
        return "";
    }
    std::string play_to_moment() {
        const auto moment = lab::parse_lesson_time(request_.at, session_.lesson);
        if (!moment) return fmt::format("'{}' is no time: give 12.5s, 11m or 12:00:30", request_.at);
        player_.set_horizon({session_.run->world().frame->origin + *moment, ""});
        const std::size_t count = session_.lesson.steps.size();
        for (std::size_t i = 0; i < count && !player_.at_horizon(); ++i) play_step(i);
        if (!player_.at_horizon()) play_free();
        return "";
    }
    std::string play_to_step() {
        const auto& steps = session_.lesson.steps;
        const auto found = std::ranges::find(steps, request_.step, [](const StepBlock& step) { return step.id.value; });
        if (found == steps.end()) {
            std::vector<std::string> ids;
            for (const StepBlock& step : steps) ids.push_back(step.id.value);
            const std::string nearest = lab::nearest_of(request_.step, ids);
            return fmt::format("the lesson has no step '{}'{}", request_.step,
                               nearest.empty() ? "" : ", nearest: " + nearest);
        }
        const auto last = static_cast<std::size_t>(found - steps.begin());
        for (std::size_t i = 0; i < last; ++i) play_step(i);
        if (request_.asking) begin_step(last);
        else play_step(last);
        return "";
    }
    /// Another future from the beginning of the step that is shown to the same moment. It is told as the twin.
    std::string play_twin() {
        if (request_.twin.empty()) return "";
        lab::Run& run = *session_.run;
        const sim::Nanos moment = run.clock();
        const u64 here = run.cursor();
        const u64 from = following_.step < following_.steps.size() ? following_.steps[following_.step].first_index
                                                                   : run.timeline().first();
        run.seek(from);
        run.timeline().fork();
        const std::string wrong = player_.carry_out(request_.twin, sim::InputAuthor::learner);
        run.run_to(moment);
        twin_.emplace(run.world());
        twin_branch_ = run.timeline().branch().id;
        run.switch_to(0, here);
        run.let_pass(moment);
        return wrong.empty() ? "" : fmt::format("the twin cannot begin with '{}': {}", request_.twin, wrong);
    }
    void begin_step(std::size_t place) {
        since_ = session_.run->world();
        following_.step = place;
        following_.part = StepPart::asking;
        following_.steps.resize(std::min(place + 1, session_.lesson.steps.size()));
        if (place < session_.lesson.steps.size()) {
            following_.steps[place].first_index = session_.run->cursor();
            following_.steps[place].began = session_.run->clock();
        }
    }
    void play_step(std::size_t place) {
        begin_step(place);
        const StepBlock& step = session_.lesson.steps[place];
        const lab::StepOutcome outcome = player_.play_step(place);
        StepRecord& record = following_.steps[place];
        record.answered = step.predict.given();
        if (player_.at_horizon()) {
            following_.part = StepPart::running;
            record.answered = false;
            return;
        }
        following_.part = StepPart::stopped;
        record.last_index = outcome.last_index;
        record.stopped = session_.run->clock();
        record.answer = outcome.prediction.value;
        record.chosen = step.id.value == request_.step && !request_.answer.empty() ? request_.answer : record.answer;
        record.reached = outcome.reached;
        record.refused = outcome.refused;
        for (const lab::ExpectOutcome& expect : outcome.expects)
            if (!expect.holds) record.missed.push_back(expect.sql);
    }
    void play_free() {
        begin_step(session_.lesson.steps.size());
        std::vector<std::string> lines;
        for (const lab::Text& line : session_.lesson.free.solution) lines.push_back(line.value);
        const lab::FreeOutcome outcome = player_.play_free(lines, sim::seconds(2));
        for (const lab::GoalOutcome& goal : outcome.goals) {
            lab::GoalRecord record;
            record.holds = record.reached = goal.at_end;
            record.error = goal.error;
            following_.goals.push_back(std::move(record));
        }
        following_.won = outcome.won;
        if (!player_.at_horizon())
            player_.run_to(session_.run->world().frame->origin +
                           lab::parse_lesson_time(request_.at, session_.lesson).value_or(sim::Nanos{}));
    }
    /// Guards hold or not at this very moment; the rest of the goals belong to the free part.
    void ask_goals() {
        if (!following_.goals.empty()) return;
        player_.show();
        for (const lab::GoalBlock& goal : session_.lesson.goals) {
            lab::Predicate question(player_.view(), goal.check.value);
            lab::GoalRecord record;
            record.holds = question.holds();
            record.error = question.error();
            following_.goals.push_back(std::move(record));
        }
    }
    std::expected<Shot, std::string> tell() {
        ask_goals();
        const std::unique_ptr<engine::World> before = world_before(*session_.run);
        Snapshot snapshot;
        snapshot.world = &session_.run->world();
        snapshot.history = &session_.run->history();
        snapshot.names = names_ ? &*names_ : nullptr;
        snapshot.origin = &origin_of(*session_.run);
        snapshot.before = before.get();
        snapshot.since = since_ ? &*since_ : nullptr;
        snapshot.clock = session_.run->clock();
        snapshot.seed = session_.seed;
        snapshot.branches = branches_of(*session_.run, following_);
        snapshot.branch = session_.run->timeline().branch().id;
        if (twin_) {
            snapshot.twin = &*twin_;
            snapshot.twin_history = &session_.run->timeline().branches()[twin_branch_].history;
            snapshot.twin_name = snapshot.branches[twin_branch_].name;
        }
        snapshot.lesson = &session_.lesson;
        snapshot.following = &following_;
        follow_view(snapshot.desk, session_.lesson, following_);
        if (const std::string title = view_title(request_.view); !title.empty()) {
            snapshot.desk.view = title;
            snapshot.desk.view_asked_for = true;
        }
        if (request_.view == kTranscript) snapshot.desk.drawer = "Transcript";
        snapshot.desk.to_scale = request_.to_scale;
        snapshot.desk.selected = request_.select;
        if (!request_.select.empty() && Scene(snapshot).object(request_.select).kind == ObjectKind::nothing)
            return std::unexpected(
                fmt::format("there is no '{}' at this moment; objects are named like: broker 2, orders-0, orders-0/2 "
                            "offset 9, /brokers/ids/1",
                            request_.select));
        snapshot.desk.why = request_.why;
        if (!request_.why.empty() && !question_named(Scene(snapshot), request_.why))
            return std::unexpected(unknown_question(request_.why));
        return Shot{ShotKind::screen, make_screen(snapshot)};
    }

    const ShotRequest& request_;
    lab::Session& session_;
    lab::Player player_;
    Following following_;
    std::optional<engine::World> since_;
    std::optional<engine::World> twin_;
    u32 twin_branch_ = 0;
    std::optional<sim::NameTable> names_;
};

Shot home_shot() {
    Shot shot{ShotKind::home, {}};
    shot.screen.at_home = shot.screen.top_bar.home = true;
    shot.screen.home = make_home(read_shelf(""));
    return shot;
}

}  // namespace

std::expected<std::vector<Shot>, std::string> prepare_film(const ShotRequest& request) {
    if (request.lesson.empty() || request.step.empty() || !request.at.empty())
        return std::unexpected("a film is of a step: give a lesson and --step");
    auto session = lab::open_lesson(request.lesson, request.seed);
    if (!session) return std::unexpected(session.error());
    return Playing(request, **session).film();
}

std::vector<std::string> shot_views() {
    std::vector<std::string> names{std::string(kStage), std::string(kTimeline), std::string(kTranscript)};
    for (const std::string& title : built_views()) names.push_back(lab::view_slug(title));
    names.emplace_back(kHome);
    names.emplace_back(kComponents);
    return names;
}

std::expected<Shot, std::string> prepare_shot(const ShotRequest& request) {
    const auto views = shot_views();
    if (!request.view.empty() && std::ranges::find(views, request.view) == views.end())
        return std::unexpected(unknown_view(request.view));
    if (request.view == kComponents) return Shot{ShotKind::components, {}};
    if (request.view == kHome) return home_shot();
    if (request.lesson.empty())
        return std::unexpected("a picture of a lesson needs its name; home and components do not");
    if (!request.at.empty() && !request.step.empty()) return std::unexpected("give a time or a step, not both");
    auto session = lab::open_lesson(request.lesson, request.seed);
    if (!session) return std::unexpected(session.error());
    return Playing(request, **session).shoot();
}

}  // namespace app
