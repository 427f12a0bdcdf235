#include "app/lab/play/rewind.h"

#include <algorithm>

#include "engine/verb.h"
#include "engine/verb_moment.h"

namespace app::lab {

using sim::Nanos;

std::optional<Nanos> must_precede(const engine::World& world, Nanos clock, const std::string& line) {
    const engine::Verb verb = engine::parse_verb(line);
    const bool arrives = verb.name == "arrive" && verb.words.size() == 3 && verb.words[1] == "at";
    const bool happens = verb.name == "retime" && verb.words.size() == 3 && verb.words[1] == "to";
    Nanos moment;
    if ((!arrives && !happens) || !engine::parse_moment(world, verb.words[2], moment)) return std::nullopt;
    const engine::ListedRecord found = engine::find_listed(world, verb.words[0]);
    Nanos first = found.node != sim::kNoNode && found.sent ? found.due : sim::kForever;
    if (arrives) first = std::min(first, world.frame->origin + moment);
    return first <= clock && first > world.frame->origin ? std::optional(first) : std::nullopt;
}

bool rewind_for(Run& run, const std::string& line) {
    const auto moment = must_precede(run.world(), run.clock(), line);
    if (!moment) return false;
    constexpr Nanos kBefore = sim::millis(1);
    run.seek(run.index_at(*moment - kBefore));
    MR_ASSERT(run.clock() < *moment);
    return true;
}

}  // namespace app::lab
