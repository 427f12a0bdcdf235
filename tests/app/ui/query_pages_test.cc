// The pages of a streaming query, drawn with made-up rows at all sizes. MILLRACE_PICTURES=FOLDER writes them as files.
#include <catch2/catch_test_macros.hpp>

#include <cstdlib>

#include "app/ui/draw_check.h"
#include "app/view_model/query_tables.h"
#include "tests/app/ui/frame_driver.h"
#include "tests/app/ui/sample_screen.h"
#include "tests/app/view_model/sample_query.h"

using namespace app;
using namespace app::ui;

namespace {

ScreenVm screen_with(const std::string& view, const QueryData& data) {
    ScreenVm vm = sample::leader_failover();
    vm.view = view;
    vm.view_asked_for = true;
    vm.views = {{"Partitions", false},      {"Query", false},      {"Event time", false}, {"State", false},
                {"Unbounded table", false}, {"Checkpoint", false}, {"Code", false}};
    vm.query = make_query(data);
    vm.event_time = make_event_time(data);
    vm.state = make_state(data);
    vm.unbounded = make_unbounded(data);
    vm.checkpoint = make_checkpoint(data, "");
    vm.code = make_code(data);
    return vm;
}

constexpr const char* kViews[] = {"Query", "Event time", "State", "Unbounded table", "Checkpoint", "Code"};

}  // namespace

TEST_CASE("pages of a query are whole at small, usual and large sizes, with rows and without") {
    const PictureOptions sizes[] = {{1280, 720, ThemeName::dark, 1},     {800, 600, ThemeName::light, 1},
                                    {1024, 640, ThemeName::dark, 1},     {1280, 720, ThemeName::projector, 1.25f},
                                    {3840, 2160, ThemeName::dark, 2.5f}, {1280, 720, ThemeName::light, 0.75f}};
    QueryData begun = tests::sample_query();
    begun.batches.resize(1);
    begun.input.clear();
    begun.windows.clear();
    begun.late_rows.clear();
    begun.sink_rows.clear();
    begun.tasks.clear();
    begun.plans.clear();
    for (const QueryData& data : {tests::sample_query(), begun, QueryData{}})
        for (const char* view : kViews)
            for (const PictureOptions& size : sizes) {
                INFO(view << " " << size.width << " x " << size.height << " at " << size.scale << ", "
                          << data.batches.size() << " batches");
                drive::ScreenDriver ui(screen_with(view, data), size);
                CHECK(to_text(check_frame(ui.last())) == "");
            }
}

TEST_CASE("pages of a query as pictures", "[.pictures]") {
    const char* folder = std::getenv("MILLRACE_PICTURES");
    REQUIRE(folder != nullptr);
    for (const char* view : kViews) {
        const ScreenVm vm = screen_with(view, tests::sample_query());
        ScreenState state;
        const Image image = render({1280, 720, ThemeName::dark, 1},
                                   [&](Ui& ui, const Rect& screen) { draw_screen(ui, screen, vm, state); });
        CHECK(write_png(image, fmt::format("{}/{}.png", folder, view)));
    }
}
