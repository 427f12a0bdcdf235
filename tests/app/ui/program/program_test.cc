// The program behind the window: what actions do, and that nothing it can be asked for leaves a flaw on the screen.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/lab/host/files.h"
#include "app/ui/shell/stage_layout.h"
#include "app/view_model/make.h"
#include "app/view_model/shelf.h"
#include "tests/app/ui/frame_driver.h"
#include "tests/app/ui/program/program_driver.h"
#include "tests/app/ui/sample_screen.h"
#include "tests/support/fresh_folder.h"

using namespace app;
using namespace app::ui;
using tests::ProgramDriver;

namespace {

/// A state of the program in which every command is tried.
struct State {
    std::string name;
    void (*reach)(ProgramDriver& ui);
};

void open_204(ProgramDriver& ui) { REQUIRE(ui.program().open_lesson("204").empty()); }
void free_part(ProgramDriver& ui) {
    open_204(ui);
    ui.follow_to("");
}

const State kStates[] = {
    {"home", [](ProgramDriver&) {}},
    {"nothing has happened", open_204},
    {"a question is open", [](ProgramDriver& ui) { open_204(ui), ui.follow_to("settle"), ui.act(UiVerb::lock_in); }},
    {"the lesson is over", free_part},
    {"no broker runs",
     [](ProgramDriver& ui) {
         free_part(ui), ui.line("kill broker 1"), ui.line("kill broker 2"), ui.line("kill broker 3"),
             ui.line("wait 9s");
     }},
    {"no leader",
     [](ProgramDriver& ui) {
         free_part(ui), ui.line("kill broker 1"), ui.line("kill broker 2"), ui.line("wait 9s"),
             ui.line("kill broker 3"), ui.line("restart broker 1"), ui.line("wait 9s");
     }},
    {"everything is cut",
     [](ProgramDriver& ui) {
         free_part(ui), ui.line("partition isolate broker 2"), ui.line("partition isolate zookeeper"),
             ui.line("pause shop"), ui.line("wait 20s");
     }},
    {"nobody is there but the past", [](ProgramDriver& ui) { free_part(ui), ui.act(UiVerb::go_to_time, "", "start"); }},
};

/// Ids of all rows that the palette can show here.
std::set<std::string> palette_rows(ProgramDriver& ui) {
    std::set<std::string> ids;
    for (const char* query :
         {"",         "do",       "do kill", "do restart", "do pause", "do resume", "do power", "do partition",
          "do elect", "do start", "do stop", "do heal",    "go",       "view",      "lesson",   "help",
          "open",     "size",     "theme",   "1",          "2",        "3",         "shop",     "warehouse",
          "zookeeper"}) {
        ui.program().perform(UiActions{{UiVerb::open_palette, "", "", 0}, {UiVerb::filter, "palette", query, 0}});
        for (const PaletteRowVm& row : ui.program().screen().palette.rows)
            if (row.enabled && row.id != "program quit") ids.insert(row.id);
        ui.program().perform(UiActions{{UiVerb::close_overlay, "", "", 0}});
    }
    return ids;
}

bool is_blank(const Image& image) {
    return std::ranges::all_of(image.pixels, [&](u32 pixel) { return pixel == image.pixels.front(); });
}

}  // namespace

TEST_CASE("every palette command in every state leaves a whole screen", "[slow]") {
    for (const State& state : kStates) {
        ProgramDriver ui;
        state.reach(ui);
        const std::set<std::string> ids = palette_rows(ui);
        CHECK(ids.size() >= 8);
        for (const std::string& id : ids) {
            INFO(state.name << ": " << id);
            ui.choose(id);
            CHECK(ui.flaws() == "");
            CHECK_FALSE(is_blank(ui.picture()));
            if (id.starts_with("do ")) ui.choose("program undo");
            if (id.starts_with("lesson ") || id.starts_with("program restart") || id.starts_with("program home") ||
                id.starts_with("program next") || id.starts_with("program previous") || id.starts_with("open "))
                state.reach(ui);
        }
    }
}

TEST_CASE("every menu of every object on the screen is whole, and its verbs can be carried out or say why not") {
    ProgramDriver ui;
    open_204(ui);
    ui.follow_to("epoch");
    std::set<std::string> objects{"stage", "views", "drawer", "speed"};
    for (const Target& target : ui.frame().targets) objects.insert(target.leaf);
    for (const std::string& object : objects) {
        ui.act(UiVerb::open_menu, object);
        const MenuVm menu = ui.program().screen().menu;
        INFO(object);
        CHECK(ui.flaws() == "");
        for (const MenuItemVm& item : menu.items) CHECK_FALSE(item.text.empty());
        ui.act(UiVerb::close_overlay);
    }
}

TEST_CASE("every view at every step of the lesson is whole at small, usual and large sizes", "[slow]") {
    const PictureOptions sizes[] = {{1280, 720, ThemeName::dark, 1},          {800, 600, ThemeName::light, 1},
                                    {1280, 720, ThemeName::projector, 1.25f}, {1024, 640, ThemeName::dark, 1},
                                    {3840, 2160, ThemeName::dark, 2.5f},      {1280, 720, ThemeName::light, 0.75f}};
    for (const PictureOptions& size : sizes) {
        ProgramDriver ui(size);
        open_204(ui);
        for (const char* step : {"meet", "marks", "silence", "who", "epoch", "return", ""}) {
            ui.follow_to(step);
            std::vector<std::string> views = built_views();
            for (const char* pane : {"Lesson", "Stage", "What changed"}) views.emplace_back(pane);
            for (const std::string& view : views) {
                INFO(size.width << " x " << size.height << " at " << size.scale << ", step " << step << ", " << view);
                ui.act(UiVerb::open_view, "", view);
                CHECK(ui.flaws() == "");
            }
        }
    }
}

TEST_CASE("the stage is whole at every zoom") {
    ProgramDriver ui;
    open_204(ui);
    ui.follow_to("epoch");
    for (const i64 factor : {500, 500, 4000, 2000, 2000}) {
        ui.act(UiVerb::zoom_stage, "", "300,100", factor);
        INFO(ui.program().desk().zoom_per_mille);
        CHECK(ui.flaws() == "");
    }
    ui.act(UiVerb::fit_stage);
    CHECK(ui.program().desk().zoom_per_mille == 1000);
}

TEST_CASE("a late row is dragged to an earlier arrival: its other future begins, and both stand one below the other") {
    ProgramDriver ui;
    ui.act(UiVerb::open_lesson, "407-watermark");
    ui.follow_to("donkey");
    ui.act(UiVerb::open_view, "", "Event time");
    REQUIRE(ui.drag("words-0 offset 8", {-60, 2}));
    REQUIRE(ui.lab().run().timeline().branches().size() == 2);
    CHECK(ui.lab().run().timeline().branch().inputs.back().line.starts_with("arrive donkey@12:04 at 12:2"));
    CHECK(ui.stands_at("donkey"));
    const EventTimeVm& vm = ui.program().screen().event_time;
    CHECK(ui.program().screen().view == "Event time");
    CHECK(vm.columns.size() == 8);
    REQUIRE(vm.other.size() == 1);
    CHECK(vm.twin.branch == "main");
    CHECK(vm.twin.title == "What if donkey 12:04 had come in batch 6?");
    CHECK(ui.flaws() == "");
}

TEST_CASE("by keyboard a late row is moved through its menu and the palette") {
    ProgramDriver ui;
    ui.act(UiVerb::open_lesson, "407-watermark");
    ui.follow_to("donkey");
    ui.act(UiVerb::open_menu, "words-0 offset 8");
    const auto& items = ui.program().screen().menu.items;
    const auto moves = std::ranges::find(items, "type arrive donkey@12:04 at ", &MenuItemVm::verb);
    REQUIRE(moves != items.end());
    ui.act(UiVerb::run_verb, "words-0 offset 8", moves->verb);
    CHECK(ui.program().desk().palette_query == "arrive donkey@12:04 at ");
    ui.act(UiVerb::filter, "palette", "arrive donkey@12:04 at 12:29:00");
    const auto& rows = ui.program().screen().palette.rows;
    REQUIRE_FALSE(rows.empty());
    CHECK(rows.front().id == "do arrive donkey@12:04 at 12:29:00");
    CHECK(rows.front().enabled);
    ui.choose(rows.front().id);
    CHECK(ui.lab().run().timeline().branches().size() == 2);
}

TEST_CASE("time is stepped by micro-batch, by its phases and by record, both ways") {
    ProgramDriver ui;
    ui.act(UiVerb::open_lesson, "407-watermark");
    ui.follow_to("first");
    const auto newest = [&] { return ui.lab().run().cursor(); };
    const u64 stop = newest();
    ui.act(UiVerb::step_back, "", "batch");
    const u64 batch_before = newest();
    CHECK(batch_before < stop);
    std::size_t phases = 0;
    for (; newest() < stop && phases < 20; ++phases) ui.act(UiVerb::step_forward, "", "phase");
    CHECK(phases == 5);   // walCommit, queryPlanning, addBatch, commitOffsets, committed
    ui.act(UiVerb::step_back, "", "record");
    CHECK(newest() < stop);
    ui.act(UiVerb::step_forward, "", "batch");
    CHECK(newest() == stop);
}

TEST_CASE("a picture, a film of a step and a drawing are written beside the sessions, and time stands where it stood") {
    const std::string folder = tests::fresh_folder("millrace-pictures");
    ProgramDriver ui({}, folder);
    open_204(ui);
    ui.follow_to("silence");
    const u64 here = ui.lab().run().cursor();
    const sim::Nanos clock = ui.lab().run().clock();
    for (const char* what : {"picture", "film", "drawing"}) ui.choose(std::string("program ") + what);
    CHECK(ui.lab().run().cursor() == here);
    CHECK(ui.lab().run().clock() == clock);
    std::string endings;
    for (const std::string& name : lab::list_folder(lab::join_path(folder, "pictures"))) {
        const std::string bytes = lab::read_file(lab::join_path(lab::join_path(folder, "pictures"), name)).value_or("");
        endings += name.substr(name.size() - 3) + " ";
        CHECK((bytes.starts_with("\x89PNG") || bytes.starts_with("GIF89a") || bytes.starts_with("<svg")));
        CHECK(bytes.size() > 1000);
    }
    CHECK(endings.size() == 12);
}

TEST_CASE("a bookmark with a note is found again in the palette") {
    ProgramDriver ui;
    open_204(ui);
    ui.follow_to("marks");
    ui.choose("note here it is well");
    const sim::Nanos moment = ui.lab().run().clock();
    ui.follow_to("who");
    ui.act(UiVerb::open_palette);
    ui.act(UiVerb::filter, "palette", "it is well");
    const auto& rows = ui.program().screen().palette.rows;
    const auto row = std::ranges::find(rows, "bookmark 0", &PaletteRowVm::id);
    REQUIRE(row != rows.end());
    CHECK(row->text == "Bookmark: here it is well");
    ui.choose(row->id);
    CHECK(ui.lab().run().clock() == moment);
}

TEST_CASE("an act in the past opens a branch, undo and redo move between them, both futures stay") {
    ProgramDriver ui;
    open_204(ui);
    ui.follow_to("who");
    const u64 head = ui.lab().run().timeline().branch().head;
    ui.act(UiVerb::step_back, "", "stop");
    ui.act(UiVerb::step_back, "", "stop");
    ui.line("pause broker 2");
    REQUIRE(ui.lab().run().timeline().branches().size() == 2);
    CHECK(ui.program().screen().toasts.back().title == "New branch: pause broker 2");
    ui.choose("program undo");
    CHECK(ui.program().screen().top_bar.branch == "main");
    CHECK(ui.lab().run().timeline().branches()[0].head == head);
    ui.choose("program redo");
    CHECK(ui.program().screen().top_bar.branch == "pause broker 2");
}

TEST_CASE("the lesson's file is read again when it is written, and its mistakes are shown in place") {
    const std::string folder = tests::fresh_folder("millrace-watch");
    REQUIRE(lab::make_folder(folder).empty());
    const std::string path = lab::join_path(folder, "mine.toml");
    const std::string text = *lab::read_file(lab::join_path(lab::root_folder(), "scenarios/204-leader-dies.toml"));
    REQUIRE(lab::write_file(path, text).empty());
    ProgramDriver ui;
    REQUIRE(ui.program().open_lesson(path).empty());
    ui.follow_to("silence");
    CHECK_FALSE(ui.program().watch_files());

    std::string broken = text;
    broken.replace(broken.find("\"broker 1\", \"orders-0\", \"shop\""), 8 + 2, "\"brokre 1\"");
    REQUIRE(lab::write_file(path, broken).empty());
    CHECK(ui.program().watch_files());
    const LessonErrorVm error = ui.program().screen().lesson.error;
    REQUIRE(error.present());
    CHECK(error.place.starts_with("mine.toml "));
    CHECK(error.line.find("brokre 1") != std::string::npos);
    CHECK(ui.flaws() == "");

    std::string better = text;
    better.replace(better.find("The leader dies"), 15, "The leader dies again");
    REQUIRE(lab::write_file(path, better).empty());
    CHECK(ui.program().watch_files());
    CHECK_FALSE(ui.program().screen().lesson.error.present());
    CHECK(ui.program().screen().lesson.title == "The leader dies again");
    CHECK(ui.lab().step()->id.value == "silence");
}

TEST_CASE("what was open is offered on the home page and continues where it stood") {
    const std::string workspace = tests::fresh_folder("millrace-continue");
    u64 cursor = 0;
    {
        ProgramDriver ui({}, workspace);
        ui.act(UiVerb::lock_in);   // Enter on the home page
        ui.follow_to("silence");
        cursor = ui.lab().run().cursor();
    }
    ProgramDriver ui({}, workspace);
    REQUIRE(ui.program().screen().home.sessions.size() == 1);
    CHECK(ui.program().screen().home.continue_verb == "Continue");
    CHECK(ui.flaws() == "");
    ui.act(UiVerb::lock_in);
    CHECK(ui.lab().run().cursor() == cursor);
    INFO(ui.lab().following().step << " " << static_cast<int>(ui.lab().following().part) << " "
                                   << ui.lab().following().steps.size());
    CHECK(ui.stands_at("silence"));
}

TEST_CASE("theme, scale and motion are kept from one run of the program to the next") {
    const std::string workspace = tests::fresh_folder("millrace-settings");
    ProgramDriver ui({}, workspace);
    for (const char* id : {"program light", "program larger", "program reduced motion"}) ui.choose(id);
    const lab::WindowSettings kept = lab::read_settings(workspace);
    CHECK(kept.theme == "light");
    CHECK(kept.scale_percent == 110);
    CHECK(kept.reduced_motion);
}

TEST_CASE("a query can be waited for from the palette, and a wrong one says what is wrong") {
    ProgramDriver ui;
    free_part(ui);
    const auto before = ui.lab().run().cursor();
    ui.choose("until SELECT count(*) >= 40 FROM records WHERE topic = 'orders' AND broker = 2");
    CHECK(ui.lab().run().cursor() > before);
    CHECK(ui.program().screen().toasts.empty());
    ui.choose("until SELECT nonsense");
    REQUIRE_FALSE(ui.program().screen().toasts.empty());
    CHECK(ui.program().screen().toasts.back().alarm);
    const std::string& text = ui.program().screen().toasts.back().text;
    CHECK(text.find("nonsense") < text.find('\n'));   // the message, then the line and its caret
    CHECK(text.ends_with("^"));
    CHECK(ui.flaws() == "");
}

TEST_CASE("every lesson is whole at every stop, in the usual window, at 800 x 600 and on a projector", "[slow]") {
    const PictureOptions sizes[] = {
        {1280, 720, ThemeName::dark, 1}, {800, 600, ThemeName::light, 1}, {1280, 720, ThemeName::projector, 1.25f}};
    for (const ShelfLesson& lesson : read_shelf("").lessons) {
        ProgramDriver program;
        REQUIRE(program.program().open_lesson(lesson.id).empty());
        const std::size_t steps = program.lab().lesson().steps.size();
        for (std::size_t i = 0; i <= steps; ++i) {
            for (const PictureOptions& size : sizes) {
                drive::ScreenDriver ui(program.program().screen(), size);
                INFO(lesson.id << ", stop " << i << ", " << size.width << " x " << size.height << " at " << size.scale);
                CHECK(to_text(check_frame(ui.last())) == "");
            }
            if (i < steps) program.follow_to(program.lab().lesson().steps[i].id.value);
        }
    }
}

TEST_CASE("every client of every lesson stands on the stage, none beyond its edge") {
    const Rect area{0, 0, 728, 320};   // of the usual window
    for (const ShelfLesson& lesson : read_shelf("").lessons) {
        ProgramDriver ui;
        REQUIRE(ui.program().open_lesson(lesson.id).empty());
        const StageVm& stage = ui.program().screen().stage;
        const StagePlan plan = plan_stage(area, stage);
        REQUIRE(plan.clients.size() == stage.clients.size());
        for (std::size_t i = 0; i < plan.clients.size(); ++i) {
            INFO(lesson.id << ": " << stage.clients[i].name);
            CHECK(plan.clients[i].y >= area.y);
            CHECK(plan.clients[i].bottom() <= area.bottom());
            CHECK(plan.clients[i].h >= 24);
        }
    }
}

TEST_CASE("every verb is written out in the palette: what applies can be done, what does not says why") {
    ProgramDriver ui;
    REQUIRE(ui.program().open_lesson("205").empty());
    ui.follow_to("");
    const auto first_row = [&](const std::string& typed) {
        ui.program().perform(UiActions{{UiVerb::open_palette, "", "", 0}, {UiVerb::filter, "palette", typed, 0}});
        const auto rows = ui.program().screen().palette.rows;
        REQUIRE_FALSE(rows.empty());
        CHECK(ui.flaws() == "");
        ui.act(UiVerb::close_overlay);
        return rows.front();
    };
    for (const char* line :
         {"produce all value=m0", "produce all key=k value='M 1' partition=0", "tombstone all key=k",
          "config topic div retention.ms=1000", "link all -> broker 1 loss 10%", "link all -> broker 1 bandwidth 2000",
          "partition broker 1, broker 2 | broker 3", "wait 2s", "limp broker 1 3"}) {
        INFO(line);
        const PaletteRowVm row = first_row(line);
        CHECK(row.id == std::string("do ") + line);
        CHECK(row.enabled);
        ui.choose(row.id);
        CHECK_FALSE(ui.program().screen().toasts.empty());
        CHECK_FALSE(ui.program().screen().toasts.back().title.starts_with("Not possible"));
    }
    for (const char* line :
         {"produce nobody value=m0", "config topic div", "link all -> broker 1 loss much", "drop message 99999999"}) {
        INFO(line);
        const PaletteRowVm row = first_row(line);
        CHECK_FALSE(row.enabled);
        CHECK_FALSE(row.note.empty());
    }
    const PaletteRowVm begun = first_row("produce");
    CHECK(begun.id == "type produce ");
    ui.choose(begun.id);
    CHECK(ui.program().screen().palette.open);
    CHECK(ui.program().screen().palette.query == "produce ");
}

TEST_CASE("a lesson that is read again goes on in its session until the learner has done something in it") {
    const std::string workspace = tests::fresh_folder("millrace-reload"), path = lab::join_path(workspace, "mine.toml");
    REQUIRE(lab::make_folder(workspace).empty());
    const std::string text = *lab::read_file(lab::join_path(lab::root_folder(), "scenarios/204-leader-dies.toml"));
    REQUIRE(lab::write_file(path, text).empty());
    const auto sessions = [&] { return read_shelf(lab::join_path(workspace, "sessions")).sessions.size(); };
    ProgramDriver ui({}, workspace);
    REQUIRE(ui.program().open_lesson(path).empty());
    ui.follow_to("silence");
    for (const char* title : {"One more title", "And another title here", "Yet another title, longer"}) {
        std::string changed = text;
        changed.replace(changed.find("The leader dies"), 15, title);
        REQUIRE(lab::write_file(path, changed).empty());
        REQUIRE(ui.program().watch_files());
        CHECK(ui.program().screen().lesson.title == title);
        CHECK(ui.lab().step()->id.value == "silence");
        CHECK(sessions() == 1);
    }
    ui.line("kill broker 2");
    REQUIRE(lab::write_file(path, text + "\n").empty());
    REQUIRE(ui.program().watch_files());
    CHECK(sessions() == 2);
}

TEST_CASE("the transcript follows the cursor: what is said, asked, done and happened, and nothing of the future") {
    ProgramDriver ui;
    open_204(ui);
    ui.follow_to("silence");
    ui.act(UiVerb::open_drawer, "", "Transcript");
    const auto has = [&](std::string_view words) {
        const auto& rows = ui.program().screen().transcript.rows;
        return std::ranges::any_of(
            rows, [&](const TranscriptRowVm& row) { return row.text.find(words) != std::string::npos; });
    };
    CHECK(has("Step 4 of 7: silence"));
    CHECK(has("Predict: "));
    CHECK(has("The process of broker 1 is killed"));
    CHECK(has("The run answers: "));
    CHECK_FALSE(has("Step 5 of 7"));
    CHECK(ui.flaws() == "");
    ui.act(UiVerb::go_to_time, "", "start");
    CHECK(has("Step 1 of 7"));
    CHECK_FALSE(has("The process of broker 1 is killed"));
    CHECK_FALSE(has("Step 4 of 7"));
    ui.act(UiVerb::go_to_time, "", "newest");
    ui.line("pause broker 3");
    CHECK(has("You: pause broker 3"));
    const auto& rows = ui.program().screen().transcript.rows;
    const auto killed = std::ranges::find_if(
        rows, [](const TranscriptRowVm& row) { return row.text.starts_with("The process of broker 1 is killed"); });
    REQUIRE(killed != rows.end());
    ui.act(UiVerb::select, killed->object);
    CHECK(ui.program().screen().inspector.title == "Broker 1 is killed");
}

TEST_CASE("the transcript's newest line is in sight") {
    ProgramDriver ui;
    open_204(ui);
    ui.act(UiVerb::open_drawer, "", "Transcript");
    ui.follow_to("who");
    ui.frame(), ui.frame();
    const FrameResult frame = ui.frame();
    const float top = 596;   // of the drawer, below its tabs
    const auto is_seen = [&](const std::string& text) {
        const std::string word = text.substr(text.rfind(' ') + 1);
        return std::ranges::any_of(frame.marks, [&](const TextMark& mark) {
            return mark.box.y > top && mark.text.ends_with(word) && intersect(mark.box, mark.clip).h > 4;
        });
    };
    CHECK(is_seen(ui.program().screen().transcript.rows.back().text));
    CHECK_FALSE(is_seen("Step 1 of 7: meet"));
}

TEST_CASE("the keys that the home page names do what it says") {
    drive::ScreenDriver ui(sample::home());
    ui.press({Key::n, true});
    CHECK(ui.asked(UiVerb::open_bench));
    ui.press({Key::o, true});
    CHECK(ui.asked(UiVerb::open_file, "", "session"));
    CHECK(ui.click("Let a stock client connect"));
    CHECK(ui.asked(UiVerb::open_file, "serve"));
    ProgramDriver program;
    program.act(UiVerb::open_file, "serve");
    REQUIRE_FALSE(program.program().screen().toasts.empty());
    CHECK(program.program().screen().toasts.back().title.find("millrace serve") != std::string::npos);
}

TEST_CASE("home: no title of a lesson is cut at any size") {
    const HomeVm home = make_home(read_shelf(""));
    for (const PictureOptions& size : {PictureOptions{1280, 720, ThemeName::dark, 1},
                                       {800, 600, ThemeName::dark, 1},
                                       {1280, 720, ThemeName::dark, 1.5f},
                                       {3840, 2160, ThemeName::dark, 1}}) {
        ScreenVm vm;
        vm.at_home = vm.top_bar.home = true;
        vm.home = home;
        drive::ScreenDriver ui(vm, size);
        INFO(size.width << " x " << size.height << " at " << size.scale);
        CHECK(to_text(check_frame(ui.last())) == "");
        std::string all;
        for (const TextMark& mark : ui.last().marks) all += mark.text + " ";
        for (const HomeLevelVm& level : home.levels)
            for (const HomeLessonVm& lesson : level.lessons)
                for (std::size_t from = 0; from < lesson.title.size();
                     from = std::min(lesson.title.find(' ', from), lesson.title.size() - 1) + 1)
                    CHECK(all.find(lesson.title.substr(from, lesson.title.find(' ', from) - from)) !=
                          std::string::npos);
    }
}

TEST_CASE("a step to a station that never comes ends, and says so") {
    ProgramDriver ui;
    ui.act(UiVerb::open_lesson, "407-watermark");
    ui.follow_to("");
    const sim::Nanos before = ui.lab().run().clock();
    ui.act(UiVerb::step_forward, "", "record");
    CHECK_FALSE(ui.program().moving());
    CHECK(ui.lab().run().clock() <= before + lab::kLongestSearch);
    CHECK(ui.lab().searched_in_vain());
    REQUIRE_FALSE(ui.program().screen().toasts.empty());
    CHECK(ui.program().screen().toasts.back().title == "None came");
}

TEST_CASE("right after an act in the past the Twin view shows it as the first difference") {
    ProgramDriver ui;
    ui.act(UiVerb::open_lesson, "303-rebalance");
    ui.follow_to("");
    ui.line("restart b");
    ui.line("wait 8s");
    ui.act(UiVerb::step_back, "", "stop");
    ui.line("kill a");
    ui.act(UiVerb::open_view, "", "Twin");
    const TwinVm& twin = ui.program().screen().twin;
    REQUIRE_FALSE(twin.rows.empty());
    CHECK(twin.rows.front().first_difference);
    CHECK(twin.rows.front().left.text == "You: kill a");
}

TEST_CASE("the events of this moment are in sight, also where the pane is low") {
    ProgramDriver ui;
    open_204(ui);
    ui.act(UiVerb::open_drawer, "", "Events");
    ui.follow_to("who");
    ui.frame(), ui.frame();
    const FrameResult frame = ui.frame();
    const EventsVm& vm = ui.program().screen().events;
    REQUIRE(vm.rows_now > 0);
    const EventRowVm& last = vm.rows[vm.rows_now - 1];
    CHECK(std::ranges::any_of(frame.marks, [&](const TextMark& mark) {
        return mark.text == last.step && mark.box.y > 596 && intersect(mark.box, mark.clip).h > 4;
    }));
}
