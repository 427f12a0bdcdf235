// Deleting topics and giving them more partitions: requests that end in znodes, which the controller then acts on, and
// the waits until our own metadata shows the outcome (Kafka's ZkAdminManager and its delayed operations).
#pragma once

#include "engine/broker/sockets.h"
#include "engine/broker/znodes.h"
#include "engine/wire/messages/create_partitions.h"
#include "engine/wire/messages/delete_topics.h"
#include "sim/kernel/env.h"

namespace engine::broker {

/// What is asked of one topic, and what became of it.
struct TopicChange {
    std::string name;
    wire::Uuid id;                       // as the asker named it; zero = by name
    i32 count = 0;                       // partitions that it shall have
    std::vector<BrokerList> assignment;  // of the new ones; empty: the broker places them
    znodes::TopicData data;              // as read, then as written
    ErrorCode error = ErrorCode::none;
    std::string message;
};

enum class TopicChangeKind : u8 { removal, growth };
enum class TopicChangeStep : u8 { read, write, wait };

struct TopicChangeOp {
    ReplyTo reply_to;
    TopicChangeKind kind = TopicChangeKind::removal;
    TopicChangeStep step = TopicChangeStep::read;
    bool validate_only = false;
    std::vector<TopicChange> topics;
    Nanos deadline;
    sim::TimerId timer;
};

struct Ctx;
struct ZkBatch;

void start_removal(Ctx ctx, const ReplyTo& to, const wire::DeleteTopicsRequest& request);
void start_growth(Ctx ctx, const ReplyTo& to, const wire::CreatePartitionsRequest& request);
void on_topic_change_answers(Ctx ctx, const ZkBatch& batch);
void on_topic_change_expired(Ctx ctx, u64 op);
/// Our metadata has changed.
void recheck_topic_changes(Ctx ctx);

}  // namespace engine::broker
