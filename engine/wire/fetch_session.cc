#include "engine/wire/fetch_session.h"

#include <algorithm>
#include <tuple>

#include "sim/base/assert.h"

namespace engine::wire {
namespace {

bool is_replaced(const FetchPart& before, const FetchPart& now) {
    return before.topic_id != now.topic_id && !before.topic_id.is_zero() && !now.topic_id.is_zero();
}

bool all_have_ids(const std::vector<FetchPart>& parts) {
    return std::ranges::none_of(parts, [](const FetchPart& part) { return part.topic_id.is_zero(); });
}

/// By name: a topic made anew takes its own place.
u32 find_by_name(const std::vector<FetchPart>& parts, TopicPartition id, u32 from) {
    const auto size = static_cast<u32>(parts.size());
    MR_ASSERT(from <= size);
    for (u32 step = 0; step < size; ++step) {
        const u32 at = (from + step) % size;
        if (parts[at].id == id) return at;
    }
    return size;
}

/// The usual case: the same partitions in the same order. False if it is another one; then nothing was done.
bool update_in_place(FetchSession& session, const std::vector<FetchPart>& wanted, FetchAsk& ask) {
    const auto same_place = [](const FetchPart& a, const FetchPart& b) { return a.id == b.id && !is_replaced(a, b); };
    if (!std::ranges::equal(session.parts, wanted, same_place)) return false;
    MR_ASSERT(ask.wanted.empty() && ask.forgotten.empty());
    for (u32 i = 0; i < wanted.size(); ++i) {
        if (session.parts[i] == wanted[i]) continue;
        ask.wanted.push_back(wanted[i]);
        session.parts[i] = wanted[i];
    }
    return true;
}

/// What is asked otherwise now is sent again, what is not wanted is forgotten, what is new comes first.
void update(FetchSession& session, const std::vector<FetchPart>& wanted, FetchAsk& ask) {
    std::vector<FetchPart> kept, changed;
    std::vector<bool> seen(wanted.size());
    u32 at = 0;
    for (const FetchPart& before : session.parts) {
        const u32 place = find_by_name(wanted, before.id, at);
        if (place == wanted.size() || is_replaced(before, wanted[place])) ask.forgotten.push_back(before);
        if (place == wanted.size()) {
            ask.by_topic_id = ask.by_topic_id && !before.topic_id.is_zero();
            continue;
        }
        MR_ASSERT(!seen[place]);
        seen[place] = true;
        at = place + 1;
        if (before != wanted[place]) changed.push_back(wanted[place]);
        kept.push_back(wanted[place]);
    }
    for (u32 i = 0; i < wanted.size(); ++i)
        if (!seen[i]) ask.wanted.push_back(wanted[i]);
    session.parts = std::move(kept);
    session.parts.insert(session.parts.end(), ask.wanted.begin(), ask.wanted.end());
    ask.wanted.insert(ask.wanted.end(), changed.begin(), changed.end());
    MR_ASSERT(session.parts.size() == wanted.size());
}

}  // namespace

bool same_part(const FetchPart& a, const FetchPart& b) {
    if (a.id.partition != b.id.partition) return false;
    return a.topic_id.is_zero() || b.topic_id.is_zero() ? a.id.topic == b.id.topic : a.topic_id == b.topic_id;
}

void merge_repeats(std::vector<FetchPart>& parts) {
    const auto before = [](const FetchPart& a, const FetchPart& b) {
        return std::tie(a.topic_id, a.id) < std::tie(b.topic_id, b.id);
    };
    const bool in_order =
        std::ranges::adjacent_find(parts, [&](const auto& a, const auto& b) { return !before(a, b); }) == parts.end();
    if (in_order) return;
    std::vector<u32> order(parts.size());
    for (u32 i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(
        order, [&](u32 a, u32 b) { return before(parts[a], parts[b]) || (!before(parts[b], parts[a]) && a < b); });
    std::vector<bool> repeated(parts.size());
    for (u32 first = 0, i = 1; i < order.size(); ++i) {
        if (before(parts[order[first]], parts[order[i]])) {
            first = i;
            continue;
        }
        parts[order[first]] = parts[order[i]];
        repeated[order[i]] = true;
    }
    u32 kept = 0;
    for (u32 i = 0; i < parts.size(); ++i)
        if (!repeated[i]) parts[kept++] = parts[i];
    parts.resize(kept);
    MR_ASSERT(kept > 0 && kept <= repeated.size());
}

FetchAsk next_ask(FetchSession& session, std::vector<FetchPart> wanted) {
    FetchAsk ask;
    ask.session_id = session.id;
    ask.session_epoch = session.epoch;
    ask.by_topic_id = all_have_ids(wanted);
    if (is_full_fetch(session.epoch)) {
        session.parts = std::move(wanted);
        ask.wanted = session.parts;
    } else if (!update_in_place(session, wanted, ask)) {
        update(session, wanted, ask);
    }
    MR_ASSERT(ask.wanted.size() <= session.parts.size());
    return ask;
}

void end_session(FetchSession& session) { session.epoch = kFinalSessionEpoch; }

void doubt_session(FetchSession& session) { session.epoch = kNewSessionEpoch; }

bool take_head(FetchSession& session, const FetchAnswerHead& head) {
    MR_ASSERT(head.known_parts <= head.parts && session.epoch >= kFinalSessionEpoch);
    if (failed(head.error)) {
        if (head.error == ErrorCode::fetch_session_id_not_found) session.id = kNoFetchSession;
        doubt_session(session);
        return false;
    }
    const bool full = is_full_fetch(session.epoch);
    const bool complete = head.known_parts == head.parts && (!full || head.parts == session.parts.size());
    if (!complete) {
        if (full) session.id = kNoFetchSession;
        doubt_session(session);
        return false;
    }
    MR_ASSERT(!failed(head.error));
    session.epoch = head.session_id == kNoFetchSession ? kNewSessionEpoch
                    : full                             ? 1
                                                       : next_session_epoch(session.epoch);
    if (full || head.session_id == kNoFetchSession) session.id = head.session_id;
    return true;
}

}  // namespace engine::wire
