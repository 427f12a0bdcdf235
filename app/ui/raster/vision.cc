#include "app/ui/raster/vision.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace app::ui {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

/// In linear RGB, for a cone that is missing altogether (Machado, Oliveira and Fernandes, 2009).
constexpr Matrix kProtan = {
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kDeutan = {
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix kTritan = {
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};
/// From linear sRGB to XYZ, each row divided by its white.
constexpr Matrix kXyz = {
    {{0.433953, 0.376219, 0.189828}, {0.212671, 0.715160, 0.072169}, {0.017758, 0.109477, 0.872765}}};

Vector times(const Matrix& matrix, const Vector& v) {
    Vector out{};
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column) out[row] += matrix[row][column] * v[column];
    return out;
}

double linear(u32 byte) {
    const double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

u32 byte_of(double c) {
    const double kept = std::clamp(c, 0.0, 1.0);
    const double out = kept <= 0.0031308 ? kept * 12.92 : 1.055 * std::pow(kept, 1 / 2.4) - 0.055;
    return static_cast<u32>(std::lround(out * 255));
}

Vector linear_of(u32 colour) {
    return {linear(colour & 0xff), linear(colour >> 8 & 0xff), linear(colour >> 16 & 0xff)};
}

Vector lab_of(u32 colour) {
    Vector f = times(kXyz, linear_of(colour));
    for (double& t : f) t = t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116;
    return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

}  // namespace

std::string_view to_string(Vision vision) {
    constexpr std::string_view kNames[] = {"full", "protan", "deutan", "tritan"};
    return kNames[static_cast<std::size_t>(vision)];
}

std::optional<Vision> vision_named(std::string_view name) {
    const auto found = std::ranges::find(kVisions, name, [](Vision vision) { return to_string(vision); });
    return found == std::end(kVisions) ? std::nullopt : std::optional(*found);
}

u32 seen_as(u32 colour, Vision vision) {
    if (vision == Vision::full) return colour;
    const Vector seen = times(vision == Vision::protan   ? kProtan
                              : vision == Vision::deutan ? kDeutan
                                                         : kTritan,
                              linear_of(colour));
    return (colour & 0xff000000u) | byte_of(seen[2]) << 16 | byte_of(seen[1]) << 8 | byte_of(seen[0]);
}

Image seen_as(Image image, Vision vision) {
    std::unordered_map<u32, u32> known;
    for (u32& pixel : image.pixels) {
        const auto [at, fresh] = known.try_emplace(pixel, 0);
        if (fresh) at->second = seen_as(pixel, vision);
        pixel = at->second;
    }
    return image;
}

double distance(u32 a, u32 b, Vision vision) {
    const Vector p = lab_of(seen_as(a, vision)), q = lab_of(seen_as(b, vision));
    return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

}  // namespace app::ui
