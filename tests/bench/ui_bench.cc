// What a frame costs: the screen as data, and its draw lists. Budget: together under 4 ms and at most 40 000 vertices
// with nine brokers, a hundred partitions and 100 000 events in the log.
#include <benchmark/benchmark.h>
#include <imgui.h>

#include "app/ui/offscreen.h"
#include "app/ui/shell/screen.h"
#include "tests/bench/large_run.h"

namespace {

using namespace app;

using tests::large_run;
using tests::LargeRun;

void frame_with_nine_brokers(benchmark::State& bench) {
    LargeRun& run = large_run();
    ui::Offscreen offscreen({1920, 1080, ui::ThemeName::dark, 1});
    ui::ScreenState state;
    int vertices = 0;
    for (auto _ : bench) {
        const ScreenVm vm = make_screen(run.snapshot());
        offscreen.frame({}, [&](ui::Ui& ui, const ui::Rect& screen) { draw_screen(ui, screen, vm, state); });
        vertices = ImGui::GetDrawData()->TotalVtxCount;
    }
    bench.counters["vertices"] = vertices;
}
BENCHMARK(frame_with_nine_brokers)->Unit(benchmark::kMillisecond);

void screen_as_data(benchmark::State& bench) {
    LargeRun& run = large_run();
    for (auto _ : bench) benchmark::DoNotOptimize(make_screen(run.snapshot()));
}
BENCHMARK(screen_as_data)->Unit(benchmark::kMillisecond);

/// From a drag of the timeline to a world of another moment and its screen: budget 50 ms.
void scrub_preview(benchmark::State& bench) {
    LargeRun& run = large_run();
    const auto head = run.run->timeline().branch().head, first = run.run->timeline().first();
    sim::u64 at = head;
    for (auto _ : bench) {
        at = first + (at - first + 37'777) % (head - first);
        run.run->seek(at);
        run.before = world_before(*run.run);
        benchmark::DoNotOptimize(make_screen(run.snapshot()));
    }
    run.run->seek(head);
}
BENCHMARK(scrub_preview)->Unit(benchmark::kMillisecond);

}  // namespace
