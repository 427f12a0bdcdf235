#include "engine/model/error_codes.h"

#include <algorithm>
#include <array>

#include "sim/base/assert.h"

namespace engine {
namespace {

using E = ErrorCode;

// Sorted by number. Columns: code, name, exception, message, retriable, refreshes metadata.
// clang-format off
constexpr std::array kErrors = {
    ErrorInfo{E::unknown_server_error, "UNKNOWN_SERVER_ERROR", "UnknownServerException", "The server experienced an unexpected error when processing the request.", false, false},
    ErrorInfo{E::none, "NONE", "", "", false, false},
    ErrorInfo{E::offset_out_of_range, "OFFSET_OUT_OF_RANGE", "OffsetOutOfRangeException", "The requested offset is not within the range of offsets maintained by the server.", false, false},
    ErrorInfo{E::corrupt_message, "CORRUPT_MESSAGE", "CorruptRecordException", "This message has failed its CRC checksum, exceeds the valid size, has a null key for a compacted topic, or is otherwise corrupt.", true, false},
    ErrorInfo{E::unknown_topic_or_partition, "UNKNOWN_TOPIC_OR_PARTITION", "UnknownTopicOrPartitionException", "This server does not host this topic-partition.", true, true},
    ErrorInfo{E::invalid_fetch_size, "INVALID_FETCH_SIZE", "InvalidFetchSizeException", "The requested fetch size is invalid.", false, false},
    ErrorInfo{E::leader_not_available, "LEADER_NOT_AVAILABLE", "LeaderNotAvailableException", "There is no leader for this topic-partition as we are in the middle of a leadership election.", true, true},
    ErrorInfo{E::not_leader_or_follower, "NOT_LEADER_OR_FOLLOWER", "NotLeaderOrFollowerException", "For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.", true, true},
    ErrorInfo{E::request_timed_out, "REQUEST_TIMED_OUT", "TimeoutException", "The request timed out.", true, false},
    ErrorInfo{E::broker_not_available, "BROKER_NOT_AVAILABLE", "BrokerNotAvailableException", "The broker is not available.", false, false},
    ErrorInfo{E::replica_not_available, "REPLICA_NOT_AVAILABLE", "ReplicaNotAvailableException", "The replica is not available for the requested topic-partition. Produce/Fetch requests and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a replica of the topic-partition.", true, true},
    ErrorInfo{E::message_too_large, "MESSAGE_TOO_LARGE", "RecordTooLargeException", "The request included a message larger than the max message size the server will accept.", false, false},
    ErrorInfo{E::stale_controller_epoch, "STALE_CONTROLLER_EPOCH", "ControllerMovedException", "The controller moved to another broker.", false, false},
    ErrorInfo{E::offset_metadata_too_large, "OFFSET_METADATA_TOO_LARGE", "OffsetMetadataTooLarge", "The metadata field of the offset request was too large.", false, false},
    ErrorInfo{E::network_exception, "NETWORK_EXCEPTION", "NetworkException", "The server disconnected before a response was received.", true, true},
    ErrorInfo{E::coordinator_load_in_progress, "COORDINATOR_LOAD_IN_PROGRESS", "CoordinatorLoadInProgressException", "The coordinator is loading and hence can't process requests.", true, false},
    ErrorInfo{E::coordinator_not_available, "COORDINATOR_NOT_AVAILABLE", "CoordinatorNotAvailableException", "The coordinator is not available.", true, false},
    ErrorInfo{E::not_coordinator, "NOT_COORDINATOR", "NotCoordinatorException", "This is not the correct coordinator.", true, false},
    ErrorInfo{E::invalid_topic_exception, "INVALID_TOPIC_EXCEPTION", "InvalidTopicException", "The request attempted to perform an operation on an invalid topic.", false, false},
    ErrorInfo{E::record_list_too_large, "RECORD_LIST_TOO_LARGE", "RecordBatchTooLargeException", "The request included message batch larger than the configured segment size on the server.", false, false},
    ErrorInfo{E::not_enough_replicas, "NOT_ENOUGH_REPLICAS", "NotEnoughReplicasException", "Messages are rejected since there are fewer in-sync replicas than required.", true, false},
    ErrorInfo{E::not_enough_replicas_after_append, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "NotEnoughReplicasAfterAppendException", "Messages are written to the log, but to fewer in-sync replicas than required.", true, false},
    ErrorInfo{E::invalid_required_acks, "INVALID_REQUIRED_ACKS", "InvalidRequiredAcksException", "Produce request specified an invalid value for required acks.", false, false},
    ErrorInfo{E::illegal_generation, "ILLEGAL_GENERATION", "IllegalGenerationException", "Specified group generation id is not valid.", false, false},
    ErrorInfo{E::inconsistent_group_protocol, "INCONSISTENT_GROUP_PROTOCOL", "InconsistentGroupProtocolException", "The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.", false, false},
    ErrorInfo{E::invalid_group_id, "INVALID_GROUP_ID", "InvalidGroupIdException", "The configured groupId is invalid.", false, false},
    ErrorInfo{E::unknown_member_id, "UNKNOWN_MEMBER_ID", "UnknownMemberIdException", "The coordinator is not aware of this member.", false, false},
    ErrorInfo{E::invalid_session_timeout, "INVALID_SESSION_TIMEOUT", "InvalidSessionTimeoutException", "The session timeout is not within the range allowed by the broker (as configured by group.min.session.timeout.ms and group.max.session.timeout.ms).", false, false},
    ErrorInfo{E::rebalance_in_progress, "REBALANCE_IN_PROGRESS", "RebalanceInProgressException", "The group is rebalancing, so a rejoin is needed.", false, false},
    ErrorInfo{E::invalid_commit_offset_size, "INVALID_COMMIT_OFFSET_SIZE", "InvalidCommitOffsetSizeException", "The committing offset data size is not valid.", false, false},
    ErrorInfo{E::topic_authorization_failed, "TOPIC_AUTHORIZATION_FAILED", "TopicAuthorizationFailedException", "", false, false},
    ErrorInfo{E::group_authorization_failed, "GROUP_AUTHORIZATION_FAILED", "GroupAuthorizationFailedException", "", false, false},
    ErrorInfo{E::cluster_authorization_failed, "CLUSTER_AUTHORIZATION_FAILED", "ClusterAuthorizationFailedException", "", false, false},
    ErrorInfo{E::invalid_timestamp, "INVALID_TIMESTAMP", "InvalidTimestampException", "The timestamp of the message is out of acceptable range.", false, false},
    ErrorInfo{E::unsupported_sasl_mechanism, "UNSUPPORTED_SASL_MECHANISM", "UnsupportedSaslMechanismException", "", false, false},
    ErrorInfo{E::illegal_sasl_state, "ILLEGAL_SASL_STATE", "IllegalSaslStateException", "", false, false},
    ErrorInfo{E::unsupported_version, "UNSUPPORTED_VERSION", "UnsupportedVersionException", "The version of API is not supported.", false, false},
    ErrorInfo{E::topic_already_exists, "TOPIC_ALREADY_EXISTS", "TopicExistsException", "Topic with this name already exists.", false, false},
    ErrorInfo{E::invalid_partitions, "INVALID_PARTITIONS", "InvalidPartitionsException", "Number of partitions is below 1.", false, false},
    ErrorInfo{E::invalid_replication_factor, "INVALID_REPLICATION_FACTOR", "InvalidReplicationFactorException", "Replication factor is below 1 or larger than the number of available brokers.", false, false},
    ErrorInfo{E::invalid_replica_assignment, "INVALID_REPLICA_ASSIGNMENT", "InvalidReplicaAssignmentException", "Replica assignment is invalid.", false, false},
    ErrorInfo{E::invalid_config, "INVALID_CONFIG", "InvalidConfigurationException", "Configuration is invalid.", false, false},
    ErrorInfo{E::not_controller, "NOT_CONTROLLER", "NotControllerException", "This is not the correct controller for this cluster.", true, false},
    ErrorInfo{E::invalid_request, "INVALID_REQUEST", "InvalidRequestException", "This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.", false, false},
    ErrorInfo{E::unsupported_for_message_format, "UNSUPPORTED_FOR_MESSAGE_FORMAT", "UnsupportedForMessageFormatException", "", false, false},
    ErrorInfo{E::policy_violation, "POLICY_VIOLATION", "PolicyViolationException", "Request parameters do not satisfy the configured policy.", false, false},
    ErrorInfo{E::out_of_order_sequence_number, "OUT_OF_ORDER_SEQUENCE_NUMBER", "OutOfOrderSequenceException", "The broker received an out of order sequence number.", false, false},
    ErrorInfo{E::duplicate_sequence_number, "DUPLICATE_SEQUENCE_NUMBER", "DuplicateSequenceException", "The broker received a duplicate sequence number.", false, false},
    ErrorInfo{E::invalid_producer_epoch, "INVALID_PRODUCER_EPOCH", "InvalidProducerEpochException", "Producer attempted to produce with an old epoch.", false, false},
    ErrorInfo{E::invalid_txn_state, "INVALID_TXN_STATE", "InvalidTxnStateException", "The producer attempted a transactional operation in an invalid state.", false, false},
    ErrorInfo{E::invalid_producer_id_mapping, "INVALID_PRODUCER_ID_MAPPING", "InvalidPidMappingException", "The producer attempted to use a producer id which is not currently assigned to its transactional id.", false, false},
    ErrorInfo{E::invalid_transaction_timeout, "INVALID_TRANSACTION_TIMEOUT", "InvalidTxnTimeoutException", "The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).", false, false},
    ErrorInfo{E::concurrent_transactions, "CONCURRENT_TRANSACTIONS", "ConcurrentTransactionsException", "The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.", true, false},
    ErrorInfo{E::transaction_coordinator_fenced, "TRANSACTION_COORDINATOR_FENCED", "TransactionCoordinatorFencedException", "", false, false},
    ErrorInfo{E::transactional_id_authorization_failed, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "TransactionalIdAuthorizationFailedException", "", false, false},
    ErrorInfo{E::security_disabled, "SECURITY_DISABLED", "SecurityDisabledException", "", false, false},
    ErrorInfo{E::operation_not_attempted, "OPERATION_NOT_ATTEMPTED", "OperationNotAttemptedException", "", false, false},
    ErrorInfo{E::kafka_storage_error, "KAFKA_STORAGE_ERROR", "KafkaStorageException", "Disk error when trying to access log file on the disk.", true, true},
    ErrorInfo{E::log_dir_not_found, "LOG_DIR_NOT_FOUND", "LogDirNotFoundException", "", false, false},
    ErrorInfo{E::sasl_authentication_failed, "SASL_AUTHENTICATION_FAILED", "SaslAuthenticationFailedException", "", false, false},
    ErrorInfo{E::unknown_producer_id, "UNKNOWN_PRODUCER_ID", "UnknownProducerIdException", "This exception is raised by the broker if it could not locate the producer metadata associated with the producerId in question. This could happen if, for instance, the producer's records were deleted because their retention time had elapsed. Once the last records of the producerId are removed, the producer's metadata is removed from the broker, and future appends by the producer will return this exception.", false, false},
    ErrorInfo{E::reassignment_in_progress, "REASSIGNMENT_IN_PROGRESS", "ReassignmentInProgressException", "", false, false},
    ErrorInfo{E::invalid_principal_type, "INVALID_PRINCIPAL_TYPE", "InvalidPrincipalTypeException", "", false, false},
    ErrorInfo{E::non_empty_group, "NON_EMPTY_GROUP", "GroupNotEmptyException", "The group is not empty.", false, false},
    ErrorInfo{E::group_id_not_found, "GROUP_ID_NOT_FOUND", "GroupIdNotFoundException", "The group id does not exist.", false, false},
    ErrorInfo{E::fetch_session_id_not_found, "FETCH_SESSION_ID_NOT_FOUND", "FetchSessionIdNotFoundException", "The fetch session ID was not found.", true, false},
    ErrorInfo{E::invalid_fetch_session_epoch, "INVALID_FETCH_SESSION_EPOCH", "InvalidFetchSessionEpochException", "The fetch session epoch is invalid.", true, false},
    ErrorInfo{E::listener_not_found, "LISTENER_NOT_FOUND", "ListenerNotFoundException", "There is no listener on the leader broker that matches the listener on which metadata request was processed.", true, true},
    ErrorInfo{E::topic_deletion_disabled, "TOPIC_DELETION_DISABLED", "TopicDeletionDisabledException", "Topic deletion is disabled.", false, false},
    ErrorInfo{E::fenced_leader_epoch, "FENCED_LEADER_EPOCH", "FencedLeaderEpochException", "The leader epoch in the request is older than the epoch on the broker.", true, true},
    ErrorInfo{E::unknown_leader_epoch, "UNKNOWN_LEADER_EPOCH", "UnknownLeaderEpochException", "The leader epoch in the request is newer than the epoch on the broker.", true, false},
    ErrorInfo{E::unsupported_compression_type, "UNSUPPORTED_COMPRESSION_TYPE", "UnsupportedCompressionTypeException", "The requesting client does not support the compression type of given partition.", false, false},
    ErrorInfo{E::stale_broker_epoch, "STALE_BROKER_EPOCH", "StaleBrokerEpochException", "Broker epoch has changed.", false, false},
    ErrorInfo{E::offset_not_available, "OFFSET_NOT_AVAILABLE", "OffsetNotAvailableException", "The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.", true, false},
    ErrorInfo{E::member_id_required, "MEMBER_ID_REQUIRED", "MemberIdRequiredException", "The group member needs to have a valid member id before actually entering a consumer group.", false, false},
    ErrorInfo{E::preferred_leader_not_available, "PREFERRED_LEADER_NOT_AVAILABLE", "PreferredLeaderNotAvailableException", "The preferred leader was not available.", true, true},
    ErrorInfo{E::group_max_size_reached, "GROUP_MAX_SIZE_REACHED", "GroupMaxSizeReachedException", "The consumer group has reached its max size.", false, false},
    ErrorInfo{E::fenced_instance_id, "FENCED_INSTANCE_ID", "FencedInstanceIdException", "The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.", false, false},
    ErrorInfo{E::eligible_leaders_not_available, "ELIGIBLE_LEADERS_NOT_AVAILABLE", "EligibleLeadersNotAvailableException", "Eligible topic partition leaders are not available.", true, true},
    ErrorInfo{E::election_not_needed, "ELECTION_NOT_NEEDED", "ElectionNotNeededException", "Leader election not needed for topic partition.", true, true},
    ErrorInfo{E::no_reassignment_in_progress, "NO_REASSIGNMENT_IN_PROGRESS", "NoReassignmentInProgressException", "No partition reassignment is in progress.", false, false},
    ErrorInfo{E::group_subscribed_to_topic, "GROUP_SUBSCRIBED_TO_TOPIC", "GroupSubscribedToTopicException", "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.", false, false},
    ErrorInfo{E::invalid_record, "INVALID_RECORD", "InvalidRecordException", "This record has failed the validation on broker and hence will be rejected.", false, false},
    ErrorInfo{E::unstable_offset_commit, "UNSTABLE_OFFSET_COMMIT", "UnstableOffsetCommitException", "There are unstable offsets that need to be cleared.", true, false},
    ErrorInfo{E::throttling_quota_exceeded, "THROTTLING_QUOTA_EXCEEDED", "ThrottlingQuotaExceededException", "", true, false},
    ErrorInfo{E::producer_fenced, "PRODUCER_FENCED", "ProducerFencedException", "There is a newer producer with the same transactionalId which fences the current one.", false, false},
    ErrorInfo{E::resource_not_found, "RESOURCE_NOT_FOUND", "ResourceNotFoundException", "", false, false},
    ErrorInfo{E::duplicate_resource, "DUPLICATE_RESOURCE", "DuplicateResourceException", "", false, false},
    ErrorInfo{E::unacceptable_credential, "UNACCEPTABLE_CREDENTIAL", "UnacceptableCredentialException", "", false, false},
    ErrorInfo{E::inconsistent_voter_set, "INCONSISTENT_VOTER_SET", "InconsistentVoterSetException", "", false, false},
    ErrorInfo{E::invalid_update_version, "INVALID_UPDATE_VERSION", "InvalidUpdateVersionException", "The update version was invalid.", false, false},
    ErrorInfo{E::feature_update_failed, "FEATURE_UPDATE_FAILED", "FeatureUpdateFailedException", "", false, false},
    ErrorInfo{E::principal_deserialization_failure, "PRINCIPAL_DESERIALIZATION_FAILURE", "PrincipalDeserializationFailureException", "", false, false},
    ErrorInfo{E::snapshot_not_found, "SNAPSHOT_NOT_FOUND", "SnapshotNotFoundException", "", false, false},
    ErrorInfo{E::position_out_of_range, "POSITION_OUT_OF_RANGE", "PositionOutOfRangeException", "", false, false},
    ErrorInfo{E::unknown_topic_id, "UNKNOWN_TOPIC_ID", "UnknownTopicIdException", "This server does not host this topic ID.", true, true},
    ErrorInfo{E::duplicate_broker_registration, "DUPLICATE_BROKER_REGISTRATION", "DuplicateBrokerRegistrationException", "", false, false},
    ErrorInfo{E::broker_id_not_registered, "BROKER_ID_NOT_REGISTERED", "BrokerIdNotRegisteredException", "", false, false},
    ErrorInfo{E::inconsistent_topic_id, "INCONSISTENT_TOPIC_ID", "InconsistentTopicIdException", "The log's topic ID did not match the topic ID in the request.", true, true},
    ErrorInfo{E::inconsistent_cluster_id, "INCONSISTENT_CLUSTER_ID", "InconsistentClusterIdException", "", false, false},
    ErrorInfo{E::transactional_id_not_found, "TRANSACTIONAL_ID_NOT_FOUND", "TransactionalIdNotFoundException", "", false, false},
    ErrorInfo{E::fetch_session_topic_id_error, "FETCH_SESSION_TOPIC_ID_ERROR", "FetchSessionTopicIdException", "The fetch session encountered inconsistent topic ID usage", true, false},
    ErrorInfo{E::ineligible_replica, "INELIGIBLE_REPLICA", "IneligibleReplicaException", "The new ISR contains at least one ineligible replica.", false, false},
    ErrorInfo{E::new_leader_elected, "NEW_LEADER_ELECTED", "NewLeaderElectedException", "The AlterPartition request successfully updated the partition state but the leader has changed.", false, false},
    ErrorInfo{E::offset_moved_to_tiered_storage, "OFFSET_MOVED_TO_TIERED_STORAGE", "OffsetMovedToTieredStorageException", "", false, false},
    ErrorInfo{E::fenced_member_epoch, "FENCED_MEMBER_EPOCH", "FencedMemberEpochException", "", false, false},
    ErrorInfo{E::unreleased_instance_id, "UNRELEASED_INSTANCE_ID", "UnreleasedInstanceIdException", "", false, false},
    ErrorInfo{E::unsupported_assignor, "UNSUPPORTED_ASSIGNOR", "UnsupportedAssignorException", "", false, false},
    ErrorInfo{E::stale_member_epoch, "STALE_MEMBER_EPOCH", "StaleMemberEpochException", "", false, false},
    ErrorInfo{E::mismatched_endpoint_type, "MISMATCHED_ENDPOINT_TYPE", "MismatchedEndpointTypeException", "", false, false},
    ErrorInfo{E::unsupported_endpoint_type, "UNSUPPORTED_ENDPOINT_TYPE", "UnsupportedEndpointTypeException", "", false, false},
    ErrorInfo{E::unknown_controller_id, "UNKNOWN_CONTROLLER_ID", "UnknownControllerIdException", "", false, false},
    ErrorInfo{E::unknown_subscription_id, "UNKNOWN_SUBSCRIPTION_ID", "UnknownSubscriptionIdException", "", false, false},
    ErrorInfo{E::telemetry_too_large, "TELEMETRY_TOO_LARGE", "TelemetryTooLargeException", "", false, false},
    ErrorInfo{E::invalid_registration, "INVALID_REGISTRATION", "InvalidRegistrationException", "", false, false},
    ErrorInfo{E::transaction_abortable, "TRANSACTION_ABORTABLE", "TransactionAbortableException", "", false, false},
    ErrorInfo{E::invalid_regular_expression, "INVALID_REGULAR_EXPRESSION", "InvalidRegularExpressionException", "", false, false},
    ErrorInfo{E::rebootstrap_required, "REBOOTSTRAP_REQUIRED", "RebootstrapRequiredException", "", false, false},
    ErrorInfo{E::share_session_limit_reached, "SHARE_SESSION_LIMIT_REACHED", "ShareSessionLimitReachedException", "", false, false},
};
// clang-format on

static_assert(std::ranges::is_sorted(kErrors, {}, &ErrorInfo::code));
static_assert(std::ranges::adjacent_find(kErrors, {}, &ErrorInfo::code) == kErrors.end());
static_assert(std::ranges::none_of(kErrors, [](const ErrorInfo& info) { return info.name.empty(); }));
static_assert(std::ranges::all_of(kErrors,
                                  [](const ErrorInfo& info) { return info.retriable || !info.refreshes_metadata; }));

}  // namespace

const ErrorInfo& error_info(ErrorCode code) {
    const auto at = std::ranges::lower_bound(kErrors, code, {}, &ErrorInfo::code);
    const bool known = at != kErrors.end() && at->code == code;
    MR_ASSERT(kErrors.front().code == E::unknown_server_error);
    return known ? *at : kErrors.front();
}

}  // namespace engine
