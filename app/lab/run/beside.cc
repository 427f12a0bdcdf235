#include "app/lab/run/beside.h"

#include <algorithm>

namespace app::lab {
namespace {

using engine::InputRow;
using sim::Nanos;

Nanos since_origin(const Run& run, Nanos moment) { return moment - run.world().frame->origin; }

bool is_same(const Run& original, const InputRow& told, const Run& other, const InputRow& heard) {
    return told.author == heard.author && told.line == heard.line &&
           since_origin(original, told.at) == since_origin(other, heard.at);
}

/// Whether all that `other` was told is the beginning of what `original` was told.
bool is_told_the_same(const Run& original, const Run& other) {
    const auto &told = original.history().inputs, &heard = other.history().inputs;
    if (heard.size() > told.size()) return false;
    for (std::size_t i = 0; i < heard.size(); ++i)
        if (!is_same(original, told[i], other, heard[i])) return false;
    return true;
}

void go_to(Run& run, Nanos moment) {
    if (moment < run.clock()) run.seek(run.index_at(moment));
    run.run_to(moment);
}

}  // namespace

std::expected<std::unique_ptr<Session>, std::string> open_changed(const Session& original,
                                                                  const std::vector<Text>& changes) {
    auto other = open_text(original.path, original.text, original.seed, changes);
    if (other) (*other)->stand_aside();
    return other;
}

bool follow_beside(const Run& original, Run& other) {
    if (!is_told_the_same(original, other)) return false;
    const Nanos shift = other.world().frame->origin - original.world().frame->origin;
    const auto& told = original.history().inputs;
    for (std::size_t i = other.history().inputs.size(); i < told.size() && told[i].event_index < original.cursor();
         ++i) {
        go_to(other, told[i].at + shift);
        other.act(told[i].author, told[i].line);
    }
    go_to(other, original.clock() + shift);
    MR_ASSERT(other.lesson_clock() == original.lesson_clock());
    return true;
}

}  // namespace app::lab
