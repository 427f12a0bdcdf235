// Sections: weights and marks · short sentences · longer ones · rules · events
#include "app/view_model/telling.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/play/transcript.h"
#include "app/view_model/evidence.h"
#include "app/view_model/query_data.h"
#include "app/view_model/words.h"
#include "engine/dfs/dfs_wire.h"
#include "engine/model/error_codes.h"
#include "engine/model/stream_facts.h"
#include "engine/stream/spark_wire.h"
#include "engine/wire/api.h"
#include "engine/zookeeper/jute.h"

namespace app {

using engine::FactKind;
using engine::FactRow;
using engine::StreamFact;
using K = FactKind;

// ---- weights and marks ----------------------------------------------------------------------------

namespace {

bool is_stream(FactKind kind) { return engine::is_stream_fact(static_cast<u16>(kind)); }
StreamFact stream_fact(FactKind kind) {
    MR_ASSERT(is_stream(kind));
    return static_cast<StreamFact>(static_cast<u16>(kind) - engine::kFirstStreamFact);
}

Weight stream_weight_of(StreamFact fact) {
    switch (fact) {
        case StreamFact::phase_began: return Weight::traffic;
        case StreamFact::executor_registered: case StreamFact::batch_began: case StreamFact::batch_committed:
        case StreamFact::watermark_moved: case StreamFact::task_retried: case StreamFact::query_started:
        case StreamFact::stage_retried: return Weight::detail;
        case StreamFact::executor_lost: case StreamFact::query_stopped: case StreamFact::query_failed:
        case StreamFact::late_dropped: case StreamFact::state_evicted: case StreamFact::blocks_lost:
        case StreamFact::fetch_failed: return Weight::turning;
    }
    return Weight::detail;
}

}  // namespace

Weight weight_of(FactKind kind) {
    if (is_stream(kind)) return stream_weight_of(stream_fact(kind));
    switch (kind) {
        case K::none: case K::record_sent: case K::batch_sent: case K::batch_acked: case K::appended:
        case K::replicated: case K::high_watermark: case K::delivered: case K::metadata_learned:
        case K::znode_changed: case K::watch_fired: case K::offsets_committed: case K::produce_waits:
        case K::fetch_session_opened: case K::fetch_session_ended: case K::fetch_nothing_new: return Weight::traffic;
        case K::session_opened: case K::session_closed: case K::znode_created: case K::znode_deleted:
        case K::broker_registered: case K::broker_gone: case K::broker_joined: case K::topic_created:
        case K::topic_deleted: case K::reassigned: case K::segments_deleted: case K::log_cleaned:
        case K::config_changed: case K::election_refused: case K::isr_proposed: case K::became_leader:
        case K::became_follower: case K::epoch_began: case K::duplicate_batch: case K::append_refused:
        case K::log_recovered: case K::fetch_refused: case K::batch_retried: case K::producer_id:
        case K::position_moved: case K::connection_lost: case K::coordinator_loaded: case K::member_joined:
        case K::member_left: case K::rebalance: case K::generation: case K::assignment:
        case K::partitions_assigned: case K::partitions_revoked: case K::message_held: case K::message_released:
        case K::message_delayed: case K::input_refused: case K::client_stopped: case K::shutdown_began:
        case K::command_finished: return Weight::detail;
        case K::node_started: case K::node_killed: case K::node_halted: case K::power_cut: case K::node_paused:
        case K::node_resumed: case K::fault_began: case K::fault_ended: case K::message_dropped:
        case K::session_expired: case K::controller: case K::leader: case K::no_leader: case K::isr:
        case K::truncated: case K::produce_expired: case K::log_failed: case K::replication_failed:
        case K::batch_failed: case K::role_refused: case K::fenced: case K::partitions_lost:
        case K::commit_failed: case K::poll_failed: return Weight::turning;
    }
    return Weight::traffic;
}

Weight weight_of(const engine::History& history, const FactRow& row) {
    const Weight weight = weight_of(engine::kind_of(row.fact));
    return weight == Weight::turning && lab::tells_again(history, row) ? Weight::detail : weight;
}

bool is_broken(FactKind kind) {
    if (is_stream(kind)) {
        const StreamFact fact = stream_fact(kind);
        return fact == StreamFact::executor_lost || fact == StreamFact::query_failed ||
               fact == StreamFact::late_dropped;
    }
    constexpr std::array kBroken = {K::node_killed,     K::node_halted,     K::power_cut,       K::node_paused,
                                    K::fault_began,     K::message_dropped, K::no_leader,       K::append_refused,
                                    K::produce_expired, K::fetch_refused,   K::log_failed,      K::replication_failed,
                                    K::role_refused,    K::batch_failed,    K::connection_lost, K::fenced,
                                    K::partitions_lost, K::commit_failed,   K::poll_failed,     K::election_refused,
                                    K::input_refused};
    return std::ranges::find(kBroken, kind) != kBroken.end();
}

std::optional<MarkerKind> marker_of(FactKind kind) {
    if (is_stream(kind)) {
        if (stream_fact(kind) == StreamFact::late_dropped) return MarkerKind::late_drop;
        return is_broken(kind) ? MarkerKind::broken : MarkerKind::event;
    }
    switch (kind) {
        case K::leader: return MarkerKind::leader;
        case K::controller: return MarkerKind::controller;
        case K::node_killed: case K::power_cut: case K::node_halted: case K::fault_began:
        case K::message_dropped: case K::no_leader: case K::log_failed: case K::replication_failed:
        case K::batch_failed: case K::produce_expired: return MarkerKind::broken;
        case K::session_expired: return MarkerKind::ended;
        default: break;
    }
    if (weight_of(kind) == Weight::traffic)
        return kind == K::appended || kind == K::replicated || kind == K::delivered ? std::optional(MarkerKind::event)
                                                                                    : std::nullopt;
    return MarkerKind::event;
}

// ---- short sentences ------------------------------------------------------------------------------

namespace {

struct Telling {
    const Scene& scene;
    const sim::Fact& fact;

    [[nodiscard]] std::string node() const { return called(fact.node); }
    [[nodiscard]] std::string other(std::size_t i) const { return called(NodeId{static_cast<sim::u16>(fact.n[i])}); }
    /// Clients are named by whoever writes a lesson ("all", "late"): what they are is said before the name.
    [[nodiscard]] std::string called(NodeId id) const {
        if (id.value >= scene.world().nodes.size()) return scene.name(id);
        const engine::NodeKind kind = scene.world().card(id).kind;
        return (kind == engine::NodeKind::producer   ? "producer "
                : kind == engine::NodeKind::consumer ? "consumer "
                                                     : "") +
               scene.name(id);
    }
    [[nodiscard]] std::string tp() const { return scene.name({fact.subject, fact.partition}); }
    [[nodiscard]] std::string what() const { return scene.reader().text(fact.subject); }
    [[nodiscard]] std::string word(std::size_t i) const {
        return scene.reader().text(sim::NameId{static_cast<u32>(fact.n[i])});
    }
    [[nodiscard]] std::string error(std::size_t i) const {
        return fmt::format("{} {}", fact.n[i], name_of(static_cast<engine::ErrorCode>(fact.n[i])));
    }
    /// "offset 9", "offsets 9 to 12".
    [[nodiscard]] std::string offsets() const {
        return fact.n[0] == fact.n[1] ? fmt::format("offset {}", fact.n[0])
                                      : fmt::format("offsets {} to {}", fact.n[0], fact.n[1]);
    }
};

std::string short_replica_text(const Telling& t, FactKind kind) {
    switch (kind) {
        case K::leader: return fmt::format("Controller elects {}", t.node());
        case K::no_leader: return fmt::format("{} has no leader", t.tp());
        case K::isr: return fmt::format("Controller sets ISR {{{}}}", t.word(0));
        case K::isr_proposed: return fmt::format("{} asks for ISR {{{}}}", t.node(), t.word(0));
        case K::became_leader: return fmt::format("{} acts as leader", t.node());
        case K::became_follower: return fmt::format("{} follows broker {}", t.node(), t.fact.n[1]);
        case K::role_refused: return fmt::format("{} refuses {}: {}", t.node(), t.tp(), t.error(0));
        case K::epoch_began: return fmt::format("Epoch {} begins at offset {}", t.fact.n[0], t.fact.n[1]);
        case K::appended: return fmt::format("{} appends {}", t.node(), t.offsets());
        case K::replicated: return fmt::format("{} copies {}", t.node(), t.offsets());
        case K::duplicate_batch: return fmt::format("{} has {} already", t.node(), t.offsets());
        case K::append_refused: return fmt::format("{} refuses: {}", t.node(), t.error(0));
        case K::high_watermark: return fmt::format("HW on {} is {}, was {}", t.node(), t.fact.n[1], t.fact.n[0]);
        case K::truncated: return fmt::format("{} cuts its log to {}", t.node(), t.fact.n[1]);
        case K::log_recovered: return fmt::format("{} opens its log", t.node());
        case K::produce_waits: return fmt::format("Produce waits for HW {}", t.fact.n[0]);
        case K::produce_expired: return "Produce has waited too long";
        case K::fetch_refused: return fmt::format("{} refuses a fetch: {}", t.node(), t.error(0));
        default: return "";
    }
}

std::string short_machine_text(const Telling& t, FactKind kind) {
    switch (kind) {
        case K::node_started: return fmt::format("{} starts", t.node());
        case K::node_killed: return fmt::format("{} is killed", t.node());
        case K::node_halted: return fmt::format("{} halts", t.node());
        case K::power_cut: return fmt::format("{} loses power", t.node());
        case K::node_paused: return fmt::format("{} is paused", t.node());
        case K::node_resumed: return fmt::format("{} goes on", t.node());
        case K::message_dropped: return fmt::format("Message of {} is dropped", t.other(1));
        case K::message_held: return fmt::format("Message of {} is held", t.other(1));
        case K::session_opened: return fmt::format("{} has a session", t.node());
        case K::session_expired: return fmt::format("Session of {} expires", t.other(1));
        case K::session_closed: return fmt::format("{} closes its session", t.other(1));
        case K::znode_created: return fmt::format("{} appears", t.what());
        case K::znode_deleted: return fmt::format("{} goes", t.what());
        case K::znode_changed: return fmt::format("{} changes", t.what());
        case K::watch_fired: return fmt::format("{} is told of {}", t.other(0), t.what());
        case K::controller: return fmt::format("{} is the controller", t.node());
        case K::broker_gone: return fmt::format("Controller sees broker {} gone", t.fact.n[0]);
        case K::broker_joined: return fmt::format("Controller sees broker {}", t.fact.n[0]);
        case K::broker_registered: return fmt::format("{} is registered", t.node());
        default: return "";
    }
}

std::string short_client_text(const Telling& t, FactKind kind) {
    switch (kind) {
        case K::record_sent: return fmt::format("{} sends record {}", t.node(), t.fact.n[0]);
        case K::batch_sent: return fmt::format("{} sends a batch", t.node());
        case K::batch_acked: return fmt::format("{} hears of {}", t.node(), t.offsets());
        case K::batch_failed: return fmt::format("{} fails: {}", t.node(), t.error(1));
        case K::batch_retried: return fmt::format("{} will try again: {}", t.node(), t.error(0));
        case K::metadata_learned: return fmt::format("{} learns: broker {} leads", t.node(), t.fact.n[0]);
        case K::delivered: return fmt::format("{} reads {}", t.node(), t.offsets());
        case K::connection_lost: return fmt::format("{} loses {}", t.node(), t.other(0));
        case K::offsets_committed: return fmt::format("{} commits offset {}", t.word(1), t.fact.n[0]);
        default: return "";
    }
}

/// "a-fffcd10d-1d2b-35cb-f699-..." is a.
std::string member_name(std::string id) {
    constexpr std::size_t kUuid = 37;   // with its dash
    return id.size() > kUuid && id[id.size() - kUuid] == '-' ? id.substr(0, id.size() - kUuid) : id;
}

std::string short_group_text(const Telling& t, FactKind kind) {
    switch (kind) {
        case K::member_joined: return fmt::format("{} joins group {}", member_name(t.word(0)), t.what());
        case K::partitions_assigned: return fmt::format("{} gets {}", t.node(), t.word(0));
        case K::position_moved: return fmt::format("{} reads from {}", t.node(), t.fact.n[0]);
        case K::member_left: return fmt::format("{} is out of group {}", member_name(t.word(0)), t.what());
        case K::rebalance: return fmt::format("Group {} rebalances", t.what());
        case K::generation:
            return fmt::format("Generation {}: {} {}", t.fact.n[0], t.fact.n[1],
                               t.fact.n[1] == 1 ? "member" : "members");
        case K::assignment: return fmt::format("Group {} is stable", t.what());
        default: return "";
    }
}

std::string short_stream_text(const Telling& t, FactKind kind) {
    if (!is_stream(kind)) return "";
    const auto group = [&] { return t.word(1).substr(0, t.word(1).find(" in ")); };
    switch (stream_fact(kind)) {
        case StreamFact::executor_registered: return fmt::format("{} registers", t.other(0));
        case StreamFact::executor_lost: return fmt::format("Driver has lost {}", t.other(0));
        case StreamFact::query_started: return fmt::format("Query {} starts", t.what());
        case StreamFact::query_stopped: return fmt::format("Query {} is stopped", t.what());
        case StreamFact::query_failed: return fmt::format("Query {} fails: {}", t.what(), t.word(0));
        case StreamFact::batch_began: return fmt::format("Offsets of batch {} are logged", t.fact.n[0]);
        case StreamFact::batch_committed:
            return fmt::format("Batch {} done: {} in, {} out", t.fact.n[0], t.fact.n[1], t.fact.n[2]);
        case StreamFact::watermark_moved:
            return fmt::format("Batch {} moves it to {}", t.fact.n[0], event_clock(t.word(1)));
        case StreamFact::late_dropped: return fmt::format("Batch {} drops {} as late", t.fact.n[0], group());
        case StreamFact::state_evicted: return fmt::format("Batch {} evicts {}", t.fact.n[0], group());
        case StreamFact::phase_began: return fmt::format("Batch {}: {}", t.fact.n[0], t.word(1));
        case StreamFact::blocks_lost: return fmt::format("Blocks of {} map tasks lost", t.fact.n[1]);
        case StreamFact::fetch_failed: return fmt::format("Task {} lacks a block of map {}", t.fact.n[0], t.fact.n[1]);
        case StreamFact::stage_retried: return fmt::format("Stage {} again", t.fact.n[0]);
        case StreamFact::task_retried: return fmt::format("Task {} of stage {} again", t.fact.n[0], t.fact.n[1]);
    }
    return "";
}

}  // namespace

std::string short_text(const Scene& scene, const FactRow& row) {
    const Telling telling{scene, row.fact};
    const FactKind kind = engine::kind_of(row.fact);
    if (lab::tells_again(scene.history(), row))
        return capital(fmt::format("{} hears of ISR {{{}}}", telling.node(), telling.word(0)));
    for (const auto tell :
         {short_replica_text, short_machine_text, short_client_text, short_group_text, short_stream_text})
        if (std::string text = tell(telling, kind); !text.empty()) return capital(std::move(text));
    return capital(scene.fact_text(row.fact));
}

// ---- longer ones ----------------------------------------------------------------------------------

std::string full_text(const Scene& scene, const FactRow& row) {
    const Telling t{scene, row.fact};
    if (!lab::tells_again(scene.history(), row)) return scene.fact_text(row.fact);
    return fmt::format("{} hears that the ISR {{{}}} of {} is written down", t.node(), t.word(0), t.tp());
}

namespace {

/// Moments of event time as short as they can be told: "2026-01-05 12:10:00" is 12:10.
std::string with_clocks(const std::string& text) {
    constexpr std::size_t kMoment = 19;
    const auto begins = [&](std::size_t at) {
        return text[at] == '2' && text.size() - at >= kMoment && text[at + 4] == '-' && text[at + 10] == ' ';
    };
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool moment = begins(at) && event_time_ms(text.substr(at, kMoment)) >= 0;
        out += moment ? event_clock(text.substr(at, kMoment)) : text.substr(at, 1);
        at += moment ? kMoment : 1;
    }
    return out;
}

}  // namespace

std::string long_text(const Scene& scene, const FactRow& row) {
    const Telling t{scene, row.fact};
    switch (engine::kind_of(row.fact)) {
        case K::duplicate_batch:
            return fmt::format("Its log already has this batch of the producer, at {}. Nothing is written.",
                               t.offsets());
        case K::produce_waits:
            return fmt::format("The batch is written, but not yet committed. The answer waits for high watermark {}.",
                               t.fact.n[0]);
        case K::node_killed: return "Its memory is gone; its files and the page cache stay. Nobody is told.";
        case K::session_expired:
            return fmt::format("ZooKeeper heard nothing of it for {} s. Its ephemeral nodes go with the session.",
                               t.fact.n[0] / 1'000'000'000);
        case K::leader:
            return fmt::format("{} leads {} with leader epoch {}, ISR {{{}}}.", capital(t.node()), t.tp(), t.fact.n[1],
                               t.word(2));
        case K::no_leader:
            return fmt::format("Nobody in the ISR {{{}}} is alive. Nothing can be written or read.", t.word(2));
        case K::epoch_began: return "Offsets go on where the log ended. Only the leader epoch is new.";
        case K::truncated:
            return fmt::format("It drops offsets from {} on: the leader's log went another way there.", t.fact.n[1]);
        case K::high_watermark: return "Everything below it is committed: consumers may read it.";
        case K::appended: return "It is in one log. Committed it is when every in-sync copy has it.";
        default: break;
    }
    const std::string full = with_clocks(capital(full_text(scene, row))), title = short_text(scene, row);
    return full == title ? "" : full + ".";
}

// ---- rules ----------------------------------------------------------------------------------------

namespace {

using engine::broker::Partition;

BrokerId elected(const Scene& scene, TopicPartition id) {
    const auto* state = scene.cluster().find(id);
    return state == nullptr ? engine::kNoBroker : state->leader;
}

/// The elected leader's replica once it acts as leader.
const Partition* leader_replica(const Scene& scene, TopicPartition id) {
    const BrokerId leader = elected(scene, id);
    if (leader == engine::kNoBroker) return nullptr;
    const lab::Replica replica = scene.cluster().replica(scene.world().broker_node(leader), id);
    return replica && replica.partition->leads() && is_alive(scene, replica.node) ? replica.partition : nullptr;
}

std::string no_leader_rule(const Scene& scene, BrokerId leader) {
    if (leader == engine::kNoBroker) return "No leader: nobody moves the high watermark.";
    if (!is_alive(scene, scene.world().broker_node(leader)))
        return fmt::format("Broker {} is dead but still the leader by the metadata: nobody moves the high watermark.",
                           leader.value);
    return fmt::format("Broker {} is leader but does not act yet: nobody moves the high watermark.", leader.value);
}

std::vector<i64> known_ends(const engine::broker::Partition& leader) {
    std::vector<i64> ends;
    for (const BrokerId broker : leader.isr.maximal()) {
        const auto* follower = leader.followers.find(broker);
        if (broker == leader.leader) ends.push_back(leader.log_end_offset().value);
        else if (follower != nullptr && follower->log_end_offset.value >= 0)
            ends.push_back(follower->log_end_offset.value);
    }
    return ends;
}

/// Why the mark stands although the ends known in the ISR would let it stand elsewhere.
std::string held_rule(const Scene& scene, const Partition& leader, const std::vector<i64>& ends) {
    const i64 mark = leader.high_watermark.value;
    if (ends.size() < leader.isr.maximal().size())
        return fmt::format("HW stays **{}** until every follower in the ISR has fetched from the new leader.", mark);
    if (std::ranges::min(ends) < mark)
        return fmt::format("HW stays **{}**: it never goes back, and a follower in the ISR is still behind it.", mark);
    const auto* broker = scene.reader().broker(leader.leader);
    if (leader.under_min_isr() && broker != nullptr && broker->memory.profile.high_watermark_needs_min_isr)
        return fmt::format("HW stays **{}**: the ISR has {} of the {} members that `min.insync.replicas` asks for.",
                           mark, leader.isr.committed.size(), leader.effective_min_isr());
    for (const auto& [id, follower] : leader.followers)
        if (!engine::broker::contains(leader.isr.maximal(), id) && follower.log_end_offset.value == mark)
            return fmt::format(
                "HW stays **{}**: broker {} is not in the ISR but was caught up a moment ago, so the leader waits for "
                "it too.",
                mark, id.value);
    return fmt::format("HW stays **{}** until the leader looks again: at its next append or fetch.", mark);
}

std::string min_of(const std::vector<i64>& ends) {
    std::string text = "min(";
    for (std::size_t i = 0; i < ends.size(); ++i) text += (i == 0 ? "" : ", ") + fmt::format("{}", ends[i]);
    return text + ")";
}

std::string assignment_text(const Scene& scene, TopicPartition id) {
    const auto* state = scene.cluster().find(id);
    return state == nullptr ? "" : engine::broker::to_text(state->replicas);
}

}  // namespace

std::string high_watermark_rule(const Scene& scene, TopicPartition id) {
    const auto* leader = leader_replica(scene, id);
    if (leader == nullptr) return no_leader_rule(scene, elected(scene, id));
    const std::vector<i64> ends = known_ends(*leader);
    // Right after an election the leader does not know its followers, and the mark does not go back.
    const bool known =
        ends.size() == leader->isr.maximal().size() && std::ranges::min(ends) == leader->high_watermark.value;
    if (!known) return held_rule(scene, *leader, ends);
    const char* words =
        ends.size() > 2 ? "HW = smallest LEO known in the ISR" : "HW = smallest LEO in the ISR, as the leader knows it";
    return fmt::format("{} = `{}` = **{}**", words, min_of(ends), leader->high_watermark.value);
}

std::string high_watermark_numbers(const Scene& scene, TopicPartition id) {
    const auto* leader = leader_replica(scene, id);
    if (leader == nullptr) {
        const lab::Replica copy =
            elected(scene, id) == engine::kNoBroker ? lab::Replica{} : scene.cluster().leading_replica(id);
        return copy ? fmt::format("{} on broker {}", copy.partition->high_watermark.value, copy.broker.value)
                    : "no leader";
    }
    const std::vector<i64> ends = known_ends(*leader);
    const bool known =
        ends.size() == leader->isr.maximal().size() && std::ranges::min(ends) == leader->high_watermark.value;
    if (!known) return fmt::format("{}", leader->high_watermark.value);
    return fmt::format("{} = {}", min_of(ends), leader->high_watermark.value);
}

namespace {

/// By which rule a controller took this leader: out of the ISR, or because somebody allowed another one.
std::string rule_of_election(const Scene& scene, const FactRow& row, TopicPartition id) {
    const Telling t{scene, row.fact};
    const auto before = isr_before(scene, id, row);
    if (before.empty() || has(before, BrokerId{static_cast<i32>(row.fact.n[0])}))
        return fmt::format(
            "The controller takes the first replica of the assignment `{}` that is alive and in the ISR: **{}**. "
            "It compares no logs and counts no votes.",
            assignment_text(scene, id), t.node());
    return fmt::format(
        "Unclean: **{}** was **not** in the ISR `{}`. Nobody of it is alive, and `unclean.leader.election.enable` lets "
        "the controller take the first of `{}` that is.",
        t.node(), engine::broker::to_text(before), assignment_text(scene, id));
}

}  // namespace

std::string rule_of(const Scene& scene, const FactRow& row) {
    const Telling t{scene, row.fact};
    const TopicPartition id{row.fact.subject, row.fact.partition};
    switch (engine::kind_of(row.fact)) {
        case K::leader: return rule_of_election(scene, row, id);
        case K::no_leader:
            return fmt::format(
                "No replica of `{}` is both alive and in the ISR. While `unclean.leader.election.enable` is false, the "
                "partition waits.",
                assignment_text(scene, id));
        case K::session_expired:
            return fmt::format("A session ends **{} s** after the last heartbeat, at most a tick later.",
                               t.fact.n[0] / 1'000'000'000);
        case K::node_killed: return "A dead process says nothing. The cluster learns of it when its session ends.";
        case K::broker_gone:
            return "The controller watches `/brokers/ids`. When a child goes, it looks for partitions that the broker "
                   "led.";
        case K::controller:
            return "Who creates `/controller` first is the controller. Its epoch fences the one before.";
        case K::duplicate_batch:
            return "Same producer id, epoch and sequence as a batch in the log: it is answered, not written again.";
        case K::produce_waits:
            return fmt::format("`acks=all`: the answer goes out when the high watermark reaches **{}**. {}",
                               t.fact.n[0], high_watermark_rule(scene, id));
        case K::produce_expired:
            return "A produce that waits longer than `request.timeout.ms` is answered with an error. The record may "
                   "still be in the log.";
        case K::high_watermark: case K::appended: case K::replicated: return high_watermark_rule(scene, id);
        case K::truncated:
            return "A follower asks where its last leader epoch ended at the leader, and cuts its log there.";
        case K::epoch_began: return "A new leader adds an epoch, not a new numbering.";
        case K::isr: return "The leader decides who is in sync; the controller takes out the dead and writes it down.";
        case K::isr_proposed:
            return "In sync is who has fetched up to the leader's log end within `replica.lag.time.max.ms`.";
        case K::became_follower:
            return "A follower fetches from the leader it was told of. Coming back changes no leader.";
        case K::append_refused:
            return "Kafka answers with an error code. Whether the client tries again depends on the code.";
        case K::batch_retried: return "An idempotent producer sends the same batch with the same sequence again.";
        case K::rebalance:
            return "Who comes, leaves or falls silent makes all members join again. An eager member gives up "
                   "everything before it does.";
        case K::generation:
            return "The coordinator waits for all known members, or for the rebalance time-out. Then the generation "
                   "counts one up.";
        case K::assignment:
            return "The coordinator never assigns. The group's leader does; the coordinator hands the result out.";
        case K::partitions_assigned:
            return "Reading starts at the committed offset; without one `auto.offset.reset` decides.";
        case K::offsets_committed: return "Committed is the next offset to read: everything below it counts as done.";
        case K::fenced: return "Who comes with an older epoch than the one in force is refused.";
        default: return "";
    }
}

// ---- events ---------------------------------------------------------------------------------------

std::string_view request_name(u16 label) {
    if (label >= engine::dfs::kDfsLabelBase) return engine::spark::stream_label_name(label);
    if (label >= engine::zookeeper::kZkLabelBase) return engine::zookeeper::zk_label_name(label);
    const engine::wire::ApiInfo* api = engine::wire::find_api(static_cast<sim::i16>(label >> 1));
    return api == nullptr ? std::string_view{} : api->name;
}

namespace {

std::string arrival_text(const Scene& scene, const sim::EventRow& event) {
    const engine::History& past = scene.history();
    const u64 number = message_of(event), row = number - std::min(number, past.first_message);
    if (number < past.first_message || row >= past.messages.size() || past.messages[row].sender == sim::kNoNode)
        return fmt::format("{} gets a part of a handshake", scene.name(event.node));
    const sim::MessageSent& message = past.messages[row];
    const std::string_view name = request_name(message.label);
    return fmt::format(
        "{} {} {} {}", scene.name(message.receiver), is_reply(message.label) ? "gets the answer to" : "gets",
        name.empty() ? "a message" : name,
        is_reply(message.label) ? "from " + scene.name(message.sender) : "from " + scene.name(message.sender));
}

std::string timer_text(const Scene& scene, const sim::EventRow& event) {
    const auto* timer =
        scene.before() == nullptr
            ? nullptr
            : scene.before()->reader.world().kernel().timers.find(sim::Handle{event.slot, static_cast<u32>(event.tag)});
    if (timer == nullptr) return fmt::format("A timer of {} is due", scene.name(event.node));
    return fmt::format("A timer of {} is due: {}", scene.name(event.node),
                       scene.world().nodes[event.node.value].code().timer_name(timer->kind));
}

}  // namespace

std::string event_text(const Scene& scene, u64 index) {
    const engine::History& past = scene.history();
    if (index < past.first_index || index - past.first_index >= past.events.size()) return "The lesson begins";
    const sim::EventRow& event = past.events[index - past.first_index];
    switch (event.kind) {
        case sim::EventKind::none: break;
        case sim::EventKind::boot: return capital(fmt::format("{} begins to work", scene.name(event.node)));
        case sim::EventKind::timer: return capital(timer_text(scene, event));
        case sim::EventKind::arrival: return capital(arrival_text(scene, event));
        case sim::EventKind::retransmit: return "A message is sent again by TCP";
        case sim::EventKind::disk: return capital(fmt::format("The disk of {} is done", scene.name(event.node)));
        case sim::EventKind::lane: return capital(fmt::format("{} works on what waited", scene.name(event.node)));
        case sim::EventKind::rule: return "A fault begins or ends";
        case sim::EventKind::input: break;
    }
    const u64 row = engine::rows_before(past.inputs, index);
    if (row < past.inputs.size() && past.inputs[row].event_index == index) return capital(past.inputs[row].line);
    return "Something is done from outside";
}

}  // namespace app
