// Sections: answers; the wait; growth; steps; requests.
#include "engine/broker/topic_changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/placement.h"
#include "engine/broker/timers.h"
#include "engine/broker/topic_rules.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using zookeeper::ZkData;
using zookeeper::ZkError;

void refuse(TopicChange& topic, ErrorCode error, std::string message = "") {
    MR_ASSERT(failed(error));
    topic.error = error;
    topic.message = std::move(message);
}

bool any_good(const TopicChangeOp& op) {
    return std::ranges::any_of(op.topics, [](const TopicChange& t) { return !failed(t.error); });
}

// ---- answers ------------------------------------------------------------------------------------

wire::DeleteTopicsResponse removal_response(const TopicChangeOp& op) {
    wire::DeleteTopicsResponse response;
    for (const TopicChange& topic : op.topics) {
        auto& answer = response.responses.emplace_back();
        if (!topic.name.empty()) answer.name = topic.name;
        answer.topic_id = topic.id.is_zero() ? topic.data.topic_id : topic.id;
        answer.error_code = static_cast<i16>(topic.error);
        if (!topic.message.empty()) answer.error_message = topic.message;
    }
    return response;
}

wire::CreatePartitionsResponse growth_response(const TopicChangeOp& op) {
    MR_ASSERT(op.kind == TopicChangeKind::growth);
    wire::CreatePartitionsResponse response;
    for (const TopicChange& topic : op.topics) {
        auto& answer = response.results.emplace_back();
        answer.name = topic.name;
        answer.error_code = static_cast<i16>(topic.error);
        if (!topic.message.empty()) answer.error_message = topic.message;
    }
    return response;
}

void finish_change(Ctx ctx, u64 id) {
    MR_ASSERT(ctx.memory().admin.changes.contains(id));
    TopicChangeOp op = std::move(ctx.memory().admin.changes.at(id));
    ctx.memory().admin.changes.erase(id);
    ctx.env.cancel(op.timer);
    if (op.kind == TopicChangeKind::removal) respond(ctx, op.reply_to, removal_response(op));
    else respond(ctx, op.reply_to, growth_response(op));
}

// ---- the wait -----------------------------------------------------------------------------------

bool is_shown(Ctx ctx, const TopicChangeOp& op, const TopicChange& topic) {
    const NameId name = ctx.env.find_name(topic.name);
    const CachedTopic* cached = name == kNoName ? nullptr : ctx.memory().metadata.find(name);
    if (op.kind == TopicChangeKind::removal) return cached == nullptr;
    if (cached == nullptr || cached->partitions.size() < topic.data.partitions.size()) return false;
    return std::ranges::all_of(cached->partitions, [](const auto& entry) { return entry.second.leader != kNoBroker; });
}

void begin_wait(Ctx ctx, u64 id) {
    TopicChangeOp& op = ctx.memory().admin.changes.at(id);
    op.step = TopicChangeStep::wait;
    MR_ASSERT(!op.timer);
    if (!any_good(op) || op.validate_only) return finish_change(ctx, id);
    op.timer = ctx.env.timer(std::max(op.deadline - ctx.env.now(), Nanos{}), kTopicChangeWait, id, kRequestLane);
    recheck_admin_waits(ctx);
}

// ---- growth -------------------------------------------------------------------------------------

BrokerList known_brokers(Ctx ctx) {
    BrokerList brokers;
    for (const auto& [broker, endpoint] : ctx.memory().metadata.brokers) brokers.push_back(broker);
    return brokers;
}

/// Kafka goes on where the topic's first partition began.
std::vector<BrokerList> placed(Ctx ctx, const TopicChange& topic, i32 more) {
    MR_ASSERT(more > 0 && !topic.data.partitions.empty() && !topic.data.partitions.front().empty());
    const auto old = static_cast<i32>(topic.data.partitions.size());
    if (const auto* fixed = ctx.broker.settings.choices.placements.find(topic.name))
        if (static_cast<i32>(fixed->size()) >= old + more) return {fixed->begin() + old, fixed->begin() + old + more};
    const BrokerList brokers = known_brokers(ctx);
    const BrokerList& first = topic.data.partitions.front();
    const auto at = std::ranges::find_if(brokers, [&](BrokerId b) { return first.front() <= b; });
    const auto start = at == brokers.end() ? 0 : static_cast<i32>(at - brokers.begin());
    return place_replicas(brokers, old + more, static_cast<i32>(first.size()), start, start, old);
}

bool fits_assignment(Ctx ctx, TopicChange& topic, i32 more) {
    MR_ASSERT(more > 0 && !topic.data.partitions.empty());
    const BrokerList known = known_brokers(ctx);
    if (static_cast<i32>(topic.assignment.size()) != more) {
        refuse(topic, ErrorCode::invalid_replica_assignment,
               fmt::format("Increasing the number of partitions by {} but {} assignments provided.", more,
                           topic.assignment.size()));
        return false;
    }
    for (const BrokerList& replicas : topic.assignment) {
        if (!is_subset(replicas, known)) {
            refuse(topic, ErrorCode::invalid_replica_assignment,
                   fmt::format("Unknown broker(s) in replica assignment: {}.", to_text(replicas)));
            return false;
        }
        if (replicas.empty() || !all_differ(replicas) || replicas.size() != topic.data.partitions.front().size()) {
            refuse(topic, ErrorCode::invalid_replica_assignment,
                   fmt::format("Inconsistent replication factor between partitions, partition 0 has {} while "
                               "partitions [{}] have replication factors [{}], respectively.",
                               topic.data.partitions.front().size(), topic.data.partitions.size(), replicas.size()));
            return false;
        }
    }
    return true;
}

/// The topic as it shall be; its error is set if it cannot be.
void grow(Ctx ctx, TopicChange& topic) {
    MR_ASSERT(!failed(topic.error) && !topic.data.partitions.empty());
    const auto old = static_cast<i32>(topic.data.partitions.size());
    if (!topic.data.adding.empty() || !topic.data.removing.empty())
        return refuse(topic, ErrorCode::reassignment_in_progress,
                      fmt::format("A partition reassignment is in progress for the topic '{}'.", topic.name));
    if (topic.count < old)
        return refuse(
            topic, ErrorCode::invalid_partitions,
            fmt::format("Topic currently has {} partitions, which is higher than the requested {}.", old, topic.count));
    if (topic.count == old)
        return refuse(topic, ErrorCode::invalid_partitions, fmt::format("Topic already has {} partition(s).", old));
    if (topic.count - old > kMostNewPartitions)
        return refuse(topic, ErrorCode::policy_violation, std::string(kTooManyPartitions));
    if (!topic.assignment.empty() && !fits_assignment(ctx, topic, topic.count - old)) return;
    if (known_brokers(ctx).size() < topic.data.partitions.front().size())
        return refuse(topic, ErrorCode::invalid_replication_factor,
                      fmt::format("Replication factor: {} larger than available brokers: {}.",
                                  topic.data.partitions.front().size(), known_brokers(ctx).size()));
    const std::vector<BrokerList> more =
        topic.assignment.empty() ? placed(ctx, topic, topic.count - old) : topic.assignment;
    topic.data.partitions.insert(topic.data.partitions.end(), more.begin(), more.end());
    MR_ASSERT(static_cast<i32>(topic.data.partitions.size()) == topic.count);
}

// ---- steps --------------------------------------------------------------------------------------

void take_topic(Ctx ctx, TopicChangeOp& op, TopicChange& topic, const zookeeper::ZkResult& result) {
    MR_ASSERT(!failed(topic.error));
    const auto data = znodes::topic_from_json(result.data.bytes);
    if (zookeeper::failed(result.error) || !data || data->partitions.empty())
        return op.kind == TopicChangeKind::removal ? refuse(topic, ErrorCode::unknown_topic_or_partition)
                                                   : refuse(topic, ErrorCode::unknown_topic_or_partition,
                                                            fmt::format("The topic '{}' does not exist.", topic.name));
    topic.data = *data;
    if (op.kind == TopicChangeKind::growth) grow(ctx, topic);
}

void on_read(Ctx ctx, u64 id, const ZkBatch& batch) {
    MR_ASSERT(ctx.memory().admin.changes.at(id).step == TopicChangeStep::read);
    TopicChangeOp& op = ctx.memory().admin.changes.at(id);
    std::size_t at = 0;
    std::vector<zookeeper::ZkRequest> writes;
    for (TopicChange& topic : op.topics) {
        if (failed(topic.error)) continue;
        take_topic(ctx, op, topic, batch.results[at++]);
        if (failed(topic.error)) continue;
        if (op.kind == TopicChangeKind::removal)
            writes.push_back(zookeeper::create_request(std::string(znodes::kDeleteTopics) + "/" + topic.name, {}));
        else
            writes.push_back(
                zookeeper::set_data_request(znodes::topic_path(topic.name), ZkData::of(znodes::to_json(topic.data))));
    }
    MR_ASSERT(at == batch.results.size());
    if (op.validate_only || writes.empty()) return finish_change(ctx, id);
    op.step = TopicChangeStep::write;
    ask_zookeeper(ctx, ZkTask::topic_changes, id, std::move(writes));
}

void on_written(Ctx ctx, u64 id, const ZkBatch& batch) {
    MR_ASSERT(ctx.memory().admin.changes.at(id).step == TopicChangeStep::write);
    TopicChangeOp& op = ctx.memory().admin.changes.at(id);
    std::size_t at = 0;
    for (TopicChange& topic : op.topics) {
        if (failed(topic.error)) continue;
        const ZkError error = batch.results[at++].error;
        if (zookeeper::failed(error) && error != ZkError::node_exists)
            refuse(topic, ErrorCode::unknown_server_error, std::string(zookeeper::name_of(error)));
    }
    begin_wait(ctx, id);
}

// ---- requests -----------------------------------------------------------------------------------

void start(Ctx ctx, TopicChangeOp op, i32 timeout_ms) {
    const u64 id = ctx.memory().admin.next_id++;
    MR_ASSERT(op.step == TopicChangeStep::read && !ctx.memory().admin.changes.contains(id));
    op.deadline = ctx.env.now() + sim::millis(std::max(timeout_ms, 0));
    const bool refused = !ctx.memory().controller.active;
    std::vector<zookeeper::ZkRequest> questions;
    for (TopicChange& topic : op.topics) {
        if (refused) refuse(topic, ErrorCode::not_controller);
        if (!failed(topic.error)) questions.push_back(zookeeper::get_data_request(znodes::topic_path(topic.name)));
    }
    ctx.memory().admin.changes[id] = std::move(op);
    if (questions.empty()) return finish_change(ctx, id);
    ask_zookeeper(ctx, ZkTask::topic_changes, id, std::move(questions));
}

/// The name of a topic that was named by its id; "" if there is none.
std::string name_of(Ctx ctx, const wire::Uuid& id) {
    for (const auto& [name, topic] : *ctx.memory().metadata.topics)
        if (topic.id == id) return ctx.text(name);
    return "";
}

TopicChange removal_of(Ctx ctx, const std::string& name) {
    TopicChange change;
    change.name = name;
    if (!ctx.config().delete_topics) refuse(change, ErrorCode::topic_deletion_disabled, "Topic deletion is disabled.");
    else if (name.empty()) refuse(change, ErrorCode::unknown_topic_id);
    return change;
}

}  // namespace

void start_removal(Ctx ctx, const ReplyTo& to, const wire::DeleteTopicsRequest& request) {
    TopicChangeOp op;
    op.reply_to = to;
    for (const std::string& name : request.topic_names) op.topics.push_back(removal_of(ctx, name));
    for (const auto& topic : request.topics) {
        op.topics.push_back(removal_of(ctx, topic.name ? *topic.name : name_of(ctx, topic.topic_id)));
        op.topics.back().id = topic.topic_id;
    }
    start(ctx, std::move(op), request.timeout_ms);
}

void start_growth(Ctx ctx, const ReplyTo& to, const wire::CreatePartitionsRequest& request) {
    TopicChangeOp op;
    op.reply_to = to;
    op.kind = TopicChangeKind::growth;
    op.validate_only = request.validate_only;
    for (const auto& asked : request.topics) {
        TopicChange& topic = op.topics.emplace_back();
        topic.name = asked.name;
        topic.count = asked.count;
        if (!asked.assignments) continue;
        for (const auto& assignment : *asked.assignments) {
            BrokerList& replicas = topic.assignment.emplace_back();
            for (const i32 broker : assignment.broker_ids) replicas.push_back(BrokerId{broker});
        }
    }
    start(ctx, std::move(op), request.timeout_ms);
}

void on_topic_change_answers(Ctx ctx, const ZkBatch& batch) {
    const TopicChangeOp* op = ctx.memory().admin.changes.find(batch.arg);
    if (op == nullptr) return;
    MR_ASSERT(op->step != TopicChangeStep::wait);
    if (op->step == TopicChangeStep::read) on_read(ctx, batch.arg, batch);
    else on_written(ctx, batch.arg, batch);
}

void on_topic_change_expired(Ctx ctx, u64 id) {
    TopicChangeOp* op = ctx.memory().admin.changes.find(id);
    if (op == nullptr) return;
    MR_ASSERT(op->step == TopicChangeStep::wait);
    for (TopicChange& topic : op->topics)
        if (!failed(topic.error) && !is_shown(ctx, *op, topic)) refuse(topic, ErrorCode::request_timed_out);
    finish_change(ctx, id);
}

void recheck_topic_changes(Ctx ctx) {
    std::vector<u64> done;
    for (const auto& [id, op] : ctx.memory().admin.changes) {
        if (op.step != TopicChangeStep::wait) continue;
        if (std::ranges::all_of(op.topics,
                                [&](const TopicChange& t) { return failed(t.error) || is_shown(ctx, op, t); }))
            done.push_back(id);
    }
    for (const u64 id : done) finish_change(ctx, id);
}

}  // namespace engine::broker
