// Time: playing at a pace, hurrying, stepping, going back.
#include <algorithm>

#include "app/lab/lab.h"
#include "app/lab/look_back.h"
#include "app/lab/play/transcript.h"

namespace app::lab {
namespace {

using sim::Nanos;
using sim::u64;

// How long an event stands on the screen when time is paced by events, at speed 1.
constexpr Nanos kMomentOfTurn = sim::millis(320);   // something that is told
constexpr Nanos kMomentOfFact = sim::millis(60);
constexpr Nanos kMomentOfNothing = sim::millis(4);
constexpr Nanos kMostCredit = sim::millis(500);     // a window that slept does not race afterwards

}  // namespace

// ---- one event --------------------------------------------------------------------------------------

Lab::Moved Lab::move_once(Nanos limit) { return at_head() ? pump(limit) : replay_once(limit); }

/// Below the head: what happens next is known.
Lab::Moved Lab::replay_once(Nanos limit) {
    if (!edit().advance_within(limit)) {
        edit().let_pass(limit);
        return Moved::idle;
    }
    note_touched(true);
    const u64 here = run().cursor();
    sync();
    if (at_head()) arrive_at_head();
    const bool stop =
        std::ranges::any_of(following_.steps, [&](const StepRecord& each) { return each.last_index == here; });
    if (!stop) return Moved::event;
    pause();
    return Moved::stopped;
}

// ---- playing ----------------------------------------------------------------------------------------

void Lab::play() {
    if (at_head() && question_open()) return;
    playing_ = true;
    credit_ = {};
}

void Lab::pause() {
    const bool moved = playing_ || hurry_ != Hurry::no;
    playing_ = false;
    stop_work();
    if (moved) save();   // where time stands still is where a session opens again
}

void Lab::stop_work() {
    hurry_ = Hurry::no;
    hurry_moment_ = sim::kForever;
    hurry_query_.reset();
    hurry_station_ = {};
}

void Lab::set_pace(Pace pace) {
    pace_ = pace;
    credit_ = {};
}

bool Lab::advance_for(Nanos wall) {
    if (hurry_ != Hurry::no) return hurry_on();
    return playing_ && play_on(wall);
}

/// What was done lies before something already seen: the other future is run to the moment one came from.
void Lab::live_again(const Position& left) {
    left_ = left.branch;
    hurry_ = Hurry::again;
    hurry_moment_ = left.clock;
}

/// Steps that were lived are not asked again: they get the answers they got. False if one stands still here.
bool Lab::pass_again(Nanos moment) {
    if (step() == nullptr || !at_head() || run().clock() >= moment) return false;
    const std::vector<StepRecord>& lived = tracks_[left_].steps;
    if (following_.part == StepPart::stopped && following_.step + 1 < lived.size()) return go_on(), true;
    const bool known =
        following_.part == StepPart::asking && following_.step < lived.size() && lived[following_.step].begun;
    if (!known) return false;
    start_running();
    record().chosen = lived[following_.step].chosen;
    record().answered = lived[following_.step].answered;
    return true;
}

/// Long work, without a pace: until what it is for has come.
bool Lab::hurry_on() {
    for (int i = 0; i < kSliceEvents && hurry_ != Hurry::no; ++i) {
        const Hurry hurry = hurry_;
        const Nanos moment = hurry_moment_;
        const Moved moved = move_once(moment);
        if (hurry == Hurry::again && moved == Moved::stopped && pass_again(moment)) {
            hurry_ = Hurry::again;   // the end of a step let go of both
            hurry_moment_ = moment;
            continue;
        }
        if (moved == Moved::idle && hurry != Hurry::moment) {
            in_vain_ = hurry == Hurry::marker;
            return pause(), true;
        }
        if (moved == Moved::stopped || (moved == Moved::idle && hurry_ == Hurry::moment)) stop_work();
        else if (hurry_ == Hurry::query && hurry_query_ && holds_now(*hurry_query_)) pause();
        else if (hurry_ == Hurry::marker && hurry_station_ && run().cursor() > run().timeline().first() &&
                 hurry_station_(run().history(), run().cursor() - 1))
            pause();
    }
    return true;
}

Nanos Lab::moment_of_last_event() const {
    const engine::History& history = run().history();
    const u64 last = run().cursor() - 1;
    Nanos moment = kMomentOfNothing;
    for (u64 i = engine::rows_before(history.facts, run().cursor()); i > 0 && history.facts[i - 1].index() == last; --i)
        moment =
            std::max(moment, worth_a_line(engine::kind_of(history.facts[i - 1].fact)) ? kMomentOfTurn : kMomentOfFact);
    return moment;
}

bool Lab::play_on(Nanos wall) {
    const bool unbounded = pace_.per_mille == 0;
    if (!unbounded)
        credit_ = std::min(credit_ + wall * pace_.per_mille / 1000,
                           std::max(kMostCredit, kMostCredit * pace_.per_mille / 1000));
    const Nanos target = unbounded || pace_.by_event ? sim::kForever : run().clock() + credit_;
    bool moved_at_all = false;
    for (int i = 0; i < kSliceEvents && playing_ && (unbounded || credit_.count > 0); ++i) {
        const Nanos before = run().clock();
        const u64 cursor = run().cursor();
        const Moved moved = move_once(target);
        moved_at_all = true;
        if (moved == Moved::stopped && run().cursor() == cursor) break;
        if (unbounded) continue;
        if (!pace_.by_event) credit_ -= run().clock() - before;
        else if (run().cursor() != cursor) credit_ -= moment_of_last_event();
        if (moved == Moved::idle) break;
    }
    return moved_at_all;
}

// ---- stepping ---------------------------------------------------------------------------------------

void Lab::step_forward(StepUnit unit, const IsStation& is_station) {
    pause();
    in_vain_ = false;
    switch (unit) {
        case StepUnit::stop: return run_to_stop();
        case StepUnit::event: {
            const u64 cursor = run().cursor();
            // Beginning a step or passing its waits is no event: go on until one has happened.
            for (int i = 0; i < kSliceEvents && run().cursor() == cursor; ++i)
                if (move_once(sim::kForever) == Moved::stopped) break;
            return;
        }
        case StepUnit::node_event:
        case StepUnit::marker: break;
    }
    if (!is_station || (at_head() && question_open())) return;
    hurry_ = Hurry::marker;
    hurry_moment_ = run().clock() + kLongestSearch;
    hurry_station_ = is_station;
}

u64 Lab::last_station(const IsStation& is_station) const {
    const u64 first = run().timeline().first();
    for (u64 index = run().cursor(); index-- > first + 1;)
        if (is_station(run().history(), index - 1)) return index;
    return first;
}

void Lab::step_back(StepUnit unit, const IsStation& is_station) {
    pause();
    const u64 first = run().timeline().first(), here = run().cursor();
    if (here == first) return;
    switch (unit) {
        case StepUnit::event: return go_to(here - 1);
        case StepUnit::node_event:
        case StepUnit::marker: return is_station ? go_to(last_station(is_station)) : void();
        case StepUnit::stop: break;
    }
    u64 target = first;
    for (const StepRecord& each : following_.steps)
        if (each.last_index != 0 && each.last_index < here) target = std::max(target, each.last_index);
    go_to(target);
}

void Lab::go_to(u64 index) {
    pause();
    const u64 first = run().timeline().first(), head = run().timeline().branch().head;
    if (at_head()) keep_track();
    edit().seek(std::clamp(index, first, head));
    sync();
    if (at_head()) arrive_at_head();
}

void Lab::go_to_moment(Nanos moment) {
    go_to(run().index_at(moment));
    if (!at_head())
        edit().let_pass(std::min(moment, run().history().events[run().cursor() - run().history().first_index].at));
}

std::string Lab::run_until(const std::string& sql) {
    Predicate query(view_, sql);
    show();
    if (query.holds()) return "";
    if (!query.error().empty()) return query.error();
    if (at_head() && question_open()) return "Answer the question first.";
    hurry_query_.emplace(view_, sql);
    hurry_ = Hurry::query;
    return "";
}

void Lab::choose(const std::string& value) {
    if (question_open()) following_.chosen = value;
}

void Lab::lock_in() {
    if (!question_open() || following_.chosen.empty() || !at_head()) return;
    const std::string chosen = following_.chosen;
    start_running();
    record().chosen = chosen;
    record().answered = true;
    play();
}

/// A step that was asked begins to run at the pace; one that runs is hurried to its stop; in the past, the next stop.
void Lab::run_to_stop() {
    if (!at_head()) {
        if (following_.part == StepPart::stopped && following_.step + 1 < following_.steps.size()) {
            ++following_.step;
            following_.part = StepPart::running;
        }
        hurry_ = Hurry::stop;
        return;
    }
    if (step() == nullptr || question_open()) return;
    if (following_.part == StepPart::running) {
        hurry_ = Hurry::stop;
        return;
    }
    go_on();
    if (following_.part == StepPart::running && step() != nullptr) hurry_ = Hurry::stop;
}

// ---- where the lesson stands ------------------------------------------------------------------------

/// Which step the cursor lies in: the last one that began before it; at the head, the last one there is.
void Lab::sync() {
    if (following_.steps.empty()) return;
    const u64 here = run().cursor();
    std::size_t place = following_.steps.size() - 1;
    if (!at_head()) {
        place = 0;
        for (std::size_t i = 1; i < following_.steps.size(); ++i)
            if (following_.steps[i].first_index < here) place = i;
    }
    const StepRecord& shown = following_.steps[place];
    following_.step = place;
    const bool stopped = shown.last_index != 0 && here >= shown.last_index;
    const bool asking = at_head() ? !shown.begun : here <= shown.first_index;
    following_.part = stopped ? StepPart::stopped : asking ? StepPart::asking : StepPart::running;
    following_.chosen = shown.chosen;
    sync_since();
}

void Lab::sync_since() {
    const StepRecord& shown = following_.steps[std::min(following_.step, following_.steps.size() - 1)];
    const sim::u32 branch = run().timeline().branch().id;
    if (since_ != nullptr && since_step_ == following_.step && since_branch_ == branch) return;
    since_step_ = following_.step;
    since_branch_ = branch;
    const u64 index = std::min(shown.first_index, run().timeline().branch().head);
    if (index == run().cursor()) since_ = std::make_unique<engine::World>(run().world());
    else since_ = world_at(run().timeline(), index);
}

/// Back at the newest moment: its clock may be later than its last event, and what is watched looks anew.
void Lab::arrive_at_head() {
    const sim::u32 branch = run().timeline().branch().id;
    if (branch < tracks_.size() && tracks_[branch].known) edit().let_pass(tracks_[branch].head_clock);
    sync();
    resume_step();
}

}  // namespace app::lab
