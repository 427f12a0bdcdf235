// Lines of menus and of the palette, and the verbs of the program itself.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "app/lab/host/files.h"
#include "app/lab/lesson/find_lesson.h"
#include "app/lab/play/decide.h"
#include "app/lab/play/transcript.h"
#include "app/lab/run/moment.h"
#include "app/ui/program/program.h"
#include "app/view_model/branches.h"
#include "app/view_model/code_change.h"
#include "app/view_model/verbs.h"

namespace app::ui {
namespace {

constexpr i64 kMomentOfPass = 1000;    // per mille: usual speed
constexpr float kScaleStep = 1.1f;

/// What follows a first word, if it is that word.
std::optional<std::string> rest_of(const std::string& id, std::string_view word) {
    if (!id.starts_with(word) || id.size() <= word.size() || id[word.size()] != ' ') return {};
    return id.substr(word.size() + 1);
}

std::size_t place_of_speed(i64 per_mille) {
    const auto found = std::ranges::find(lab::kSpeeds, per_mille);
    return found == lab::kSpeeds.end()
               ? static_cast<std::size_t>(std::ranges::find(lab::kSpeeds, kMomentOfPass) - lab::kSpeeds.begin())
               : static_cast<std::size_t>(found - lab::kSpeeds.begin());
}

float rounded_scale(float scale) {
    for (const float wanted : {0.75f, 0.9f, 1.0f, 1.1f, 1.25f, 1.5f, 1.75f, 2.0f, 2.25f, 2.5f})
        if (scale > wanted - 0.04f && scale < wanted + 0.04f) return wanted;
    return std::clamp(scale, 0.75f, 2.5f);
}

}  // namespace

void Program::run_verb(const UiAction& action) {
    const std::string menu = desk_.menu;
    close_overlays();
    if (action.object.empty()) {
        if (!choose_program(action.argument)) say("This cannot be done", "'" + action.argument + "' is unknown.");
        return;
    }
    if (const auto line = rest_of(action.argument, "type")) return begin_line(*line);
    if (action.object == "palette" || action.object == "views" || action.object == "drawer" ||
        action.object == "speed" || action.argument == "fit")
        return choose(action.argument);
    if (action.object == "console") {
        desk_.command.clear();
        return act(console_line(action.argument));
    }
    if (action.object == "sql") return break_when(action.argument);
    if (const auto why = rest_of(action.argument, "why")) return perform(UiAction{UiVerb::ask_why, *why, "", 0});
    act(action.argument);
}

/// A row of the palette or of a list: its first word says what kind of thing it is.
void Program::choose(const std::string& id) {
    if (const auto program = rest_of(id, "program")) {
        choose_program(*program);
        return;
    }
    if (const auto lesson = rest_of(id, "lesson")) return perform(UiAction{UiVerb::open_lesson, *lesson, "", 0});
    if (lab::is_moment(id)) return open_pasted(id);
    if (const auto path = rest_of(id, "open")) return open_path(*path);
    if (const auto line = rest_of(id, "type")) return begin_line(*line);
    if (!lab_ || at_home_) return;
    if (const auto line = rest_of(id, "do")) return act(*line);
    if (const auto line = rest_of(id, "decide")) return decide(*line);
    if (const auto line = rest_of(id, "edit")) return edit_query(*line);
    if (const auto spacing = rest_of(id, "spacing")) {
        perform(UiAction{UiVerb::filter, "spacing", *spacing, 0});
        return perform(UiAction{UiVerb::open_view, "", "Space-time", 0});
    }
    if (const auto note = rest_of(id, "note")) {
        lab_->bookmark(*note);
        return say("This moment is bookmarked", *note);
    }
    if (const auto place = rest_of(id, "bookmark"))
        return lab_->go_to_bookmark(static_cast<std::size_t>(std::strtoul(place->c_str(), nullptr, 10)));
    if (const auto name = rest_of(id, "beside")) return show_beside(*name);
    if (const auto unit = rest_of(id, "step on")) return perform(UiAction{UiVerb::step_forward, "", *unit, 0});
    if (const auto unit = rest_of(id, "step back")) return perform(UiAction{UiVerb::step_back, "", *unit, 0});
    if (const auto sql = rest_of(id, "until")) {
        if (const std::string wrong = lab_->run_until(*sql); !wrong.empty())
            say("This cannot be waited for", wrong, true);
        return;
    }
    if (choose_view(id)) return;
    if (id == "fit") return perform(UiAction{UiVerb::fit_stage, "", "", 0});
    if (const auto speed = rest_of(id, "speed")) {
        i64 per_mille = kMomentOfPass;
        std::from_chars(speed->data(), speed->data() + speed->size(), per_mille);
        return set_speed(per_mille);
    }
    if (const auto pace = rest_of(id, "pace")) lab_->set_pace({*pace != "time", lab_->pace().per_mille});
}

/// Keeps the question and runs until it is answered with a true value.
void Program::break_when(const std::string& sql) {
    constexpr std::size_t kMostKept = 6;
    std::erase(desk_.asked, sql);
    desk_.asked.insert(desk_.asked.begin(), sql);
    if (desk_.asked.size() > kMostKept) desk_.asked.resize(kMostKept);
    if (!lab_) return;
    if (const std::string wrong = lab_->run_until(sql); !wrong.empty()) say("This cannot be waited for", wrong, true);
}

/// The palette with the beginning of a line, for the person to go on.
void Program::begin_line(const std::string& line) {
    close_overlays();
    desk_.palette_open = true;
    desk_.palette_query = line;
}

bool Program::choose_view(const std::string& id) {
    const auto ask = [&](std::string_view word, UiVerb verb, bool object) {
        const auto rest = rest_of(id, word);
        if (rest) perform(UiAction{verb, object ? *rest : "", object ? "" : *rest, 0});
        return rest.has_value();
    };
    return ask("view", UiVerb::open_view, false) || ask("drawer", UiVerb::open_drawer, false) ||
           ask("branch", UiVerb::switch_branch, false) || ask("select", UiVerb::select, true) ||
           ask("fact", UiVerb::select, true) || ask("why", UiVerb::ask_why, true);
}

bool Program::choose_program(const std::string& id) {
    const auto step_scale = [this](float factor) { set_look({look_.theme, rounded_scale(look_.scale * factor)}); };
    if (id == "larger") return step_scale(kScaleStep), true;
    if (id == "smaller") return step_scale(1 / kScaleStep), true;
    if (id == "usual size") return set_look({look_.theme, 1.0f}), true;
    for (const ThemeName theme : kThemeNames)
        if (id == to_string(theme)) return set_look({theme, look_.scale}), true;
    if (id == "reduced motion") {
        desk_.reduced_motion = !desk_.reduced_motion;
        set_look(look_);
        say(desk_.reduced_motion ? "Reduced motion is on" : "Reduced motion is off", "");
        return true;
    }
    if (id == "help") return desk_.help_open = true, true;
    if (id == "home") return go_home(), true;
    if (id == "quit") return quit_ = true, true;
    if (id == "next lesson") return other_lesson(1), true;
    if (id == "previous lesson") return other_lesson(-1), true;
    if (!lab_ || at_home_) {
        say("No lesson is open", "Open one first: Enter starts.");
        return true;
    }
    if (id == "restart") return restart(lab_->session().seed), true;
    if (id == "restart new seed") return restart(lab_->session().seed + 1), true;
    if (id == "undo" || id == "redo") {
        if (!(id == "undo" ? lab_->undo() : lab_->redo()))
            say(id == "undo" ? "Nothing to undo" : "Nothing to redo", "Only what you did yourself is undone.");
        return true;
    }
    if (id == "bookmark") return bookmark(), true;
    if (id == "note") return begin_line("note "), true;
    if (id == "moment") return tell_moment(), true;
    if (id == "save") return save_copy(), true;
    if (id == "transcript") return write_transcript(), true;
    if (id == "picture" || id == "film" || id == "drawing") return write_pictures(id), true;
    return false;
}

// ---- worlds -----------------------------------------------------------------------------------------

void Program::act(const std::string& line) {
    if (!lab_) return;
    const u32 branch = lab_->run().timeline().branch().id;
    if (const std::string wrong = lab_->act(line); !wrong.empty()) return say("Not possible: " + line, wrong);
    if (lab_->run().timeline().branch().id == branch) return say(line, "Done at this moment. Ctrl+Z takes it back.");
    const auto branches = branches_of(lab_->run(), lab_->following());
    const std::string parent = branches.at(lab_->run().timeline().branch().parent).name;
    say("New branch: " + branches.at(lab_->run().timeline().branch().id).name,
        "The old future stays on " + parent + ". Ctrl+Z goes back.");
}

void Program::decide(const std::string& line) {
    const lab::Decision decision = lab::decide(lab_->run(), line);
    constexpr std::string_view kTitles[] = {"The system decides the same", "The system decides otherwise",
                                            "Nothing is decided", "This cannot be decided"};
    say(std::string(kTitles[static_cast<std::size_t>(decision.outcome)]), decision.text,
        decision.outcome == lab::Decided::refused);
}

/// "counts 2: WHERE word = 'cat'": a second query, like the first but for one line of its text.
void Program::edit_query(const std::string& line) {
    const auto colon = line.find(": ");
    const auto blank = line.rfind(' ', colon);
    if (colon == std::string::npos || blank == std::string::npos || blank == 0) return;
    const std::string name = line.substr(0, blank);
    const Snapshot at = snapshot();
    const Scene scene(at);
    const auto number = static_cast<std::size_t>(std::strtoul(line.c_str() + blank, nullptr, 10));
    const auto submitted = submit_with_line(scene, name, number, line.substr(colon + 2));
    if (!submitted) return say("This line cannot be changed", submitted.error(), true);
    const u32 branch = lab_->run().timeline().branch().id;
    act(submitted->line);
    if (lab_->run().timeline().branch().id == branch) return;   // refused, and told
    desk_.selected = std::string(kQueryWord) + submitted->name;
}

/// The lesson's other world, at the same moment, where the two can be compared.
void Program::show_beside(const std::string& name) {
    desk_.beside = name == "none" ? "" : name;
    if (desk_.beside.empty()) return;
    const bool streams = !lab_->lesson().queries.empty();
    perform(UiAction{UiVerb::open_view, "", streams ? "Event time" : "Twin", 0});
}

void Program::restart(u64 seed) {
    const std::string path = lab_->session().path;
    if (const std::string wrong = open_lesson(path, seed); !wrong.empty())
        return say("This lesson cannot be opened", wrong, true);
    say(fmt::format("Begun again with seed {}", seed), "The session before is kept.");
}

void Program::other_lesson(int by) {
    const auto& lessons = shelf_.lessons;
    if (lessons.empty()) return;
    const std::string open = lab_ ? std::string(lab::without_extension(lab::file_name(lab_->session().path))) : "";
    const auto found = std::ranges::find(lessons, open, &ShelfLesson::id);
    const auto here = found == lessons.end() ? std::ptrdiff_t{by > 0 ? -1 : 0} : found - lessons.begin();
    const std::ptrdiff_t there = here + by;
    if (there < 0 || there >= std::ssize(lessons))
        return say(by > 0 ? "This is the last lesson" : "This is the first lesson", "");
    perform(UiAction{UiVerb::open_lesson, lessons[static_cast<std::size_t>(there)].id, "", 0});
}

void Program::bookmark() {
    if (lab_->bookmark())
        say("This moment is bookmarked", "M again takes the mark away; 'note ..' in the palette gives it words.");
}

// ---- speed and look ---------------------------------------------------------------------------------

void Program::set_speed(i64 per_mille) { lab_->set_pace({lab_->pace().by_event, per_mille}); }

void Program::change_speed(int notches) {
    const auto place = static_cast<int>(place_of_speed(lab_->pace().per_mille)) + notches;
    set_speed(lab::kSpeeds[static_cast<std::size_t>(std::clamp(place, 0, static_cast<int>(lab::kSpeeds.size()) - 1))]);
}

void Program::set_look(Look look) {
    look_ = {look.theme, std::clamp(look.scale, 0.75f, 2.5f)};
    options_.settings = {std::string(to_string(look_.theme)), static_cast<int>(look_.scale * 100 + 0.5f),
                         desk_.reduced_motion};
    if (const std::string wrong = lab::write_settings(options_.workspace, options_.settings); !wrong.empty())
        say("The settings cannot be kept", wrong, true);
    touch();
}

// ---- files ------------------------------------------------------------------------------------------

/// The moment as a line, in a file beside the sessions: to be sent and pasted into the palette.
void Program::tell_moment() {
    if (const std::string wrong = lab::untellable(lab_->session()); !wrong.empty())
        return say("This moment has no line", wrong, true);
    const std::string text = lab::moment_text(lab_->session());
    const std::string path = options_.workspace.empty() ? "" : lab::join_path(options_.workspace, "moment.txt");
    if (path.empty()) return say("This moment as a line", text);
    if (const std::string wrong = lab::write_file(path, text + "\n"); !wrong.empty())
        return say("The moment cannot be written", wrong, true);
    say("This moment as a line: paste it into the palette", path);
}

void Program::open_pasted(const std::string& text) {
    auto session = lab::open_moment(text);
    if (!session) return say("This moment cannot be opened", session.error(), true);
    install(std::make_unique<lab::Lab>(std::move(*session)), "");
    say("The moment is open", "Nothing is saved until you save a copy.");
}

void Program::save_copy() {
    const std::string id(lab::without_extension(lab::file_name(lab_->session().path)));
    const std::string path = options_.workspace.empty() ? "" : lab::new_session_path(options_.workspace, id + "-copy");
    if (path.empty()) return say("There is no folder to save to", "Set MILLRACE_HOME to one.", true);
    auto writer = lab::SessionWriter::begin(path, lab_->session());
    const std::string wrong = writer ? writer->sync(lab_->run()) : writer.error();
    if (!wrong.empty()) return say("The copy cannot be saved", wrong, true);
    say("A copy is saved", path);
}

/// The branch's story so far as Markdown, beside the sessions.
void Program::write_transcript() {
    const std::string id(lab::without_extension(lab::file_name(lab_->session().path)));
    const std::string session = options_.workspace.empty() ? "" : lab::new_session_path(options_.workspace, id);
    if (session.empty()) return say("There is no folder to save to", "Set MILLRACE_HOME to one.", true);
    std::string text = fmt::format("# {}\n\nSeed {}.\n", lab_->lesson().info.title.value, lab_->session().seed);
    const auto& steps = lab_->following().steps;
    for (std::size_t i = 0; i < steps.size() && i < lab_->lesson().steps.size(); ++i) {
        const lab::StepBlock& block = lab_->lesson().steps[i];
        text += fmt::format("\n## {}. {}\n\n{}\n\n", i + 1, block.id.value, lab::one_line(block.say.value));
        if (steps[i].answered)
            text += fmt::format("**{}** Answered: {}. The run: {}.\n\n", lab::plain(block.predict.ask.value),
                                steps[i].chosen, steps[i].answer);
        const u64 end = steps[i].last_index != 0 ? steps[i].last_index : lab_->run().cursor();
        lab::write_facts(lab_->run(), steps[i].first_index, end,
                         [&](const std::string& line) { text += "- " + lab::one_line(line) + "\n"; });
    }
    const std::string path = session.substr(0, session.size() - std::string_view(".millrace").size()) + ".md";
    if (const std::string wrong = lab::write_file(path, text); !wrong.empty())
        return say("The transcript cannot be written", wrong, true);
    say("The transcript is written", path);
}

void Program::open_path(const std::string& path) {
    const std::string wrong = path.ends_with(".millrace") ? open_session(path) : open_lesson(path);
    if (!wrong.empty()) say("This cannot be opened", wrong, true);
}

/// A copy of the first lesson's text to change; it is watched while it is open.
void Program::write_lesson() {
    const auto source = lab::find_lesson("204");
    const auto text = source ? lab::read_file(*source) : std::unexpected(source.error());
    const std::string folder = options_.workspace.empty() ? "" : lab::join_path(options_.workspace, "lessons");
    if (!text || folder.empty())
        return say("A lesson cannot be begun", text ? "Set MILLRACE_HOME to a folder." : text.error(), true);
    std::string path;
    for (int i = 1; path.empty() || lab::exists(path); ++i)
        path = lab::join_path(folder, fmt::format("my-lesson-{}.toml", i));
    std::string wrong = lab::make_folder(folder);
    if (wrong.empty()) wrong = lab::write_file(path, *text);
    if (wrong.empty()) wrong = open_lesson(path);
    if (!wrong.empty()) return say("A lesson cannot be begun", wrong, true);
    say("Your lesson: change the file, it is read again", path);
}

}  // namespace app::ui
