// Sections: places · out of sync · who leads · the high watermark · what was lost · sessions.
#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/copies.h"
#include "app/view_model/past.h"
#include "app/view_model/questions.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/client/producer_node.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using engine::broker::BrokerList;

// ---- places -----------------------------------------------------------------------------------------

TopicPartition partition_of(const Scene& scene, const Object& object) {
    return object.id.partition >= 0 ? object.id : scene.focus();
}
BrokerId broker_of(const Scene& scene, const Object& object) {
    return object.node == sim::kNoNode ? engine::kNoBroker : scene.world().card(object.node).broker;
}
std::string text_of(const BrokerList& list) { return "{" + engine::broker::to_text(list) + "}"; }
std::string at(const Scene& scene, const FactRow& row) { return scene.time(scene.event_time(row.index())) + " s"; }

const engine::broker::Partition* acting_leader(const Scene& scene, TopicPartition id) {
    const auto* state = scene.cluster().find(id);
    if (state == nullptr || state->leader == engine::kNoBroker) return nullptr;
    const lab::Replica replica = scene.cluster().replica(scene.world().broker_node(state->leader), id);
    return replica && replica.partition->leads() && is_alive(scene, replica.node) ? replica.partition : nullptr;
}

const FactRow* latest_election(const Scene& scene, TopicPartition id) {
    return latest_fact(
        scene, [&](const FactRow& row) { return engine::kind_of(row.fact) == FactKind::leader && is_about(row, id); });
}

// ---- out of sync ------------------------------------------------------------------------------------

/// The leader asked for it: the member had not caught up for too long.
const FactRow* proposal_before(const Scene& scene, TopicPartition id, BrokerId broker, const FactRow& out) {
    const FactRow* found = latest_fact(scene, [&](const FactRow& row) {
        return row.id < out.id && engine::kind_of(row.fact) == FactKind::isr_proposed && is_about(row, id) &&
               row.fact.n[1] == broker.value;
    });
    if (found == nullptr) return nullptr;
    const auto asked = brokers_in(scene.reader().text(sim::NameId{static_cast<u32>(found->fact.n[0])}));
    return has(asked, broker) ? nullptr : found;
}

std::string lag_numbers(const Scene& scene, TopicPartition id, BrokerId broker, const FactRow& proposal) {
    const lab::Replica leader = scene.cluster().replica(proposal.fact.node, id);
    const auto* config = scene.reader().broker(proposal.fact.node);
    if (!leader || config == nullptr) return "";
    const Nanos limit = config->memory.config.replica_lag_time_max;
    const auto* follower = leader.partition->followers.find(broker);
    if (follower == nullptr || !leader.partition->leads())
        return fmt::format("longer than `replica.lag.time.max.ms`, {}", span_text(limit));
    const Nanos lag = scene.event_time(proposal.index()) - follower->last_caught_up;
    return fmt::format("for {}: longer than `replica.lag.time.max.ms`, {}", span_text(lag), span_text(limit));
}

/// What it still takes to come back.
std::string way_back(const Scene& scene, TopicPartition id, NodeId node, BrokerId broker) {
    const auto* leader = acting_leader(scene, id);
    const lab::Replica own = scene.cluster().replica(node, id);
    if (leader == nullptr || !own || !is_alive(scene, node) || leader->leader == broker) return "";
    const i64 needed = std::max(leader->high_watermark.value, leader->epoch_start.value),
              end = own.partition->log_end_offset().value;
    return end >= needed
               ? fmt::format(" It has caught up ({} of {}); the change of the ISR is on its way.", end, needed)
               : fmt::format(" To come back it must reach offset **{}**; its log ends at **{}**.", needed, end);
}

}  // namespace

Answer why_not_in_isr(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const BrokerId broker = broker_of(scene, object);
    const auto* state = scene.cluster().find(id);
    const std::string who = capital(scene.name(object.node));
    if (state == nullptr || !has(state->replicas, broker))
        return not_so(fmt::format("{} holds no replica of {}.", who, scene.name(id)));
    if (has(state->isr, broker)) return not_so(fmt::format("It is in the ISR: **{}**.", text_of(state->isr)));
    Answer answer;
    answer.so = true;
    answer.rule =
        "In the ISR is who has fetched up to the leader's log end within `replica.lag.time.max.ms`. The controller "
        "takes out who is dead.";
    const FactRow* out = left_isr(scene, id, broker);
    if (out == nullptr)
        return answer.verdict =
                   fmt::format("{} is not in the ISR **{}** since before this lesson.", who, text_of(state->isr)),
               answer;
    const FactRow* proposal = proposal_before(scene, id, broker, *out);
    if (proposal != nullptr) {
        const FactRow* silence = silence_between(scene, object.node, proposal->fact.node, proposal);
        answer.verdict = fmt::format("{} had not caught up {}.{}", who, lag_numbers(scene, id, broker, *proposal),
                                     because(scene, silence));
        add_fact(answer.evidence, silence);
        add_fact(answer.evidence, proposal);
    } else if (const FactRow* end = end_of(scene, object.node, out); end != nullptr) {
        answer.verdict = fmt::format("{} is gone, so the controller took it out.{}", who, because(scene, end));
        add_fact(answer.evidence, end);
    } else {
        const bool unclean = engine::kind_of(out->fact) == FactKind::leader &&
                             !has(isr_before(scene, id, *out), BrokerId{static_cast<sim::i32>(out->fact.n[0])});
        answer.verdict = unclean
                             ? fmt::format("An unclean election made {} the only member.", scene.name(out->fact.node))
                             : fmt::format("It was taken out at {}.", at(scene, *out));
    }
    answer.verdict += way_back(scene, id, object.node, broker);
    add_chain(scene, answer.evidence, out);
    return answer;
}

// ---- who leads --------------------------------------------------------------------------------------

namespace {

std::string order_of(const Scene& scene, TopicPartition id) {
    const auto* state = scene.cluster().find(id);
    return state == nullptr ? "" : engine::broker::to_text(state->replicas);
}

/// Why a broker could not be taken in an election; "" if it could.
std::string obstacle(const Scene& scene, TopicPartition id, BrokerId broker, const FactRow& election) {
    const FactRow* end = end_of(scene, scene.world().broker_node(broker), &election);
    if (end != nullptr) return fmt::format("broker {} was gone since {}", broker.value, at(scene, *end));
    const BrokerList before = isr_before(scene, id, election);
    if (!before.empty() && !has(before, broker))
        return fmt::format("broker {} was not in the ISR {}", broker.value, text_of(before));
    return "";
}

bool is_unclean(const Scene& scene, TopicPartition id, const FactRow& election) {
    const BrokerList before = isr_before(scene, id, election);
    return !before.empty() && !has(before, BrokerId{static_cast<sim::i32>(election.fact.n[0])});
}

/// What became of those before it in the order.
std::vector<std::string> passed_over(const Scene& scene, TopicPartition id, const FactRow& election) {
    std::vector<std::string> reasons;
    const auto* state = scene.cluster().find(id);
    if (state == nullptr) return reasons;
    for (const BrokerId each : state->replicas) {
        if (each.value == election.fact.n[0]) break;
        if (std::string reason = obstacle(scene, id, each, election); !reason.empty())
            reasons.push_back(std::move(reason));
    }
    return reasons;
}

}  // namespace

Answer why_elected(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const auto* state = scene.cluster().find(id);
    if (state == nullptr) return not_so("Nobody knows this partition.");
    const FactRow* election = latest_election(scene, id);
    if (state->leader == engine::kNoBroker)
        return not_so(fmt::format("{} has no leader at this moment.", scene.name(id)));
    if (election == nullptr)
        return not_so(
            fmt::format("Broker {} leads since the topic was made: first of {}. No election was held in this lesson.",
                        state->leader.value, order_of(scene, id)));
    Answer answer;
    answer.so = true;
    const std::string winner = fmt::format("broker {}", election->fact.n[0]);
    if (is_unclean(scene, id, *election)) {
        answer.verdict = fmt::format("Unclean: {} was **not** in the ISR {}. It was alive, and somebody allowed it.",
                                     winner, text_of(isr_before(scene, id, *election)));
    } else {
        const auto reasons = passed_over(scene, id, *election);
        answer.verdict = fmt::format("{} is the first of {} that was alive and in the ISR{}.", capital(winner),
                                     order_of(scene, id), reasons.empty() ? "" : "; " + listed(reasons));
    }
    answer.rule =
        "The controller walks the assignment in order and takes the first replica that is alive and in the ISR. It "
        "compares no logs and counts no votes.";
    add_chain(scene, answer.evidence, election, 5);
    return answer;
}

Answer why_not_leader(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const BrokerId broker = broker_of(scene, object);
    const auto* state = scene.cluster().find(id);
    if (state == nullptr || !has(state->replicas, broker))
        return not_so(fmt::format("{} holds no replica of {}.", capital(scene.name(object.node)), scene.name(id)));
    if (state->leader == broker)
        return not_so(fmt::format("It leads {}, with leader epoch {}.", scene.name(id), state->leader_epoch.value));
    Answer answer;
    answer.so = true;
    answer.rule =
        "First in the assignment, alive, in the ISR: that is decided at an election. Coming back later changes no "
        "leader by itself.";
    const FactRow* election = latest_election(scene, id);
    if (state->leader == engine::kNoBroker) {
        answer.verdict =
            has(state->isr, broker)
                ? "Nobody leads: it is in the ISR, but not alive."
                : fmt::format("Nobody leads, and it is not in the ISR {}: it may lack records that were acknowledged.",
                              text_of(state->isr));
        add_chain(scene, answer.evidence, left_isr(scene, id, broker));
        add_fact(answer.evidence, end_of(scene, object.node));
        return answer;
    }
    const std::string reason = election == nullptr ? "" : obstacle(scene, id, broker, *election);
    if (!reason.empty()) {
        answer.verdict = fmt::format("When broker {} was elected, {}.", state->leader.value, reason);
        add_fact(answer.evidence, end_of(scene, object.node, election));
        const bool back = is_alive(scene, object.node) && has(state->isr, broker);
        if (back) answer.verdict += " It is back since, but no election was held.";
    } else {
        answer.verdict =
            fmt::format("Broker {} comes before it in the assignment {}.", state->leader.value, order_of(scene, id));
    }
    add_chain(scene, answer.evidence, election);
    return answer;
}

Answer why_no_leader(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const auto* state = scene.cluster().find(id);
    if (state == nullptr) return not_so("Nobody knows this partition.");
    if (state->leader != engine::kNoBroker) return not_so(fmt::format("Broker {} leads it.", state->leader.value));
    Answer answer;
    answer.so = true;
    std::vector<std::string> gone;
    for (const BrokerId each : state->isr)
        if (const FactRow* end = end_of(scene, scene.world().broker_node(each))) {
            gone.push_back(fmt::format("broker {} since {}", each.value, at(scene, *end)));
            add_fact(answer.evidence, end);
        }
    answer.verdict = fmt::format("Of the ISR **{}** nobody is alive: {}.", text_of(state->isr),
                                 gone.empty() ? "its sessions are over" : "gone is " + listed(gone));
    for (const BrokerId each : state->replicas)
        if (!has(state->isr, each) && is_alive(scene, scene.world().broker_node(each)))
            answer.verdict += fmt::format(" Broker {} is alive, but not in the ISR.", each.value);
    answer.rule =
        "Only a member of the ISR may lead, unless `unclean.leader.election.enable` is true. The last member never "
        "leaves the ISR: it is the one place where all data is known to be.";
    add_chain(scene, answer.evidence,
              latest_fact(scene,
                          [&](const FactRow& row) {
                              return engine::kind_of(row.fact) == FactKind::no_leader && is_about(row, id);
                          }),
              3);
    return answer;
}

// ---- the high watermark -------------------------------------------------------------------------------

Answer why_not_visible(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const auto* leader = acting_leader(scene, id);
    if (leader == nullptr) {
        Answer answer = why_no_leader(scene, object);
        if (!answer.so) answer.verdict = "The leader does not act yet.";
        return answer;
    }
    const i64 high = leader->high_watermark.value, end = leader->log_end_offset().value,
              wanted = object.offset >= 0 ? object.offset : end - 1;
    if (wanted < high)
        return not_so(fmt::format("It may be read: offset {} is below the high watermark **{}**.", wanted, high));
    if (wanted >= end) return not_so(fmt::format("There is no offset {} yet: the log ends at {}.", wanted, end));
    Answer answer;
    answer.so = true;
    answer.rule = "Consumers may read below the high watermark. " + high_watermark_rule(scene, id);
    if (leader->under_min_isr()) {
        answer.verdict = fmt::format(
            "The ISR {} has {} {}, below `min.insync.replicas` **{}**: the high watermark stands still at **{}**.",
            text_of(leader->isr.committed), leader->isr.committed.size(),
            leader->isr.committed.size() == 1 ? "member" : "members", leader->effective_min_isr(), high);
        for (const BrokerId each : leader->replicas)
            if (!has(leader->isr.committed, each)) add_chain(scene, answer.evidence, left_isr(scene, id, each), 3);
        return answer;
    }
    const NodeId self = scene.world().broker_node(leader->leader);
    std::vector<std::string> behind;
    for (const BrokerId each : leader->isr.maximal()) {
        const auto* follower = leader->followers.find(each);
        if (each == leader->leader || (follower != nullptr && follower->log_end_offset.value > wanted)) continue;
        const NodeId node = scene.world().broker_node(each);
        const FactRow* silence = silence_between(scene, node, self);
        behind.push_back(fmt::format("broker {} (known to {}){}", each.value,
                                     follower == nullptr || follower->log_end_offset.value < 0
                                         ? "nothing"
                                         : fmt::format("{}", follower->log_end_offset.value),
                                     silence == nullptr ? "" : ", silent"));
        add_fact(answer.evidence, silence);
    }
    answer.verdict = fmt::format("The high watermark is **{}**. In the ISR and not yet known to have offset {}: {}.",
                                 high, wanted, behind.empty() ? "nobody" : listed(behind));
    add_chain(scene, answer.evidence,
              latest_fact(scene,
                          [&](const FactRow& row) {
                              return engine::kind_of(row.fact) == FactKind::appended && is_about(row, id) &&
                                     row.fact.n[0] <= wanted && wanted <= row.fact.n[1];
                          }),
              3);
    return answer;
}

// ---- what was lost ------------------------------------------------------------------------------------

namespace {

struct LostSends {
    u64 count = 0;
    i64 first = -1, last = -1;
    bool by_leader_alone = false;  // some were acknowledged with acks=1 or 0
};

bool waits_for_isr(const Scene& scene, NodeId producer) {
    const engine::Node& node = scene.world().nodes[producer.value];
    return node.code().kind() == engine::NodeKind::producer &&
           node.as<engine::client::ProducerNode>().state.memory.producer.config.acks < 0;
}

/// The log of the leader; while it is dead, or nobody leads, those of the in-sync copies: one of them will lead.
std::vector<lab::Replica> logs_that_count(const Scene& scene, TopicPartition id) {
    std::vector<lab::Replica> logs;
    const auto* state = scene.cluster().find(id);
    if (state == nullptr) return logs;
    const NodeId leader = scene.world().broker_node(state->leader);
    const bool leads = leader != sim::kNoNode && is_alive(scene, leader);
    for (const BrokerId each : leads ? engine::broker::BrokerList{state->leader} : state->isr)
        if (const lab::Replica log = scene.cluster().replica(scene.world().broker_node(each), id)) logs.push_back(log);
    return logs;
}

/// In the first epoch and the first life of its broker a log has only grown.
bool only_grew(const Scene& scene, const lab::Replica& log) {
    const sim::Host& host = scene.world().kernel().host(log.node);
    return log.partition->leader_epoch.value <= 0 && host.incarnation <= 1 && host.state != sim::HostState::off;
}

/// Acknowledged, and in no log that counts. What compaction takes was superseded.
LostSends lost_of(const Scene& scene, TopicPartition id) {
    LostSends lost;
    const std::vector<lab::Replica> logs = logs_that_count(scene, id);
    const auto settled = [&](const lab::Replica& log) {
        return log.partition->log.config.cleanup_compact || only_grew(scene, log);
    };
    if (logs.empty() || std::ranges::any_of(logs, settled)) return lost;
    const engine::History& history = scene.history();
    for (u64 i = 0; i < scene.reader().rows_now(history.outcomes); ++i) {
        const engine::SendOutcomeRow& outcome = history.outcomes[i];
        if (engine::failed(outcome.error) || !outcome.exception.empty() || outcome.target != id ||
            outcome.offset.value < 0)
            continue;
        const auto has_it = [&](const lab::Replica& log) {
            return outcome.offset < log.partition->log.log_start ||
                   !scene.reader().copies().find(scene.reader(), log, outcome.message).empty();
        };
        if (std::ranges::any_of(logs, has_it)) continue;
        lost.first = lost.count == 0 ? outcome.offset.value : std::min(lost.first, outcome.offset.value);
        lost.last = std::max(lost.last, outcome.offset.value);
        lost.by_leader_alone = lost.by_leader_alone || !waits_for_isr(scene, outcome.message.producer);
        ++lost.count;
    }
    return lost;
}

}  // namespace

Answer why_lost(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const LostSends lost = lost_of(scene, id);
    if (lost.count == 0) return not_so(fmt::format("No acknowledged record is missing from {}.", scene.name(id)));
    Answer answer;
    answer.so = true;
    // The election after which the leader's log ended below what is missing.
    const FactRow* election = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::leader && is_about(row, id) && row.id.event_index > 0;
    });
    const FactRow* began = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::epoch_began && is_about(row, id) && row.fact.n[1] <= lost.first;
    });
    for (const FactRow* each = election; each != nullptr && began != nullptr && each->fact.n[1] > began->fact.n[0];) {
        const FactRow* later = each;
        each = latest_fact(scene, [&](const FactRow& row) {
            return row.id < later->id && engine::kind_of(row.fact) == FactKind::leader && is_about(row, id);
        });
        if (each != nullptr) election = each;
    }
    const std::string which =
        lost.count == 1 ? fmt::format("1 acknowledged record (offset {})", lost.first)
                        : fmt::format("{} acknowledged records (offsets {} to {})", lost.count, lost.first, lost.last);
    if (election != nullptr && is_unclean(scene, id, *election)) {
        answer.verdict =
            fmt::format("{} were on {} only. An unclean election made broker {} leader, which never had them.", which,
                        text_of(isr_before(scene, id, *election)), election->fact.n[0]);
        answer.rule =
            "`acks=all` means all members of the ISR. The promise holds while one of them survives; an unclean "
            "election gives it up. It is Kafka's promise that is broken here, not the lab's.";
    } else if (!lost.by_leader_alone) {
        answer.verdict = fmt::format("All in-sync copies had {}, and came back without.", which);
        answer.rule =
            "`acks=all` waits until every member of the ISR has a record, not until it is on a disk. Where all of them "
            "lose their memory at once, it is gone.";
    } else {
        answer.verdict = fmt::format(
            "{} were acknowledged by the leader alone (`acks=1`) and not copied before another broker led.", which);
        answer.rule =
            "With `acks=1` an answer says that the leader has it, no more. What no follower in the ISR has copied goes "
            "with the leader.";
    }
    add_chain(scene, answer.evidence, election, 4);
    add_fact(answer.evidence, latest_fact(scene, [&](const FactRow& row) {
                 return engine::kind_of(row.fact) == FactKind::truncated && is_about(row, id) &&
                        row.fact.n[1] <= lost.first;
             }));
    return answer;
}

Answer why_cut(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const FactRow* cut = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::truncated && is_about(row, id) && row.fact.node == object.node;
    });
    if (cut == nullptr)
        return not_so(fmt::format("{} has not cut its log of {}.", capital(scene.name(object.node)), scene.name(id)));
    Answer answer;
    answer.so = true;
    const FactRow* epoch = latest_fact(scene, [&](const FactRow& row) {
        return row.id < cut->id && engine::kind_of(row.fact) == FactKind::epoch_began && is_about(row, id) &&
               row.fact.node != object.node;
    });
    answer.verdict = fmt::format("It had offsets up to {}, and cut to **{}**", cut->fact.n[0] - 1, cut->fact.n[1]);
    answer.verdict += epoch == nullptr ? "."
                                       : fmt::format(": leader epoch {} begins at offset {} on {}.", epoch->fact.n[0],
                                                     epoch->fact.n[1], scene.name(epoch->fact.node));
    answer.rule =
        "A follower says which epoch its last record has; the leader says where that epoch ended. What lies behind is "
        "another history and is cut.";
    add_fact(answer.evidence, epoch);
    add_chain(scene, answer.evidence, cut, 4);
    return answer;
}

// ---- where the log begins -----------------------------------------------------------------------------

Answer why_log_start(const Scene& scene, const Object& object) {
    const TopicPartition id = partition_of(scene, object);
    const lab::Replica leading = scene.cluster().leading_replica(id);
    if (!leading || leading.partition->log.log_start.value == 0)
        return not_so("It begins at offset 0: nothing was deleted.");
    Answer answer;
    answer.so = true;
    const FactRow* deleted = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::segments_deleted && is_about(row, id);
    });
    const i64 start = leading.partition->log.log_start.value;
    if (deleted == nullptr) answer.verdict = fmt::format("It begins at **{}** since before this lesson.", start);
    else if (deleted->fact.n[1] == 0)
        answer.verdict =
            fmt::format("Somebody asked for it: records before **{}** were deleted (DeleteRecords).", start);
    else
        answer.verdict = fmt::format("Retention: {} whole {} were too old or too much, so the log begins at **{}**.",
                                     deleted->fact.n[1], deleted->fact.n[1] == 1 ? "segment" : "segments", start);
    answer.rule =
        "Kafka deletes whole segments, never the active one, by `retention.ms` and `retention.bytes`; whether somebody "
        "has "
        "read them does not matter.";
    add_fact(answer.evidence, deleted);
    return answer;
}

// ---- sessions ---------------------------------------------------------------------------------------

Answer why_thought_dead(const Scene& scene, const Object& object) {
    const FactRow* session = latest_fact(scene, [&](const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        return kind == FactKind::session_opened
                   ? row.fact.node == object.node
                   : kind == FactKind::session_expired && row.fact.n[1] == object.node.value;
    });
    if (session == nullptr || engine::kind_of(session->fact) == FactKind::session_opened) {
        const bool gone = !is_alive(scene, object.node);
        return not_so(
            gone ? "Its process is dead, but its ZooKeeper session is not over: for the cluster it is still there."
                 : "Its ZooKeeper session is alive.");
    }
    Answer answer;
    answer.so = true;
    const auto* broker = scene.reader().broker(object.node);
    const FactRow* silence = silence_between(scene, object.node, scene.zookeeper(), session);
    answer.verdict = fmt::format(
        "ZooKeeper heard nothing of it for {}{}.{}", span_text(sim::nanos(session->fact.n[0])),
        broker == nullptr
            ? ""
            : fmt::format("; its session allows {}", span_text(broker->memory.config.zookeeper_session_timeout)),
        because(scene, silence));
    answer.rule =
        "A session ends `zookeeper.session.timeout.ms` after the last sign of life, at most one tick later. Its "
        "ephemeral znodes go with it.";
    add_fact(answer.evidence, silence);
    add_chain(scene, answer.evidence, session);
    return answer;
}

Answer why_controller(const Scene& scene, const Object& object) {
    const BrokerId now = scene.controller();
    if (now == engine::kNoBroker || now != broker_of(scene, object))
        return not_so(now == engine::kNoBroker ? "There is no controller: /controller does not exist."
                                               : fmt::format("It is not: /controller names broker {}.", now.value));
    Answer answer;
    answer.so = true;
    const FactRow* became = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::controller && row.fact.node == object.node;
    });
    answer.verdict =
        became == nullptr
            ? "It created `/controller` first, before this lesson."
            : fmt::format("It created `/controller` first, when the znode was gone: controller epoch **{}**.",
                          became->fact.n[0]);
    answer.rule =
        "Who creates the ephemeral znode `/controller` first is the controller, for as long as its session lives. Its "
        "epoch fences the one before.";
    add_chain(scene, answer.evidence, became, 5);
    return answer;
}

}  // namespace app
