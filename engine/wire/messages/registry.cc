#include "engine/wire/messages/registry.h"

#include <algorithm>
#include <array>

#include "engine/wire/messages/add_offsets_to_txn.h"
#include "engine/wire/messages/add_partitions_to_txn.h"
#include "engine/wire/messages/alter_configs.h"
#include "engine/wire/messages/alter_partition.h"
#include "engine/wire/messages/alter_partition_reassignments.h"
#include "engine/wire/messages/api_versions.h"
#include "engine/wire/messages/controlled_shutdown.h"
#include "engine/wire/messages/create_partitions.h"
#include "engine/wire/messages/create_topics.h"
#include "engine/wire/messages/delete_groups.h"
#include "engine/wire/messages/delete_records.h"
#include "engine/wire/messages/delete_topics.h"
#include "engine/wire/messages/describe_cluster.h"
#include "engine/wire/messages/describe_configs.h"
#include "engine/wire/messages/describe_groups.h"
#include "engine/wire/messages/describe_log_dirs.h"
#include "engine/wire/messages/describe_producers.h"
#include "engine/wire/messages/describe_topic_partitions.h"
#include "engine/wire/messages/describe_transactions.h"
#include "engine/wire/messages/elect_leaders.h"
#include "engine/wire/messages/end_txn.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/messages/find_coordinator.h"
#include "engine/wire/messages/heartbeat.h"
#include "engine/wire/messages/incremental_alter_configs.h"
#include "engine/wire/messages/init_producer_id.h"
#include "engine/wire/messages/join_group.h"
#include "engine/wire/messages/leader_and_isr.h"
#include "engine/wire/messages/leave_group.h"
#include "engine/wire/messages/list_groups.h"
#include "engine/wire/messages/list_offsets.h"
#include "engine/wire/messages/list_partition_reassignments.h"
#include "engine/wire/messages/list_transactions.h"
#include "engine/wire/messages/metadata.h"
#include "engine/wire/messages/offset_commit.h"
#include "engine/wire/messages/offset_delete.h"
#include "engine/wire/messages/offset_fetch.h"
#include "engine/wire/messages/offset_for_leader_epoch.h"
#include "engine/wire/messages/produce.h"
#include "engine/wire/messages/stop_replica.h"
#include "engine/wire/messages/sync_group.h"
#include "engine/wire/messages/txn_offset_commit.h"
#include "engine/wire/messages/update_metadata.h"
#include "engine/wire/messages/write_txn_markers.h"

namespace engine::wire {
namespace {

template <class T>
constexpr MessageOps ops(Direction direction) {
    return {T::kApi, direction, T::kLowest, T::kHighest,
            [](Reader& in, i16 version, Dissection& out) {
                T message;
                return decode(in, message, version, &out);
            },
            [](const Value& tree, i16 version, Writer& out) {
                T message;
                std::string error = from_value(tree, message);
                if (error.empty()) encode(out, message, version);
                return error;
            },
            [](Reader& in, i16 version, Writer& out) {
                T message;
                if (!decode(in, message, version)) return false;
                encode(out, message, version);
                return true;
            }};
}

constexpr std::array kMessages = {
    ops<AddOffsetsToTxnRequest>(Direction::request),
    ops<AddOffsetsToTxnResponse>(Direction::response),
    ops<AddPartitionsToTxnRequest>(Direction::request),
    ops<AddPartitionsToTxnResponse>(Direction::response),
    ops<AlterConfigsRequest>(Direction::request),
    ops<AlterConfigsResponse>(Direction::response),
    ops<AlterPartitionRequest>(Direction::request),
    ops<AlterPartitionResponse>(Direction::response),
    ops<AlterPartitionReassignmentsRequest>(Direction::request),
    ops<AlterPartitionReassignmentsResponse>(Direction::response),
    ops<ApiVersionsRequest>(Direction::request),
    ops<ApiVersionsResponse>(Direction::response),
    ops<ControlledShutdownRequest>(Direction::request),
    ops<ControlledShutdownResponse>(Direction::response),
    ops<CreatePartitionsRequest>(Direction::request),
    ops<CreatePartitionsResponse>(Direction::response),
    ops<CreateTopicsRequest>(Direction::request),
    ops<CreateTopicsResponse>(Direction::response),
    ops<DeleteGroupsRequest>(Direction::request),
    ops<DeleteGroupsResponse>(Direction::response),
    ops<DeleteRecordsRequest>(Direction::request),
    ops<DeleteRecordsResponse>(Direction::response),
    ops<DeleteTopicsRequest>(Direction::request),
    ops<DeleteTopicsResponse>(Direction::response),
    ops<DescribeClusterRequest>(Direction::request),
    ops<DescribeClusterResponse>(Direction::response),
    ops<DescribeConfigsRequest>(Direction::request),
    ops<DescribeConfigsResponse>(Direction::response),
    ops<DescribeGroupsRequest>(Direction::request),
    ops<DescribeGroupsResponse>(Direction::response),
    ops<DescribeLogDirsRequest>(Direction::request),
    ops<DescribeLogDirsResponse>(Direction::response),
    ops<DescribeProducersRequest>(Direction::request),
    ops<DescribeProducersResponse>(Direction::response),
    ops<DescribeTopicPartitionsRequest>(Direction::request),
    ops<DescribeTopicPartitionsResponse>(Direction::response),
    ops<DescribeTransactionsRequest>(Direction::request),
    ops<DescribeTransactionsResponse>(Direction::response),
    ops<ElectLeadersRequest>(Direction::request),
    ops<ElectLeadersResponse>(Direction::response),
    ops<EndTxnRequest>(Direction::request),
    ops<EndTxnResponse>(Direction::response),
    ops<FetchRequest>(Direction::request),
    ops<FetchResponse>(Direction::response),
    ops<FindCoordinatorRequest>(Direction::request),
    ops<FindCoordinatorResponse>(Direction::response),
    ops<HeartbeatRequest>(Direction::request),
    ops<HeartbeatResponse>(Direction::response),
    ops<IncrementalAlterConfigsRequest>(Direction::request),
    ops<IncrementalAlterConfigsResponse>(Direction::response),
    ops<InitProducerIdRequest>(Direction::request),
    ops<InitProducerIdResponse>(Direction::response),
    ops<JoinGroupRequest>(Direction::request),
    ops<JoinGroupResponse>(Direction::response),
    ops<LeaderAndIsrRequest>(Direction::request),
    ops<LeaderAndIsrResponse>(Direction::response),
    ops<LeaveGroupRequest>(Direction::request),
    ops<LeaveGroupResponse>(Direction::response),
    ops<ListGroupsRequest>(Direction::request),
    ops<ListGroupsResponse>(Direction::response),
    ops<ListOffsetsRequest>(Direction::request),
    ops<ListOffsetsResponse>(Direction::response),
    ops<ListPartitionReassignmentsRequest>(Direction::request),
    ops<ListPartitionReassignmentsResponse>(Direction::response),
    ops<ListTransactionsRequest>(Direction::request),
    ops<ListTransactionsResponse>(Direction::response),
    ops<MetadataRequest>(Direction::request),
    ops<MetadataResponse>(Direction::response),
    ops<OffsetCommitRequest>(Direction::request),
    ops<OffsetCommitResponse>(Direction::response),
    ops<OffsetDeleteRequest>(Direction::request),
    ops<OffsetDeleteResponse>(Direction::response),
    ops<OffsetFetchRequest>(Direction::request),
    ops<OffsetFetchResponse>(Direction::response),
    ops<OffsetForLeaderEpochRequest>(Direction::request),
    ops<OffsetForLeaderEpochResponse>(Direction::response),
    ops<ProduceRequest>(Direction::request),
    ops<ProduceResponse>(Direction::response),
    ops<StopReplicaRequest>(Direction::request),
    ops<StopReplicaResponse>(Direction::response),
    ops<SyncGroupRequest>(Direction::request),
    ops<SyncGroupResponse>(Direction::response),
    ops<TxnOffsetCommitRequest>(Direction::request),
    ops<TxnOffsetCommitResponse>(Direction::response),
    ops<UpdateMetadataRequest>(Direction::request),
    ops<UpdateMetadataResponse>(Direction::response),
    ops<WriteTxnMarkersRequest>(Direction::request),
    ops<WriteTxnMarkersResponse>(Direction::response),
};
static_assert(kMessages.size() % 2 == 0);
// A request and its answer stand side by side, and all APIs but the unused handshake are there.
static_assert([] {
    for (std::size_t i = 0; i < kMessages.size(); i += 2) {
        const MessageOps& request = kMessages[i];
        const MessageOps& response = kMessages[i + 1];
        if (request.direction != Direction::request || response.direction != Direction::response) return false;
        if (request.api != response.api || request.lowest != response.lowest || request.highest != response.highest)
            return false;
    }
    return true;
}());
static_assert(std::ranges::all_of(kApis, [](const ApiInfo& info) {
    return std::ranges::count(kMessages, info.key, &MessageOps::api) == (info.key == ApiKey::sasl_handshake ? 0 : 2);
}));

}  // namespace

std::span<const MessageOps> all_messages() { return kMessages; }

const MessageOps* find_message(ApiKey api, Direction direction) {
    for (const MessageOps& message : kMessages)
        if (message.api == api && message.direction == direction) return &message;
    return nullptr;
}

}  // namespace engine::wire
