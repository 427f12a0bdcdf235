#include "app/view_model/evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/past.h"
#include "app/view_model/telling.h"
#include "app/view_model/why.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using engine::broker::BrokerList;

bool stops(FactKind kind) {
    return kind == FactKind::node_killed || kind == FactKind::node_halted || kind == FactKind::power_cut ||
           kind == FactKind::node_paused;
}
bool starts(FactKind kind) { return kind == FactKind::node_started || kind == FactKind::node_resumed; }

u64 rows_before(const Scene& scene, const FactRow* before) {
    if (before == nullptr) return scene.facts_now();
    const auto& facts = scene.history().facts;
    return std::min(scene.facts_now(), facts.partition_point([&](const FactRow& row) { return row.id < before->id; }));
}

/// "link A -> B lets nothing through": both names.
std::optional<std::pair<std::string, std::string>> link_of(std::string_view words) {
    constexpr std::string_view kLink = "link ", kArrow = " -> ";
    if (!words.starts_with(kLink)) return {};
    const auto arrow = words.find(kArrow);
    if (arrow == std::string_view::npos) return {};
    std::string_view rest = words.substr(arrow + kArrow.size());
    for (const std::string_view verb : {" lets ", " is ", " has "})
        if (const auto end = rest.find(verb); end != std::string_view::npos) rest = rest.substr(0, end);
    return std::pair(std::string(words.substr(kLink.size(), arrow - kLink.size())), std::string(rest));
}

/// On which side of "a, b | c" a name stands; -1 on none.
int side_of(std::string_view groups, std::string_view name) {
    int side = 0;
    for (std::size_t at = 0; at <= groups.size(); ++side) {
        const auto end = std::min(groups.find('|', at), groups.size());
        for (std::size_t from = at; from < end;) {
            const auto comma = std::min(groups.find(',', from), end);
            std::string_view one = groups.substr(from, comma - from);
            while (one.starts_with(' ')) one.remove_prefix(1);
            while (one.ends_with(' ')) one.remove_suffix(1);
            if (one == name) return side;
            from = comma + 1;
        }
        at = end + 1;
    }
    return -1;
}

/// Whether a fault of links lies between two nodes, in whatever direction.
bool parts(std::string_view words, const std::string& a, const std::string& b) {
    constexpr std::string_view kCutOff = " is cut off from everybody", kPartition = "network partition ";
    if (const auto link = link_of(words))
        return (link->first == a && link->second == b) || (link->first == b && link->second == a);
    if (words.ends_with(kCutOff))
        return words.substr(0, words.size() - kCutOff.size()) == a ||
               words.substr(0, words.size() - kCutOff.size()) == b;
    if (!words.starts_with(kPartition)) return false;
    const int side_a = side_of(words.substr(kPartition.size()), a),
              side_b = side_of(words.substr(kPartition.size()), b);
    return side_a >= 0 && side_b >= 0 && side_a != side_b;
}

/// Whether a fault's end takes back a fault's beginning.
bool takes_back(std::string_view end, std::string_view began) {
    if (end.starts_with("all links")) return true;
    const auto a = link_of(end), b = link_of(began);
    return a && b && *a == *b;
}

bool fault_ended(const Scene& scene, u64 from, u64 to, std::string_view began) {
    const auto& facts = scene.history().facts;
    for (u64 i = from; i < to; ++i)
        if (engine::kind_of(facts[i].fact) == FactKind::fault_ended &&
            takes_back(scene.reader().text(facts[i].fact.subject), began))
            return true;
    return false;
}

}  // namespace

const FactRow* end_of(const Scene& scene, NodeId node, const FactRow* before) {
    const auto& facts = scene.history().facts;
    for (u64 i = rows_before(scene, before); i > 0; --i) {
        if (facts[i - 1].fact.node != node) continue;
        const FactKind kind = engine::kind_of(facts[i - 1].fact);
        if (starts(kind)) return nullptr;
        if (stops(kind)) return &facts[i - 1];
    }
    return nullptr;
}

const FactRow* silence_between(const Scene& scene, NodeId a, NodeId b, const FactRow* before) {
    const auto later = [](const FactRow* one, const FactRow* other) {
        return one == nullptr || (other != nullptr && one->id < other->id) ? other : one;
    };
    const FactRow* found = later(end_of(scene, a, before), end_of(scene, b, before));
    const auto& facts = scene.history().facts;
    const u64 rows = rows_before(scene, before);
    for (u64 i = rows; i > 0; --i) {
        const FactRow& row = facts[i - 1];
        if (engine::kind_of(row.fact) != FactKind::fault_began) continue;
        const std::string& words = scene.reader().text(row.fact.subject);
        if (parts(words, scene.name(a), scene.name(b)) && !fault_ended(scene, i, rows, words))
            return later(found, &row);
    }
    return found;
}

BrokerList isr_of(const Scene& scene, const FactRow& row) {
    const auto list = [&](std::size_t word) {
        return brokers_in(scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[word])}));
    };
    switch (engine::kind_of(row.fact)) {
        case FactKind::isr: return list(0);
        case FactKind::leader:
        case FactKind::no_leader: return list(2);
        default: return {};
    }
}

namespace {

bool tells_isr(const FactRow& row) {
    const FactKind kind = engine::kind_of(row.fact);
    return kind == FactKind::isr || kind == FactKind::leader || kind == FactKind::no_leader;
}

}  // namespace

bool has(const BrokerList& list, BrokerId broker) { return std::ranges::find(list, broker) != list.end(); }

BrokerList isr_before(const Scene& scene, TopicPartition id, const FactRow& row) {
    const auto& facts = scene.history().facts;
    if (engine::kind_of(row.fact) == FactKind::isr)
        return brokers_in(scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[1])}));
    for (u64 i = rows_before(scene, &row); i > 0; --i)
        if (tells_isr(facts[i - 1]) && is_about(facts[i - 1], id)) return isr_of(scene, facts[i - 1]);
    if (scene.at().origin == nullptr) return {};
    const Sight origin(*scene.at().origin, scene.history(), scene.at().names);
    const auto* state = origin.cluster->find(id);
    return state == nullptr ? BrokerList{} : state->isr;
}

const FactRow* left_isr(const Scene& scene, TopicPartition id, BrokerId broker) {
    const auto& facts = scene.history().facts;
    const FactRow* took_out = nullptr;
    for (u64 i = scene.facts_now(); i > 0; --i) {
        const FactRow& row = facts[i - 1];
        if (!tells_isr(row) || !is_about(row, id)) continue;
        if (has(isr_of(scene, row), broker)) return took_out;
        took_out = &row;
        if (has(isr_before(scene, id, row), broker)) return took_out;
    }
    return took_out;
}

void add_fact(Evidence& evidence, const FactRow* row) {
    if (row == nullptr || std::ranges::find(evidence, row) != evidence.end()) return;
    evidence.insert(std::ranges::upper_bound(evidence, row->id, {}, [](const FactRow* each) { return each->id; }), row);
}

void add_chain(const Scene& scene, Evidence& evidence, const FactRow* row, std::size_t most) {
    if (row == nullptr) return;
    for (const FactRow* each : chain_to(scene, *row, most)) add_fact(evidence, each);
}

std::string because(const Scene& scene, const FactRow* row) {
    if (row == nullptr) return "";
    std::string words = engine::kind_of(row->fact) == FactKind::fault_began ? scene.reader().text(row->fact.subject)
                                                                            : short_text(scene, *row);
    if (!words.empty() && words.starts_with("Broker")) words[0] = 'b';
    return fmt::format(" The cause: {}, at {} s.", words, scene.time(scene.event_time(row->index())));
}

}  // namespace app
