// Sections: groups · lag · rebalances · refused commits · nothing read.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/consumers.h"
#include "app/lab/sql/known_groups.h"
#include "app/view_model/questions.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/client/consumer_node.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using lab::KnownGroup;

// ---- groups -----------------------------------------------------------------------------------------

const engine::client::ConsumerApp& app_of(const Scene& scene, NodeId node) {
    return scene.world().nodes[node.value].as<engine::client::ConsumerNode>().state;
}

bool concerns(const Scene& scene, const FactRow& row, const std::string& group) {
    return scene.reader().text(row.fact.subject) == group;
}

// ---- lag --------------------------------------------------------------------------------------------

constexpr Nanos kLookBack = sim::seconds(10);

/// What stood at the beginning of the look back, of one partition.
struct Mark {
    TopicPartition id;
    i64 high = 0, done = 0;
    bool high_known = false, done_known = false;
};

struct Flow {
    i64 in = 0, out = 0;  // records in the span
    Nanos span;
    [[nodiscard]] double rate(i64 records) const {
        return static_cast<double>(records) / std::max(0.001, static_cast<double>(span.count) / 1e9);
    }
};

/// High watermarks and committed offsets of a group as they were told last before a moment; 0 if nothing was told yet.
std::vector<Mark> marks_at(const Scene& scene, const std::string& group, const std::vector<TopicPartition>& read,
                           Nanos moment) {
    std::vector<Mark> marks;
    for (const TopicPartition id : read) marks.push_back({id, 0, 0, false, false});
    for (u64 i = scene.facts_now(); i > 0; --i) {
        const FactRow& row = scene.history().facts[i - 1];
        const FactKind kind = engine::kind_of(row.fact);
        if (kind != FactKind::high_watermark && kind != FactKind::offsets_committed) continue;
        if (scene.event_time(row.index()) > moment) continue;
        const auto mark = std::ranges::find(marks, TopicPartition{row.fact.subject, row.fact.partition}, &Mark::id);
        if (mark == marks.end()) continue;
        if (kind == FactKind::high_watermark) {
            mark->high = std::max(mark->high, row.fact.n[1]);
            mark->high_known = true;
        } else if (!mark->done_known && scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[1])}) == group) {
            mark->done = row.fact.n[0];
            mark->done_known = true;
        }
        if (std::ranges::all_of(marks, [](const Mark& each) { return each.high_known && each.done_known; })) break;
    }
    return marks;
}

Flow flow_of(const Scene& scene, const std::string& group, const std::vector<TopicPartition>& read) {
    Flow flow;
    const Nanos now = scene.at().clock, from = std::max(scene.world().frame->origin, now - kLookBack);
    flow.span = now - from;
    const std::vector<Mark> before = marks_at(scene, group, read, from), after = marks_at(scene, group, read, now);
    for (std::size_t i = 0; i < after.size(); ++i) {
        flow.in += after[i].high - before[i].high;
        flow.out += after[i].done - before[i].done;
    }
    return flow;
}

struct Lag {
    i64 now = 0;
    std::vector<TopicPartition> partitions;
};

Lag lag_of(const Scene& scene, const KnownGroup& known) {
    Lag lag;
    const auto add = [&](TopicPartition id) {
        if (std::ranges::find(lag.partitions, id) == lag.partitions.end()) lag.partitions.push_back(id);
    };
    for (const auto& [id, committed] : known.group->offsets) add(id);
    for (const lab::KnownAssignment& each : lab::assignments_of(scene.reader(), known)) add(each.id);
    for (const TopicPartition id : lag.partitions) {
        const lab::Replica leading = scene.cluster().leading_replica(id);
        const auto* committed = known.group->offsets.find(id);
        if (leading)
            lag.now += std::max<i64>(
                0, leading.partition->high_watermark.value - (committed == nullptr ? 0 : committed->offset.value));
    }
    return lag;
}

/// What keeps members from reading, most telling first; nullptr if they read.
const FactRow* hindrance(const Scene& scene, const KnownGroup& known, const Lag& lag, std::string& words) {
    std::vector<NodeId> members;
    for (const auto& [id, member] : known.group->members)
        if (const NodeId node = lab::node_of(scene.reader(), member); node != sim::kNoNode) members.push_back(node);
    for (const NodeId node : members)
        if (const FactRow* end = end_of(scene, node))
            return words = capital(scene.name(node)) + " does not work", end;
    for (const NodeId node : members)
        for (const TopicPartition partition : lag.partitions) {
            const auto* state = scene.cluster().find(partition);
            if (state == nullptr || state->leader == engine::kNoBroker) continue;
            if (const FactRow* silence = silence_between(scene, node, scene.world().broker_node(state->leader)))
                return words = fmt::format("{} and the leader of {} do not hear each other",
                                           capital(scene.name(node)), scene.name(partition)),
                       silence;
        }
    return nullptr;
}

/// A consumer of the group that is gone and that nobody replaced.
const FactRow* gone_reader(const Scene& scene, const std::string& group, std::string& words) {
    for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
        if (scene.world().card({i}).kind != engine::NodeKind::consumer ||
            lab::group_name_of(scene.reader(), {i}) != group)
            continue;
        if (const FactRow* end = end_of(scene, {i}))
            return words = capital(scene.name(NodeId{i})) + " was its reader", end;
    }
    return nullptr;
}

}  // namespace

Answer why_lag(const Scene& scene, const Object& object) {
    const auto known = lab::group_of(scene.reader(), object.node);
    if (!known) return not_so(fmt::format("{} is in no group.", capital(scene.name(object.node))));
    const std::string group = lab::group_name_of(scene.reader(), object.node);
    const Lag lag = lag_of(scene, *known);
    const Flow flow = flow_of(scene, group, lag.partitions);
    const std::string numbers =
        fmt::format("In the last {}: {} came ({:.1f}/s), {} were committed ({:.1f}/s). Lag is **{}**.",
                    span_text(flow.span), flow.in, flow.rate(flow.in), flow.out, flow.rate(flow.out), lag.now);
    // Commits come at their interval: what came in since the last one is no growth.
    const Nanos interval = app_of(scene, object.node).memory.consumer.config.auto_commit_interval;
    const double usual = flow.rate(flow.in) * static_cast<double>(interval.count) / 1e9;
    if (static_cast<double>(flow.in - flow.out) <= usual + 1 || lag.now == 0)
        return not_so(fmt::format("It does not grow. {}", numbers));
    Answer answer;
    answer.so = true;
    std::string words;
    const FactRow* hindered = hindrance(scene, *known, lag, words);
    if (hindered == nullptr && known->group->members.size() == 0) hindered = gone_reader(scene, group, words);
    if (hindered != nullptr) answer.verdict = fmt::format("{}.{} {}", words, because(scene, hindered), numbers);
    else if (known->group->members.size() == 0) answer.verdict = fmt::format("Nobody is in the group. {}", numbers);
    else if (known->group->phase != engine::broker::GroupPhase::stable)
        answer.verdict = fmt::format("The group rebalances: nobody reads meanwhile. {}", numbers);
    else if (const Nanos work = app_of(scene, object.node).settings.work_per_record; work.count > 0)
        answer.verdict = fmt::format("Each record costs {} of work, so one member does at most {:.1f} a second. {}",
                                     span_text(work), 1e9 / static_cast<double>(work.count), numbers);
    else answer.verdict = fmt::format("Members read, but commit later than records come. {}", numbers);
    answer.rule =
        "Lag = high watermark \u2212 committed offset. It grows when more comes in than is committed; more members "
        "than partitions do not help.";
    if (hindered != nullptr) add_fact(answer.evidence, hindered);
    if (known->group->phase_set_by)
        if (known->group->phase != engine::broker::GroupPhase::stable)
            add_chain(scene, answer.evidence, scene.find_fact(known->group->phase_set_by), 3);
    return answer;
}

// ---- rebalances -------------------------------------------------------------------------------------

Answer why_rebalanced(const Scene& scene, const Object& object) {
    const std::string group = lab::group_name_of(scene.reader(), object.node);
    const FactRow* rebalance = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::rebalance && concerns(scene, row, group);
    });
    if (group.empty() || rebalance == nullptr)
        return not_so(group.empty() ? "It reads without a group." : fmt::format("Group {} has not rebalanced.", group));
    Answer answer;
    answer.so = true;
    const std::string reason = scene.reader().text(sim::NameId{static_cast<u32>(rebalance->fact.n[0])});
    answer.verdict = fmt::format("At {} s: {}.", scene.time(scene.event_time(rebalance->index())), reason);
    const FactRow* member = latest_fact(scene, [&](const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        return (kind == FactKind::member_left || kind == FactKind::member_joined) && concerns(scene, row, group) &&
               row.id.event_index == rebalance->id.event_index;
    });
    // Whose silence it was stands in the member's id: "a-fffcd10d-..".
    if (member != nullptr && engine::kind_of(member->fact) == FactKind::member_left) {
        const std::string id = scene.reader().text(sim::NameId{static_cast<u32>(member->fact.n[0])});
        for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
            const std::string name = scene.name(NodeId{i});
            if (scene.world().card({i}).kind != engine::NodeKind::consumer || !id.starts_with(name) ||
                lab::group_name_of(scene.reader(), {i}) != group)
                continue;
            const FactRow* end = end_of(scene, {i}, rebalance);
            answer.verdict += because(scene, end);
            add_fact(answer.evidence, end);
        }
    }
    answer.rule =
        "Whoever comes, leaves or falls silent makes all members join again. Eager members give up everything first; "
        "cooperative ones only what moves.";
    add_fact(answer.evidence, member);
    add_chain(scene, answer.evidence, rebalance, 4);
    return answer;
}

// ---- refused commits ----------------------------------------------------------------------------------

Answer why_commit_refused(const Scene& scene, const Object& object) {
    const FactRow* failed = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::commit_failed && row.fact.node == object.node;
    });
    if (failed == nullptr) return not_so(fmt::format("No commit of {} was refused.", scene.name(object.node)));
    Answer answer;
    answer.so = true;
    const std::string group = lab::group_name_of(scene.reader(), object.node);
    const std::string exception = scene.reader().text(sim::NameId{static_cast<u32>(failed->fact.n[0])});
    answer.verdict =
        fmt::format("`{}`.", shortened(exception.substr(exception.rfind('.', exception.find(':')) + 1), 90));
    const FactRow* rebalance = latest_fact(scene, [&](const FactRow& row) {
        return row.id < failed->id && engine::kind_of(row.fact) == FactKind::rebalance && concerns(scene, row, group);
    });
    const FactRow* generation = latest_fact(scene, [&](const FactRow& row) {
        return row.id < failed->id && engine::kind_of(row.fact) == FactKind::generation && concerns(scene, row, group);
    });
    const FactRow* left = latest_fact(scene, [&](const FactRow& row) {
        return row.id < failed->id && engine::kind_of(row.fact) == FactKind::member_left &&
               concerns(scene, row, group) &&
               scene.reader().text(sim::NameId{static_cast<u32>(row.fact.n[0])}).starts_with(scene.name(object.node));
    });
    if (left != nullptr) {
        answer.verdict += fmt::format(" The group went on without it: {}.",
                                      scene.reader().text(sim::NameId{static_cast<u32>(left->fact.n[1])}));
        add_fact(answer.evidence, left);
        const auto& config = app_of(scene, object.node).memory.consumer.config;
        answer.verdict += fmt::format(" `max.poll.interval.ms` is {}, `session.timeout.ms` {}.",
                                      span_text(sim::millis(config.max_poll_interval_ms)),
                                      span_text(sim::millis(config.session_timeout_ms)));
    }
    if (generation != nullptr) answer.verdict += fmt::format(" The group is at generation {}.", generation->fact.n[0]);
    answer.rule =
        "A commit carries the generation of its member. Who is no member any more, or comes with an older generation, "
        "is refused: somebody else owns the partition.";
    add_chain(scene, answer.evidence, rebalance, 3);
    add_fact(answer.evidence, failed);
    return answer;
}

// ---- nothing read -----------------------------------------------------------------------------------

Answer why_reads_nothing(const Scene& scene, const Object& object) {
    constexpr Nanos kRecent = sim::seconds(3);
    const engine::History& history = scene.history();
    for (u64 i = scene.reader().rows_now(history.deliveries); i > 0; --i) {
        const engine::DeliveryRow& row = history.deliveries[i - 1];
        if (row.consumer != object.node) continue;
        if (scene.at().clock - scene.event_time(row.event_index) < kRecent)
            return not_so(fmt::format("It reads: offset {} of {}, at {} s.", row.offset.value, scene.name(row.source),
                                      scene.time(scene.event_time(row.event_index))));
        break;
    }
    Answer answer;
    answer.so = true;
    if (const FactRow* end = end_of(scene, object.node)) {
        answer.verdict = "It does not run." + because(scene, end);
        add_fact(answer.evidence, end);
        return answer;
    }
    if (!is_alive(scene, object.node)) return answer.verdict = "It has not been started.", answer;
    std::vector<std::string> at_end, behind;
    for (const lab::ConsumerPosition& position : lab::positions_of(scene.reader())) {
        if (position.consumer != object.node) continue;
        const lab::Replica leading = scene.cluster().leading_replica(position.id);
        const i64 high = leading ? leading.partition->high_watermark.value : 0;
        (position.position >= high ? at_end : behind)
            .push_back(fmt::format("{} at {} of {}", scene.name(position.id), position.position, high));
        const auto* state = scene.cluster().find(position.id);
        const FactRow* silence = position.position >= high || state == nullptr || state->leader == engine::kNoBroker
                                     ? nullptr
                                     : silence_between(scene, object.node, scene.world().broker_node(state->leader));
        if (silence == nullptr) continue;
        answer.verdict = fmt::format("The leader of {} and it do not hear each other.{}", scene.name(position.id),
                                     because(scene, silence));
        add_fact(answer.evidence, silence);
        return answer;
    }
    if (!behind.empty()) answer.verdict = fmt::format("It stands at {}; a fetch is on its way.", listed(behind));
    else if (!at_end.empty())
        answer.verdict = fmt::format("It has read everything that is committed: {}.", listed(at_end));
    else if (const auto known = lab::group_of(scene.reader(), object.node);
             known && known->group->phase == engine::broker::GroupPhase::stable)
        answer.verdict =
            fmt::format("It has no partition: the group has {} members, and a partition has one reader in a group.",
                        known->group->members.size());
    else answer.verdict = "It has no partition yet: the group is not stable.";
    answer.rule = "A consumer reads the partitions that are assigned to it, from its position to the high watermark.";
    return answer;
}

}  // namespace app
