#include "app/lab/play/rewind.h"

#include <algorithm>

#include "engine/verb.h"
#include "engine/verb_moment.h"

namespace app::lab {
namespace {

using sim::Nanos;

/// When a record of that value or key was first sent; none if it was not, up to here.
std::optional<Nanos> sent_at(const Run& run, const std::string& name) {
    const auto& sends = run.history().sends;
    const sim::u64 known = engine::rows_before(sends, run.cursor());
    for (sim::u64 i = 0; i < known; ++i)
        if (sends[i].value.text == name || sends[i].key.text == name)
            return sim::millis(sends[i].sent_at_ms - run.world().kernel().wall_start_ms);
    return std::nullopt;
}

}  // namespace

std::optional<Nanos> must_precede(const Run& run, const std::string& line) {
    const engine::Verb verb = engine::parse_verb(line);
    if ((verb.name != "arrive" && verb.name != "retime") || verb.words.size() != 3) return std::nullopt;
    Nanos first = sent_at(run, verb.words[0]).value_or(sim::kForever), moment;
    if (verb.name == "arrive" && engine::parse_moment(run.world(), verb.words[2], moment))
        first = std::min(first, run.world().frame->origin + moment);
    return first <= run.clock() ? std::optional(first) : std::nullopt;
}

bool rewind_for(Run& run, const std::string& line) {
    const auto moment = must_precede(run, line);
    if (!moment || *moment <= run.world().frame->origin) return false;
    constexpr Nanos kBefore = sim::millis(1);
    run.seek(run.index_at(*moment - kBefore));
    MR_ASSERT(run.clock() < *moment);
    return true;
}

}  // namespace app::lab
