// ApiVersions (key 18): Which versions of which requests a broker takes.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct ApiVersionsRequest {
    static constexpr ApiKey kApi = ApiKey::api_versions;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 3;

    std::string client_software_name;
    std::string client_software_version;

    static constexpr void fields(auto& v, auto& m) {
        v.field("client_software_name", m.client_software_name, since(3));
        v.field("client_software_version", m.client_software_version, since(3));
    }
};
MR_DECLARE_MESSAGE(ApiVersionsRequest);
static_assert(sound_versions<ApiVersionsRequest>(18));

struct ApiVersionsResponse {
    static constexpr ApiKey kApi = ApiKey::api_versions;
    static constexpr i16 kLowest = 0, kHighest = 4, kFlexibleSince = 3;

    struct ApiRange {
        i16 api_key = 0;
        i16 min_version = 0;
        i16 max_version = 0;

        static constexpr void fields(auto& v, auto& m) {
            v.field("api_key", m.api_key);
            v.field("min_version", m.min_version);
            v.field("max_version", m.max_version);
        }
    };
    struct SupportedFeature {
        std::string name;
        i16 min_version = 0;
        i16 max_version = 0;
        friend bool operator==(const SupportedFeature&, const SupportedFeature&) = default;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("min_version", m.min_version);
            v.field("max_version", m.max_version);
        }
    };
    struct FinalizedFeature {
        std::string name;
        i16 max_version_level = 0;
        i16 min_version_level = 0;
        friend bool operator==(const FinalizedFeature&, const FinalizedFeature&) = default;

        static constexpr void fields(auto& v, auto& m) {
            v.field("name", m.name);
            v.field("max_version_level", m.max_version_level);
            v.field("min_version_level", m.min_version_level);
        }
    };
    i16 error_code = 0;
    List<ApiRange> api_keys;
    i32 throttle_time_ms = 0;
    List<SupportedFeature> supported_features;
    i64 finalized_features_epoch = -1;
    List<FinalizedFeature> finalized_features;
    bool zk_migration_ready = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("error_code", m.error_code);
        v.field("api_keys", m.api_keys);
        v.field("throttle_time_ms", m.throttle_time_ms, since(1));
        v.tagged("supported_features", 0, m.supported_features, since(3));
        v.tagged("finalized_features_epoch", 1, m.finalized_features_epoch, since(3), i64{-1});
        v.tagged("finalized_features", 2, m.finalized_features, since(3));
        v.tagged("zk_migration_ready", 3, m.zk_migration_ready, since(3));
    }
};
MR_DECLARE_MESSAGE(ApiVersionsResponse);
static_assert(sound_versions<ApiVersionsResponse>(18));
static_assert(are_pair<ApiVersionsRequest, ApiVersionsResponse>());

}  // namespace engine::wire
