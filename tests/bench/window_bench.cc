// What the real window costs on this machine's display, a virtual one if there is none (then OpenGL is software too).
// Budget: the first frame within 500 ms of the start, a frame within 40 ms of software OpenGL, a paused window below
// 1 % of a core.
#include <benchmark/benchmark.h>

#include <ctime>

#include "app/ui/program/window_command.h"
#include "app/ui/shell/screen.h"
#include "app/ui/window.h"
#include "tests/bench/large_run.h"
#include "tests/support/display.h"

namespace {

using namespace app;
using tests::large_run;

bool no_display(benchmark::State& bench) {
    std::string why;
    if (tests::have_display(why)) return false;
    bench.SkipWithError(why.c_str());
    return true;
}

/// From nothing to a lesson on the screen: fonts, window, program, lesson, one frame shown.
void first_frame(benchmark::State& bench) {
    if (no_display(bench)) return;
    for (auto _ : bench) {
        auto window = ui::Window::open({});
        if (!window) return bench.SkipWithError(window.error().c_str());
        ui::Program program({"", {}, ""});
        program.open_lesson("204", {});
        ui::WindowLoop loop(**window, program);
        while (loop.frames() == 0) loop.turn(0);
        benchmark::DoNotOptimize((*window)->capture());
    }
}
BENCHMARK(first_frame)->Unit(benchmark::kMillisecond)->UseRealTime();

void frame_in_the_window(benchmark::State& bench) {
    if (no_display(bench)) return;
    auto window = ui::Window::open({"Millrace", 1280, 720});
    if (!window) return bench.SkipWithError(window.error().c_str());
    const Snapshot at = large_run().snapshot();
    ui::ScreenState state;
    for (auto _ : bench) {
        const ScreenVm vm = make_screen(at);
        (*window)->frame([&](ui::Ui& ui, const ui::Rect& screen) { draw_screen(ui, screen, vm, state); });
    }
}
BENCHMARK(frame_in_the_window)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Ten seconds of a paused lesson: the share of a core that they took, in per mille.
void paused_window(benchmark::State& bench) {
    if (no_display(bench)) return;
    auto window = ui::Window::open({});
    if (!window) return bench.SkipWithError(window.error().c_str());
    ui::Program program({"", {}, ""});
    program.open_lesson("204", {});
    ui::WindowLoop loop(**window, program);
    for (int i = 0; i < 20; ++i) loop.turn(20);
    const std::clock_t before = std::clock();
    i64 waited = 0;
    for (auto _ : bench) {
        loop.turn(500);
        ++waited;
    }
    const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    bench.counters["per_mille_of_a_core"] = benchmark::Counter(seconds * 1000, benchmark::Counter::kIsRate);
    bench.counters["frames"] = static_cast<double>(loop.frames());
}
BENCHMARK(paused_window)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(10);

}  // namespace
