#include "app/ui/program/program.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/lesson/loader.h"
#include "app/lab/look_back.h"
#include "app/lab/run/beside.h"
#include "app/lab/sql/copies.h"
#include "app/ui/shell/keys.h"
#include "app/view_model/branches.h"
#include "app/view_model/follow_view.h"
#include "app/view_model/make.h"
#include "app/view_model/words.h"

namespace app::ui {
namespace {

using sim::Nanos;

constexpr Nanos kToastTime = sim::seconds(6);
constexpr Nanos kAlarmTime = sim::seconds(15);
constexpr std::size_t kMostToasts = 3;
constexpr Nanos kSlice = sim::millis(6);        // of a frame, for running
constexpr Nanos kLongSlice = sim::millis(24);   // the same when somebody waits for the end of it
constexpr Nanos kShowWorkAfter = sim::millis(250);
constexpr i32 kRest = 500;                      // ms between looks at the lesson's file

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// A query's mistake comes with its line and a caret below it, then the message: that goes first.
std::string message_first(const std::string& text) {
    const std::size_t caret = text.find("^\n");
    if (caret == std::string::npos) return text;
    return text.substr(caret + 2) + "\n" + text.substr(0, caret + 1);
}

/// Whether somebody has done more than to follow the lesson.
bool acted_in(const lab::Run& run) {
    return std::ranges::any_of(run.timeline().branches(), [](const lab::Timeline::Branch& branch) {
        return std::ranges::any_of(branch.inputs,
                                   [](const sim::Input& input) { return input.author == sim::InputAuthor::learner; });
    });
}

/// The changes that make a world of the lesson; nullptr: it has none of that name.
const std::vector<lab::Text>* changes_of(const lab::Lesson& lesson, const std::string& name, std::string& text) {
    for (const lab::CompareBlock& compare : lesson.compares)
        if (compare.id.value == name) return text = compare.text.value, &compare.change;
    for (const lab::WorldBlock& world : lesson.worlds)
        if (world.name.value == name) return text = world.name.value, &world.change;
    return nullptr;
}

}  // namespace

Program::Program(ProgramOptions options) : options_(std::move(options)) {
    look_ = {theme_named(options_.settings.theme).value_or(ThemeName::dark),
             static_cast<float>(options_.settings.scale_percent) / 100};
    desk_.reduced_motion = options_.settings.reduced_motion;
    refresh_shelf();
}

// ---- opening --------------------------------------------------------------------------------------

void Program::refresh_shelf() {
    shelf_ = read_shelf(lab::sessions_folder(options_.workspace));
    shelf_.notice = options_.notice;
    for (ShelfSession& session : shelf_.sessions) session.when = lab::when_of(session.path);
    touch();
}

void Program::install(std::unique_ptr<lab::Lab> lab, const std::string& file) {
    const Desk before = std::move(desk_);
    desk_ = {};
    desk_.reduced_motion = before.reduced_motion;
    lab_ = std::move(lab);
    session_file_ = file;
    watched_ = {lab_->session().path, lab::file_stamp(lab_->session().path), {}, ""};
    before_ = {};
    beside_ = {};
    words_ = {};
    copies_ = std::make_shared<lab::Copies>();
    viewed_ = {~u32{0}, 0};
    at_home_ = false;
    hurried_ = {};
    touch();
}

std::string Program::open_lesson(const std::string& name, std::optional<u64> seed) {
    auto probe = lab::Lab::open(name, seed);
    if (!probe) return probe.error();
    const std::string id(lab::without_extension(lab::file_name((*probe)->session().path)));
    return begin_session(std::move(probe), name, seed,
                         options_.workspace.empty() ? "" : lab::new_session_path(options_.workspace, id));
}

/// The open lesson again after its file was written. As long as the learner has done nothing there is nothing to
/// keep: the session goes on in its file.
std::string Program::open_again() {
    const std::string path = watched_.path;
    const u64 seed = lab_->session().seed;
    if (session_file_.empty() || acted_in(lab_->run())) return open_lesson(path, seed);
    auto probe = lab::Lab::open(path, seed);
    if (!probe) return probe.error();
    lab_.reset();   // lets go of the file
    const std::string wrong = begin_session(std::move(probe), path, seed, session_file_);
    at_home_ = at_home_ || !lab_;
    return wrong;
}

std::string Program::begin_session(std::expected<std::unique_ptr<lab::Lab>, std::string> probe, const std::string& name,
                                   std::optional<u64> seed, const std::string& file) {
    auto opened = file.empty() ? std::move(probe) : lab::Lab::open(name, seed, file);
    if (!opened) return opened.error();
    install(std::move(*opened), file);
    return "";
}

std::string Program::open_session(const std::string& path) {
    auto opened = lab::Lab::reopen(path);
    if (!opened) return opened.error();
    install(std::move(*opened), path);
    for (const std::string& warning : lab_->session().warnings)
        say("This session did not come back whole", warning, true);
    return "";
}

void Program::go_home() {
    if (lab_) lab_->pause();
    at_home_ = true;
    close_overlays();
    refresh_shelf();
}

// ---- the lesson's file ----------------------------------------------------------------------------

bool Program::watch_files() {
    if (!lab_ || watched_.path.empty()) return false;
    const auto stamp = lab::file_stamp(watched_.path);
    if (!stamp || stamp == watched_.stamp) return false;
    watched_.stamp = stamp;
    touch();
    watched_.text = lab::read_file(watched_.path).value_or("");
    const auto lesson = lab::load_lesson(watched_.path, watched_.text);
    watched_.errors.clear();
    if (!lesson) {
        for (const lab::LessonError& error : lesson.error()) watched_.errors.push_back(lab::render(error));
        return true;
    }
    const lab::Following followed = lab_->following();
    const Desk desk = desk_;
    if (const std::string wrong = open_again(); !wrong.empty()) {
        watched_.errors.push_back(first_line(wrong));
        return true;
    }
    catch_up(followed.step, followed.steps);
    desk_ = desk;
    say("The lesson's file was read again", "It stands where it stood, as far as its steps are the same.");
    return true;
}

/// Plays the first steps again, with the answers that were given.
void Program::catch_up(std::size_t steps, const std::vector<lab::StepRecord>& answers) {
    constexpr int kMostSlices = 200'000;
    const lab::Pace pace = lab_->pace();
    lab_->set_pace({true, 0});
    for (int i = 0; i < kMostSlices && lab_->following().step < std::min(steps, lab_->lesson().steps.size()); ++i) {
        if (lab_->playing() || lab_->hurrying()) {
            lab_->advance_for({});
        } else if (lab_->question_open()) {
            const std::size_t at = lab_->following().step;
            const auto& choices = lab_->step()->predict.choices;
            const bool answered = at < answers.size() && !answers[at].chosen.empty();
            if (!answered && choices.empty()) break;
            lab_->choose(answered ? answers[at].chosen : choices.front().value.value);
            lab_->lock_in();
        } else {
            lab_->run_to_stop();
        }
    }
    lab_->pause();
    lab_->set_pace(pace);
}

// ---- the screen -----------------------------------------------------------------------------------

void Program::say(std::string title, const std::string& text, bool alarm) {
    toasts_.push_back({{std::move(title), message_first(text), alarm}, alarm ? kAlarmTime : kToastTime});
    if (toasts_.size() > kMostToasts) toasts_.pop_front();
    touch();
}

void Program::hover(const std::string& object) {
    if (object == hovered_) return;
    hovered_ = object;
    touch();
}

void Program::learn_words() {
    const lab::Run& run = lab_->run();
    const auto& branch = run.timeline().branch();
    if (words_.branch == branch.id && words_.head == branch.head) return;
    const bool same_words =
        lab_->at_head() && words_.branch == branch.id && words_.names.size() == run.world().kernel().names.size();
    if (!same_words)
        words_.names =
            lab_->at_head() ? run.world().kernel().names : lab::world_at(run.timeline(), branch.head)->kernel().names;
    words_.branch = branch.id;
    words_.head = branch.head;
}

/// Whether another world of the lesson is to stand beside this one, and does.
bool Program::add_beside(Snapshot& at) {
    if (desk_.beside.empty()) return false;
    std::string text;
    const std::vector<lab::Text>* changes = changes_of(lab_->lesson(), desk_.beside, text);
    if (changes == nullptr) return false;
    const bool stands = beside_.session != nullptr && beside_.name == desk_.beside &&
                        lab::follow_beside(lab_->run(), *beside_.session->run);
    if (!stands) {
        auto opened = lab::open_changed(lab_->session(), *changes);
        if (!opened || !lab::follow_beside(lab_->run(), *(*opened)->run)) return false;
        beside_ = {desk_.beside, std::move(*opened)};
    }
    const lab::Run& other = *beside_.session->run;
    at.twin = &other.world();
    at.twin_history = &other.history();
    at.twin_name = desk_.beside;
    at.twin_text = text;
    return true;
}

/// The other branch is run again only when the moment or the branches have changed.
void Program::add_twin(Snapshot& at) {
    const lab::Run& run = lab_->run();
    if (!shows_twin() || add_beside(at) || run.timeline().branches().size() < 2) return;
    const u32 branch = twin_branch(run);
    const TwinPlace wanted = twin_place(run, branch, lab_->moment_beside(branch));
    if (twin_.world == nullptr || twin_.branch != wanted.branch || twin_.cursor != wanted.cursor) {
        twin_ = wanted;
        twin_.world = lab::world_of(run.timeline(), wanted.branch, wanted.cursor);
    }
    at.twin = twin_.world.get();
    at.twin_history = &run.timeline().branches()[twin_.branch].history;
    at.twin_name = at.branches[twin_.branch].name;
}

Snapshot Program::snapshot() {
    if (shows_twin() && !moving()) lab_->live_beside();
    learn_words();
    const lab::Run& run = lab_->run();
    const u32 branch = run.timeline().branch().id;
    if (before_.world == nullptr || before_.branch != branch || before_.cursor != run.cursor())
        before_ = {branch, run.cursor(), world_before(run)};
    Snapshot at;
    at.world = &run.world();
    at.history = &run.history();
    at.names = &words_.names;
    at.origin = &origin_of(run);
    at.before = before_.world.get();
    at.since = &lab_->since();
    at.clock = run.clock();
    at.seed = lab_->session().seed;
    at.branches = branches_of(run, lab_->following());
    at.branch = branch;
    at.lesson = &lab_->lesson();
    at.following = &lab_->following();
    at.lesson_errors = watched_.errors;
    at.lesson_file = watched_.text;
    for (const ShelfLesson& lesson : shelf_.lessons) at.lessons.push_back({lesson.id, lesson.title, lesson.level});
    for (const ShelfSession& session : shelf_.sessions)
        at.sessions.push_back({session.path, session.title, session.when});
    at.playing = lab_->playing();
    at.pace = lab_->pace();
    if (const sim::Divergence& divergence = run.timeline().divergence(); divergence.found)
        at.diverged = fmt::format("DIVERGED at step {}", grouped(divergence.index - run.timeline().first()));
    at.copies = copies_;
    at.bookmarks = lab_->session().bookmarks;
    at.desk = desk_;
    add_twin(at);
    return at;
}

std::pair<u32, std::size_t> Program::branch_and_step() const {
    return {lab_->run().timeline().branch().id, lab_->following().step};
}

const ScreenVm& Program::screen() {
    if (!std::exchange(stale_, false)) return screen_;
    desk_.toasts.clear();
    for (const TimedToast& timed : toasts_) desk_.toasts.push_back(timed.toast);
    desk_.work.clear();
    if (lab_ && hurried_ > kShowWorkAfter)
        desk_.work.push_back(
            {"Running", -1, fmt::format("step {}", grouped(lab_->run().cursor() - lab_->run().timeline().first()))});
    if (at_home_) {
        screen_ = make_home_screen(desk_, shelf_);
    } else {
        const auto here = branch_and_step();
        if (here != viewed_) {
            const std::string view = desk_.view;
            follow_view(desk_, lab_->lesson(), lab_->following());
            if (desk_.view != view) desk_.view_asked_for = false;
            viewed_ = here;
        }
        lab_->refresh();
        screen_ = make_screen(snapshot(), hovered_);
    }
    screen_.keys = key_help();
    return screen_;
}

// ---- the loop -------------------------------------------------------------------------------------

bool Program::moving() const { return !at_home_ && lab_ && (lab_->playing() || lab_->hurrying()); }

i32 Program::patience_ms() const {
    if (moving()) return 0;
    i64 patience = kRest;
    for (const TimedToast& timed : toasts_) patience = std::min(patience, std::max<i64>(1, timed.left.to_millis()));
    return static_cast<i32>(patience);
}

void Program::age_toasts(Nanos wall) {
    const std::size_t count = toasts_.size();
    for (TimedToast& timed : toasts_) timed.left -= wall;
    std::erase_if(toasts_, [](const TimedToast& timed) { return timed.left.count <= 0; });
    if (toasts_.size() != count) touch();
}

void Program::note_problems() {
    if (!lab_ || lab_->save_error().empty()) return;
    const bool told = std::ranges::any_of(
        toasts_, [](const TimedToast& timed) { return timed.toast.title == "The session cannot be saved"; });
    if (!told) say("The session cannot be saved", lab_->save_error(), true);
}

bool Program::advance(Nanos wall) {
    age_toasts(wall);
    if (moving()) {
        const Nanos until = lab::steady_now() + (lab_->hurrying() ? kLongSlice : kSlice);
        const bool hurrying = lab_->hurrying();
        Nanos pass = wall;
        const auto flat_out = [this] { return lab_->hurrying() || (lab_->playing() && lab_->pace().per_mille == 0); };
        while (lab_->advance_for(std::exchange(pass, Nanos{})) && flat_out() && lab::steady_now() < until) {}
        if (hurrying && !lab_->hurrying() && lab_->searched_in_vain())
            say("None came", "Ten minutes of the run have passed without one. Ctrl+Z and PageUp lead back.");
        hurried_ = hurrying && lab_->hurrying() ? hurried_ + wall : Nanos{};
        note_problems();
        touch();
    } else if (hurried_.count > 0) {
        hurried_ = {};
        touch();
    }
    return stale_;
}

}  // namespace app::ui
