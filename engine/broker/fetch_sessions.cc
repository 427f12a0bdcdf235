// Sections: the cache; what a request asks; what an answer tells.
#include "engine/broker/fetch_sessions.h"

#include <algorithm>
#include <tuple>

#include "engine/broker/fetch_reads.h"
#include "engine/broker/replicas.h"
#include "engine/model/facts.h"
#include "engine/wire/messages/fetch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using wire::FetchRequest;
using wire::kFetchByTopicId;

// ---- the cache ----------------------------------------------------------------------------------

static_assert(kMostSessionParts > 0 && kSessionRest > Nanos{});

i32 numbers_a_shard(i32 shards) { return INT32_MAX / shards; }
i32 shard_of(i32 id, i32 shards) { return std::min(id / numbers_a_shard(shards), shards - 1); }
static_assert(sizeof(i32) == 4);

void tell_end(Ctx ctx, const KeptSession& session, std::string_view why) {
    sim::Fact fact =
        node_fact(FactKind::fetch_session_ended, {session.id, session.owner.value, ctx.env.intern(why).value});
    ctx.env.fact(fact);
}

void end_session(Ctx ctx, i32 id, std::string_view why) {
    auto& sessions = ctx.memory().fetch_sessions.by_id;
    if (const auto* session = sessions.find(id)) tell_end(ctx, **session, why);
    sessions.erase(id);
}

u32 parts_of_all(const FetchSessions& sessions) {
    u32 parts = 0;
    for (const auto& [id, session] : sessions.by_id) parts += static_cast<u32>(session->parts.size());
    return parts;
}

bool may_go(const KeptSession& session, bool for_follower) {
    const bool settled = (session.last_used - session.created_at).to_millis() > kSessionRest.to_millis();
    return settled || (for_follower && !session.privileged);
}

/// A free place in the shard, made if need be.
bool make_room(Ctx ctx, i32 shard, i32 shards, bool privileged, u32 parts) {
    MR_ASSERT(shard >= 0 && shard < shards);
    FetchSessions& sessions = ctx.memory().fetch_sessions;
    const auto in_shard = std::ranges::count_if(
        sessions.by_id, [&](const auto& entry) { return shard_of(entry.first, shards) == shard; });
    if (in_shard < ctx.config().fetch_session_slots / shards) return true;
    const i32 victim = whom_to_evict(sessions, shard, shards, privileged, parts, ctx.env.now());
    if (victim == wire::kNoFetchSession) return false;
    end_session(ctx, victim, "another one takes its place");
    ++sessions.evicted;
    return true;
}

i32 new_number(Ctx ctx, i32 shard, i32 shards) {
    const i64 span = numbers_a_shard(shards);
    i32 id = 0;
    do {
        id = static_cast<i32>(shard * span + static_cast<i64>(ctx.env.rng().below(static_cast<u64>(span))));
    } while (id == wire::kNoFetchSession || ctx.memory().fetch_sessions.by_id.contains(id));
    MR_ASSERT(id > 0 && shard_of(id, shards) == shard);
    return id;
}

// ---- what a request asks ------------------------------------------------------------------------

NameId name_of_topic(Ctx ctx, const std::string& topic) {
    const NameId name = ctx.env.find_name(topic);
    return name == kNoName ? ctx.env.intern(topic) : name;
}

/// A session knows the names of its topics; others are looked up.
void name_part(Ctx ctx, FetchPart& part, const KeptSession* session, u32 place) {
    if (part.id.topic != kNoName) return;
    const bool known = session != nullptr && place < session->parts.size();
    part.id.topic = known ? session->parts[place].asked.id.topic : kNoName;
    if (part.id.topic == kNoName) part.id.topic = ctx.memory().metadata.name_of(part.topic_id);
}

std::vector<FetchPart> parts_of(Ctx ctx, const FetchRequest& request, i16 version) {
    std::vector<FetchPart> parts;
    const bool by_id = version >= kFetchByTopicId;
    for (const auto& topic : request.topics)
        for (const auto& partition : topic.partitions)
            parts.push_back({{by_id ? kNoName : name_of_topic(ctx, topic.topic), partition.partition},
                             by_id ? topic.topic_id : wire::Uuid{},
                             Offset{partition.fetch_offset},
                             LeaderEpoch{partition.current_leader_epoch},
                             LeaderEpoch{partition.last_fetched_epoch},
                             Offset{partition.log_start_offset},
                             partition.partition_max_bytes});
    wire::merge_repeats(parts);
    return parts;
}

void add_or_change(Ctx ctx, KeptSession& session, std::vector<FetchPart> parts) {
    u32 at = 0;
    for (FetchPart& part : parts) {
        const u32 place = wire::find_part(session.parts, part, at, &SessionPart::asked);
        name_part(ctx, part, &session, place);
        at = place + 1;
        if (place == session.parts.size()) session.parts.push_back({part, kNoOffset, kNoOffset});
        else if (!ctx.broker.has_bug(PlantedBug::session_keeps_offset)) session.parts[place].asked = part;
    }
}

void forget(Ctx ctx, KeptSession& session, const FetchRequest& request, bool by_id) {
    FetchPart gone;
    for (const auto& topic : request.forgotten_topics_data) {
        gone.topic_id = by_id ? topic.topic_id : wire::Uuid{};
        gone.id.topic = by_id ? kNoName : ctx.env.find_name(topic.topic);
        for (const i32 partition : topic.partitions) {
            gone.id.partition = partition;
            const u32 place = wire::find_part(session.parts, gone, 0, &SessionPart::asked);
            if (place < session.parts.size()) session.parts.erase(session.parts.begin() + place);
        }
    }
}

void begin_full(Ctx ctx, const FetchRequest& request, FetchOp& op) {
    if (request.session_id != wire::kNoFetchSession)
        end_session(ctx, request.session_id, "its owner does not go on with it");
    MR_ASSERT(wire::is_full_fetch(request.session_epoch) && op.parts.empty());
    op.kind = request.session_epoch == wire::kFinalSessionEpoch ? FetchKind::sessionless : FetchKind::full;
    op.parts = parts_of(ctx, request, op.reply_to.version);
    for (FetchPart& part : op.parts) name_part(ctx, part, nullptr, 0);
}

/// Why a request is not the next one of its session.
ErrorCode check_session(const KeptSession* session, const FetchRequest& request, bool by_id) {
    if (session == nullptr) return ErrorCode::fetch_session_id_not_found;
    if (session->epoch != request.session_epoch) return ErrorCode::invalid_fetch_session_epoch;
    return session->by_topic_id == by_id ? ErrorCode::none : ErrorCode::fetch_session_topic_id_error;
}

/// Topics that were not known when they were asked for may be by now.
void take_parts(Ctx ctx, KeptSession& session, FetchOp& op) {
    MR_ASSERT(op.parts.empty() && !session.parts.empty());
    op.parts.reserve(session.parts.size());
    for (SessionPart& part : session.parts) {
        if (part.asked.id.topic == kNoName) part.asked.id.topic = ctx.memory().metadata.name_of(part.asked.topic_id);
        op.parts.push_back(part.asked);
    }
}

ErrorCode begin_incremental(Ctx ctx, const FetchRequest& request, FetchOp& op) {
    const bool by_id = op.reply_to.version >= kFetchByTopicId;
    FetchSessions& sessions = ctx.memory().fetch_sessions;
    auto* kept = sessions.by_id.find(request.session_id);
    const ErrorCode refused = check_session(kept == nullptr ? nullptr : &**kept, request, by_id);
    if (failed(refused)) return refused;
    KeptSession& session = kept->edit();
    const auto before = session.parts.size();
    std::vector<FetchPart> changes = parts_of(ctx, request, op.reply_to.version);
    add_or_change(ctx, session, changes);
    forget(ctx, session, request, by_id);
    if (session.parts.empty()) {
        op.parts = std::move(changes);
        end_session(ctx, request.session_id, "it has no partitions left");
        return ErrorCode::none;
    }
    if (session.parts.size() > before && parts_of_all(sessions) > kMostSessionParts) {
        end_session(ctx, request.session_id, "it has too many partitions");
        return ErrorCode::fetch_session_id_not_found;
    }
    session.last_used = ctx.env.now();
    session.epoch = wire::next_session_epoch(session.epoch);
    MR_ASSERT(session.epoch > 0 && session.id == request.session_id);
    op.kind = FetchKind::incremental;
    op.session_id = session.id;
    op.session_epoch = session.epoch;
    take_parts(ctx, session, op);
    MR_VALIDATE(session.holds_together());
    return ErrorCode::none;
}

// ---- what an answer tells -----------------------------------------------------------------------

/// Whether a partition is worth naming; notes what is told of it.
bool note_news(Ctx ctx, SessionPart& part, const PartRead& read) {
    const bool moved = read.high_watermark != part.told_high_watermark &&
                       !ctx.broker.has_bug(PlantedBug::session_hides_high_watermark);
    const bool news = read.bytes > 0 || moved || read.log_start != part.told_log_start || read.ends_wait();
    part.told_high_watermark = failed(read.error) ? kNoOffset : read.high_watermark;
    part.told_log_start = read.log_start;
    return news;
}

/// Those that were answered go to the end, so that a full answer does not leave out the same ones each time.
void rotate(std::vector<SessionPart>& parts, const std::vector<bool>& answered) {
    MR_ASSERT(parts.size() == answered.size());
    std::vector<SessionPart> turned;
    turned.reserve(parts.size());
    for (const bool last : {false, true})
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (answered[i] == last) turned.push_back(parts[i]);
    parts = std::move(turned);
}

}  // namespace

bool KeptSession::holds_together() const {
    if (id <= 0 || epoch <= 0 || parts.empty() || last_used < created_at) return false;
    std::vector<std::tuple<wire::Uuid, TopicPartition>> names;
    for (const SessionPart& part : parts)
        names.emplace_back(part.asked.topic_id, part.asked.topic_id.is_zero()
                                                    ? part.asked.id
                                                    : TopicPartition{kNoName, part.asked.id.partition});
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) == names.end();
}

i32 whom_to_evict(const FetchSessions& sessions, i32 shard, i32 shards, bool privileged, u32 parts, Nanos now) {
    MR_ASSERT(shard >= 0 && shard < shards);
    const KeptSession* oldest = nullptr;
    const KeptSession* least = nullptr;
    const auto worth = [](const KeptSession& one) { return std::tuple(one.privileged, one.parts.size(), one.id); };
    for (const auto& [id, kept] : sessions.by_id) {
        if (shard_of(id, shards) != shard) continue;
        const KeptSession& one = *kept;
        if (oldest == nullptr ||
            std::tuple(one.last_used.to_millis(), id) < std::tuple(oldest->last_used.to_millis(), oldest->id))
            oldest = &one;
        if (may_go(one, privileged) && (least == nullptr || worth(one) < worth(*least))) least = &one;
    }
    if (oldest != nullptr && (now - oldest->last_used).to_millis() > kSessionRest.to_millis()) return oldest->id;
    const auto own = std::tuple(privileged, std::size_t{parts}, i32{0});
    return least == nullptr || own < worth(*least) ? wire::kNoFetchSession : least->id;
}

ErrorCode begin_fetch(Ctx ctx, const FetchRequest& request, FetchOp& op) {
    if (!wire::is_full_fetch(request.session_epoch)) return begin_incremental(ctx, request, op);
    begin_full(ctx, request, op);
    return ErrorCode::none;
}

i32 keep_session(Ctx ctx, const FetchOp& op, const std::vector<PartRead>& reads) {
    MR_ASSERT(op.kind == FetchKind::full && op.parts.size() == reads.size());
    FetchSessions& sessions = ctx.memory().fetch_sessions;
    const i32 shards = ctx.memory().profile.fetch_session_shards;
    const auto shard = static_cast<i32>(sessions.next_shard++ % static_cast<u32>(shards));
    const bool privileged = op.replica != kNoBroker;
    const auto size = static_cast<u32>(op.parts.size());
    if (size == 0 || parts_of_all(sessions) + size > kMostSessionParts) return wire::kNoFetchSession;
    if (!make_room(ctx, shard, shards, privileged, size)) return wire::kNoFetchSession;
    KeptSession session;
    session.id = new_number(ctx, shard, shards);
    session.privileged = privileged;
    session.by_topic_id = op.reply_to.version >= kFetchByTopicId;
    session.created_at = session.last_used = ctx.env.now();
    if (const Socket* socket = ctx.memory().sockets.open.find(op.reply_to.connection)) session.owner = socket->peer;
    for (std::size_t i = 0; i < op.parts.size(); ++i)
        session.parts.push_back(
            {op.parts[i], failed(reads[i].error) ? kNoOffset : reads[i].high_watermark, reads[i].log_start});
    MR_VALIDATE(session.holds_together());
    ctx.env.fact(node_fact(FactKind::fetch_session_opened, {session.id, session.owner.value, size}));
    const i32 id = session.id;
    sessions.by_id[id] = sim::Cow(std::move(session));
    return id;
}

bool take_news(Ctx ctx, const FetchOp& op, const std::vector<PartRead>& reads, std::vector<bool>& news) {
    MR_ASSERT(op.kind == FetchKind::incremental && op.parts.size() == reads.size());
    news.assign(reads.size(), true);
    auto* kept = ctx.memory().fetch_sessions.by_id.find(op.session_id);
    if (kept == nullptr) return true;
    if ((*kept)->epoch != op.session_epoch) return false;
    MR_ASSERT((*kept)->id == op.session_id && op.session_epoch > 0);
    KeptSession& session = kept->edit();
    MR_ASSERT(session.parts.size() == reads.size());
    u32 told = 0;
    for (std::size_t i = 0; i < reads.size(); ++i) {
        news[i] = note_news(ctx, session.parts[i], reads[i]);
        told += news[i] ? 1 : 0;
    }
    if (told == 0)
        ctx.env.fact(
            node_fact(FactKind::fetch_nothing_new, {session.id, session.owner.value, static_cast<i64>(reads.size())}));
    if (told > 0 && told < reads.size()) rotate(session.parts, news);
    return true;
}

}  // namespace engine::broker
