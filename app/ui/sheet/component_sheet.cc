// Sections, top to bottom: brokers, tape, messages, icons, controls, feedback, floating things; right column:
// predictions, palette, words, colours.
#include "app/ui/sheet/component_sheet.h"

#include <fmt/format.h>

#include <cmath>

#include "app/ui/patterns.h"
#include "app/ui/widgets/broker_card.h"
#include "app/ui/widgets/button.h"
#include "app/ui/widgets/chip.h"
#include "app/ui/widgets/control.h"
#include "app/ui/widgets/fact_rows.h"
#include "app/ui/widgets/feedback.h"
#include "app/ui/widgets/floating.h"
#include "app/ui/widgets/goal_row.h"
#include "app/ui/widgets/prediction_card.h"
#include "app/ui/widgets/section.h"
#include "app/ui/widgets/tape.h"
#include "app/ui/widgets/wire.h"

namespace app::ui {
namespace {

constexpr float kLeft = 24, kLeftEnd = 836, kSecond = 440, kFirstEnd = 420, kRight = 868, kRightEnd = 1256;
constexpr Type kSmall{Face::regular, Size::label};

void section(Canvas& canvas, float left, float right, float y, std::string_view title, std::string_view sentence = {}) {
    fill(canvas, {left, y, right - left, 2}, mix(canvas.theme->bg, canvas.theme->ctl, 120));
    heading(canvas, left, y + 17, title, sentence);
}

// ---- brokers --------------------------------------------------------------------------------------

TapeVm sample_tape(ReplicaRole role, i64 high_watermark, i64 log_end, i32 empty) {
    TapeVm vm;
    vm.object = "sample";
    vm.role = role;
    for (i64 offset = 0; offset < log_end; ++offset) {
        TapeCell cell;
        cell.offset = offset;
        cell.state = offset < high_watermark ? CellState::committed : CellState::not_committed;
        vm.cells.push_back(cell);
    }
    vm.high_watermark = high_watermark;
    vm.log_end_offset = log_end;
    vm.empty_after = empty;
    return vm;
}

BrokerCardVm sample_broker(std::string name, ReplicaRole role, NodeHealth health, std::string status,
                           std::string note, TapeVm tape_vm) {
    BrokerCardVm vm;
    vm.object = name + " " + note;
    vm.name = std::move(name);
    vm.role = role;
    vm.health = health;
    vm.status = std::move(status);
    vm.note = std::move(note);
    vm.tapes.push_back(std::move(tape_vm));
    return vm;
}

std::vector<BrokerCardVm> sample_brokers() {
    using enum ReplicaRole;
    std::vector<BrokerCardVm> out{
        sample_broker("broker 2", leader, NodeHealth::alive, "leader", "leader, epoch 1",
                      sample_tape(leader, 5, 6, 2)),
        sample_broker("broker 3", in_sync, NodeHealth::alive, "in sync", "follower, controller",
                      sample_tape(in_sync, 5, 6, 2)),
        sample_broker("broker 3", out_of_sync, NodeHealth::alive, "out of sync",
                      "3 behind, left the ISR at 10.400", sample_tape(out_of_sync, 2, 3, 5)),
        sample_broker("broker 1", offline, NodeHealth::dead, "at 5.060", "last seen, frozen",
                      sample_tape(offline, 5, 6, 2)),
        sample_broker("broker 2", in_sync, NodeHealth::cut_off, "cut off", "alive, unreachable",
                      sample_tape(in_sync, 4, 5, 3)),
        sample_broker("broker 1", in_sync, NodeHealth::recovering, "recovering", "spotlight ring",
                      sample_tape(in_sync, 2, 5, 3))};
    out[1].controller = true;
    out[5].spotlight = true;
    return out;
}

void brokers(Ui& ui) {
    section(ui.canvas, kLeft, kLeftEnd, 67, "Broker card", "header: name, role, work. Body: one tape a replica.");
    const std::vector<BrokerCardVm> samples = sample_brokers();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Rect rect{i % 2 == 0 ? 24.0f : 438.0f, 105 + 84 * static_cast<float>(i / 2), 398, 73};
        broker_card(ui, rect, samples[i], StageZoom::broker, 112);
    }
}

// ---- tape -----------------------------------------------------------------------------------------

void sample_cell(Canvas& canvas, float x, std::string_view word, TapeCell cell, float width = 27) {
    draw_cell(canvas, {x, 415, width, 26}, cell, ReplicaRole::in_sync);
    text(canvas, x, 454, {Face::regular, Size::hint}, canvas.theme->mid, word);
}

void cells(Canvas& canvas) {
    using enum CellState;
    const auto cell = [](i64 offset, CellState state, i64 last = 0) {
        TapeCell out;
        out.offset = offset;
        out.last = last;
        out.state = state;
        return out;
    };
    TapeCell chosen = cell(7, committed);
    chosen.selected = true;
    sample_cell(canvas, 28, "committed", cell(7, committed));
    sample_cell(canvas, 102, "not yet", cell(8, not_committed));
    draw_next_cell(canvas, {176, 415, 27, 26});
    text(canvas, 189.5f, 428, {Face::mono, Size::hint}, canvas.theme->low, "9", Align::centre);
    text(canvas, 176, 454, {Face::regular, Size::hint}, canvas.theme->mid, "next");
    sample_cell(canvas, 250, "selected", chosen);
    sample_cell(canvas, 324, "aborted", cell(4, aborted));
    sample_cell(canvas, 398, "marker", cell(5, marker));
    sample_cell(canvas, 472, "tombstone", cell(6, tombstone));
    sample_cell(canvas, 546, "compacted", cell(6, compacted));
    sample_cell(canvas, 620, "batch of 5", cell(10, committed, 14), 53);
    fill(canvas, {719, 412, 3, 32}, canvas.theme->ink);
    text(canvas, 729, 418, {Face::regular, Size::hint}, canvas.theme->mid, "log start");
    text(canvas, 729, 433, {Face::regular, Size::hint}, canvas.theme->low, "bar, 3 px");
}

void mark_words(Canvas& canvas, float x, std::string_view name, std::string_view shape) {
    text(canvas, x, 483, {Face::semibold, Size::label}, canvas.theme->ink, name);
    text(canvas, x, 498, {Face::regular, Size::hint}, canvas.theme->low, shape);
}

void tape_section(Ui& ui) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    section(canvas, kLeft, kLeftEnd, 372, "Tape", "a cell is an offset, not a message");
    cells(canvas);
    hw_flag(canvas, 66, 474, 502, "HW 9", theme.strong, theme.on_strong);
    mark_words(canvas, 82, "High watermark", "solid flag, points left");
    leo_flag(canvas, 224, 474, 502, "LEO 10", theme.mid);
    mark_words(canvas, 278, "Log end offset", "hollow flag, points right");
    lso_flag(canvas, 463, 482, "LSO 9");
    dashed_line(canvas, {463, 472}, {463, 486}, kDotted, theme.mid, stroke::link);
    mark_words(canvas, 474, "Last stable offset", "dashed flag, below");
    epoch_line(canvas, 652, 472, 504, {});
    text(canvas, 646, 488, {Face::mono_bold, Size::hint}, theme.ink, "e1", Align::right);
    mark_words(canvas, 680, "Epoch starts here", "long dash, label e1");
}

// ---- messages -------------------------------------------------------------------------------------

void messages(Ui& ui) {
    section(ui.canvas, kLeft, kLeftEnd, 523, "Messages");
    constexpr std::string_view kWords[] = {"request", "reply",     "lost: ends in a cross",
                                           "delayed", "duplicate", "held by you"};
    constexpr MessageState kStates[] = {MessageState::flying, MessageState::flying, MessageState::lost,
                                        MessageState::delayed, MessageState::duplicate, MessageState::held};
    for (std::size_t i = 0; i < 6; ++i) {
        const float x = 28 + 134 * static_cast<float>(i);
        const std::vector<ImVec2> path = curve({x, 578}, {x + 36, 561}, {x + 72, 564}, {x + 105, 578});
        MessageVm message;
        message.kind = i == 1 ? MessageKind::reply : MessageKind::request;
        message.state = kStates[i];
        message.per_mille = i == 2 ? 610 : 530;
        busy_link(ui.canvas, path, message, ui.canvas.theme->mid);
        text(ui.canvas, x, 605, kSmall, ui.canvas.theme->mid, kWords[i]);
    }
}

// ---- icons ----------------------------------------------------------------------------------------

void icons(Ui& ui) {
    section(ui.canvas, kLeft, kLeftEnd, 632, "Icons", "polygons and lines only, 12 px box");
    constexpr Icon kShown[] = {Icon::crown,    Icon::star,   Icon::ring,    Icon::dashed_ring, Icon::cross,
                               Icon::triangle, Icon::square, Icon::flag,    Icon::check,       Icon::question,
                               Icon::bookmark, Icon::branch, Icon::warning, Icon::wait};
    const Theme& theme = *ui.canvas.theme;
    float x = 46;
    for (const Icon which : kShown) {
        icon(ui.canvas, which, {x, 679}, colour_of(theme, which), 15);
        text(ui.canvas, x, 702, {Face::regular, Size::hint}, theme.mid, meaning(which), Align::centre);
        x += 57.6f;
    }
}

// ---- controls -------------------------------------------------------------------------------------

void buttons(Canvas& canvas) {
    const auto plain = [&](float x, float width, std::string_view words, ButtonState state) {
        draw_button(canvas, {x, 768, width, 28}, words, ButtonLook::plain, state);
    };
    draw_button(canvas, {28, 768, 108, 28}, "Run to stop", ButtonLook::primary, {});
    plain(148, 96, "Step back", {});
    plain(256, 96, "Hovered", {true, false, false, true});
    plain(364, 96, "Focused", {false, false, true, true});
    plain(476, 110, "Elect broker 1", {false, false, false, false});
    text(canvas, 597, 782, kSmall, canvas.theme->mid, "broker 1 is dead");
}

void controls(Ui& ui) {
    Canvas& canvas = ui.canvas;
    section(canvas, kLeft, kLeftEnd, 727, "Controls", "focus ring: 2 px, 3 px away, never removed");
    buttons(canvas);
    draw_radio(canvas, 28, 828, "on", true);
    draw_radio(canvas, 84, 828, "off", false);
    draw_check_box(canvas, 148, 828, "unclean election", true);
    text(canvas, 310, 828, {Face::regular, Size::body}, canvas.theme->mid, "link delay");
    draw_slider(canvas, {380, 818, 120, 20}, 400);
    text(canvas, 512, 828, {Face::mono, Size::label}, canvas.theme->ink, "40 ms");
    draw_field(canvas, {580, 814, 120, 28}, "min.insync.re", true);
    chip(canvas, 716, 828, "acks=all");
}

// ---- feedback -------------------------------------------------------------------------------------

LessonErrorVm sample_error() {
    return {"Unknown name \"order-0\"",
            "07-leader.toml 31:27",
            "31",
            "spotlight = [\"broker 1\", \"order-0\"]",
            26,
            7,
            "orders-0",
            "The lesson does not load until fixed."};
}

void feedback(Ui& ui) {
    Canvas& canvas = ui.canvas;
    section(canvas, kLeft, kFirstEnd, 859, "Toasts");
    toast(canvas, {28, 898, kToastWidth, kToastHeight},
          {"New branch: acks=1", "The old future stays on main. Ctrl+Z goes back.", false});
    toast(canvas, {28, 956, kToastWidth, kToastHeight},
          {"DIVERGED at step 1 024", "Replay does not match the recording. Save and report it.", true});
    section(canvas, kSecond, kLeftEnd, 859, "Long work");
    long_work(canvas, 444, 902, 392,
              {"Running to the first answer of lesson 2.3", 620, "step 301 400 of about 486 000"}, 0);
    long_work(canvas, 444, 972, 392, {"Searching seeds for a lost order: 18 340 tried", -1, {}}, 0);
    section(canvas, kLeft, kFirstEnd, 1029, "Empty states", "say why, give the next act");
    empty_state(ui, {28, 1067, 188, 132}, {"No members", "billing keeps its offsets", "Add consumer", false});
    empty_state(ui, {228, 1067, 188, 132}, {"No records yet", "orders-0 ends at offset 0", "Produce one", true});
    section(canvas, kSecond, kLeftEnd, 1029, "Lesson file error");
    error_card(ui, 444, 1067, 392, sample_error());
}

// ---- floating -------------------------------------------------------------------------------------

void tooltips(Ui& ui, const Rect& screen) {
    section(ui.canvas, kLeft, kFirstEnd, 1221, "Tooltip");
    TapeCell cell;
    cell.offset = 9;
    cell.state = CellState::not_committed;
    const Rect anchor{135, 1250, 25, 24};
    draw_cell(ui.canvas, anchor, cell, ReplicaRole::in_sync);
    tooltip(ui.canvas, anchor, screen,
            {"offset 9, order 9", "epoch 0, sequence 9",
             "Not committed: broker 3 has not asked for offset 10 yet."});
    text(ui.canvas, 28, 1414, {Face::semibold, Size::label}, ui.canvas.theme->low, "Change row");
    change_row(ui, {28, 1427, 380, 27}, {"high watermark", "9", "10", false, {}});
    change_row(ui, {28, 1454, 380, 27}, {"ISR of orders-0", "1,2,3", "2,3", false, {}});
}

void menus(Ui& ui) {
    section(ui.canvas, kSecond, kLeftEnd, 1221, "Menu", "a verb that is off says why");
    const MenuVm vm{"broker 1",
                    {{"restart", "Restart", "Enter", {}, {}},
                     {"wipe", "Restart with an empty disk", {}, {}, {}},
                     {"kill", "Kill", {}, "already dead", {}},
                     {"pause", "Pause", {}, "already dead", {}},
                     {"cut", "Cut from broker 2", {}, {}, {}},
                     {"elect", "Elect as leader of orders-0", {}, "not in the ISR", {}},
                     {"znodes", "Show its znodes", {}, {}, {}}}};
    draw_menu(ui, {444, 1260}, vm, 0, 300);
}

// ---- right column ---------------------------------------------------------------------------------

void predictions(Ui& ui) {
    section(ui.canvas, kRight, kRightEnd, 67, "Prediction card");
    const std::string ask = "Which broker leads next?";
    PredictionVm open{
        "sheet open",
        "stop 2",
        ask,
        PredictionState::open,
        {{"2", "Broker 2", true}, {"3", "Broker 3", false}, {"0", "None until broker 1 is back", false}},
        {},
        {},
        {},
        {}};
    PredictionVm right{
        "sheet right",
        "stop 2",
        ask,
        PredictionState::right,
        {},
        {},
        "Broker 2",
        "First in the assignment 1, 2, 3 that is alive and in the ISR. Step 471 shows the election.",
        {}};
    PredictionVm wrong{"sheet wrong",
                       "stop 2",
                       ask,
                       PredictionState::wrong,
                       {},
                       "broker 3",
                       "broker 2",
                       "The controller walks the assignment 1, 2, 3 and takes the first broker that is alive "
                       "and in the ISR. How much data it has does not count.",
                       {{"go", "go to step 471", false}, {"twin", "run it with broker 3 ahead", true}}};
    float top = 106;
    for (const PredictionVm* vm : {&open, &right, &wrong})
        top += prediction_card(ui, kRight, top, kRightEnd - kRight, *vm) + 12;
}

void palette_section(Ui& ui) {
    section(ui.canvas, kRight, kRightEnd, 767, "Palette  Ctrl K");
    const PaletteVm vm{true,
                       "kill br",
                       {{"Do", "Kill broker 2", "K", "kill 2", true},
                        {"Do", "Kill broker 3", {}, "kill 3", true},
                        {"Do", "Kill broker 1", "already dead", "kill 1", false},
                        {"Go", "Stop 1: kill broker 1", "5.060 s", "stop 1", true},
                        {"Lesson", "When brokers lie: unclean election", "level 2", "206", true},
                        {"Help", "What a broker is", "F1", "help", true}},
                       0};
    draw_palette(ui, {kRight, 806, kRightEnd - kRight, palette_height(vm)}, vm, true);
}

void words(Ui& ui) {
    Canvas& canvas = ui.canvas;
    const Theme& theme = *canvas.theme;
    section(canvas, kRight, kRightEnd, 1128, "Status words");
    struct Word { Icon icon; Colour colour; std::string_view word, meaning; };
    const Word all[] = {{Icon::ring, theme.good.edge, "holds", "a goal that is true so far"},
                        {Icon::check, theme.good.edge, "reached", "a goal that stays reached"},
                        {Icon::cross, theme.late.edge, "broken at 10.9 s", "with a link to the step"},
                        {Icon::triangle, theme.late.edge, "dropped as late", "a row that was not counted"},
                        {Icon::square, theme.evicted, "evicted", "a window that left the state"},
                        {Icon::hatched, theme.mid, "not committed", "above the high watermark"}};
    float y = 1172;
    for (const Word& word : all) {
        icon(canvas, word.icon, {878, y}, word.colour, 13);
        text(canvas, 896, y, {Face::semibold, Size::label}, theme.ink, word.word);
        text(canvas, 1018, y, kSmall, theme.mid, word.meaning);
        y += 26;
    }
}

void swatch(Canvas& canvas, float x, float y, Colour colour, std::string_view word) {
    fill(canvas, {x, y - 12, 24, 24}, colour, radius::chip);
    if (colour == canvas.theme->now && canvas.theme->now_edge != colour)
        outline(canvas, {x, y - 12, 24, 24}, canvas.theme->now_edge, radius::chip);
    const std::string code =
        fmt::format("#{:02x}{:02x}{:02x}", colour & 0xffu, (colour >> 8) & 0xffu, (colour >> 16) & 0xffu);
    text(canvas, x + 34, y, kSmall, canvas.theme->mid, word);
    text(canvas, x + 184, y, {Face::mono, Size::hint}, canvas.theme->low, code, Align::right);
}

void colours(Ui& ui) {
    Canvas& canvas = ui.canvas;
    const Theme& t = *canvas.theme;
    section(canvas, kRight, kRightEnd, 1329, "Colour of meaning");
    swatch(canvas, 868, 1380, t.leader.fill, "leader");
    swatch(canvas, 1064, 1380, t.in_sync.edge, "in sync");
    swatch(canvas, 868, 1414, t.out_of_sync.edge, "out of sync");
    swatch(canvas, 1064, 1414, t.dead.edge, "dead");
    swatch(canvas, 868, 1448, t.controller, "controller");
    swatch(canvas, 1064, 1448, t.good.edge, "good, checkpoint");
    swatch(canvas, 868, 1482, t.late.edge, "late, broken");
    swatch(canvas, 1064, 1482, t.now, "now, look here");
}

}  // namespace

void draw_components(Ui& ui, const Rect& screen) {
    const Theme& theme = *ui.canvas.theme;
    const float title = text(ui.canvas, 24, 34, {Face::semibold, Size::home}, theme.ink, "Component sheet");
    text(ui.canvas, 36 + title, 39, {Face::regular, Size::body}, theme.mid,
         "Every state that a learner can meet. Shape and texture carry the meaning, colour repeats it.");
    brokers(ui);
    tape_section(ui);
    messages(ui);
    icons(ui);
    controls(ui);
    feedback(ui);
    tooltips(ui, screen);
    menus(ui);
    predictions(ui);
    palette_section(ui);
    words(ui);
    colours(ui);
    text(ui.canvas, 24, 1523, kSmall, theme.mid,
         "Every component works from the keyboard. Disabled is never silent. Nothing moves without simulated "
         "time moving.");
}

Image render_components(PictureOptions options) {
    options.width = static_cast<i32>(std::lround(kSheetWidth * options.scale));
    options.height = static_cast<i32>(std::lround(kSheetHeight * options.scale));
    return render(options, draw_components);
}

}  // namespace app::ui
