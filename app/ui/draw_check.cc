#include "app/ui/draw_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ui {
namespace {

constexpr float kTolerance = 1.0f;

bool holds(const Rect& outer, const Rect& inner) {
    return inner.x >= outer.x - kTolerance && inner.y >= outer.y - kTolerance &&
           inner.right() <= outer.right() + kTolerance && inner.bottom() <= outer.bottom() + kTolerance;
}

std::string place(const Rect& r) { return fmt::format("({:.0f},{:.0f} {:.0f}x{:.0f})", r.x, r.y, r.w, r.h); }

/// Only what can be seen counts.
Rect visible(const TextMark& mark) { return intersect(mark.box, mark.clip); }

bool share_pixels(const Rect& a, const Rect& b) {
    const Rect common = intersect(a, b);
    return common.w > kTolerance && common.h > kTolerance;
}

}  // namespace

std::vector<Flaw> cut_texts(std::span<const TextMark> marks) {
    std::vector<Flaw> out;
    for (const TextMark& mark : marks) {
        if (mark.may_scroll || holds(mark.clip, mark.box)) continue;
        out.push_back({Flaw::Kind::cut_text,
                       fmt::format("\"{}\" {} leaves {}", mark.text, place(mark.box), place(mark.clip))});
    }
    return out;
}

std::vector<Flaw> overlapping_labels(std::span<const TextMark> marks) {
    std::vector<const TextMark*> order;
    for (const TextMark& mark : marks) {
        if (!visible(mark).empty()) order.push_back(&mark);
    }
    std::sort(order.begin(), order.end(), [](const TextMark* a, const TextMark* b) {
        return a->box.x != b->box.x ? a->box.x < b->box.x : a < b;
    });
    std::vector<Flaw> out;
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size() && order[j]->box.x < order[i]->box.right(); ++j) {
            if (order[i]->layer != order[j]->layer || !share_pixels(visible(*order[i]), visible(*order[j]))) continue;
            out.push_back({Flaw::Kind::overlapping_labels,
                           fmt::format("\"{}\" {} and \"{}\" {}", order[i]->text, place(order[i]->box),
                                       order[j]->text, place(order[j]->box))});
        }
    }
    return out;
}

std::vector<Flaw> duplicate_ids(std::span<const Target> targets) {
    std::vector<const Target*> order;
    for (const Target& target : targets) order.push_back(&target);
    std::sort(order.begin(), order.end(),
              [](const Target* a, const Target* b) { return a->id != b->id ? a->id < b->id : a < b; });
    std::vector<Flaw> out;
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (order[i - 1]->id == order[i]->id)
            out.push_back({Flaw::Kind::duplicate_id, order[i - 1]->name + " and " + order[i]->name});
    }
    return out;
}

std::vector<Flaw> check_frame(const FrameResult& frame) {
    std::vector<Flaw> out = cut_texts(frame.marks);
    for (const std::vector<Flaw>& more : {overlapping_labels(frame.marks), duplicate_ids(frame.targets)})
        out.insert(out.end(), more.begin(), more.end());
    return out;
}

std::string to_text(std::span<const Flaw> flaws) {
    constexpr std::string_view kNames[] = {"cut text", "overlapping labels", "duplicate id"};
    std::string out;
    for (const Flaw& flaw : flaws)
        out += fmt::format("{}: {}\n", kNames[static_cast<std::size_t>(flaw.kind)], flaw.what);
    return out;
}

}  // namespace app::ui
