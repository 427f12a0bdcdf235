// Rules about topics as such, and making them because somebody asked for one that is not there.
#pragma once

#include "engine/broker/broker.h"
#include "engine/wire/messages/create_topics.h"
#include "engine/wire/messages/incremental_alter_configs.h"

namespace engine::broker {

/// How many partitions one request may make. The znode of a topic with many more could not be written; a controller
/// in KRaft mode has the same bound, and these words.
inline constexpr i64 kMostNewPartitions = 10'000;
inline constexpr std::string_view kTooManyPartitions = "Excessively large number of partitions per request.";

/// 1 to 249 of letters, digits, `.`, `_`, `-`; not `.` or `..`.
bool is_valid_topic_name(std::string_view name);
/// Why a name is not valid, as the broker says it; "" if it is.
std::string invalid_topic_reason(std::string_view name);
bool is_internal_topic(std::string_view name);
wire::Uuid new_topic_id(Ctx ctx, const std::string& name);
/// Starts the creation of a topic with the broker's defaults. Returns what the asker is told meanwhile.
ErrorCode create_automatically(Ctx ctx, const std::string& name);
/// Starts what a CreateTopics request asks for; always true.
bool start_requested_creation(Ctx ctx, const ReplyTo& to, const wire::CreateTopicsRequest& request);
wire::CreateTopicsResponse refuse_creation(const wire::CreateTopicsRequest& request, ErrorCode error);
void recheck_creations(Ctx ctx);
/// Starts a creation; the operation's id.
u64 start_creation(Ctx ctx, CreateTopicsOp op);
void on_creation_answers(Ctx ctx, const ZkBatch& batch);
void on_creation_expired(Ctx ctx, u64 op);
void on_config_answers(Ctx ctx, const ZkBatch& batch);
/// The settings that a DescribeConfigs request waits for.
void on_configs_read(Ctx ctx, const ZkBatch& batch);
/// Starts what an IncrementalAlterConfigs request asks for; always true.
bool start_requested_config_change(Ctx ctx, const ReplyTo& to, const wire::IncrementalAlterConfigsRequest& request);
void start_config_change(Ctx ctx, u64 op);
/// Our metadata has changed: creations and elections that wait for it may be done.
void recheck_admin_waits(Ctx ctx);
void on_election_expired(Ctx ctx, u64 op);
void recheck_elections(Ctx ctx);
/// The controller has carried out an election request.
void on_election_decided(Ctx ctx, u64 op);
/// Notifications of config changes.
void read_config_changes(Ctx ctx);
void on_config_change_answers(Ctx ctx, const ZkBatch& batch);

}  // namespace engine::broker
