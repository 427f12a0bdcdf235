// Opening, saving, acting, branches.
#include "app/lab/lab.h"

#include <algorithm>

#include "app/lab/play/rewind.h"
#include "app/lab/run/beside.h"
#include "engine/verb.h"

namespace app::lab {

using sim::Nanos;
using sim::u32;
using sim::u64;

Lab::Lab(std::unique_ptr<Session> session) : session_(std::move(session)) {
    edit().on_input([this] { save(); });
    retrace();
}

Lab::~Lab() { save(); }

std::expected<std::unique_ptr<Lab>, std::string> Lab::open(const std::string& lesson, std::optional<u64> seed,
                                                           const std::string& session_file) {
    auto session = open_lesson(lesson, seed);
    if (!session) return std::unexpected(session.error());
    auto lab = std::make_unique<Lab>(std::move(*session));
    if (session_file.empty()) return lab;
    auto writer = SessionWriter::begin(session_file, lab->session());
    if (!writer) return std::unexpected(writer.error());
    lab->writer_.emplace(std::move(*writer));
    return lab;
}

std::expected<std::unique_ptr<Lab>, std::string> Lab::reopen(const std::string& session_file) {
    auto session = open_saved(session_file);
    if (!session) return std::unexpected(session.error());
    auto lab = std::make_unique<Lab>(std::move(*session));
    auto writer = SessionWriter::go_on(session_file, lab->session());
    if (!writer) return std::unexpected(writer.error());
    lab->writer_.emplace(std::move(*writer));
    return lab;
}

void Lab::save() {
    if (writer_) save_error_ = writer_->sync(run());
}

// ---- acting ---------------------------------------------------------------------------------------

namespace {

/// Another text of a query is another future, also where nothing has run beyond this moment.
bool changes_text(const std::string& line) {
    const engine::Verb verb = engine::parse_verb(line);
    return verb.name == "submit" && verb.words.size() > 2 && verb.words[1] == "like";
}

}  // namespace

Lab::Position Lab::position() const { return {run().timeline().branch().id, run().cursor(), run().clock()}; }

std::string Lab::act(const std::string& line) {
    const auto wait = wait_of(line, lesson(), run().lesson_clock());
    if (wait && wait->count < 0) return "wait needs a time, such as 5s, or 'until' and a clock time";
    const Position here = position();
    keep_track();
    const bool went_back = rewind_for(edit(), line);
    if (went_back && step() != nullptr) sync();
    if (!wait)
        if (std::string why = engine::refusal_of(run().world(), line); !why.empty()) {
            if (went_back) go_to(here);
            return why;
        }
    undo_.push_back(here);
    redo_.clear();
    const u32 branch = run().timeline().branch().id;
    const std::vector<StepRecord> before = following_.steps;
    if (changes_text(line) && at_head()) {
        tracks_[branch].lives_on = true;
        edit().timeline().fork();
    }
    edit().act(sim::InputAuthor::learner, line);
    if (run().timeline().branch().id != branch) after_fork(before);
    note_touched();
    if (following_.step == lesson().steps.size()) watch_goals();
    if (wait) {
        hurry_ = Hurry::moment;
        hurry_moment_ = run().clock() + *wait;
    }
    if (went_back) live_again(here);
    return "";
}

/// The new branch shares the steps that were begun before it left; the one it left in the middle of goes on.
void Lab::after_fork(const std::vector<StepRecord>& before) {
    const u64 fork = run().timeline().branch().fork;
    following_.steps.clear();
    for (std::size_t i = 0; i <= std::min(following_.step, before.size() - 1); ++i) {
        StepRecord shared = before[i];
        const bool stopped = shared.last_index != 0 && shared.last_index <= fork;
        if (!stopped) shared.last_index = 0;
        following_.steps.push_back(std::move(shared));
    }
    StepRecord& last = record();
    last.branch = run().timeline().branch().id;
    if (following_.part == StepPart::asking) last.begun = last.answered = false;
    resume_step();
}

void Lab::keep_track() {
    const u32 branch = run().timeline().branch().id;
    if (tracks_.size() < run().timeline().branches().size()) tracks_.resize(run().timeline().branches().size());
    Track& track = tracks_[branch];
    track.steps = following_.steps;
    track.goals = following_.goals;
    track.won = following_.won;
    track.known = true;
    if (at_head()) track.head_clock = run().clock();
}

void Lab::go_to(const Position& target) {
    keep_track();
    pause();
    if (target.branch == run().timeline().branch().id) {
        edit().seek(target.cursor);
    } else {
        edit().switch_to(target.branch, target.cursor);
        if (tracks_.size() < run().timeline().branches().size()) tracks_.resize(run().timeline().branches().size());
        const Track& track = tracks_[target.branch];
        following_.steps = track.steps;
        following_.goals = track.goals;
        following_.won = track.won;
        if (!track.known) retrace();
    }
    edit().let_pass(std::max(target.clock, run().clock()));
    sync();
    if (at_head()) arrive_at_head();
    save();
}

bool Lab::undo() {
    if (undo_.empty()) return false;
    redo_.push_back(position());
    const Position target = undo_.back();
    undo_.pop_back();
    go_to(target);
    return true;
}

bool Lab::redo() {
    if (redo_.empty()) return false;
    undo_.push_back(position());
    const Position target = redo_.back();
    redo_.pop_back();
    go_to(target);
    return true;
}

// ---- bookmarks ------------------------------------------------------------------------------------

bool Lab::bookmark(const std::string& note) {
    std::vector<Bookmark>& all = session_->bookmarks;
    const Bookmark fresh{run().timeline().branch().id, run().clock(), note};
    const auto found = std::ranges::find_if(
        all, [&](const Bookmark& each) { return each.branch == fresh.branch && each.moment == fresh.moment; });
    const bool removes = found != all.end() && note.empty();
    if (removes) all.erase(found);
    else if (found != all.end()) found->note = note;
    else all.push_back(fresh);
    if (writer_) save_error_ = writer_->keep_bookmarks(all);
    return !removes;
}

void Lab::go_to_bookmark(std::size_t place) {
    if (place >= session_->bookmarks.size()) return;
    const Bookmark target = session_->bookmarks[place];
    switch_branch(target.branch);
    go_to_moment(target.moment);
}

// ---- branches -------------------------------------------------------------------------------------

Nanos Lab::moment_beside(u32 branch) const {
    if (following_.part != StepPart::stopped || branch >= tracks_.size() || !tracks_[branch].known)
        return run().clock();
    const std::vector<StepRecord>& steps = tracks_[branch].steps;
    const bool stopped = following_.step < steps.size() && steps[following_.step].last_index != 0;
    return stopped ? std::max(run().clock(), steps[following_.step].stopped) : run().clock();
}

void Lab::live_beside() {
    MR_ASSERT(!playing());
    const u32 parent = run().timeline().branch().parent;
    if (parent >= tracks_.size() || !tracks_[parent].lives_on || tracks_[parent].lived_to >= run().clock()) return;
    keep_track();
    const u64 head = run().timeline().branches()[parent].head;
    let_parent_live(edit());
    tracks_[parent].lived_to = run().clock();
    if (run().timeline().branches()[parent].head != head) tracks_[parent].known = false;   // it stands elsewhere now
}

void Lab::switch_branch(u32 id) {
    const auto& branches = run().timeline().branches();
    if (id >= branches.size() || id == run().timeline().branch().id) return;
    const Nanos clock = id < tracks_.size() && tracks_[id].known ? tracks_[id].head_clock : Nanos{};
    go_to(Position{id, branches[id].head, clock});
}

}  // namespace app::lab
