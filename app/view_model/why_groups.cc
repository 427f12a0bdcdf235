// Sections: members · who gets what · where reading begins · the coordinator.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/known_groups.h"
#include "app/view_model/questions.h"
#include "app/view_model/words.h"
#include "engine/broker/groups.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using lab::KnownGroup;

// ---- members ------------------------------------------------------------------------------------------

/// A member's place among all, by member id, which is how assignors sort them; 0 = it is none.
std::size_t place_of(const Scene& scene, const KnownGroup& known, NodeId node) {
    std::size_t place = 0;
    for (const auto& [id, member] : known.group->members)
        if (++place; lab::node_of(scene.reader(), member) == node) return place;
    return 0;
}

std::string rule_of_assignor(const std::string& name) {
    if (name == "range")
        return "`range`: each topic's partitions in a row, members sorted by id; the first members get one more when "
               "it "
               "does not divide evenly.";
    if (name == "roundrobin")
        return "`roundrobin`: all partitions of all topics dealt out in turn to members sorted by id.";
    return fmt::format("`{}`: as evenly as it goes, and whoever had a partition keeps it.", name);
}

}  // namespace

// ---- who gets what ------------------------------------------------------------------------------------

Answer why_assigned(const Scene& scene, const Object& object) {
    const auto known = lab::group_of(scene.reader(), object.node);
    if (!known) return not_so(fmt::format("{} is in no group.", capital(scene.name(object.node))));
    std::vector<std::string> own;
    u64 all = 0;
    for (const lab::KnownAssignment& each : lab::assignments_of(scene.reader(), *known)) {
        ++all;
        if (each.member == object.node) own.push_back(scene.name(each.id));
    }
    if (own.empty()) return not_so(fmt::format("It has no partition in generation {}.", known->group->generation));
    Answer answer;
    answer.so = true;
    const std::size_t place = place_of(scene, *known, object.node);
    answer.verdict = fmt::format("Generation {} has {} {} for {} {}; sorted by member id it is number **{}**: {}.",
                                 known->group->generation, all, all == 1 ? "partition" : "partitions",
                                 known->group->members.size(), known->group->members.size() == 1 ? "member" : "members",
                                 place, listed(own));
    answer.rule = rule_of_assignor(known->group->protocol) +
                  " The group's leader, a client, works it out; the coordinator only passes it on.";
    const std::string& group = lab::group_name_of(scene.reader(), object.node);
    add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                 return engine::kind_of(row.fact) == FactKind::assignment &&
                        scene.reader().text(row.fact.subject) == group;
             }));
    add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                 return engine::kind_of(row.fact) == FactKind::partitions_assigned && row.fact.node == object.node;
             }));
    return answer;
}

// ---- where reading begins -----------------------------------------------------------------------------

Answer why_reads_from(const Scene& scene, const Object& object) {
    const FactRow* moved = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::position_moved && row.fact.node == object.node;
    });
    if (moved == nullptr) return not_so("It has not begun to read anywhere.");
    Answer answer;
    answer.so = true;
    const TopicPartition id{moved->fact.subject, moved->fact.partition};
    const std::string& why = scene.reader().text(sim::NameId{static_cast<u32>(moved->fact.n[1])});
    const std::string& group = lab::group_name_of(scene.reader(), object.node);
    answer.verdict = fmt::format("It went to offset **{}** of {}: {}.", moved->fact.n[0], scene.name(id), why);
    if (why.starts_with("auto.offset.reset"))
        answer.verdict += group.empty() ? " It has no group that could remember a place."
                                        : fmt::format(" Group `{}` had committed nothing of this partition.", group);
    answer.rule =
        "A group's committed offset comes first; without one `auto.offset.reset` decides: the oldest record there "
        "is, or only what comes from now on.";
    add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                 return row.id < moved->id && engine::kind_of(row.fact) == FactKind::offsets_committed &&
                        is_about(row, id) && row.fact.n[0] == moved->fact.n[0] &&
                        scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[1])}) == group;
             }));
    add_fact(answer.evidence, moved);
    return answer;
}

// ---- the coordinator ----------------------------------------------------------------------------------

Answer why_coordinator(const Scene& scene, const Object& object) {
    const std::string& group = lab::group_name_of(scene.reader(), object.node);
    if (group.empty()) return not_so(fmt::format("{} reads without a group.", capital(scene.name(object.node))));
    const sim::NameId topic = scene.world().kernel().names.find(engine::broker::kOffsetsTopic);
    const auto partitions = topic == sim::kNoName ? std::vector<TopicPartition>{} : scene.partitions_of(topic);
    if (partitions.empty()) return not_so("`__consumer_offsets` does not exist yet: nobody looks after groups.");
    const auto count = static_cast<sim::i32>(partitions.size());
    const TopicPartition id{topic, engine::broker::coordinator_partition(group, count)};
    const auto* state = scene.cluster().find(id);
    const std::string sum = fmt::format("hash(`{}`) mod {} = **{}**", group, count, id.partition);
    if (state == nullptr || state->leader == engine::kNoBroker)
        return not_so(fmt::format("{}, and {} has no leader: the group has no coordinator.", sum, scene.name(id)));
    Answer answer;
    answer.so = true;
    answer.verdict = fmt::format("{}, and broker {} leads {}.", sum, state->leader.value, scene.name(id));
    answer.rule =
        "A group's coordinator is whoever leads the partition of `__consumer_offsets` that its name hashes to. "
        "When that leader changes, the coordinator does, and reads its groups back from the log.";
    add_chain(scene, answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                  return engine::kind_of(row.fact) == FactKind::leader && is_about(row, id);
              }), 3);
    add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                 return engine::kind_of(row.fact) == FactKind::coordinator_loaded && is_about(row, id);
             }));
    return answer;
}

}  // namespace app
