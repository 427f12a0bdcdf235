#include "app/ui/shell/keys.h"

namespace app::ui {
namespace {

constexpr KeyBinding kBindings[] = {
    {{Key::space}, "Space", "run or pause", "Time", UiVerb::play_or_pause, ""},
    {{Key::period}, ".", "step forward", "Time", UiVerb::step_forward, "event"},
    {{Key::comma}, ",", "step back", "Time", UiVerb::step_back, "event"},
    {{Key::page_down}, "PageDown", "next stop", "Time", UiVerb::step_forward, "stop"},
    {{Key::page_up}, "PageUp", "previous stop", "Time", UiVerb::step_back, "stop"},
    {{Key::period, false, true}, "Shift .", "next marker", "Time", UiVerb::step_forward, "marker"},
    {{Key::comma, false, true}, "Shift ,", "previous marker", "Time", UiVerb::step_back, "marker"},
    {{Key::period, true}, "Ctrl .", "next micro-batch", "Time", UiVerb::step_forward, "batch"},
    {{Key::comma, true}, "Ctrl ,", "previous micro-batch", "Time", UiVerb::step_back, "batch"},
    {{Key::period, true, true}, "Ctrl Shift .", "next phase of a micro-batch", "Time", UiVerb::step_forward, "phase"},
    {{Key::comma, true, true}, "Ctrl Shift ,", "previous phase of a micro-batch", "Time", UiVerb::step_back, "phase"},
    {{Key::j}, "J", "next record appended or delivered", "Time", UiVerb::step_forward, "record"},
    {{Key::h}, "H", "previous record", "Time", UiVerb::step_back, "record"},
    {{Key::n}, "N", "next event of the selected node", "Time", UiVerb::step_forward, "node event"},
    {{Key::n, false, true}, "Shift N", "its previous event", "Time", UiVerb::step_back, "node event"},
    {{Key::home}, "Home", "the beginning", "Time", UiVerb::go_to_time, "start"},
    {{Key::end}, "End", "the newest moment", "Time", UiVerb::go_to_time, "newest"},
    {{Key::plus}, "+", "faster", "Time", UiVerb::set_speed, "faster"},
    {{Key::minus}, "-", "slower", "Time", UiVerb::set_speed, "slower"},
    {{Key::r}, "R", "restart, same seed", "Lesson", UiVerb::run_verb, "restart"},
    {{Key::r, false, true}, "Shift R", "restart, new seed", "Lesson", UiVerb::run_verb, "restart new seed"},
    {{Key::left_bracket}, "[", "previous lesson", "Lesson", UiVerb::run_verb, "previous lesson"},
    {{Key::right_bracket}, "]", "next lesson", "Lesson", UiVerb::run_verb, "next lesson"},
    {{Key::enter}, "Enter", "lock in, or go on", "Lesson", UiVerb::lock_in, ""},
    {{Key::digit_1}, "1 .. 9", "choose an answer", "Lesson", UiVerb::choose_answer, ""},
    {{Key::y}, "Y", "why", "Lesson", UiVerb::ask_why, ""},
    {{Key::z, true}, "Ctrl Z", "undo: to the branch before", "Branches", UiVerb::run_verb, "undo"},
    {{Key::y, true}, "Ctrl Y", "redo", "Branches", UiVerb::run_verb, "redo"},
    {{Key::m}, "M", "bookmark this moment", "Branches", UiVerb::run_verb, "bookmark"},
    {{Key::p}, "P", "write this picture", "Screen", UiVerb::run_verb, "picture"},
    {{Key::p, false, true}, "Shift P", "write this step as a film", "Screen", UiVerb::run_verb, "film"},
    {{Key::f}, "F", "fit the stage", "Screen", UiVerb::fit_stage, ""},
    {{Key::k, true}, "Ctrl K", "find or do", "Screen", UiVerb::open_palette, ""},
    {{Key::question}, "?", "these keys", "Screen", UiVerb::open_help, ""},
    {{Key::f1}, "F1", "help", "Screen", UiVerb::open_help, ""},
    {{Key::plus, true}, "Ctrl +", "larger", "Screen", UiVerb::run_verb, "larger"},
    {{Key::minus, true}, "Ctrl -", "smaller", "Screen", UiVerb::run_verb, "smaller"},
    {{Key::digit_0, true}, "Ctrl 0", "100 %", "Screen", UiVerb::run_verb, "usual size"},
    {{Key::tab}, "Tab", "next control", "Screen", UiVerb::select, ""},
    {{Key::n, true}, "Ctrl N", "an empty bench", "File", UiVerb::open_bench, ""},
    {{Key::o, true}, "Ctrl O", "open", "File", UiVerb::open_file, "session"},
    {{Key::s, true}, "Ctrl S", "save a copy", "File", UiVerb::run_verb, "save"},
    {{Key::escape}, "Esc", "close, or stop long work", "File", UiVerb::close_overlay, ""},
};

/// These are listed here, and taken by what they work on.
bool used_by_controls(Key key) { return key == Key::tab || key == Key::digit_1; }

}  // namespace

std::span<const KeyBinding> key_bindings() { return kBindings; }

std::vector<KeyHelpVm> key_help() {
    std::vector<KeyHelpVm> out;
    for (const KeyBinding& binding : kBindings) {
        out.push_back({std::string(binding.shown), std::string(binding.what), std::string(binding.group)});
    }
    return out;
}

void use_global_keys(Ui& ui) {
    for (const KeyBinding& binding : kBindings) {
        if (!used_by_controls(binding.key.key) && take_key(ui, binding.key))
            act(ui, binding.verb, {}, std::string(binding.argument));
    }
}

}  // namespace app::ui
