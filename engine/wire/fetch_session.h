// The asking end of a fetch session (KIP-227), for followers and consumers alike.
//
// A session lets both ends remember what is asked for: a request names only partitions whose question changed, those
// that are new and those to forget; an answer names only partitions that have something new. The number of a session
// comes from the broker; its epoch counts requests, so that a lost or repeated one is noticed.
//
// Invariants: `parts` is what the broker knows after the last request that was made with `next_ask`; epoch 0 asks for
// a new session (and ends the one of `id`), -1 ends one for good; a request with either is a full one.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/model/error_codes.h"
#include "engine/wire/uuid.h"

namespace engine::wire {

constexpr i32 kNoFetchSession = 0;
constexpr i32 kNewSessionEpoch = 0;
constexpr i32 kFinalSessionEpoch = -1;
/// Since this version of Fetch topics are named by their ids.
constexpr i16 kFetchByTopicId = 13;

/// A full request names all partitions it wants; another one goes on with its session.
constexpr bool is_full_fetch(i32 epoch) { return epoch == kNewSessionEpoch || epoch == kFinalSessionEpoch; }
/// 1, 2, .. and after the largest number 1 again; what is final stays so.
constexpr i32 next_session_epoch(i32 epoch) {
    return epoch < 0 ? kFinalSessionEpoch : epoch == INT32_MAX ? 1 : epoch + 1;
}
static_assert(next_session_epoch(kNewSessionEpoch) == 1 && next_session_epoch(INT32_MAX) == 1);

/// What is asked of one partition.
struct FetchPart {
    TopicPartition id;
    Uuid topic_id;                         // zero: asked for by name
    Offset offset;
    LeaderEpoch current_epoch = kNoEpoch;
    LeaderEpoch last_fetched_epoch = kNoEpoch;
    Offset log_start = kNoOffset;          // of a follower's log
    i32 max_bytes = 0;
    friend bool operator==(const FetchPart&, const FetchPart&) = default;
};

struct FetchSession {
    i32 id = kNoFetchSession;
    i32 epoch = kNewSessionEpoch;          // of the next request
    std::vector<FetchPart> parts;
};

/// The next request of a session.
struct FetchAsk {
    i32 session_id = kNoFetchSession;
    i32 session_epoch = kFinalSessionEpoch;
    bool by_topic_id = false;
    std::vector<FetchPart> wanted;         // new ones first, then those whose question changed
    std::vector<FetchPart> forgotten;
};

/// What to send so that the broker will know that just these parts are wanted, each at most once.
FetchAsk next_ask(FetchSession& session, std::vector<FetchPart> wanted);
/// Ends the session with the next request.
void end_session(FetchSession& session);
/// No answer will come, or it is of no use: the next request ends the session and asks for a new one.
void doubt_session(FetchSession& session);

/// What an answer says of its session, and how many partitions it tells of, of which the session has so many.
struct FetchAnswerHead {
    ErrorCode error = ErrorCode::none;
    i32 session_id = kNoFetchSession;
    u32 parts = 0;
    u32 known_parts = 0;
};
/// Takes an answer. False: nothing in it may be used, and the next request begins anew.
bool take_head(FetchSession& session, const FetchAnswerHead& head);

/// The same partition: by topic id where both have one, as the name may be another topic's by now.
bool same_part(const FetchPart& a, const FetchPart& b);
/// The place of a partition among parts, looked for from `from` on and around; the number of parts if it is not
/// there. Whoever asks in the order of the parts finds each at the first look.
template <class Part, class Asked = std::identity>
u32 find_part(const std::vector<Part>& parts, const FetchPart& sought, u32 from, Asked asked = {}) {
    const auto size = static_cast<u32>(parts.size());
    for (u32 step = 0; step < size; ++step) {
        const u32 at = (from + step) % size;
        if (same_part(std::invoke(asked, parts[at]), sought)) return at;
    }
    return size;
}
/// Parts that were named before: the last word counts, at the place of the first.
void merge_repeats(std::vector<FetchPart>& parts);

/// Writes an ask into a request: partitions in their order, neighbours of a topic together.
template <class Request, class Words>
void put_ask(Request& request, const FetchAsk& ask, const Words& words) {
    request.session_id = ask.session_id;
    request.session_epoch = ask.session_epoch;
    const FetchPart* before = nullptr;
    for (const FetchPart& part : ask.wanted) {
        if (before == nullptr || before->id.topic != part.id.topic) {
            auto& topic = request.topics.emplace_back();
            topic.topic = words.text(part.id.topic);
            topic.topic_id = part.topic_id;
        }
        before = &part;
        auto& asked = request.topics.back().partitions.emplace_back();
        asked.partition = part.id.partition;
        asked.current_leader_epoch = part.current_epoch.value;
        asked.fetch_offset = part.offset.value;
        asked.last_fetched_epoch = part.last_fetched_epoch.value;
        asked.log_start_offset = part.log_start.value;
        asked.partition_max_bytes = part.max_bytes;
    }
    for (const FetchPart& part : ask.forgotten) {
        auto& topics = request.forgotten_topics_data;
        if (topics.empty() || topics.back().topic != words.text(part.id.topic) ||
            topics.back().topic_id != part.topic_id) {
            auto& topic = topics.emplace_back();
            topic.topic = words.text(part.id.topic);
            topic.topic_id = part.topic_id;
        }
        topics.back().partitions.push_back(part.id.partition);
    }
}

/// Where the partitions of an answer stand in the session, in the answer's order; the number of parts for strangers.
template <class Response, class Words>
std::vector<u32> places_of(const FetchSession& session, const Response& response, i16 version, const Words& words) {
    std::vector<u32> places;
    u32 at = 0;
    FetchPart sought;
    for (const auto& topic : response.responses) {
        sought.topic_id = version >= kFetchByTopicId ? topic.topic_id : Uuid{};
        sought.id.topic = version >= kFetchByTopicId ? kNoName : words.find_name(topic.topic);
        for (const auto& part : topic.partitions) {
            sought.id.partition = part.partition_index;
            places.push_back(find_part(session.parts, sought, at));
            at = places.back() + 1;
        }
    }
    return places;
}

/// Takes an answer whose partitions stand at these places of the session.
template <class Response>
bool take_head(FetchSession& session, const Response& response, const std::vector<u32>& places) {
    const auto known = std::ranges::count_if(places, [&](u32 place) { return place < session.parts.size(); });
    return take_head(session, {static_cast<ErrorCode>(response.error_code), response.session_id,
                               static_cast<u32>(places.size()), static_cast<u32>(known)});
}

}  // namespace engine::wire
