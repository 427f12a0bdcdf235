// Which requests are answered, in which versions, by whom.
#include <algorithm>
#include <array>

#include "engine/broker/handlers.h"

namespace engine::broker {
namespace {

using Handler = bool (*)(Ctx, const RequestCall&, wire::Reader&);
using wire::ApiKey;

struct Answered {
    ApiRange range;
    Handler handler = nullptr;
};

// The set of spec/kafka.md section 0 item 1, and what brokers say to each other. Sorted by key. Lowest versions
// matter to clients that gate features on them: librdkafka looks for Produce 0 and FindCoordinator 0.
constexpr std::array kAnswered = {
    Answered{{ApiKey::produce, 0, 9}, handle_produce},
    Answered{{ApiKey::fetch, 4, 17}, handle_fetch},
    Answered{{ApiKey::list_offsets, 1, 7}, handle_list_offsets},
    Answered{{ApiKey::metadata, 0, 12}, handle_metadata},
    Answered{{ApiKey::leader_and_isr, 5, 7}, handle_leader_and_isr},
    Answered{{ApiKey::stop_replica, 3, 4}, handle_stop_replica},
    Answered{{ApiKey::update_metadata, 7, 8}, handle_update_metadata},
    Answered{{ApiKey::controlled_shutdown, 3, 3}, handle_controlled_shutdown},
    Answered{{ApiKey::offset_commit, 2, 8}, handle_offset_commit},
    Answered{{ApiKey::offset_fetch, 1, 8}, handle_offset_fetch},
    Answered{{ApiKey::find_coordinator, 0, 4}, handle_find_coordinator},
    Answered{{ApiKey::join_group, 0, 9}, handle_join_group},
    Answered{{ApiKey::heartbeat, 0, 4}, handle_heartbeat},
    Answered{{ApiKey::leave_group, 0, 5}, handle_leave_group},
    Answered{{ApiKey::sync_group, 0, 5}, handle_sync_group},
    Answered{{ApiKey::describe_groups, 0, 5}, handle_describe_groups},
    Answered{{ApiKey::list_groups, 0, 4}, handle_list_groups},
    Answered{{ApiKey::api_versions, 0, 3}, handle_api_versions},
    Answered{{ApiKey::create_topics, 2, 7}, handle_create_topics},
    Answered{{ApiKey::delete_topics, 1, 6}, handle_delete_topics},
    Answered{{ApiKey::delete_records, 0, 2}, handle_delete_records},
    Answered{{ApiKey::init_producer_id, 0, 4}, handle_init_producer_id},
    Answered{{ApiKey::offset_for_leader_epoch, 2, 4}, handle_offset_for_leader_epoch},
    Answered{{ApiKey::describe_configs, 1, 4}, handle_describe_configs},
    Answered{{ApiKey::create_partitions, 0, 3}, handle_create_partitions},
    Answered{{ApiKey::delete_groups, 0, 2}, handle_delete_groups},
    Answered{{ApiKey::elect_leaders, 0, 2}, handle_elect_leaders},
    Answered{{ApiKey::incremental_alter_configs, 0, 1}, handle_incremental_alter_configs},
    Answered{{ApiKey::alter_partition_reassignments, 0, 0}, handle_alter_partition_reassignments},
    Answered{{ApiKey::list_partition_reassignments, 0, 0}, handle_list_partition_reassignments},
    Answered{{ApiKey::offset_delete, 0, 0}, handle_offset_delete},
    Answered{{ApiKey::alter_partition, 0, 3}, handle_alter_partition},
    Answered{{ApiKey::describe_cluster, 0, 0}, handle_describe_cluster},
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
static_assert(std::ranges::all_of(kRanges, [](const ApiRange& range) { return 0 <= range.lowest && range.lowest <= range.highest; }));

}  // namespace

std::span<const ApiRange> answered_apis() { return kRanges; }

const ApiRange* find_range(ApiKey api) {
    const Answered* found = find_answered(api);
    return found == nullptr ? nullptr : &found->range;
}

i16 highest_answered(Ctx ctx, const ApiRange& range) {
    return range.api == ApiKey::fetch ? std::min(range.highest, ctx.memory().profile.fetch_version) : range.highest;
}

bool handle_request(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    const Answered* found = find_answered(call.reply_to.api);
    MR_ASSERT(found != nullptr && found->range.lowest <= call.reply_to.version && call.reply_to.version <= found->range.highest);
    MR_ASSERT(found->handler != nullptr);
    return found->handler(ctx, call, in);
}

}  // namespace engine::broker
