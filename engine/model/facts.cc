#include "engine/model/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/error_codes.h"
#include "engine/model/stream_facts.h"

namespace engine {
namespace {

using K = FactKind;

/// In a sentence: {node} whom it is about, {tp} topic-partition, {what} the subject's name, {0}..{3} numbers,
/// {n0}..{n3} names in the table, {e0}..{e3} error names, {s0}..{s3} seconds of a span in ns, {w0}..{w3} nodes.
struct KindText {
    K kind = K::none;
    std::string_view name;
    std::string_view sentence;
};

// clang-format off
constexpr std::array kTexts = {
    KindText{K::none, "none", ""},
    KindText{K::node_started, "started", "{node} starts"},
    KindText{K::node_killed, "killed", "the process of {node} is killed: its memory is gone, its files and the page cache stay"},
    KindText{K::node_halted, "halted", "{node} halts: {n0}"},
    KindText{K::power_cut, "power-cut", "{node} loses power: what was not synced to disk is gone"},
    KindText{K::node_paused, "paused", "{node} is paused: it does nothing, its connections stay open"},
    KindText{K::node_resumed, "resumed", "{node} goes on"},
    KindText{K::fault_began, "fault", "fault begins: {what}"},
    KindText{K::fault_ended, "fault", "fault ends: {what}"},
    KindText{K::message_dropped, "dropped", "message {0} from {w1} to {w2} is dropped and its connection breaks"},
    KindText{K::message_held, "held", "message {0} from {w1} to {w2} is held back"},
    KindText{K::message_released, "released", "message {0} from {w1} to {w2} goes on"},
    KindText{K::message_delayed, "delayed", "message {0} from {w1} to {w2} is delayed by {s3} s"},
    KindText{K::input_refused, "refused", "not possible: {what}"},
    KindText{K::client_stopped, "stopped", "{node} is asked to stop"},
    KindText{K::shutdown_began, "stopped", "{node} is asked to stop and hands over what it leads"},
    KindText{K::session_opened, "session", "{node} has a ZooKeeper session of {s0} s"},
    KindText{K::session_expired, "session", "the ZooKeeper session of {w1} expires: nothing was heard of it for {s0} s"},
    KindText{K::session_closed, "session", "{w1} closes its ZooKeeper session"},
    KindText{K::znode_created, "znode", "znode {what} is created"},
    KindText{K::znode_deleted, "znode", "znode {what} is deleted"},
    KindText{K::znode_changed, "znode", "znode {what} has version {0}"},
    KindText{K::watch_fired, "watch", "{w0} is told that {what} changed"},
    KindText{K::broker_registered, "registered", "{node} is registered with broker epoch {0}"},
    KindText{K::controller, "controller", "{node} is the controller, controller epoch {0}"},
    KindText{K::broker_gone, "broker", "the controller sees that broker {0} is gone"},
    KindText{K::broker_joined, "broker", "the controller sees that broker {0} is there"},
    KindText{K::topic_created, "topic", "topic {what} is created with {0} partitions"},
    KindText{K::topic_deleted, "topic", "topic {what} is deleted"},
    KindText{K::reassigned, "reassigned", "{tp} has the replicas {n0}, was {n1}"},
    KindText{K::leader, "leader", "{node} leads {tp}, leader epoch {1}, ISR {{{n2}}}"},
    KindText{K::no_leader, "leader", "{tp} has no leader, leader epoch {1}, ISR {{{n2}}}"},
    KindText{K::isr, "isr", "ISR of {tp} is {{{n0}}}, was {{{n1}}}"},
    KindText{K::config_changed, "config", "{what}: {n0} = {n1}"},
    KindText{K::election_refused, "election", "no election for {tp}: {e0}"},
    KindText{K::isr_proposed, "isr-proposed", "{node} asks for ISR {{{n0}}} of {tp}: broker {1} {n2}"},
    KindText{K::became_leader, "role", "{node} acts as leader of {tp}, leader epoch {0}, from offset {1}"},
    KindText{K::became_follower, "role", "{node} follows broker {1} for {tp}, leader epoch {0}"},
    KindText{K::role_refused, "role", "{node} refuses its role in {tp}: {e0}"},
    KindText{K::epoch_began, "epoch", "leader epoch {0} of {tp} begins at offset {1} on {node}"},
    KindText{K::appended, "append", "{node} appends offsets {0} to {1} to {tp}"},
    KindText{K::replicated, "replicate", "{node} copies offsets {0} to {1} of {tp}"},
    KindText{K::duplicate_batch, "duplicate", "{node} knows this batch of {tp} already: offsets {0} to {1}"},
    KindText{K::append_refused, "refused", "{node} refuses a batch for {tp}: {e0}"},
    KindText{K::high_watermark, "high-watermark", "high watermark of {tp} on {node} is {1}, was {0}"},
    KindText{K::truncated, "truncate", "{node} cuts {tp} from {0} to {1}"},
    KindText{K::log_recovered, "recovered", "{node} has opened the log of {tp}: offsets {0} to {1}"},
    KindText{K::produce_waits, "wait", "a produce to {tp} waits for high watermark {0}"},
    KindText{K::produce_expired, "wait", "a produce to {tp} has waited {s1} s for high watermark {0}: {e2}"},
    KindText{K::fetch_refused, "refused", "{node} refuses a fetch of {tp} at {1}: {e0}"},
    KindText{K::fetch_session_opened, "fetch-session", "{node} opens fetch session {0} of {w1} with {2} partitions"},
    KindText{K::fetch_session_ended, "fetch-session", "{node} ends fetch session {0} of {w1}: {n2}"},
    KindText{K::fetch_nothing_new, "nothing-new", "{node} has nothing new for {w1}: session {0} is answered with none of its {2} partitions"},
    KindText{K::log_failed, "disk", "{node} cannot write {tp}: the disk is full"},
    KindText{K::segments_deleted, "retention", "{node} deletes {1} old segments of {tp}: the log starts at {0}"},
    KindText{K::log_cleaned, "compaction", "{node} has compacted {tp} up to offset {0}"},
    KindText{K::replication_failed, "failed", "{node} gives up copying {tp}: what broker {0} sends does not follow offset {1}"},
    KindText{K::record_sent, "send", "{node} sends message {0} to {tp}"},
    KindText{K::batch_sent, "send", "{node} sends a batch of {0} to {tp}"},
    KindText{K::batch_acked, "ack", "{node}: {tp} holds offsets {0} to {1}"},
    KindText{K::batch_failed, "ack", "{node}: a batch of {0} for {tp} failed: {e1}"},
    KindText{K::batch_retried, "retry", "{node} will send a batch to {tp} again: {e0}"},
    KindText{K::metadata_learned, "metadata", "{node} learns that broker {0} leads {tp}, leader epoch {1}"},
    KindText{K::producer_id, "producer", "{node} has producer id {0}, epoch {1}"},
    KindText{K::delivered, "deliver", "{node} reads offsets {0} to {1} of {tp}"},
    KindText{K::position_moved, "position", "{node} goes to offset {0} of {tp}: {n1}"},
    KindText{K::offsets_committed, "commit", "group {n1} has committed offset {0} of {tp}"},
    KindText{K::connection_lost, "connection", "{node} lost its connection to {w0}"},
    KindText{K::coordinator_loaded, "coordinator", "{node} looks after the groups of {tp}"},
    KindText{K::member_joined, "member", "{n0} joins group {what}"},
    KindText{K::member_left, "member", "{n0} is out of group {what}: {n1}"},
    KindText{K::rebalance, "rebalance", "group {what} rebalances: {n0}"},
    KindText{K::generation, "generation", "group {what} has generation {0} with {1} members"},
    KindText{K::assignment, "assignment", "group {what} has its assignment, generation {0}"},
    KindText{K::fenced, "fenced", "{node} is refused: {e0}"},
    KindText{K::partitions_assigned, "assigned", "{node} gets {n0}"},
    KindText{K::partitions_revoked, "revoked", "{node} gives up {n0}"},
    KindText{K::partitions_lost, "lost", "{node} has lost {n0}"},
    KindText{K::commit_failed, "commit", "{node} cannot commit: {n0}"},
    KindText{K::poll_failed, "exception", "{node}: poll() throws {n0}"},
    KindText{K::command_finished, "command", "{node}: command ends with exit code {0}"},
};
// clang-format on
static_assert(kTexts.size() == kFactKinds);
static_assert([] {
    for (std::size_t i = 0; i < kTexts.size(); ++i)
        if (static_cast<std::size_t>(kTexts[i].kind) != i || kTexts[i].name.empty()) return false;
    return true;
}());

// clang-format off
constexpr std::array kStreamTexts = {
    KindText{kind_of(StreamFact::executor_registered), "executor", "{w0} registers with the driver"},
    KindText{kind_of(StreamFact::executor_lost), "executor", "the driver has lost {w0}: its tasks go to others"},
    KindText{kind_of(StreamFact::query_started), "query", "query {what} starts"},
    KindText{kind_of(StreamFact::query_stopped), "query", "query {what} is stopped"},
    KindText{kind_of(StreamFact::query_failed), "query", "query {what} fails: {n0}"},
    KindText{kind_of(StreamFact::batch_began), "batch", "query {what}: the offsets of batch {0} are logged"},
    KindText{kind_of(StreamFact::batch_committed), "batch", "query {what}: batch {0} is committed, rows in: {1}, rows out: {2}"},
    KindText{kind_of(StreamFact::watermark_moved), "watermark", "query {what}: batch {0} moves the watermark to {n1}, for the next batch to use"},
    KindText{kind_of(StreamFact::late_dropped), "late", "query {what}, batch {0}: {n1} is dropped as late, {n2}"},
    KindText{kind_of(StreamFact::state_evicted), "evicted", "query {what}, batch {0}: {n1} leaves the state, it is finished: {n2}"},
    KindText{kind_of(StreamFact::task_retried), "retry", "query {what}: task {0} of stage {1} is tried again, attempt {2}"},
    KindText{kind_of(StreamFact::phase_began), "phase", "query {what}, batch {0}: {n1} begins"},
    KindText{kind_of(StreamFact::blocks_lost), "shuffle", "query {what}, batch {0}: blocks of {1} map tasks are lost with {w2}"},
    KindText{kind_of(StreamFact::fetch_failed), "shuffle", "query {what}, batch {2}: task {0} cannot fetch the block of map task {1}"},
    KindText{kind_of(StreamFact::stage_retried), "retry", "query {what}, batch {2}: stage {0} runs again, attempt {1}"},
};
// clang-format on
static_assert(kStreamTexts.size() == kStreamFacts);

/// What may stand between braces: a number's place, perhaps with the form that it is shown in.
constexpr bool is_place(std::string_view place) {
    if (place == "node" || place == "what" || place == "tp") return true;
    const bool digit = !place.empty() && place.back() >= '0' && place.back() <= '3';
    return digit && (place.size() == 1 || (place.size() == 2 && std::string_view("nesw").contains(place.front())));
}

/// Every opened place of a sentence is closed and names something; braces that are meant as such are doubled.
constexpr bool is_well_formed(std::string_view sentence) {
    for (std::size_t at = 0; at < sentence.size(); ++at) {
        const bool doubled = at + 1 < sentence.size() && sentence[at + 1] == sentence[at];
        if (sentence[at] == '}' && !doubled) return false;
        if (sentence[at] == '}' || (sentence[at] == '{' && doubled)) { ++at; continue; }
        if (sentence[at] != '{') continue;
        const auto end = sentence.find('}', at);
        if (end == std::string_view::npos || !is_place(sentence.substr(at + 1, end - at - 1))) return false;
        at = end;
    }
    return true;
}
static_assert(std::ranges::all_of(kTexts, is_well_formed, &KindText::sentence));
static_assert(std::ranges::all_of(kStreamTexts, is_well_formed, &KindText::sentence));
static_assert(!is_well_formed("{other}") && !is_well_formed("open {0") && is_well_formed("{{{n2}}}"));

const KindText& text_of(K kind) {
    const auto number = static_cast<std::size_t>(kind);
    if (number >= kFirstStreamFact) return kStreamTexts[number - kFirstStreamFact];
    const auto& entry = kTexts[static_cast<std::size_t>(kind)];
    MR_ASSERT(entry.kind == kind);
    return entry;
}

std::string number_word(char form, i64 value, const FactWords& words) {
    switch (form) {
        case 'n': return words.names.text(NameId{static_cast<u32>(value)});
        case 'e': return std::string(name_of(static_cast<ErrorCode>(value)));
        case 's': return fmt::format("{}.{:03}", value / 1'000'000'000, value / 1'000'000 % 1000);
        case 'w': return words.node_name(NodeId{static_cast<u16>(value)});
        default: return fmt::format("{}", value);
    }
}

std::string word_for(std::string_view place, const sim::Fact& fact, const FactWords& words) {
    if (place == "node") return words.node_name(fact.node);
    if (place == "what") return words.names.text(fact.subject);
    if (place == "tp")
        return fact.partition < 0 ? words.names.text(fact.subject)
                                  : fmt::format("{}-{}", words.names.text(fact.subject), fact.partition);
    const auto index = static_cast<std::size_t>(place.back() - '0');
    MR_ASSERT(index < fact.n.size());
    return number_word(place.size() > 1 ? place.front() : '#', fact.n[index], words);
}

}  // namespace

FactKind kind_of(const sim::Fact& fact) {
    MR_ASSERT(fact.kind < kFactKinds || is_stream_fact(fact.kind));
    return static_cast<FactKind>(fact.kind);
}

std::string_view kind_name(FactKind kind) { return text_of(kind).name; }

std::string fact_text(const sim::Fact& fact, const FactWords& words) {
    const std::string_view sentence = text_of(kind_of(fact)).sentence;
    std::string text;
    for (std::size_t at = 0; at < sentence.size(); ++at) {
        const char c = sentence[at];
        if (c == '}' || (c == '{' && sentence[at + 1] == '{')) {  // doubled braces stand for one
            text += c;
            ++at;
        } else if (c == '{') {
            const auto end = sentence.find('}', at);
            text += word_for(sentence.substr(at + 1, end - at - 1), fact, words);
            at = end;
        } else {
            text += c;
        }
    }
    return text;
}

}  // namespace engine
