// What a frame costs: the screen as data, and its draw lists. Budget: together under 4 ms and at most 40 000 vertices
// with nine brokers, a hundred partitions and 100 000 events in the log.
#include <benchmark/benchmark.h>
#include <imgui.h>

#include <algorithm>

#include "app/lab/command/run_command.h"
#include "app/lab/play/player.h"
#include "app/lab/run/session.h"
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

/// A watermark lesson at its end: what the views of streams show something of.
struct StreamLesson {
    StreamLesson() : session(*lab::open_lesson("407-watermark", 7)) {
        lab::Player player(session->lesson, *session->run);
        lab::play_all(player);
        before = world_before(*session->run);
    }
    Snapshot snapshot() const { return tests::snapshot_of(*session->run, *before, copies, {}); }
    std::unique_ptr<lab::Session> session;
    std::unique_ptr<engine::World> before;
    std::shared_ptr<lab::Copies> copies = std::make_shared<lab::Copies>();
};

bool shows_streams(const std::string& title) {
    constexpr std::string_view kOfStreams[] = {"Query", "Event time", "State", "Unbounded table", "Checkpoint", "Code"};
    return std::ranges::find(kOfStreams, title) != std::end(kOfStreams);
}

/// The same budget with each view open.
void frame_of_view(benchmark::State& bench) {
    static StreamLesson streams;
    large_run();   // made before the clock runs
    Desk desk;
    desk.view = built_views().at(static_cast<std::size_t>(bench.range(0)));
    desk.view_asked_for = true;
    ui::Offscreen offscreen({1920, 1080, ui::ThemeName::dark, 1});
    ui::ScreenState state;
    int vertices = 0;
    for (auto _ : bench) {
        Snapshot at = shows_streams(desk.view) ? streams.snapshot() : large_run().snapshot();
        at.desk = desk;
        const ScreenVm vm = make_screen(at);
        offscreen.frame({}, [&](ui::Ui& ui, const ui::Rect& screen) { draw_screen(ui, screen, vm, state); });
        vertices = ImGui::GetDrawData()->TotalVtxCount;
    }
    bench.SetLabel(desk.view);
    bench.counters["vertices"] = vertices;
}
BENCHMARK(frame_of_view)
    ->DenseRange(0, static_cast<int>(built_views().size()) - 1)
    ->Unit(benchmark::kMillisecond);

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
