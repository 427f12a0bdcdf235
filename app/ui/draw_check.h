// Looks for what a person would call a broken screen: text that is cut, labels that lie on each other, ids that occur
// twice. For tests; it looks at one frame's record and changes nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/ui/frame.h"

namespace app::ui {

struct Flaw {
    enum class Kind : u8 { cut_text, overlapping_labels, duplicate_id };
    Kind kind = Kind::cut_text;
    std::string what;
};

/// Texts that end outside what is visible, without an ellipsis and outside panes that scroll.
std::vector<Flaw> cut_texts(std::span<const TextMark> marks);
/// Two labels of one layer whose letters share more than a pixel.
std::vector<Flaw> overlapping_labels(std::span<const TextMark> marks);
/// Places that react with the same id in one frame.
std::vector<Flaw> duplicate_ids(std::span<const Target> targets);
/// All three.
std::vector<Flaw> check_frame(const FrameResult& frame);

/// One line a flaw, for messages.
std::string to_text(std::span<const Flaw> flaws);

}  // namespace app::ui
