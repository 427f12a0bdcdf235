#include "app/proof/story/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/host/files.h"
#include "app/proof/story/compare.h"
#include "app/proof/story/ops.h"
#include "engine/model/json.h"
#include "sim/base/prng.h"

namespace app::proof {
namespace {

constexpr u64 kFreshSchedules = 8;
constexpr u64 kSchedules = 64;
constexpr u64 kFetchWaitMs = 500;   // replica.fetch.wait.max.ms
constexpr std::size_t kMostComplaints = 6;

/// Puts `value` under `path`, whose parts are separated by `/`.
void place(Json& root, const std::string& path, const Json& value) {
    Json* at = &root;
    std::size_t begin = 0;
    for (;;) {
        const auto slash = path.find('/', begin);
        const std::string part = path.substr(begin, slash == std::string::npos ? slash : slash - begin);
        if (slash == std::string::npos) {
            (*at)[part] = value;
            return;
        }
        at = &(*at)[part];
        begin = slash + 1;
    }
}

Json part_of(const Json& value, const std::string& path) {
    Json at = value;
    std::size_t begin = 0;
    while (begin <= path.size() && !path.empty()) {
        const auto slash = path.find('/', begin);
        const std::string part = path.substr(begin, slash == std::string::npos ? slash : slash - begin);
        if (at.is_array()) at = Json(at[static_cast<std::size_t>(std::stoul(part))]);
        else at = at.is_object() && at.contains(part) ? Json(at[part]) : Json(nullptr);
        if (slash == std::string::npos) break;
        begin = slash + 1;
    }
    return at;
}

void place_result(Json& got, const Json& op, const Json& result) {
    const auto as = op.find("as");
    if (as == op.end()) return;
    if (as->is_string()) return place(got, *as, result);
    for (const auto& [label, part] : as->items()) place(got, label, part_of(result, part));
}

/// The indexes that a step's labels made look like an object are lists in the recording.
Json with_lists(const Json& got, const Json& recorded) {
    if (recorded.is_array() && got.is_object()) {
        Json list = Json::array();
        for (const auto& [key, value] : got.items()) list.push_back(value);
        return list;
    }
    if (!recorded.is_object() || !got.is_object()) return got;
    Json shaped = got;
    for (const auto& [key, value] : got.items())
        if (recorded.contains(key)) shaped[key] = with_lists(value, recorded[key]);
    return shaped;
}

std::string run_ops(StoryStage& stage, const Json& ops, Json& got) {
    for (const Json& op : ops) {
        const std::string name = op["op"];
        const Op run = find_op(name);
        if (run == nullptr) return "not built yet: operation " + name;
        const sim::Nanos before = stage.clock;
        const OpResult result = run(stage, op);
        if (!result) return fmt::format("{}: {}", name, result.error());
        if (name != "elapsed") stage.last_op_took = stage.clock - before;
        place_result(got, op, *result);
    }
    return "";
}

/// The recordings' clusters had told other stories before: their followers were in the middle of waiting fetches,
/// each at its own point, when a story's topics were made. Later schedules have that too.
std::string make_leftovers(StoryStage& stage, const Json& brokers, u64 seed) {
    sim::Prng chance = sim::Prng::forked(seed, "leftovers", 0);
    for (std::size_t first = 0; first < brokers.size(); ++first) {
        Json replicas = Json::array();
        for (std::size_t i = 0; i < brokers.size(); ++i) replicas.push_back(brokers[(first + i) % brokers.size()]);
        pass(stage, sim::millis(static_cast<i64>(chance.below(kFetchWaitMs))));
        const Json op{{"topic", fmt::format("left-by-earlier-stories-{}", first)},
                      {"assignment", Json::array({replicas})}};
        if (const OpResult made = find_op("create_topic")(stage, op); !made) return made.error();
    }
    pass(stage, sim::millis(static_cast<i64>(chance.below(kFetchWaitMs))));
    return "";
}

struct Attempt {
    std::vector<std::string> complaints;
    std::size_t steps = 0;        // that agreed
    bool forked_by_mark =
        false;  // the first that differs is what the controller alone decides; the rest follows from it
};

/// What a controller decides: who leads in which epoch, who is in sync, and what follows for the asker. Controllers of
/// ZooKeeper and of KRaft decide differently when a broker goes: the first counts a leader epoch for each change of the
/// ISR that it makes, and elects an unclean leader as soon as that is allowed.
bool is_mark_of_controller(const std::string& path) {
    constexpr std::array<std::string_view, 4> kMarks = {"leader", "leader_epoch", "isr", "leader_epoch_checkpoint"};
    if (path.starts_with("metadata")) return true;
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (std::ranges::find(kMarks, std::string_view(path).substr(begin, end - begin)) != kMarks.end()) return true;
        begin = end + 1;
    }
    return false;
}

Attempt attempt(const Json& story, u64 seed) {
    Attempt result;
    auto stage = raise_stage(story, seed);
    if (!stage) return {{stage.error()}, 0};
    if (seed > kFreshSchedules)
        if (std::string wrong = make_leftovers(*stage, story["cluster"]["brokers"], seed); !wrong.empty())
            return {{wrong}, 0};
    Json ignored;
    if (std::string wrong = run_ops(*stage, story.value("setup", Json::array()), ignored); !wrong.empty())
        return {{"setup: " + wrong}, 0};
    StoryCompare compare;
    for (const Json& step : story["steps"]) {
        Json got = Json::object();
        const std::string wrong = run_ops(*stage, step["ops"], got);
        if (!wrong.empty()) result.complaints.push_back(fmt::format("{}: {}", step.value("do", ""), wrong));
        const std::size_t before = compare.differences().size();
        const Json recorded = step.value("observe", Json::object());
        compare.step(recorded, with_lists(got, recorded), step.value("compare", Json::object()));
        for (std::size_t i = before; i < compare.differences().size(); ++i) {
            const Difference& d = compare.differences()[i];
            if (result.complaints.empty()) result.forked_by_mark = is_mark_of_controller(d.path);
            result.complaints.push_back(fmt::format("{}: {}: recorded {} but got {}", step.value("do", ""), d.path,
                                                    d.recorded.substr(0, 300), d.got.substr(0, 300)));
        }
        if (!wrong.empty()) return result;
        if (compare.differences().size() == before) ++result.steps;
    }
    return result;
}

bool asks_the_quorum(const Json& story) {
    for (const Json& step : story["steps"])
        for (const Json& op : step.value("ops", Json::array()))
            if (op.value("op", "") == "quorum") return true;
    return false;
}

/// Why a story says nothing about a cluster of the mode that we have; "" if it does.
std::string other_mode(const Json& story, const Attempt& best) {
    if (story["cluster"].value("mode", "") != "kraft") return "";
    if (asks_the_quorum(story)) return "it asks a KRaft quorum";
    return best.forked_by_mark
               ? "it was recorded with KRaft, whose controller decides otherwise here: " + best.complaints.front()
               : "";
}

}  // namespace

Op find_op(const std::string& name) {
    for (const auto& ops : {cluster_ops(), admin_ops(), producer_ops(), consumer_ops(), cluster_observations(),
                            log_observations(), znode_observations()})
        for (const OpEntry& entry : ops)
            if (name == entry.name) return entry.run;
    return nullptr;
}

StoryResult run_story(const std::string& path) {
    StoryResult result;
    const auto text = lab::read_file(path);
    if (!text) return {path, false, {text.error()}, 0};
    const Json story = engine::read_json<Json>(*text);
    if (story.is_discarded() || !story.is_object() || !story.contains("steps"))
        return {path, false, {path + ": this is not a story"}, 0};
    result.name = story.value("name", path);
    std::size_t most = 0;
    Attempt best;
    for (u64 seed = 1; seed <= kSchedules; ++seed) {
        const Attempt tried = attempt(story, seed);
        const bool better = seed == 1 || tried.steps > most;
        if (better) {
            most = tried.steps;
            result.complaints = tried.complaints;
            best = tried;
            result.seed = seed;
        }
        result.passed = tried.complaints.empty();
        if (result.passed) break;
        if (!tried.complaints.empty() && tried.complaints.front().find("not built yet") != std::string::npos) break;
    }
    if (result.passed) result.complaints.clear();
    else result.left_out = other_mode(story, best);
    if (result.complaints.size() > kMostComplaints) result.complaints.resize(kMostComplaints);
    return result;
}

}  // namespace app::proof
