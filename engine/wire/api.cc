#include "engine/wire/api.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::wire {
namespace {

bool is_flexible(ApiKey api, i16 version) {
    const ApiInfo* info = find_api(api);
    MR_ASSERT(info != nullptr);
    return version >= info->flexible_since;
}

}  // namespace

std::span<const ApiInfo> all_apis() { return kApis; }

const ApiInfo* find_api(i16 key) {
    const auto at = std::ranges::lower_bound(kApis, static_cast<ApiKey>(key), {}, &ApiInfo::key);
    return at != kApis.end() && static_cast<i16>(at->key) == key ? &*at : nullptr;
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
