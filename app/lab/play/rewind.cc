#include "app/lab/play/rewind.h"

#include <algorithm>

#include "engine/verb.h"
#include "engine/verb_moment.h"

namespace app::lab {
namespace {

using sim::Nanos;

/// When a record of that name is sent, or was, on this branch; none if there is none.
std::optional<Nanos> sent_at(const Run& run, const std::string& name) {
    const engine::ListedRecord found = engine::find_listed(run.world(), name);
    return found.node == sim::kNoNode || !found.sent ? std::nullopt : std::optional(found.due);
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
