#include "engine/wire/api.h"

#include <algorithm>
#include <array>

#include "sim/base/assert.h"

namespace engine::wire {
namespace {

/// By key; nullptr where there is none. Every frame asks.
constexpr auto kPlaces = [] {
    std::array<const ApiInfo*, static_cast<std::size_t>(kApis.back().key) + 1> places{};
    for (const ApiInfo& info : kApis) places[static_cast<std::size_t>(info.key)] = &info;
    return places;
}();

bool is_flexible(ApiKey api, i16 version) {
    const ApiInfo* info = find_api(api);
    MR_ASSERT(info != nullptr);
    return version >= info->flexible_since;
}

}  // namespace

std::span<const ApiInfo> all_apis() { return kApis; }

const ApiInfo* find_api(i16 key) {
    const auto place = static_cast<std::size_t>(key);  // a negative key lies far beyond the end
    return place < kPlaces.size() ? kPlaces[place] : nullptr;
}

const ApiInfo* find_api(std::string_view name) {
    const auto at = std::ranges::find(kApis, name, &ApiInfo::name);
    return at != kApis.end() ? &*at : nullptr;
}

i16 request_header_version(ApiKey api, i16 version) {
    if (api == ApiKey::controlled_shutdown && version == 0) return 0;
    return is_flexible(api, version) ? 2 : 1;
}

i16 response_header_version(ApiKey api, i16 version) {
    if (api == ApiKey::api_versions) return 0;
    return is_flexible(api, version) ? 1 : 0;
}

}  // namespace engine::wire
