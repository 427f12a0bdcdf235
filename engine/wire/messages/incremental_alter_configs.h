// IncrementalAlterConfigs (key 44): Set or unset single settings.
#pragma once

#include "engine/wire/api.h"
#include "engine/wire/message.h"

namespace engine::wire {

struct IncrementalAlterConfigsRequest {
    static constexpr ApiKey kApi = ApiKey::incremental_alter_configs;
    static constexpr i16 kLowest = 0, kHighest = 1, kFlexibleSince = 1;

    struct Resource {
        struct Config {
            std::string name;
            i8 config_operation = 0;
            std::optional<std::string> value;

            static constexpr void fields(auto& v, auto& m) {
                v.field("name", m.name);
                v.field("config_operation", m.config_operation);
                v.nullable("value", m.value);
            }
        };
        i8 resource_type = 0;
        std::string resource_name;
        List<Config> configs;

        static constexpr void fields(auto& v, auto& m) {
            v.field("resource_type", m.resource_type);
            v.field("resource_name", m.resource_name);
            v.field("configs", m.configs);
        }
    };
    List<Resource> resources;
    bool validate_only = false;

    static constexpr void fields(auto& v, auto& m) {
        v.field("resources", m.resources);
        v.field("validate_only", m.validate_only);
    }
};
MR_DECLARE_MESSAGE(IncrementalAlterConfigsRequest);
static_assert(sound_versions<IncrementalAlterConfigsRequest>(44));

struct IncrementalAlterConfigsResponse {
    static constexpr ApiKey kApi = ApiKey::incremental_alter_configs;
    static constexpr i16 kLowest = 0, kHighest = 1, kFlexibleSince = 1;

    struct Response {
        i16 error_code = 0;
        std::optional<std::string> error_message;
        i8 resource_type = 0;
        std::string resource_name;

        static constexpr void fields(auto& v, auto& m) {
            v.field("error_code", m.error_code);
            v.nullable("error_message", m.error_message);
            v.field("resource_type", m.resource_type);
            v.field("resource_name", m.resource_name);
        }
    };
    i32 throttle_time_ms = 0;
    List<Response> responses;

    static constexpr void fields(auto& v, auto& m) {
        v.field("throttle_time_ms", m.throttle_time_ms);
        v.field("responses", m.responses);
    }
};
MR_DECLARE_MESSAGE(IncrementalAlterConfigsResponse);
static_assert(sound_versions<IncrementalAlterConfigsResponse>(44));
static_assert(are_pair<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>());

}  // namespace engine::wire
