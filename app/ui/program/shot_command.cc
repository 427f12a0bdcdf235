#include "app/ui/program/shot_command.h"

#include <fmt/format.h>

#include <charconv>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/ui/raster/gif.h"
#include "app/ui/raster/vision.h"
#include "app/ui/sheet/component_sheet.h"
#include "app/ui/shell/keys.h"
#include "app/ui/shell/screen.h"
#include "app/view_model/space_time_svg.h"

namespace app::ui {
namespace {

constexpr i32 kSizeMin = 320, kSizeMax = 7680;

template <class Number>
std::optional<Number> whole(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::string_view without_percent(std::string_view text) {
    while (!text.empty() && (text.back() == '%' || text.back() == ' ')) text.remove_suffix(1);
    return text;
}

std::expected<PictureOptions, std::string> picture_options(const ShotOptions& options) {
    const auto theme = parse_theme(options.theme);
    if (!theme) return std::unexpected(theme.error());
    const auto scale = parse_scale(options.scale);
    if (!scale) return std::unexpected(scale.error());
    const auto size = parse_size(options.size);
    if (!size) return std::unexpected(size.error());
    return PictureOptions{size->width, size->height, *theme, *scale};
}

}  // namespace

std::expected<ThemeName, std::string> parse_theme(const std::string& text) {
    if (const auto theme = theme_named(text)) return *theme;
    return std::unexpected(fmt::format("there is no theme '{}'; there are: dark, light, projector", text));
}

std::expected<float, std::string> parse_scale(const std::string& text) {
    constexpr float kLargestFactor = 10;
    if (text.empty()) return 1.0f;
    const auto value = whole<float>(without_percent(text));
    const float scale = !value ? 0 : *value > kLargestFactor ? *value / 100 : *value;
    if (scale < kScaleMin || scale > kScaleMax)
        return std::unexpected(fmt::format("'{}' is no scale: give 0.75 to 2.5, or 75% to 250%", text));
    return scale;
}

std::expected<PixelSize, std::string> parse_size(const std::string& text) {
    if (text.empty()) return PixelSize{};
    const auto cross = text.find('x');
    const auto width = whole<i32>(std::string_view(text).substr(0, cross));
    const auto height =
        cross == std::string::npos ? std::nullopt : whole<i32>(std::string_view(text).substr(cross + 1));
    const auto fits = [](std::optional<i32> pixels) { return pixels && *pixels >= kSizeMin && *pixels <= kSizeMax; };
    if (!fits(width) || !fits(height))
        return std::unexpected(
            fmt::format("'{}' is no size: give WxH such as 1280x720, each {} to {}", text, kSizeMin, kSizeMax));
    return PixelSize{*width, *height};
}

Image draw_shot(const Shot& shot, const PictureOptions& options) {
    if (shot.kind == ShotKind::components) return render_components(options);
    ScreenState state;
    ScreenVm vm = shot.screen;
    vm.keys = key_help();
    return render(options, [&](Ui& ui, const Rect& screen) { draw_screen(ui, screen, vm, state); });
}

namespace {

/// A step as a film: a frame for each turning point, the stop for longer.
int film_command(const ShotOptions& options, const PictureOptions& picture) {
    const auto shots = prepare_film(options.request);
    if (!shots) return lab::complain(shots.error());
    std::vector<FilmFrame> frames;
    for (const Shot& shot : *shots) frames.push_back({draw_shot(shot, picture)});
    frames.back().centiseconds = kFilmStop;
    if (const auto written = write_gif(frames, options.output); !written) return lab::complain(written.error());
    return lab::kGood;
}

/// The space-time diagram as lines and words.
int drawing_command(const ShotOptions& options) {
    ShotRequest request = options.request;
    if (request.view.empty()) request.view = "space-time";
    if (request.view != "space-time")
        return lab::complain(fmt::format(
            "only the space-time view is drawn as SVG, not '{}'; give a name that ends in .png", request.view));
    const auto shot = prepare_shot(request);
    if (!shot) return lab::complain(shot.error());
    if (const std::string wrong = lab::write_file(options.output, space_time_svg(shot->screen.space_time));
        !wrong.empty())
        return lab::complain(wrong);
    return lab::kGood;
}

}  // namespace

int shot_command(const ShotOptions& options) {
    const auto picture = picture_options(options);
    if (!picture) return lab::complain(picture.error());
    if (options.output.ends_with(".gif")) return film_command(options, *picture);
    const auto vision = options.vision.empty() ? Vision::full : vision_named(options.vision);
    if (!vision)
        return lab::complain(
            fmt::format("there is no vision '{}'; there are: full, protan, deutan, tritan", options.vision));
    if (options.output.ends_with(".svg")) return drawing_command(options);
    const auto shot = prepare_shot(options.request);
    if (!shot) return lab::complain(shot.error());
    if (const auto written = write_png(seen_as(draw_shot(*shot, *picture), *vision), options.output); !written)
        return lab::complain(written.error());
    return lab::kGood;
}

}  // namespace app::ui
