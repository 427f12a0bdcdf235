// What is on the screen, as files beside the sessions: a picture, a step as a film, the space-time diagram as a
// drawing.
#include "app/lab/host/files.h"
#include "app/ui/offscreen.h"
#include "app/ui/program/program.h"
#include "app/ui/raster/gif.h"
#include "app/ui/shell/screen.h"
#include "app/view_model/film.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/space_time_svg.h"

namespace app::ui {
namespace {

/// Drawn anew without a display: toasts, menus and the mouse are not in it.
Image picture_of(const ScreenVm& vm, const Look& look) {
    ScreenState state;
    ScreenVm clean = vm;
    clean.toasts.clear();
    clean.menu = {};
    clean.palette = {};
    return render({1280, 720, look.theme, 1},
                  [&](Ui& ui, const Rect& screen) { draw_screen(ui, screen, clean, state); });
}

}  // namespace

void Program::write_film(const std::string& path) {
    const u64 here = lab_->run().cursor();
    const sim::Nanos clock = lab_->run().clock();
    const auto& steps = lab_->following().steps;
    const u64 first = lab_->following().step < steps.size() ? steps[lab_->following().step].first_index
                                                            : lab_->run().timeline().first();
    std::vector<FilmFrame> frames;
    for (const u64 cursor : turning_points(lab_->run().history(), first, here)) {
        lab_->go_to(cursor);
        frames.push_back({picture_of(make_screen(snapshot()), look_)});
    }
    lab_->go_to(here);
    if (!lab_->at_head()) lab_->go_to_moment(clock);
    frames.push_back({picture_of(make_screen(snapshot()), look_), kFilmStop});
    if (const auto written = write_gif(frames, path); !written)
        return say("The film cannot be written", written.error(), true);
    say("This step is written as a film", path);
}

void Program::write_pictures(const std::string& what) {
    const std::string id(lab::without_extension(lab::file_name(lab_->session().path)));
    const char* ending = what == "film" ? "gif" : what == "drawing" ? "svg" : "png";
    const std::string path = options_.workspace.empty() ? "" : lab::new_picture_path(options_.workspace, id, ending);
    if (path.empty()) return say("There is no folder to save to", "Set MILLRACE_HOME to one.", true);
    if (what == "film") return write_film(path);
    if (what == "drawing") {
        const Snapshot at = snapshot();
        const std::string wrong = lab::write_file(path, space_time_svg(make_space_time(Scene(at))));
        return wrong.empty() ? say("The space-time diagram is written", path)
                             : say("The drawing cannot be written", wrong, true);
    }
    const auto written = write_png(picture_of(make_screen(snapshot()), look_), path);
    if (!written) return say("The picture cannot be written", written.error(), true);
    say("This picture is written", path);
}

}  // namespace app::ui
