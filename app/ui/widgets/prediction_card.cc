#include "app/ui/widgets/prediction_card.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/rich_text.h"
#include "app/ui/widgets/button.h"

namespace app::ui {
namespace {

/// The card is measured first with `draw` false, then drawn: its height depends on wrapped text.
struct Card {
    Ui& ui;
    float x, top, width, y;
    bool draw;

    // Narrow cards are read in the lesson pane: their rows stand further apart and start further left.
    [[nodiscard]] bool narrow() const { return width < 300; }
    [[nodiscard]] float row_height() const { return narrow() ? 34 : 32; }
    [[nodiscard]] float symbol_x(const Rect& row) const { return row.x + (narrow() ? 16.0f : 18.0f); }
    [[nodiscard]] float words_x(const Rect& row) const { return row.x + (narrow() ? 32.0f : 36.0f); }
    [[nodiscard]] float words_width() const { return width - 20 - 6 - (narrow() ? 32.0f : 36.0f); }
    [[nodiscard]] float inner() const { return width - 2 * kPad; }
    [[nodiscard]] const Theme& theme() const { return *ui.canvas.theme; }
};

struct Verdict {
    std::string_view word;
    Colour colour = 0;
    Colour edge = 0;
};

Verdict verdict_of(const Theme& theme, PredictionState state) {
    switch (state) {
        case PredictionState::open: return {"Predict", theme.now, theme.now_edge};
        case PredictionState::running: return {"Locked in", theme.now, theme.now_edge};
        case PredictionState::right: return {"Right", theme.good.edge, theme.good.edge};
        case PredictionState::wrong: return {"Not this time", theme.late.edge, theme.late.edge};
    }
    return {};
}

void head(Card& card, const PredictionVm& vm) {
    if (card.draw) {
        const Verdict verdict = verdict_of(card.theme(), vm.state);
        const Rect bar{card.x, card.top + 13, 3, 20};
        if (verdict.edge != verdict.colour) outline(card.ui.canvas, bar.inset(-1), verdict.edge, 1);
        fill(card.ui.canvas, bar, verdict.colour, 1);
        text(card.ui.canvas, card.x + kPad, card.top + 23, {Face::semibold, Size::label}, card.theme().mid,
             verdict.word);
        text(card.ui.canvas, card.x + card.width - kPad + 2, card.top + 23, {Face::mono, Size::hint},
             card.theme().low, vm.stop, Align::right);
    }
    card.y = card.top + 36;
    card.y += wrapped(card.ui.canvas, card.x + kPad, card.y, card.inner(), {Face::semibold, Size::question},
                      card.theme().ink, vm.ask, card.draw);
    card.y += 6;
}

float words_height(Card& card, Type type, std::string_view words) {
    return wrapped(card.ui.canvas, 0, 0, card.words_width(), type, 0, words, false);
}

constexpr std::size_t kMostDigits = 9;

/// The n-th choice is taken with the digit n too.
bool digit_pressed(Ui& ui, std::size_t place) {
    return place < kMostDigits && take_free_key(ui, {static_cast<Key>(static_cast<std::size_t>(Key::digit_1) + place)});
}

void choice(Card& card, const PredictionVm& vm, std::size_t place) {
    const ChoiceVm& choice = vm.choices[place];
    Canvas& canvas = card.ui.canvas;
    const Theme& theme = card.theme();
    const Type type{choice.chosen ? Face::semibold : Face::regular, Size::body};
    const float words = words_height(card, type, choice.text);
    const Rect row{card.x + 10, card.y + (card.row_height() - 30) / 2, card.width - 20, 11 + words};
    card.y += card.row_height() - 30 + row.h;
    if (!card.draw) return;
    const bool open = vm.state == PredictionState::open;
    const Response response = interact(card.ui, choice.text, row, {true, open});
    if (choice.chosen || response.hovered)
        fill(canvas, row, choice.chosen ? theme.raised : mix(theme.card, theme.raised, 128), radius::button);
    if (choice.chosen) outline(canvas, row, theme.ctl, radius::button);
    icon(canvas, choice.chosen ? Icon::radio_on : Icon::radio_off, {card.symbol_x(row), row.mid_y()},
         choice.chosen ? theme.ink : theme.ctl);
    wrapped(canvas, card.words_x(row), row.mid_y() - words / 2, card.words_width(), type,
            choice.chosen ? theme.ink : theme.mid, choice.text);
    if (response.focused) focus_ring(canvas, row.inset(3), radius::chip);
    if (response.clicked || (open && digit_pressed(card.ui, place)))
        act(card.ui, UiVerb::choose_answer, vm.id, choice.value);
}

void answer_row(Card& card, Icon symbol, const Tone& tone, std::string_view words) {
    Canvas& canvas = card.ui.canvas;
    const Type type{Face::semibold, Size::body};
    const float height = words_height(card, type, words);
    const Rect row{card.x + 10, card.y, card.width - 20, 12 + height};
    card.y += row.h + 4;
    if (!card.draw) return;
    fill(canvas, row, tone.fill, radius::button);
    outline(canvas, row, tone.edge, radius::button);
    icon(canvas, symbol, {card.symbol_x(row), row.mid_y()}, tone.edge, symbol == Icon::check ? 14 : 12);
    wrapped(canvas, card.words_x(row), row.mid_y() - height / 2, card.words_width(), type, card.theme().ink, words);
}

std::string choose_hint(const PredictionVm& vm) {
    return fmt::format("Choose 1–{}.", std::min(vm.choices.size(), kMostDigits));
}

void lock_in(Card& card, const PredictionVm& vm) {
    bool chosen = false;
    for (const ChoiceVm& c : vm.choices) chosen = chosen || c.chosen;
    const Rect rect{card.x + 12, card.y + 5, 112, 28};
    card.y += 44;
    if (!card.draw) return;
    Canvas& canvas = card.ui.canvas;
    const bool running = vm.state == PredictionState::running;
    const Response response = interact(card.ui, "lock in", rect, {true, chosen && !running});
    draw_button(canvas, rect, running ? "Running" : "Lock in and run", ButtonLook::primary,
                state_of(response, chosen && !running));
    const Type hint{Face::regular, Size::label};
    const float x = rect.right() + 14, room = card.x + card.width - 12 - x;
    if (!chosen) text_within(canvas, x, rect.mid_y(), room, hint, card.theme().mid, choose_hint(vm));
    else if (room > 190) text(canvas, x, rect.mid_y(), hint, card.theme().mid, "You can step back and look first.");
    else text(canvas, x - 2, rect.mid_y(), {Face::mono, Size::hint}, card.theme().low, "Enter");
    if (response.clicked) act(card.ui, UiVerb::lock_in, vm.id);
}

void because(Card& card, const PredictionVm& vm) {
    if (vm.because.empty()) return;
    const std::string words = vm.state == PredictionState::wrong ? "**Why.** " + vm.because : vm.because;
    card.y += 2 + markdown(card.ui.canvas, card.x + kPad, card.y + 2, card.inner(), words,
                           body_style(card.theme()), card.draw);
}

void links(Card& card, const PredictionVm& vm) {
    if (vm.links.empty()) {
        card.y += 14;
        return;
    }
    card.y += 8;
    float x = card.x + kPad;
    for (const CardLinkVm& entry : vm.links) {
        const float width = text_width(card.ui.canvas, {Face::semibold, Size::hint}, entry.text) + 30;
        if (x + width > card.x + card.width - 12 && x > card.x + kPad) {
            x = card.x + kPad;
            card.y += 28;
        }
        bool clicked = false;
        if (card.draw)
            link_chip(card.ui, x, card.y, entry.branches ? Icon::branch : Icon::chevron, entry.text, clicked);
        if (clicked) act(card.ui, UiVerb::follow_link, entry.id, vm.id);
        x += width + 16;
    }
    card.y += 24 + 14;
}

float flow(Card& card, const PredictionVm& vm) {
    head(card, vm);
    if (vm.state == PredictionState::open || vm.state == PredictionState::running) {
        for (std::size_t i = 0; i < vm.choices.size(); ++i) choice(card, vm, i);
        lock_in(card, vm);
        return card.y - card.top;
    }
    if (vm.state == PredictionState::wrong) answer_row(card, Icon::cross, card.theme().late, "You said: " + vm.said);
    answer_row(card, Icon::check, card.theme().good,
               vm.state == PredictionState::wrong ? "The run says: " + vm.run_says : vm.run_says);
    because(card, vm);
    links(card, vm);
    return card.y - card.top;
}

}  // namespace

float prediction_card(Ui& ui, float x, float top, float width, const PredictionVm& vm) {
    const Scope scope(ui, "prediction " + vm.id);
    Card measure{ui, x, top, width, top, false};
    const float height = flow(measure, vm);
    fill(ui.canvas, {x, top, width, height}, ui.canvas.theme->card, radius::card);
    outline(ui.canvas, {x, top, width, height}, ui.canvas.theme->line, radius::card);
    Card card{ui, x, top, width, top, true};
    return flow(card, vm);
}

}  // namespace app::ui
