// Which requests are answered, in which versions, by whom.
#include <algorithm>
#include <array>

#include "engine/broker/handlers.h"

namespace engine::broker {
namespace {

using Handler = bool (*)(Ctx, const RequestCall&, wire::Reader&);
using wire::ApiKey;

constexpr i16 kSame = -1;  // as high as in our highest Kafka version
constexpr i16 kNotThere = -2;

struct Answered {
    ApiRange range;
    Handler handler = nullptr;
    i16 highest_2_8 = kSame;
};

// What Kafka 3.9.1 offers, without transactions; and what brokers say to each other. Sorted by key. Lowest versions
// matter to clients that gate features on them: librdkafka looks for Produce 0 and FindCoordinator 0.
constexpr std::array kAnswered = {
    Answered{{ApiKey::produce, 0, 11}, handle_produce, 9},
    Answered{{ApiKey::fetch, 0, 17}, handle_fetch, 12},
    Answered{{ApiKey::list_offsets, 0, 9}, handle_list_offsets, 7},
    Answered{{ApiKey::metadata, 0, 12}, handle_metadata},
    Answered{{ApiKey::leader_and_isr, 5, 7}, handle_leader_and_isr},
    Answered{{ApiKey::stop_replica, 3, 4}, handle_stop_replica},
    Answered{{ApiKey::update_metadata, 7, 8}, handle_update_metadata},
    Answered{{ApiKey::controlled_shutdown, 3, 3}, handle_controlled_shutdown},
    Answered{{ApiKey::offset_commit, 0, 9}, handle_offset_commit, 8},
    Answered{{ApiKey::offset_fetch, 0, 9}, handle_offset_fetch, 8},
    Answered{{ApiKey::find_coordinator, 0, 6}, handle_find_coordinator, 4},
    Answered{{ApiKey::join_group, 0, 9}, handle_join_group},
    Answered{{ApiKey::heartbeat, 0, 4}, handle_heartbeat},
    Answered{{ApiKey::leave_group, 0, 5}, handle_leave_group},
    Answered{{ApiKey::sync_group, 0, 5}, handle_sync_group},
    Answered{{ApiKey::describe_groups, 0, 5}, handle_describe_groups},
    Answered{{ApiKey::list_groups, 0, 5}, handle_list_groups, 4},
    Answered{{ApiKey::api_versions, 0, 4}, handle_api_versions, 3},
    Answered{{ApiKey::create_topics, 0, 7}, handle_create_topics},
    Answered{{ApiKey::delete_topics, 0, 6}, handle_delete_topics},
    Answered{{ApiKey::delete_records, 0, 2}, handle_delete_records},
    Answered{{ApiKey::init_producer_id, 0, 5}, handle_init_producer_id, 4},
    Answered{{ApiKey::offset_for_leader_epoch, 0, 4}, handle_offset_for_leader_epoch},
    Answered{{ApiKey::describe_configs, 0, 4}, handle_describe_configs},
    Answered{{ApiKey::create_partitions, 0, 3}, handle_create_partitions},
    Answered{{ApiKey::delete_groups, 0, 2}, handle_delete_groups},
    Answered{{ApiKey::elect_leaders, 0, 2}, handle_elect_leaders},
    Answered{{ApiKey::incremental_alter_configs, 0, 1}, handle_incremental_alter_configs},
    Answered{{ApiKey::alter_partition_reassignments, 0, 0}, handle_alter_partition_reassignments},
    Answered{{ApiKey::list_partition_reassignments, 0, 0}, handle_list_partition_reassignments},
    Answered{{ApiKey::offset_delete, 0, 0}, handle_offset_delete},
    Answered{{ApiKey::alter_partition, 0, 3}, handle_alter_partition},
    Answered{{ApiKey::describe_cluster, 0, 1}, handle_describe_cluster, 0},
    Answered{{ApiKey::describe_topic_partitions, 0, 0}, handle_describe_topic_partitions, kNotThere},
};

const Answered* find_answered(ApiKey api) {
    const auto at = std::ranges::find_if(kAnswered, [&](const Answered& a) { return a.range.api == api; });
    return at == kAnswered.end() ? nullptr : &*at;
}

constexpr auto kRanges = [] {
    std::array<ApiRange, kAnswered.size()> ranges{};
    for (std::size_t i = 0; i < ranges.size(); ++i) ranges[i] = kAnswered[i].range;
    return ranges;
}();
static_assert(std::ranges::is_sorted(kRanges, {}, &ApiRange::api));
static_assert(std::ranges::adjacent_find(kRanges, {}, &ApiRange::api) == kRanges.end());
static_assert(std::ranges::all_of(kRanges, [](const ApiRange& range) {
    return 0 <= range.lowest && range.lowest <= range.highest;
}));

}  // namespace

std::span<const ApiRange> answered_apis() { return kRanges; }

const ApiRange* find_range(ApiKey api) {
    const Answered* found = find_answered(api);
    return found == nullptr ? nullptr : &found->range;
}

i16 highest_answered(Ctx ctx, const ApiRange& range) {
    const i16 older = find_answered(range.api)->highest_2_8;
    const bool is_2_8 = ctx.broker.settings.version == KafkaVersion::v2_8;
    return is_2_8 && older != kSame ? older : range.highest;
}

bool handle_request(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    const Answered* found = find_answered(call.reply_to.api);
    MR_ASSERT(found != nullptr && found->range.lowest <= call.reply_to.version &&
              call.reply_to.version <= found->range.highest);
    MR_ASSERT(found->handler != nullptr);
    return found->handler(ctx, call, in);
}

}  // namespace engine::broker
