// What a person asks for, action by action.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "app/lab/host/files.h"
#include "app/ui/program/program.h"
#include "app/view_model/branches.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/telling.h"
#include "engine/model/stream_facts.h"

namespace app::ui {
namespace {

using lab::StepUnit;
using sim::Nanos;

constexpr i32 kZoomMin = 250, kZoomMax = 4000;
constexpr const char* kFirstLesson = "204-leader-dies";

struct Shift {
    i32 x = 0, y = 0;
};

/// "12,-3"
Shift shift_in(const std::string& text) {
    Shift shift;
    const auto comma = text.find(',');
    if (comma == std::string::npos) return shift;
    std::from_chars(text.data(), text.data() + comma, shift.x);
    std::from_chars(text.data() + comma + 1, text.data() + text.size(), shift.y);
    return shift;
}

StageZoom level_at(i32 per_mille) {
    if (per_mille <= 500) return StageZoom::cluster;
    if (per_mille < 2000) return StageZoom::broker;
    return per_mille < kZoomMax ? StageZoom::tape : StageZoom::bytes;
}

/// Places in a row of facts that belong to an event.
template <class Holds>
bool any_fact(const engine::History& history, u64 event_index, Holds&& holds) {
    for (u64 i = engine::rows_before(history.facts, event_index);
         i < history.facts.size() && history.facts[i].index() == event_index; ++i)
        if (holds(history.facts[i])) return true;
    return false;
}

bool is_marker(const engine::History& history, u64 event_index) {
    const u64 row = engine::rows_before(history.inputs, event_index);
    if (row < history.inputs.size() && history.inputs[row].event_index == event_index) return true;
    return any_fact(history, event_index,
                    [&](const engine::FactRow& told) { return weight_of(history, told) == Weight::turning; });
}

bool tells(const engine::History& history, u64 event_index, std::initializer_list<engine::FactKind> kinds) {
    return any_fact(history, event_index, [&](const engine::FactRow& told) {
        return std::ranges::find(kinds, engine::kind_of(told.fact)) != kinds.end();
    });
}

constexpr engine::FactKind kPhaseBegan = engine::kind_of(engine::StreamFact::phase_began),
                           kCommitted = engine::kind_of(engine::StreamFact::batch_committed),
                           kFailed = engine::kind_of(engine::StreamFact::query_failed);

/// A micro-batch is at its end when it is committed, or when its query failed.
bool ends_batch(const engine::History& history, u64 event_index) {
    return tells(history, event_index, {kCommitted, kFailed});
}

bool begins_phase(const engine::History& history, u64 event_index) {
    return tells(history, event_index, {kPhaseBegan, kCommitted, kFailed});
}

/// A record was appended by a leader, or handed to an application.
bool moves_record(const engine::History& history, u64 event_index) {
    return tells(history, event_index, {engine::FactKind::appended, engine::FactKind::delivered});
}

lab::IsStation events_of(sim::NodeId node) {
    return [node](const engine::History& history, u64 event_index) {
        const u64 place = event_index - history.first_index;
        return place < history.events.size() && history.events[place].node == node;
    };
}

/// Event of "fact 486.1".
std::optional<u64> event_of(const std::string& object) {
    constexpr std::string_view kFact = "fact ";
    if (!object.starts_with(kFact)) return {};
    u64 event = 0;
    const auto [end, error] = std::from_chars(object.data() + kFact.size(), object.data() + object.size(), event);
    return error == std::errc{} ? std::optional(event) : std::nullopt;
}

void toggle(std::vector<std::string>& sorted, const std::string& path, bool in) {
    const auto at = std::ranges::lower_bound(sorted, path);
    const bool there = at != sorted.end() && *at == path;
    if (in && !there) sorted.insert(at, path);
    if (!in && there) sorted.erase(at);
}

}  // namespace

void Program::perform(const UiActions& actions) {
    for (const UiAction& action : actions) perform(action);
    if (!actions.empty()) touch();
}

void Program::perform(const UiAction& action) {
    switch (action.verb) {
        case UiVerb::play_or_pause: case UiVerb::step_forward: case UiVerb::step_back: case UiVerb::go_to_time:
        case UiVerb::go_to_event: case UiVerb::set_speed: case UiVerb::set_pace: case UiVerb::stop_work:
            if (lab_ && !at_home_) perform_time(action);
            return;
        case UiVerb::lock_in:
            if (at_home_) return continue_last("");
            [[fallthrough]];
        case UiVerb::choose_answer: case UiVerb::run_to_stop: case UiVerb::show_fidelity:
        case UiVerb::follow_link:
            if (lab_ && !at_home_) perform_lesson(action);
            return;
        case UiVerb::select: case UiVerb::open_menu: case UiVerb::open_view: case UiVerb::open_drawer:
        case UiVerb::switch_branch: case UiVerb::ask_why: case UiVerb::fold: case UiVerb::sort:
        case UiVerb::filter: return perform_desk(action);
        case UiVerb::run_verb: return run_verb(action);
        case UiVerb::fit_stage: case UiVerb::zoom_stage: case UiVerb::pan_stage: return perform_stage(action);
        case UiVerb::open_palette: case UiVerb::open_help: case UiVerb::close_overlay: case UiVerb::go_home:
        case UiVerb::open_lesson: case UiVerb::continue_session: case UiVerb::open_bench:
        case UiVerb::open_file: return perform_window(action);
    }
}

// ---- time -----------------------------------------------------------------------------------------

void Program::perform_time(const UiAction& action) {
    switch (action.verb) {
        case UiVerb::play_or_pause:
            if (lab_->playing() || lab_->hurrying()) return lab_->pause();
            if (lab_->at_head() && lab_->question_open())
                return say("A question is open", "Answer it first: time goes on then. You can step back and look.");
            return lab_->play();
        case UiVerb::step_forward: return step(action, true);
        case UiVerb::step_back: return step(action, false);
        case UiVerb::go_to_time:
            if (action.argument == "start") return lab_->go_to(lab_->run().timeline().first());
            if (action.argument == "newest") return lab_->go_to(lab_->run().timeline().branch().head);
            return lab_->go_to_moment(sim::nanos(action.number));
        case UiVerb::go_to_event: return lab_->go_to(static_cast<u64>(std::max<i64>(0, action.number)));
        case UiVerb::set_speed:
            if (action.argument == "slower") return change_speed(-1);
            if (action.argument == "faster") return change_speed(1);
            return set_speed(action.number);
        case UiVerb::set_pace: return lab_->set_pace({action.argument != "time", lab_->pace().per_mille});
        case UiVerb::stop_work: return lab_->pause();
        default: return;
    }
}

void Program::step(const UiAction& action, bool forward) {
    StepUnit unit = StepUnit::event;
    lab::IsStation station;
    if (action.argument == "stop") unit = StepUnit::stop;
    if (action.argument == "marker") unit = StepUnit::marker, station = is_marker;
    if (action.argument == "record") unit = StepUnit::marker, station = moves_record;
    if (action.argument == "batch" || action.argument == "phase") {
        if (lab_->lesson().queries.empty())
            return say("There are no micro-batches here", "This world runs no streaming query.");
        unit = StepUnit::marker, station = action.argument == "batch" ? ends_batch : begins_phase;
    }
    if (action.argument == "node event") {
        const Snapshot at = snapshot();
        const sim::NodeId node = Scene(at).selected().node;
        if (node == sim::kNoNode)
            return say("No node is selected", "Select a broker or a client first; then its own events can be stepped.");
        unit = StepUnit::node_event;
        station = events_of(node);
    }
    if (forward && lab_->at_head() && lab_->question_open())
        return say("A question is open", "Answer it first: time goes on then.");
    if (forward) lab_->step_forward(unit, station);
    else lab_->step_back(unit, station);
}

// ---- the lesson -----------------------------------------------------------------------------------

void Program::lock_in() {
    if (!lab_->question_open()) return lab_->run_to_stop();
    if (!lab_->at_head()) return lab_->go_to(lab_->run().timeline().branch().head);
    if (lab_->following().chosen.empty())
        return say("Choose an answer first", "There is no harm in a wrong one: the run shows what happens.");
    lab_->lock_in();
}

void Program::perform_lesson(const UiAction& action) {
    switch (action.verb) {
        case UiVerb::choose_answer: return lab_->choose(action.argument);
        case UiVerb::lock_in: return lock_in();
        case UiVerb::run_to_stop: return lab_->run_to_stop();
        case UiVerb::show_fidelity: desk_.fidelity_open = !desk_.fidelity_open; return;
        case UiVerb::follow_link: return follow_link(action);
        default: return;
    }
}

/// "see it": to the event that decided what was asked: the last marker before the stop. "replace": mends the file.
void Program::follow_link(const UiAction& action) {
    if (action.object == "replace") return repair_lesson(action.argument);
    if (action.object == "beside") return show_beside(action.argument);
    if (action.object != "see it") return;
    const auto& steps = lab_->following().steps;
    const std::size_t at = lab_->following().step;
    if (at >= steps.size() || steps[at].last_index == 0) return;
    const engine::History& history = lab_->run().history();
    u64 index = steps[at].last_index;
    for (u64 i = steps[at].last_index; i > steps[at].first_index; --i)
        if (is_marker(history, i - 1)) {
            index = i;
            break;
        }
    lab_->go_to(index);
}

/// Writes the nearest name in the place of the unknown one.
void Program::repair_lesson(const std::string& nearest) {
    if (watched_.errors.empty()) return;
    const LessonErrorVm error = make_lesson_error(watched_.errors.front(), watched_.text);
    std::string line = error.line;
    const auto column = static_cast<std::size_t>(std::max(0, error.column));
    const auto is_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    };
    std::size_t from = std::min(column, line.size());
    if (from < line.size() && (line[from] == '"' || line[from] == '\'')) ++from;
    std::size_t to = from;
    while (to < line.size() && is_word(line[to])) ++to;
    line.replace(from, to - from, nearest);
    const auto place = watched_.text.find(error.line);
    if (place == std::string::npos || error.line.empty()) return;
    std::string text = watched_.text;
    text.replace(place, error.line.size(), line);
    if (const std::string wrong = lab::write_file(watched_.path, text); !wrong.empty())
        say("The file cannot be written", wrong, true);
}

// ---- what is shown ----------------------------------------------------------------------------------

void Program::select(const std::string& object) {
    desk_.why.clear();
    desk_.selected = object;
    if (const auto event = event_of(object); event && lab_) lab_->go_to(*event + 1);
}

void Program::fold_znode(const std::string& path) {
    const auto shown = std::ranges::find(screen_.znodes.rows, path, &ZnodeRowVm::object);
    if (shown == screen_.znodes.rows.end()) return;
    toggle(desk_.open_znodes, path, !shown->open);
    toggle(desk_.closed_znodes, path, shown->open);
}

void Program::perform_desk(const UiAction& action) {
    switch (action.verb) {
        case UiVerb::select: return select(action.object);
        case UiVerb::open_menu:
            desk_.menu = action.object;
            if (action.object != "views" && action.object != "drawer" && action.object != "speed" &&
                action.object != "stage")
                desk_.selected = action.object;
            return;
        case UiVerb::open_view:
            desk_.view = action.argument;
            desk_.view_asked_for = true;
            if (lab_) viewed_ = branch_and_step();   // what is asked for by name stays until the lesson goes on
            return;
        case UiVerb::open_drawer: desk_.drawer = action.argument; return;
        case UiVerb::switch_branch:
            if (!lab_) return;
            for (const BranchPlace& branch : branches_of(lab_->run(), lab_->following()))
                if (branch.name == action.argument) return lab_->switch_branch(branch.id);
            return;
        case UiVerb::ask_why: desk_.why = action.object.empty() ? screen_.inspector.why_object : action.object; return;
        case UiVerb::fold: return fold_znode(action.object);
        case UiVerb::filter:
            if (action.object == "palette") desk_.palette_query = action.argument;
            else if (action.object == "sql") desk_.sql = action.argument;
            else if (action.object == "console") desk_.command = action.argument;
            else if (action.object == "wire") desk_.wire_field = action.argument;
            else if (action.object == "spacing") desk_.to_scale = action.argument == "to scale";
            else desk_.events_filter = action.argument;
            return;
        default: return;
    }
}

// ---- the stage --------------------------------------------------------------------------------------

/// Keeps the place under the mouse.
void Program::zoom(const UiAction& action) {
    const Shift mouse = shift_in(action.argument);
    const i32 before = desk_.zoom_per_mille;
    const auto wanted = static_cast<i64>(before) * action.number / 1000;
    desk_.zoom_per_mille = static_cast<i32>(std::clamp<i64>(wanted, kZoomMin, kZoomMax));
    const auto keep = [&](i32 pan, i32 at) {
        return at - static_cast<i32>(std::lround(static_cast<double>(at - pan) * desk_.zoom_per_mille / before));
    };
    desk_.pan_x = keep(desk_.pan_x, mouse.x);
    desk_.pan_y = keep(desk_.pan_y, mouse.y);
    desk_.zoom = level_at(desk_.zoom_per_mille);
}

void Program::perform_stage(const UiAction& action) {
    if (action.verb == UiVerb::zoom_stage) return zoom(action);
    if (action.verb == UiVerb::pan_stage) {
        const Shift moved = shift_in(action.argument);
        desk_.pan_x += moved.x;
        desk_.pan_y += moved.y;
        return;
    }
    desk_.zoom = StageZoom::broker;
    desk_.zoom_per_mille = 1000;
    desk_.pan_x = desk_.pan_y = 0;
    if (!action.object.empty()) desk_.selected = action.object;
}

// ---- the window -------------------------------------------------------------------------------------

void Program::close_overlays() {
    desk_.menu.clear();
    desk_.palette_open = desk_.help_open = false;
    desk_.palette_query.clear();
}

void Program::continue_last(const std::string& session) {
    std::string wrong;
    if (session.empty() && lab_) {
        at_home_ = false;
        return;
    }
    const std::string path = !session.empty() ? session : shelf_.sessions.empty() ? "" : shelf_.sessions.front().path;
    if (!path.empty()) wrong = open_session(path);
    else wrong = open_lesson(kFirstLesson);
    if (!wrong.empty()) say("This cannot be opened", wrong, true);
}

void Program::perform_window(const UiAction& action) {
    switch (action.verb) {
        case UiVerb::open_palette:
            close_overlays();
            desk_.palette_open = true;
            return;
        case UiVerb::open_help: {
            const bool was_open = desk_.help_open;
            close_overlays();
            desk_.help_open = !was_open;
            return;
        }
        case UiVerb::close_overlay:
            if (desk_.menu.empty() && !desk_.palette_open && !desk_.help_open) {
                if (lab_ && lab_->hurrying()) lab_->pause();
                else select("");
            }
            return close_overlays();
        case UiVerb::go_home: return go_home();
        case UiVerb::open_lesson:
            if (const std::string wrong = open_lesson(action.object); !wrong.empty())
                say("This lesson cannot be opened", wrong, true);
            return;
        case UiVerb::continue_session: return continue_last(action.object);
        case UiVerb::open_bench:
            if (const std::string wrong = open_lesson(lab::join_path(lab::root_folder(), "assets/bench.toml"));
                !wrong.empty())
                say("The bench cannot be opened", wrong, true);
            return;
        case UiVerb::open_file:
            if (action.object == "lesson") return write_lesson();
            if (action.object == "serve")
                return say("Run in a terminal: millrace serve", "It says where its brokers listen for stock clients.");
            return begin_line("open ");
        default: return;
    }
}

}  // namespace app::ui
