// Every message in every version: what goes out comes back.
#include <catch2/catch_test_macros.hpp>

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
#include "engine/wire/messages/registry.h"
#include "engine/wire/messages/stop_replica.h"
#include "engine/wire/messages/sync_group.h"
#include "engine/wire/messages/txn_offset_commit.h"
#include "engine/wire/messages/update_metadata.h"
#include "engine/wire/messages/write_txn_markers.h"
#include "tests/support/random_message.h"

using namespace tests;

namespace {

/// Writes a message and reads it again; what is wrong, or "".
template <class T>
std::string round_trip(const T& message, i16 version) {
    wire::Writer out;
    encode(out, message, version);
    const sim::FrameRef frame = out.frame();
    wire::Reader in(*frame);
    T back;
    if (!decode(in, back, version)) return "not read";
    if (!in.done()) return "bytes left over";
    wire::Writer again;
    encode(again, back, version);
    if (again.frame()->flatten() != frame->flatten()) return "other bytes";
    return Show::text(back) == Show::text(message) ? "" : Show::text(message) + "\n  came back as " + Show::text(back);
}

template <class T>
void check_versions() {
    sim::Prng rng = sim::Prng::forked(1, "messages", static_cast<u64>(T::kApi));
    const wire::ApiInfo* api = wire::find_api(T::kApi);
    REQUIRE(api != nullptr);
    for (i16 version = T::kLowest; version <= T::kHighest; ++version)
        for (int round = 0; round < 20; ++round) {
            T message;
            RandomFill(rng, version).message(message);
            const std::string wrong = round_trip(message, version);
            INFO(api->name << " " << version << ": " << wrong);
            REQUIRE(wrong.empty());
        }
}

template <class... T>
struct Messages {
    static constexpr std::size_t kCount = sizeof...(T);
    static void check_all() { (check_versions<T>(), ...); }
    static bool all_registered() { return (registered<T>() && ...); }
    template <class M>
    static bool registered() {
        return wire::find_message(M::kApi, wire::Direction::request) != nullptr &&
               wire::find_message(M::kApi, wire::Direction::response) != nullptr;
    }
};

using AllMessages = Messages<
    wire::AddOffsetsToTxnRequest, wire::AddOffsetsToTxnResponse, wire::AddPartitionsToTxnRequest,
    wire::AddPartitionsToTxnResponse, wire::AlterConfigsRequest, wire::AlterConfigsResponse,
    wire::AlterPartitionRequest, wire::AlterPartitionResponse, wire::AlterPartitionReassignmentsRequest,
    wire::AlterPartitionReassignmentsResponse, wire::ApiVersionsRequest, wire::ApiVersionsResponse,
    wire::ControlledShutdownRequest, wire::ControlledShutdownResponse, wire::CreatePartitionsRequest,
    wire::CreatePartitionsResponse, wire::CreateTopicsRequest, wire::CreateTopicsResponse,
    wire::DeleteGroupsRequest, wire::DeleteGroupsResponse, wire::DeleteRecordsRequest,
    wire::DeleteRecordsResponse, wire::DeleteTopicsRequest, wire::DeleteTopicsResponse,
    wire::DescribeClusterRequest, wire::DescribeClusterResponse, wire::DescribeConfigsRequest,
    wire::DescribeConfigsResponse, wire::DescribeGroupsRequest, wire::DescribeGroupsResponse,
    wire::DescribeLogDirsRequest, wire::DescribeLogDirsResponse, wire::DescribeProducersRequest,
    wire::DescribeProducersResponse, wire::DescribeTopicPartitionsRequest,
    wire::DescribeTopicPartitionsResponse, wire::DescribeTransactionsRequest,
    wire::DescribeTransactionsResponse, wire::ElectLeadersRequest, wire::ElectLeadersResponse,
    wire::EndTxnRequest, wire::EndTxnResponse, wire::FetchRequest, wire::FetchResponse,
    wire::FindCoordinatorRequest, wire::FindCoordinatorResponse, wire::HeartbeatRequest,
    wire::HeartbeatResponse, wire::IncrementalAlterConfigsRequest, wire::IncrementalAlterConfigsResponse,
    wire::InitProducerIdRequest, wire::InitProducerIdResponse, wire::JoinGroupRequest,
    wire::JoinGroupResponse, wire::LeaderAndIsrRequest, wire::LeaderAndIsrResponse, wire::LeaveGroupRequest,
    wire::LeaveGroupResponse, wire::ListGroupsRequest, wire::ListGroupsResponse, wire::ListOffsetsRequest,
    wire::ListOffsetsResponse, wire::ListPartitionReassignmentsRequest,
    wire::ListPartitionReassignmentsResponse, wire::ListTransactionsRequest, wire::ListTransactionsResponse,
    wire::MetadataRequest, wire::MetadataResponse, wire::OffsetCommitRequest, wire::OffsetCommitResponse,
    wire::OffsetDeleteRequest, wire::OffsetDeleteResponse, wire::OffsetFetchRequest,
    wire::OffsetFetchResponse, wire::OffsetForLeaderEpochRequest, wire::OffsetForLeaderEpochResponse,
    wire::ProduceRequest, wire::ProduceResponse, wire::StopReplicaRequest, wire::StopReplicaResponse,
    wire::SyncGroupRequest, wire::SyncGroupResponse, wire::TxnOffsetCommitRequest,
    wire::TxnOffsetCommitResponse, wire::UpdateMetadataRequest, wire::UpdateMetadataResponse,
    wire::WriteTxnMarkersRequest, wire::WriteTxnMarkersResponse>;

}  // namespace

TEST_CASE("every message comes back from the wire as it was, in every version, whatever it holds") {
    AllMessages::check_all();
}

TEST_CASE("the table of messages knows them all, each once") {
    CHECK(AllMessages::all_registered());
    CHECK(wire::all_messages().size() == AllMessages::kCount);
    for (const wire::MessageOps& ops : wire::all_messages()) CHECK(wire::find_message(ops.api, ops.direction) == &ops);
}

TEST_CASE("messages become flexible where the table of APIs says so") {
    for (const wire::ApiInfo& api : wire::all_apis()) {
        if (api.flexible_since == INT16_MAX) continue;
        CHECK(wire::request_header_version(api.key, api.flexible_since) == 2);
        CHECK(wire::request_header_version(api.key, static_cast<i16>(api.flexible_since - 1)) == 1);
    }
    CHECK(wire::response_header_version(wire::ApiKey::api_versions, 3) == 0);
}
