// The program behind the window: the open lesson, what the person looks at, what was asked for and what came of it.
// It draws nothing and knows no window: actions go in, screens come out. A world is changed only by handing lines to
// the lab, which journals them.
//
// Files: program.cc opening and the loop's questions; program_actions.cc what a person asks for; program_verbs.cc
// lines of menus and of the palette.
#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <optional>

#include "app/lab/host/workspace.h"
#include "app/lab/lab.h"
#include "app/ui/theme.h"
#include "app/view_model/branches.h"
#include "app/view_model/screen.h"
#include "app/view_model/shelf.h"
#include "app/view_model/snapshot.h"
#include "app/view_model/ui_action.h"

namespace app::ui {

struct ProgramOptions {
    std::string workspace;             // "": nothing is kept
    lab::WindowSettings settings;
    std::string notice;                // about fonts and the like, for the home page
};

/// How the window is to look; a change makes the next frame due.
struct Look {
    ThemeName theme = ThemeName::dark;
    float scale = 1;
    friend bool operator==(const Look&, const Look&) = default;
};

class Program {
public:
    explicit Program(ProgramOptions options);

    // ---- opening. What went wrong, or ""; then everything stays as it was.
    std::string open_lesson(const std::string& name, std::optional<u64> seed = {});
    std::string open_session(const std::string& path);
    void go_home();

    // ---- the loop
    /// The screen as it is now; made anew only after something changed.
    const ScreenVm& screen();
    void perform(const UiActions& actions);
    /// Lets wall time pass. Whether anything that is shown has changed.
    bool advance(sim::Nanos wall);
    /// Whether time goes on by itself: frames are due all the time.
    [[nodiscard]] bool moving() const;
    /// How long nothing changes by itself if nobody does anything.
    [[nodiscard]] i32 patience_ms() const;
    /// Reads the lesson's file again if it was written. Whether it was.
    bool watch_files();
    /// The object under the mouse, as the last frame told.
    void hover(const std::string& object);

    [[nodiscard]] const Look& look() const { return look_; }
    [[nodiscard]] bool at_home() const { return at_home_; }
    [[nodiscard]] const lab::Lab* lab() const { return lab_.get(); }
    [[nodiscard]] const Desk& desk() const { return desk_; }
    [[nodiscard]] bool wants_to_quit() const { return quit_; }

private:
    struct TimedToast {
        ToastVm toast;
        sim::Nanos left;
    };
    struct Before {
        u32 branch = 0;
        u64 cursor = 0;
        std::unique_ptr<engine::World> world;
    };
    /// The words of a branch's end: facts beyond the cursor use them.
    struct Words {
        u32 branch = ~u32{0};
        u64 head = 0;
        sim::NameTable names;
    };
    /// Another world of the lesson, told what this one is told.
    struct Beside {
        std::string name;
        std::unique_ptr<lab::Session> session;
    };
    /// A lesson's file beside the window.
    struct Watched {
        std::string path;
        std::optional<sim::i64> stamp;
        std::vector<std::string> errors;
        std::string text;
    };

    // program.cc
    void install(std::unique_ptr<lab::Lab> lab, const std::string& file);
    std::string open_again();
    std::string begin_session(std::expected<std::unique_ptr<lab::Lab>, std::string> probe, const std::string& name,
                              std::optional<u64> seed, const std::string& file);
    void catch_up(std::size_t steps, const std::vector<lab::StepRecord>& answers);
    void refresh_shelf();
    void say(std::string title, const std::string& text, bool alarm = false);
    void note_problems();
    [[nodiscard]] Snapshot snapshot();
    void learn_words();
    void add_twin(Snapshot& at);
    [[nodiscard]] bool shows_twin() const { return desk_.view == "Twin" || desk_.view == "Event time"; }
    bool add_beside(Snapshot& at);
    void age_toasts(sim::Nanos wall);
    [[nodiscard]] std::pair<u32, std::size_t> branch_and_step() const;
    void touch() { stale_ = true; }

    // program_actions.cc
    void perform(const UiAction& action);
    void perform_time(const UiAction& action);
    void perform_lesson(const UiAction& action);
    void perform_desk(const UiAction& action);
    void perform_stage(const UiAction& action);
    void perform_window(const UiAction& action);
    void step(const UiAction& action, bool forward);
    void select(const std::string& object);
    void lock_in();
    void continue_last(const std::string& session);
    void follow_link(const UiAction& action);
    void repair_lesson(const std::string& nearest);
    void fold_znode(const std::string& path);
    void zoom(const UiAction& action);
    void close_overlays();

    // program_verbs.cc
    void run_verb(const UiAction& action);
    void choose(const std::string& id);
    void break_when(const std::string& sql);
    bool choose_view(const std::string& id);
    bool choose_program(const std::string& id);
    void edit_query(const std::string& line);
    void begin_line(const std::string& line);
    void act(const std::string& line);
    void restart(u64 seed);
    void other_lesson(int by);
    void set_look(Look look);
    void set_speed(i64 per_mille);
    void change_speed(int notches);
    void tell_moment();
    void open_pasted(const std::string& text);
    void save_copy();
    void bookmark();
    /// Be the node: what a person would decide, held against what the system does.
    void decide(const std::string& line);
    void show_beside(const std::string& name);
    void write_transcript();
    // program_pictures.cc
    void write_pictures(const std::string& what);
    void write_film(const std::string& path);
    void open_path(const std::string& path);
    void write_lesson();

    ProgramOptions options_;
    Shelf shelf_;
    bool at_home_ = true;
    bool quit_ = false;
    std::unique_ptr<lab::Lab> lab_;
    std::string session_file_;
    Watched watched_;
    Desk desk_;
    std::pair<u32, std::size_t> viewed_{~u32{0}, 0};    // the branch and step whose view was opened
    Look look_;
    std::deque<TimedToast> toasts_;
    sim::Nanos hurried_;                                // how long the work under way has taken
    Before before_;
    TwinPlace twin_;
    Beside beside_;
    Words words_;
    std::shared_ptr<lab::Copies> copies_;  // of the run that is open
    std::string hovered_;
    ScreenVm screen_;
    bool stale_ = true;
};

}  // namespace app::ui
