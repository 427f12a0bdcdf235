// How the leader of a group divides partitions.
#include <algorithm>
#include <array>

#include "app/proof/vectors/values.h"
#include "engine/client/assignor.h"

namespace app::proof::vectors {
namespace {

using namespace engine;
using client::NamedPartition;

NamedPartition parsed(const std::string& text) {
    const std::size_t dash = text.rfind('-');
    return {text.substr(0, dash), std::stoi(text.substr(dash + 1))};
}

client::AssignmentMember member_of(const Json& given) {
    client::AssignmentMember member;
    member.id = given.at("member_id");
    member.instance = given.value("group_instance_id", "");
    member.rack = given.value("rack", "");
    for (const Json& topic : given.at("topics")) member.topics.push_back(topic);
    for (const Json& partition : given.value("owned", Json::array())) member.owned.push_back(parsed(partition));
    member.generation = given.value("generation", -1);
    return member;
}

client::TopicSizes topic_sizes(const Json& input) {
    client::TopicSizes topics;
    for (const auto& [name, partitions] : input.at("topics").items()) topics[name] = partitions;
    return topics;
}

client::PartitionRacks racks_of(const Json& input) {
    const Json told = input.value("partition_replica_racks", Json::object());
    client::PartitionRacks racks;
    for (const auto& [partition, names] : told.items())
        for (const Json& name : names) racks[parsed(partition)].push_back(name);
    return racks;
}

Json texts_of(client::NamedPartitions partitions, bool as_set) {
    if (as_set) std::ranges::sort(partitions);
    Json texts = Json::array();
    for (const NamedPartition& partition : partitions)
        texts.push_back(partition.topic + "-" + std::to_string(partition.partition));
    return texts;
}

Json assignor(const Json& input, const Json&) {
    const std::string name = input.at("assignor");
    const client::Assignor* assignor = client::find_assignor(name);
    if (assignor == nullptr) return "no assignor " + name;
    std::vector<client::AssignmentMember> members;
    for (const Json& given : input.at("members")) members.push_back(member_of(given));
    const client::Assignments assignments = assignor->assign({topic_sizes(input), racks_of(input)}, members);
    Json by_member = Json::object();
    for (std::size_t i = 0; i < members.size(); ++i)
        by_member[members[i].id] = texts_of(assignments[i], name == "range");
    return {{"assignment", by_member}};
}

constexpr std::array kAssignorCategories = {Category{"assignor", answer<assignor>}};

}  // namespace

std::span<const Category> assignor_categories() { return kAssignorCategories; }

}  // namespace app::proof::vectors
