#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>
#include <imgui.h>

#include "app/ui/draw_check.h"
#include "app/ui/sheet/component_sheet.h"
#include "app/ui/shell/keys.h"
#include "app/ui/widgets/feedback.h"
#include "tests/app/ui/frame_driver.h"
#include "tests/app/ui/sample_screen.h"

using namespace app;
using namespace app::ui;
using drive::ScreenDriver;

namespace {

struct Size2 {
    i32 width, height;
    float scale;
};
constexpr Size2 kSizes2[] = {{1280, 720, 1},  {1280, 720, 0.75f}, {1280, 720, 1.25f}, {1280, 720, 1.5f},
                             {1280, 720, 2},  {1280, 720, 2.5f},  {800, 600, 1},      {640, 400, 1},
                             {1920, 1080, 1}, {3840, 2160, 1},    {3840, 2160, 2.5f}};

std::string flaws_at(const ScreenVm& vm, const Size2& size, ThemeName theme) {
    ScreenDriver ui(vm, {size.width, size.height, theme, size.scale});
    return to_text(check_frame(ui.last()));
}

PredictionVm answered_wrong() {
    PredictionVm vm;
    vm.id = "who";
    vm.stop = "stop 2";
    vm.ask = "Which broker leads next?";
    vm.state = PredictionState::wrong;
    vm.said = "broker 3";
    vm.run_says = "broker 2";
    vm.because = "The controller walks the assignment 1, 2, 3 and takes the first broker that is alive and in the ISR.";
    vm.links = {{"go", "go to step 471", false}, {"twin", "run it with broker 3 ahead", true}};
    return vm;
}

}  // namespace

TEST_CASE("no text is cut, no label covers another, no id occurs twice, at any size, scale and theme") {
    for (const Size2& size : kSizes2) {
        for (const ThemeName theme : kThemeNames) {
            INFO(size.width << " x " << size.height << " at " << size.scale << " " << to_string(theme));
            CHECK(flaws_at(sample::leader_failover(), size, theme) == "");
            CHECK(flaws_at(sample::home(), size, theme) == "");
        }
    }
}

TEST_CASE("every pane that narrow screens turn into a tab is whole") {
    for (const char* view : {"Lesson", "Stage", "What changed", "Transcript", "Partitions", "Znodes", ""}) {
        ScreenVm vm = sample::leader_failover();
        vm.transcript.rows = {{TranscriptKind::heading, "", "", "The leader dies"},
                              {TranscriptKind::fact, "fact 7.0", "12:00:03.623", "broker 1 is killed"}};
        vm.view = view;
        for (const Size2& size : kSizes2) {
            INFO(view << " " << size.width << " x " << size.height << " at " << size.scale);
            CHECK(flaws_at(vm, size, ThemeName::dark) == "");
        }
    }
}

TEST_CASE("the component sheet has no flaw in any theme") {
    for (const ThemeName theme : kThemeNames) {
        drive::Driver ui({kSheetWidth, kSheetHeight, theme, 1});
        ui.draw = draw_components;
        ui.settle();
        CHECK(to_text(check_frame(ui.last())) == "");
    }
}

TEST_CASE("a cluster of nine brokers stays readable and cheap") {
    for (const int brokers : {0, 1, 2, 3, 5, 9}) {
        ScreenDriver ui(sample::wide_cluster(brokers, 40));
        INFO(brokers);
        CHECK(to_text(check_frame(ui.last())) == "");
        CHECK(ImGui::GetDrawData()->TotalVtxCount < 40'000);
    }
}

TEST_CASE("closer, the cells of a tape show key and time") {
    ScreenVm vm = sample::leader_failover();
    vm.stage.zoom = StageZoom::tape;
    vm.view = "Stage";
    for (BrokerCardVm& broker : vm.stage.brokers) {
        for (TapeCell& cell : broker.tapes[0].cells) cell.key = "customer-2", cell.time = "5.040";
        broker.tapes[0].epochs = {{0, 0}, {9, 1}};
    }
    ScreenDriver ui(vm, {1920, 1080, ThemeName::dark, 1});
    CHECK(to_text(check_frame(ui.last())) == "");
    bool shown = false;
    for (const TextMark& mark : ui.last().marks) shown = shown || mark.text.starts_with("cust");
    CHECK(shown);
}

TEST_CASE("the open question is seen at every size") {
    for (const Size2& size : kSizes2) {
        for (const char* view : {"Partitions", "Lesson"}) {
            ScreenVm vm = sample::leader_failover();
            vm.view = view;
            ScreenDriver ui(vm, {size.width, size.height, ThemeName::dark, size.scale});
            bool seen = false;
            for (const TextMark& mark : ui.last().marks) {
                seen = seen || (mark.text.starts_with("What lets") && intersect(mark.box, mark.clip).h > 6);
            }
            INFO(view << " " << size.width << " x " << size.height << " at " << size.scale);
            CHECK(seen);
        }
    }
}

TEST_CASE("an answered question shows both answers, why, and ways to see it") {
    ScreenVm vm = sample::leader_failover();
    vm.lesson.predictions = {answered_wrong()};
    ScreenDriver ui(vm);
    CHECK(to_text(check_frame(ui.last())) == "");
    CHECK(ui.click("run it with broker 3 ahead"));
    CHECK(ui.asked(UiVerb::follow_link, "twin", "who"));
}

TEST_CASE("choosing and locking in come back as actions and change nothing by themselves") {
    ScreenDriver ui(sample::leader_failover());
    const u64 before = digest(ui.offscreen().picture());
    CHECK(ui.click("Broker 1 comes back"));
    CHECK(ui.asked(UiVerb::choose_answer, "ack", "back"));
    CHECK(ui.click("lock in"));
    CHECK(ui.asked(UiVerb::lock_in, "ack"));
    ui.move_to({-1, -1});
    CHECK(digest(ui.offscreen().picture()) == before);
}

TEST_CASE("the transport asks for steps of the same size in both directions") {
    ScreenDriver ui(sample::leader_failover());
    CHECK(ui.click("step back"));
    CHECK(ui.click("step forward"));
    CHECK(ui.asked(UiVerb::step_back, {}, "event"));
    CHECK(ui.asked(UiVerb::step_forward, {}, "event"));
    CHECK(ui.find("step back")->rect.w == ui.find("step forward")->rect.w);
}

TEST_CASE("dragging on the timeline scrubs") {
    ScreenDriver ui(sample::leader_failover());
    ui.click(ImVec2{410, 660});
    bool scrubbed = false;
    for (const UiAction& action : ui.actions) {
        scrubbed = scrubbed || (action.verb == UiVerb::go_to_time && action.number > 4'900'000'000 &&
                                action.number < 5'100'000'000);
    }
    CHECK(scrubbed);
}

TEST_CASE("a right click on a broker asks for its menu, and the menu says why a verb is off") {
    ScreenDriver ui(sample::leader_failover());
    const Target* card = ui.find("stage/broker 1");
    REQUIRE(card != nullptr);
    ui.right_click({card->rect.x + 20, card->rect.y + 10});
    CHECK(ui.asked(UiVerb::open_menu, "broker 1"));
    ui.screen.menu = {"broker 1", {{"restart", "Restart", "Enter", {}, {}}, {"kill", "Kill", {}, "already dead", {}}}};
    ui.settle();
    CHECK(to_text(check_frame(ui.last())) == "");
    CHECK(ui.click("menu/Kill"));
    CHECK_FALSE(ui.asked(UiVerb::run_verb, "broker 1", "kill"));
    CHECK(ui.click("menu/Restart"));
    CHECK(ui.asked(UiVerb::run_verb, "broker 1", "restart"));
    ui.press({Key::escape});
    CHECK(ui.asked(UiVerb::close_overlay));
}

TEST_CASE("every global key asks for what the key sheet says") {
    ScreenDriver ui(sample::leader_failover());
    for (const KeyBinding& binding : key_bindings()) {
        if (binding.key.key == Key::tab || binding.key.key == Key::digit_1) continue;   // taken by controls
        ui.actions.clear();
        ui.press(binding.key);
        INFO(binding.shown);
        CHECK(ui.asked(binding.verb, {}, binding.argument));
    }
    CHECK(key_help().size() == key_bindings().size());
}

TEST_CASE("Space presses the control that has the keyboard and does not run the world") {
    ScreenDriver ui(sample::leader_failover());
    while (ui.focused_name() != "top bar/keys") ui.press({Key::tab});
    ui.actions.clear();
    ui.press({Key::space});
    CHECK(ui.asked(UiVerb::open_help));
    CHECK_FALSE(ui.asked(UiVerb::play_or_pause));
}

TEST_CASE("palette and key sheet are whole on small and large screens") {
    for (const Size2& size : kSizes2) {
        ScreenVm vm = sample::leader_failover();
        vm.palette.open = true;
        vm.palette.rows = {{"Do", "Kill broker 2", "K", "kill 2", true},
                           {"Do", "Kill broker 1", "already dead", "kill 1", false}};
        INFO(size.width << " x " << size.height << " at " << size.scale);
        CHECK(flaws_at(vm, size, ThemeName::dark) == "");
        vm.palette.open = false;
        vm.help_open = true;
        vm.keys = key_help();
        CHECK(flaws_at(vm, size, ThemeName::dark) == "");
        vm.help_open = false;
        vm.work = {{"Running to the first answer", 620, "step 301 400 of about 486 000"}};
        vm.toasts = {{"New branch: acks=1", "The old future stays on main. Ctrl+Z goes back.", false}};
        CHECK(flaws_at(vm, size, ThemeName::dark) == "");
    }
}

TEST_CASE("the same frame is the same picture") {
    CHECK(digest(render_components({})) == digest(render_components({})));
}

namespace {

ZnodesVm sample_znodes() {
    ZnodesVm vm;
    vm.sentence = "ZooKeeper's tree. An ephemeral node goes when its session ends.";
    vm.rows = {{"/brokers", "brokers", 0, true, true, ZnodeKind::persistent, {}, 0, false, false},
               {"/brokers/ids", "ids", 1, true, true, ZnodeKind::persistent, {}, 1, false, false},
               {"/brokers/ids/2", "2", 2, false, false, ZnodeKind::ephemeral, "session 2", 0, false, false},
               {"/controller", "controller", 0, false, false, ZnodeKind::ephemeral, "session 3", 3, true, true}};
    vm.path = "/controller";
    vm.data = "{\"version\":1,\"brokerid\":3,\"timestamp\":\"10200\"}";
    vm.version = "version 0, zxid 41";
    vm.watchers = {"broker 2"};
    vm.sessions = {{"session 1", "broker 1", false, {}, 0, "expired at 10.200"},
                   {"session 2", "broker 2", true, "4.2 s left", 700, "1 ephemeral node"}};
    return vm;
}

EventsVm sample_events() {
    EventsVm vm;
    vm.sentence = "Everything that happened, oldest first. Click a line to go there.";
    vm.rows = {{"fact 312.0", "5.060", "312", "broker 1", "is killed", false, true},
               {"fact 486.0", "10.502", "486", "broker 2", "parks a produce request of shop: waits for HW 10",
                true, false}};
    vm.rows_before = 310;
    vm.matching = vm.total = 486;
    return vm;
}

}  // namespace

TEST_CASE("Znodes and Events are whole at every size, as views and in the drawer") {
    for (const Size2& size : kSizes2) {
        for (const char* view : {"Znodes", "Events"}) {
            ScreenVm vm = sample::leader_failover();
            vm.views.push_back({"Events", false});
            vm.view = view;
            vm.znodes = sample_znodes();
            vm.events = sample_events();
            vm.timeline.tab = "Events";
            INFO(view << " " << size.width << " x " << size.height << " at " << size.scale);
            CHECK(flaws_at(vm, size, ThemeName::light) == "");
        }
    }
}

TEST_CASE("a znode folds and an event goes to its moment") {
    ScreenVm vm = sample::leader_failover();
    vm.view = "Znodes";
    vm.znodes = sample_znodes();
    vm.timeline.tab = "Events";
    vm.events = sample_events();
    ScreenDriver ui(vm);
    CHECK(ui.click("tree//brokers"));
    CHECK(ui.asked(UiVerb::fold, "/brokers"));
    CHECK(ui.click("rows/fact 312.0"));
    CHECK(ui.asked(UiVerb::select, "fact 312.0"));
}

TEST_CASE("hovering over a symbol says its name and key, over an object what is known of it") {
    ScreenDriver ui(sample::leader_failover());
    const Target* back = ui.find("transport/step back");
    REQUIRE(back != nullptr);
    ui.move_to({back->rect.mid_x(), back->rect.mid_y()});
    ui.settle();
    const auto shows = [&ui](std::string_view words) {
        for (const TextMark& mark : ui.last().marks) {
            if (mark.text == words) return true;
        }
        return false;
    };
    CHECK(shows("Step back"));
    const Target* cell = ui.find("orders-0/2 offset 9");
    REQUIRE(cell != nullptr);
    ui.move_to({cell->rect.mid_x(), cell->rect.mid_y()});
    ui.settle();
    CHECK(ui.state.hovered == "orders-0/2 offset 9");
    ui.screen.hover = {"orders-0/2 offset 9", "offset 9, order 9", "epoch 0, sequence 9",
                       "Not committed: broker 3 has not asked for offset 10 yet."};
    ui.settle();
    CHECK(shows("offset 9, order 9"));
    CHECK(to_text(check_frame(ui.last())) == "");
}

TEST_CASE("a toast grows with its lines and shows the caret of a long one below its place") {
    ScreenVm vm = sample::leader_failover();
    const std::string sql =
        "SELECT leader, count(*), max(leader_epoch) FROM partitions WHERE topic = 'orders' AND nonsense = 4";
    vm.toasts = {{"This cannot be waited for",
                  "no such column: nonsense\n" + sql + "\n" + std::string(sql.find("nonsense"), ' ') + "^", true},
                 {"Done", "One line.", false}};
    CHECK(toast_height(vm.toasts[0]) > toast_height(vm.toasts[1]));
    ScreenDriver ui(vm);
    CHECK(to_text(check_frame(ui.last())) == "");
    float name = -1, caret = -1;
    for (const TextMark& mark : ui.last().marks) {
        const std::size_t at = mark.text.find("nonsense = 4"), place = mark.text.find('^');
        const float letter = mark.box.w / static_cast<float>(std::max<std::size_t>(1, mark.text.size()));
        if (at != std::string::npos) name = mark.box.x + letter * static_cast<float>(at);
        if (place != std::string::npos && mark.text.find_first_not_of(" ^") == std::string::npos)
            caret = mark.box.x + letter * static_cast<float>(place);
    }
    REQUIRE(name >= 0);
    CHECK(std::abs(name - caret) < 2);
}

TEST_CASE("the card of a lesson's mistake never cuts the name that is wrong") {
    ScreenVm vm = sample::leader_failover();
    vm.lesson.error = {"Unknown key 'min_insync_replicas_of_all'",
                       "204-leader-dies.toml 31:27",
                       "31",
                       "min_insync_replicas_of_all = 2",
                       0,
                       26,
                       "min_insync_replicas",
                       "The lesson runs as it was read last."};
    ScreenDriver ui(vm);
    CHECK(to_text(check_frame(ui.last())) == "");
    bool whole = false;
    for (const TextMark& mark : ui.last().marks)
        whole = whole || mark.text.find("'min_insync_replicas_of_all'") != std::string::npos;
    CHECK(whole);
}
