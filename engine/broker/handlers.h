// The requests that a broker answers, one function each, in handlers/<api>.cc. A handler that cannot answer at
// once keeps the ReplyTo in a table of its own.
#pragma once

#include "engine/broker/broker.h"

namespace engine::broker {

/// A request as it came: the reader stands behind the header.
struct RequestCall {
    ReplyTo reply_to;
    std::string client_id;
    NodeId peer = sim::kNoNode;
};

/// Decodes and answers a request. False: the bytes are malformed, or the API is not answered at this version.
bool handle_request(Ctx ctx, const RequestCall& call, wire::Reader& in);

bool handle_alter_partition(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_api_versions(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_controlled_shutdown(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_create_partitions(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_create_topics(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_delete_groups(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_delete_records(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_delete_topics(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_describe_cluster(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_describe_configs(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_describe_groups(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_describe_topic_partitions(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_elect_leaders(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_fetch(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_find_coordinator(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_alter_partition_reassignments(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_heartbeat(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_incremental_alter_configs(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_init_producer_id(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_join_group(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_leader_and_isr(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_leave_group(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_list_groups(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_list_partition_reassignments(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_list_offsets(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_metadata(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_offset_commit(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_offset_delete(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_offset_fetch(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_offset_for_leader_epoch(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_produce(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_stop_replica(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_sync_group(Ctx ctx, const RequestCall& call, wire::Reader& in);
bool handle_update_metadata(Ctx ctx, const RequestCall& call, wire::Reader& in);

/// A range of versions that this broker answers.
struct ApiRange {
    wire::ApiKey api = wire::ApiKey::produce;
    i16 lowest = 0;
    i16 highest = 0;
};
std::span<const ApiRange> answered_apis();
/// The range of an API, or nullptr if it is not answered.
const ApiRange* find_range(wire::ApiKey api);
/// Its highest version, as far as a broker of our Kafka version has it; below the lowest if that has none.
i16 highest_answered(Ctx ctx, const ApiRange& range);

}  // namespace engine::broker
