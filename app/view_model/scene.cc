#include "app/view_model/scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/lab/lesson/lesson_names.h"
#include "app/lab/sql/streams.h"
#include "app/view_model/query_parts.h"
#include "app/view_model/words.h"
#include "engine/broker/znodes.h"
#include "engine/model/facts.h"

namespace app {
namespace {

std::optional<u64> number_in(std::string_view text) {
    u64 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return {};
    return text.substr(prefix.size());
}

/// "486.1"
sim::FactId fact_in(std::string_view text) {
    const auto dot = text.find('.');
    const auto event = number_in(text.substr(0, dot));
    const auto ordinal = dot == std::string_view::npos ? std::optional<u64>(0) : number_in(text.substr(dot + 1));
    return event && ordinal ? sim::FactId{*event, static_cast<u32>(*ordinal)} : sim::FactId{};
}

bool is_internal(std::string_view topic) { return topic.starts_with("__"); }

}  // namespace

Sight::Sight(const engine::World& world, const engine::History& history, const sim::NameTable* names) {
    reader.show({&world, &history, world.kernel().event_index, 0, names});
    cluster.emplace(reader);
}

Scene::Scene(const Snapshot& snapshot) : snapshot_(snapshot), now_(*snapshot.world, *snapshot.history, snapshot.names) {
    if (snapshot.before != nullptr) before_.emplace(*snapshot.before, *snapshot.history, snapshot.names);
    if (snapshot.since != nullptr) since_.emplace(*snapshot.since, *snapshot.history, snapshot.names);
    if (snapshot.copies != nullptr) now_.reader.lend(snapshot.copies);
    find_nodes();
    selected_ = object(snapshot.desk.selected);
    find_focus();
}

void Scene::find_nodes() {
    for (sim::u16 i = 0; i < reader().node_count(); ++i) {
        const engine::NodeKind kind = world().card({i}).kind;
        if (kind == engine::NodeKind::broker) brokers_.push_back({i});
        if (kind == engine::NodeKind::zookeeper && zookeeper_ == sim::kNoNode) zookeeper_ = {i};
    }
    std::ranges::stable_sort(brokers_, {}, [&](NodeId node) { return world().card(node).broker; });
    for (const TopicPartition id : cluster().partitions({}))
        if (!is_internal(reader().text(id.topic)) && (topics_.empty() || topics_.back() != id.topic))
            topics_.push_back(id.topic);
}

// ---- focus --------------------------------------------------------------------------------------

void Scene::find_focus() {
    if (selected_.id.topic != sim::kNoName && selected_.id.partition >= 0) {
        focus_ = selected_.id;
        return;
    }
    if (selected_.kind == ObjectKind::fact) {
        const engine::FactRow* row = find_fact(selected_.fact);
        if (row != nullptr && cluster().find({row->fact.subject, row->fact.partition}) != nullptr) {
            focus_ = {row->fact.subject, row->fact.partition};
            return;
        }
    }
    for (const std::string& name : spotlight())
        if (const TopicPartition id = partition_named(name); id.topic != sim::kNoName) {
            focus_ = id;
            return;
        }
    const auto all = cluster().partitions({});
    const auto user =
        std::ranges::find_if(all, [&](TopicPartition id) { return !is_internal(reader().text(id.topic)); });
    if (user != all.end()) focus_ = *user;
}

TopicPartition Scene::partition_named(std::string_view text) const {
    const auto split = lab::split_partition(text);
    if (!split) return {};
    const TopicPartition id{world().kernel().names.find(split->first), static_cast<sim::i32>(split->second)};
    return id.topic != sim::kNoName && cluster().find(id) != nullptr ? id : TopicPartition{};
}

Object Scene::object_with_partition(std::string_view text) const {
    Object found;
    std::string_view rest = text;
    const auto space = rest.find(" offset ");
    if (space != std::string_view::npos) {
        const auto offset = number_in(rest.substr(space + 8));
        if (!offset) return {};
        found.offset = static_cast<i64>(*offset);
        rest = rest.substr(0, space);
    }
    const auto slash = rest.rfind('/');
    if (slash != std::string_view::npos) {
        const auto broker = number_in(rest.substr(slash + 1));
        if (!broker) return {};
        found.node = world().broker_node(BrokerId{static_cast<sim::i32>(*broker)});
        if (found.node == sim::kNoNode) return {};
        rest = rest.substr(0, slash);
    }
    found.id = partition_named(rest);
    if (found.id.topic == sim::kNoName) return {};
    found.kind = found.offset >= 0            ? ObjectKind::offset
                 : found.node != sim::kNoNode ? ObjectKind::replica
                                              : ObjectKind::partition;
    return found;
}

Object Scene::object(std::string_view text) const {
    Object found;
    found.text = text;
    if (text.empty()) return found;
    const auto of = [&](ObjectKind kind) { found.kind = kind; return found; };
    if (const auto rest = after(text, "fact ")) {
        found.fact = fact_in(*rest);
        return found.fact ? of(ObjectKind::fact) : Object{};
    }
    if (const auto rest = after(text, "message ")) {
        found.number = number_in(*rest).value_or(0);
        return found.number != 0 ? of(ObjectKind::message) : Object{};
    }
    if (const auto rest = after(text, "wait ")) {
        const auto space = rest->rfind(' ');
        found.node = world().find_node(rest->substr(0, space));
        found.number = space == std::string_view::npos ? 0 : number_in(rest->substr(space + 1)).value_or(0);
        return found.node != sim::kNoNode ? of(ObjectKind::wait) : Object{};
    }
    if (const auto rest = after(text, "session ")) { found.text = *rest; return of(ObjectKind::session); }
    if (const auto rest = after(text, kQueryWord))
        return lab::find_query(reader(), *rest) ? of(ObjectKind::query) : Object{};
    if (const auto part = query_part(text); part && lab::find_query(reader(), part->query)) {
        found.text = std::string(kQueryWord) + part->query;
        found.part = text;
        return of(ObjectKind::query);
    }
    if (text.front() == '/') return of(ObjectKind::znode);
    if (text == "zookeeper" && zookeeper_ != sim::kNoNode) { found.node = zookeeper_; return of(ObjectKind::node); }
    if (text == "controller") {
        found.node = world().broker_node(controller());
        return found.node == sim::kNoNode ? Object{} : of(ObjectKind::node);
    }
    if (const NodeId node = world().find_node(text); node != sim::kNoNode) {
        found.node = node;
        return of(ObjectKind::node);
    }
    if (Object replica = object_with_partition(text); replica.kind != ObjectKind::nothing) {
        replica.text = text;
        return replica;
    }
    const sim::NameId topic = world().kernel().names.find(text);
    if (std::ranges::find(topics_, topic) == topics_.end()) return {};
    found.id = {topic, -1};
    return of(ObjectKind::topic);
}

// ---- words --------------------------------------------------------------------------------------

std::string Scene::name(NodeId node) const {
    return node.value < world().nodes.size() ? world().card(node).name : std::string("somebody");
}

std::string Scene::name(TopicPartition id) const {
    return id.partition < 0 ? reader().text(id.topic) : fmt::format("{}-{}", reader().text(id.topic), id.partition);
}

std::string Scene::replica_name(TopicPartition id, BrokerId broker) const {
    return fmt::format("{}/{}", name(id), broker.value);
}

std::string Scene::time(Nanos moment) const { return seconds_text(moment - world().frame->origin); }

std::string Scene::fact_text(const sim::Fact& fact) const {
    return engine::fact_text(fact, {reader().names(), [this](NodeId node) { return name(node); }});
}

std::string Scene::step_name(u64 event_index) const {
    return grouped(event_index + 1 - std::min(event_index + 1, history().first_index));
}

std::string Scene::fact_object(sim::FactId id) { return fmt::format("fact {}.{}", id.event_index, id.ordinal); }

// ---- what is where ------------------------------------------------------------------------------

const engine::zookeeper::ZkServerMemory* Scene::zookeeper_memory() const {
    if (zookeeper_ == sim::kNoNode) return nullptr;
    return &world().nodes[zookeeper_.value].as<engine::zookeeper::ZkServer>().state.memory;
}

BrokerId Scene::controller() const {
    const auto* memory = zookeeper_memory();
    const auto* znode = memory == nullptr ? nullptr : memory->tree.find(engine::broker::znodes::kController);
    return znode == nullptr ? engine::kNoBroker : engine::broker::znodes::controller_from_json(znode->data.bytes);
}

Nanos Scene::event_time(u64 index) const {
    const engine::History& past = history();
    const bool known = index >= past.first_index && index - past.first_index < past.events.size();
    return known ? past.events[index - past.first_index].at : world().frame->origin;
}

const engine::FactRow* Scene::find_fact(sim::FactId id) const {
    const auto& facts = history().facts;
    const u64 place = facts.partition_point([&](const engine::FactRow& row) { return row.id < id; });
    if (place >= facts.size()) return nullptr;
    const engine::FactRow& row = facts[place];
    // Ordinal 0 names the event: its first fact stands for it.
    return row.id == id || (id.ordinal == 0 && row.index() == id.event_index) ? &row : nullptr;
}

std::vector<TopicPartition> Scene::partitions_of(sim::NameId topic) const {
    std::vector<TopicPartition> found;
    for (const TopicPartition id : cluster().partitions({}))
        if (id.topic == topic) found.push_back(id);
    return found;
}

// ---- the lesson ---------------------------------------------------------------------------------

const lab::StepBlock* Scene::step() const {
    const auto* following = snapshot_.following;
    const bool in_steps =
        snapshot_.lesson != nullptr && following != nullptr && following->step < snapshot_.lesson->steps.size();
    return in_steps ? &snapshot_.lesson->steps[following->step] : nullptr;
}

const lab::StepRecord* Scene::record() const {
    const auto* following = snapshot_.following;
    return following != nullptr && following->step < following->steps.size() ? &following->steps[following->step]
                                                                             : nullptr;
}

bool Scene::question_open() const {
    const lab::StepBlock* block = step();
    if (block == nullptr || !block->predict.given() || snapshot_.following->part == lab::StepPart::stopped)
        return false;
    return record() == nullptr || !record()->answered;
}

std::vector<std::string> Scene::spotlight() const {
    std::vector<std::string> names;
    if (const lab::StepBlock* block = step())
        for (const lab::Text& word : block->spotlight) names.push_back(word.value);
    return names;
}

}  // namespace app
