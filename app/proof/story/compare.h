// Comparing what a story observed with what was recorded, value by value. Recorded values vary in known ways
// from run to run (ids, generations, orders of sets): the rules say how, by the name of a field and by
// exceptions that a step gives. They are those of the recordings' own description.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::proof {

using Json = nlohmann::json;

struct Difference {
    std::string path;
    std::string recorded;
    std::string got;
};

/// Compares the steps of one story in order; remembers which ids stand for which.
class StoryCompare {
public:
    using Path = std::vector<std::string>;

    StoryCompare();
    ~StoryCompare();
    /// Compares one step's observations; what differs is appended to `differences`.
    void step(const Json& recorded, const Json& got, const Json& rules);
    [[nodiscard]] const std::vector<Difference>& differences() const { return differences_; }

private:
    void value(const Path& path, const Json& recorded, const Json& got, const Json& rules);
    void by_rule(const Path& path, const Json& recorded, const Json& got, const Json& rule, const Json& rules);
    void object(const Path& path, const Json& recorded, const Json& got, const Json& rules);
    void list(const Path& path, const Json& recorded, const Json& got, const Json& rules);
    void text(const Path& path, const Json& recorded, const Json& got, const Json& rules);
    void relative(const Path& path, const std::string& space, const Json& recorded, const Json& got);
    void rank(const Path& path, const std::string& space, const Json& recorded, const Json& got);
    void sticky(const Path& path, const Json& recorded, const Json& got);
    void consistent(const Path& path, const Json& got);
    void masked_bytes(const Path& path, const Json& recorded, const Json& got, const Json& rule);
    void differs(const Path& path, const Json& recorded, const Json& got);

    struct Steps;
    std::vector<Difference> differences_;
    std::map<std::string, std::map<std::string, std::string>> pairs_;
    std::map<std::string, std::vector<std::pair<sim::i64, sim::i64>>> ranks_;
    std::unique_ptr<Steps> steps_;  // observations of the step before and of this one
};

/// A text with what varies from run to run masked: uuids, waited milliseconds, producer ids.
std::string masked(const std::string& text);

}  // namespace app::proof
