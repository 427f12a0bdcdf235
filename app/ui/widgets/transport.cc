#include "app/ui/widgets/transport.h"

#include "app/ui/widgets/button.h"

namespace app::ui {
namespace {

constexpr float kSmall = 28;
constexpr float kGap = 4;
constexpr float kPlay = 64;

bool play(Ui& ui, const Rect& rect, bool playing) {
    const Response response = interact(ui, "play", rect);
    draw_button(ui.canvas, rect, playing ? "Pause" : "Play", ButtonLook::primary, state_of(response),
                playing ? Icon::pause : Icon::play);
    return response.clicked;
}

}  // namespace

float transport(Ui& ui, float x, float top, const TopBarVm& vm) {
    const Scope scope(ui, "transport");
    const auto small = [&](Icon symbol, std::string_view word, bool enabled) {
        const bool clicked =
            icon_button(ui, {x, top, kSmall, kTransportHeight}, symbol, word, ButtonLook::bare, enabled);
        x += kSmall + kGap;
        return clicked;
    };
    if (small(Icon::stop_back, "previous stop", vm.can_step_back)) act(ui, UiVerb::step_back, {}, "stop");
    if (small(Icon::step_back, "step back", vm.can_step_back)) act(ui, UiVerb::step_back, {}, "event");
    if (play(ui, {x, top, kPlay + (vm.playing ? 10.0f : 0.0f), kTransportHeight}, vm.playing))
        act(ui, UiVerb::play_or_pause);
    x += kPlay + (vm.playing ? 10.0f : 0.0f) + kGap;
    if (small(Icon::step_forward, "step forward", vm.can_step_forward)) act(ui, UiVerb::step_forward, {}, "event");
    if (small(Icon::stop_forward, "next stop", vm.can_step_forward)) act(ui, UiVerb::step_forward, {}, "stop");
    return x - kGap;
}

}  // namespace app::ui
